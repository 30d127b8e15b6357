"""The net is asked with parts of its picture hidden: one place at once, or all of them in batches."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame, publish
from engine.inside.nets import OpenNet, open_net
from engine.inside.occlusion.occluder import Box, Lattice, Occluder, Pixels, box_around, hidden, in_pixels
from engine.inside.occlusion.requests import Occlude, Occluded, SingleCheck, Sweep, SweepOcclusion
from engine.inside.occlusion.strength import batch_size, chosen_map, energies
from engine.inside.seen import Seen, seen_by
from engine.networks.classifying.preprocessing import normalised
from engine.networks.steps import paced

SHOWN_EVERY: Final = 0.08
"""Seconds between two partial answers of a sweep."""
CHECKED: Final = 3
"""Places of a sweep that are computed again, alone."""
TOLERANCE: Final = 1e-4
MOST_PLACES: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """An open net before a picture: `base` and `cover` are Tensor[1, C, side, side], what it reads and what hides."""

    net: OpenNet
    seen: Seen
    pixels: Pixels
    base: Tensor
    cover: Tensor


def occlude(request: Occlude, context: Context) -> Generator[Any, None, Occluded]:
    """Answer an Occlude. Raises UserError: no such net, layer or map, or nothing drawn where a digit is wanted."""
    subject = yield from _opened(request.net, request.frame, request.occluder, context)
    side = subject.seen.side
    box = box_around(request.row, request.column, request.occluder.pixels(side), side)
    values = _hidden(subject, [box], _room(subject, 1))
    both = torch.cat([subject.base, values])
    program = subject.net.program
    logits, kept = program.answer(both, [request.layer])
    strength = energies(program, request.layer, kept[request.layer]).float().cpu()
    channel = chosen_map(request.layer, strength[0], request.channel)
    shares = torch.softmax(logits, 1).cpu().numpy()
    return Occluded(
        request, subject.seen, subject.net.net.labels,
        publish(hidden(subject.seen.pixels, subject.pixels, box)), box, channel,
        publish(shares[0].copy()), publish(shares[1].copy()),
        float(strength[0, channel]), float(strength[1, channel]),
    )  # fmt: skip


def sweep(request: SweepOcclusion, context: Context) -> Generator[Any, None, Sweep]:
    """Answer a SweepOcclusion, row by row. Raises UserError as `occlude`, and for an unknown class."""
    subject = yield from _opened(request.net, request.frame, request.occluder, context)
    began = shown = perf_counter()
    known = _before(subject, request)
    lattice = Lattice(subject.seen.side, known.size, known.stride)
    boxes = lattice.boxes()
    room = _room(
        subject,
        batch_size(subject.net.program, subject.base.device, reduced=context.reduced),
    )
    found = _Maps(lattice.count)
    for start in range(0, len(boxes), len(room)):
        batch = boxes[start : start + len(room)]
        values = _hidden(subject, batch, room)
        result = yield from _answers(subject, request.layer, values)
        found.take(start, *result, known.target, known.channel)
        _restore(subject, batch, room)
        now = perf_counter()
        if now - shown >= SHOWN_EVERY and found.done < len(boxes):
            shown = now
            yield context.progress(found.done, len(boxes), "Hiding place after place")
            yield context.partial(found.shown(known, now - began))
    seconds = perf_counter() - began
    yield context.progress(len(boxes), len(boxes), "Hiding place after place")
    check = _checked(subject, boxes, found.probability.ravel(), known.target)
    return replace(found.shown(known, seconds), check=check)


# --- the picture ------------------------------------------------------------------------------------------


def _opened(name: str, frame: Frame, occluder: Occluder, context: Context) -> Generator[Any, None, _Subject]:
    occluder.validated()
    net = yield from open_net(name, context)
    how = net.net.preprocessing
    prepared, seen = seen_by(how, frame)
    cover = occluder.cover(seen.pixels)
    hides = torch.from_numpy(normalised(cover, how))[None].to(net.net.device)
    return _Subject(net, seen, cover, net.values(prepared), hides)


def _room(subject: _Subject, count: int) -> Tensor:
    """Tensor[count, C, side, side] with the whole picture in every place, written to again and again."""
    batch = subject.base.repeat(count, 1, 1, 1)
    return batch.contiguous(memory_format=torch.channels_last)


def _hidden(subject: _Subject, boxes: Sequence[Box], room: Tensor) -> Tensor:
    """The first len(boxes) pictures of the room, each with its box hidden."""
    for place, (top, left, bottom, right) in enumerate(boxes):
        room[place, :, top:bottom, left:right] = subject.cover[0, :, top:bottom, left:right]
    return room[: len(boxes)]


def _restore(subject: _Subject, boxes: Sequence[Box], room: Tensor) -> None:
    """The whole picture again: only what was hidden is written."""
    for place, (top, left, bottom, right) in enumerate(boxes):
        room[place, :, top:bottom, left:right] = subject.base[0, :, top:bottom, left:right]


# --- the answers ------------------------------------------------------------------------------------------


class _Maps:
    """What was found so far, place after place."""

    def __init__(self, count: int) -> None:
        self.probability = np.full((count, count), np.nan, np.float32)
        self.energy = np.full((count, count), np.nan, np.float32)
        self.best = np.full((count, count), -1, np.int32)
        self.done = 0

    def take(self, start: int, logits: Tensor, strength: Tensor, target: int, channel: int) -> None:
        """Keep the answers to a batch, which begins at place `start`."""
        here = slice(start, start + len(logits))
        shares = torch.softmax(logits, 1)[:, target]
        self.probability.ravel()[here] = shares.cpu().numpy()
        self.energy.ravel()[here] = strength[:, channel].float().cpu().numpy()
        self.best.ravel()[here] = logits.argmax(1).cpu().numpy()
        self.done = here.stop

    def shown(self, known: Sweep, seconds: float) -> Sweep:
        """The answer so far; its arrays are its own."""
        return replace(
            known, probability=publish(self.probability.copy()), energy=publish(self.energy.copy()),
            best=publish(self.best.copy()), done=self.done, seconds=seconds,
        )  # fmt: skip


def _answers(subject: _Subject, layer: str, values: Tensor) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """Logits float32 Tensor[N, classes] and energies Tensor[N, C] of a batch."""
    program = subject.net.program
    kept = yield from paced(program.steps(values, {layer, program.output}))
    return kept[program.output].float(), energies(program, layer, kept[layer])


def _before(subject: _Subject, request: SweepOcclusion) -> Sweep:
    """What is known before anything is hidden, with empty maps. Raises UserError for what the net does not have."""
    program, labels, side = subject.net.program, subject.net.net.labels, subject.seen.side
    stride = in_pixels(request.stride, side)
    if not request.stride > 0 or Lattice(side, 1, stride).count ** 2 > MOST_PLACES:
        raise UserError("That stride makes too many places.", "Choose a larger stride.")
    logits, kept = program.answer(subject.base, [request.layer])
    target = int(logits[0].argmax()) if request.target is None else request.target
    if not 0 <= target < len(labels):
        raise UserError(f"This net has the classes 0 to {len(labels) - 1:,}, but no class {target:,}.")
    strength = energies(program, request.layer, kept[request.layer])[0].float().cpu()
    channel = chosen_map(request.layer, strength, request.channel)
    empty = np.empty((0, 0))
    return Sweep(
        request, subject.seen, labels, target, channel, request.occluder.pixels(side), stride, empty, empty, empty,
        float(torch.softmax(logits[0], 0)[target]), float(strength[channel]), 0, 0.0,
    )  # fmt: skip


def _checked(
    subject: _Subject, boxes: Sequence[Box], probability: np.ndarray[Any, Any], target: int
) -> SingleCheck:
    """Some places again, alone and by the net as it is, without its program."""
    places = np.linspace(0, len(boxes) - 1, CHECKED + 2).astype(int)[1:-1]
    net, differences = subject.net.net, []
    for place in places:
        pixels = hidden(subject.seen.pixels, subject.pixels, boxes[place])
        values = torch.from_numpy(normalised(pixels, net.preprocessing))[None]
        alone = torch.softmax(net.logits(values)[0], 0)[target]
        differences.append(abs(float(alone) - float(probability[place])))
    most = max(differences)
    reference = f"torch {torch.__version__.partition('+')[0]}, {CHECKED} places one by one"
    return SingleCheck(most, TOLERANCE, most <= TOLERANCE, reference)
