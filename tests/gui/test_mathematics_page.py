"""The page of mathematics, through its real widgets: what a person does and what is shown for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.foundations.algebra.laws import LAWS
from engine.foundations.algebra.requests import CheckAlgebra
from engine.foundations.requests import CheckResult
from engine.handlers import Handler
from engine.runner import Emit, InlineEngine
from gui.main_window import MainWindow
from gui.pages.mathematics.exports import MathematicsExports
from gui.pages.mathematics.page import MathematicsPage
from gui.pages.mathematics.state import MathematicsState
from gui.theme import theme
from gui.widgets.choices import Choice, Segmented
from gui.widgets.fields import IntStepper
from gui.widgets.formula import loader
from gui.widgets.plate import MarkRole
from tests.gui.window_fixtures import (
    STAND_IN,
    WAIT,
    WITHOUT_TORCH,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    double_click,
    editor_of,
    held,
    hover,
    hover_nothing,
    on_cell,
    open_window,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm", "open_window"]

HANDLERS = {
    **WITHOUT_TORCH,
    "engine.foundations.algebra.requests.CheckAlgebra": Handler(f"{__name__}:agree", needs_torch=False),
}


def agree(_request: object, _context: object) -> CheckResult:
    """Answers a check without torch."""
    return CheckResult(0.0, 1e-12, True, STAND_IN)


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=HANDLERS)


def mathematics(window: MainWindow) -> MathematicsPage:
    window.show_page("mathematics")
    return cast("MathematicsPage", window.page)


@pytest.fixture(autouse=True, scope="module")
def formulas() -> None:
    """Formulas can be typeset from the start: the loader's thread may outlive a short test."""
    loader.load()


@pytest.fixture
def page(open_window: OpenWindow) -> MathematicsPage:
    """The page in a window of 1440 x 900, over an engine without a thread and without torch."""
    return mathematics(open_window(inline))


def show(page: MathematicsPage, view: str, **fields: Any) -> None:
    """Another view, with fields of its part set."""
    part = replace(getattr(page.state, view), **fields)
    page.change(replace(page.state, **{"view": view, view: part}))


def pick(page: MathematicsPage, name: str, key: str) -> None:
    """Choose an option of a control of the view on show."""
    field = page.panel.fields[page.state.view, name]
    if isinstance(field, Segmented):
        QTest.mouseClick(field.button(key), Qt.MouseButton.LeftButton)
    else:
        assert isinstance(field, Choice)
        field.combo.setCurrentIndex(field.combo.findData(key))


def number(page: MathematicsPage, name: str, text: str) -> IntStepper:
    """Type a number into a control of the view on show."""
    field = page.panel.fields[page.state.view, name]
    assert isinstance(field, IntStepper)
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    return field


def values(page: MathematicsPage, key: str) -> list[list[float]]:
    found: list[list[float]] = plate_of(page.stage.canvas, key).values.tolist()
    return found


def marks(page: MathematicsPage, key: str, role: MarkRole) -> list[tuple[float, float, float, float]]:
    plate = plate_of(page.stage.canvas, key)
    return [(m.top, m.left, m.bottom, m.right) for m in plate.marks if m.role is role]


def colours(page: MathematicsPage) -> int:
    """How many colours the stage is painted in."""
    pixels = shot(page.stage.canvas).astype(np.int64)
    return len(np.unique(pixels @ np.array([65536, 256, 1])))


