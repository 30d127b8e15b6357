"""The page "Faces" on press photographs and a film: the real engine, a real gallery, two published nets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.cv import cv2
from engine.faces.gallery.opening import VARIABLE
from engine.faces.requests import YUNET
from engine.networks.requests import ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights.files import import_weights
from engine.runner import Engine
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.faces.page import FacesPage
from gui.pages.faces.recognise.view import RecogniseView
from gui.pages.faces.state import FacesState
from gui.settings import Settings
from gui.state import to_json
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import wait_beside

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before there is an application

BARACK, JOE = "Barack Obama", "Joe Biden"
DETECTOR, EMBEDDER = "face_detection_yunet_2023mar.onnx", "mobilefacenet_128d.onnx"
ROUNDS = 6000
"""Of a hundredth of a second: far more than anything takes."""


def until(what: Callable[[], bool]) -> None:
    for _ in range(ROUNDS):
        if what():
            return
        wait_beside()
    raise AssertionError("it did not happen")


@pytest.fixture
def embedder(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a person's own embedder; it and YuNet are here as the page Weights imports them."""
    monkeypatch.setenv("CONVSCOPE_MODELS", str(tmp_path / "models"))
    for file in (DETECTOR, EMBEDDER):
        taken = at_once(import_weights(ImportWeights(assets / "models" / file), Context()))
    return str(taken.status.name)


@pytest.fixture
def page(
    qtbot: QtBot, assets: Path, embedder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FacesPage]:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "faces.sqlite3"))
    bridge = Bridge(Engine)
    bridge.begin_loading()
    found = entry("faces")
    assert found is not None
    page = cast(FacesPage, found.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
    qtbot.addWidget(page)
    page.resize(1200, 850)
    state = FacesState(people="own", detector=YUNET, embedder=embedder, source=photo(assets, "obama.jpg"))
    page.restore_session(to_json(state))
    page.show()
    page.activated()
    yield page
    page.close_page()
    bridge.close()


def bare_count(assets: Path, pixels: npt.NDArray[np.uint8], smallest: int) -> int:
    """How many faces YuNet finds, called as plainly as can be."""
    height, width = pixels.shape[:2]
    scale = min(960 / max(height, width), 1.0)
    size = round(width * scale), round(height * scale)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR)
    net = cv2.FaceDetectorYN.create(str(assets / "models" / DETECTOR), "", size, 0.7, 0.3, 5000)
    _, rows = net.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    return 0 if rows is None else int((rows[:, 2:4].min(1) / scale >= smallest).sum())


def photo(assets: Path, name: str) -> SourceState:
    return SourceState("file", str(assets / "faces" / "portraits" / name))


def look_at(page: FacesPage, assets: Path, name: str) -> list[str]:
    """The names of everybody in a portrait, "" for somebody unknown, the largest face first."""
    page.change(replace(page.state, source=photo(assets, name)))

    def answered() -> bool:
        faces, picture = page.subject.faces, page.picture
        there = picture is not None and picture.name == name and faces is not None and faces.frame is picture
        return there and page.answers.settled and page.subject.people is not None

    until(answered)
    return [who.name for who in view(page).stage.everybody]


def view(page: FacesPage) -> RecogniseView:
    return cast(RecogniseView, page.stage.view)


def enrol(page: FacesPage, assets: Path, name: str, photo_name: str) -> None:
    look_at(page, assets, photo_name)
    view(page).face.name.click()
    view(page).card.name.setText(name)
    view(page).card.agree.click()
    until(lambda: view(page).stage.everybody[0].name == name)


def test_two_people_are_enrolled_and_recognised_and_nobody_else(page: FacesPage, assets: Path) -> None:
    enrol(page, assets, BARACK, "obama.jpg")
    enrol(page, assets, JOE, "biden.jpg")
    for name, wanted in (("obama2.jpg", BARACK), ("obama3.jpg", BARACK), ("biden2.jpg", JOE)):
        assert look_at(page, assets, name)[0] == wanted
    for name in ("alex_lacamoire1.jpg", "alex_lacamoire2.jpg", "rose_leslie1.jpg", "rose_leslie2.jpg"):
        assert look_at(page, assets, name) == [""]
    for name in ("two_people.jpg", "obama_and_biden.jpg"):
        assert set(look_at(page, assets, name)) - {""} == {BARACK, JOE}


def test_a_second_window_sees_who_was_enrolled_in_the_first(
    page: FacesPage, assets: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    bridge = Bridge(Engine)
    found = entry("faces")
    assert found is not None
    other = cast(FacesPage, found.create(Services(bridge, Settings(tmp_path / "other.ini"))))
    qtbot.addWidget(other)
    try:
        other.restore_session(page.save_state())
        other.show()
        other.activated()
        until(lambda: other.answers.galleries["own"].snapshot is not None)
        enrol(page, assets, BARACK, "obama.jpg")
        other.answers.galleries["own"].look()
        until(lambda: bool(other.subject.people and other.subject.people.people))
        assert other.subject.people is not None and other.subject.people.people[0].name == BARACK
    finally:
        other.close_page()
        bridge.close()


def test_a_film_has_faces_on_every_frame_and_the_job_ends_with_the_page(
    page: FacesPage, assets: Path
) -> None:
    counts: list[int] = []
    seen: list[Any] = [None]
    film = SourceState("video", str(assets / "videos" / "people.mp4"))
    page.change(replace(page.state, source=film, smallest=20))

    def gathered() -> bool:
        faces = page.subject.faces
        if page.subject.live and faces is not None and faces is not seen[0]:
            seen[0] = faces
            counts.append(len(faces.faces))
        return len(counts) >= 6

    until(gathered)
    faces, stage = page.subject.faces, view(page).stage.view
    frame, boxes = stage.frame, len(stage.found.boxes)
    page.deactivated()
    assert 5 <= median(counts) <= 8, counts
    assert faces is not None and frame is faces.frame
    until(lambda: not page.services.bridge.busy)
    assert boxes == len(faces.faces) == bare_count(assets, faces.frame.pixels, smallest=20)
    QApplication.processEvents()
    assert not page.picker.live
