"""The state of the page "Style", its mask as an array, and pictures that know how they were painted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.images import encode_png, open_picture
from engine.style.settings import StyleSettings
from gui.pages.style import tour
from gui.pages.style.masks import mask_of
from gui.pages.style.stamp import stamped, state_in
from gui.pages.style.state import (
    MOST_STYLES,
    StyleState,
    with_picture,
    with_pictures_of,
    with_style_added,
    with_style_removed,
)
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState

COFFEE = SourceState("sample", "coffee")
MOSAIC = SourceState("preset", "mosaic")
STROKE = (0.2, False, ((0.5, 0.5),))


@pytest.mark.parametrize("stop", tour.stops(), ids=lambda stop: stop.name)
def test_states_go_through_json_and_back(stop: Any) -> None:
    assert from_json(StyleState, to_json(stop.state)).validated() == stop.state


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"styles": ()}, "1 to 4 styles"),
        ({"styles": (SourceState("camera", "any"),)}, "take one picture"),
        ({"tile": 2}, "none of those on show"),
        ({"settings": StyleSettings(blend=(1.0, 1.0))}, "weight to blend"),
        ({"settings": StyleSettings(size=8)}, "32 to 4096 pixels"),
        ({"mask": ((0.9, False, ((0.5, 0.5),)),)}, "thickness"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(StyleState(), **wrong).validated()


def test_a_new_content_leaves_the_mask_behind_and_a_new_style_does_not() -> None:
    state = StyleState(mask=(STROKE,), mask_inverted=True)
    assert with_picture(state, 1, MOSAIC).mask == (STROKE,)
    other = with_picture(state, 0, COFFEE)
    assert other.mask == () and not other.mask_inverted
    assert with_pictures_of(other, state) == state


def test_styles_come_and_go_with_their_weights() -> None:
    state = StyleState()
    while len(state.styles) < MOST_STYLES:
        state = with_style_added(state, MOSAIC).validated()
    assert state.tile == MOST_STYLES and state.settings.blend == (1.0,) * MOST_STYLES
    blended = replace(state, settings=replace(state.settings, blend=(0.0, 0.0, 0.0, 2.0)))
    fewer = with_style_removed(blended, 4).validated()
    assert fewer.settings.blend == (1.0, 1.0, 1.0) and fewer.tile == 3  # not all of them 0
    with pytest.raises(UserError, match="one style"):
        with_style_removed(StyleState(), 1)


class TestMask:
    def test_none_stands_for_everywhere(self, qapp: QApplication) -> None:
        assert mask_of((), False, 30, 20) is None
        nowhere = mask_of((), True, 30, 20)
        assert nowhere is not None and nowhere.shape == (20, 30) and nowhere.min() == 1

    def test_a_dab_is_a_disc_and_an_eraser_takes_it_away(self, qapp: QApplication) -> None:
        mask = mask_of((STROKE,), False, 100, 60)
        assert mask is not None
        rows, columns = np.indices((60, 100)) + 0.5
        inside = np.hypot(rows - 30, columns - 50) < 10
        assert abs(float(mask.sum()) - inside.sum()) < 0.03 * inside.sum()
        assert mask[30, 50] == 1 and mask[30, 62] == 0
        gone = mask_of((STROKE, (0.25, True, ((0.5, 0.5), (0.51, 0.5)))), False, 100, 60)
        assert gone is not None and gone.max() == 0

    @given(st.integers(1, 3000), st.integers(1, 3000), st.booleans())
    def test_any_shape(self, width: int, height: int, inverted: bool) -> None:
        mask = mask_of((STROKE,), inverted, width, height)
        assert mask is not None and max(mask.shape) <= 512 and not mask.flags.writeable
        assert 0 <= mask.min() <= mask.max() <= 1


class TestStamp:
    def test_a_painting_knows_how_it_was_made(self, tmp_path: Path) -> None:
        state = replace(
            StyleState(), settings=StyleSettings(beta=7.5, blend=(1.0, 2.0)), styles=(MOSAIC, COFFEE)
        )
        pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
        path = tmp_path / "painting.png"
        path.write_bytes(stamped(pixels, state))
        np.testing.assert_array_equal(open_picture(path).pixels, pixels)
        assert state_in(path) == state

    @pytest.mark.parametrize("text", [None, "no JSON", '{"convscope": 1, "page": "maps", "state": {}}',
                                      '{"convscope": 1, "page": "style", "state": {"styles": []}}'])  # fmt: skip
    def test_other_pictures_say_nothing(self, tmp_path: Path, text: str | None) -> None:
        path = tmp_path / "any.png"
        texts = None if text is None else {"convscope": text}
        path.write_bytes(encode_png(np.zeros((2, 2, 3), np.uint8), texts))
        assert state_in(path) is None

    def test_no_picture_at_all(self, tmp_path: Path) -> None:
        path = tmp_path / "letter.png"
        path.write_text("not a picture")
        assert state_in(path) is None and state_in(tmp_path / "gone.png") is None
