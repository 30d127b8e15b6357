"""The picture view and the movable crop: what is painted, what is pointed at, what is cut out."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QTransform, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine import images
from engine.images import Frame
from gui import colormaps
from gui.theme import mix, theme
from gui.widgets.crop_frame import CropFrame, clamp, crop
from gui.widgets.frame_view import EMPTY_TEXT, FrameView, View
from gui.widgets.picture import Picture, to_image, to_pixels

Pixels = npt.NDArray[np.uint8]
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def frame(height: int = 30, width: int = 40, seed: int = 0) -> Frame:
    return Frame(noise(height, width, seed), "noise")


def view_of(qtbot: QtBot, pixels: Pixels | None, width: int = 400, height: int = 300) -> FrameView:
    view = FrameView()
    qtbot.addWidget(view)
    view.resize(width, height)
    view.set_rgb(pixels)
    return view


def shot(widget: FrameView | CropFrame) -> Pixels:
    return to_pixels(widget.grab().toImage())


def centre_of(view: FrameView, x: int, y: int) -> QPointF:
    return view.transform().map(QPointF(x + 0.5, y + 0.5))


def wheel(view: FrameView, at: QPointF, delta: int) -> None:
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, delta), buttons, NONE, phase, False)
    QApplication.sendEvent(view, event)


def move(widget: FrameView | CropFrame, at: QPoint, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """QTest.mouseMove reaches only windows on the screen."""
    kind, place = QEvent.Type.MouseMove, QPointF(at)
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), Qt.MouseButton.NoButton, held, NONE)
    QApplication.sendEvent(widget, event)


def drag(widget: FrameView | CropFrame, start: QPoint, *stops: QPoint) -> None:
    QTest.mousePress(widget, LEFT, NONE, start)
    for stop in stops:
        move(widget, stop, LEFT)
    QTest.mouseRelease(widget, LEFT, NONE, stops[-1])


# --- pictures ---------------------------------------------------------------------------------------------


def test_both_ways_of_converting_a_picture_give_its_colours() -> None:
    pixels = noise(7, 5)
    picture = Picture()
    picture.set(pixels)
    assert np.array_equal(to_pixels(picture.image()), pixels)
    assert np.array_equal(images.bgra(pixels)[..., 2::-1], pixels)
    picture.set(pixels[::-1].copy())  # engine.cv is imported now
    assert np.array_equal(to_pixels(picture.image()), pixels[::-1])


@pytest.mark.parametrize("width", [1, 2, 3, 5, 64])
def test_arrays_survive_the_way_through_a_qimage(width: int) -> None:
    pixels = noise(4, width)
    image = to_image(pixels)
    assert image.pixelColor(0, 3) == QColor(*(int(v) for v in pixels[3, 0]))
    assert np.array_equal(to_pixels(image), pixels)


def test_levels_are_shown_in_the_colours_of_their_map() -> None:
    levels = np.arange(15, dtype=np.uint8).reshape(3, 5) * 17
    anchors = ((10, 20, 30), (200, 100, 50))
    picture = Picture()
    picture.set_indexed(levels, anchors)
    assert picture.size == (5, 3)
    expected = colormaps.table(anchors)[levels]
    assert np.array_equal(to_pixels(picture.image()), expected)
    assert picture.pixels is not None and np.array_equal(picture.pixels, expected)
    picture.set_indexed(levels, anchors[::-1])  # the same levels, another theme
    assert np.array_equal(to_pixels(picture.image()), colormaps.table(anchors[::-1])[levels])
    pixels = noise(2, 2)
    picture.set(pixels)
    assert picture.pixels is pixels and np.array_equal(to_pixels(picture.image()), pixels)


# --- painting ---------------------------------------------------------------------------------------------


def test_magnified_pixels_are_sharp_squares_of_the_true_colours(qtbot: QtBot) -> None:
    pixels = noise(3, 4)
    view = view_of(qtbot, pixels)
    painted = shot(view)
    for y, x in itertools.product(range(3), range(4)):
        cell = painted[y * 100 + 3 : y * 100 + 97, x * 100 + 3 : x * 100 + 97]
        assert (cell == pixels[y, x]).all()


def test_a_picture_is_smooth_below_three_pixels_a_pixel(qtbot: QtBot) -> None:
    board = np.zeros((100, 200, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    half = shot(view_of(qtbot, board, 100, 50))[5:-5, 5:-5]
    assert (abs(half.astype(int) - 127) <= 4).all()
    double = shot(view_of(qtbot, board, 400, 200))[5:-5, 5:-5]
    assert len(np.unique(double)) > 2
    triple = shot(view_of(qtbot, board, 600, 300))[5:-5, 5:-5]
    assert set(np.unique(triple)) == {0, 255}


def test_shrinking_levels_mixes_their_colours_not_the_levels(qtbot: QtBot) -> None:
    """Between red and blue lies a green that a mean of levels would show."""
    board = np.zeros((200, 400), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    for width, height in ((200, 100), (100, 50)):
        view = view_of(qtbot, None, width, height)
        view.set_indexed(board, ((255, 0, 0), (0, 255, 0), (0, 0, 255)))
        inner = shot(view)[5:-5, 5:-5].astype(int)
        assert (inner[..., 1] <= 4).all() and (abs(inner[..., (0, 2)] - 127) <= 6).all()


def test_a_picture_is_fitted_with_its_aspect_ratio(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(30, 20), 400, 300)
    assert view.transform().mapRect(QRectF(0, 0, 20, 30)) == QRectF(100, 0, 200, 300)
    assert view.picture_rect() == QRectF(100, 0, 200, 300) and view.picture_size == (20, 30)
    assert view.pixel_at(QPointF(99, 10)) is None
    assert view.pixel_at(QPointF(101, 1)) == (0, 0)
    assert view.pixel_at(QPointF(299, 299)) == (19, 29)


def test_the_newest_of_several_frames_is_painted(qtbot: QtBot) -> None:
    view = view_of(qtbot, None)
    for seed in range(3):
        view.set_frame(frame(3, 4, seed))
    assert (shot(view)[150, 150] == noise(3, 4, 2)[1, 1]).all()
    view.set_frame(frame(3, 4, 9))
    assert (shot(view)[150, 150] == noise(3, 4, 9)[1, 1]).all()


def test_a_stale_picture_is_dimmed_and_says_so(qtbot: QtBot) -> None:
    pixels = np.full((3, 4, 3), (200, 40, 10), np.uint8)
    view = view_of(qtbot, pixels)
    fresh = shot(view)
    view.set_stale(True)
    stale = shot(view)
    ground = view.palette().window().color()
    expected = mix(ground, QColor(200, 40, 10), 0.45)
    seen = QColor(*(int(v) for v in stale[250, 350]))
    for channel in ("red", "green", "blue"):
        assert abs(getattr(seen, channel)() - getattr(expected, channel)()) <= 2
    corner = stale[:40, :100]
    assert len(np.unique(corner.reshape(-1, 3), axis=0)) > 5, "no words on the mark"
    view.set_stale(False)
    assert np.array_equal(shot(view), fresh)


def test_the_empty_view_invites(qtbot: QtBot) -> None:
    view = view_of(qtbot, None)
    assert view.accessibleDescription() == EMPTY_TEXT
    text = shot(view)[150:190, 100:300]
    assert len(np.unique(text.reshape(-1, 3), axis=0)) > 5
    view.set_frame(frame())
    assert view.accessibleDescription() == "noise, 40 × 30 pixels"


def test_the_overlay_is_drawn_in_picture_pixels(qtbot: QtBot) -> None:
    view = view_of(qtbot, np.zeros((3, 4, 3), np.uint8))

    def overlay(painter: QPainter, transform: QTransform) -> None:
        painter.fillRect(transform.mapRect(QRectF(1, 2, 1, 1)), QColor(1, 2, 3))

    view.set_overlay(overlay)
    painted = (shot(view) == (1, 2, 3)).all(axis=2)
    rows, columns = np.nonzero(painted)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (200, 298, 100, 199)  # 299 is the edge


def test_the_cursor_marks_its_pixel_and_leaves_it_free(qtbot: QtBot) -> None:
    view = view_of(qtbot, np.zeros((3, 4, 3), np.uint8))
    before = shot(view)
    view.set_cursor(2, 1)
    changed = (shot(view) != before).any(axis=2)
    assert not changed[105:195, 205:295].any()
    assert changed[150, 50] and changed[150, 350] and changed[50, 250] and changed[250, 250]
    assert not changed[50, 50]
    view.clear_cursor()
    assert np.array_equal(shot(view), before)


def test_pixels_of_the_wrong_kind_are_refused(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(2, 2))
    with pytest.raises(ValueError, match="uint8"):
        view.set_rgb(np.zeros((2, 2, 3)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="levels are uint8"):
        view.set_indexed(np.zeros((2, 2, 3), np.uint8), ((0, 0, 0), (255, 255, 255)))
    assert view.pixels is not None and view.pixels.shape == (2, 2, 3)


def test_an_empty_view_says_why(qtbot: QtBot) -> None:
    view = view_of(qtbot, None)
    before = shot(view)
    view.set_empty_text("The kernel is larger than the picture.", "alert-circle-outline")
    assert view.accessibleDescription() == "The kernel is larger than the picture."
    changed = (shot(view) != before).any(axis=(1, 2))
    assert changed[110:145].any() and changed[150:190].any()  # the icon and the words


# --- pointer, wheel, keys ---------------------------------------------------------------------------------


def test_hovering_names_each_pixel_once(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(3, 4))
    seen: list[object] = []
    view.hovered.connect(lambda x, y: seen.append((x, y)))
    view.left.connect(lambda: seen.append(None))
    for point in (QPoint(10, 10), QPoint(50, 50), QPoint(150, 50), QPoint(399, 299)):
        move(view, point)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert seen == [(0, 0), (1, 0), (3, 2), None]


@pytest.mark.parametrize(("x", "y"), [(3, 4), (20, 15), (38, 28), (0, 29)])
def test_the_wheel_keeps_what_is_under_the_pointer(qtbot: QtBot, x: int, y: int) -> None:
    view = view_of(qtbot, noise(30, 40))
    point = centre_of(view, x, y)
    for _ in range(6):
        wheel(view, point, 120)
        assert view.pixel_at(point) == (x, y)
    assert view.view.zoom > 2
    for _ in range(40):
        wheel(view, point, -120)
    assert view.view == View()


def test_zoom_ends_at_the_whole_picture_and_at_large_pixels(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(300, 400))
    view.zoom_by(0.1)
    assert view.view.zoom == 1
    view.zoom_by(1e6)
    assert view.transform().m11() == pytest.approx(64)


def test_dragging_pans_by_the_hand_and_opens_no_gap(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(30, 40))
    view.zoom_by(4)
    before = centre_of(view, 20, 15)
    drag(view, QPoint(200, 150), QPoint(180, 160), QPoint(150, 180))
    after = centre_of(view, 20, 15)
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((-50, 30))
    drag(view, QPoint(10, 10), QPoint(200, 200), QPoint(5000, 5000))
    area = view.transform().mapRect(QRectF(0, 0, 40, 30))
    assert (area.left(), area.top()) == pytest.approx((0, 0))
    QTest.mouseDClick(view, LEFT, NONE, QPoint(50, 50))
    assert view.view == View()


def test_a_click_is_no_drag(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(30, 40))
    clicks: list[tuple[int, int]] = []
    view.clicked.connect(lambda x, y: clicks.append((x, y)))
    QTest.mouseClick(view, LEFT, NONE, QPoint(250, 150))
    view.zoom_by(2)
    drag(view, QPoint(250, 150), QPoint(200, 150))
    assert clicks == [(25, 15)]


def test_linked_views_show_the_same_part(qtbot: QtBot) -> None:
    first, second = view_of(qtbot, noise(40, 40), 400, 400), view_of(qtbot, noise(20, 20), 200, 200)
    first.viewChanged.connect(second.set_view)
    second.viewChanged.connect(first.set_view)
    wheel(first, QPointF(100, 300), 480)
    assert second.view == first.view
    for view, side in ((first, 40), (second, 20)):
        inverse = view.transform().inverted()[0]
        middle = inverse.map(QPointF(view.width() / 2, view.height() / 2)) / side
        assert (middle.x(), middle.y()) == pytest.approx((first.view.x, first.view.y))
    emitted: list[object] = []
    second.viewChanged.connect(emitted.append)
    second.set_view(View(2.0, 0.5, 0.5))
    assert emitted == []


def test_a_linked_view_of_another_shape_opens_no_gap(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(30, 40), 300, 300)
    view.set_view(View(2.0, 0.0, 1.0))
    area = view.transform().mapRect(QRectF(0, 0, 40, 30))
    assert (area.left(), area.bottom()) == pytest.approx((0, 300))
    view.set_view(View(1.2, 0.0, 1.0))
    area = view.transform().mapRect(QRectF(0, 0, 40, 30))
    assert (area.left(), area.center().y()) == pytest.approx((0, 150))


def test_keys_zoom_fit_and_move_the_cursor(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(30, 40))
    seen: list[tuple[int, int]] = []
    view.hovered.connect(lambda x, y: seen.append((x, y)))
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.view.zoom > 1
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.view == View()
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert seen == [(21, 15), (21, 5), (21, 0)]


def test_the_keyboards_cursor_stays_in_sight(qtbot: QtBot) -> None:
    view = view_of(qtbot, noise(30, 40))
    view.zoom_by(4)
    other = view_of(qtbot, noise(28, 38))
    view.viewChanged.connect(other.set_view)
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert QRectF(view.rect()).contains(centre_of(view, 39, 29))
    assert other.view == view.view
    view.step_cursor(0, 0)
    assert QRectF(view.rect()).contains(centre_of(view, 39, 29))


# --- crop -------------------------------------------------------------------------------------------------

sides = st.integers(1, 24)


@given(
    height=sides,
    width=sides,
    x=st.integers(-9, 30),
    y=st.integers(-9, 30),
    rows=sides,
    cols=sides,
    size=sides,
)
def test_a_clamped_crop_lies_inside_and_keeps_what_it_can(
    height: int, width: int, x: int, y: int, rows: int, cols: int, size: int
) -> None:
    here = clamp(width, height, x, y, rows, cols, size)
    assert here.x >= 0 and here.x + here.width <= width
    assert here.y >= 0 and here.y + here.height <= height
    kept = (here.rows, here.cols, here.pixel_size) == (rows, cols, size)
    assert kept == (rows * size <= height and cols * size <= width)
    assert bool(here.problem) == (not kept)
    if rows <= height and cols <= width:
        assert (here.rows, here.cols) == (rows, cols)
        larger = here.pixel_size + 1
        assert kept or larger * rows > height or larger * cols > width, "cells shrank more than needed"


@given(st.data())
def test_a_crop_is_the_rounded_mean_of_every_block(data: st.DataObject) -> None:
    rows, cols, size = (data.draw(st.integers(1, 5)) for _ in range(3))
    picture = frame(rows * size + data.draw(st.integers(0, 3)), cols * size + data.draw(st.integers(0, 3)))
    x = data.draw(st.integers(0, picture.width - cols * size))
    y = data.draw(st.integers(0, picture.height - rows * size))
    cells = crop(picture, x, y, rows, cols, size)
    assert cells.shape == (rows, cols, 3) and cells.dtype == np.uint8
    for row, col, channel in itertools.product(range(rows), range(cols), range(3)):
        values = [
            int(picture.pixels[y + row * size + i, x + col * size + j, channel])
            for i, j in itertools.product(range(size), repeat=2)
        ]
        assert abs(int(cells[row, col, channel]) - sum(values) / len(values)) <= 0.5


def test_a_crop_of_single_pixels_is_the_picture_itself() -> None:
    picture = frame(9, 8)
    assert np.array_equal(crop(picture, 2, 3, 4, 5, 1), picture.pixels[3:7, 2:7])


@pytest.mark.parametrize("bad", [(-1, 0, 2, 2, 2), (0, 27, 2, 2, 2), (0, 0, 2, 2, 0), (0, 0, 4, 30, 2)])
def test_a_crop_beyond_the_picture_is_refused(bad: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not inside"):
        crop(frame(), *bad)


def cropper(qtbot: QtBot, height: int = 100, width: int = 200) -> CropFrame:
    widget = CropFrame()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    widget.set_frame(frame(height, width))
    widget.set_crop(40, 20, 5, 5, 4)
    return widget


def moves_of(widget: CropFrame) -> list[tuple[int, int]]:
    moves: list[tuple[int, int]] = []
    widget.cropMoved.connect(lambda x, y: moves.append((x, y)))
    return moves


def test_the_crop_follows_the_hand_and_stays_inside(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    moves = moves_of(widget)
    drag(widget, QPoint(50, 30), QPoint(60, 35), QPoint(61, 35), QPoint(500, 500))
    assert moves == [(50, 25), (51, 25), (180, 80)]
    assert (widget.crop.x, widget.crop.y) == (180, 80)
    cells = widget.cells()
    assert cells is not None and np.array_equal(cells, crop(frame(100, 200), 180, 80, 5, 5, 4))


def test_a_press_beside_the_crop_brings_it_there(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    moves = moves_of(widget)
    QTest.mousePress(widget, LEFT, NONE, QPoint(150, 70))
    assert moves == [(140, 60)]


def test_arrows_move_the_crop_by_one_or_ten(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    moves = moves_of(widget)
    QTest.keyClick(widget, Qt.Key.Key_Left)
    QTest.keyClick(widget, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(widget, Qt.Key.Key_Up)
    assert moves == [(39, 20), (39, 30), (39, 29)]
    widget.set_crop(0, 0, 5, 5, 4)
    QTest.keyClick(widget, Qt.Key.Key_Left)
    assert moves[3:] == []


@pytest.mark.parametrize(
    ("corner", "stop", "expected"),
    [((60, 40), (70, 50), (40, 20, 6)), ((40, 20), (30, 10), (30, 10, 6)), ((60, 20), (65, 20), (40, 15, 5))],
)
def test_a_corner_changes_the_pixel_size_and_the_opposite_one_stays(
    qtbot: QtBot, corner: tuple[int, int], stop: tuple[int, int], expected: tuple[int, int, int]
) -> None:
    widget = cropper(qtbot)
    with qtbot.waitSignal(widget.pixelSizeChanged) as changed:
        drag(widget, QPoint(*corner), QPoint(*stop))
    assert changed.args == [expected[2]]
    assert (widget.crop.x, widget.crop.y, widget.crop.pixel_size) == expected


def test_setting_a_crop_is_silent(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    moves = moves_of(widget)
    widget.set_crop(1, 2, 7, 7, 3)
    assert moves == [] and (widget.crop.x, widget.crop.y) == (1, 2)


def test_a_picture_too_small_for_the_crop_is_said_once(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    said: list[str] = []
    widget.problem.connect(said.append)
    widget.set_frame(frame(4, 12))
    widget.set_frame(frame(4, 12, seed=1))
    assert said == ["The picture is only 12 × 4 pixels: the crop is 4 × 5 cells instead of 5 × 5."]
    cells = widget.cells()
    assert cells is not None and cells.shape == (4, 5, 3)
    widget.set_frame(frame(100, 200))
    assert said[1:] == [""] and widget.crop.rows == 5 and widget.crop.pixel_size == 4


def test_what_is_outside_the_crop_is_dimmed(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    widget.set_frame(Frame(np.full((100, 200, 3), 200, np.uint8), "grey"))
    painted = shot(widget)
    assert (painted[30, 50] == 200).all()
    expected = mix(QColor(200, 200, 200), theme.colors.window, 0.6)
    assert abs(int(painted[80, 150, 0]) - expected.red()) <= 2


def test_the_crop_frame_takes_the_height_its_picture_needs(qtbot: QtBot) -> None:
    widget = cropper(qtbot)
    assert widget.heightForWidth(270) == 135
    widget.set_frame(frame(400, 100))
    assert widget.heightForWidth(270) == 260
    assert not QImage(widget.grab().toImage()).isNull()


@pytest.mark.parametrize("size", [(400, 300), (611, 333), (90, 70)])
def test_a_frame_of_a_film_lies_where_a_still_lies(qtbot: QtBot, size: tuple[int, int]) -> None:
    """Frames of a film are scaled another way, which changes no place and hardly a colour."""
    ramp = np.linspace(0, 255, 160, dtype=np.uint8)
    pixels = np.stack(
        [np.tile(ramp, (120, 1)), np.tile(ramp[:120, None], (1, 160)), np.full((120, 160), 90, np.uint8)], 2
    )
    still = view_of(qtbot, pixels, *size)
    film = view_of(qtbot, pixels, *size)
    for shade in (1, 0):
        film.set_frame(images.from_array(np.maximum(pixels, np.uint8(shade)), "film"))
    assert film._picture._film
    ours, theirs = shot(film).astype(int), shot(still).astype(int)
    area = film.picture_rect().toAlignedRect().adjusted(2, 2, -2, -2)
    inside = slice(area.top(), area.bottom()), slice(area.left(), area.right())
    assert np.abs(ours - theirs)[inside].max() <= 12 and np.abs(ours - theirs)[inside].mean() < 2
