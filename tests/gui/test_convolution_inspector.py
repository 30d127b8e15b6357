"""What the inspector says: the formula, what a window reads, what it costs, and what it must not give away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.foundations.convolution import ConvSpec, trace
from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.formula_tex import formula_note, formula_tex
from gui.pages.convolution.inspector import cost_rows, inputs_read, step_rows
from gui.pages.convolution.resolve import Resolver, equivariance
from gui.pages.convolution.shift_scene import compared_limit, direction
from gui.pages.convolution.state import ConvolutionState
from gui.widgets.formula import plain_text
from tests.gui.window_fixtures import states


def said(spec: ConvSpec) -> tuple[str, str]:
    """The formula of an 8x8 input with a 3x3 kernel as plain text, and the note beneath it."""
    done = trace(np.zeros((8, 8)), np.ones((3, 3)), None, spec)
    text = " ".join(plain_text(line) for line in formula_tex(spec, done.geometry))
    return text.replace(" ", ""), formula_note(spec, done.geometry)


class TestFormula:
    def test_what_has_no_effect_is_left_out(self) -> None:
        text, note = said(ConvSpec())
        assert "x_c(r+i,q+j)" in text and "w_c(i,j)" in text and text.endswith("+b")
        assert note == ""

    def test_stride_dilation_padding(self) -> None:
        text, note = said(ConvSpec(stride=2, dilation=2, padding=1))
        assert "x_c(sr+di-p,sq+dj-p)" in text
        assert note == "s = 2, d = 2, p = 1; outside the input x is 0."

    @pytest.mark.parametrize(
        ("mode", "words"), [("reflect", "mirrored"), ("replicate", "edge"), ("circular", "other side")]
    )
    def test_what_x_is_outside(self, mode: str, words: str) -> None:
        assert words in said(ConvSpec(padding=1, padding_mode=mode))[1]  # type: ignore[arg-type]

    def test_uneven_padding_has_a_letter_a_side(self) -> None:
        spec = ConvSpec(stride=1, padding=(1, 2, 2, 1))
        text, note = said(spec)
        assert "r+i-p_top" in text and "q+j-p_left" in text
        assert "p top = 1, p left = 2" in note

    @pytest.mark.parametrize(("flip", "transposed"), [(True, False), (False, True)])
    def test_the_kernel_is_rotated_once(self, flip: bool, transposed: bool) -> None:
        text, note = said(ConvSpec(flip=flip, transposed=transposed))
        assert "w_c(k-1-i,k-1-j)" in text and "k = 3" in note

    def test_rotated_twice_is_not_rotated(self) -> None:
        assert "w_c(i,j)" in said(ConvSpec(flip=True, transposed=True))[0]

    def test_a_transposed_one_reads_the_stretched_input(self) -> None:
        text, note = said(ConvSpec(transposed=True, stride=3, padding=1))
        assert "x_c(r+i,q+j)" in text and "s" not in text.replace("sum", "")
        assert "s − 1 = 2 zeros between its cells and padding around" in note

    @given(states(), st.integers(0, 999))
    def test_it_is_true(self, state: ConvolutionState, step: int) -> None:
        """The formula, worked out in plain Python as it is written, gives z."""
        resolved = Resolver().resolve(replace(state, step=step), None)
        done, found = resolved.trace, resolved.step
        text, k, total = "".join(formula_tex(done.spec, done.geometry)), state.size, 0.0
        s, d, (top, _, left, _) = done.geometry.stride[0], done.geometry.dilation[0], done.geometry.pads
        assert (r"s\,r" in text) == (s > 1) and (r"d\,i" in text) == (d > 1)
        for c, channel in enumerate(found.channels):
            for i, j in np.ndindex(k, k):
                w = done.weight[found.filter, c]
                weight = w[k - 1 - i, k - 1 - j] if "k-1-i" in text else w[i, j]
                y, x = s * found.row + d * i, s * found.col + d * j
                if done.spec.transposed or done.spec.padding_mode != "zeros":
                    value = done.padded[channel, y, x]  # x with zeros between its cells, or continued outside
                else:
                    inside = 0 <= y - top < state.height and 0 <= x - left < state.width
                    value = done.x[channel, y - top, x - left] if inside else 0.0
                total += weight * value
        assert total + found.bias == pytest.approx(
            found.pre, rel=1e-6, abs=1e-6 * max(1.0, abs(done.padded).max())
        )


class TestReads:
    @given(states(), st.integers(0, 999))
    def test_every_cell_of_the_input_counts_once(self, state: ConvolutionState, step: int) -> None:
        """Change a cell: it is read if and only if the trace says that this window reads it."""
        resolved = Resolver().resolve(replace(state, step=step), None)
        done, found = resolved.trace, resolved.step
        reading = sum(
            (found.row, found.col) in done.readers(y, x) for y, x in np.ndindex(state.height, state.width)
        )
        assert inputs_read(resolved) == reading * len(found.channels)

    def test_a_corner_window_reads_fewer(self) -> None:
        resolved = Resolver().resolve(replace(ConvolutionState(), padding="same"), None)
        assert inputs_read(resolved) == 4
        rows = {name: value for name, value, _ in step_rows(resolved, secret=False)}
        assert rows["reads"] == "4 of 36 inputs"


class TestCost:
    def test_the_words(self) -> None:
        resolved = Resolver().resolve(ConvolutionState(), None)
        rows = {name: value for name, value, _ in cost_rows(resolved, secret_shape=False)}
        assert rows["FLOPs"] == "304 = 2·144 + 16"
        assert rows["fully connected: parameters"] == "592" and rows["fully connected: MACs"] == "576"
        assert rows["memory: in + weights + out"] == "248 B"

    def test_nothing_gives_the_shape_away(self) -> None:
        resolved = Resolver().resolve(with_preset(ConvolutionState(), "cs231n"), None)
        secret = cost_rows(resolved, secret_shape=True)
        known = {name: value for name, value, _ in secret if "?" not in value}
        assert set(known) == {"a filter has", "parameters"}
        larger = Resolver().resolve(refit(with_preset(ConvolutionState(), "cs231n"), height=9, width=9), None)
        assert cost_rows(larger, secret_shape=True) == secret


class TestShift:
    @pytest.mark.parametrize(
        ("rows", "columns", "words"),
        [(1, 2, "down 1, right 2"), (-2, -1, "up 2, left 1"), (0, 3, "right 3"), (0, 0, "nowhere")],
    )
    def test_directions(self, rows: int, columns: int, words: str) -> None:
        assert direction(rows, columns) == words

    def test_cells_that_no_border_touches_decide_about_the_colours(self) -> None:
        resolved = Resolver().resolve(replace(ConvolutionState(), padding="same", shift_x=1), None)
        both = equivariance(resolved)
        limit, beyond = compared_limit(resolved, both)
        maps = (both.shifted_output[0], both.output_of_shifted[0])
        assert limit == max(np.abs(values[both.inner]).max() for values in maps)
        assert limit < np.abs(maps[1]).max() and beyond
