"""Feature maps of a trained net for a whole picture: its convolutions, run layer after layer."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from engine.context import Context
from engine.errors import UserError
from engine.images import fit, publish
from engine.networks.classifying.loaded import LoadedNet, load
from engine.networks.learned_features.requests import FeatureMaps, MapFeatures

SIDE: Final = 128
"""Pixels of the picture's longer side: small enough for the scale that the net knows, large enough to see."""


def respond(request: MapFeatures, context: Context) -> Generator[Any, None, FeatureMaps]:
    """Answer a MapFeatures. Raises UserError: no such weights, or a net whose convolutions are no plain chain."""
    net = yield from load(request.weights, context)
    chain = convolutions(net)
    layer = min(max(request.layer, 0), len(chain) - 1)
    seen = fit(request.frame.pixels, SIDE)
    yield
    maps = run(net, to_values(seen, net), chain[layer])
    return FeatureMaps(
        request.frame,
        publish(maps[0].cpu().numpy()),
        publish(seen),
        layer,
        tuple(layer_name(name) for name in chain),
        net.name,
        net.title,
        sum(p.numel() for module in _until(net, chain[layer]) for p in module.parameters()),
    )


def convolutions(net: LoadedNet) -> tuple[str, ...]:
    """The names of the activations that follow a convolution, in order. Raises UserError where there are none."""
    names, after_convolution = [], False
    for name, module in _features(net).named_children():
        if isinstance(module, nn.Conv2d):
            after_convolution = True
        elif after_convolution:
            names.append(name)
            after_convolution = False
    if not names:
        raise UserError(f"The convolutions of {net.title} are no plain chain.", "Choose another net.")
    return tuple(names)


def layer_name(activation: str) -> str:
    """ "conv2_1" for the activation "relu2_1"."""
    return activation.replace("relu", "conv").replace("act", "conv")


def to_values(pixels: np.ndarray[Any, np.dtype[np.uint8]], net: LoadedNet) -> Tensor:
    """Tensor[1, C, H, W], normalised as the net wants it, of uint8[H, W, 3]."""
    how = net.preprocessing
    values = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
    if len(how.mean) == 1:
        values = values.mean(1, keepdim=True)
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (how.mean, how.std))
    return (values - mean) / std


def run(net: LoadedNet, values: Tensor, last: str) -> Tensor:
    """What the layer `last` of the net's chain puts out for Tensor[N, C, H, W]."""
    x = values.to(net.device).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        for module in _until(net, last):
            x = module(x)
    return x.float().contiguous()


def _features(net: LoadedNet) -> nn.Sequential:
    features = getattr(net.net, "features", None)
    if not isinstance(features, nn.Sequential):
        raise UserError(f"The convolutions of {net.title} are no plain chain.", "Choose another net.")
    return features


def _until(net: LoadedNet, last: str) -> list[nn.Module]:
    chain = []
    for name, module in _features(net).named_children():
        chain.append(module)
        if name == last:
            break
    return chain
