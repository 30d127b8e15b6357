"""Faces of drawn people with made-up embeddings, for tests of the gallery."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.faces.drawn import FACE_BOX, draw_face, draw_head
from engine.faces.found import Face, Quality
from engine.faces.gallery import changes
from engine.faces.gallery.requests import Enrol, Maker

MAKER: Maker = ("made-up", "0123abcd")
OTHER: Maker = ("other", "ffff0000")


def embedding(person: int, view: int, dimensions: int = 32) -> npt.NDArray[np.float32]:
    """A point of length 1 near the person's own direction."""
    row = np.random.default_rng(person).normal(size=dimensions)
    row = row + 0.3 * np.random.default_rng((person, view)).normal(size=dimensions)
    return np.asarray(row / np.linalg.norm(row), np.float32)


def face(person: int, view: int = 0) -> Face:
    """A drawn face as it is found."""
    quality = Quality(84.0, 200.0, 120.0, 40.0)
    return Face(
        FACE_BOX,
        0.9,
        None,
        draw_face(person, view),
        draw_head(person, view, 120),
        quality,
        embedding(person, view),
    )


def enrol(path: Path, name: str, person: int, views: tuple[int, ...] = (0, 1), origin: str = "camera") -> int:
    """Somebody with some photos; the number in the gallery."""
    faces = tuple(face(person, view) for view in views)
    request = Enrol(name, faces, MAKER, (origin,) * len(faces), consent=True)
    return changes.enrol(path, request)
