"""How a signal goes down through one call of a net: the transpose of what is linear, and the rule of what is not.

Three rules (Springenberg et al. 2014, figure 1) differ in nothing but rectifiers: the deconvnet (Zeiler & Fergus 2013)
rectifies what comes down, the gradient passes where the input was positive, guided backpropagation asks for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import UserError
from engine.inside.descent import structure
from engine.inside.descent.pulling import again, pulled_back
from engine.inside.descent.record import Args, Record, pooling_of
from engine.inside.descent.requests import Rule
from engine.inside.descent.signal import Signal, clipped, whole
from engine.networks.program import Call

Below: TypeAlias = list[tuple[str, Signal]]
"""What arrives at the calls that a call reads, by their names."""


def down(call: Call, signal: Signal, rule: Rule, found: Record) -> Below:
    """Take a signal at what a call put out to what it read. Raises UserError where that is not defined."""
    args, kwargs = found.args[call.name], found.kwargs[call.name]
    pool = pooling_of(call, args, kwargs)
    if pool is not None:
        return [(call.sources[0], structure.unpooled(signal, args[0], pool, found.switches[call.name]))]
    kind = kind_of(call)
    if kind in _THROUGH_MODULES or kind in _THROUGH:
        one = (_THROUGH_MODULES.get(kind) or _THROUGH[kind])(call, signal, rule, args, kwargs)
        return [(call.sources[0], one)]
    if kind in _JOINS:
        return _JOINS[kind](call, signal, rule, args, kwargs)
    if rule == "gradient" and len(call.sources) == 1:  # torch's own derivative: the gradient needs no rule
        return [
            (
                call.sources[0],
                whole(pulled_back(lambda x: again(call, (x, *args[1:]), kwargs), args[0], signal.whole())),
            )
        ]
    raise UserError(
        f"{named(call)} is “{kind}”: a signal cannot be taken down through it, no rule is defined.",
        "Choose a layer before it.",
    )


def named(call: Call) -> str:
    """A call as its layer is called, else by its own name."""
    return f"The layer {call.layer}" if call.layer else f"The step “{call.name}”"


def kind_of(call: Call) -> str:
    """The name of a module's class, or of a function or method of torch."""
    target = call.target
    if isinstance(target, nn.Module):
        return next(
            (kind.__name__ for kind in type(target).__mro__ if kind.__name__ in _THROUGH_MODULES),
            type(target).__name__,
        )
    name = target if isinstance(target, str) else getattr(target, "__name__", str(target))
    return name.strip("_")


# --- linear layers ----------------------------------------------------------------------------------------


