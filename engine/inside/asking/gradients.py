"""The gradient of a score with respect to the picture: as it is, averaged over noise, integrated along a way."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from engine.context import Context
from engine.images import publish
from engine.inside.asking.aim import aim, layer_of, opened, score
from engine.inside.asking.requests import Attribution, InputGradient, IntegrateGradients, Saliency, Target
from engine.inside.occlusion.occluder import Pixels
from engine.inside.occlusion.strength import batch_size
from engine.networks.classifying.preprocessing import InputRecipe, normalised
from engine.networks.program import Program
from engine.networks.steps import paced

LEVELS: Final = {"black": 0, "grey": 128, "white": 255}
SHAPELESS: Final = 0.25
"""The blur of a baseline, as a share of its side."""
BACKWARD: Final = 4
"""A forward pass that is followed by a backward one takes a smaller batch: it keeps every layer in memory."""


def saliency(request: InputGradient, context: Context) -> Generator[Any, None, Saliency]:
    """Answer an InputGradient. Raises UserError: no such net or target, numbers out of range."""
    request = request.validated()
    net, seen, values = yield from opened(request.net, request.frame, context)
    began = perf_counter()
    aimed = aim(net, request.target, values)
    batch = _batch(net.program, values, context)
    deviation = request.noise * float(values.max() - values.min())
    rng = torch.Generator().manual_seed(request.seed)
    total, done = torch.zeros_like(values[0]), 0
    while done < request.samples:
        count = min(batch, request.samples - done)
        noise = torch.randn((count, *values.shape[1:]), generator=rng).to(values.device)
        slopes, _ = yield from slopes_of(net.program, values + deviation * noise, aimed.target)
        total += slopes.sum(0)
        done += count
        answer = Saliency(
            request, seen, net.net.labels, aimed,
            publish((total / done).cpu().numpy()), done, perf_counter() - began,
        )  # fmt: skip
        if done < request.samples:
            yield context.progress(done, request.samples, "Averaging noisy copies")
            yield context.partial(answer)
    return answer


def integrate(request: IntegrateGradients, context: Context) -> Generator[Any, None, Attribution]:
    """Answer an IntegrateGradients. Raises UserError: no such net or target, numbers out of range."""
    request = request.validated()
    net, seen, values = yield from opened(request.net, request.frame, context)
    began = perf_counter()
    aimed = aim(net, request.target, values)
    start = baseline(seen.pixels, request.baseline, net.net.preprocessing).to(values.device)
    batch = _batch(net.program, values, context)
    way, total = values - start, torch.zeros_like(values[0])
    shares = (torch.arange(request.steps, device=values.device) + 0.5) / request.steps
    for first in range(0, request.steps, batch):
        points = start + shares[first : first + batch, None, None, None] * way
        slopes, _ = yield from slopes_of(net.program, points, aimed.target)
        total += slopes.sum(0)
        yield context.progress(min(first + batch, request.steps), request.steps, "Integrating gradients")
    found = way[0] * (total / request.steps)
    with torch.no_grad():
        kept = net.program.run(start, [layer_of(net.program, aimed.target)])
        before = float(score(net.program, aimed.target, kept)[0])
    return Attribution(
        request, seen, net.net.labels, aimed, publish(found.cpu().numpy()), before,
        float(found.double().sum()), perf_counter() - began,
    )  # fmt: skip


def slopes_of(
    program: Program, values: Tensor, target: Target
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """Tensor[N, C, H, W], the gradient of every picture's own score, and the scores Tensor[N], of a batch."""
    leaf = values.detach().clone().requires_grad_()
    kept = yield from paced(_with_gradients(program.steps(leaf, [layer_of(program, target)])))
    with torch.enable_grad():
        scores = score(program, target, kept)
        (slopes,) = torch.autograd.grad(scores.sum(), leaf)
    return slopes.float(), scores.detach()


def baseline(seen: Pixels, kind: str, how: InputRecipe) -> Tensor:
    """Tensor[1, C, side, side]: the normalised picture at which nothing is to be seen yet."""
    if kind == "blur":
        from PIL import Image, ImageFilter

        blurred = Image.fromarray(seen).filter(ImageFilter.GaussianBlur(SHAPELESS * seen.shape[0]))
        pixels = np.asarray(blurred, np.uint8)
    else:
        pixels = np.full_like(seen, LEVELS[kind])
    return torch.from_numpy(normalised(pixels, how))[None]


def _with_gradients(
    steps: Generator[None, None, dict[str, Tensor]],
) -> Generator[None, None, dict[str, Tensor]]:
    """Every step with gradients, whatever the mode is around it; between two steps that mode is in force."""
    while True:
        with torch.enable_grad():
            try:
                next(steps)
            except StopIteration as stop:
                found: dict[str, Tensor] = stop.value
                return found
        yield


def _batch(program: Program, values: Tensor, context: Context) -> int:
    return max(batch_size(program, values.device, reduced=context.reduced) // BACKWARD, 1)
