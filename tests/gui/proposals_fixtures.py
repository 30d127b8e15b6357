"""The view "Region proposals" over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection.proposals.grouping import grouped
from engine.detection.proposals.ranking import ranked
from engine.detection.proposals.requests import (
    ClassifyCrops,
    ClassifyPooled,
    FindProposals,
    Level,
    Maps,
    ProposeByNet,
    RegionRun,
    Search,
)
from engine.detection.proposals.segments import described
from engine.images import Frame
from gui.bridge import Bridge
from gui.pages.boxes.proposals import answers
from gui.pages.boxes.proposals.settings import ProposalsSettings
from gui.pages.boxes.proposals.view import ProposalsView
from gui.pages.boxes.view import Subject
from tests.gui.window_fixtures import WAIT, HeldEngine, calm

__all__ = ["calm"]

LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


LABELS = ("cat", "dog", "ship")


def patchwork() -> Frame:
    """Six patches of plain colours."""
    pixels = np.zeros((60, 90, 3), np.uint8)
    colours = [(200, 40, 40), (40, 180, 40), (40, 40, 200), (210, 200, 40), (180, 60, 190), (30, 190, 190)]
    for index, colour in enumerate(colours):
        row, column = divmod(index, 3)
        pixels[30 * row : 30 * row + 30, 30 * column : 30 * column + 30] = colour
    return Frame(pixels, "patches")


FRAME = patchwork()


PATCHES = np.arange(6).reshape(2, 3).repeat(30, 0).repeat(30, 1)


def searched(request: FindProposals) -> Search:
    """A search whose segments are the patches."""
    hierarchy = grouped(PATCHES, described(request.frame.pixels, PATCHES), request.settings.terms)
    return Search(request, request.frame, hierarchy, ranked(hierarchy, request.settings.seed), 0.01, 0.002)


def maps() -> Maps:
    """Maps 8 x 12 of two channels at stride 8; the second one rises to the right."""
    values = np.zeros((2, 8, 12), np.float32)
    values[1] = np.arange(96).reshape(8, 12) / 10
    return Maps(values, "features.relu4_1", 8, 96 / 90, 64 / 60, 4)


def ran(request: Any, done: int | None = None, **changes: Any) -> RegionRun:
    """What a method says: every box is a cat, the first one most of all."""
    if isinstance(request, ProposeByNet):
        boxes = np.array([[0.0, 0, 30, 30]])
        level = Level(
            np.full((4, 6), 0.4), 16, np.ones((3, 2)), np.array([[5.0, 5, 40, 40]]), np.array([0.6])
        )
        run = RegionRun(
            "faster", "MobileNet", LABELS, boxes, np.array([0.95]), np.array([1]), 1, 1, 1, 3_000_000_000, 0.2, True,
            levels=(level, level), reads=(480, 320),
        )  # fmt: skip
        return replace(run, **changes)
    total = len(request.boxes)
    done = total if done is None else done
    crops = isinstance(request, ClassifyCrops)
    run = RegionRun(
        "rcnn" if crops else "fast", "TinyVGG", LABELS, np.asarray(request.boxes[:done]),
        np.linspace(0.99, 0.91, total)[:done], np.zeros(done, np.int64), total, done if crops else 1, done,
        done * 142_000_000 if crops else 1_500_000_000, done / 100, done == total, maps=None if crops else maps(),
        reads=(32, 32) if crops else (96, 64),
    )  # fmt: skip
    return replace(run, **changes)


class Stand:
    """What the page does for a view: keeps its settings and shows them again."""

    def __init__(self, view: ProposalsView, frame: Frame | None = FRAME) -> None:
        self.view, self.settings = view, ProposalsSettings(things=())
        self.subject = Subject(frame)
        self.gestures: list[str] = []
        self.looks = 0
        view.changed.connect(self._changed)
        view.looked.connect(self._looked)

    def _changed(self, settings: ProposalsSettings, gesture: str) -> None:
        self.gestures.append(gesture)
        self.settings = settings.validated()
        self.show()

    def _looked(self, settings: ProposalsSettings) -> None:
        self.looks += 1
        self.settings = settings.validated()
        self.show()

    def set(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes).validated()
        self.show()

    def show(self) -> None:
        self.view.show_subject(self.subject, self.settings)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> Stand:
    monkeypatch.setattr(answers, "QUIET_MS", 0)
    view = ProposalsView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    view.resize(820, 720)
    view.show()
    made = Stand(view)
    made.show()
    view.set_active(True)
    return made


def engine(bridge: Bridge) -> HeldEngine:
    return cast(HeldEngine, bridge.engine)


def newest(bridge: Bridge, kind: type) -> tuple[int, Any]:
    number = engine(bridge).jobs(kind)[-1]
    return number, engine(bridge).asked[number][0]


def answer_search(bridge: Bridge) -> Search:
    number, request = newest(bridge, FindProposals)
    answer = searched(request)
    engine(bridge).answer(number, answer)
    QApplication.processEvents()
    return answer


def answer_run(bridge: Bridge, qtbot: QtBot, kind: type, count: int = 1, **changes: Any) -> RegionRun:
    qtbot.waitUntil(lambda: len(engine(bridge).jobs(kind)) >= count, timeout=WAIT)
    number, request = newest(bridge, kind)
    answer = ran(request, **changes)
    engine(bridge).answer(number, answer)
    QApplication.processEvents()
    return answer


def in_picture(view: Any, x: float, y: float) -> QPoint:
    """A place of a picture, as shares, in its widget."""
    area = view.picture_rect()
    return QPoint(round(area.x() + x * area.width()), round(area.y() + y * area.height()))


# --- RoI pooling ------------------------------------------------------------------------------------------


@pytest.fixture
def pooling(stand: Stand, bridge: Bridge, qtbot: QtBot) -> Stand:
    answer_search(bridge)
    stand.set(part="pooling")
    answer_run(bridge, qtbot, ClassifyPooled)
    return stand