def _conv(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    conv = call.target
    assert isinstance(conv, nn.Conv2d)
    shape = tuple(args[0].shape)
    if conv.padding_mode != "zeros" or isinstance(conv.padding, str) or len(shape) != 4:
        return whole(pulled_back(conv, args[0], signal.whole()))
    padding = conv.padding
    values = functional.conv_transpose2d(
        signal.values, conv.weight, None, conv.stride, 0, 0, conv.groups, conv.dilation
    )
    top = signal.top * conv.stride[0] - int(padding[0])
    left = signal.left * conv.stride[1] - int(padding[1])
    return clipped(values, shape, top, left)


def _linear(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    linear = call.target
    assert isinstance(linear, nn.Linear)
    return whole(signal.whole() @ linear.weight)


def _batch_norm(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    """In evaluation a factor and an offset for every channel."""
    norm = call.target
    assert isinstance(norm, nn.modules.batchnorm._BatchNorm)
    if norm.running_var is None:
        raise UserError(
            f"{named(call)} normalises every picture by itself, because it kept no statistics.",
            "Choose a layer before it.",
        )
    factor = torch.rsqrt(norm.running_var + norm.eps)
    if norm.weight is not None:
        factor = factor * norm.weight
    return signal.of(signal.values * factor.view(1, -1, *(1,) * (signal.values.ndim - 2)))


# --- rectifiers and other functions of one value ------------------------------------------------------------


def _rectifier(call: Call, signal: Signal, rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    """The one place where the three rules differ."""
    values = signal.values if rule == "gradient" else signal.values.clamp(min=0)
    if rule != "deconvnet":
        values = _times_slope(call, values, signal.cut(args[0]), args, kwargs)
    return signal.of(values)


def _times_slope(call: Call, values: Tensor, x: Tensor, args: Args, kwargs: Mapping[str, Any]) -> Tensor:
    if kind_of(call) in _PLAIN_RELU:
        return values * (x > 0)
    return pulled_back(lambda point: again(call, (point, *args[1:]), kwargs), x, values)


def _squash(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    """Tanh and its like: nothing is cut off, so there is nothing to rectify; the slope is that of the way up."""
    return signal.of(_times_slope(call, signal.values, signal.cut(args[0]), args, kwargs))


def _clamp(call: Call, signal: Signal, rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    """A clamp from 0 on is a rectifier; of any other the deconvnet knows nothing."""
    low = args[1] if len(args) > 1 else kwargs.get("min")
    if rule != "gradient" and low != 0:
        raise UserError(
            f"{named(call)} clamps values at {low}, not at 0: the deconvnet has no rule for it.",
            "Look at the gradient, or choose a layer before it.",
        )
    return _rectifier(call, signal, rule, args, kwargs)


# --- norms ------------------------------------------------------------------------------------------------


def _held_norm(call: Call, signal: Signal, rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Signal:
    """Norms over channels: the papers define nothing. The gradient is exact; else what they divided by is held."""
    x = args[0]
    if rule == "gradient":
        if _over_channels_only(call):
            return signal.of(
                pulled_back(lambda p: again(call, (p, *args[1:]), kwargs), signal.cut(x), signal.values)
            )
        return whole(pulled_back(lambda p: again(call, (p, *args[1:]), kwargs), x, signal.whole()))
    return whole(signal.whole() * structure.norm_factor(call, x, args, kwargs))


def _over_channels_only(call: Call) -> bool:
    return kind_of(call) in ("LocalResponseNorm", "LayerNorm2d", "local_response_norm")


# --- several inputs -----------------------------------------------------------------------------------------


def _add(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Below:
    """A skip connection ends here: the signal goes down both ways, unchanged."""
    return structure.to_tensors(call, args, lambda x, _: structure.summed(signal, x))


def _sub(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Below:
    negative = signal.of(-signal.values)
    return structure.to_tensors(
        call, args, lambda x, place: structure.summed(negative if place else signal, x)
    )


def _mul(call: Call, signal: Signal, rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Below:
    """A factor scales. Where maps are multiplied by a gate, the gate is held as it was, but for the gradient."""
    one, other = args[:2]

    def scaled(x: Tensor, place: int) -> Signal:
        return structure.summed(structure.times(signal, args[1 - place]), x)

    if rule != "gradient" and structure.is_gated(call):
        if one.numel() == other.numel():
            raise UserError(
                f"{named(call)} multiplies two sets of maps: neither of them is a gate that could be held.",
                "Look at the gradient, or choose a layer before it.",
            )
        kept = int(other.numel() > one.numel())
        return [
            part for part in structure.to_tensors(call, args, scaled) if part[0] == str(call.node.args[kept])
        ]
    return structure.to_tensors(call, args, scaled)


def _div(call: Call, signal: Signal, rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Below:
    if isinstance(call.node.args[1], torch.fx.Node):
        raise UserError(
            f"{named(call)} divides by what the net computed: there is no rule for that.",
            "Choose a layer before it.",
        )
    return [(call.sources[0], signal.of(signal.values / args[1]))]


def _concat(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Mapping[str, Any]) -> Below:
    """Every branch gets the slice that it had put in."""
    dim = args[1] if len(args) > 1 else kwargs.get("dim", 0)
    return structure.slices(call, signal, args[0], dim)


# --- the tables -----------------------------------------------------------------------------------------------

Through: TypeAlias = Callable[[Call, Signal, Rule, Args, Mapping[str, Any]], Signal]
Join: TypeAlias = Callable[[Call, Signal, Rule, Args, Mapping[str, Any]], Below]

_PLAIN_RELU: Final = frozenset({"ReLU", "relu"})

_THROUGH_MODULES: Final[Mapping[str, Through]] = {
    "Conv2d": _conv, "Linear": _linear, "BatchNorm2d": _batch_norm, "BatchNorm1d": _batch_norm,
    **dict.fromkeys(
        ("ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish", "Softplus"),
        _rectifier,
    ),
    **dict.fromkeys(("Tanh", "Sigmoid", "Hardsigmoid", "Hardtanh", "Softsign"), _squash),
    **dict.fromkeys(("LocalResponseNorm", "LayerNorm2d", "LayerNorm", "GroupNorm"), _held_norm),
    **dict.fromkeys(("AvgPool2d", "AdaptiveAvgPool2d"), structure.spread),
    **dict.fromkeys(("Dropout", "Dropout2d", "Identity", "StochasticDepth"), structure.passed_on),
    **dict.fromkeys(("Flatten", "Unflatten", "Permute", "ChannelShuffle"), structure.rearranged),
}  # fmt: skip
"""By the name of the class; a subclass is what it comes from."""

_THROUGH: Final[Mapping[str, Through]] = {
    **dict.fromkeys(
        ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "mish", "hardswish", "softplus"), _rectifier
    ),
    **dict.fromkeys(("tanh", "sigmoid", "hardsigmoid"), _squash),
    **dict.fromkeys(("clamp", "clamp_min"), _clamp),
    "local_response_norm": _held_norm,
    **dict.fromkeys(("avg_pool2d", "adaptive_avg_pool2d", "mean"), structure.spread),
    **dict.fromkeys(("dropout", "contiguous", "clone", "detach", "chunk", "split"), structure.passed_on),
    **dict.fromkeys(
        ("flatten", "reshape", "view", "permute", "transpose", "unsqueeze", "squeeze", "pad"), structure.rearranged
    ),
    "channel_shuffle": structure.shuffled,
    "getitem": structure.taken,
}  # fmt: skip

_JOINS: Final[Mapping[str, Join]] = {
    "add": _add, "iadd": _add, "sub": _sub, "isub": _sub, "mul": _mul, "imul": _mul, "truediv": _div, "div": _div,
    "cat": _concat, "concat": _concat,
}  # fmt: skip
