"""Functions, operators and tensor methods of torch as layers of ours, where their meaning is certain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from engine.networks.graphs.calls import (
    Call,
    Look,
    Made,
    Translation,
    Value,
    keeps_positions,
    nothing,
    opaque,
    pair,
)
from engine.networks.graphs.module_layers import adaptive, flatten, ignored, permuted, reshape
from engine.networks.graphs.ops import Activation, AdaptivePool, Add, Concat, Dropout, Flatten, Op, Pool


def _joined(sign: Literal["+", "×"]) -> Translation:
    def translation(_: object, call: Call) -> Op | Made | None:
        one, other = (*call.args, *call.kwargs.values())[:2]
        if isinstance(one, Value) and isinstance(other, Value):
            if one.layout == other.layout and len(one.raw) == len(other.raw):
                return Add(sign)
            return None
        if call.learned_name:
            verb = "Add" if sign == "+" else "Scale by"
            per_channel = call.learned <= call.values[0].shape[0]
            look: Look = "point" if per_channel else "unknown"
            return opaque(call, f"{verb} {call.learned_name}", look, "scale")
        number = other if isinstance(one, Value) else one
        return (
            opaque(call, f"{sign} {number:g}", "point", "scale") if isinstance(number, int | float) else None
        )

    return translation


def _cat(_: object, call: Call) -> Op | Made | None:
    parts, dim = call.args[0], call.argument(1, "dim", 0)
    if not all(isinstance(part, Value) for part in parts):
        return opaque(
            call, f"Append {call.learned_name}" if call.learned_name else "Concatenate", group="reshape"
        )
    rank = len(call.raw)
    channels = {"first": 1, "last": rank - 1}
    layouts = {part.layout for part in parts}
    if len(layouts) == 1 and rank == 4 and channels.get(layouts.pop()) == dim % rank:
        return Concat()
    return None


def _mean(_: object, call: Call) -> Op | Made | None:
    before = call.values[0]
    dims, keep = call.argument(1, "dim"), call.argument(2, "keepdim", False)
    maps = {"first": (2, 3), "last": (1, 2)}.get(before.layout)
    if maps is None or len(before.raw) != 4 or not isinstance(dims, list | tuple):
        return None
    if tuple(sorted(d % 4 for d in dims)) != maps:
        return None
    pool = AdaptivePool("average", (1, 1))
    return Made((pool,), before.layout) if keep else Made((pool, Flatten()), "first")


def _functional_pool(mode: Literal["max", "average"]) -> Translation:
    def translation(_: object, call: Call) -> Op | None:
        if call.values[0].layout != "first":
            return None
        size = pair(call.argument(1, "kernel_size"))
        stride = call.argument(2, "stride")
        padding = pair(call.argument(3, "padding", 0))
        if mode == "average":
            return Pool(
                mode, size, pair(stride or size), padding, ceil=bool(call.argument(4, "ceil_mode", False))
            )
        dilation = pair(call.argument(4, "dilation", 1))
        return Pool(
            mode, size, pair(stride or size), padding, dilation, bool(call.argument(5, "ceil_mode", False))
        )

    return translation


def _functional_dropout(_: object, call: Call) -> Op | Made:
    p, training = call.argument(1, "p", 0.5), call.argument(2, "training", True)
    return Dropout(p) if p and training else nothing(call)


def _permute(_: object, call: Call) -> Made:
    dims = call.args[1] if len(call.args) == 2 and not isinstance(call.args[1], int) else call.args[1:]
    return permuted(dims or call.kwargs.get("dims", ()), call)


def _pad(_: object, call: Call) -> Made | None:
    """New channels of zeros; other padding moves the maps, and what a unit reads with them."""
    sizes = call.argument(1, "pad")
    channels_only = len(sizes) == 6 and not any(sizes[:4]) and call.values[0].layout == "first"
    return opaque(call, "Add zero channels", "point", "reshape") if channels_only else None


def _getitem(_: object, call: Call) -> Made:
    return opaque(call, "Take a part", "point" if keeps_positions(call) else "unknown", "reshape")


def _named(label: str) -> Translation:
    return lambda _, call: Activation(label) if call.values[0].raw == call.raw else None


ACTIVATIONS: Mapping[str, str] = {
    "elu": "ELU",
    "gelu": "GELU",
    "hardsigmoid": "Hardsigmoid",
    "hardswish": "Hardswish",
    "hardtanh": "Hardtanh",
    "leaky_relu": "LeakyReLU",
    "log_softmax": "LogSoftmax",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "sigmoid": "Sigmoid",
    "silu": "SiLU",
    "softmax": "Softmax",
    "softplus": "Softplus",
    "tanh": "Tanh",
}

FUNCTIONS: Mapping[str, Translation] = {
    **{name: _named(label) for name, label in ACTIVATIONS.items()},
    "adaptive_avg_pool2d": adaptive("average"),
    "adaptive_max_pool2d": adaptive("max"),
    "add": _joined("+"),
    "avg_pool2d": _functional_pool("average"),
    "cat": _cat,
    "channel_shuffle": lambda _, call: opaque(call, "Channel shuffle", "point", "reshape"),
    "concat": _cat,
    "clone": ignored,
    "contiguous": ignored,
    "detach": ignored,
    "dropout": _functional_dropout,
    "flatten": flatten,
    "getitem": _getitem,
    "max_pool2d": _functional_pool("max"),
    "mean": _mean,
    "mul": _joined("×"),
    "_patch_merging_pad": lambda _, call: opaque(call, "Merge patches", group="reshape"),
    "pad": _pad,
    "permute": _permute,
    "reshape": flatten,
    "transpose": lambda _, call: opaque(call, "Transpose", group="reshape", layout="first"),
    "unsqueeze": reshape,
    "squeeze": flatten,
    "view": flatten,
}
"""By bare name: torch's functions, tensor methods and operators of one name mean the same."""
