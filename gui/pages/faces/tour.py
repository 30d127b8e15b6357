"""The states in which the tour shows the page; all of them work offline, with drawn people."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.faces.enrol.settings import EnrolSettings
from gui.pages.faces.map.settings import MapSettings
from gui.pages.faces.people.settings import PeopleSettings
from gui.pages.faces.recognise.settings import RecogniseSettings
from gui.pages.faces.state import FacesState
from gui.pages.faces.threshold.settings import ThresholdSettings
from gui.pages.faces.verify.settings import VerifySettings
from gui.widgets.source_state import SourceState

_START = FacesState()

_STOPS = (
    (
        "recognise",
        "Who is it?",
        "Every face gets the name of the nearest enrolled person; beyond the threshold it is unknown.",
        _START,
    ),
    (
        "stranger",
        "Somebody unknown",
        "Nobody has named this face: the nearest person is too far. One name then labels all alike faces.",
        replace(_START, recognise=RecogniseSettings(chosen=1)),
    ),
    (
        "generous",
        "A generous threshold",
        "The same picture with a threshold that is too large: strangers are taken for friends.",
        replace(_START, threshold=2.0),
    ),
    (
        "photo",
        "A real photo",
        "Nobody real is enrolled at first: the astronaut is found, aligned, turned into numbers, and unknown.",
        replace(_START, source=SourceState("sample", "astronaut"), people="own"),
    ),
    (
        "verify",
        "Verification",
        "One claimed name: the squared differences of two embeddings add up to d, which the threshold judges.",
        replace(_START, view="verify", verify=VerifySettings(ordered=True)),
    ),
    (
        "enrol",
        "Enrolment needs consent",
        "Photos are read and judged; nothing is stored before the person agrees.",
        replace(_START, view="enrol", enrol=EnrolSettings("photos")),
    ),
    (
        "people",
        "Everybody who agreed",
        "Rename, merge, split, delete a photo, or be forgotten: without a trace, and with the proof.",
        replace(_START, view="gallery", gallery=PeopleSettings(1)),
    ),
    (
        "threshold",
        "With eyes open",
        "Distances of all pairs of a crowd: where the two heaps overlap, every threshold is wrong about somebody.",
        replace(_START, view="errors", threshold=0.3),
    ),
    (
        "many",
        "One among many",
        "Compared with K people, a stranger has K chances to get somebody's name.",
        replace(_START, view="errors", threshold=0.2, errors=ThresholdSettings(part="many")),
    ),
    (
        "pair",
        "Why these two?",
        "Two people whose photos lie close: the differences of their numbers, one by one.",
        replace(_START, view="errors", errors=ThresholdSettings(pair=(6, 77))),
    ),
    (
        "map",
        "The map",
        "Every face at its place: t-SNE keeps neighbours together. A click shows the picture and whom it resembles.",
        replace(_START, view="map", map=MapSettings(layout="tsne", photo=12)),
    ),
    (
        "guided",
        "Enrolment by camera",
        "Five views, taken by themselves while the words say what to do.",
        replace(_START, view="enrol", enrol=EnrolSettings("guided")),
    ),
)


def stops() -> list[TourStop]:
    """Every view with what it can show."""
    return [TourStop(*stop) for stop in _STOPS]
