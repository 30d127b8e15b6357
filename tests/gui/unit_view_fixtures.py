"""Paths through nets and a view that follows one pixel, for its tests."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.images import Frame
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    Activation,
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Flatten,
    Input,
    Linear,
    Norm,
    Op,
    Pool,
)
from gui.pages.architectures.pixel.unit_view import UnitView
from tests.gui.window_fixtures import calm

__all__ = ["calm"]


def chain(ops: list[tuple[str, Op]], shape: tuple[int, ...] = (3, 32, 32)) -> Graph:
    layers = [Layer("input", Input(shape))]
    for name, op in ops:
        layers.append(Layer(name, op, (layers[-1].name,)))
    return measure("chain", "Chain", layers)


def lenet() -> Graph:
    return chain(
        [
            ("conv1", Conv(1, 6, (5, 5))), ("tanh1", Activation("Tanh")), ("pool1", Pool("average", (2, 2), (2, 2))),
            ("conv2", Conv(6, 16, (5, 5))), ("tanh2", Activation("Tanh")), ("pool2", Pool("average", (2, 2), (2, 2))),
            ("flatten", Flatten()), ("fc1", Linear(400, 120)), ("fc2", Linear(120, 10)),
        ],
        (1, 32, 32),
    )  # fmt: skip


def padded() -> Graph:
    return chain([
        ("conv1", Conv(3, 8, (3, 3), padding=(1, 1))), ("relu1", Activation("ReLU")),
        ("pool", Pool("max", (3, 3), (2, 2), (1, 1))), ("conv2", Conv(8, 8, (5, 5), (2, 2), (2, 2))),
    ])  # fmt: skip


def branched() -> Graph:
    """A residual block, then a module with three branches, then global pooling."""
    same = {"padding": (1, 1)}
    return measure(
        "branched", "Branched",
        [
            Layer("input", Input((8, 16, 16))),
            Layer("a1", Conv(8, 8, (3, 3), **same), ("input",)), Layer("r1", Activation("ReLU"), ("a1",)),
            Layer("a2", Conv(8, 8, (3, 3), **same), ("r1",)), Layer("bn", Norm("batch", 8, 16), ("a2",)),
            Layer("add", Add(), ("bn", "input")), Layer("r2", Activation("ReLU"), ("add",)),
            Layer("one", Conv(8, 4, (1, 1)), ("r2",)),
            Layer("three", Conv(8, 4, (3, 3), **same), ("r2",)),
            Layer("five", Conv(8, 4, (5, 5), padding=(2, 2)), ("r2",)),
            Layer("cat", Concat(), ("one", "three", "five")),
            Layer("gap", AdaptivePool("average", (1, 1)), ("cat",)),
            Layer("flat", Flatten(), ("gap",)), Layer("fc", Linear(12, 5), ("flat",)),
        ],
    )  # fmt: skip


def picture(height: int = 40, width: int = 60) -> Frame:
    rng = np.random.default_rng(3)
    return Frame(rng.integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


class Follower:
    """What a page does: every pick is shown."""

    def __init__(self, view: UnitView, graph: Graph, frame: Frame | None) -> None:
        self.view, self.graph, self.frame = view, graph, frame
        self.units: list[tuple[str, int, int]] = []
        view.unitMoved.connect(self.moved)

    def moved(self, layer: str, row: int, column: int) -> None:
        self.units.append((layer, row, column))
        self.view.show_unit(self.graph, layer, row, column, self.frame)


@pytest.fixture
def view(qtbot: QtBot, calm: None) -> UnitView:
    made = UnitView()
    qtbot.addWidget(made)
    made.resize(900, 820)
    made.show()
    return made


def follow(
    view: UnitView, graph: Graph, layer: str, row: int, column: int, frame: Frame | None = None
) -> Follower:
    follower = Follower(view, graph, frame)
    view.show_unit(graph, layer, row, column, frame)
    QApplication.processEvents()
    return follower
