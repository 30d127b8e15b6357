"""The view "IoU": two boxes by hand, their areas and formulas, the curve, the examples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from engine.detection.overlap import compare
from gui.pages.boxes.overlap.settings import EXAMPLES, OverlapSettings, with_example
from gui.pages.boxes.overlap.shown import facts, lines, shown, verdict
from gui.pages.boxes.overlap.view import OverlapView
from gui.pages.boxes.overlap.words import ERRATUM
from gui.pages.boxes.shares import to_pixels
from gui.state import from_json, to_json
from gui.theme import theme
from gui.widgets.formula import formula_path
from tests.gui.kept_views import SIZE, Keep, Kept, at, keep
from tests.gui.window_fixtures import calm, move_to

__all__ = ["calm", "keep"]

SETTINGS = OverlapSettings(
    truth=(0.1, 0.1, 0.5, 0.6), prediction=(0.3, 0.1, 0.7, 0.6)
)  # 20..100, 60..140; 10..60


@pytest.fixture
def kept(keep: Keep) -> Kept:
    return keep(OverlapView, SETTINGS, size=(800, 760))


def test_the_numbers_of_two_boxes(kept: Kept) -> None:
    told = {name: value for name, value, _ in kept.view.facts()}
    assert told["I, in common"] == "2,000 px²" and told["U, of either"] == "6,000 px²"
    assert told["IoU"] == "0.3333" and told["GIoU"] == "0.3333"
    assert kept.view.verdict.text() == "IoU 0.333 < 0.5: does not count as a correct detection."
    worked = [(line.numbers, line.result) for line in kept.view.worked.lines]
    assert worked[:3] == [
        ("40 · 50", "2,000"),
        ("4,000 + 4,000 − 2,000", "6,000"),
        ("2,000 / 6,000", "0.333"),
    ]
    assert worked[3:] == [("120 · 50", "6,000"), ("0.333 − 0 / 6,000", "0.333")]


def test_a_drag_of_the_prediction_passes_the_half(kept: Kept) -> None:
    assert kept.view.editor.chosen == 1
    kept.drag(kept.view.editor, (120, 40), (110, 40), (90, 40))
    assert kept.settings.prediction == pytest.approx((0.15, 0.1, 0.55, 0.6)) and len(set(kept.gestures)) == 1
    assert kept.view.verdict.text().startswith("IoU 0.778 ≥ 0.5: counts") and kept.view.found.correct


def test_no_box_can_be_added_or_lost(kept: Kept) -> None:
    kept.drag(kept.view.editor, (180, 80), (190, 95))
    kept.view.editor.setFocus()
    QTest.keyClick(kept.view.editor, Qt.Key.Key_Delete)
    assert len(kept.view.editor.boxes) == 2 and kept.settings == SETTINGS


def test_the_true_box_moves_by_keys(kept: Kept) -> None:
    kept.view.editor.choose(0)
    kept.view.editor.setFocus()
    QTest.keyClick(kept.view.editor, Qt.Key.Key_Right)
    assert kept.settings.truth == pytest.approx((0.105, 0.1, 0.505, 0.6)) and kept.gestures == ["box keys"]


def test_a_click_on_the_curve_moves_the_prediction_there(kept: Kept) -> None:
    kept.view.plot.picked.emit(0.0)
    assert kept.settings.prediction == pytest.approx(SETTINGS.truth)
    kept.view.plot.picked.emit(-1000.0)
    assert kept.settings.prediction[0] == 0  # not out of the picture


def test_the_curve_goes_through_what_is_on_show(kept: Kept) -> None:
    for axis in ("x", "y"):
        kept.view.controls().axis.button(axis).click()
        curve = kept.view.found.curve
        assert curve.now == (40 if axis == "x" else 0)
        assert curve.ious[np.searchsorted(curve.offsets, curve.now)] == pytest.approx(1 / 3)
        assert curve.ious[0] == 0 and curve.gious[0] < 0


@pytest.mark.parametrize(
    ("name", "iou"),
    [("same", 1.0), ("pixel", 79 / 81), ("half", 1 / 3), ("inside", 0.25), ("touching", 0.0), ("apart", 0.0)],
)
def test_examples_by_their_buttons(kept: Kept, name: str, iou: float) -> None:
    kept.view.controls().examples[name].click()
    assert kept.view.found.overlap.iou == pytest.approx(iou)
    assert (kept.view.found.overlap.giou < 0) == (name == "apart")


@given(st.sampled_from(sorted(EXAMPLES)), st.integers(1, 300), st.integers(1, 300))
def test_examples_fit_into_any_picture(name: str, width: int, height: int) -> None:
    size = (width, height)
    tight = OverlapSettings(truth=(0.0, 0.0, 1.0, 1.0), prediction=(0.0, 0.0, 1.0, 1.0))
    settings = with_example(tight, name, size).validated()
    if width >= 12 and height >= 12:
        found = compare(to_pixels(settings.truth, size), to_pixels(settings.prediction, size))
        assert (found.iou == 0) == (name in ("touching", "apart"))


def test_pointing_says_in_which_area_a_pixel_lies(kept: Kept) -> None:
    kept.show(replace(SETTINGS, prediction=(0.3, 0.3, 0.7, 0.9)))
    places = {(70, 40): "in both: I", (30, 40): "in A alone", (120, 80): "in B alone", (120, 15): "empty, in C",
              (190, 95): "outside"}  # fmt: skip
    for place, words in places.items():
        move_to(kept.view.editor, at(kept.view.editor, *place))
        assert kept.facts[-1][1][1] == words


def test_what_is_common_is_tinted_and_what_is_empty_hatched(kept: Kept) -> None:
    kept.show(replace(SETTINGS, prediction=(0.3, 0.3, 0.7, 0.9)))
    kept.view.editor.choose(None)
    image = kept.view.editor.grab().toImage()

    def seen(x: int, y: int) -> QColor:
        return QColor(image.pixelColor(at(kept.view.editor, x, y)))

    plain, common, alone = seen(190, 95), seen(70, 40), seen(30, 40)
    accent = theme.colors.accent
    assert (
        abs(common.blue() - accent.blue())
        < abs(alone.blue() - accent.blue())
        < abs(plain.blue() - accent.blue())
    )
    left, right = at(kept.view.editor, 110, 15), at(kept.view.editor, 134, 15)
    empty = {image.pixelColor(x, left.y()).rgb() for x in range(left.x(), right.x())}
    assert len(empty) >= 2
    kept.view.controls().enclosing.click()
    plain_now = kept.view.editor.grab().toImage().pixelColor(at(kept.view.editor, 120, 15))
    assert plain_now == plain and len(kept.view.worked.lines) == 3


def test_formulas_can_be_typeset(formulas_loaded: None) -> None:
    for prediction in (SETTINGS.prediction, (0.8, 0.8, 0.951, 0.97)):
        for line in lines(shown(replace(SETTINGS, prediction=prediction), SIZE)):
            assert not formula_path(line.tex, 15.0).isEmpty()


def test_where_it_is_narrow_the_numbers_stand_beneath(kept: Kept) -> None:
    worked = kept.view.worked
    assert worked.heightForWidth(200) > worked.heightForWidth(800)
    for width in (200, 800):
        worked.resize(width, worked.heightForWidth(width))
        worked.grab()
    assert "IoU" in worked.accessibleDescription() and "= 0.333" in worked.accessibleDescription()


def test_the_half_counts_as_correct() -> None:
    exact = shown(OverlapSettings(truth=(0.0, 0.0, 1.0, 1.0), prediction=(0.0, 0.0, 0.5, 1.0)), SIZE)
    assert exact.overlap.iou == 0.5 and exact.correct and "≥ 0.5" in verdict(exact)
    assert "≥ 0.5" in ERRATUM and "slip" in ERRATUM


def test_it_is_checked_against_torchvision(kept: Kept) -> None:
    kept.view.set_active(True)
    kept.settle()
    assert "Checked against torch" in kept.view.aside().accessibleName()
    assert "generalized_box_iou" in kept.view.aside().accessibleName()


def test_numbers_and_json(kept: Kept) -> None:
    arrays: dict[str, Any] = dict(kept.view.arrays())
    assert np.asarray(arrays["IoU GIoU"]) == pytest.approx([1 / 3, 1 / 3])
    assert from_json(OverlapSettings, to_json(SETTINGS)).validated() == SETTINGS
    assert {name for name, _, _ in facts(shown(replace(SETTINGS, enclosing=False), SIZE))} >= {"IoU", "GIoU"}


def test_a_picture_of_one_pixel(keep: Keep) -> None:
    from engine.images import Frame

    tiny = keep(OverlapView, SETTINGS, frame=Frame(np.zeros((1, 1, 3), np.uint8), "dot"))
    for name in EXAMPLES:
        tiny.view.controls().examples[name].click()
    tiny.view.grab()
    assert tiny.view.editor.transform().map(QPointF(0, 0)) is not None
