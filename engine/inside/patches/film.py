"""A film as a collection of pictures: frames at equal distances, found again by their numbers."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine import images
from engine.errors import UserError
from engine.images import Frame
from engine.inside.patches.index import PictureFile
from engine.video import DEFAULT_FPS, MAX_SIDE, open_video

if TYPE_CHECKING:
    from engine.cv import cv2
    from engine.inside.patches.galleries import Listing

MOST_FRAMES: Final = 400
SECONDS_APART: Final = 0.5
"""Neighbouring frames show the same: nine of them would be one picture nine times."""
READ_THROUGH: Final = 60
"""Frames up to which reading on is quicker than looking for a place."""


class FilmGallery:
    """Frames of a film, SECONDS_APART seconds apart and MOST_FRAMES at most."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capture: cv2.VideoCapture | None = None
        self._next = 0

    @property
    def title(self) -> str:
        return f"the film {self._path.name}"

    def listing(self) -> Generator[int, None, Listing]:
        from engine.inside.patches.galleries import Listing

        open_video(self._path).close()  # says in words what cannot be played
        yield 0
        about = self._path.stat()
        frames = range(0, self._count(), self._apart())
        return Listing(tuple(PictureFile(_name(n), about.st_size, about.st_mtime_ns) for n in frames))

    def read(self, name: str, shorter: int | None = None) -> Frame:
        number = int(name.removeprefix("frame "))
        self._go_to(number)
        ok, picture = self._opened().read()
        self._next = number + 1
        if not ok or picture is None:
            raise UserError(f"{name} of {self._path.name} cannot be read.")
        scaled = images.fit(np.asarray(picture, np.uint8), MAX_SIDE)
        return Frame(np.ascontiguousarray(scaled[..., ::-1]), name)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _opened(self) -> Any:
        if self._capture is None:
            from engine.cv import cv2

            self._capture = cv2.VideoCapture(str(self._path.resolve()), cv2.CAP_FFMPEG)
            self._next = 0
        return self._capture

    def _go_to(self, number: int) -> None:
        from engine.cv import cv2

        capture = self._opened()
        if not 0 <= number - self._next <= READ_THROUGH:
            capture.set(cv2.CAP_PROP_POS_FRAMES, number)
            self._next = number
        while self._next < number and capture.grab():
            self._next += 1

    def _count(self) -> int:
        from engine.cv import cv2

        count = float(self._opened().get(cv2.CAP_PROP_FRAME_COUNT))
        return int(count) if math.isfinite(count) and count >= 1 else 1

    def _apart(self) -> int:
        from engine.cv import cv2

        fps = float(self._opened().get(cv2.CAP_PROP_FPS))
        fps = fps if math.isfinite(fps) and 1 <= fps <= 240 else DEFAULT_FPS
        return max(round(fps * SECONDS_APART), math.ceil(self._count() / MOST_FRAMES), 1)


def _name(number: int) -> str:
    return f"frame {number:06}"
