"""One photo each: a softmax classifier beside an embedding when somebody new joins the class."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.context import Context, Idle
from engine.faces.learning import identities as known
from engine.faces.learning.identities import Identities
from engine.faces.learning.net import Adam, EmbedNet, build, embed, to_tensor
from engine.faces.learning.pair_lesson import schooling, teach
from engine.faces.learning.requests import MeetNewcomer, NewcomerLesson, Preview, Retraining
from engine.faces.learning.verify import best_threshold, pair_distances
from engine.images import publish

if TYPE_CHECKING:
    from engine.jobs import Partial, Progress

FloatArray = npt.NDArray[np.float64]
DIMS: Final = 64
MARGIN: Final = 0.5
UPDATES: Final = 100
"""Of the embedding."""
RATE: Final = 0.003
VIEWS: Final = 8
"""Shifted and shaded views of every photo in a batch: one photo alone is learned by heart."""
SHIFT: Final = 1
SHADE: Final = 0.15
TESTS: Final = 20
"""Other pictures of every person that the answers are counted on."""


@dataclass(frozen=True, slots=True, eq=False)
class _Class:
    """`photos` uint8[K + 1, s, s]: one of everybody; `tests` uint8[T, s, s] with `labels` int64[T], K: the newcomer."""

    photos: npt.NDArray[np.uint8]
    tests: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]


def meet(
    request: MeetNewcomer, context: Context
) -> Generator[Progress | Partial | Idle | None, None, NewcomerLesson]:
    """Handler: four trainings of a classifier and one of an embedding, all from the request's seed."""
    request = request.validated()
    people = yield from known.loading(request.source, context)
    rng = np.random.default_rng(request.seed)
    order = rng.permutation(len(people.names))
    members, others = order[: request.people + 1], order[request.people + 1 :]
    group = _gather(people, members, rng)
    names = tuple(people.names[one] for one in members)
    yield context.partial(Preview(publish(group.photos.copy()), names))
    total, done = UPDATES + 4 * request.updates, 0
    net = build(people.side, DIMS, "unit", request.seed)
    for _ in teach(net, schooling(people, np.sort(others)), rng, MARGIN, UPDATES):
        done += 1
        yield context.progress(done, total, "An embedding learns from other people")
    runs: list[Retraining] = []
    answers: list[FloatArray] = []
    for pupil in _pupils(request, people.side, group):
        for _ in pupil.learn(request.updates):
            done += 1
            yield context.progress(done, total, "A classifier learns the class")
        runs.append(pupil.report())
        answers.append(pupil.answers(_visits(group)))
    return _lesson(request, people, members, others, group, net, runs, answers)


def _gather(people: Identities, members: npt.NDArray[np.int64], rng: np.random.Generator) -> _Class:
    rows = [rng.permutation(np.flatnonzero(people.labels == one))[: TESTS + 1] for one in members]
    photos = people.pictures[[row[0] for row in rows]]
    places = np.concatenate([row[1:] for row in rows])
    labels = np.repeat(np.arange(len(members)), [len(row) - 1 for row in rows])
    return _Class(photos, people.pictures[places], labels)


def _visits(group: _Class) -> npt.NDArray[np.uint8]:
    """Another picture of the first person, and one of the newcomer."""
    newcomer = len(group.photos) - 1
    return np.stack([group.tests[group.labels == who][0] for who in (0, newcomer)])


class _Pupil:
    """A classifier: the small net with a number for everybody."""

    def __init__(self, net: EmbedNet, group: _Class, photos: npt.NDArray[np.int64], seed: int) -> None:
        self.net, self._group, self._who = net, group, photos
        self._adam = Adam(list(net.parameters()), RATE)
        self._dice = torch.Generator().manual_seed(seed)
        self._old: list[float] = []
        self._new: list[float] = []
        self._losses: list[float] = []
        self._seconds = 0.0
        self._score()

    def learn(self, updates: int) -> Generator[None, None, None]:
        """Cross-entropy on views of the photos; yields after every update."""
        photos = to_tensor(self._group.photos[self._who])
        labels = torch.from_numpy(self._who).repeat(VIEWS)
        for _ in range(updates):
            began = perf_counter()
            with torch.enable_grad():
                loss = functional.cross_entropy(self.net(varied(photos, VIEWS, self._dice)), labels)
                self._adam.step(loss)
            self._losses.append(loss.item())
            self._seconds += perf_counter() - began
            self._score()
            yield

    def answers(self, pictures: npt.NDArray[np.uint8]) -> FloatArray:
        """Softmax of pictures uint8[N, s, s], float64[N, K + 1]; nothing for somebody without an output."""
        found = torch.softmax(torch.from_numpy(embed(self.net, pictures)), 1).numpy().astype(np.float64)
        missing = len(self._group.photos) - found.shape[1]
        return np.pad(found, ((0, 0), (0, missing)))

    def report(self) -> Retraining:
        old, new, losses = (publish(np.array(one)) for one in (self._old, self._new, self._losses))
        return Retraining(old, new, losses, self._seconds)

    def _score(self) -> None:
        said = embed(self.net, self._group.tests).argmax(1)
        newcomer = len(self._group.photos) - 1
        right = said == self._group.labels
        self._old.append(float(right[self._group.labels < newcomer].mean()))
        self._new.append(float(right[self._group.labels == newcomer].mean()))


