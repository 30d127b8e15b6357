"""Plates and scenes: where cells lie, what their numbers read, and what is painted."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from gui import colormaps
from gui.theme import GREY, Scheme, theme
from gui.widgets.plate import Mark, MarkRole, Plate, decimals_for, digit_font, number_text, number_texts
from gui.widgets.scene import Card, ColorBar, Item, Link, Scene, Words
from tests.gui.window_fixtures import calm, near, pixels_of

__all__ = ["calm"]
Pixels = npt.NDArray[np.uint8]


def plate(
    values: npt.ArrayLike, cell: float = 30.0, left: float = 10.0, top: float = 20.0, **more: object
) -> Plate:
    """A plate in grey levels: black at its least, white at its largest value."""
    array = np.asarray(values, dtype=float)
    found = Plate("p", array, colormaps.grey(array, float(array.min()), float(array.max())))
    found.rect = QRectF(left, top, array.shape[1] * cell, array.shape[0] * cell)
    for name, value in more.items():
        setattr(found, name, value)
    return found


def draw(*items: Item | Plate, size: tuple[int, int] = (300, 300)) -> Pixels:
    """Items on the window's colour."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for item in items:
        if isinstance(item, Plate):
            item.paint_cells(painter, item.rect.topLeft())
            item.paint_marks(painter)
        else:
            item.paint(painter)
    painter.end()
    return pixels_of(image)


def cell_pixels(picture: Pixels, found: Plate, row: int, column: int, inset: int = 3) -> Pixels:
    area = found.cell_rect(row, column).toAlignedRect().adjusted(inset, inset, -inset, -inset)
    return picture[area.top() : area.bottom(), area.left() : area.right()]


class TestGeometry:
    @given(
        st.integers(1, 40),
        st.integers(1, 40),
        st.floats(0.3, 60),
        st.floats(-50, 50),
        st.floats(-50, 50),
        st.data(),
    )
    def test_the_middle_of_every_cell_is_in_it(
        self, rows: int, columns: int, cell: float, left: float, top: float, data: st.DataObject
    ) -> None:
        found = plate(np.zeros((rows, columns)), cell, left, top)
        row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
        assert found.cell_at(found.cell_rect(row, column).center()) == (row, column)
        assert found.cell_at(QPointF(left - 1, top + 1)) is None
        assert found.cell_at(QPointF(left + 1, top + rows * cell + 1)) is None

    def test_edges_belong_to_the_last_cells(self) -> None:
        found = plate(np.zeros((2, 3)))
        assert found.cell_at(found.rect.bottomRight()) == (1, 2)
        assert found.cell_at(found.rect.topLeft()) == (0, 0)

    def test_a_plate_without_room_has_no_cells(self) -> None:
        found = plate(np.zeros((2, 2)), cell=0)
        assert found.cell_at(QPointF(10, 20)) is None

    def test_blocks(self) -> None:
        assert plate(np.zeros((5, 5))).cell_rect(1, 2, 4, 3) == QRectF(70, 50, 30, 90)

    def test_a_dense_window_is_a_block_and_a_dilated_one_has_holes(self) -> None:
        dense = Mark.grid(MarkRole.WINDOW, np.array([1, 2]), np.array([3, 4, 5]))
        assert (dense.top, dense.left, dense.bottom, dense.right, dense.rows) == (1, 3, 3, 6, ())
        holes = Mark.grid(MarkRole.WINDOW, np.array([1, 3]), np.array([3]))
        assert (holes.top, holes.bottom, holes.rows, holes.columns) == (1, 4, (1, 3), (3,))
        single = Mark.grid(MarkRole.WINDOW, np.array([4]), np.array([0]))
        assert (single.top, single.left, single.bottom, single.right) == (4, 0, 5, 1)

    def test_on_the_way(self) -> None:
        first, second = Mark.cell(MarkRole.WINDOW, 0, 0), Mark.cell(MarkRole.WINDOW, 2, 4)
        assert first.between(second, 0.5) == Mark(MarkRole.WINDOW, 1, 2, 2, 3)
        assert first.between(second, 1.0) == second


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "decimals", "text"),
        [
            (0, 0, "0"), (-0.0, 0, "0"), (-0.001, 2, "0.00"), (-3, 0, "−3"), (2.5, 2, "2.50"), (1e6, 0, "1.0e6"),
            (-2.5e7, 2, "−2.5e7"), (1e12, 0, "1.0e12"), (math.inf, 2, "∞"), (-math.inf, 2, "−∞"), (math.nan, 2, "NaN"),
        ],
    )  # fmt: skip
    def test_texts(self, value: float, decimals: int, text: str) -> None:
        assert number_text(value, decimals) == text

    @given(st.floats(-999_999, 999_999), st.integers(0, 3))
    def test_the_text_is_the_rounded_number(self, value: float, decimals: int) -> None:
        text = number_text(value, decimals)
        assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.5000001 * 10**-decimals)
        assert "-" not in text

    @pytest.mark.parametrize(
        ("values", "decimals"),
        [
            ([1, 2], 0),
            ([1.5, 2], 2),
            ([0.01, 0.02], 3),
            ([0.0003, 0], 5),
            ([1.5e-8, 0], 6),
            ([150.5, 1], 1),
            ([math.nan, 1], 0),
            ([], 0),
            ([1e-12, 3], 0),
        ],
    )
    def test_decimals(self, values: list[float], decimals: int) -> None:
        assert decimals_for(np.array(values, dtype=float)) == decimals

    def test_all_cells_have_the_same_decimals(self) -> None:
        texts, longest = number_texts(np.array([[1.25, -10.5]]))
        assert texts == [["1.25", "−10.50"]] and longest == 6

    def test_digits_have_to_be_legible(self, qapp: object) -> None:
        assert digit_font(40, 3, 1.0) is not None
        assert digit_font(10, 5, 1.0) is None
        assert digit_font(10, 5, 6.0) is not None, "through a zoom they are"


