"""Cameras, films and a picker that tells what it said, for the tests of the picker of pictures."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from pytestqt.qtbot import QtBot

from engine import sources
from engine.errors import UserError
from engine.images import Frame
from engine.inline import InlineEngine
from engine.sources import CameraInfo
from engine.video import Grabber
from gui.bridge import Bridge
from gui.widgets.source_cameras import SessionConsent
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState

ASTRONAUT = SourceState("sample", "astronaut")


CAT = SourceState("sample", "cat")


class FakeGrabber:
    """Numbered grey pictures, a millisecond apart; `ends_after` pictures the source is over."""

    original: tuple[int, int] | None = None

    def __init__(self, ends_after: int | None = None) -> None:
        self.fps = 200.0
        self.closed = threading.Event()
        self._number = itertools.count()
        self._ends_after = ends_after

    def read(self) -> npt.NDArray[np.uint8] | None:
        number = next(self._number)
        if self._ends_after is not None and number >= self._ends_after:
            return None
        time.sleep(0.001)
        return np.full((6, 8, 3), number % 256, np.uint8)

    def close(self) -> None:
        self.closed.set()


class Devices:
    """Opens fakes and counts them; `failure` is raised instead."""

    def __init__(self) -> None:
        self.opened: list[tuple[object, FakeGrabber]] = []
        self.failure: UserError | None = None
        self.ends_after: int | None = None

    def open(self, what: object) -> Grabber:
        if self.failure is not None:
            raise self.failure
        grabber = FakeGrabber(self.ends_after)
        self.opened.append((what, grabber))
        return grabber


class Log:
    """Everything a picker says, in order."""

    def __init__(self, picker: SourcePicker) -> None:
        self.states: list[SourceState] = []
        self.frames: list[Frame] = []
        self.problems: list[str] = []
        self.live: list[bool] = []
        picker.stateChanged.connect(self.states.append)
        picker.frameChanged.connect(self.frames.append)
        picker.problem.connect(self.problems.append)
        picker.liveChanged.connect(self.live.append)


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    bridge = Bridge(lambda emit: InlineEngine(emit, load_torch=False))
    yield bridge
    assert bridge.close()


@pytest.fixture
def devices() -> Devices:
    return Devices()


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> list[CameraInfo]:
    """What is plugged in; change the list to plug and unplug."""
    plugged: list[CameraInfo] = []
    monkeypatch.setattr(sources, "list_cameras", lambda: tuple(plugged))
    return plugged


@pytest.fixture
def consent() -> SessionConsent:
    return SessionConsent()


@pytest.fixture
def picker(
    bridge: Bridge,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    tmp_path: Path,
    qtbot: QtBot,
) -> Iterator[SourcePicker]:
    picker = SourcePicker(
        bridge,
        consent=consent,
        open_camera=devices.open,
        open_video=devices.open,
        pasted_folder=tmp_path / "pasted",
    )
    picker.resize(280, 600)
    qtbot.addWidget(picker)
    yield picker
    picker.close()


@pytest.fixture
def log(picker: SourcePicker) -> Log:
    return Log(picker)


@pytest.fixture
def shown(picker: SourcePicker, log: Log, qtbot: QtBot) -> SourcePicker:
    """A picker that shows the astronaut."""
    with qtbot.waitSignal(picker.frameChanged):
        picker.set_state(ASTRONAUT)
    log.frames.clear()
    return picker


def click(picker: SourcePicker, kind: str) -> None:
    picker.tabs.button(kind).click()
