"""The graph view: pointing, walking, folding, zooming, searching and taking the drawing away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import export
from gui.theme import DARK, LIGHT, Scheme, contrast, theme
from gui.tokens import KIND_CLASSES, KIND_CONTRAST, kind_color
from gui.widgets.graph.scene import GraphScene
from gui.widgets.graph.sizes import text_width
from gui.widgets.graph.view import (
    KINDS,
    MAX_ZOOM,
    Drawing,
    GraphBox,
    GraphEdge,
    GraphGroup,
    GraphView,
    kind_of,
)
from gui.widgets.graph.volume import bar_length, cuboid, side, thickness
from tests.gui.graph_nets import NETS, Net, chain, inception, resnet50
from tests.gui.window_fixtures import calm, move_to, near, pixels_of, shot

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


def drag(view: GraphView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, Left, NoModifier, start)
    move_to(view, (start + end) / 2, Left)
    move_to(view, end, Left)
    QTest.mouseRelease(view, Left, NoModifier, end)


def wheel(view: GraphView, at: QPoint, turns: int) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place, view.mapToGlobal(place), QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


# --- what is drawn ------------------------------------------------------------------------------------------------


def test_everything_is_in_view_at_first(view: GraphView) -> None:
    for box in view.drawing.boxes:
        assert QRectF(view.rect()).contains(view.box_rect(box.key))
    assert view.minimap_rect().isEmpty()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_a_box_shows_the_colour_of_its_kind_at_its_left_edge(view: GraphView, scheme: Scheme) -> None:
    theme.apply(scheme)
    pixels = shot(view)
    for key, kind in (
        ("conv", "conv"),
        ("block.relu", "activation"),
        ("block.add", "join"),
        ("fc", "linear"),
    ):
        rect = view.box_rect(key)
        x, y = round(rect.left() + 2), round(rect.center().y())
        assert near(pixels[y : y + 1, x : x + 1], kind_color(kind, theme.dark), 30).all(), key


def test_kinds_have_colours_that_can_be_told_from_the_ground() -> None:
    for kind in KINDS:
        assert kind in KIND_CLASSES
        assert contrast(kind_color(kind, False), LIGHT.surface) >= KIND_CONTRAST
        assert contrast(kind_color(kind, True), DARK.raised) >= KIND_CONTRAST


def test_names_of_operations_are_kinds() -> None:
    names = ("add", "Concat", "flatten", "adaptivepool", "conv", "something new")
    assert [kind_of(name) for name in names] == ["join", "join", "reshape", "pool", "conv", "other"]


def test_a_volume_grows_with_its_scale_and_stays_in_the_middle() -> None:
    area = QRectF(10, 20, 300, 200)
    small, large = (cuboid(area, (16, 28, 28), 28, scale) for scale in (1.0, 3.0))
    for name in ("width", "height"):
        assert getattr(large.front, name)() == pytest.approx(3 * getattr(small.front, name)())
    assert (large.right, large.up) == (pytest.approx(3 * small.right), pytest.approx(3 * small.up))
    for box in (small, large):
        around = box.outline().boundingRect()
        assert around.center().x() == pytest.approx(area.center().x())
        assert around.center().y() == pytest.approx(area.center().y())
        assert around.width() == pytest.approx(box.front.width() + box.right)


def test_volumes_keep_their_order_at_every_scale() -> None:
    sides = [side(n, 224) for n in (7, 14, 28, 56, 112, 224)]
    assert sides == sorted(sides) and sides[-1] / sides[1] > 2.5
    assert thickness(128) - thickness(64) == pytest.approx(2.0, abs=0.05)
    assert bar_length(4096) > bar_length(1000) > bar_length(10)


def test_a_problem_is_marked_with_a_colour_and_its_sentence(make: Callable[..., GraphView]) -> None:
    drawing = block(folded=True)
    boxes = tuple(
        replace(b, problem=True, note="Too small.") if b.key == "conv" else b for b in drawing.boxes
    )
    view = make(replace(drawing, boxes=boxes))
    assert near(crop(shot(view), view.box_rect("conv")), theme.colors.warn, 12).sum() > 100
    assert not near(crop(shot(view), view.box_rect("fc")), theme.colors.warn, 12).any()


def crop(pixels: np.ndarray[Any, np.dtype[np.uint8]], area: QRectF) -> np.ndarray[Any, np.dtype[np.uint8]]:
    box = area.toRect()
    return pixels[box.top() : box.bottom() + 1, box.left() : box.right() + 1]


def test_a_shape_is_written_once_while_it_stays_the_same() -> None:
    drawing = block(folded=False)
    assert set(drawing.labels) == {"input", "conv", "block.conv", "block.relu", "block.add"}
    assert set(drawing.new_labels) == {"input", "conv"}


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
@pytest.mark.parametrize("direction", ["down", "right"])
def test_labels_cover_no_box_no_edge_and_no_other_label(net: Callable[[], Net], direction: Any) -> None:
    scene = GraphScene(drawing_of(net()), direction, QSizeF(1600, 1000))
    for key, label in scene.labels.items():
        for item in scene.items.values():
            assert not label.rect.intersects(item.rect), (key, item.box.key)
        for other in scene.labels.values():
            assert other is label or not label.rect.intersects(other.rect)
        for wire in scene.wires:
            for (x1, y1), (x2, y2) in pairwise(wire.points):
                line = QRectF(QPointF(min(x1, x2), min(y1, y2)), QPointF(max(x1, x2), max(y1, y2)))
                assert not label.rect.intersects(line.adjusted(-0.5, -0.5, 0.5, 0.5)), (key, wire.target)


def test_the_result_of_a_net_has_its_shape_beneath_it() -> None:
    boxes = (
        GraphBox("a", "A", kind="conv", out="8 × 8 × 4"),
        GraphBox("b", "B", kind="relu", out="8 × 8 × 4"),
    )
    scene = GraphScene(Drawing(boxes, (GraphEdge("a", "b", "8 × 8 × 4"),)))
    assert scene.labels["b"].text == "8 × 8 × 4"
    assert scene.labels["b"].rect.top() >= scene.items["b"].rect.bottom()
    assert scene.bounds.contains(scene.labels["b"].rect)


def test_far_out_boxes_have_the_colour_of_their_kind(make: Callable[..., GraphView]) -> None:
    view = make(drawing_of(resnet50()))
    view.zoom_by(0.01)
    assert view.zoom < 0.36
    key = "layer2.0.conv1"

    def share_of_kind() -> float:
        seen = crop(shot(view), view.box_rect(key).adjusted(2, 1, -2, -1))
        return float(near(seen, kind_color("conv", theme.dark), 100).mean())

    far = share_of_kind()
    view.reveal(key)  # at a zoom at which it can be read
    assert far > 0.8 and share_of_kind() < 0.4


def test_a_mere_number_keeps_the_name_before_it() -> None:
    groups = (GraphGroup("features", "features", ("features.0", "features.conv")),)
    boxes = tuple(GraphBox(key, "Conv", key, "conv") for key in ("features.0", "features.conv"))
    scene = GraphScene(Drawing(boxes, (GraphEdge("features.0", "features.conv"),), groups))
    assert [scene.items[key].name for key in ("features.0", "features.conv")] == ["features.0", "conv"]


def test_a_frame_holds_its_members_and_nothing_else(make: Callable[..., GraphView]) -> None:
    boxes, _ = resnet50()
    groups = {b.keep: tuple(o.key for o in boxes if o.keep == b.keep) for b in boxes if b.keep}
    groups["layer1"] = ("layer1.0", "layer1.1", "layer1.2")
    scene = GraphScene(drawing_of(resnet50(), **groups), "down", QSizeF(1600, 1000))
    assert {frame.key for frame in scene.frames} == set(groups)
    for frame in scene.frames:
        members = scene.drawing.members[frame.key]
        for key, item in scene.items.items():
            here = scene.placed.column[key] == column_of(scene, frame.rect)
            assert frame.rect.contains(item.rect) == (key in members and here), (frame.key, key)
            assert key in members or not frame.rect.intersects(item.rect), (frame.key, key)


def test_frames_hold_the_frames_within_them() -> None:
    boxes, _ = resnet50()
    groups = {b.keep: tuple(o.key for o in boxes if o.keep == b.keep) for b in boxes if b.keep}
    groups |= {f"layer{i}": tuple(k for k in groups if k.startswith(f"layer{i}.")) for i in (1, 2, 3, 4)}
    for direction in ("down", "right"):
        scene = GraphScene(drawing_of(resnet50(), **groups), direction, QSizeF(1600, 1000))  # type: ignore[arg-type]
        outer = [frame for frame in scene.frames if "." not in frame.key]
        inner = [frame for frame in scene.frames if "." in frame.key]
        assert len(inner) == 16 and len(outer) >= 4
        for frame in inner:
            holders = [o for o in outer if o.rect.contains(frame.rect)]
            assert [o.key for o in holders] == [frame.key.split(".")[0]]
            assert all(not o.rect.intersects(frame.rect) for o in inner if o is not frame)


def test_titles_of_frames_are_crossed_by_no_line() -> None:
    groups = {name: tuple(b.key for b in inception()[0] if b.keep == name) for name in ("3a", "3b")}
    scene = GraphScene(drawing_of(inception(), **groups), "down", QSizeF(1600, 1000))
    for frame in scene.frames:
        words = QRectF(frame.title_rect)
        words.setWidth(text_width(frame.title, "small"))
        assert words.right() <= frame.title_rect.right() + 1
        for wire in scene.wires:
            for (x1, y1), (x2, y2) in pairwise(wire.points):
                line = QRectF(QPointF(min(x1, x2), min(y1, y2)), QPointF(max(x1, x2), max(y1, y2)))
                assert not words.intersects(line.adjusted(-0.5, -0.5, 0.5, 0.5))


def column_of(scene: GraphScene, area: QRectF) -> int:
    return next(scene.placed.column[k] for k, item in scene.items.items() if area.contains(item.rect))


def test_a_name_leaves_out_what_its_frame_says(view: GraphView) -> None:
    assert view.scene.items["block.conv"].name == "conv"
    assert view.scene.items["conv"].name == "conv"


@pytest.mark.parametrize("net", [chain(41), inception()], ids=["VGG-16's length", "Inception"])
def test_labels_can_be_read_when_everything_is_in_view(make: Callable[..., GraphView], net: Net) -> None:
    view = make(drawing_of(net), (1600, 1000))
    assert 13 * view.zoom >= 9


def test_titles_fit_into_their_boxes(view: GraphView) -> None:
    for item in view.scene.items.values():
        assert text_width(item.box.title, "small", True) < item.card.width()


# --- pointing -----------------------------------------------------------------------------------------------------


def test_pointing_says_which_box(view: GraphView) -> None:
    spy = QSignalSpy(view.hovered)
    move_to(view, centre(view, "block.add"))
    move_to(view, centre(view, "conv"))
    move_to(view, QPoint(3, 3))
    assert calls(spy) == ["block.add", "conv", ""]


def test_pointing_lights_inputs_and_outputs_and_dims_the_rest(view: GraphView) -> None:
    plain = shot(view)
    move_to(view, centre(view, "block.add"))
    lit = shot(view)
    for key in ("conv", "block.relu", "fc", "block.add"):
        assert near(crop(lit, view.box_rect(key)), theme.colors.accent, 12).sum() > 60, key
    for key in ("input", "block.conv"):
        area = view.box_rect(key)
        assert not near(crop(lit, area), theme.colors.accent, 12).any()
        assert crop(lit, area).astype(float).std() < 0.7 * crop(plain, area).astype(float).std()


def test_leaving_gives_the_picture_back(view: GraphView) -> None:
    plain = shot(view)
    move_to(view, centre(view, "block.add"))
    assert (shot(view) != plain).any()
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert (shot(view) == plain).all()


def test_a_click_picks_and_selects(view: GraphView) -> None:
    spy = QSignalSpy(view.picked)
    click(view, centre(view, "conv"))
    assert calls(spy) == ["conv"] and view.selected == "conv"
    click(view, QPoint(3, 3))
    assert calls(spy) == ["conv"]


def test_a_double_click_activates(view: GraphView) -> None:
    spy = QSignalSpy(view.activated)
    QTest.mouseDClick(view, Left, NoModifier, centre(view, "conv"))
    assert calls(spy) == ["conv"]


def test_a_double_click_beside_the_boxes_fits(view: GraphView) -> None:
    fitted = view.zoom
    view.zoom_by(2)
    QTest.mouseDClick(view, Left, NoModifier, QPoint(3, 3))
    assert view.zoom == fitted


def test_right_click_asks_for_a_menu(view: GraphView) -> None:
    spy = QSignalSpy(view.menuRequested)
    for at in (centre(view, "conv"), QPoint(3, 3)):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at))
        QApplication.sendEvent(view, event)
    assert calls(spy) == ["conv", ""]
    assert spy.at(0)[1] == view.mapToGlobal(centre(view, "conv"))


# --- folding ------------------------------------------------------------------------------------------------------


def test_the_sign_of_a_folded_box_unfolds_and_picks_nothing(make: Callable[..., GraphView]) -> None:
    view = make(block(folded=True))
    folds, picks = QSignalSpy(view.foldToggled), QSignalSpy(view.picked)
    click(view, view.sign_rect("block").center().toPoint())
    assert calls(folds) == ["block"] and calls(picks) == []


def test_the_sign_and_the_title_of_a_frame_fold(view: GraphView) -> None:
    spy = QSignalSpy(view.foldToggled)
    sign = view.sign_rect("block")
    click(view, sign.center().toPoint())
    click(view, QPoint(round(sign.right() + 12), round(sign.center().y())))
    assert calls(spy) == ["block", "block"]


def test_f_folds_the_group_around_the_selection(view: GraphView) -> None:
    spy = QSignalSpy(view.foldToggled)
    press(view, Qt.Key.Key_F)
    assert calls(spy) == []
    view.set_selected("block.relu")
    press(view, Qt.Key.Key_F)
    view.set_selected("input")
    press(view, Qt.Key.Key_F)
    assert calls(spy) == ["block"]


def test_folding_keeps_the_place_of_what_folds(make: Callable[..., GraphView]) -> None:
    view = make(block(folded=True))
    view.zoom_by(2.5, QPointF(centre(view, "block")))
    before = view.box_rect("block").topLeft()
    zoom = view.zoom
    view.set_drawing(block(folded=False))
    frame = next(f for f in view.scene.frames if f.key == "block")
    sign = view.sign_rect("block").topLeft()
    corner = sign - (frame.sign.topLeft() - frame.rect.topLeft()) * zoom
    assert view.zoom == zoom
    assert (corner - before).manhattanLength() < 1
    view.set_drawing(block(folded=True))
    assert (view.box_rect("block").topLeft() - before).manhattanLength() < 1


def test_what_was_all_in_view_stays_all_in_view(make: Callable[..., GraphView]) -> None:
    view = make(block(folded=True))
    view.set_drawing(block(folded=False))
    assert view.minimap_rect().isEmpty()


def test_boxes_glide_to_their_new_places(make: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make(block(folded=True))
    theme.set_reduced_motion(False)
    view.set_drawing(block(folded=False))
    assert view.moving
    qtbot.waitUntil(lambda: not view.moving)
    theme.set_reduced_motion(True)
    view.set_drawing(block(folded=True))
    assert not view.moving


def test_a_selection_that_is_gone_is_forgotten(view: GraphView) -> None:
    view.set_selected("block.relu")
    view.set_drawing(block(folded=True))
    assert view.selected == ""


# --- zoom and pan -------------------------------------------------------------------------------------------------


def test_the_wheel_zooms_at_the_pointer(view: GraphView) -> None:
    at = centre(view, "conv")
    before = view.zoom
    wheel(view, at, 2)
    assert view.zoom > before
    assert (view.box_rect("conv").center() - QPointF(at)).manhattanLength() < 2


def test_zoom_has_limits(view: GraphView) -> None:
    for _ in range(30):
        view.zoom_by(2)
    assert view.zoom == MAX_ZOOM
    for _ in range(60):
        view.zoom_by(0.5)
    assert 0.1 < view.zoom < 1
    assert QRectF(view.rect()).intersects(view.box_rect("conv"))


def test_dragging_pans_and_picks_nothing(view: GraphView) -> None:
    view.zoom_by(2)
    spy = QSignalSpy(view.picked)
    before, start = view.box_rect("conv").topLeft(), centre(view, "conv")
    drag(view, start, start + QPoint(40, 30))
    assert (view.box_rect("conv").topLeft() - before - QPointF(40, 30)).manhattanLength() < 1
    assert calls(spy) == []


def test_nobody_can_drag_the_drawing_out_of_sight(view: GraphView) -> None:
    for _ in range(8):
        drag(view, QPoint(100, 100), QPoint(880, 620))
    assert QRectF(view.rect()).intersects(view.box_rect("input"))


def test_keys_zoom_and_fit(view: GraphView) -> None:
    fitted = view.zoom
    press(view, Qt.Key.Key_Plus)
    assert view.zoom > fitted
    press(view, Qt.Key.Key_Minus, Qt.Key.Key_Minus)
    assert view.zoom < fitted
    press(view, Qt.Key.Key_0)
    assert view.zoom == fitted
    press(view, Qt.Key.Key_Plus, Qt.Key.Key_Home)
    assert view.zoom == fitted


def test_a_fitted_drawing_stays_fitted_when_the_window_grows(view: GraphView) -> None:
    view.resize(500, 360)
    assert view.minimap_rect().isEmpty()
    view.resize(1200, 800)
    assert view.minimap_rect().isEmpty()


def test_the_overview_shows_up_and_moves_the_view(make: Callable[..., GraphView]) -> None:
    view = make(drawing_of(resnet50()))
    view.zoom_by(1 / view.zoom)
    overview = view.minimap_rect()
    assert not overview.isEmpty()
    spy = QSignalSpy(view.picked)
    click(view, (overview.topLeft() + QPointF(12, 10)).toPoint())
    assert QRectF(view.rect()).intersects(view.box_rect("input"))
    drag(view, overview.center().toPoint(), (overview.bottomRight() - QPointF(4, 4)).toPoint())
    assert not QRectF(view.rect()).intersects(view.box_rect("input"))
    assert calls(spy) == []


def test_panning_shows_the_same_as_painting_anew(make: Callable[..., GraphView]) -> None:
    """The pictures that are kept lie exactly where fresh ones would."""
    view = make(drawing_of(resnet50()))
    view.zoom_by(1 / view.zoom)
    view.reveal("layer2.0.add")
    drag(view, QPoint(400, 300), QPoint(367, 251))
    kept = shot(view)
    view._tiles.clear()
    assert (shot(view) == kept).all()


def test_reveal_brings_a_box_into_the_middle(make: Callable[..., GraphView]) -> None:
    view = make(drawing_of(resnet50()))
    view.zoom_by(1 / view.zoom)
    view.reveal("layer3.2.add")
    assert (view.box_rect("layer3.2.add").center() - QPointF(view.rect().center())).manhattanLength() < 3
    view.reveal("nowhere")


def test_reveal_glides(make: Callable[..., GraphView], qtbot: QtBot) -> None:
    view = make(drawing_of(resnet50()))
    view.zoom_by(1 / view.zoom)
    theme.set_reduced_motion(False)
    view.reveal("fc")
    assert view.moving
    qtbot.waitUntil(lambda: not view.moving)
    assert QRectF(view.rect()).contains(view.box_rect("fc"))


# --- search -------------------------------------------------------------------------------------------------------


def test_what_is_found_is_highlighted(view: GraphView) -> None:
    plain = shot(view)
    view.set_found(("block.conv", "not there", "fc"))
    marked = shot(view)
    for key in ("block.conv", "fc"):
        assert near(crop(marked, view.box_rect(key)), theme.colors.accent, 12).any()
    assert (crop(marked, view.box_rect("input")) == crop(plain, view.box_rect("input"))).all()
    view.set_found(())
    assert (shot(view) == plain).all()


# --- changes ------------------------------------------------------------------------------------------------------


def test_other_numbers_leave_everything_where_it_is(make: Callable[..., GraphView]) -> None:
    view = make(block(folded=False))
    view.zoom_by(1.4)
    before, places, seen = view.scene.placed, {k: view.box_rect(k) for k in view.scene.items}, shot(view)
    drawing = view.drawing
    boxes = tuple(
        replace(box, title="Conv 5×5, 8", volume=(8, 30, 30), changed=True) if box.key == "conv" else box
        for box in drawing.boxes
    )
    edges = tuple(
        replace(edge, label=edge.label.replace("32 × 32 × 8", "30 × 30 × 8")) for edge in drawing.edges
    )
    view.set_drawing(Drawing(boxes, edges, drawing.groups))
    assert view.scene.placed is before and not view.moving
    assert {k: view.box_rect(k) for k in view.scene.items} == places
    assert view.scene.labels["conv"].text == "30 × 30 × 8" and (shot(view) != seen).any()


def test_what_has_outgrown_its_place_is_laid_out_when_the_hand_rests(
    make: Callable[..., GraphView], qtbot: QtBot
) -> None:
    view = make(block(folded=False))
    before = view.scene.placed

    def titled(title: str) -> Drawing:
        boxes = tuple(replace(b, title=title) if b.key == "conv" else b for b in view.drawing.boxes)
        return Drawing(boxes, view.drawing.edges, view.drawing.groups)

    for more in range(1, 4):
        view.set_drawing(titled("Conv 11×11, 4096 " + "/2 " * more * 6))
        assert view.scene.placed is before and view.moving
    qtbot.waitUntil(lambda: not view.moving, timeout=5000)
    item = view.scene.items["conv"]
    assert item.rect.width() > before.boxes["conv"].width and not view.scene.cramped
    fresh = GraphScene(view.drawing, "down", QSizeF(880, 640))
    assert view.scene.placed.boxes == fresh.placed.boxes, "as if it had been opened like this"


def test_a_layer_less_is_laid_out_at_once(make: Callable[..., GraphView]) -> None:
    view = make(block(folded=False))
    drawing = view.drawing
    boxes = tuple(box for box in drawing.boxes if box.key != "block.relu")
    edges = (
        *(e for e in drawing.edges if "block.relu" not in (e.source, e.target)),
        GraphEdge("block.conv", "block.add"),
    )
    groups = (GraphGroup("block", "block", ("block.conv", "block.add")),)
    view.set_drawing(Drawing(boxes, edges, groups))
    fresh = GraphScene(view.drawing, "down", QSizeF(880, 640))
    assert view.scene.placed.boxes == fresh.placed.boxes and "block.relu" not in view.scene.items


def test_the_order_of_blocks_is_worked_out_once_for_a_structure() -> None:
    from gui.widgets.graph import order

    order._ordered.cache_clear()
    drawing = drawing_of(resnet50())
    scene = GraphScene(drawing, "down")
    wider = Drawing(
        tuple(replace(b, title=f"{b.title}, twice as wide") for b in drawing.boxes), drawing.edges
    )
    assert GraphScene(wider, "down").placed.boxes != scene.placed.boxes
    info = order._ordered.cache_info()
    assert (info.misses, info.hits) == (1, 1)


# --- keyboard -----------------------------------------------------------------------------------------------------


def test_arrows_walk_along_the_edges(view: GraphView) -> None:
    spy = QSignalSpy(view.picked)
    down = Qt.Key.Key_Down
    press(view, down, down, down, down, down, down, down)
    assert calls(spy) == ["input", "conv", "block.conv", "block.relu", "block.add", "fc"]
    press(view, Qt.Key.Key_Up)
    assert view.selected == "block.add"


def test_arrows_walk_to_siblings(make: Callable[..., GraphView]) -> None:
    view = make(drawing_of(inception()))
    view.set_selected("3a.b1.conv")
    press(view, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert view.selected == "3a.b3.conv"
    press(view, Qt.Key.Key_Left)
    assert view.selected == "3a.b2.conv"


def test_arrows_follow_the_direction_of_the_drawing(view: GraphView) -> None:
    view.set_direction("right")
    assert view.box_rect("conv").left() > view.box_rect("input").right()
    view.set_selected("input")
    press(view, Qt.Key.Key_Right)
    assert view.selected == "conv"


def test_walking_out_of_view_moves_the_view(make: Callable[..., GraphView]) -> None:
    view = make(drawing_of(chain(80)))
    view.zoom_by(1 / view.zoom)
    view.reveal("input")
    press(view, *[Qt.Key.Key_Down] * 20)
    assert QRectF(view.rect()).contains(view.box_rect(view.selected))


def test_enter_activates_the_selection(view: GraphView) -> None:
    spy = QSignalSpy(view.activated)
    press(view, Qt.Key.Key_Return)
    view.set_selected("conv")
    press(view, Qt.Key.Key_Return)
    assert calls(spy) == ["conv"]


def test_the_selection_is_described_for_screen_readers(view: GraphView) -> None:
    assert view.accessibleName() == "Network graph"
    assert "6 boxes" in view.accessibleDescription()
    view.set_selected("conv")
    words = view.accessibleDescription()
    assert "Conv 3×3, 8" in words and "32 × 32 × 8" in words
    assert "Inputs: Input" in words and "Outputs: block.conv, block.add" in words


def test_the_focus_can_be_seen(view: GraphView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus)
    focused = shot(view)
    view.clearFocus()
    assert near(focused[:4], theme.colors.accent, 20).any()
    assert not near(shot(view)[:4], theme.colors.accent, 20).any()


# --- export -------------------------------------------------------------------------------------------------------


def test_an_export_holds_the_whole_drawing_whatever_is_in_view(view: GraphView, tmp_path: Path) -> None:
    view.zoom_by(3)
    assert isinstance(view, export.Paintable)
    size = view.preferred_size()
    assert size == view.scene.bounds.size()
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    view.paint(painter, size)
    painter.end()
    pixels = pixels_of(image)
    assert not near(pixels, QColor("magenta"), 5).any()
    for key in ("input", "fc"):
        area = view.scene.items[key].rect.translated(-view.scene.bounds.topLeft())
        assert near(crop(pixels, area), theme.colors.text, 60).any()


def test_an_svg_has_text_and_lines(view: GraphView, tmp_path: Path) -> None:
    text = export.save_svg(view, tmp_path / "net.svg").read_text(encoding="utf-8")
    assert "32 × 32 × 8" in text and "ReLU" in text
    assert "<image" not in text
    assert len(re.findall("<path", text)) > 10
    assert export.save_pdf(view, tmp_path / "net.pdf", "A net").stat().st_size > 1000
    assert export.save_png(view, tmp_path / "net.png").stat().st_size > 1000


def test_an_empty_drawing_is_no_fault(make: Callable[..., GraphView]) -> None:
    view = make(Drawing())
    shot(view)
    press(view, Qt.Key.Key_Down, Qt.Key.Key_0, Qt.Key.Key_F, Qt.Key.Key_Return)
    assert view.selected == "" and view.minimap_rect().isEmpty()


def test_a_drawing_with_a_fault_is_refused_and_the_old_one_stays(view: GraphView) -> None:
    before, shown = view.drawing, shot(view)
    boxes = view.drawing.boxes
    for edges, words in (
        ((GraphEdge("conv", "nowhere"),), "not there"),
        ((GraphEdge("conv", "fc"), GraphEdge("fc", "conv")), "circle"),
    ):
        with pytest.raises(ValueError, match=words):
            view.set_drawing(Drawing(boxes, edges))
    assert view.drawing == before and (shot(view) == shown).all()


def test_the_view_is_fitted_on_request(view: GraphView) -> None:
    view.zoom_by(2)
    view.set_drawing(view.drawing, keep_view=False)
    assert view.minimap_rect().isEmpty()


def test_a_theme_repaints_everything(view: GraphView) -> None:
    light = shot(view)
    theme.apply(Scheme.DARK)
    dark = shot(view)
    assert light.mean() > 200 > 80 > dark.mean()
