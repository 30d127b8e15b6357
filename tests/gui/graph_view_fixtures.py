"""Drawings of networks and a view of them, for the tests of the graph view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from gui.widgets.graph.view import (
    Drawing,
    GraphBox,
    GraphEdge,
    GraphGroup,
    GraphView,
)
from tests.gui.graph_nets import Net
from tests.gui.window_fixtures import calm

__all__ = ["calm"]

SIZE = (900, 640)


Left = Qt.MouseButton.LeftButton


NoModifier = Qt.KeyboardModifier.NoModifier


def kind_for(key: str) -> str:
    for word, kind in (
        ("conv", "conv"),
        ("pool", "pool"),
        ("relu", "activation"),
        ("bn", "norm"),
        ("fc", "linear"),
    ):
        if word in key:
            return kind
    return "join" if key.endswith(("add", "concat")) else "other"


def drawing_of(net: Net, **groups: tuple[str, ...]) -> Drawing:
    boxes, edges = net
    return Drawing(
        tuple(
            GraphBox(
                b.key, f"Layer {b.key}", b.key, kind_for(b.key), (16, 28, 28) if "conv" in b.key else None
            )
            for b in boxes
        ),
        tuple(GraphEdge(source, target, "28 × 28 × 16") for source, target in edges),
        tuple(GraphGroup(key, key, members) for key, members in groups.items()),
    )


def block(folded: bool) -> Drawing:
    """A net with a residual block, folded into one box or open in a frame."""
    before = (
        GraphBox("input", "Input", kind="input", volume=(3, 32, 32)),
        GraphBox("conv", "Conv 3×3, 8", "conv", "conv", (8, 32, 32)),
    )
    after = (GraphBox("fc", "Fully connected, 10", "fc", "linear", (10,)),)
    ends = GraphEdge("input", "conv", "32 × 32 × 3")
    if folded:
        one = GraphBox(
            "block", "Residual block", "block", "conv", (8, 32, 32), foldable=True, folded=True, count=2
        )
        edges = (ends, GraphEdge("conv", "block", "32 × 32 × 8"), GraphEdge("block", "fc", "32 × 32 × 8"))
        return Drawing((*before, one, *after), edges)
    inner = (
        GraphBox("block.conv", "Conv 3×3, 8", "block.conv", "conv", (8, 32, 32)),
        GraphBox("block.relu", "ReLU", "block.relu", "activation", (8, 32, 32)),
        GraphBox("block.add", "Add", "block.add", "add", (8, 32, 32)),
    )
    pairs = [
        ("conv", "block.conv"), ("block.conv", "block.relu"), ("block.relu", "block.add"), ("conv", "block.add"),
        ("block.add", "fc"),
    ]  # fmt: skip
    edges = (ends, *(GraphEdge(a, b, "32 × 32 × 8") for a, b in pairs))
    return Drawing(
        (*before, *inner, *after), edges, (GraphGroup("block", "block", tuple(b.key for b in inner)),)
    )


@pytest.fixture
def make(qtbot: QtBot, calm: None) -> Callable[..., GraphView]:
    def maker(drawing: Drawing, size: tuple[int, int] = SIZE) -> GraphView:
        view = GraphView()
        qtbot.addWidget(view)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
        view.setFocus()
        view.set_drawing(drawing)
        return view

    return maker


@pytest.fixture
def view(make: Callable[..., GraphView]) -> GraphView:
    return make(block(folded=False))


def calls(spy: QSignalSpy) -> list[Any]:
    return [spy.at(i)[0] for i in range(spy.count())]


def centre(view: GraphView, key: str) -> QPoint:
    return view.box_rect(key).center().toPoint()


def click(view: GraphView, at: QPoint) -> None:
    QTest.mouseClick(view, Left, NoModifier, at)


def press(view: GraphView, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(view, key)


def crop(pixels: np.ndarray[Any, np.dtype[np.uint8]], area: QRectF) -> np.ndarray[Any, np.dtype[np.uint8]]:
    box = area.toRect()
    return pixels[box.top() : box.bottom() + 1, box.left() : box.right() + 1]
