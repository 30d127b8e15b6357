"""Convolution, one step at a time and as a whole.

``trace`` checks the shapes, pads the input and hands back a `Trace`: the whole output by matrix products over
windows, any single step with all of its products on demand, and where every number came from.

A transposed convolution is shown in its gather form (Dumoulin & Visin, *A guide to convolution arithmetic for
deep learning*, 2016, chapter 4): ``stride - 1`` zeros between the pixels, ``d(k - 1) - p`` zeros around them,
then windows with stride 1 and the kernel rotated by 180 degrees. Its weight keeps the layout (F, C/groups,
kh, kw); `transposed_weight` gives the layout of ``torch.nn.functional.conv_transpose2d``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.errors import UserError
from engine.foundations.arithmetic import effective_kernel, same_tf_padding

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Shape3 = tuple[int, int, int]
Shape4 = tuple[int, int, int, int]

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
NamedPadding = Literal["valid", "same", "same_tf"]
Activation = Literal["none", "relu"]
Padding = int | tuple[int, int] | tuple[int, int, int, int] | NamedPadding

VALUE_LIMIT = 1e9  # products of larger values leave no digits for their neighbours in float32, the reference
_BLOCK_VALUES = 1 << 20  # values of one block of unfolded windows: 8 MB in float64, stays near the caches
_NUMPY_MODES: dict[PaddingMode, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


@dataclass(frozen=True, slots=True)
class ConvSpec:
    """Everything about a convolution but its numbers. Pairs are (vertical, horizontal).

    ``padding``: pixels of each side, a pair, (top, bottom, left, right), "valid" (none), "same" (``(f - 1) /
    2`` of each side) or "same_tf" (output ``ceil(n / stride)``, uneven where it must be). For a transposed
    convolution it is what is cut off the full output; "same_tf" then gives ``n * stride``. ``flip``: True is
    the convolution of mathematics (kernel rotated by 180 degrees), False the cross-correlation that
    deep-learning libraries compute. ``output_padding`` (rows and columns added at the end) only speaks for
    transposed convolutions.
    """

    stride: int | tuple[int, int] = 1
    padding: Padding = 0
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    padding_mode: PaddingMode = "zeros"
    flip: bool = False
    activation: Activation = "none"
    transposed: bool = False
    output_padding: int = 0


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


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where the windows lie. The window of output (row, col) starts at (row, col) * stride of the padded
    input.

    ``pads`` is (top, bottom, left, right); ``spacing`` is the distance of neighbouring input pixels inside
    the padded input (1, or the stride of a transposed convolution); ``leftover_hw`` are rows and columns that
    the floor leaves over.
    """

    pads: tuple[int, int, int, int]
    input_hw: tuple[int, int]
    padded_hw: tuple[int, int]
    kernel_hw: tuple[int, int]
    effective_kernel_hw: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    output_hw: tuple[int, int]
    leftover_hw: tuple[int, int]
    spacing: tuple[int, int]


# ---------------------------------------------------------------------------------------------- shapes


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value[0], value[1]) if isinstance(value, tuple) else (value, value)


