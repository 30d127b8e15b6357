"""The box editor: boxes by mouse and by keyboard, their geometry, and where their labels stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.images import Frame
from gui.theme import theme
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.box_geometry import HANDLES, LEAST_SIDE, WHOLE, Corners, dragged, handle_point, inside
from gui.widgets.box_paint import DrawnBox, label_places, paint_boxes
from gui.widgets.picture import to_pixels
from tests.gui.window_fixtures import move_to

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
SIZE = (100, 80)
FIRST, SECOND = Box((10, 10, 40, 50), 0, "one"), Box((60, 20, 90, 70), 1, "two")


def rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


class Kept:
    """An editor of a grey picture, four widget pixels a pixel, and all that it said."""

    def __init__(self, editor: BoxEditor) -> None:
        self.editor = editor
        self.changes: list[tuple[tuple[Box, ...], str]] = []
        self.picks: list[int] = []
        self.hovers: list[int | None] = []
        editor.changed.connect(lambda boxes, gesture: self.changes.append((boxes, gesture)))
        editor.picked.connect(self.picks.append)
        editor.boxHovered.connect(self.hovers.append)

    def at(self, x: float, y: float) -> QPoint:
        return self.editor.transform().map(QPointF(x, y)).toPoint()

    def drag(
        self, begin: tuple[float, float], *ways: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        QTest.mousePress(self.editor, LEFT, modifiers, self.at(*begin))
        for way in ways:
            move_to(self.editor, self.at(*way), LEFT)
        QTest.mouseRelease(self.editor, LEFT, modifiers, self.at(*ways[-1]))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.editor, key, modifiers)

    @property
    def corners(self) -> list[Corners]:
        return [box.corners for box in self.editor.boxes]


def grey(width: int = SIZE[0], height: int = SIZE[1]) -> Frame:
    return Frame(np.full((height, width, 3), 128, np.uint8), "grey")


@pytest.fixture
def kept(qtbot: QtBot) -> Iterator[Kept]:
    editor = BoxEditor()
    qtbot.addWidget(editor)
    editor.resize(4 * SIZE[0], 4 * SIZE[1])
    editor.set_frame(grey())
    editor.set_boxes([FIRST, SECOND])
    editor.show()
    editor.setFocus()
    yield Kept(editor)


class TestMouse:
    def test_a_drag_on_free_ground_draws_a_box_of_whole_pixels(self, kept: Kept) -> None:
        kept.editor.new_kind = 3
        kept.drag((45, 5), (50, 10), (55, 70))
        assert kept.editor.boxes[2] == Box((45, 5, 55, 70), 3) and kept.editor.chosen == 2
        assert {gesture for _, gesture in kept.changes} == {"box 1"} and kept.picks == [2]

    def test_backwards_too_and_never_out_of_the_picture(self, kept: Kept) -> None:
        kept.drag((50, 75), (49, 60), (-30, -30))
        assert kept.corners[2] == (0, 0, 50, 75)

    def test_a_click_picks_the_smallest_box_and_free_ground_none(self, kept: Kept) -> None:
        kept.editor.set_boxes([Box((5, 5, 95, 75)), FIRST])
        QTest.mouseClick(kept.editor, LEFT, NONE, kept.at(25, 25))
        QTest.mouseClick(kept.editor, LEFT, NONE, kept.at(2, 2))
        assert kept.picks == [1, -1] and not kept.changes

    def test_a_drag_in_a_box_that_is_not_chosen_draws_and_in_the_chosen_one_moves(self, kept: Kept) -> None:
        kept.drag((20, 20), (30, 30))
        assert kept.corners[2] == (20, 20, 30, 30)
        kept.editor.choose(0)
        kept.drag((35, 40), (36, 45), (40, 50))
        assert kept.corners[0] == (15, 20, 45, 60)

    def test_shift_draws_in_the_chosen_one(self, kept: Kept) -> None:
        kept.editor.choose(0)
        kept.drag((15, 15), (20, 22), modifiers=SHIFT)
        assert kept.corners[0] == FIRST.corners and kept.corners[2] == (15, 15, 20, 22)

    def test_an_edge_takes_hold_of_any_box(self, kept: Kept) -> None:
        kept.drag((60, 40), (65, 40))
        assert kept.corners[1] == (65, 20, 95, 70) and kept.editor.chosen == 1

    @pytest.mark.parametrize("handle", HANDLES)
    def test_each_handle_moves_its_edges(self, kept: Kept, handle: tuple[int, int]) -> None:
        kept.editor.choose(0)
        x, y = handle_point(FIRST.corners, handle)
        kept.drag((x, y), (x + 3, y + 2), (x + 5, y + 4))
        x1, y1, x2, y2 = FIRST.corners
        expected = (x1 + 5 * (handle[0] < 0), y1 + 4 * (handle[1] < 0), x2 + 5 * (handle[0] > 0),
                    y2 + 4 * (handle[1] > 0))  # fmt: skip
        assert kept.corners[0] == expected and kept.corners[1] == SECOND.corners

    def test_edges_may_pass_each_other(self, kept: Kept) -> None:
        kept.editor.choose(0)
        kept.drag((40, 50), (30, 30), (4, 6))
        assert kept.corners[0] == (4, 6, 10, 10)

    def test_pointing_tells_which_box(self, kept: Kept) -> None:
        for place in ((20, 20), (21, 20), (75, 50), (50, 5)):
            move_to(kept.editor, kept.at(*place))
        assert kept.hovers == [0, 1, None]

    def test_without_adding_a_press_moves_what_is_under_it(self, kept: Kept) -> None:
        kept.editor.can_add = False
        kept.drag((20, 20), (25, 22))
        kept.drag((50, 5), (55, 9))
        assert kept.corners == [(15, 12, 45, 52), SECOND.corners]

    def test_a_fixed_one_can_only_be_picked(self, kept: Kept) -> None:
        kept.editor.set_boxes([Box(FIRST.corners, fixed=True)])
        kept.editor.choose(0)
        kept.drag((10, 30), (20, 30))
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_2):
            kept.key(key)
        assert kept.corners == [FIRST.corners] and not kept.changes

    def test_who_keeps_the_boxes_may_refuse_one(self, kept: Kept) -> None:
        kept.editor.changed.connect(lambda _boxes, _gesture: kept.editor.set_boxes([FIRST, SECOND]))
        kept.drag((45, 5), (50, 10), (55, 70))
        assert kept.corners == [FIRST.corners, SECOND.corners] and kept.editor.chosen is None
        assert kept.picks == []

    def test_magnified_a_pixel_is_still_a_pixel(self, kept: Kept) -> None:
        kept.editor.zoom_by(3.0)
        kept.editor.choose(0)
        kept.drag((35, 40), (36, 41), (37, 44))
        assert kept.corners[0] == (12, 14, 42, 54)


class TestKeys:
    def test_arrows_move_and_shift_moves_by_ten(self, kept: Kept) -> None:
        kept.editor.choose(0)
        kept.key(Qt.Key.Key_Right)
        kept.key(Qt.Key.Key_Up, SHIFT)
        assert kept.corners[0] == (11, 0, 41, 40) and {g for _, g in kept.changes} == {"box keys"}

    def test_alt_and_control_resize(self, kept: Kept) -> None:
        kept.editor.choose(0)
        kept.key(Qt.Key.Key_Right, ALT)
        kept.key(Qt.Key.Key_Down, ALT | SHIFT)
        kept.key(Qt.Key.Key_Left, CTRL)
        assert kept.corners[0] == (9, 10, 41, 60)

    def test_tab_walks_over_the_boxes_and_on(self, qtbot: QtBot) -> None:
        parent = QWidget()
        column = QVBoxLayout(parent)
        editor, button = BoxEditor(), QPushButton("next")
        column.addWidget(editor)
        column.addWidget(button)
        qtbot.addWidget(parent)
        editor.set_frame(grey())
        editor.set_boxes([FIRST, SECOND])
        with qtbot.waitExposed(parent):
            parent.show()
        editor.setFocus()
        seen = []
        for _ in range(2):
            QTest.keyClick(editor, Qt.Key.Key_Tab)
            seen.append(editor.chosen)
        QTest.keyClick(editor, Qt.Key.Key_Backtab, SHIFT)
        assert seen == [0, 1] and editor.chosen == 0 and editor.hasFocus()
        editor.choose(1)
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        assert button.hasFocus()

    def test_digits_set_the_class_but_not_with_alt(self, kept: Kept) -> None:
        kept.editor.choose(1)
        kept.editor.most_kinds = 4
        kept.key(Qt.Key.Key_3)
        kept.key(Qt.Key.Key_5)
        kept.key(Qt.Key.Key_1, ALT)
        assert kept.editor.boxes[1].kind == 2

    def test_delete_takes_away_and_the_next_one_is_chosen(self, kept: Kept) -> None:
        kept.editor.choose(0)
        kept.key(Qt.Key.Key_Delete)
        assert kept.editor.boxes == (SECOND,) and kept.editor.chosen == 0
        kept.key(Qt.Key.Key_Backspace)
        assert not kept.corners and kept.editor.chosen is None and kept.picks == [0, -1]

    def test_a_key_adds_a_box_in_the_middle(self, kept: Kept) -> None:
        kept.key(Qt.Key.Key_Insert)
        assert kept.corners[2] == (35, 28, 65, 52) and kept.editor.chosen == 2

    def test_escape_lets_go_and_then_leaves_the_key_alone(self, kept: Kept) -> None:
        kept.editor.choose(0)
        kept.key(Qt.Key.Key_Escape)
        assert kept.editor.chosen is None and kept.picks == [-1]

    def test_without_a_chosen_one_the_arrows_move_the_cursor(self, kept: Kept) -> None:
        places: list[tuple[int, int]] = []
        kept.editor.hovered.connect(lambda x, y: places.append((x, y)))
        kept.key(Qt.Key.Key_Right)
        assert places == [(51, 40)] and not kept.changes

    def test_what_is_chosen_is_described(self, kept: Kept) -> None:
        kept.editor.choose(1)
        assert "2 boxes; chosen: two, x 60 to 90" in kept.editor.accessibleDescription()


class TestPainting:
    def test_a_box_has_its_class_colour_and_painters_draw_under_and_over_it(self, kept: Kept) -> None:
        def over(painter: QPainter, transform: QTransform) -> None:
            painter.fillRect(transform.mapRect(QRectF(70, 40, 4, 4)), theme.colors.error)

        def under(painter: QPainter, transform: QTransform) -> None:
            painter.fillRect(transform.mapRect(QRectF(5, 25, 10, 10)), theme.colors.good)

        kept.editor.set_painter(over)
        kept.editor.set_painter(under, below=True)
        pixels = to_pixels(kept.editor.grab().toImage())

        def seen(x: float, y: float) -> tuple[int, ...]:
            place = kept.at(x, y)
            return tuple(int(part) for part in pixels[place.y(), place.x()])

        assert seen(10, 30) == rgb(theme.class_color(0))
        assert seen(7, 30) == rgb(theme.colors.good) and seen(72, 42) == rgb(theme.colors.error)

    def test_a_picture_of_one_pixel(self, qtbot: QtBot) -> None:
        editor = BoxEditor()
        qtbot.addWidget(editor)
        editor.set_frame(grey(1, 1))
        editor.set_boxes([Box((0, 0, 1, 1), label="all")])
        editor.choose(0)
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Insert):
            QTest.keyClick(editor, key)
        assert editor.boxes[0].corners == (0, 0, 1, 1) and editor.boxes[1].corners == (0, 0, 1, 1)
        editor.grab()

    @given(st.lists(st.tuples(*[st.floats(-20, 120)] * 4, st.floats(5, 150)), max_size=6))
    def test_labels_stay_in_the_room(self, found: list[tuple[float, ...]]) -> None:
        room = QRectF(0, 0, 100, 60)
        areas = [QRectF(QPointF(a, b), QPointF(c, d)).normalized() for a, b, c, d, _ in found]
        sizes = [QSizeF(min(width, 100), 12) for *_, width in found]
        for place in label_places(areas, sizes, room):
            assert room.adjusted(-1e-9, -1e-9, 1e-9, 1e-9).contains(place)

    def test_labels_of_one_place_do_not_cover_each_other(self) -> None:
        areas, room = [QRectF(20, 30, 50, 40)] * 4, QRectF(0, 0, 200, 120)
        places = label_places(areas, [QSizeF(30, 12)] * 4, room)
        assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
        assert places[0].bottom() == 30  # the first stands above its box

    def test_nothing_at_all_can_be_painted(self, qtbot: QtBot) -> None:
        editor = BoxEditor()
        qtbot.addWidget(editor)
        image = editor.grab().toImage()
        painter = QPainter(image)
        paint_boxes(painter, [DrawnBox(QRectF(), theme.class_color(0), "nothing")], QRectF(0, 0, 10, 10))
        painter.end()


@st.composite
def box_in_picture(draw: st.DrawFn) -> tuple[Corners, tuple[int, int]]:
    width, height = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    x1, y1 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    x2, y2 = draw(st.integers(x1 + 1, width)), draw(st.integers(y1 + 1, height))
    return (x1, y1, x2, y2), (width, height)


class TestGeometry:
    @given(box_in_picture(), st.sampled_from((WHOLE, *HANDLES)), st.integers(-90, 90), st.integers(-90, 90))
    def test_a_box_stays_a_box_in_its_picture(
        self, box: tuple[Corners, tuple[int, int]], handle: tuple[int, int], dx: int, dy: int
    ) -> None:
        corners, (width, height) = box
        x1, y1, x2, y2 = dragged(corners, handle, dx, dy, (width, height))
        assert 0 <= x1 <= x2 - LEAST_SIDE <= x2 <= width and 0 <= y1 <= y2 - LEAST_SIDE <= y2 <= height
        if handle == WHOLE:
            assert (x2 - x1, y2 - y1) == (corners[2] - corners[0], corners[3] - corners[1])

    @given(box_in_picture(), st.integers(-90, 90))
    def test_edges_that_are_not_held_stay(self, box: tuple[Corners, tuple[int, int]], by: int) -> None:
        corners, size = box
        assert dragged(corners, (1, 0), by, by, size)[1::2] == corners[1::2]
        assert dragged(corners, (0, -1), by, by, size)[::2] == corners[::2]

    @given(st.tuples(*[st.floats(-50, 50)] * 4), st.integers(1, 30), st.integers(1, 30))
    def test_any_four_numbers_become_a_box_of_the_picture(
        self, corners: Corners, width: int, height: int
    ) -> None:
        x1, y1, x2, y2 = inside(corners, (width, height))
        assert 0 <= x1 < x2 <= width + 1e-9 and 0 <= y1 < y2 <= height + 1e-9
