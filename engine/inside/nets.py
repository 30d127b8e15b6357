"""Nets that are looked into: with weights of the store, or with random ones, each with its program."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.inside import detector_nets
from engine.networks import catalogue
from engine.networks.classifying.apart import take_apart
from engine.networks.classifying.loaded import LoadedNet, folded, load
from engine.networks.classifying.preprocessing import Prepared, from_entry, prepare
from engine.networks.importing import imported
from engine.networks.program import Program
from engine.networks.weights import store

RANDOM: Final = "random:"
"""Before the name of an architecture: the net as it is before any training."""
SEED: Final = 0
KEPT: Final = 2
"""Nets with random weights in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenNet:
    """A net and its calls. `net.preprocessing.size` is the side of the picture that the program is for."""

    net: LoadedNet
    program: Program

    def prepared(self, pixels: npt.NDArray[np.uint8]) -> Prepared:
        """What the net gets of uint8[H, W, 3] RGB. Raises UserError where a digit is wanted and nothing is drawn."""
        return prepare(pixels, self.net.preprocessing)

    def values(self, prepared: Prepared) -> Tensor:
        """Tensor[1, C, size, size] on the net's device, channels last."""
        batch = torch.from_numpy(prepared.values)[None].to(self.net.device)
        return batch.contiguous(memory_format=torch.channels_last)


_random: OrderedDict[tuple[str, str], LoadedNet] = OrderedDict()


def open_net(name: str, context: Context) -> Generator[Any, None, OpenNet]:
    """The net with the weights of that name, or of "random:<architecture>", ready to be looked into.

    Raises UserError where the weights are not here or damaged, or where the net cannot be taken apart.
    """
    if name.startswith(RANDOM):
        net = yield from _untrained(name.removeprefix(RANDOM), context)
    elif store.entry(name).task == detector_nets.TASK:
        net = yield from detector_nets.load(name, context)
    else:
        net = yield from load(name, context)
    program = yield from take_apart(net, context)
    return OpenNet(net, program)


def forget() -> None:
    """Give up the untrained nets."""
    _random.clear()


def _untrained(architecture: str, context: Context) -> Generator[Any, None, LoadedNet]:
    entry = catalogue.architecture(architecture)
    if not entry.classes:
        raise UserError(
            f"{entry.title} is a part of a net: it reads maps, not pictures.", "Choose a whole net."
        )
    device = context.device or torch.device("cpu")
    key = architecture, str(device)
    if key not in _random:
        if entry.from_torchvision:
            yield from imported("torchvision.models", context)
        yield context.progress(0, 1, f"Drawing random weights for {entry.title}")
        _random[key] = _drawn(entry, device)
        while len(_random) > KEPT:
            _random.popitem(last=False)
        yield context.progress(1, 1, f"{entry.title} is ready")
    _random.move_to_end(key)
    return _random[key]


def _drawn(entry: catalogue.Architecture, device: torch.device) -> LoadedNet:
    with torch.inference_mode(False), torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(SEED)
        net = catalogue.build(entry.name)
        parameters = sum(parameter.numel() for parameter in net.parameters())
        net = folded(net).requires_grad_(False).float().eval()
        net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    size = sum(t.numel() * t.element_size() for t in (*net.parameters(), *net.buffers()))
    return LoadedNet(
        f"{RANDOM}{entry.name}",
        f"{entry.title}, untrained",
        entry.name,
        Path(),
        net,
        tuple(f"class {index}" for index in range(entry.classes)),
        from_entry(None, entry.input_shape),
        device,
        parameters,
        size,
    )
