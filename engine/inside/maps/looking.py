"""A picture goes through a net as far as a layer, and the layer's maps come back: once, or for every live frame."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame, publish
from engine.inside.maps.requests import (
    MOST_VALUES,
    Histograms,
    LiveMaps,
    LookAtMaps,
    Maps,
    NoMaps,
    Pinned,
    Statistics,
    Wanted,
)
from engine.inside.nets import OpenNet, open_net
from engine.inside.requests import checked_maps
from engine.networks.classifying.preprocessing import Prepared
from engine.networks.program import Call, Program
from engine.networks.requests import Guess

FEWEST_IDLE_S = 0.1
STEP_S = 0.02


def look(request: LookAtMaps, context: Context) -> Generator[Any, None, Maps]:
    """Answer a LookAtMaps. Raises UserError: no such weights or layer, a layer without maps, nothing drawn."""
    net = yield from open_net(request.net, context)
    return (yield from answer_steps(net, request.net, request.frame, request.wanted))


def look_live(request: LiveMaps, context: Context) -> Generator[Any, None, None]:
    """Answer a LiveMaps. A frame that the net cannot be shown is told as NoMaps; the next one may be better."""
    net = yield from open_net(request.net, context)
    _check(net.program, request.wanted)
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed  # asked first: a frame put before closing is still shown
            frame = request.frames.take()
            if frame is None:
                if closed:
                    return
                yield context.idle(FEWEST_IDLE_S)
                continue
            try:
                found: Maps | NoMaps = yield from answer_steps(net, request.net, frame, request.wanted)
            except UserError as error:
                found = NoMaps(frame, str(error))
            yield context.partial(found)
    finally:
        unsubscribe()


def answer_steps(net: OpenNet, name: str, frame: Frame, wanted: Wanted) -> Generator[None, None, Maps]:
    """What a net makes of a picture, a call of the net a step."""
    program = net.program
    _check(program, wanted)
    prepared = net.prepared(frame.pixels)
    watch = _Range(program) if wanted.whole_net else None
    steps = program.steps(net.values(prepared), _kept(program, wanted), watch=watch)
    kept, seconds = yield from _spaced(
        steps
    )  # on a GPU the time of asking; what follows waits for the numbers
    return _maps(net, name, frame, wanted, prepared, kept, seconds, watch)


def _spaced(
    steps: Generator[None, None, dict[str, Tensor]],
) -> Generator[None, None, tuple[dict[str, Tensor], float]]:
    """The same work in fewer, longer steps: the way through the engine costs as much as a small layer.

    Returns its result and its own seconds, without those of jobs that ran in between.
    """
    began, seconds = perf_counter(), 0.0
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: dict[str, Tensor] = stop.value
            return found, seconds + perf_counter() - began
        if perf_counter() - began > STEP_S:
            seconds += perf_counter() - began
            yield
            began = perf_counter()


def _check(program: Program, wanted: Wanted) -> None:
    """Raises UserError where a layer or a channel does not exist, or where a layer has no maps."""
    checked_maps(program.layer(wanted.layer))
    for layer, channel in wanted.pins:
        count = checked_maps(program.layer(layer))[0]
        if not 0 <= channel < count:
            raise UserError(
                f"The layer {layer} has the units 0 to {count - 1}, not {channel}.", "Remove that pin."
            )


def _kept(program: Program, wanted: Wanted) -> set[str]:
    to_the_end = {program.output} if wanted.guesses or wanted.whole_net else set()
    return {wanted.layer, *(layer for layer, _ in wanted.pins), *to_the_end}


class _Range:
    """Watches a run for the smallest and the largest value behind the picture, without keeping any layer."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._found: list[Tensor] = []

    def __call__(self, call: Call, value: Any) -> None:
        if (
            not call.layer
            or call.layer == "input"
            or not isinstance(value, Tensor)
            or not value.is_floating_point()
        ):
            return
        if self._program.has_maps(call.layer):
            self._found.append(torch.stack(torch.aminmax(torch.nan_to_num(value, 0.0, 0.0, 0.0))))

    def result(self) -> tuple[float, float] | None:
        """The range; None where no layer had maps."""
        if not self._found:
            return None
        ends = torch.stack(self._found).float().cpu()  # one wait for the device, at the end
        return float(ends[:, 0].min()), float(ends[:, 1].max())


def _maps(
    net: OpenNet,
    name: str,
    frame: Frame,
    wanted: Wanted,
    prepared: Prepared,
    kept: dict[str, Tensor],
    seconds: float,
    watch: _Range | None,
) -> Maps:
    program, layer = net.program, net.program.layer(wanted.layer)
    whole = _channels(program, wanted.layer, kept)
    reduced = _reduction(whole)
    shown = functional.avg_pool2d(whole[None], reduced, ceil_mode=True)[0] if reduced > 1 else whole
    return Maps(
        net=name,
        title=net.net.title,
        layer=layer,
        wanted=wanted,
        frame=frame,
        maps=publish(np.array(shown.cpu().numpy())),
        statistics=statistics(whole),
        seen=publish(prepared.seen),
        window=prepared.window,
        device=net.net.device.type,
        seconds=seconds,
        reduced=reduced,
        note=prepared.note,
        steps=prepared.steps,
        pinned=tuple(
            Pinned(pin, channel, publish(np.array(_channels(program, pin, kept)[channel].cpu().numpy())))
            for pin, channel in wanted.pins
        ),
        net_range=None if watch is None else watch.result(),
        guesses=_guesses(net, kept[program.output], wanted.guesses) if wanted.guesses else (),
        histograms=histograms(whole, wanted.bins) if wanted.bins else None,
    )


