"""The graph view: what is drawn, pointed at, folded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.theme import DARK, LIGHT, Scheme, contrast, theme
from gui.tokens import KIND_CLASSES, KIND_CONTRAST, kind_color
from gui.widgets.graph.scene import GraphScene
from gui.widgets.graph.sizes import text_width
from gui.widgets.graph.view import (
    KINDS,
    Drawing,
    GraphBox,
    GraphEdge,
    GraphGroup,
    GraphView,
    kind_of,
)
from gui.widgets.graph.volume import bar_length, cuboid, side, thickness
from tests.gui.graph_nets import NETS, Net, chain, inception, resnet50
from tests.gui.graph_view_fixtures import (
    Left,
    NoModifier,
    block,
    calls,
    centre,
    click,
    crop,
    drawing_of,
    make,
    press,
    view,
)
from tests.gui.window_fixtures import calm, move_to, near, shot

__all__ = ["calm", "make", "view"]

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
