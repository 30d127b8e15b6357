"""From state to numbers: the input, the walk, shifts, and the sentences about what is read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QSizeF
from scipy.signal import convolve2d, correlate2d

from engine.foundations import presets
from engine.images import Frame
from gui.pages.convolution.changes import freeze, refit, refusal, set_value, with_edit, with_preset
from gui.pages.convolution.coverage_scene import Pointed, coverage_sentences
from gui.pages.convolution.cropping import inside, placed
from gui.pages.convolution.resolve import (
    Resolver,
    at_position,
    base_input,
    equivariance,
    moved,
    position,
    shifted,
    split_channels,
)
from gui.pages.convolution.shift_scene import shift_sentences
from gui.pages.convolution.state import CUSTOM, LAST_PHASE, ConvolutionState
from gui.pages.convolution.steps_scene import steps_scene
from gui.pages.convolution.worked import formula_lines
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import states

Array = npt.NDArray[np.float64]


def gradient(height: int = 40, width: int = 50) -> Frame:
    """A picture in which every pixel tells its place: red = row, green = column."""
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([y, x, np.full_like(x, 200)], axis=-1).astype(np.uint8)
    pixels.flags.writeable = False
    return Frame(pixels, "gradient")


def of_picture(**changes: object) -> ConvolutionState:
    state = refit(ConvolutionState(source=SourceState("sample", "cat")), height=4, width=5, channels=3)
    return replace(state, **changes)  # type: ignore[arg-type]


class TestInput:
    def test_an_example_is_its_numbers(self) -> None:
        state = with_preset(ConvolutionState(), "cs231n")
        assert np.array_equal(base_input(state, None), presets.input_preset("cs231n").make())

    def test_edits_lie_over_the_input(self) -> None:
        state = with_edit(ConvolutionState(), 0, 2, 3, -7.5)
        x = Resolver().resolve(state, None).trace.x
        assert x[0, 2, 3] == -7.5
        assert np.array_equal(np.delete(x.ravel(), 2 * 6 + 3), np.delete(base_input(state, None).ravel(), 15))

    def test_a_crop_averages_squares_of_pixels(self) -> None:
        state = of_picture(crop=(6, 3), pixel_size=2)
        x = base_input(state, gradient())
        for row in range(4):
            for column in range(5):
                block = (
                    gradient().pixels[3 + 2 * row : 5 + 2 * row, 6 + 2 * column : 8 + 2 * column].astype(int)
                )
                assert np.allclose(x[:, row, column], block.mean((0, 1)), atol=0.51)

    @pytest.mark.parametrize("channels", [1, 2, 3, 4])
    def test_channels_of_a_picture(self, channels: int) -> None:
        pixels = gradient().pixels
        red, green, blue = (pixels[..., c].astype(float) for c in range(3))
        grey = np.rint(0.299 * red + 0.587 * green + 0.114 * blue)
        planes = {1: [grey], 2: [red, green], 3: [red, green, blue], 4: [red, green, blue, grey]}[channels]
        assert np.allclose(split_channels(pixels, channels), np.stack(planes), atol=1)

    @pytest.mark.parametrize(
        "changes",
        [{"pixel_size": 64}, {"crop": (1000, 0)}, {"crop": (0, 39)}, {"height": 60}, {"width": 224}],
    )
    def test_a_crop_beyond_the_picture_is_put_inside(self, changes: dict[str, Any]) -> None:
        """A smaller picture, or more cells than it has pixels: what gave way is in the state, and is said."""
        state, problem = inside(of_picture(**changes), gradient())
        area = placed(state, gradient())
        assert area.x + area.width <= 50 and area.y + area.height <= 40 and area.problem == ""
        assert (base_input(state, gradient())[2] == 200).all()
        assert bool(problem) == ("crop" not in changes), "a crop that is only moved needs no words"

    @given(
        st.integers(1, 60), st.integers(1, 60), st.integers(1, 224), st.integers(1, 224), st.integers(0, 64),
        st.none() | st.tuples(st.integers(0, 500), st.integers(0, 500)),
    )  # fmt: skip
    def test_any_crop_of_any_picture_can_be_put_inside(
        self, high: int, wide: int, rows: int, columns: int, size: int, crop: tuple[int, int] | None
    ) -> None:
        frame = gradient(high, wide)
        state, _ = inside(of_picture(height=rows, width=columns, pixel_size=size, crop=crop), frame)
        assert base_input(state, frame).shape == state.input_shape
        assert state.height == min(rows, high) and state.width == min(columns, wide)
        assert inside(state, frame) == (state, ""), "and then it stays"

    def test_without_a_crop_it_is_the_middle(self) -> None:
        area = placed(of_picture(pixel_size=3), gradient())
        assert (area.x, area.y) == ((50 - 15) // 2, (40 - 12) // 2)

    def test_without_a_picture_there_are_no_numbers(self) -> None:
        with pytest.raises(ValueError, match="picture"):
            base_input(of_picture(), None)


class TestResolver:
    def test_a_step_costs_no_new_convolution(self) -> None:
        resolver = Resolver()
        first = resolver.resolve(ConvolutionState(), None)
        assert (
            resolver.resolve(ConvolutionState(step=5, predict=True, view="coverage"), None).trace
            is first.trace
        )
        assert resolver.resolve(ConvolutionState(stride=2), None).trace is not first.trace

    def test_another_picture_is_another_convolution(self) -> None:
        resolver, state = Resolver(), of_picture()
        first = resolver.resolve(state, gradient()).trace
        second = resolver.resolve(state, gradient(41, 50)).trace
        assert first is not second

    def test_hover_shows_another_step_whole(self) -> None:
        state = ConvolutionState(step=2, slow=True, phase=1)
        resolved = Resolver().resolve(state, None, hover=7)
        assert (resolved.step.index, resolved.phase) == (7, LAST_PHASE)
        assert Resolver().resolve(state, None).phase == 1

    def test_a_step_beyond_the_end_is_the_last(self) -> None:
        assert Resolver().resolve(ConvolutionState(step=10**6), None).step.index == 15

    @given(states(), st.integers(0, 500))
    def test_the_steppers_index_and_back(self, state: ConvolutionState, index: int) -> None:
        for slow in (False, True):
            there = at_position(replace(state, slow=slow), index)
            assert position(there)[0] == index
            assert position(there)[1] == (5 if slow else 1)

    @given(states(), st.integers(0, 999), st.integers(-9, 9), st.integers(-9, 9))
    def test_arrows_move_within_the_map(
        self, state: ConvolutionState, step: int, rows: int, columns: int
    ) -> None:
        resolved = Resolver().resolve(replace(state, step=step), None)
        _, height, width = resolved.trace.shape
        there = resolved.trace.step(moved(resolved, rows, columns))
        assert there.filter == resolved.step.filter
        assert there.row == np.clip(resolved.step.row + rows, 0, height - 1)
        assert there.col == np.clip(resolved.step.col + columns, 0, width - 1)


class TestPublishedNumbers:
    """The two examples of the issue, against the numbers printed there and against scipy."""

    def test_six_by_six(self) -> None:
        rows = ["301274", "158931", "272513", "013178", "421628", "245239"]
        x = np.array([[int(c) for c in row] for row in rows], dtype=float)
        kernel = np.array([[1.0, 0.0, -1.0]] * 3)
        published = np.array([[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]])
        assert np.array_equal(correlate2d(x, kernel, mode="valid"), published)
        found = Resolver().resolve(ConvolutionState(), None).trace.output
        assert np.array_equal(found[0], published)

    def test_half_bright(self) -> None:
        found = Resolver().resolve(with_preset(ConvolutionState(), "edge-6x6"), None).trace.output[0]
        assert np.array_equal(found, [[0, 30, 30, 0]] * 4)

    def test_cs231n(self) -> None:
        state = with_preset(ConvolutionState(), "cs231n")
        resolved = Resolver().resolve(state, None)
        x = presets.input_preset("cs231n").make()
        expected = []
        for weight, bias in zip(state.weight_array, state.biases, strict=True):
            planes = [
                correlate2d(np.pad(plane, 1), kernel, mode="valid")
                for plane, kernel in zip(x, weight, strict=True)
            ]
            expected.append(np.sum(planes, axis=0)[::2, ::2] + bias)
        assert resolved.trace.shape == (2, 3, 3)
        assert np.array_equal(resolved.trace.output, expected)
        assert (resolved.cost.per_filter, resolved.cost.parameters) == (28, 56)
        assert state.biases == (1.0, 0.0)

    def test_the_formula_holds_the_numbers_of_the_step(self, qapp: object) -> None:
        """First cell of the 6x6 example: 3 + 1 + 2 - 1 - 8 - 2 = -5."""
        lines = formula_lines(Resolver().resolve(ConvolutionState(), None), 2000)
        products, total = lines[0].text, lines[-1].text
        taps = re.findall(r"(\d+)·(\(−1\)|0|1)", products)
        weighty = [(int(a), -1 if "−" in b else 1) for a, b in taps if b != "0"]
        assert weighty == [(3, 1), (1, -1), (1, 1), (8, -1), (2, 1), (2, -1)]
        assert sum(a * b for a, b in weighty) == -5
        assert products.endswith("= −5") and total.endswith("= −5")

    @given(states(), st.integers(0, 999), st.floats(60, 2000))
    def test_the_formula_never_lies(
        self, qapp: object, state: ConvolutionState, step: int, width: float
    ) -> None:
        """Whatever the room: what is left out is said, the last line ends with the step's value."""
        resolved = Resolver().resolve(replace(state, step=step), None)
        lines = formula_lines(resolved, width)
        ending = lines[-1].text.rsplit("= ", 1)[1]
        value = resolved.step.value
        assert float(ending.replace("−", "-")) == pytest.approx(value, rel=1e-3, abs=1e-9)
        products = " ".join(line.text for line in lines[: len(lines) - (2 if state.relu else 1)])
        shown = len(re.findall("·", products))
        all_taps = len(resolved.step.channels) * state.size**2
        if shown < all_taps:
            notes = " ".join(line.note for line in lines)
            skipped = len([line for line in lines if line.name]) < len(resolved.step.channels)
            assert "more" in products or "left out" in notes or "products" in products or skipped

    def test_relu_is_part_of_the_formula(self, qapp: object) -> None:
        lines = formula_lines(Resolver().resolve(ConvolutionState(relu=True), None), 2000)
        assert lines[-1].text == "max(0, −5) = 0"

    def test_a_line_a_channel_and_their_sum(self, qapp: object) -> None:
        resolved = Resolver().resolve(with_preset(ConvolutionState(), "cs231n"), None)
        lines = [line.text for line in formula_lines(resolved, 2000)]
        sums = [int(text.rsplit("= ", 1)[1].replace("−", "-")) for text in lines[:3]]
        assert sums == [int(value) for value in resolved.step.channel_sums]
        shown = [int(v.replace("−", "-")) for v in re.findall(r"−?\d+", lines[3])]
        assert shown == [*sums, 1, int(resolved.step.value)]
        assert sum(sums) + 1 == resolved.step.value


