"""A net whose forward pass is one call: Python takes part at its beginning and end, not between its layers."""

from __future__ import annotations

import logging
import warnings
from collections import Counter, OrderedDict
from typing import Any, Final

import torch
from torch import Tensor, nn

log = logging.getLogger(__name__)

KEPT: Final = 4
"""Input shapes that are remembered."""
BEFORE: Final = 2
"""Passes of one shape before the net is recorded, which takes as long as some twenty more: a photo is seen once."""
CLOSE: Final = 1e-3
"""Largest difference, of the largest answer, between both ways, on random pixels."""


class OneCall:
    """Calls a net in evaluation mode as one recorded function, made anew for every shape that comes again and again.

    Between two layers a net waits for Python, and Python for the window's thread that paints: a frame would wait some
    twenty times. A recorded net does not. On accelerators, where Python runs ahead anyhow, and where a net cannot be
    recorded, the net itself is called.
    """

    def __init__(self, net: nn.Module) -> None:
        self.net = net
        self._recorded: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._passes: Counter[tuple[int, ...]] = Counter()

    def __call__(self, values: Tensor) -> Any:
        """What the net puts out for Tensor[N, 3, H, W]."""
        if values.device.type != "cpu":
            return self.net(values)
        key = tuple(values.shape)
        if key not in self._recorded:
            self._passes[key] += 1
            if self._passes[key] <= BEFORE:
                return self.net(values)
            self._recorded[key] = self._record(values)
            while len(self._recorded) > KEPT:
                self._recorded.popitem(last=False)
        self._recorded.move_to_end(key)
        return self._recorded[key](values)

    def _record(self, values: Tensor) -> Any:
        """The recorded net; the net itself where recording fails or answers otherwise."""
        try:
            with warnings.catch_warnings():
                # torch announces the end of its recorder: until then it is the only one that needs no compiler.
                warnings.simplefilter("ignore")
                recorded = torch.jit.trace(self.net, values, check_trace=False)
            noise = torch.rand(values.shape).contiguous(memory_format=torch.channels_last)
            for _ in range(2):  # the second call is the one that torch has made quicker
                if not _alike(recorded(noise), self.net(noise)):
                    log.info("a recorded net answers otherwise: it is called layer by layer")
                    return self.net
        except (RuntimeError, AttributeError, TypeError) as error:
            log.info("a net cannot be recorded: %s", error)
            return self.net
        return recorded


def _alike(first: Any, second: Any) -> bool:
    ours, theirs = (part if isinstance(part, list | tuple) else (part,) for part in (first, second))
    return len(ours) == len(theirs) and all(
        a.shape == b.shape and bool((a - b).abs().max() <= CLOSE * b.abs().max().clamp_min(1))
        for a, b in zip(ours, theirs, strict=True)
    )
