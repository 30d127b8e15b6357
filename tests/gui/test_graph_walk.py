"""The graph view: zooming, searching, walking by keys, taking the drawing away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import export
from gui.theme import Scheme, theme
from gui.widgets.graph.scene import GraphScene
from gui.widgets.graph.view import (
    MAX_ZOOM,
    Drawing,
    GraphEdge,
    GraphGroup,
    GraphView,
)
from tests.gui.graph_nets import chain, inception, resnet50
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
from tests.gui.window_fixtures import calm, move_to, near, pixels_of, shot

__all__ = ["calm", "make", "view"]


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