def flipped_and_not(kernel: Array, x: Array) -> tuple[Array, Array]:
    state = ConvolutionState(
        kernel=CUSTOM, size=len(kernel), weights=freeze(kernel[None, None]), height=len(x), width=len(x[0]),
        edits=tuple((0, r, c, float(v)) for (r, c), v in np.ndenumerate(x)),
    )  # fmt: skip
    resolver = Resolver()
    return (
        resolver.resolve(replace(state, flip=True), None).trace.output[0],
        resolver.resolve(state, None).trace.output[0],
    )


class TestFlip:
    def test_flip_is_scipys_convolution_and_no_flip_its_correlation(self) -> None:
        rng = np.random.default_rng(3)
        kernel, x = rng.integers(-4, 5, (3, 3)).astype(float), rng.integers(0, 9, (7, 6)).astype(float)
        flipped, plain = flipped_and_not(kernel, x)
        assert np.allclose(flipped, convolve2d(x, kernel, mode="valid"))
        assert np.allclose(plain, correlate2d(x, kernel, mode="valid"))

    def test_convolution_prints_the_kernel_of_an_impulse(self) -> None:
        kernel, x = np.arange(1.0, 10).reshape(3, 3), np.zeros((5, 5))
        x[2, 2] = 1
        flipped, plain = flipped_and_not(kernel, x)
        assert np.array_equal(flipped, kernel)
        assert np.array_equal(plain, kernel[::-1, ::-1])


