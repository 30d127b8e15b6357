"""Nets, folders of pictures and a slow loop, for the tests of top patches."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from engine.context import Context, Idle
from engine.inside.nets import OpenNet, open_net
from engine.inside.patches import library, lookup
from engine.inside.patches.index import (
    Index,
)  # fmt: skip
from engine.inside.patches.maxima import layers_with_maps
from engine.inside.patches.requests import (
    FindPatches,
    UnitPatches,
)  # fmt: skip
from engine.jobs import Partial
from engine.networks.program import Program
from engine.networks.steps import at_once

NET = "tinyvgg-cifar10"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(library.VARIABLE, str(tmp_path / "indexes"))
    yield
    library.forget()
    lookup.forget()


def driven(steps: Generator[Any, None, Any], each: Callable[[Any], None] = lambda step: None) -> Any:
    """What an engine does with a handler's steps."""
    with torch.inference_mode():
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Idle):
                Context().cancel.wait(0.001)
            each(step)


@pytest.fixture(scope="module")
def net() -> OpenNet:
    with torch.no_grad():
        return at_once(open_net(NET, Context()))


def same(one: Index, other: Index) -> bool:
    return (
        one.pictures == other.pictures
        and np.array_equal(one.states, other.states)
        and one.skipped == other.skipped
        and all(np.array_equal(getattr(one, n), getattr(other, n)) for n in ("values", "numbers", "places"))
    )


values = st.lists(st.sampled_from([-1.0, 0.0, 0.5, 0.5, 2.0]), min_size=5, max_size=5)


places = st.tuples(*[st.integers(0, 5)] * 2, *[st.just(0)] * 3).map(list)


def slow(program: Program, batch: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The same by keeping every map, a picture at a time."""
    names = [layer.name for layer in layers_with_maps(program)]
    rows = []
    for picture in batch:
        kept = program.run(picture[None], names)
        flat = [program.maps(name, kept[name])[0].flatten(1) for name in names]
        rows.append(([m.max(1).values for m in flat], [m.max(1).indices for m in flat]))
    values, places = (torch.stack([torch.cat(r[i]) for r in rows]).numpy() for i in (0, 1))
    return values, places


# --- looking up -------------------------------------------------------------------------------------------


def found(request: FindPatches) -> tuple[UnitPatches, list[UnitPatches]]:
    partials: list[UnitPatches] = []

    def keep(step: Any) -> None:
        if isinstance(step, Partial):
            partials.append(step.value)  # type: ignore[arg-type]

    return driven(lookup.find(request, Context()), keep), partials
