"""Is it a living person, or a photo held to the camera? A demonstration of what can be asked: a good film passes it.

Four cues: the eyes blink, the head turns when it is told to, the skin has no screen or raster, and the face moves apart
from what is behind it. Thresholds are set for such a demonstration; nobody should be let in by it.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.faces.found import Box, Face
from engine.faces.requests import Liveness

Grey = npt.NDArray[np.float32]
Step = Literal["blink", "left", "right"]

EYES: Final = ((38.3, 51.7), (73.5, 51.5))
"""Where the alignment puts the eyes in a crop of 112 pixels: right, left."""
EYE_HALF: Final = (12, 8)
"""Half the width and height of the window around an eye."""
SHUT: Final = 0.62
"""Of the usual openness: below it an eye is shut."""
OPEN: Final = 0.80
"""Of the usual openness: above it an eye is open again."""
BLINK_S: Final = (0.03, 0.8)
"""A blink takes that long; longer is sleep, or a hand."""
USUAL: Final = 45
"""Frames of which the median is the usual openness."""
LEARNED: Final = 5
"""Frames before anything is called a blink."""
TURN: Final = 15.0
"""Degrees that are called a turn."""
SMALL: Final = 160
"""Pixels of the longer side at which motion is measured."""
MOVED: Final = 0.25
"""Pixels (of SMALL) a frame below which nothing has moved."""
APART: Final = 0.2
"""Below, face and surroundings are called one piece."""
FINE: Final = (0.15, 0.5)
"""Cycles a pixel of what is called fine."""
RING: Final = 0.025
"""Frequencies whose length differs by less are compared with one another."""
FAINT: Final = 1e-3
"""Power below which a ring holds rounding errors."""
RASTER: Final = 0.6
"""Above, the skin is called printed or screened."""
WORDS: Final[dict[Step, str]] = {
    "blink": "Blink once",
    "left": "Turn your head to your left, and back",
    "right": "Turn your head to your right, and back",
}


# --- the cues -----------------------------------------------------------------------------------------------------


def openness(crop: npt.NDArray[np.uint8]) -> float:
    """How open the eyes of an aligned crop (uint8[112, 112, 3]) are: the share of upright edges around them, 0..1.

    A shut eye is a lying line; an open one has a round iris, whose sides are upright edges. A share does not depend on
    the light.
    """
    grey = _grey(crop)
    shares = []
    for x, y in EYES:
        left, top = round(x) - EYE_HALF[0], round(y) - EYE_HALF[1]
        eye = grey[top : top + 2 * EYE_HALF[1], left : left + 2 * EYE_HALF[0]]
        across = float(np.abs(np.diff(eye, axis=1)).sum())
        down = float(np.abs(np.diff(eye, axis=0)).sum())
        shares.append(across / (across + down) if across + down > 0 else 0.0)
    return float(np.mean(shares))


def raster(pixels: npt.NDArray[np.uint8], box: Box) -> float:
    """How much the skin of a face looks printed or screened, 0..1: regular patterns are peaks of its spectrum.

    Told is how far the strongest of the fine frequencies stands above the median of those of its length: dots and lines
    of a raster, or the moiré of two screens, put their energy into single frequencies, skin does not.
    """
    left, top, right, bottom = (round(v) for v in box)
    grey = _grey(pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)])
    if min(grey.shape, default=0) < 32:
        return 0.0
    side = min(*grey.shape, 256) // 2 * 2
    y, x = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    patch = grey[y : y + side, x : x + side]
    window = np.hanning(side)
    patch = (patch - patch.mean()) * window[:, None] * window
    power = np.abs(np.fft.rfft2(patch)) ** 2
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    rings = (frequency / RING).astype(np.int64)
    above = 0.0
    for ring in range(round(FINE[0] / RING), round(FINE[1] / RING)):
        alike = power[rings == ring]
        usual = float(np.median(alike))
        if usual > FAINT:
            # Of noise, the strongest of n exponentially distributed powers stands near ln(n) / ln(2) medians.
            above = max(above, float(alike.max()) / usual / (np.log(alike.size) / np.log(2)))
    return float(np.clip(np.log10(max(above, 1.0)) / 2, 0.0, 1.0))


def moved_apart(before: Grey, now: Grey, box: Box) -> float | None:
    """How much a face moves apart from its surroundings between two small grey frames, 0..1; None if nothing moved.

    `box`: in pixels of the small frames. |f - s| / (|f| + |s|) of the mean motions f of the face and s of a frame
    around it (Farneback 2003).
    """
    from engine.cv import cv2

    flow = cv2.calcOpticalFlowFarneback(
        before.astype(np.uint8),
        now.astype(np.uint8),
        np.zeros((*now.shape, 2), np.float32),
        0.5,
        3,
        15,
        2,
        5,
        1.1,
        0,
    )
    height, width = now.shape
    y, x = np.mgrid[:height, :width]
    left, top, right, bottom = box
    face = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    across, down = 0.4 * (right - left), 0.4 * (bottom - top)
    near = (x >= left - across) & (x < right + across) & (y >= top - down) & (y < bottom + down) & ~face
    if not face.any() or not near.any():
        return None
    f, s = flow[face].mean(0), flow[near].mean(0)
    length = float(np.linalg.norm(f) + np.linalg.norm(s))
    return float(np.linalg.norm(f - s)) / length if length > MOVED else None


def small_grey(pixels: npt.NDArray[np.uint8]) -> tuple[Grey, float]:
    """A frame for `moved_apart`, and what its sides were multiplied by."""
    from engine.cv import cv2

    scale = min(SMALL / max(pixels.shape[:2]), 1.0)
    size = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    return _grey(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)), scale


def _grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    return np.asarray(pixels @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)


# --- the eyes, frame by frame -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Blinks:
    """Counts blinks: openness falls far below what is usual for this face, and comes back soon."""

    count: int = 0
    _usual: deque[float] = field(default_factory=lambda: deque(maxlen=USUAL))
    _shut_since: float | None = None

    def update(self, value: float, time_s: float) -> None:
        """`value`: the openness in a frame of that time."""
        if len(self._usual) < LEARNED:
            self._usual.append(value)
            return
        usual = float(np.median(self._usual))
        if self._shut_since is None:
            if value < SHUT * usual:
                self._shut_since = time_s
            else:
                self._usual.append(value)
            return
        if value > OPEN * usual:
            self.count += BLINK_S[0] <= time_s - self._shut_since <= BLINK_S[1]
            self._shut_since = None
        elif time_s - self._shut_since > 2 * BLINK_S[1]:
            # What was usual is no longer: other light, another pose.
            self._usual.clear()
            self._shut_since = None


# --- the challenge ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class LivenessCheck:
    """Asks for a blink and two turns of the head in an order of chance, and watches the other cues meanwhile.

    Another face (another track, or none for a while) begins it anew: make a new one.
    """

    seed: int | None = None
    _steps: tuple[Step, ...] = ()
    _done: int = 0
    _blinks: Blinks = field(default_factory=Blinks)
    _blinks_before: int = 0
    _away: bool = False
    _turned: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _before: Grey | None = None
    _apart: deque[float] = field(default_factory=lambda: deque(maxlen=30))
    _raster: deque[float] = field(default_factory=lambda: deque(maxlen=10))

    def __post_init__(self) -> None:
        steps: list[Step] = ["blink", "left", "right"]
        random.Random(self.seed).shuffle(steps)
        self._steps = tuple(steps)

    def update(self, face: Face, pixels: npt.NDArray[np.uint8], time_s: float) -> Liveness:
        """What is known after one more frame (uint8[H, W, 3] RGB) with this face in it."""
        yaw = face.quality.yaw
        if yaw is None or abs(yaw) < TURN:  # a turned head hides an eye
            self._blinks.update(openness(face.crop), time_s)
        self._raster.append(raster(pixels, face.box))
        self._watch_motion(pixels, face.box)
        self._follow(yaw)
        return self._told(yaw)

    def _watch_motion(self, pixels: npt.NDArray[np.uint8], box: Box) -> None:
        now, scale = small_grey(pixels)
        before, self._before = self._before, now
        if before is None or before.shape != now.shape:
            return
        left, top, right, bottom = (scale * side for side in box)
        apart = moved_apart(before, now, (left, top, right, bottom))
        if apart is not None:
            self._apart.append(apart)

    def _follow(self, yaw: float | None) -> None:
        """Whether the step that is asked for was done; a turn is done when the head is back."""
        if yaw is not None:
            self._turned[0] = max(self._turned[0], yaw)
            self._turned[1] = max(self._turned[1], -yaw)
        if self._done == len(self._steps):
            return
        step = self._steps[self._done]
        if step == "blink":
            done = self._blinks.count > self._blinks_before
        else:
            side = 0.0 if yaw is None else yaw if step == "left" else -yaw
            self._away = self._away or side >= TURN
            done = self._away and yaw is not None and abs(yaw) < TURN / 2
        if done:
            self._done += 1
            self._away = False
            self._blinks_before = self._blinks.count

    def _told(self, yaw: float | None) -> Liveness:
        texture = float(np.median(self._raster))
        motion = float(np.median(self._apart)) if self._apart else None
        against = ""
        if texture > RASTER:
            against = "The skin shows a regular pattern, as a print or a screen does."
        elif motion is not None and len(self._apart) >= LEARNED and motion < APART:
            against = "Face and surroundings move as one piece, as a photo in a hand does."
        done = self._done == len(self._steps)
        return Liveness(
            blinks=self._blinks.count,
            turned=(self._turned[0], self._turned[1]),
            texture=texture,
            motion=motion,
            live=done and not against,
            word=against or self._next_word(yaw),
            challenge=tuple((WORDS[step], at < self._done) for at, step in enumerate(self._steps)),
        )

    def _next_word(self, yaw: float | None) -> str:
        if self._done == len(self._steps):
            return "Blinked and turned as asked: somebody alive, or a very good film."
        step = self._steps[self._done]
        if step != "blink" and yaw is None:
            return "Turns of the head are told by five landmarks, which were not found."
        if self._away:
            return "And back to the camera"
        return WORDS[step]
