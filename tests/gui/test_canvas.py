"""The canvas: pointing, zooming, exporting and moving a scene that it knows nothing about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QEnterEvent, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import colormaps, export
from gui.theme import Scheme, theme
from gui.widgets.canvas import MAX_ZOOM, Canvas
from gui.widgets.plate import Plate
from gui.widgets.scene import Scene
from tests.gui.canvas_fixtures import SIZE, Model, calls, canvas, model
from tests.gui.window_fixtures import (
    WAIT,
    calm,
    click,
    double_click,
    hover,
    move_to,
    near,
    painted,
    shot,
)

__all__ = ["calm", "canvas", "model"]

Left = Qt.MouseButton.LeftButton


NoModifier = Qt.KeyboardModifier.NoModifier


def wheel(canvas: Canvas, at: QPoint, notches: int) -> None:
    """Turn the wheel over a place."""
    event = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


class TestEmpty:
    def test_nothing_happens_on_an_empty_scene(self, qtbot: QtBot, calm: None) -> None:
        widget = Canvas()
        qtbot.addWidget(widget)
        widget.resize(*SIZE)
        with qtbot.waitExposed(widget):
            widget.show()
        at = QPoint(50, 50)
        move_to(widget, at)
        QTest.mouseClick(widget, Left, NoModifier, at)
        QTest.mouseDClick(widget, Left, NoModifier, at)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_5, Qt.Key.Key_Left, Qt.Key.Key_Escape):
            QTest.keyClick(widget, key)
        wheel(widget, at, 3)
        widget.flip("kernel/")
        assert not widget.edit("input/0", 0, 0)
        assert near(shot(widget), theme.colors.window, 2).all()
        assert near(painted(widget, QSizeF(200, 100)), theme.colors.window, 2).all()

    def test_plates_without_cells_or_room(self, qtbot: QtBot, calm: None) -> None:
        """A stage of no size at all, and a plate of no rows, are drawn as nothing."""
        widget = Canvas()
        qtbot.addWidget(widget)
        none = Plate("none", np.zeros((0, 0)), np.zeros((0, 0, 3), np.uint8))
        thin = Plate("thin", np.zeros((3, 3)), np.zeros((3, 3, 3), np.uint8), rect=QRectF(0, 0, 0.5, 0.5))
        widget.set_builder(lambda size: Scene(size, plates=[none, thin]))
        with qtbot.waitExposed(widget):
            widget.show()
        assert not widget.grab().isNull()


class TestPointing:
    def test_every_cell_tells_its_place_once(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellHovered)
        hover(canvas, "input/0", 1, 2)
        hover(canvas, "input/0", 1, 2)
        hover(canvas, "output/0", 3, 0)
        assert calls(spy) == [("input/0", 1, 2), ("output/0", 3, 0)]

    def test_leaving_is_told(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.hoverLeft)
        hover(canvas, "input/0", 0, 0)
        move_to(canvas, QPoint(2, 2))
        assert spy.count() == 1
        hover(canvas, "input/0", 0, 0)
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
        assert spy.count() == 2

    def test_coming_back_to_the_same_cell_is_told_again(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellHovered)
        hover(canvas, "input/0", 0, 0)
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
        QApplication.sendEvent(canvas, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
        move_to(canvas, QPoint(2, 2))
        hover(canvas, "input/0", 0, 0)
        assert calls(spy) == [("input/0", 0, 0)] * 2

    def test_clicks(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellClicked)
        click(canvas, "output/0", 2, 3)
        QTest.mouseClick(canvas, Left, NoModifier, QPoint(2, 2))
        assert calls(spy) == [("output/0", 2, 3)]

    def test_a_double_click_on_a_fixed_cell(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellActivated)
        double_click(canvas, "output/0", 2, 3)
        assert calls(spy) == [("output/0", 2, 3)] and not canvas.editing

    def test_dragging_over_cells_clicks_them(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellClicked)
        plate = canvas.scene.plate("output/0")
        assert plate is not None
        QTest.mousePress(canvas, Left, NoModifier, plate.cell_rect(0, 0).center().toPoint())
        move_to(canvas, plate.cell_rect(0, 1).center().toPoint(), Left)
        move_to(canvas, plate.cell_rect(1, 1).center().toPoint(), Left)
        QTest.mouseRelease(canvas, Left, NoModifier, plate.cell_rect(1, 1).center().toPoint())
        found = calls(spy)
        assert found[0] == ("output/0", 0, 0) and ("output/0", 1, 1) in found

    def test_arrow_keys(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.arrowPressed)
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert calls(spy) == [(0, -1, False), (1, 0, True)]

    def test_the_context_menu(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.menuRequested)
        plate = canvas.scene.plate("output/0")
        assert plate is not None
        from PySide6.QtGui import QContextMenuEvent

        for at in (plate.rect.center().toPoint(), QPoint(2, 2)):
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
            QApplication.sendEvent(canvas, event)
        assert [call[0] for call in calls(spy)] == [plate, None]

    def test_what_the_scene_says_is_said_to_screen_readers(self, canvas: Canvas) -> None:
        assert canvas.accessibleDescription() == "two plates" and canvas.accessibleName()


class TestZoom:
    def test_the_place_under_the_pointer_stays(self, canvas: Canvas) -> None:
        plate = canvas.scene.plate("input/0")
        assert plate is not None
        at = plate.cell_rect(2, 3).center().toPoint()
        spy = QSignalSpy(canvas.cellHovered)
        wheel(canvas, at, 5)
        assert canvas.zoom > 1.5
        move_to(canvas, at + QPoint(1, 1))
        assert calls(spy) == [("input/0", 2, 3)]

    def test_clicks_and_edits_find_their_cells_zoomed_and_panned(self, canvas: Canvas) -> None:
        plate = canvas.scene.plate("input/0")
        assert plate is not None
        canvas.zoom_by(2.0, QPointF(0, 0))
        spy = QSignalSpy(canvas.cellClicked)
        for cell in ((0, 1), (1, 2)):
            at = (plate.cell_rect(*cell).center() * 2.0).toPoint()
            QTest.mouseClick(canvas, Left, NoModifier, at)
        assert calls(spy) == [("input/0", 0, 1), ("input/0", 1, 2)]
        # Drag the stage from a place without a cell: 60 to the left.
        QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, NoModifier, QPoint(300, 5))
        move_to(canvas, QPoint(240, 5))
        QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, NoModifier, QPoint(240, 5))
        at = (plate.cell_rect(1, 2).center() * 2.0).toPoint() - QPoint(60, 0)
        QTest.mouseClick(canvas, Left, NoModifier, at)
        assert calls(spy)[-1] == ("input/0", 1, 2)

    def test_what_is_painted_is_what_is_clicked(self, canvas: Canvas) -> None:
        """Zoomed by four around a cell: the pixel under the pointer has that cell's colour."""
        plate = canvas.scene.plate("input/0")
        assert plate is not None
        at = plate.cell_rect(3, 3).center()
        canvas.zoom_by(4.0, at)
        pixels = shot(canvas)
        value = round(15 / 16 * 255)
        corner = pixels[int(at.y()) - 40 : int(at.y()) - 30, int(at.x()) - 40 : int(at.x()) - 30]
        assert near(corner, (value,) * 3, 4).all()

    def test_bounds_and_esc(self, canvas: Canvas) -> None:
        canvas.zoom_by(1e6)
        assert canvas.zoom == MAX_ZOOM
        canvas.zoom_by(1e-9)
        assert canvas.zoom == 1
        canvas.zoom_by(3)
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert canvas.zoom == 1
        canvas.zoom_by(3, QPointF(0, 0))
        QTest.mouseDClick(canvas, Left, NoModifier, QPoint(2, 2))
        assert canvas.zoom == 1

    def test_the_stage_cannot_be_dragged_out_of_view(self, canvas: Canvas) -> None:
        whole = shot(canvas)
        QTest.mousePress(canvas, Left, NoModifier, QPoint(5, 5))
        move_to(canvas, QPoint(400, 200))
        QTest.mouseRelease(canvas, Left, NoModifier, QPoint(400, 200))
        assert np.array_equal(shot(canvas), whole)

    def test_digits_appear_when_one_looks_closer(self, qtbot: QtBot, calm: None) -> None:
        widget = Canvas()
        qtbot.addWidget(widget)
        widget.resize(300, 300)
        with qtbot.waitExposed(widget):
            widget.show()

        def build(size: QSizeF) -> Scene:
            plate = Plate("p", np.full((20, 20), 7.0), np.full((20, 20, 3), 255, np.uint8))
            plate.rect = QRectF(0, 0, 160, 160)
            return Scene(size, plates=[plate])

        widget.set_builder(build)
        dark = (shot(widget)[5:150, 5:150].astype(int).sum(-1) < 300).mean()
        widget.zoom_by(8, QPointF(0, 0))
        closer = (shot(widget)[:290, :290].astype(int).sum(-1) < 300).mean()
        assert dark < 0.001 < closer


