"""Things found in a picture by a Darknet net, from a script or a notebook; live detection is in `live`.

Redmon & Farhadi: YOLO9000, 2017; YOLOv3: An incremental improvement, 2018.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.detection import cells
from engine.detection.darknet.net import DarknetNet
from engine.detection.found import Detection, Raw, detections
from engine.detection.letterbox import letterboxed
from engine.detection.requests import Letterbox
from engine.detection.suppress import suppress, unusable
from engine.errors import UserError
from engine.images import Frame

Picture: TypeAlias = "npt.NDArray[np.uint8] | Frame"
Fit = Literal["stretch", "letterbox"]

MOST: Final = 300
"""Things of one picture; COCO's rules count 100."""


def detect(
    model: DarknetNet,
    image: Picture,
    least: float = 0.25,
    iou_threshold: float = 0.45,
    per_class: bool = True,
    fit: Fit | None = None,
) -> list[Detection]:
    """What a net finds in uint8[H, W, 3] RGB (or in a Frame), best score first, boxes in pixels of the picture.

    A box is called by its likeliest class; its score is the probability of that class times the objectness. Those
    scored below `least` are left out, and those with more than `iou_threshold` in common with a better one, of the same
    class where `per_class` is true. `fit`: see `raw`. Raises UserError where the picture is none, or where the net
    answers with numbers that are none.
    """
    for name, value in (("score", least), ("IoU threshold", iou_threshold)):
        if not 0 <= value <= 1:
            raise UserError(f"The {name} {value:g} is not between 0 and 1.")
    said = raw(model, image, fit, least)
    broken = unusable(said)
    if broken:
        raise UserError(
            f"The net answers with numbers that are not finite (in {broken:,} boxes).",
            "Its weights are damaged, or they belong to another net.",
        )
    return detections(suppress(said, least, iou_threshold, per_class, MOST), model.labels)


def raw(model: DarknetNet, image: Picture, fit: Fit | None = None, least: float = 0.0) -> Raw:
    """Every box that the net proposes, or those with an objectness of `least` and more, before any suppression.

    `fit`: "stretch" scales both sides to the net's input, as Darknet and OpenCV's blobFromImage do; "letterbox" keeps
    the proportions and adds grey bars, as nets with letter_box=1 in their cfg want it; None does what the cfg says.
    """
    how = fit or ("letterbox" if model.plan.letterbox else "stretch")
    pixels, placed = _fitted(_pixels(image), model, how)
    with torch.inference_mode():
        outputs = [output[0].float().cpu().numpy() for output in model(batch_of(model, pixels))]
    return cells.raw_of(outputs, heads(model, placed.height, placed.width), placed, least)


def heads(model: DarknetNet, height: int, width: int) -> tuple[cells.Head, ...]:
    """How the outputs of a net for an input of that size are meant. Raises UserError for a size that it cannot take."""
    return tuple(
        cells.Head(grid, head.classes, "softmax" if head.kind == "region" else "sigmoid", head.scale_xy)
        for grid, head in zip(model.grids(height, width), model.heads, strict=True)
    )


def batch_of(model: DarknetNet, pixels: npt.NDArray[np.uint8]) -> Tensor:
    """Tensor[1, 3, H, W] in 0..1, channels last, of the type and on the device of the net."""
    like = next(model.parameters())
    bytes_ = torch.from_numpy(np.array(pixels, copy=not pixels.flags.writeable)).to(like.device)
    return bytes_.permute(2, 0, 1)[None].to(like.dtype).div_(255)


def _pixels(image: Any) -> npt.NDArray[np.uint8]:
    pixels = image.pixels if isinstance(image, Frame) else np.asarray(image)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise UserError(
            f"A picture is uint8[H, W, 3] in RGB, not {pixels.dtype}{list(pixels.shape)}.",
            "Convert it first; grey pictures repeat their values in all three channels.",
        )
    return pixels


def _fitted(
    pixels: npt.NDArray[np.uint8], model: DarknetNet, how: Fit
) -> tuple[npt.NDArray[np.uint8], Letterbox]:
    width, height = model.plan.width, model.plan.height
    if how == "letterbox":
        return letterboxed(pixels, width, height, model.plan.coarsest)
    from engine.cv import cv2

    rows, columns = pixels.shape[:2]
    scaled = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(scaled, np.uint8), Letterbox(width, height, width / columns, height / rows, 0.0, 0.0)
