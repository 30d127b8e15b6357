"""Training as a job: previews of the content, orders of a person, an end that keeps the net."""

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
from engine.style.fast import shelf
from engine.style.fast.applying import paint_steps, sized
from engine.style.fast.photos import gather
from engine.style.fast.requests import FastOrder, KeepFast, KeptNet, Trained, TrainFast
from engine.style.fast.training import Training
from engine.style.opening import Opened, open_backbone
from engine.style.painting import check_subject
from engine.style.requests import Outcome

log = logging.getLogger(__name__)

SHOWN_EVERY: Final = 0.5
"""Seconds between two previews, at least."""
PREVIEW_SHARE: Final = 0.05
"""Of the time, at most, that previews may take."""
PAUSE: Final = 0.05
LATELY: Final = 12

_unkept: list[tuple[dict[str, torch.Tensor], dict[str, str]]] = []
"""The net that could not be written, until it is, or another one is trained."""


def train(request: TrainFast, context: Context) -> Generator[Any, None, Trained]:
    """Answer a TrainFast. Raises UserError: pictures too small, a net or a folder not here, a rate that is too high."""
    settings, fast = request.settings.validated(), request.fast.validated()
    check_subject(request.content.pixels, [style.pixels for style in request.styles])
    if len(settings.blend) != len(request.styles):
        raise UserError(
            f"There are {len(request.styles)} styles and {len(settings.blend)} weights to blend them by."
        )
    opened = yield from open_backbone(settings, context)
    device = opened.net.device
    photos = yield from gather(request.folder, fast.side, fast.seed, device, context)
    styles = [style.pixels for style in request.styles]
    training = Training(opened.features, opened.backbone, styles, photos, settings, fast)
    run = _Run(opened, training, request, len(photos))
    yield from run.preview(context, force=True)
    while not training.finished:
        order = run.newest_order()
        if order.stop:
            return run.ended("stopped")
        if order.paused:
            yield context.partial(run.answer("paused"))
            while (order := run.newest_order()).paused and not order.stop:
                yield context.idle(PAUSE)
            run.rested()
            continue
        try:
            yield from run.step()
            yield from run.preview(context)
        except Exception as error:
            if not devices.is_out_of_memory(error):
                raise
            devices.release_caches()
            return run.ended("memory")
        yield context.progress(training.done, training.total, f"Learning “{request.title}”")
    return run.ended("done")


def keep_again(_request: KeepFast, _context: object) -> KeptNet:
    """Answer a KeepFast. Raises UserError: there is none, or the folder still cannot take it."""
    if not _unkept:
        raise UserError("There is no net that waits to be kept.")
    kept = shelf.keep(*_unkept[0])
    _unkept.clear()
    return kept


class _Run:
    """A training with its clock and its pictures."""

    def __init__(self, opened: Opened, training: Training, request: TrainFast, photos: int) -> None:
        self._opened, self.training, self._request, self._photos = opened, training, request, photos
        self._content = sized(request.content.pixels, request.size)
        self._pixels = self._content
        self._order = FastOrder()
        self._seconds, self._shown, self._cost = 0.0, float("-inf"), 0.0
        self._lately: deque[float] = deque(maxlen=LATELY)

    def newest_order(self) -> FastOrder:
        orders = self._request.orders
        newest = None if orders is None else orders.take()
        self._order = newest or self._order
        return self._order

    def step(self) -> Generator[None, None, None]:
        """One step in its parts; what others do in between does not count."""
        spent, steps = 0.0, self.training.steps()
        while True:
            began = perf_counter()
            try:
                next(steps)
            except StopIteration:
                break
            finally:
                spent += perf_counter() - began
            yield
        self._seconds += spent
        self._lately.append(spent)

    def rested(self) -> None:
        """A pause is over."""
        self._lately.clear()

    def preview(self, context: Context, *, force: bool = False) -> Generator[Any, None, None]:
        """Show the content as the net paints it by now, where it is time to."""
        spacing = max(SHOWN_EVERY, self._cost / PREVIEW_SHARE)
        done = self.training.done
        if not (force or done == 1 or self.training.finished or perf_counter() - self._shown >= spacing):
            return
        if not self.training.sane():
            raise UserError(
                "The training has left every measure.",
                "Lower the learning rate, or the weights of the costs, and train again.",
            )
        self._pixels, self._cost = yield from paint_steps(
            self.training.net, self._content, self._opened.net.device
        )
        self._shown = perf_counter()
        yield context.partial(self.answer("running"))

    def answer(self, outcome: Outcome) -> Trained:
        """The training so far; waits for the device."""
        training, spent = self.training, sum(self._lately)
        return Trained(
            self._request.title, self._pixels, training.done, training.total, training.costs(), self._seconds,
            len(self._lately) / spent if spent else 0.0, self._photos, self._opened.net.device.type, outcome,
        )  # fmt: skip

    def ended(self, outcome: Outcome) -> Trained:
        """The last answer. A net that has learned something is kept; where it cannot be, it waits in memory."""
        answer = self.answer(outcome)
        if not self.training.done:
            return answer
        styles = [(style.name, style.pixels) for style in self._request.styles]
        about = shelf.metadata(
            self._request.title, styles, self._request.settings, self._request.fast, answer.step
        )
        state = {key: value.detach().cpu() for key, value in self.training.net.state_dict().items()}
        _unkept[:] = [(state, about)]
        try:
            kept = shelf.keep(state, about)
        except UserError as error:
            log.info("a trained net was not kept: %s", error)  # the answer says it
            return replace(answer, note=str(error))
        _unkept.clear()
        return replace(answer, kept=kept)
