"""R-CNN: every proposal is a picture of its own (Girshick, Donahue, Darrell & Malik 2014)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.context import Context
from engine.detection.proposals.classifier import Classifier, open_classifier
from engine.detection.proposals.cost import Cost
from engine.detection.proposals.progressing import (
    BATCH_SECONDS,
    MOST_BATCH,
    Judged,
    checked_boxes,
    told_as_it_goes,
)
from engine.detection.proposals.requests import ClassifyCrops, RegionRun
from engine.networks.classifying.preprocessing import normalised
from engine.networks.steps import paced

CONTEXT: Final = 16 / 227
"""The paper warps a box so that 16 of 227 pixels on every side show what is around it."""

Pixels = npt.NDArray[np.uint8]


def respond(request: ClassifyCrops, context: Context) -> Generator[Any, None, RegionRun]:
    """Answer a ClassifyCrops. Raises UserError where the net cannot be used so."""
    boxes = checked_boxes(request.boxes)
    found = yield from open_classifier(request.net, context)
    return (yield from told_as_it_goes(_judged(found, request.picture.pixels, boxes, context), context))


def _judged(
    found: Classifier, pixels: Pixels, boxes: npt.NDArray[np.float64], context: Context
) -> Generator[RegionRun | None, None, RegionRun]:
    cost, judged = Cost(), Judged(boxes)
    count = 1 if context.reduced else 2

    def run(complete: bool) -> RegionRun:
        side = found.side
        return judged.run("rcnn", found.net, cost, complete=complete, reads=(side, side))

    while judged.done < len(boxes):
        batch = boxes[judged.done : judged.done + count]
        began = cost.seconds
        with cost.timing():
            values = _warped(found, pixels, batch)
        output = found.program.output
        kept = yield from paced(
            cost.timed(found.program.steps(values, {output}, watch=cost.watch)), BATCH_SECONDS
        )
        cost.passes += len(batch)
        cost.heads += len(batch)
        with cost.timing():  # on a graphics card this is where the answer is waited for
            judged.take(kept[output])
        took = cost.seconds - began
        # As many at once as a step of the engine has time for: the first batch of a large net is small.
        count = min(max(int(count * BATCH_SECONDS / max(took, 1e-4)), 1), 2 * count, MOST_BATCH)
        yield run(complete=False)
    return run(complete=True)


def _warped(found: Classifier, pixels: Pixels, boxes: npt.NDArray[np.float64]) -> Tensor:
    how = found.net.preprocessing
    crops = np.stack([normalised(warp(pixels, box, how.size), how) for box in boxes])
    return torch.from_numpy(crops).to(found.net.device).contiguous(memory_format=torch.channels_last)


def warp(pixels: Pixels, box: npt.NDArray[np.float64], side: int) -> Pixels:
    """uint8[side, side, 3]: the box and what is around it, stretched to a square; what lies outside is left out."""
    from PIL import Image

    height, width = pixels.shape[:2]
    grown = (box[2:] - box[:2]) * (CONTEXT / (1 - 2 * CONTEXT))
    low = np.clip(box[:2] - grown, 0, None)
    high = np.minimum(box[2:] + grown, (width, height))
    area = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return np.asarray(
        Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR, box=area), np.uint8
    )
