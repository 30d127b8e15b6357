"""The view "Sliding windows": settings, windows, answers, what is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from engine.detection.sliding import counting
from engine.detection.sliding.requests import SlideOnce, SlideSeparately
from engine.detection.sliding.window_net import LABELS
from engine.errors import UserError
from gui.bridge import Bridge
from gui.pages.boxes.sliding.items import AnswerBars, FoundBoxes, Letters, TextTable
from gui.pages.boxes.sliding.settings import SlidingSettings
from gui.pages.boxes.sliding.shown import Shown, found_in_one_pass, resolve
from gui.pages.boxes.sliding.slide_scene import counted, slide_scene
from gui.pages.boxes.sliding.starter import starter_frame
from gui.pages.boxes.sliding.tour import STOPS
from gui.pages.boxes.state import BoxesState, with_source
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui.sliding_fixtures import (
    SMALL,
    Stand,
    answer,
    bridge,
    crops,
    engine_of,
    facts_of,
    shown_at,
    stand,
)
from tests.gui.window_fixtures import calm, click, hover, hover_nothing, plate_of, words

__all__ = ["bridge", "calm", "stand"]

DRAWN = ("5", "3", "2", "7", "8", "4")


# --- settings ---------------------------------------------------------------------------------------------


def test_settings_go_through_json_and_back() -> None:
    for settings in (SlidingSettings(), SlidingSettings("fold", "page", cell=(2, 3), shared=True, stride=8)):
        assert from_json(SlidingSettings, to_json(settings)).validated() == settings
    state = BoxesState(view="sliding", sliding=SlidingSettings("compare", least=0.75))
    assert from_json(BoxesState, to_json(state)).validated() == state
    for stop in STOPS:
        assert from_json(BoxesState, to_json(stop[3])).validated() == stop[3]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"side": 12}, "even number of 14 to 96"), ({"side": 55}, "even number"), ({"scales": 6}, "1 to 5 scales"),
        ({"stride": 3}, "2, 4, 8 pixels, not by 3"), ({"window": -1}, "counted from 0"),
        ({"least": 1.0}, "probability"),
        ({"overlap": -0.1}, "IoU"), ({"step": 8}, "steps 0 to 7"), ({"neuron": 400}, "neurons 0 to 399"),
        ({"size": 44}, "14 to 42"), ({"cell": (-1, 0)}, "counted from 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        SlidingSettings(**wrong).validated()


def test_another_picture_is_the_one_to_look_at() -> None:
    state = with_source(BoxesState(view="sliding"), SourceState("sample", "coins"))
    assert state.sliding.picture == "page" and state.validated()


# --- the walk ---------------------------------------------------------------------------------------------


def test_the_digits_drawn_in_are_all_found_by_the_real_net() -> None:
    boxes = found_in_one_pass(shown_at(SlidingSettings()))
    assert boxes is not None
    candidates, kept = boxes
    assert sorted(LABELS[kind] for kind in kept.classes) == sorted(DRAWN) and len(candidates.scores) > 6
    side = starter_frame().width
    assert (kept.boxes >= 0).all() and (kept.boxes <= side + 1e-6).all()


def test_the_first_visit_stands_over_a_digit() -> None:
    shown = shown_at(SlidingSettings())
    assert shown.place[0] == 1 and shown.answer is not None
    assert LABELS[int(shown.answer.argmax())] == "3"


def test_the_picture_is_there_before_the_engine_answers(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    scene = stand.view.canvas.scene
    picture, grid = scene.plate("picture"), scene.plate("answers")
    assert picture is not None and picture.values.max() == 1 and grid is not None
    assert grid.hidden is not None and grid.hidden.all() and not stand.view.settled
    assert stand.view.steps() == (100 + 36, 3, "window") and "on its way" in scene.description
    answer(bridge, qtbot)
    answer(bridge, qtbot, SlideSeparately)
    assert stand.view.settled and "the net says" in stand.view.canvas.scene.description
    assert any(isinstance(item, AnswerBars) for item in stand.view.canvas.scene.above)


def test_answers_appear_window_by_window(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    found = answer(bridge, qtbot)
    stand.view.go_to(23)
    assert stand.settings.window == 23 and stand.changes == []
    grid = plate_of(stand.view.canvas, "answers")
    assert grid.hidden is not None and np.flatnonzero(~grid.hidden.ravel()).tolist() == list(range(24))
    assert np.allclose(grid.values, found.answers[0][..., :10].max(-1))
    mark = plate_of(stand.view.canvas, "picture").marks[0]
    assert (mark.top, mark.left, mark.bottom, mark.right) == (4, 6, 18, 20)
    assert np.array_equal(plate_of(stand.view.canvas, "crop").values, found.levels[0].ink[4:18, 6:20])
    stand.view.go_to(100)
    assert plate_of(stand.view.canvas, "answers").shape == (6, 6), "the second scale"


def test_letters_stand_where_a_digit_is_likelier_than_not() -> None:
    shown = shown_at(SlidingSettings())
    letters = [item for item in slide_scene(shown, QSizeF(900, 800)).above if isinstance(item, Letters)]
    (found,) = letters
    answers = shown.answers(1)
    assert answers is not None
    likely = answers[..., :10].max(-1) >= 0.5
    known = np.arange(225).reshape(15, 15) <= shown.index - 484
    assert np.array_equal(found.said, likely & known)


def test_keys_and_clicks_move_the_window(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    canvas = stand.view.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert stand.settings.window == 4
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert stand.settings.window == 14
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert stand.settings.window == 4, "there is no row above the first"
    click(canvas, "answers", 7, 8)
    assert stand.settings.window == 78
    click(canvas, "picture", 6, 6)
    assert stand.settings.window == 0, "the window with that pixel in its middle"
    click(canvas, "picture", 31, 31)
    assert stand.settings.window == 99
    click(canvas, "heat/1", 2, 3)
    assert stand.settings.window == 100 + 15
    click(canvas, "level/0", 10, 14)
    assert stand.settings.window == 24


def test_pointing_tells_pixels_windows_and_answers(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    found = answer(bridge, qtbot)
    told = QSignalSpy(stand.view.pointed)
    hover(stand.view.canvas, "answers", 2, 5)
    said = facts_of(told)
    best = int(found.answers[0][2, 5].argmax())
    assert said[LABELS[best]] == f"p = {found.answers[0][2, 5, best]:.4f}"
    assert said["window"] == "4–17, 10–23"
    hover(stand.view.canvas, "picture", 9, 16)
    said = facts_of(told)
    assert said["windows"] == str(int(counting.looks((32, 32))[9, 16]))
    assert said["ink"] == f"{found.levels[0].ink[9, 16]:.3f}"
    hover(stand.view.canvas, "crop", 1, 2)
    assert facts_of(told)["pixel"] == "row 1, column 2"
    hover_nothing(stand.view.canvas)
    assert told.at(told.count() - 1)[0] == []


@pytest.mark.parametrize("size", [(560, 360), (820, 560), (1500, 900)])
@pytest.mark.parametrize("settings", [SMALL, replace(SMALL, scales=1), SlidingSettings(side=96, scales=5)])
def test_everything_lies_on_the_stage(calm: None, size: tuple[int, int], settings: SlidingSettings) -> None:
    shown = resolve(settings, starter_frame(), None, None)
    for plate in slide_scene(shown, QSizeF(*size)).plates:
        assert plate.rect.left() >= 0 and plate.rect.right() <= size[0] + 1, plate.key
        assert plate.rect.top() >= 0 and plate.rect.bottom() <= size[1], plate.key


# --- counted and measured ---------------------------------------------------------------------------------


def test_windows_multiplications_and_seconds_are_counted(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    assert "measured" not in counted(cast(Shown, stand.view.shown))
    held = engine_of(bridge)
    qtbot.waitUntil(lambda: bool(held.jobs(SlideSeparately)))
    request = cast(SlideSeparately, held.asked[held.jobs(SlideSeparately)[0]][0])
    shown = cast(Shown, stand.view.shown)
    half = replace(shown, crops=crops(request.once, done=2))
    assert "measured" not in counted(half), "the fourth window is not done yet"
    answer(bridge, qtbot, SlideSeparately)
    text = counted(cast(Shown, stand.view.shown))
    assert text == "4 of 136 windows  ·  1.5 million multiplications  ·  4 ms measured"
    assert "✓ Checked against crops" in stand.view._badge.title.text()
    assert "136 crops" in stand.view._badge.detail.text()


def test_a_difference_is_not_hidden(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    once = answer(bridge, qtbot).request
    answer(bridge, qtbot, SlideSeparately, value=crops(once, difference=3e-4))
    assert "✗" in stand.view._badge.title.text()


def test_crops_of_other_settings_are_not_counted(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    once = answer(bridge, qtbot).request
    answer(bridge, qtbot, SlideSeparately, value=crops(once))
    stand.view._controls.scales.minus.click()
    answer(bridge, qtbot, count=2)
    assert cast(Shown, stand.view.shown).crops is None and stand.changes == ["sliding scales"]


def test_old_answers_are_tinted_until_the_new_ones_are_there(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer(bridge, qtbot)
    stand.view._controls.side.slider.setValue(10)
    assert stand.settings.side == 34 and stand.view.canvas._stale
    assert plate_of(stand.view.canvas, "picture").shape == (32, 32), "what is known stays"
    answer(bridge, qtbot, count=2)
    assert not stand.view.canvas._stale and plate_of(stand.view.canvas, "picture").shape == (34, 34)


def test_the_comparison_shows_boxes_times_and_layers(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    stand.show(SlidingSettings(part="compare"))
    answer(bridge, qtbot, count=2)
    scene = stand.view.canvas.scene
    assert "On its way." in words(scene) and stand.view.steps() is None
    answer(bridge, qtbot, SlideSeparately)
    scene = stand.view.canvas.scene
    boxes = [item for item in scene.above if isinstance(item, FoundBoxes) and not item.faint]
    assert len(boxes) == 2 and np.array_equal(boxes[0].found.boxes, boxes[1].found.boxes)
    assert len(boxes[0].found.boxes) == len(DRAWN)
    times, layers = (item.rows for item in scene.below if isinstance(item, TextTable))
    assert [row[0] for row in times[1:4]] == ["one by one", "as a batch", "in one pass"]
    assert times[1][1:] == ["809", "809 ms", "80.9 ×"] and times[3][3] == "1.0 ×"
    cost = counting.cost([(56, 56), (42, 42), (32, 32)])
    assert layers[1][1:] == [
        f"{cost.layers[0].separate / 1e6:.1f} M",
        f"{cost.layers[0].shared / 1e6:.1f} M",
        "16.4 ×",
    ]
    assert layers[2][3] == "1.0 ×" and layers[-1][3] == f"{cost.saved:.2f} ×"
    assert "89%" in scene.description


def test_thresholds_act_at_once(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    stand.show(SlidingSettings(part="compare"))
    answer(bridge, qtbot, count=2)
    asked = len(engine_of(bridge).jobs(SlideOnce))
    stand.view._controls.overlap.slider.setValue(stand.view._controls.overlap.slider.maximum())
    boxes = found_in_one_pass(cast(Shown, stand.view.shown))
    assert boxes is not None and len(boxes[1].scores) > len(DRAWN)
    assert len(engine_of(bridge).jobs(SlideOnce)) == asked, "nothing is computed anew"
