"""The arithmetic of one window as a line of text, with all of its numbers or as many as there is room for."""

from __future__ import annotations

import numpy as np

from engine.foundations.numerals import number
from engine.foundations.pooling.spec import FloatArray, PoolSpec
from engine.foundations.pooling.trace import PoolStep

NOTHING_DRAWN = "no activation above zero: nothing is drawn, 0"


def arithmetic(step: PoolStep, spec: PoolSpec, most: int | None = None) -> str:
    """How the values of a window become its result: "max(1, 3, 2, 9) = 9"; at most ``most`` values are written out.

    Max and min leave the padding out, since it can never win; an average has its zeros where they count.
    """
    result = _plain(step.result)
    if spec.rule == "stochastic":
        return dice_line(step)
    if spec.rule in ("max", "min"):
        return f"{spec.rule}({', '.join(_terms(step.values[step.inside], most))}) = {result}"
    if spec.rule == "l2":
        terms = [
            f"{_wrapped(v)}²" if isinstance(v, float) else v for v in _cut(step.values[step.inside], most)
        ]
        return f"√({' + '.join(terms)}) = {result}"
    terms = [_wrapped(v) if isinstance(v, float) else v for v in _cut(step.values[step.counted], most)]
    return f"({' + '.join(terms)}) / {step.divisor} = {result}"


def dice_line(step: PoolStep) -> str:
    """Where the dice of stochastic pooling fell: "0.42 · 15 = 6.3 lies in 6 … 15: 9 is drawn"."""
    if step.switch is None:
        return NOTHING_DRAWN
    positive = np.maximum(np.where(step.inside, step.values, 0.0), 0.0).ravel()
    sums = np.cumsum(positive)
    total = float(sums[-1])
    at = int(np.argmax(step.shares))
    start, end = float(sums[at] - positive[at]), float(sums[at])
    return (
        f"{_plain(round(step.dice, 4))} · {_plain(total)} = {_plain(step.dice * total)} lies in "
        f"{_plain(start)} … {_plain(end)}: {_plain(step.result)} is drawn"
    )


def _cut(values: FloatArray, most: int | None) -> list[float | str]:
    """The values, the last of them replaced by how many there are more where they are too many."""
    numbers: list[float | str] = [float(v) for v in values.flat]
    if most is None or len(numbers) <= most:
        return numbers
    return [*numbers[:most], f"… {len(numbers) - most} more"]


def _terms(values: FloatArray, most: int | None) -> list[str]:
    return [_plain(v) if isinstance(v, float) else v for v in _cut(values, most)]


def _wrapped(value: float) -> str:
    return f"({_plain(value)})" if value < 0 else _plain(value)


def _plain(value: float) -> str:
    """Four significant digits, a true minus sign."""
    return number(value).replace("e+0", "e").replace("e+", "e").replace("e-0", "e-").replace("-", "−")
