"""Who is it? An embedding against the gallery: the best person, the runner-up, or somebody unknown. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.found import Embedding
from engine.faces.gallery.requests import Index

LARGEST: Final = 4.0
"""Squared distance of two opposite unit vectors."""


@dataclass(frozen=True, slots=True)
class Match:
    """A person of the gallery and how far they are: `distance` squared, 0..4, of their nearest photo."""

    person: int
    photo: int
    distance: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a face is.

    `best`: the nearest person of the gallery, None in an empty one. `runner_up`: the nearest other person, None where
    there is nobody else. `known`: whether `best` lies within the threshold; if not, the face is somebody unknown.
    """

    best: Match | None
    runner_up: Match | None
    known: bool

    @property
    def person(self) -> int | None:
        """The person that the face is taken for, None for somebody unknown."""
        return self.best.person if self.best is not None and self.known else None


def differences(a: Embedding, b: Embedding) -> npt.NDArray[np.float64]:
    """(f_k(a) - f_k(b))^2, float64[D]: they add up to the squared distance."""
    return np.asarray((a.astype(np.float64) - b.astype(np.float64)) ** 2)


def distance(a: Embedding, b: Embedding) -> float:
    """||f(a) - f(b)||^2 of two embeddings of length 1, 0..4."""
    return float(differences(a, b).sum())


def distances_to(embedding: Embedding, index: Index) -> npt.NDArray[np.float32]:
    """float32[N]: squared distances to all photos, by one product: 2 - 2 f . g, exact to some 1e-6."""
    if not len(index.rows):
        return np.zeros(0, np.float32)
    return np.asarray(np.clip(2.0 - 2.0 * (index.rows @ embedding), 0.0, LARGEST), np.float32)


def identify(embedding: Embedding, index: Index, threshold: float) -> Identity:
    """The best match of all people, not the first within the threshold; exactly the threshold is within.

    Of equally near photos the first of the index wins. Raises ValueError where the embedding has other dimensions.
    """
    _same_kind(embedding, index)
    if not len(index.rows):
        return Identity(None, None, False)
    likeness = index.rows @ embedding
    best = _match(embedding, index, int(likeness.argmax()))
    likeness[index.people == best.person] = -np.inf
    other = int(likeness.argmax())
    runner_up = _match(embedding, index, other) if np.isfinite(likeness[other]) else None
    return Identity(best, runner_up, best.distance <= threshold)


def verify(embedding: Embedding, index: Index, person: int, threshold: float) -> tuple[Match, bool] | None:
    """The nearest photo of the person that somebody claims to be, and whether the claim is accepted.

    None where the gallery has no photo of that person by this maker. Raises ValueError as `identify` does.
    """
    _same_kind(embedding, index)
    theirs = np.flatnonzero(index.people == person)
    if not len(theirs):
        return None
    found = distances_to(embedding, Index(index.maker, index.rows[theirs], index.people[theirs], theirs))
    match = _match(embedding, index, int(theirs[found.argmin()]))
    return match, match.distance <= threshold


def nearest(embedding: Embedding, index: Index, most: int) -> tuple[Match, ...]:
    """The nearest people, a photo each, the nearest first."""
    _same_kind(embedding, index)
    found = distances_to(embedding, index)
    matches: dict[int, Match] = {}
    for at in np.argsort(found, kind="stable").tolist():
        matches.setdefault(int(index.people[at]), _match(embedding, index, at))
        if len(matches) == most:
            break
    return tuple(matches.values())


def _match(embedding: Embedding, index: Index, at: int) -> Match:
    return Match(int(index.people[at]), int(index.photos[at]), distance(embedding, index.rows[at]))


def _same_kind(embedding: Embedding, index: Index) -> None:
    if len(index.rows) and embedding.shape != index.rows.shape[1:]:
        raise ValueError(
            f"{embedding.shape} against rows of {index.rows.shape[1:]}: another embedder made them"
        )
