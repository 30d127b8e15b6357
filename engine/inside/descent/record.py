"""The way up, written down: what every call of a net read, and where the largest values of max pools came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import UserError
from engine.networks.program import Call, Program

Args = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One run of a net up to a layer. `values`: what the net got; `raw`: what the layer put out, as torch keeps it.

    `calls`: those that were made, in their order. `switches`: of every max pool, Tensor[N, C, h, w] of places in its
    input, row * width + column.
    """

    program: Program
    layer: str
    values: Tensor
    raw: Tensor
    calls: tuple[Call, ...]
    args: Mapping[str, Args]
    kwargs: Mapping[str, Mapping[str, Any]]
    switches: Mapping[str, Tensor]

    @property
    def maps(self) -> Tensor:
        """Tensor[N, C, H, W] of the layer; of a layer without maps Tensor[N, units]."""
        return self.program.maps(self.layer, self.raw)

    @property
    def bytes(self) -> int:
        """Memory of all that is held."""
        held = {
            id(value): value for args in self.args.values() for value in args if isinstance(value, Tensor)
        }
        held.update((id(value), value) for value in (*self.switches.values(), self.raw))
        return sum(value.numel() * value.element_size() for value in held.values())


def record(program: Program, values: Tensor, layer: str) -> Record:
    """Run a net up to a layer and write down what the way back needs. Tensor[N, C, H, W] as the net takes it.

    The mode (inference, gradients) is the caller's. Raises UserError for an unknown layer.
    """
    writer = _Writer()
    raw = program.run(values, [layer], override=writer.note)[layer]
    return Record(
        program, layer, values, raw, tuple(writer.calls), writer.args, writer.kwargs, writer.switches
    )


@dataclass(slots=True, eq=False)
class _Writer:
    calls: list[Call] = field(default_factory=list)
    args: dict[str, Args] = field(default_factory=dict)
    kwargs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    switches: dict[str, Tensor] = field(default_factory=dict)

    def note(self, call: Call, args: Args, kwargs: Mapping[str, Any]) -> Any:
        self.calls.append(call)
        self.args[call.name], self.kwargs[call.name] = args, kwargs
        pool = pooling_of(call, args, kwargs)
        if pool is None:
            return NotImplemented
        result, self.switches[call.name] = pool.run(args[0])
        return result


@dataclass(frozen=True, slots=True)
class Pooling:
    """The windows of a pool; `output` of an adaptive one, which has no others."""

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    ceil: bool = False
    output: Any = None

    def run(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Maxima and switches. Of several equal values torch takes the first."""
        if self.output is not None:
            return functional.adaptive_max_pool2d(x, self.output, return_indices=True)
        return functional.max_pool2d(
            x, self.size, self.stride, self.padding, self.dilation, self.ceil, return_indices=True
        )

    def read(self, axis: int, first: int, end: int) -> tuple[int, int]:
        """The input's rows (or columns, `axis` 1) that output rows `first` to `end` - 1 read: from, to (excluded).

        They may lie outside of the input.
        """
        start = first * self.stride[axis] - self.padding[axis]
        reach = self.dilation[axis] * (self.size[axis] - 1) + 1
        return start, (end - 1) * self.stride[axis] - self.padding[axis] + reach


def pooling_of(call: Call, args: Args, kwargs: Mapping[str, Any]) -> Pooling | None:
    """The settings of a call that is a max pool over maps, None for any other."""
    target = call.target
    if isinstance(target, nn.AdaptiveMaxPool2d):
        return Pooling(output=target.output_size)
    if isinstance(target, nn.MaxPool2d):
        return _pooling(target.kernel_size, target.stride, target.padding, target.dilation, target.ceil_mode)
    if target is functional.adaptive_max_pool2d:
        return Pooling(output=_given(args, kwargs, 1, "output_size"))
    if target in (functional.max_pool2d, torch.max_pool2d):
        return _pooling(
            *_all_given(args, kwargs, "kernel_size", "stride", "padding", "dilation", "ceil_mode")
        )
    return None


def average_window(call: Call, args: Args, kwargs: Mapping[str, Any]) -> Pooling | None:
    """The windows of an average pool over maps, None where they are not of one size."""
    target = call.target
    if isinstance(target, nn.AvgPool2d):
        return _pooling(target.kernel_size, target.stride, target.padding, 1, target.ceil_mode)
    if target in (functional.avg_pool2d, torch._C._nn.avg_pool2d):
        size, stride, padding, ceil = _all_given(
            args, kwargs, "kernel_size", "stride", "padding", "ceil_mode"
        )
        return _pooling(size, stride, padding, 1, ceil)
    return None


def _all_given(args: Args, kwargs: Mapping[str, Any], *names: str) -> list[Any]:
    return [_given(args, kwargs, place, name) for place, name in enumerate(names, start=1)]


def _given(args: Args, kwargs: Mapping[str, Any], place: int, name: str) -> Any:
    return args[place] if len(args) > place else kwargs.get(name)


def _pooling(size: Any, stride: Any, padding: Any, dilation: Any, ceil: Any) -> Pooling:
    kernel = _pair(size)
    return Pooling(
        kernel,
        _pair(stride) if stride else kernel,
        _pair(padding or 0),
        _pair(dilation or 1),
        bool(ceil),
    )


def _pair(size: Any) -> tuple[int, int]:
    return (int(size), int(size)) if isinstance(size, int) else (int(size[0]), int(size[-1]))


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a layer: a channel, and row and column on its map (0, 0 where the layer puts out no maps)."""

    layer: str
    channel: int
    row: int = 0
    column: int = 0


def unit_of(found: Record, channel: int, position: tuple[int, int] | None = None, index: int = 0) -> Unit:
    """The unit of a layer in a place, or where the map of its channel is largest (NaN does not count).

    `index`: which of the pictures. Raises UserError for a channel or a place that the layer does not have.
    """
    maps = found.maps
    if maps.ndim not in (2, 4):
        raise UserError(
            f"The layer {found.layer} puts out tokens, not maps: it has no channels to look at.",
            "Choose a layer with maps.",
        )
    _check_channel(found.layer, channel, maps.shape[1])
    if maps.ndim == 2:
        return Unit(found.layer, channel)
    height, width = maps.shape[2:]
    if position is None:
        place = int(maps[index, channel].nan_to_num(nan=-torch.inf).argmax())
        return Unit(found.layer, channel, place // width, place % width)
    row, column = position
    if not (0 <= row < height and 0 <= column < width):
        raise UserError(
            f"The maps of {found.layer} have {height} × {width} values: there is none in row {row}, column {column}.",
            f"Rows are 0 to {height - 1}, columns 0 to {width - 1}.",
        )
    return Unit(found.layer, channel, row, column)


def _check_channel(layer: str, channel: int, count: int) -> None:
    if not 0 <= channel < count:
        raise UserError(
            f"The layer {layer} has {count:,} channels: there is no channel {channel:,}.",
            f"Channels are 0 to {count - 1:,}.",
        )
