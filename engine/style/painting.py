"""One run: a picture that gets better step by step, whose weights may change on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.errors import UserError
from engine.images import publish
from engine.style.backbones import Backbone
from engine.style.features import Features
from engine.style.lbfgs import BoxedLbfgs
from engine.style.objective import Objective, Terms, terms_of
from engine.style.pictures import (
    Pixels,
    begin_as,
    pixels_of,
    scaled,
    style_size,
    tensor_of,
    with_colours_of,
)
from engine.style.requests import CostRows
from engine.style.settings import StyleSettings, sizes_of, steps_of

ADAM_DECAY: Final = (0.9, 0.999)
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is painted: the content uint8[H, W, 3], the styles, where style applies float32[H, W] in 0..1 or None."""

    content: Pixels
    styles: tuple[Pixels, ...]
    mask: npt.NDArray[np.float32] | None = None


class Painting:
    """The state of a run. `step` makes the picture better once; nothing in it waits for the device.

    `begin`: an iterate float32[H, W, 3] in 0..1 of an earlier run to go on from, at the last size; `done`: how many of
    the settings' steps it has behind it.
    """

    def __init__(
        self,
        features: Features,
        net: Backbone,
        subject: Subject,
        settings: StyleSettings,
        begin: npt.NDArray[np.float32] | None = None,
        done: int = 0,
    ) -> None:
        self._features, self._net, self._subject = features, net, subject
        self.settings = settings.validated()
        height, width = subject.content.shape[:2]
        # No size without a step of its own: the last one is what was asked for.
        self.sizes = sizes_of(settings, width, height)[-settings.steps :]
        if begin is not None:
            self.sizes = self.sizes[-1:]
        self.level = 0
        self.done = done
        """Evaluations of all levels so far."""
        self._costs: list[CostRows] = []
        self._record: list[Tensor] = []
        self._picture: Tensor
        self._content: Tensor
        self.objective: Objective
        self._enter(begin)

    # --- what a run is -----------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """Steps in all; one more for each size that is still to come where a person wants fewer on the way."""
        return max(self.settings.steps, self.done + len(self.sizes) - 1 - self.level)

    @property
    def ahead(self) -> float:
        """The steps still to come, counted in steps of the present size: a larger one takes as long as its pixels."""
        counts, here = steps_of(self.settings, len(self.sizes)), prod(self.size)
        done, end, left = self.done, sum(counts[: self.level]), 0.0
        for level in range(self.level, len(self.sizes)):
            end = self.total if level == len(self.sizes) - 1 else end + counts[level]
            left += max(end - done, 0) * prod(self.sizes[level]) / here
            done = max(done, end)
        return left

    @property
    def finished(self) -> bool:
        return self.done >= self.total

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the present level."""
        return self.sizes[self.level]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the costs of the present level's steps."""
        return self.objective.names

    @property
    def picture(self) -> Tensor:
        """Tensor[1, 3, height, width] in 0..1 as the steps see it, whatever colours are shown."""
        return self._picture

    def step(self) -> None:
        """One evaluation of J and its gradient, and the step that follows from it."""
        if self.level < len(self.sizes) - 1 and self.done >= self._last_of_level:
            self.level += 1
            self._enter(None)
        costs, gradient = self.objective.slope(self._composed(self._picture))
        if self._mask is not None:
            gradient = gradient * self._mask
        weights = self.objective.weights
        self._record.append(torch.cat([costs, (costs @ weights)[None], weights]))
        self._picture = self._moved(gradient)
        self.done += 1

    def change(self, settings: StyleSettings) -> None:
        """Other weights from here on. Raises UserError for what cannot change while a run goes on."""
        before = self.settings
        if not before.lively(settings.validated()):
            raise UserError("This takes effect with the next run.", "Stop this one, or let it end.")
        terms = terms_of(settings, self._net)
        self.settings = settings
        if _goal_of(settings) == _goal_of(before):
            return
        if (terms.content, terms.layers) == (self.objective.terms.content, self.objective.terms.layers):
            self.objective.change(settings)
            self._forget()
        else:
            self._aim(terms)

    def follow(self, content: Pixels, kept: float = 1.0) -> None:
        """Go on over another content of the same shape, with that share of what was painted over the one before.

        Costs of before are forgotten. Only for Adam and descent, whose memory outlives a jump, and without a mask.
        """
        before, self._content = self._content, tensor_of(content, self.size, self._features.device)
        self._picture = (self._content + kept * (self._picture - before)).clamp(0, 1)
        self.objective.look_at(self._content)
        self._costs, self._record = [], []

    # --- what can be seen of it (these wait for the device) -----------------------------------------------------

    def costs(self) -> tuple[CostRows, ...]:
        """The costs of all evaluations so far; each is read from the device once."""
        self._read_out()
        return tuple(self._costs)

    def pixels(self) -> Pixels:
        """uint8[height, width, 3] of the picture so far, as it is to be seen."""
        picture = self._composed(self._picture)
        return pixels_of(with_colours_of(self._content, picture) if self.settings.keep_colours else picture)

    def iterate(self) -> npt.NDArray[np.float32]:
        """float32[height, width, 3]: exactly where the run stands, to branch from."""
        return np.ascontiguousarray(self._picture[0].permute(1, 2, 0).float().cpu().numpy())

    def go_back(self, iterate: npt.NDArray[np.float32]) -> None:
        """Stand where an iterate of this level was taken, with nothing learned of the costs' shape."""
        values = torch.from_numpy(np.array(iterate, np.float32)).to(self._features.device)
        self._picture = values.permute(2, 0, 1)[None].contiguous()
        self._forget()

    def sane(self) -> bool:
        """Whether all of the picture is numbers."""
        return bool(torch.isfinite(self._picture).all())

    # --- within --------------------------------------------------------------------------------------------------

    @property
    def _last_of_level(self) -> int:
        return sum(steps_of(self.settings, len(self.sizes))[: self.level + 1])

    def _enter(self, begin: npt.NDArray[np.float32] | None) -> None:
        """Make ready for the present level, from an iterate, from the level before, or from the beginning."""
        device, subject, settings = self._features.device, self._subject, self.settings
        self._content = tensor_of(subject.content, self.size, device)
        longer = settings.style_scale * max(self.size)
        self._styles = [tensor_of(style, style_size(style, longer), device) for style in subject.styles]
        self._mask = None
        if subject.mask is not None:
            mask = torch.from_numpy(np.array(subject.mask, np.float32)).to(device)[None, None]
            self._mask = scaled(mask, self.size)
        if begin is not None:
            values = torch.from_numpy(np.array(begin, np.float32)).to(device)
            self._picture = scaled(values.permute(2, 0, 1)[None], self.size)
        elif self.level:
            self._picture = scaled(self._picture, self.size)
        else:
            self._picture = begin_as(settings.start, self._content, self._styles, settings.seed)
        self._aim(terms_of(settings, self._net))

    def _read_out(self) -> None:
        if self._record:
            values = torch.stack(self._record).float().cpu().numpy()
            terms = len(self.names)
            rows, weights = np.split(values, [terms + 1], axis=1)
            first = self.done - len(self._record)
            self._costs.append(CostRows(first, self.names, publish(rows), publish(weights)))
            self._record = []

    def _aim(self, terms: Terms) -> None:
        if self.done:
            self._read_out()
        self.objective = Objective(
            self._features, terms, self._content, self._styles, self.settings,
            None if self._mask is None else self._mask[0, 0],
        )  # fmt: skip
        self._forget()

    def _forget(self) -> None:
        """What an optimiser knows of the costs' shape is wrong after they have changed."""
        self._lbfgs = BoxedLbfgs()
        self._moments = torch.zeros_like(self._picture), torch.zeros_like(self._picture)
        self._since = 0

    def _composed(self, picture: Tensor) -> Tensor:
        """Outside of the mask the content stays as it is."""
        return picture if self._mask is None else self._content + self._mask * (picture - self._content)

    def _moved(self, gradient: Tensor) -> Tensor:
        self._since += 1
        if self.settings.method == "lbfgs":
            return self._lbfgs.step(self._picture, gradient)
        if self.settings.method == "descent":
            way = gradient / gradient.abs().mean().clamp_min(_TINY)
            return (self._picture - self.settings.rate * way).clamp(0, 1)
        first, second = self._moments
        first = ADAM_DECAY[0] * first + (1 - ADAM_DECAY[0]) * gradient
        second = ADAM_DECAY[1] * second + (1 - ADAM_DECAY[1]) * gradient.square()
        self._moments = first, second
        mean = first / (1 - ADAM_DECAY[0] ** self._since)
        spread = (second / (1 - ADAM_DECAY[1] ** self._since)).sqrt()
        return (self._picture - self.settings.rate * mean / (spread + _TINY)).clamp(0, 1)


def _goal_of(settings: StyleSettings) -> tuple[object, ...]:
    """What decides where the costs are small."""
    return settings.alpha, settings.beta, settings.variation, settings.style_layers, settings.blend


def check_subject(contents: Pixels, styles: Sequence[Pixels]) -> None:
    """Raises UserError for pictures that no style can be taken from or laid over."""
    if not styles:
        raise UserError("There is no style yet.", "Drop a second picture, or pick one.")
    for name, picture in (("content", contents), *((f"style {n}", s) for n, s in enumerate(styles, 1))):
        if min(picture.shape[:2]) < 2:
            raise UserError(
                f"The {name} is {picture.shape[1]} × {picture.shape[0]} pixels: too small to see anything in it.",
                "Choose a picture of at least 2 × 2 pixels.",
            )
