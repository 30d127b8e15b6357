"""A whole picture through a kernel: by torch, by numpy, and as the page computes it; live; out of memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.foundations import whole_image
from engine.foundations.convolution import ConvSpec, ShapeError, trace
from engine.foundations.requests import LiveWholeImage, WholeImage, WholeImageResult
from engine.foundations.whole_image import halved, respond, respond_live, volume
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
    assert result.pixels is pixels and result.frame is None
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
    assert isinstance(said[0], Notice) and "halved to 26 x 20" in said[0].message


def test_halving_is_the_rounded_mean_of_four() -> None:
    pixels = picture(7, 9)
    blocks = pixels[:6, :8].reshape(3, 2, 4, 2, 3).astype(float)
    np.testing.assert_array_equal(halved(pixels), np.floor(blocks.mean((1, 3)) + 0.5))


@pytest.mark.parametrize("ready", [True, False])
def test_what_cannot_be_done_is_refused(ready: bool) -> None:
    pixels, context = picture(4, 4), Context(torch_ready=ready)
    with pytest.raises(ShapeError, match="larger than the padded input"):
        finish(respond(WholeImage(pixels, np.ones((1, 1, 5, 5)), None, ConvSpec()), context))
    with pytest.raises(ShapeError, match="NaN"):
        finish(respond(WholeImage(pixels, np.full((1, 1, 1, 1), np.nan), None, ConvSpec()), context))
    with pytest.raises(ValueError, match="one channel"):
        volume(pixels, 2)


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
