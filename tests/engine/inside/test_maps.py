"""Feature maps against hooks on the net itself, numpy and slow loops."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.context import Context, Idle
from engine.errors import UserError
from engine.images import Frame
from engine.inside.maps import filters as filters_module
from engine.inside.maps import looking
from engine.inside.maps.filters import contributions
from engine.inside.maps.filters import look as look_at_filters
from engine.inside.maps.looking import edges_of, histograms, look, look_live, statistics
from engine.inside.maps.ordering import activity, ordered, ranges, similarity
from engine.inside.maps.requests import Filters, LiveMaps, LookAtFilters, LookAtMaps, Maps, NoMaps, Wanted
from engine.inside.nets import OpenNet, open_net
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.classifying.loaded import LoadedNet
from engine.networks.classifying.preprocessing import InputRecipe, prepare
from engine.networks.program import program_of
from engine.networks.steps import at_once
from engine.sources import load_sample

VGG, DIGITS = "tinyvgg-cifar10", "lenet5-digits"


def context() -> Context:
    return Context(device=torch.device("cpu"), torch_ready=True)


def run(steps: Generator[Any, None, Any]) -> Any:
    """To the end, in the mode that the engine sets."""
    with torch.inference_mode():
        return at_once(steps)


@pytest.fixture(scope="module")
def cat() -> Frame:
    return load_sample("cat")


def maps_of(net: str, frame: Frame, layer: str, **more: Any) -> Maps:
    found: Maps = run(look(LookAtMaps(net, frame, Wanted(layer, **more)), context()))
    return found


def opened(net: str) -> OpenNet:
    found: OpenNet = run(open_net(net, context()))
    return found


def hooked(net: OpenNet, frame: Frame, module: str) -> np.ndarray[Any, Any]:
    """What a forward hook on the net's own module sees."""
    seen: list[Tensor] = []
    handle = net.net.net.get_submodule(module).register_forward_hook(
        lambda _m, _i, out: seen.append(out.clone())
    )
    with torch.inference_mode():
        net.net.net(net.values(net.prepared(frame.pixels)))
    handle.remove()
    return seen[0][0].float().numpy()


@pytest.mark.parametrize("layer", ["features.conv1_1", "features.conv2_2", "features.pool3"])
def test_maps_are_those_that_a_hook_sees(cat: Frame, layer: str) -> None:
    found = maps_of(VGG, cat, layer)
    np.testing.assert_allclose(found.maps, hooked(opened(VGG), cat, layer), rtol=1e-5, atol=1e-6)
    assert found.layer.name == layer and found.reduced == 1 and found.frame is cat
    assert not found.maps.flags.writeable and found.maps.dtype == np.float32
    assert found.seen.shape == (32, 32, 3) and found.window[1:4:2] == (0.0, 1.0)
    assert not any(module._forward_hooks for module in opened(VGG).net.net.modules())


def test_a_row_of_numbers_is_maps_of_one_pixel(cat: Frame) -> None:
    found = maps_of(VGG, cat, "flatten", guesses=3)
    assert found.maps.shape == (256, 1, 1)
    labels = opened(VGG).net.labels
    with torch.inference_mode():
        logits = opened(VGG).net.logits(opened(VGG).values(opened(VGG).prepared(cat.pixels)))[0]
    expected = torch.softmax(logits, 0)
    best = [int(index) for index in logits.argsort(descending=True)[:3]]
    assert [guess.index for guess in found.guesses] == best
    assert [guess.label for guess in found.guesses] == [labels[index] for index in best]
    assert found.guesses[0].probability == pytest.approx(float(expected.max()), rel=1e-5)


def test_pins_and_the_range_of_the_whole_net(cat: Frame) -> None:
    pins = (("features.relu1_1", 5), ("features.conv4_1", 200))
    found = maps_of(VGG, cat, "features.conv1_1", pins=pins, whole_net=True)
    net = opened(VGG)
    with torch.inference_mode():
        names = [layer.name for layer in net.program.layers if len(layer.out_shape) == 3][1:]
        values = net.program.run(net.values(net.prepared(cat.pixels)), names)
    for pinned, (layer, channel) in zip(found.pinned, pins, strict=True):
        np.testing.assert_allclose(pinned.values, values[layer][0, channel], rtol=1e-5, atol=1e-6)
    assert found.net_range is not None
    assert found.net_range[0] == pytest.approx(min(float(v.min()) for v in values.values()), rel=1e-5)
    assert found.net_range[1] == pytest.approx(max(float(v.max()) for v in values.values()), rel=1e-5)
    assert maps_of(VGG, cat, "features.conv1_1").net_range is None


