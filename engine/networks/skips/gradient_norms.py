"""Why skip connections: gradient norms of a deep plain and a deep residual net at initialisation, computed live.

In float32, as nets are trained: where a gradient is too small for it, the norm is zero.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine import sources
from engine.context import Context
from engine.errors import UserError
from engine.jobs import Partial, Progress
from engine.networks.requests import Array, GradientNorms, MeasureGradients
from engine.networks.zoo.residual_nets import STAGES, CifarNet, residual_net

SHALLOWEST: Final = 8
DEEPEST: Final = 110
CLASSES: Final = 10
SIDE: Final = 32
MAX_PICTURES: Final = 64
MAX_WIDTH: Final = 64
PHOTOS: Final = ("astronaut", "cat", "coffee", "rocket", "motorcycle", "colorwheel", "hubble", "tissue")
SMALL: Final = 0.01
"""Standard deviation of the "small" initial weights: what was usual before Glorot and He."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """One net: names of its convolutions from the picture on, and what was measured there."""

    names: tuple[str, ...]
    norms: Array
    signal: Array
    loss: float


def measure(
    request: MeasureGradients, context: Context
) -> Generator[Progress | Partial | None, None, GradientNorms]:
    """Handler: the plain net first, as a partial, then the residual net; both of the same seed and the same pictures.

    Raises UserError for a depth that is not 6n + 2, and for widths and numbers of pictures out of range.
    """
    request = _checked(request)
    began = perf_counter()
    pictures, labels = yield from _batch(request.pictures, request.seed)
    plain = yield from _measured(request, False, pictures, labels, context)
    nothing = np.empty(0)
    answer = GradientNorms(
        request=request,
        layers=plain.names,
        plain=plain.norms,
        residual=nothing,
        signal_plain=plain.signal,
        signal_residual=nothing,
        loss_plain=plain.loss,
        loss_residual=float("nan"),
        seconds=perf_counter() - began,
    )
    yield context.partial(answer)
    residual = yield from _measured(request, True, pictures, labels, context)
    return replace(
        answer,
        residual=residual.norms,
        signal_residual=residual.signal,
        loss_residual=residual.loss,
        seconds=perf_counter() - began,
    )


def _checked(request: MeasureGradients) -> MeasureGradients:
    depth = request.depth
    if not SHALLOWEST <= depth <= DEEPEST or (depth - 2) % 6:
        near = min(max(6 * round((depth - 2) / 6) + 2, SHALLOWEST), DEEPEST)
        raise UserError(
            f"A net of {depth} layers cannot be built from three stages of equal blocks.",
            f"The depth is 6n + 2, from {SHALLOWEST} to {DEEPEST}; the nearest is {near}.",
        )
    for name, value, most in (
        ("width", request.width, MAX_WIDTH),
        ("pictures", request.pictures, MAX_PICTURES),
    ):
        if not 1 <= value <= most:
            near = min(max(value, 1), most)
            raise UserError(f"{name.capitalize()} is 1 to {most}, not {value}.", f"The nearest: {near}.")
    if request.batch_norm and request.pictures < 2:
        raise UserError(
            "Batch norm needs at least two pictures to compare.", "Take two pictures, or no batch norm."
        )
    return request


# --- pictures ---------------------------------------------------------------------------------------------


def _batch(count: int, seed: int) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """Crops of bundled photographs, float32[count, 3, 32, 32] with mean 0 and spread 1, and random labels int64[count].

    An installation without photographs gets patches of colour.
    """
    draw = np.random.default_rng(seed)
    here = {sample.name for sample in sources.samples()}
    photos: list[Array] = []
    for name in PHOTOS[:count]:
        if name in here:
            photos.append(sources.load_sample(name).pixels)
            yield
    crops = [_crop(photos[index % len(photos)], draw) if photos else _patches(draw) for index in range(count)]
    pictures = torch.from_numpy(np.stack(crops).astype(np.float32)).permute(0, 3, 1, 2).contiguous()
    spread, mean = torch.std_mean(pictures, dim=(0, 2, 3), keepdim=True)
    labels = torch.from_numpy(draw.integers(0, CLASSES, count))
    return (pictures - mean) / spread.clamp_min(1.0), labels


def _crop(pixels: Array, draw: np.random.Generator) -> Array:
    """A square of uint8[H, W, 3] averaged down to 32 x 32, about half as wide as the photograph."""
    times = max(1, min(pixels.shape[:2]) // (2 * SIDE))
    side = SIDE * times
    top, left = (int(draw.integers(0, n - side + 1)) for n in pixels.shape[:2])
    square = pixels[top : top + side, left : left + side]
    averaged: Array = square.reshape(SIDE, times, SIDE, times, 3).mean((1, 3))
    return averaged


def _patches(draw: np.random.Generator) -> Array:
    """Squares of 8 x 8 pixels in random colours: [32, 32, 3]."""
    return draw.uniform(0, 255, (4, 4, 3)).repeat(SIDE // 4, 0).repeat(SIDE // 4, 1)


# --- measuring --------------------------------------------------------------------------------------------


def _measured(
    request: MeasureGradients, residual: bool, pictures: Tensor, labels: Tensor, context: Context
) -> Generator[Progress | None, None, _Measured]:
    """Forward and backward block by block, so that every step is short; the sum of it is one backward pass."""
    device = context.device or torch.device("cpu")
    what = f"{'Residual' if residual else 'Plain'} net of {request.depth} layers"
    yield context.progress(float(residual), 2, what)
    net = _built(request, residual).to(device)
    yield None
    x, y = pictures.to(device), labels.to(device)
    inputs: list[Tensor] = []
    outputs: list[Tensor] = []
    signal: dict[str, Tensor] = {}
    parts = list(_parts(net))
    for part in parts:
        inputs.append(x.detach().requires_grad_())
        outputs.append(_forward(part, inputs[-1], signal))
        x = outputs[-1]
        yield context.progress(residual + len(inputs) / len(parts) / 2, 2, what)
    loss = functional.cross_entropy(x, y)
    (above,) = torch.autograd.grad(loss, x)
    norms: dict[str, Tensor] = {}
    for part, start, end in zip(reversed(parts), reversed(inputs), reversed(outputs), strict=True):
        weights = {f"{part.prefix}{name}": conv.weight for name, conv in _convolutions(part.module)}
        above, *grads = torch.autograd.grad(end, [start, *weights.values()], above)
        norms |= zip(weights, (torch.linalg.vector_norm(grad) for grad in grads), strict=True)
        yield context.progress(residual + (1 + len(norms) / request.depth) / 2, 2, what)
    names = tuple(name for name, _ in _convolutions(net))
    return _Measured(
        names, _values(norms[name] for name in names), _values(signal[name] for name in names), loss.item()
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the net that is one step: what it computes, and how the names of its layers begin in the net."""

    prefix: str
    module: nn.Module


