"""Detectors, to be looked into as any other net is: their maps have a meaning long before there are boxes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from typing import Any, Final

import torch
from torch import nn

from engine.context import Context
from engine.detection.yolo_digits import load_net
from engine.errors import UserError
from engine.networks.classifying.loaded import LoadedNet
from engine.networks.classifying.preprocessing import InputRecipe
from engine.networks.steps import told
from engine.networks.weights import store
from engine.networks.weights.store import Resolved
from engine.networks.zoo import yolo_digits

TASK: Final = "detection"
KEPT: Final = 2
"""Detectors in memory."""

_kept: OrderedDict[tuple[str, int, str], LoadedNet] = OrderedDict()


def load(name: str, context: Context) -> Generator[Any, None, LoadedNet]:
    """The detector with the weights of that name; it reads whole pictures.

    Raises UserError where the weights are not here or damaged, or where the net cannot be taken apart.
    """
    checking = context.progress(0, 1, "Checking the file of the weights")
    found = yield from told(store.find_steps(name), lambda _: checking)
    device = context.device or torch.device("cpu")
    key = name, found.path.stat().st_mtime_ns, str(device)
    if key not in _kept:
        yield context.progress(0, 1, f"Loading {found.entry.title}")
        with torch.inference_mode(False), torch.no_grad():
            net, size = _opened(found)
        _kept[key] = _loaded(found, net, size, device)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        yield context.progress(1, 1, f"{found.entry.title} is ready")
    _kept.move_to_end(key)
    return _kept[key]


def forget() -> None:
    """Give all detectors up."""
    _kept.clear()


def _opened(found: Resolved) -> tuple[nn.Module, int]:
    """The net, and the side of the square that it reads."""
    if found.architecture == "yolo_digits":
        return load_net(found.path), yolo_digits.SIDE
    raise UserError(f"{found.entry.title} cannot be looked into.", "Choose another net.")


def _loaded(found: Resolved, net: nn.Module, side: int, device: torch.device) -> LoadedNet:
    parameters = sum(parameter.numel() for parameter in net.parameters())
    net = net.requires_grad_(False).float().eval()
    net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    size = sum(t.numel() * t.element_size() for t in (*net.parameters(), *net.buffers()))
    how = InputRecipe("whole", side, None, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    return LoadedNet(
        found.name, found.entry.title, found.architecture, found.path, net, (), how, device, parameters, size
    )
