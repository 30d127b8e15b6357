"""The small net of these demonstrations: a few convolutions and a linear layer to an embedding."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.adam import adam

Head = Literal["free", "unit", "sigmoid"]
"""What becomes of the last numbers: nothing, scaled to length 1 (FaceNet), 0..1 each (Koch et al. 2015)."""
Weights = tuple[npt.NDArray[np.float32], ...]
FIRST, SECOND, LATER = 16, 32, 48
SMALL_SIDE: Final = 16
LAST_SIDE: Final = 4
"""Maps are halved until they are so small."""
BETAS, EPSILON = (0.9, 0.999), 1e-8


class EmbedNet(nn.Module):
    """Tensor[N, 1, s, s] with values 0..1 -> Tensor[N, dims]."""

    def __init__(self, side: int, dims: int, head: Head) -> None:
        super().__init__()
        self.head = head
        stride = first_stride(side)
        layers: list[nn.Module] = [nn.Conv2d(1, FIRST, 3, stride=stride, padding=1), nn.ReLU()]
        channels, side = FIRST, -(-side // stride)
        while side > LAST_SIDE:
            wider = SECOND if channels == FIRST else LATER
            layers += [nn.Conv2d(channels, wider, 3, stride=2, padding=1), nn.ReLU()]
            channels, side = wider, (side + 1) // 2
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, dims))

    def forward(self, x: Tensor) -> Tensor:
        values: Tensor = self.body(x - 0.5)
        if self.head == "unit":
            return functional.normalize(values)
        return torch.sigmoid(values) if self.head == "sigmoid" else values


def first_stride(side: int) -> int:
    """Faces are halved at once, digits have too few pixels for that."""
    return 1 if side <= SMALL_SIDE else 2


def build(side: int, dims: int, head: Head, seed: int) -> EmbedNet:
    """A net with weights drawn by lot from a seed; torch's own dice are left as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return EmbedNet(side, dims, head)


def to_tensor(pictures: npt.NDArray[np.uint8]) -> Tensor:
    """uint8[N, s, s] -> Tensor[N, 1, s, s], 0..1."""
    return torch.from_numpy(pictures.astype(np.float32) / 255)[:, None]


@torch.no_grad()
def embed(net: EmbedNet, pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """float32[N, dims] of uint8[N, s, s]."""
    return np.asarray(net(to_tensor(pictures)).numpy())


def weights_of(net: nn.Module) -> Weights:
    """Copies of all parameters, in the order of the layers."""
    return tuple(one.detach().numpy().copy() for one in net.parameters())


@torch.no_grad()
def load(net: nn.Module, weights: Weights) -> None:
    """Put parameters in place."""
    for one, values in zip(net.parameters(), weights, strict=True):
        one.copy_(torch.from_numpy(values.copy()))


def multiply_adds(side: int, dims: int) -> int:
    """Of one picture through the net, without the additions of the biases."""
    side = -(-side // first_stride(side))
    channels, count = FIRST, side * side * 9 * FIRST
    while side > LAST_SIDE:
        wider, side = (SECOND if channels == FIRST else LATER), (side + 1) // 2
        count += side * side * 9 * channels * wider
        channels = wider
    return count + side * side * channels * dims


class Adam:
    """Adam (Kingma and Ba 2015) in torch's functional form: a torch.optim.Optimizer imports the whole compiler."""

    def __init__(self, parameters: list[nn.Parameter], rate: float) -> None:
        self._parameters, self._rate = parameters, rate
        self._first = [torch.zeros_like(one) for one in parameters]
        self._second = [torch.zeros_like(one) for one in parameters]
        self._counts = [torch.zeros(()) for _ in parameters]

    def step(self, loss: Tensor) -> None:
        """Change the parameters in place, against the gradient of a loss."""
        gradients = list(torch.autograd.grad(loss, self._parameters))
        with torch.no_grad():
            adam(
                list(self._parameters), gradients, self._first, self._second, [], self._counts, foreach=False,
                fused=True, amsgrad=False, beta1=BETAS[0], beta2=BETAS[1], lr=self._rate, weight_decay=0.0,
                eps=EPSILON, maximize=False,
            )  # fmt: skip
