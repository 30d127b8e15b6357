"""torchvision's Faster R-CNN with the weights of the store, or with random ones where these are not here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from engine.context import Context
from engine.detection.proposals.requests import FASTER
from engine.errors import UserError
from engine.networks.importing import imported
from engine.networks.steps import told
from engine.networks.weights import store
from engine.networks.weights.reading import read_steps

SEED: Final = 0
KEPT: Final = 2
RESNET_SIDE: Final = 400
"""Pixels of the shorter side that ResNet-50 gets here; its weights were made with 800, for four times the work."""
_COUNTER: Final = "num_batches_tracked"


@dataclass(frozen=True, slots=True, eq=False)
class FasterNet:
    """The net in evaluation mode. `trained`: whether its weights are those of the store."""

    net: Any
    title: str
    labels: tuple[str, ...]
    trained: bool
    device: torch.device


_kept: OrderedDict[tuple[str, str, str], FasterNet] = OrderedDict()


def forget() -> None:
    """Give the nets up."""
    _kept.clear()


def open_faster(architecture: str, context: Context) -> Generator[Any, None, FasterNet]:
    """The net of that name of torchvision. Raises UserError where it is none of FASTER, or its weights are damaged."""
    if architecture not in dict(FASTER):
        raise UserError(
            f"“{architecture}” is no Faster R-CNN that ConvScope knows.", "Choose one of the list."
        )
    yield from imported("torchvision.models.detection", context)
    device = context.device or torch.device("cpu")
    path = yield from _weights_of(architecture, context)
    key = architecture, str(path), str(device)
    if key not in _kept:
        yield context.progress(0, 1, "Loading Faster R-CNN")
        _kept[key] = yield from _made(architecture, path, device)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _weights_of(architecture: str, context: Context) -> Generator[Any, None, Path | None]:
    """The checked file of the store; None where it is not on this computer."""
    for entry in store.entries():
        if entry.architecture == architecture and entry.task == "detection":
            state = yield from told(
                store.status_steps(entry), lambda _: context.progress(0, 1, "Checking the weights")
            )
            if state.state in ("ready", "imported", "bundled"):
                return state.path
    return None


def _made(architecture: str, path: Path | None, device: torch.device) -> Generator[Any, None, FasterNet]:
    state = None
    if path is not None:
        state = yield from told(read_steps(path), lambda _: None)
    with torch.inference_mode(False), torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        net, labels = _built(architecture)
        if state is not None:
            _fill(net, state, path.name if path else "")
        net = net.requires_grad_(False).eval().to(device)
    return FasterNet(net, dict(FASTER)[architecture], labels, state is not None, device)


def _built(architecture: str) -> tuple[nn.Module, tuple[str, ...]]:
    from torchvision.models import get_model, get_model_weights

    small = {"min_size": RESNET_SIDE} if architecture == "fasterrcnn_resnet50_fpn" else {}
    net: nn.Module = get_model(architecture, weights=None, weights_backbone=None, **small)
    labels = next(iter(get_model_weights(architecture))).meta["categories"]
    return net, tuple(labels)


def _fill(net: nn.Module, state: dict[str, Any], name: str) -> None:
    """Batch norms were frozen when these weights were made: they have no counter, and some no epsilon."""
    missing, unexpected = net.load_state_dict(state, strict=False)
    if unexpected or any(not key.endswith(_COUNTER) for key in missing):
        raise UserError(f"{name} does not fit this Faster R-CNN.", "Download it again on the page Weights.")
    if "backbone.body.layer1.0.conv1.weight" in state:
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 0.0
