"""A canvas over a model of one small matrix, for the tests of the canvas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from gui import colormaps
from gui.widgets.canvas import Canvas
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene
from tests.gui.window_fixtures import (
    calm,
)

__all__ = ["calm"]

SIZE = (520, 300)


class Model:
    """Two 4 x 4 plates, the left one editable, with a window that the test moves."""

    def __init__(self) -> None:
        self.values = np.arange(16.0).reshape(4, 4)
        self.window = (0, 0)
        self.builds: list[tuple[float, float]] = []

    def __call__(self, size: QSizeF) -> Scene:
        self.builds.append((size.width(), size.height()))
        cell = min((size.width() - 60) / 8, (size.height() - 40) / 4)
        scene = Scene(size, description="two plates")
        for index, key in enumerate(("input/0", "output/0")):
            plate = Plate(key, self.values, colormaps.grey(self.values, 0, 16), editable=index == 0)
            plate.rect = QRectF(20 + index * (4 * cell + 20), 20, 4 * cell, 4 * cell)
            row, column = self.window
            plate.marks = (Mark(MarkRole.WINDOW, row, column, row + 2, column + 2),)
            scene.plates.append(plate)
        return scene


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def canvas(qtbot: QtBot, calm: None, model: Model) -> Canvas:
    widget = Canvas()
    qtbot.addWidget(widget)
    widget.resize(*SIZE)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.set_builder(model)
    widget.setFocus()
    return widget


def calls(spy: QSignalSpy) -> list[tuple[Any, ...]]:
    return [tuple(spy.at(i)) for i in range(spy.count())]
