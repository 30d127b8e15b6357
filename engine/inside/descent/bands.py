"""Every step of a descent written down: the strongest channels above and below, the switches of max pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from torch import Tensor

from engine.images import publish
from engine.inside.descent.descend import Step
from engine.inside.descent.record import Record
from engine.inside.descent.requests import MOST_CHANNELS, MOST_SIDE, Action, Array, Band, DescentStep
from engine.inside.descent.rules import kind_of
from engine.inside.descent.signal import Signal
from engine.networks.program import Call

MOST_BRANCHES: Final = 4
_SAME_CHANNELS: Final = frozenset({"rectify", "unpool", "spread", "scale", "slope", "hold"})
"""Actions behind which every channel is still the one that it was: both bands show the same ones."""

_ACTIONS: Final[Mapping[str, Action]] = {
    **dict.fromkeys(("Conv2d", "Linear"), "transpose"),
    **dict.fromkeys(("BatchNorm2d", "BatchNorm1d", "truediv", "div"), "scale"),
    **dict.fromkeys(("Tanh", "Sigmoid", "Hardsigmoid", "Hardtanh", "Softsign", "tanh", "sigmoid"), "slope"),
    **dict.fromkeys(
        ("LocalResponseNorm", "LayerNorm2d", "LayerNorm", "GroupNorm", "local_response_norm", "mul", "imul"), "hold"
    ),
    **dict.fromkeys(
        ("AvgPool2d", "AdaptiveAvgPool2d", "avg_pool2d", "adaptive_avg_pool2d", "mean"), "spread"
    ),
    **dict.fromkeys(("add", "iadd", "sub", "isub"), "both"),
    **dict.fromkeys(("cat", "concat"), "split"),
    **dict.fromkeys(
        (
            "Flatten", "Unflatten", "Permute", "ChannelShuffle", "flatten", "reshape", "view", "permute", "transpose",
            "unsqueeze", "squeeze", "pad", "channel_shuffle", "getitem",
        ),
        "move",
    ),
}  # fmt: skip
_NOTHING: Final = frozenset(
    {
        "Dropout",
        "Dropout2d",
        "Identity",
        "StochasticDepth",
        "dropout",
        "contiguous",
        "clone",
        "detach",
        "chunk",
        "split",
    }
)


def action_of(call: Call, found: Record) -> Action:
    """What happens to a signal at a call; what is not in the table is a rectifier."""
    if call.name in found.switches:
        return "unpool"
    return _ACTIONS.get(kind_of(call), "rectify")


@dataclass(frozen=True, slots=True, eq=False)
class _Strongest:
    """A band before it leaves the device."""

    layer: str
    shape: tuple[int, int, int]
    channels: Tensor
    maps: Tensor
    energies: Tensor
    strength: Tensor
    top: int
    left: int
    size: tuple[int, int]
    every: int

    def told(self) -> int:
        """How many of the channels carry anything; one at least, so that there is something to see."""
        return max(1, int((self.energies > 0).sum()))

    def band(self, most: int) -> Band:
        """The first `most` channels, as numbers."""
        strength = float(self.strength)
        shares = self.energies[:most].float().cpu().numpy() / (strength or 1.0)
        return Band(
            self.layer, self.shape, tuple(int(c) for c in self.channels[:most].cpu()),
            publish(np.ascontiguousarray(self.maps[:most].float().cpu().numpy())),
            publish(shares.astype(np.float32)), strength, self.top, self.left, self.size, self.every,
        )  # fmt: skip


class Telling:
    """Takes the steps of a walk; what is to leave the device does so at the end, all at once."""

    def __init__(self, found: Record) -> None:
        self._found = found
        self._noted: list[tuple[Call, Action, _Strongest, tuple[_Strongest, ...], Tensor | None]] = []

    def note(self, step: Step) -> None:
        """Write a step down, unless nothing happens in it or a picture of it could not be made."""
        call, found = step.call, self._found
        if kind_of(call) in _NOTHING:
            return
        action = action_of(call, found)
        above = self._strongest(call.name, step.above)
        if above is None:
            return
        same = above.channels if action in _SAME_CHANNELS and len(step.below) == 1 else None
        below = tuple(
            band
            for name, signal in step.below[:MOST_BRANCHES]
            if (band := self._strongest(name, signal, same, MOST_CHANNELS // len(step.below[:MOST_BRANCHES])))
        )
        if below:
            self._noted.append((call, action, above, below, self._switches(call, step.above, above)))

    def steps(self) -> tuple[DescentStep, ...]:
        """All of them but those down which nothing came; none of a unit that is off."""
        told = [self._step(*noted) for noted in self._noted]
        return tuple(step for step in told if step.above.strength != 0)

    def _step(
        self,
        call: Call,
        action: Action,
        above: _Strongest,
        below: tuple[_Strongest, ...],
        switches: Tensor | None,
    ) -> DescentStep:
        node = self._found.program.graph.by_name.get(call.layer)
        told = above.told()
        paired = action in _SAME_CHANNELS and len(below) == 1
        return DescentStep(
            call.layer or call.name,
            node.label if node is not None else kind_of(call),
            node.kind if node is not None else "other",
            action,
            above.band(told),
            tuple(band.band(told if paired else band.told()) for band in below),
            self._places(call, None if switches is None else switches[:told]),
        )

    def _strongest(
        self, name: str, signal: Signal, channels: Tensor | None = None, most: int = MOST_CHANNELS
    ) -> _Strongest | None:
        """The strongest channels of a signal, or the given ones, of maps with the channels first or of one row."""
        call = self._found.program.call(name)
        values, (top, left) = signal.values, (signal.top, signal.left)
        if values.ndim == 4 and call.value is not None and call.value.layout == "last":
            values = values.permute(0, 3, 1, 2)
        if values.ndim == 2:
            values = values[..., None, None]
        if values.ndim != 4:
            return None
        energies = values[0].abs().sum((1, 2))
        if channels is None or int(channels.numel()) == 0:
            channels = energies.topk(min(most, len(energies))).indices
        height, width = values.shape[2:]
        every = -(-max(height, width) // MOST_SIDE)
        shape = tuple(signal.shape[1:]) if len(signal.shape) == 4 else (signal.shape[1], 1, 1)
        if values.shape[1] != shape[0]:
            shape = (shape[2], shape[0], shape[1])
        return _Strongest(
            call.layer or name, (shape[0], shape[1], shape[2]), channels,
            values[0].index_select(0, channels)[:, ::every, ::every], energies.index_select(0, channels),
            energies.sum(), top, left, (height, width), every,
        )  # fmt: skip

    def _switches(self, call: Call, signal: Signal, above: _Strongest) -> Tensor | None:
        switches = self._found.switches.get(call.name)
        if switches is None:
            return None
        own = signal.cut(switches)[0].index_select(0, above.channels)
        return own[:, :: above.every, :: above.every]

    def _places(self, call: Call, switches: Tensor | None) -> Array | None:
        if switches is None:
            return None
        width = self._found.args[call.name][0].shape[-1]
        flat = switches.cpu().numpy()
        return publish(np.stack([flat // width, flat % width], axis=-1).astype(np.int32))
