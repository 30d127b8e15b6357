"""Windows of 14x14 pixels to learn from: digits in the middle, and all that a window meets on its way between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Generator, Tensor

from engine.cv import cv2
from engine.networks.zoo.window_digits import SIDE
from engine.training.datasets import DIGIT_CLASSES, Split

NOTHING: Final = "nothing"
CLASSES: Final = (*DIGIT_CLASSES, NOTHING)
EACH: Final = 7
"""Windows a digit to learn from; a window in the middle, moved and turned a little each time."""
NOTHINGS: Final = 0.9
"""Windows with nothing, for each with a digit."""
IN_THE_MIDDLE: Final = 1.25
"""Pixels that the middle of a digit may be away from that of its window: the stride is 2."""
OUT_OF_IT: Final = 3.25
"""Pixels from which a digit is none of this window's; those between belong to neither."""
KINDS: Final = ("paper", "beside", "halves", "part", "small", "strokes", "photo")
SHARES: Final = (0.06, 0.3, 0.24, 0.15, 0.1, 0.05, 0.1)
Pixels = npt.NDArray[np.uint8]
Window = npt.NDArray[np.float32]
Draw = np.random.Generator


class WindowMaker:
    """Draws windows float32[14, 14] in 0..1, ink high, of digits uint8[N, 28, 28] and photographs uint8[h, w, 3]."""

    def __init__(self, digits: Pixels, labels: npt.NDArray[np.int64], photos: Sequence[Pixels]) -> None:
        self._digits, self._labels = digits, labels
        self._photos = [cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY) for photo in photos]

    def set_of(self, each: int, nothings: float, seed: int) -> tuple[Tensor, Tensor]:
        """uint8 Tensor[N, 1, 14, 14] and labels int64 Tensor[N]: every digit `each` times, and windows with nothing."""
        draw = np.random.default_rng(seed)
        windows = [self.digit(index, draw) for index in range(len(self._digits)) for _ in range(each)]
        labels = np.repeat(self._labels, each)
        count = round(len(windows) * nothings)
        kinds = draw.choice(KINDS, count, p=SHARES)
        windows += [self.nothing(kind, draw) for kind in kinds]
        labels = np.concatenate([labels, np.full(count, CLASSES.index(NOTHING), np.int64)])
        pixels = np.rint(np.clip(np.stack(windows), 0, 1) * 255).astype(np.uint8)
        return torch.from_numpy(pixels[:, None]), torch.from_numpy(labels)

    def digit(self, index: int, draw: Draw) -> Window:
        """A digit in the middle of its window, now and then with a part of a neighbour at the rim."""
        angle = draw.uniform(0, 2 * math.pi)
        reach = IN_THE_MIDDLE * math.sqrt(draw.random())
        window = _written(
            self._digits[index],
            draw.uniform(0.78, 1.15),
            (reach * math.cos(angle), reach * math.sin(angle)),
            draw,
        )
        if draw.random() < 0.3:
            window = np.maximum(window, self._neighbour(draw, nearest=9.5))
        return _seen(window, draw)

    def nothing(self, kind: str, draw: Draw) -> Window:
        """A window of a kind (see KINDS) that shows no digit, or none that is its own."""
        if kind == "photo" and self._photos:
            return self._photo(draw)
        window = np.zeros((SIDE, SIDE), np.float32)
        if kind == "beside":
            window = self._neighbour(draw, nearest=OUT_OF_IT)
        elif kind == "halves":
            side = draw.uniform(0, 2 * math.pi)
            for turn in (0.0, math.pi + draw.normal(0, 0.3)):
                window = np.maximum(
                    window, self._neighbour(draw, nearest=4.0, angle=side + turn, furthest=7.5)
                )
        elif kind == "part":
            move = draw.uniform(-6, 6, 2)
            window = self._one(draw, draw.uniform(1.75, 3.5), (float(move[0]), float(move[1])))
        elif kind == "small":
            for _ in range(int(draw.integers(1, 5))):
                move = draw.uniform(-6, 6, 2)
                small = self._one(draw, draw.uniform(0.2, 0.48), (float(move[0]), float(move[1])))
                window = np.maximum(window, small)
        elif kind == "strokes":
            window = _strokes(draw)
        return _seen(window, draw)

    def _neighbour(
        self, draw: Draw, nearest: float, angle: float | None = None, furthest: float = 11.0
    ) -> Window:
        """A digit whose middle lies so many pixels away from that of the window."""
        way = draw.uniform(0, 2 * math.pi) if angle is None else angle
        reach = draw.uniform(nearest, max(furthest, nearest + 2))
        return self._one(draw, draw.uniform(0.78, 1.4), (reach * math.cos(way), reach * math.sin(way)))

    def _one(self, draw: Draw, scale: float, move: tuple[float, float]) -> Window:
        return _written(self._digits[int(draw.integers(len(self._digits)))], scale, move, draw)

    def _photo(self, draw: Draw) -> Window:
        """A part of a photograph, as the view makes ink of it: paper 0, the strongest ink 1."""
        photo = self._photos[int(draw.integers(len(self._photos)))]
        cut = int(draw.uniform(0.06, 0.5) * min(photo.shape))
        top, left = (int(draw.integers(n - cut + 1)) for n in photo.shape)
        part = cv2.resize(
            photo[top : top + cut, left : left + cut], (SIDE, SIDE), interpolation=cv2.INTER_AREA
        ).astype(np.float32)
        light = part / 255 if draw.random() < 0.5 else 1 - part / 255
        return np.clip((light - draw.uniform(0, 0.5)) * draw.uniform(1.0, 2.0), 0, 1)


