"""Drawn people: faces that never belonged to anybody, told apart by what they are made of. Free of torch.

What a person and a moment are made of is in `looks`. Eyes, nose and mouth lie at the five points of the template by
construction, so a drawn face needs no detector and no alignment.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.looks import Color, Looks, Moment, looks_of, moment_of, scaled
from engine.images import publish

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Point = tuple[float, float]
Window = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of an aligned crop."""

SIDE: Final = 112
"""Pixels a side of an aligned crop, which are also the units of the drawing."""
RIGHT_EYE: Final = (38.2946, 51.6963)
LEFT_EYE: Final = (73.5318, 51.5014)
NOSE: Final = (56.0252, 71.7366)
RIGHT_MOUTH: Final = (41.5493, 92.3655)
LEFT_MOUTH: Final = (70.7299, 92.2041)
LANDMARKS: Final = (RIGHT_EYE, LEFT_EYE, NOSE, RIGHT_MOUTH, LEFT_MOUTH)
"""Where they lie in a crop: the template of ArcFace (Deng et al. 2019) for 112 x 112 pixels."""
CROP: Final[Window] = (0.0, 0.0, SIDE, SIDE)
FACE_BOX: Final[Window] = (14.0, 8.0, 98.0, 116.0)
"""What a detector would say."""
AROUND: Final[Window] = (-44.0, -54.0, 156.0, 146.0)
"""A head with hair and shoulders."""
HAIRLINE: Final = 34.0
"""No hair hangs lower than this over the brows."""
FINER: Final = 4
"""Drawn with that many pixels a pixel each way, and averaged."""
WHITE: Final[Color] = (255, 255, 255)


@lru_cache(maxsize=512)
def draw_face(person: int, view: int = 0) -> Pixels:
    """An aligned crop uint8[112, 112, 3] RGB, read-only. Seeds are 0 or more; the same ones draw the same face."""
    return draw_window(person, view, CROP, SIDE)


@lru_cache(maxsize=128)
def draw_head(person: int, view: int = 0, side: int = 200) -> Pixels:
    """The head with hair and shoulders (the window AROUND), uint8[side, side, 3] RGB, read-only."""
    return draw_window(person, view, AROUND, side)


