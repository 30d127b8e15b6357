"""The feed-forward net and its training: any size, one picture as if alone, the same J as the slow way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.networks.steps import at_once
from engine.sources import load_sample
from engine.style import patterns
from engine.style.costs import content_cost, gram, style_cost
from engine.style.fast import shelf
from engine.style.fast.net import FastNet, InstanceNorm, fast_net
from engine.style.fast.photos import Photos
from engine.style.fast.settings import FastSettings
from engine.style.fast.training import Training
from engine.style.objective import Objective, terms_of
from engine.style.opening import Opened, open_backbone
from engine.style.painting import Painting, Subject
from engine.style.pictures import style_size, tensor_of
from engine.style.settings import StyleSettings
from engine.training import style_release

CPU = torch.device("cpu")
SETTINGS = StyleSettings(size=48, precision="float32", alpha=5.0)
FAST = FastSettings(steps=3, batch=2, side=32, content=1.0)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Pictures this small are computed sooner by one thread than by several that wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def opened() -> Opened:
    return at_once(open_backbone(SETTINGS, Context(device=CPU)))


def picture(height: int, width: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Blobs with an edge in them."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    return np.kron(coarse, np.ones((8, 8, 1), np.uint8))[:height, :width].copy()


def photos(seed: int = 0) -> Photos:
    found = Photos(FAST.side, seed, CPU)
    for number in range(3):
        found.add(picture(40 + 7 * number, 56, number))
    return found


def training(opened: Opened, fast: FastSettings = FAST, chosen: StyleSettings = SETTINGS) -> Training:
    style = picture(48, 64, 9)
    return Training(opened.features, opened.backbone, [style], photos(fast.seed), chosen, fast)


def loud() -> FastNet:
    """A net whose every layer says something."""
    net = fast_net(3)
    with torch.no_grad():
        for one in net.parameters():
            one.add_(0.1 * torch.randn(one.shape, generator=torch.Generator().manual_seed(one.numel())))
    return net.eval()


class TestNet:
    def test_it_is_small_enough_to_be_a_file_of_a_few_hundred_kilobytes(self) -> None:
        assert 100_000 < sum(one.numel() for one in FastNet().parameters()) < 200_000

    @given(st.integers(1, 37), st.integers(1, 37))
    @settings(max_examples=12, deadline=None)
    def test_every_size_comes_back_as_it_was(self, height: int, width: int) -> None:
        with torch.no_grad():
            painted = loud()(torch.rand(1, 3, height, width))
        assert painted.shape == (1, 3, height, width)
        assert bool(((painted >= 0) & (painted <= 1)).all())

    def test_a_batch_is_its_pictures_one_by_one(self) -> None:
        net, batch = loud(), torch.rand(3, 3, 21, 30, generator=torch.Generator().manual_seed(1))
        with torch.no_grad():
            together, alone = net(batch), torch.cat([net(one[None]) for one in batch])
        torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)
        assert float((together[0] - together[1]).abs().max()) > 0.05

    def test_it_begins_with_a_faint_copy_of_the_picture(self) -> None:
        shown = tensor_of(picture(32, 48), (48, 32), CPU)
        with torch.no_grad():
            painted = fast_net(0)(shown)
        together = torch.stack([painted.flatten(), shown.flatten()])
        assert float(torch.corrcoef(together)[0, 1]) > 0.6
        assert float(painted.std()) < 0.6 * float(shown.std())

    def test_a_step_a_layer_is_the_same(self) -> None:
        net, values, count = loud(), torch.rand(1, 3, 18, 24), 0
        with torch.no_grad():
            steps = net.steps(values)
            try:
                while True:
                    next(steps)
                    count += 1
            except StopIteration as stop:
                assert torch.equal(stop.value, net(values))
        assert count == len(net.down) + len(net.blocks) + len(net.up)

    @given(st.integers(1, 3), st.integers(2, 9), st.integers(2, 9))
    @settings(max_examples=10, deadline=None)
    def test_the_norm_is_torchs(self, count: int, height: int, width: int) -> None:
        norm, values = InstanceNorm(4), 3 + 2 * torch.randn(count, 4, height, width)
        with torch.no_grad():
            norm.weight.copy_(torch.tensor([1.0, -2.0, 0.5, 3.0]))
            norm.bias.copy_(torch.tensor([0.0, 1.0, -1.0, 0.3]))
            there = torch.nn.functional.instance_norm(values, weight=norm.weight, bias=norm.bias)
            torch.testing.assert_close(norm(values), there, atol=2e-4, rtol=1e-4)

    def test_the_same_seed_is_the_same_net_whatever_else_draws(self) -> None:
        before = torch.random.get_rng_state()
        one = fast_net(5).state_dict()
        assert torch.equal(torch.random.get_rng_state(), before)
        torch.rand(7)
        two, other = fast_net(5).state_dict(), fast_net(6).state_dict()
        assert all(torch.equal(one[key], two[key]) for key in one)
        assert not torch.equal(one["out.weight"], other["out.weight"])


class TestBatches:
    """The costs of a batch, against those of its pictures."""

    @given(st.integers(2, 4), st.integers(1, 5), st.integers(1, 6), st.integers(0, 99))
    @settings(max_examples=20, deadline=None)
    def test_grams_and_costs(self, count: int, maps: int, side: int, seed: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        values = torch.randn(count, maps, side, side + 1, generator=draw, requires_grad=True)
        target, seen = torch.randn(maps, maps, generator=draw), torch.randn(values.shape, generator=draw)
        torch.testing.assert_close(gram(values), torch.stack([gram(one[None]) for one in values]))
        scales = torch.rand(count, generator=draw)
        together = style_cost(values, target, 0.3) + content_cost(values, seen, scales)
        alone = sum(
            style_cost(one[None], target, 0.3) + content_cost(one[None], was[None], scale)
            for one, was, scale in zip(values, seen, scales, strict=True)
        )
        assert isinstance(alone, Tensor)
        torch.testing.assert_close(together, alone)
        torch.testing.assert_close(
            torch.autograd.grad(together, values)[0],
            torch.autograd.grad(alone, values)[0],
            atol=1e-4,
            rtol=1e-4,
        )

    @pytest.mark.parametrize("normalise", ["balanced", "course", "paper"])
    def test_an_objective_of_a_batch_is_the_mean(self, opened: Opened, normalise: Any) -> None:
        chosen = replace(SETTINGS, normalise=normalise)
        contents = torch.cat([tensor_of(picture(32, 40, n), (40, 32), CPU) for n in range(3)])
        painted = torch.rand(contents.shape, generator=torch.Generator().manual_seed(2))
        style = tensor_of(picture(48, 64, 9), (64, 48), CPU)
        terms = terms_of(chosen, opened.backbone)

        def costs(content: Tensor, shown: Tensor) -> Tensor:
            return Objective(opened.features, terms, content, [style], chosen).costs(shown)

        alone = torch.stack([costs(c[None], p[None]) for c, p in zip(contents, painted, strict=True)]).mean(0)
        torch.testing.assert_close(costs(contents, painted), alone, rtol=1e-4, atol=0)
        other = Objective(opened.features, terms, contents.flip(0), [style], chosen)
        other.look_at(contents)
        torch.testing.assert_close(other.costs(painted), alone, rtol=1e-4, atol=0)


class TestTraining:
    def test_it_lowers_the_very_j_that_a_painting_lowers(self, opened: Opened) -> None:
        fast = replace(FAST, steps=16, batch=1, rate=0.02)
        learning = training(opened, fast)
        content, style = picture(48, 48, 21), picture(48, 64, 9)
        painting = Painting(opened.features, opened.backbone, Subject(content, (style,)), SETTINGS)
        shown = tensor_of(content, (48, 48), CPU)

        def j() -> float:
            with torch.no_grad():
                return float(painting.objective.costs(learning.net(shown)) @ painting.objective.weights)

        untrained = j()
        while not learning.finished:
            learning.step()
        unseen = j()
        assert unseen < 0.5 * untrained
        rows = np.concatenate([row.values for row in learning.costs()])
        assert rows.shape == (16, len(learning.objective.names) + 1)
        assert rows[-4:, -1].mean() < 0.7 * rows[:2, -1].mean()
        for _ in range(12):
            painting.step()
        slow = painting.costs()[-1].values[-1, -1]
        assert slow < unseen, "one picture alone can be painted better than by a net for all of them"

    def test_crops_one_by_one_give_the_gradient_of_the_batch(self, opened: Opened) -> None:
        one, many = training(opened), training(opened)
        many._part = FAST.batch
        many.objective = Objective(
            opened.features,
            many.objective.terms,
            torch.zeros(FAST.batch, 3, FAST.side, FAST.side),
            [tensor_of(picture(48, 64, 9), (48, 36), CPU)],
            SETTINGS,
        )
        for learning in (one, many):  # from the same crops on: making an objective draws some
            learning._photos = photos(7)
            learning.step()
        for a, b in zip(one._first, many._first, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(one.costs()[0].values, many.costs()[0].values, rtol=1e-4)

    def test_the_same_seed_is_the_same_training(self, opened: Opened) -> None:
        runs = [training(opened, replace(FAST, seed=seed)) for seed in (4, 4, 5)]
        for run in runs:
            run.step()
            run.step()
        a, b, c = (run.net.state_dict() for run in runs)
        assert all(torch.equal(a[key], b[key]) for key in a)
        assert not torch.equal(a["out.weight"], c["out.weight"])

    def test_the_rate_rises_and_falls_to_nothing(self, opened: Opened) -> None:
        learning = training(opened, replace(FAST, steps=200))
        rates = []
        for learning.done in range(201):
            rates.append(learning.rate)
        assert rates[0] < 0.1 * FAST.rate and rates[-1] == pytest.approx(0)
        assert max(rates) <= FAST.rate and np.argmax(rates) in range(15, 25)

    @pytest.mark.parametrize(
        "change",
        [
            {"steps": 0},
            {"batch": 17},
            {"side": 8},
            {"rate": 0.0},
            {"rate": float("nan")},
            {"seed": -1},
            {"content": -1.0},
        ],
    )
    def test_numbers_out_of_range_are_named(self, change: dict[str, Any]) -> None:
        with pytest.raises(UserError):
            replace(FAST, **change).validated()


class TestFollowing:
    @pytest.mark.parametrize("kept", [1.0, 0.5])
    def test_a_painting_moves_to_another_content_with_what_was_painted(
        self, opened: Opened, kept: float
    ) -> None:
        chosen = replace(SETTINGS, method="adam", rate=0.05)
        first, second, style = picture(48, 48, 1), picture(48, 48, 2), picture(48, 64, 9)
        painting = Painting(opened.features, opened.backbone, Subject(first, (style,)), chosen)
        for _ in range(4):
            painting.step()
        added = painting.picture - tensor_of(first, (48, 48), CPU)
        painting.follow(second, kept)
        there = (tensor_of(second, (48, 48), CPU) + kept * added).clamp(0, 1)
        torch.testing.assert_close(painting.picture, there)
        fresh = Painting(opened.features, opened.backbone, Subject(second, (style,)), chosen)
        torch.testing.assert_close(
            painting.objective.costs(there), fresh.objective.costs(there), rtol=1e-5, atol=0
        )
        painting.step()
        assert [row.first for row in painting.costs()] == [painting.done - 1]


class TestBundled:
    def test_it_is_small_says_where_it_comes_from_and_paints_its_style(self) -> None:
        path = shelf.BUNDLED_FOLDER / f"{style_release.NAME}.safetensors"
        kept = shelf.described(path)
        assert kept.bundled and kept.size < 1_000_000
        told, made = kept.settings, style_release.SETTINGS
        assert (told.net, told.alpha, told.beta, told.size) == (made.net, made.alpha, made.beta, made.size)
        assert kept.fast == style_release.FAST and kept.thumbnail is not None
        assert "engine.training.style_release" in path.with_suffix(".md").read_text(encoding="utf-8")
        opened = at_once(open_backbone(kept.settings, Context(device=CPU)))
        pattern = patterns.draw(style_release.STYLE).pixels
        style = tensor_of(pattern, style_size(pattern, kept.settings.size), CPU)
        content = tensor_of(load_sample("rocket").pixels, (96, 64), CPU)
        objective = Objective(
            opened.features, terms_of(kept.settings, opened.backbone), content, [style], kept.settings
        )
        net = FastNet()
        net.load_state_dict(shelf.read_state(path))
        with torch.no_grad():
            before, after = objective.costs(content), objective.costs(net(content))
        layers = slice(1, -1)
        assert float(after[layers].sum()) < 0.5 * float(before[layers].sum())
