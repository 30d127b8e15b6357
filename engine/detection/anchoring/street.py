"""A street with pedestrians and cars: boxes by seed, and a picture in which every thing fills its box exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Corners = tuple[float, float, float, float]
RGB = tuple[int, int, int]

CLASSES: Final = ("pedestrian", "car")
PEDESTRIAN, CAR = 0, 1
SIZE: Final = (720, 480)
"""Width and height of the street in pixels."""
HORIZON: Final = 0.36
"""Height of the eye's level in the picture, as a share from above."""
EYE: Final = 2.6
"""Height of the eye above the road in metres: things that stand nearer stand lower and are larger."""
_ASPECT: Final = 0.41
"""Width over height of pedestrians (Dollar et al. 2012, "Pedestrian detection", section 2.3)."""
_SMOOTH: Final = 2
"""Every pixel is the mean of two by two."""
_COATS: Final[tuple[RGB, ...]] = ((196, 64, 54), (40, 92, 150), (52, 122, 84), (214, 152, 46), (108, 76, 140))
_PAINTS: Final[tuple[RGB, ...]] = (
    (186, 58, 56),
    (52, 104, 168),
    (226, 226, 222),
    (74, 82, 92),
    (204, 170, 68),
)


@dataclass(frozen=True, slots=True)
class Street:
    """boxes as corners in pixels of a picture of `SIZE`, classes by number in `CLASSES`; far things first."""

    boxes: tuple[Corners, ...]
    kinds: tuple[int, ...]


def street(seed: int = 0, count: int = 7) -> Street:
    """`count` things at random places of the road, none of them hidden by more than a third of its width."""
    draw = np.random.default_rng(seed)
    found: list[tuple[Corners, int]] = []
    for _ in range(20 * count):
        if len(found) == count:
            break
        kind = int(draw.random() < 0.45)
        box = _box(kind, draw)
        if all(_shared_width(box, other) < 0.34 for other, _ in found):
            found.append((box, kind))
    found.sort(key=lambda thing: thing[0][3])
    return Street(tuple(box for box, _ in found), tuple(kind for _, kind in found))


def street_shapes(scenes: int = 60, seed: int = 0) -> FloatArray:
    """float64[N, 2]: width and height of everything in many streets, in shares of the picture."""
    rows = [
        ((x2 - x1) / SIZE[0], (y2 - y1) / SIZE[1])
        for number in range(scenes)
        for x1, y1, x2, y2 in street(seed * 1000 + number).boxes
    ]
    return np.asarray(rows, np.float64).reshape(-1, 2)


def _box(kind: int, draw: np.random.Generator) -> Corners:
    """A thing somewhere on the road: its size follows from where it stands."""
    width, height = SIZE
    ground = height * draw.uniform(0.5, 0.96)
    metre = (ground - HORIZON * height) / EYE
    if kind == CAR:
        tall = metre * draw.uniform(1.4, 1.7)
        across = metre * (draw.uniform(3.9, 4.6) if draw.random() < 0.6 else draw.uniform(1.7, 1.95))
    else:
        tall = metre * draw.uniform(1.5, 1.9)
        across = tall * _ASPECT * draw.uniform(0.85, 1.2)
    across = min(across, 0.9 * width)
    left = draw.uniform(0, width - across)
    return round(left, 1), round(ground - tall, 1), round(left + across, 1), round(ground, 1)


def _shared_width(a: Corners, b: Corners) -> float:
    """How much of the narrower one's width two things share."""
    common = min(a[2], b[2]) - max(a[0], b[0])
    return max(common, 0.0) / max(min(a[2] - a[0], b[2] - b[0]), 1e-9)


# --- the picture ------------------------------------------------------------------------------------------


def draw_street(boxes: Sequence[Corners], kinds: Sequence[int], size: tuple[int, int] = SIZE) -> Pixels:
    """uint8[H, W, 3]: the street with a thing in every box, those that stand nearer in front."""
    canvas = _Canvas(size)
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][3]):
        if kinds[index] == CAR:
            _car(canvas, boxes[index], _PAINTS[index % len(_PAINTS)])
        else:
            _pedestrian(canvas, boxes[index], _COATS[index % len(_COATS)])
    return canvas.pixels(boxes)