class TestSum:
    def test_the_first_visit_has_a_picture_and_numbers(self, page: MathematicsPage) -> None:
        assert values(page, "output/convolution") == [[1, 5, 11, 13, 10, 9, 16, 7, 6]]
        assert values(page, "output/correlation") == [[3, 11, 13, 7, 14, 11, 12, 5, 2]]
        assert "(f * g)(3) = 3·3 + 2·2 + 0·1 = 13" in words(page.stage.canvas.scene)
        assert values(page, "g/convolution") == [[3, 2, 1]] and values(page, "g/correlation") == [[1, 2, 3]]
        assert page.header.title.text() == "Convolution as mathematics"
        assert colours(page) > 20

    def test_keys_walk_and_the_first_step_is_the_flip(self, page: MathematicsPage) -> None:
        canvas = page.stage.canvas
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Home)
        assert page.state.sums.step == 0 and values(page, "g/convolution") == [[1, 2, 3]]
        hidden = plate_of(canvas, "output/convolution").hidden
        assert hidden is not None and hidden.all()
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert page.state.sums.step == 1 and values(page, "g/convolution") == [[3, 2, 1]]
        assert marks(page, "f/convolution", MarkRole.WINDOW) == [(0, 0, 1, 3)]
        QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.sums.step == 6
        QTest.keyClick(canvas, Qt.Key.Key_Space)
        assert page.stepper.playing
        QTest.keyClick(canvas, Qt.Key.Key_End)
        assert page.state.sums.step == 9 == page.stepper.index and not page.stepper.playing
        assert not page.history.can_undo  # looking around is no change

    def test_the_flip_is_seen_to_turn(self, page: MathematicsPage, qtbot: QtBot) -> None:
        canvas = page.stage.canvas
        page.stepper.go_first()
        theme.set_reduced_motion(False)
        page.stepper.step_forward()
        assert canvas.moving
        first = shot(canvas)
        qtbot.waitUntil(lambda: not canvas.moving, timeout=WAIT)
        assert not np.array_equal(first, shot(canvas))
        theme.set_reduced_motion(True)
        page.stepper.go_first()
        page.stepper.step_forward()
        assert not canvas.moving

    def test_hover_goes_there_and_leaving_comes_back(self, page: MathematicsPage) -> None:
        canvas = page.stage.canvas
        hover(canvas, "output/convolution", 0, 6)
        assert marks(page, "f/correlation", MarkRole.WINDOW) == [(0, 6, 1, 9)] and page.state.sums.step == 4
        under = page.details.under.texts()
        assert under["n"] == "6" and under["cell of"] == "f * g" and under["value"] == "16"
        hover(canvas, "f/convolution", 0, 0)
        assert page.details.under.texts()["this is"] == "a zero around f"
        hover(canvas, "g/convolution", 0, 0)
        assert page.details.under.texts()["kernel, index"] == "2"
        hover_nothing(canvas)
        assert marks(page, "f/correlation", MarkRole.WINDOW) == [(0, 3, 1, 6)]
        click(canvas, "output/correlation", 0, 8)
        assert page.state.sums.step == 9 and "(f ★ g)(6) = 2·1 = 2" in words(canvas.scene)

    def test_the_pointer_only_explains_while_it_plays(self, page: MathematicsPage) -> None:
        page.stepper.play()
        hover(page.stage.canvas, "output/convolution", 0, 8)
        assert marks(page, "f/convolution", MarkRole.WINDOW) != [(0, 8, 1, 11)]
        page.stepper.pause()

    def test_another_view_stands_still_and_has_the_keys(self, page: MathematicsPage) -> None:
        page.stepper.play()
        field = page.panel.fields["sums", "g_columns"]
        assert isinstance(field, IntStepper)
        field.edit.setFocus()
        QTest.keyClick(field.edit, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "adjoint" and not page.stepper.playing and page.state.sums.g == ((1, 2, 3),)
        assert QApplication.focusWidget() is page.stage.canvas

    def test_cells_are_typed_over_wherever_the_kernel_lies(self, page: MathematicsPage) -> None:
        canvas = page.stage.canvas
        type_into_cell(canvas, "g/convolution", 0, 0, "7")
        assert page.state.sums.g == ((1, 2, 7),)
        type_into_cell(canvas, "g/correlation", 0, 0, "5")
        assert page.state.sums.g == ((5, 2, 7),)
        type_into_cell(canvas, "f/convolution", 0, 2, "9")
        assert page.state.sums.f[0][0] == 9
        for _ in range(3):
            page.undo()
        first = MathematicsState().sums
        assert (page.state.sums.f, page.state.sums.g) == (first.f, first.g) and not page.history.can_undo
        said = QSignalSpy(page.said)
        type_into_cell(canvas, "f/convolution", 0, 0, "4")
        assert "outside of f" in said.at(0)[0] and page.state.sums.f == first.f

    def test_a_number_that_is_too_large_is_refused_in_its_cell(self, page: MathematicsPage) -> None:
        canvas = page.stage.canvas
        double_click(canvas, "f/convolution", 0, 3)
        editor = editor_of(canvas)
        editor.selectAll()
        QTest.keyClicks(editor, "1001")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert editor.isVisible() and page.state.sums.f == MathematicsState().sums.f
        QTest.keyClick(editor, Qt.Key.Key_Escape)

    def test_dice_are_read_and_refuse_what_no_die_has(self, page: MathematicsPage) -> None:
        pick(page, "preset", "dice")
        assert values(page, "output/convolution") == [[1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1]]
        assert "Convolution: the sum of two dice" in words(page.stage.canvas.scene)
        said = QSignalSpy(page.said)
        type_into_cell(page.stage.canvas, "f/convolution", 0, 5, "-1")
        assert "die" in said.at(0)[0] and page.state.sums.f == ((1,) * 6,)
        pick(page, "reading", "polynomial")
        assert any("coefficient" in text for text in words(page.stage.canvas.scene))

    def test_sizes_are_refused_at_the_field(self, page: MathematicsPage) -> None:
        pick(page, "mode", "valid")
        assert page.stepper.count == 6
        field = number(page, "f_columns", "2")
        assert "does not fit" in field.problem and page.state.sums.f[0] == MathematicsState().sums.f[0]
        QTest.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
        assert len(page.state.sums.f[0]) == 3 and page.stepper.count == 2

    def test_in_the_plane(self, page: MathematicsPage) -> None:
        pick(page, "axes", "2")
        assert values(page, "g/convolution") == [[4, 3], [2, 1]]
        page.stage.canvas.setFocus()
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_Down)
        assert page.state.sums.step == 8 and marks(page, "f/convolution", MarkRole.WINDOW) == [(1, 3, 3, 5)]
        rows = page.panel.fields["sums", "f_rows"]
        assert rows.isVisible() and not page.panel.fields["sums", "reading"].isVisible()
        pick(page, "axes", "1")
        assert not rows.isVisible() and page.state.sums.preset == "steps"

    def test_all_outputs_at_once(self, page: MathematicsPage) -> None:
        QTest.mouseClick(
            cast("Any", page.panel.fields["sums", "fill"]), Qt.MouseButton.LeftButton, pos=QPoint(10, 10)
        )
        assert not page.state.sums.fill and plate_of(page.stage.canvas, "output/convolution").hidden is None