def _axis_pads(spec: ConvSpec, axis: int, n: int, f: int) -> tuple[int, int]:
    """(before, after) along one axis as the padding asks; for a transposed convolution what is cut off."""
    padding, stride = spec.padding, _pair(spec.stride)[axis]
    if isinstance(padding, tuple):
        return (
            (padding[2 * axis], padding[2 * axis + 1])
            if len(padding) == 4
            else (padding[axis], padding[axis])
        )
    if padding == "same":
        return (f - 1) // 2, (f - 1) // 2
    if padding == "same_tf" and spec.transposed:
        cut = f - stride  # below zero: the full output is short of n * stride, zeros are added after it
        return (cut // 2, cut - cut // 2) if cut >= 0 else (0, cut)
    if padding == "same_tf":
        return same_tf_padding(n, f, stride)
    return (0, 0) if isinstance(padding, str) else (padding, padding)


def _layout(spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4) -> Geometry:
    """The geometry by the formulas alone, possible or not."""
    hw, kernel = input_shape[1:], weight_shape[2:]
    stride, dilation = _pair(spec.stride), _pair(spec.dilation)
    extent = (effective_kernel(kernel[0], dilation[0]), effective_kernel(kernel[1], dilation[1]))
    (top, bottom), (left, right) = (_axis_pads(spec, a, hw[a], extent[a]) for a in (0, 1))
    spacing = (1, 1)
    if spec.transposed:
        top, left = extent[0] - 1 - top, extent[1] - 1 - left
        bottom = extent[0] - 1 - bottom + spec.output_padding
        right = extent[1] - 1 - right + spec.output_padding
        spacing, stride = stride, (1, 1)
    padded = ((hw[0] - 1) * spacing[0] + 1 + top + bottom, (hw[1] - 1) * spacing[1] + 1 + left + right)
    free = (padded[0] - extent[0], padded[1] - extent[1])
    return Geometry(
        pads=(top, bottom, left, right),
        input_hw=(hw[0], hw[1]),
        padded_hw=padded,
        kernel_hw=(kernel[0], kernel[1]),
        effective_kernel_hw=extent,
        stride=stride,
        dilation=dilation,
        output_hw=(free[0] // stride[0] + 1, free[1] // stride[1] + 1),
        leftover_hw=(free[0] % stride[0], free[1] % stride[1]),
        spacing=spacing,
    )


def geometry(spec: ConvSpec, input_shape: Shape3, weight_shape: Shape4) -> Geometry:
    """Where the windows lie for an input (C, H, W) and filters (F, C/groups, kh, kw). Raises ShapeError."""
    found = problems(spec, input_shape, weight_shape)
    if found:
        raise ShapeError(found)
    return _layout(spec, input_shape, weight_shape)


# -------------------------------------------------------------------------------------------- problems


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
    layout = _layout(spec, input_shape, weight_shape)
    fit = _transposed_complaints(spec, layout) if spec.transposed else _padding_complaints(spec, layout)
    return (*channels, *(list(fit) or _kernel_complaints(spec, layout)))


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
        return Problem(
            field, f"{value:g} is beyond the {VALUE_LIMIT:g} up to which sums stay exact enough.", near
        )
    return None


# ------------------------------------------------------------------------------------------ the arrays


def pad_volume(x: npt.NDArray[Any], g: Geometry, mode: PaddingMode) -> npt.NDArray[Any]:
    """[C, H, W] -> [C, Hp, Wp], same dtype: the mode's border, or zeros around and between the pixels."""
    top, bottom, left, right = g.pads
    (h, w), (sy, sx) = g.input_hw, g.spacing
    if mode != "zeros":
        return x.take(_axis_sources(h, top, bottom, 1, mode), 1).take(
            _axis_sources(w, left, right, 1, mode), 2
        )
    padded = np.zeros((x.shape[0], *g.padded_hw), x.dtype)
    padded[:, top : top + (h - 1) * sy + 1 : sy, left : left + (w - 1) * sx + 1 : sx] = x
    return padded


def correlate(
    padded: npt.NDArray[Any], kernel: npt.NDArray[Any], g: Geometry, groups: int
) -> npt.NDArray[Any]:
    """Slide every kernel over a padded volume: [C, Hp, Wp], [F, C/groups, kh, kw] -> [F, Ho, Wo], dtype as
    given.

    Windows are unfolded in blocks of output rows, so that memory stays bounded whatever the size of the
    picture.
    """
    filters, depth = kernel.shape[:2]
    (rows, cols), (sy, sx), (dy, dx) = g.output_hw, g.stride, g.dilation
    windows = sliding_window_view(padded, g.effective_kernel_hw, axis=(1, 2))[:, ::sy, ::sx, ::dy, ::dx]
    flat = kernel.reshape(groups, filters // groups, -1)
    out = np.empty((filters, rows, cols), np.result_type(padded, kernel))
    block = max(1, _BLOCK_VALUES // (flat.shape[2] * cols))
    for group in range(groups):
        mine = windows[group * depth : (group + 1) * depth]
        target = out[group * flat.shape[1] : (group + 1) * flat.shape[1]]
        for start in range(0, rows, block):
            part = mine[:, start : start + block].transpose(0, 3, 4, 1, 2)
            product = flat[group] @ part.reshape(flat.shape[2], -1)
            target[:, start : start + block] = product.reshape(-1, part.shape[3], cols)
    return out


def applied_kernel(weight: npt.NDArray[Any], spec: ConvSpec) -> npt.NDArray[Any]:
    """The kernels as they lie on the window: rotated by ``flip``, once more by a transposed convolution."""
    return weight[..., ::-1, ::-1] if spec.flip != spec.transposed else weight


def transposed_weight(weight: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """(F, C/groups, kh, kw) -> (C, F/groups, kh, kw), the layout of ``conv_transpose2d``; its own inverse."""
    filters, depth, kh, kw = weight.shape
    split = weight.reshape(groups, filters // groups, depth, kh, kw).swapaxes(1, 2)
    return split.reshape(groups * depth, filters // groups, kh, kw)


def _axis_sources(n: int, before: int, after: int, spacing: int, mode: PaddingMode) -> IntArray:
    """For every padded row (or column) the input row it comes from, -1 where it is a zero."""
    if mode != "zeros":
        return np.pad(np.arange(n), (before, after), mode=_NUMPY_MODES[mode])
    source = np.full((n - 1) * spacing + 1 + before + after, -1, np.intp)
    source[before : before + (n - 1) * spacing + 1 : spacing] = np.arange(n)
    return source


# ------------------------------------------------------------------------------------------- the trace


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One output cell: the window on every channel, every product, every sum."""

    index: int
    filter: int
    row: int
    col: int
    channels: tuple[int, ...]
    rows: IntArray  # [kh] padded rows that the taps read
    cols: IntArray  # [kw]
    patch: FloatArray  # [C/groups, kh, kw]
    kernel: FloatArray  # [C/groups, kh, kw] as applied
    products: FloatArray  # [C/groups, kh, kw]
    channel_sums: FloatArray  # [C/groups]
    total: float
    bias: float
    pre: float
    value: float
    activation: Activation

    def formula(self, max_terms: int = 12) -> str:
        """The numbers filled in: one channel as its products, several as their sums, then bias and
        activation.

        For example ``(-1) + 1 + 1 + 1 = 2``: the sums of three channels and the bias.
        """
        terms = self.channel_sums if len(self.channels) > 1 else self.products[self.products != 0]
        shown = _sum_text(terms, max_terms, show_zero=self.bias == 0)
        if self.bias != 0:
            shown = f"{shown} + {_term(self.bias)}" if shown else _term(self.bias)
        text = f"{shown} = {number(self.pre)}"
        return (
            text
            if self.activation == "none"
            else f"{text}, max(0, {number(self.pre)}) = {number(self.value)}"
        )

    def formula_lines(self, max_terms: int = 12) -> list[str]:
        """A line a channel (input · kernel, no zero products), the sum with the bias, the activation."""
        lines = []
        for i, channel in enumerate(self.channels):
            taps = [
                (a, b) for a, b in zip(self.patch[i].flat, self.kernel[i].flat, strict=True) if a * b != 0
            ]
            shown = " + ".join(f"{_term(a)}·{_term(b)}" for a, b in taps[:max_terms]) or "0"
            if len(taps) > max_terms:
                shown += f" + ... ({len(taps) - max_terms} more)"
            lines.append(f"channel {channel}: {shown} = {number(self.channel_sums[i])}")
        sums = _sum_text(self.channel_sums, max_terms, show_zero=True)
        lines.append(f"sum of the channels + bias: {sums} + {_term(self.bias)} = {number(self.pre)}")
        if self.activation == "relu":
            lines.append(f"ReLU: max(0, {number(self.pre)}) = {number(self.value)}")
        return lines


@dataclass(frozen=True, eq=False)
class Trace:
    """One convolution, ready to be looked at. Made by `trace`; all arrays are read-only.

    ``x`` float64[C, H, W], ``weight`` float64[F, C/groups, kh, kw], ``bias`` float64[F], ``padded``
    float64[C, Hp, Wp]. ``len`` is the number of steps, filter by filter, row by row.
    """

    x: FloatArray
    weight: FloatArray
    bias: FloatArray
    spec: ConvSpec
    geometry: Geometry
    padded: FloatArray
    kernel: FloatArray  # float64[F, C/groups, kh, kw] as applied

    @property
    def shape(self) -> Shape3:
        """(F, Ho, Wo)."""
        return (self.weight.shape[0], *self.geometry.output_hw)

    def __len__(self) -> int:
        filters, rows, cols = self.shape
        return filters * rows * cols

    @cached_property
    def pre_activation(self) -> FloatArray:
        """float64[F, Ho, Wo]: sums plus bias."""
        sums: FloatArray = correlate(self.padded, self.kernel, self.geometry, self.spec.groups)
        sums += self.bias[:, None, None]
        return _frozen(sums)

    @cached_property
    def output(self) -> FloatArray:
        """float64[F, Ho, Wo]: after the activation."""
        return (
            _frozen(np.maximum(self.pre_activation, 0))
            if self.spec.activation == "relu"
            else self.pre_activation
        )

    # -- single steps

    def step(self, i: int) -> Step:
        """Step ``i`` with all of its products, worked out now. Raises IndexError outside 0..len-1."""
        filters, rows, cols = self.shape
        if not 0 <= i < filters * rows * cols:
            raise IndexError(f"step {i} of {filters * rows * cols}")
        f, place = divmod(i, rows * cols)
        row, col = divmod(place, cols)
        g, depth = self.geometry, self.weight.shape[1]
        y, x, (dy, dx), (ey, ex) = row * g.stride[0], col * g.stride[1], g.dilation, g.effective_kernel_hw
        first = f // (filters // self.spec.groups) * depth
        patch = self.padded[first : first + depth, y : y + ey : dy, x : x + ex : dx]
        products = patch * self.kernel[f]
        sums = products.sum((1, 2))
        total, bias = float(sums.sum()), float(self.bias[f])
        pre = total + bias
        relu = self.spec.activation == "relu"
        return Step(
            index=i,
            filter=f,
            row=row,
            col=col,
            channels=tuple(range(first, first + depth)),
            rows=np.arange(y, y + ey, dy),
            cols=np.arange(x, x + ex, dx),
            patch=patch,
            kernel=self.kernel[f],
            products=products,
            channel_sums=sums,
            total=total,
            bias=bias,
            pre=pre,
            value=max(pre, 0.0) if relu else pre,
            activation=self.spec.activation,
        )

    def index_of(self, filter: int, row: int, col: int) -> int:
        """The step that fills output cell (filter, row, col). Raises IndexError outside the output."""
        filters, rows, cols = self.shape
        if not (0 <= filter < filters and 0 <= row < rows and 0 <= col < cols):
            raise IndexError(f"cell {(filter, row, col)} of an output {self.shape}")
        return (filter * rows + row) * cols + col

    def nearest_step(self, y: int, x: int, filter: int = 0) -> int:
        """The step of a filter whose window has its centre nearest to padded cell (y, x).

        That window covers the cell if any window does. Of two at the same distance the earlier one.
        """
        g, nearest = self.geometry, []
        axes = zip((y, x), g.effective_kernel_hw, g.stride, g.output_hw, strict=True)
        for at, extent, stride, count in axes:
            # The smallest o of those that minimise |o * stride + (extent - 1) / 2 - at|.
            o = -((extent - 1 + stride - 2 * at) // (2 * stride))
            nearest.append(min(max(o, 0), count - 1))
        return self.index_of(filter, nearest[0], nearest[1])

    # -- where numbers come from and go to

    @cached_property
    def _sources(self) -> tuple[IntArray, IntArray]:
        (top, bottom, left, right), (h, w), (sy, sx) = (
            self.geometry.pads,
            self.geometry.input_hw,
            self.geometry.spacing,
        )
        mode = self.spec.padding_mode
        return _axis_sources(h, top, bottom, sy, mode), _axis_sources(w, left, right, sx, mode)

    @cached_property
    def _taps(self) -> tuple[IntArray, IntArray]:
        """Padded rows [Ho, kh] and columns [Wo, kw] that the taps of every window read."""
        g = self.geometry
        rows, cols = (
            np.arange(count)[:, None] * stride + np.arange(k) * dilation
            for count, stride, k, dilation in zip(g.output_hw, g.stride, g.kernel_hw, g.dilation, strict=True)
        )
        return rows, cols

    @cached_property
    def source(self) -> IntArray:
        """int[Hp, Wp, 2]: the input (row, col) of every padded cell, (-1, -1) for zeros that were put in."""
        rows, cols = self._sources
        both = np.stack(np.broadcast_arrays(rows[:, None], cols[None, :]), axis=-1)
        return _frozen(np.where(both.min(-1, keepdims=True) < 0, -1, both))

    @cached_property
    def is_padding(self) -> BoolArray:
        """bool[Hp, Wp]: all cells but the pixels of the input themselves; mirrored copies are padding."""
        (top, _, left, _), (h, w), (sy, sx) = (
            self.geometry.pads,
            self.geometry.input_hw,
            self.geometry.spacing,
        )
        padding = np.ones(self.geometry.padded_hw, np.bool_)
        padding[top : top + (h - 1) * sy + 1 : sy, left : left + (w - 1) * sx + 1 : sx] = False
        return _frozen(padding)

    @cached_property
    def _padded_reads(self) -> tuple[IntArray, IntArray]:
        (rows, cols), (height, width) = self._taps, self.geometry.padded_hw
        return np.bincount(rows.ravel(), minlength=height), np.bincount(cols.ravel(), minlength=width)

    @cached_property
    def reads(self) -> IntArray:
        """int[H, W]: how often one filter reads each input pixel, mirrored and repeated copies included."""
        counts = []
        for source, reads, n in zip(self._sources, self._padded_reads, self.geometry.input_hw, strict=True):
            real = source >= 0
            counts.append(np.bincount(source[real], weights=reads[real], minlength=n).astype(np.intp))
        return _frozen(np.outer(counts[0], counts[1]))

    @cached_property
    def unread(self) -> BoolArray:
        """bool[Hp, Wp]: padded cells that no window reads: left over by the floor or stepped over."""
        rows, cols = self._padded_reads
        return _frozen(np.outer(rows, cols) == 0)

    def readers(self, y: int, x: int) -> list[tuple[int, int]]:
        """Output cells (row, col) that read input pixel (y, x), directly or through the padding."""
        rows, cols = (
            np.flatnonzero((source[taps] == at).any(1)).tolist()
            for source, taps, at in zip(self._sources, self._taps, (y, x), strict=True)
        )
        return [(row, col) for row in rows for col in cols]

    def receptive_field(self, row: int, col: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right), ends excluded, in input coordinates: the pixels between which the
        window reads.

        May reach below 0 and beyond H, W: there it reads padding. A window of a transposed convolution that
        meets inserted zeros only has an empty field (bottom == top or right == left).
        """
        spans = []
        g, taps = self.geometry, self._taps
        for axis, at in ((0, row), (1, col)):
            places = taps[axis][at] - g.pads[2 * axis]
            hit = places[places % g.spacing[axis] == 0] // g.spacing[axis]
            edge = int(-(-places[0] // g.spacing[axis]))
            spans.append((int(hit[0]), int(hit[-1]) + 1) if hit.size else (edge, edge))
        return spans[0][0], spans[1][0], spans[0][1], spans[1][1]


def trace(
    x: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, spec: ConvSpec | None = None
) -> Trace:
    """A convolution to look at: ``x`` [C, H, W] (or [H, W]), ``weight`` [F, C/groups, kh, kw] (or [kh, kw]),
    ``bias`` [F].

    Only checks, copies and pads; steps and output are worked out when asked for. Raises ShapeError where
    shapes do not go together or a value is not finite or beyond VALUE_LIMIT.
    """
    spec = ConvSpec() if spec is None else spec
    volume = np.array(x, dtype=np.float64)
    filters = np.array(weight, dtype=np.float64)
    volume = volume[None] if volume.ndim == 2 else volume
    filters = filters[None, None] if filters.ndim == 2 else filters
    g = geometry(spec, volume.shape, filters.shape)
    offsets = np.zeros(len(filters)) if bias is None else np.atleast_1d(np.array(bias, dtype=np.float64))
    if offsets.shape != filters.shape[:1]:
        raise ShapeError(
            [Problem("bias", f"There are {len(filters)} filters but {offsets.size} biases.", len(filters))]
        )
    found = [
        p
        for field, values in (("input", volume), ("weight", filters), ("bias", offsets))
        if (p := bad_value(field, values))
    ]
    if found:
        raise ShapeError(found)
    padded = _frozen(pad_volume(volume, g, spec.padding_mode))
    kernel = _frozen(np.ascontiguousarray(applied_kernel(filters, spec)))
    return Trace(_frozen(volume), _frozen(filters), _frozen(offsets), spec, g, padded, kernel)


def bad_value(field: str, values: FloatArray) -> Problem | None:
    """The first value of an array that cannot be computed with, as a problem, or None."""
    bad = values[~(np.abs(values) <= VALUE_LIMIT)]  # NaN fails every comparison
    return value_problem(field, float(bad[0])) if bad.size else None


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array


# ---------------------------------------------------------------------------------------- numbers in words


def number(value: float) -> str:
    """A number for a formula: whole ones without a point, others with four significant digits."""
    if value == round(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.4g}"


def _term(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _sum_text(terms: npt.NDArray[Any], max_terms: int, show_zero: bool) -> str:
    shown = [_term(t) for t in terms[:max_terms]]
    if len(terms) > max_terms:
        shown.append(f"... ({len(terms) - max_terms} more)")
    return " + ".join(shown) or ("0" if show_zero else "")
