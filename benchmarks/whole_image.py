"""The response to a photograph (512 x 512 x 3, four filters 5 x 5) against the bare torch convolution of the job."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.foundations.convolution import ConvSpec
from engine.foundations.requests import WholeImage, WholeImageResult
from engine.foundations.whole_image import respond
from engine.handlers import Context
from engine.jobs import Done, Event, is_terminal
from engine.runner import Engine
from engine.sources import load_sample

PADDING = 2


def measure(quick: bool = False) -> list[Row]:
    """Rows "whole_image/..."."""
    request = example()
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    asked = _Asked()
    with asked.engine:
        asked.engine.begin_loading()
        asked.engine.idle_wait(60)
        plain, fast = _bare(request)
        jobs = {
            "respond": lambda: answer(request),
            "end_to_end": lambda: asked(request),
            "conv2d": plain,
            "conv2d_channels_last": fast,
        }
        medians = interleaved(jobs, rounds=3 if quick else 25)
    details = milliseconds(medians) | {"convolution_of_respond_ms": answer(request).seconds * 1000}
    same = "torch conv2d as it comes (NCHW)"
    fastest = "torch conv2d, channels last"
    return [
        Row(
            "whole_image/respond",
            "respond()",
            medians["respond"] / medians["conv2d"],
            "x",
            same,
            1.2,
            details=details,
        ),
        Row(
            "whole_image/end_to_end",
            "Engine.submit to Done",
            medians["end_to_end"] / medians["conv2d"],
            "x",
            same,
            1.2,
            details=details,
        ),
        Row(
            "whole_image/floor",
            "respond()",
            medians["respond"] / medians["conv2d_channels_last"],
            "x",
            fastest,
            details=details,
        ),
    ]


def example() -> WholeImage:
    """The job: a real photograph, four filters over all three colours."""
    pixels = np.ascontiguousarray(load_sample("astronaut").pixels[:512, :512])
    weight = np.random.default_rng(3).normal(size=(4, 3, 5, 5))
    return WholeImage(pixels, weight, np.zeros(4), ConvSpec(padding=PADDING), channels=3)


def answer(request: WholeImage) -> WholeImageResult:
    """respond() to its end, in the mode that the engine sets around its steps."""
    import torch

    context = Context(device=torch.device("cpu"), torch_ready=True)
    steps = respond(request, context)
    while True:
        try:
            with devices.step_mode(False):
                next(steps)
        except StopIteration as stop:
            result: WholeImageResult = stop.value
            return result


def _bare(request: WholeImage) -> tuple[Any, Any]:
    """The convolution alone, on tensors that are ready: as torch takes them by default, and channels last."""
    import torch
    from torch.nn.functional import conv2d

    image = torch.from_numpy(request.pixels.astype(np.float32).transpose(2, 0, 1).copy())[None]
    kernel, bias = torch.from_numpy(request.weight).float(), torch.zeros(len(request.weight))
    image_last, kernel_last = (t.to(memory_format=torch.channels_last) for t in (image, kernel))

    def plain() -> object:
        with torch.inference_mode():
            return conv2d(image, kernel, bias, padding=PADDING)

    def fast() -> object:
        with torch.inference_mode():
            return conv2d(image_last, kernel_last, bias, padding=PADDING)

    return plain, fast


class _Asked:
    """An engine that is asked and waited for."""

    def __init__(self) -> None:
        self.engine = Engine(self._hear, device="cpu")
        self._over = threading.Event()
        self._last: Event | None = None

    def __call__(self, request: object) -> object:
        self._over.clear()
        self.engine.submit(request)
        self._over.wait(60)
        if not isinstance(self._last, Done):
            raise RuntimeError(f"the engine answered {self._last}")
        return self._last.value

    def _hear(self, event: Event) -> None:
        if is_terminal(event):
            self._last = event
            self._over.set()
