"""The drawn styles: the same picture from the same seed; what dragging paint along a wind does."""

from __future__ import annotations

import numpy as np
import pytest

from engine.context import Context
from engine.errors import UserError
from engine.style import patterns
from engine.style.patterns import PATTERNS, draw
from engine.style.requests import DrawPattern


@pytest.mark.parametrize("name", [pattern.name for pattern in PATTERNS])
def test_a_pattern_is_a_function_of_its_seed(name: str) -> None:
    size = (96, 80)
    first, again, other = draw(name, 3, size), draw(name, 3, size), draw(name, 4, size)
    assert first.pixels.shape == (80, 96, 3) and not first.pixels.flags.writeable
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert np.abs(first.pixels.astype(int) - other.pixels).mean() > 3
    assert first.pixels.std() > 25  # something is to be seen


def test_the_request_draws_it_as_it_is_bundled() -> None:
    frame = patterns.respond(DrawPattern("hatching"), Context())
    assert (frame.width, frame.height) == (
        patterns.WIDTH,
        patterns.HEIGHT,
    ) and frame.name == "Crosshatched inks"


def test_a_name_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(UserError, match=r"no drawn style.*swirls, mosaic, hatching"):
        draw("cubism")


def test_paint_is_dragged_along_a_straight_wind() -> None:
    """Along a wind to the right the mean is a box filter over the row, which rolls the picture around."""
    values = np.random.default_rng(0).random((2, 6, 64), np.float32)
    wind = np.stack([np.ones((6, 64)), np.zeros((6, 64))]).astype(np.float32)
    found = patterns._dragged(values, wind)
    reach = range(-patterns.STROKE, patterns.STROKE + 1)
    expected = np.mean([np.roll(values, -shift, axis=2) for shift in reach], axis=0)
    np.testing.assert_allclose(found, expected, atol=1e-5)
