"""Pictures with handwritten digits in them and the boxes around those, drawn at random: paper, boards, photos.

A scene is a ground (paper, chalkboard, screen, a photograph), things that are no digits, and digits of MNIST in ink
of some colour and thickness, each turned, slanted and seen a little from the side; then shadow, blur and noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.cv import cv2

Pixels = npt.NDArray[np.uint8]
FloatImage = npt.NDArray[np.float32]

SMALLEST, LARGEST = 18, 220
"""Heights of digits in pixels, for a scene of 320 pixels a side."""
MOST_IN_COMMON: Final = 0.12
"""IoU of the boxes of two digits, at most."""
TRIES: Final = 12
GLYPH: Final = 112
"""Side in pixels to which a digit of MNIST is enlarged before it is drawn with another pen."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """pixels uint8[H, W, 3] RGB; boxes float32[N, 4] as corners in pixels, tight around the ink; labels int64[N]."""

    pixels: Pixels
    boxes: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]


class SceneMaker:
    """Draws scenes with digits uint8[N, 28, 28] (ink bright) and, behind some of them, photographs uint8[h, w, 3]."""

    def __init__(
        self, digits: Pixels, labels: npt.NDArray[np.int64], photos: Sequence[Pixels], side: int = 320
    ) -> None:
        self._digits, self._labels, self._photos, self._side = digits, labels, photos, side

    def scene(self, draw: np.random.Generator) -> Scene:
        """The next scene of this generator."""
        side = self._side
        style = draw.choice(["board", "paper", "chalk", "photo"], p=[0.3, 0.42, 0.13, 0.15])
        canvas = self._ground(style, draw)
        if style != "board" or draw.random() < 0.15:
            _clutter(canvas, draw, int(draw.integers(0, 7)))
        boxes: list[tuple[float, float, float, float]] = []
        labels: list[int] = []
        ink = _ink(style, canvas, draw)
        pen = draw.uniform(0.0, 0.8)
        for size, place in _layout(side, draw):
            index = int(draw.integers(len(self._digits)))
            mask = _written(
                self._digits[index], size, float(np.clip(pen + draw.normal(0, 0.12), 0, 0.88)), draw
            )
            box = _put(canvas, mask, place, ink, boxes, draw)
            if box is not None:
                boxes.append(box)
                labels.append(int(self._labels[index]))
        finished = _finished(canvas, style, draw)
        return Scene(finished, np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64))

    def _ground(self, style: str, draw: np.random.Generator) -> FloatImage:
        side = self._side
        if style == "photo":
            return self._photo(draw)
        if style == "board":
            shade = 255.0 if draw.random() < 0.75 else draw.uniform(225, 255)
            canvas = np.full((side, side, 3), shade, np.float32)
            return canvas if draw.random() < 0.8 else 255 - canvas
        if style == "chalk":
            base = np.array([draw.uniform(10, 70), draw.uniform(25, 90), draw.uniform(20, 80)], np.float32)
        else:
            base = draw.uniform(165, 252) + draw.normal(0, 6, 3).astype(np.float32)
        canvas = np.broadcast_to(base.astype(np.float32), (side, side, 3)).copy()
        canvas += _cloud(side, draw, draw.uniform(0, 14))[..., None]
        if style == "paper" and draw.random() < 0.5:
            _rule(canvas, draw)
        return canvas

    def _photo(self, draw: np.random.Generator) -> FloatImage:
        """A part of a photograph, most of the time with a sheet of paper on it for the digits."""
        photo = self._photos[int(draw.integers(len(self._photos)))]
        height, width = photo.shape[:2]
        cut = int(draw.uniform(0.4, 1.0) * min(height, width))
        top, left = int(draw.integers(height - cut + 1)), int(draw.integers(width - cut + 1))
        part = cv2.resize(
            photo[top : top + cut, left : left + cut], (self._side, self._side), interpolation=cv2.INTER_AREA
        )
        canvas = part.astype(np.float32)
        if draw.random() < 0.75:
            corners = _quadrangle(self._side, draw)
            sheet = np.zeros(canvas.shape[:2], np.float32)
            cv2.fillConvexPoly(sheet, corners, 1.0, cv2.LINE_AA)
            paper = draw.uniform(190, 250) + draw.normal(0, 4, 3)
            canvas += sheet[..., None] * (paper.astype(np.float32) - canvas)
        return canvas


def _layout(side: int, draw: np.random.Generator) -> list[tuple[int, tuple[float, float]]]:
    """Heights of the digits and where their middles are to be: scattered, in a row as in a number, or one alone."""
    kind = draw.random()
    if kind < 0.06:
        return []
    if kind < 0.2:
        size = int(draw.uniform(60, LARGEST))
        return [(size, (draw.uniform(0.3, 0.7) * side, draw.uniform(0.3, 0.7) * side))]
    if kind < 0.5:
        return _rows(side, draw)
    largest = draw.uniform(40, 130)
    count = int(draw.integers(2, 12))
    return [
        (
            int(draw.uniform(max(SMALLEST, largest / 3), largest)),
            (draw.uniform(0, side), draw.uniform(0, side)),
        )
        for _ in range(count)
    ]


def _rows(side: int, draw: np.random.Generator) -> list[tuple[int, tuple[float, float]]]:
    size = draw.uniform(SMALLEST + 4, 90)
    step = size * draw.uniform(0.62, 1.0)
    found = []
    y = draw.uniform(size / 2, side - size / 2)
    for _ in range(int(draw.integers(1, 4))):
        slope, x = draw.normal(0, 0.05), draw.uniform(size / 2, side / 2)
        for number in range(int(draw.integers(2, 7))):
            place = x + number * step, y + slope * number * step + draw.normal(0, size * 0.04)
            found.append((int(size * draw.uniform(0.9, 1.1)), place))
        y += size * draw.uniform(1.15, 1.8)
    return found


def _written(digit: Pixels, size: int, thin: float, draw: np.random.Generator) -> FloatImage:
    """float32[h, w] 0..1: a digit in another pen, turned, slanted, seen from the side, `size` pixels high or so.

    `thin`: 0 leaves the stroke as it is, 1 would leave only the middle of its thickest part.
    """
    large = cv2.resize(digit, (GLYPH, GLYPH), interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), 1.6)
    inside = cv2.distanceTransform((large > 110).astype(np.uint8), cv2.DIST_L2, 3)
    pen = np.clip(inside - thin * np.quantile(inside[inside > 0], 0.8) if inside.any() else inside, 0, 1)
    rows, columns = np.flatnonzero(pen.max(1) > 0), np.flatnonzero(pen.max(0) > 0)
    if not len(rows) or not len(columns):
        return np.zeros((0, 0), np.float32)
    pen = pen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = pen.shape
    scale = size / height
    angle, slant = draw.normal(0, 0.14), draw.normal(0, 0.16)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = turn @ np.array([[1, slant], [0, 1]]) @ np.diag([scale * draw.uniform(0.85, 1.2), scale])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to = corners @ shape.T + draw.normal(0, 0.03 * size, (4, 2))
    to = (to - to.min(0) + 2).astype(np.float32)
    out = np.ceil(to.max(0) + 3).astype(int)
    if scale < 0.6:  # what is made much smaller is averaged first, or its strokes break
        pen = cv2.GaussianBlur(pen, (0, 0), 0.45 / scale)
    matrix = cv2.getPerspectiveTransform(corners, to)
    shape_of_mask = int(out[0]), int(out[1])
    mask = np.asarray(cv2.warpPerspective(pen, matrix, shape_of_mask, flags=cv2.INTER_LINEAR), np.float32)
    strongest = float(mask.max())
    return mask / strongest if strongest > 0.15 else np.zeros((0, 0), np.float32)


def _put(
    canvas: FloatImage,
    mask: FloatImage,
    place: tuple[float, float],
    ink: npt.NDArray[np.float32],
    boxes: list[tuple[float, float, float, float]],
    draw: np.random.Generator,
) -> tuple[float, float, float, float] | None:
    """Draw a digit at a place, or near it where another one is in the way; its box, None where there is no room."""
    height, width = mask.shape
    if not height or min(height, width) > len(canvas) or height > len(canvas) or width > len(canvas):
        return None
    rows, columns = np.flatnonzero(mask.max(1) > 0.3), np.flatnonzero(mask.max(0) > 0.3)
    if len(rows) < 6 or len(columns) < 2:
        return None
    for attempt in range(TRIES):
        reach = attempt * 0.25 * height
        x = int(np.clip(place[0] - width / 2 + draw.normal(0, 1) * reach, 0, len(canvas) - width))
        y = int(np.clip(place[1] - height / 2 + draw.normal(0, 1) * reach, 0, len(canvas) - height))
        box = (x + columns[0], y + rows[0], x + columns[-1] + 1, y + rows[-1] + 1)
        if all(_in_common(box, other) <= MOST_IN_COMMON for other in boxes):
            part = canvas[y : y + height, x : x + width]
            strength = draw.uniform(0.75, 1.0)
            part += (strength * mask)[..., None] * (ink + draw.normal(0, 6, 3).astype(np.float32) - part)
            return tuple(float(v) for v in box)  # type: ignore[return-value]
    return None


def _in_common(a: Sequence[float], b: Sequence[float]) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def _ink(style: str, canvas: FloatImage, draw: np.random.Generator) -> npt.NDArray[np.float32]:
    """A colour that can be seen on the ground."""
    ground = float(canvas.mean())
    if style == "chalk" or ground < 90:
        return np.asarray(draw.uniform(200, 255) + draw.normal(0, 10, 3), np.float32)
    inks = ((20, 20, 25), (25, 35, 120), (30, 60, 190), (170, 25, 30), (20, 110, 50), (90, 60, 40), (0, 0, 0))
    chosen = np.array(inks[int(draw.integers(len(inks)))], np.float32)
    if style == "board" and draw.random() < 0.8:
        chosen = np.zeros(3, np.float32)
    lighter = draw.uniform(0, 0.35) if style != "board" else 0.0
    return chosen + np.float32(lighter) * (ground - chosen)


def _cloud(side: int, draw: np.random.Generator, strength: float) -> FloatImage:
    """Slow changes of brightness."""
    small = draw.normal(0, 1, (6, 6)).astype(np.float32)
    cloud: FloatImage = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC) * np.float32(strength)
    return cloud


def _rule(canvas: FloatImage, draw: np.random.Generator) -> None:
    """Lines or squares printed on the paper."""
    step, shade = int(draw.integers(10, 40)), draw.uniform(20, 90)
    colour = canvas.mean((0, 1)) - shade * draw.uniform(0.2, 1.0, 3).astype(np.float32)
    start = int(draw.integers(step))
    canvas[start::step] = colour
    if draw.random() < 0.5:
        canvas[:, start::step] = colour


def _clutter(canvas: FloatImage, draw: np.random.Generator, count: int) -> None:
    """Lines, scribbles, ellipses and patches that are no digits."""
    side = len(canvas)
    for _ in range(count):
        colour = draw.uniform(0, 255, 3).tolist()
        kind = draw.integers(4)
        points = draw.uniform(0, side, (int(draw.integers(2, 5)), 2)).astype(np.int32)
        if kind == 0:
            cv2.line(
                canvas, points[0].tolist(), points[1].tolist(), colour, int(draw.integers(1, 5)), cv2.LINE_AA
            )
        elif kind == 1:
            curve = np.cumsum(draw.normal(0, side / 14, (int(draw.integers(8, 24)), 2)), 0) + points[0]
            cv2.polylines(
                canvas, [curve.astype(np.int32)], False, colour, int(draw.integers(1, 5)), cv2.LINE_AA
            )
        elif kind == 2:
            axes = draw.uniform(side / 10, side / 2, 2).astype(int).tolist()
            cv2.ellipse(
                canvas,
                points[0].tolist(),
                axes,
                float(draw.uniform(0, 180)),
                30,
                float(draw.uniform(80, 200)),
                colour,
                int(draw.integers(1, 4)),
                cv2.LINE_AA,
            )
        else:
            patch = np.zeros(canvas.shape[:2], np.float32)
            cv2.fillConvexPoly(patch, cv2.convexHull(points), 1.0, cv2.LINE_AA)
            canvas += draw.uniform(0.2, 0.8) * patch[..., None] * (np.array(colour, np.float32) - canvas)


def _quadrangle(side: int, draw: np.random.Generator) -> npt.NDArray[np.int32]:
    corners = np.array([[0.08, 0.08], [0.92, 0.08], [0.92, 0.92], [0.08, 0.92]]) + draw.normal(
        0, 0.07, (4, 2)
    )
    return np.asarray(np.rint(corners * side), np.int32)


def _finished(canvas: FloatImage, style: str, draw: np.random.Generator) -> Pixels:
    """Light, shadow, blur, noise: little on a drawing board, more on what a camera would see."""
    side = len(canvas)
    if style != "board":
        x, y = np.meshgrid(
            np.linspace(-1, 1, side, dtype=np.float32), np.linspace(-1, 1, side, dtype=np.float32)
        )
        light = 1 + np.float32(draw.normal(0, 0.12)) * x + np.float32(draw.normal(0, 0.12)) * y
        if draw.random() < 0.35:
            shadow = np.zeros((side, side), np.float32)
            cv2.fillConvexPoly(
                shadow,
                cv2.convexHull(draw.uniform(-0.3, 1.3, (4, 2)).astype(np.float32) * side).astype(np.int32),
                1.0,
            )
            light *= 1 - np.float32(draw.uniform(0.1, 0.45)) * cv2.GaussianBlur(
                shadow, (0, 0), float(draw.uniform(1, 20))
            )
        canvas = canvas * light[..., None] * draw.uniform(0.85, 1.1, 3).astype(np.float32)
        canvas = (canvas - 128) * np.float32(draw.uniform(0.7, 1.15)) + 128 + np.float32(draw.normal(0, 12))
    blur = draw.random()
    if blur < 0.35:
        width = float(draw.uniform(0.4, 0.8 if style == "board" else 1.7))
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), width), np.float32)
    elif blur < 0.5 and style != "board":
        length = int(draw.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(draw.integers(length))), (length - 1, int(draw.integers(length))), 1.0)
        canvas = np.asarray(cv2.filter2D(canvas, -1, kernel / kernel.sum()), np.float32)
    if style != "board":
        canvas = canvas + np.float32(draw.uniform(0, 9)) * draw.standard_normal(canvas.shape, np.float32)
    return np.asarray(np.clip(canvas, 0, 255), np.uint8)


def examples(maker: SceneMaker, count: int, seed: int) -> list[Scene]:
    """Scenes that are the same every time."""
    draw: Any = np.random.default_rng(seed)
    return [maker.scene(draw) for _ in range(count)]
