"""Which detector would find more in a picture like this one, and how to get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.detection.requests import DetectorStatus
from gui.pages.detect.state import DIGITS, DetectState
from gui.widgets.notice import Note

USE: Final = "use "
WEIGHTS: Final = "weights "
PHOTOS: Final = "photos"
NONE_HERE: Final = (
    "This detector finds handwritten digits. The page Weights has others, for people, animals, things."
)


def offer(state: DetectState, known: Sequence[DetectorStatus]) -> Note:
    """A photo before the detector of digits, or a drawing before one that was made for photos: what would suit it."""
    chosen = next((one for one in known if one.name == state.detector), None)
    if chosen is None or not chosen.here:
        return Note()
    if state.drawing and chosen.reads == PHOTOS:
        digits = next((one for one in known if one.name == DIGITS and one.here), None)
        if digits is not None:
            return Note(
                f"{chosen.title} was made for photos.", ((f"{USE}{digits.name}", f"Use {digits.title}"),)
            )
    if not state.drawing and chosen.reads != PHOTOS:
        return _for_photos(chosen, known)
    return Note()


def _for_photos(chosen: DetectorStatus, known: Sequence[DetectorStatus]) -> Note:
    here = [one for one in known if one.here and one.reads == PHOTOS]
    if here:
        return Note(
            f"{chosen.title} finds handwritten digits only.",
            ((f"{USE}{here[0].name}", f"Use {here[0].title}"),),
        )
    smallest = _smallest([one for one in known if one.reads == PHOTOS])
    name = "" if smallest is None else smallest.name
    return Note(NONE_HERE, ((f"{WEIGHTS}{name}", "Open the page Weights"),))


def _smallest(absent: Sequence[DetectorStatus]) -> DetectorStatus | None:
    """The one that is fetched quickest."""
    sized = [one for one in absent if one.weights.bytes]
    return min(sized, key=lambda one: one.weights.bytes or 0) if sized else next(iter(absent), None)