def draw_window(person: int, view: int, window: Window, side: int) -> Pixels:
    """A square window as uint8[side, side, 3] RGB, read-only."""
    from engine.cv import cv2

    looks, moment = looks_of(person), moment_of(person, view)
    paper = _Paper(window, side * FINER, moment.ground)
    _behind(paper, looks, moment)
    _head(paper, looks, moment)
    _features(paper, looks, moment)
    _on_top(paper, looks, moment)
    drawn = np.asarray(cv2.resize(paper.pixels, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    return publish(_lit(drawn, moment, person, view))


class _Paper:
    """Draws in pixels of a crop on a finer picture."""

    def __init__(self, window: Window, pixels: int, ground: Color) -> None:
        self._left, self._top = window[:2]
        self._scale = pixels / (window[2] - window[0])
        self.pixels = np.full((pixels, pixels, 3), ground, np.uint8)

    def _places(self, points: npt.ArrayLike) -> npt.NDArray[np.int32]:
        places = (np.asarray(points, np.float64) - (self._left, self._top)) * self._scale
        return np.rint(places).astype(np.int32)

    def ellipse(self, x: float, y: float, rx: float, ry: float, color: Color, width: float = 0.0) -> None:
        """Filled, or an outline of that width."""
        from engine.cv import cv2

        at = self._places([(x, y)])[0]
        axes = (max(1, round(rx * self._scale)), max(1, round(ry * self._scale)))
        line = max(1, round(width * self._scale)) if width else -1
        cv2.ellipse(self.pixels, (int(at[0]), int(at[1])), axes, 0, 0, 360, color, line, cv2.LINE_AA)

    def polygon(self, points: npt.ArrayLike, color: Color) -> None:
        from engine.cv import cv2

        cv2.fillPoly(self.pixels, [self._places(points)], color, cv2.LINE_AA)

    def line(self, points: npt.ArrayLike, color: Color, width: float) -> None:
        """With round ends."""
        from engine.cv import cv2

        places, thick = self._places(points), max(1, round(width * self._scale))
        cv2.polylines(self.pixels, [places], False, color, thick, cv2.LINE_AA)
        for at in (places[0], places[-1]):
            cv2.circle(self.pixels, (int(at[0]), int(at[1])), max(1, thick // 2), color, -1, cv2.LINE_AA)

    def shade(self, x: float, y: float, rx: float, ry: float, color: Color, strength: float) -> None:
        """A soft spot: `strength` (0..1) of the colour in the middle, fading out."""
        (left, top), (right, bottom) = self._places(
            [(x - 2.5 * rx, y - 2.5 * ry), (x + 2.5 * rx, y + 2.5 * ry)]
        )
        height, width = self.pixels.shape[:2]
        rows, columns = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
        part = self.pixels[rows, columns]
        across = (np.arange(columns.start, columns.start + part.shape[1]) / self._scale + self._left - x) / rx
        down = (np.arange(rows.start, rows.start + part.shape[0]) / self._scale + self._top - y) / ry
        share = strength * np.exp(-(across[None, :] ** 2) - down[:, None] ** 2)[..., None]
        part[:] = np.rint(part * (1 - share) + np.array(color) * share)


def _arc(a: Point, b: Point, sag: float, count: int = 24) -> Floats:
    """A parabola from `a` to `b` whose middle hangs `sag` below both."""
    t = np.linspace(0, 1, count)[:, None]
    straight = (1 - t) * np.array(a) + t * np.array(b)
    return np.asarray(straight + np.hstack([np.zeros_like(t), 4 * sag * t * (1 - t)]))


def _outline(looks: Looks, moment: Moment) -> Floats:
    """The outline of a head: half an ellipse above the ears, a narrower one down to the chin."""
    t = np.linspace(0, 2 * np.pi, 96)
    down = np.sin(t)
    x = 56 + moment.turn + looks.width * np.cos(t) * np.where(down > 0, 1 - 0.22 * down**3, 1.0)
    middle = 58.0
    y = middle + down * np.where(down > 0, looks.chin - middle, middle - looks.forehead + 16)
    return np.stack([x, y], 1)


def _behind(paper: _Paper, looks: Looks, moment: Moment) -> None:
    """Shoulders, neck, ears, and what hair lies behind the head."""
    x, dark = 56 + moment.turn, scaled(looks.skin, 0.82)
    if looks.style == "long":
        paper.ellipse(x, 74, looks.width + 14, 70, looks.hair)
    elif looks.style == "curls":
        for angle in np.linspace(-np.pi, 0, 13):
            paper.ellipse(x + (looks.width + 6) * np.cos(angle), 50 + 56 * np.sin(angle), 14, 14, looks.hair)
    elif looks.style == "bun":
        paper.ellipse(x, looks.forehead - 26, 17, 15, looks.hair)
    paper.ellipse(x, 184, 84, 54, moment.shirt)
    paper.polygon([(x - 19, 98), (x + 19, 98), (x + 24, 146), (x - 24, 146)], dark)
    for side in (-1, 1):
        paper.ellipse(x + side * (looks.width + 1), 64, looks.ears, looks.ears * 1.5, dark)


def _head(paper: _Paper, looks: Looks, moment: Moment) -> None:
    outline, x = _outline(looks, moment), 56 + moment.turn * 0.5
    paper.polygon(outline, looks.skin)
    # Cheeks and the bridge of the nose catch the light, the sockets of the eyes do not: what a cascade looks for.
    for eye in (RIGHT_EYE, LEFT_EYE):
        paper.shade(eye[0], eye[1] - 2, 13, 8, scaled(looks.skin, 0.5), 0.75)
        paper.shade(eye[0] + np.sign(eye[0] - 56) * 3, 76, 13, 9, WHITE, 0.28)
    paper.shade(NOSE[0], 58, 5, 15, WHITE, 0.35)
    if looks.beard == "full":
        paper.polygon(outline[outline[:, 1] > 78], scaled(looks.hair, 0.95))
        paper.ellipse(x, 82, looks.width * 0.66, 17, looks.skin)
    elif looks.beard == "goatee":
        paper.ellipse(x, looks.chin - 9, 13, 9, looks.hair)
    if looks.freckles:
        spots = np.random.default_rng(3).uniform((-13, -5), (13, 6), (9, 2))
        for eye in (RIGHT_EYE, LEFT_EYE):
            for dx, dy in spots:
                paper.ellipse(eye[0] + dx, eye[1] + 20 + dy, 0.9, 0.9, scaled(looks.skin, 0.72))


def _features(paper: _Paper, looks: Looks, moment: Moment) -> None:
    for eye, outwards in ((RIGHT_EYE, -1), (LEFT_EYE, 1)):
        _eye(paper, looks, moment, eye, outwards)
    x, y = NOSE
    paper.line(
        [(x - 1.5 + moment.turn * 0.2, 60), (x - looks.nose * 0.45, y + 1)], scaled(looks.skin, 0.88), 1.6
    )
    paper.line(_arc((x - looks.nose, y + 2), (x + looks.nose, y + 2), 4.5), scaled(looks.skin, 0.66), 2.4)
    if looks.beard in ("moustache", "full"):
        paper.line(_arc((x - 15, y + 13), (x + 15, y + 13), -4), looks.hair, 5)
    _mouth(paper, looks, moment)


def _eye(paper: _Paper, looks: Looks, moment: Moment, at: Point, outwards: int) -> None:
    x, y = at
    tall = max(looks.eye * 0.72 * moment.lids, 0.9)
    paper.ellipse(x, y, looks.eye + 2.4, tall, (240, 240, 238))
    if tall > 1.2:
        gaze = moment.turn * 0.25
        paper.ellipse(x + gaze, y, min(looks.eye * 0.7, tall), min(looks.eye * 0.7, tall), looks.iris)
        paper.ellipse(x + gaze, y, looks.eye * 0.34, min(looks.eye * 0.34, tall), (12, 12, 14))
    paper.line(_arc((x - looks.eye - 2.4, y), (x + looks.eye + 2.4, y), -tall), scaled(looks.skin, 0.3), 1.8)
    high = y - looks.brow_gap - moment.raised
    inner, outer = (x - outwards * 9, high + looks.tilt / 2), (x + outwards * 11, high - looks.tilt / 2)
    paper.line(_arc(inner, outer, -2.2), scaled(looks.hair, 0.75), looks.brow)


def _mouth(paper: _Paper, looks: Looks, moment: Moment) -> None:
    sag = 5.5 * moment.smile
    if moment.open <= 0.05:
        paper.line(_arc(RIGHT_MOUTH, LEFT_MOUTH, sag + looks.lips * 0.4), looks.lip, looks.lips * 1.7)
        paper.line(_arc(RIGHT_MOUTH, LEFT_MOUTH, sag), scaled(looks.lip, 0.55), 1.3)
        return
    upper = _arc(RIGHT_MOUTH, LEFT_MOUTH, sag * 0.3 - 1)
    lower = _arc(RIGHT_MOUTH, LEFT_MOUTH, sag + 8 * moment.open)
    paper.polygon(np.vstack([upper, lower[::-1]]), (70, 20, 24))
    paper.polygon(np.vstack([upper, (upper + np.array([0, 3]))[::-1]]), (250, 248, 244))
    paper.line(upper, looks.lip, looks.lips * 0.7)
    paper.line(lower, looks.lip, looks.lips)


LOW: Final = {"short": 16.0, "fringe": 31.0, "long": 20.0, "bun": 14.0, "curls": 22.0, "parting": 24.0}
"""How far hair comes down over the forehead; who is not listed has none."""


def _on_top(paper: _Paper, looks: Looks, moment: Moment) -> None:
    """Hair over the forehead, and glasses."""
    if looks.style in LOW:
        paper.polygon(_cap(looks, moment), looks.hair)
    if looks.glasses == "none":
        return
    frame = (34, 34, 40)
    for x, y in (RIGHT_EYE, LEFT_EYE):
        if looks.glasses == "round":
            paper.ellipse(x, y + 1, 14, 13, frame, 2.0)
        else:
            box = [(x - 14, y - 9), (x + 14, y - 9), (x + 13, y + 11), (x - 13, y + 11), (x - 14, y - 9)]
            paper.line(box, frame, 2.2)
    paper.line(_arc((RIGHT_EYE[0] + 14, 51), (LEFT_EYE[0] - 14, 51), -3), frame, 2.0)


def _cap(looks: Looks, moment: Moment) -> Floats:
    """The upper part of the head, a little larger, and the hairline below it."""
    height = min(looks.forehead * 0.5 + LOW[looks.style] + 14, HAIRLINE)
    outline, middle = _outline(looks, moment), np.array((56 + moment.turn, 58.0))
    cap = middle + (outline[outline[:, 1] < height] - middle) * (1.08, 1.1)
    left, right = cap[:, 0].min(), cap[:, 0].max()
    if looks.style == "parting":
        line = np.array([(right, height), (middle[0] + 16, height - 30), (left, height + 2)])
    else:
        line = _arc((right, height), (left, height), 5.0 if looks.style == "fringe" else -12.0)
    return np.vstack([cap[np.argsort(cap[:, 0])], line])


def _lit(pixels: Pixels, moment: Moment, person: int, view: int) -> Pixels:
    """Light from a side, and the noise of a camera."""
    ramp = 1 + 0.45 * moment.side * np.linspace(-1, 1, pixels.shape[1])[None, :, None]
    grain = np.random.default_rng((13, person, view)).normal(0, moment.noise, pixels.shape)
    return np.asarray(np.clip(np.rint(pixels * (moment.light * ramp) + grain), 0, 255), np.uint8)