def window_split(split: Split, photos: Sequence[Pixels], each: int = EACH) -> Split:
    """Windows of the digits of a split (28x28, padded to 32x32 there): no digit is in two of its parts."""
    makers = [
        WindowMaker(np.ascontiguousarray(images.numpy()[:, 0, 2:30, 2:30]), labels.numpy(), photos)
        for images, labels in (
            (split.train_images, split.train_labels),
            (split.validation_images, split.validation_labels),
            (split.test_images, split.test_labels),
        )
    ]
    learn, watch, test = (
        makers[0].set_of(each, NOTHINGS, 1),
        makers[1].set_of(3, 1.0, 2),
        makers[2].set_of(1, 1.0, 3),
    )
    return Split(*learn, *watch, *test, CLASSES, (0.0,), (1.0,), split.told)


def in_another_light(images: Tensor, rng: Generator) -> Tensor:
    """Windows Tensor[N, 1, 14, 14] in 0..1 with stronger or weaker ink, and with the noise of a camera."""
    n = len(images)
    contrast = 0.75 + 0.4 * torch.rand(n, 1, 1, 1, generator=rng)
    noise = torch.randn(images.shape, generator=rng) * 0.05 * torch.rand(n, 1, 1, 1, generator=rng)
    return (images * contrast + noise).clamp(0, 1)


def _written(digit: Pixels, scale: float, move: tuple[float, float], draw: Draw) -> Window:
    """A digit of MNIST turned, slanted, made bolder or thinner, and laid into a window; `move` in its pixels.

    `scale` 1 makes it 10 pixels high: half of its size in MNIST.
    """
    ink = _another_pen(np.asarray(digit / 255, np.float32), draw)
    angle, shear = math.radians(draw.uniform(-12, 12)), draw.uniform(-0.2, 0.2)
    wide = scale * draw.uniform(0.88, 1.12) / 2
    tall = scale / 2
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[wide * cos, wide * (shear * cos - sin)], [tall * sin, tall * (shear * sin + cos)]])
    rows, columns = np.nonzero(digit > 64)
    middle = (
        np.array([(columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2])
        if len(rows)
        else np.array([13.5, 13.5])
    )
    fine = 4  # drawn four times as large and averaged down: a pen thinner than a pixel leaves grey
    goal = np.array([(SIDE - 1) / 2 + move[0], (SIDE - 1) / 2 + move[1]])
    matrix = np.zeros((2, 3))
    matrix[:, :2] = fine * turn
    matrix[:, 2] = fine * (goal + 0.5) - 0.5 - fine * turn @ middle
    large = cv2.warpAffine(ink, matrix, (fine * SIDE, fine * SIDE), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _another_pen(ink: Window, draw: Draw) -> Window:
    """Strokes up to half as bold again or as thin."""
    amount = draw.uniform(-0.5, 1.2)
    round_pen: Any = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    other = cv2.dilate(ink, round_pen) if amount > 0 else cv2.erode(ink, round_pen)
    share = min(abs(amount), 1.0)
    return np.asarray(ink + share * (other - ink), np.float32)


def _strokes(draw: Draw) -> Window:
    """A few lines that are no digit: a ruled sheet, an edge of paper, a scribble."""
    fine = 4
    canvas = np.zeros((fine * SIDE, fine * SIDE), np.float32)
    for _ in range(int(draw.integers(1, 4))):
        ends = draw.uniform(-10, fine * SIDE + 10, 4).astype(int)
        cv2.line(
            canvas, (int(ends[0]), int(ends[1])), (int(ends[2]), int(ends[3])), 1.0, int(draw.integers(2, 9)),
            cv2.LINE_AA,
        )  # fmt: skip
    return np.asarray(cv2.resize(canvas, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _seen(window: Window, draw: Draw) -> Window:
    """As a picture that was made smaller shows it: a little blurred, its ink as strong as the pen's."""
    if draw.random() < 0.5:
        window = np.asarray(cv2.GaussianBlur(window, (3, 3), draw.uniform(0.2, 0.6)), np.float32)
    return np.asarray(np.clip(window * draw.uniform(0.7, 1.0), 0, 1), np.float32)
