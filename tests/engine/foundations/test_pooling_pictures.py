"""Small shifts, whole pictures, and their checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.context import Context
from engine.foundations.convolution import ShapeError
from engine.foundations.pooling import PoolSpec, trace
from engine.foundations.pooling.check import check_picture, check_shift
from engine.foundations.pooling.picture import respond, respond_live
from engine.foundations.pooling.requests import (
    CheckPicture,
    CheckShift,
    LivePoolPicture,
    PoolPicture,
    PoolPictureResult,
)
from engine.foundations.pooling.shift import compare, moved, views
from engine.foundations.whole_image import MOST_PIXELS
from engine.images import Frame
from engine.jobs import Notice, Partial
from engine.mailbox import Mailbox

KINDS = ("max", "average", "min", "l2", "stochastic", "global_max", "global_average")


def picture(height: int = 20, width: int = 31) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


def run(steps: Any) -> Any:
    """A generator to its end: its answer."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


class TestShift:
    def test_a_shift_moves_and_lets_zeros_in(self) -> None:
        x = np.arange(1.0, 7).reshape(1, 2, 3)
        np.testing.assert_array_equal(moved(x, 0, 1), [[[0, 1, 2], [0, 4, 5]]])
        np.testing.assert_array_equal(moved(x, -1, 0), [[[4, 5, 6], [0, 0, 0]]])
        np.testing.assert_array_equal(moved(x, 1, -2), [[[0, 0, 0], [3, 0, 0]]])
        assert not moved(x, 2, 0).any() and not moved(x, 0, 9).any()

    def test_views_of_a_scene_let_real_pixels_in(self) -> None:
        x = np.arange(100.0).reshape(1, 10, 10)
        before, after = views(x, 1, -2, 3)
        assert before.shape == after.shape == (1, 4, 4)
        np.testing.assert_array_equal(after[0, 1:, :2], before[0, :-1, 2:])
        with pytest.raises(ValueError, match="margin"):
            views(x, 4, 0, 3)

    def test_a_shift_by_the_stride_moves_the_output_by_one(self) -> None:
        x = np.random.default_rng(0).random((1, 8, 8))
        found = {one.what: one for one in compare(x, moved(x, 0, 2), PoolSpec("max", 2))}
        for what in ("max", "average", "every"):
            np.testing.assert_array_equal(found[what].after[..., 1:], found[what].before[..., :-1])  # type: ignore[index]

    def test_a_winner_that_stays_in_its_window_keeps_the_maximum(self) -> None:
        x = np.zeros((1, 4, 4))
        x[0, 1, 0] = 9.0
        found = {one.what: one for one in compare(x, moved(x, 0, 1), PoolSpec("max", 2))}
        assert found["max"].same == 1.0 and found["max"].correlation == pytest.approx(1.0)
        assert found["input"].same == pytest.approx(14 / 16)
        assert found["average"].same == 1.0
        np.testing.assert_array_equal(found["every"].difference, np.zeros((1, 2, 2)))
        assert found["every"].correlation is None  # every second value is zero

    def test_numbers_against_their_definitions(self) -> None:
        rng = np.random.default_rng(3)
        before, after = rng.random((2, 1, 9, 9))
        for one in compare(before, after, PoolSpec("average", 3, 2)):
            assert one.mean == pytest.approx(np.abs(one.after - one.before).mean())
            a, b = one.before.ravel() - one.before.mean(), one.after.ravel() - one.after.mean()
            assert one.correlation == pytest.approx(a @ b / np.sqrt((a @ a) * (b @ b)))

    @pytest.mark.parametrize("spec", [PoolSpec("max", 3, 2, 1), PoolSpec("global_max", 2)])
    def test_the_check_agrees_and_notices(self, spec: PoolSpec) -> None:
        before = np.random.default_rng(1).normal(size=(1, 7, 6))
        after = moved(before, 1, 1)
        kept = {one.what: (one.before, one.after) for one in compare(before, after, spec)}
        asked = CheckShift(before, after, spec, kept["max"], kept["average"], kept["every"])
        assert check_shift(asked, Context()).agrees
        for field in ("maxima", "averages", "every"):
            first, second = getattr(asked, field)
            assert not check_shift(replace(asked, **{field: (first, second + 0.01)}), Context()).agrees


class TestPicture:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_picture_is_pooled_as_its_numbers_are(self, kind: Any) -> None:
        pixels, spec = picture(), PoolSpec(kind, 3, 2, 1, ceil_mode=True)
        result: PoolPictureResult = run(respond(PoolPicture(pixels, spec, seed=6), Context()))
        done = trace(pixels.transpose(2, 0, 1), spec, seed=6)
        np.testing.assert_allclose(result.values, done.output, rtol=1e-5)
        assert not result.values.flags.writeable and not result.shown.flags.writeable
        expected = np.rint(done.output * (255 / result.white)).transpose(1, 2, 0)
        assert np.abs(result.shown.astype(int) - expected).max() <= 1
        assert result.extremes == (result.values.min(), result.values.max())

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_check_agrees_and_notices(self, kind: Any) -> None:
        spec = PoolSpec(kind, 4, 2)
        result: PoolPictureResult = run(respond(PoolPicture(picture(), spec, seed=1), Context()))
        assert run(check_picture(CheckPicture(result), Context())).agrees
        wrong = result.values.copy()
        wrong[2].flat[0] += 1
        assert not run(check_picture(CheckPicture(replace(result, values=wrong)), Context())).agrees

    def test_white_of_l2_grows_with_the_window(self) -> None:
        white = np.full((4, 4, 3), 255, np.uint8)
        result: PoolPictureResult = run(respond(PoolPicture(white, PoolSpec("l2", 2)), Context()))
        assert result.white == 510 and (result.shown == 255).all() and (result.values == 510).all()

    def test_a_sum_of_many_pixels_keeps_its_digits(self) -> None:
        pixels = np.full((1200, 1400, 3), 201, np.uint8)
        result: PoolPictureResult = run(respond(PoolPicture(pixels, PoolSpec("global_average")), Context()))
        assert (result.values == 201).all()

    def test_too_large_a_picture_is_averaged_and_says_so(self) -> None:
        pixels = np.zeros((1500, 1500, 3), np.uint8)
        result: PoolPictureResult = run(respond(PoolPicture(pixels, PoolSpec()), Context()))
        assert result.pixels.shape == (750, 750, 3) and MOST_PIXELS >= 750 * 750
        assert "1500 × 1500" in result.note and result.values.shape == (3, 375, 375)

    def test_out_of_memory_halves_with_a_notice(self) -> None:
        steps = respond(PoolPicture(picture(20, 30), PoolSpec()), Context(reduced=True))
        assert isinstance(next(steps), Notice)
        assert run(steps).pixels.shape == (10, 15, 3)

    def test_a_window_larger_than_the_picture_is_refused(self) -> None:
        with pytest.raises(ShapeError, match="larger than the input"):
            run(respond(PoolPicture(picture(5, 5), PoolSpec("max", 8)), Context()))

    def test_a_live_source_answers_with_its_newest_frame(self) -> None:
        frames: Mailbox[Frame] = Mailbox()
        old, new = (Frame(picture(8 + n, 8), f"{n}") for n in range(2))
        frames.put(old)
        frames.put(new)
        frames.close()
        found = [
            e for e in respond_live(LivePoolPicture(frames, PoolSpec()), Context()) if isinstance(e, Partial)
        ]
        assert [event.value.frame for event in found] == [new]  # type: ignore[attr-defined]
