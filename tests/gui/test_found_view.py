"""What was found, on its picture: where labels go, what is painted, what lies under the pointer, strokes of a pen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from engine.images import Frame
from gui.theme import theme
from gui.widgets.box_labels import place_labels
from gui.widgets.found_paint import MOST_RAW, paint_findings
from gui.widgets.found_view import Boxes, Findings, FoundView, Lattice, Outline, Trail, annotated
from gui.widgets.picture import to_pixels
from tests.gui.window_fixtures import calm, move_to, near, shot

__all__ = ["calm"]

LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
GREY = Frame(np.full((100, 200, 3), 128, np.uint8), "grey")
TWO = Boxes(
    np.array([[20.0, 30.0, 120.0, 90.0], [40.0, 40.0, 70.0, 70.0]]),
    np.array([1, 4]),
    ("big · 0.90", "small · 0.80"),
)


@pytest.fixture
def view(qtbot: QtBot, calm: None) -> Iterator[FoundView]:
    """A view of 400 x 200: two device-independent pixels to a pixel of the picture."""
    view = FoundView()
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show_found(GREY, Findings(TWO))
    with qtbot.waitExposed(view):
        view.show()
    view.repaint()
    yield view


class TestLabels:
    def test_a_label_stands_above_the_left_corner_where_nothing_is_in_the_way(self) -> None:
        placed = place_labels(
            np.array([[50.0, 60.0, 90.0, 95.0]]), np.array([[30.0, 10.0]]), (0.0, 0.0, 200.0, 100.0)
        )
        np.testing.assert_array_equal(placed, [[50, 50, 80, 60]])

    def test_at_the_upper_edge_it_goes_beneath(self) -> None:
        placed = place_labels(
            np.array([[50.0, 0.0, 90.0, 40.0]]), np.array([[30.0, 10.0]]), (0.0, 0.0, 200.0, 100.0)
        )
        np.testing.assert_array_equal(placed, [[50, 40, 80, 50]])

    @given(
        st.lists(
            st.tuples(st.floats(-50, 250), st.floats(-50, 250), st.floats(1, 200), st.floats(1, 200)),
            min_size=1, max_size=12,
        ),
        st.floats(5, 60),
        st.floats(5, 20),
    )  # fmt: skip
    def test_labels_lie_inside_and_at_their_box(
        self, found: list[tuple[float, ...]], width: float, height: float
    ) -> None:
        boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in found])
        sizes = np.tile([width, height], (len(boxes), 1))
        placed = place_labels(boxes, sizes, (0.0, 0.0, 200.0, 200.0))
        assert (placed >= -1e-9).all() and (placed <= 200 + 1e-9).all()
        np.testing.assert_allclose(placed[:, 2:] - placed[:, :2], sizes)

    def test_two_things_at_one_place_get_labels_beside_each_other(self) -> None:
        boxes = np.array([[50.0, 50.0, 100.0, 90.0]] * 4)
        placed = place_labels(boxes, np.tile([30.0, 10.0], (4, 1)), (0.0, 0.0, 200.0, 200.0))
        for one in range(4):
            for other in range(one):
                low = np.maximum(placed[one, :2], placed[other, :2])
                high = np.minimum(placed[one, 2:], placed[other, 2:])
                assert (np.maximum(high - low, 0)).prod() < 100, "no label hides the other"


class TestPainting:
    def test_boxes_have_the_colours_of_their_classes(self, view: FoundView) -> None:
        pixels = shot(view)
        right_edge = pixels[100, 236:245]
        assert near(right_edge, theme.class_color(1)).any(), "x = 120 of the picture"
        assert near(pixels[110, 76:85], theme.class_color(4)).any(), "x = 40 of the picture"
        assert near(pixels[30, 350], (128, 128, 128)), "elsewhere the picture is as it was"

    def test_labels_are_inside_of_the_picture_and_apart(self, view: FoundView) -> None:
        first, second = view.labels
        assert view.picture_rect().contains(first) and view.picture_rect().contains(second)
        assert not first.intersects(second)

    def test_faded_finds_are_fainter_and_the_picture_is_not(self, view: FoundView) -> None:
        def strength() -> int:
            pixels = shot(view).astype(int)
            assert near(pixels[30:32, 350:352].astype(np.uint8), (128, 128, 128)).all()
            return int(np.abs(pixels - 128).sum())

        clear = strength()
        view.fade_found(True)
        assert view.faded and strength() < 0.75 * clear
        view.fade_found(False)
        assert strength() == clear

    def test_the_picture_with_its_boxes_has_its_own_size(self, calm: None) -> None:
        image = annotated(GREY, Findings(TWO))
        assert (image.width(), image.height()) == (200, 100)
        pixels = to_pixels(image)
        assert near(pixels[60, 118:123], theme.class_color(1)).any()
        assert near(pixels[5, 195], (128, 128, 128))
        assert (GREY.pixels == 128).all(), "the frame itself is not drawn on"

    def test_a_grid_with_a_cell_and_outlines(self, view: FoundView) -> None:
        lattice = Lattice(2, 4, (0.0, 0.0, 200.0, 100.0))
        view.show_found(
            GREY,
            Findings(lattice=lattice, cell=(1, 2), outlines=(Outline((110.0, 55.0, 140.0, 95.0), label="anchor"),)),
        )  # fmt: skip
        pixels = shot(view)
        blue = theme.colors.accent
        assert near(pixels[20, 98:103], blue, 90).any(), "the line between columns 0 and 1"
        assert near(pixels[150, 196:204], blue, 60).any(), "the edge of the cell"
        assert not near(pixels[150, 230:270], (128, 128, 128), 5).any(), "the cell is filled"
        assert near(pixels[30, 120:180], (128, 128, 128), 5).all(), "other cells are not"

    def test_raw_boxes_are_thin_and_bounded(self, calm: None) -> None:
        rng = np.random.default_rng(1)
        corners = rng.uniform(0, 90, (MOST_RAW + 500, 2))
        raw = Boxes(np.concatenate([corners, corners + 8], 1), rng.integers(0, 30, MOST_RAW + 500))
        image = QImage(200, 100, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        assert paint_findings(painter, QTransform(), QRectF(0, 0, 200, 100), Findings(raw=raw)) == []
        painter.end()
        pixels = to_pixels(image)
        assert (pixels[:, :98] < 255).any() and (pixels[:, 120:] == 255).all()

    def test_a_trail_leads_to_where_a_thing_is(self, view: FoundView) -> None:
        trail = Trail(2, np.array([[10.0, 50.0], [100.0, 50.0], [190.0, 50.0]]))
        view.show_found(GREY, Findings(trails=(trail, Trail(3, np.array([[1.0, 1.0]])))))
        pixels = shot(view)
        assert near(pixels[96:105, 300], theme.class_color(2)).any()


class TestPointer:
    def test_the_smallest_box_around_the_pointer_is_meant(self, view: FoundView) -> None:
        spy = QSignalSpy(view.pointedAt)
        move_to(view, QPoint(110, 110))
        move_to(view, QPoint(220, 120))
        move_to(view, QPoint(380, 20))
        assert [spy.at(i)[0] for i in range(spy.count())] == [1, 0, None]

    def test_a_label_belongs_to_its_box(self, view: FoundView) -> None:
        assert view.box_at(view.labels[0].center()) == 0 and view.box_at(view.labels[1].center()) == 1

    def test_a_click_names_box_and_place(self, view: FoundView) -> None:
        spy = QSignalSpy(view.picked)
        QTest.mouseClick(view, LeftButton, NoModifier, QPoint(110, 110))
        QTest.mouseClick(view, LeftButton, NoModifier, QPoint(380, 20))
        assert spy.at(0) == [1, 55.0, 55.0] and spy.at(1) == [None, 190.0, 10.0]

    def test_under_a_pointer_that_rests_another_box_is_told(self, view: FoundView) -> None:
        move_to(view, QPoint(110, 110))
        spy = QSignalSpy(view.pointedAt)
        view.show_found(GREY, Findings())
        assert spy.count() == 1 and spy.at(0) == [None] and view.pointed is None

    def test_arrows_are_left_to_the_page(self, view: FoundView) -> None:
        spy = QSignalSpy(view.hovered)
        QTest.keyClick(view, Qt.Key.Key_Right)
        assert spy.count() == 0

    def test_what_was_found_is_told_to_a_screen_reader(self, view: FoundView) -> None:
        assert "Found: big · 0.90, small · 0.80." in view.accessibleDescription()

    def test_no_picture(self, view: FoundView) -> None:
        view.show_found(None, Findings())
        assert view.box_at(QPointF(10, 10)) is None
        QTest.mouseClick(view, LeftButton, NoModifier, QPoint(110, 110))
        view.set_pen(0.1)
        spy = QSignalSpy(view.strokeGrew)
        QTest.mouseClick(view, LeftButton, NoModifier, QPoint(110, 110))
        assert spy.count() == 0


class TestPen:
    def test_a_drag_is_a_stroke(self, view: FoundView) -> None:
        grew, done, picked = QSignalSpy(view.strokeGrew), QSignalSpy(view.strokeDone), QSignalSpy(view.picked)
        view.set_pen(0.05)
        QTest.mousePress(view, LeftButton, NoModifier, QPoint(40, 20))
        move_to(view, QPoint(200, 100), LeftButton)
        move_to(view, QPoint(200, 100), LeftButton)
        QTest.mouseRelease(view, LeftButton, NoModifier, QPoint(200, 100))
        assert done.count() == 1 and done.at(0)[0] == ((0.1, 0.1), (0.5, 0.5))
        assert grew.count() == 2 and picked.count() == 0

    def test_a_stroke_that_was_given_up_is_not_told(self, view: FoundView) -> None:
        done = QSignalSpy(view.strokeDone)
        view.set_pen(0.05)
        QTest.mousePress(view, LeftButton, NoModifier, QPoint(40, 20))
        assert view.drawing
        view.give_up()
        QTest.mouseRelease(view, LeftButton, NoModifier, QPoint(40, 20))
        assert done.count() == 0 and not view.drawing

    def test_the_pen_shows_its_size(self, view: FoundView) -> None:
        move_to(view, QPoint(300, 100))
        before = shot(view)
        view.set_pen(0.2)
        changed = (shot(view) != before).any(-1)
        rows, columns = np.nonzero(changed)
        assert abs(np.ptp(columns) - 80) <= 6 and abs(np.ptp(rows) - 80) <= 6


class TestLattice:
    @given(st.integers(1, 40), st.integers(1, 40), st.data())
    def test_the_middle_of_a_cell_is_in_it(self, rows: int, columns: int, data: st.DataObject) -> None:
        lattice = Lattice(rows, columns, (-12.5, 3.0, 187.5, 203.0))
        row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
        middle = lattice.cell(row, column).center()
        assert lattice.at(middle.x(), middle.y()) == (row, column)

    def test_beside_it_there_is_no_cell(self) -> None:
        lattice = Lattice(2, 2, (0.0, 0.0, 10.0, 10.0))
        assert lattice.at(-0.1, 5) is None and lattice.at(5, 10) is None and lattice.at(9.9, 9.9) == (1, 1)
