"""Photos of faces for training and test: found by YuNet, aligned, grey."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from engine.cv import cv2
from engine.errors import UserError
from engine.training.face_changes import CANVAS, RIM

TEMPLATE: Final = (
    (30.2946, 51.6963),
    (65.5318, 51.5014),
    (48.0252, 71.7366),
    (33.5493, 92.3655),
    (62.7299, 92.2041),
)
"""Where the eyes, the nose and the corners of the mouth lie in a crop of 112 x 96 pixels."""
ENLARGED: Final = 2
AROUND: Final = 24
"""Pixels put around a picture of ORL, whose faces touch the rim, before faces are looked for in it."""
NAMED: Final = {"obama_and_biden": ("biden", "obama"), "two_people": ("obama", "biden")}
"""Portraits with two people: who they are, from left to right."""
LARGEST: Final = 960
HELD_OUT: Final = 4
"""Every fourth subject is never learned from."""


@dataclass(frozen=True, eq=False)
class FacePhotos:
    """Aligned grey canvases uint8 Tensor[N, 1, 160, 144] and who they show, int64 Tensor[N] (0, 1, ...)."""

    canvases: Tensor
    people: Tensor

    def of(self, chosen: Tensor) -> FacePhotos:
        """Those photos only, people numbered anew."""
        _, people = self.people[chosen].unique(return_inverse=True)
        return FacePhotos(self.canvases[chosen], people)

    @property
    def crops(self) -> Tensor:
        """Tensor[N, 3, 112, 96] in 0..1, three equal channels: what the net reads."""
        inner = self.canvases[:, :, RIM:-RIM, RIM:-RIM].float() / 255
        return inner.expand(-1, 3, -1, -1)


class Finder:
    """YuNet (Wu et al. 2023) from a file."""

    def __init__(self, model: Path) -> None:
        if not model.is_file():
            raise UserError(f"The file of YuNet is not there: {model}.", "Get it on the page Weights.")
        self._net = cv2.FaceDetectorYN.create(str(model), "", (320, 320), 0.5, 0.3, 100)

    def landmarks_of_photo(self, pixels: np.ndarray) -> np.ndarray:
        """As `landmarks`, of a photo of any size: one that is larger than LARGEST is looked at smaller."""
        share = min(1.0, LARGEST / max(pixels.shape[:2]))
        if share == 1:
            return self.landmarks(pixels)
        smaller = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        return np.asarray(self.landmarks(smaller) / share)

    def landmarks(self, pixels: np.ndarray) -> np.ndarray:
        """float32[F, 5, 2] in pixels of uint8[H, W, 3] BGR, the largest face first."""
        self._net.setInputSize((pixels.shape[1], pixels.shape[0]))
        _, found = self._net.detect(pixels)
        if found is None:
            return np.zeros((0, 5, 2), np.float32)
        order = np.argsort(-(found[:, 2] * found[:, 3]))
        return np.asarray(found[order, 4:14].reshape(-1, 5, 2))


def orl(folder: Path, finder: Finder) -> FacePhotos:
    """The subjects s1, s2, ... of the ORL faces. Raises UserError where they or a face in one are missing."""
    subjects = sorted(folder.glob("s*"), key=lambda path: int(path.name[1:]))
    if not subjects:
        raise UserError(
            f"There are no ORL faces in {folder}.", "It should have folders s1, s2, ... with pictures."
        )
    canvases, people = [], []
    for number, subject in enumerate(subjects):
        for path in sorted(subject.glob("*.pgm"), key=lambda path: int(path.stem)):
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if picture is None:
                raise UserError(f"{path} could not be read.")
            around = cv2.copyMakeBorder(picture, *(AROUND,) * 4, cv2.BORDER_REPLICATE)
            large = cv2.resize(around, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
            found = finder.landmarks(large)
            if not len(found):
                raise UserError(f"YuNet finds no face in {path}.")
            canvases.append(canvas(large, found[0]))
            people.append(number)
    return _stacked(canvases, people)


def portraits(folder: Path, finder: Finder) -> FacePhotos:
    """Press photographs whose file name is the person (`obama2.jpg`); see NAMED for those with two people.

    Raises UserError where there are none, or fewer faces are found than people are named.
    """
    paths = sorted(folder.glob("*.jpg"))
    if not paths:
        raise UserError(f"There are no photographs in {folder}.")
    canvases: list[np.ndarray] = []
    names: list[str] = []
    for path in paths:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise UserError(f"{path} could not be read.")
        people = NAMED.get(path.stem, (path.stem.rstrip("0123456789"),))
        found = finder.landmarks_of_photo(picture)[: len(people)]
        if len(found) < len(people):
            raise UserError(f"YuNet finds {len(found)} of {len(people)} faces in {path.name}.")
        left_to_right = found[np.argsort(found[:, :, 0].mean(1))]
        canvases.extend(canvas(picture, landmarks) for landmarks in left_to_right)
        names.extend(people)
    order = sorted(set(names))
    return _stacked(canvases, [order.index(name) for name in names])


def canvas(pixels: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """uint8[160, 144]: a face of uint8[H, W, 3] BGR, aligned to the template with a rim of 24 pixels, grey."""
    wanted = np.array(TEMPLATE, np.float32) + RIM
    matrix, _ = cv2.estimateAffinePartial2D(landmarks, wanted, method=cv2.LMEDS)
    aligned = cv2.warpAffine(
        pixels, matrix, (CANVAS[1], CANVAS[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY))


def held_out(photos: FacePhotos) -> tuple[FacePhotos, FacePhotos]:
    """Photos to learn from and photos of the people who are never learned from."""
    away = photos.people % HELD_OUT == HELD_OUT - 1
    return photos.of(~away), photos.of(away)


def _stacked(canvases: list[np.ndarray], people: list[int]) -> FacePhotos:
    return FacePhotos(torch.from_numpy(np.stack(canvases))[:, None], torch.tensor(people))
