"""Pictures go through a kept net: one, or the newest of what plays; or they are painted live, frame after frame."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import numpy as np
import torch

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame, publish, resized
from engine.mailbox import Mailbox
from engine.style.fast import shelf
from engine.style.fast.net import FastNet
from engine.style.fast.requests import LARGEST, SMALLEST, ApplyFast, LiveFast, LivePaint, Restyled
from engine.style.opening import Opened, open_backbone
from engine.style.painting import Painting, Subject, check_subject
from engine.style.pictures import Pixels, pixels_of
from engine.style.settings import MOST_STEPS, StyleSettings
from engine.style.settings import SMALLEST as SMALLEST_PAINTED

IDLE_S: Final = 0.1
LEAST: Final = SMALLEST_PAINTED // 2
"""Pixels of a side that a painting has at least."""
LIVE_RATE: Final = 0.04
"""Of Adam, as a share of the pixels' range: a frame has a few steps only."""
LIVE_CONTENT: Final = 10.0
"""How many times as much the content counts live: at the size of a few strokes nothing would be left of it."""
STAYS: Final = 0.65
"""The share of what was painted over a frame that the next one begins with: strokes of what is gone fade away."""

_loaded: dict[tuple[str, int, str], FastNet] = {}
"""The last net by file, time and device."""


def apply(request: ApplyFast, context: Context) -> Generator[Any, None, Restyled]:
    """Answer an ApplyFast. Raises UserError: no such net, a damaged file, a size out of range."""
    net = load(request.net, device_of(context))
    return (yield from _restyled(net, request.net, request.frame, request.size, context))


def apply_live(request: LiveFast, context: Context) -> Generator[Any, None, None]:
    """Answer a LiveFast."""
    net = load(request.net, device_of(context))
    with _woken(request.frames, context):
        while True:
            closed = request.frames.closed  # asked first: a frame put before closing is still painted
            frame = request.frames.take()
            if frame is not None:
                yield context.partial((yield from _restyled(net, request.net, frame, request.size, context)))
            elif closed:
                return
            else:
                yield context.idle(IDLE_S)


def paint_live(request: LivePaint, context: Context) -> Generator[Any, None, None]:
    """Answer a LivePaint. Raises UserError: no such backbone, pictures that are too small."""
    opened = yield from open_backbone(request.settings.validated(), context)
    live = _LivePainting(opened, request)
    with _woken(request.frames, context):
        while True:
            closed = request.frames.closed
            frame = request.frames.take()
            if frame is not None:
                live.go_to(frame)
            elif closed:
                return
            if live.rests:
                yield context.idle(IDLE_S)
            else:
                yield context.partial((yield from live.steps()))


class _LivePainting:
    """One painting after the other, each begun as the one before."""

    def __init__(self, opened: Opened, request: LivePaint) -> None:
        self._opened, self._request = opened, request
        self._styles = tuple(style.pixels for style in request.styles)
        self._painting: Painting | None = None
        self._frame: Frame | None = None
        self._content: Pixels | None = None
        self._done = 0

    @property
    def rests(self) -> bool:
        """Whether there is nothing to paint, or enough was painted."""
        return self._painting is None or self._done >= self._request.most

    def go_to(self, frame: Frame) -> None:
        """Another frame; one of another shape begins anew."""
        content = sized(frame.pixels, _checked(self._request.size), LEAST)
        self._frame, self._content, self._done = frame, content, 0
        height, width = content.shape[:2]
        if self._painting is not None and self._painting.size == (width, height):
            self._painting.follow(content, STAYS)
            return
        check_subject(content, self._styles)
        settings = live_settings(self._request.settings, max(width, height))
        opened = self._opened
        self._painting = Painting(opened.features, opened.backbone, Subject(content, self._styles), settings)

    def steps(self) -> Generator[None, None, Restyled]:
        """Some evaluations on the frame."""
        painting, frame, content = self._painting, self._frame, self._content
        assert painting is not None and frame is not None and content is not None
        spent = 0.0
        for _ in range(self._request.evaluations):
            began = perf_counter()
            painting.step()
            spent += perf_counter() - began
            yield
        began = perf_counter()
        pixels = painting.pixels()  # waits for the device, so its time counts
        spent += perf_counter() - began
        self._done += self._request.evaluations
        return Restyled(frame, content, pixels, spent, self._opened.net.device.type, step=self._done)


