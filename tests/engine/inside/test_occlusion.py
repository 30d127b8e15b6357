"""Hidden parts of a picture: the places, the squares, and what the net says, against a loop over the net itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame
from engine.inside import nets
from engine.inside.nets import OpenNet, open_net
from engine.inside.occlusion import respond
from engine.inside.occlusion.occluder import FILLS, Fill, Lattice, Occluder, box_around, hidden, in_pixels
from engine.inside.occlusion.requests import Occlude, Sweep, SweepOcclusion
from engine.inside.occlusion.strength import CPU_BATCH, LEAST_BATCH, batch_size
from engine.jobs import JobCancelled, Partial, Progress
from engine.networks.classifying.preprocessing import normalised
from engine.networks.program import Program
from engine.networks.steps import at_once, paced
from tests.engine.networks.test_program import seeded

NET, LAYER = "lenet5-digits", "features.act2"
PHOTO_NET = "tinyvgg-cifar10"
SIDE = 32
sides = st.integers(1, 70)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    nets.forget()


@pytest.fixture(scope="module")
def frame() -> Frame:
    """A seven, bright on black."""
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[12:18, 18:42] = 230
    for row in range(18, 50):
        pixels[row, 40 - (row - 18) // 2 - 5 : 42 - (row - 18) // 2] = 230
    return Frame(pixels, "seven")


@pytest.fixture(scope="module")
def colours() -> Frame:
    return Frame(np.random.default_rng(4).integers(0, 256, (SIDE, SIDE, 3), np.uint8), "noise")


def opened(name: str = NET) -> OpenNet:
    with torch.no_grad():
        return at_once(open_net(name, Context()))


def swept(frame: Frame, **changes: Any) -> Sweep:
    with torch.inference_mode():
        return at_once(respond.sweep(sweep_of(frame, **changes), Context()))


def sweep_of(frame: Frame, **changes: Any) -> SweepOcclusion:
    wanted: dict[str, Any] = {
        "net": NET, "frame": frame, "layer": LAYER, "channel": 5, "target": 2, "occluder": Occluder(), "stride": 1 / 4,
    }  # fmt: skip
    return SweepOcclusion(**(wanted | changes))


def occlude_of(frame: Frame, **changes: Any) -> Occlude:
    wanted: dict[str, Any] = {
        "net": NET, "frame": frame, "layer": LAYER, "channel": 5, "occluder": Occluder(), "row": 0.4, "column": 0.7,
    }  # fmt: skip
    return Occlude(**(wanted | changes))


class TestPlaces:
    @given(sides, sides, sides)
    def test_the_blocks_of_a_lattice_cover_the_picture_once(self, side: int, size: int, stride: int) -> None:
        lattice = Lattice(side, size, stride)
        covered = np.zeros((side, side), int)
        for row in range(lattice.count):
            for column in range(lattice.count):
                covered[row * stride : (row + 1) * stride, column * stride : (column + 1) * stride] += 1
        assert (covered == 1).all()
        assert len(lattice.boxes()) == lattice.count**2

    @given(sides, sides, sides)
    def test_every_box_lies_in_the_picture_and_hides_at_most_the_square(
        self, side: int, size: int, stride: int
    ) -> None:
        for top, left, bottom, right in Lattice(side, size, stride).boxes():
            assert 0 <= top <= bottom <= side and 0 <= left <= right <= side
            assert bottom - top <= size and right - left <= size

    def test_boxes_by_hand(self) -> None:
        lattice = Lattice(side=8, size=4, stride=2)
        assert lattice.count == 4
        assert lattice.box(0, 0) == (0, 0, 3, 3), "hangs over by one"
        assert lattice.box(1, 2) == (1, 3, 5, 7)
        assert lattice.box(3, 3) == (5, 5, 8, 8)
        assert box_around(0.5, 0.25, 4, 8) == (2, 0, 6, 4)
        assert box_around(0.0, 1.0, 4, 8) == (0, 6, 2, 8)

    def test_shares_become_pixels(self) -> None:
        assert [in_pixels(share, 224) for share in (0.25, 1 / 32, 0.001)] == [56, 7, 1]


class TestSquare:
    @pytest.mark.parametrize("shape", [(9, 9), (9, 9, 3)])
    @pytest.mark.parametrize("fill", FILLS)
    def test_a_square_changes_its_box_alone(self, shape: tuple[int, ...], fill: Fill) -> None:
        seen = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        before = seen.copy()
        cover = Occluder(fill=fill).cover(seen)
        result = hidden(seen, cover, (2, 3, 6, 5))
        assert cover.shape == shape and cover.dtype == np.uint8
        inside = np.zeros(shape[:2], bool)
        inside[2:6, 3:5] = True
        assert np.array_equal(result[inside], cover[inside]) and np.array_equal(
            result[~inside], seen[~inside]
        )
        assert np.array_equal(seen, before)

    def test_what_the_fillings_are(self) -> None:
        seen = np.zeros((4, 4, 3), np.uint8)
        seen[:2] = (200, 100, 50)
        assert np.unique(Occluder(fill="grey").cover(seen)).tolist() == [128]
        assert np.unique(Occluder(fill="white").cover(seen)).tolist() == [255]
        assert Occluder(fill="mean").cover(seen)[3, 3].tolist() == [100, 50, 25]
        blurred = Occluder(fill="blur", blur=0.25).cover(seen)
        assert 0 < blurred[2, 2, 0] < blurred[1, 2, 0] < 200

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [({"size": 0.9}, "hides"), ({"size": float("nan")}, "hides"), ({"blur": 0.0}, "blur is"),
         ({"fill": "red"}, "no filling")],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, wrong: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            Occluder(**wrong).validated()


def one_by_one(net: OpenNet, result: Sweep) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Probability, energy and likeliest class, a place at a time, through the modules of the net and no program."""
    features = net.net.net.get_submodule("features")
    seen, count = result.seen.pixels, result.probability.shape[0]
    cover = result.request.occluder.cover(seen)
    found = np.zeros((3, count, count))
    for row in range(count):
        for column in range(count):
            pixels = seen.copy()
            top, left = (i * result.stride + (result.stride - result.size) // 2 for i in (row, column))
            for y in range(max(top, 0), min(top + result.size, SIDE)):
                for x in range(max(left, 0), min(left + result.size, SIDE)):
                    pixels[y, x] = cover[y, x]
            x = torch.from_numpy(normalised(pixels, net.net.preprocessing))[None]
            with torch.no_grad():
                logits = net.net.net(x)[0]
                maps = x
                for name, module in features.named_children():
                    maps = module(maps)
                    if f"features.{name}" == result.request.layer:
                        break
            shares = torch.softmax(logits, 0)
            found[:, row, column] = (
                float(shares[result.target]),
                float(maps[0, result.channel].sum()),
                logits.argmax(),
            )
    return found[0], found[1], found[2]


class TestSweep:
    @pytest.mark.parametrize(
        "changes",
        [{}, {"occluder": Occluder(0.5, "blur"), "stride": 0.2}, {"occluder": Occluder(1 / 32, "mean")}],
    )
    def test_it_is_a_loop_over_single_pictures(self, frame: Frame, changes: dict[str, Any]) -> None:
        self.compare(NET, swept(frame, **changes))

    def test_of_a_net_for_photos(self, colours: Frame) -> None:
        occluder = Occluder(0.5, "blur")
        result = swept(colours, net=PHOTO_NET, layer="features.relu2_2", occluder=occluder, stride=1 / 2)
        self.compare(PHOTO_NET, result)

    def compare(self, net: str, result: Sweep) -> None:
        probability, energy, best = one_by_one(opened(net), result)
        np.testing.assert_allclose(result.probability, probability, atol=1e-5)
        np.testing.assert_allclose(result.energy, energy, rtol=1e-4)
        assert np.array_equal(result.best, best)
        assert result.complete and result.asked.all() and result.check is not None and result.check.agrees

    def test_batches_change_nothing(self, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
        """Places of one batch are written into the room of the batch before."""
        whole = swept(frame, occluder=Occluder(0.4, "white"))
        monkeypatch.setattr(respond, "batch_size", lambda *_, **__: 3)
        small = swept(frame, occluder=Occluder(0.4, "white"))
        np.testing.assert_allclose(small.probability, whole.probability, atol=1e-6)
        np.testing.assert_allclose(small.energy, whole.energy, rtol=1e-5)

    def test_a_single_place_says_the_same(self, frame: Frame) -> None:
        result = swept(frame, stride=1 / 8)
        with torch.inference_mode():
            single = at_once(respond.occlude(occlude_of(frame, row=2.5 / 8, column=5.5 / 8), Context()))
        assert single.box == Lattice(SIDE, result.size, result.stride).box(2, 5)
        assert single.after[2] == pytest.approx(result.probability[2, 5], abs=1e-5)
        assert single.energy_after == pytest.approx(result.energy[2, 5], rel=1e-4)
        assert single.before[2] == pytest.approx(result.probability_before, abs=1e-6)
        assert np.array_equal(single.covered[6:14, 18:26], np.full((8, 8), 128))

    def test_the_best_class_and_the_strongest_map_are_found(self, frame: Frame) -> None:
        result = swept(frame, target=None, channel=None)
        net = opened()
        with torch.no_grad():
            values = net.values(net.prepared(frame.pixels))
            logits, kept = net.program.answer(values, [LAYER])
        assert result.target == int(logits.argmax())
        assert result.channel == int(kept[LAYER].sum((2, 3)).argmax())
        assert result.energy_before == pytest.approx(float(kept[LAYER][0, result.channel].sum()), rel=1e-5)

    def test_it_is_told_while_it_is_computed(self, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(respond, "SHOWN_EVERY", 0.0)
        monkeypatch.setattr(respond, "batch_size", lambda *_, **__: 5)
        with torch.inference_mode():
            steps = list(respond.sweep(sweep_of(frame), Context()))
        answers = [step.value for step in steps if isinstance(step, Partial)]
        assert [answer.done for answer in answers] == [5, 10, 15]
        for answer in answers:
            assert answer.asked.sum() == answer.done and not answer.complete
            assert np.array_equal(np.isnan(answer.probability), ~answer.asked)
        told = [step for step in steps if isinstance(step, Progress)]
        assert told[-1].complete

    def test_a_layer_without_maps_has_single_units(self, frame: Frame) -> None:
        result = swept(frame, layer="classifier.output", channel=3)
        net = opened()
        with torch.no_grad():
            logits = net.net.logits(net.values(net.prepared(frame.pixels)))
        assert result.energy_before == pytest.approx(float(logits[0, 3]), rel=1e-4)

    def test_values_that_are_no_numbers_are_passed_on(self, frame: Frame) -> None:
        net = opened("random:lenet5")
        with torch.no_grad():
            net.net.net.get_submodule("features.conv2").bias[5] = float("nan")  # type: ignore[index]
        result = swept(frame, net="random:lenet5", target=None)
        assert np.isnan(result.energy).all() and np.isnan(result.probability).all()
        assert result.complete and result.check is not None and not result.check.agrees


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"channel": 128}, "no map 128"), ({"channel": -1}, "no map -1"), ({"target": 10}, "no class 10"),
            ({"layer": "conv9"}, "no layer called"), ({"stride": 0.0}, "too many places"),
            ({"occluder": Occluder(size=2.0)}, "hides"), ({"net": "nobody"}, "nobody"),
        ],
    )  # fmt: skip
    def test_in_words(self, frame: Frame, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            swept(frame, **changes)


def left_over(net: nn.Module) -> list[str]:
    """Hooks, training modes and gradients that somebody forgot."""
    found = []
    for name, module in net.named_modules():
        if module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module.training:
            found.append(name)
    return found + [name for name, p in net.named_parameters() if p.requires_grad or p.grad is not None]


class TestNothingIsLeft:
    def test_after_success_and_failure(self, frame: Frame) -> None:
        swept(frame)
        with pytest.raises(UserError):
            swept(frame, target=99)
        assert left_over(opened().net.net) == []

    def test_after_cancel(self, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(respond, "SHOWN_EVERY", 0.0)
        monkeypatch.setattr(respond, "batch_size", lambda *_, **__: 2)
        net = opened()
        steps = respond.sweep(sweep_of(frame), Context())
        with torch.inference_mode():
            while not isinstance(next(steps), Partial):
                pass
            with pytest.raises(JobCancelled):
                steps.throw(JobCancelled())
        assert left_over(net.net.net) == [] and not torch.is_inference_mode_enabled()


class TestBatch:
    def test_heavy_layers_get_small_batches(self) -> None:
        cpu = torch.device("cpu")
        light, heavy = Heavy(1e6), Heavy(1.85e9)
        assert batch_size(light, cpu) == CPU_BATCH  # type: ignore[arg-type]
        assert batch_size(heavy, cpu) == LEAST_BATCH  # type: ignore[arg-type]
        assert batch_size(light, cpu, reduced=True) == 1  # type: ignore[arg-type]


class Heavy:
    """A program of one layer, as far as a batch asks for it."""

    def __init__(self, macs: float) -> None:
        self.layers = (type("Layer", (), {"macs": macs})(),)


def test_steps_that_take_no_time_are_put_together() -> None:
    def work() -> Iterator[None]:
        for _ in range(100):
            yield
        return 7  # type: ignore[return-value]

    few, all_of_them = paced(work(), 60.0), paced(work(), 0.0)  # type: ignore[arg-type]
    assert sum(1 for _ in all_of_them) == 100
    with pytest.raises(StopIteration) as stop:
        next(few)
    assert stop.value.value == 7


def test_the_room_of_a_batch_is_whole_again_afterwards(frame: Frame) -> None:
    with torch.inference_mode():
        subject = at_once(respond._opened(NET, frame, Occluder(), Context()))
        room = respond._room(subject, 4)
        boxes = Lattice(SIDE, 8, 16).boxes()
        covered: Tensor = respond._hidden(subject, boxes, room).clone()
        respond._restore(subject, boxes, room)
    assert not torch.equal(covered, room)
    assert torch.equal(room, subject.base.expand_as(room))


def test_nets_that_keep_channels_last_have_maps_all_the_same() -> None:
    from engine.inside.occlusion.strength import energies
    from engine.networks.program import program_of

    program: Program = program_of(seeded("swin_t"), (3, 64, 64))
    layer = next(layer for layer in program.layers if len(layer.out_shape) == 3 and layer.out_shape[0] == 96)
    with torch.no_grad():
        raw = program.run(torch.randn(2, 3, 64, 64), [layer.name])[layer.name]
        sums = energies(program, layer.name, raw)
    assert sums.shape == (2, 96)
    torch.testing.assert_close(sums, program.maps(layer.name, raw).sum((2, 3)))
