"""What gradients say: against autograd by hand on small nets, against sums that are known, and on the bundled nets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame
from engine.inline import InlineEngine
from engine.inside import nets
from engine.inside.asking import cam, gradients, maximise
from engine.inside.asking.requests import (
    Attribution,
    GradCam,
    Grown,
    InputGradient,
    IntegrateGradients,
    Maximise,
    Saliency,
    Target,
)
from engine.inside.nets import OpenNet, open_net
from engine.jobs import Done, Failed, JobCancelled, Partial
from engine.networks.classifying.preprocessing import InputRecipe
from engine.networks.program import program_of
from engine.networks.steps import at_once
from tests.engine.inside.test_occlusion import frame, left_over, occlude_of, sweep_of

__all__ = ["frame"]
NET, PHOTO_NET = "lenet5-digits", "tinyvgg-cifar10"
LAYER = "features.act2"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    nets.forget()


@pytest.fixture(scope="module")
def colours() -> Frame:
    return Frame(np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8), "noise")


def opened(name: str = NET) -> OpenNet:
    with torch.no_grad():
        return at_once(open_net(name, Context()))


def values_of(net: OpenNet, frame: Frame) -> Tensor:
    return net.values(net.prepared(frame.pixels))


class Small(nn.Module):
    """Two convolutions, a pool and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(4, 3, 3), nn.ReLU()
        )
        self.head = nn.Linear(3 * 2 * 2, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.flatten(self.features(x), 1))


@pytest.fixture
def small() -> Small:
    torch.manual_seed(5)
    return Small().requires_grad_(False).eval()


@pytest.fixture
def x() -> Tensor:
    return torch.randn(1, 2, 10, 10, generator=torch.Generator().manual_seed(6))


class TestGradCam:
    @pytest.mark.parametrize("depth", [1, 2, 5])
    def test_by_hand(self, small: Small, x: Tensor, depth: int) -> None:
        """The net cut in two behind the layer, the rest of it differentiated with respect to the maps."""
        maps = small.features[:depth](x).requires_grad_()
        rest = small.head(torch.flatten(small.features[depth:](1.0 * maps), 1))
        rest[0, 2].backward()
        assert maps.grad is not None
        weights = [float(maps.grad[0, c].sum()) / maps.grad[0, c].numel() for c in range(maps.shape[1])]
        expected = sum(w * maps[0, c].detach() for c, w in enumerate(weights))
        found, plane = cam.grad_cam(program_of(small, (2, 10, 10)), x, Target(2), f"features.{depth - 1}")
        torch.testing.assert_close(found, torch.tensor(weights))
        torch.testing.assert_close(plane, torch.clamp(cast(Tensor, expected), min=0))

    def test_of_a_bundled_net(self, colours: Frame) -> None:
        answer = at_once(cam.respond(GradCam(PHOTO_NET, colours, Target()), Context()))
        net = opened(PHOTO_NET)
        with torch.no_grad():
            logits = net.net.logits(values_of(net, colours))
        assert answer.aimed.target.index == int(logits.argmax())
        assert answer.aimed.score == pytest.approx(float(logits.max()), rel=1e-4)
        assert answer.layer == "features.relu4_1" and answer.cam.shape == (4, 4) and (answer.cam >= 0).all()
        assert not answer.cam.flags.writeable and len(answer.weights) == 256

    def test_a_layer_behind_the_target_is_refused(self, frame: Frame) -> None:
        target = Target(0, "features.act1")
        with pytest.raises(UserError, match=r"Nothing of features\.conv2 reaches"):
            at_once(cam.respond(GradCam(NET, frame, target, "features.conv2"), Context()))

    def test_a_layer_without_maps_is_refused(self, frame: Frame) -> None:
        with pytest.raises(UserError, match="puts out no maps"):
            at_once(cam.respond(GradCam(NET, frame, Target(), "classifier.output"), Context()))


def saliency(frame: Frame, **changes: Any) -> Saliency:
    wanted: dict[str, Any] = {"net": NET, "frame": frame, "target": Target()}
    return at_once(gradients.saliency(InputGradient(**(wanted | changes)), Context()))


