"""What if a layer were different: shapes, costs and receptive fields of an edited network, or why it breaks.

Free of torch: a page asks for it while a person drags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import NamedTuple

from engine.errors import UserError
from engine.networks.graphs.broken_joins import explained
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Flatten,
    Identity,
    Input,
    Linear,
    Op,
    Opaque,
    Pool,
)
from engine.networks.graphs.shapes import Pair

MAX_FILTERS = 4096
MAX_PER_CHANNEL = 16
MAX_OUTPUTS = 32768
MAX_SIDE = 2048


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: this setting of this layer gets this value. `drop` 1 takes the layer out of the net."""

    layer: str
    setting: str
    value: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What can be changed about a layer: whole numbers low..high, or only the `choices` where there are some."""

    name: str
    title: str
    value: int
    low: int
    high: int
    choices: tuple[int, ...] = ()

    def nearest(self, value: int) -> int:
        """The value closest to this one that can be chosen."""
        if self.choices:
            return min(self.choices, key=lambda choice: abs(choice - value))
        return min(max(value, self.low), self.high)


def settings_of(op: Op) -> tuple[Setting, ...]:
    """What can be changed about a layer, in the order of a form. Empty for inputs, joins and reshapes.

    Where height and width differ, as in a 1×7 kernel, each has a setting of its own ("kernel_height").
    """
    return (*_numbers(op), Setting("drop", "Leave out", 0, 0, 1)) if _may_drop(op) else ()


def settings_in(graph: Graph, layer: str) -> tuple[Setting, ...]:
    """What can be changed about a layer of a net; its last one cannot be left out. Raises UserError: no such layer."""
    settings = settings_of(_layer(graph, layer).op)
    if graph.consumers[layer]:
        return settings
    return tuple(setting for setting in settings if setting.name != "drop")


def apply(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """The net with these changes; what comes after them adapts its input side, what was chosen stays.

    Where it breaks, `problem` names the first layer that does not fit, why, and what would mend it. Of two edits of one
    setting the later counts. Raises UserError for a layer or setting that does not exist and for a value out of range,
    with the nearest legal one.
    """
    ops = _edited_ops(graph, edits)
    if not ops:
        return graph
    return _remeasured(graph, [replace(one, op=ops.get(one.name, one.op)) for one in graph.layers])


def with_input(graph: Graph, size: Pair) -> Graph:
    """The net for pictures of another height and width; its fully connected layers adapt.

    Raises UserError where the size is out of range, or where a layer was measured for one input size only.
    """
    first = graph.layers[0]
    if not isinstance(first.op, Input) or len(first.op.size) != 3:
        raise UserError("This network does not begin with a picture.", "Its input size cannot be changed.")
    for n in size:
        if not 1 <= n <= MAX_SIDE:
            near = min(max(n, 1), MAX_SIDE)
            raise UserError(f"A picture cannot be {n} pixels wide or high.", f"The nearest size: {near}.")
    if first.op.size[1:] == tuple(size):
        return graph
    new = Input((first.op.size[0], *size))
    changed = _remeasured(graph, [replace(first, op=new), *graph.layers[1:]])
    if changed.problem and isinstance(_layer(changed, changed.problem.layer).op, Opaque):
        raise UserError(
            f"The input size of {graph.title} cannot be changed: {changed.problem.layer} was measured for one size.",
            "Choose a network of convolutions and pooling.",
        )
    return changed


# --- settings of the layers -------------------------------------------------------------------------------


class _PairSetting(NamedTuple):
    """A setting with a side for rows and one for columns, and the attribute of the op that holds it."""

    name: str
    title: str
    attribute: str
    low: int
    high: int


_STRIDE = _PairSetting("stride", "Stride", "stride", 1, 8)
_PADDING = _PairSetting("padding", "Padding", "padding", 0, 16)
_PAIRS: dict[type[Op], tuple[_PairSetting, ...]] = {
    Conv: (
        _PairSetting("kernel", "Kernel", "kernel", 1, 15),
        _STRIDE,
        _PADDING,
        _PairSetting("dilation", "Dilation", "dilation", 1, 8),
    ),
    Pool: (_PairSetting("kernel", "Window", "size", 1, 15), _STRIDE, _PADDING),
    AdaptivePool: (_PairSetting("size", "Output size", "size", 1, 15),),
}
_SIDES = {"_height": slice(0, 1), "_width": slice(1, 2), "": slice(0, 2)}


def _may_drop(op: Op) -> bool:
    reshapes = isinstance(op, Flatten) or (isinstance(op, Opaque) and op.kind == "reshape")
    return not (reshapes or isinstance(op, Input | Add | Concat | Identity))


def _numbers(op: Op) -> Iterator[Setting]:
    if isinstance(op, Conv):
        # The filters of a depthwise layer follow the channels that come in.
        yield _per_channel(op) if op.depthwise else _filters(op)
    for pair in _PAIRS.get(type(op), ()):
        value: Pair = getattr(op, pair.attribute)
        yield from _sides(pair, value, ("",) if value[0] == value[1] else ("_height", "_width"))
    if isinstance(op, Conv):
        common = gcd(op.in_channels, op.filters)
        divisors = tuple(n for n in range(1, common + 1) if common % n == 0)
        yield Setting("groups", "Groups", op.groups, 1, common, divisors)
    if isinstance(op, Linear):
        yield Setting("outputs", "Outputs", op.outputs, 1, max(MAX_OUTPUTS, op.outputs))


def _filters(op: Conv) -> Setting:
    return Setting("filters", "Filters", op.filters, 1, max(MAX_FILTERS, op.filters))


def _per_channel(op: Conv) -> Setting:
    each = max(1, op.filters // op.in_channels)
    return Setting("per_channel", "Filters per channel", each, 1, max(MAX_PER_CHANNEL, each))


def _sides(pair: _PairSetting, value: Pair, sides: Sequence[str]) -> Iterator[Setting]:
    for side in sides:
        title = f"{pair.title} {side.strip('_')}".rstrip()
        yield Setting(pair.name + side, title, list(value)[_SIDES[side]][0], pair.low, max(pair.high, *value))


def _accepted(op: Op) -> dict[str, Setting]:
    """Every setting that an edit may name, whichever of them a form would offer now.

    Edits are kept while others come and go, so a kernel's height may be set before its sides differ, and groups for
    channels that only come in after another edit: whether those divide is told where they meet.
    """
    found = {setting.name: setting for setting in _numbers(op)}
    for pair in _PAIRS.get(type(op), ()):
        found |= {one.name: one for one in _sides(pair, getattr(op, pair.attribute), tuple(_SIDES))}
    if isinstance(op, Conv):
        found |= {one.name: one for one in (_filters(op), _per_channel(op))}
        found["groups"] = Setting("groups", "Groups", op.groups, 1, max(MAX_FILTERS, op.in_channels))
    return found


# --- applying edits ---------------------------------------------------------------------------------------


def _edited_ops(graph: Graph, edits: Iterable[Edit]) -> dict[str, Op]:
    """What the edited layers do, by name; only those that differ."""
    ops: dict[str, Op] = {}
    dropped: dict[str, int] = {}
    for edit in edits:
        op = ops.get(edit.layer) or _layer(graph, edit.layer).op
        _check(graph, edit, op)
        if edit.setting == "drop":
            dropped[edit.layer] = edit.value
        else:
            ops[edit.layer] = _changed(op, edit.setting, edit.value)
    ops |= {name: Identity() for name, value in dropped.items() if value}
    return {name: op for name, op in ops.items() if op != _layer(graph, name).op}


def _check(graph: Graph, edit: Edit, op: Op) -> None:
    """Raises UserError where this edit cannot be made."""
    offered = {setting.name: setting for setting in settings_in(graph, edit.layer)}
    setting = (_accepted(op) | offered if edit.setting == "drop" else _accepted(op)).get(edit.setting)
    if setting is None:
        raise UserError(
            f"“{edit.setting}” is not a setting of {edit.layer} ({op.label}).",
            f"Its settings: {', '.join(offered) or 'none'}.",
        )
    near = setting.nearest(edit.value)
    if near != edit.value:
        raise UserError(
            f"{setting.title} of {edit.layer} cannot be {edit.value}: it goes from {setting.low} to {setting.high}.",
            f"The nearest value for {edit.setting}: {near}.",
        )


def _changed(op: Op, name: str, value: int) -> Op:
    if isinstance(op, Conv) and name == "per_channel":
        return replace(op, filters=op.in_channels * value)
    for pair in _PAIRS.get(type(op), ()):
        if name.startswith(pair.name):
            sides = list(getattr(op, pair.attribute))
            part = _SIDES[name.removeprefix(pair.name)]
            sides[part] = [value] * len(sides[part])
            return _replaced(op, pair.attribute, tuple(sides))
    return _replaced(op, name, value)


def _replaced(op: Op, attribute: str, value: object) -> Op:
    make: Callable[..., Op] = replace
    return make(op, **{attribute: value})


def _layer(graph: Graph, name: str) -> Layer:
    found = next((layer for layer in graph.layers if layer.name == name), None)
    if found is None:
        hint = "The change was made for another network: take it back."
        raise UserError(f"There is no layer “{name}” in {graph.title}.", hint)
    return found


def _remeasured(graph: Graph, layers: Sequence[Layer]) -> Graph:
    changed = measure(graph.name, graph.title, layers, graph.notes, fit=True, known=graph.by_name)
    return explained(changed)
