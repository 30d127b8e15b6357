"""The pictures of a folder, in the order in which a person would name them."""

from __future__ import annotations

import logging
from collections.abc import Generator
from pathlib import Path

from engine.detection.folders.requests import MOST_PICTURES, ListPictures, PictureList
from engine.errors import UserError
from engine.natural import natural
from engine.sources import PICTURE_SUFFIXES

log = logging.getLogger(__name__)

LOOKED_AT_A_STEP = 2000


def respond(request: ListPictures, _context: object) -> Generator[None, None, PictureList]:
    """Answer a ListPictures; looks at names only, and not below the folder."""
    folder = Path(request.folder)
    found: list[str] = []
    try:
        for looked_at, entry in enumerate(folder.iterdir(), start=1):
            if entry.suffix.lower() in PICTURE_SUFFIXES and not entry.name.startswith("."):
                found.append(str(entry))
            if looked_at % LOOKED_AT_A_STEP == 0:
                yield
    except OSError as error:
        log.info("the folder %s cannot be read: %s", folder, error)
        raise UserError(
            f"The folder {folder.name} cannot be read.", "Was it moved, renamed or unplugged?"
        ) from error
    if not found:
        raise UserError(f"There are no pictures in {folder.name}.", "Choose a folder with JPEG or PNG files.")
    found.sort(key=lambda path: natural(Path(path).name))
    note = f"The first {MOST_PICTURES:,} of {len(found):,} pictures." if len(found) > MOST_PICTURES else ""
    return PictureList(str(folder), tuple(found[:MOST_PICTURES]), note)