class TestPainting:
    """Semantic probes: the colours are where they have to be."""

    def test_cells_have_their_colours(self, calm: None) -> None:
        found = plate([[0, 100], [100, 0]], numbers=False)
        picture = draw(found)
        for (row, column), value in np.ndenumerate(found.values):
            wanted = (255,) * 3 if value else (0,) * 3
            assert near(cell_pixels(picture, found, row, column), wanted, 2).all()
        assert near(picture[:15], theme.colors.window, 2).all()

    def test_numbers_are_written_and_can_be_read(self, calm: None) -> None:
        found = plate([[0.0, 100.0]])
        picture = draw(found)
        for column, ground in ((0, (0,) * 3), (1, (255,) * 3)):
            pixels = cell_pixels(picture, found, 0, column)
            ink = ~near(pixels, ground, 60)
            assert 0.02 < ink.mean() < 0.6

    def test_hidden_cells_show_no_digits(self, calm: None) -> None:
        """The same picture whatever the hidden number is; another one as soon as it is shown."""
        hidden = np.array([[True, False]])
        one = draw(plate([[7.0, 3.0]], hidden=hidden, colors=np.zeros((1, 2, 3), np.uint8)))
        two = draw(plate([[8.0, 3.0]], hidden=hidden, colors=np.zeros((1, 2, 3), np.uint8)))
        assert np.array_equal(one, two)
        shown = draw(plate([[8.0, 3.0]], colors=np.zeros((1, 2, 3), np.uint8)))
        assert not np.array_equal(one, shown)
        area = cell_pixels(one, plate([[7.0, 3.0]]), 0, 0)
        assert (area == area[0, 0]).all(), "one plain colour"

    def test_a_question_mark_stands_where_one_is_to_guess(self, calm: None) -> None:
        hidden = np.array([[True, False]])
        plain = draw(plate([[7.0, 3.0]], hidden=hidden))
        asking = draw(plate([[7.0, 3.0]], hidden=hidden, hidden_text="?"))
        found = plate([[7.0, 3.0]])
        assert not np.array_equal(cell_pixels(plain, found, 0, 0), cell_pixels(asking, found, 0, 0))

    def test_padding_is_hatched(self, calm: None) -> None:
        found = plate([[5.0, 0.0, 9.0]], numbers=False, faint=np.array([[True, False, False]]))
        picture = draw(found)
        assert len(np.unique(cell_pixels(picture, found, 0, 0).reshape(-1, 3), axis=0)) > 1
        assert len(np.unique(cell_pixels(picture, found, 0, 1).reshape(-1, 3), axis=0)) == 1

    def test_cells_that_are_never_read_are_crossed_out(self, calm: None) -> None:
        found = plate([[5.0, 0.0]], numbers=False, crossed=np.array([[True, False]]))
        picture = draw(found)
        assert near(cell_pixels(picture, found, 0, 0, 1), theme.colors.warn, 60).mean() > 0.02
        assert not near(cell_pixels(picture, found, 0, 1, 1), theme.colors.warn, 60).any()

    @pytest.mark.parametrize("role", [MarkRole.WINDOW, MarkRole.SELECTED, MarkRole.LINKED])
    def test_the_frame_is_painted_where_the_mark_says(self, calm: None, role: MarkRole) -> None:
        found = plate(np.full((6, 6), 255.0), numbers=False, colors=np.full((6, 6, 3), 255, np.uint8))
        found.marks = (Mark(role, 1, 2, 4, 5),)
        picture = draw(found)
        color = theme.colors.good if role is MarkRole.LINKED else theme.colors.accent
        hits = np.argwhere(near(picture, color, 30))
        box = found.cell_rect(1, 2, 4, 5)
        assert abs(hits[:, 0].min() - box.top()) <= 3 and abs(hits[:, 0].max() - box.bottom()) <= 3
        assert abs(hits[:, 1].min() - box.left()) <= 3 and abs(hits[:, 1].max() - box.right()) <= 3
        middle = picture[int(box.center().y()), int(box.center().x())]
        assert not near(middle[None], color, 30).any(), "a frame, not a block"
        assert near(cell_pixels(picture, found, 5, 0), (255, 255, 255), 2).all()

    def test_a_dilated_window_frames_single_cells(self, calm: None) -> None:
        found = plate(np.full((5, 5), 255.0), numbers=False, colors=np.full((5, 5, 3), 255, np.uint8))
        found.marks = (Mark.grid(MarkRole.WINDOW, np.array([0, 2, 4]), np.array([0, 2, 4])),)
        picture = draw(found)
        accent = near(picture, theme.colors.accent, 40)
        for row, column in np.ndindex(5, 5):
            area = found.cell_rect(row, column).adjusted(0, 0, -1, -1).toAlignedRect().adjusted(2, -1, -2, 2)
            top_edge = accent[area.top() : area.top() + 3, area.left() + 4 : area.right() - 4]
            read = row % 2 == 0 and column % 2 == 0
            if row not in (0,) and not read and column % 2:
                assert not top_edge.any(), (row, column)
            if read:
                assert top_edge.any(), (row, column)

    @pytest.mark.parametrize("side", [33, 64, 224])
    def test_large_plates_are_pictures_of_their_colours(self, calm: None, side: int) -> None:
        rng = np.random.default_rng(side)
        colors = rng.integers(0, 256, (side, side, 3)).astype(np.uint8)
        found = plate(np.zeros((side, side)), 4.0, 0, 0, colors=colors)
        picture = draw(found, size=(4 * side, 4 * side))
        assert np.array_equal(picture[2::4, 2::4][1:-1, 1:-1], colors[1:-1, 1:-1])

    def test_the_hidden_part_of_a_picture_is_plain(self, calm: None) -> None:
        colors = np.full((40, 40, 3), 9, np.uint8)
        hidden = np.zeros((40, 40), bool)
        hidden[20:] = True
        picture = draw(plate(np.zeros((40, 40)), 4.0, 0, 0, colors=colors, hidden=hidden), size=(160, 160))
        assert near(picture[10:70, 10:150], (9, 9, 9), 2).all()
        assert near(picture[90:150, 10:150], theme.colors.raised, 2).all()

    @given(st.integers(1, 40), st.integers(1, 40), st.floats(0.2, 70))
    def test_anything_can_be_painted(self, qapp: object, rows: int, columns: int, cell: float) -> None:
        values = np.random.default_rng(rows).normal(size=(rows, columns)) * 10.0 ** (columns % 9)
        picture = draw(replace(plate(values, cell), marks=(Mark.cell(MarkRole.WINDOW, 0, 0),)), size=(50, 50))
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 1  # something is on it


