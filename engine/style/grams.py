"""Gram matrices to be looked at: what the style cost compares."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.images import publish
from engine.style.costs import gram
from engine.style.opening import open_backbone
from engine.style.pictures import Pixels, style_size, tensor_of
from engine.style.requests import ComparedGrams, CompareGrams, Grams, LayerGrams, LookAtGrams, Values
from engine.style.settings import StyleSettings


def look(request: LookAtGrams, context: Context) -> Generator[Any, None, Grams]:
    """Answer a LookAtGrams. Raises UserError: no such net, layer or pair of maps."""
    settings = replace(StyleSettings(), net=request.net, pooling=request.pooling, precision="float32")
    opened = yield from open_backbone(settings, context)
    title = opened.backbone.title(request.layer)

    def features(pixels: Pixels, longer: float) -> Tensor:
        values = tensor_of(pixels, style_size(pixels, longer), opened.net.device)
        return opened.features.of(values, [request.layer])[request.layer].float()

    with torch.no_grad():
        style = features(request.style.pixels, request.style_scale * request.size)
        yield
        generated = features(request.generated, float(request.size))
        yield
        return Grams(
            request, title, _normalised(style), _normalised(generated), _maps(request, style, generated)
        )


def compare(request: CompareGrams, context: Context) -> Generator[Any, None, ComparedGrams]:
    """Answer a CompareGrams, with one pass a picture. Raises UserError: no such net or layer."""
    settings = replace(StyleSettings(), net=request.net, pooling=request.pooling, precision="float32")
    opened = yield from open_backbone(settings, context)
    titles = {name: opened.backbone.title(name) for name in request.layers}
    names = list(request.layers)
    shares = np.array(request.blend, np.float64) / sum(request.blend)

    def matrices(pixels: Pixels, longer: float) -> dict[str, Values]:
        values = tensor_of(pixels, style_size(pixels, longer), opened.net.device)
        found = opened.features.of(values, names)
        return {name: _normalised(found[name]) for name in names}

    with torch.no_grad():
        generated = matrices(request.generated, float(request.size))
    target = {name: np.zeros_like(generated[name]) for name in names}
    for share, style in zip(shares, request.styles, strict=True):
        yield
        with torch.no_grad():
            part = matrices(style.pixels, request.style_scale * request.size)
        for name in names:
            target[name] += np.float32(share) * part[name]
    layers = [LayerGrams(name, titles[name], publish(target[name]), generated[name]) for name in names]
    return ComparedGrams(request, tuple(layers))


def _normalised(features: Tensor) -> Values:
    places = features.shape[2] * features.shape[3]
    return _published(gram(features) / places)


def _maps(request: LookAtGrams, style: Tensor, generated: Tensor) -> tuple[Values, Values] | None:
    if request.pair is None:
        return None
    if not all(0 <= channel < style.shape[1] for channel in request.pair):
        raise UserError(f"There are {style.shape[1]} maps, counted from 0.", "Choose a cell of the matrix.")
    pair = list(request.pair)
    return _published(style[0, pair]), _published(generated[0, pair])


def _published(values: Tensor) -> Values:
    return publish(np.array(values.cpu().numpy(), np.float32, order="C"))
