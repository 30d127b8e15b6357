"""Faces as a cascade's boxes show them, again and again in another way, and where their points are then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from engine.faces.align import SIDE as CROP
from engine.faces.align import USUAL_BOX
from engine.faces.landmarks import MARGIN
from engine.networks.zoo.landmarks_mini import SIDE, mirrored
from engine.training.face_changes import (
    BEND_POINTS,
    another_person,
    coarse,
    covered,
    in_other_light,
    some,
    uniform,
    with_glasses,
)

RIM: Final = 64
"""Pixels around the aligned crop of 112 x 112 that a box may reach into."""
CANVAS: Final = CROP + 2 * RIM
FINER: Final = 2
"""Pixels a side that are averaged into one of what the net reads."""
ROUNDS: Final = 5
"""Of the search for where a bend has put a point: each is some ten times closer."""


@dataclass(frozen=True)
class LandmarkChanges:
    """How strong the changes are.

    Standard deviations: `turn` in degrees, `scale` and `stretch` of factors' logarithms, `shift` in sides of the box,
    `person` (another shape of face) and `bend` in halves of what the net reads. Most: `light`, a factor of all changes
    of light, `noise`, a standard deviation in shares of the range. Shares of the pictures: `ground`, `glasses`, `hole`
    (a covered part), `coarse` (few pixels).
    """

    turn: float = 6.5
    scale: float = 0.07
    stretch: float = 0.04
    shift: float = 0.027
    person: float = 0.06
    bend: float = 0.015
    light: float = 1.2
    ground: float = 0.6
    glasses: float = 0.15
    hole: float = 0.25
    coarse: float = 0.3
    noise: float = 0.04


def seen_anew(
    canvases: Tensor, points: Tensor, changes: LandmarkChanges, rng: Generator
) -> tuple[Tensor, Tensor]:
    """Pictures Tensor[N, 1, 56, 56] in 0..1 and points Tensor[N, 5, 2] in their sides.

    `canvases`: Tensor[N, 1, 240, 240] in 0..1 of faces aligned to the template with a rim, `points`: Tensor[N, 5, 2],
    their landmarks in pixels of the canvas.
    """
    pixels = _on_another_ground(with_glasses(canvases, RIM, changes.glasses, rng), changes.ground, rng)
    pixels, points = _boxed(pixels, points, changes, rng)
    pixels = coarse(in_other_light(pixels, changes.light, rng), changes.coarse, rng)
    grain = some(len(pixels), 0.5, rng) * uniform(len(pixels), 0, changes.noise, rng)
    pixels = covered(pixels + grain * torch.randn(pixels.shape, generator=rng), changes.hole, rng).clamp(0, 1)
    turned_over = some(len(pixels), 0.5, rng) > 0
    return (
        torch.where(turned_over, pixels.flip(3), pixels),
        torch.where(turned_over[:, 0], mirrored(points), points),
    )


def _on_another_ground(canvases: Tensor, share: float, rng: Generator) -> Tensor:
    """Around the heads of some: something flat, something cloudy, or a piece of another picture."""
    n = len(canvases)
    across = (torch.arange(CANVAS)[None] - CANVAS / 2) / uniform(n, 52, 74, rng)
    down = (torch.arange(CANVAS)[:, None] - RIM - 58) / uniform(n, 66, 92, rng)
    inside = torch.sigmoid(uniform(n, 8, 40, rng) * (1 - torch.sqrt(across**2 + down**2)))
    flat = uniform(n, 0, 1, rng).expand_as(canvases)
    clouds = F.interpolate(torch.rand(n, 1, 9, 9, generator=rng), (CANVAS, CANVAS), mode="bilinear")
    others = canvases[torch.randperm(n, generator=rng)].roll((CANVAS // 2, CANVAS // 3), (2, 3))
    kind = torch.rand(n, 1, 1, 1, generator=rng)
    ground = torch.where(kind < 0.3, flat, torch.where(kind < 0.65, clouds, others))
    return canvases + some(n, share, rng) * (1 - inside) * (ground - canvases)


def _boxed(pixels: Tensor, points: Tensor, changes: LandmarkChanges, rng: Generator) -> tuple[Tensor, Tensor]:
    """What lies in the box of a cascade, which is never quite the same; the face turned and bent."""
    n = len(pixels)

    def normal(*shape: int) -> Tensor:
        return torch.randn(n, *shape, generator=rng)

    x, y, side = USUAL_BOX
    side_now = side * MARGIN * torch.exp(normal(1) * changes.scale)
    middle = torch.tensor([x, y]) + RIM + normal(2) * changes.shift * side
    angle, stretch = normal() * math.radians(changes.turn), torch.exp(normal() * changes.stretch)
    cos, sin = torch.cos(angle), torch.sin(angle)
    turn = torch.stack(
        [torch.stack([cos * stretch, -sin / stretch], 1), torch.stack([sin * stretch, cos / stretch], 1)], 1
    )
    matrix = turn * side_now[:, :, None] / 2
    bends = another_person(n, changes.person, rng) + normal(2, *BEND_POINTS) * changes.bend
    at = (torch.arange(FINER * SIDE) + 0.5) / (FINER * SIDE) * 2 - 1
    grid = torch.stack(torch.meshgrid(at, at, indexing="xy"), 2).expand(n, -1, -1, -1)
    grid = grid + _bent(bends, grid)
    places = (grid.flatten(1, 2) @ matrix.transpose(1, 2) + middle[:, None]).view_as(grid)
    seen = F.grid_sample(pixels, (2 * places + 1) / CANVAS - 1, padding_mode="border", align_corners=False)
    return F.avg_pool2d(seen, FINER), (
        _unbent(bends, (points - middle[:, None]) @ matrix.inverse().transpose(1, 2)) + 1
    ) / 2


def _bent(bends: Tensor, at: Tensor) -> Tensor:
    """How far points Tensor[N, H, W, 2] in -1..1 are moved by bends Tensor[N, 2, rows, columns]."""
    return F.grid_sample(bends, at, mode="bicubic", padding_mode="border", align_corners=True).permute(
        0, 2, 3, 1
    )


def _unbent(bends: Tensor, points: Tensor) -> Tensor:
    """Those points Tensor[N, 5, 2] that a bend moves to the given ones."""
    found = points
    for _ in range(ROUNDS):
        found = points - _bent(bends, found[:, :, None])[:, :, 0]
    return found
