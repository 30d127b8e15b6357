"""A classifier of the store, taken apart where its convolutional part ends and its head begins."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

from torch import nn
from torch.nn import functional

from engine.context import Context
from engine.errors import UserError
from engine.networks.classifying.loaded import LoadedNet, load
from engine.networks.importing import imported
from engine.networks.program import Program, program_steps

HEAD_BEGINS: Final = (
    nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool2d,
    nn.AvgPool2d,
    nn.Flatten,
    nn.Linear,
    nn.Dropout,
)
_FUNCTIONS: Final = frozenset({
    functional.adaptive_avg_pool2d, functional.adaptive_max_pool2d, functional.avg_pool2d, functional.dropout,
})  # fmt: skip
_NAMES: Final = frozenset({"flatten", "mean", "view", "reshape"})
LEAST_SIDE: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """`split`: the layer whose maps the head reads, `size` x `size` cells of `stride` pixels each."""

    net: LoadedNet
    program: Program
    split: str
    size: int
    stride: int

    @property
    def side(self) -> int:
        return self.net.preprocessing.size


def open_classifier(name: str, context: Context) -> Generator[Any, None, Classifier]:
    """The net with the weights of that name.

    Raises UserError where the weights are not here, where the net reads digits, or where it has no convolutional part
    that a head follows.
    """
    net = yield from load(name, context)
    how = net.preprocessing
    if how.kind == "digit":
        raise UserError(f"{net.title} reads digits, not photos.", "Choose a net for photos.")
    shape = (len(how.mean), how.size, how.size)
    if shape not in net.programs:
        yield from imported(
            "torch._dynamo", context
        )  # torch's counter of operations would bring it in at once
        net.programs[shape] = yield from program_steps(net.net, shape, net.architecture, net.title)
    program = net.programs[shape]
    split = split_of(program)
    side = program.layer(split).out_shape[-1]
    return Classifier(net, program, split, side, 2 ** round(math.log2(how.size / side)))


def split_of(program: Program) -> str:
    """The last layer of maps before the head. Raises UserError where there is none."""
    found = ""
    for layer in _passed_by_all(program):
        if _begins_head(program, layer):
            break
        shape = program.layer(layer).out_shape
        if len(shape) == 3 and min(shape[1:]) >= LEAST_SIDE:
            found = layer
    if not found or found == program.layers[0].name:
        raise UserError(
            f"{program.graph.title} has no convolutional part that could read a larger picture.",
            "Choose a convolutional net.",
        )
    return found


def _passed_by_all(program: Program) -> list[str]:
    """The layers, in order, after which nothing reads what was computed before them."""
    places = {call.name: place for place, call in enumerate(program.calls)}
    last_read = [0] * len(program.calls)
    for place, call in enumerate(program.calls):
        for source in call.sources:
            if program.call(source).node.op != "get_attr":
                last_read[places[source]] = place
    through, open_until = [], 0
    for place, call in enumerate(program.calls):
        if call.layer and open_until <= place:
            through.append(call.layer)
        open_until = max(open_until, last_read[place])
    return through


def _begins_head(program: Program, layer: str) -> bool:
    target = program.maker(layer).target
    if isinstance(target, nn.Module):
        return isinstance(target, HEAD_BEGINS)
    return target in _FUNCTIONS or getattr(target, "__name__", target) in _NAMES