class TestSignature:
    """What the cached picture depends on."""

    def test_it_changes_with_everything_that_is_painted(self, calm: None) -> None:
        base = plate([[1.0, 2.0]])
        mask = np.array([[True, False]])
        others = [
            plate([[1.0, 3.0]]), replace(base, colors=base.colors[::-1, ::-1].copy()), replace(base, hidden=mask),
            replace(base, faint=mask), replace(base, crossed=mask), replace(base, numbers=False),
            replace(base, hidden=mask, hidden_text="?"), replace(base, rect=QRectF(0, 0, 70, 35)),
        ]  # fmt: skip
        signatures = [base.signature(), *(other.signature() for other in others)]
        assert len(set(signatures)) == len(signatures)
        theme.apply(Scheme.DARK)
        assert base.signature() not in signatures

    def test_it_does_not_change_with_place_and_marks(self) -> None:
        base = plate([[1.0, 2.0]])
        moved = replace(base, rect=base.rect.translated(5, 5), marks=(Mark.cell(MarkRole.HOVER, 0, 0),))
        assert moved.signature() == base.signature()


class TestScene:
    def test_the_topmost_plate_is_hit(self) -> None:
        below, above = plate(np.zeros((3, 3))), plate(np.zeros((3, 3)), left=40.0)
        below.key, above.key = "below", "above"
        scene = Scene(QSizeF(200, 200), plates=[below, above])
        hit = scene.hit(QPointF(45, 25))
        assert hit is not None and (hit[0].key, hit[1], hit[2]) == ("above", 0, 0)
        hit = scene.hit(QPointF(15, 25))
        assert hit is not None and hit[0].key == "below"
        assert scene.hit(QPointF(500, 5)) is None

    def test_plates_by_name(self) -> None:
        first, second = plate([[1]]), plate([[1]])
        first.key, second.key = "input/0", "output/0"
        scene = Scene(plates=[first, second])
        assert scene.plate("output/0") is second and scene.plate("nothing") is None
        assert list(scene.plates_like("input/")) == [first]

    def test_words_are_cut_where_they_end(self, calm: None) -> None:
        area = QRectF(10, 10, 60, 20)
        picture = draw(Words(area, "a sentence that is far too long for its place", size="body"))
        ink = ~near(picture, theme.colors.window, 30)
        columns = np.flatnonzero(ink.any(0))
        assert len(columns) and columns.min() >= 9 and columns.max() <= 75

    def test_words_take_their_colour_and_side(self, calm: None) -> None:
        area = QRectF(10, 10, 280, 20)
        picture = draw(Words(area, "word", role="error", size="body", align=Qt.AlignmentFlag.AlignRight))
        assert near(picture, theme.colors.error, 60).any()
        assert np.flatnonzero((~near(picture, theme.colors.window, 30)).any(0)).min() > 200

    def test_wrapped_words_take_several_lines(self, calm: None) -> None:
        picture = draw(
            Words(QRectF(10, 10, 80, 200), "one two three four five six seven", size="body", wrap=True)
        )
        rows = np.flatnonzero((~near(picture, theme.colors.window, 30)).any(1))
        assert rows.max() - rows.min() > 30

    def test_a_colour_bar_goes_from_its_first_to_its_last_colour(self, calm: None) -> None:
        picture = draw(ColorBar(QRectF(10, 10, 200, 20), GREY, "0", "255"))
        line = picture[20, 10:210].astype(int)
        dark, light = np.flatnonzero((line < 40).all(-1)), np.flatnonzero((line > 225).all(-1))
        assert len(dark) and dark.min() < light.max()

    def test_cards_and_links(self, calm: None) -> None:
        picture = draw(Card(QRectF(10, 10, 100, 50)), Link(QPointF(10, 100), QPointF(200, 200), opacity=1.0))
        assert near(picture[35, 50][None], theme.colors.surface, 2).all()
        for x, y in ((10, 100), (199, 200)):
            assert near(picture[y - 3 : y + 4, x - 1 : x + 4], theme.colors.accent, 60).any()


