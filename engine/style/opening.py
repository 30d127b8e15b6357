"""The net of a run, opened: its layers, its precision, whether a run with it fits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import torch

from engine import device as devices
from engine.context import Context
from engine.networks.classifying.apart import take_apart
from engine.networks.classifying.loaded import LoadedNet, load
from engine.networks.program import Program
from engine.style.backbones import Backbone, backbone
from engine.style.features import FULL, Features
from engine.style.memory import SHARE, bytes_of_run, largest_side
from engine.style.objective import Terms, terms_of, usual_layers
from engine.style.requests import Plan, PlanStyle
from engine.style.settings import StyleSettings, sizes_of

log = logging.getLogger(__name__)

WORTH: Final = 0.8
"""The time of a probe in bfloat16, as a share of that in float32, below which it is taken."""
PASSES: Final = 6
"""Of the probe, in each precision."""

_probed: dict[str, bool] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A net that lends its layers, and how it computes."""

    net: LoadedNet
    program: Program
    backbone: Backbone
    features: Features

    @property
    def precision(self) -> str:
        return "float32" if self.features.dtype is FULL else "bfloat16"


def open_backbone(settings: StyleSettings, context: Context) -> Generator[Any, None, Opened]:
    """Load the net of these settings. Raises UserError where it is not here or cannot lend its layers."""
    net = yield from load(settings.net, context)
    lends = backbone(net.architecture)
    program = yield from take_apart(net, context)
    dtype = FULL
    if settings.precision == "bfloat16" or (settings.precision == "auto" and prefers_bfloat16(net.device)):
        dtype = torch.bfloat16
    how = net.preprocessing
    features = Features(program, how.mean, how.std, settings.pooling, net.device, dtype)
    return Opened(net, program, lends, features)


def prefers_bfloat16(device: torch.device) -> bool:
    """Whether a convolution and its way back are clearly quicker in bfloat16 here (probed once a session and device).

    A processor without instructions for it takes more than ten times as long.
    """
    key = str(device)
    if key not in _probed:
        full, half = _seconds_of_both(device)
        _probed[key] = half < WORTH * full
        log.info("bfloat16 takes %.2f of the time of float32 on %s", half / full, device)
    return _probed[key]


def _seconds_of_both(device: torch.device) -> tuple[float, float]:
    """The best of some passes in float32 and in bfloat16, by turns: a busy machine must not decide between them."""
    full, half = _pass_of(device, FULL), _pass_of(device, torch.bfloat16)
    for ready in (full, half):
        ready()  # the first of each makes its kernels ready
    pairs = [(full(), half()) for _ in range(PASSES)]
    return min(one for one, _ in pairs), min(other for _, other in pairs)


def _pass_of(device: torch.device, dtype: torch.dtype) -> Callable[[], float]:
    """A pass there and back through one convolution, as a function that gives its seconds."""
    how: dict[str, Any] = {"device": device, "dtype": dtype}
    with torch.inference_mode(False):  # what autograd keeps must be no inference tensor
        values = torch.zeros(1, 64, 96, 96, **how).to(memory_format=torch.channels_last)
        weight = torch.zeros(64, 64, 3, 3, **how).to(memory_format=torch.channels_last)

    def seconds() -> float:
        began = perf_counter()
        with torch.inference_mode(False), torch.enable_grad():
            leaf = values.clone().requires_grad_()
            torch.autograd.grad(torch.nn.functional.conv2d(leaf, weight, padding=1).float().sum(), leaf)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return perf_counter() - began

    return seconds


def plan(request: PlanStyle, context: Context) -> Generator[Any, None, Plan]:
    """Answer a PlanStyle. Raises UserError: no such net, a layer that it does not lend."""
    settings = request.settings.validated()
    opened = yield from open_backbone(settings, context)
    terms = terms_of(settings, opened.backbone)
    sizes = sizes_of(settings, *request.content)
    room = free_bytes(opened.net.device)
    nodes = {node.name: node for node in opened.program.layers}
    lambdas = settings.style_layers or usual_layers(opened.backbone)
    return Plan(
        opened.net.title,
        opened.backbone.expect,
        predicted(opened, terms, sizes[-1]),
        room,
        largest(opened, terms, request.content, room),
        sizes,
        tuple((name, title, (nodes[name].out_shape or (0,))[0]) for name, title in opened.backbone.layers),
        settings.content_layer or opened.backbone.content,
        tuple(lambdas),
    )


def predicted(opened: Opened, terms: Terms, size: tuple[int, int]) -> int:
    """Bytes of a run at (width, height), at its peak."""
    own = opened.net.preprocessing.size
    return bytes_of_run(
        opened.program.layers, _deepest(opened, terms), (own, own), size, opened.features.dtype.itemsize
    )


def largest(opened: Opened, terms: Terms, content: tuple[int, int], room: int | None) -> int:
    """The longer side in pixels that fits into the free memory."""
    own = opened.net.preprocessing.size
    return largest_side(
        opened.program.layers, _deepest(opened, terms), (own, own), min(content) / max(content), room,
        opened.features.dtype.itemsize,
    )  # fmt: skip


def free_bytes(device: torch.device) -> int | None:
    """What a run may take of the device's free memory, None where that cannot be known."""
    used, total = devices.memory(device)
    if total is None or used is None:
        return None
    if device.type == "cpu":
        free = devices.free_ram()
        return None if free is None else round(free * SHARE)
    return round((total - used) * SHARE)


def _deepest(opened: Opened, terms: Terms) -> str:
    names = [node.name for node in opened.program.layers]
    return max(terms.layers or (names[0],), key=names.index)