def _channels(program: Program, layer: str, kept: dict[str, Tensor]) -> Tensor:
    """Tensor[C, h, w] in float32, a map after the other, of what a layer put out; a number is a map of one pixel."""
    raw = program.maps(layer, kept[layer]) if program.has_maps(layer) else kept[layer]
    values = (
        raw[0].float().contiguous()
    )  # channels come last: every sum over a map would skip through all of them
    return values if values.ndim == 3 else values.reshape(-1, 1, 1)


def _reduction(values: Tensor) -> int:
    """By how much both sides of the maps have to shrink to leave MOST_VALUES numbers at most."""
    side = 1
    while values.numel() > MOST_VALUES * side * side:
        side += 1
    return side


def statistics(maps: Tensor) -> Statistics:
    """Of Tensor[C, h, w] in float32, channel by channel."""
    flat = maps.reshape(maps.shape[0], -1)
    mean = flat.mean(1)
    if not bool(torch.isfinite(mean).all()):  # one value that is no number makes the mean none
        usable = torch.isfinite(flat)
        return _careful_statistics(flat, usable, (~usable).sum(1))
    low, high = torch.aminmax(flat, dim=1)
    variance = (flat - mean[:, None]).square_().mean(1)  # torch.var_mean takes three times as long
    zeros = 1 - torch.count_nonzero(flat, dim=1) / flat.shape[1]
    none_odd = torch.zeros(len(flat), dtype=torch.int64)
    return _published(none_odd, flat.shape[1] == 1, low, high, mean, variance, zeros)


def _careful_statistics(flat: Tensor, usable: Tensor, odd: Tensor) -> Statistics:
    """Without the values that are no numbers; a channel of nothing else is 0 throughout."""
    count = usable.sum(1).clamp(min=1)
    clean = torch.where(usable, flat, 0.0)
    mean = clean.sum(1) / count
    variance = (torch.where(usable, flat - mean[:, None], 0.0) ** 2).sum(1) / count
    low = torch.where(usable, flat, torch.inf).amin(1)
    high = torch.where(usable, flat, -torch.inf).amax(1)
    none = ~usable.any(1)
    zeros = ((flat == 0) & usable).sum(1) / count
    low, high = low.masked_fill(none, 0), high.masked_fill(none, 0)
    return _published(odd, flat.shape[1] == 1, low, high, mean, variance, zeros)


def _published(odd: Tensor, single: bool, *floats: Tensor) -> Statistics:
    rows = torch.stack(floats).float().cpu().numpy()
    low, high, mean, variance, zeros = (publish(np.array(row)) for row in rows)
    counts = publish(np.array(odd.cpu().numpy().astype(np.int64)))
    return Statistics(low, high, mean, variance, zeros, counts, single)


def histograms(maps: Tensor, bins: int) -> Histograms:
    """How the values of Tensor[C, h, w] are spread, with bins of one width for all channels and zero on an edge."""
    flat = maps.reshape(maps.shape[0], -1)
    usable = torch.isfinite(flat)
    clean = torch.where(usable, flat, 0.0)
    low, high = (float(end) for end in torch.aminmax(clean))
    edges = edges_of(low, high, bins)
    width = (edges[-1] - edges[0]) / bins
    place = ((clean.double() - edges[0]) / width).floor().clamp(0, bins - 1).long()
    rows = torch.arange(flat.shape[0], device=flat.device)[:, None] * bins
    counts = torch.bincount((place + rows)[usable], minlength=flat.shape[0] * bins)
    return Histograms(publish(edges), publish(np.array(counts.reshape(-1, bins).cpu().numpy())))


def edges_of(low: float, high: float, bins: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """float64[bins + 1]: equal bins that cover both values, with an edge at 0 where 0 lies between them."""
    low, high = min(low, 0.0), max(high, 0.0)
    if high <= low:
        low, high = -1.0, 1.0
    below = min(max(round(bins * -low / (high - low)), 1 if low < 0 else 0), bins - (1 if high > 0 else 0))
    width = max(-low / below if below else 0.0, high / (bins - below) if below < bins else 0.0)
    return np.arange(-below, bins - below + 1, dtype=np.float64) * width


def _guesses(net: OpenNet, raw: Tensor, top: int) -> tuple[Guess, ...]:
    """The likeliest classes; none where the net answered with values that are no numbers."""
    logits = raw.float().flatten()
    probabilities = torch.softmax(logits, 0)
    best = torch.topk(probabilities, min(top, len(probabilities))).indices
    rows = torch.stack((best.double(), probabilities[best].double(), logits[best].double())).T.tolist()
    labels = net.net.labels
    if not all(np.isfinite(row).all() for row in rows) or len(labels) != len(logits):
        return ()
    return tuple(Guess(int(index), labels[int(index)], p, logit) for index, p, logit in rows)
