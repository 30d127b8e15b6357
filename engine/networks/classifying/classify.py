"""A picture goes to a net, and what the net says comes back: once, or for every frame of a live source."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any

import numpy as np
import torch

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame, publish
from engine.networks.classifying.loaded import LoadedNet, load
from engine.networks.classifying.picture_edits import edit, told
from engine.networks.classifying.preprocessing import prepare
from engine.networks.requests import Classification, ClassifyLive, ClassifyPicture, Guess, PictureEdits

NO_NUMBERS = "The net answered with values that are no numbers (NaN or infinite)."


def classify(request: ClassifyPicture, context: Context) -> Generator[Any, None, Classification]:
    """Answer a ClassifyPicture. Raises UserError: no such weights, nothing drawn, an answer that is no number."""
    net = yield from load(request.weights, context)
    return answer(net, request.frame, request.edits, request.top)


def classify_live(request: ClassifyLive, context: Context) -> Generator[Any, None, None]:
    """Answer a ClassifyLive: a partial Classification for the newest frame, until the mailbox is closed.

    A frame without a digit is shown as what it is: an answer without guesses and with a note.
    """
    net = yield from load(request.weights, context)
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed  # asked first: a frame put before closing is still shown
            frame = request.frames.take()
            if frame is None:
                if closed:
                    return
                yield context.idle(0.1)
                continue
            try:
                result = answer(net, frame, request.edits, request.top)
            except UserError as error:
                result = _no_answer(net, frame, request.edits, str(error))
            yield context.partial(result)
    finally:
        unsubscribe()


def answer(net: LoadedNet, frame: Frame, edits: PictureEdits, top: int) -> Classification:
    """What a net says to a picture after the person's edits. Raises UserError (see classify)."""
    edited = edit(frame.pixels, edits)
    prepared = prepare(edited, net.preprocessing)
    values = torch.from_numpy(prepared.values)[None]
    start = perf_counter()
    with torch.inference_mode():
        logits = net.logits(values)[0].cpu()
        probabilities = torch.softmax(logits, 0)
    seconds = perf_counter() - start
    if not bool(torch.isfinite(logits).all()):
        raise UserError(
            NO_NUMBERS, f"The weights {net.name} are probably damaged: import or download them again."
        )
    best = torch.topk(probabilities, min(max(top, 1), len(probabilities))).indices.tolist()
    guesses = tuple(Guess(i, net.labels[i], float(probabilities[i]), float(logits[i])) for i in best)
    return _classification(
        net, frame, edits,
        guesses=guesses, probabilities=publish(probabilities.numpy()), logits=publish(logits.numpy()),
        edited=publish(edited), seen=publish(prepared.seen), seconds=seconds, note=prepared.note,
        steps=(*told(edits, (frame.height, frame.width)), *prepared.steps), window=prepared.window,
    )  # fmt: skip


def _no_answer(net: LoadedNet, frame: Frame, edits: PictureEdits, why: str) -> Classification:
    nothing = np.zeros(0, np.float32)
    side = net.preprocessing.size
    return _classification(
        net, frame, edits,
        guesses=(), probabilities=nothing, logits=nothing, edited=publish(edit(frame.pixels, edits)),
        seen=publish(np.zeros((side, side), np.uint8)), seconds=0.0, note=why,
        steps=told(edits, (frame.height, frame.width)),
    )  # fmt: skip


def _classification(net: LoadedNet, frame: Frame, edits: PictureEdits, **found: Any) -> Classification:
    return Classification(
        weights=net.name,
        labels=net.labels,
        device=net.device.type,
        frame=frame,
        edits=edits,
        architecture=net.architecture,
        parameters=net.parameters,
        path=net.path,
        mean=net.preprocessing.mean,
        std=net.preprocessing.std,
        **found,
    )
