"""torchvision's Faster R-CNN with the weights of the store, or with random ones where these are not here."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

import torch

from engine.context import Context
from engine.detection.detectors import RANDOM, TASK, open_detector
from engine.detection.proposals.requests import FASTER
from engine.errors import UserError
from engine.networks.importing import imported
from engine.networks.steps import told
from engine.networks.weights import store

RESNET_SIDE: Final = 400
"""Pixels of the shorter side that ResNet-50 gets here; its weights were made with 800, for four times the work."""


@dataclass(frozen=True, slots=True, eq=False)
class FasterNet:
    """The net in evaluation mode, and how its pictures are made. `trained`: whether its weights are the store's."""

    net: Any
    transform: Any
    title: str
    labels: tuple[str, ...]
    trained: bool
    device: torch.device


def open_faster(architecture: str, context: Context) -> Generator[Any, None, FasterNet]:
    """The net of that name of torchvision. Raises UserError where it is none of FASTER, or its weights are damaged."""
    if architecture not in dict(FASTER):
        raise UserError(
            f"“{architecture}” is no Faster R-CNN that ConvScope knows.", "Choose one of the list."
        )
    yield from imported("torchvision.models.detection", context)
    name = yield from _weights_of(architecture, context)
    detector: Any = yield from open_detector(name or f"{RANDOM}{architecture}", context)
    transform = detector.net.transform
    if architecture == "fasterrcnn_resnet50_fpn":
        transform = _smaller(transform)
    title = dict(FASTER)[architecture]
    return FasterNet(detector.net, transform, title, detector.classes, name is not None, detector.device)


def _smaller(transform: Any) -> Any:
    from torchvision.models.detection.transform import GeneralizedRCNNTransform

    return GeneralizedRCNNTransform(
        RESNET_SIDE, transform.max_size, transform.image_mean, transform.image_std
    )


def _weights_of(architecture: str, context: Context) -> Generator[Any, None, str | None]:
    """The name of weights that are here; None where there are none."""
    for entry in store.entries():
        if (entry.architecture, entry.task) == (architecture, TASK):
            steps = store.status_steps(entry)
            status = yield from told(steps, lambda _: context.progress(0, 1, "Checking the weights"))
            if status.state in ("ready", "imported", "bundled"):
                return entry.name
    return None
