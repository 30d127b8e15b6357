"""The test: how well a classifier tells digits apart by each kind of feature, the more it may learn from.

The digits are scikit-learn's 1,797 of 8 x 8 pixels (Alpaydin & Kaynak 1998). Test digits are never learned from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from importlib.metadata import version
from time import perf_counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations.descriptors.check import import_learning
from engine.foundations.requests import CheckResult
from engine.images import publish
from engine.networks.learned_features import digit_features as kinds
from engine.networks.learned_features.requests import (
    FEATURES,
    TEST_SIZE,
    TRAINING_SIZES,
    DigitScores,
    DigitTest,
    FeatureName,
    FeatureScore,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

CLASSES: Final = 10
PENALTY: Final = 10.0
TOLERANCE: Final = 1e-6
BATCH: Final = 100
MOST_KEPT: Final = 24

_kept: OrderedDict[DigitTest, DigitScores] = OrderedDict()


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Training digits [1000, 8, 8], so ordered that the first n hold the classes in equal parts, and test digits."""

    train: npt.NDArray[np.uint8]
    train_labels: IntArray
    test: npt.NDArray[np.uint8]
    test_labels: IntArray
    told: str


def respond(request: DigitTest, context: Context) -> Generator[Any, None, DigitScores]:
    """Answer a DigitTest, with a partial after each kind of feature; what was measured before is remembered.

    Raises UserError where a setting is out of range.
    """
    request.validated()
    if request in _kept:
        _kept.move_to_end(request)
        return _kept[request]
    yield context.progress(0, len(FEATURES), "Reading scikit-learn's digits")
    yield from import_learning()
    split = split_digits(request.seed)
    answer = DigitScores(
        request,
        publish(kinds.framed(split.test, request.shift)),
        split.test_labels,
        TRAINING_SIZES,
        (),
        split.told,
    )
    worst = 0.0
    for done, name in enumerate(FEATURES):
        yield context.progress(done, len(FEATURES), f"Testing: {kinds.TITLES[name]}")
        score, difference = yield from _score(name, split, request, context)
        worst = max(worst, difference)
        answer = replace(answer, scores=(*answer.scores, score))
        yield context.partial(answer)
    kind = "NearestNeighbors" if request.classifier == "neighbour" else "RidgeClassifier"
    reference = f"scikit-learn {version('scikit-learn')} {kind}"
    answer = replace(answer, check=CheckResult(worst, TOLERANCE, worst <= TOLERANCE, reference))
    _kept[request] = answer
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return answer


def forget() -> None:
    """Give up what was measured."""
    _kept.clear()


def split_digits(seed: int) -> Split:
    """Draw 500 test digits and 1,000 training digits from the 1,797 of scikit-learn."""
    from sklearn.datasets import load_digits

    data = load_digits()
    pictures, labels = data.images.astype(np.uint8), data.target.astype(np.int64)
    order = np.random.default_rng(seed).permutation(len(labels))
    test, rest = order[:TEST_SIZE], order[TEST_SIZE:]
    queues = [rest[labels[rest] == digit] for digit in range(CLASSES)]
    most = TRAINING_SIZES[-1] // CLASSES
    train = np.stack([queue[:most] for queue in queues], 1).ravel()
    told = (
        f"{TEST_SIZE} test digits drawn with seed {seed} from scikit-learn's {len(labels):,}; learned from up to "
        f"{TRAINING_SIZES[-1]:,} of the others, each class as often."
    )
    return Split(pictures[train], labels[train], publish(pictures[test]), publish(labels[test]), told)


def _score(
    name: FeatureName, split: Split, request: DigitTest, context: Context
) -> Generator[Any, None, tuple[FeatureScore, float]]:
    """Measure one kind of feature at all training sizes; and how far scikit-learn's numbers are from ours at most."""
    began = perf_counter()
    train, test = yield from _features(name, split, request, context)
    size_of_feature = train.shape[1]
    if request.classifier == "linear":
        train, test = _standardised(train, test)
    decide = {"neighbour": _neighbour, "linear": _linear}[request.classifier]
    accuracy, answers, worst = list[float](), np.zeros(0, np.int64), 0.0
    for size in TRAINING_SIZES:
        answers, difference = yield from decide(train[:size], split.train_labels[:size], test)
        worst = max(worst, difference)
        accuracy.append(float((answers == split.test_labels).mean()))
        yield
    seconds = perf_counter() - began
    score = FeatureScore(
        name, kinds.TITLES[name], size_of_feature, publish(np.array(accuracy)), publish(answers), seconds
    )
    return score, worst


