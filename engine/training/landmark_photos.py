"""Faces with five known points: ORL subjects by YuNet, drawn people by construction; and how a cascade boxes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from engine.cv import cv2
from engine.faces.align import TEMPLATE, similarity
from engine.faces.detect import Cascade
from engine.faces.drawn import draw_window
from engine.faces.found import Box
from engine.faces.landmarks import cut, in_square, square
from engine.faces.requests import FaceSettings
from engine.networks.steps import at_once
from engine.training.face_photos import HELD_OUT, Portrayed
from engine.training.landmark_changes import CANVAS, RIM

FIRST_DRAWN: Final = 1000
"""Drawn people to learn from begin here: those that the pages show have smaller numbers."""


@dataclass(frozen=True, eq=False)
class LandmarkPhotos:
    """Grey canvases uint8 Tensor[N, 1, 240, 240], faces on the template in their middle, and points Tensor[N, 5, 2]."""

    canvases: Tensor
    points: Tensor


@dataclass(frozen=True, eq=False)
class Boxed:
    """Faces in the boxes of the cascade.

    `pictures` and the `boxes` in them; `crops`: uint8 Tensor[N, 1, 56, 56], what the net reads; `points`: Tensor[N, 5,
    2] by YuNet, in sides of those; `missed`: faces that the cascade did not find.
    """

    pictures: list[Portrayed]
    boxes: list[Box]
    crops: Tensor
    points: Tensor
    missed: int


def held_out_pictures(pictures: list[Portrayed]) -> tuple[list[Portrayed], list[Portrayed]]:
    """Those to learn from and those of the people who are never learned from, the same as for the embedder."""
    away = [one.person % HELD_OUT == HELD_OUT - 1 for one in pictures]
    return (
        [one for one, out in zip(pictures, away, strict=True) if not out],
        [one for one, out in zip(pictures, away, strict=True) if out],
    )


def photographed(pictures: list[Portrayed]) -> LandmarkPhotos:
    """Canvases of people in pictures."""
    canvases, points = zip(*(_canvas(one) for one in pictures), strict=True)
    return LandmarkPhotos(torch.from_numpy(np.stack(canvases))[:, None], torch.from_numpy(np.stack(points)))


def _canvas(one: Portrayed) -> tuple[np.ndarray, np.ndarray]:
    matrix = similarity(one.landmarks.astype(np.float64), TEMPLATE + RIM)
    aligned = cv2.warpAffine(
        one.pixels, matrix, (CANVAS, CANVAS), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    points = one.landmarks @ matrix[:, :2].T + matrix[:, 2]
    return cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY), points.astype(np.float32)


def drawn(people: int, views: int) -> LandmarkPhotos:
    """Canvases of drawn people, whose points lie on the template."""
    window = (-float(RIM), -float(RIM), float(CANVAS - RIM), float(CANVAS - RIM))
    seeds = [(FIRST_DRAWN + person, view) for person in range(people) for view in range(views)]
    canvases = [cv2.cvtColor(draw_window(*seed, window, CANVAS), cv2.COLOR_RGB2GRAY) for seed in seeds]
    points = torch.from_numpy(TEMPLATE + RIM).float().expand(len(seeds), -1, -1)
    return LandmarkPhotos(torch.from_numpy(np.stack(canvases))[:, None], points)


def boxed(pictures: list[Portrayed]) -> Boxed:
    """What the cascade sees of these people, in what it looks at (see Cascade.find)."""
    cascade = Cascade()
    kept: list[Portrayed] = []
    boxes: list[Box] = []
    crops, points = [], []
    for one in pictures:
        pixels = np.ascontiguousarray(one.pixels[:, :, ::-1])
        grey, scale, found = at_once(cascade.find(pixels, FaceSettings().smallest))
        box = _around(found, one.landmarks.mean(0) * scale)
        if box is None:
            continue
        kept.append(one)
        boxes.append(tuple(side / scale for side in box))  # type: ignore[arg-type]
        crops.append(cut(grey, square(box)))
        points.append(in_square(square(box), one.landmarks * scale))
    return Boxed(
        kept,
        boxes,
        torch.from_numpy(np.stack(crops))[:, None],
        torch.from_numpy(np.stack(points)),
        len(pictures) - len(kept),
    )


def _around(boxes: list[Box], at: np.ndarray) -> Box | None:
    """Of the boxes around a place the one whose middle is nearest."""
    x, y = at
    around = [box for box in boxes if box[0] < x < box[2] and box[1] < y < box[3]]
    return min(
        around, key=lambda box: abs(box[0] + box[2] - 2 * x) + abs(box[1] + box[3] - 2 * y), default=None
    )
