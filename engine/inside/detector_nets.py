"""Detectors, to be looked into as any other net is: their maps have a meaning long before there are boxes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from typing import Any, Final

import torch
from torch import Tensor, nn

from engine.context import Context
from engine.detection import detectors
from engine.detection.darknet.loading import open_steps
from engine.detection.yolo_digits import load_net
from engine.errors import UserError
from engine.networks.classifying.loaded import LoadedNet, as_trainable
from engine.networks.classifying.preprocessing import InputRecipe
from engine.networks.importing import imported
from engine.networks.steps import told
from engine.networks.weights import store
from engine.networks.weights.store import Resolved
from engine.networks.zoo import yolo_digits

TASK: Final = "detection"
KEPT: Final = 2
"""Detectors in memory."""
LARGEST: Final = 512
"""The side of the picture for nets that take pictures of any size."""

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
        net, how = yield from as_trainable(_opened(found, context))
        _kept[key] = _loaded(found, net, how, device)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        yield context.progress(1, 1, f"{found.entry.title} is ready")
    _kept.move_to_end(key)
    return _kept[key]


def forget() -> None:
    """Give all detectors up."""
    _kept.clear()


class Features(nn.Module):
    """What comes before the boxes in one of torchvision's detectors: a tuple of maps, the finest first."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.backbone(x).values())


def _opened(found: Resolved, context: Context) -> Generator[Any, None, tuple[nn.Module, InputRecipe]]:
    """The net as far as its maps go, and how it wants its pictures."""
    kind = detectors.kind_of(found.entry)
    if kind == "yolo-digits":
        return load_net(found.path), _plain(yolo_digits.SIDE)
    if kind == "Darknet":
        net = yield from told(open_steps(found), lambda _: None)
        return net, _plain(max(net.plan.width, net.plan.height))
    if kind == "torchvision":
        yield from imported("torchvision.models.detection", context)
        from engine.detection import torchvision_detector

        whole = (yield from torchvision_detector.opened(found, torch.device("cpu"))).net
        how = whole.transform
        side = how.fixed_size[0] if how.fixed_size else min(how.min_size[-1], LARGEST)
        recipe = InputRecipe("whole", side, None, tuple(how.image_mean), tuple(how.image_std))
        return Features(whole.backbone), recipe
    raise UserError(f"{found.entry.title} cannot be looked into.", "Choose another net.")


def _plain(side: int) -> InputRecipe:
    """Pixels in 0..1 and nothing else."""
    return InputRecipe("whole", side, None, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def _loaded(found: Resolved, net: nn.Module, how: InputRecipe, device: torch.device) -> LoadedNet:
    parameters = sum(parameter.numel() for parameter in net.parameters())
    net = net.requires_grad_(False).float().eval()
    net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    size = sum(t.numel() * t.element_size() for t in (*net.parameters(), *net.buffers()))
    return LoadedNet(
        found.name, found.entry.title, found.architecture, found.path, net, (), how, device, parameters, size
    )
