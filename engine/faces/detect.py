"""Where faces are: by the cascade that comes with OpenCV (Viola & Jones 2001), or by YuNet (Wu et al. 2023)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces.align import shrunk
from engine.faces.found import Box
from engine.faces.landmarks import NAME as LANDMARKS
from engine.faces.landmarks import LandmarkNet
from engine.faces.requests import HAAR, YUNET, FaceSettings
from engine.networks.weights import store

Pixels = npt.NDArray[np.uint8]

LONGEST: Final = 960
"""Pixels of the longer side at which faces are looked for: larger pictures are scaled down."""
TOGETHER: Final = 8
"""Faces whose points are found in one step."""
OVERLAP: Final = 0.3
"""Boxes that share more than that are one face."""
FINER: Final = 1.1
"""From size to size of the cascade's window."""
ALIKE: Final = 0.2
"""How far the sides of windows that agree on a face may differ (OpenCV's own share)."""
FEWEST, FEWEST_DENSE, DENSE_FROM = 6, 8, 2.0
"""Windows that have to agree. OpenCV moves those below twice the usual size by two pixels: fewer can agree."""
REACH, SHRINKS, GROWS = 1.8, 0.75, 1.35
"""A face of the frame before is looked for in that many of its boxes, and in sizes between these shares of it."""
_one_at_a_time: Final = Lock()
"""OpenCV's detectors serve one thread, and two windows have an engine each."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A face that was found. `landmarks`: float32[5, 2] in pixels of the picture.

    `steady`: whether the box tells place and size of the face better than the landmarks do.
    """

    box: Box
    score: float
    landmarks: npt.NDArray[np.float32]
    steady: bool = False

    @property
    def smaller_side(self) -> float:
        left, top, right, bottom = self.box
        return min(right - left, bottom - top)

    @property
    def area(self) -> float:
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


Steps = Generator[None, None, list[Sighting]]
"""The engine may do something else between two steps; OpenCV is held for no longer than one."""


class FaceDetector(Protocol):
    """Finds faces in uint8[H, W, 3] RGB.

    `near`: where faces were a moment ago; a detector that would take long may look around these only.
    """

    def find(self, pixels: Pixels, settings: FaceSettings, near: Sequence[Box] = ()) -> Steps: ...