class TestShift:
    @given(st.integers(1, 7), st.integers(1, 7), st.integers(-9, 9), st.integers(-9, 9))
    def test_shifting_moves_pixels_and_brings_zeros(
        self, height: int, width: int, rows: int, columns: int
    ) -> None:
        x = np.arange(1.0, height * width + 1).reshape(1, height, width)
        found = shifted(x, rows, columns)
        for row in range(height):
            for column in range(width):
                y, x0 = row - rows, column - columns
                inside = 0 <= y < height and 0 <= x0 < width
                assert found[0, row, column] == (x[0, y, x0] if inside else 0)

    @given(states(), st.integers(-8, 8), st.integers(-8, 8), st.integers(0, 2**16))
    def test_equivariance_holds_inside_for_multiples_of_the_stride(
        self, state: ConvolutionState, y: int, x: int, seed: int
    ) -> None:
        """Every kind of convolution, random pixels: what no border touches is simply shifted."""
        assume(state.height * state.width <= 200)
        rng = np.random.default_rng(seed)
        edits = tuple(
            (c, r, k, float(v)) for (c, r, k), v in np.ndenumerate(rng.integers(-9, 10, state.input_shape))
        )
        factor = 1 if state.transposed else state.stride
        state = replace(state, edits=edits, shift_y=y - y % factor, shift_x=x - x % factor)
        both = equivariance(Resolver().resolve(state, None))
        assert both.output_shift is not None
        scale = max(1.0, float(np.abs(both.output_of_shifted).max(initial=0)))
        assert float(both.difference[:, both.inner].max(initial=0.0)) <= 1e-9 * scale

    @pytest.mark.parametrize(("stride", "shift", "inner"), [(1, 1, 12), (1, 3, 4), (2, 2, 2), (3, 3, 2)])
    def test_how_many_cells_are_untouched(self, stride: int, shift: int, inner: int) -> None:
        """No padding, 3x3 kernel: of `n` output columns those remain that the shift did not bring in."""
        state = ConvolutionState(stride=stride, shift_x=shift)
        both = equivariance(Resolver().resolve(state, None))
        assert int(both.inner.sum()) == inner

    def test_the_difference_at_the_border_is_real(self) -> None:
        both = equivariance(Resolver().resolve(ConvolutionState(padding="same"), None))
        assert both.difference[:, ~both.inner].max() > 0

    def test_a_shift_that_is_no_multiple_of_the_stride_is_said(self) -> None:
        resolved = Resolver().resolve(ConvolutionState(stride=2, shift_x=1), None)
        assert equivariance(resolved).output_shift is None
        sentences = shift_sentences(resolved, equivariance(resolved))
        assert "no multiple of the stride 2" in sentences[0]

    def test_the_sentences_hold_the_numbers(self) -> None:
        resolved = Resolver().resolve(ConvolutionState(stride=2, shift_x=2, shift_y=-2), None)
        sentences = " ".join(shift_sentences(resolved, equivariance(resolved)))
        assert "up 2, right 2" in sentences and "up 1, right 1" in sentences
        assert "difference 0 " in sentences


