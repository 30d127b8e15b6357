"""Edge kernels on pictures: by numpy and by torch, against scipy; magnitude, angle, colour, the check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from engine.context import Context
from engine.foundations.edges.catalogue import GRADIENTS, NAMES, EdgeKernel, KernelName, entry, pair, weight
from engine.foundations.edges.check import check
from engine.foundations.edges.picture import bank, range_of, respond
from engine.foundations.edges.requests import CheckFiltered, FilteredPicture, FilterPicture, What
from engine.foundations.edges.snippet import picture_script
from engine.foundations.edges.window import window_at
from engine.images import Frame, luminance
from engine.jobs import Notice

WITH_TORCH = Context(device=torch.device("cpu"), torch_ready=True)


def frame(height: int = 21, width: int = 34, seed: int = 5) -> Frame:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Frame(pixels, "noise")


def run(steps: Any) -> Any:
    """A generator to its end: its answer."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def filtered(
    kernel: EdgeKernel, what: What = "response", colour: bool = False, context: Context | None = None
) -> FilteredPicture:
    result: FilteredPicture = run(respond(FilterPicture(frame(), kernel, what, colour), context or Context()))
    return result


def theirs(plane: np.ndarray, channel: int | None = None) -> np.ndarray:
    pixels = frame().pixels
    x = luminance(pixels) if channel is None else pixels[..., channel]
    return ndimage.correlate(x.astype(np.float64), plane, mode="nearest")


def float32_digits(plane: np.ndarray) -> float:
    """What rounding to float32 may cost a sum of pixels."""
    return 2e-6 * 255 * float(np.abs(plane).sum())


@pytest.mark.parametrize("context", [Context(), WITH_TORCH], ids=["numpy", "torch"])
class TestResponses:
    @pytest.mark.parametrize("name", NAMES)
    def test_every_kernel_on_the_luminance(self, name: KernelName, context: Context) -> None:
        kernel = EdgeKernel(name, entry(name).sizes[-1], angle=70)
        found = filtered(kernel, context=context)
        assert found.names == ("response",) and found.maps.shape == (1, 21, 34)
        np.testing.assert_allclose(
            found.map("response"), theirs(weight(kernel)), atol=float32_digits(weight(kernel))
        )
        assert not found.maps.flags.writeable and found.pixels is found.request.frame.pixels

    def test_colour_is_every_channel_and_the_strongest_of_them(self, context: Context) -> None:
        kernel = EdgeKernel("scharr", angle=45)
        found = filtered(kernel, colour=True, context=context)
        assert found.names == ("strongest", "red", "green", "blue")
        channels = np.stack([theirs(weight(kernel), c) for c in range(3)])
        np.testing.assert_allclose(found.maps[1:], channels, atol=5e-2)
        expected = np.take_along_axis(channels, np.abs(channels).argmax(0)[None], 0)[0]
        np.testing.assert_allclose(np.abs(found.map("strongest")), np.abs(expected), atol=5e-2)
        clear = (
            np.diff(np.sort(np.abs(channels), axis=0), axis=0)[1] > 1
        )  # no two channels are equally strong
        np.testing.assert_allclose(found.map("strongest")[clear], expected[clear], atol=5e-2)

    def test_a_blur_of_colours_is_a_picture(self, context: Context) -> None:
        kernel = EdgeKernel("gaussian", 5, sigma=1.1)
        found = filtered(kernel, colour=True, context=context)
        assert found.names == ("red", "green", "blue")
        np.testing.assert_allclose(found.map("blue"), theirs(weight(kernel), 2), rtol=1e-5)

    @pytest.mark.parametrize("name", GRADIENTS)
    def test_magnitude_and_angle(self, name: KernelName, context: Context) -> None:
        kernel = EdgeKernel(name)
        found = filtered(kernel, "gradient", context=context)
        gx, gy = (theirs(plane) for plane in pair(kernel))
        np.testing.assert_allclose(found.map("gx"), gx, atol=2e-2)
        np.testing.assert_allclose(found.map("gy"), gy, atol=2e-2)
        np.testing.assert_allclose(found.map("magnitude"), np.sqrt(gx**2 + gy**2), rtol=1e-3)
        off = (found.map("angle") - np.degrees(np.arctan2(gy, gx)) + 180) % 360 - 180
        np.testing.assert_allclose(off, 0, atol=0.05)

    def test_the_gradient_of_colours_is_that_of_the_steepest_channel(self, context: Context) -> None:
        found = filtered(EdgeKernel("sobel"), "gradient", True, context)
        channels = np.stack([[theirs(plane, c) for plane in pair(EdgeKernel("sobel"))] for c in range(3)])
        sizes = np.hypot(channels[:, 0], channels[:, 1])
        np.testing.assert_allclose(found.map("magnitude"), sizes.max(0), rtol=1e-3)
        np.testing.assert_allclose(np.hypot(found.map("gx"), found.map("gy")), sizes.max(0), rtol=1e-3)

    def test_the_comparison_has_one_unit(self, context: Context) -> None:
        found = filtered(EdgeKernel("sobel", 5, angle=30), "compare", True, context)
        members = bank(found.request.kernel)
        assert len(found.names) == 8 and found.names[0] == "Sobel, 30°" and found.names[4] == "Sobel, 120°"
        for name, member in zip(found.names, members, strict=True):
            assert name == member.title and member.plane.shape == (5, 5)
            np.testing.assert_allclose(found.map(name), theirs(member.plane / member.divisor), atol=1e-2)


