"""Feature maps against torch's own run of the net, and the test on digits against its parts computed another way."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame
from engine.jobs import Partial, Progress
from engine.networks import catalogue
from engine.networks.classifying import loaded
from engine.networks.learned_features import digit_features, digit_test, feature_maps
from engine.networks.learned_features.requests import (
    FEATURES,
    TEST_SIZE,
    TRAINING_SIZES,
    DigitScores,
    DigitTest,
    FeatureMaps,
    MapFeatures,
)
from engine.networks.weights import store


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    yield Context(device=torch.device("cpu"), torch_ready=True)
    loaded.forget()
    digit_test.forget()


def run(steps: Generator[Any, None, Any]) -> tuple[Any, list[Any]]:
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as stop:
            return stop.value, told


@pytest.fixture(scope="module")
def frame() -> Frame:
    return Frame(np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8), "noise")


@pytest.mark.parametrize("layer", [0, 2, 6])
def test_maps_are_those_of_a_hook_in_the_whole_net(context: Context, frame: Frame, layer: int) -> None:
    found, _ = run(feature_maps.respond(MapFeatures(frame, layer=layer), context))
    assert (
        isinstance(found, FeatureMaps)
        and found.layers[layer] == ("conv1_1", "conv2_1", "conv4_1")[layer // 2 - layer // 6]
    )
    net = catalogue.build("tinyvgg", "bundled")
    how = run(loaded.load("tinyvgg-cifar10", context))[0].preprocessing
    kept: list[torch.Tensor] = []
    name = found.layers[layer].replace("conv", "relu")
    hook = net.get_submodule(f"features.{name}").register_forward_hook(
        lambda _m, _i, out: kept.append(out.clone())
    )
    x = torch.from_numpy(frame.pixels.copy()).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        net.float()((x - torch.tensor(how.mean)[:, None, None]) / torch.tensor(how.std)[:, None, None])
    hook.remove()
    assert found.maps.shape == tuple(kept[0].shape[1:])
    assert np.abs(found.maps - kept[0][0].numpy()).max() < 1e-4
    assert found.maps.min() >= 0 and not found.maps.flags.writeable


def test_learned_numbers_are_counted(context: Context, frame: Frame) -> None:
    found, _ = run(feature_maps.respond(MapFeatures(frame, layer=1), context))
    assert found.parameters == (3 * 9 * 32 + 32) + (32 * 9 * 64 + 64)
    last, _ = run(feature_maps.respond(MapFeatures(frame, layer=99), context))
    assert last.layer == len(last.layers) - 1 == 6


def test_large_pictures_are_scaled(context: Context) -> None:
    large = Frame(np.zeros((300, 600, 3), np.uint8), "large")
    found, _ = run(feature_maps.respond(MapFeatures(large), context))
    assert found.seen.shape == (64, 128, 3) and found.maps.shape == (32, 64, 128)


class TestSplit:
    def test_no_test_digit_is_learned_from(self) -> None:
        split = digit_test.split_digits(3)
        data = load_digits()
        assert split.test.shape == (TEST_SIZE, 8, 8) and split.train.shape == (1000, 8, 8)
        known = {picture.tobytes() for picture in split.train}
        twins = len(data.images) - len({p.astype(np.uint8).tobytes() for p in data.images})
        assert sum(picture.tobytes() in known for picture in split.test) <= twins

    def test_every_training_size_holds_the_classes_alike(self) -> None:
        split = digit_test.split_digits(3)
        for size in TRAINING_SIZES:
            assert np.bincount(split.train_labels[:size], minlength=10).tolist() == [size // 10] * 10

    def test_a_seed_is_a_split(self) -> None:
        first, again, other = (digit_test.split_digits(seed) for seed in (1, 1, 2))
        assert (first.test == again.test).all() and not (first.test == other.test).all()


class TestFeatures:
    digits = load_digits().images[:40].astype(np.uint8)

    def test_a_shift_moves_and_loses_no_ink(self) -> None:
        still, moved = digit_features.framed(self.digits), digit_features.framed(self.digits, 2)
        assert still.shape == (40, 12, 12) and (still[:, 2:10, 2:10] == self.digits).all()
        assert (moved[:, 2:, 2:] == still[:, :-2, :-2]).all() and moved.sum() == still.sum()

    def test_a_histogram_does_not_see_a_shift_and_pixels_do(self) -> None:
        still, moved = digit_features.framed(self.digits), digit_features.framed(self.digits, 1)
        assert (digit_features.histogram(still) == digit_features.histogram(moved)).all()
        assert np.abs(digit_features.pixels(still) - digit_features.pixels(moved)).max() > 0.5

    def test_hog_is_scikit_images(self) -> None:
        import cv2
        from skimage.feature import hog as theirs

        framed = digit_features.framed(self.digits[:5])
        for ours, digit in zip(digit_features.hog(framed), framed, strict=True):
            large = cv2.resize(digit.astype(np.float32) / 16, (36, 36), interpolation=cv2.INTER_LINEAR)
            assert ours == pytest.approx(theirs(large.astype(float), 9, (9, 9), (2, 2)), abs=1e-6)

    def test_learned_features_end_in_the_nets_own_logits(self, context: Context) -> None:
        framed = digit_features.framed(self.digits)
        features, _ = run(digit_features.learned(framed, context))
        assert features.shape == (40, 84)
        net = catalogue.build("lenet5", "bundled").float()
        stated = store.find("lenet5-digits").entry.preprocessing
        assert stated is not None
        x = (torch.from_numpy(digit_features.net_input(framed)) - stated.mean[0]) / stated.std[0]
        with torch.inference_mode():
            logits = net(x)
            last = net.get_submodule("classifier.output")
            mine = last(torch.from_numpy(features).float())
        assert (logits - mine).abs().max() < 1e-3

    def test_a_bag_counts_nearest_words(self) -> None:
        framed = digit_features.framed(self.digits[:3])
        words, _ = run(digit_features.vocabulary(framed, 1))
        bags, _ = run(digit_features.bag(framed, words))
        assert bags.shape == (3, len(words)) and bags.sum(1) == pytest.approx(np.ones(3))
        patches = [framed[0, y : y + 4, x : x + 4].ravel() / 16 for y in range(9) for x in range(9)]
        nearest = [int(((words - patch) ** 2).sum(1).argmin()) for patch in patches]
        assert bags[0] == pytest.approx(np.bincount(nearest, minlength=len(words)) / 81)


class TestClassifiers:
    def test_the_nearest_is_the_nearest(self) -> None:
        draw = np.random.default_rng(0)
        known, asked = draw.normal(size=(30, 5)), draw.normal(size=(20, 5))
        expected = [int(((known - point) ** 2).sum(1).argmin()) for point in asked]
        assert digit_test.nearest(known, asked).tolist() == expected

    def test_ridge_solves_the_penalised_least_squares(self) -> None:
        """At the minimum the gradient of |XW + b - Y|² + penalty · |W|² is zero."""
        draw = np.random.default_rng(0)
        known, labels = draw.normal(size=(50, 6)), draw.integers(0, 10, 50)
        weights, biases = digit_test.ridge(known, labels)
        left = known @ weights + biases - np.where(labels[:, None] == np.arange(10), 1.0, -1.0)
        assert np.abs(known.T @ left + digit_test.PENALTY * weights).max() < 1e-9
        assert np.abs(left.sum(0)).max() < 1e-9


@pytest.fixture(scope="module")
def quick(context: Context) -> Iterator[tuple[DigitScores, list[Any]]]:
    """The test with fewer digits to learn from: the same way, in a tenth of the time."""
    patch = pytest.MonkeyPatch()
    patch.setattr(digit_test, "TRAINING_SIZES", (10, 100))
    patch.setattr(digit_features, "MOST_PATCHES", 800)
    digit_test.forget()
    yield run(digit_test.respond(DigitTest(shift=1, seed=5), context))
    patch.undo()
    digit_test.forget()


class TestScores:
    def test_all_features_are_measured_and_checked(self, quick: tuple[DigitScores, list[Any]]) -> None:
        scores, told = quick
        assert tuple(score.name for score in scores.scores) == FEATURES and scores.complete
        assert scores.check is not None and scores.check.agrees and scores.check.max_abs_difference < 1e-9
        partials = [one.value for one in told if isinstance(one, Partial)]
        assert [len(partial.scores) for partial in partials] == [1, 2, 3, 4, 5]
        assert sum(isinstance(one, Progress) for one in told) > 5

    def test_accuracies_are_shares_of_right_answers(self, quick: tuple[DigitScores, list[Any]]) -> None:
        scores, _ = quick
        for score in scores.scores:
            assert score.answers.shape == scores.labels.shape == (TEST_SIZE,)
            assert score.accuracy[-1] == (score.answers == scores.labels).mean()
            assert len(score.accuracy) == 2
        assert scores.score("hog") is scores.scores[2] and scores.score("none") is None

    def test_learned_features_need_the_fewest_examples(self, quick: tuple[DigitScores, list[Any]]) -> None:
        scores, _ = quick
        first = {score.name: float(score.accuracy[0]) for score in scores.scores}
        assert max(first, key=lambda name: first[name]) == "learned" and first["histogram"] < 0.3

    def test_what_was_measured_is_remembered(
        self, quick: tuple[DigitScores, list[Any]], context: Context
    ) -> None:
        again, told = run(digit_test.respond(DigitTest(shift=1, seed=5), context))
        assert again is quick[0] and not told


@pytest.mark.parametrize("wrong", [{"shift": 3}, {"shift": -1}, {"seed": 10_000}])
def test_settings_out_of_range_are_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="The test takes 0 to"):
        replace(DigitTest(), **wrong).validated()
