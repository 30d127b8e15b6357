"""Nets that learn by triplets before one's eyes: one a way of mining, from the same start, on the same batches."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.context import Context, Idle
from engine.errors import UserError
from engine.faces import triplet
from engine.faces.learning import identities as known
from engine.faces.learning.identities import Identities
from engine.faces.learning.net import Adam, EmbedNet, Head, build, embed, to_tensor
from engine.faces.learning.requests import (
    MINERS,
    Miner,
    Outcome,
    TrainTriplets,
    TripletRun,
    TripletRuns,
    TripletSpec,
)
from engine.faces.learning.schedule import spacing
from engine.faces.learning.verify import auc, pair_distances
from engine.images import publish

if TYPE_CHECKING:
    from engine.jobs import Partial

PHOTOS_SHOWN: Final = 14
"""Of every identity in the plane, at most."""
MOST_SHOWN_PEOPLE: Final = 12
TELL_SECONDS: Final = 0.4
"""Often enough to see it move; every call into torch waits for a window that paints."""
PAUSE_SECONDS: Final = 0.2


def train(request: TrainTriplets, context: Context) -> Generator[Partial | Idle | None, None, TripletRuns]:
    """Handler: every partial TripletRuns holds all moments so far. Raises UserError for a spec out of range."""
    spec = request.spec.validated()
    unsubscribe = request.orders.subscribe(context.wake)
    try:
        lesson = Lesson(spec, (yield from known.loading(spec.source, context, spec.folder)))
        yield None
        return (yield from _go_on(lesson, request, context))
    finally:
        unsubscribe()


def _go_on(
    lesson: Lesson, request: TrainTriplets, context: Context
) -> Generator[Partial | Idle | None, None, TripletRuns]:
    told, paused = 0.0, False
    while True:
        order = request.orders.take()
        if order == "stop":
            return lesson.runs("stopped")
        paused = order == "pause" or (paused and order is None)
        if paused:
            yield context.idle(PAUSE_SECONDS)
            continue
        if lesson.done:
            return lesson.runs("done")
        for pupil in lesson.pupils:  # one a step: three updates at once would take too long
            lesson.teach(pupil)
            yield None
        lesson.end_of_round()
        if perf_counter() - told > TELL_SECONDS:
            yield context.partial(lesson.runs("running"))
            told = perf_counter()


class Pupil:
    """A net, how it chooses its triplets, and what became of it."""

    def __init__(self, miner: Miner, net: EmbedNet, rate: float) -> None:
        self.miner, self.net = miner, net
        self.adam = Adam(list(net.parameters()), rate)
        self.losses: list[float] = []
        self.used: list[int] = []
        self.teaching: list[int] = []
        self.shares: list[tuple[float, float, float]] = []
        self.embeddings: list[npt.NDArray[np.float32]] = []
        self.auc: list[float] = []


class Lesson:
    """The identities, the pupils and the batches of a training."""

    def __init__(self, spec: TripletSpec, people: Identities, miners: tuple[Miner, ...] = MINERS) -> None:
        count = len(people.names)
        if count - spec.held_out < 2:
            raise UserError(
                f"Of {count} identities, {spec.held_out} cannot be held out: two have to be left.",
                f"Hold out {count - 2} or fewer, or add people.",
            )
        self.spec, self.people = spec, people
        trained = count - spec.held_out
        head: Head = "unit" if spec.unit else "free"
        self.pupils = [
            Pupil(miner, build(people.side, spec.dims, head, spec.seed), spec.rate) for miner in miners
        ]
        self._rooms = [np.flatnonzero(people.labels == one) for one in range(trained)]
        self._rng = np.random.default_rng(spec.seed)
        self._dice = torch.Generator().manual_seed(spec.seed)
        self.shown = _shown(people, trained)
        self.held_out = people.labels[self.shown] >= trained
        self.moments: list[int] = []
        self._every = spacing(spec.updates)
        self.updates, self.seconds = 0, 0.0
        self._batch = self._draw()
        self._keep_moment()

    @property
    def done(self) -> bool:
        return self.updates >= self.spec.updates

    def teach(self, pupil: Pupil) -> None:
        """One update of one net on the batch of this round."""
        began = perf_counter()
        pictures, labels = self._batch
        with torch.enable_grad():
            embeddings = pupil.net(pictures)
            apart = triplet.squared_distances(embeddings.detach())
            triplets = self._mine(pupil.miner, apart, labels)
            loss = triplet.batch_loss(embeddings, triplets, self.spec.margin)
            pupil.adam.step(loss)
        pupil.losses.append(abs(loss.item()))
        pupil.used.append(len(triplets.anchor))
        pupil.teaching.append(self._teaching(apart, triplets))
        pupil.shares.append(triplet.shares_of_kinds(apart, labels, self.spec.margin))
        self.seconds += perf_counter() - began

    def end_of_round(self) -> None:
        """All pupils have learned from the batch: draw the next."""
        self.updates += 1
        self._batch = self._draw()
        if self.updates % self._every == 0 or self.done:
            self._keep_moment()

    def runs(self, outcome: Outcome) -> TripletRuns:
        """All moments so far, read-only."""
        return TripletRuns(
            self.spec, self.people, publish(self.shown), publish(self.held_out),
            publish(np.array(self.moments, np.int64)), tuple(self._run(pupil) for pupil in self.pupils), outcome,
            self.seconds,
        )  # fmt: skip

    def _mine(self, miner: Miner, apart: Tensor, labels: Tensor) -> triplet.Triplets:
        if miner == "random":
            return triplet.random_triplets(labels, self._dice)
        if miner == "semi-hard":
            return triplet.semi_hard(apart, labels, self.spec.margin)
        return triplet.hardest(apart, labels)

    def _teaching(self, apart: Tensor, triplets: triplet.Triplets) -> int:
        a, p, n = triplets
        return int((triplet.kinds(apart[a, p], apart[a, n], self.spec.margin) != triplet.EASY).sum())

    def _draw(self) -> tuple[Tensor, Tensor]:
        """P identities with K pictures of each; an identity with fewer gives some twice."""
        people = min(self.spec.people, len(self._rooms))
        chosen = self._rng.choice(len(self._rooms), people, replace=False)
        places = np.concatenate([_some(self._rng, self._rooms[one], self.spec.photos) for one in chosen])
        labels = torch.from_numpy(self.people.labels[places])
        return to_tensor(self.people.pictures[places]), labels

    def _keep_moment(self) -> None:
        self.moments.append(self.updates)
        labels = self.people.labels[self.shown]
        for pupil in self.pupils:
            found = embed(pupil.net, self.people.pictures[self.shown])
            pupil.embeddings.append(found)
            apart, same = pair_distances(found[self.held_out], labels[self.held_out])
            pupil.auc.append(auc(-apart, same))

    def _run(self, pupil: Pupil) -> TripletRun:
        every = np.stack(pupil.embeddings)
        spread = np.linalg.norm(every - every.mean(1, keepdims=True), axis=2).mean(1)
        return TripletRun(
            pupil.miner,
            publish(np.array(pupil.losses)),
            publish(np.array(pupil.used, np.int64)),
            publish(np.array(pupil.teaching, np.int64)),
            publish(np.array(pupil.shares).reshape(-1, 3)),
            publish(flat(every)),
            publish(np.array(pupil.auc)),
            publish(spread.astype(np.float64)),
        )


def flat(every: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """float32[m, V, 2] of embeddings float32[m, V, D]: themselves, or on the main axes of the last moment.

    By torch, which keeps to the threads that it was given: numpy's would take those of the window.
    """
    if every.shape[2] == 2:
        return every
    last = torch.from_numpy(every[-1])
    middle = last.mean(0)
    axes = torch.linalg.eigh((last - middle).T @ (last - middle)).eigenvectors[:, -2:].flip(1)
    axes = (
        axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    )  # else they flip from time to time
    return np.asarray(((torch.from_numpy(every) - middle) @ axes).numpy())


def _some(rng: np.random.Generator, room: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    return np.asarray(rng.choice(room, count, replace=len(room) < count))


def _shown(people: Identities, trained: int) -> npt.NDArray[np.int64]:
    """The first pictures of some identities, of the held-out ones as many as of the others."""
    last = len(people.names)
    half = MOST_SHOWN_PEOPLE // 2
    chosen = (
        range(last) if last <= MOST_SHOWN_PEOPLE else [*range(min(half, trained)), *range(last - half, last)]
    )
    rows = [np.flatnonzero(people.labels == one)[:PHOTOS_SHOWN] for one in chosen]
    return np.concatenate(rows).astype(np.int64)
