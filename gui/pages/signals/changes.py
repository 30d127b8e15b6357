"""The legal ways to change the state of the page: filters that fit, refusals with a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.foundations.convolution import Problem
from engine.foundations.signals.filters import preset
from gui.pages.signals.state import (
    CUSTOM,
    FILTER_RANGES,
    MAX_SIZE,
    SIDE,
    FilterState,
    SignalsState,
    filter_problems,
    made,
)


def with_filter(state: SignalsState, changed: FilterState) -> SignalsState:
    """The state with another filter on show."""
    return replace(state, line=changed) if state.axes == "1d" else replace(state, cube=changed)


def set_value(state: SignalsState, name: str, value: Any) -> SignalsState:
    """The state with one control moved; filters of the list are made anew in the size and for the rate they need."""
    if name == "filter_seed":
        return _refit(state, seed=int(value))
    if name in ("kind", "size"):
        return _refit(state, **{name: value})
    if name in ("bias", "stride", "pad", "dilation", "step"):
        return with_filter(state, replace(state.filter, **{name: value}))
    changed: SignalsState = replace(state, **{name: value})
    if name == "rate":
        scale = value / state.rate  # the same moment stays on show
        changed = replace(changed, start=int(state.start * scale), sample=int(state.sample * scale), edits=())
        return replace(changed, line=_made_anew(1, changed.line, int(value)))
    if name in ("heart_rate", "ectopic", "noise", "start"):
        return replace(changed, edits=())
    return changed


def _refit(state: SignalsState, **changes: Any) -> SignalsState:
    old = state.filter
    changed = replace(old, **changes)
    if changed.kind == CUSTOM and changed.size != old.size:
        return with_filter(state, replace(changed, weights=_kept_cells(state.dims, old, changed.size)))
    return with_filter(state, _made_anew(state.dims, changed, state.rate))


def _made_anew(axes: int, one: FilterState, rate: int) -> FilterState:
    if one.kind == CUSTOM:
        return one
    size = max(one.size, 1)
    if size < preset(axes, one.kind).least:
        return replace(one, weights=(0.0,) * size**axes)  # refused for its size; the shape is right
    return replace(one, weights=made(axes, one.kind, size, rate, one.seed))


def _kept_cells(axes: int, old: FilterState, size: int) -> tuple[float, ...]:
    """A person's own kernel in another size: centred, zeros around."""
    new = np.zeros((size,) * axes)
    shared = min(size, old.size)
    target, source = (size - shared) // 2, (old.size - shared) // 2
    into, of = slice(target, target + shared), slice(source, source + shared)
    new[(into,) * axes] = old.array(axes)[(of,) * axes]
    return tuple(float(v) for v in new.ravel())


def with_weight(state: SignalsState, index: int, value: float) -> SignalsState:
    """One cell of the filter typed over; the filter is then the person's own."""
    weights = list(state.filter.weights)
    weights[index] = value
    return with_filter(state, replace(state.filter, kind=CUSTOM, weights=tuple(weights)))


def with_sample(state: SignalsState, place: int, value: float) -> SignalsState:
    """One sample of the piece typed over."""
    kept = tuple(edit for edit in state.edits if edit[0] != place)
    return replace(state, edits=(*kept, (place, value)))


def refusal(state: SignalsState, name: str, value: Any) -> Problem | None:
    """Why a control must not take a value, with the nearest that it may take; None where it may."""
    found = filter_problems(state.dims, set_value(state, name, value).filter)
    if not found:
        return None
    message = next((problem.message for problem in found if problem.field == name), found[0].message)
    nearest = _nearest(state, name, value) if isinstance(value, int) else None
    return Problem(name, message, nearest)


def _nearest(state: SignalsState, name: str, value: int) -> int | None:
    bounds = {row[0]: row[1:] for row in FILTER_RANGES} | {"size": (1, MAX_SIZE[state.dims])}
    if name not in bounds:
        return None
    low, high = bounds[name]
    for candidate in sorted(range(low, high + 1), key=lambda other: (abs(other - value), other)):
        if not filter_problems(state.dims, set_value(state, name, candidate).filter):
            return candidate
    return None


def centred_piece(samples: int, middle: int) -> int:
    """Where a piece of SIDE samples around `middle` begins, inside a signal of `samples`."""
    return min(max(middle - SIDE // 2, 0), samples - SIDE)