class TestComparison:
    def test_a_full_step_answers_255_everywhere(self) -> None:
        step = np.zeros((9, 10, 3), np.uint8)
        step[:, :5] = 255
        asked = FilterPicture(Frame(step, "step"), EdgeKernel("sobel"), "compare")
        found = run(respond(asked, Context()))
        for name in ("Sobel, 0°", "Prewitt, 0°", "Scharr, 0°"):
            assert found.map(name).max() == pytest.approx(255, rel=1e-5)
        assert np.abs(found.map("Sobel, 90°")).max() < 1e-3

    def test_sizes_that_edges_do_not_come_in_become_three(self) -> None:
        assert bank(EdgeKernel("gabor", 11))[0].plane.shape == (3, 3)


class TestRange:
    @given(st.integers(1, 40), st.integers(1, 40), st.floats(-500, 500, width=32))
    @settings(max_examples=25, deadline=None)
    def test_colours_always_have_something_to_span(self, height: int, width: int, value: float) -> None:
        found = range_of(np.full((height, width), value, np.float32))
        assert found.low == found.high == value and found.limit > 0

    def test_single_outliers_do_not_darken_a_map(self) -> None:
        plane = np.ones((100, 101), np.float32)
        plane[3, 4] = -900
        assert range_of(plane).limit == 1 and range_of(plane).low == -900


class TestCheck:
    CASES = (
        ("sobel", "response", False), ("scharr", "response", True), ("gaussian", "response", True),
        ("gabor", "response", False), ("sobel", "gradient", False), ("prewitt", "gradient", True),
        ("sobel", "compare", False),
    )  # fmt: skip

    @pytest.mark.parametrize(("name", "what", "colour"), CASES)
    @pytest.mark.parametrize("context", [Context(), WITH_TORCH], ids=["numpy", "torch"])
    def test_it_agrees_and_notices(self, name: Any, what: Any, colour: bool, context: Context) -> None:
        found = filtered(EdgeKernel(name, angle=70), what, colour, context)
        verdict = run(check(CheckFiltered(found), Context()))
        assert verdict.agrees and verdict.max_abs_difference > 0 and "OpenCV" in verdict.reference
        for index in range(len(found.maps)):
            wrong = found.maps.copy()
            wrong[index, 20, 33] += 5
            assert not run(check(CheckFiltered(replace(found, maps=wrong)), Context())).agrees, found.names[
                index
            ]

    def test_bands_of_a_large_picture_fit_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("engine.foundations.edges.check._BAND_PRODUCTS", 1)
        found = filtered(EdgeKernel("gabor", 7))
        steps = list(check(CheckFiltered(found), Context()))
        assert len(steps) == 3 and run(check(CheckFiltered(found), Context())).agrees


