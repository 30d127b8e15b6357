"""Random changes of photos of faces: those that leave the person the same, and those that make another one of him."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from engine.networks.zoo.facenet_mini import HEIGHT, WIDTH

RIM: Final = 24
"""Pixels around the crop that a change may bring into view."""
CANVAS: Final = (HEIGHT + 2 * RIM, WIDTH + 2 * RIM)
EYES_Y: Final = 51.6
EYES_APART: Final = 35.2
"""Where the template has the eyes, in pixels of the crop."""
BEND_POINTS: Final = (5, 4)
"""Rows and columns of the points that a bend moves; between them it is smooth."""


@dataclass(frozen=True)
class Changes:
    """How strong the changes are.

    Standard deviations: `turn` in degrees, `scale` of a factor's logarithm, `shift` and `bend` in shares of half the
    canvas. Most: `light`, a factor of all changes of light, and `noise`, a standard deviation in shares of the range.
    Shares of the photos: `ground`, `glasses`, `hole` (a covered part), `coarse` (few pixels).
    """

    turn: float = 6.0
    scale: float = 0.05
    shift: float = 0.025
    bend: float = 0.012
    light: float = 1.2
    ground: float = 0.5
    glasses: float = 0.2
    hole: float = 0.3
    coarse: float = 0.3
    noise: float = 0.045


def another_person(count: int, strength: float, rng: Generator) -> Tensor:
    """Bends that make another face of one: Tensor[count, 2, rows, columns], mirror-symmetric, as faces are.

    Their standard deviation is 0.3 to 1 times `strength`, in shares of half the canvas.

    A wider jaw, a longer nose, eyes farther apart: what does not change from photo to photo of one person.
    """
    field = torch.randn(count, 2, *BEND_POINTS, generator=rng) * strength * uniform(count, 0.3, 1, rng)
    mirrored = field.flip(3)
    across = (field[:, :1] - mirrored[:, :1]) / 2
    down = (field[:, 1:] + mirrored[:, 1:]) / 2
    return torch.cat([across, down - down.mean((2, 3), keepdim=True)], 1) * math.sqrt(2)


def another_photo(canvases: Tensor, bends: Tensor, changes: Changes, rng: Generator) -> Tensor:
    """One more photo of each face: Tensor[N, 1, 112, 96] in 0..1 of canvases Tensor[N, 1, 160, 144] in 0..1.

    `bends`: those of the person, Tensor[N, 2, rows, columns]. Mirrored, turned, scaled, shifted, bent a little; other
    light, another ground; blurred, coarse, noisy, partly covered.
    """
    pixels = _moved(with_glasses(canvases, RIM, changes.glasses, rng), bends, changes, rng)
    pixels = _on_another_ground(pixels, changes.ground, rng)
    pixels = in_other_light(pixels, changes.light, rng)
    pixels = coarse(pixels, changes.coarse, rng)
    pixels = pixels + some(len(pixels), 0.5, rng) * uniform(len(pixels), 0, changes.noise, rng) * torch.randn(
        pixels.shape, generator=rng
    )
    return covered(pixels, changes.hole, rng).clamp(0, 1)


def with_glasses(canvases: Tensor, rim: int, share: float, rng: Generator) -> Tensor:
    """Frames drawn around the eyes of some: glasses are no part of a person.

    `canvases`: Tensor[N, 1, H, W] of aligned faces with `rim` pixels above the template.
    """
    n, _, height, width = canvases.shape
    y = torch.arange(height)[:, None] - (rim + EYES_Y + uniform(n, 0, 5, rng))
    x = torch.arange(width)[None] - width / 2
    high, wide = uniform(n, 9, 15, rng), uniform(n, 12, 16.5, rng)
    thick = uniform(n, 0.8, 2, rng)
    power = uniform(n, 2, 4, rng)
    ring = (
        (((x.abs() - EYES_APART / 2) / wide).abs() ** power + (y / high).abs() ** power) ** (1 / power) - 1
    ) * high
    bridge = torch.where(x.abs() < EYES_APART / 2 - wide, (y + high / 3).abs(), torch.inf)
    frame = (thick - torch.minimum(ring.abs(), bridge)).clamp(0, 1) * some(n, share, rng)
    return canvases + frame * uniform(n, 0.5, 1, rng) * (uniform(n, 0, 0.6, rng) - canvases)


def _moved(canvases: Tensor, bends: Tensor, changes: Changes, rng: Generator) -> Tensor:
    n = len(canvases)
    angle = torch.randn(n, generator=rng) * math.radians(changes.turn)
    scale = torch.exp(torch.randn(n, generator=rng) * changes.scale)
    aspect = torch.exp(torch.randn(n, generator=rng) * changes.scale / 2)
    shift = torch.randn(n, 2, generator=rng) * changes.shift
    y, x = torch.meshgrid(
        (torch.arange(HEIGHT) + 0.5 - HEIGHT / 2), (torch.arange(WIDTH) + 0.5 - WIDTH / 2), indexing="ij"
    )
    cos, sin = (torch.cos(angle) * scale)[:, None, None], (torch.sin(angle) * scale)[:, None, None]
    stretch = aspect[:, None, None]
    columns = (cos * x * stretch - sin * y / stretch) * 2 / CANVAS[1] + shift[:, 0, None, None]
    rows = (sin * x * stretch + cos * y / stretch) * 2 / CANVAS[0] + shift[:, 1, None, None]
    own = torch.randn(n, 2, *BEND_POINTS, generator=rng) * changes.bend
    bent = F.interpolate(bends + own, (HEIGHT, WIDTH), mode="bicubic", align_corners=True)
    grid = torch.stack([columns, rows], 3) + bent.permute(0, 2, 3, 1)
    pixels = F.grid_sample(canvases, grid, padding_mode="border", align_corners=False)
    return torch.where(some(n, 0.5, rng) > 0, pixels.flip(3), pixels)


def _on_another_ground(pixels: Tensor, share: float, rng: Generator) -> Tensor:
    """Outside a soft ellipse around the face: something flat, something cloudy, or a piece of another picture."""
    n = len(pixels)
    y = (torch.arange(HEIGHT)[:, None] - 0.55 * HEIGHT) / HEIGHT
    x = (torch.arange(WIDTH)[None] - 0.5 * WIDTH) / WIDTH
    size = uniform(n, 0.46, 0.62, rng)
    inside = torch.sigmoid(30 * (1 - torch.sqrt((x / size * 1.05) ** 2 + (y / (size * 1.1)) ** 2)))
    flat = uniform(n, 0, 1, rng).expand_as(pixels)
    clouds = F.interpolate(
        torch.rand(n, 1, 8, 7, generator=rng), (HEIGHT, WIDTH), mode="bilinear", align_corners=True
    )
    others = pixels[torch.randperm(n, generator=rng)].roll((HEIGHT // 2, WIDTH // 2), (2, 3))
    kind = torch.rand(n, 1, 1, 1, generator=rng)
    ground = torch.where(kind < 0.3, flat, torch.where(kind < 0.65, clouds, others))
    changed = some(n, share, rng)
    return pixels + changed * (1 - inside) * (ground - pixels)


def in_other_light(pixels: Tensor, strength: float, rng: Generator) -> Tensor:
    """Gamma, contrast, brightness, and light from one side, on some photos more than on others."""
    n, _, height, width = pixels.shape
    strengths = uniform(n, 0, strength, rng)
    gamma = torch.exp(torch.randn(n, 1, 1, 1, generator=rng) * 0.45 * strengths)
    lit = pixels.clamp(1e-4, 1) ** gamma
    field = F.interpolate(
        torch.randn(n, 1, 3, 3, generator=rng), (height, width), mode="bicubic", align_corners=True
    )
    lit = lit * torch.exp(field * 0.35 * strengths * some(n, 0.7, rng))
    contrast = torch.exp(torch.randn(n, 1, 1, 1, generator=rng) * 0.25 * strengths)
    mean = lit.mean((2, 3), keepdim=True)
    level = mean + torch.randn(n, 1, 1, 1, generator=rng) * 0.1 * strengths
    return ((lit - mean) * contrast + level).clamp(0, 1)


def coarse(pixels: Tensor, share: float, rng: Generator) -> Tensor:
    """Some of them seen with fewer pixels, all by the same factor."""
    factor = float(uniform(1, 0.25, 0.7, rng))
    small = F.interpolate(pixels, scale_factor=factor, mode="bilinear", antialias=True)
    again = F.interpolate(small, pixels.shape[2:], mode="bilinear", align_corners=False)
    return torch.where(some(len(pixels), share, rng) > 0, again, pixels)


def covered(pixels: Tensor, share: float, rng: Generator) -> Tensor:
    """A rectangle of some of them covered with one grey (DeVries and Taylor 2017)."""
    n, _, height, width = pixels.shape
    top, left = uniform(n, -0.1, 0.9, rng) * height, uniform(n, -0.1, 0.9, rng) * width
    high, wide = uniform(n, 0.1, 0.4, rng) * height, uniform(n, 0.1, 0.4, rng) * width
    y, x = torch.arange(height)[:, None], torch.arange(width)[None]
    hole = (y >= top) & (y < top + high) & (x >= left) & (x < left + wide) & (some(n, share, rng) > 0)
    return torch.where(hole, uniform(n, 0, 1, rng), pixels)


def uniform(n: int, low: float, high: float, rng: Generator) -> Tensor:
    """Tensor[n, 1, 1, 1] between two numbers."""
    return low + (high - low) * torch.rand(n, 1, 1, 1, generator=rng)


def some(n: int, share: float, rng: Generator) -> Tensor:
    """1 for that share of n pictures and 0 for the others, Tensor[n, 1, 1, 1]."""
    return (torch.rand(n, 1, 1, 1, generator=rng) < share).float()
