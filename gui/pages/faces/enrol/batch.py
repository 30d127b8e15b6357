"""Photos that are to be enrolled: which people and files there are, and what was found in each file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine import sources
from engine.errors import UserError
from engine.faces.found import Face
from engine.faces.requests import Faces
from engine.natural import in_order, natural
from gui.pages.faces.enrol.guide import photo_problem
from gui.pages.faces.names import problem

MOST_PHOTOS: Final = 2000
LEFT_BY_SYSTEMS: Final = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A file. `face`: what is to be enrolled of it; `refused`: why nothing is, a sentence; neither: not read yet."""

    path: Path
    face: Face | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A person to be: `name` as the folder is called, "" until one is typed; `done`: enrolled already."""

    name: str
    photos: tuple[Photo, ...]
    done: bool = False

    @property
    def good(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in self.photos if photo.face is not None)

    @property
    def faces(self) -> tuple[Face, ...]:
        """What is to be enrolled."""
        return tuple(photo.face for photo in self.photos if photo.face is not None)

    @property
    def refused(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in self.photos if photo.refused)

    @property
    def unread(self) -> Candidate:
        """The same person before any photo was read."""
        return replace(self, photos=tuple(Photo(photo.path) for photo in self.photos))

    def left(self, reason: str) -> Candidate:
        """The same person; what was not read is refused."""
        photos = (p if p.face is not None or p.refused else replace(p, refused=reason) for p in self.photos)
        return replace(self, photos=tuple(photos))

    @property
    def read(self) -> bool:
        return all(photo.face is not None or photo.refused for photo in self.photos)


def of_photos(paths: Sequence[Path], before: Candidate | None = None) -> tuple[Candidate, ...]:
    """Photos of one person; more of them join those of `before`, who is not enrolled yet."""
    first = before if before is not None and not before.done else Candidate("", ())
    known = {photo.path for photo in first.photos}
    more = [Photo(Path(path)) for path in paths if Path(path) not in known]
    photos = (*first.photos, *more)[:MOST_PHOTOS]
    return (replace(first, photos=photos),) if photos else ()


def of_folder(folder: Path) -> tuple[Candidate, ...]:
    """A person for each sub-folder with files in it, by name.

    Raises:
        UserError: the folder cannot be read, or has no sub-folder with files.
    """
    try:
        subs = sorted(
            (one for one in os.scandir(folder) if one.is_dir() and not one.name.startswith(".")),
            key=lambda one: natural(one.name),
        )
        found, left = [], MOST_PHOTOS
        for sub in subs:
            files = in_order(Path(one.path) for one in os.scandir(sub.path) if _is_photo(one))[:left]
            left -= len(files)
            if files:
                found.append(Candidate(sub.name, tuple(Photo(file) for file in files)))
    except OSError as error:
        raise UserError(
            f"The folder {folder.name} cannot be read: {error.strerror}.", "Choose another one."
        ) from error
    if not found:
        raise UserError(
            f"The folder {folder.name} has no sub-folder with photos.",
            "Make one sub-folder a person, called as the person is, and put the photos into it.",
        )
    return tuple(found)


def _is_photo(one: os.DirEntry[str]) -> bool:
    """Whether it is meant to be one: what systems leave in folders of photos is not."""
    return one.is_file() and not one.name.startswith(".") and one.name.lower() not in LEFT_BY_SYSTEMS


def is_picture(path: Path) -> str:
    """Why a file is not tried at all: a sentence, "" where it may be a picture."""
    try:
        return "" if sources.classify(path) == "picture" else "This is no picture."
    except UserError as error:
        return error.sentence


def judged(photo: Photo, found: Faces) -> Photo:
    """What is to be enrolled of a photo: its only face, if it is good enough."""
    faces = found.faces
    if not faces:
        return replace(photo, refused="No face was found.")
    if len(faces) > 1:
        return replace(
            photo, refused=f"{len(faces)} faces: it cannot be told whose is meant. Crop the photo."
        )
    wrong = photo_problem(faces[0].quality)
    if wrong:
        return replace(photo, refused=wrong)
    if faces[0].embedding is None:
        return replace(photo, refused="The embedder gave no numbers for this face.")
    return replace(photo, face=faces[0])


def with_photo(
    candidates: Sequence[Candidate], person: int, place: int, photo: Photo
) -> tuple[Candidate, ...]:
    """The same with one photo read."""
    photos = list(candidates[person].photos)
    photos[place] = photo
    changed = list(candidates)
    changed[person] = replace(candidates[person], photos=tuple(photos))
    return tuple(changed)


def why_not(candidate: Candidate) -> str:
    """Why a candidate cannot be enrolled: a sentence, "" where they can."""
    if candidate.done:
        return "Enrolled."
    if not candidate.read:
        return "Being read…"
    if not candidate.good:
        return "No photo can be used."
    return problem(candidate.name)
