"""1x1 convolutions, recipes, principal components, flatten, dense layers: against torch, loops, numbers by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from torch import nn

from engine.context import Context
from engine.foundations.channels.check import check_dense, check_flatten, check_mix
from engine.foundations.channels.dense import KNOWN, LARGEST, Dense, count_text, dense, inputs_text
from engine.foundations.channels.features import (
    MOST_CHANNELS,
    NUMBERS,
    channel_names,
    numbers,
    picture_channels,
)
from engine.foundations.channels.flattening import Order, entries, entry_of, flattened, line_length, place_of
from engine.foundations.channels.mixing import Mix, mix
from engine.foundations.channels.principal import principal
from engine.foundations.channels.recipes import LUMA, RECIPES, recipe
from engine.foundations.channels.requests import CheckDense, CheckFlatten, CheckMix
from engine.foundations.channels.snippet import dense_script, flatten_script, mix_script
from engine.foundations.problems import ShapeError

FloatArray = npt.NDArray[np.float64]
ORDERS: tuple[Order, Order] = ("first", "last")
small = st.integers(1, 4)


def drawn(seed: int, *shape: int) -> FloatArray:
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(float)


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    channels, filters, height, width, seed = (draw(st.integers(1, 6)) for _ in range(5))
    x, weight, bias = (
        drawn(seed, channels, height, width),
        drawn(seed + 1, filters, channels),
        drawn(seed + 2, filters),
    )
    return mix(x, weight, bias, relu=draw(st.booleans()))


@st.composite
def denses(draw: st.DrawFn) -> Dense:
    channels, side, outputs, more, seed = (
        draw(small),
        draw(small),
        draw(small),
        draw(st.integers(0, 3)),
        draw(small),
    )
    image = drawn(seed, channels, side + more, side + more)
    x = image[:, :side, :side]
    return dense(x, drawn(seed + 1, outputs, x.size), drawn(seed + 2, outputs), image)


# --- the 1x1 convolution ------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(mixes())
def test_a_mix_is_a_loop_over_pixels_and_torch_agrees(done: Mix) -> None:
    filters, (channels, height, width) = len(done.weight), done.x.shape
    slow = np.zeros((filters, height, width))
    for f in range(filters):
        for row in range(height):
            for col in range(width):
                total = done.bias[f] + sum(done.weight[f, c] * done.x[c, row, col] for c in range(channels))
                slow[f, row, col] = max(total, 0) if done.relu else total
    np.testing.assert_allclose(done.output, slow, rtol=0, atol=1e-9)
    layer = nn.Conv2d(channels, filters, 1).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(done.weight)[:, :, None, None])
        layer.bias.copy_(torch.tensor(done.bias))  # type: ignore[union-attr]
        theirs = layer(torch.tensor(done.x)[None])[0]
    np.testing.assert_allclose(done.sums, theirs.numpy(), rtol=0, atol=1e-9)
    assert done.parameters == sum(p.numel() for p in layer.parameters())
    assert done.macs == filters * channels * height * width


@settings(max_examples=25, deadline=None)
@given(mixes(), st.data())
def test_a_pixel_shows_how_its_outputs_come_about(done: Mix, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(done) - 1))
    step = done.step(index)
    np.testing.assert_array_equal(step.values, done.x[:, step.row, step.col])
    np.testing.assert_allclose(step.products.sum(1) + done.bias, step.sums, atol=1e-9)
    np.testing.assert_array_equal(step.result, done.output[:, step.row, step.col])
    assert step.row * done.x.shape[2] + step.col == index
    assert (step.result >= 0).all() or not done.relu


@settings(max_examples=20, deadline=None)
@given(mixes())
def test_the_check_of_a_mix_agrees_and_sees_what_is_wrong(done: Mix) -> None:
    assert check_mix(CheckMix(done), Context()).agrees
    wrong = done.sums.copy()
    wrong.flat[-1] += 1e-3
    assert not check_mix(CheckMix(replace(done, sums=wrong)), Context()).agrees
    assert not check_mix(CheckMix(replace(done, sums=wrong[:, :, :0])), Context()).agrees
    if done.relu:
        assert not check_mix(CheckMix(replace(done, output=done.output - 1)), Context()).agrees


def test_a_mix_by_hand() -> None:
    done = mix([[[10.0]], [[20.0]]], [[1, -1], [0.5, 2]], [3, 0], relu=True)
    assert done.sums.ravel().tolist() == [-7, 45] and done.output.ravel().tolist() == [0, 45]
    assert done.step(0).products.tolist() == [[10, -20], [5, 40]]
    with pytest.raises(IndexError):
        done.step(1)
    with pytest.raises(ValueError, match="read-only"):
        done.output[0] = 1


@pytest.mark.parametrize(
    ("x", "weight", "bias", "words"),
    [
        (np.zeros((2, 3)), np.eye(2), None, "channels, rows and columns"),
        (np.zeros((2, 3, 3)), np.eye(3), None, "3 columns, but the input has 2 channels"),
        (np.zeros((2, 3, 3)), np.zeros(2), None, "rows and columns"),
        (np.zeros((2, 3, 3)), np.eye(2), [1.0], "as many biases"),
        (np.full((1, 1, 1), np.nan), np.eye(1), None, "NaN"),
        (np.zeros((1, 1, 1)), [[1e12]], None, "beyond"),
    ],
)
def test_mixes_that_cannot_be_done_say_why(x: Any, weight: Any, bias: Any, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        mix(x, weight, bias)


# --- inputs and tables -----------------------------------------------------------------------------------------


def test_the_channels_of_a_picture() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (7, 9, 3), np.uint8)
    for count in range(1, MOST_CHANNELS + 1):
        x = picture_channels(pixels, count)
        assert x.shape == (count, 7, 9) and len(channel_names(count)) == count
        assert np.array_equal(x, np.rint(x)) and np.abs(x).max() <= 255
    np.testing.assert_array_equal(x[:3], pixels.transpose(2, 0, 1))
    grey = torch.tensor(np.rint(pixels @ np.array(LUMA, np.float32)))[None, None].double()
    around = nn.functional.pad(grey, (1, 1, 1, 1), mode="replicate")
    upright = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]).double()
    laplacian = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]).double()
    for plane, kernel in ((x[3], upright), (x[4], upright.T), (x[5], laplacian)):
        theirs = nn.functional.conv2d(around, kernel[None, None] / 4)[0, 0]
        np.testing.assert_allclose(plane, np.rint(theirs.numpy()), atol=0)
    one = picture_channels(pixels[:1, :1], 6)
    assert one[3:].tolist() == [[[0]], [[0]], [[0]]]


@pytest.mark.parametrize("one", NUMBERS, ids=lambda n: n.name)
def test_volumes_of_numbers_are_whole_and_new_each_time(one: Any) -> None:
    x = one.make(3, 4, 5)
    assert x.shape == (3, 4, 5) and np.array_equal(x, np.rint(x))
    x[:] = 99
    assert (one.make(3, 4, 5) != 99).any() and numbers(one.name) is one


@pytest.mark.parametrize("one", RECIPES, ids=lambda r: r.name)
def test_every_recipe_fits_every_input_that_it_takes(one: Any) -> None:
    for channels in range(one.least, MOST_CHANNELS + 1):
        x = drawn(1, channels, 5, 4)
        weight, bias = one.make(x, 2, seed=4)
        assert weight.shape[1] == channels and bias.shape == (len(weight),)
        assert not one.free or len(weight) == min(2, channels) or one.name == "random"
        mix(x, weight, bias)
    assert recipe(one.name) is one
    if one.least > 1:
        with pytest.raises(ValueError, match="needs"):
            one.make(drawn(1, one.least - 1, 2, 2), 1)


def test_what_the_tables_do_to_a_colour() -> None:
    orange = np.array([200.0, 120.0, 40.0])[:, None, None]

    def made(name: str, x: FloatArray = orange) -> list[float]:
        weight, bias = recipe(name).make(x, 1)
        return [round(float(v), 3) for v in mix(x, weight, bias).output.ravel()]

    assert made("grey") == [round(0.299 * 200 + 0.587 * 120 + 0.114 * 40, 3)]
    assert made("swap") == [40, 120, 200] and made("identity") == [200, 120, 40]
    assert made("difference") == [80, 80]
    assert made("grey", orange[:2]) == [160]
    assert made("sepia") == [178.44, 158.84, 123.72]
    weight, _ = recipe("random").make(orange, 4, seed=7)
    assert weight.shape == (4, 3) and np.array_equal(weight, np.round(weight, 2))
    assert not np.array_equal(weight, recipe("random").make(orange, 4, seed=8)[0])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(2, 6), st.integers(0, 50))
def test_principal_components_are_those_of_scikit_learn(channels: int, side: int, seed: int) -> None:
    x = (
        np.random.default_rng(seed).normal(size=(channels, side, side))
        * np.arange(1, channels + 1)[:, None, None]
        * 40
    )
    ours = principal(x)
    pixels = x.reshape(channels, -1).T
    count = min(channels, len(pixels) - 1)
    theirs = PCA(count).fit(pixels)
    np.testing.assert_allclose(ours.mean, theirs.mean_)
    np.testing.assert_allclose(ours.shares[:count], theirs.explained_variance_ratio_, atol=1e-9)
    np.testing.assert_allclose(
        np.abs(ours.components[:count] @ theirs.components_.T), np.eye(count), atol=1e-6
    )
    np.testing.assert_allclose(ours.components @ ours.components.T, np.eye(channels), atol=1e-12)
    kept = max(1, channels // 2)
    mixed = mix(x, *ours.table(kept)).output
    lost = ((ours.restored(mixed) - x) ** 2).sum(0).mean()
    assert lost == pytest.approx(ours.variances[kept:].sum(), rel=1e-9, abs=1e-6)
    assert np.abs(mixed.mean((1, 2))).max() < 1e-9 and (ours.components.max(1) > 0).all()


def test_where_nothing_varies_nothing_is_explained() -> None:
    flat = principal(np.full((3, 2, 2), 7.0))
    assert flat.shares.tolist() == [0, 0, 0] and flat.mean.tolist() == [7, 7, 7]


# --- flatten ---------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(small, small, small, st.sampled_from(ORDERS))
def test_entries_and_places_lead_to_each_other(channels: int, height: int, width: int, order: Order) -> None:
    shape = (channels, height, width)
    x = np.arange(100.0, 100 + channels * height * width).reshape(shape)
    vector, index = flattened(x, order), entries(shape, order)
    tensor = torch.tensor(x)
    theirs = tensor.flatten() if order == "first" else tensor.permute(1, 2, 0).flatten()
    np.testing.assert_array_equal(vector, theirs.numpy())
    for entry in range(x.size):
        place = place_of(shape, entry, order)
        assert entry_of(shape, place, order) == index[place] == entry and vector[entry] == x[place]
    assert x.size % line_length(shape, order) == 0
    assert check_flatten(CheckFlatten(x, vector, order), Context()).agrees
    if x.size > 1:
        assert not check_flatten(CheckFlatten(x, vector[::-1].copy(), order), Context()).agrees


def test_places_outside_are_refused() -> None:
    for wrong in ((1, 0, 0), (0, 2, 0), (0, 0, -1)):
        with pytest.raises(IndexError):
            entry_of((1, 2, 3), wrong)
    with pytest.raises(IndexError):
        place_of((1, 2, 3), 6)


# --- dense -----------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(denses())
def test_matrix_kernels_and_sliding_tell_the_same(done: Dense) -> None:
    outputs, (channels, side, _) = len(done.weight), done.shape
    for m in range(outputs):
        total = float(done.bias[m])
        for c in range(channels):
            for row in range(side):
                for col in range(side):
                    total += done.weight[m, (c * side + row) * side + col] * done.x[c, row, col]
        assert done.output[m] == pytest.approx(total, abs=1e-9)
        assert done.products(m).sum() + done.bias[m] == pytest.approx(total, abs=1e-9)
        assert done.slid[m, 0, 0] == pytest.approx(total, abs=1e-9), "the input is the picture's first corner"
    for row in range(done.slid.shape[1]):
        for col in range(done.slid.shape[2]):
            alone = dense(done.window(row, col), done.weight, done.bias)
            np.testing.assert_allclose(done.slid[:, row, col], alone.output, atol=1e-9)
    assert done.parameters == sum(p.numel() for p in nn.Linear(done.flat.size, outputs).parameters())
    assert done.kernels.shape == (outputs, *done.shape)


@settings(max_examples=15, deadline=None)
@given(denses())
def test_the_check_of_a_dense_layer_agrees_and_sees_what_is_wrong(done: Dense) -> None:
    assert check_dense(CheckDense(done), Context()).agrees
    assert not check_dense(CheckDense(replace(done, output=done.output + 1e-3)), Context()).agrees
    assert not check_dense(CheckDense(replace(done, slid=done.slid[:, 1:])), Context()).agrees


@pytest.mark.parametrize(
    ("weight", "bias", "image", "words"),
    [
        (np.zeros((2, 3)), [0, 0], None, "needs 4 weights"),
        (np.zeros((2, 4)), [0], None, "as many biases"),
        (np.zeros((2, 4)), [0, 0], np.zeros((1, 1, 2)), "no room"),
        (np.full((2, 4), np.inf), [0, 0], None, "beyond"),
    ],
)
def test_dense_layers_that_cannot_be_done_say_why(weight: Any, bias: Any, image: Any, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        dense(np.zeros((1, 2, 2)), weight, bias, image)
    with pytest.raises(ShapeError, match="channels, rows and columns"):
        dense(np.zeros((2, 2)), np.zeros((1, 4)), [0])


def test_counts_of_known_nets_are_those_of_torch() -> None:
    assert LARGEST.parameters == 102_764_544 and LARGEST.title == "VGG-16, fc6"
    for known in KNOWN:
        with torch.device("meta"):
            layer = nn.Linear(int(np.prod(known.inputs)), known.outputs)
        assert known.parameters == sum(p.numel() for p in layer.parameters())
    assert inputs_text((7, 7, 512)) == "7 × 7 × 512" and inputs_text((4096,)) == "4,096"
    assert count_text((3, 3, 2), 3) == "18 · 3 + 3 = 57"


# --- scripts -----------------------------------------------------------------------------------------------------


def scripts() -> list[tuple[str, str]]:
    x = drawn(2, 2, 3, 3)
    layer = dense(x[:, :2, :2], drawn(3, 2, 8) / 7, drawn(4, 2), x)
    return [
        ("mix", mix_script(mix(x, drawn(5, 3, 2) / 3, drawn(6, 3), relu=True))),
        ("first", flatten_script(x, "first")),
        ("last", flatten_script(x, "last")),
        ("dense", dense_script(layer)),
    ]


@pytest.mark.parametrize(("name", "text"), scripts(), ids=lambda v: v if len(v) < 9 else "script")
def test_the_scripts_run_and_agree(name: str, text: str) -> None:
    printed: list[str] = []
    exec(text, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    assert printed[-1] == "agrees with ConvScope"
