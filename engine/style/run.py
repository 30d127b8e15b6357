"""Painting as a job: previews, orders of a person, an end that keeps what there is."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Generator
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import torch

from engine import device as devices
from engine.context import Context
from engine.errors import UserError
from engine.images import publish
from engine.jobs import Progress
from engine.style.objective import terms_of
from engine.style.opening import Opened, free_bytes, largest, open_backbone, predicted
from engine.style.painting import Painting, Subject, check_subject
from engine.style.requests import Order, Outcome, Painted, PaintStyle, Values
from engine.style.settings import sizes_of

log = logging.getLogger(__name__)

SHOWN_EVERY: Final = 0.15
"""Seconds between two previews, at least."""
PREVIEW_SHARE: Final = 0.02
"""Of the time, at most, that previews may take."""
KEPT: Final = 40
"""Iterates of a run that can be branched from."""
PAUSE: Final = 0.05
LATELY: Final = 12


def paint(request: PaintStyle, context: Context) -> Generator[Any, None, Painted]:
    """Answer a PaintStyle. Raises UserError: pictures too small, a net not here, no memory for a run of that size."""
    settings = request.settings.validated()
    check_subject(request.content.pixels, [style.pixels for style in request.styles])
    opened = yield from open_backbone(settings, context)
    _check_room(opened, request)
    subject = Subject(request.content.pixels, tuple(style.pixels for style in request.styles), request.mask)
    if len(settings.blend) != len(request.styles):
        raise UserError(
            f"There are {len(request.styles)} styles and {len(settings.blend)} weights to blend them by."
        )
    painting = Painting(opened.features, opened.backbone, subject, settings, request.begin, request.done)
    run = _Run(opened, painting, request)
    yield context.partial(run.answer("running"))
    while not run.painting.finished:
        order = run.newest_order()
        if order is not None and order.stop:
            return run.answer("stopped", keep=True)
        if order is not None and order.paused:
            yield from _rest(run, context)
            continue
        try:
            run.step()
            answer = run.preview()
        except Exception as error:
            if not devices.is_out_of_memory(error):
                raise
            return run.without_memory()
        yield run.progress(context)
        if answer is not None:
            yield context.partial(answer)
    return run.answer("done", keep=True)


def _rest(run: _Run, context: Context) -> Generator[Any, None, None]:
    """Wait until a person wants the run to go on or to end; what is set meanwhile is shown at once."""
    order, shown = run.newest_order(), None
    while order is not None and order.paused and not order.stop:
        if run.painting.settings != shown:
            shown = run.painting.settings
            yield context.partial(run.answer("paused", keep=True))
        yield context.idle(PAUSE)
        order = run.newest_order()
    run.rested()


def _check_room(opened: Opened, request: PaintStyle) -> None:
    terms = terms_of(request.settings, opened.backbone)
    shape = request.content.width, request.content.height
    size = sizes_of(request.settings, *shape)[-1]
    room = free_bytes(opened.net.device)
    needed = predicted(opened, terms, size)
    if room is not None and needed > room:
        side = largest(opened, terms, shape, room)
        raise UserError(
            f"{size[0]} × {size[1]} pixels would take {needed / 1e9:.1f} GB; {room / 1e9:.1f} GB of memory are free.",
            f"Up to {side} pixels for the longer side fit.",
        )


class _Run:
    """A painting with its clock."""

    def __init__(self, opened: Opened, painting: Painting, request: PaintStyle) -> None:
        self.painting = painting
        self._opened, self._request = opened, request
        self._order = Order(request.settings)
        self._seconds = 0.0
        self._lately: deque[float] = deque(maxlen=LATELY)
        self._shown, self._cost = float("-inf"), 0.0
        self._kept_at = -1
        self._good = painting.iterate()
        self._good_pixels = painting.pixels()
        self._good_step = painting.done
        self._jumped_back = 0
        self._note = ""
        self._began = perf_counter()
        if opened.net.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(opened.net.device)

    def newest_order(self) -> Order | None:
        """What a person wants by now (a pause and a stop stay wanted); other settings are in effect on return."""
        orders = self._request.orders
        newest = None if orders is None else orders.take()
        if newest is None:
            return self._order if self._order.paused or self._order.stop else None
        self._order = newest
        if self.painting.settings.lively(newest.settings):
            self.painting.change(newest.settings)
        else:
            self._note = "Some of the new settings take effect with the next run."
        return newest

    def step(self) -> None:
        began, level = perf_counter(), self.painting.level
        self.painting.step()
        seconds = perf_counter() - began
        if self.painting.level != level:
            self._lately.clear()  # the pace of another size
        self._seconds += seconds
        self._lately.append(seconds)

    def rested(self) -> None:
        """A pause is over."""
        self._lately.clear()

    def preview(self) -> Painted | None:
        """What is to be shown after this step, None where it is too early."""
        now, painting = perf_counter(), self.painting
        spacing = max(SHOWN_EVERY, self._cost / PREVIEW_SHARE)
        every = max(1, painting.total // KEPT)
        keep = painting.done - self._kept_at >= every and painting.level == len(painting.sizes) - 1
        if not (painting.done == 1 or painting.finished or now - self._shown >= spacing):
            return None
        if not painting.sane():
            self._go_back()
        answer = self.answer("running", keep=keep)
        self._shown = perf_counter()
        self._cost = self._shown - now
        return answer

    def answer(self, outcome: Outcome, *, keep: bool = False) -> Painted:
        """The run so far; waits for the device."""
        painting = self.painting
        if keep:
            self._kept_at = painting.done
        self._good = painting.iterate()
        self._good_pixels = painting.pixels()
        self._good_step = painting.done
        return self._told(outcome, self._good if keep else None)

    def without_memory(self) -> Painted:
        """The memory ran out: the last picture that was shown is kept."""
        devices.release_caches()
        return self._told("memory", self._good)

    def progress(self, context: Context) -> Progress:
        """For the status bar; the time left is that of the previews, which knows of no loading and no pause."""
        painting, rate = self.painting, self._rate
        width, height = painting.size
        told = context.progress(painting.done, painting.total, f"Painting at {width} × {height}")
        return replace(told, seconds_left=painting.ahead / rate if rate else None)

    @property
    def _rate(self) -> float:
        """Steps a second, lately; 0 before the first."""
        spent = sum(self._lately)
        return len(self._lately) / spent if spent else 0.0

    def _told(self, outcome: Outcome, iterate: Values | None) -> Painted:
        painting = self.painting
        pixels = self._good_pixels
        return Painted(
            painting.settings, pixels, self._good_step, painting.total, (pixels.shape[1], pixels.shape[0]),
            painting.level, len(painting.sizes), () if outcome == "memory" else painting.costs(),
            None if iterate is None else publish(iterate), self._seconds, self._rate,
            _peak(self._opened.net.device), self._opened.net.device.type, self._opened.precision, outcome, self._note,
            painting.ahead,
        )  # fmt: skip

    def _go_back(self) -> None:
        """A step led out of all numbers: stand at the last good picture, with nothing learned of the costs' shape."""
        self._jumped_back += 1
        if self._jumped_back > 3:
            raise UserError(
                "The costs have left every measure, and did so again from the last good picture.",
                "Lower the weights, or choose Adam.",
            )
        log.info("a painting went astray at step %d", self.painting.done)
        if self._good.shape[:2] == tuple(self.painting.picture.shape[2:]):
            self.painting.go_back(self._good)
        self._note = "A step went astray; the run went on from the last good picture."


def _peak(device: torch.device) -> int | None:
    """Bytes at most so far: of the accelerator, or of this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return devices.peak_ram()