class TestPictures:
    def test_too_large_a_picture_is_averaged_and_says_so(self) -> None:
        large = Frame(np.zeros((1500, 1500, 3), np.uint8), "large")
        found = run(respond(FilterPicture(large, EdgeKernel()), WITH_TORCH))
        assert found.pixels.shape == (750, 750, 3) and "1500 × 1500" in found.note
        assert found.maps.shape == (1, 750, 750) and not found.maps.any()

    def test_out_of_memory_halves_with_a_notice(self) -> None:
        steps = respond(FilterPicture(frame(), EdgeKernel()), Context(reduced=True))
        assert isinstance(next(steps), Notice)
        assert run(steps).pixels.shape == (10, 17, 3)

    @pytest.mark.parametrize("side", [1, 2])
    def test_a_picture_smaller_than_the_kernel_is_filtered(self, side: int) -> None:
        asked = FilterPicture(frame(side, side), EdgeKernel("gabor", 11), "response")
        for context in (Context(), WITH_TORCH):
            assert run(respond(asked, context)).maps.shape == (1, side, side)

    @pytest.mark.parametrize("colour", [False, True])
    @pytest.mark.parametrize(
        ("name", "what"), [("gabor", "response"), ("scharr", "gradient"), ("sobel", "compare")]
    )
    def test_the_script_runs_and_finds_the_same(
        self, name: Any, what: Any, colour: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from PIL import Image

        path = tmp_path / "noise.png"
        Image.fromarray(frame().pixels).save(path)
        monkeypatch.setattr("sys.argv", ["edges.py", str(path)])
        known: dict[str, Any] = {}
        exec(picture_script(EdgeKernel(name, angle=45), what, colour), known)
        found = filtered(EdgeKernel(name, angle=45), what, colour)
        known |= zip(known.get("names", ()), known.get("responses", ()), strict=False)
        compared = [ours for ours in found.names if ours != "strongest"]
        for ours in compared:
            np.testing.assert_allclose(found.map(ours), known[ours].numpy(), atol=2e-2)
        assert len(compared) in (1, 3, 4, 8)


class TestWindow:
    @pytest.mark.parametrize(
        ("kernel", "what", "colour"),
        [
            (EdgeKernel("scharr", 5, 70), "response", False),
            (EdgeKernel("sobel"), "response", True),
            (EdgeKernel("box"), "response", True),
            (EdgeKernel("prewitt", 7), "gradient", False),
            (EdgeKernel("sobel", 5, 20), "compare", False),
        ],
    )
    def test_the_sum_of_the_products_is_the_value_of_the_map(
        self, kernel: EdgeKernel, what: What, colour: bool
    ) -> None:
        found = filtered(kernel, what, colour)
        for name in set(found.names) - {"magnitude", "angle"}:
            for row, col in ((0, 0), (10, 17), (20, 33), (0, 20)):
                window = window_at(found, name, row, col)
                expected = found.map(name)[row, col]
                assert window.total == pytest.approx(expected, abs=float32_digits(window.kernel))
                assert window.total == pytest.approx((window.patch * window.kernel).sum())

    def test_what_has_no_window_says_so(self) -> None:
        found = filtered(EdgeKernel("sobel"), "gradient")
        with pytest.raises(ValueError):
            window_at(found, "angle", 0, 0)
        with pytest.raises(IndexError):
            window_at(found, "gx", 21, 0)
        with pytest.raises(ValueError):
            window_at(filtered(EdgeKernel("sobel"), "gradient", True), "gx", 0, 0)