class TestGradient:
    def test_every_picture_of_a_batch_has_its_own(self, small: Small) -> None:
        batch = torch.randn(3, 2, 10, 10)
        slopes, scores = at_once(gradients.slopes_of(program_of(small, (2, 10, 10)), batch, Target(4)))
        for index, picture in enumerate(batch):
            leaf = picture[None].clone().requires_grad_()
            value = small(leaf)[0, 4]
            (expected,) = torch.autograd.grad(value, leaf)
            torch.testing.assert_close(slopes[index], expected[0])
            torch.testing.assert_close(scores[index], value.detach())

    def test_it_is_that_of_the_net(self, frame: Frame) -> None:
        net = opened()
        leaf = values_of(net, frame).clone().requires_grad_()
        logits = net.net.net(leaf)[0]
        (expected,) = torch.autograd.grad(logits.max(), leaf)
        answer = saliency(frame)
        np.testing.assert_allclose(answer.gradient, expected[0].numpy(), rtol=1e-3, atol=1e-5)
        assert answer.samples == 1

    def test_of_a_unit_where_its_map_is_strongest(self, frame: Frame) -> None:
        answer = saliency(frame, target=Target(7, LAYER))
        net = opened()
        values = values_of(net, frame)
        with torch.no_grad():
            plane = net.program.run(values, [LAYER])[LAYER][0, 7]
        row, column = divmod(int(plane.argmax()), plane.shape[1])
        assert answer.aimed.target.position == (row, column)
        assert answer.aimed.score == pytest.approx(float(plane.max()))
        field = net.program.layer(LAYER).field
        assert field is not None
        outside = np.ones(answer.gradient.shape[1:], bool)
        outside[max(field.rows(row).start, 0) : field.rows(row).stop,
                max(field.columns(column).start, 0) : field.columns(column).stop] = False  # fmt: skip
        assert not answer.gradient[:, outside].any(), "beyond what the unit can see"
        assert answer.gradient.any()

    def test_without_noise_many_copies_are_the_gradient(self, frame: Frame) -> None:
        np.testing.assert_allclose(
            saliency(frame, samples=11).gradient, saliency(frame).gradient, rtol=1e-3, atol=1e-5
        )

    def test_smoothing_is_a_mean_over_noisy_copies(self, frame: Frame) -> None:
        answer = saliency(frame, samples=5, noise=0.2, seed=3)
        net = opened()
        values, rng = values_of(net, frame), torch.Generator().manual_seed(3)
        deviation = 0.2 * (float(values.max()) - float(values.min()))
        index = answer.aimed.target.index
        assert index is not None
        total = torch.zeros_like(values)
        for _ in range(5):
            noisy = (values + deviation * torch.randn(values.shape, generator=rng)).requires_grad_()
            (slope,) = torch.autograd.grad(net.net.net(noisy)[0, index], noisy)
            total += slope
        np.testing.assert_allclose(answer.gradient, (total / 5)[0].numpy(), rtol=1e-3, atol=1e-4)

    def test_it_is_told_on_the_way(self, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gradients, "batch_size", lambda *_, **__: 8)
        request = InputGradient(NET, frame, Target(), 5, 0.1)
        steps = list(gradients.saliency(request, Context()))
        assert [step.value.samples for step in steps if isinstance(step, Partial)] == [2, 4]


def attribution(frame: Frame, **changes: Any) -> Attribution:
    wanted: dict[str, Any] = {"net": NET, "frame": frame, "target": Target()}
    return at_once(gradients.integrate(IntegrateGradients(**(wanted | changes)), Context()))