class TestRefusals:
    def test_what_does_not_exist(self, cat: Frame) -> None:
        with pytest.raises(UserError, match="no layer called"):
            maps_of(VGG, cat, "features.conv9")
        with pytest.raises(UserError, match="units 0 to 31, not 32"):
            maps_of(VGG, cat, "features.conv1_1", pins=(("features.conv1_1", 32),))

    def test_a_blank_paper(self) -> None:
        blank = Frame(np.full((50, 50, 3), 255, np.uint8), "paper")
        with pytest.raises(UserError, match="drawn"):
            maps_of(DIGITS, blank, "features.conv1")

    def test_a_panorama_of_sixteen_thousand_pixels_takes_little(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wide = Frame(np.zeros((16, 16_000, 3), np.uint8), "panorama")
        found = maps_of(VGG, wide, "features.conv1_1")
        assert found.maps.shape == (32, 32, 32)
        left, top, right, bottom = found.window
        assert right - left == pytest.approx(0.001) and (top, bottom) == (0, 1)


def test_a_layer_of_too_many_numbers_is_averaged_and_says_so(
    cat: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = maps_of(VGG, cat, "features.conv1_1")
    monkeypatch.setattr(looking, "MOST_VALUES", 32 * 32 * 32 // 4)
    found = maps_of(VGG, cat, "features.conv1_1")
    assert found.reduced == 2 and found.maps.shape == (32, 16, 16)
    means = whole.maps.reshape(32, 16, 2, 16, 2).mean((2, 4))
    np.testing.assert_allclose(found.maps, means, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(
        found.statistics.high, whole.statistics.high
    )  # of all values, not of the averages


class TestLive:
    def test_the_newest_frame_is_answered_until_the_mailbox_closes(self, cat: Frame) -> None:
        frames: Mailbox[Frame] = Mailbox()
        steps = look_live(LiveMaps(DIGITS, frames, Wanted("features.conv1")), context())
        got: list[Maps | NoMaps] = []
        blank = Frame(np.full((50, 50, 3), 255, np.uint8), "paper")
        ink = Frame(
            np.where(np.arange(50)[:, None, None] // 10 == 2, 0, 255)
            .repeat(50, 1)
            .repeat(3, 2)
            .astype(np.uint8),
            "bar",
        )
        todo = [blank, ink]
        with torch.inference_mode():
            for step in steps:
                if isinstance(step, Partial):
                    got.append(step.value)  # type: ignore[arg-type]
                elif isinstance(step, Idle):
                    if not todo:
                        frames.close()
                    else:
                        frames.put(todo.pop(0))
        first, second = got
        assert isinstance(first, NoMaps) and first.frame is blank and "drawn" in first.why
        assert isinstance(second, Maps) and second.frame is ink and second.maps.shape == (6, 28, 28)

    def test_an_unknown_layer_ends_it_and_nothing_stays_subscribed(self) -> None:
        frames: Mailbox[Frame] = Mailbox()
        with pytest.raises(UserError, match="no layer"):
            run(look_live(LiveMaps(DIGITS, frames, Wanted("nothing")), context()))
        steps = look_live(LiveMaps(DIGITS, frames, Wanted("features.conv1")), context())
        with torch.inference_mode():
            while not isinstance(next(steps), Idle):
                pass
            assert len(frames._callbacks) == 1
            steps.close()
        assert frames._callbacks == []


# --- numbers ------------------------------------------------------------------------------------------------

values = st.floats(-100, 100, width=32) | st.just(0.0)


@st.composite
def some_maps(draw: st.DrawFn, odd: bool = False) -> np.ndarray[Any, Any]:
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cell = values | st.sampled_from([np.nan, np.inf, -np.inf]) if odd else values
    count = shape[0] * shape[1] * shape[2]
    return np.array(draw(st.lists(cell, min_size=count, max_size=count)), np.float32).reshape(shape)


@settings(max_examples=30)
@given(some_maps(odd=True))
def test_statistics_are_those_of_a_loop(maps: np.ndarray[Any, Any]) -> None:
    found = statistics(torch.from_numpy(maps))
    for channel, one in enumerate(maps):
        good = [float(value) for value in one.ravel() if np.isfinite(value)]
        assert found.odd[channel] == one.size - len(good)
        if good:
            mean = sum(good) / len(good)
            assert (found.low[channel], found.high[channel]) == (min(good), max(good))
            assert found.mean[channel] == pytest.approx(mean, rel=1e-4, abs=1e-4)
            spread = sum((value - mean) ** 2 for value in good) / len(good)
            assert found.variance[channel] == pytest.approx(spread, rel=1e-3, abs=1e-3)
            assert found.zeros[channel] == pytest.approx(good.count(0.0) / len(good))
        same = len(good) == one.size and min(good) == max(good)
        assert found.silent[channel] == (same and (one.size > 1 or good == [0.0]))


@settings(max_examples=30)
@given(some_maps(odd=True), st.integers(2, 40))
def test_every_number_is_in_its_bin(maps: np.ndarray[Any, Any], bins: int) -> None:
    found = histograms(torch.from_numpy(maps), bins)
    assert len(found.edges) == bins + 1 and found.counts.shape == (len(maps), bins)
    for channel, one in enumerate(maps):
        good = one[np.isfinite(one)].astype(np.float64)
        assert found.counts[channel].sum() == good.size
        places = np.clip(np.searchsorted(found.edges, good, side="right") - 1, 0, bins - 1)
        apart = np.abs(np.bincount(places, minlength=bins) - found.counts[channel]).sum()
        near = np.abs(good[:, None] - found.edges).min(1, initial=np.inf) < 1e-9 * max(
            np.abs(good).max(initial=1), 1
        )
        assert apart <= 2 * near.sum(), "only a value on an edge may be in the bin beside it"


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(2, 100))
def test_edges_cover_both_ends_and_have_zero_among_them(low: float, high: float, bins: int) -> None:
    low, high = sorted((low, high))
    edges = edges_of(low, high, bins)
    slack = 1e-9 * max(abs(low), abs(high), 1.0)
    assert len(edges) == bins + 1 and edges[0] <= low + slack and edges[-1] >= high - slack
    assert np.abs(edges).min() == 0 and np.allclose(np.diff(edges), edges[1] - edges[0])


@settings(max_examples=30)
@given(some_maps(), st.data())
def test_orders(maps: np.ndarray[Any, Any], data: st.DataObject) -> None:
    found, like = statistics(torch.from_numpy(maps)), data.draw(st.integers(0, len(maps) - 1))
    assert list(ordered(maps, found, "index")) == list(range(len(maps)))
    mean = [sum(abs(float(v)) for v in one.ravel()) / one.size for one in maps]
    np.testing.assert_allclose(activity(maps), mean, rtol=1e-5, atol=1e-6)
    for order, keys in (
        ("activity", activity(maps)),
        ("variance", found.variance),
        ("similarity", similarity(maps, like)),
    ):
        order_found = ordered(maps, found, order, like)  # type: ignore[arg-type]
        assert sorted(order_found) == list(range(len(maps)))
        assert np.all(np.diff(keys[order_found]) <= 0)


def test_similarity_is_correlation() -> None:
    rng = np.random.default_rng(1)
    maps = rng.normal(size=(5, 6, 7)).astype(np.float32)
    maps[3] = 2 * maps[1] + 5  # the same up to scale and offset
    maps[4] = 0.25
    found = similarity(maps, 1)
    expected = [float(np.corrcoef(maps[1].ravel(), one.ravel())[0, 1]) for one in maps[:4]]
    np.testing.assert_allclose(found[:4], expected, atol=1e-5)
    assert found[4] == -2 and list(ordered(maps, statistics(torch.from_numpy(maps)), "similarity", 1))[
        :2
    ] == [1, 3]


def test_ranges() -> None:
    maps = np.array([[[1.0, -2.0]], [[4.0, 3.0]]], np.float32)
    found = statistics(torch.from_numpy(maps))
    low, high = ranges(found, "channel")
    assert (list(low), list(high)) == ([-2, 3], [1, 4])
    low, high = ranges(found, "layer")
    assert (list(low), list(high)) == ([-2, -2], [4, 4])
    low, high = ranges(found, "net", (-9.0, 8.0))
    assert (list(low), list(high)) == ([-9, -9], [8, 8])
    assert list(ranges(found, "net", None)[1]) == [4, 4]


# --- filters ----------------------------------------------------------------------------------------------


def filters_of(net: str, frame: Frame, layer: str, channel: int) -> Filters:
    found: Filters = run(look_at_filters(LookAtFilters(net, layer, channel, frame), context()))
    return found


class TestFilters:
    @pytest.mark.parametrize("layer", ["features.conv2_1", "features.relu2_1"])
    def test_the_parts_add_up_to_what_the_layer_puts_out(self, cat: Frame, layer: str) -> None:
        found = filters_of(VGG, cat, layer, 7)
        assert found.source.name == "features.conv2_1" and found.reads == tuple(range(64)) and not found.rgb
        expected = maps_of(VGG, cat, "features.conv2_1").maps[7]
        np.testing.assert_allclose(found.parts.sum(0) + found.bias[7], expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(found.total, expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(
            found.inputs, maps_of(VGG, cat, "features.pool1").maps, rtol=1e-5, atol=1e-6
        )
        assert found.agrees and found.max_abs_difference < 1e-4

    def test_one_part_by_a_slow_loop(self, cat: Frame) -> None:
        found = filters_of(VGG, cat, "features.conv2_1", 7)
        x, kernel = np.pad(found.inputs[3].astype(np.float64), 1), found.weights[7, 3].astype(np.float64)
        for row, column in ((0, 0), (5, 9), (15, 15)):
            by_hand = sum(x[row + i, column + j] * kernel[i, j] for i in range(3) for j in range(3))
            assert found.parts[3, row, column] == pytest.approx(by_hand, rel=1e-4, abs=1e-6)

    def test_the_first_layer_reads_colours(self, cat: Frame) -> None:
        found = filters_of(VGG, cat, "features.conv1_1", 0)
        assert found.rgb and found.weights.shape == (32, 3, 3, 3)

    def test_a_net_with_groups_reads_its_group_only(
        self, cat: Frame, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        torch.manual_seed(3)
        net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Conv2d(6, 6, 3, groups=3)).requires_grad_(False)
        recipe = InputRecipe("photo", 8, None, (0.0,) * 3, (1.0,) * 3, "area")
        loaded = LoadedNet("hand", "By hand", "hand", Path(), net, (), recipe, torch.device("cpu"), 0, 0)

        def opened(_name: str, _context: Context) -> Generator[Any, None, OpenNet]:
            yield
            return OpenNet(loaded, program_of(net, (3, 8, 8)))

        monkeypatch.setattr(filters_module, "open_net", opened)
        found = filters_of("hand", cat, "2", 4)
        assert found.reads == (4, 5) and found.weights.shape == (6, 2, 3, 3) and found.agrees
        with torch.no_grad():
            x = OpenNet(loaded, program_of(net, (3, 8, 8))).values(prepare(cat.pixels, recipe))
            np.testing.assert_allclose(found.inputs, net[:2](x)[0, 4:6], rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(found.total, net(x)[0, 4], rtol=1e-5, atol=1e-6)

    def test_what_has_no_filters_says_so(self, cat: Frame) -> None:
        with pytest.raises(UserError, match="pool1 has no filters"):
            filters_of(VGG, cat, "features.pool1", 0)
        with pytest.raises(UserError, match="units 0 to 31, not 99"):
            filters_of(VGG, cat, "features.conv1_1", 99)


@pytest.mark.parametrize(
    ("channels", "stride", "dilation", "border"),
    [(1, 1, 1, "zeros"), (3, 2, 1, "zeros"), (2, 1, 2, "reflect"), (2, 2, 1, "circular"), (3, 1, 2, "same")],
)
def test_parts_of_any_convolution_add_up(channels: int, stride: int, dilation: int, border: Any) -> None:
    torch.manual_seed(channels * 10 + stride)
    conv = nn.Conv2d(
        2 * channels, 4, 3, stride, "same" if border == "same" else 1, dilation, groups=2,
        padding_mode="zeros" if border == "same" else border,
    )  # fmt: skip
    x = torch.randn(1, 2 * channels, 7, 8)
    with torch.no_grad():
        out = conv(x)[0]
        for channel in range(4):
            half = x[:, :channels] if channel < 2 else x[:, channels:]
            parts = contributions(half, conv, channel)
            assert conv.bias is not None
            torch.testing.assert_close(parts.sum(0) + conv.bias[channel], out[channel], rtol=1e-4, atol=1e-5)


def test_single_numbers_are_silent_only_where_they_are_0() -> None:
    """Behind a fully connected layer every map has one value everywhere, whatever it says."""
    numbers = torch.tensor([0.0, -1.5, 3.0, torch.nan])[:, None, None]
    assert statistics(numbers).silent.tolist() == [True, False, False, False]
    assert statistics(numbers[:3]).silent.tolist() == [True, False, False]
    assert statistics(numbers[:3].expand(3, 2, 2)).silent.tolist() == [True, True, True]
