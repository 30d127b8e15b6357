"""The walk down: from one unit of a recorded run to the picture, call by call, only where something arrives."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.inside.descent.record import Record, Unit
from engine.inside.descent.requests import Rule
from engine.inside.descent.rules import down
from engine.inside.descent.signal import Signal, added, whole
from engine.networks.program import Call


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One call undone: the signal at what it had put out, and what arrives at what it had read (by calls' names)."""

    call: Call
    above: Signal
    below: tuple[tuple[str, Signal], ...]


def seed(found: Record, unit: Unit, index: int = 0) -> Signal:
    """The unit's activation in its place, zero everywhere else: where the deconvnet of Zeiler & Fergus begins."""
    raw, maps = found.raw[index : index + 1], found.maps[index : index + 1]
    if maps.ndim == 2:
        values = torch.zeros_like(raw)
        values[0, unit.channel] = maps[0, unit.channel]
        return whole(values)
    if (
        maps.shape != raw.shape or maps.stride() != raw.stride()
    ):  # channels last: what is cut has channels first
        values = torch.zeros_like(maps)
        values[0, unit.channel, unit.row, unit.column] = maps[0, unit.channel, unit.row, unit.column]
        return whole(found.program.raw(found.layer, values))
    values = torch.zeros((1, maps.shape[1], 1, 1), dtype=maps.dtype, device=maps.device)
    values[0, unit.channel, 0, 0] = maps[0, unit.channel, unit.row, unit.column]
    return Signal(values, tuple(maps.shape), unit.row, unit.column)


def steps(found: Record, start: Signal, rule: Rule) -> Iterator[Step]:
    """Undo one call after the other, the last first. The last step's `below` is what arrives at the picture.

    Raises UserError where the way leads through a call for which the rule is not defined.
    """
    waiting: dict[str, Signal] = {found.program.maker(found.layer).name: start}
    for call in reversed(found.calls):
        signal = waiting.pop(call.name, None)
        if signal is None or call.node.op == "get_attr":
            continue
        below = tuple(down(call, signal, rule, found))
        for name, part in below:
            waiting[name] = added(waiting[name], part) if name in waiting else part
        yield Step(call, signal, below)


def arrived(found: Record, walked: Iterator[Step], start: Signal) -> Generator[None, None, Signal]:
    """Walk to the end, with a yield after every call: what arrives at the picture."""
    picture = found.program.maker("input").name
    parts: list[Signal] = [start] if found.layer == "input" else []
    for step in walked:
        parts += [part for name, part in step.below if name == picture]
        yield
    total = parts[0]
    for part in parts[1:]:
        total = added(total, part)
    return total


def projection(found: Record, unit: Unit, rule: Rule, index: int = 0) -> Tensor:
    """Tensor[C, H, W]: what arrives at the pixels of the picture, zero outside of the unit's receptive field."""
    start = seed(found, unit, index)
    walk = arrived(found, steps(found, start, rule), start)
    while True:
        try:
            next(walk)
        except StopIteration as stop:
            signal: Signal = stop.value
            return signal.whole()[0]
