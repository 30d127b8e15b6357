"""A net that lends its layers: cut behind the deepest one in use, its weights fixed, its pooling exchangeable."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.networks.program import Call, Program
from engine.style.settings import Pooling

FULL: Final = torch.float32


class Features:
    """What layers of a net say to pictures Tensor[N, 3, H, W] in 0..1.

    `dtype`: in which the net computes; what comes out is used in float32. `mean`, `std`: of the net's training.
    """

    def __init__(
        self,
        program: Program,
        mean: Sequence[float],
        std: Sequence[float],
        pooling: Pooling,
        device: torch.device,
        dtype: torch.dtype = FULL,
    ) -> None:
        self.program, self.device, self.dtype = program, device, dtype
        self._mean = torch.tensor(mean, device=device)[:, None, None]
        self._std = torch.tensor(std, device=device)[:, None, None]
        self._averages = pooling == "average"
        self._weights: dict[int, tuple[Tensor, Tensor | None]] = {}

    def of(self, picture: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        """Tensor[N, C, h, w] of each of these layers; channels last in memory. Differentiable in the picture."""
        values = (picture - self._mean) / self._std
        values = values.to(self.dtype).contiguous(memory_format=torch.channels_last)
        found = self.program.run(values, layers, override=self._exchange)
        return {layer: self.program.maps(layer, raw) for layer, raw in found.items()}

    def _exchange(self, call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
        target = call.target
        if self._averages and isinstance(target, nn.MaxPool2d) and target.dilation in (1, (1, 1)):
            return functional.avg_pool2d(
                args[0], target.kernel_size, target.stride, target.padding, target.ceil_mode, False
            )
        if self.dtype is not FULL and isinstance(target, nn.Conv2d):
            weight, bias = self._converted(target)
            return functional.conv2d(
                args[0], weight, bias, target.stride, target.padding, target.dilation, target.groups
            )  # fmt: skip
        return NotImplemented

    def _converted(self, layer: nn.Conv2d) -> tuple[Tensor, Tensor | None]:
        """The weights in the dtype of the computation: those of the net belong to everybody."""
        key = id(layer)
        if key not in self._weights:
            weight = layer.weight.detach().to(self.dtype).contiguous(memory_format=torch.channels_last)
            self._weights[key] = weight, None if layer.bias is None else layer.bias.detach().to(self.dtype)
        return self._weights[key]

    def forward_macs(self, layers: Collection[str]) -> int:
        """Multiply-accumulates of one picture of the size that the program was made for, up to these layers."""
        deepest = max(self.program.layers.index(self.program.layer(name)) for name in layers)
        return sum(node.macs or 0 for node in self.program.layers[: deepest + 1])
