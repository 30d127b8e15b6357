"""One unit projected back to the pixels, against the forward pass of the same net; a new unit on show."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.context import Context
from engine.images import Frame
from engine.inside.descent import kept
from engine.inside.descent.answer import descend, look
from engine.inside.descent.descend import projection
from engine.inside.descent.record import Record, record, unit_of
from engine.inside.descent.requests import Descend, LookAtUnit
from engine.inside.nets import OpenNet, open_net
from engine.networks.steps import at_once
from engine.sources import load_sample

SUBJECTS = (
    ("alexnet", "random:alexnet", "features.11"),
    ("squeezenet", "random:squeezenet1_0", "features.9.expand3x3_activation"),
    ("resnet18", "random:resnet18", "layer3.1.relu_1"),
)
"""Deep layers whose units still leave a part of the picture out."""
DOWN, UP_AND_DOWN, ANSWER_MS = 0.70, 2.0, 50.0
CHANNELS = 8


def measure(quick: bool = False) -> list[Row]:
    """Rows "units/..."."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    rounds = 2 if quick else 25
    rows: list[Row] = []
    for name, net, layer in SUBJECTS:
        rows += _projection(name, _opened(net), layer, rounds)
    return [*rows, _answer(rounds)]


def _opened(name: str) -> OpenNet:
    import torch

    with devices.step_mode(False):
        return at_once(open_net(name, Context(device=torch.device("cpu"), torch_ready=True)))


def _projection(name: str, net: OpenNet, layer: str, rounds: int) -> list[Row]:
    """The way down alone, and with the way up that records the switches."""
    values = net.values(net.prepared(photo().pixels))

    def in_mode(work: Callable[[], object]) -> Callable[[], object]:
        def job() -> object:
            with devices.step_mode(False):
                return work()

        return job

    with devices.step_mode(False):
        found: Record = record(net.program, values, layer)
        unit = unit_of(found, 3)
    jobs = {
        "forward": in_mode(lambda: net.net.net(values)),
        "up": in_mode(lambda: record(net.program, values, layer)),
        "down": in_mode(lambda: projection(found, unit, "deconvnet")),
    }
    medians = interleaved(jobs, rounds)
    down, up = medians["down"], medians["up"]
    forward, details = medians["forward"], milliseconds(medians)
    whole = "forward pass of the net"
    return [
        Row(f"units/down {name}", f"deconvnet of a unit of {name}", down / forward, "x", whole, DOWN, details=details),
        Row(
            f"units/up and down {name}", "the same with the way up", (up + down) / forward, "x", whole, UP_AND_DOWN,
            details=details,
        ),
    ]  # fmt: skip


def _answer(rounds: int) -> Row:
    """Another channel of the layer on show: its map, three ways down and all steps, to the last number."""
    frame = photo()
    channel = iter(range(1_000_000))

    def answered() -> object:
        unit = next(channel) % CHANNELS
        context = Context()
        first = _to_its_end(
            look(LookAtUnit("tinyvgg-cifar10", "features.relu3_1", unit, None, frame), context)
        )
        last = _to_its_end(
            descend(Descend("tinyvgg-cifar10", "features.relu3_1", unit, None, frame), context)
        )
        return first, last

    medians = interleaved({"answer": answered}, rounds)
    kept.forget()
    return Row(
        "units/answer", "another unit, all that is shown", medians["answer"] * 1000, "ms", target=ANSWER_MS,
        details=milliseconds(medians),
    )  # fmt: skip


def photo() -> Frame:
    """A real photograph of 512 x 512."""
    return Frame(np.ascontiguousarray(load_sample("astronaut").pixels[:512, :512]), "astronaut")


def _to_its_end(steps: Generator[Any, None, Any]) -> Any:
    """The result of a handler, in the mode that the engine sets around its steps."""
    while True:
        try:
            with devices.step_mode(False):
                next(steps)
        except StopIteration as stop:
            return stop.value