def windows(state: ConvolutionState) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """Which input pixels each output cell reads, cell by cell: plain zero padding, no transposition."""
    span = state.dilation * (state.size - 1) + 1
    pad = {"valid": 0, "same": (span - 1) // 2, "custom": state.pad}[state.padding]
    height, width = state.height + 2 * pad, state.width + 2 * pad
    found = {}
    for row in range((height - span) // state.stride + 1):
        for column in range((width - span) // state.stride + 1):
            cells = {
                (
                    row * state.stride + i * state.dilation - pad,
                    column * state.stride + j * state.dilation - pad,
                )
                for i in range(state.size)
                for j in range(state.size)
            }
            found[row, column] = {(y, x) for y, x in cells if 0 <= y < state.height and 0 <= x < state.width}
    return found


plain_states = st.builds(
    lambda h, w, size, stride, dilation, padding, pad: refit(
        replace(ConvolutionState(kernel="box-blur"), stride=stride, dilation=dilation, padding=padding, pad=pad),
        height=h, width=w, size=size,
    ),
    st.integers(3, 9), st.integers(3, 9), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3),
    st.sampled_from(["valid", "same", "custom"]), st.integers(0, 2),
).filter(lambda state: not state.problems())  # fmt: skip


class TestCoverageSentences:
    @given(plain_states)
    def test_they_agree_with_counting(self, state: ConvolutionState) -> None:
        reads = np.zeros((state.height, state.width), int)
        for cells in windows(state).values():
            for y, x in cells:
                reads[y, x] += 1
        resolved = Resolver().resolve(state, None)
        assert np.array_equal(resolved.trace.reads, reads)
        first, second, _ = coverage_sentences(resolved)
        row, column = state.height // 2, state.width // 2
        numbers = [int(n) for n in re.findall(r"\d+", first)]
        assert numbers == [reads[0, 0], row, column, reads[row, column], reads.max()]
        unread = int((reads == 0).sum())
        said = re.search(r"(\d+) input pixels? (?:is|are) never read", second)
        assert (int(said[1]) if said else 0) == unread

    @given(plain_states, st.data())
    def test_a_pixel_under_the_pointer(self, state: ConvolutionState, data: st.DataObject) -> None:
        y, x = data.draw(st.integers(0, state.height - 1)), data.draw(st.integers(0, state.width - 1))
        count = sum((y, x) in cells for cells in windows(state).values())
        sentence = coverage_sentences(Resolver().resolve(state, None), Pointed(y, x))[2]
        assert f"feeds {count} output cell" in sentence

    @given(plain_states, st.data())
    def test_the_receptive_field(self, state: ConvolutionState, data: st.DataObject) -> None:
        """What lies inside the input of the field that the sentence names is what the window spans."""
        step = data.draw(st.integers(0, len(windows(state)) - 1))
        resolved = Resolver().resolve(replace(state, step=step), None)
        numbers = re.search(
            r"field of (\d+) × (\d+): rows (−?-?\d+) to (−?-?\d+), columns (−?-?\d+) to (−?-?\d+)",
            coverage_sentences(resolved)[2],
        )
        assert numbers is not None
        high, wide, top, bottom, left, right = (int(n.replace("−", "-")) for n in numbers.groups())
        span = state.dilation * (state.size - 1) + 1
        assert (high, wide) == (span, span) == (bottom - top + 1, right - left + 1)
        cells = windows(state)[resolved.step.row, resolved.step.col]
        assert all(top <= y <= bottom and left <= x <= right for y, x in cells)

    def test_what_the_floor_leaves_over(self) -> None:
        second = coverage_sentences(Resolver().resolve(ConvolutionState(stride=2), None))[1]
        assert "1 row" in second and "1 column" in second and "11 input pixels are never read" in second


class TestScenes:
    @given(states(), st.integers(0, 999), st.sampled_from([(400, 300), (700, 600), (1500, 900)]))
    def test_every_legal_state_can_be_laid_out(
        self, state: ConvolutionState, step: int, size: tuple[int, int]
    ) -> None:
        """Plates of the right shapes, on the stage, one below or beside the other."""
        resolved = Resolver().resolve(replace(state, step=step), None)
        scene = steps_scene(resolved, QSizeF(*size))
        shapes = {plate.key: plate.shape for plate in scene.plates}
        filters, height, width = resolved.trace.shape
        for index in range(filters):
            assert shapes[f"output/{index}"] == (height, width)
        for channel in range(state.channels):
            assert shapes[f"input/{channel}"] == resolved.trace.geometry.padded_hw
        for channel in resolved.step.channels:
            assert shapes[f"kernel/{channel}"] == (state.size, state.size)
        assert all(plate.rect.width() > 0 and plate.rect.height() > 0 for plate in scene.plates)

    def test_the_controls_own_example_of_a_refusal(self) -> None:
        """set_value never raises where refusal speaks: the page may try any value."""
        assert refusal(ConvolutionState(), "size", 11) is not None
        assert set_value(ConvolutionState(), "size", 11).weight_array.shape == (1, 1, 11, 11)