class TestLaws:
    def test_convolution_commutes_exactly(self, page: MathematicsPage) -> None:
        QTest.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "laws" and not page.stepping
        assert not np.any(values(page, "difference")) and "✓ equal, exactly" in words(page.stage.canvas.scene)
        pick(page, "kind", "correlation")
        assert np.any(values(page, "difference")) and not np.any(values(page, "remainder"))
        assert values(page, "instead") == values(page, "left")
        assert page.details.numbers.texts()["largest difference"] == "12"

    def test_each_law_in_whole_numbers_and_decimals(self, page: MathematicsPage) -> None:
        page.stage.views.button("laws").click()
        for law in LAWS:
            pick(page, "law", law)
            pick(page, "numbers", "whole")
            assert not np.any(values(page, "difference")), law
            pick(page, "numbers", "decimal")
            found = page.chapter.resolve(page.part).demo.claim
            assert found.holds and not found.exact, law
            assert page.details.numbers.texts()["arithmetic"] == "float64"

    def test_r_draws_anew_and_undo_brings_the_numbers_back(self, page: MathematicsPage) -> None:
        show(page, "laws", law="associate")
        before = page.state
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_R)
        assert page.state.laws.a != before.laws.a and not np.any(values(page, "difference"))
        QTest.mouseClick(cast("Any", page.panel.fields["laws", "draw"]), Qt.MouseButton.LeftButton)
        assert page.state.laws.seed == 2
        page.undo()
        page.undo()
        assert page.state == before

    def test_operands_are_edited_wherever_they_stand(self, page: MathematicsPage) -> None:
        show(page, "laws")
        type_into_cell(page.stage.canvas, "b@right/first", 0, 0, "8")
        assert page.state.laws.b[0][0] == 8 and values(page, "b@left/second")[0][0] == 8
        hover(page.stage.canvas, "left", 4, 3)
        assert page.details.under.texts()["index n"] == "(4, 3)"
        hover(page.stage.canvas, "left", 0, 0)
        assert page.details.under.texts()["value"] == "8"
        page.undo()  # the pointer rests: what is said of its cell follows the numbers
        assert page.details.under.texts()["value"] == "1"

    def test_sizes_axes_and_shifts(self, page: MathematicsPage) -> None:
        show(page, "laws", law="shift")
        assert page.panel.fields["laws", "shift_y"].isVisible()
        number(page, "shift_x", "-2")
        assert page.state.laws.shift == (1, -2) and not np.any(values(page, "difference"))
        pick(page, "axes", "1")
        assert page.state.laws.axes == 1 and not page.panel.fields["laws", "shift_y"].isVisible()
        number(page, "b_size", "4")
        assert len(page.state.laws.b[0]) == 4
        pick(page, "axes", "2")
        field = number(page, "b_size", "4")
        assert "1 to 3 rows" in field.problem


