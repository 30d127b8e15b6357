"""The geometry of the step view, without a window: nothing overlaps, nothing leaves the stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.layout import MAX_CELL, TITLE, grid, share_width, step_layout
from gui.pages.convolution.other_scenes import coverage_scene, shift_scene
from gui.pages.convolution.resolve import Resolver
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
        assert found.cell <= MAX_CELL
        if found.cell > 0.1:
            assert found.width <= width + 1e-6 and found.height <= height + 1e-6

    @given(
        st.integers(1, 8), st.integers(1, 12), st.integers(1, 12), st.floats(100, 900), st.floats(100, 900)
    )
    def test_no_other_arrangement_has_larger_cells(
        self, count: int, rows: int, columns: int, width: float, height: float
    ) -> None:
        found = grid(count, rows, columns, width, height)
        for across in range(1, count + 1):
            down = -(-count // across)
            wide = (width - (across - 1) * space.m) / (across * columns)
            high = (height - down * TITLE - (down - 1) * space.m) / (down * rows)
            assert min(wide, high, MAX_CELL) <= found.cell + 1e-4


class TestShareWidth:
    widths = st.lists(st.tuples(st.floats(1, 500), st.floats(0, 500)), min_size=1, max_size=5)

    @given(widths, st.floats(1, 1500))
    def test_what_has_room_is_left_alone_and_what_has_not_shrinks(
        self, wanted: list[tuple[float, float]], available: float
    ) -> None:
        wants, floors = [w for w, _ in wanted], [min(w, f) for w, f in wanted]
        found = share_width(wants, floors, available)
        assert all(f - 1e-6 <= got <= w + 1e-6 for got, w, f in zip(found, wants, floors, strict=True))
        if sum(wants) <= available:
            assert found == wants
        elif sum(floors) <= available:
            assert sum(found) == pytest.approx(available, rel=1e-6)
        else:
            assert found == pytest.approx(floors)


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
            size,
            rows=rows,
            padded=(padded, padded),
            kernel=(kernel, kernel),
            outputs=(filters, out, out),
            strip=80,
        )
        assert found.input_left >= 0
        assert found.input_left + found.input_cell * padded <= found.kernel_left + 1e-6
        assert found.kernel_left + 3 * found.kernel_cell * kernel <= found.output_left + 1e-6
        assert found.head < found.top < size[1]


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
