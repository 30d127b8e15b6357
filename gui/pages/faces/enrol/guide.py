"""The guided enrolment: what is asked for, what is wrong with the face of now, and the steady frames taken so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from engine.faces.found import Face, Quality
from engine.faces.quality import SMALLEST, SMALLEST_IN_PHOTO, Flaw, flaw_of

Pose = Literal["front", "left", "right", "up", "down"]

POSES: Final[tuple[Pose, ...]] = ("front", "left", "right", "up", "down")
STRAIGHT: Final[tuple[Pose, ...]] = ("front",) * 5
WORDS: Final[dict[Pose, str]] = {
    "front": "Look straight into the camera",
    "left": "Turn a little to your left",
    "right": "Turn a little to your right",
    "up": "Look up a little",
    "down": "Look down a little",
}
STEADY: Final = 5
"""Good frames in a row for each pose, of which the sharpest is taken."""
FLAWS: Final[dict[Flaw, str]] = {
    "dark": "Too dark: turn towards a window or a lamp.",
    "bright": "Too bright: move away from the light.",
    "flat": "Too little contrast: a light from one side helps.",
    "blurred": "Blurred: hold still, or clean the lens.",
}
PHOTO_FLAWS: Final[dict[Flaw, str]] = {
    "dark": "The face is too dark.",
    "bright": "The face is too bright.",
    "flat": "The face has too little contrast.",
    "blurred": "The face is blurred.",
}
TURNED: Final = 10.0
"""Degrees from which a head is called turned; a front view is turned by less."""
TOO_FAR: Final = 45.0


def complaint(quality: Quality) -> str:
    """What is wrong with a face, as a sentence to the person; "" where it is good enough."""
    flaw = flaw_of(quality)
    if flaw == "small":
        return f"Come closer: the face has {quality.size:.0f} pixels a side, and {SMALLEST} are needed."
    return "" if flaw is None else FLAWS[flaw]


def photo_problem(quality: Quality) -> str:
    """What is wrong with the face of a photo, as a sentence about it; "" where it is good enough."""
    flaw = flaw_of(quality, SMALLEST_IN_PHOTO)
    if flaw == "small":
        return f"The face has {quality.size:.0f} pixels a side; {SMALLEST_IN_PHOTO} are needed."
    return "" if flaw is None else PHOTO_FLAWS[flaw]


def complaint_of(faces: Sequence[Face]) -> str:
    """The same for all faces of a frame: there has to be one."""
    if not faces:
        return "No face is seen. Look at the camera."
    if len(faces) > 1:
        return f"Only one face, please: {len(faces)} are seen."
    return complaint(faces[0].quality)


def pose_problem(pose: Pose, quality: Quality, level: float = 0.0) -> str:
    """How the head has to move for a pose: a sentence, "" where it is right. Without landmarks nothing is asked.

    `level`: the pitch of the straight view, in degrees: a camera above the screen sees everybody look down.
    """
    if quality.yaw is None or quality.pitch is None:
        return ""
    yaw, pitch = quality.yaw, quality.pitch - level
    if max(abs(yaw), abs(pitch)) > TOO_FAR:
        return "A little less far."
    right = {
        "front": abs(yaw) <= TURNED and abs(pitch) <= 2 * TURNED,
        "left": yaw > TURNED,
        "right": yaw < -TURNED,
        "up": pitch > TURNED,
        "down": pitch < -TURNED,
    }[pose]
    return "" if right else f"{WORDS[pose]}."


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """How far the enrolment is.

    `poses`: what is asked for in order; `taken`: the face of each pose so far; `steady`: the good frames in a row;
    `word`: what is said to the person.
    """

    poses: tuple[Pose, ...] = POSES
    taken: tuple[Face, ...] = ()
    steady: tuple[Face, ...] = ()
    word: str = f"{WORDS['front']}."

    @property
    def done(self) -> bool:
        return len(self.taken) == len(self.poses)

    @property
    def pose(self) -> Pose | None:
        """What is asked for now, None when all was taken."""
        return None if self.done else self.poses[len(self.taken)]

    @property
    def level(self) -> float:
        """The pitch of the straight view, 0 until it was taken."""
        return (self.taken[0].quality.pitch or 0.0) if self.taken else 0.0

    @property
    def share(self) -> float:
        """How much was taken, 0..1."""
        return (len(self.taken) + len(self.steady) / STEADY) / len(self.poses)

    def seen(self, faces: Sequence[Face]) -> Guide:
        """The next frame."""
        pose = self.pose
        if pose is None:
            return self
        wrong = complaint_of(faces)
        if wrong:
            return replace(self, steady=(), word=wrong)
        face = faces[0]
        if face.quality.yaw is None and not self.taken and self.poses != STRAIGHT:
            # A detector without landmarks cannot tell a pose: five views straight on are the best that it can give.
            return replace(self, poses=STRAIGHT).seen(faces)
        wrong = pose_problem(pose, face.quality, self.level)
        if wrong:
            return replace(self, steady=(), word=wrong)
        steady = (*self.steady, face)
        if len(steady) < STEADY:
            return replace(self, steady=steady, word=f"{WORDS[pose]}. Hold still…")
        best = max(steady, key=lambda one: one.quality.sharpness)
        further = replace(self, taken=(*self.taken, best), steady=())
        after = further.pose
        return replace(further, word="All views were taken." if after is None else f"{WORDS[after]}.")
