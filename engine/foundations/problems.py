"""Why a convolution cannot be done, in words, and the nearest one that can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from engine.errors import UserError
from engine.foundations.numerals import in_one_notation
from engine.foundations.spec import (
    Activation,
    ConvSpec,
    FloatArray,
    Geometry,
    NamedPadding,
    Padding,
    PaddingMode,
    Shape3,
    Shape4,
    layout,
)

VALUE_LIMIT = 1e9  # products of larger values leave no digits for their neighbours in float32, the reference


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a convolution cannot be done: the field to blame, a sentence, and the nearest legal value of that
    field.

    Fields are those of `ConvSpec`, or "kernel" (nearest is (kh, kw)), "filters", "weight" (channels of a
    filter), "input", "bias". ``nearest`` is None where no single value of the field helps.
    """

    field: str
    message: str
    nearest: Any = None


class ShapeError(UserError):
    """A convolution that cannot be done; ``problems`` says why, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        near = (
            f"The nearest value that works for {first.field}: {first.nearest}."
            if first.nearest is not None
            else ""
        )
        super().__init__(" ".join(p.message for p in self.problems), hint=near)


def geometry(spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4) -> Geometry:
    """Where the windows lie for an input (C, H, W) and filters (F, C/groups, kh, kw). Raises ShapeError."""
    found = problems(spec, input_shape, weight_shape)
    if found:
        raise ShapeError(found)
    return layout(spec, input_shape, weight_shape)


def problems(spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4) -> tuple[Problem, ...]:
    """Every reason why this convolution cannot be done, in words; empty where it can.

    Where one change is enough, only changes that are enough are named: setting ``field`` to ``nearest`` then
    leaves no problem. Where several things are wrong at once, each is named with the nearest value that is
    right by itself.
    """
    found = _complaints(spec, input_shape, weight_shape)
    cures = tuple(p for p in found if not _complaints(*apply(p, spec, input_shape, weight_shape)))
    return cures or found


def apply(
    problem: Problem, spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4
) -> tuple[ConvSpec, Shape3, Shape4]:
    """The same convolution with the field of a problem set to the nearest legal value."""
    near = problem.nearest
    if problem.field == "kernel":
        return spec, input_shape, (*weight_shape[:2], *near)
    if problem.field == "filters":
        return spec, input_shape, (near, *weight_shape[1:])
    if problem.field == "weight":
        return spec, input_shape, (weight_shape[0], near, *weight_shape[2:])
    if problem.field == "input":
        return spec, near, weight_shape
    return replace(spec, **{problem.field: near}), input_shape, weight_shape


def _complaints(spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4) -> tuple[Problem, ...]:
    ranges = [*_shape_complaints(input_shape, weight_shape), *_range_complaints(spec)]
    if ranges:  # sizes cannot even be worked out
        return tuple(ranges)
    channels = list(_channel_complaints(spec, input_shape[0], weight_shape))
    found = layout(spec, input_shape, weight_shape)
    fit = _transposed_complaints(spec, found) if spec.transposed else _padding_complaints(spec, found)
    return (*channels, *(list(fit) or _kernel_complaints(spec, found)))


def _shape_complaints(input_shape: Shape3, weight_shape: Shape4) -> Iterator[Problem]:
    if len(input_shape) != 3 or min(input_shape) < 1:
        near = tuple(max(1, n) for n in (*input_shape, 1, 1, 1)[:3])
        yield Problem(
            "input", f"The input needs channels, rows and columns, not the shape {input_shape}.", near
        )
    if len(weight_shape) != 4:
        raise ShapeError([Problem("weight", f"Filters have the shape (F, C, kh, kw), not {weight_shape}.")])
    if weight_shape[0] < 1:
        yield Problem("filters", "There has to be at least one filter.", 1)
    if weight_shape[1] < 1:
        yield Problem("weight", "A filter needs at least one channel.", 1)
    if min(weight_shape[2:]) < 1:
        near = tuple(max(1, k) for k in weight_shape[2:])
        yield Problem("kernel", f"A kernel of {_by(weight_shape[2:])} has no cells.", near)


def _range_complaints(spec: ConvSpec) -> Iterator[Problem]:
    lowest = {"stride": 1, "dilation": 1, "groups": 1, "output_padding": 0, "padding": 0}
    why = {
        "stride": "with stride 0 the window would never move on",
        "dilation": "taps that lie dilation pixels apart need at least 1",
        "groups": "the channels form at least one group",
        "output_padding": "rows cannot be taken away here, raise the padding instead",
        "padding": "a border cannot be narrower than nothing",
    }
    for field, low in lowest.items():
        value = getattr(spec, field)
        if field == "padding" and isinstance(value, str):
            continue
        if not _is_whole(value, pairs=field not in ("groups", "output_padding"), four=field == "padding"):
            yield Problem(field, f"{field.capitalize()} is a whole number, not {value!r}.", low)
        elif np.min(value) < low:
            near = tuple(max(low, v) for v in value) if isinstance(value, tuple) else low
            yield Problem(field, f"{_name(field)} has to be at least {low}: {why[field]}.", near)
    choices = {"padding_mode": get_args(PaddingMode), "activation": get_args(Activation)}
    if isinstance(spec.padding, str):
        choices["padding"] = get_args(NamedPadding)
    for field, names in choices.items():
        if getattr(spec, field) not in names:
            yield Problem(field, f"{_name(field)} is one of {', '.join(names)}.", names[0])


def _channel_complaints(spec: ConvSpec, channels: int, weight_shape: Shape4) -> Iterator[Problem]:
    filters, depth, groups = weight_shape[0], weight_shape[1], spec.groups
    if channels % groups or filters % groups:
        legal = [g for g in range(1, min(channels, filters) + 1) if channels % g == 0 and filters % g == 0]
        what = f"{channels} input channels" if channels % groups else f"{filters} filters"
        near = min(legal, key=lambda g: abs(g - groups))
        yield Problem("groups", f"{groups} groups do not divide {what} into equal parts.", near)
        if channels % groups == 0:
            text = f"{filters} filters cannot be shared out evenly among {groups} groups."
            yield Problem("filters", text, max(groups, groups * round(filters / groups)))
    elif depth != channels // groups:
        share = f"{channels} channels" + (f" in {groups} groups" if groups > 1 else "")
        text = f"A filter has {depth} channels, but over {share} it needs {channels // groups}."
        yield Problem("weight", text, channels // groups)


def _padding_complaints(spec: ConvSpec, g: Geometry) -> Iterator[Problem]:
    extent, hw = g.effective_kernel_hw, g.input_hw
    if spec.padding == "same" and not (extent[0] % 2 and extent[1] % 2):
        odd = tuple(k - 1 if e % 2 == 0 else k for k, e in zip(g.kernel_hw, extent, strict=True))
        span = f"a kernel that spans {_by(extent)}"
        text = f'"Same" padding is (f - 1) / 2 on each side, no whole number for {span}.'
        yield Problem("kernel", text, odd)
        yield Problem("padding", text, "same_tf")
    if max(g.pads[:2]) > extent[0] or max(g.pads[2:]) > extent[1]:
        text = f"Padding beyond the kernel ({_by(extent)}) makes windows that see nothing but padding."
        yield Problem("padding", text, _clamp(spec.padding, (0, 0), extent))
    if spec.padding_mode in ("reflect", "circular"):
        short = 1 if spec.padding_mode == "reflect" else 0
        most = (hw[0] - short, hw[1] - short)
        if max(g.pads[:2]) > most[0] or max(g.pads[2:]) > most[1]:
            verb = "mirrored without its edge" if short else "continued from the other side"
            text = f"An input of {_by(hw)} can be {verb} for at most {_by(most)} pixels, not {max(g.pads)}."
            yield Problem("padding", text, _clamp(spec.padding, (0, 0), most))
            yield Problem("padding_mode", text, "replicate")


def _transposed_complaints(spec: ConvSpec, g: Geometry) -> Iterator[Problem]:
    extent = g.effective_kernel_hw
    if spec.padding_mode != "zeros":
        yield Problem(
            "padding_mode", "A transposed convolution has only zeros around and between the pixels.", "zeros"
        )
    if spec.padding == "same":
        yield from (
            p for p in _padding_complaints(replace(spec, padding_mode="zeros"), g) if p.field == "kernel"
        )
        if not (extent[0] % 2 and extent[1] % 2):
            yield Problem("padding", '"Same" needs a kernel with an odd extent.', "same_tf")
    if not isinstance(spec.padding, str) and min(g.pads) < 0:
        most = (extent[0] - 1, extent[1] - 1)
        text = f"At most {_by(most)} pixels can be cut off each side of a transposed convolution."
        yield Problem("padding", text, _clamp(spec.padding, (0, 0), most))
    room = min(max(s, d) for s, d in zip(g.spacing, g.dilation, strict=True)) - 1
    if spec.padding == "same_tf" and spec.output_padding:
        yield Problem("output_padding", '"same_tf" already fixes the output size, n * stride.', 0)
    elif spec.output_padding > room:
        text = f"Output padding has to be smaller than the stride or the dilation: at most {room}."
        yield Problem("output_padding", text, room)


def _kernel_complaints(spec: ConvSpec, g: Geometry) -> Iterator[Problem]:
    """A kernel that reaches beyond the padded input: one sentence, and each field that can mend it."""
    kernel, extent, padded, dilation = g.kernel_hw, g.effective_kernel_hw, g.padded_hw, g.dilation
    if padded[0] >= extent[0] and padded[1] >= extent[1]:
        return
    if spec.transposed:
        most = tuple(
            ((n - 1) * s + e - 1) // 2 for n, s, e in zip(g.input_hw, g.spacing, extent, strict=True)
        )
        text = "With so much padding nothing is left of the output."
        yield Problem("padding", text, _clamp(spec.padding, (0, 0), (most[0], most[1])))
        return
    spans = f", spread over {_by(extent)} by the dilation," if extent != kernel else ""
    text = f"The kernel of {_by(kernel)}{spans} is larger than the padded input of {_by(padded)}."
    fits = tuple(min(k, (p - 1) // d + 1) for k, p, d in zip(kernel, padded, dilation, strict=True))
    yield Problem("kernel", text, fits)
    need = tuple(max(0, -(-(e - n) // 2)) for e, n in zip(extent, g.input_hw, strict=True))
    more = "same_tf" if spec.padding == "valid" else _clamp(spec.padding, (need[0], need[1]), extent)
    yield Problem("padding", text, more)
    narrow = tuple(
        min(d, max(1, (p - 1) // max(k - 1, 1))) for k, p, d in zip(kernel, padded, dilation, strict=True)
    )
    if narrow != dilation:
        yield Problem("dilation", text, narrow if isinstance(spec.dilation, tuple) else min(narrow))


def _clamp(padding: Padding, low: tuple[int, int], high: tuple[int, int]) -> Padding:
    """The nearest padding of the same form within (vertical, horizontal) bounds; a name becomes "valid"."""
    if isinstance(padding, str):
        return "valid"
    if isinstance(padding, int):
        return min(max(padding, *low), *high)
    axes = (0, 0, 1, 1) if len(padding) == 4 else (0, 1)
    fitted = tuple(min(max(p, low[a]), high[a]) for p, a in zip(padding, axes, strict=True))
    return fitted  # type: ignore[return-value]  # as long as the padding it was made from


def _is_whole(value: object, pairs: bool, four: bool) -> bool:
    if isinstance(value, tuple):
        return (
            pairs
            and len(value) in ((2, 4) if four else (2,))
            and all(_is_whole(v, False, False) for v in value)
        )
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _name(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _by(hw: Sequence[int]) -> str:
    return f"{hw[0]}x{hw[1]}"


def value_problem(field: str, value: float) -> Problem | None:
    """Why a number cannot stand in a cell of the input, a kernel or a bias, or None."""
    if np.isnan(value):
        return Problem(field, "NaN is not a number that can be multiplied and added.", 0.0)
    if abs(value) > VALUE_LIMIT:
        near = float(np.copysign(VALUE_LIMIT, value))
        shown, limit = in_one_notation(value, VALUE_LIMIT)
        return Problem(field, f"{shown} is beyond the {limit} up to which sums stay exact enough.", near)
    return None


def bad_value(field: str, values: FloatArray) -> Problem | None:
    """The first value of an array that cannot be computed with, as a problem, or None."""
    bad = values[~(np.abs(values) <= VALUE_LIMIT)]  # NaN fails every comparison
    return value_problem(field, float(bad[0])) if bad.size else None
