"""Pages, keys and pointers for the tests of the classification page; its net is a few lines of numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import UserError
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.networks.classifying.picture_edits import edit, told
from engine.networks.requests import (
    Classification,
    ClassifyLive,
    ClassifyPicture,
    Guess,
    ListWeights,
    WeightsStatus,
)
from engine.runner import Emit, InlineEngine
from gui.pages.classify.page import ClassifyPage
from gui.pages.classify.picture_stage import PictureStage
from gui.pages.classify.state import DIGITS_NET, PHOTO_NET, ClassifyState
from gui.widgets.source_state import SourceState
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import calm, move_to

__all__ = ["calm"]

LABELS = ("dark", "dim", "middling", "light", "bright", "left", "right")


CAT = SourceState("sample", "cat")


LeftButton = Qt.MouseButton.LeftButton


NoModifier = Qt.KeyboardModifier.NoModifier


def status(name: str, title: str, architecture: str, state: Any = "bundled", **more: Any) -> WeightsStatus:
    return WeightsStatus(name, title, "classification", architecture, state, 250_000, **more)


NETS = (
    status(
        DIGITS_NET,
        "Digits",
        "lenet5",
        figures="98.8 % of unseen digits",
        licence="MIT",
        source="this project",
    ),
    status(PHOTO_NET, "Photos", "tinyvgg", figures="90.1 % of unseen pictures"),
    status("alexnet-imagenet", "AlexNet", "alexnet", "absent"),
    WeightsStatus("yolo", "YOLO", "detection", "yolo", "ready"),
)


def say(request: ClassifyPicture | ClassifyLive, frame: Frame) -> Classification:
    """A net that goes by brightness, and by which half is brighter; a blank picture has no digit."""
    if request.weights not in (DIGITS_NET, PHOTO_NET):
        raise UserError(f"The weights {request.weights} are not here.", "Download them on the page Weights.")
    edited = edit(frame.pixels, request.edits)
    if request.weights == DIGITS_NET and int(edited.min()) == int(edited.max()):
        raise UserError("Nothing is drawn yet.", "Draw a digit.")
    mean, half = float(edited.mean()) / 255, edited.shape[1] // 2 or 1
    tilt = (float(edited[:, half:].mean()) if edited.shape[1] > 1 else 0.0) - float(edited[:, :half].mean())
    logits = np.array(
        [-40 * (mean - x) ** 2 + 3 for x in (0.1, 0.3, 0.5, 0.7, 0.9)] + [-tilt / 50, tilt / 50]
    )
    probabilities = (np.exp(logits) / np.exp(logits).sum()).astype(np.float32)
    order = np.argsort(-probabilities)[: request.top]
    grey = request.weights == DIGITS_NET
    return Classification(
        request.weights,
        tuple(Guess(int(i), LABELS[i], float(probabilities[i]), float(logits[i])) for i in order),
        LABELS, probabilities, edited,
        np.zeros((32, 32), np.uint8) if grey else np.full((32, 32, 3), 7, np.uint8),
        (*told(request.edits, frame.pixels.shape[:2]), "made small"), 0.002, "cpu", frame,
        logits=logits.astype(np.float32), edits=request.edits, parameters=61_706, path=Path("net.safetensors"),
        architecture="lenet5" if grey else "tinyvgg", mean=(0.1,) if grey else (0.1, 0.2, 0.3),
        std=(0.5,) if grey else (0.5,) * 3, window=(0.25, 0.0, 0.75, 1.0),
    )  # fmt: skip


def classify(request: ClassifyPicture, _context: Context) -> Classification:
    return say(request, request.frame)


def listed(_request: ListWeights, _context: Context) -> tuple[WeightsStatus, ...]:
    return NETS


TABLE = {
    **HANDLERS,
    "engine.networks.requests.ClassifyPicture": Handler(f"{__name__}:classify", needs_torch=False),
    "engine.networks.requests.ListWeights": Handler(f"{__name__}:listed", needs_torch=False),
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


OpenPage = Callable[..., ClassifyPage]


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 850))."""
    with opened_pages(qtbot, tmp_path, "classify", inline) as opener:
        yield opener


@pytest.fixture
def page(open_page: OpenPage) -> ClassifyPage:
    """The page as it opens first: a drawn five before the digit net."""
    return open_page()


@pytest.fixture
def photo(open_page: OpenPage) -> ClassifyPage:
    """The page with the photo of a cat before the photo net."""
    page = open_page(state=replace(ClassifyState(), weights=PHOTO_NET, source=CAT))
    assert page.answer is not None
    return page


def at(stage: PictureStage, x: float, y: float) -> QPoint:
    """A place of the shown picture by shares."""
    area = stage.area()
    return QPointF(area.x() + x * area.width(), area.y() + y * area.height()).toPoint()


def drag(stage: PictureStage, *places: tuple[float, float], release: bool = True) -> None:
    """Press at the first place, move over the others, let go at the last."""
    points = [at(stage, x, y) for x, y in places]
    QTest.mousePress(stage, LeftButton, NoModifier, points[0])
    for point in points[1:]:
        move_to(stage, point, LeftButton)
        process_events()
    if release:
        QTest.mouseRelease(stage, LeftButton, NoModifier, points[-1])
    process_events()


def shown(page: ClassifyPage) -> dict[str, float]:
    return {bar.label: bar.probability for bar in page.stage.bars.bars}


def expected(page: ClassifyPage) -> dict[str, float]:
    """What the net says to the picture and the edits on show, asked directly."""
    frame = page.stage.picture.frame
    assert frame is not None
    answer = say(ClassifyPicture(page.state.weights, frame, page.state.edits), frame)
    return {guess.label: guess.probability for guess in answer.guesses}