class TestPictures:
    """Cells are painted once and kept; what changed is painted anew."""

    def test_a_changed_value_is_seen(self, canvas: Canvas, model: Model) -> None:
        plate = canvas.scene.plate("input/0")
        assert plate is not None
        area = plate.cell_rect(0, 0).toAlignedRect().adjusted(4, 4, -4, -4)

        def corner() -> np.ndarray[Any, Any]:
            return shot(canvas)[area.top() : area.bottom(), area.left() : area.right()]

        assert near(corner(), (0, 0, 0), 10).mean() > 0.5
        model.values = np.full((4, 4), 16.0)
        canvas.set_builder(model)
        assert near(corner(), (255, 255, 255), 10).mean() > 0.5

    def test_values_changed_in_place_are_seen(self, canvas: Canvas, model: Model) -> None:
        before = shot(canvas)
        model.values[0, 0] = 16
        canvas.set_builder(model)
        assert not np.array_equal(before, shot(canvas))

    def test_unchanged_cells_are_not_painted_again(
        self, canvas: Canvas, model: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        painted_keys: list[str] = []
        original = Plate.paint_cells

        def counted(self: Plate, *arguments: Any) -> None:
            painted_keys.append(self.key)
            original(self, *arguments)

        monkeypatch.setattr(Plate, "paint_cells", counted)
        canvas.grab()
        painted_keys.clear()
        model.window = (1, 1)
        canvas.set_builder(model)
        canvas.grab()
        assert painted_keys == [], "the window moved, the numbers did not"
        model.values = model.values + 1
        canvas.set_builder(model)
        canvas.grab()
        assert sorted(painted_keys) == ["input/0", "output/0"]

    def test_the_window_is_where_the_model_says(self, canvas: Canvas, model: Model) -> None:
        plate = canvas.scene.plate("output/0")
        assert plate is not None
        for place in ((0, 0), (2, 1)):
            model.window = place
            canvas.set_builder(model)
            box = plate.cell_rect(place[0], place[1], place[0] + 2, place[1] + 2)
            hits = np.argwhere(near(shot(canvas), theme.colors.accent, 30))
            hits = hits[hits[:, 1] > plate.rect.left() - 5]
            assert abs(hits[:, 0].min() - box.top()) <= 3 and abs(hits[:, 0].max() - box.bottom()) <= 3
            assert abs(hits[:, 1].min() - box.left()) <= 3 and abs(hits[:, 1].max() - box.right()) <= 3

    def test_themes(self, canvas: Canvas, model: Model) -> None:
        builds = len(model.builds)
        light = shot(canvas)
        theme.apply(Scheme.DARK)
        assert len(model.builds) > builds, "colours of the data depend on the theme: laid out anew"
        assert near(shot(canvas)[5, 5][None], theme.colors.window, 2).all()
        theme.apply(Scheme.LIGHT)
        assert np.array_equal(shot(canvas), light)

    def test_the_scene_is_laid_out_for_the_size(self, canvas: Canvas, model: Model) -> None:
        canvas.resize(600, 400)
        QApplication.processEvents()
        assert model.builds[-1] == (600, 400)


class TestExport:
    @pytest.mark.parametrize("size", [(300, 200), (1000, 600)])
    def test_another_size_is_another_layout(
        self, canvas: Canvas, model: Model, size: tuple[int, int]
    ) -> None:
        picture = painted(canvas, QSizeF(*size))
        assert model.builds[-1] == size
        assert not (picture == (255, 0, 255)).all(-1).any(), "no pixel is left out"
        scene = model(QSizeF(*size))
        plate = scene.plate("input/0")
        assert plate is not None
        area = plate.cell_rect(3, 3).toAlignedRect().adjusted(3, 3, -3, -3)
        value = round(15 / 16 * 255)
        assert (
            near(picture[area.top() : area.bottom(), area.left() : area.right()], (value,) * 3, 6).mean()
            > 0.5
        )

    def test_the_screen_stays_as_it_was(self, canvas: Canvas) -> None:
        before, scene = shot(canvas), canvas.scene
        painted(canvas, QSizeF(900, 500))
        assert canvas.scene is scene and np.array_equal(shot(canvas), before)

    def test_png_and_svg(self, canvas: Canvas, tmp_path: Any) -> None:
        export.save_png(canvas, tmp_path / "a.png")
        export.save_svg(canvas, tmp_path / "a.svg")
        text = (tmp_path / "a.svg").read_text()
        assert "<svg" in text and ("<text" in text or "<path" in text)
        assert (tmp_path / "a.png").stat().st_size > 1000

    def test_a_zoomed_stage_is_exported_whole(self, canvas: Canvas) -> None:
        whole = painted(canvas, QSizeF(600, 400))
        canvas.zoom_by(5)
        assert np.array_equal(painted(canvas, QSizeF(600, 400)), whole)


class TestMotion:
    """With motion: the window glides and the kernel turns, and both end where they belong."""

    @pytest.fixture
    def moving(self, canvas: Canvas) -> Canvas:
        theme.set_reduced_motion(False)
        return canvas

    def settled(self, canvas: Canvas, qtbot: QtBot, run: Callable[[], None]) -> bool:
        """Run something; whether the picture moved before it came to rest."""
        before = shot(canvas)
        run()
        first = shot(canvas)
        theme.set_reduced_motion(True)
        QApplication.processEvents()
        last: list[Any] = [None]

        def at_rest() -> bool:
            now = shot(canvas)
            same = last[0] is not None and np.array_equal(last[0], now)
            last[0] = now
            return same and not canvas.moving

        qtbot.waitUntil(at_rest, timeout=WAIT)
        return not np.array_equal(first, last[0]) or not np.array_equal(before, last[0])

    def test_a_window_glides_to_its_place(self, moving: Canvas, model: Model, qtbot: QtBot) -> None:
        model.window = (2, 2)

        def move() -> None:
            moving.set_builder(model)
            assert moving.moving

        assert self.settled(moving, qtbot, move)
        still = Canvas()
        qtbot.addWidget(still)
        still.resize(*SIZE)
        still.set_builder(model)
        assert np.array_equal(shot(moving), shot(still))

    def test_a_turned_kernel_ends_as_it_is(self, moving: Canvas, model: Model, qtbot: QtBot) -> None:
        before = shot(moving)

        def turn() -> None:
            moving.flip("input/")
            assert moving.moving

        self.settled(moving, qtbot, turn)
        assert np.array_equal(shot(moving), before)

    def test_a_sliding_plate_glides_to_its_place_and_others_jump(self, moving: Canvas, qtbot: QtBot) -> None:
        left = [20.0]

        def build(size: QSizeF) -> Scene:
            values = np.arange(3.0)[None]
            plate = Plate("kernel", values, colormaps.grey(values, 0, 2), slides=slides)
            plate.rect = QRectF(left[0], 40, 90, 30)
            return Scene(size, plates=[plate])

        for slides in (True, False):
            left[0] = 20.0
            moving.set_builder(build, glide=False)

            def slide() -> None:
                left[0] = 300.0
                moving.set_builder(build)

            slide()
            assert moving.moving is slides
            qtbot.waitUntil(lambda: not moving.moving, timeout=WAIT)
            moved = shot(moving)
            theme.set_reduced_motion(True)
            moving.set_builder(build)
            assert np.array_equal(moved, shot(moving))
            theme.set_reduced_motion(False)

    def test_a_mirrored_row_ends_as_it_is(self, moving: Canvas, qtbot: QtBot) -> None:
        before = shot(moving)

        def mirror() -> None:
            moving.flip("input/", mirror=True, milliseconds=240)
            assert moving.moving and not np.array_equal(shot(moving), before)

        self.settled(moving, qtbot, mirror)
        assert np.array_equal(shot(moving), before)

    def test_nothing_moves_for_those_who_ask_for_less(self, canvas: Canvas, model: Model) -> None:
        model.window = (2, 2)
        canvas.set_builder(model)
        canvas.flip("input/")
        assert not canvas.moving
