"""What the net practises on: crops of photos, at several sizes, mirrored or not."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from engine import sources
from engine.context import Context
from engine.errors import UserError
from engine.images import open_picture
from engine.style.pictures import Pixels, pixels_of, tensor_of

log = logging.getLogger(__name__)

BUNDLED: Final = (
    "astronaut", "cat", "coffee", "rocket", "motorcycle", "camera", "clock", "coins", "grass", "gravel", "brick",
    "hubble", "retina", "tissue",
)  # fmt: skip
"""Those of the bundled photos that show something: no pages of text, no silhouettes."""
MOST_PHOTOS: Final = 200
"""Of a folder; they are kept in memory at the sizes that crops are taken from."""
SIZES: Final = (1.15, 1.6, 2.3)
"""The shorter sides that crops are taken from, in sides of a crop."""


class Photos:
    """Photos uint8[H, W, 3] at some sizes. `crops` draws from them by a generator of its own: the same for a seed."""

    def __init__(self, side: int, seed: int, device: torch.device) -> None:
        self._side, self._device = side, device
        self._draw = np.random.default_rng(seed)
        self._photos: list[tuple[Pixels, ...]] = []

    def add(self, pixels: Pixels) -> None:
        """One more photo."""
        height, width = pixels.shape[:2]
        cpu = torch.device("cpu")
        scales = [self._side * size / min(height, width) for size in SIZES]
        sizes = [(max(self._side, round(width * s)), max(self._side, round(height * s))) for s in scales]
        self._photos.append(tuple(pixels_of(tensor_of(pixels, size, cpu)) for size in sizes))

    def __len__(self) -> int:
        return len(self._photos)

    def crops(self, count: int) -> Tensor:
        """Tensor[count, 3, side, side] in 0..1."""
        crops = np.stack([self._crop() for _ in range(count)])
        values = torch.from_numpy(crops).to(self._device)
        return values.permute(0, 3, 1, 2).float().div_(255).contiguous()

    def _crop(self) -> Pixels:
        sizes = self._photos[self._draw.integers(len(self._photos))]
        photo = sizes[self._draw.integers(len(sizes))]
        top = self._draw.integers(photo.shape[0] - self._side + 1)
        left = self._draw.integers(photo.shape[1] - self._side + 1)
        crop = photo[top : top + self._side, left : left + self._side]
        return crop[:, ::-1] if self._draw.random() < 0.5 else crop


def gather(
    folder: str, side: int, seed: int, device: torch.device, context: Context
) -> Generator[Any, None, Photos]:
    """The photos of a folder, "" for the bundled ones. Raises UserError where there are none.

    A file of the folder that cannot be read is left out and named in the log.
    """
    photos = Photos(side, seed, device)
    names: Sequence[str | Path] = files_in(folder) if folder else BUNDLED
    for number, name in enumerate(names):
        yield context.progress(number, len(names), "Reading the photos to practise on")
        try:
            shorter = round(side * SIZES[-1])
            photos.add(
                (open_picture(name, shorter) if isinstance(name, Path) else sources.load_sample(name)).pixels
            )
        except UserError as error:
            log.info("%s is not practised on: %s", name, error)
    if not len(photos):
        where = (
            f"None of the pictures in {Path(folder).name} can be read." if folder else "There are no photos."
        )
        raise UserError(where, "Choose a folder with JPEG or PNG files.")
    return photos


def files_in(folder: str) -> list[Path]:
    """The first pictures of a folder by name. Raises UserError where it cannot be read or has none."""
    path = Path(folder)
    try:
        found = sorted(
            entry
            for entry in path.iterdir()
            if entry.suffix.lower() in sources.PICTURE_SUFFIXES and not entry.name.startswith(".")
        )
    except OSError as error:
        log.info("the folder %s cannot be read: %s", path, error)
        raise UserError(
            f"The folder {path.name} cannot be read.", "Was it moved, renamed or unplugged?"
        ) from error
    if not found:
        raise UserError(f"There are no pictures in {path.name}.", "Choose a folder with JPEG or PNG files.")
    return found[:MOST_PHOTOS]
