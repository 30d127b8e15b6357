"""The main window: actions, pages and their anatomy, theme, messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.foundations.requests import WholeImage
from engine.handlers import Handler
from engine.jobs import ENGINE_WIDE, DeviceInfo, EngineState, Notice, Progress
from engine.runner import InlineEngine
from gui.actions import ACTIONS, MENUS, find
from gui.main_window import MainWindow
from gui.pages import PAGES, entry
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import ConvolutionState
from gui.settings import Settings
from gui.status import device_text, device_tip, seconds_text
from gui.theme import Scheme, theme
from gui.widgets.explainer import Explanation
from tests.gui.main_window_fixtures import action, message
from tests.gui.window_fixtures import (
    WAIT,
    WITHOUT_TORCH,
    HeldEngine,
    OpenWindow,
    calm,
    convolution,
    held,
    near,
    open_window,
    page,
    plate_of,
    shot,
    window,
)

__all__ = ["calm", "open_window", "page", "window"]


@dataclass(frozen=True)
class Broken:
    """What the engine cannot do."""


def break_down(_request: Broken, _context: object) -> None:
    """A handler with a fault in it."""
    raise KeyError("a fault in the engine")


BROKEN = {
    **WITHOUT_TORCH,
    f"{__name__}.Broken": Handler(f"{__name__}:break_down", needs_torch=False),
}


class TestActions:
    def test_every_action_does_something_that_exists(self, window: MainWindow) -> None:
        for spec in ACTIONS:
            assert spec.menu in MENUS
            assert not spec.run or callable(attrgetter(spec.run)(window))
            assert find(spec.name) is spec
        assert len({spec.name for spec in ACTIONS}) == len(ACTIONS)

    def test_no_key_means_two_things(self, window: MainWindow) -> None:
        keys = [a.shortcut().toString() for a in window.findChildren(QAction) if not a.shortcut().isEmpty()]
        assert len(keys) == len(set(keys))
        sheet = [spec.shortcut for spec in ACTIONS if spec.shortcut]
        assert len(sheet) == len(set(sheet))

    def test_the_menus_hold_the_table(self, window: MainWindow) -> None:
        titles = [menu.text() for menu in window.menuBar().actions()]
        assert titles == list(MENUS)
        for spec in ACTIONS:
            if spec.run:
                found = action(window, spec.title)
                wanted = QKeySequence(spec.shortcut) if spec.bound and spec.shortcut else QKeySequence()
                assert found.shortcut() == wanted
                assert bool(spec.icon) == (not found.icon().isNull())

    def test_undo_and_redo_are_offered_when_there_is_something(self, window: MainWindow) -> None:
        page = convolution(window)
        assert not action(window, "Undo").isEnabled() and not action(window, "Redo").isEnabled()
        page.change(replace(page.state, stride=2))
        action(window, "Undo").trigger()
        assert page.state.stride == 1
        assert not action(window, "Undo").isEnabled() and action(window, "Redo").isEnabled()
        action(window, "Redo").trigger()
        assert page.state.stride == 2

    def test_keys_of_the_menus(self, window: MainWindow) -> None:
        page = convolution(window)
        page.change(replace(page.state, stride=2))
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.state.stride == 1
        QTest.keyClick(page.canvas, Qt.Key.Key_F5)
        assert page.state == ConvolutionState()

    @pytest.mark.parametrize(
        ("title", "steps"),
        [("One step forward", 4), ("One step back", 2), ("First step", 0), ("Last step", 15)],
    )
    def test_the_step_menu(self, window: MainWindow, title: str, steps: int) -> None:
        page = convolution(window)
        page.change(replace(page.state, step=3))
        action(window, title).trigger()
        assert page.state.step == steps

    def test_play_faster_slower(self, window: MainWindow) -> None:
        page = convolution(window)
        action(window, "Faster").trigger()
        assert page.stepper.speed == 2
        action(window, "Slower").trigger()
        action(window, "Play or pause").trigger()
        assert page.stepper.playing and page.stepper.speed == 1
        action(window, "Play or pause").trigger()
        assert not page.stepper.playing

    def test_explain(self, window: MainWindow) -> None:
        action(window, "Explain this page").trigger()
        card = QApplication.activePopupWidget()
        assert isinstance(card, Explanation) and card.width() > 300
        QTest.keyClick(card, Qt.Key.Key_Escape)
        QApplication.processEvents()
        assert QApplication.activePopupWidget() is None

    def test_the_share_menu_holds_the_pages_verbs(self, window: MainWindow) -> None:
        page = convolution(window)
        menu = QMenu()
        page.fill_menu(menu)
        titles = [a.text() for a in menu.actions() if not a.isSeparator()]
        assert titles == [verb.title for verb in page.verbs()] and len(titles) >= 8
        menu.deleteLater()

    def test_every_control_has_a_name(self, window: MainWindow) -> None:
        """What a screen reader reads: no button without words."""
        for button in window.findChildren(QToolButton):
            if button.isVisible() and not button.objectName().startswith("qt_"):
                assert button.accessibleName() or button.text(), button.toolTip()


class TestFullScreen:
    def test_twice_restores(self, window: MainWindow) -> None:
        size = window.size()
        window.toggle_full_screen()
        assert window.isFullScreen() and not window.sidebar.isVisible() and not window.menuBar().isVisible()
        window.toggle_full_screen()
        assert not window.isFullScreen() and window.sidebar.isVisible() and window.menuBar().isVisible()
        assert window.size() == size

    def test_the_key_works_both_ways(self, window: MainWindow, qtbot: QtBot) -> None:
        """The menu bar is hidden in full screen; its keys are not."""
        page = convolution(window)
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_F11)
        assert window.isFullScreen()
        page.change(replace(page.state, stride=2))
        QTest.keyClick(page.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.state.stride == 1
        QTest.keyClick(page.canvas, Qt.Key.Key_F11)
        assert not window.isFullScreen()

    def test_a_maximised_window_comes_back_maximised(self, window: MainWindow) -> None:
        window.showMaximized()
        window.toggle_full_screen()
        window.toggle_full_screen()
        assert window.isMaximized()


def panels(page: ConvolutionPage) -> list[tuple[QWidget, Callable[[], None]]]:
    return [(page.controls, page.toggle_controls), (page.inspector, page.toggle_inspector)]


class TestAnatomy:
    @pytest.mark.parametrize("size", [(640, 480), (700, 500), (1024, 640), (1600, 1000)])
    def test_the_stage_keeps_a_usable_width(self, open_window: OpenWindow, size: tuple[int, int]) -> None:
        window = open_window(size=size)
        page = convolution(window)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert page.canvas.width() >= 300 and page.canvas.height() >= 180
        assert page.canvas.width() >= 0.4 * page.width()
        right = page.canvas.mapTo(window, page.canvas.rect().bottomRight())
        assert window.rect().contains(right)
        assert page.stepper.isVisible() and page.views.isVisible()
        for button in (page.views.button(key) for key in ("steps", "image", "coverage", "shift")):
            corner = button.mapTo(window, button.rect().bottomRight())
            assert window.rect().contains(corner), "every view can be reached"

    @pytest.mark.parametrize("size", [(700, 500), (1024, 640), (1600, 1000)])
    def test_panels_open_and_close(self, open_window: OpenWindow, size: tuple[int, int]) -> None:
        window = open_window(size=size)
        page = convolution(window)
        QApplication.processEvents()
        for panel, toggle in panels(page):
            floats = panel.floating  # type: ignore[attr-defined]
            assert panel.isVisible() == (not floats)
            canvas = page.canvas.width()
            toggle()
            QApplication.processEvents()
            assert panel.isVisible() == floats
            if floats:
                assert page.canvas.width() == canvas, "a drawer lies over the stage"
                assert page.rect().contains(panel.geometry())
                QTest.keyClick(panel, Qt.Key.Key_Escape)
                QApplication.processEvents()
                assert not panel.isVisible()
                toggle()
                assert panel.isVisible()
                toggle()
                assert not panel.isVisible()
            else:
                assert page.canvas.width() > canvas, "a folded panel gives its room to the stage"
                toggle()
                assert panel.isVisible()

    def test_only_one_drawer_at_a_time(self, open_window: OpenWindow) -> None:
        page = convolution(open_window(size=(640, 480)))
        QApplication.processEvents()
        if not (page.controls.floating and page.inspector.floating):
            pytest.skip("at the smallest size both panels are drawers no longer")
        page.toggle_controls()
        page.toggle_inspector()
        assert page.inspector.isVisible() and not page.controls.isVisible()

    def test_a_drawer_becomes_a_panel_again(self, open_window: OpenWindow) -> None:
        window = open_window(size=(700, 500))
        page = convolution(window)
        QApplication.processEvents()
        assert page.inspector.floating
        page.toggle_inspector()
        window.resize(1600, 1000)
        QApplication.processEvents()
        assert page.inspector.isVisible() and page.controls.isVisible()
        left = page.inspector.mapTo(window, page.inspector.rect().topLeft()).x()
        stage = page.canvas.mapTo(window, page.canvas.rect().topRight()).x()
        assert left >= stage, "beside the stage, not over it"

    def test_folds_are_remembered(self, open_window: OpenWindow, tmp_path: Path) -> None:
        first = open_window()
        convolution(first).toggle_inspector()
        first.close()
        second = open_window(settings=Settings(tmp_path / "settings.ini"))
        assert not convolution(second).inspector.isVisible() and convolution(second).controls.isVisible()

    def test_the_sidebar_becomes_a_rail(self, window: MainWindow) -> None:
        window.resize(1600, 900)
        QApplication.processEvents()
        assert window.sidebar.wide
        window.resize(900, 700)
        QApplication.processEvents()
        assert not window.sidebar.wide and window.sidebar.width() < 80
        window.resize(1600, 900)
        QApplication.processEvents()
        assert window.sidebar.wide
        window.toggle_sidebar()
        assert not window.sidebar.wide

    def test_the_sidebar_lists_the_pages(self, window: MainWindow) -> None:
        spy = QSignalSpy(window.sidebar.picked)
        buttons = [b for b in window.sidebar.findChildren(QToolButton) if b.property("page")]
        assert [b.property("page") for b in buttons] == [p.name for p in PAGES]
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
        assert spy.at(0)[0] == PAGES[0].name and buttons[0].isChecked()

    def test_an_unknown_page_is_the_first_one(self, open_window: OpenWindow) -> None:
        assert open_window(page="nowhere").page.entry is PAGES[0]
        assert entry("nowhere") is None


class TestTheme:
    def test_toggle_repaints_everything(self, window: MainWindow) -> None:
        """No warnings (the log guard sees to that), the new colours on the stage and around it."""
        page = convolution(window)
        for scheme, dark in ((Scheme.DARK, True), (Scheme.LIGHT, False)):
            window.dialogs.flip_theme()
            QApplication.processEvents()
            assert theme.dark is dark and window.services.settings.scheme is scheme
            assert near(shot(page.canvas)[3, 3][None], theme.colors.window, 2).all()
            picture = shot(window)
            assert near(picture, theme.colors.surface, 3).mean() > 0.1
        for view in ("image", "coverage", "shift"):
            page.views.button(view).click()
            window.dialogs.flip_theme()
            assert not window.grab().isNull()
        window.dialogs.flip_theme()

    def test_numbers_on_cells_can_be_read_in_both(self, window: MainWindow) -> None:
        """On every cell of the input there is ink that stands out from its ground."""
        page = convolution(window)
        for scheme in (Scheme.DARK, Scheme.LIGHT):
            theme.apply(scheme)
            picture = shot(page.canvas).astype(int)
            plate = plate_of(page.canvas, "input/0")
            for row, column in ((0, 0), (2, 3), (5, 5)):
                area = plate.cell_rect(row, column).toAlignedRect().adjusted(4, 4, -5, -5)
                cell = picture[area.top() : area.bottom(), area.left() : area.right()].sum(-1)
                assert cell.max() - cell.min() > 200


class TestMessages:
    def test_a_failing_job_reaches_the_banner_with_its_traceback(
        self, open_window: OpenWindow, qtbot: QtBot, expected_log: Any
    ) -> None:
        expected_log("break_down failed")
        window = open_window(lambda emit: InlineEngine(emit, load_torch=False, handlers=BROKEN))
        window.services.bridge.channel("broken", parent=window).ask(Broken())
        qtbot.waitUntil(lambda: window.banner.message is not None, timeout=WAIT)
        shown = window.banner.message
        assert shown is not None and shown.kind == "error" and shown.sentence.endswith(".")
        assert "KeyError" in shown.details and "break_down" in shown.details and "Traceback" in shown.details
        assert not window.banner.details.isVisible()
        QTest.mouseClick(window.banner.details_button, Qt.MouseButton.LeftButton)
        assert window.banner.details.isVisible() and "KeyError" in window.banner.details.toPlainText()

    def test_a_notice_is_a_note(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        held(window).emit(Notice(ENGINE_WIDE, "The memory was short; a smaller picture was used."))
        qtbot.waitUntil(lambda: "smaller picture" in message(window), timeout=WAIT)
        assert window.banner.message is not None and window.banner.message.kind == "info"

    def test_no_torch_is_a_warning(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        held(window).publish("no torch", "PyTorch is not installed.")
        qtbot.waitUntil(lambda: "not installed" in message(window), timeout=WAIT)
        assert window.status.engine.text() == "Engine without PyTorch"

    def test_an_exception_anywhere_reaches_the_banner(self, window: MainWindow, qtbot: QtBot) -> None:
        window._crashes.happened.emit(ErrorReport("Something broke.", "Go on.", "Traceback: here"))
        qtbot.waitUntil(lambda: "Something broke" in message(window), timeout=WAIT)

    def test_the_status_bar_tells_of_the_engine(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        device = DeviceInfo("cpu", "A processor", 8 * 1024**3, 2 * 1024**3, 3, "9.9")
        held(window).emit(EngineState("busy", "", device))
        qtbot.waitUntil(lambda: "computing" in window.status.engine.text(), timeout=WAIT)
        assert window.status.device.text() == "CPU · 2.0 of 8.0 GiB"
        assert "3 computing threads" in window.status.device.toolTip()

    def test_progress_and_cancel(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        convolution(window).views.button("image").click()
        engine = held(window)
        (job,) = engine.jobs(WholeImage) or (list(engine.asked)[-1],)
        engine.emit(Progress(job, 1, 4, "Filtering", 12.0))
        qtbot.waitUntil(lambda: window.status.bar.isVisible(), timeout=WAIT)
        assert window.status.bar.value() == 250
        assert window.status.progress_text.text() == "Filtering · 12 s left"
        QTest.mouseClick(window.status.cancel, Qt.MouseButton.LeftButton)
        assert engine.cancelled == [job]
        qtbot.waitUntil(lambda: not window.status.bar.isVisible(), timeout=WAIT)

    def test_words_of_the_status_bar(self) -> None:
        assert device_text(None) and device_tip(None)
        gpu = DeviceInfo("cuda", "Fast One", None, None, 1, "9")
        assert device_text(gpu) == "Fast One" and "1 computing thread," in device_tip(gpu)
        assert [seconds_text(s) for s in (0.2, 8, 89, 120, 5399, 7200)] == [
            "1 s",
            "8 s",
            "89 s",
            "2 min",
            "90 min",
            "2.0 h",
        ]
