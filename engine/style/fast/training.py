"""A net learns a style: Adam lowers the very J that a painting lowers, over crops of photos instead of one picture."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.optim.adam import adam

from engine.images import publish
from engine.networks.steps import at_once
from engine.style.backbones import Backbone
from engine.style.fast.net import FastNet, fast_net
from engine.style.fast.photos import Photos
from engine.style.fast.settings import FastSettings
from engine.style.features import Features
from engine.style.objective import Objective, terms_of
from engine.style.pictures import Pixels, style_size, tensor_of
from engine.style.requests import CostRows
from engine.style.settings import StyleSettings

BETAS: Final = (0.9, 0.99)
"""Adam's; the second moment forgets sooner than usual, as there are only a few hundred steps."""
EPSILON: Final = 1e-8
WARM_UP: Final = 20
"""Steps over which the rate rises, as long as the second moment knows little."""


class Training:
    """The state of a training. `step` makes the net better once; nothing in it waits for the device.

    `styles` uint8[H, W, 3]: their sizes, their blend and all weights are those of `settings`, as for a painting;
    only the content counts `fast.content` times as much.
    """

    def __init__(
        self,
        features: Features,
        backbone: Backbone,
        styles: Sequence[Pixels],
        photos: Photos,
        settings: StyleSettings,
        fast: FastSettings,
    ) -> None:
        self.fast = fast.validated()
        settings = replace(settings, alpha=settings.alpha * fast.content).validated()
        device = features.device
        self._photos = photos
        self.net: FastNet = fast_net(fast.seed).to(device).to(memory_format=torch.channels_last)
        self._parameters: list[Tensor] = list(self.net.parameters())
        self._first = [torch.zeros_like(one) for one in self._parameters]
        self._second = [torch.zeros_like(one) for one in self._parameters]
        self._counts = [torch.zeros((), device=device) for _ in self._parameters]
        longer = settings.style_scale * settings.size
        pictures = [tensor_of(style, style_size(style, longer), device) for style in styles]
        self._part = 1 if device.type == "cpu" else fast.batch
        first = photos.crops(self._part)
        self.objective = Objective(features, terms_of(settings, backbone), first, pictures, settings)
        self.done = 0
        self._costs: list[CostRows] = []
        self._record: list[Tensor] = []

    @property
    def total(self) -> int:
        return self.fast.steps

    @property
    def finished(self) -> bool:
        return self.done >= self.total

    @property
    def rate(self) -> float:
        """Of the next step."""
        warm = min(1.0, (self.done + 1) / min(WARM_UP, self.total))
        return self.fast.rate * warm * 0.5 * (1 + math.cos(math.pi * self.done / self.total))

    def step(self) -> None:
        """One batch of crops there and back, and Adam's step."""
        at_once(self.steps())

    def steps(self) -> Generator[None, None, None]:
        """The same in parts. A processor takes the crops one by one, so that others get their turn; the norms are those
        of single pictures, so the gradient is the same."""
        crops = self._photos.crops(self.fast.batch).split(self._part)
        weights = self.objective.weights
        costs = torch.zeros_like(weights)
        gradients = [torch.zeros_like(one) for one in self._parameters]
        for part in crops:
            found, slopes = self._slope(part)
            costs += found * (len(part) / self.fast.batch)
            for gradient, slope in zip(gradients, slopes, strict=True):
                gradient.add_(slope, alpha=len(part) / self.fast.batch)
            yield
        self._record.append(torch.cat([costs, (costs @ weights)[None], weights]))
        self._move(gradients)
        self.done += 1

    def _slope(self, crops: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The costs of crops Tensor[N, 3, side, side], and the gradient of J in the net's weights."""
        self.objective.look_at(crops)
        with torch.enable_grad():
            costs = self.objective.costs(self.net(crops.contiguous(memory_format=torch.channels_last)))
            gradients = torch.autograd.grad(costs @ self.objective.weights, self._parameters)
        return costs.detach(), gradients

    def costs(self) -> tuple[CostRows, ...]:
        """The costs of all steps so far, each of the step's own crops; reads them from the device once."""
        if self._record:
            values = torch.stack(self._record).float().cpu().numpy()
            rows, weights = np.split(values, [len(self.objective.names) + 1], axis=1)
            first = self.done - len(self._record)
            self._costs.append(CostRows(first, self.objective.names, publish(rows), publish(weights)))
            self._record = []
        return tuple(self._costs)

    def sane(self) -> bool:
        """Whether all weights are numbers."""
        return all(bool(torch.isfinite(one).all()) for one in self._parameters)

    @torch.no_grad()
    def _move(self, gradients: list[Tensor]) -> None:
        """torch's Adam in its functional form: constructing a torch.optim.Optimizer imports torch's compiler."""
        adam(
            self._parameters, gradients, self._first, self._second, [], self._counts, foreach=False, fused=True,
            amsgrad=False, beta1=BETAS[0], beta2=BETAS[1], lr=self.rate, weight_decay=0.0, eps=EPSILON, maximize=False,
        )  # fmt: skip
