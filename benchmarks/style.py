"""Style transfer against what it cannot be cheaper than, and against the loop that tutorials teach.

An iteration is held against a bare pass through the same truncated net and back, in float32 with the channels last. The
textbook's loop is `torch.optim.LBFGS` at full size from the content, Gram matrices by plain autograd, the picture kept
in 0..1 within the closure, the weights without gradient; both are timed to the same J, which is computed in float32.
VGG-19 has random weights: a pass takes as long with any.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.context import Context
from engine.images import Frame
from engine.networks.steps import at_once
from engine.sources import load_sample
from engine.style import patterns
from engine.style.requests import DrawPattern, PaintStyle
from engine.style.settings import Precision, StyleSettings

if TYPE_CHECKING:
    from torch import Tensor

    from engine.style.objective import Objective
    from engine.style.opening import Opened
    from engine.style.painting import Painting

TARGETS: Final = {"tinyvgg": (1.35, 0.85), "vgg19": (1.20, 0.60)}
"""For an iteration in float32, and in bfloat16 where that is the quicker one.

The five Gram matrices of VGG-19 are 5 % of its multiplications, the seven of the bundled net 16 %.
"""
TO_LOSS, PREVIEWS = 0.5, 0.03
LIVE: Final = 1.15
"""A live frame, in passes of its net."""
FRAME, LIVE_SIDE = (720, 1280), 320
NETS: Final = ("tinyvgg", "vgg19")
SIDE: Final = 256
MEMORY: Final = 22
"""Steps after which one more is like the one before."""
TEXTBOOK_SIDE: Final = 384
EVALUATIONS: Final = "CONVSCOPE_STYLE_EVALUATIONS"
"""An environment variable: how many evaluations the textbook has, 300 by default."""
LOOK_EVERY: Final = 4
"""Evaluations of ours between two looks at J; the looks are not timed."""


def measure(quick: bool = False) -> list[Row]:
    """Rows "style/..."; quickly without VGG-19 and bfloat16."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    rows: list[Row] = []
    for name in NETS[: 1 if quick else None]:
        rows += _iteration(name, 64 if quick else SIDE, 2 if quick else 7, half=not quick)
    evaluations = 6 if quick else int(os.environ.get(EVALUATIONS, "300"))
    rows += _to_loss(64 if quick else TEXTBOOK_SIDE, evaluations)
    rows.append(_previews(64 if quick else SIDE, 8 if quick else 60))
    rows.append(_fast(3 if quick else 25))
    return rows


