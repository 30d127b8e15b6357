"""The view of the top patches over an engine whose index is made up, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.inside.patches.requests import (
    FindPatches,
    MinePatches,
    MiningReport,
    OpenPatchPicture,
    Patch,
    Skipped,
    UnitPatches,
)
from engine.runner import Emit, InlineEngine
from gui.bridge import Bridge
from gui.pages.units.patches.patches_view import PatchesView
from gui.pages.units.patches.settings import PatchesSettings
from gui.pages.units.view import Subject
from tests.gui.window_fixtures import calm

__all__ = ["calm"]

NET, LAYER, CHANNELS, SIDE = "a-net", "features.relu", 4, 16


Left, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


SKIPPED = (
    Skipped("broken.jpg", "broken.jpg is damaged."),
    Skipped("locked/", "You may not read this folder."),
)


def a_patch(rank: int, channel: int) -> Patch:
    """The strongest patches lie in the middle, the fourth hangs over the upper left corner."""
    draw = np.random.default_rng(rank)
    top = -2 if rank == 3 else 4
    projection = np.zeros((SIDE, SIDE, 3), np.float32)
    projection[max(top, 0) : top + 6, max(top, 0) : top + 6] = 0.5 - rank / 10
    return Patch(
        f"class{rank % 2}/photo{rank}.jpg", f"photo{rank}.jpg", 10.0 - rank + channel, (rank, 2),
        (top, top, top + 6, top + 6), seen=draw.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        sharp=draw.integers(0, 256, (64, 64, 3), np.uint8), read=(0.25, 0.0, 0.75, 1.0),
        projection=projection, again=10.0 - rank + channel,
    )  # fmt: skip


def unit(request: FindPatches) -> UnitPatches:
    count = 9 if request.channel < 2 else 2
    patches = tuple(a_patch(rank, request.channel) for rank in range(count))
    if request.channel == 2:
        patches = (replace(patches[0], value=0.0), replace(patches[1], seen=None, problem="It is gone."))
    return UnitPatches(
        request, "the folder holidays", patches, CHANNELS, (8, 8), SIDE, "6 × 6", False, 20, 20,
        complete=True, check=CheckResult(1e-7, 1e-3, True, "torch"), seconds=0.05,
    )  # fmt: skip


def report(request: MinePatches, mined: int = 20, skipped: tuple[Skipped, ...] = SKIPPED) -> MiningReport:
    return MiningReport(
        request,
        21,
        mined,
        0,
        20 - mined,
        skipped,
        len(skipped),
        3,
        12,
        40.0,
        Path("index.npz"),
        "the folder holidays",
    )


def find(request: FindPatches, context: Context) -> Any:
    if request.layer != LAYER:
        raise UserError("The layer puts out no maps.", "Choose another layer.")
    answer = unit(request)
    yield context.partial(replace(answer, complete=False, check=None))
    return answer


def mine(request: MinePatches, context: Context) -> Any:
    if request.pictures.path.endswith("nowhere"):
        raise UserError("The folder nowhere is not there.", "Choose another.")
    yield context.partial(report(request, 10))
    yield context.progress(10, 21, "Looking")
    return report(request)


def open_picture(request: OpenPatchPicture, _context: Context) -> Frame:
    if request.picture.endswith("photo8.jpg"):
        raise UserError("photo8.jpg is not there.", "Was it moved?")
    return Frame(np.zeros((60, 120, 3), np.uint8), request.picture.rsplit("/", 1)[-1])


ROOM = "engine.inside.patches.requests"


TABLE = {
    **HANDLERS,
    f"{ROOM}.FindPatches": Handler(f"{__name__}:find", needs_torch=False),
    f"{ROOM}.MinePatches": Handler(f"{__name__}:mine", needs_torch=False),
    f"{ROOM}.OpenPatchPicture": Handler(f"{__name__}:open_picture", needs_torch=False),
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


class Desk:
    """What the page does for a view: keeps its settings and its unit."""

    def __init__(self, view: PatchesView, bridge: Bridge) -> None:
        self.view, self.bridge = view, bridge
        self.settings = PatchesSettings()
        self.subject = Subject(NET, LAYER, 0, None, None)
        self.pointed: list[list[tuple[str, str, str]]] = []
        view.changed.connect(self._set)
        view.looked.connect(self._set)
        view.unitPicked.connect(self._pick)
        view.pointed.connect(self.pointed.append)

    def _set(self, settings: PatchesSettings, _gesture: str = "") -> None:
        self.show(settings=settings.validated())

    def _pick(self, layer: str, channel: int, _position: object) -> None:
        self.show(subject=replace(self.subject, layer=layer, channel=channel))

    def show(self, *, settings: PatchesSettings | None = None, subject: Subject | None = None) -> None:
        self.settings, self.subject = settings or self.settings, subject or self.subject
        self.view.show_subject(self.subject, self.settings)
        settle()


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(qtbot: QtBot, calm: None) -> Iterator[OpenDesk]:
    opened: list[Desk] = []

    def opener(make_engine: Any = inline, size: tuple[int, int] = (900, 640)) -> Desk:
        bridge = Bridge(make_engine)
        view = PatchesView(bridge)
        qtbot.addWidget(view)
        qtbot.addWidget(view.panel)
        desk = Desk(view, bridge)
        opened.append(desk)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
        view.set_active(True)
        desk.show()
        return desk

    yield opener
    for desk in opened:
        desk.view.set_active(False)
        desk.bridge.close()


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk()
