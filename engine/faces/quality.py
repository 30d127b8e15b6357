"""How well a face is seen: size, sharpness, light, where the head is turned; whether that will do. Free of torch."""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.faces.found import Box, Quality

SMALLEST: Final = 80
"""Pixels a side from which a face before a camera is large enough to be enrolled: it can come closer."""
SMALLEST_IN_PHOTO: Final = 48
"""The same in a photo, which is as it is; smaller ones would be more than doubled for the net."""
DARKEST, BRIGHTEST, FLATTEST, BLURRED = 45.0, 215.0, 18.0, 30.0
"""The least and most light, the least contrast and the least sharpness of a face that is enrolled."""
Flaw = Literal["small", "dark", "bright", "flat", "blurred"]
NOSE_AHEAD: Final = 0.5
"""How far the tip of the nose stands before the eyes, in distances of the eyes."""
MOUTH_BELOW: Final = 1.15
"""How far the mouth lies below the eyes, in the same unit."""
NOSE_DOWN: Final = 0.494
"""Where the nose lies between eyes and mouth of a head that looks straight ahead, as a share."""


def quality_of(crop: npt.NDArray[np.uint8], box: Box, landmarks: npt.NDArray[np.floating] | None) -> Quality:
    """`crop`: uint8[112, 112, 3] aligned; `landmarks` [5, 2] for the head's turn, else it is not known."""
    from engine.cv import cv2

    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    left, top, right, bottom = box
    turn = (None, None, None) if landmarks is None or len(landmarks) < 5 else turn_of(landmarks)
    return Quality(
        float(min(right - left, bottom - top)),
        float(cv2.Laplacian(grey, cv2.CV_64F).var()),
        float(grey.mean()),
        float(grey.std()),
        *turn,
    )


def flaw_of(quality: Quality, smallest: int = SMALLEST) -> Flaw | None:
    """What keeps a face from being enrolled, the gravest first; None where it is good enough."""
    flaws: tuple[tuple[bool, Flaw], ...] = (
        (quality.size < smallest, "small"),
        (quality.light < DARKEST, "dark"),
        (quality.light > BRIGHTEST, "bright"),
        (quality.contrast < FLATTEST, "flat"),
        (quality.sharpness < BLURRED, "blurred"),
    )
    return next((flaw for there, flaw in flaws if there), None)


def turn_of(landmarks: npt.NDArray[np.floating]) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in degrees of five landmarks: to the person's left, up, clockwise in the picture are positive.

    Roll is the slope of the line of the eyes. With it taken out, a nose that stands NOSE_AHEAD before the eyes moves
    against their middle by tan(yaw) of that, and between eyes and mouth by tan(pitch).
    """
    right, left, nose, right_mouth, left_mouth = np.asarray(landmarks, np.float64)
    roll = math.atan2(left[1] - right[1], left[0] - right[0])
    cos, sin = math.cos(roll), math.sin(roll)
    upright = np.array([[cos, sin], [-sin, cos]])
    middle = (right + left) / 2
    tip, mouth = upright @ (nose - middle), upright @ ((right_mouth + left_mouth) / 2 - middle)
    apart = max(float(np.hypot(*(left - right))), 1e-6)
    yaw = math.atan2(float(tip[0]) / apart, NOSE_AHEAD)
    share = float(tip[1]) / max(float(mouth[1]), 1e-6)
    pitch = math.atan((NOSE_DOWN - share) * MOUTH_BELOW / NOSE_AHEAD)
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)
