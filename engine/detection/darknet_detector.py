"""Darknet's nets as detectors: a frame is letterboxed once, and the field is no larger than its proportions need."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from time import perf_counter

import torch

from engine.detection.darknet.loading import open_steps
from engine.detection.darknet.net import DarknetNet
from engine.detection.digits_detector import as_input, on_cpu
from engine.detection.grid_answer import GridAnswer
from engine.detection.letterbox import letterboxed
from engine.detection.requests import Kind
from engine.detection.yolo import heads
from engine.images import Frame
from engine.networks.one_call import OneCall
from engine.networks.weights.store import Resolved


@dataclass(frozen=True, slots=True, eq=False)
class DarknetDetector:
    """See engine.detection.detectors.Detector."""

    name: str
    title: str
    net: DarknetNet
    device: torch.device
    run: OneCall
    kind: Kind = "Darknet"
    note: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        return self.net.labels

    def steps(self, frame: Frame) -> Generator[None, None, GridAnswer]:
        begun = perf_counter()
        plan = self.net.plan
        pixels, placed = letterboxed(frame.pixels, plan.width, plan.height, plan.coarsest)
        values = as_input(pixels, self.device)
        ready = perf_counter()
        outputs = tuple(on_cpu(self.run(values)))
        seconds = perf_counter() - ready
        yield
        meant = heads(self.net, placed.height, placed.width)
        return GridAnswer(frame, placed, outputs, meant, ready - begun, seconds)


def opened(found: Resolved, device: torch.device) -> Generator[object, None, DarknetDetector]:
    """The detector of a pair in the store. Raises UserError where its files are damaged or do not fit together."""
    net = yield from open_steps(found)
    with torch.inference_mode(False), torch.no_grad():
        net = net.to(device)
    return DarknetDetector(found.name, found.entry.title, net, device, OneCall(net))