def subject(side: int) -> tuple[Frame, Frame]:
    """A photo, its longer side of so many pixels, and a drawn style."""
    photo = load_sample("astronaut").pixels
    step = max(1, max(photo.shape[:2]) // side)
    content = Frame(np.ascontiguousarray(photo[::step, ::step]), "astronaut")
    return content, patterns.respond(DrawPattern("swirls"), Context())


# --- an iteration -----------------------------------------------------------------------------------------


def _iteration(name: str, side: int, rounds: int, *, half: bool) -> list[Row]:
    """One step of a painting, all of it, against the bare way there and back."""
    precisions: list[Precision] = ["float32"]
    if half and _prefers_half():
        precisions.append("bfloat16")
    jobs: dict[str, Callable[[], object]] = {}
    for precision in precisions:
        settings = StyleSettings(size=side, steps=10_000, levels=1, precision=precision)
        opened, painting = _painting(settings, name)
        jobs |= {"bare": _bare(opened, painting)} if precision == "float32" else {}
        for _ in range(MEMORY if half else 2):
            painting.step()  # until the optimiser's memory is full
        jobs[precision] = painting.step
    medians = interleaved(jobs, rounds)
    floor = "the truncated net there and back, float32, channels last"
    targets = dict(zip(("float32", "bfloat16"), TARGETS[name], strict=True))
    return [
        Row(
            f"style/iteration {name}{'' if precision == 'float32' else ' bf16'}",
            f"one step at {side} px with {name}, {precision}", medians[precision] / medians["bare"], "x", floor,
            targets[precision], details=milliseconds(medians),
        )
        for precision in precisions
    ]  # fmt: skip


def _prefers_half() -> bool:
    import torch

    from engine.style.opening import prefers_bfloat16

    return prefers_bfloat16(torch.device("cpu"))


def _open(settings: StyleSettings, architecture: str = NETS[0]) -> Opened:
    """The bundled net, or another architecture with random weights."""
    import torch

    from engine.inside.nets import RANDOM, open_net
    from engine.style.backbones import backbone
    from engine.style.features import FULL as FLOAT32
    from engine.style.features import Features
    from engine.style.opening import Opened, open_backbone

    context = Context(device=torch.device("cpu"), torch_ready=True)
    with devices.step_mode(True):
        if architecture == NETS[0]:
            return at_once(open_backbone(settings, context))
        found = at_once(open_net(f"{RANDOM}{architecture}", context))
    how, dtype = found.net.preprocessing, FLOAT32 if settings.precision == "float32" else torch.bfloat16
    features = Features(found.program, how.mean, how.std, settings.pooling, found.net.device, dtype)
    return Opened(found.net, found.program, backbone(architecture), features)


def _painting(settings: StyleSettings, architecture: str = NETS[0]) -> tuple[Opened, Painting]:
    opened = _open(settings, architecture)
    return opened, _begun(opened, *subject(settings.size), settings)


def _begun(opened: Opened, content: Frame, style: Frame, settings: StyleSettings) -> Painting:
    from engine.style.painting import Painting, Subject

    pictures = Subject(content.pixels, (style.pixels,))
    return Painting(opened.features, opened.backbone, pictures, settings)


def _bare(opened: Opened, painting: Painting) -> Callable[[], object]:
    """Up to the deepest layer in use and back to the pixels."""
    import torch

    layers = painting.objective.terms.layers
    names = [node.name for node in opened.program.layers]
    deepest = max(layers, key=names.index)
    picture = painting.picture

    def there_and_back() -> Tensor:
        leaf = picture.detach().requires_grad_()
        found = opened.features.of(leaf, [deepest])[deepest]
        (gradient,) = torch.autograd.grad(found, leaf, torch.ones_like(found))
        return gradient

    return there_and_back


# --- to the textbook's loss -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reached:
    """How long it took to a loss, and after how many evaluations."""

    loss: float
    seconds: float
    evaluations: int


def _to_loss(side: int, evaluations: int) -> list[Row]:
    """As the program begins, coarse to fine with half of the steps at half the size; and all of them at full size."""
    settings = StyleSettings(size=side, steps=evaluations, levels=1, precision="float32")
    opened, painting = _painting(settings)
    judge = painting.objective
    textbook = _textbook(opened, judge, painting.picture, evaluations)
    rows = []
    for name, levels in (("", 2), (", one size", 1)):
        ours = reach(replace(settings, precision="auto", levels=levels), judge, textbook.loss)
        rows.append(Row(
            f"style/time to loss{name}",
            f"to the J that the textbook reaches with {textbook.evaluations} evaluations at {side} px{name}",
            ours.seconds / textbook.seconds, "x", "the textbook's loop", TO_LOSS,
            details={
                "textbook_s": textbook.seconds, "textbook_evaluations": float(textbook.evaluations),
                "textbook_J": textbook.loss, "ours_s": ours.seconds, "ours_evaluations": float(ours.evaluations),
                "ours_J": ours.loss,
            },
        ))  # fmt: skip
    return rows


def _loss(objective: Objective, picture: Tensor) -> float:
    import torch

    with torch.no_grad():
        return float(objective.costs(picture) @ objective.weights)


def _textbook(opened: Opened, objective: Objective, content: Tensor, evaluations: int) -> Reached:
    """torch.optim.LBFGS as in PyTorch's own tutorial, with the costs written out for autograd."""
    import torch

    features, terms = opened.features, objective.terms
    picture = content.clone().requires_grad_()
    optimiser = torch.optim.LBFGS([picture], max_eval=evaluations, max_iter=evaluations)
    wanted = {name: value.clone() for name, value in objective.targets.items()}
    with torch.no_grad():
        kept = features.of(content, [terms.content])[terms.content].contiguous()
    scales, done = dict(_scales(objective)), itertools.count(1)
    count = 0

    def closure() -> Tensor:
        nonlocal count
        count = next(done)
        with torch.no_grad():
            picture.clamp_(0, 1)
        optimiser.zero_grad()
        found = features.program.run(
            (picture - features._mean) / features._std, terms.layers, override=features._exchange
        )
        maps = {name: features.program.maps(name, raw) for name, raw in found.items()}
        costs = [((maps[terms.content] - kept).square().sum() * scales[terms.content]).sum()]
        for name, _ in terms.style:
            rows = maps[name][0].flatten(1)
            costs.append(((rows @ rows.T) - wanted[name]).square().sum() * scales[f"style {name}"])
        costs.append(picture.diff(dim=2).square().mean() + picture.diff(dim=3).square().mean())
        total = torch.stack(costs) @ objective.weights
        total.backward()
        return total

    began = perf_counter()
    with torch.enable_grad():
        optimiser.step(closure)
    seconds = perf_counter() - began
    return Reached(_loss(objective, picture.detach().clamp(0, 1)), seconds, count)


def _scales(objective: Objective) -> Iterator[tuple[str, Any]]:
    yield objective.terms.content, objective._content_scale
    for name, _ in objective.terms.style:
        yield f"style {name}", objective._scales[name]


def reach(settings: StyleSettings, judge: Objective, loss: float, patience: int = 4) -> Reached:
    """Paint until J falls to `loss`, or for `patience` times the settings' steps; more of them go to the last size.

    All of it counts, targets and smaller sizes included; only the looks at J do not.
    """
    opened = _open(settings)  # both have their net before the clock starts
    content, style = subject(settings.size)
    most = settings.steps * patience
    began = perf_counter()
    painting = _begun(opened, content, style, settings)
    seconds = perf_counter() - began
    while True:
        began = perf_counter()
        painting.step()
        seconds += perf_counter() - began
        if painting.level == len(painting.sizes) - 1 and painting.done % LOOK_EVERY == 0:
            now = _loss(judge, painting.picture)
            if now <= loss or painting.done >= most:
                return Reached(now, seconds, painting.done)
        if painting.finished:
            painting.change(replace(painting.settings, steps=most))


# --- what previews cost -----------------------------------------------------------------------------------


def _previews(side: int, steps: int) -> Row:
    """A whole run of the bundled net: what is no step of it, from the first step to the end."""
    import torch

    from engine.style.run import paint

    content, style = subject(side)
    request = PaintStyle(content, (style,), StyleSettings(size=side, steps=steps))
    run = paint(request, Context(device=torch.device("cpu"), torch_ready=True))
    shown, began = 0, 0.0
    painted = None
    while True:
        try:
            with devices.step_mode(True):
                event = next(run)
        except StopIteration as stop:
            painted = stop.value
            break
        if not began:
            began = perf_counter()  # the net is open, and the first picture is there
        shown += hasattr(event, "value")
    seconds = perf_counter() - began
    return Row(
        "style/previews",
        f"what is no step, of a run of {steps} steps at {side} px",
        1 - painted.seconds / seconds,
        "x",
        "the whole run",
        PREVIEWS,
        details={"run_s": seconds, "steps_s": painted.seconds, "shown": float(shown)},
    )


# --- a net that has learned a style -----------------------------------------------------------------------


def _fast(rounds: int) -> Row:
    """A frame of a camera, from its pixels to the painted ones, against the net alone on a tensor of that size."""
    import torch

    from engine.style.fast.applying import paint_steps, sized
    from engine.style.fast.net import fast_net

    cpu = torch.device("cpu")
    net = fast_net(0).eval().requires_grad_(False).to(memory_format=torch.channels_last)
    frame = np.random.default_rng(0).integers(0, 256, (*FRAME, 3), np.uint8)
    height, width = sized(frame, LIVE_SIDE).shape[:2]
    values = torch.rand(1, 3, height, width).contiguous(memory_format=torch.channels_last)
    with devices.step_mode(False):
        medians = interleaved(
            {
                "bare": lambda: net(values),
                "frame": lambda: at_once(paint_steps(net, sized(frame, LIVE_SIDE), cpu)),
            },
            rounds,
        )
    return Row(
        "style/live frame", f"a frame of {FRAME[1]} x {FRAME[0]} painted at {width} x {height}",
        medians["frame"] / medians["bare"], "x", "the net's bare forward pass", LIVE,
        details={**milliseconds(medians), "frames_per_s": 1 / medians["frame"]},
    )  # fmt: skip