def test_a_plate_can_be_told_how_many_decimals_it_shows(calm: None) -> None:
    values = np.array([[1.25, 130.5]])
    assert number_texts(values)[0] == [["1.2", "130.5"]]
    assert number_texts(values, 0)[0] == [["1", "130"]]
    plain = Plate("p", values, np.zeros((1, 2, 3), np.uint8))
    assert plain.signature() != Plate("p", values, np.zeros((1, 2, 3), np.uint8), decimals=0).signature()


def test_a_plate_without_gaps_is_one_picture(calm: None) -> None:
    bare = plate([[0.0, 1.0], [1.0, 0.0]], numbers=False, gaps=False)
    picture = draw(bare)
    assert (picture[20:50, 10:40] == 0).all() and (picture[20:50, 40:70] == 255).all()
    faint = plate([[0.0, 1.0]], numbers=False, gaps=False, faint=np.array([[True, False]]))
    assert not (draw(faint)[20:50, 10:40] == 0).all(), "padding is hatched all the same"
    assert bare.signature() != plate([[0.0, 1.0], [1.0, 0.0]], numbers=False).signature()


def test_a_smooth_plate_mixes_its_pixels(calm: None) -> None:
    """Large plates only: small ones have numbers to read."""
    stripes = np.tile([0.0, 1.0], (40, 20))
    hard, soft = (draw(plate(stripes, 5.0, 0, 0, smooth=smooth), size=(200, 200)) for smooth in (False, True))
    assert len(np.unique(hard)) == 2 and len(np.unique(soft)) > 4
    assert plate(stripes, smooth=True).signature() != plate(stripes).signature()
