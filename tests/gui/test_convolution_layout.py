"""Where things lie on the stage of the convolution page: nothing overlaps, nothing leaves it, whatever is set."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.coverage_scene import coverage_scene
from gui.pages.convolution.layout import (
    CRISP_FROM,
    LEAST_CAP,
    MOST_CAP,
    TITLE,
    Texts,
    crisp,
    grid,
    largest_cell,
    share_width,
    step_layout,
    table_layout,
)
from gui.pages.convolution.resolve import Resolver
from gui.pages.convolution.scene_parts import Secrets
from gui.pages.convolution.shift_scene import shift_scene
from gui.pages.convolution.state import ConvolutionState
from gui.pages.convolution.steps_scene import steps_scene
from gui.theme import space
from gui.widgets.scene import Card, ColorBar, Link, Node, Scene, Words, bar_width

pytestmark = pytest.mark.usefixtures("qapp")  # words are measured

SMALLEST, LARGEST = (420, 300), (2400, 1300)
STAGES = [SMALLEST, (667, 438), (900, 700), (1500, 860), LARGEST]
sizes = st.tuples(
    st.integers(SMALLEST[0], LARGEST[0]), st.integers(SMALLEST[1], LARGEST[1])
) | st.sampled_from(STAGES)
counts = st.integers(1, 8)


class TestGrid:
    areas = st.floats(60, 900)

    @given(counts, st.integers(1, 40), st.integers(1, 40), areas, areas)
    def test_it_holds_all_plates_and_fits(
        self, count: int, rows: int, columns: int, width: float, height: float
    ) -> None:
        found = grid(count, rows, columns, width, height)
        assert found.columns * found.rows >= count > found.columns * (found.rows - 1)
        assert found.cell <= LEAST_CAP
        if height > count * (TITLE + space.m):
            assert found.width <= width + 1e-6 and found.height <= height + 1e-6

    @given(counts, st.integers(1, 12), st.integers(1, 12), st.floats(200, 900), st.floats(300, 900))
    def test_no_other_arrangement_has_larger_cells(
        self, count: int, rows: int, columns: int, width: float, height: float
    ) -> None:
        found = grid(count, rows, columns, width, height)
        for across in range(1, count + 1):
            down = -(-count // across)
            wide = (width - (across - 1) * space.m) / (across * columns)
            high = (height - down * TITLE - (down - 1) * space.m) / (down * rows)
            assert crisp(min(wide, high, LEAST_CAP)) <= found.cell


class TestShareWidth:
    widths = st.lists(st.tuples(st.floats(1, 500), st.floats(1, 500)), min_size=1, max_size=5)

    @given(widths, st.floats(1, 1500))
    def test_what_has_room_is_left_alone_and_what_has_not_shrinks(
        self, wanted: list[tuple[float, float]], available: float
    ) -> None:
        wants, floors = [w for w, _ in wanted], [min(w, f) for w, f in wanted]
        found = share_width(wants, floors, available)
        if sum(wants) <= available:
            assert found == wants
        elif sum(floors) <= available:
            assert sum(found) == pytest.approx(available, rel=1e-6)
            assert all(f - 1e-6 <= got <= w + 1e-6 for got, w, f in zip(found, wants, floors, strict=True))
        else:
            assert sum(found) == pytest.approx(available, rel=1e-6)
            assert all(got <= f for got, f in zip(found, floors, strict=True))


def inside(stage: QRectF, area: QRectF) -> bool:
    return stage.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(area)


class TestStepLayout:
    @given(sizes, st.integers(1, 4), st.integers(1, 54), st.integers(1, 11), counts)
    def test_columns_and_strip_follow_one_another_on_the_stage(
        self, size: tuple[int, int], rows: int, padded: int, kernel: int, filters: int
    ) -> None:
        kernel = min(kernel, padded)
        out = padded - kernel + 1
        texts = Texts()
        found = step_layout(
            size, rows=rows, padded=(padded, padded), kernel=(kernel, kernel), outputs=(filters, out, out), texts=texts
        )  # fmt: skip
        assert found.input_left >= 0
        assert found.input_left + found.input_cell * padded < found.kernel_left
        products = found.kernel_lefts(kernel)[2] + found.kernel_cell * kernel
        assert products <= found.arithmetic_right + 1 < found.output_left
        assert found.output_left + found.output.width <= size[0]
        assert 0 <= found.head < found.top
        assert found.bottom <= found.strip and found.strip + texts.strip <= size[1]

    def test_cells_grow_with_the_stage(self) -> None:
        assert largest_cell(*SMALLEST) == LEAST_CAP and largest_cell(*LARGEST) == MOST_CAP
        assert LEAST_CAP < largest_cell(1300, 900) < MOST_CAP


class TestTable:
    @given(sizes, st.integers(1, 2), st.tuples(*[st.integers(1, 60)] * 3), st.integers(1, 60))
    def test_it_fits_the_stage(
        self, size: tuple[int, int], lines: int, columns: tuple[int, int, int], rows: int
    ) -> None:
        found = table_layout(size, lines=lines, columns=columns, rows=rows, heads=(80, 90, 120), strip=60)
        rights = [left + width for left, width in zip(found.lefts, found.widths, strict=True)]
        assert found.lefts[0] >= 0 and rights[-1] <= size[0]
        assert all(right < left for right, left in zip(rights, found.lefts[1:], strict=False))
        assert all(n * found.cell <= width + 1e-6 for n, width in zip(columns, found.widths, strict=True))
        assert found.tops[-1] + rows * found.cell <= found.strip and found.strip + 60 <= size[1]


@st.composite
def shapes(draw: st.DrawFn) -> ConvolutionState:
    """Legal states of all sizes that the stage promises to hold, walked to some step."""
    start = with_preset(ConvolutionState(), draw(st.sampled_from(["ramp", "cs231n", "ng-6x6"])))
    channels, filters = draw(st.integers(1, 4)), draw(counts)
    groups = draw(st.sampled_from([n for n in (1, 2, 3, 4) if channels % n == 0 and filters % n == 0]))
    changes = {
        "stride": draw(st.integers(1, 3)), "dilation": draw(st.integers(1, 2)), "transposed": draw(st.booleans()),
        "padding": draw(st.sampled_from(["valid", "same", "same_tf"])), "relu": draw(st.booleans()),
        "step": draw(st.integers(0, 10_000)),
    }  # fmt: skip
    state = refit(
        replace(start, kernel="box-blur"), channels=channels, filters=filters, groups=groups,
        height=draw(st.integers(1, 32)), width=draw(st.integers(1, 32)), size=draw(st.integers(1, 11)), **changes,
    )  # fmt: skip
    assume(not state.problems())
    return state


def check_plates(scene: Scene) -> None:
    """All plates on the stage, none over another one, crisp."""
    stage = QRectF(0, 0, scene.size.width(), scene.size.height())
    for plate in scene.plates:
        assert inside(stage, plate.rect), plate.key
        assert plate.rect.left() == int(plate.rect.left()) and plate.rect.top() == int(plate.rect.top())
        if plate.cell >= CRISP_FROM:
            assert plate.cell == int(plate.cell), (plate.key, plate.cell)
    for first, second in combinations(scene.plates, 2):
        # Cells of less than six pixels are no whole ones: their plates may share the pixel at the edge.
        assert not first.rect.adjusted(0, 0, -0.5, -0.5).intersects(second.rect.adjusted(0.5, 0.5, 0, 0))


def check_words(scene: Scene) -> None:
    """Words lie on the stage and on no plate, and the card of the formula beneath all plates."""
    stage = QRectF(0, 0, scene.size.width(), scene.size.height())
    for item in scene.below:
        if isinstance(item, Words | Card | ColorBar):
            assert inside(stage, item.area), item
            for plate in scene.plates:
                assert not plate.rect.adjusted(0.5, 0.5, -0.5, -0.5).intersects(item.area), (item, plate.key)
        if isinstance(item, ColorBar):
            assert bar_width(item.low, item.high, item.label) <= item.area.width() + 1, item


def check_links(scene: Scene) -> None:
    """Lines keep off the plates: they end at their edges and run in the gutters."""
    assert not scene.above
    for item in scene.below:
        if not isinstance(item, Link):
            continue
        turn = item.start.x() if item.turn is None else item.turn
        assert turn <= item.end.x()
        top, bottom = sorted((item.start.y(), item.end.y()))
        curve = QRectF(turn, top, item.end.x() - turn, bottom - top).adjusted(0, -0.5, 0, 0.5)
        level = QRectF(item.start.x(), item.start.y() - 0.5, turn - item.start.x(), 1.0)
        for plate in scene.plates:
            inner = plate.rect.adjusted(1, 1, -1, -1)
            assert not inner.intersects(curve) and not inner.intersects(level), (item, plate.key)


class TestScenes:
    @settings(max_examples=120, deadline=None)
    @given(shapes(), sizes, st.booleans())
    def test_the_step_view(self, state: ConvolutionState, size: tuple[int, int], secret: bool) -> None:
        resolved = Resolver().resolve(state, None)
        scene = steps_scene(resolved, QSizeF(*size), Secrets(cell=secret, shape=secret))
        check_plates(scene)
        check_words(scene)
        check_links(scene)
        assert any(plate.key.startswith("output/") for plate in scene.plates) != secret

    @settings(max_examples=60, deadline=None)
    @given(shapes(), sizes, st.integers(-3, 3), st.integers(-3, 3))
    def test_the_other_views(
        self, state: ConvolutionState, size: tuple[int, int], down: int, right: int
    ) -> None:
        assume(state.height * state.width * state.filters <= 2000)
        resolved = Resolver().resolve(replace(state, shift_y=down, shift_x=right), None)
        for scene in (coverage_scene(resolved, QSizeF(*size)), shift_scene(resolved, QSizeF(*size))):
            check_plates(scene)
            check_words(scene)
            assert scene.description

    @pytest.mark.parametrize("size", STAGES[1:])
    @pytest.mark.parametrize("name", ["ng-6x6", "cs231n", "edge-6x6"])
    def test_the_examples_have_legible_digits(self, name: str, size: tuple[int, int]) -> None:
        """Cells of at least 10 pixels, those of the arithmetic of 14, on every stage that the program promises."""
        scene = steps_scene(Resolver().resolve(with_preset(ConvolutionState(), name), None), QSizeF(*size))
        for plate in scene.plates:
            assert plate.cell >= (10 if plate.key.startswith("input/") else 14), (plate.key, plate.cell)

    def test_the_layout_stands_still_while_the_window_walks(self) -> None:
        start = with_preset(ConvolutionState(), "cs231n")
        rects = set()
        for step in range(18):
            for phase in range(5):
                state = replace(start, slow=True, phase=phase, step=step)
                scene = steps_scene(Resolver().resolve(state, None), QSizeF(1000, 700))
                rects.add(tuple((plate.key, plate.rect.getRect()) for plate in scene.plates))
        assert len(rects) == 1

    def test_a_large_input_still_fits(self) -> None:
        state = refit(with_preset(ConvolutionState(), "ramp"), height=224, width=224, channels=3, filters=8)
        scene = steps_scene(Resolver().resolve(state, None), QSizeF(900, 700))
        check_plates(scene)
        assert len(list(scene.plates_like("input/"))) == 3 and len(list(scene.plates_like("output/"))) == 8

    def test_all_sums_meet_in_one_knot(self) -> None:
        scene = steps_scene(
            Resolver().resolve(with_preset(ConvolutionState(), "cs231n"), None), QSizeF(1000, 700)
        )
        (node,) = [item for item in scene.below if isinstance(item, Node)]
        arriving = [
            item
            for item in scene.below
            if isinstance(item, Link) and item.end.x() == node.center.x() - node.radius
        ]
        assert len(arriving) == 3 and {link.end.y() for link in arriving} == {node.center.y()}

    @pytest.mark.parametrize(("width", "size"), [(899, "body"), (900, "section"), (1500, "title")])
    def test_the_formula_grows_with_the_stage(self, width: int, size: str) -> None:
        scene = steps_scene(Resolver().resolve(ConvolutionState(), None), QSizeF(width, 800))
        lines = [item for item in scene.below if isinstance(item, Words) and "·" in item.text and item.mono]
        assert {line.size for line in lines} == {size}

    def test_the_formula_lies_right_beneath_the_grids(self) -> None:
        scene = steps_scene(Resolver().resolve(ConvolutionState(), None), QSizeF(1000, 800))
        (card,) = [item for item in scene.below if isinstance(item, Card)]
        lowest = max(plate.rect.bottom() for plate in scene.plates)
        assert 0 < card.area.top() - lowest <= space.xl
