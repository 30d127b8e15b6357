"""Fast R-CNN: the picture is looked at once, and every proposal takes its part of the maps (Girshick 2015)."""

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
from engine.detection.proposals.requests import (
    CheckRoi,
    ClassifyPooled,
    Maps,
    Pooling,
    RegionRun,
    RoiCheck,
)
from engine.errors import UserError
from engine.images import publish
from engine.networks.classifying.preprocessing import normalised
from engine.networks.importing import imported
from engine.networks.steps import paced

ENLARGED: Final = (2.0, 8.0)
POINTS: Final = 2
"""Samples of RoIAlign along each side of a cell."""
TOLERANCE: Final = 1e-4


def respond(request: ClassifyPooled, context: Context) -> Generator[Any, None, RegionRun]:
    """Answer a ClassifyPooled. Raises UserError where the net cannot be used so."""
    boxes = checked_boxes(request.boxes)
    if not ENLARGED[0] <= request.enlarged <= ENLARGED[1]:
        raise UserError(
            f"The picture is {ENLARGED[0]:g} to {ENLARGED[1]:g} times as large as what the net reads."
        )
    found = yield from open_classifier(request.net, context)
    yield from imported("torchvision.ops", context)
    return (yield from told_as_it_goes(_judged(found, request, boxes), context))


def _judged(
    found: Classifier, request: ClassifyPooled, boxes: npt.NDArray[np.float64]
) -> Generator[RegionRun | None, None, RegionRun]:
    cost, judged, program = Cost(), Judged(boxes), found.program
    pixels = request.picture.pixels
    width, height = pass_size(pixels.shape[1], pixels.shape[0], found, request.enlarged)
    with cost.timing():
        values = _enlarged(found, pixels, width, height)
    steps = program.steps(values, {found.split}, watch=cost.watch)
    try:
        kept = yield from paced(cost.timed(steps), BATCH_SECONDS)
    except RuntimeError as error:
        raise UserError(
            f"{found.net.title} cannot read a picture of {width} × {height} pixels.", "Choose another net."
        ) from error
    cost.passes = 1
    with cost.timing():  # on a graphics card this is where the maps are waited for
        features = program.maps(found.split, kept[found.split]).float()
        values_here = publish(features[0].cpu().numpy())
    maps = Maps(
        values_here, found.split, found.stride,
        width / pixels.shape[1], height / pixels.shape[0], found.size,
    )  # fmt: skip

    def run(complete: bool) -> RegionRun:
        return judged.run("fast", found.net, cost, complete=complete, maps=maps, reads=(width, height))

    yield run(complete=False)
    while judged.done < len(boxes):
        batch = maps.in_pass(boxes[judged.done : judged.done + MOST_BATCH])
        with cost.timing():
            parts = program.raw(found.split, pool(features, batch, found.stride, found.size, request.pooling))
        head = program.steps(parts, {program.output}, start=found.split, watch=cost.watch)
        answer = yield from paced(cost.timed(head), BATCH_SECONDS)
        cost.heads += len(batch)
        with cost.timing():
            judged.take(answer[program.output])
        yield run(complete=False)
    return run(complete=True)


def pass_size(width: int, height: int, found: Classifier, enlarged: float) -> tuple[int, int]:
    """Width and height of the picture in the pass: its longer side `enlarged` times what the net was made for.

    Both are whole numbers of strides, and not smaller than what the net was made for allows.
    """
    zoom = enlarged * found.side / max(width, height)
    least = found.stride * 2
    across, down = (max(round(side * zoom / found.stride) * found.stride, least) for side in (width, height))
    return across, down


def pool(maps: Tensor, boxes: npt.NDArray[np.float64], stride: int, size: int, pooling: Pooling) -> Tensor:
    """Tensor[N, C, size, size]: the part of maps Tensor[1, C, H, W] under each box [N, 4] in pixels of the pass."""
    from torchvision.ops import roi_align, roi_pool

    corners = [torch.from_numpy(boxes.astype(np.float32)).to(maps.device)]
    if pooling == "max":
        pooled: Tensor = roi_pool(maps, corners, size, 1 / stride)
        return pooled
    aligned: Tensor = roi_align(maps, corners, size, 1 / stride, sampling_ratio=POINTS, aligned=True)
    return aligned


def _enlarged(found: Classifier, pixels: npt.NDArray[np.uint8], width: int, height: int) -> Tensor:
    from PIL import Image

    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR)
    values = normalised(np.asarray(picture, np.uint8), found.net.preprocessing)
    batch = torch.from_numpy(values)[None].to(found.net.device)
    return batch.contiguous(memory_format=torch.channels_last)


def check(request: CheckRoi, context: Context) -> Generator[Any, None, RoiCheck]:
    """Answer a CheckRoi: all maps, by torchvision on the CPU."""
    yield from imported("torchvision.ops", context)
    maps = request.maps
    values = torch.from_numpy(maps.values.copy())[None]
    box = np.asarray([request.box])
    theirs = pool(values, box, maps.stride, maps.size, request.pooling)[0].numpy()
    most = float(np.abs(theirs - request.pooled).max(initial=0.0))
    name = "roi_pool" if request.pooling == "max" else "roi_align"
    import torchvision

    version = torchvision.__version__.partition("+")[0]
    reference = f"{name} of torchvision {version}, all {len(theirs):,} maps"
    return RoiCheck(most, TOLERANCE, most <= TOLERANCE, reference)
