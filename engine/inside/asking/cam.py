"""Grad-CAM: which maps of a layer speak for a class, and where they do."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from engine.context import Context
from engine.errors import UserError
from engine.images import publish
from engine.inside.asking.aim import aim, layer_of, opened, score
from engine.inside.asking.requests import CamMap, GradCam, Target
from engine.networks.program import Program


def respond(request: GradCam, context: Context) -> Generator[Any, None, CamMap]:
    """Answer a GradCam. Raises UserError: no such net, class or layer, or a target that does not follow from it."""
    net, seen, values = yield from opened(request.net, request.frame, context)
    began = perf_counter()
    layer = request.layer or last_maps(net.program)
    if not net.program.has_maps(layer):
        raise UserError(f"The layer {layer} puts out no maps.", "Choose a convolution, or a layer after one.")
    aimed = aim(net, request.target, values)
    yield
    weights, cam = grad_cam(net.program, values, aimed.target, layer)
    return CamMap(
        request, seen, net.net.labels, aimed, layer,
        publish(cam.cpu().numpy()), publish(weights.cpu().numpy()), perf_counter() - began,
    )  # fmt: skip


def last_maps(program: Program) -> str:
    """The last layer with maps of more than one cell: what Grad-CAM is usually asked of. Raises UserError."""
    for layer in reversed(program.layers):
        if (
            len(layer.out_shape) == 3
            and layer.out_shape[1] * layer.out_shape[2] > 1
            and layer.kind != "input"
        ):
            return layer.name
    raise UserError("No layer of this net puts out maps.", "Choose another net.")


def grad_cam(program: Program, values: Tensor, target: Target, layer: str) -> tuple[Tensor, Tensor]:
    """Weights float32 Tensor[C] and map float32 Tensor[h, w] of one picture Tensor[1, C, H, W].

    A channel's weight is the mean of the target's gradient over its map; the map is the ReLU of the weighted sum
    (Selvaraju et al. 2017, equations 1 and 2). Raises UserError where the target does not follow from the layer.
    """
    wanted = layer_of(program, target)
    with torch.enable_grad():
        leaf = values.detach().clone().requires_grad_()
        kept = program.run(leaf, {layer, wanted})
        value = score(program, target, kept)[0]
        (gradient,) = torch.autograd.grad(value, kept[layer], allow_unused=True)
    if gradient is None:
        raise UserError(
            f"Nothing of {layer} reaches what is asked about.", "Choose a layer that comes before it."
        )
    maps, slopes = program.maps(layer, kept[layer])[0].detach(), program.maps(layer, gradient)[0]
    weights = slopes.mean((1, 2)).float()
    return weights, functional.relu(torch.einsum("c,chw->hw", weights, maps.float()))
