"""What the engine can be asked about a folder of pictures, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.detection.requests import DetectorSettings
from engine.detection.scoring import Found

MOST_PICTURES: Final = 20_000
"""A folder with more pictures than that is cut off, and the answer says so."""


@dataclass(frozen=True, slots=True)
class ListPictures:
    """Which pictures lie in a folder. Answer: PictureList. Raises UserError for a folder without any."""

    folder: str | Path


@dataclass(frozen=True, slots=True)
class PictureList:
    """The paths of the pictures, numbers in names by their value: picture 2 before picture 10."""

    folder: str
    paths: tuple[str, ...]
    note: str = ""

    def place(self, path: str) -> int | None:
        """Where a picture stands, None where it is not among them."""
        return self.paths.index(path) if path in self.paths else None


@dataclass(frozen=True, slots=True)
class DetectFolder:
    """Find things in every picture of a list, with progress. Answer: FolderFindings."""

    detector: str
    paths: tuple[str, ...]
    settings: DetectorSettings = field(default_factory=DetectorSettings)


@dataclass(frozen=True, slots=True, eq=False)
class PictureFindings:
    """What was found in one picture of `width` x `height` pixels."""

    path: str
    width: int
    height: int
    found: Found


@dataclass(frozen=True, slots=True, eq=False)
class FolderFindings:
    """`pictures` in the order asked for; `unread`: those that could not be opened, each with the reason in words."""

    detector: str
    title: str
    classes: tuple[str, ...]
    pictures: tuple[PictureFindings, ...]
    unread: tuple[tuple[str, str], ...] = ()