class TestFilters:
    def test_two_filters_are_one_but_not_at_the_border_of_same(self, page: MathematicsPage) -> None:
        page.stage.views.button("filters").click()
        assert values(page, "merged")[2] == [6, 12, 0, -12, -6] and not np.any(values(page, "difference"))
        assert page.details.numbers.texts()["products, in a row"] == "18"
        pick(page, "mode", "same")
        assert np.any(values(page, "difference")) and not np.any(
            np.array(values(page, "difference"))[1:-1, 1:-1]
        )
        hover(page.stage.canvas, "difference", 0, 0)
        assert page.details.under.texts()["this is"] == "border"
        said = QSignalSpy(page.said)
        pick(page, "mode", "valid")
        pick(page, "first_size", "5")
        assert page.state.filters.mode == "valid" and said.count() == 0
        pick(page, "second_size", "5")
        assert "no room" in said.at(0)[0] and len(page.state.filters.second) == 3

    def test_separable_or_not(self, page: MathematicsPage) -> None:
        show(page, "filters", part="separable")
        assert values(page, "column") == [[1], [2], [1]] and values(page, "row") == [[1, 0, -1]]
        assert page.details.numbers.texts()["rank"] == "1" and not np.any(values(page, "difference"))
        type_into_cell(page.stage.canvas, "kernel", 1, 1, "5")
        assert page.details.numbers.texts()["rank"] == "2" and np.any(values(page, "rest"))
        pick(page, "preset", "binomial")
        assert "25" in page.details.numbers.texts()["products, kernel"]
        number(page, "rows", "1")
        assert page.state.filters.kernel == ((1, 4, 6, 4, 1),)


