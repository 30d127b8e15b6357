"""Modules of torch and torchvision as layers of ours, and what functions share with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from torch import nn

from engine.networks.graphs.calls import Call, Made, Translation, nothing, opaque, pair
from engine.networks.graphs.ops import AdaptivePool, Conv, Dropout, Flatten, Linear, Norm, Op, Pool


def adaptive(mode: Literal["max", "average"]) -> Translation:
    """Pooling to a fixed size, as a module or a function."""

    def translation(module: nn.AdaptiveAvgPool2d, call: Call) -> Op | None:
        return AdaptivePool(mode, (call.raw[-2], call.raw[-1])) if call.values[0].layout == "first" else None

    return translation


def flatten(_: object, call: Call) -> Op | Made | None:
    """All values in one row, by flatten(), view() or reshape(); other shapes are a reshape."""
    before = call.values[0]
    if before.raw == call.raw:
        return nothing(call)
    one_row = len(call.raw) == 2 and call.raw[0] == before.raw[0]
    return Made((Flatten(),), "first") if one_row else reshape(_, call)


def reshape(_: object, call: Call) -> Made:
    """The same values in another arrangement."""
    return opaque(call, group="reshape")


def ignored(_: object, call: Call) -> Made:
    """What has no effect on one picture in evaluation mode."""
    return nothing(call)


def permuted(dims: Sequence[int], call: Call) -> Made:
    """Another order of the axes; from channels first to last and back nothing happens but that."""
    before = call.values[0]
    if tuple(dims) == (0, 2, 3, 1) and before.layout == "first":
        return Made((), "last")
    if tuple(dims) == (0, 3, 1, 2) and before.layout == "last":
        return Made((), "first")
    return opaque(call, "Permute", group="reshape", layout="first")


def _conv(module: nn.Conv2d, _: Call) -> Op | None:
    kernel, dilation = pair(module.kernel_size), pair(module.dilation)
    padding: Any = module.padding
    if padding == "valid":
        padding = 0
    elif padding == "same":
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        if any(n % 2 for n in total):
            return None  # one more row on one side than on the other
        padding = total[0] // 2, total[1] // 2
    return Conv(
        module.in_channels, module.out_channels, kernel, pair(module.stride), pair(padding), dilation, module.groups,
        module.bias is not None,
    )  # fmt: skip


def _linear(module: nn.Linear, call: Call) -> Op:
    bias = module.bias is not None
    if call.values[0].layout == "last":
        return Conv(module.in_features, module.out_features, (1, 1), bias=bias)
    return Linear(module.in_features, module.out_features, bias)


def _max_pool(module: nn.MaxPool2d, _: Call) -> Op:
    return Pool(
        "max", pair(module.kernel_size), pair(module.stride), pair(module.padding), pair(module.dilation),
        bool(module.ceil_mode),
    )  # fmt: skip


def _average_pool(module: nn.AvgPool2d, _: Call) -> Op:
    return Pool(
        "average",
        pair(module.kernel_size),
        pair(module.stride),
        pair(module.padding),
        ceil=module.ceil_mode,
    )


def _batch_norm(module: nn.BatchNorm2d, _: Call) -> Op:
    return Norm("batch", module.num_features, _learned(module))


def _layer_norm(module: nn.LayerNorm, _: Call) -> Op:
    return Norm("layer", module.normalized_shape[-1], _learned(module))


def _group_norm(module: nn.GroupNorm, _: Call) -> Op:
    return Norm("group", module.num_channels, _learned(module))


def _response_norm(module: nn.LocalResponseNorm, _: Call) -> Op:
    return Norm("local response")


def _dropout(module: nn.Dropout, call: Call) -> Op | Made:
    return Dropout(module.p) if module.p else nothing(call)


def _attention(_: object, call: Call) -> Made:
    return opaque(call, "Self-attention", "everything", "attention")


def _window_attention(module: nn.Module, call: Call) -> Made:
    shifted = any(getattr(module, "shift_size", ()))
    return opaque(call, "Shifted window attention" if shifted else "Window attention", group="attention")


MODULES: Mapping[type[nn.Module], Translation] = {
    nn.Conv2d: _conv,
    nn.Linear: _linear,
    nn.MaxPool2d: _max_pool,
    nn.AvgPool2d: _average_pool,
    nn.AdaptiveAvgPool2d: adaptive("average"),
    nn.AdaptiveMaxPool2d: adaptive("max"),
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.GroupNorm: _group_norm,
    nn.LocalResponseNorm: _response_norm,
    nn.Dropout: _dropout,
    nn.Dropout1d: _dropout,
    nn.Dropout2d: _dropout,
    nn.Flatten: flatten,
    nn.Unflatten: reshape,
    nn.Identity: ignored,
    nn.MultiheadAttention: _attention,
}

OVER_MAPS = (
    nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.BatchNorm2d,
)  # fmt: skip
"""Modules that mean what they say only where the channels come first."""

TORCHVISION: Mapping[str, Translation] = {
    "StochasticDepth": ignored,
    "Permute": lambda module, call: permuted(module.dims, call),
    "ShiftedWindowAttention": _window_attention,
    "ShiftedWindowAttentionV2": _window_attention,
    "RelativePositionalMultiHeadAttention": _window_attention,
    "WindowPartition": lambda _, call: opaque(call, "Into windows", group="reshape", layout="windows"),
    "WindowDepartition": lambda _, call: opaque(call, "Back into maps", group="reshape", layout="first"),
    "SwapAxes": lambda _, call: opaque(call, "Swap windows and places", group="reshape", layout="windows"),
}
"""Modules of torchvision that are layers; a trace does not look into them."""


def _learned(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
