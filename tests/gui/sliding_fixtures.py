"""The view "Sliding windows" over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection.sliding import arithmetic
from engine.detection.sliding.requests import Crops, Slid, SlideOnce, SlideSeparately
from engine.detection.sliding.window_net import LABELS, window_net
from engine.images import Frame
from gui.bridge import Bridge
from gui.pages.boxes.sliding.settings import SlidingSettings
from gui.pages.boxes.sliding.shown import Shown, resolve, scales_of
from gui.pages.boxes.sliding.starter import starter_frame
from gui.pages.boxes.sliding.view import SlidingView
from gui.pages.boxes.view import Subject
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

SMALL = SlidingSettings(side=32, scales=2, window=3)
"""A hundred windows, and 36 at the second scale."""


@cache
def slid(request: SlideOnce) -> Slid:
    """What the engine answers, by numpy."""
    levels, too_small = scales_of(request.frame, request.side, request.scales)
    step = request.stride // 2
    answers = tuple(
        np.ascontiguousarray(
            np.moveaxis(arithmetic.convolutional(level.ink, window_net()).probabilities, 0, -1)[
                ::step, ::step
            ],
            np.float32,
        )
        for level in levels
    )
    return Slid(request, levels, answers, too_small, 0.01)


def crops(request: SlideOnce, done: int | None = None, difference: float = 2e-7) -> Crops:
    answer = slid(request)
    flat = np.concatenate([one.reshape(-1, len(LABELS)) for one in answer.answers])
    count = len(flat) if done is None else done
    found = Crops(SlideSeparately(request), flat[:count], np.full(count, 0.001), len(flat))
    if done is not None:
        return found
    return replace(
        found, batch_seconds=0.02, pass_seconds=0.01, rounds=3, where="torch, 1 thread",
        max_abs_difference=difference,
    )  # fmt: skip


def shown_at(settings: SlidingSettings = SMALL, frame: Frame | None = None) -> Shown:
    frame = frame or starter_frame()
    answer = slid(SlideOnce(frame, settings.side, settings.scales, settings.stride))
    return resolve(settings, frame, answer, crops(answer.request))


class Stand:
    """What the page does for a view."""

    def __init__(self, view: SlidingView, settings: SlidingSettings = SMALL) -> None:
        self.view, self.settings = view, settings
        self.subject = Subject(None)
        self.changes: list[str] = []
        view.changed.connect(self._changed)
        view.looked.connect(self.show)

    def _changed(self, settings: SlidingSettings, gesture: str) -> None:
        self.changes.append(gesture)
        self.show(settings)

    def show(self, settings: SlidingSettings) -> None:
        self.settings = settings.validated()
        self.view.show_subject(self.subject, self.settings)
        self.view.set_active(True)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge) -> Stand:
    view = SlidingView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    view.resize(820, 720)
    view.show()
    made = Stand(view)
    made.show(SMALL)
    return made


def engine_of(bridge: Bridge) -> HeldEngine:
    return cast(HeldEngine, bridge.engine)


def answer(bridge: Bridge, qtbot: QtBot, kind: type = SlideOnce, count: int = 1, value: Any = None) -> Any:
    """Answer the newest request of a kind, once there are so many."""
    held = engine_of(bridge)
    qtbot.waitUntil(lambda: len(held.jobs(kind)) >= count)
    number = held.jobs(kind)[-1]
    request = cast(Any, held.asked[number][0])
    if value is None:
        value = (
            slid(request) if kind is SlideOnce else crops(request.once) if kind is SlideSeparately else None
        )
    held.answer(number, value)
    QApplication.processEvents()
    return value


def facts_of(spy: QSignalSpy) -> dict[str, str]:
    return {name: value for name, value, _ in spy.at(spy.count() - 1)[0]}