class TestIntegratedGradients:
    @pytest.mark.parametrize("baseline", ["black", "grey", "white", "blur"])
    def test_they_add_up_to_the_difference(self, frame: Frame, baseline: Any) -> None:
        answer = attribution(frame, steps=128, baseline=baseline)
        assert answer.total == pytest.approx(float(answer.values.sum(dtype=np.float64)))
        assert abs(answer.gap) < 0.02 * max(abs(answer.difference), 1.0)

    def test_the_ends_are_the_net_s_own_scores(self, frame: Frame) -> None:
        answer = attribution(frame, steps=4, target=Target(6))
        net = opened()
        how = net.net.preprocessing
        black = (0.0 - torch.tensor(how.mean)) / torch.tensor(how.std)
        with torch.no_grad():
            before = net.net.net(black[None, :, None, None].expand(1, 1, 32, 32))[0, 6]
            after = net.net.net(values_of(net, frame))[0, 6]
        assert answer.score_baseline == pytest.approx(float(before), rel=1e-4)
        assert answer.aimed.score == pytest.approx(float(after), rel=1e-4)

    def test_more_points_leave_less(self, frame: Frame) -> None:
        gaps = [abs(attribution(frame, steps=steps).gap) for steps in (2, 64)]
        assert gaps[1] < gaps[0] / 4

    def test_the_middles_of_equal_parts(self, small: Small, x: Tensor) -> None:
        """Against a loop over points, one gradient at a time."""
        program, start = program_of(small, (2, 10, 10)), torch.zeros_like(x)
        total = torch.zeros_like(x)
        for k in range(6):
            point = (start + (k + 0.5) / 6 * (x - start)).requires_grad_()
            total += torch.autograd.grad(small(point)[0, 1], point)[0] / 6
        points = torch.cat([start + (k + 0.5) / 6 * (x - start) for k in range(6)])
        slopes, _ = at_once(gradients.slopes_of(program, points, Target(1)))
        torch.testing.assert_close(slopes.mean(0, keepdim=True), total)


def grown(**changes: Any) -> Grown:
    wanted: dict[str, Any] = {"net": NET, "goal": "class", "index": 3, "steps": 12}
    return at_once(maximise.respond(Maximise(**(wanted | changes)), Context()))


class TestMaximise:
    @pytest.mark.parametrize(
        "changes",
        [{}, {"goal": "channel", "layer": LAYER}, {"goal": "unit", "layer": LAYER, "jitter": 0.0},
         {"goal": "channel", "layer": "classifier.act3", "index": 8}, {"net": PHOTO_NET, "index": 8, "steps": 8}],
    )  # fmt: skip
    def test_the_activation_rises(self, changes: dict[str, Any]) -> None:
        answer = grown(**changes)
        assert answer.scores[-1] > answer.scores[0] and answer.complete and not answer.still
        assert (
            answer.step == answer.request.steps
            and answer.pixels.dtype == np.uint8
            and answer.pixels.shape[:2] == (32, 32)
        )

    def test_a_seed_gives_the_same_picture_and_another_one_another(self) -> None:
        first, again, other = grown(steps=4), grown(steps=4), grown(steps=4, seed=1)
        assert np.array_equal(first.pixels, again.pixels) and np.array_equal(first.scores, again.scores)
        assert not np.array_equal(first.pixels, other.pixels)

    def test_the_score_is_what_the_net_says_to_the_picture(self) -> None:
        """Without jitter and before it is rounded to bytes."""
        net = opened()
        climb = maximise.Climb(net, Maximise(NET, "class", 5, steps=3, jitter=0.0))
        for _ in range(3):
            climb.step()
        how = net.net.preprocessing
        values = (climb.picture - torch.tensor(how.mean)[:, None, None]) / torch.tensor(how.std)[
            :, None, None
        ]
        with torch.no_grad():
            assert climb.grown().scores[-1] == pytest.approx(float(net.net.net(values)[0, 5]), rel=1e-4)

    def test_smoothing_takes_variation_away(self) -> None:
        rough, smooth = (grown(steps=24, smoothing=s, blur=0.0).pixels.astype(float) for s in (0.0, 1.0))
        assert np.abs(np.diff(smooth, axis=0)).mean() < 0.7 * np.abs(np.diff(rough, axis=0)).mean()

    def test_the_gradient_of_the_variation(self) -> None:
        picture = torch.rand(1, 2, 5, 6).requires_grad_()
        variation = picture.diff(dim=2).abs().sum() + picture.diff(dim=3).abs().sum()
        (expected,) = torch.autograd.grad(variation, picture)
        torch.testing.assert_close(maximise._variation(picture.detach()), expected)

    def test_a_silent_unit_is_woken(self, small: Small) -> None:
        net = net_of(small)
        request = Maximise("", "channel", 1, "features.4", steps=60, rate=0.1)
        with torch.no_grad():
            before = net.program.run(maximise.Climb(net, request).picture, ["features.3"])["features.3"]
            small.features[3].bias[1] -= before[0, 1].max() + 0.05  # type: ignore[index, union-attr, operator]
        climb = maximise.Climb(net, Maximise("", "channel", 1, "features.4", steps=60, rate=0.1, jitter=0.0))
        assert climb.grown().still and climb.grown().scores[0] == 0
        for _ in range(60):
            climb.step()
        assert not climb.grown().still and climb.grown().scores[-1] > 0

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [({"index": 10}, "no class 10"), ({"goal": "channel", "layer": "features.conv1", "index": 6}, "no 6"),
         ({"steps": 0}, "grows for 1 to"), ({"jitter": 0.9}, "jitter is 0 to"), ({"rate": float("nan")}, "rate is")],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            grown(**changes)


