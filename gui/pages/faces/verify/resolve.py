"""From a face and a claimed name to a verdict: pure functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.faces.found import Embedding
from engine.faces.gallery.requests import Person, Photo
from engine.faces.identify import Match, differences, nearest, verify
from gui.pages.faces.distance_scale import Spot
from gui.pages.faces.judged import judged
from gui.pages.faces.names import shown
from gui.pages.faces.recognise.resolve import Who
from gui.pages.faces.verify.settings import VerifySettings
from gui.pages.faces.view import Subject, Table
from gui.widgets.facts import Fact
from gui.widgets.worked import Line

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """A claim that was looked into.

    `claimed`: the person; `photo`: of theirs, the nearest; `first`, `second`: the embeddings of the face and of that
    photo; `parts` float64[D]: squared differences, which add up to `distance`; `order` int64[D]: where each stands in
    the embedding. `rest`: the nearest of the `people` of the whole gallery.
    """

    claimed: Person
    photo: Photo
    first: Embedding
    second: Embedding
    parts: Floats
    order: npt.NDArray[np.int64]
    accepted: bool
    threshold: float
    rest: tuple[tuple[Person, Match], ...]
    people: int

    @property
    def distance(self) -> float:
        return float(self.parts.sum())


def claimed_person(subject: Subject, settings: VerifySettings) -> Person | None:
    """Whom the face is said to be: the first of the gallery where nobody was chosen, or the chosen one went."""
    people = () if subject.people is None else subject.people.people
    found = subject.person(settings.claimed)
    return found if found is not None else next(iter(people), None)


def verdict(subject: Subject, who: Who | None, settings: VerifySettings) -> Verdict | None:
    """What comes out; None where there is no face, nobody to claim, or no photo of them by this embedder."""
    claimed, index = claimed_person(subject, settings), subject.index
    if who is None or who.face.embedding is None or claimed is None or index is None:
        return None
    first = who.face.embedding
    if not len(index.rows) or index.rows.shape[1:] != first.shape:
        return None
    found = verify(first, index, claimed.number, subject.threshold)
    if found is None:
        return None
    match, accepted = found
    photo = next((one for one in claimed.photos if one.number == match.photo), None)
    if photo is None:
        return None
    second = index.rows[int(np.flatnonzero(index.photos == match.photo)[0])]
    parts = differences(first, second)
    order = np.argsort(-parts, kind="stable") if settings.ordered else np.arange(len(parts))
    near = [(subject.person(one.person), one) for one in nearest(first, index, 5)]
    rest = tuple((person, one) for person, one in near if person is not None)
    people = len(np.unique(index.people))
    return Verdict(claimed, photo, first, second, parts, order, accepted, subject.threshold, rest, people)


def words(found: Verdict) -> str:
    """The verdict as a sentence."""
    name = shown(found.claimed.name, 60)
    if found.accepted:
        return f"Accepted: d = {judged(found.distance, found.threshold)}, so this face is taken for {name}."
    return f"Rejected: d = {judged(found.distance, found.threshold)}, so this face is not taken for {name}."


def beside(found: Verdict) -> str:
    """What 1:K says of the same face: the best match and the runner-up."""
    if not found.rest:
        return ""
    best, *others = [f"{shown(person.name, 60)}, d = {match.distance:.3f}" for person, match in found.rest]
    runner_up = f" The runner-up is {others[0]}." if others else " There is no runner-up."
    count = "1 person" if found.people == 1 else f"all {found.people:,} people"
    person, match = found.rest[0]
    if match.distance > found.threshold:
        return f"1:K, compared with {count}: nobody is near enough. The nearest is {best}.{runner_up}"
    same = person.number == found.claimed.number
    agree = " The same answer." if same else " Verification asked about one name only."
    return f"1:K, compared with {count}: {best}.{runner_up}{agree}"


def lines(found: Verdict) -> list[Line]:
    """The formula with its numbers."""
    parts = found.parts[found.order]
    some = " + ".join(f"{part:.4f}" for part in parts[:3])
    return [
        Line(
            r"d(a, b) = \|f(a) - f(b)\|^2 = \Sigma_k (f_k(a) - f_k(b))^2",
            f"{some} + … ({len(parts)} numbers)",
            f"{found.distance:.4f}",
        )
    ]


def spots(found: Verdict) -> list[Spot]:
    """The claimed person first, then the nearest others."""
    named = [Spot(shown(found.claimed.name, 40), found.distance, True)]
    others = [(person, match) for person, match in found.rest if person.number != found.claimed.number]
    return [*named, *(Spot(shown(person.name, 40), match.distance) for person, match in others[:2])]


def number_facts(found: Verdict, place: int) -> list[Fact]:
    """One of the differences."""
    at = int(found.order[place])
    a, b = float(found.first[at]), float(found.second[at])
    return [
        (f"f{at}(a)", f"{a:+.4f}", "Of the face in the picture."),
        (f"f{at}(b)", f"{b:+.4f}", "Of the enrolled photo."),
        ("difference, squared", f"{found.parts[at]:.5f}", "What it adds to d."),
        (
            "share of d",
            f"{100 * found.parts[at] / max(found.distance, 1e-12):.1f} %",
            "Of the whole distance.",
        ),
    ]


def table(found: Verdict) -> Table:
    """All numbers of both embeddings."""
    rows = [
        (at, float(found.first[at]), float(found.second[at]), float(found.parts[at]))
        for at in found.order.tolist()
    ]
    return ("k", "f_k(a)", "f_k(b)", "squared difference"), rows