class TestAdjoint:
    def test_a_row_of_the_matrix_lights_its_window(self, page: MathematicsPage) -> None:
        QTest.keyClick(page, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
        assert "✓ ⟨x ★ k, y⟩ = 24 = ⟨x, y * k⟩, exactly" in words(page.stage.canvas.scene)
        hover(page.stage.canvas, "T", 3, 0)
        assert marks(page, "x", MarkRole.WINDOW) == [(0, 3, 1, 6)]
        assert page.details.under.texts()["this is"] == "always zero"
        hover(page.stage.canvas, "Tᵀ", 0, 0)
        assert marks(page, "y", MarkRole.WINDOW) == [(0, 0, 1, 1)]
        assert marks(page, "backward", MarkRole.WINDOW) == [(0, 0, 1, 1)]
        click(page.stage.canvas, "backward", 0, 5)
        assert page.state.adjoint.row == 9 == page.stepper.index

    def test_it_holds_for_whatever_is_drawn(self, page: MathematicsPage) -> None:
        show(page, "adjoint")
        for mode in ("full", "same", "valid"):
            for kind in ("convolution", "correlation"):
                pick(page, "mode", mode)
                pick(page, "kind", kind)
                QTest.keyClick(page, Qt.Key.Key_R)
                facts = page.details.numbers.texts()
                assert facts["difference"] == "0", (mode, kind)
        pick(page, "numbers", "decimal")
        found = page.chapter.resolve(page.part).pairing
        assert not found.exact and abs(found.left - found.right) < 1e-12

    def test_in_the_plane_the_window_is_a_block(self, page: MathematicsPage) -> None:
        show(page, "adjoint")
        pick(page, "axes", "2")
        assert page.stepper.count == 13
        hover(page.stage.canvas, "T", 3, 8)
        assert marks(page, "x", MarkRole.WINDOW) == [(1, 1, 3, 3)]
        assert len(marks(page, "x vector", MarkRole.LINKED)) == 4
        type_into_cell(page.stage.canvas, "k", 0, 0, "50")
        assert values(page, "T")[0][0] == 50
        number(page, "x_columns", "4")
        assert np.array(page.state.adjoint.y).shape == (2, 3)


class TestFourier:
    def test_frequencies_and_the_length_of_the_circle(self, page: MathematicsPage) -> None:
        page.stage.views.button("fourier").click()
        assert values(page, "product") == [[1, 5, 9, 7, 6, 9, 6, 1]]
        hover(page.stage.canvas, "A", 1, 2)
        assert marks(page, "AB", MarkRole.WINDOW) == [(0, 2, 2, 3)]
        assert page.details.under.texts()["frequency k"] == "2"
        number(page, "length", "6")
        assert values(page, "product") == [[7, 6, 9, 7, 6, 9]]
        assert "its end lies over its beginning" in page.panel.texts["fourier", "length"].text()
        field = number(page, "length", "5")
        assert "6 to 12 places" in field.problem
        said = QSignalSpy(page.said)
        type_into_cell(page.stage.canvas, "b", 0, 5, "3")
        assert "fills the circle" in said.at(0)[0]
        type_into_cell(page.stage.canvas, "a", 0, 0, "0")
        assert page.state.fourier.a[0][0] == 0


class TestPage:
    def test_views_by_key_and_esc_comes_back(self, page: MathematicsPage) -> None:
        for index, view in enumerate(("sums", "laws", "filters", "adjoint", "fourier")):
            QTest.keyClick(page, Qt.Key(Qt.Key.Key_1 + index), Qt.KeyboardModifier.AltModifier)
            assert page.state.view == view and page.stage.views.value == view
        page.stage.canvas.setFocus()
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_Escape)
        assert page.state.view == "sums" and not page.history.can_undo
        assert ("Draw other numbers", "R") in page.shortcuts()

    def test_a_session_comes_back(self, page: MathematicsPage) -> None:
        show(page, "adjoint", seed=7)
        show(page, "laws", law="shift", shift_x=-2)
        saved = page.save_state()
        page.reset()
        assert page.state == MathematicsState()
        page.restore_session(saved)
        assert page.state.laws.shift_x == -2 and page.state.adjoint.seed == 7 and page.state.view == "laws"
        page.restore_session({})
        assert page.state == MathematicsState()

    def test_the_badge_speaks_of_what_is_on_show(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = mathematics(window), held(window)
        for number_, view in enumerate(("sums", "laws", "filters", "adjoint", "fourier")):
            page.stage.views.button(view).click()
            qtbot.waitUntil(lambda count=number_ + 1: len(engine.jobs(CheckAlgebra)) == count, timeout=WAIT)
            assert not page.tour_ready()
            engine.answer(engine.jobs(CheckAlgebra)[-1], agree(None, None))
            qtbot.waitUntil(page.tour_ready, timeout=WAIT)
            assert "Checked" in page.details.badge.title.text(), view
        page.stage.views.button("sums").click()
        qtbot.waitUntil(lambda: len(engine.jobs(CheckAlgebra)) == 6, timeout=WAIT)
        engine.answer(engine.jobs(CheckAlgebra)[-1], agree(None, None))
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        page.stepper.step_forward()  # the same numbers, another place: nothing to check anew
        assert page.tour_ready()
        engine.answer(engine.jobs(CheckAlgebra)[0], CheckResult(9.0, 0.0, False, "late"))
        assert "Checked" in page.details.badge.title.text()

    def test_what_is_hidden_asks_nothing(self, open_window: OpenWindow) -> None:
        window = open_window(HeldEngine)
        page, engine = mathematics(window), held(window)
        page.deactivated()
        show(page, "laws", law="identity")
        QApplication.processEvents()
        assert not engine.jobs(CheckAlgebra)

    def test_everything_can_be_taken_away(self, page: MathematicsPage, tmp_path: Path) -> None:
        exports = MathematicsExports(page)
        for view in ("sums", "laws", "filters", "adjoint", "fourier"):
            page.stage.views.button(view).click()
            assert exports.name.endswith(view) and exports.caption and exports.arrays()
            assert "agrees with ConvScope" in exports.script()
            film = exports.film()
            walked = page.chapter.walked(page.part)
            assert (film is None) == (walked is None)
            if film is not None and walked is not None:
                assert len(film.indices) == walked.count
                image = film.image_at(walked.count - 1)
                assert image.width() == 1280
        titles = [verb.title for verb in page.verbs()]
        assert "Save drawing (SVG)…" in titles and "Copy PyTorch script" in titles

    def test_the_context_menu_copies_a_grid(self, page: MathematicsPage) -> None:
        menu = QMenu()
        page.fill_plate_menu(menu, plate_of(page.stage.canvas, "output/convolution"))
        menu.actions()[0].trigger()
        assert "1.0,5.0,11.0,13.0" in QApplication.clipboard().text()
        menu.deleteLater()
        canvas = page.stage.canvas
        at = on_cell(canvas, "output/convolution", 0, 0)
        QApplication.sendEvent(
            canvas, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
        )
        popups = [popup for popup in page.findChildren(QMenu) if popup.isVisible()]
        assert len(popups) == 1
        titles = [action.text() for action in popups[0].actions()]
        assert titles[0] == "Copy the numbers of “f * g”" and "Copy picture" in titles
        popups[0].close()

    def test_small_windows_and_the_dark_theme(self, open_window: OpenWindow) -> None:
        page = mathematics(open_window(inline, size=(1024, 640)))
        for view in ("sums", "laws", "filters", "adjoint", "fourier"):
            page.stage.views.button(view).click()
            assert colours(page) > 20, view
