"""The geometry of the step view, without a window: nothing overlaps, nothing leaves the stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.coverage_scene import coverage_scene
from gui.pages.convolution.layout import (
    CRISP_FROM,
    LEAST_CAP,
    TITLE,
    Texts,
    crisp,
    grid,
    largest_cell,
    share_width,
    step_layout,
    table_layout,
)  # fmt: skip
from gui.pages.convolution.resolve import Resolver
from gui.pages.convolution.shift_scene import shift_scene
from gui.pages.convolution.state import ConvolutionState
from gui.pages.convolution.steps_scene import steps_scene
from gui.theme import space
from gui.widgets.scene import Scene
from tests.gui.window_fixtures import states

STAGES = [(420.0, 360.0), (667.0, 500.0), (900.0, 700.0), (1500.0, 860.0)]


class TestGrid:
    @given(st.integers(1, 8), st.integers(1, 40), st.integers(1, 40), st.floats(60, 900), st.floats(60, 900))
    def test_it_holds_all_plates_and_fits(
        self, count: int, rows: int, columns: int, width: float, height: float
    ) -> None:
        found = grid(count, rows, columns, width, height)
        assert found.columns * found.rows >= count > found.columns * (found.rows - 1)
        assert 0 < found.cell <= LEAST_CAP
        if found.cell > 1:
            assert found.width <= width + 1e-6 and found.height <= height + 1e-6

    @given(
        st.integers(1, 8), st.integers(1, 12), st.integers(1, 12), st.floats(200, 900), st.floats(200, 900)
    )
    def test_no_other_arrangement_has_larger_cells(
        self, count: int, rows: int, columns: int, width: float, height: float
    ) -> None:
        found = grid(count, rows, columns, width, height)
        for across in range(1, count + 1):
            down = -(-count // across)
            wide = (width - (across - 1) * space.m) / (across * columns)
            high = (height - down * TITLE - (down - 1) * space.m) / (down * rows)
            assert crisp(min(wide, high, LEAST_CAP)) <= found.cell + 1e-4

    def test_cells_are_whole_pixels_where_that_is_seen(self) -> None:
        assert crisp(17.9) == 17 and crisp(CRISP_FROM) == CRISP_FROM and crisp(3.4) == 3.4 and crisp(0) > 0

    def test_a_projector_gets_larger_cells(self) -> None:
        assert largest_cell(667, 460) == LEAST_CAP < largest_cell(1900, 1000) <= 120


class TestShareWidth:
    widths = st.lists(st.tuples(st.floats(1, 500), st.floats(0, 500)), min_size=1, max_size=5)

    @given(widths, st.floats(1, 1500))
    def test_what_has_room_is_left_alone_and_what_has_not_shrinks(
        self, wanted: list[tuple[float, float]], available: float
    ) -> None:
        wants, floors = [w for w, _ in wanted], [min(w, f) for w, f in wanted]
        found = share_width(wants, floors, available)
        assert all(got <= w + 1e-6 for got, w in zip(found, wants, strict=True))
        if sum(floors) <= available:
            assert all(got >= floor - 1e-6 for got, floor in zip(found, floors, strict=True))
        if sum(wants) <= available:
            assert found == wants
        elif sum(floors) <= available:
            assert sum(found) == pytest.approx(available, rel=1e-6)
        else:
            assert sum(found) == pytest.approx(available, rel=1e-6), "floors that do not fit shrink together"


class TestStepLayout:
    @given(
        st.sampled_from(STAGES), st.integers(1, 4), st.integers(1, 14), st.integers(1, 7), st.integers(1, 8),
    )  # fmt: skip
    def test_the_columns_follow_one_another(
        self, size: tuple[float, float], rows: int, padded: int, kernel: int, filters: int
    ) -> None:
        kernel = min(kernel, padded)
        out = padded - kernel + 1
        found = step_layout(
            size, rows=rows, padded=(padded, padded), kernel=(kernel, kernel), outputs=(filters, out, out)
        )
        assert found.input_left >= 0
        assert found.input_left + found.input_cell * padded <= found.kernel_left + 1e-6
        window, weights, products = found.kernel_lefts(kernel)
        side = kernel * found.kernel_cell
        assert window + side <= weights + 1 and weights + side <= products + 1
        assert products + side <= found.arithmetic_right + 1 <= found.output_left + 1
        assert found.head < found.top <= found.strip < size[1]
        assert found.strip + Texts().strip <= size[1] + 1, "the formula stays on the stage"

    @given(
        st.sampled_from(STAGES), st.integers(1, 2), st.lists(st.integers(1, 30), min_size=2, max_size=3),
        st.integers(1, 30), st.floats(40, 200),
    )  # fmt: skip
    def test_tables(
        self, size: tuple[float, float], lines: int, columns: list[int], rows: int, head: float
    ) -> None:
        found = table_layout(
            size, lines=lines, columns=columns, rows=rows, heads=[head] * len(columns), strip=80
        )
        rights = [left + count * found.cell for left, count in zip(found.lefts, columns, strict=True)]
        assert found.lefts[0] >= 0 and rights[-1] <= size[0] + 1
        assert all(right <= left + 1 for right, left in zip(rights[:-1], found.lefts[1:], strict=True))
        assert all(b - a >= rows * found.cell for a, b in zip(found.tops[:-1], found.tops[1:], strict=True))
        if found.cell > 1:
            assert found.tops[-1] + rows * found.cell <= found.strip + 1 and found.strip + 80 <= size[1] + 1


def overlaps(scene: Scene) -> list[tuple[str, str]]:
    """Pairs of plates that lie over one another by more than a pixel."""
    inner = [(plate.key, plate.rect.adjusted(0.5, 0.5, -0.5, -0.5)) for plate in scene.plates]
    return [
        (a, b)
        for i, (a, first) in enumerate(inner)
        for b, second in inner[i + 1 :]
        if first.intersects(second)
    ]


class TestScenes:
    @given(states(), st.sampled_from(STAGES))
    def test_plates_of_the_step_view(self, state: ConvolutionState, size: tuple[float, float]) -> None:
        scene = steps_scene(Resolver().resolve(state, None), QSizeF(*size))
        assert overlaps(scene) == []
        stage = QRectF(0, 0, *size).adjusted(-1, -1, 1, 1)
        small = state.channels * max(state.height, state.width) <= 12 and state.filters <= 3
        if small and state.size <= 5 and not state.transposed and size != STAGES[0]:
            outside = [plate.key for plate in scene.plates if not stage.contains(plate.rect)]
            assert outside == []

    @given(states(), st.sampled_from(STAGES))
    def test_plates_of_the_other_views(self, state: ConvolutionState, size: tuple[float, float]) -> None:
        resolved = Resolver().resolve(state, None)
        for scene in (coverage_scene(resolved, QSizeF(*size)), shift_scene(resolved, QSizeF(*size))):
            assert overlaps(scene) == []
            assert scene.description and all(plate.rect.width() > 0 for plate in scene.plates)

    @pytest.mark.parametrize("size", STAGES[1:])
    @pytest.mark.parametrize("name", ["ng-6x6", "cs231n", "edge-6x6"])
    def test_the_examples_have_legible_digits(
        self, qapp: object, name: str, size: tuple[float, float]
    ) -> None:
        """Cells of at least 12 pixels on every stage that the program promises to be usable on."""
        scene = steps_scene(Resolver().resolve(with_preset(ConvolutionState(), name), None), QSizeF(*size))
        stage = QRectF(0, 0, *size)
        for plate in scene.plates:
            assert plate.cell >= 12, (plate.key, plate.cell)
            assert stage.contains(plate.rect), plate.key

    def test_a_large_input_still_fits(self, qapp: object) -> None:
        state = refit(with_preset(ConvolutionState(), "ramp"), height=224, width=224, channels=3, filters=8)
        scene = steps_scene(Resolver().resolve(state, None), QSizeF(900, 700))
        assert overlaps(scene) == []
        assert max(plate.rect.right() for plate in scene.plates) <= 901
