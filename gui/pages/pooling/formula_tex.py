"""The formula of one output value, for every kind of pooling.

Letters: x input, y output, c the channel, (r, q) the output's row and column, R its window, g a gradient.
"""

from __future__ import annotations

from engine.foundations.pooling import PoolGeometry, PoolSpec

_FORWARD = {
    "max": (r"y_c(r,q) &= \max_{(i,j) \in R}\; x_c(i,j)",),
    "min": (r"y_c(r,q) &= \min_{(i,j) \in R}\; x_c(i,j)",),
    "average": (r"y_c(r,q) &= \frac{1}{|R|}\, \sum_{(i,j) \in R} x_c(i,j)",),
    "l2": (r"y_c(r,q) &= \sqrt{\sum_{(i,j) \in R} x_c(i,j)^2}",),
    "stochastic": (
        r"p_i &= a_i \,/\, \sum_{k \in R} a_k",
        r"y &= a_l, \quad l \sim (p_1, \ldots, p_n)",
        r"\bar{y} &= \sum_{i \in R} p_i\, a_i",
    ),
}
_BACKWARD = {
    "max": r"\partial y / \partial x_i &= 1 \;\mathrm{at\ the\ switch,\ else}\; 0",
    "min": r"\partial y / \partial x_i &= 1 \;\mathrm{at\ the\ switch,\ else}\; 0",
    "average": r"\partial y / \partial x_i &= 1 \,/\, |R|",
    "l2": r"\partial y / \partial x_i &= x_i \,/\, y",
    "stochastic": r"\partial y / \partial a_i &= 1 \;\mathrm{if\ drawn,\ else}\; 0",
}


def formula_tex(spec: PoolSpec, view: str) -> tuple[str, ...]:
    """The lines of the formula in mathtext; the backward view has the derivative."""
    if view == "backward":
        return (*_FORWARD[spec.rule][:1], _BACKWARD[spec.rule])
    return _FORWARD[spec.rule]


def formula_note(spec: PoolSpec, g: PoolGeometry) -> str:
    """What the letters stand for here."""
    if spec.is_global:
        return "R: the whole input."
    rows, cols = (_span(letter, g.size[a], g.stride[a], g.pads[a]) for a, letter in enumerate("rq"))
    note = f"R: rows {rows}, columns {cols}."
    if spec.rule == "average" and not spec.count_include_pad and max(g.pads):
        note += " |R| counts cells of the input alone."
    if spec.rule == "stochastic":
        note += " a: the activations, negative ones as 0."
    return note


def _span(letter: str, size: int, stride: int, pad: int) -> str:
    first = letter if stride == 1 else f"{stride}{letter}"
    first += f" − {pad}" if pad else ""
    more = size - 1 - pad
    last = letter if stride == 1 else f"{stride}{letter}"
    last += f" + {more}" if more > 0 else (f" − {-more}" if more < 0 else "")
    return first if size == 1 else f"{first} … {last}"