def live_settings(settings: StyleSettings, longer: int) -> StyleSettings:
    """The settings of a painting as live frames get them; `longer`: their longer side."""
    return replace(
        settings, size=longer, alpha=settings.alpha * LIVE_CONTENT, method="adam", rate=LIVE_RATE, levels=1,
        start="content", steps=MOST_STEPS,
    )  # fmt: skip


# --- nets -----------------------------------------------------------------------------------------------------


def load(name: str, device: torch.device) -> FastNet:
    """The net of that name, from memory or from its file. Raises UserError: it is not here, or damaged."""
    path = shelf.path_of(name)
    key = str(path), path.stat().st_mtime_ns, str(device)
    if key not in _loaded:
        shelf.described(path)  # refuses what is no such net
        net = FastNet()
        state = shelf.read_state(path)
        shapes = {key: value.shape for key, value in net.state_dict().items()}
        if {key: value.shape for key, value in state.items()} != shapes:
            raise UserError(f"{path.name} holds another net than this program trains.", "Train it again.")
        net.load_state_dict(state)
        _loaded.clear()
        _loaded[key] = net.eval().requires_grad_(False).to(device).to(memory_format=torch.channels_last)
    return _loaded[key]


def paint_steps(
    net: FastNet, content: Pixels, device: torch.device
) -> Generator[None, None, tuple[Pixels, float]]:
    """uint8[h, w, 3] as a net paints it, and the seconds of the net alone. A step a layer."""
    values = torch.from_numpy(np.array(content, order="C")).to(device).permute(2, 0, 1)[None]
    values = (values.float() / 255).contiguous(memory_format=torch.channels_last)
    spent, steps = 0.0, net.steps(values)
    while True:
        began = perf_counter()
        try:
            with torch.no_grad():
                next(steps)
        except StopIteration as stop:
            pixels = pixels_of(stop.value)  # waits for the device, so its time counts
            return pixels, spent + perf_counter() - began
        spent += perf_counter() - began
        yield


def _restyled(
    net: FastNet, name: str, frame: Frame, size: int, context: Context
) -> Generator[None, None, Restyled]:
    content = sized(frame.pixels, _checked(size))
    pixels, seconds = yield from paint_steps(net, content, device_of(context))
    return Restyled(frame, content, pixels, seconds, device_of(context).type, name)


# --- pictures -------------------------------------------------------------------------------------------------


def sized(pixels: Pixels, size: int, least: int = 1) -> Pixels:
    """The picture with a longer side of `size` pixels; a smaller one stays as it is, but for sides below `least`
    (and below twice that for the longer one)."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    scale = max(min(1.0, size / longer), 2 * least / longer if least > 1 else 0.0)
    shape = max(least, round(width * scale)), max(least, round(height * scale))
    return pixels if shape == (width, height) else publish(resized(pixels, *shape))


def _checked(size: int) -> int:
    if not SMALLEST <= size <= LARGEST:
        raise UserError(f"The longer side must have {SMALLEST} to {LARGEST} pixels, not {size}.")
    return size


def device_of(context: Context) -> torch.device:
    return context.device or torch.device("cpu")


@contextmanager
def _woken(frames: Mailbox[Frame], context: Context) -> Iterator[None]:
    """The job is woken by every frame."""
    unsubscribe: Callable[[], None] = frames.subscribe(lambda: context.wake())
    try:
        yield
    finally:
        unsubscribe()
