"""One pooling on a whole photograph or on a live camera, in steps of a few milliseconds."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations.pooling import stochastic
from engine.foundations.pooling.problems import geometry
from engine.foundations.pooling.requests import LivePoolPicture, PoolPicture, PoolPictureResult
from engine.foundations.pooling.spec import PoolSpec
from engine.foundations.pooling.windows import passes
from engine.foundations.whole_image import MOST_PIXELS, averaged

Pixels = npt.NDArray[np.uint8]
WHITE = 255.0


def respond(request: PoolPicture, context: Context) -> Generator[Any, None, PoolPictureResult]:
    """Answer a PoolPicture. After an out-of-memory error the picture is halved, with a notice.

    Raises ShapeError where the window does not go with the picture.
    """
    if context.reduced:
        yield context.notice("Memory ran out, so the picture was halved.")
    return (yield from _pooled(request.pixels, request.spec, request.seed, context))


def respond_live(request: LivePoolPicture, context: Context) -> Generator[Any, None, None]:
    """Answer a LivePoolPicture: a partial result for the newest frame, until the mailbox is closed."""
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
            result = yield from _pooled(frame.pixels, request.spec, request.seed, context)
            yield context.partial(replace(result, frame=frame))
    finally:
        unsubscribe()


def _pooled(
    pixels: Pixels, spec: PoolSpec, seed: int, context: Context
) -> Generator[Any, None, PoolPictureResult]:
    pixels, note = _bounded(pixels, context.reduced)
    g = geometry(spec, (3, *pixels.shape[:2]))
    started = perf_counter()
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    if spec.rule == "stochastic":  # sums of whole numbers are exact, and fast
        values = yield from passes(planes, spec, g, stochastic.dice(seed, (3, *g.output_hw)))
        values = values.astype(np.float32)
    else:
        values = yield from passes(planes.astype(np.float32), spec, g)
    seconds = perf_counter() - started
    values.flags.writeable = False
    white = WHITE * float(np.sqrt(g.size[0] * g.size[1])) if spec.rule == "l2" else WHITE
    return PoolPictureResult(
        values, _colours(values, white), white, pixels, spec, seconds, note=note, seed=seed
    )


def _colours(values: npt.NDArray[np.float32], white: float) -> Pixels:
    scaled = values * np.float32(WHITE / white) + np.float32(0.5)
    shown = np.ascontiguousarray(scaled.astype(np.uint8).transpose(1, 2, 0))
    shown.flags.writeable = False
    return shown


def _bounded(pixels: Pixels, reduced: bool) -> tuple[Pixels, str]:
    """The picture to pool, and what was done to it: averaged until it is small enough."""
    height, width = pixels.shape[:2]
    block = 2 if reduced else 1
    while (height // block) * (width // block) > MOST_PIXELS:
        block += 1
    rows, cols = min(block, height), min(block, width)
    if rows * cols == 1:
        return pixels, ""
    small = averaged(pixels, rows, cols)
    return small, (
        f"Averaged from {width} × {height} to {small.shape[1]} × {small.shape[0]} pixels: "
        f"each is the mean of {cols} × {rows}."
    )
