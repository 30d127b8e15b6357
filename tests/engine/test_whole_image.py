"""A whole picture through a kernel: by torch, by numpy, and as the page computes it; live; out of memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.foundations import whole_image
from engine.foundations.convolution import ConvSpec, ShapeError, problems, trace
from engine.foundations.pixel_windows import PixelWindows, pixel_windows
from engine.foundations.requests import LiveWholeImage, WholeImage, WholeImageResult
from engine.foundations.whole_image import averaged, respond, respond_live, volume
from engine.handlers import HANDLERS, Context, Idle, load, request_name
from engine.images import Frame, luminance
from engine.jobs import Notice, Partial
from engine.mailbox import Mailbox

SPECS = [
    ConvSpec(padding=1),
    ConvSpec(stride=(2, 3), padding=(0, 1, 2, 0), dilation=2),
    ConvSpec(padding="same_tf", stride=2, activation="relu"),
    ConvSpec(padding=3, padding_mode="reflect", flip=True),
    ConvSpec(padding=2, padding_mode="circular"),
    ConvSpec(padding=2, padding_mode="replicate"),
    ConvSpec(transposed=True, stride=2, padding=1),
    ConvSpec(transposed=True, stride=3, padding="same_tf"),
]


def picture(height: int = 40, width: int = 53, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def finish(steps: Any) -> tuple[WholeImageResult, list[Any]]:
    """The value that a handler returns and what it yields on the way."""
    said = []
    while True:
        try:
            said.append(next(steps))
        except StopIteration as end:
            return end.value, said


def kernels(channels: int, groups: int = 1) -> Any:
    return np.random.default_rng(1).normal(size=(3 * groups, channels // groups, 3, 3)), np.linspace(
        -9, 9, 3 * groups
    )


@pytest.mark.parametrize("bands", [1, 10**9], ids=["many bands", "one band"])
@pytest.mark.parametrize("ready", [True, False], ids=["torch", "numpy"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_both_routes_give_the_trace(
    spec: ConvSpec, channels: int, ready: bool, bands: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_image, "_BAND_MACS", bands)
    pixels, (weight, bias) = picture(), kernels(channels)
    x = luminance(pixels)[None] if channels == 1 else pixels.transpose(2, 0, 1)
    expected = trace(x, weight, bias, spec).output
    request = WholeImage(pixels, weight, bias, spec, channels)
    result, said = finish(respond(request, Context(torch_ready=ready)))
    assert result.response.dtype == np.float32 and not result.response.flags.writeable
    np.testing.assert_allclose(result.response, expected, atol=2e-3)  # 255 * 27 taps in float32
    assert (result.low, result.high) == (result.response.min(), result.response.max())
    assert result.low <= result.robust_low <= result.robust_high <= result.high
    assert result.route.startswith("torch" if ready else "numpy") and result.seconds > 0
    assert result.pixels is pixels and result.frame is None and result.note == ""
    asked = result.request
    assert asked is not None and asked.pixels is pixels and asked.weight is weight and asked.bias is bias
    assert (asked.spec, asked.channels) == (spec, channels)
    assert said == [None] * len(said) and bool(said) == (bands == 1 and not spec.transposed)


@pytest.mark.parametrize("ready", [True, False])
def test_depthwise_and_no_bias(ready: bool) -> None:
    pixels, (weight, _) = picture(), kernels(3, groups=3)
    spec = ConvSpec(groups=3)
    result, _ = finish(respond(WholeImage(pixels, weight, None, spec, 3), Context(torch_ready=ready)))
    np.testing.assert_allclose(
        result.response, trace(pixels.transpose(2, 0, 1), weight, spec=spec).output, atol=2e-3
    )


def test_the_robust_range_ignores_an_outlier() -> None:
    pixels = np.full((100, 100, 3), 100, np.uint8)
    pixels[0, 0] = 255
    result, _ = finish(
        respond(WholeImage(pixels, np.ones((1, 1, 1, 1)), None, ConvSpec()), Context(torch_ready=True))
    )
    assert result.high == pytest.approx(255) and result.robust_high == result.robust_low == pytest.approx(100)


def test_read_only_pixels_are_fine_and_stay_as_they_are() -> None:
    frame = Frame(picture(), "a frame")
    before = frame.pixels.copy()
    for channels in (1, 3):
        finish(
            respond(
                WholeImage(frame.pixels, *kernels(channels), ConvSpec(), channels), Context(torch_ready=True)
            )
        )
    np.testing.assert_array_equal(frame.pixels, before)


def test_out_of_memory_halves_the_picture_and_says_so() -> None:
    pixels = picture(41, 52)
    request = WholeImage(pixels, *kernels(1), ConvSpec())
    result, said = finish(respond(request, Context(torch_ready=True, reduced=True)))
    assert result.pixels.shape == (20, 26, 3) and result.response.shape == (3, 18, 24)
    assert "mean of 2 x 2" in result.note
    assert isinstance(said[0], Notice) and "halved to 26 x 20" in said[0].message


@pytest.mark.parametrize("size", [(2, 2), (3, 3), (1, 2), (5, 4)], ids=str)
def test_averaging_is_the_rounded_mean_of_every_block(size: tuple[int, int]) -> None:
    pixels, (rows, cols) = picture(17, 23), size
    height, width = 17 // rows, 23 // cols
    blocks = pixels[: height * rows, : width * cols].reshape(height, rows, width, cols, 3).astype(float)
    assert np.abs(averaged(pixels, rows, cols) - blocks.mean((1, 3))).max() <= 0.5


@pytest.mark.parametrize(
    ("spec", "most", "size"),
    [
        (ConvSpec(padding=1), 40 * 53, 1),
        (ConvSpec(padding=1), 40 * 53 - 1, 2),
        (ConvSpec(padding=1), 300, 3),
        (ConvSpec(transposed=True, stride=3, padding="same_tf"), 3000, 3),
    ],
    ids=["fits", "too large", "much too large", "the map is nine times the picture"],
)
def test_a_large_picture_is_averaged_first_and_the_result_says_so(
    spec: ConvSpec, most: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_image, "MOST_PIXELS", most)
    pixels, (weight, bias) = picture(), kernels(1)
    result, _ = finish(respond(WholeImage(pixels, weight, bias, spec), Context(torch_ready=True)))
    expected = pixels if size == 1 else averaged(pixels, size, size)
    np.testing.assert_array_equal(result.pixels, expected)
    assert result.request is not None and result.request.pixels is result.pixels
    np.testing.assert_allclose(
        result.response, trace(luminance(expected)[None], weight, bias, spec).output, atol=2e-3
    )
    assert result.response[0].size <= most
    said = f"from 53 x 40 to {53 // size} x {40 // size} pixels: each is the mean of {size} x {size}."
    assert (said in result.note) == (size > 1) == bool(result.note)


def test_a_live_picture_is_averaged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_image, "MOST_PIXELS", 600)
    frames: Mailbox[Frame] = Mailbox()
    frames.put(frame := Frame(picture(), "large"))
    result = next(live(frames)).value
    assert result.frame is frame and result.pixels.shape == (20, 26, 3) and "26 x 20" in result.note


@pytest.mark.parametrize("ready", [True, False])
def test_what_cannot_be_done_is_refused(ready: bool) -> None:
    pixels, context = picture(4, 4), Context(torch_ready=ready)
    with pytest.raises(ShapeError, match="larger than the padded input"):
        finish(respond(WholeImage(pixels, np.ones((1, 1, 5, 5)), None, ConvSpec()), context))
    with pytest.raises(ShapeError, match="NaN"):
        finish(respond(WholeImage(pixels, np.full((1, 1, 1, 1), np.nan), None, ConvSpec()), context))
    with pytest.raises(ValueError, match="one channel"):
        volume(pixels, 2)


# -------------------------------------------------------------------------------------------- windows


@st.composite
def questions(draw: st.DrawFn) -> WholeImage:
    """A small picture and a convolution of it that can be done."""
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    channels = draw(st.sampled_from([1, 3]))
    groups = draw(st.sampled_from([1, channels]))
    shape = (
        groups * draw(st.integers(1, 2)),
        channels // groups,
        draw(st.integers(1, 4)),
        draw(st.integers(1, 4)),
    )
    spec = ConvSpec(
        stride=(draw(st.integers(1, 3)), draw(st.integers(1, 3))),
        padding=draw(st.tuples(*[st.integers(0, 3)] * 4) | st.sampled_from(["valid", "same_tf"])),
        dilation=(draw(st.integers(1, 2)), draw(st.integers(1, 3))),
        groups=groups,
        padding_mode=draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
        flip=draw(st.booleans()),
        activation=draw(st.sampled_from(["none", "relu"])),
    )
    assume(not problems(spec, (channels, height, width), shape))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    bias = rng.normal(size=shape[0]) * 20 if draw(st.booleans()) else None
    pixels = picture(height, width, seed=draw(st.integers(0, 9)))
    return WholeImage(pixels, rng.normal(size=shape), bias, spec, channels)


def windows_of(request: WholeImage) -> PixelWindows:
    found = pixel_windows(request)
    assert found is not None
    return found


@settings(deadline=None)
@given(questions(), st.data())
def test_a_window_sums_up_to_the_response(request: WholeImage, data: st.DataObject) -> None:
    result, _ = finish(respond(request, Context(torch_ready=False)))
    assert result.request is not None
    cell = tuple(data.draw(st.integers(0, n - 1)) for n in result.response.shape)
    step = windows_of(result.request).step(*cell)
    tolerance = 1e-5 * np.abs(step.products).sum() + 1e-4  # float32 keeps seven digits
    assert abs(step.value - float(result.response[cell])) <= tolerance
    assert step.pre == pytest.approx(step.products.sum() + step.bias)


@settings(deadline=None)
@given(questions(), st.data())
def test_windows_are_those_of_the_trace(request: WholeImage, data: st.DataObject) -> None:
    """The trace pads the whole picture; a window looks its pixels up one by one."""
    windows = windows_of(request)
    done = trace(volume(request.pixels, request.channels), request.weight, request.bias, request.spec)
    filter, row, col = (data.draw(st.integers(0, n - 1)) for n in done.shape)
    ours, theirs = windows.step(filter, row, col), done.step(done.index_of(filter, row, col))
    for name in ("index", "filter", "row", "col", "channels", "bias", "activation"):
        assert getattr(ours, name) == getattr(theirs, name)
    for name in ("rows", "cols", "kernel"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    np.testing.assert_allclose(ours.patch, theirs.patch, atol=1e-4)
    np.testing.assert_array_equal(
        windows.padding(row, col), done.is_padding[np.ix_(theirs.rows, theirs.cols)]
    )
    height, width = request.pixels.shape[:2]
    y, x = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    top, _, left, _ = done.geometry.pads
    assert done.nearest_step(y + top, x + left) == done.index_of(0, *windows.nearest(y, x))
    y, x = windows.centre(row, col)
    assert 0 <= y < height and 0 <= x < width


def test_a_pixel_in_the_middle_of_a_window_is_its_centre() -> None:
    request = WholeImage(picture(), *kernels(1), ConvSpec(padding=1, stride=2, dilation=2))
    windows = windows_of(request)
    for cell in ((3, 5), (10, 20)):
        assert windows.nearest(*windows.centre(*cell)) == cell
    assert windows.area(3, 5) == (5, 9, 10, 14) and windows.centre(3, 5) == (7, 11)


def test_a_transposed_convolution_has_no_windows_and_no_cell_lies_outside() -> None:
    weight, bias = kernels(1)
    assert pixel_windows(WholeImage(picture(), weight, bias, ConvSpec(transposed=True))) is None
    windows = windows_of(WholeImage(picture(9, 9), weight, bias, ConvSpec()))
    for cell in ((3, 0, 0), (0, 7, 0), (0, 0, -1)):
        with pytest.raises(IndexError):
            windows.step(*cell)


# ----------------------------------------------------------------------------------------------- live


def live(frames: Mailbox[Frame], **context: Any) -> Any:
    return respond_live(LiveWholeImage(frames, *kernels(1), ConvSpec()), Context(torch_ready=True, **context))


def test_live_answers_the_newest_frame_and_idles_without_one() -> None:
    frames: Mailbox[Frame] = Mailbox()
    woken: list[int] = []
    steps = live(frames, wake=lambda: woken.append(1))
    assert isinstance(next(steps), Idle)
    frames.put(Frame(picture(seed=1), "old"))
    frames.put(newest := Frame(picture(seed=2), "new"))
    assert woken == [1, 1]
    partial = next(steps)
    assert isinstance(partial, Partial) and partial.value.frame is newest
    np.testing.assert_allclose(
        partial.value.response, trace(luminance(newest.pixels), *kernels(1)).output, atol=2e-3
    )
    assert isinstance(next(steps), Idle)
    frames.put(last := Frame(picture(seed=3), "last"))
    frames.close()
    assert next(steps).value.frame is last
    with pytest.raises(StopIteration):
        next(steps)


@pytest.mark.parametrize("end", ["close", "throw"])
def test_live_ends_its_subscription(end: str) -> None:
    frames: Mailbox[Frame] = Mailbox()
    woken: list[int] = []
    steps = live(frames, wake=lambda: woken.append(1))
    next(steps)
    if end == "close":
        steps.close()
    else:
        with pytest.raises(RuntimeError):
            steps.throw(RuntimeError("stop"))
    frames.put(Frame(picture(), "too late"))
    assert woken == []


def test_live_halves_frames_after_out_of_memory_and_says_so_once() -> None:
    frames: Mailbox[Frame] = Mailbox()
    steps = live(frames, reduced=True)
    frames.put(Frame(picture(), "one"))
    first, second = next(steps), next(steps)
    assert isinstance(first, Notice) and second.value.pixels.shape == (20, 26, 3)
    frames.put(Frame(picture(), "two"))
    assert isinstance(next(steps), Partial)


def test_the_table_knows_these_handlers() -> None:
    assert load(HANDLERS[request_name(WholeImage)]) is respond
    assert load(HANDLERS[request_name(LiveWholeImage)]) is respond_live


def test_inside_inference_mode() -> None:
    """The engine enters it around every step; the answer has to be an ordinary array all the same."""
    with torch.inference_mode():
        request = WholeImage(picture(), *kernels(3), ConvSpec(activation="relu"), 3)
        result, _ = finish(respond(request, Context(torch_ready=True)))
    assert result.response.min() == 0
