"""Transposes of what moves, sums, spreads and scales: pools, joins, slices, reshapes, norms that are held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor, fx, nn
from torch.nn import functional

from engine.inside.descent.pulling import again, pulled_back
from engine.inside.descent.record import Args, Pooling, average_window
from engine.inside.descent.requests import Rule
from engine.inside.descent.signal import Signal, whole
from engine.networks.program import Call

Kwargs = Mapping[str, Any]


# --- pools ------------------------------------------------------------------------------------------------


def unpooled(signal: Signal, x: Tensor, pool: Pooling, switches: Tensor) -> Signal:
    """Every value goes back to the place that its switch recorded; values that share a place add up.

    (`max_unpool2d` keeps one of them: wrong for windows that overlap, as AlexNet's do.)
    """
    height, width = x.shape[-2:]
    if signal.is_whole or pool.output is not None:
        top, left, bottom, right = 0, 0, height, width
    else:
        top, bottom = pool.read(0, signal.top, signal.bottom)
        left, right = pool.read(1, signal.left, signal.right)
        top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, height), min(right, width)
    values = signal.whole() if pool.output is not None else signal.values
    places = switches if pool.output is not None else signal.cut(switches)
    local = (places // width - top) * (right - left) + places % width - left
    below = values.new_zeros((*values.shape[:2], (bottom - top) * (right - left)))
    below.scatter_add_(2, local.flatten(2), values.flatten(2))
    return Signal(below.view(*values.shape[:2], bottom - top, right - left), tuple(x.shape), top, left)


def spread(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Kwargs) -> Signal:
    """Average pools: every value is handed out in equal parts to what it is the mean of."""
    x = args[0]
    if tuple(x.shape) == signal.shape:
        adaptive = "adaptive" in str(getattr(call.target, "__name__", type(call.target).__name__)).lower()
        if adaptive:
            return signal  # as many cells as before: each is the mean of itself
    below = pulled_back(lambda point: again(call, (point, *args[1:]), kwargs), x, signal.whole())
    window = average_window(call, args, kwargs)
    if window is None or signal.is_whole:
        return whole(below)
    top, bottom = window.read(0, signal.top, signal.bottom)
    left, right = window.read(1, signal.left, signal.right)
    top, left = max(top, 0), max(left, 0)
    return Signal(below[..., top:bottom, left:right], tuple(x.shape), top, left)


# --- what only moves values -------------------------------------------------------------------------------


def passed_on(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Kwargs) -> Signal:
    """Dropout and its like do nothing in evaluation."""
    return signal


def rearranged(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Kwargs) -> Signal:
    """Every value goes back to where it came from."""
    return whole(pulled_back(lambda point: again(call, (point, *args[1:]), kwargs), args[0], signal.whole()))


def shuffled(call: Call, signal: Signal, _rule: Rule, args: Args, kwargs: Kwargs) -> Signal:
    """Channels change their order, at every place alike."""
    x = signal.cut(args[0])
    return signal.of(pulled_back(lambda point: again(call, (point, *args[1:]), kwargs), x, signal.values))


def taken(call: Call, signal: Signal, rule: Rule, args: Args, kwargs: Kwargs) -> Signal:
    """A part of a tensor, or one of the parts that `chunk` or `split` made."""
    if isinstance(args[0], Tensor):
        return rearranged(call, signal, rule, args, kwargs)
    parts, index = args[0], args[1]
    node = call.node.args[0]
    assert isinstance(node, fx.Node)
    dim = node.args[2] if len(node.args) > 2 else node.kwargs.get("dim", 0)
    assert isinstance(dim, int)
    before = sum(part.shape[dim] for part in parts[:index])
    after = sum(part.shape[dim] for part in parts[index + 1 :])
    axis = dim % len(signal.shape)
    values = signal.values if axis == 1 else signal.whole()
    sides = [0] * (2 * values.ndim)
    sides[2 * (values.ndim - 1 - axis)], sides[2 * (values.ndim - 1 - axis) + 1] = before, after
    padded = functional.pad(values, sides)
    shape = (*signal.shape[:axis], before + signal.shape[axis] + after, *signal.shape[axis + 1 :])
    return Signal(padded, shape, signal.top, signal.left) if axis == 1 else whole(padded)


# --- joins ------------------------------------------------------------------------------------------------


def to_tensors(call: Call, args: Args, made: Callable[[Tensor, int], Signal]) -> list[tuple[str, Signal]]:
    """`made(argument, place)` for every argument of two that the net computed."""
    return [
        (node.name, made(args[place], place))
        for place, node in enumerate(call.node.args[:2])
        if isinstance(node, fx.Node) and node.op != "get_attr" and isinstance(args[place], Tensor)
    ]


def is_gated(call: Call) -> bool:
    """Whether a product is of two things that the net computed."""
    places = call.node.args[:2]
    return len(places) == 2 and all(isinstance(node, fx.Node) and node.op != "get_attr" for node in places)


def is_scale(call: Call) -> bool:
    """Whether a call multiplies, rather than being a norm."""
    return not isinstance(call.target, nn.Module) and "norm" not in str(getattr(call.target, "__name__", ""))


def summed(signal: Signal, x: Tensor) -> Signal:
    """The signal at a summand; where torch had repeated it along an axis, the sum of what the repetitions get."""
    return signal if tuple(x.shape) == signal.shape else whole(signal.whole().sum_to_size(x.shape))


def times(signal: Signal, factor: Any) -> Signal:
    """The signal times a number, a number for every channel, or a map of numbers."""
    if isinstance(factor, Tensor) and factor.ndim >= 2 and factor.shape[-2:] == signal.shape[-2:]:
        factor = signal.cut(factor)
    values = signal.values * factor
    return (
        Signal(values, signal.shape, signal.top, signal.left)
        if values.shape == signal.values.shape
        else whole(signal.whole() * factor)
    )


def slices(call: Call, signal: Signal, parts: Sequence[Tensor], dim: int) -> list[tuple[str, Signal]]:
    """The part of a signal that belongs to each of the tensors that were put one after the other."""
    nodes = call.node.args[0] if call.node.args else call.node.kwargs["tensors"]
    assert isinstance(nodes, list | tuple)
    axis = dim % len(signal.shape)
    values = signal.values if axis == 1 else signal.whole()
    found: list[tuple[str, Signal]] = []
    start = 0
    for node, part in zip(nodes, parts, strict=True):
        if isinstance(node, fx.Node) and node.op != "get_attr":
            own = values.narrow(axis, start, part.shape[axis])
            place = (signal.top, signal.left) if axis == 1 else (0, 0)
            found.append((node.name, Signal(own, tuple(part.shape), *place)))
        start += part.shape[axis]
    return found


# --- norms ------------------------------------------------------------------------------------------------


def norm_factor(call: Call, x: Tensor, args: Args, kwargs: Kwargs) -> Tensor:
    """What a norm multiplied each value with, its mean and its spread held as they were on the way up."""
    norm = call.target
    if isinstance(norm, nn.LocalResponseNorm):
        return 1 / _response(x, norm.size, norm.alpha, norm.beta, norm.k)
    if isinstance(norm, nn.GroupNorm):
        groups = x.unflatten(1, (norm.num_groups, -1))
        spread_of = (groups.var(tuple(range(2, groups.ndim)), correction=0, keepdim=True) + norm.eps).sqrt()
        factor: Tensor = (1 / spread_of).expand_as(groups).reshape(x.shape)
        if norm.weight is None:
            return factor
        scale: Tensor = norm.weight.view(1, -1, *(1,) * (x.ndim - 2))
        return factor * scale
    if isinstance(norm, nn.LayerNorm):
        over = (1,) if type(norm).__name__ == "LayerNorm2d" else tuple(range(-len(norm.normalized_shape), 0))
        deviation = (x.var(over, correction=0, keepdim=True) + norm.eps).sqrt()
        if norm.weight is None:
            return deviation.reciprocal()
        weight: Tensor = norm.weight.view(1, -1, 1, 1) if over == (1,) else norm.weight
        return weight / deviation
    size = args[1] if len(args) > 1 else kwargs["size"]
    given = [
        args[place] if len(args) > place else kwargs.get(key, default)
        for place, (key, default) in enumerate((("alpha", 1e-4), ("beta", 0.75), ("k", 1.0)), start=2)
    ]
    return 1 / _response(x, size, *given)


def _response(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """What a local response norm divides by: neighbouring channels of the same place (Krizhevsky et al. 2012)."""
    squares = functional.pad(x.square().unsqueeze(1), (0, 0, 0, 0, size // 2, (size - 1) // 2))
    return (functional.avg_pool3d(squares, (size, 1, 1), 1).squeeze(1) * alpha + k) ** beta
