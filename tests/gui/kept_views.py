"""Views of the page "Boxes" alone, with somebody who keeps their settings as the page does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.images import Frame
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample
from gui.bridge import Bridge
from gui.pages.boxes.view import BoxesView, Subject
from gui.widgets.frame_view import FrameView
from tests.gui.window_fixtures import move_to, wait_beside

SIZE = (200, 100)
FRAME = Frame(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8), "grey")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Kept:
    """A view, its settings, and all that it said."""

    def __init__(self, view: Any, settings: Any, engine: InlineEngine, frame: Frame | None = FRAME) -> None:
        self.view, self.settings, self.engine, self.frame = view, settings, engine, frame
        self.gestures: list[str] = []
        self.facts: list[Any] = []
        self.pages: list[tuple[str, object]] = []
        self.sentences: list[str] = []
        view.changed.connect(self._changed)
        view.looked.connect(self._looked)
        view.pointed.connect(self.facts.append)
        view.said.connect(lambda sentence, _kind: self.sentences.append(sentence))
        view.pageAsked.connect(lambda name, fields: self.pages.append((name, fields)))
        self.show(settings)

    def show(self, settings: Any) -> None:
        """The settings are these now."""
        self.settings = settings.validated()
        self.view.show_subject(Subject(self.frame), self.settings)

    def _changed(self, settings: Any, gesture: str) -> None:
        self.gestures.append(gesture)
        self.show(settings)

    def _looked(self, settings: Any) -> None:
        self.show(settings)

    def settle(self) -> None:
        """Wait until everything that the settings owe is on the screen."""
        for _ in range(6000):
            if self.view.settled:
                return
            self.engine.pump()  # what waits for an import beside it
            wait_beside()
        raise AssertionError("the view does not come to rest")

    def drag(self, picture: FrameView, begin: tuple[float, float], *ways: tuple[float, float]) -> None:
        """Press at a pixel of a picture, move over others, let go."""
        QTest.mousePress(picture, LEFT, NONE, at(picture, *begin))
        for way in ways:
            move_to(picture, at(picture, *way), LEFT)
        QTest.mouseRelease(picture, LEFT, NONE, at(picture, *ways[-1]))


def at(picture: FrameView, x: float, y: float) -> QPoint:
    """Where a pixel is in the widget."""
    return picture.transform().map(QPointF(x, y)).toPoint()


Keep = Callable[..., Kept]


@pytest.fixture
def keep(qtbot: QtBot, calm: None) -> Iterator[Keep]:
    """Opens a view over the real engine without a thread: keep(ViewClass, settings, size=(900, 420), frame=FRAME)."""
    opened: list[tuple[BoxesView, Bridge]] = []

    def opener(
        kind: Callable[[Bridge], BoxesView], settings: Any, size: tuple[int, int] = (900, 420),
        frame: Frame | None = FRAME,
    ) -> Kept:  # fmt: skip
        bridge = Bridge(_inline)
        engine = bridge.engine
        assert isinstance(engine, InlineEngine)
        engine.submit(LoadSample("astronaut"))  # an engine says that it is ready after its first answer
        view = kind(bridge)
        opened.append((view, bridge))
        parts: tuple[QWidget | None, ...] = (view, view.controls(), view.aside())
        for widget in parts:
            if widget is not None:
                qtbot.addWidget(widget)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
        return Kept(view, settings, engine, frame)

    yield opener
    for view, bridge in opened:
        view.set_active(False)
        bridge.close()


def _inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, device="cpu")
