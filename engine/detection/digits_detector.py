"""The bundled net that finds and reads handwritten digits, as a detector."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.detection.cells import FloatArray, Head
from engine.detection.found import Grid
from engine.detection.grid_answer import GridAnswer
from engine.detection.letterbox import letterboxed
from engine.detection.requests import Kind
from engine.detection.yolo_digits import load_net
from engine.images import Frame
from engine.networks.one_call import OneCall
from engine.networks.weights.store import Resolved
from engine.networks.zoo.yolo_digits import ANCHORS, CLASSES, SIDE, STRIDE

LARGEST: Final = 6.0
"""t_w and t_h are cut off there, as in training."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitsDetector:
    """See engine.detection.detectors.Detector."""

    name: str
    title: str
    net: nn.Module
    classes: tuple[str, ...]
    device: torch.device
    run: OneCall
    kind: Kind = "yolo-digits"
    note: str = ""

    def steps(self, frame: Frame) -> Generator[None, None, GridAnswer]:
        begun = perf_counter()
        pixels, placed = letterboxed(frame.pixels, SIDE, SIDE, STRIDE)
        values = as_input(pixels, self.device)
        ready = perf_counter()
        output = self.run(values)
        (numbers,) = on_cpu([output])
        grid = Grid(placed.height // STRIDE, placed.width // STRIDE, STRIDE, ANCHORS)
        head = Head(grid, CLASSES, "softmax", largest=LARGEST)
        yield
        return GridAnswer(frame, placed, (numbers,), (head,), ready - begun, perf_counter() - ready)


def opened(found: Resolved, device: torch.device) -> DigitsDetector:
    """The detector with the weights of a file. Raises UserError where they are not its own."""
    with torch.inference_mode(False), torch.no_grad():
        net = load_net(found.path).requires_grad_(False).eval()
        net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    classes = found.entry.labels or tuple(str(digit) for digit in range(CLASSES))
    return DigitsDetector(found.name, found.entry.title, net, classes, device, OneCall(net))


def as_input(pixels: npt.NDArray[np.uint8], device: torch.device) -> Tensor:
    """Tensor[1, 3, H, W] in 0..1, channels last, of uint8[H, W, 3] RGB; bytes travel to the device, not floats."""
    picture = torch.from_numpy(
        np.require(pixels, requirements="W")
    )  # torch warns of memory that it may not write
    return picture.to(device)[None].permute(0, 3, 1, 2).float().div_(255)


def on_cpu(outputs: Sequence[Tensor]) -> list[FloatArray]:
    """float32[C, H, W] of each Tensor[1, C, H, W], brought over from the device at once: one wait for all."""
    if len(outputs) > 1 and outputs[0].device.type != "cpu":
        flat = torch.cat([output.float().flatten() for output in outputs]).cpu()
        parts = flat.split([output.numel() for output in outputs])
        return [part.view(output.shape[1:]).numpy() for part, output in zip(parts, outputs, strict=True)]
    return [output[0].float().cpu().numpy() for output in outputs]
