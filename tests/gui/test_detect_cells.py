"""The detection page: the cells behind a box, and the drawing paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.detection.cells import cell_answers
from engine.detection.checks.requests import CheckCell
from engine.detection.requests import Cell, CellLook, DetectPicture
from engine.foundations.requests import CheckResult
from engine.images import Frame
from gui.pages.detect.cell_words import FORMULAS, REACHING, anchor_rows, formulas
from gui.pages.detect.drawings import STARTER
from gui.pages.detect.page import DetectPage
from gui.pages.detect.state import with_cells
from tests.gui import canned_detect
from tests.gui.canned_detect import DIGITS
from tests.gui.detect_fixtures import (
    ON_PHOTO,
    LeftButton,
    NoModifier,
    OpenPage,
    click,
    held,
    on_picture,
    open_page,
    page,
    photo,
    press,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to

__all__ = ["calm", "held", "open_page", "page", "photo"]


class TestCells:
    def test_a_click_looks_into_a_cell(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_G)
        assert photo.state.cells and photo.shown is not None and photo.shown.findings.lattice is not None
        click(photo, 0.3, 0.3)
        assert photo.state.cell == (1, 1) and photo.details.cell is not None
        numbers = photo.details.numbers.texts()
        assert numbers["objectness"] == "σ(6.00) = 0.998"
        assert numbers["cat"] == "0.998 · 0.987 = 0.984"
        assert numbers["b_x"] == "(σ(0.30) + 1) · 16 = 25.2" and numbers["b_w"] == "16.0 · exp(0.10) = 17.7"
        assert photo.details.badge.title.text() == "Checking…", "nothing is said to be checked that was not"
        outlines = photo.shown.findings.outlines
        assert [one.label for one in outlines] == ["by anchor 0: cat · 0.98", "by anchor 1: cat · 0.72"]

    def test_the_cell_is_checked_by_torch(self, held: tuple[DetectPage, HeldEngine], qtbot: QtBot) -> None:
        page, engine = held
        page.amend(replace(with_cells(page.state, True), cell=(1, 1)))
        frame = page.frame
        assert frame is not None
        found = canned_detect.answer(DIGITS, frame, page.state.settings, raw=False)
        engine.answer(engine.jobs(DetectPicture)[-1], found)
        process_events()
        engine.answer(engine.jobs(CellLook)[-1], canned_detect.look(CellLook(DIGITS, frame, 0, 1, 1), None))  # type: ignore[arg-type]
        badge = page.details.badge
        qtbot.waitUntil(lambda: bool(engine.jobs(CheckCell)))
        assert badge.title.text() == "Checking…" and not page.tour_ready()
        (job,) = engine.jobs(CheckCell)
        request = engine.asked[job][0]
        assert isinstance(request, CheckCell) and request.cell is page.details.cell
        engine.answer(job, CheckResult(2e-7, 1e-4, True, "torch 9"))
        qtbot.waitUntil(lambda: badge.title.text() == "✓ Checked against torch")
        assert page.tour_ready()
        press(page, Qt.Key.Key_Right)
        assert page.state.cell == (1, 2) and "✓" not in badge.title.text()

    def test_a_size_that_was_cut_off_is_told_as_it_was_used(self) -> None:
        numbers = canned_detect.outputs()
        numbers[2:4] = 900.0
        frame = Frame(np.zeros((64, 64, 3), np.uint8), "x")
        head = replace(canned_detect.HEAD, largest=2.0, scale_xy=1.1)
        anchors = cell_answers(numbers, head, canned_detect.letterbox(frame), 1, 1)
        cell = Cell(
            CellLook(DIGITS, frame, 0, 1, 1), canned_detect.CLASSES, head.grid, anchors,
            canned_detect.letterbox(frame), head.scale_xy,
        )  # fmt: skip
        rows = {name: (value, tip) for name, value, tip in anchor_rows(cell, 0)}
        assert rows["b_w"][0] == "16.0 · exp(2.00) = 118.2" and "900.00 is cut off at 2.00" in rows["b_w"][1]
        assert rows["b_x"][0] == "(1.1 · σ(0.30) − 0.05 + 1) · 16 = 25.3"
        assert formulas(cell) == REACHING and formulas(replace(cell, scale_xy=1.0)) == FORMULAS

    def test_the_other_anchor(self, photo: DetectPage) -> None:
        photo.amend(replace(with_cells(photo.state, True), cell=(1, 1)))
        process_events()
        photo.details.anchors.combo.setCurrentIndex(1)
        assert photo.details.numbers.texts()["anchor p_w × p_h"] == "32.0 × 24.0"

    def test_arrows_go_from_cell_to_cell_and_stop_at_the_edge(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_G)
        click(photo, 0.3, 0.3)
        for _ in range(5):
            press(photo, Qt.Key.Key_Left)
        press(photo, Qt.Key.Key_Down)
        assert photo.state.cell == (2, 0) and photo.details.place.texts()["row, column"] == "2, 0 of 4 × 4"
        press(photo, Qt.Key.Key_Escape)
        assert photo.state.cell is None and photo.details.cell is None and photo.state.cells
        press(photo, Qt.Key.Key_G)
        assert not photo.state.cells and photo.details.cell_section.isHidden()

    def test_anchors_are_drawn_around_the_middle_or_the_cell(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_A)
        shown = photo.shown
        assert shown is not None and [one.label for one in shown.findings.outlines] == [
            "0: 16 × 16",
            "1: 32 × 24",
        ]
        left, _, right, _ = shown.findings.outlines[0].corners
        assert (left + right) / 2 == pytest.approx(shown.answer.frame.width * 2.5 / 4)

    def test_a_cell_that_the_grid_does_not_have_is_none(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(ON_PHOTO, cells=True, cell=(77, 0)))
        assert page.shown is not None and page.shown.findings.cell is None and page.tour_ready()
        assert "Click a cell" in page.details.hint.text()


class TestPaper:
    def draw(self, page: DetectPage, *places: tuple[float, float]) -> None:
        view = page.stage.view
        QTest.mousePress(view, LeftButton, NoModifier, on_picture(page, *places[0]))
        for place in places[1:]:
            move_to(view, on_picture(page, *place), LeftButton)
            process_events()
        QTest.mouseRelease(view, LeftButton, NoModifier, on_picture(page, *places[-1]))
        process_events()

    def test_every_stroke_is_asked_about_while_it_is_drawn(self, page: DetectPage) -> None:
        before, runs = page.frame, len(canned_detect.NETS)
        self.draw(page, (0.9, 0.1), (0.92, 0.2), (0.94, 0.3))
        assert len(canned_detect.NETS) >= runs + 3
        assert len(page.state.source.strokes) == len(STARTER) + 1 and page.frame is not before
        assert page.shown is not None and page.shown.answer.frame is page.frame
        page.undo()
        process_events()
        assert page.state.source.strokes == STARTER and page.frame is not None and before is not None
        np.testing.assert_array_equal(page.frame.pixels, before.pixels)

    def test_the_eraser_and_an_empty_sheet(self, page: DetectPage) -> None:
        press(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.tool == "erase" and not page.history.can_undo
        self.draw(page, (0.1, 0.1), (0.2, 0.2))
        assert page.state.source.strokes[-1][1] is True
        press(page, Qt.Key.Key_Delete)
        assert page.state.source.strokes == () and page.frame is not None and (page.frame.pixels == 255).all()
        assert not page.stage.tools.clear.isEnabled()

    def test_esc_gives_a_stroke_up(self, page: DetectPage) -> None:
        view = page.stage.view
        QTest.mousePress(view, LeftButton, NoModifier, on_picture(page, 0.5, 0.5))
        process_events()
        assert page.hand.drawn is not None
        press(page, Qt.Key.Key_Escape)
        QTest.mouseRelease(view, LeftButton, NoModifier, on_picture(page, 0.5, 0.5))
        assert page.state.source.strokes == STARTER and page.hand.drawn is None

    def test_the_pointing_tool_chooses_boxes_and_cells(self, page: DetectPage) -> None:
        press(page, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        press(page, Qt.Key.Key_G)
        click(page, 0.3, 0.3)
        assert page.state.cell == (1, 1) and page.state.source.strokes == STARTER
        assert page.stage.view.selected is not None

    def test_boxes_of_before_stay_until_the_new_ones_come(self, held: tuple[DetectPage, HeldEngine]) -> None:
        page, engine = held
        frame = page.frame
        assert frame is not None
        asked = engine.jobs(DetectPicture)[-1]
        engine.answer(asked, canned_detect.answer(DIGITS, frame, page.state.settings, raw=False))
        process_events()
        QTest.mousePress(page.stage.view, LeftButton, NoModifier, on_picture(page, 0.5, 0.5))
        process_events()
        assert page.stage.view.frame is page.frame is not frame, "the ink is there at once"
        assert len(page.stage.view.found.boxes) == 3 and not page.stage.view.faded
        page.arrivals._fade_now()
        assert page.stage.view.faded, "an answer that is late fades them"
        newest = engine.asked[engine.jobs(DetectPicture)[-1]][0]
        assert isinstance(newest, DetectPicture) and newest.frame is page.frame
        found = canned_detect.answer(DIGITS, newest.frame, page.state.settings, raw=False)
        engine.answer(engine.jobs(DetectPicture)[-1], found)
        process_events()
        assert not page.stage.view.faded and page.shown is not None and page.shown.answer is found