class Cascade:
    """OpenCV's cascade for faces that look at the camera: boxes alone."""

    def __init__(self) -> None:
        from engine.cv import cv2

        folder = Path(cv2.data.haarcascades)  # type: ignore[attr-defined]
        self._faces = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))

    def find(
        self, pixels: Pixels, smallest: int, near: Sequence[Box] = ()
    ) -> Generator[None, None, tuple[Pixels, float, list[Box]]]:
        """What was looked at, uint8[h, w] grey, what its sides are of the picture's, and boxes in it.

        `smallest`: pixels a side in the picture. `near`: boxes in the picture around which alone faces are looked for.
        """
        from engine.cv import cv2

        small, scale = _shrunk(pixels)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        least = max(round(smallest * scale), 20)
        if near:
            found = yield from self._around(grey, least, [_times(box, scale) for box in near])
        else:
            found = yield from self._boxes(grey, least)
        return grey, scale, [(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in found]

    def _around(
        self, grey: Pixels, least: int, near: Sequence[Box]
    ) -> Generator[None, None, list[list[int]]]:
        """[x, y, width, height] of faces about as large as these boxes and about where they are, each of them once."""
        found: list[list[int]] = []
        for box in near:
            x0, y0, x1, y1 = _reach(box, grey.shape)
            side = box[2] - box[0]
            part = np.ascontiguousarray(grey[y0:y1, x0:x1])
            seen = yield from self._boxes(part, max(least, round(SHRINKS * side)), round(GROWS * side))
            for x, y, width, height in seen:
                corners = (x + x0, y + y0, x + x0 + width, y + y0 + height)
                if all(overlap(corners, (a, b, a + w, b + h)) < OVERLAP for a, b, w, h in found):
                    found.append([x + x0, y + y0, width, height])
        return found

    def _boxes(
        self, grey: Pixels, least: int, most: int | None = None
    ) -> Generator[None, None, list[list[int]]]:
        """[x, y, width, height] of faces: OpenCV's detectMultiScale, but one size of its window a step."""
        from engine.cv import cv2

        windows: list[Any] = []
        usual = self._faces.getOriginalWindowSize()[0]
        for size in sizes(min(*grey.shape, most or min(grey.shape)), usual, least):
            with _one_at_a_time:
                seen = self._faces.detectMultiScale(
                    grey, FINER, 0, minSize=(size, size), maxSize=(size, size)
                )
            windows += np.asarray(seen, int).reshape(-1, 4).tolist()
            yield
        boxes, counts = cv2.groupRectangles(windows, FEWEST - 1, ALIKE)
        found = zip(np.asarray(boxes, int).reshape(-1, 4).tolist(), np.ravel(counts), strict=True)
        return [box for box, count in found if count >= FEWEST_DENSE or box[2] < DENSE_FROM * usual]


class HaarDetector:
    """The cascade, and the bundled net for five points in its boxes. It gives no scores: every face has 1."""

    def __init__(self) -> None:
        self._cascade = Cascade()
        self._net = LandmarkNet(store.find(LANDMARKS).path)

    def find(self, pixels: Pixels, settings: FaceSettings, near: Sequence[Box] = ()) -> Steps:
        grey, scale, boxes = yield from self._cascade.find(pixels, settings.smallest, near)
        found = []
        for first in range(0, len(boxes), TOGETHER):
            yield
            part = boxes[first : first + TOGETHER]
            for box, points in zip(part, self._net.points(grey, part), strict=True):
                left, top, right, bottom = (side / scale for side in box)
                found.append(Sighting((left, top, right, bottom), 1.0, points / np.float32(scale), True))
        return found


def sizes(room: int, side: int, least: int) -> list[int]:
    """The sides in which OpenCV moves a window of `side` pixels over a picture whose shorter side is `room`."""
    found, factor = [], 1.0
    while (size := round(side * factor)) <= room:
        if size >= least:
            found.append(size)
        factor *= FINER
    return found


class YuNetDetector:
    """cv2.FaceDetectorYN: box, score, five landmarks."""

    def __init__(self, path: Path) -> None:
        from engine.cv import cv2

        try:
            self._net = cv2.FaceDetectorYN.create(str(path), "", (320, 320), 0.5, 0.3, 5000)
        except cv2.error as error:
            raise UserError(
                f"YuNet cannot be read from {path.name}.", "Download or import it again on the page Weights."
            ) from error

    def find(self, pixels: Pixels, settings: FaceSettings, near: Sequence[Box] = ()) -> Steps:
        from engine.cv import cv2

        small, scale = _shrunk(pixels)
        yield from ()  # one step: a net cannot be interrupted
        with _one_at_a_time:
            self._net.setScoreThreshold(settings.least)
            self._net.setInputSize((small.shape[1], small.shape[0]))
            _, rows = self._net.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
        sightings = []
        for row in np.zeros((0, 15), np.float32) if rows is None else rows:
            if not np.isfinite(row).all():
                continue
            x, y, width, height = (float(v) / scale for v in row[:4])
            points = np.asarray(row[4:14].reshape(5, 2) / scale, np.float32)
            sightings.append(Sighting((x, y, x + width, y + height), float(row[14]), points))
        return sightings


def _shrunk(pixels: Pixels) -> tuple[Pixels, float]:
    """A picture of at most LONGEST pixels a side and at least 2, and what its sides were multiplied by."""
    height, width = pixels.shape[:2]
    scale = min(LONGEST / max(height, width), 1.0)
    size = max(round(width * scale), 2), max(round(height * scale), 2)
    return pixels if scale == 1 else shrunk(pixels, size), scale


_open: dict[tuple[str, str, int], FaceDetector] = {}


def detector_of(name: str) -> FaceDetector:
    """The detector of that name, kept open. Raises UserError where it is unknown or its file is not here."""
    if name not in (HAAR, YUNET):
        raise UserError(f"There is no detector of faces called “{name}”.", "Choose another one.")
    path = None if name == HAAR else store.find(YUNET).path
    key = (name, str(path), 0 if path is None else path.stat().st_mtime_ns)
    if key not in _open:
        _open[key] = HaarDetector() if path is None else YuNetDetector(path)
    return _open[key]


def sightings(pixels: Pixels, settings: FaceSettings, near: Sequence[Box] = ()) -> Steps:
    """The faces that count under these settings, the largest first. Raises UserError (see detector_of).

    `near`: see FaceDetector.
    """
    if min(pixels.shape[:2]) < settings.smallest:
        return []
    detector = detector_of(settings.detector)
    found = yield from detector.find(np.ascontiguousarray(pixels), settings, near)
    found = [one for one in found if one.smaller_side >= settings.smallest and one.score >= settings.least]
    return sorted(found, key=lambda one: -one.area)[: settings.most]


def _times(box: Box, scale: float) -> Box:
    left, top, right, bottom = box
    return left * scale, top * scale, right * scale, bottom * scale


def _reach(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1) of the part of a picture [h, w] in which a face of the frame before can be by now."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    reach = REACH * max(box[2] - box[0], box[3] - box[1]) / 2
    left, right = (int(np.clip(v, 0, shape[1])) for v in (x - reach, x + reach))
    top, bottom = (int(np.clip(v, 0, shape[0])) for v in (y - reach, y + reach))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


class FaceTracks:
    """Numbers faces from frame to frame by how far their boxes overlap; lost ones are remembered for a moment."""

    PATIENCE: Final = 10
    """Frames for which a face that is not found keeps its number."""

    def __init__(self) -> None:
        self._next = 1
        self._known: dict[int, tuple[Box, int]] = {}

    def update(self, boxes: list[Box]) -> list[int]:
        """The numbers of these boxes; the best overlaps are matched first."""
        pairs = sorted(
            (
                (overlap(box, known), at, number)
                for at, box in enumerate(boxes)
                for number, (known, _) in self._known.items()
            ),
            reverse=True,
        )
        given: dict[int, int] = {}
        for share, at, number in pairs:
            if share >= OVERLAP and at not in given and number not in given.values():
                given[at] = number
        for at in range(len(boxes)):
            if at not in given:
                given[at] = self._next
                self._next += 1
        missed = {n: (box, age + 1) for n, (box, age) in self._known.items() if n not in given.values()}
        self._known = {n: kept for n, kept in missed.items() if kept[1] <= self.PATIENCE}
        self._known |= {given[at]: (box, 0) for at, box in enumerate(boxes)}
        return [given[at] for at in range(len(boxes))]
