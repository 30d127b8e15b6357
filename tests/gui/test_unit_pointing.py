"""One pixel traced: the picture, pointing and keys, the strip, exports."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.images import Frame
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.ops import (
    Conv,
)
from gui import export
from gui.pages.architectures.pixel import unit_chain_paint
from gui.pages.architectures.pixel.unit_chain_layout import Box, chain_layout
from gui.pages.architectures.pixel.unit_chain_paint import outline, paint_chain, read_area
from gui.pages.architectures.pixel.unit_path import unit_path
from gui.pages.architectures.pixel.unit_photo import fitted_image, fitted_words, scale_of
from gui.pages.architectures.pixel.unit_reads import Rect
from gui.pages.architectures.pixel.unit_view import UnitView
from gui.theme import Scheme, theme
from gui.widgets.picture import to_pixels
from tests.gui.unit_view_fixtures import branched, chain, follow, lenet, padded, picture, view
from tests.gui.window_fixtures import calm

__all__ = ["calm", "view"]

Left, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def cell(view: UnitView, plane: int, row: int, column: int) -> QPoint:
    picture = view.chain.picture
    assert picture is not None
    return picture.layout.boxes[plane].cells(row, column, row + 1, column + 1).center().toPoint()


def press(widget: QWidget, point: QPoint) -> None:
    QTest.mouseClick(widget, Left, NoModifier, point)


# --- the picture ------------------------------------------------------------------------------------------


def test_the_picture_is_fitted_like_the_nets_input() -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, 20:60] = (200, 100, 50)  # the middle square
    frame = Frame(pixels, "wide")
    image = to_pixels(fitted_image(frame, 16, 16, 3))
    assert image.shape == (16, 16, 3) and np.all(image == (200, 100, 50))
    grey = to_pixels(fitted_image(frame, 16, 16, 1))
    assert np.all(grey[..., 0] == grey[..., 2]) and abs(int(grey[0, 0, 0]) - 124) <= 8
    assert fitted_words(frame, 16, 16, 1) == (
        "The picture in the size of the net's input: "
        "cut to its middle, scaled from 80 × 40 to 16 × 16 pixels, turned to grey."
    )
    assert fitted_words(frame, 40, 80, 3) == "The picture in the size of the net's input, unchanged."


def test_outside_the_frame_the_picture_is_dimmed(view: UnitView) -> None:
    white = Frame(np.full((32, 32, 3), 255, np.uint8), "white")
    theme.apply(Scheme.DARK)
    follow(view, lenet(), "conv2", 4, 4, white)
    pixels = to_pixels(view.photo.grab().toImage()).astype(int)

    def at(row: float, column: float) -> int:
        place = view.photo.place(row, column).toPoint()
        return int(pixels[place.y(), place.x()].sum())

    assert at(10.4, 10.4) > 700  # rows and columns 8..21 are read
    assert at(5.5, 10.4) < 400 and at(10.4, 25.5) < 400


def test_padding_is_shown_around_the_picture(view: UnitView) -> None:
    follow(view, padded(), "conv2", 0, 0, picture())
    shown = view.photo.picture
    assert shown is not None and isinstance(shown.read, Rect)
    assert shown.read.top == -6 and shown.ground.top < -6
    scale, corner = scale_of(shown, QSizeF(view.photo.size()))
    assert corner.y() >= 6 * scale - 1
    assert any("hatched" in sentence for sentence in view.card.words.sentences if view.card.words)


def deep() -> Graph:
    """Fields of 127 × 127 on a picture of 32 × 32."""
    ops = [(f"c{i}", Conv(3, 3, (3, 3), (2, 2), (1, 1))) for i in range(3)]
    return chain([*ops, *((f"d{i}", Conv(3, 3, (3, 3), padding=(1, 1))) for i in range(7))])


@pytest.mark.parametrize("unit", [(0, 0), (1, 2), (3, 3)])
@pytest.mark.parametrize("layer", ["c1", "d0", "d6"])
def test_the_whole_frame_is_in_sight(view: UnitView, layer: str, unit: tuple[int, int]) -> None:
    follow(view, deep(), layer, *unit, picture())
    shown = view.photo.picture
    assert shown is not None and isinstance(shown.read, Rect)
    for row, column in ((shown.read.top, shown.read.left), (shown.read.bottom, shown.read.right)):
        assert view.photo.rect().contains(view.photo.place(row, column).toPoint())


def test_nothing_moves_under_the_pointer_while_a_unit_is_dragged_on_the_picture(view: UnitView) -> None:
    follower = follow(view, deep(), "d6", 0, 0, picture())
    start, end = (view.photo.place(*place).toPoint() for place in ((1, 1), (30, 30)))
    before = view.photo.place(0, 0)
    QTest.mousePress(view.photo, Left, NoModifier, start)
    QApplication.sendEvent(view.photo, _move(view.photo, QPointF(end)))
    assert follower.units == [("d6", 3, 3)] and view.photo.place(0, 0) == before
    QTest.mouseRelease(view.photo, Left, NoModifier, end)
    assert view.photo.place(0, 0) != before


def test_it_works_without_a_picture(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 1, 1)
    assert "Without a picture" in view.sentence
    assert not view.grab().isNull()


def test_frames_of_a_live_source_change_the_picture_alone(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 4, 9, picture())
    words, trace = view.sentence, view.trace
    before = to_pixels(view.grab().toImage())
    view.show_frame(Frame(np.full_like(picture().pixels, 30), "next"))
    changed = (to_pixels(view.grab().toImage()) != before).any(2)
    assert changed[view.photo.geometry().top() :, : view.photo.width()].any()
    assert changed[view.area.geometry().top() :].any(), "the first plane of the strip, too"
    assert view.trace is trace and view.sentence == words
    view.show_frame(Frame(np.full((90, 30, 3), 30, np.uint8), "another shape"))
    assert "scaled from 30 × 90" in view.sentence and view.trace is trace


# --- pointer and keys -------------------------------------------------------------------------------------


def test_a_click_on_an_earlier_plane_chooses_that_layer(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 4, 9, picture())
    press(view.chain, cell(view, 1, 20, 7))
    assert follower.units == [("conv1", 20, 7)]
    assert view.trace is not None and view.trace.layer == "conv1"


def test_planes_behind_the_unit_can_be_chosen_too(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv1", 4, 9, picture())
    press(view.chain, cell(view, 3, 2, 2))
    assert follower.units == [("conv2", 2, 2)]


def test_dragging_on_the_units_plane_moves_the_unit(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 4, 4, picture())
    plane = 3
    QTest.mousePress(view.chain, Left, NoModifier, cell(view, plane, 4, 5))
    for row, column in ((4, 6), (5, 7), (8, 9)):
        point = QPointF(cell(view, plane, row, column))
        event = _move(view.chain, point)
        QApplication.sendEvent(view.chain, event)
    QTest.mouseRelease(view.chain, Left, NoModifier, cell(view, plane, 8, 9))
    assert follower.units == [("conv2", 4, 5), ("conv2", 4, 6), ("conv2", 5, 7), ("conv2", 8, 9)]


def _move(widget: QWidget, point: QPointF) -> QMouseEvent:
    place = QPointF(widget.mapToGlobal(point.toPoint()))
    return QMouseEvent(QEvent.Type.MouseMove, point, place, Qt.MouseButton.NoButton, Left, NoModifier)


def test_a_folded_layer_stays_chosen_while_it_is_dragged(view: UnitView) -> None:
    follower = follow(view, lenet(), "tanh2", 4, 4, picture())
    press(view.chain, cell(view, 3, 2, 3))
    assert follower.units == [("tanh2", 2, 3)]
    chain_picture = view.chain.picture
    assert chain_picture is not None and chain_picture.layout.boxes[3].words.title == "Tanh"


def test_arrows_move_the_unit_and_page_keys_the_layer(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 0, 5, picture())
    view.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        QTest.keyClick(view, key)
    assert follower.units == [("conv2", 1, 5), ("conv2", 1, 6), ("pool1", 2, 9), ("conv2", 1, 6)]
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert follower.units[-1] == ("conv2", 9, 6)


def test_a_click_on_the_picture_brings_the_unit_that_looks_there(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 0, 0, picture())
    press(view.photo, view.photo.place(18.5, 10.5).toPoint())
    layer, row, column = follower.units[-1]
    assert layer == "conv2" and view.trace is not None and view.trace.centre is not None
    assert abs(view.trace.centre[0] - 18) <= 1 and abs(view.trace.centre[1] - 10) <= 1
    assert (row, column) == (6, 2)


def test_the_pointer_on_the_picture_tells_who_reads_the_pixel(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 4, 4, picture())
    spy = QSignalSpy(view.pointed)
    QTest.mouseMove(view.photo, view.photo.place(0.5, 16.5).toPoint())
    rows = {name: value for name, value, _ in spy.at(spy.count() - 1)[0]}
    assert rows["pixel"] == "row 0, column 16"
    assert rows["read in conv2 by"] == "7 units (1 × 7)"
    assert view.chain.picture is not None and view.chain.picture.readers == Rect(0, 2, 1, 9)
    QTest.mouseMove(view.photo, QPoint(view.photo.width() - 1, 1))
    assert spy.at(spy.count() - 1)[0] == [] and view.chain.picture.readers is None


def test_the_pointer_on_a_plane_tells_what_is_read_there(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 4, 4, picture())
    spy = QSignalSpy(view.pointed)
    QTest.mouseMove(view.chain, cell(view, 2, 3, 5))
    rows = {name: value for name, value, _ in spy.at(spy.count() - 1)[0]}
    assert rows["layer"] == "pool1" and rows["under the pointer"] == "row 3, column 5"
    assert rows["the chosen unit reads"] == "rows 4 to 8, columns 4 to 8 (5 × 5 of 14 × 14)"


def test_names_choose_layers(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 5, 5, picture())
    box = view.chain.box_rect(1)
    press(view.chain, QPoint(round(box.center().x()), 14))
    assert follower.units == [("conv1", 15, 15)]


def test_free_ground_pans_the_strip(view: UnitView) -> None:
    view.resize(500, 640)
    follower = follow(view, lenet(), "input", 0, 0, picture())
    ground = QPoint(round(view.chain.box_rect(0).right()) + 8, round(view.chain.face_rect(0).center().y()))
    QTest.mousePress(view.chain, Left, NoModifier, ground)
    QApplication.sendEvent(view.chain, _move(view.chain, QPointF(ground - QPoint(60, 0))))
    QTest.mouseRelease(view.chain, Left, NoModifier, ground)
    assert view.area.horizontalScrollBar().value() == 60 and follower.units == []


def test_the_chosen_plane_is_brought_into_view_and_then_left_where_it_is(view: UnitView) -> None:
    view.resize(560, 640)
    follow(view, lenet(), "pool2", 2, 2, picture())
    bar, width = view.area.horizontalScrollBar(), view.area.viewport().width()

    def seen(plane: int) -> bool:
        box = view.chain.box_rect(plane)
        return bar.value() <= box.left() + 1 and box.right() - 1 <= bar.value() + width

    assert view.chain.width() > width and seen(4)
    before = bar.value()
    press(view.chain, cell(view, 4, 1, 1))  # another unit of the same layer
    QApplication.processEvents()
    assert bar.value() == before
    view.show_unit(lenet(), "input", 0, 0, picture())
    QApplication.processEvents()
    assert bar.value() == 0 and seen(0)


def test_the_wheel_scrolls_and_zooms(view: UnitView) -> None:
    view.resize(500, 600)
    follow(view, lenet(), "input", 0, 0, picture())
    width = view.chain.width()
    assert width > view.area.viewport().width()
    _wheel(view, -240, NoModifier)
    assert view.area.horizontalScrollBar().value() == 240
    _wheel(view, 240, Qt.KeyboardModifier.ControlModifier)
    assert view.chain.zoom > 1.3 and view.chain.width() > width


def _wheel(view: UnitView, turn: int, modifier: Qt.KeyboardModifier) -> None:
    at = QPointF(20, 20)
    place = QPointF(view.area.viewport().mapToGlobal(at.toPoint()))
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, place, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifier, phase, False)
    QApplication.sendEvent(view.area.viewport(), event)


def test_units_beyond_the_edge_are_taken_to_it(view: UnitView) -> None:
    view.show_unit(lenet(), "conv2", 99, -3, None)
    assert view.trace is not None and (view.trace.row, view.trace.column) == (9, 0)
    view.clear()
    assert view.trace is None and view.sentence == ""
    QTest.keyClick(view, Qt.Key.Key_Right)  # nothing to move: no error


# --- layout, looks, exports -------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [lenet(), padded(), branched()], ids=["lenet", "padded", "branched"])
@pytest.mark.parametrize("room", [(830, 380), (640, 236), (0, 340)])
def test_planes_do_not_overlap_and_the_strip_fits_its_height(
    qapp: QApplication, graph: Graph, room: tuple[int, int]
) -> None:
    for node in graph.nodes:
        layout = chain_layout(graph, unit_path(graph, node.name), QSizeF(*room))
        columns = [box.column for box in layout.boxes]
        assert all(a.right() <= b.left() for a, b in pairwise(columns))
        for box in layout.boxes:
            assert box.column.left() - 1 <= box.face.left() and box.face.right() <= box.column.right() + 1
            assert layout.head_end <= box.face.top() + 0.01 and box.face.bottom() <= layout.foot + 0.01
        assert layout.boxes[-1].column.right() <= layout.size.width()
        assert layout.size.height() <= max(room[1], 300)


def test_a_rectangle_is_drawn_over_its_cells(qapp: QApplication) -> None:
    layout = chain_layout(lenet(), unit_path(lenet(), "conv2"), QSizeF(0, 340))
    box = layout.boxes[2]
    area = read_area(box, Rect(4, 4, 9, 9))
    assert area is not None
    assert area.width() / box.face.width() == pytest.approx(5 / 14)
    assert area.left() == pytest.approx(box.face.left() + box.face.width() * 4 / 14)
    assert box.cell_at(area.center()) == (6, 6)
    assert read_area(box, "everything") == QRectF(box.face) and read_area(box, "unknown") is None


def test_a_side_beyond_what_is_drawn_has_no_line(qapp: QApplication) -> None:
    box = chain_layout(lenet(), unit_path(lenet(), "conv2"), QSizeF(0, 340)).boxes[0]
    assert outline(box, Rect(-1, 0, 9, 9)).elementCount() == 8  # four sides: so little padding is to scale
    assert outline(box, Rect(-40, -40, 9, 9)).elementCount() == 4
    assert outline(box, Rect(-40, -40, 90, 90)).isEmpty() and outline(box, "unknown").isEmpty()


def test_the_picture_stays_in_sight_while_the_strip_is_scrolled(view: UnitView) -> None:
    view.resize(560, 640)
    follower = follow(view, lenet(), "pool2", 2, 2, picture())
    offset, chain_view = view.area.horizontalScrollBar().value(), view.chain
    assert offset > 0 and 0 < chain_view.pinned < view.area.viewport().width() / 2
    at = cell(view, 0, 16, 16) + QPoint(offset, 0)
    QTest.mouseMove(chain_view, at)
    assert chain_view.picture is not None and chain_view.picture.hovered == (0, 16, 16)
    strip = to_pixels(view.area.viewport().grab().toImage()).astype(int)
    face = chain_view.face_rect(0).toRect()
    seen = strip[face.top() + 4 : face.bottom() - 4, face.left() + 4 : face.right() - 4]
    assert seen.std() > 20  # the noise of the picture, not the ground
    press(chain_view, at)
    assert follower.units == [("input", 16, 16)]


def test_only_what_is_in_sight_is_painted_and_that_as_in_the_whole_strip(
    view: UnitView, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = chain([(f"conv{n}", Conv(3, 3, (3, 3), padding=(1, 1))) for n in range(30)])
    follow(view, deep, "conv24", 3, 3, picture())
    view.area.horizontalScrollBar().setValue(0)  # nothing is pinned over other planes
    strip, width = view.chain, view.area.viewport().width()
    shown = strip.picture
    assert shown is not None and strip.width() > 4 * width and not strip.pinned
    whole = QImage(strip.size(), QImage.Format.Format_RGB32)
    whole.fill(theme.colors.window)
    painter = QPainter(whole)
    paint_chain(painter, shown)
    painter.end()
    painted: list[str] = []
    paint_plane = unit_chain_paint._paint_plane

    def spy(painter: QPainter, box: Box, photo: QImage | None) -> None:
        painted.append(box.plane.name)
        paint_plane(painter, box, photo)

    monkeypatch.setattr(unit_chain_paint, "_paint_plane", spy)
    for left in (0, strip.width() // 3, strip.width() - width):
        sight = QRect(left, 0, width, strip.height())
        part = to_pixels(strip.grab(sight).toImage()).astype(int)
        assert np.abs(part - to_pixels(whole.copy(sight))).max() <= 2
    assert 0 < len(painted) < 31


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("size", [(830, 860), (600, 460), (1300, 900)])
def test_it_draws_in_both_themes_at_every_size(view: UnitView, scheme: Scheme, size: tuple[int, int]) -> None:
    theme.apply(scheme)
    view.resize(*size)
    for layer in ("cat", "gap", "fc"):
        follow(view, branched(), layer, 3, 3, picture())
        accent = theme.colors.accent
        pixels = to_pixels(view.grab().toImage()).astype(int)
        assert (np.abs(pixels - [accent.red(), accent.green(), accent.blue()]).sum(2) < 12).sum() > 100
        for part in (view.photo, view.card, view.area):
            assert view.rect().contains(part.geometry())


def test_an_export_shows_the_whole_strip(view: UnitView, tmp_path: Path) -> None:
    follow(view, branched(), "cat", 3, 3, picture())
    svg = export.save_svg(view, tmp_path / "unit.svg").read_text()
    for text in (
        "Input",
        "Global average pool",
        "Fully connected, 5",
        "skip: carried on unchanged",
        "reads 5 × 5",
    ):
        assert text in svg, text
    assert export.render(view).width() == round(view.preferred_size().width())
