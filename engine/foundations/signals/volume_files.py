"""A person's own volume: a folder of slices, or a NumPy array with three axes; huge ones are averaged down."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.errors import UserError
from engine.foundations.problems import VALUE_LIMIT
from engine.foundations.signals.requests import ReadVolume, Volume
from engine.foundations.signals.signal_files import load_array
from engine.images import luminance, open_picture, publish
from engine.natural import in_order
from engine.sources import PICTURE_SUFFIXES

MOST_SIDE = 128
MOST_SLICES = 2000
LEAST_SIDE = 14
_PICTURES = "Choose a folder with at least 14 pictures of one size, named in their order."
_Plane = npt.NDArray[np.float32]


def read(request: ReadVolume, context: Context) -> Generator[Any, None, Volume]:
    """Answer a ReadVolume, slice by slice, with progress. Raises UserError."""
    path = Path(request.path)
    opened = _Folder(path) if path.is_dir() else _Array(path)
    stack = _Stack(opened.shape, path.name)
    for number in range(opened.shape[0]):
        stack.add(opened.plane(number))
        yield context.progress(number + 1, opened.shape[0], f"Reading {path.name}")
    return stack.volume(opened.unit)


def read_volume(path: str | Path) -> Volume:
    """The same at once, for scripts and tests. Raises UserError."""
    steps = read(ReadVolume(str(path)), Context())
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: Volume = stop.value
            return result


class _Array:
    """A .npy file with three axes."""

    unit = ""

    def __init__(self, path: Path) -> None:
        self._array = load_array(path)
        if self._array.ndim != 3:
            raise UserError(
                f"{path.name} holds an array of shape {self._array.shape}; a volume has three axes.",
                "A signal with one axis is opened under 1-D.",
            )
        depth, height, width = self._array.shape
        self.shape = (depth, height, width)

    def plane(self, number: int) -> _Plane:
        return np.asarray(self._array[number], np.float32)


class _Folder:
    """Pictures in their natural order: slice-2 comes before slice-10."""

    unit = "grey level"

    def __init__(self, path: Path) -> None:
        try:
            names = [one for one in path.iterdir() if one.suffix.lower() in PICTURE_SUFFIXES]
        except OSError as error:
            raise UserError(f"{path.name} cannot be looked into ({error}).", _PICTURES) from error
        if not names:
            raise UserError(f"The folder {path.name} holds no pictures.", _PICTURES)
        if len(names) > MOST_SLICES:
            raise UserError(
                f"The folder {path.name} holds {len(names):,} pictures; a volume has up to {MOST_SLICES:,} slices.",
                _PICTURES,
            )
        self._paths = in_order(names)
        self._hw = self._read(0).shape
        self.shape = (len(names), self._hw[0], self._hw[1])

    def plane(self, number: int) -> _Plane:
        found = self._read(number)
        if found.shape != self._hw:
            ours, first = self._paths[number], self._paths[0]
            raise UserError(
                f"{ours.name} has {found.shape[1]} × {found.shape[0]} pixels, but {first.name} "
                f"{self._hw[1]} × {self._hw[0]}: slices have one size.",
                _PICTURES,
            )
        return found

    def _read(self, number: int) -> _Plane:
        return luminance(open_picture(self._paths[number]).pixels)


@dataclass
class _Stack:
    """Collects planes; averages blocks of them, so that a huge volume never lies in memory as a whole."""

    shape: tuple[int, int, int]
    name: str

    def __post_init__(self) -> None:
        if min(self.shape) < LEAST_SIDE:
            by = " × ".join(map(str, self.shape))
            raise UserError(
                f"{self.name} has {by} voxels; every side needs at least {LEAST_SIDE}.",
                "Choose a larger volume.",
            )
        self._blocks = tuple(-(-n // MOST_SIDE) for n in self.shape)
        self._planes: list[_Plane] = []
        self._sum: _Plane | None = None
        self._seen = 0

    def add(self, plane: _Plane) -> None:
        """Take the next slice. Raises UserError where it holds what cannot be computed with."""
        if not bool((np.abs(plane) <= VALUE_LIMIT).all()):  # NaN fails every comparison
            raise UserError(
                f"Slice {self._seen + 1} of {self.name} holds a value that cannot be computed with.",
                "Every voxel has to be a finite number.",
            )
        small = _blocks_of(plane, self._blocks[1], self._blocks[2])
        self._sum = small if self._sum is None else self._sum + small
        self._seen += 1
        if self._seen % self._blocks[0] == 0:
            self._planes.append(self._sum / np.float32(self._blocks[0]))
            self._sum = None

    def volume(self, unit: str) -> Volume:
        """What was collected."""
        voxels = publish(np.stack(self._planes))
        note = ""
        if max(self._blocks) > 1:
            before, after = (" × ".join(map(str, shape)) for shape in (self.shape, voxels.shape))
            each = " × ".join(map(str, self._blocks))
            note = f"averaged down from {before} to {after} voxels, each the mean of {each}"
        return Volume(voxels, unit, self.name, note)


def _blocks_of(plane: _Plane, rows: int, columns: int) -> _Plane:
    height, width = plane.shape[0] // rows, plane.shape[1] // columns
    whole = plane[: height * rows, : width * columns]
    return np.asarray(whole.reshape(height, rows, width, columns).mean((1, 3)), np.float32)
