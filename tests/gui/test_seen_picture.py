"""The picture on which answers are shown: cut, no larger than is seen, and made once."""

from __future__ import annotations

import numpy as np

from engine.images import Frame
from engine.inside.seen import Seen
from gui.pages.units.seen_picture import SHARPEST, grey_picture_of, picture_of


def seen(
    frame: Frame, *, photo: bool = True, window: tuple[float, float, float, float] = (0.25, 0.0, 0.75, 1.0)
) -> Seen:
    return Seen(frame, np.full((8, 8), 7, np.uint8), window, photo)


def test_the_window_of_the_photo_in_its_own_pixels() -> None:
    frame = Frame(np.random.default_rng(0).integers(0, 256, (40, 80, 3), np.uint8), "noise")
    picture = picture_of(seen(frame))
    np.testing.assert_array_equal(picture, frame.pixels[:, 20:60])
    assert picture_of(seen(frame)) is picture, "made once for all answers about it"
    grey = grey_picture_of(seen(frame))
    assert grey.shape == picture.shape and (grey == grey[..., :1]).all()
    assert grey_picture_of(seen(frame)) is grey


def test_a_panorama_is_made_small() -> None:
    frame = Frame(np.zeros((300, 9000, 3), np.uint8), "panorama")
    assert max(picture_of(seen(frame)).shape) == SHARPEST


def test_a_digit_is_shown_in_the_net_s_own_pixels() -> None:
    frame = Frame(np.zeros((40, 40, 3), np.uint8), "paper")
    assert (picture_of(seen(frame, photo=False)) == 7).all() and picture_of(
        seen(frame, photo=False)
    ).shape == (8, 8, 3)


def test_a_sliver_of_a_window_has_a_pixel() -> None:
    frame = Frame(np.zeros((5, 5, 3), np.uint8), "tiny")
    assert picture_of(seen(frame, window=(0.5, 0.5, 0.5, 0.5))).size == 3
