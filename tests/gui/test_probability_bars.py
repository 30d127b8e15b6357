"""The bars of probabilities: what they paint, say and answer to pointer and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSizeF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from gui import export
from gui.theme import PROBABILITY_LIGHT, theme
from gui.widgets.picture import to_pixels
from gui.widgets.probability_bars import HEAD, ROW, STALE_OPACITY, Bar, ProbabilityBars, difference, percent
from tests.gui.window_fixtures import calm, move_to, near

__all__ = ["calm"]

BLUE = QColor(*PROBABILITY_LIGHT[-1])
PLAIN = (
    Bar(3, "cat", 0.6, logit=2.5),
    Bar(5, "dog", 0.3, logit=1.8),
    Bar(0, "a very long name of a class indeed", 0.1),
)
COMPARED = (
    Bar(5, "dog", 0.5, 0.25, is_new=True),
    Bar(3, "cat", 0.25, 0.5),
    Bar(8, "ship", 0.0, 0.9, note="was first"),
)


@pytest.fixture
def bars(qtbot: QtBot, calm: None) -> ProbabilityBars:
    widget = ProbabilityBars()
    qtbot.addWidget(widget)
    widget.resize(600, HEAD + 5 * ROW)
    return widget


def painted(bars: ProbabilityBars) -> np.ndarray:
    return to_pixels(bars.grab().toImage())


def lengths(bars: ProbabilityBars) -> list[int]:
    """Blue pixels in the middle line of every row."""
    blue = near(painted(bars), BLUE, 30)
    return [int(blue[HEAD + row * ROW + ROW // 2].sum()) for row in range(len(bars.bars))]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.931, "93.1 %"), (1.0, "100.0 %"), (0.5, "50.0 %"), (0.004, "0.40 %"),
     (0.00003, "< 0.01 %"), (0.0, "0.00 %")],
)  # fmt: skip
def test_percent(value: float, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("now", "before", "text"), [(0.5, 0.377, "+12.3"), (0.1, 0.104, "−0.4"), (0.3, 0.3001, "±0.0")]
)
def test_difference(now: float, before: float, text: str) -> None:
    assert difference(now, before) == text


def test_lengths_are_the_probabilities(bars: ProbabilityBars) -> None:
    bars.set_bars(PLAIN)
    first, second, third = lengths(bars)
    assert first > 150
    assert second == pytest.approx(first / 2, abs=2) and third == pytest.approx(first / 6, abs=2)


def test_what_was_before_is_marked(bars: ProbabilityBars) -> None:
    bars.set_bars(COMPARED)
    first, second, third = lengths(bars)
    assert second == pytest.approx(first / 2, abs=3) and third == 0
    mark = near(painted(bars), theme.colors.muted, 12)
    columns = [int(np.flatnonzero(mark[HEAD + row * ROW + ROW // 2 - 9, 120:500]).mean()) for row in range(3)]
    assert columns[0] < columns[1] < columns[2]
    assert columns[1] - columns[0] == pytest.approx((columns[2] - columns[1]) * 0.25 / 0.4, abs=4)


def test_stale_is_dimmed(bars: ProbabilityBars) -> None:
    bars.set_bars(PLAIN)
    fresh = painted(bars)
    bars.set_stale(True)
    assert bars.stale and not near(painted(bars), BLUE, 30).any()
    where = near(fresh, BLUE, 5)
    mixed = painted(bars)[where].mean(axis=0)
    background = fresh[HEAD + ROW // 2, -2].astype(float)
    expected = (
        STALE_OPACITY * np.array([BLUE.red(), BLUE.green(), BLUE.blue()]) + (1 - STALE_OPACITY) * background
    )
    assert np.abs(mixed - expected).max() < 12
    bars.set_stale(False)
    np.testing.assert_array_equal(painted(bars), fresh)


def test_empty_words_and_description(bars: ProbabilityBars) -> None:
    bars.set_empty_text("Nothing is drawn yet.")
    assert bars.accessibleDescription() == "Nothing is drawn yet."
    assert (painted(bars) != painted(bars)[0, 0]).any()
    bars.set_bars(PLAIN[:2])
    assert bars.accessibleDescription() == "cat 60.0 %; dog 30.0 %"


def test_rows_keep_their_room(bars: ProbabilityBars) -> None:
    bars.set_bars(PLAIN[:1])
    assert bars.sizeHint().height() == HEAD + ROW
    bars.keep_rows(6)
    assert bars.sizeHint().height() == HEAD + 6 * ROW == bars.minimumSizeHint().height()


def test_pointer_and_keys(bars: ProbabilityBars) -> None:
    bars.set_bars(PLAIN)
    bars.show()
    hovered, clicked = QSignalSpy(bars.hovered), QSignalSpy(bars.clicked)
    move_to(bars, QPoint(50, HEAD + ROW + 5))
    move_to(bars, QPoint(60, HEAD + ROW + 9))
    assert hovered.at(0)[0] == 1
    assert hovered.count() == 1
    QTest.keyClick(bars, Qt.Key.Key_Down)
    QTest.keyClick(bars, Qt.Key.Key_Down)
    assert hovered.at(1)[0] == 2 and hovered.count() == 2
    QTest.keyClick(bars, Qt.Key.Key_Return)
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(10, HEAD + 4))
    assert [clicked.at(index)[0] for index in range(2)] == [2, 0]
    assert bars.row_at(3) == -1 and bars.row_at(HEAD + 3 * ROW + 1) == -1
    move_to(bars, QPoint(10, 2))
    assert hovered.at(2)[0] == -1
    bars.hide()


def test_tips_have_the_whole_name_and_all_numbers(bars: ProbabilityBars) -> None:
    bars.set_bars((Bar(0, "a very long name", 0.125, 0.5, -1.5),))
    assert bars.tip(0) == "a very long name: probability 0.125000, logit −1.5000, before 0.500000"
    assert bars.tip(1) == ""


def test_a_tip_on_show_follows_the_rows(bars: ProbabilityBars, qtbot: QtBot) -> None:
    bars.set_bars(PLAIN)
    with qtbot.waitExposed(bars):
        bars.show()
    place = QPoint(50, HEAD + ROW + 5)
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    assert QToolTip.text() == bars.tip(1) and "dog" in bars.tip(1)
    bars.set_bars(COMPARED)
    assert QToolTip.text() == bars.tip(1) and "cat" in bars.tip(1)
    bars.set_stale(True)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    bars.hide()


def test_a_pointer_that_rests_keeps_its_row_while_there_are_fewer(bars: ProbabilityBars) -> None:
    bars.set_bars(PLAIN)
    hovered, clicked = QSignalSpy(bars.hovered), QSignalSpy(bars.clicked)
    marked = painted(bars)
    move_to(bars, QPoint(50, HEAD + 2 * ROW + 5))
    assert (painted(bars) != marked).any()
    with_row = painted(bars)
    bars.set_bars(())
    QTest.keyClick(bars, Qt.Key.Key_Return)
    assert clicked.count() == 0
    bars.set_bars(PLAIN)
    assert (painted(bars) == with_row).all() and hovered.count() == 1


@pytest.mark.parametrize("width", [0, 360, 1200])
@pytest.mark.parametrize("logits", [False, True])
def test_any_width_leaves_the_bar_room(bars: ProbabilityBars, width: int, logits: bool) -> None:
    bars.set_logits(logits)
    bars.set_bars(tuple(Bar(bar.index, bar.label, bar.probability, 0.2, 1.0) for bar in PLAIN))
    width = max(width, bars.minimumSizeHint().width())
    bars.resize(width, HEAD + 3 * ROW)
    left, number, logit, change, right = bars._columns(width)
    assert 0 < left < number - 60 and number < logit <= change < right <= width
    assert lengths(bars)[0] > 0


def test_exported_alike(bars: ProbabilityBars) -> None:
    bars.set_bars(PLAIN)
    size = bars.preferred_size()
    assert size == QSizeF(600, HEAD + 3 * ROW)
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bars.paint(painter, size)
    painter.end()
    assert near(to_pixels(image), BLUE, 30).sum() > 1000
    assert isinstance(bars, export.Paintable)


def test_the_numbers_may_be_of_another_kind(qtbot: QtBot) -> None:
    bars = ProbabilityBars("Accuracies", heading="accuracy")
    qtbot.addWidget(bars)
    bars.set_bars((Bar(0, "HOG", 0.5),))
    assert bars.tip(0) == "HOG: accuracy 0.500000"
