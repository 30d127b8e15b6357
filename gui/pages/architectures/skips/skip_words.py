"""What is said about each step of the residual block: its title, a sentence, formulas with the numbers of one row."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.foundations.numerals import number
from gui.pages.architectures.skips.skip_numbers import BlockNumbers
from gui.pages.architectures.skips.skip_state import SkipState

FloatArray = npt.NDArray[np.float64]

TITLES: Final = (
    "A residual block",
    "First layer",
    "Activation",
    "Second layer",
    "The skip connection joins",
    "Activation behind the sum",
    "Derivatives: the 1 that stays in the sum",
)
SMALLEST_SHOWN: Final = 5e-4


def step_title(state: SkipState) -> str:
    """The title of the step on show."""
    if state.projection and state.step == len(TITLES) - 1:
        return "Derivatives: Wₛ stays in the sum"
    return TITLES[state.step]


def step_sentence(state: SkipState, numbers: BlockNumbers) -> str:
    """What happens in the step, about the numbers on show."""
    carried = "Wₛ a[l]" if state.projection else "a[l]"
    if state.step == 0:
        way = (
            "Wₛ adapts a[l] to the three values that come out of the block"
            if state.projection
            else "the skip connection carries a[l] around both layers"
        )
        return f"Two layers, and {way}. g is ReLU. Every number of a[l], W and b can be typed over."
    if state.step == 1:
        return "Each value is a row of W times a[l], plus its bias."
    if state.step == 2:
        cut = int(np.count_nonzero(numbers.z1 < 0))
        return (
            f"ReLU keeps positive values and sets negative ones to zero: here {_count(cut, len(numbers.z1))}."
        )
    if state.step == 3:
        return "The second layer again, without an activation yet: the skip connection comes before it."
    if state.step == 4:
        return f"z[l+2] and {carried} are added, value by value; a plain block goes on with z[l+2] alone."
    return _outcome(state, numbers) if state.step == 5 else _slopes(state, numbers)


def _count(cut: int, of: int) -> str:
    return {0: "none of them", of: "all of them"}.get(cut, f"{cut} of {of}")


def _outcome(state: SkipState, numbers: BlockNumbers) -> str:
    zero = not (numbers.z2.any())
    if zero and not state.projection:
        if np.array_equal(numbers.out, numbers.x):
            return (
                "z[l+2] is zero, so a[l+2] = g(a[l]) = a[l]: the block is the identity, and does no harm. "
                "The plain block puts out zeros."
            )
        return (
            "z[l+2] is zero, so a[l+2] = g(a[l]). Negative values are cut off: the block is the identity for what "
            "comes out of a ReLU, which is never negative."
        )
    if zero:
        return "z[l+2] is zero: what Wₛ makes of a[l] is all that comes out. The plain block puts out zeros."
    if (numbers.x < 0).any():
        return "Negative values of a[l] pull the sum down; inside a net a[l] comes out of a ReLU and is never negative."
    carried = "Wₛ a[l]" if state.projection else "a[l]"
    return f"The block has only to learn what is to be added to {carried}; the plain block has to learn everything."


def _slopes(state: SkipState, numbers: BlockNumbers) -> str:
    with_skip, without = (float(np.linalg.norm(values)) for values in (numbers.slope, numbers.plain_slope))
    ones = "Wₛ" if state.projection else "a 1 on the diagonal"
    alive, rows = int(np.count_nonzero(numbers.total > 0)), len(numbers.total)
    where = "in every row" if alive == rows else f"in {alive} of {rows} rows, those whose sum is positive"
    if alive == 0:
        return "No sum is positive: the last ReLU lets nothing through, and the skip connection cannot help."
    return (
        f"The skip connection adds {ones}, {where}, whatever W is. Frobenius norm of the derivative: "
        f"{short(with_skip)} with the skip, {short(without)} without it."
    )


# --- formulas ---------------------------------------------------------------------------------------------


def step_formulas(state: SkipState, numbers: BlockNumbers) -> list[str]:
    """The formula of the step in mathtext, then the numbers of the row on show, which is counted from 0."""
    i = min(state.row, len(numbers.z1 if state.step in (1, 2) else numbers.out) - 1)
    skip = r"W_s\, a^{[l]}" if state.projection else r"a^{[l]}"
    if state.step == 0:
        return [rf"a^{{[l+2]}} = g\left(z^{{[l+2]}} + {skip}\right), \qquad g(z) = \max(0, z)"]
    if state.step == 1:
        worked = _product(numbers.w1[i], numbers.x, numbers.b1[i], numbers.z1[i])
        return [r"z^{[l+1]} = W^{[l+1]} a^{[l]} + b^{[l+1]}", rf"z_{{{i}}}^{{[l+1]}} = {worked}"]
    if state.step == 2:
        before, after = tex(numbers.z1[i]), tex(numbers.a1[i])
        return [r"a^{[l+1]} = g(z^{[l+1]})", rf"a_{{{i}}}^{{[l+1]}} = \max(0,\, {before}) = {after}"]
    if state.step == 3:
        worked = _product(numbers.w2[i], numbers.a1, numbers.b2[i], numbers.z2[i])
        return [r"z^{[l+2]} = W^{[l+2]} a^{[l+1]} + b^{[l+2]}", rf"z_{{{i}}}^{{[l+2]}} = {worked}"]
    z, s, total, out = (float(v[i]) for v in (numbers.z2, numbers.skip, numbers.total, numbers.out))
    if state.step == 4:
        return [
            rf"z^{{[l+2]}} + {skip}",
            rf"{tex(z)} + {wrapped(s)} = {tex(total)} \qquad (\mathrm{{row}}\ {i})",
        ]
    if state.step == 5:
        plain = float(numbers.plain[i])
        worked = rf"a_{{{i}}}^{{[l+2]}} = \max(0,\, {tex(z)} + {wrapped(s)}) = {tex(out)}"
        without = rf"\mathrm{{without\ the\ skip:}}\ \max(0,\, {tex(z)}) = {tex(plain)}"
        return [rf"a^{{[l+2]}} = g(z^{{[l+2]}} + {skip})", rf"{worked}, \qquad {without}"]
    return _slope_formulas(state, numbers)


def _slope_formulas(state: SkipState, numbers: BlockNumbers) -> list[str]:
    one = "W_s" if state.projection else "I"
    inner = r"W^{[l+2]}\, D_1\, W^{[l+1]}"
    return [
        rf"\partial a^{{[l+2]}} /\, \partial a^{{[l]}} = D_2 \left({inner} + {one}\right), \qquad "
        rf"\mathrm{{without\ the\ skip:}}\ D_2^\prime\, {inner}",
        r"\mathrm{diagonal}\ D_1, D_2, D_2^\prime: \ 1\ \mathrm{where\ ReLU\ lets\ its\ input\ through,\ else}\ 0",
    ]


def _product(weights: FloatArray, values: FloatArray, bias: float, result: float) -> str:
    terms = [rf"{wrapped(float(w))} \cdot {wrapped(float(v))}" for w, v in zip(weights, values, strict=True)]
    return rf"{' + '.join(terms)} + {wrapped(float(bias))} = {tex(float(result))}"


def tex(value: float) -> str:
    """A number in a formula: four significant digits, short powers of ten."""
    text = number(float(value))
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return text


def wrapped(value: float) -> str:
    """The same as one term among others: negative ones in parentheses."""
    return f"({tex(value)})" if value < 0 else tex(value)


def short(value: float) -> str:
    """A number in a sentence: three significant digits, a true minus sign."""
    if 0 < abs(value) < SMALLEST_SHOWN:
        return f"{value:.1e}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")
