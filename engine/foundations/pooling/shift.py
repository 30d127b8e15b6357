"""How much of an output stays when the input moves by a few pixels: what pooling is said to be invariant to.

Compared are max pooling, average pooling and no pooling at all (every s-th value, the first of each window's stride).
Zhang, *Making convolutional networks shift-invariant again*, 2019, measures how little of it strided max pooling has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engine.foundations.pooling.problems import geometry
from engine.foundations.pooling.spec import FloatArray, Kind, PoolSpec
from engine.foundations.pooling.windows import pooled

What = Literal["input", "max", "average", "every"]
SAME_WITHIN = 0.01
"""Values count as the same where they differ by at most this share of the input's range."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One thing that is compared: ``before`` and ``after`` the shift, float64[C, Ho, Wo], and their ``difference``.

    ``same`` is the share 0..1 of values that stay the same (within `SAME_WITHIN` of the input's range);
    ``correlation`` is Pearson's -1..1, None where one of the two does not vary; ``mean`` is the mean difference.
    """

    what: What
    before: FloatArray
    after: FloatArray
    difference: FloatArray
    same: float
    correlation: float | None
    mean: float


def moved(x: FloatArray, down: int, right: int) -> FloatArray:
    """A volume [C, H, W] moved by whole cells; zeros come in."""
    result = np.zeros_like(x)
    height, width = x.shape[1:]
    if abs(down) < height and abs(right) < width:
        target, source = (
            (_span(down, height), _span(right, width)),
            (_span(-down, height), _span(-right, width)),
        )
        result[:, target[0], target[1]] = x[:, source[0], source[1]]
    return result


def views(x: FloatArray, down: int, right: int, margin: int) -> tuple[FloatArray, FloatArray]:
    """A scene [C, H, W] before and after it moved, both [C, H - 2 margin, W - 2 margin]: real pixels come in.

    Raises ValueError where a shift is larger than the margin or the margin leaves nothing.
    """
    height, width = x.shape[1] - 2 * margin, x.shape[2] - 2 * margin
    if max(abs(down), abs(right)) > margin or min(height, width) < 1:
        raise ValueError(
            f"a shift by {down}, {right} does not fit a margin of {margin} in {x.shape[1]} x {x.shape[2]}"
        )

    def seen(top: int, left: int) -> FloatArray:
        return x[:, top : top + height, left : left + width]

    return seen(margin, margin), seen(margin - down, margin - right)


def compare(before: FloatArray, after: FloatArray, spec: PoolSpec) -> tuple[Kept, ...]:
    """The input and what max pooling, average pooling and taking every s-th value make of it, before and after.

    ``before``, ``after`` float64[C, H, W]; the windows are those of ``spec``, whatever its kind. Raises ShapeError
    where they do not go with the input.
    """
    limit = SAME_WITHIN * float(max(np.ptp(before), np.ptp(after)))
    kinds: Sequence[tuple[What, Kind]] = (
        ("max", "global_max" if spec.is_global else "max"),
        ("average", "global_average" if spec.is_global else "average"),
    )
    found = [_kept("input", before, after, limit)]
    for what, kind in kinds:
        found.append(_both(what, before, after, replace(spec, kind=kind), limit))
    stride = before.shape[1:] if spec.is_global else spec.stride_hw
    every = PoolSpec(size=1, stride=(stride[0], stride[1]))
    return (*found, _both("every", before, after, every, limit))


def _both(what: What, before: FloatArray, after: FloatArray, spec: PoolSpec, limit: float) -> Kept:
    g = geometry(spec, (before.shape[0], before.shape[1], before.shape[2]))
    return _kept(what, pooled(before, spec, g), pooled(after, spec, g), limit)


def _kept(what: What, before: FloatArray, after: FloatArray, limit: float) -> Kept:
    difference = np.abs(after - before)
    varies = before.size > 1 and float(np.ptp(before)) > 0 and float(np.ptp(after)) > 0
    correlation = float(np.corrcoef(before.ravel(), after.ravel())[0, 1]) if varies else None
    same = float((difference <= limit).mean())
    return Kept(what, before, after, difference, same, correlation, float(difference.mean()))


def _span(shift: int, length: int) -> slice:
    return slice(max(shift, 0), length + min(shift, 0))
