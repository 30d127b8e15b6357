"""The canvas: cells that are typed over."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.widgets.canvas import Canvas
from gui.widgets.scene import Scene
from tests.gui.canvas_fixtures import SIZE, Model, calls, canvas, model
from tests.gui.window_fixtures import (
    calm,
    click,
    double_click,
    editor_of,
    hover,
    type_into_cell,
)

__all__ = ["calm", "canvas", "model"]


class TestEditing:
    def test_a_number_goes_in(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellEdited)
        type_into_cell(canvas, "input/0", 1, 2, "-2,5")
        assert calls(spy) == [("input/0", 1, 2, -2.5)]
        assert not canvas.editing and canvas.hasFocus()

    def test_the_same_number_is_no_edit(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellEdited)
        type_into_cell(canvas, "input/0", 1, 2, "6.0")
        assert spy.count() == 0

    def test_the_editor_shows_the_whole_number(self, canvas: Canvas, model: Model) -> None:
        model.values = np.full((4, 4), 1 / 3)
        canvas.set_builder(model)
        canvas.edit("input/0", 0, 0)
        assert float(editor_of(canvas).text()) == pytest.approx(1 / 3, abs=1e-9)

    def test_esc_commits_nothing(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellEdited)
        type_into_cell(canvas, "input/0", 0, 0, "99", Qt.Key.Key_Escape)
        assert spy.count() == 0 and not canvas.editing

    def test_one_edit_is_told_once(self, canvas: Canvas) -> None:
        """Enter closes the editor, which loses the focus: still one edit."""
        spy = QSignalSpy(canvas.cellEdited)
        type_into_cell(canvas, "input/0", 0, 0, "99")
        QApplication.processEvents()
        assert spy.count() == 1

    def test_tab_to_the_last_cell_and_no_further(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellEdited)
        double_click(canvas, "input/0", 3, 2)
        for text in ("50", "60", "60"):
            editor_of(canvas).selectAll()
            QTest.keyClicks(editor_of(canvas), text)
            QTest.keyClick(editor_of(canvas), Qt.Key.Key_Tab)
        assert {call[:3] for call in calls(spy)} == {("input/0", 3, 2), ("input/0", 3, 3)}
        assert canvas.editing

    def test_what_is_refused_keeps_the_editor_open(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.cellEdited)
        type_into_cell(canvas, "input/0", 1, 2, "1e308")
        assert canvas.editing and spy.count() == 0
        (reason,) = [label for label in canvas.findChildren(QLabel) if label.isVisible()]
        assert "large" in reason.text() and "Nearest: 1,000,000" in reason.text()
        assert canvas.rect().contains(reason.geometry()), "where it can be read"
        QTest.keyClicks(editor_of(canvas), "0")
        assert not reason.isVisible(), "typing on takes the reason away"

    @pytest.mark.parametrize("cell", [(0, 0), (3, 3), (3, 0)])
    def test_the_reason_is_always_in_view(self, canvas: Canvas, cell: tuple[int, int]) -> None:
        type_into_cell(canvas, "input/0", *cell, "abc")
        (reason,) = [label for label in canvas.findChildren(QLabel) if label.isVisible()]
        assert canvas.rect().contains(reason.geometry())
        assert not reason.geometry().intersects(editor_of(canvas).geometry())

    def test_a_canvas_may_set_a_limit_of_its_own(self, qtbot: QtBot, calm: None, model: Model) -> None:
        canvas = Canvas(cell_limit=1000)
        qtbot.addWidget(canvas)
        canvas.resize(*SIZE)
        canvas.set_builder(model)
        canvas.show()
        edits = QSignalSpy(canvas.cellEdited)
        type_into_cell(canvas, "input/0", 0, 0, "1001")
        assert editor_of(canvas).isVisible() and edits.count() == 0
        editor_of(canvas).selectAll()
        QTest.keyClicks(editor_of(canvas), "1000")
        QTest.keyClick(editor_of(canvas), Qt.Key.Key_Return)
        assert calls(edits) == [("input/0", 0, 0, 1000.0)]

    def test_no_number_offers_the_one_that_was_there(self, canvas: Canvas) -> None:
        type_into_cell(canvas, "input/0", 1, 2, "abc")
        (reason,) = [label for label in canvas.findChildren(QLabel) if label.isVisible()]
        assert "Nearest: 6" in reason.text()

    def test_typing_over_the_selected_cell(self, canvas: Canvas) -> None:
        spy, hovered = QSignalSpy(canvas.cellEdited), QSignalSpy(canvas.cellHovered)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
            QTest.keyClick(canvas, key)
        assert calls(hovered)[-1] == ("input/0", 2, 2), "the selected cell is pointed at"
        assert "row 2, column 2: 10" in canvas.accessibleDescription()
        QTest.keyClicks(canvas, "4")
        QTest.keyClicks(editor_of(canvas), "2")
        QTest.keyClick(editor_of(canvas), Qt.Key.Key_Return)
        assert calls(spy) == [("input/0", 2, 2, 42.0)]

    @pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2])
    def test_keys_that_open_the_editor(self, canvas: Canvas, key: Qt.Key) -> None:
        QTest.keyClick(canvas, key)
        assert not canvas.editing, "the first one selects a cell"
        QTest.keyClick(canvas, Qt.Key.Key_Down)
        QTest.keyClick(canvas, key)
        assert canvas.editing and editor_of(canvas).text() == "4"

    def test_the_selection_goes_with_esc_and_with_a_click(self, canvas: Canvas) -> None:
        canvas.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        left, arrows = QSignalSpy(canvas.hoverLeft), QSignalSpy(canvas.arrowPressed)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert left.count() == 1, "what the selection pointed at is pointed at no longer"
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        click(canvas, "output/0", 0, 0)
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert arrows.count() == 1

    def test_the_selection_goes_from_grid_to_grid(self, canvas: Canvas, model: Model) -> None:
        def both(size: QSizeF) -> Scene:
            scene = model(size)
            for plate in scene.plates:
                plate.editable = True
            return scene

        canvas.set_builder(both)
        hovered = QSignalSpy(canvas.cellHovered)
        for key in (Qt.Key.Key_Return, *[Qt.Key.Key_Right] * 4, Qt.Key.Key_Left):
            QTest.keyClick(canvas, key)
        assert calls(hovered)[-2:] == [("output/0", 0, 0), ("input/0", 0, 3)]

    def test_fixed_cells_cannot_be_edited(self, canvas: Canvas) -> None:
        double_click(canvas, "output/0", 2, 2)
        assert not canvas.editing and not canvas.edit("output/0", 0, 0) and not canvas.edit("none", 0, 0)

    def test_the_editor_begins_with_a_word_to_the_page(self, canvas: Canvas) -> None:
        spy = QSignalSpy(canvas.editBegan)
        double_click(canvas, "input/0", 0, 0)
        assert spy.count() == 1

    def test_the_pointer_says_nothing_while_a_number_is_typed(self, canvas: Canvas) -> None:
        hover(canvas, "input/0", 0, 0)
        double_click(canvas, "input/0", 0, 0)
        hovered, left = QSignalSpy(canvas.cellHovered), QSignalSpy(canvas.hoverLeft)
        hover(canvas, "output/0", 3, 3)
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
        canvas.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        assert hovered.count() == left.count() == 0
        QTest.keyClick(editor_of(canvas), Qt.Key.Key_Escape)
        assert left.count() == 1, "the pointer is elsewhere by now"

    def test_a_plate_that_shrinks_under_the_selection(self, canvas: Canvas, model: Model) -> None:
        for key in (Qt.Key.Key_Return, *[Qt.Key.Key_Right] * 3, *[Qt.Key.Key_Down] * 3):
            QTest.keyClick(canvas, key)
        model.values = np.zeros((2, 2))
        canvas.set_builder(model)
        canvas.grab()
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        assert not canvas.editing, "there is no such cell any more"

    def test_the_editor_follows_its_cell(self, canvas: Canvas) -> None:
        double_click(canvas, "input/0", 2, 1)
        canvas.zoom_by(2.0, QPointF(0, 0))
        plate = canvas.scene.plate("input/0")
        assert plate is not None
        centre = plate.cell_rect(2, 1).center() * 2.0
        assert (editor_of(canvas).geometry().center() - centre.toPoint()).manhattanLength() <= 3
        canvas.resize(400, 260)
        plate = canvas.scene.plate("input/0")
        assert plate is not None
        centre = plate.cell_rect(2, 1).center() * 2.0
        assert (editor_of(canvas).geometry().center() - centre.toPoint()).manhattanLength() <= 3
