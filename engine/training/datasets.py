"""Datasets as tensors in memory, split into what a net learns from, what its making is watched on, and the test."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import UserError

MNIST_FILE = "mnist_8000.npz"
CIFAR10_FILE = "cifar10_train_50000.zip"
CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
DIGIT_CLASSES = tuple("0123456789")


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures uint8 Tensor[N, C, H, W] and labels int64 Tensor[N]: to learn from, to watch, to test on once.

    `mean` and `std` are of the training pictures, a value a channel, in 0..1. `told` says how the split was made.
    """

    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    told: str


def digits(folder: Path) -> Split:
    """8,000 digits of MNIST, padded to 32x32: of each class a fifth for the test and a twentieth to watch."""
    path = _existing(folder / MNIST_FILE)
    with np.load(path) as file:
        images, labels = file["images"], file["labels"].astype(np.int64)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))[:, None]
    return _split(padded, labels, 5, DIGIT_CLASSES, "MNIST subset of 8,000 digits")


def cifar10(folder: Path) -> Split:
    """The 50,000 training pictures of CIFAR-10 (Krizhevsky 2009): a tenth for the test, a fortieth to watch."""
    path = _existing(folder / CIFAR10_FILE)
    images, labels = [], []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            kind = Path(name).parent.name
            if kind in CIFAR10_CLASSES and name.endswith(".jpg"):
                images.append(_pixels(archive.read(name)))
                labels.append(CIFAR10_CLASSES.index(kind))
    stacked = np.stack(images).transpose(0, 3, 1, 2)
    return _split(stacked, np.array(labels), 10, CIFAR10_CLASSES, "CIFAR-10 training set (50,000 pictures)")


def _pixels(data: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _split(
    images: np.ndarray, labels: np.ndarray, every: int, classes: tuple[str, ...], source: str
) -> Split:
    """Of each class, in the order of the file: one of `every` pictures for the test, one of 4 `every` to watch."""
    place = np.zeros(len(labels), dtype=np.int64)
    for label in range(len(classes)):
        chosen = np.flatnonzero(labels == label)
        place[chosen] = np.arange(len(chosen))
    for_test = place % every == 0
    to_watch = place % (4 * every) == 1
    to_learn = ~(for_test | to_watch)
    values = images[to_learn].astype(np.float32) / 255
    axes = (0, 2, 3)

    def part(of: np.ndarray) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(np.ascontiguousarray(images[of])), torch.from_numpy(labels[of])

    return Split(
        *part(to_learn),
        *part(to_watch),
        *part(for_test),
        classes,
        tuple(round(float(v), 4) for v in values.mean(axes, dtype=np.float64)),
        tuple(round(float(v), 4) for v in values.std(axes, dtype=np.float64)),
        f"{source}, each class in the order of the file: pictures 1, {every + 1}, {2 * every + 1}, … are the test "
        f"set ({int(for_test.sum()):,}), pictures 2, {4 * every + 2}, {8 * every + 2}, … the validation set "
        f"({int(to_watch.sum()):,}), the other {int(to_learn.sum()):,} the training set",
    )


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise UserError(
            f"The data set {path.name} is not in {path.parent}.", "Name its folder with --data FOLDER."
        )
    return path