def _pupils(request: MeetNewcomer, side: int, group: _Class) -> Generator[_Pupil, None, None]:
    """The class of K; then a further output, trained on the newcomer alone, or on all; and a classifier made anew."""
    count = request.people
    first = _Pupil(build(side, count, "free", request.seed), group, np.arange(count), request.seed)
    yield first
    for who in (np.array([count]), np.arange(count + 1)):
        yield _Pupil(with_output(first.net, side, request.seed), group, who, request.seed)
    yield _Pupil(build(side, count + 1, "free", request.seed), group, np.arange(count + 1), request.seed)


@torch.no_grad()
def with_output(net: EmbedNet, side: int, seed: int) -> EmbedNet:
    """The same classifier with one more output, whose weights are drawn by lot."""
    last = net.body[-1]
    assert isinstance(last, nn.Linear)
    wider = build(side, last.out_features + 1, "free", seed + 1)
    for mine, theirs in zip(wider.parameters(), net.parameters(), strict=True):
        mine[: len(theirs)] = theirs
    return wider


def varied(photos: Tensor, views: int, dice: torch.Generator) -> Tensor:
    """Tensor[views * N, 1, s, s]: all photos again and again, each shifted by up to a pixel and shaded."""
    many = photos.repeat(views, 1, 1, 1)
    side = photos.shape[-1]
    shifts = torch.randint(-SHIFT, SHIFT + 1, (len(many), 2), generator=dice)
    rows, columns = ((torch.arange(side)[None] - shifts[:, way, None]).clamp(0, side - 1) for way in (0, 1))
    each = torch.arange(len(many))[:, None, None]
    moved = many[:, 0][each, rows[:, :, None], columns[:, None, :]][:, None]
    shade = 1 + SHADE * torch.randn(len(many), 1, 1, 1, generator=dice)
    return (moved * shade).clamp(0, 1)


def _lesson(
    request: MeetNewcomer,
    people: Identities,
    members: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    group: _Class,
    net: EmbedNet,
    runs: list[Retraining],
    answers: list[FloatArray],
) -> NewcomerLesson:
    enrolled, tests = embed(net, group.photos).astype(np.float64), embed(net, group.tests).astype(np.float64)
    strangers = np.concatenate([np.flatnonzero(people.labels == one)[:TESTS] for one in others])
    # Of the identities that the embedding learned from: the class is to be met unprepared.
    threshold = best_threshold(
        *pair_distances(embed(net, people.pictures[strangers]), people.labels[strangers])
    )
    apart = np.square(tests[:, None] - enrolled).sum(2)
    newcomer = request.people
    is_new = group.labels == newcomer
    before = apart[:, :newcomer]
    strange = before.min(1) > threshold
    visits = _visits(group)
    seen = np.square(embed(net, visits).astype(np.float64)[:, None] - enrolled).sum(2)
    right = apart.argmin(1) == group.labels
    return NewcomerLesson(
        request=request,
        photos=publish(group.photos),
        names=tuple(people.names[one] for one in members),
        visits=publish(visits),
        known=0,
        softmax=publish(np.stack(answers)),
        first=runs[0],
        alone=runs[1],
        together=runs[2],
        anew=runs[3],
        distances=publish(seen),
        threshold=threshold,
        embedding_old=float(right[~is_new].mean()),
        embedding_new=float(right[is_new].mean()),
        embedding_before=float((before.argmin(1) == group.labels)[~is_new].mean()),
        unknown=float(strange[is_new].mean()),
        refused=float(strange[~is_new].mean()),
        tests=(int((~is_new).sum()), int(is_new.sum())),
    )
