"""Pages, films and cameras for the tests of the detection page; its detector is a few lines of numpy."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine import sources, video
from engine.detection.requests import ListDetectors
from engine.sources import CameraInfo
from engine.video import Grabber
from gui.pages.detect import exports
from gui.pages.detect.page import DetectPage
from gui.pages.detect.state import DetectState
from gui.widgets.source_state import SourceState
from tests.gui import canned_detect
from tests.gui.canned_detect import LISTED, PHOTOS, inline
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

CAT = SourceState("sample", "cat")


OpenPage = Callable[..., DetectPage]


LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


ON_PHOTO = replace(DetectState(), detector=PHOTOS, source=CAT)


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 850))."""
    canned_detect.NETS.clear()
    with opened_pages(qtbot, tmp_path, "detect", inline) as opener:
        yield opener


@pytest.fixture
def page(open_page: OpenPage) -> DetectPage:
    """The page as it opens first: the drawing board before the digits net."""
    return open_page()


@pytest.fixture
def photo(open_page: OpenPage) -> DetectPage:
    """A photo before a detector for photos."""
    return open_page(state=ON_PHOTO)


@pytest.fixture
def held(open_page: OpenPage) -> tuple[DetectPage, HeldEngine]:
    """A page over an engine that answers when the test says so; the detectors are listed."""
    made: list[HeldEngine] = []

    def make(emit: Any) -> HeldEngine:
        made.append(HeldEngine(emit))
        return made[0]

    page = open_page(make)
    made[0].answer(made[0].jobs(ListDetectors)[-1], LISTED)
    process_events()
    return page, made[0]


def press(page: DetectPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NoModifier) -> None:
    QTest.keyClick(page.stage.view, key, modifier)
    process_events()


def texts(page: DetectPage) -> list[str]:
    assert page.shown is not None
    return list(page.shown.findings.boxes.texts)


def on_picture(page: DetectPage, across: float, down: float) -> QPoint:
    """A place of the picture by shares, in the view."""
    width, height = page.stage.view.picture_size
    return page.stage.view.transform().map(QPointF(across * width, down * height)).toPoint()


def click(page: DetectPage, across: float, down: float) -> None:
    QTest.mouseClick(page.stage.view, LeftButton, NoModifier, on_picture(page, across, down))
    process_events()


# --- live -------------------------------------------------------------------------------------------------------


class Film:
    """A grey picture every millisecond or so, its brightness the number of the frame; black ones on demand."""

    original: tuple[int, int] | None = None
    fps = 200.0

    def __init__(self, ends_after: int | None = None) -> None:
        self._number = itertools.count()
        self._ends_after = ends_after
        self.closed = False

    def read(self) -> npt.NDArray[np.uint8] | None:
        number = next(self._number)
        if self._ends_after is not None and number >= self._ends_after:
            return None
        time.sleep(0.001)
        return np.full((64, 64, 3), 50 + number % 200, np.uint8)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> list[CameraInfo]:
    """What is plugged in."""
    plugged = [CameraInfo(0, "BRIO")]
    monkeypatch.setattr(sources, "list_cameras", lambda: tuple(plugged))
    return plugged


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[Film]:
    """The fakes that were opened; `ends_after` of the list's first entry, where it is set before, ends a camera."""
    opened: list[Film] = []
    monkeypatch.setattr(video, "GIVE_UP_S", 0.02)
    return opened


@pytest.fixture
def live_page(open_page: OpenPage, films: list[Film], cameras: list[CameraInfo]) -> DetectPage:
    """A page whose cameras and videos are fakes; nothing plays yet."""
    page = open_page(state=ON_PHOTO)

    def opens(_what: object) -> Grabber:
        films.append(Film())
        return films[-1]

    page.picker._open_camera = page.picker._open_video = opens
    page.services.settings.camera_consent = True
    return page


def play(page: DetectPage, qtbot: QtBot, source: SourceState) -> None:
    page.picker.pick(source)
    page_pump(
        page, qtbot, lambda: page.picker.live and page.shown is not None and page.shown.tracks is not None
    )


def page_pump(page: DetectPage, qtbot: QtBot, until: Callable[[], bool]) -> None:
    """Let the inline engine go on with its live job until something is so."""

    def look() -> bool:
        cast(Any, page.services.bridge.engine).pump()
        return until()

    qtbot.waitUntil(look)


CAMERA = SourceState("camera", "BRIO")


def verb(page: DetectPage, title: str) -> Any:
    return next(one for one in exports.verbs(page) if one.title.startswith(title))
