"""Photos of faces for training and test: found by YuNet, aligned, grey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from engine.cv import cv2
from engine.errors import UserError
from engine.faces import align
from engine.networks.zoo.facenet_mini import WIDTH
from engine.training.face_changes import CANVAS, RIM

TEMPLATE: Final = align.TEMPLATE - ((align.SIDE - WIDTH) / 2, 0)
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


LOOKS: Final = tuple((size, mirrored) for size in (1.0, 0.8, 0.65) for mirrored in (False, True))
"""Of which the landmarks are averaged: one look of YuNet is off by some 5 % of the distance of the eyes."""
SWAPPED: Final = (1, 0, 2, 4, 3)
"""Which landmark is which in a mirror."""
SAME: Final = 0.5
"""Landmarks that lie closer, in distances of the eyes, are of the same face."""


@dataclass(frozen=True, eq=False)
class Portrayed:
    """A person (0, 1, ...) in a picture uint8[H, W, 3] BGR, with YuNet's landmarks float32[5, 2].

    `once`: those of one look, where `landmarks` are the mean of several.
    """

    pixels: np.ndarray
    landmarks: np.ndarray
    person: int
    once: np.ndarray | None = None


def orl(folder: Path, finder: Finder) -> FacePhotos:
    """The subjects of the ORL faces, aligned. Raises UserError (see orl_pictures)."""
    return _aligned(orl_pictures(folder, finder))


def portraits(folder: Path, finder: Finder) -> FacePhotos:
    """The people on press photographs, aligned. Raises UserError (see portrait_pictures)."""
    return _aligned(portrait_pictures(folder, finder))


def orl_pictures(folder: Path, finder: Finder) -> list[Portrayed]:
    """The subjects s1, s2, ... of the ORL faces, enlarged. Raises UserError where they or a face in one are missing."""
    subjects = sorted(folder.glob("s*"), key=lambda path: int(path.name[1:]))
    if not subjects:
        raise UserError(
            f"There are no ORL faces in {folder}.", "It should have folders s1, s2, ... with pictures."
        )
    found = []
    for number, subject in enumerate(subjects):
        for path in sorted(subject.glob("*.pgm"), key=lambda path: int(path.stem)):
            around = cv2.copyMakeBorder(_read(path), *(AROUND,) * 4, cv2.BORDER_REPLICATE)
            large = cv2.resize(around, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
            faces = finder.landmarks(large)
            if not len(faces):
                raise UserError(f"YuNet finds no face in {path}.")
            found.append(Portrayed(large, faces[0], number))
    return found


def portrait_pictures(folder: Path, finder: Finder) -> list[Portrayed]:
    """Press photographs whose file name is the person (`obama2.jpg`); see NAMED for those with two people.

    Raises UserError where there are none, or fewer faces are found than people are named.
    """
    paths = sorted(folder.glob("*.jpg"))
    if not paths:
        raise UserError(f"There are no photographs in {folder}.")
    people = {path: NAMED.get(path.stem, (path.stem.rstrip("0123456789"),)) for path in paths}
    order = sorted({name for names in people.values() for name in names})
    found = []
    for path, names in people.items():
        picture = _read(path)
        faces = finder.landmarks_of_photo(picture)[: len(names)]
        if len(faces) < len(names):
            raise UserError(f"YuNet finds {len(faces)} of {len(names)} faces in {path.name}.")
        left_to_right = faces[np.argsort(faces[:, :, 0].mean(1))]
        for landmarks, name in zip(left_to_right, names, strict=True):
            found.append(Portrayed(picture, landmarks, order.index(name)))
    return found


def looked_at_often(one: Portrayed, finder: Finder) -> Portrayed:
    """The same face, its landmarks the mean over LOOKS at its picture: smaller, and in a mirror."""
    share = min(1.0, LARGEST / max(one.pixels.shape[:2]))
    eyes = np.linalg.norm(one.landmarks[1] - one.landmarks[0])
    found = []
    for size, mirrored in LOOKS:
        scale = share * size
        small = cv2.resize(one.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        faces = finder.landmarks(np.ascontiguousarray(small[:, ::-1]) if mirrored else small)
        if mirrored:
            faces = faces[:, list(SWAPPED)] * (-1, 1) + (small.shape[1] - 1, 0)
        near = [
            face
            for face in faces / scale
            if np.linalg.norm(face - one.landmarks, axis=1).mean() < SAME * eyes
        ]
        found += near[:1]
    return replace(
        one, landmarks=np.stack(found or [one.landmarks]).mean(0).astype(np.float32), once=one.landmarks
    )


def _read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise UserError(f"{path} could not be read.")
    return np.asarray(picture)


def canvas(pixels: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """uint8[160, 144]: a face of uint8[H, W, 3] BGR, aligned to the template with a rim of 24 pixels, grey."""
    # Not `align.similarity`: the least median leaves out a point that does not fit the others, which one ORL picture in
    # eight has, and the bundled weights were learned with it. Elsewhere both are equal within rounding.
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


def _aligned(pictures: list[Portrayed]) -> FacePhotos:
    canvases = np.stack([canvas(one.pixels, one.landmarks) for one in pictures])
    return FacePhotos(torch.from_numpy(canvases)[:, None], torch.tensor([one.person for one in pictures]))