@lru_cache(maxsize=4)
def _ground(size: tuple[int, int]) -> Pixels:
    """Sky, houses, pavement, road: uint8[H, W, 3] of the finer grid."""
    rows, columns = size[1] * _SMOOTH, size[0] * _SMOOTH
    fine = np.zeros((rows, columns, 3), np.uint8)
    edge = int(rows * HORIZON)
    sky = np.linspace(0, 1, edge)[:, None, None]
    fine[:edge] = np.array([168, 202, 226]) * (1 - sky) + np.array([222, 234, 238]) * sky
    for number in range(9):
        left, right = int(columns * (number / 9)), int(columns * (number + 0.86) / 9)
        top = int(edge * (0.28 + 0.4 * ((number * 37) % 11) / 11))
        shade = 168 + (number * 29) % 34
        fine[top:edge, left:right] = (shade, shade - 6, shade - 16)
    fine[edge : int(rows * 0.44)] = (190, 186, 178)
    fine[int(rows * 0.44) :] = (132, 136, 142)
    middle = int(rows * 0.7)
    for number in range(6):
        left = int(columns * (number + 0.25) / 6)
        fine[middle : middle + int(rows * 0.012), left : left + columns // 12] = (226, 226, 220)
    return fine


def _averaged(fine: Pixels) -> Pixels:
    """Every pixel of the picture from its four of the finer grid."""
    total = fine[::2, ::2].astype(np.uint16)
    for row, column in ((0, 1), (1, 0), (1, 1)):
        total += fine[row::2, column::2]
    return np.asarray((total + 2) >> 2, np.uint8)


@lru_cache(maxsize=4)
def _plain_ground(size: tuple[int, int]) -> Pixels:
    return _averaged(_ground(size))


class _Canvas:
    """Flat shapes on a grid that is finer than the picture. Places inside a box are shares of it."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._fine = _ground(size).copy()

    def pixels(self, boxes: Sequence[Corners]) -> Pixels:
        """The picture; only what lies in the boxes is worked out anew."""
        picture = _plain_ground(self._size).copy()
        for x1, y1, x2, y2 in boxes:
            rows, columns = (slice(max(int(low) - 1, 0), int(high) + 2) for low, high in ((y1, y2), (x1, x2)))
            fine = tuple(slice(part.start * _SMOOTH, part.stop * _SMOOTH) for part in (rows, columns))
            picture[rows, columns] = _averaged(self._fine[fine])
        return picture

    def oval(self, box: Corners, color: RGB, x1: float, y1: float, x2: float, y2: float) -> None:
        """An ellipse."""
        self._fill(box, (x1, y1, x2, y2), color, lambda u, v: u**2 + v**2 <= 1)

    def block(
        self, box: Corners, color: RGB, x1: float, y1: float, x2: float, y2: float, round_: float = 0.25
    ) -> None:
        """A rectangle with rounded corners: a superellipse, rounder for a larger `round_`."""
        power = 2 / max(round_, 0.02)
        self._fill(box, (x1, y1, x2, y2), color, lambda u, v: np.abs(u) ** power + np.abs(v) ** power <= 1)

    def wedge(self, box: Corners, color: RGB, x1: float, y1: float, x2: float, y2: float, top: float) -> None:
        """A trapezium whose upper edge is `top` of the lower one."""
        self._fill(
            box, (x1, y1, x2, y2), color,
            lambda u, v: (np.abs(u) <= top + (1 - top) * (v + 1) / 2) & (np.abs(v) <= 1),
        )  # fmt: skip

    def _fill(self, box: Corners, part: Corners, color: RGB, inside: object) -> None:
        """Colour where `inside(u, v)` is true; u and v run from -1 to 1 over the part."""
        assert callable(inside)
        width, height = box[2] - box[0], box[3] - box[1]
        left, right = ((box[0] + share * width) * _SMOOTH for share in (part[0], part[2]))
        top, bottom = ((box[1] + share * height) * _SMOOTH for share in (part[1], part[3]))
        rows = np.arange(max(int(top), 0), min(int(np.ceil(bottom)), self._fine.shape[0]))
        columns = np.arange(max(int(left), 0), min(int(np.ceil(right)), self._fine.shape[1]))
        if not len(rows) or not len(columns):
            return
        u = (columns + 0.5 - (left + right) / 2) / max((right - left) / 2, 1e-6)
        v = (rows + 0.5 - (top + bottom) / 2) / max((bottom - top) / 2, 1e-6)
        area = self._fine[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        area[inside(u[None], v[:, None])] = color


def _pedestrian(canvas: _Canvas, box: Corners, coat: RGB) -> None:
    dark = (56, 60, 72)
    canvas.block(box, dark, 0.2, 0.55, 0.48, 1.0, 0.3)
    canvas.block(box, dark, 0.52, 0.55, 0.8, 1.0, 0.3)
    canvas.block(box, coat, 0.0, 0.19, 0.22, 0.58, 0.8)
    canvas.block(box, coat, 0.78, 0.19, 1.0, 0.58, 0.8)
    canvas.block(box, coat, 0.13, 0.165, 0.87, 0.64, 0.4)
    canvas.oval(box, (232, 190, 160), 0.31, 0.0, 0.69, 0.165)
    canvas.oval(box, (70, 50, 40), 0.3, -0.004, 0.7, 0.075)


def _car(canvas: _Canvas, box: Corners, paint: RGB) -> None:
    side_on = (box[2] - box[0]) > 1.6 * (box[3] - box[1])
    glass, tyre, hub = (196, 220, 230), (40, 42, 46), (176, 180, 186)
    if side_on:
        canvas.wedge(box, paint, 0.16, 0.0, 0.84, 0.5, 0.66)
        canvas.wedge(box, glass, 0.24, 0.08, 0.49, 0.44, 0.74)
        canvas.wedge(box, glass, 0.52, 0.08, 0.77, 0.44, 0.74)
        canvas.block(box, paint, 0.0, 0.38, 1.0, 0.86, 0.35)
        canvas.oval(box, (248, 236, 180), 0.95, 0.46, 0.995, 0.6)
        for left in (0.1, 0.68):
            canvas.oval(box, tyre, left, 0.6, left + 0.2, 1.0)
            canvas.oval(box, hub, left + 0.055, 0.71, left + 0.145, 0.89)
        return
    canvas.block(box, tyre, 0.04, 0.7, 0.24, 1.0, 0.3)
    canvas.block(box, tyre, 0.76, 0.7, 0.96, 1.0, 0.3)
    canvas.wedge(box, paint, 0.07, 0.0, 0.93, 0.5, 0.72)
    canvas.wedge(box, glass, 0.17, 0.08, 0.83, 0.42, 0.78)
    canvas.block(box, paint, 0.0, 0.38, 1.0, 0.88, 0.35)
    canvas.oval(box, (248, 236, 180), 0.05, 0.5, 0.23, 0.64)
    canvas.oval(box, (248, 236, 180), 0.77, 0.5, 0.95, 0.64)
    canvas.block(box, (62, 66, 74), 0.34, 0.6, 0.66, 0.76, 0.3)
