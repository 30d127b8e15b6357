"""Answers about one unit: where it is and what it reads, and its activation on the way down."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import numpy as np
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.images import publish
from engine.inside.descent.bands import Telling
from engine.inside.descent.descend import arrived, seed, steps
from engine.inside.descent.kept import Run, run_up_to
from engine.inside.descent.record import Unit, unit_of
from engine.inside.descent.requests import (
    RULES,
    Array,
    Box,
    Descend,
    Descents,
    DescentStep,
    LookAtUnit,
    Rule,
    UnitLook,
)
from engine.inside.nets import open_net

NAN = "Some activations of this map are not numbers (NaN): the net's weights or its input are broken."
OFF = "The unit is off: its activation is 0, so nothing comes down. Choose another place or another picture."
NEGATIVE = "The activation is negative: what comes down shows what makes it more so."


def look(request: LookAtUnit, context: Context) -> Generator[Any, None, UnitLook]:
    """Answer a LookAtUnit. Raises UserError for a net, layer or unit that is not there."""
    net = yield from open_net(request.net, context)
    run = run_up_to(net, request.frame, request.layer)
    unit = unit_of(run.found, request.channel, request.position)
    maps = run.found.maps[0, unit.channel].float()
    values = maps.cpu().numpy().reshape(maps.shape if maps.ndim == 2 else (1, 1))
    value = float(values[unit.row, unit.column])
    note = run.prepared.note
    if not np.isfinite(values).all():
        note = NAN
    elif value == 0:
        note = OFF
    elif value < 0:
        note = note or NEGATIVE
    return UnitLook(
        request, publish(values.copy()), unit.row, unit.column, value, publish(run.prepared.seen.copy()),
        run.prepared.window, field_of(run, unit), note,
    )  # fmt: skip


def field_of(run: Run, unit: Unit) -> Box:
    """The pixels that a unit reads, as far as they lie in the net's picture."""
    height, width = run.found.program.graph.input_shape[1:]
    field = run.found.program.layer(unit.layer).field
    if field is None or field.everything:
        return 0, 0, height, width
    rows, columns = field.rows(unit.row), field.columns(unit.column)
    return max(rows.start, 0), max(columns.start, 0), min(rows.stop, height), min(columns.stop, width)


def descend(request: Descend, context: Context) -> Generator[Any, None, Descents]:
    """Answer a Descend. Raises UserError for a net, layer or unit that is not there."""
    net = yield from open_net(request.net, context)
    before = time.perf_counter()
    run = run_up_to(net, request.frame, request.layer)
    forward = run.seconds if time.perf_counter() - before >= run.seconds else 0.0
    unit = unit_of(run.found, request.channel, request.position)
    yield
    pictures: dict[Rule, Array] = {}
    refusals: dict[Rule, str] = {}
    told: tuple[DescentStep, ...] = ()
    seconds = 0.0
    for rule in sorted(RULES, key=lambda other: other == request.rule):  # the one that is told comes last
        try:
            began = time.perf_counter()
            pictures[rule] = _pixels((yield from _walk(run, unit, rule)))
            seconds = time.perf_counter() - began
            if rule == request.rule:
                told = yield from _told(run, unit, rule)
        except UserError as error:
            refusals[rule] = str(error)
    maps = run.found.maps[0, unit.channel]
    value = float(maps[unit.row, unit.column] if maps.ndim else maps)
    return Descents(
        request, (unit.row, unit.column), value, field_of(run, unit), publish(run.prepared.seen.copy()),
        {rule: pictures[rule] for rule in RULES if rule in pictures}, refusals,
        told, forward, seconds, str(net.net.device),
    )  # fmt: skip


def _walk(run: Run, unit: Unit, rule: Rule) -> Generator[Any, None, Tensor]:
    start = seed(run.found, unit)
    signal = yield from arrived(run.found, steps(run.found, start, rule), start)
    return signal.whole()[0]


def _told(run: Run, unit: Unit, rule: Rule) -> Generator[Any, None, tuple[DescentStep, ...]]:
    """The same way again with every step written down, which takes longer than the way itself."""
    telling = Telling(run.found)
    for step in steps(run.found, seed(run.found, unit), rule):
        telling.note(step)
        yield
    return telling.steps()


def _pixels(picture: Tensor) -> Array:
    """float32[H, W, C] of Tensor[C, H, W]."""
    return publish(np.ascontiguousarray(picture.float().cpu().numpy().transpose(1, 2, 0)))
