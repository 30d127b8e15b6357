"""From faces and a gallery to who is who: pure functions, at home in the thread of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.faces.found import Face, Quality
from engine.faces.identify import Identity, identify, nearest
from engine.faces.requests import HAAR
from gui.pages.faces.distance_scale import Spot
from gui.pages.faces.names import short, shown
from gui.pages.faces.view import Subject, Table
from gui.widgets.facts import Fact
from gui.widgets.found_view import Boxes, Findings

UNKNOWN: Final = "unknown"
ARRIVING: Final = "The drawn people are being enrolled: a moment."
GREY: Final = 19
"""The class colour of whoever is unknown."""
NEAREST: Final = 3
SMALL: Final = 60
"""Pixels a side below which a name means little."""
BRIEF: Final = 12
"""Columns of a name where many faces are close together."""


@dataclass(frozen=True, slots=True)
class Who:
    """A face, who it is taken for (None where nothing was embedded), and that name ("" for somebody unknown)."""

    face: Face
    identity: Identity | None
    name: str

    @property
    def known(self) -> bool:
        return self.identity is not None and self.identity.known


def who_is_who(subject: Subject) -> tuple[Who, ...]:
    """Everybody in the picture, the largest face first."""
    index = subject.index
    found = []
    for face in () if subject.faces is None else subject.faces.faces:
        identity = None
        if face.embedding is not None and index is not None:
            identity = identify(face.embedding, index, subject.threshold)
        person = None if identity is None else subject.person(identity.person)
        found.append(Who(face, identity, "" if person is None else person.name))
    return tuple(found)


def label(who: Who, *, brief: bool = False) -> str:
    """The words on a box: name and distance; `brief` where there is no room for them: the name alone."""
    if who.identity is None:
        return "face"
    if brief:
        return shown(who.name, BRIEF) if who.known else "?"
    best = who.identity.best
    if best is None:
        return UNKNOWN
    name = short(who.name) if who.known else UNKNOWN
    return f"{name} · {best.distance:.2f}"


def findings(
    everybody: tuple[Who, ...], texts: tuple[str, ...] | None = None, text: str = "small"
) -> Findings:
    """The boxes over the picture: a person keeps the colour of their number, unknown ones are grey.

    `texts`: their labels where those are not the usual ones; `text`: the size of the labels.
    """
    if not everybody:
        return Findings()
    corners = np.array([who.face.box for who in everybody], np.float64)
    kinds = np.array([kind(who) for who in everybody], np.int64)
    said = tuple(label(who) for who in everybody) if texts is None else texts
    return Findings(Boxes(corners, kinds, said), text=text)


def kind(who: Who) -> int:
    """The class colour of a box."""
    person = None if who.identity is None else who.identity.person
    return GREY if person is None else person % GREY


def headline(who: Who, *, in_sight: bool = True) -> str:
    """Who the chosen face is, in a few words; out of sight: who it was."""
    identity, beyond = who.identity, "" if in_sight else " (out of sight)"
    if identity is None:
        return f"A face{beyond}"
    if not identity.known or identity.best is None:
        return f"Somebody unknown{beyond}"
    return f"{short(who.name)}, d = {identity.best.distance:.3f}{beyond}"


def detail(who: Who, subject: Subject) -> str:
    """How sure that is: the nearest person where it is nobody, and the runner-up."""
    identity = who.identity
    if identity is None:
        return "There are no numbers of it yet."
    if identity.best is None:
        return ARRIVING if subject.arriving else "Nobody is enrolled in this gallery yet."
    parts = []
    nearest_one = subject.person(identity.best.person)
    if not identity.known and nearest_one is not None:
        name = short(nearest_one.name)
        parts.append(
            f"The nearest is {name}, d = {identity.best.distance:.3f}, beyond {subject.threshold:.2f}."
        )
    second = identity.runner_up
    runner = subject.person(None if second is None else second.person)
    if second is not None and runner is not None:
        parts.append(f"Runner-up: {short(runner.name)}, d = {second.distance:.3f}.")
    return " ".join(parts)


def spots(who: Who, subject: Subject) -> list[Spot]:
    """The nearest people on the line of distances."""
    index = subject.index
    if who.identity is None or who.face.embedding is None or index is None:
        return []
    found = nearest(who.face.embedding, index, NEAREST)
    people = [(subject.person(match.person), match.distance) for match in found]
    return [
        Spot(short("?" if one is None else one.name), d, place == 0) for place, (one, d) in enumerate(people)
    ]


def sentence(subject: Subject, everybody: tuple[Who, ...]) -> str:
    """The line beneath the picture."""
    faces = subject.faces
    if faces is None:
        return "" if subject.trouble else "Faces are being looked for."
    if not everybody:
        return (
            "No face was found in this picture. A face has to look at the camera, with at least"
            f" {faces.settings.smallest} pixels a side."
        )
    known = sum(who.known for who in everybody)
    smallest = min(min(x2 - x1, y2 - y1) for x1, y1, x2, y2 in (who.face.box for who in everybody))
    one = "1 face" if len(everybody) == 1 else f"{len(everybody)} faces"
    parts = [f"{one}, {known} known"]
    if len(everybody) >= faces.settings.most:
        parts.append(f"the largest {faces.settings.most} are shown")
    if smallest < SMALL:
        parts.append(f"the smallest has {smallest:.0f} pixels a side: names of such small faces mean little")
    if faces.note:
        parts.append(faces.note.rstrip("."))
    if subject.stale:
        return " · ".join([*parts, "the picture on show is being looked at"])
    times = faces.times
    parts.append(f"found in {1000 * times.detect:.0f} ms, embedded in {1000 * times.embed:.0f} ms")
    if subject.live:
        parts.append(f"{1000 * (times.done - times.captured):.0f} ms after the frame was taken")
    return " · ".join(parts)


def turned(quality: Quality) -> str:
    """Where a head is turned, "" where that is not told."""
    if quality.yaw is None or quality.pitch is None:
        return ""
    return f"{round(quality.yaw):+d}°, {round(quality.pitch):+d}°".replace("-", "−")


def face_facts(who: Who, subject: Subject) -> list[Fact]:
    """The inspector about one face."""
    face, quality = who.face, who.face.quality
    x1, y1, x2, y2 = face.box
    points = "none" if face.landmarks is None else f"{len(face.landmarks)}"
    rows: list[Fact] = [("who", label(who), "Name, and the squared distance to the nearest enrolled photo.")]
    rows += [
        ("box", f"{x2 - x1:.0f} × {y2 - y1:.0f} pixels", f"From x {x1:.0f}, y {y1:.0f}."),
        score_fact(face, subject),
        (
            "landmarks",
            points,
            "Eyes, nose and corners of the mouth: where the head is turned, and how the crop is.",
        ),
        ("sharpness", f"{quality.sharpness:.0f}", "Variance of the Laplacian of the crop."),
        (
            "light, contrast",
            f"{quality.light:.0f}, {quality.contrast:.0f}",
            "Mean grey level and standard deviation.",
        ),
    ]
    if turned(quality):
        rows.append(("turned", turned(quality), "Left or right, up or down, estimated."))
    if face.track is not None:
        rows.append(("track", f"#{face.track}", "The number that it keeps from frame to frame."))
    return rows


def score_fact(face: Face, subject: Subject) -> Fact:
    """How sure the detector is; the cascade does not say."""
    if has_scores(subject):
        return "score", f"{face.score:.2f}", "How sure the detector is."
    return "score", "none", "The cascade says yes or no, and gives no score."


def has_scores(subject: Subject) -> bool:
    """Whether the detector of the faces on show gives scores."""
    return subject.faces is not None and subject.faces.settings.detector != HAAR


def table(everybody: tuple[Who, ...], subject: Subject) -> Table:
    """Everybody in the picture as rows."""
    header = (
        "face",
        "name",
        "known",
        "distance",
        "runner-up",
        "runner-up distance",
        "x1",
        "y1",
        "x2",
        "y2",
        "score",
    )
    rows = []
    for number, who in enumerate(everybody):
        best = None if who.identity is None else who.identity.best
        second = None if who.identity is None else who.identity.runner_up
        runner = subject.person(None if second is None else second.person)
        rows.append(
            (
                number, who.name, who.known, "" if best is None else best.distance,
                "" if runner is None else runner.name, "" if second is None else second.distance,
                *who.face.box, who.face.score if has_scores(subject) else "",
            )
        )  # fmt: skip
    return header, rows
