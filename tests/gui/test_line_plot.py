"""The line plot: where ticks and values are, what is read out, gaps, labels, exports."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import export
from gui.theme import Scheme, theme
from gui.widgets.picture import to_pixels
from gui.widgets.plot.data import (
    Content,
    card_place,
    frame_of,
    label_rows,
    label_width,
    missing_text,
    reading_head,
)
from gui.widgets.plot.line_plot import Axis, LinePlot, Reading, Series
from gui.widgets.plot.scale import nice_step, off_axis, scale_of, spread, value_text
from tests.gui.window_fixtures import calm, near

__all__ = ["calm"]
Floats = npt.NDArray[np.float64]
finite = st.floats(-1e12, 1e12, allow_nan=False)
X, LOG = Axis("layer", integer=True, labels=tuple("abcdefghij")), Axis("gradient norm", log=True)


@pytest.fixture
def plot(qtbot: QtBot, calm: None) -> LinePlot:
    made = LinePlot("Norms")
    qtbot.addWidget(made)
    made.resize(640, 400)
    made.show()
    return made


def ten(exponents: npt.ArrayLike) -> Floats:
    return np.asarray(10.0 ** np.asarray(exponents, float))


def fill(plot: LinePlot, log: bool = True) -> tuple[Floats, Floats]:
    first, second = ten(np.linspace(-4, 0, 10)), ten(np.linspace(-1, 0.5, 10))
    y = LOG if log else Axis("loss")
    plot.show_series([Series("plain", first, role="warn", marker="square"), Series("residual", second)], X, y)
    return first, second


def point_at(plot: LinePlot, point: QPointF) -> None:
    QTest.mouseMove(plot, QPoint(1, 1))
    QTest.mouseMove(plot, point.toPoint())


# --- scales -----------------------------------------------------------------------------------------------


@given(st.lists(finite, min_size=1, max_size=20), st.integers(2, 12))
def test_a_linear_axis_holds_its_values_and_has_even_ticks(values: list[float], most: int) -> None:
    scale = scale_of(Axis("y"), [np.array(values)], most)
    shares = scale.shares(np.array(values))
    assert np.all((shares >= -1e-9) & (shares <= 1 + 1e-9))
    ticks = [tick.value for tick in scale.ticks]
    assert 1 <= len(ticks) <= most + 2
    steps = np.diff(ticks)
    assert np.allclose(steps, steps[:1] if len(steps) else steps, rtol=1e-6)


@given(st.lists(st.floats(1e-30, 1e30), min_size=1, max_size=20), st.integers(2, 12))
def test_a_logarithmic_axis_holds_its_values_between_positive_ends(values: list[float], most: int) -> None:
    scale = scale_of(Axis("y", log=True), [np.array(values)], most)
    shares = scale.shares(np.array(values))
    assert 0 < scale.low < scale.high
    assert np.all((shares >= -1e-6) & (shares <= 1 + 1e-6))
    assert all(scale.low * (1 - 1e-6) <= tick.value <= scale.high * (1 + 1e-6) for tick in scale.ticks)
    assert all(a.value < b.value for a, b in pairwise(scale.ticks))
    assert sum(1 for tick in scale.ticks if tick.text) >= 1


@given(st.floats(1e-6, 1e6), st.floats(1.001, 1e6))
def test_equal_ratios_are_equal_distances_on_a_logarithmic_axis(low: float, ratio: float) -> None:
    scale = scale_of(Axis("y", log=True, low=low, high=low * ratio**2), [np.array([low])], 5)
    assert scale.share(low) == pytest.approx(0, abs=1e-9)
    assert scale.share(low * ratio) == pytest.approx(0.5)
    assert scale.share(low * ratio**2) == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "most", "texts"),
    [
        ([0, 100], 5, ["0", "20", "40", "60", "80", "100"]),
        ([0, 1], 4, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        ([-0.2, 0.2], 4, ["−0.2", "−0.1", "0.0", "0.1", "0.2"]),
        ([0, 50_000], 2, ["0", "25,000", "50,000"]),
        ([-2e7, 2e7], 2, ["−2·10⁷", "0", "2·10⁷"]),
        ([0, 4e-6], 2, ["0.000000", "2·10⁻⁶", "4·10⁻⁶"]),
    ],
)
def test_numbers_at_linear_ticks(values: list[float], most: int, texts: list[str]) -> None:
    assert [tick.text for tick in scale_of(Axis("y"), [np.array(values, float)], most).ticks] == texts


@pytest.mark.parametrize(
    ("values", "most", "texts"),
    [
        ([1e-3, 10], 8, ["0.001", "0.01", "0.1", "1", "10"]),
        ([1, 1e4], 8, ["1", "10", "100", "1,000", "10,000"]),
        ([1e-6, 1], 8, ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]),
        ([1e-6, 1], 3, ["10⁻⁶", "", "10⁻⁴", "", "10⁻²", "", "10⁰"]),
        ([1, 20], 8, ["1", "2", "5", "10", "20"]),
        ([1, 20], 3, ["1", "", "", "10", ""]),
        ([2, 3], 2, ["2", "2.5", "3"]),
    ],
)
def test_numbers_at_logarithmic_ticks(values: list[float], most: int, texts: list[str]) -> None:
    assert [tick.text for tick in scale_of(LOG, [np.array(values, float)], most).ticks] == texts


def test_an_axis_of_whole_numbers_begins_at_its_first_one() -> None:
    scale = scale_of(X, [np.arange(1.0, 56)], 6)
    assert [tick.text for tick in scale.ticks] == ["1", "10", "20", "30", "40", "50"]
    assert (scale.low, scale.high) == (1, 55)


@given(st.floats(1e-9, 1e9))
def test_a_nice_step_is_the_next_of_its_kind(least: float) -> None:
    step = nice_step(least)
    power = 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert any(step / power == pytest.approx(kind) for kind in (1, 2, 2.5, 5))
    assert least * (1 - 1e-9) <= step <= 2.5 * least


def test_what_cannot_be_drawn_is_counted() -> None:
    values = np.array([1.0, 0.0, -2.0, np.nan, np.inf])
    assert off_axis(Axis("y"), values) == 2
    assert off_axis(LOG, values) == 4


def test_nothing_to_show_still_makes_an_axis() -> None:
    for axis in (Axis("y"), LOG):
        for values in (
            np.empty(0),
            np.array([np.nan]),
            np.array([3.0, 3.0]),
            np.array([0.0]),
            np.array([1e-308, 2e-308]),
        ):
            scale = scale_of(axis, [values], 4)
            assert scale.low < scale.high and math.isfinite(scale.high - scale.low)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.53194, "0.5319"), (1234.5, "1,234"), (-2.5, "−2.500"), (5.794e-5, "5.794 · 10⁻⁵"),
     (2.5e8, "2.500 · 10⁸"), (math.nan, "no number"), (-math.inf, "−∞")],
)  # fmt: skip
def test_values_in_the_read_out(value: float, text: str) -> None:
    assert value_text(value) == text


@given(st.lists(st.floats(0, 100), max_size=8), st.floats(1, 12))
def test_labels_keep_their_order_and_do_not_overlap(wanted: list[float], height: float) -> None:
    placed = spread(wanted, height, 0, 100)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    inside = [placed[index] for index in order]
    assert all(b - a >= height - 1e-6 for a, b in pairwise(inside))
    assert all(height / 2 - 1e-6 <= middle <= 100 - height / 2 + 1e-6 for middle in inside)


def test_a_label_alone_stands_at_its_line() -> None:
    assert spread([40.0], 10, 0, 100) == [40.0]
    assert spread([1.0], 10, 0, 100) == [5.0]


# --- the widget -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", [True, False])
def test_lines_are_drawn_where_their_values_are(plot: LinePlot, log: bool) -> None:
    first, second = fill(plot, log)
    pixels = to_pixels(plot.grab().toImage()).astype(int)
    for values, color in ((first, theme.colors.warn), (second, theme.colors.accent)):
        for index in (3, 6):
            at = plot.place(index + 1, float(values[index])).toPoint()
            near = pixels[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].reshape(-1, 3)
            wanted = np.array([color.red(), color.green(), color.blue()])
            assert np.abs(near - wanted).sum(1).min() < 30, (index, values[index])


def test_higher_values_are_higher_and_later_ones_farther_right(plot: LinePlot) -> None:
    fill(plot)
    low, high = plot.place(2, 1e-3), plot.place(5, 1e-1)
    assert low.y() > high.y() and low.x() < high.x()
    one, ten_times, hundred = (plot.place(1, value).y() for value in (0.01, 0.1, 1.0))
    assert one - ten_times == pytest.approx(ten_times - hundred)
    assert math.isnan(plot.place(1, 0.0).y())


def test_the_pointer_reads_the_nearest_place_out(plot: LinePlot) -> None:
    first, second = fill(plot)
    spy = QSignalSpy(plot.read)
    point_at(plot, plot.place(4, 0.1) + QPointF(6, -3))
    reading: Reading = spy.at(spy.count() - 1)[0]
    assert reading.x == 4 and reading.label == "d"
    assert dict(reading.values) == {"plain": first[3], "residual": second[3]}
    assert reading_head(reading, X) == "layer 4: d"
    assert reading_head(reading, Axis("layer, from the input on", each="layer")) == "layer 4: d"
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert spy.at(spy.count() - 1)[0] is None and plot.reading_at is None


@pytest.mark.parametrize("falling", [False, True])
def test_the_card_of_the_read_out_leaves_the_lines_alone(qapp: QApplication, falling: bool) -> None:
    exponents = np.linspace(0, 3, 55)
    lines = [Series("plain", ten(exponents[::-1] if falling else exponents)), Series("flat", np.ones(55))]
    content, size, card = Content(tuple(lines), X, LOG), QSizeF(800, 500), QSizeF(220, 70)
    frame = frame_of(content, size)
    for place in range(1, 56):
        across = frame.place(place, 1).x()
        found = card_place(content, frame, across, card)
        assert frame.area.contains(found) and not found.left() <= across <= found.right()
        for one in lines:
            assert not any(found.contains(frame.place(x, y)) for x, y in zip(*one.points(), strict=True)), (
                place
            )


def test_the_keyboard_reads_out_and_gives_keys_back_that_it_does_not_need(plot: LinePlot) -> None:
    fill(plot)
    plot.setFocus()
    places = []
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_End,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
    ):
        QTest.keyClick(plot, key)
        places.append(plot.reading_at)
    assert places == [1, 2, 1, 10, 10, 1]
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.reading_at is None


def test_new_values_are_read_out_at_once_where_the_cursor_stands(plot: LinePlot) -> None:
    fill(plot)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_End)
    spy = QSignalSpy(plot.read)
    plot.show_series([Series("plain", np.full(10, 7.0))], X, LOG)
    assert dict(spy.at(0)[0].values) == {"plain": 7.0}
    plot.show_series([Series("plain", np.full(3, 7.0))], X, LOG)
    assert spy.at(1)[0] is None


def test_values_without_a_logarithm_are_gaps_and_are_told(plot: LinePlot) -> None:
    values = np.array([1.0, 10.0, 0.0, 10.0, 1.0])
    plot.show_series([Series("plain", values, marker="none")], Axis("x"), LOG)
    assert missing_text(plot._content) == "Not drawn, because zero, negative or no number: 1 of “plain”."
    across = plot.place(3, 10.0).x()
    pixels = to_pixels(plot.grab().toImage()).astype(int)
    color = theme.colors.accent
    accent = np.abs(pixels - [color.red(), color.green(), color.blue()]).sum(2) < 30
    middle = round(across)
    assert not accent[5:-5, middle - 3 : middle + 4].any()  # the ring of the focus lies at the edge
    assert accent[5:-5, round(plot.place(1.5, 3.0).x())].any()


def test_a_point_without_neighbours_is_seen(plot: LinePlot) -> None:
    values = np.full(200, np.nan)
    values[77] = 5.0
    plot.show_series([Series("one", values)], Axis("x"), Axis("y", low=0, high=10))
    at = plot.place(78, 5.0).toPoint()
    color = to_pixels(plot.grab().toImage())[at.y(), at.x()].astype(int)
    accent = theme.colors.accent
    assert np.abs(color - [accent.red(), accent.green(), accent.blue()]).sum() < 30


def test_a_series_with_places_of_another_number_is_refused(plot: LinePlot) -> None:
    with pytest.raises(ValueError, match="3 places for 2 values"):
        plot.show_series([Series("odd", np.zeros(2), np.zeros(3))], X, LOG)


def test_stale_values_are_tinted_and_said_to_be(plot: LinePlot) -> None:
    fill(plot)
    fresh = to_pixels(plot.grab().toImage()).astype(int)
    plot.set_stale(True)
    stale = to_pixels(plot.grab().toImage()).astype(int)
    ground = theme.colors.window
    window = np.array([ground.red(), ground.green(), ground.blue()])
    at = plot.place(4, float(ten(-4 + 4 / 9 * 3))).toPoint()
    assert np.abs(stale[at.y(), at.x()] - window).sum() < np.abs(fresh[at.y(), at.x()] - window).sum()
    plot.set_stale(False)
    assert np.array_equal(to_pixels(plot.grab().toImage()), fresh)


def test_an_empty_plot_says_why(plot: LinePlot) -> None:
    plot.set_empty_text("PyTorch is still loading.")
    assert plot.accessibleDescription() == "PyTorch is still loading."
    plot.show_series([Series("nothing", np.empty(0))], X, LOG)
    assert plot.accessibleDescription() == "PyTorch is still loading."
    fill(plot)
    assert plot.accessibleDescription() == "gradient norm, logarithmic over layer: plain, residual."


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("size", [(240, 160), (400, 260), (1200, 800)])
def test_it_draws_in_both_themes_at_every_size(plot: LinePlot, scheme: Scheme, size: tuple[int, int]) -> None:
    theme.apply(scheme)
    fill(plot)
    plot.resize(*size)
    pixels = to_pixels(plot.grab().toImage()).astype(int)
    for color in (theme.colors.warn, theme.colors.accent):
        assert (np.abs(pixels - [color.red(), color.green(), color.blue()]).sum(2) < 12).sum() > 40


def test_names_at_the_lines_ends_lie_within_the_plot(plot: LinePlot) -> None:
    values = np.ones(4)
    plot.show_series([Series(f"series number {i}", values * (1 + i / 100)) for i in range(3)], X, Axis("y"))
    frame = frame_of(plot._content, QSizeF(plot.size()))
    assert frame.direct and frame.area.right() + frame.labels <= plot.width() + 1
    plot.resize(300, 300)
    assert not frame_of(plot._content, QSizeF(plot.size())).direct


def test_exports_are_the_same_vectors(plot: LinePlot, tmp_path: Path) -> None:
    fill(plot)
    svg = export.save_svg(plot, tmp_path / "plot.svg").read_text()
    assert "residual" in svg and "gradient norm, logarithmic" in svg and "<path" in svg
    image = export.render(plot, 2.0)
    assert image.width() == 2 * plot.preferred_size().width()
    before = _painted(plot)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert np.array_equal(_painted(plot), before)  # what the pointer reads out is not part of the picture


def _painted(plot: LinePlot) -> npt.NDArray[np.uint8]:
    image = QImage(640, 400, QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    plot.paint(painter, QSizeF(640, 400))
    painter.end()
    result: Any = to_pixels(image)
    return np.asarray(result, np.uint8)


class TestPicking:
    def test_a_click_and_return_pick_a_place(self, plot: LinePlot) -> None:
        first, _ = fill(plot)
        spy = QSignalSpy(plot.picked)
        at = plot.place(4, float(first[3])).toPoint()
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))  # beside the plot: nothing
        QTest.keyClick(plot, Qt.Key.Key_Home)
        QTest.keyClick(plot, Qt.Key.Key_Return)
        assert [spy.at(i)[0] for i in range(spy.count())] == [4, 1]

    def test_a_growing_line_has_its_name_at_its_end(self, plot: LinePlot) -> None:
        axis, values = Axis("step", low=0.0, high=100.0), ten(np.linspace(0, -2, 11))
        heights = []
        for growing in (False, True):
            line = Series("loss", values, np.arange(11.0), marker="none", growing=growing)
            plot.show_series([line], axis, Axis("loss", log=True, low=1e-4, high=1.0))
            end = plot.place(10, float(values[-1]))
            pixels = to_pixels(plot.grab().toImage())
            beside = pixels[int(end.y()) - 8 : int(end.y()) + 8, int(end.x()) + 26 : int(end.x()) + 60]
            heights.append(int(near(beside, theme.colors.accent, 70).any(1).sum()))
        assert heights[0] <= 3 and heights[1] >= 6, (
            "a thin line towards the edge; letters beside the last point"
        )


def test_names_that_need_several_rows_find_them_above_a_narrow_plot(plot: LinePlot) -> None:
    names = [f"features.relu{index}" for index in range(7)]
    series = [Series(name, np.array([1.0, 2.0]), marker="none") for name in names]
    plot.show_series(series, Axis("x"), Axis("y"))
    one_row = label_rows(plot._content, 4000.0)
    assert [one.name for one in one_row[0]] == names and len(one_row) == 1
    metrics = QFontMetricsF(theme.font("small", bold=True))
    rows = label_rows(plot._content, 300.0)
    assert [one.name for row in rows for one in row] == names and len(rows) > 2
    assert all(sum(label_width(one, metrics) for one in row) <= 300 for row in rows)
    few, many = Content(tuple(series[:1])), plot._content
    taller = frame_of(many, QSizeF(300, 300)).area.top() - frame_of(few, QSizeF(300, 300)).area.top()
    assert taller > (len(rows) - 1) * metrics.height() * 0.9


def test_a_click_on_a_point_tells_its_series_and_number(plot: LinePlot) -> None:
    here, there = np.array([0.2, 0.2, 0.8]), np.array([0.5, 0.5, 0.5])
    plot.show_series(
        [Series("marked", here, there), Series("a line", np.array([0.4]), np.array([0.5]), marker="none")],
        Axis("recall", low=0.0, high=1.0), Axis("precision", low=0.0, high=1.0),
    )  # fmt: skip
    told = QSignalSpy(plot.pointPicked)
    for y in (0.8, 0.2, 0.4):  # nothing is near 0.4 but a line without points
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.place(0.5, y).toPoint())
    assert [told.at(index) for index in range(told.count())] == [["marked", 2], ["marked", 0]]
    assert plot.point_at(plot.place(0.1, 0.9)) is None