def net_of(net: nn.Module) -> OpenNet:
    """A bare module as an open net of pictures of 10 x 10 in two channels."""
    how = InputRecipe("photo", 10, None, (0.0, 0.0), (1.0, 1.0), "area")
    loaded = SimpleNamespace(
        preprocessing=how, device=torch.device("cpu"), labels=tuple("abcde"), path=Path()
    )
    return OpenNet(cast(Any, loaded), program_of(net, (2, 10, 10)))


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"target": Target(10)}, "no class 10"), ({"target": Target(16, "features.conv2")}, "no 16"),
            ({"target": Target(0, "features.conv2", (0, 10))}, "no unit is there"),
            ({"target": Target(0, "features.nowhere")}, "no layer called"), ({"samples": 0}, "1 to 256 copies"),
            ({"noise": 2.0}, "share of 0 to 100"),
        ],
    )  # fmt: skip
    def test_in_words(self, frame: Frame, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            saliency(frame, **changes)

    def test_a_way_without_points(self, frame: Frame) -> None:
        with pytest.raises(UserError, match="1 to 1,024 points"):
            attribution(frame, steps=0)


class TestNothingIsLeft:
    def test_after_success_failure_and_cancel(self, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gradients, "batch_size", lambda *_, **__: 4)
        monkeypatch.setattr(maximise, "SHOWN_EVERY", 0.0)
        net = opened()
        saliency(frame)
        with pytest.raises(UserError):
            saliency(frame, target=Target(99))
        jobs = (
            gradients.saliency(InputGradient(NET, frame, Target(), 9, 0.1), Context()),
            maximise.respond(Maximise(NET, "class", 1), Context()),
        )
        for steps in jobs:
            while not isinstance(next(steps), Partial):
                pass
            with pytest.raises(JobCancelled):
                steps.throw(JobCancelled())
        assert left_over(net.net.net) == [] and torch.is_grad_enabled()

    def test_the_mode_around_a_step_is_that_of_the_engine(self, frame: Frame) -> None:
        """Between two steps of a job another one runs, in the mode that it asked for."""
        steps = gradients.integrate(IntegrateGradients(NET, frame, Target(), 8), Context())
        with torch.no_grad():
            for _ in steps:
                assert not torch.is_grad_enabled()


def test_values_that_are_no_numbers_are_passed_on(frame: Frame) -> None:
    net = opened("random:lenet5")
    with torch.no_grad():
        net.net.net.get_submodule("features.conv1").bias.fill_(float("nan"))  # type: ignore[union-attr, operator]
    answer = at_once(cam.respond(GradCam("random:lenet5", frame, Target()), Context()))
    assert np.isnan(answer.cam).all()
    assert np.isnan(saliency(frame, net="random:lenet5").aimed.score)


@pytest.mark.parametrize(
    "ask",
    [
        lambda frame: GradCam(NET, frame, Target()),
        lambda frame: InputGradient(NET, frame, Target(), 3, 0.1),
        lambda frame: IntegrateGradients(NET, frame, Target(2, LAYER), 4),
        lambda _: Maximise(NET, "class", 4, steps=3),
        lambda frame: sweep_of(frame, stride=1 / 2),
        lambda frame: occlude_of(frame),
    ],
)  # fmt: skip
def test_the_engine_answers(frame: Frame, ask: Any) -> None:
    """In the mode that the table of handlers says."""
    events: list[Any] = []
    engine = InlineEngine(events.append, device="cpu")
    engine.submit(ask(frame))
    engine.close()
    failed = [event.report.details for event in events if isinstance(event, Failed)]
    assert not failed, failed
    (done,) = [event.value for event in events if isinstance(event, Done)]
    arrays = [getattr(done, name) for name in ("cam", "gradient", "values", "pixels", "probability", "after")
              if hasattr(done, name)]  # fmt: skip
    assert arrays and not any(array.flags.writeable for array in arrays)
