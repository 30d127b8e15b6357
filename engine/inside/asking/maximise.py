"""Activation maximisation: a picture grown from noise so that one class, channel or unit answers strongly."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from time import perf_counter
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.context import Context
from engine.images import publish
from engine.inside.asking.aim import check_channel, class_name
from engine.inside.asking.requests import Grown, Maximise
from engine.inside.nets import OpenNet, open_net
from engine.networks.program import Call, Override, Program

BLUR_EVERY: Final = 4
SHOWN_EVERY: Final = 0.06
"""Seconds between two partial answers."""
GREY, SPREAD = 0.5, 0.05
"""Of the noise that a picture begins as, in shares of the pixels' range."""
LEAK: Final = 0.1
"""How much of a negative value a ReLU lets through while nothing excites the target (see Olah et al. 2017)."""
_TINY: Final = 1e-12


def respond(request: Maximise, context: Context) -> Generator[Any, None, Grown]:
    """Answer a Maximise, with partial answers. Raises UserError: no such net or goal, numbers out of range."""
    request = request.validated()
    net = yield from open_net(request.net, context)
    climb = Climb(net, request)
    shown = perf_counter()
    for step in range(request.steps):
        climb.step()
        now = perf_counter()
        if now - shown >= SHOWN_EVERY:
            shown = now
            yield context.progress(step + 1, request.steps, "Growing a picture")
            yield context.partial(climb.grown())
        else:
            yield
    yield context.progress(request.steps, request.steps, "Growing a picture")
    return climb.grown()


class Climb:
    """One picture on its way up. Raises UserError for a goal that the net does not have.

    Scores stay on the device until they are asked for: the loop waits for nobody.
    """

    def __init__(self, net: OpenNet, request: Maximise) -> None:
        self._request, self._program, self._began = request, net.program, perf_counter()
        self.name = _name(net, request)
        how, device = net.net.preprocessing, net.net.device
        self._mean = torch.tensor(how.mean, device=device)[:, None, None]
        self._std = torch.tensor(how.std, device=device)[:, None, None]
        self._rng = torch.Generator().manual_seed(request.seed)
        noise = torch.randn((1, len(how.mean), how.size, how.size), generator=self._rng)
        self._picture = (GREY + SPREAD * noise).clamp(0, 1).to(device)
        self._reach = round(request.jitter * how.size)
        self._kernel = _gaussian(request.blur, device)
        self._scores: list[Tensor] = []
        self._slope = torch.zeros_like(self._picture)
        self._awake = False
        self._look()

    @property
    def picture(self) -> Tensor:
        """Tensor[1, C, side, side] of pixels in 0..1."""
        return self._picture

    def step(self) -> None:
        """Climb once."""
        way = _unit_length(self._slope) - self._request.smoothing * _unit_length(_variation(self._picture))
        picture = self._picture + self._request.rate * way
        if len(self._scores) % BLUR_EVERY == 0 and self._kernel is not None:
            picture = _blurred(picture, self._kernel)
        self._picture = picture.clamp(0, 1)
        self._look()

    def grown(self) -> Grown:
        """The picture so far, as an answer of its own arrays."""
        pixels = (self._picture[0].permute(1, 2, 0) * 255).round().to(torch.uint8).cpu().numpy()
        scores = torch.stack(self._scores).float().cpu().numpy()
        return Grown(
            self._request, self.name, publish(pixels[..., 0] if pixels.shape[2] == 1 else pixels),
            publish(scores), perf_counter() - self._began, not self._awake,
        )  # fmt: skip

    def _look(self) -> None:
        """What the net says to the picture, a little aside of its place, and which way is up."""
        down, right = (
            torch.randint(-self._reach, self._reach + 1, (2,), generator=self._rng).tolist()
            if self._reach
            else (0, 0)
        )
        value, self._slope = self._value_and_slope((down, right))
        self._scores.append(value)
        if not self._awake:  # asked only until there is a way up, as it waits for the device
            self._awake = bool(self._slope.any())
            if not self._awake:
                _, self._slope = self._value_and_slope((down, right), _leaky)

    def _value_and_slope(
        self, shift: tuple[int, int], override: Override | None = None
    ) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            leaf = self._picture.detach().clone().requires_grad_()
            moved = (leaf.roll(shift, (2, 3)) - self._mean) / self._std
            value = _goal(self._program, self._request, moved, override)
            (slope,) = torch.autograd.grad(value, leaf)
        return value.detach(), slope


def _leaky(call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
    """A ReLU through which a silent unit can still be woken."""
    if isinstance(call.target, nn.ReLU) or call.target in (functional.relu, torch.relu, "relu"):
        return functional.leaky_relu(args[0], LEAK)
    return NotImplemented


def _name(net: OpenNet, request: Maximise) -> str:
    if request.goal == "class":
        return f"class “{class_name(net, request.index)}”"
    check_channel(net.program, request.layer, request.index)
    where = "the middle unit of " if request.goal == "unit" and net.program.has_maps(request.layer) else ""
    return f"{where}channel {request.index} of {request.layer}"


def _goal(program: Program, request: Maximise, values: Tensor, override: Override | None) -> Tensor:
    """The number that is to grow, for one picture."""
    layer = program.output if request.goal == "class" else request.layer
    raw = program.run(values, [layer], override=override)[layer]
    if request.goal == "class" or not program.has_maps(layer):
        return raw[0, request.index]
    plane = program.maps(layer, raw)[0, request.index]
    if request.goal == "channel":
        return plane.mean()
    return plane[plane.shape[0] // 2, plane.shape[1] // 2]


def _unit_length(slope: Tensor) -> Tensor:
    """The same direction with numbers of the size of 1: layers differ in scale, steps should not."""
    return slope / slope.square().mean().sqrt().clamp_min(_TINY)


def _variation(picture: Tensor) -> Tensor:
    """The gradient of the total variation, the sum of the magnitudes of differences of neighbours."""
    down, across = picture.diff(dim=2).sign(), picture.diff(dim=3).sign()
    return (
        functional.pad(down, (0, 0, 1, 0)) - functional.pad(down, (0, 0, 0, 1))
        + functional.pad(across, (1, 0)) - functional.pad(across, (0, 1))
    )  # fmt: skip


def _gaussian(deviation: float, device: torch.device) -> Tensor | None:
    """A bell of that deviation in pixels, summing to 1; None for no blur."""
    if deviation <= 0:
        return None
    reach = max(round(3 * deviation), 1)
    places = torch.arange(-reach, reach + 1, dtype=torch.float32, device=device)
    bell = torch.exp(-(places**2) / (2 * deviation**2))
    return bell / bell.sum()


def _blurred(picture: Tensor, bell: Tensor) -> Tensor:
    channels, reach = picture.shape[1], len(bell) // 2
    padded = functional.pad(picture, (reach,) * 4, mode="replicate")
    rows = functional.conv2d(padded, bell.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)
    return functional.conv2d(rows, bell.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
