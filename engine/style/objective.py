"""J(G): what a picture costs, term by term, against targets that are computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from engine.style.backbones import Backbone
from engine.style.costs import content_cost, gram, style_cost, variation_cost
from engine.style.features import Features
from engine.style.requests import CONTENT, VARIATION
from engine.style.settings import VARIATION_UNIT, Normalisation, StyleSettings

_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Terms:
    """Which layers are in use and what they count: `content` a layer or "", `style` (layer, lambda above 0)."""

    content: str
    style: tuple[tuple[str, float], ...]

    @property
    def layers(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys([*([self.content] if self.content else []), *(name for name, _ in self.style)])
        )


def terms_of(settings: StyleSettings, net: Backbone) -> Terms:
    """The terms that count under these settings. Raises UserError for a layer that the net does not lend."""
    chosen = settings.style_layers or usual_layers(net)
    for layer, _ in chosen:
        net.title(layer)
    content = settings.content_layer or net.content
    net.title(content)
    style = tuple((layer, weight) for layer, weight in chosen if weight > 0) if settings.beta > 0 else ()
    return Terms(content if settings.alpha > 0 else "", style)


def usual_layers(net: Backbone) -> tuple[tuple[str, float], ...]:
    """The usual style layers of a net with their lambda: the same for all, 1 together."""
    return tuple((layer, 1 / len(net.style)) for layer in net.style)


class Objective:
    """The costs of pictures of one size; of a batch their mean. Weights may change between two calls, and contents too.

    `mask` Tensor[H, W] in 0..1: where style counts; elsewhere the caller keeps the content's own pixels.
    """

    def __init__(
        self,
        features: Features,
        terms: Terms,
        content: Tensor,
        styles: Sequence[Tensor],
        settings: StyleSettings,
        mask: Tensor | None = None,
    ) -> None:
        """`content` Tensor[N, 3, H, W] and `styles` Tensor[1, 3, h, w] in 0..1, each of a size of its own."""
        self.features, self.terms = features, terms
        with torch.no_grad():
            self._count = len(content)
            self._content = self._content_of(content)
            names = [name for name, _ in terms.style]
            parts = [features.of(style, names) if names else {} for style in styles]
            self._grams = [{name: gram(part[name]) / _places(part[name]) for name in names} for part in parts]
            shapes = features.of(content, names) if names else {}
            self._masks = {
                name: None if mask is None else _scaled(mask, shapes[name].shape[2:]) for name in names
            }
            self._counted = {
                name: torch.tensor(float(_places(shapes[name])), device=content.device)
                if self._masks[name] is None
                else self._masks[name].square().sum()  # type: ignore[union-attr]
                for name in names
            }
            self._maps = {name: shapes[name].shape[1] for name in names}
        self.change(settings)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the numbers of `costs`: "content", the style's layers, "variation"."""
        head = (CONTENT,) if self.terms.content else ()
        return (*head, *(name for name, _ in self.terms.style), VARIATION)

    def look_at(self, content: Tensor) -> None:
        """Other contents Tensor[N, 3, H, W] of the shape of those before; everything about the style stays."""
        with torch.no_grad():
            self._content = self._content_of(content)
        self._content_scale = self._scale_of_content(self._normalise)

    def change(self, settings: StyleSettings) -> None:
        """Other weights, another blend, the same layers."""
        device = self.features.device
        shares = torch.tensor(settings.blend, dtype=torch.float32, device=device)
        shares = shares / shares.sum()
        self.targets = {
            name: sum(share * grams[name] for share, grams in zip(shares, self._grams, strict=True))
            * self._counted[name]
            for name, _ in self.terms.style
        }
        self._scales = {name: self._style_scale(name, settings.normalise) for name, _ in self.terms.style}
        self._normalise = settings.normalise
        self._content_scale = self._scale_of_content(settings.normalise)
        lambdas = dict(settings.style_layers or self.terms.style)
        head = [settings.alpha] if self.terms.content else []
        style = [settings.beta * lambdas.get(name, 0.0) for name, _ in self.terms.style]
        self.weights = torch.tensor([*head, *style, settings.variation * VARIATION_UNIT], device=device)

    def costs(self, picture: Tensor) -> Tensor:
        """Tensor[terms]: every cost before its weight, of Tensor[N, 3, H, W] in 0..1; in the order of `names`."""
        found = self.features.of(picture, self.terms.layers) if self.terms.layers else {}
        costs: list[Tensor] = []
        if self._content is not None:
            costs.append(content_cost(found[self.terms.content], self._content, self._content_scale))
        costs += [
            style_cost(found[name], self.targets[name], self._scales[name], self._masks[name])
            for name, _ in self.terms.style
        ]
        return torch.stack([*costs, variation_cost(picture)])

    def slope(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(costs Tensor[terms], the gradient of J in the picture); asks the device for nothing."""
        with torch.enable_grad():
            leaf = picture.detach().requires_grad_()
            costs = self.costs(leaf)
            (gradient,) = torch.autograd.grad(costs @ self.weights, leaf)
        return costs.detach(), gradient.contiguous()

    def _content_of(self, content: Tensor) -> Tensor | None:
        layer = self.terms.content
        return self.features.of(content, [layer])[layer].float() if layer else None

    def _style_scale(self, name: str, normalise: Normalisation) -> Tensor:
        if normalise == "balanced":
            target: Tensor = self.targets[name]
            return (self._count * target.square().sum()).clamp_min(_TINY).reciprocal()
        return (self._count * (2 * self._counted[name] * self._maps[name]).square()).reciprocal()

    def _scale_of_content(self, normalise: Normalisation) -> Tensor | float:
        if self._content is None:
            return 0.0
        if normalise == "balanced":
            return 1 / (self._count * self._content.square().sum((1, 2, 3)).clamp_min(_TINY))
        return 0.5 / self._count if normalise == "paper" else 1 / (4 * self._content.numel())


def _places(features: Tensor) -> int:
    return int(features.shape[2] * features.shape[3])


def _scaled(mask: Tensor, size: Sequence[int]) -> Tensor:
    """How much each place of a layer counts: the mean of the mask over what it stands for."""
    return functional.interpolate(mask[None, None], tuple(size), mode="area")[0, 0]