def _features(
    name: FeatureName, split: Split, request: DigitTest, context: Context
) -> Generator[Any, None, tuple[FloatArray, FloatArray]]:
    """Features of training and test digits; the test digits are moved. Words are learned from training digits alone."""
    train, test = kinds.framed(split.train), kinds.framed(split.test, request.shift)
    yield
    if name == "learned":
        first = yield from kinds.learned(train, context)
        return first, (yield from kinds.learned(test, context))
    if name == "words":
        words = yield from kinds.vocabulary(train, request.seed)
        first = yield from kinds.bag(train, words)
        return first, (yield from kinds.bag(test, words))
    described = {"pixels": kinds.pixels, "histogram": kinds.histogram, "hog": kinds.hog}[name]
    first = yield from _in_batches(described, train)
    return first, (yield from _in_batches(described, test))


def _in_batches(
    describe: Callable[[kinds.Digits], FloatArray], digits: kinds.Digits
) -> Generator[None, None, FloatArray]:
    found = []
    for start in range(0, len(digits), kinds.BATCH):
        found.append(describe(digits[start : start + kinds.BATCH]))
        yield
    return np.concatenate(found)


def nearest(known: FloatArray, asked: FloatArray) -> IntArray:
    """The index of the nearest of `known` float64[M, D] for each of `asked` float64[N, D]; the first of equals."""
    sums = (asked**2).sum(1)[:, None] - 2 * (asked @ known.T) + (known**2).sum(1)
    return np.asarray(sums.argmin(1), np.int64)


def _neighbour(
    known: FloatArray, labels: IntArray, asked: FloatArray
) -> Generator[None, None, tuple[IntArray, float]]:
    """Answers of the nearest neighbour; compared are the distances: of two that are as near, either may be taken."""
    from sklearn.neighbors import NearestNeighbors

    index = nearest(known, asked)
    ours = np.sqrt(((asked - known[index]) ** 2).sum(1))
    yield
    model = NearestNeighbors(n_neighbors=1, algorithm="kd_tree").fit(known)
    worst = 0.0
    for start in range(0, len(asked), BATCH):
        part = slice(start, start + BATCH)
        worst = max(worst, float(np.abs(ours[part] - model.kneighbors(asked[part])[0][:, 0]).max()))
        yield
    return labels[index], worst


def ridge(known: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray]:
    """Weights float64[D, 10] and biases float64[10] of ten least-squares fits to ±1, with a penalty on the weights."""
    targets = np.where(labels[:, None] == np.arange(CLASSES), 1.0, -1.0)
    centre, level = known.mean(0), targets.mean(0)
    centred = known - centre
    weights = np.linalg.solve(
        centred.T @ centred + PENALTY * np.eye(known.shape[1]), centred.T @ (targets - level)
    )
    return weights, level - centre @ weights


def _linear(
    known: FloatArray, labels: IntArray, asked: FloatArray
) -> Generator[None, None, tuple[IntArray, float]]:
    """Answers of ridge regression; compared are the scores of all classes."""
    from sklearn.linear_model import RidgeClassifier

    weights, biases = ridge(known, labels)
    ours = asked @ weights + biases
    yield
    theirs = RidgeClassifier(alpha=PENALTY, solver="cholesky").fit(known, labels).decision_function(asked)
    return np.asarray(ours.argmax(1), np.int64), float(np.abs(ours - theirs).max())


def _standardised(train: FloatArray, test: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean 0 and deviation 1 a feature, measured on the training digits; a feature that never changes becomes 0."""
    mean, spread = train.mean(0), train.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    return (train - mean) / spread, (test - mean) / spread