def _parts(net: CifarNet) -> Iterator[_Part]:
    """The stem, every block, and the head; one after the other they are the net."""
    yield _Part("", nn.Sequential(OrderedDict(conv1=net.conv1, norm1=net.norm1, relu=net.relu)))
    for stage in range(1, STAGES + 1):
        for name, block in net.get_submodule(f"stage{stage}").named_children():
            yield _Part(f"stage{stage}.{name}.", block)
    yield _Part("", nn.Sequential(OrderedDict(average=net.average, flatten=nn.Flatten(), fc=net.fc)))


def _forward(part: _Part, x: Tensor, signal: dict[str, Tensor]) -> Tensor:
    """The part's output; `signal` gets the spread behind the ReLU of each of its convolutions."""

    def keep(name: str, out: Tensor) -> None:
        signal[name] = out.detach().std()

    with ExitStack() as hooks:
        for name, _ in _convolutions(part.module):
            relu = part.module.get_submodule(_relu_behind(part.module, name))
            full = part.prefix + name
            hook = relu.register_forward_hook(lambda _module, _args, out, full=full: keep(full, out))
            hooks.callback(hook.remove)
        return part.module(x)  # type: ignore[no-any-return]


def _relu_behind(module: nn.Module, conv: str) -> str:
    """The name of the ReLU behind a convolution: "relu1" for "conv1", or the only one there is."""
    numbered = conv.replace("conv", "relu")
    return numbered if numbered in dict(module.named_modules()) else "relu"


def _convolutions(module: nn.Module) -> Iterator[tuple[str, nn.Conv2d]]:
    """The convolutions with their names, from the picture on."""
    return ((name, layer) for name, layer in module.named_modules() if isinstance(layer, nn.Conv2d))


def _built(request: MeasureGradients, residual: bool) -> CifarNet:
    """A net in training mode; the seed gives both nets the same initial weights, for skips of kind A have none."""
    with torch.random.fork_rng(devices=[]):
        net = residual_net(request.depth, residual, request.batch_norm, request.width, CLASSES, shortcut="A")
        torch.manual_seed(request.seed)  # only now: building a net draws, too
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                _initialise(layer, request.init)
    return net.train()


@torch.no_grad()
def _initialise(layer: nn.Conv2d | nn.Linear, how: str) -> None:
    if how == "he":
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    elif how == "glorot":
        nn.init.xavier_normal_(layer.weight)
    else:
        nn.init.normal_(layer.weight, std=SMALL)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def _values(scalars: Iterable[Tensor]) -> Array:
    return torch.stack(list(scalars)).double().cpu().numpy()
