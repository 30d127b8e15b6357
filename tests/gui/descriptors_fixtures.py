"""The page of descriptors over the real engine without a thread and without torch, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.foundations.requests import CheckResult
from engine.handlers import HANDLERS, Handler
from engine.images import Frame, fit
from engine.networks.learned_features.requests import (
    FEATURES,
    TEST_SIZE,
    TRAINING_SIZES,
    DigitScores,
    DigitTest,
    FeatureMaps,
    FeatureScore,
    MapFeatures,
)
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample, load_sample
from gui.pages.descriptors.page import DescriptorsPage
from gui.pages.descriptors.state import DescriptorsState
from gui.widgets.frame_view import FrameView
from tests.gui.page_fixtures import opened_pages
from tests.gui.window_fixtures import (
    calm,
)

__all__ = ["calm"]

NoModifier, Alt = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


LeftButton = Qt.MouseButton.LeftButton


TITLES = {
    "histogram": "Grey histogram",
    "words": "Visual words",
    "hog": "HOG",
    "pixels": "Raw pixels",
    "learned": "LeNet",
}


def maps(request: MapFeatures, _context: object) -> FeatureMaps:
    """Maps that are brightest at their own place."""
    values = np.zeros((40, 6, 8), np.float32)
    values[np.arange(40), np.arange(40) % 6, np.arange(40) % 8] = 1 + np.arange(40)
    layers = ("conv1_1", "conv1_2", "conv2_1")
    layer = min(request.layer, 2)
    return FeatureMaps(
        request.frame, values, request.frame.pixels, layer, layers, "net", "TinyVGG (CIFAR-10)", 1234
    )


def scores(request: DigitTest, _context: object) -> DigitScores:
    """Accuracies that are told apart: each kind a tenth better, each shift a twentieth worse."""
    labels = np.arange(TEST_SIZE) % 10
    found = []
    for index, name in enumerate(FEATURES):
        right = round((0.5 + 0.1 * index - 0.05 * request.shift) * TEST_SIZE)
        answers = np.where(np.arange(TEST_SIZE) < right, labels, (labels + 1) % 10)
        accuracy = np.linspace(0.1, right / TEST_SIZE, len(TRAINING_SIZES))
        found.append(FeatureScore(name, TITLES[name], 10 * (index + 1), accuracy, answers, 0.1))
    pictures = np.full((TEST_SIZE, 12, 12), 7, np.uint8)
    check = CheckResult(1e-12, 1e-6, True, "scikit-learn KNN")
    return DigitScores(
        request, pictures, labels, TRAINING_SIZES, tuple(found), "500 test digits, told", check
    )


@cache
def sample(name: str) -> Frame:
    """A bundled photo, made small: these tests are about the page."""
    return Frame(fit(load_sample(name).pixels, 256).copy(), name)


def load(request: LoadSample, _context: object) -> Frame:
    return sample(request.name)


TABLE = {
    **HANDLERS,
    "engine.sources.LoadSample": Handler(f"{__name__}:load", needs_torch=False),
    "engine.networks.learned_features.requests.MapFeatures": Handler(f"{__name__}:maps", needs_torch=False),
    "engine.networks.learned_features.requests.DigitTest": Handler(f"{__name__}:scores", needs_torch=False),
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


OpenPage = Callable[..., DescriptorsPage]


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1400, 860))."""
    with opened_pages(qtbot, tmp_path, "descriptors", inline, (1400, 860)) as opener:
        yield opener
    QGuiApplication.clipboard().clear()


@pytest.fixture
def page(open_page: OpenPage) -> DescriptorsPage:
    """The page as it opens first: a colour histogram of a photo."""
    return open_page()


def opened(open_page: OpenPage, view: str, **changes: Any) -> DescriptorsPage:
    return open_page(state=replace(DescriptorsState(), view=view, **changes))


def pixel(view: FrameView, x: int, y: int) -> QPoint:
    """The middle of a picture's pixel on its widget."""
    return view.transform().map(QPointF(x + 0.5, y + 0.5)).toPoint()


def _leave() -> Any:
    return QEvent(QEvent.Type.Leave)
