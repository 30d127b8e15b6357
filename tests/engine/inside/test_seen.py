"""What a net reads of a frame: prepared once for all questions about it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import UserError
from engine.images import Frame
from engine.inside.seen import seen_by
from engine.networks.classifying.preprocessing import InputRecipe, prepare

PHOTOS = InputRecipe("photo", 32, None, (0.5,) * 3, (0.25,) * 3, "area")
DIGITS = InputRecipe("digit", 32, None, (0.1,), (0.3,), "area")


def frame(seed: int = 0) -> Frame:
    return Frame(np.random.default_rng(seed).integers(0, 256, (50, 80, 3), np.uint8), "noise")


def test_it_is_what_the_net_is_given() -> None:
    photo = frame()
    prepared, seen = seen_by(PHOTOS, photo)
    np.testing.assert_array_equal(prepared.values, prepare(photo.pixels, PHOTOS).values)
    assert seen.photo and seen.side == 32 and not seen.pixels.flags.writeable
    assert seen.window == pytest.approx((0.1875, 0.0, 0.8125, 1.0))


def test_one_frame_is_prepared_once_and_another_one_anew() -> None:
    photo = frame()
    first = seen_by(PHOTOS, photo)
    assert seen_by(PHOTOS, photo)[1] is first[1]
    assert seen_by(PHOTOS, frame())[1] is not first[1], "another frame, though with the same pixels"
    assert seen_by(PHOTOS, photo)[1] is not first[1], "only the newest is kept"


def test_where_nothing_is_drawn_nothing_is_kept() -> None:
    paper = Frame(np.full((20, 20, 3), 255, np.uint8), "paper")
    for _ in range(2):
        with pytest.raises(UserError):
            seen_by(DIGITS, paper)
