"""Why a pooling cannot be done, in words, and the nearest one that can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np

from engine.foundations.pooling.spec import Kind, Pair, PoolGeometry, PoolSpec, Shape3, layout
from engine.foundations.problems import Problem, ShapeError


def geometry(spec: PoolSpec, input_shape: Shape3) -> PoolGeometry:
    """Where the windows lie on an input (C, H, W). Raises ShapeError where that cannot be done."""
    found = problems(spec, input_shape)
    if found:
        raise ShapeError(found)
    return layout(spec, input_shape[1:])


def problems(spec: PoolSpec, input_shape: Shape3) -> tuple[Problem, ...]:
    """Every reason why this pooling cannot be done; empty where it can.

    Fields are those of `PoolSpec`, or "input". Setting ``field`` to ``nearest`` leaves none of that reason. A window
    that is larger than the padded input is refused with ``ceil_mode``, too, where torch lets it hang over both sides.
    """
    found = tuple(_range_problems(spec, input_shape))
    if found or spec.is_global:
        return found
    size, pads, hw = spec.size_hw, spec.padding_hw, input_shape[1:]
    most = (size[0] // 2, size[1] // 2)
    if pads[0] > most[0] or pads[1] > most[1]:
        text = f"Padding is at most half of the window ({_by(size)}): with more, windows could see nothing but padding."
        wide = (max(size[0], 2 * pads[0]), max(size[1], 2 * pads[1]))
        return (
            Problem("padding", text, _like(spec.padding, (min(pads[0], most[0]), min(pads[1], most[1])))),
            Problem("size", text, wide if isinstance(spec.size, tuple) else max(wide)),
        )
    padded = (hw[0] + 2 * pads[0], hw[1] + 2 * pads[1])
    if size[0] > padded[0] or size[1] > padded[1]:
        what = "padded input" if max(pads) else "input"
        text = f"The window of {_by(size)} is larger than the {what} of {_by(padded)}."
        fits = (min(size[0], padded[0]), min(size[1], padded[1]))
        return (Problem("size", text, _like(spec.size, fits)),)
    return ()


def _range_problems(spec: PoolSpec, input_shape: Shape3) -> Iterator[Problem]:
    if len(input_shape) != 3 or min(input_shape) < 1:
        near = tuple(max(1, n) for n in (*input_shape, 1, 1, 1)[:3])
        yield Problem(
            "input", f"The input needs channels, rows and columns, not the shape {input_shape}.", near
        )
    if spec.kind not in get_args(Kind):
        yield Problem("kind", f"There is no pooling named {spec.kind!r}.", "max")
    lowest = {
        "size": (1, "a window has at least one cell"),
        "stride": (1, "with stride 0 the window would never move on"),
        "padding": (0, "a border cannot be narrower than nothing"),
    }
    for field, (low, why) in lowest.items():
        value = getattr(spec, field)
        if value is None and field == "stride":
            continue
        values = value if isinstance(value, tuple) else (value,)
        if len(values) not in (1, 2) or not all(_is_whole(v) for v in values):
            yield Problem(field, f"{field.capitalize()} is a whole number, not {value!r}.", low)
        elif min(values) < low:
            legal = tuple(max(low, v) for v in value) if isinstance(value, tuple) else low
            yield Problem(field, f"{field.capitalize()} has to be at least {low}: {why}.", legal)


def _like(form: int | Pair, value: Pair) -> int | Pair:
    """A pair as one number where the field holds one."""
    return value if isinstance(form, tuple) else min(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _by(hw: Sequence[int]) -> str:
    return f"{hw[0]} × {hw[1]}"
