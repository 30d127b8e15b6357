"""Collections of pictures that are looked through: what is in them, and how one of them is read."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from engine import images, sources
from engine.errors import UserError
from engine.images import Frame
from engine.inside.patches.film import FilmGallery
from engine.inside.patches.index import PictureFile
from engine.inside.patches.requests import Pictures, Skipped

DIGITS: Final = 300
"""Of scikit-learn's digits, the first ones: they come in no order of classes."""
_DIGIT_SIDE, _DIGIT_RIM = 80, 8
LISTED_AT_ONCE: Final = 500
"""Entries of folders that are looked at in one step."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The pictures of a collection, in any order, and what was left out already."""

    pictures: tuple[PictureFile, ...]
    skipped: tuple[Skipped, ...] = ()


class Gallery(Protocol):
    """A collection. One thread at a time reads from one gallery."""

    @property
    def title(self) -> str:
        """What it is called in a sentence: "the bundled photos"."""

    def listing(self) -> Generator[int, None, Listing]:
        """What is in it, in short steps that tell how many were found. Raises UserError where it is not there."""

    def read(self, name: str, shorter: int | None = None) -> Frame:
        """A picture of it, of whose shorter side so many pixels are enough. Raises UserError where it is broken."""

    def close(self) -> None:
        """Give back what is open."""


def gallery_of(pictures: Pictures, digits: bool) -> Gallery:
    """The collection that is meant; `digits`: for a net that reads them. Raises UserError for a path that is none."""
    if pictures.kind == "folder":
        return FolderGallery(Path(pictures.path))
    if pictures.kind == "video":
        return FilmGallery(Path(pictures.path))
    return DigitGallery() if digits else SampleGallery()


class SampleGallery:
    """The photographs of scikit-image."""

    title = "the bundled photos"

    def listing(self) -> Generator[int, None, Listing]:
        yield 0
        return Listing(tuple(PictureFile(sample.name) for sample in sources.samples()))

    def read(self, name: str, shorter: int | None = None) -> Frame:
        return sources.load_sample(name)

    def close(self) -> None:
        """Nothing is open."""


class DigitGallery:
    """Written digits of scikit-learn (8 x 8 pixels; Alpaydin & Kaynak 1998), enlarged, dark on white."""

    title = "scikit-learn's digits"

    def listing(self) -> Generator[int, None, Listing]:
        yield 0
        return Listing(tuple(PictureFile(_digit_name(n, int(row[-1]))) for n, row in enumerate(_digits())))

    def read(self, name: str, shorter: int | None = None) -> Frame:
        number = name.split(" ")[-1]
        if not number.isdecimal() or int(number) >= len(_digits()):
            raise UserError(f"There is no digit called {name}.")
        return Frame(_enlarged(_digits()[int(number)][:-1].reshape(8, 8)), name)

    def close(self) -> None:
        """Nothing is open."""


def _digit_name(number: int, digit: int) -> str:
    return f"{digit}, no. {number:03}"


@cache
def _digits() -> npt.NDArray[np.uint8]:
    """uint8[DIGITS, 65]: 64 pixels of 0..16 and the class. Read without importing scikit-learn, which takes seconds."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("The bundled digits are not installed.", "Install scikit-learn again.")
    file = Path(next(iter(spec.submodule_search_locations))) / "datasets" / "data" / "digits.csv.gz"
    try:
        return np.loadtxt(file, delimiter=",", max_rows=DIGITS).astype(np.uint8)
    except OSError as error:
        raise UserError("The bundled digits are not installed.", "Install scikit-learn again.") from error


def _enlarged(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """uint8[96, 96, 3] of uint8[8, 8] in 0..16, on paper with a rim."""
    from PIL import Image

    paper = (255 - np.rint(ink * (255 / 16))).astype(np.uint8)
    large = Image.fromarray(paper).resize((_DIGIT_SIDE, _DIGIT_SIDE), Image.Resampling.BICUBIC)
    framed = np.pad(np.asarray(large, np.uint8), _DIGIT_RIM, constant_values=255)
    return np.repeat(framed[..., None], 3, axis=2)


@dataclass(slots=True)
class _Found:
    pictures: list[PictureFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    seen: int = 0


class FolderGallery:
    """All pictures below a folder, told by their suffixes; not what is hidden (".name"), nor what links lead to."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def title(self) -> str:
        return f"the folder {self._root.name or self._root}"

    def listing(self) -> Generator[int, None, Listing]:
        if not self._root.is_dir():
            raise UserError(
                f"The folder {self._root} is not there.",
                "Was it moved, renamed or unplugged? Choose another.",
            )
        found, folders = _Found(), [self._root]
        while folders:
            yield from self._list(folders.pop(), folders, found)
        return Listing(tuple(found.pictures), tuple(found.skipped))

    def _list(self, folder: Path, folders: list[Path], found: _Found) -> Generator[int, None, None]:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._take(entry, folders, found)
                    found.seen += 1
                    if found.seen % LISTED_AT_ONCE == 0:
                        yield len(found.pictures)
        except OSError as error:
            if folder == self._root:
                raise UserError(
                    f"You may not read the folder {folder}.", "Change its permissions, or choose another."
                ) from error
            found.skipped.append(Skipped(f"{self._name(folder)}/", _why(error, "folder")))

    def _take(self, entry: os.DirEntry[str], folders: list[Path], found: _Found) -> None:
        if entry.name.startswith("."):
            return
        path = Path(entry.path)
        try:
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif path.suffix.lower() in sources.PICTURE_SUFFIXES and entry.is_file():
                about = entry.stat()
                found.pictures.append(PictureFile(self._name(path), about.st_size, about.st_mtime_ns))
        except OSError as error:
            found.skipped.append(Skipped(self._name(path), _why(error, "file")))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def read(self, name: str, shorter: int | None = None) -> Frame:
        return images.open_picture(self._root / name, shorter)

    def close(self) -> None:
        """Nothing is open."""


def _why(error: OSError, what: str) -> str:
    if isinstance(error, PermissionError):
        return f"You may not read this {what}."
    return f"This {what} could not be read ({error.strerror or type(error).__name__})."
