"""The whole-image view: two pictures under one cursor, the arithmetic of a window, colours of a live source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.foundations.convolution import ConvSpec
from engine.foundations.pixel_windows import pixel_windows
from engine.foundations.requests import WholeImage, WholeImageResult
from engine.foundations.whole_image import respond
from engine.images import Frame
from gui import colormaps
from gui.pages.convolution.band_scene import POINT, SPREADS, Shown, band_scene, value_line
from gui.pages.convolution.image_colours import CLIP, FULL, RANGES, SIZE, HeldRange
from gui.pages.convolution.image_layout import FOOT, HEAD, BandShape, image_layout
from gui.pages.convolution.image_view import WholeImageView
from gui.theme import Scheme, theme
from gui.widgets.frame_view import FrameView
from gui.widgets.picture import to_pixels
from gui.widgets.plate import Plate

Pixels = npt.NDArray[np.uint8]


def picture(height: int = 30, width: int = 40, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def answer(request: WholeImage) -> WholeImageResult:
    steps: Any = respond(request, Context(torch_ready=False))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: WholeImageResult = end.value
            return result


def question(
    filters: int = 2, channels: int = 3, pixels: Pixels | None = None, depth: int | None = None, **spec: Any
) -> WholeImage:
    rng = np.random.default_rng(7)
    weight = rng.integers(-4, 5, (filters, depth or channels, 3, 3)).astype(float)
    bias = np.arange(filters) + 1.0
    return WholeImage(picture() if pixels is None else pixels, weight, bias, ConvSpec(**spec), channels)


@pytest.fixture
def view(qtbot: QtBot) -> WholeImageView:
    made = WholeImageView()
    qtbot.addWidget(made)
    qtbot.addWidget(made.filter_choice)  # the page puts these into its own bar
    qtbot.addWidget(made.range_choice)
    made.resize(900, 700)
    made.set_filters(2)
    made.show()
    return made


def plate(view: WholeImageView, key: str) -> Plate:
    found = view.band.scene.plate(key)
    assert found is not None, [p.key for p in view.band.scene.plates]
    return found


def shot(widget: QWidget) -> Pixels:
    return to_pixels(widget.grab().toImage())


# --- the band ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spec", [{}, {"padding": 2, "padding_mode": "reflect", "stride": 2}, {"flip": True}], ids=str
)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_window_under_the_cursor_makes_the_value(
    view: WholeImageView, spec: dict[str, Any], channels: int
) -> None:
    result = answer(question(channels=channels, **spec))
    view.show_result(result)
    view.map_shown = 1
    row, col = 5, 9
    view.response.hovered.emit(col, row)
    total = sum(float(plate(view, f"product/{c}").values.sum()) for c in range(channels))
    assert total + 2.0 == pytest.approx(float(result.response[1, row, col]), abs=0.01)
    for channel in range(channels):
        window, kernel = plate(view, f"patch/{channel}").values, plate(view, f"kernel/{channel}").values
        assert np.array_equal(window * kernel, plate(view, f"product/{channel}").values)
        if channels == 3 and not spec:
            assert np.array_equal(window, result.pixels[row : row + 3, col : col + 3, channel])
    assert f"row {row}, column {col}" in view.band.accessibleDescription()


def test_without_a_cursor_there_is_the_kernel_and_an_invitation(view: WholeImageView) -> None:
    view.show_result(answer(question()))
    assert POINT in view.band.accessibleDescription()
    for channel in range(3):
        assert plate(view, f"kernel/{channel}").hidden is None
        for kind in ("patch", "product"):
            hidden = plate(view, f"{kind}/{channel}").hidden
            assert hidden is not None and hidden.all()
    view.source.hovered.emit(4, 4)
    assert plate(view, "patch/0").hidden is None
    view.source.left.emit()
    assert plate(view, "patch/0").hidden is not None


def test_a_transposed_convolution_is_said_to_have_no_window(view: WholeImageView) -> None:
    view.show_result(answer(question(transposed=True, stride=2)))
    view.source.hovered.emit(4, 4)
    assert SPREADS in view.band.accessibleDescription()
    assert plate(view, "patch/0").hidden is not None


def test_padding_is_told_from_pixels(view: WholeImageView) -> None:
    view.show_result(answer(question(padding=1)))
    view.response.hovered.emit(0, 0)
    faint = plate(view, "patch/0").faint
    assert faint is not None
    assert faint.tolist() == [[True, True, True], [True, False, False], [True, False, False]]


def test_the_value_line_names_bias_and_relu() -> None:
    result = answer(question(filters=1, activation="relu"))
    assert result.request is not None
    windows = pixel_windows(result.request)
    assert windows is not None
    row, col = (int(v) for v in np.argwhere(result.response[0] == 0)[0])
    step = windows.step(0, row, col)
    line = value_line(step)
    assert line.endswith(f"max(0, −{-step.pre:g}) = 0") and "+ 1 =" in line


@pytest.mark.parametrize("flip", [False, True])
def test_a_weight_typed_over_is_told_as_it_is_stored(view: WholeImageView, flip: bool) -> None:
    request = question(flip=flip)
    view.show_result(answer(request))
    view.map_shown = 1
    edited = QSignalSpy(view.kernelEdited)
    assert view.band.edit("kernel/2", 0, 1)
    field = view.band._editor  # what has the focus while a cell is edited
    field.type_over("7")
    QTest.keyClick(field, Qt.Key.Key_Return)
    row, col = (2, 1) if flip else (0, 1)
    assert edited.at(0) == [1, 2, row, col, 7.0]
    assert plate(view, "kernel/2").values[0, 1] == request.weight[1, 2, row, col]


def test_channels_of_a_group_are_told_as_they_are_stored(view: WholeImageView) -> None:
    view.set_filters(3)
    view.show_result(answer(question(filters=3, depth=1, groups=3)))
    view.map_shown = 2
    edited = QSignalSpy(view.kernelEdited)
    assert [p.key for p in view.band.scene.plates] == ["patch/2", "kernel/2", "product/2"]
    view.band.cellEdited.emit("kernel/2", 1, 2, -3.0)
    assert edited.at(0) == [2, 0, 1, 2, -3.0]


def test_the_band_shows_the_kernel_that_made_the_response(view: WholeImageView) -> None:
    """Not a newer one: its answer is on the way, and what is on show is tinted."""
    request = question()
    view.show_result(answer(request))
    view.show_waiting(Frame(request.pixels, "the same"))
    assert view.response.stale
    assert np.array_equal(plate(view, "kernel/0").values, request.weight[0, 0])


def test_pointing_at_the_band_and_its_arrow_keys(view: WholeImageView) -> None:
    result = answer(question())
    view.show_result(result)
    view.response.hovered.emit(9, 5)
    told = QSignalSpy(view.pointed)
    view.band.cellHovered.emit("patch/1", 2, 0)
    rows = {name: value for name, value, _ in told.at(0)[0]}
    assert rows["channel"] == "green" and rows["pixel"] == f"{result.pixels[7, 9, 1]}.000"
    QTest.keyClick(view.band, Qt.Key.Key_Down)
    assert "row 6, column 9" in view.band.accessibleDescription()


sizes = st.integers(340, 1700)
sides = st.integers(1, 11)


@given(
    sizes, sizes, st.tuples(st.integers(1, 4096), st.integers(1, 4096)), st.sampled_from([1, 3]), sides, sides
)
def test_pictures_and_band_do_not_overlap(
    width: int, height: int, size: tuple[int, int], channels: int, rows: int, columns: int
) -> None:
    band = BandShape(channels, rows, columns)
    areas = image_layout((width, height), size, (max(size[0] // 2, 1), size[1]), band)
    heads = [area.adjusted(0, -HEAD, 0, FOOT) for area in (areas.source, areas.response)]
    boxes = [areas.band, *heads]
    for index, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[index + 1 :])
        assert box.left() >= 0 and box.right() <= width + 1e-6
    cell, stacked = band.fit(areas.band.width(), areas.band.height())
    needs = band.size(cell, stacked)
    assert cell == 0.5 or (needs[0] <= areas.band.width() + 1e-6 and needs[1] <= areas.band.height() + 1e-6)


@pytest.mark.parametrize("size", [(955, 900), (655, 520), (420, 380)])
def test_the_plates_lie_inside_the_band(size: tuple[int, int]) -> None:
    request = question()
    areas = image_layout(size, (451, 300), (449, 298), BandShape(3, 3, 3))
    scene = band_scene(Shown(request, 0), QSizeF(areas.band.size()))
    assert areas.response.bottom() + FOOT <= size[1]
    for one in scene.plates:
        assert QRectF(0, 0, areas.band.width(), areas.band.height()).contains(one.rect)


# --- the cursor -------------------------------------------------------------------------------------------


def crossed(view: FrameView, x: int, y: int, before: Pixels) -> bool:
    """Whether a cross is drawn through a pixel, and the pixel itself left free."""
    cell = view.transform().mapRect(QRectF(x, y, 1, 1))
    middle, changed = cell.center(), (shot(view) != before).any(axis=2)
    row, col = int(middle.y()), int(middle.x())
    seen = view.picture_rect()
    left, right = int(seen.left()) + 3, int(seen.right()) - 3
    through = changed[row - 1 : row + 2, [left, right]].any(axis=0)
    free = cell.adjusted(3, 3, -3, -3).toRect() if cell.width() > 9 else QRectF(col, row, 1, 1).toRect()
    inside = changed[free.top() : free.bottom() + 1, free.left() : free.right() + 1]
    return bool(through.all() and not inside.any())


@pytest.mark.parametrize("pointed", ["source", "response"])
def test_one_cross_in_both_views_at_three_times_the_size(view: WholeImageView, pointed: str) -> None:
    view.show_result(answer(question(pixels=picture(90, 120))))
    view.source.set_overlay(None)  # the outline of the window crosses the cross
    view.source.zoom_by(3.0, QPointF(100, 80))
    assert view.response.view == view.source.view and view.source.view.zoom == 3.0
    before = {name: shot(getattr(view, name)) for name in ("source", "response")}
    x, y = (40, 31) if pointed == "source" else (39, 30)
    getattr(view, pointed).hovered.emit(x, y)
    assert crossed(view.source, 40, 31, before["source"])
    assert crossed(view.response, 39, 30, before["response"])
    getattr(view, pointed).left.emit()
    assert np.array_equal(shot(view.source), before["source"])


def test_the_window_is_outlined_on_the_picture(view: WholeImageView) -> None:
    view.show_result(answer(question()))
    before = shot(view.source)
    view.response.hovered.emit(20, 10)
    area = view.source.transform().mapRect(QRectF(20, 10, 3, 3))
    changed = (shot(view.source) != before).any(axis=2)
    corners = [(area.left(), area.top()), (area.right(), area.top()), (area.left(), area.bottom())]
    assert all(changed[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].any() for x, y in corners)


def test_the_cursor_stays_while_the_picture_changes(view: WholeImageView) -> None:
    told = QSignalSpy(view.pointed)
    request = question()
    view.show_result(answer(request))
    view.source.hovered.emit(30, 20)
    view.show_result(second := answer(replace(request, pixels=picture(seed=1))))
    rows = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert rows["R, G, B"] == ", ".join(str(v) for v in second.pixels[20, 30])
    assert float(rows["value"].replace("−", "-")) == pytest.approx(
        float(second.response[0, 19, 29]), abs=0.006
    )
    view.show_result(answer(replace(request, pixels=picture(10, 12))))
    assert told.at(told.count() - 1) == [[]]
    assert POINT in view.band.accessibleDescription()


def test_a_newer_picture_is_not_read_with_the_old_response(view: WholeImageView) -> None:
    view.show_result(answer(question()))
    newer = Frame(picture(60, 80, seed=3), "newer")
    view.show_waiting(newer)
    told = QSignalSpy(view.pointed)
    view.source.hovered.emit(70, 50)
    rows = {name: value for name, value, _ in told.at(0)[0]}
    assert rows["R, G, B"] == ", ".join(str(v) for v in newer.pixels[50, 70])
    assert "value" not in rows


def test_tab_goes_from_picture_to_response_to_band(view: WholeImageView) -> None:
    chain: list[QWidget] = [view.source]
    while len(chain) < 12:
        chain.append(chain[-1].nextInFocusChain())
    ours = [widget for widget in chain if widget in (view.source, view.response, view.band)]
    assert ours[:3] == [view.source, view.response, view.band]


# --- colours ----------------------------------------------------------------------------------------------


def test_options_say_what_they_do(view: WholeImageView) -> None:
    assert [key for key, _ in RANGES] == [CLIP, FULL, SIZE]
    assert [text for _, text in RANGES] == ["clip 1 % outliers", "full range", "magnitude |z|"]


@pytest.mark.parametrize("key", [CLIP, FULL, SIZE])
def test_a_range_colours_the_response(view: WholeImageView, key: str) -> None:
    result = replace(
        answer(question(filters=1)), low=-400.0, high=900.0, robust_low=-250.0, robust_high=200.0
    )
    view.show_result(result)
    view.colour_range = key
    plane = result.response[0]
    expected = {
        CLIP: colormaps.activations(plane, 250.0),
        FULL: colormaps.activations(plane, 900.0),
        SIZE: colormaps.magnitude(np.abs(plane), 0.0, 900.0),
    }[key]
    assert np.array_equal(view.response.pixels, expected)


def test_choices_are_told_and_settings_are_silent(view: WholeImageView) -> None:
    view.show_result(answer(question()))
    maps, ranges = QSignalSpy(view.mapPicked), QSignalSpy(view.rangePicked)
    first = view.response.pixels
    view.map_shown, view.colour_range = 1, FULL
    assert (view.map_shown, view.colour_range) == (1, FULL)
    assert not np.array_equal(view.response.pixels, first)
    view.map_shown = 99
    assert view.map_shown == 1
    assert maps.count() == ranges.count() == 0
    view.filter_choice.combo.setCurrentIndex(0)
    view.range_choice.combo.setCurrentIndex(2)
    assert [maps.at(i) for i in range(maps.count())] == [[0]]
    assert [ranges.at(i) for i in range(ranges.count())] == [[SIZE]]
    with pytest.raises(ValueError, match="no option"):
        view.colour_range = "rainbow"


def test_a_live_range_widens_at_once_and_narrows_slowly() -> None:
    held, about = HeldRange(), ("clip", "kernel")
    found = [held.follow(wanted, about) for wanted in (100.0, 300.0, 10.0, 10.0, 299.0)]
    assert found == pytest.approx([100.0, 300.0, 294.0, 288.12, 299.0])
    assert held.follow(10.0, ("full", "kernel")) == 10.0
    for _ in range(100):
        last = held.follow(5.0, ("full", "kernel"))
    assert last == 5.0


def test_live_pictures_hold_their_range_and_stills_do_not(view: WholeImageView) -> None:
    request = question(filters=1)
    bright = replace(answer(request), robust_low=-500.0, robust_high=500.0)
    dim = replace(bright, robust_low=-100.0, robust_high=100.0)
    frames = [replace(one, frame=Frame(one.pixels, "live")) for one in (bright, dim)]
    plane = bright.response[0]
    for one in frames:
        view.show_result(one)
    assert np.array_equal(view.response.pixels, colormaps.activations(plane, 490.0))
    other = replace(request, weight=request.weight + 1.0)
    view.show_result(replace(frames[1], request=other))
    assert np.array_equal(view.response.pixels, colormaps.activations(plane, 100.0)), (
        "another kernel begins anew"
    )
    for one in (bright, dim):
        view.show_result(one)
    assert np.array_equal(view.response.pixels, colormaps.activations(plane, 100.0))


def test_a_response_that_is_nearly_all_zero_shows_its_outliers(view: WholeImageView) -> None:
    view.show_result(replace(answer(question()), low=0.0, high=800.0, robust_low=0.0, robust_high=0.0))
    assert (
        view.response.pixels is not None and len(np.unique(view.response.pixels.reshape(-1, 3), axis=0)) > 20
    )


def test_another_theme_changes_the_colours_alone(
    view: WholeImageView, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = answer(question())
    view.show_result(result)

    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("the levels were worked out again")

    monkeypatch.setattr(colormaps.Quantizer, "__call__", refuse)
    before, scheme = view.response.pixels, theme.scheme
    try:
        theme.apply(Scheme.LIGHT if theme.dark else Scheme.DARK)
        assert not np.array_equal(view.response.pixels, before)
    finally:
        theme.apply(scheme)
    assert np.array_equal(view.response.pixels, before)


@pytest.mark.parametrize("size", [(900, 700), (500, 800)])
def test_the_colour_bar_is_as_wide_as_the_picture(view: WholeImageView, size: tuple[int, int]) -> None:
    view.resize(*size)
    view.show_result(answer(question(pixels=picture(100, 60))))
    QApplication.processEvents()
    before = shot(view)
    seen = view.response.picture_rect().translated(view.response.x(), view.response.y())
    below = slice(view.response.geometry().bottom() + 2, view.response.geometry().bottom() + int(FOOT))
    strip = (before[below] != before[-1, -1]).any(axis=(0, 2))
    columns = np.flatnonzero(strip[int(seen.left()) - 4 :]) + int(seen.left()) - 4
    assert abs(columns.min() - seen.left()) <= 3 and abs(columns.max() - seen.right()) <= 3
    assert seen.width() >= view.response.width() - 2, "the view is as wide as its picture"


# --- waiting and failing ----------------------------------------------------------------------------------


def test_a_failure_says_so_in_place_of_the_response(view: WholeImageView) -> None:
    result = answer(question())
    view.show_result(result)
    view.source.hovered.emit(3, 3)
    view.show_failure("The kernel is larger than the picture.")
    assert view.result is None and view.response_map() is None and view.facts() == []
    assert view.response.pixels is None and not view.response.stale
    assert view.response.accessibleDescription() == "The kernel is larger than the picture."
    assert view.source.pixels is result.pixels
    assert view.band.scene.plates == []
    view.show_waiting(Frame(result.pixels, "again"))
    assert "being computed" in view.response.accessibleDescription()
    view.show_result(result)
    assert view.response.pixels is not None and view.band.scene.plates
    view.clear()
    assert view.source.pixels is None


def test_an_averaged_picture_is_said_and_shown(view: WholeImageView) -> None:
    result = replace(
        answer(question()), note="Averaged from 80 x 60 to 40 x 30 pixels: each is the mean of 2 x 2."
    )
    view.show_waiting(large := Frame(picture(60, 80), "large"))
    view.show_result(result)
    assert view.source.pixels is result.pixels
    assert view.facts()[0][2] == result.note
    view.show_waiting(large)  # the same picture, another kernel: no flicker
    assert view.source.pixels is result.pixels and view.response.stale


def test_the_cell_under_the_pointer_tells_its_new_value(view: WholeImageView) -> None:
    told: list[list[tuple[str, str, str]]] = []
    view.band.cellPointed.connect(told.append)
    first = question(filters=1)
    view.show_result(answer(first))
    cell = plate(view, "kernel/0").cell_rect(0, 0).center().toPoint()
    QTest.mouseMove(view.band, cell)
    weight = np.array(first.weight)
    weight[0, 0, 0, 0] += 5
    view.show_result(answer(replace(first, weight=weight)))
    values = [float(rows[2][1].replace("−", "-")) for rows in told if rows]
    assert values == [first.weight[0, 0, 0, 0], weight[0, 0, 0, 0]]
