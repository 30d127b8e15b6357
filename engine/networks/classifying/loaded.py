"""Nets that are ready to answer: kept in the engine's thread, the ones not used for longest given up first."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from engine.context import Context
from engine.errors import UserError
from engine.jobs import Progress
from engine.networks import catalogue
from engine.networks.classifying.picture_edits import edit
from engine.networks.classifying.preprocessing import InputRecipe, from_entry
from engine.networks.importing import imported
from engine.networks.requests import PictureEdits
from engine.networks.steps import told
from engine.networks.weights import store
from engine.networks.weights.fitting import load_steps
from engine.networks.weights.store import Resolved

if TYPE_CHECKING:
    from engine.networks.program import Program

log = logging.getLogger(__name__)
Step = TypeVar("Step")
Result = TypeVar("Result")

MOST_BYTES = 1_500_000_000
"""Of all nets that are kept; the newest stays even if it is larger."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedNet:
    """A net with its weights, in evaluation mode and warmed up on `device`.

    `labels`: one a class. `parameters` are those of the file; folding a batch norm into its convolution changes none of
    the answers.
    """

    name: str
    title: str
    architecture: str
    path: Path
    net: nn.Module
    labels: tuple[str, ...]
    preprocessing: InputRecipe
    device: torch.device
    parameters: int
    size: int
    programs: dict[tuple[int, ...], Program] = field(default_factory=dict, repr=False)
    """The net's calls, by the shape of its picture, for those who look inside."""

    def logits(self, values: Tensor) -> Tensor:
        """Tensor[N, classes] of Tensor[N, C, h, w] (normalised); float32."""
        batch = values.to(self.device).contiguous(memory_format=torch.channels_last)
        return main_output(self.net(batch)).float()


@dataclass(frozen=True, slots=True)
class _Key:
    """What a kept net belongs to: an exchanged file or another device is another net."""

    name: str
    path: Path
    changed: int
    device: str


_kept: OrderedDict[_Key, LoadedNet] = OrderedDict()


def load(name: str, context: Context) -> Generator[Any, None, LoadedNet]:
    """The net with the weights of that name, from memory or from its file.

    Told as progress, which ends when the net is ready: a live job goes on for as long as its source does.
    Raises UserError where the weights are not here, are damaged or do not classify.
    """
    telling = False

    def checking(_bytes: int) -> Progress:
        nonlocal telling
        telling = True
        return context.progress(0, 1, "Checking the file of the weights")

    found = yield from told(store.find_steps(name), checking)
    device = context.device or torch.device("cpu")
    key = _Key(name, found.path, found.path.stat().st_mtime_ns, str(device))
    _drop_removed()
    if context.reduced:
        _keep_only(key)
    net = _kept.get(key)
    if net is not None:
        _kept.move_to_end(key)
    else:
        telling = True
        yield context.progress(0, 2, f"Loading {found.entry.title}")
        if catalogue.architecture(found.architecture).from_torchvision:
            yield from imported("torchvision.models", context)
        net = yield from as_trainable(_opened(found, device))
        yield context.progress(1, 2, f"Warming up {found.entry.title}")
        _warm_up(net)
        _keep(key, net)
    if telling:
        yield context.progress(1, 1, f"{found.entry.title} is ready")
    return net


def _keep_only(key: _Key) -> None:
    """Memory ran out: give all other nets up."""
    for other in [other for other in _kept if other != key]:
        del _kept[other]


def _drop_removed() -> None:
    """Nets whose files a person has removed take memory for nothing."""
    for key in [key for key in _kept if not key.path.exists()]:
        del _kept[key]


def forget() -> None:
    """Give all nets up."""
    _kept.clear()


def kept() -> tuple[str, ...]:
    """The names of the nets in memory, the one used last at the end."""
    return tuple(key.name for key in _kept)


def main_output(answer: Any) -> Tensor:
    """The logits of a net; those of side branches are left aside."""
    if isinstance(answer, tuple):
        answer = answer[0]
    assert isinstance(answer, Tensor)
    return answer


def as_trainable(steps: Generator[Step, None, Result]) -> Generator[Step, None, Result]:
    """The same steps outside of inference mode: a net made in it could never be asked for a gradient."""
    with closing(steps):
        while True:
            with torch.inference_mode(False), torch.no_grad():
                try:
                    step = next(steps)
                except StopIteration as stop:
                    result: Result = stop.value
                    return result
            yield step


def _opened(found: Resolved, device: torch.device) -> Generator[Any, None, LoadedNet]:
    entry = catalogue.architecture(found.architecture)
    if found.entry.task != "classification" or not entry.classes:
        raise UserError(f"{found.entry.title} does not classify pictures.", "Choose another net.")
    how = from_entry(found.entry.preprocessing, entry.input_shape)
    net = yield from told(load_steps(found.architecture, found.path), lambda _: None)
    parameters = sum(parameter.numel() for parameter in net.parameters())
    net = folded(net).requires_grad_(False).float().eval()
    yield
    net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    size = sum(t.numel() * t.element_size() for t in (*net.parameters(), *net.buffers()))
    return LoadedNet(
        found.name,
        found.entry.title,
        found.architecture,
        found.path,
        net,
        labels_of(found, entry.classes),
        how,
        device,
        parameters,
        size,
    )


def labels_of(found: Resolved, classes: int) -> tuple[str, ...]:
    """The names of the classes: from the file, from ImageNet's list, or numbers where nobody states them."""
    if found.entry.labels:
        return found.entry.labels
    if found.entry.classes == "imagenet":
        from torchvision.models import AlexNet_Weights

        return tuple(AlexNet_Weights.IMAGENET1K_V1.meta["categories"])
    return tuple(f"class {index}" for index in range(found.entry.class_count or classes))


def folded(net: nn.Module) -> nn.Module:
    """The same function with batch norms folded into the convolutions before them, where the net can be traced.

    Measured on a CPU, of the time without: MobileNet v2 0.82, ResNet-18 0.97.
    """
    if not any(isinstance(module, nn.BatchNorm2d) for module in net.modules()):
        return net
    from torch.fx import GraphModule
    from torch.fx.experimental.optimization import fuse
    from torch.fx.proxy import TraceError

    from engine.networks.graphs.meta_run import trace_of

    net.eval()
    try:
        calls, _ = trace_of(net)
        return fuse(GraphModule(net, calls), inplace=True, no_trace=True)
    except TraceError as error:
        log.info("batch norms stay as they are: %s", error)
        return net


def _warm_up(net: LoadedNet) -> None:
    """Once with zeros: the first pass chooses algorithms and allocates, which would make the first answer slow.

    An edited picture goes along, so that the first stroke of a hand does not wait for the import of OpenCV.
    """
    edit(np.zeros((8, 8, 3), np.uint8), PictureEdits(angle=1.0))
    how = net.preprocessing
    with torch.inference_mode():
        logits = net.logits(torch.zeros(1, len(how.mean), how.size, how.size))
    if logits.ndim != 2 or logits.shape[1] != len(net.labels):
        raise UserError(
            f"{net.title} answers with {logits.shape[-1]:,} numbers, but {len(net.labels):,} classes are named.",
            "Import the file again on the page Weights, for the network that it was made for.",
        )


def _keep(key: _Key, net: LoadedNet) -> None:
    for stale in [other for other in _kept if other.name == key.name]:
        del _kept[stale]
    _kept[key] = net
    while len(_kept) > 1 and sum(other.size for other in _kept.values()) > MOST_BYTES:
        _kept.popitem(last=False)
