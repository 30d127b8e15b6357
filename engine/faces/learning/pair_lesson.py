"""A siamese net that learns which pairs show one identity: features by triplets, their weights by regression."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from engine.context import Context, Idle
from engine.faces import triplet
from engine.faces.learning import identities as known
from engine.faces.learning.net import Adam, EmbedNet, build, embed, load, multiply_adds, to_tensor, weights_of
from engine.faces.learning.pairs import fitting, sigma, terms
from engine.faces.learning.requests import EmbedOwn, Form, LearnPairs, OwnFeatures, PairLesson, Preview
from engine.faces.learning.verify import auc
from engine.images import publish

if TYPE_CHECKING:
    from engine.jobs import Partial, Progress

DIMS: Final = 12
UPDATES: Final = 150
RATE: Final = 0.002
MARGIN: Final = 1.0
PEOPLE, PHOTOS = 12, 4
HELD_OUT: Final = 0.3
"""The share of identities that neither net nor weights are trained on."""
PAIRS: Final = 1200
SOME: Final = 1500
"""Pictures that pairs are made of."""
PHOTOS_LEFT: Final = 16
MOST_LEFT: Final = 4
"""Pictures of every identity that are compared on the page."""
TIMED: Final = 20


def learn(
    request: LearnPairs, context: Context
) -> Generator[Progress | Partial | Idle | None, None, PairLesson]:
    """Handler. The last identities are held out of all training."""
    people = yield from known.loading(request.source, context)
    count = len(people.names)
    held = np.arange(count - round(HELD_OUT * count), count)
    left = np.concatenate([np.flatnonzero(people.labels == one)[:PHOTOS_LEFT] for one in held[:MOST_LEFT]])
    yield context.partial(
        Preview(publish(people.pictures[left]), tuple(people.names[one] for one in people.labels[left]))
    )
    school = schooling(people, np.setdiff1d(np.arange(count), held))
    net = build(people.side, DIMS, "sigmoid", request.seed)
    rng = np.random.default_rng(request.seed)
    for update in teach(net, school, rng, MARGIN):
        yield context.progress(update, UPDATES, "A small net learns to embed")
    some = rng.permutation(len(school.labels))[:SOME]
    found, same = _pairs(
        embed(net, school.pictures[some]).astype(np.float64), school.labels[some], request.form, rng
    )
    *_, fit = fitting(found, same)  # a few milliseconds
    yield None
    features = embed(net, people.pictures[left]).astype(np.float64)
    tested, alike = _pairs(features, people.labels[left], request.form, rng)
    y = sigma(tested @ fit.weights + fit.bias)
    seconds_embed, seconds_compare = _timed(net, people.pictures[left], features, request.form)
    return PairLesson(
        request, publish(people.pictures[left]), publish(people.labels[left]), people.names, publish(features),
        publish(fit.weights), fit.bias, publish(fit.losses), float(np.mean((y > 0.5) == alike)), auc(y, alike),
        auc(-tested.sum(1), alike), multiply_adds(people.side, DIMS), seconds_embed, seconds_compare,
        tuple(publish(one) for one in weights_of(net)),
    )  # fmt: skip


def schooling(people: known.Identities, trained: npt.NDArray[np.int64]) -> known.Identities:
    """What a net learns from: digits also turned and mirrored, of people the chosen ones as they are."""
    if people.side == known.DIGIT_SIDE:
        return known.turned(people, trained)
    mine = np.isin(people.labels, trained)
    labels = np.searchsorted(trained, people.labels[mine])
    return known.Identities(people.pictures[mine], labels, tuple(people.names[one] for one in trained))


def teach(
    net: EmbedNet, school: known.Identities, rng: np.random.Generator, margin: float, updates: int = UPDATES
) -> Generator[int, None, None]:
    """Semi-hard triplets of all identities; yields after every update."""
    adam = Adam(list(net.parameters()), RATE)
    rooms = [np.flatnonzero(school.labels == one) for one in range(len(school.names))]
    for update in range(updates):
        chosen = rng.choice(len(rooms), min(PEOPLE, len(rooms)), replace=False)
        places = np.concatenate(
            [rng.choice(rooms[one], PHOTOS, replace=len(rooms[one]) < PHOTOS) for one in chosen]
        )
        labels = torch.from_numpy(school.labels[places])
        with torch.enable_grad():
            embeddings = net(to_tensor(school.pictures[places]))
            apart = triplet.squared_distances(embeddings.detach())
            adam.step(triplet.batch_loss(embeddings, triplet.semi_hard(apart, labels, margin), margin))
        yield update + 1


def _pairs(
    features: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], form: Form, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """As many pairs of one identity as of two, by lot: their terms float64[n, D] and whether they are the same."""
    first, second = np.triu_indices(len(features), 1)
    same = labels[first] == labels[second]
    half = min(PAIRS // 2, int(same.sum()), int((~same).sum()))
    chosen = np.concatenate([rng.choice(np.flatnonzero(kind), half, replace=False) for kind in (same, ~same)])
    return terms(features[first[chosen]], features[second[chosen]], form), same[chosen]


def _timed(
    net: EmbedNet, pictures: npt.NDArray[np.uint8], features: npt.NDArray[np.float64], form: Form
) -> tuple[float, float]:
    """Seconds of one embedding and of one comparison, each the median of a few, on this computer."""
    embeds, compares = [], []
    for turn in range(TIMED):
        one = pictures[turn % len(pictures)][None]
        began = perf_counter()
        embed(net, one)
        between = perf_counter()
        terms(features[turn % len(features)], features, form).sum(1)
        compares.append((perf_counter() - between) / len(features))
        embeds.append(between - began)
    return float(np.median(embeds)), float(np.median(compares))


def embed_own(request: EmbedOwn, _context: Context) -> OwnFeatures:
    """Handler: a picture of one's own becomes as large and as bright as those that the net knows."""
    lesson = request.lesson
    side = lesson.pictures.shape[1]
    picture = known.small(request.pixels, side)
    if lesson.request.source == "digits" and request.ink_is_dark:
        picture = 255 - picture
    net = build(side, DIMS, "sigmoid", lesson.request.seed)
    load(net, lesson.net)
    return OwnFeatures(publish(picture), publish(embed(net, picture[None]).astype(np.float64)[0]))
