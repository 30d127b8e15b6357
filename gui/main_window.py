"""The main window: sidebar, page area, banner, menus, status bar. Pages and actions come from their tables."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.jobs import EngineState, ErrorReport
from gui import logs
from gui.menus import Menus
from gui.opening import Opening
from gui.pages import PAGES, entry
from gui.pages.base import Page, Services
from gui.sidebar import Sidebar
from gui.status import StatusBar
from gui.widgets.banner import Banner
from gui.window_dialogs import WindowDialogs

log = logging.getLogger("gui.main_window")

START_SIZE = (1440, 900)
RAIL_BELOW = 1500
LOAD_AFTER_MS = 30
AnyPage = Page[Any]


class _CrashRelay(QObject):
    """Carries uncaught exceptions of any thread into the window's thread."""

    happened = Signal(object)


class MainWindow(QMainWindow):
    """The window around the pages."""

    painted = Signal()
    """After the first paint: now the engine may load torch without anybody waiting."""

    def __init__(self, services: Services, version: str, page: str | None = None) -> None:
        super().__init__()
        self.services = services
        self.setWindowTitle("ConvScope")
        self.resize(*START_SIZE)
        self.setMinimumSize(640, 480)
        self.setAcceptDrops(True)
        self._pages: dict[str, AnyPage] = {}
        self._wants_wide = True
        self._was_painted = self._closing = False
        self._build()
        self.menus = Menus(self, services.settings)
        self.opening = Opening(self, self, services.settings)
        self.dialogs = WindowDialogs(self, self, services, version)
        self._connect()
        if not self.restoreGeometry(services.settings.geometry):
            self._fit_to_screen()
        self._first_page = page or services.settings.last_page or PAGES[0].name

    def _fit_to_screen(self) -> None:
        """The first window is never larger than the screen that it opens on."""
        room = self.screen().availableGeometry()
        size = QSize(*START_SIZE).boundedTo(room.size() * 0.96)
        self.resize(size)
        self.move(room.center() - QPoint(size.width() // 2, size.height() // 2))

    def _build(self) -> None:
        self.sidebar, self.banner, self.stack = Sidebar(), Banner(), QStackedWidget()
        self.status = StatusBar()
        self.setStatusBar(self.status)
        side_line = QFrame()
        side_line.setObjectName("hairline")
        side_line.setFixedWidth(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(side_line)
        row.addLayout(column, 1)
        self.setCentralWidget(middle)
        self._crashes = _CrashRelay(self)

    def _connect(self) -> None:
        bridge = self.services.bridge
        self.sidebar.picked.connect(self.show_page)
        self.menus.pagePicked.connect(self.show_page)
        self.menus.recentPicked.connect(self.opening.open_path)
        self.opening.said.connect(self._say)
        self.dialogs.said.connect(self._say)
        bridge.stateChanged.connect(self.status.show_state)
        bridge.stateChanged.connect(self._engine_changed)
        bridge.active_progress.connect(self.status.show_progress)
        bridge.failed.connect(self._job_failed)
        bridge.noticed.connect(self._noticed)
        self.status.cancelAsked.connect(bridge.cancel_active)
        self._crashes.happened.connect(self._crashed)
        logs.forward_crashes(self._crashes.happened.emit)

    # --- pages -----------------------------------------------------------------------------------------------

    @property
    def page(self) -> AnyPage:
        """The page in view."""
        if self.stack.currentWidget() is None:
            self.show_page(self._first_page)
        page = self.stack.currentWidget()
        if not isinstance(page, Page):
            raise RuntimeError("no page is in view")
        return page

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Bring a page into view; builds it on the first visit."""
        found = entry(name) or PAGES[0]
        previous = (
            self.stack.currentWidget()
        )  # before a new page is added: the first one becomes current by itself
        if found.name not in self._pages:
            self._pages[found.name] = self._create(found.name)
        page = self._pages[found.name]
        if previous is page:
            return
        self.stack.setCurrentWidget(page)
        if isinstance(previous, Page):
            previous.deactivated()
        page.activated()
        self.sidebar.set_current(found.name)
        self.services.settings.last_page = found.name
        self._update_actions()

    @Slot(str, object)
    def _lead_to(self, name: str, changes: dict[str, Any]) -> None:
        """A page leads on to another one, which shows what it was about."""
        self.show_page(name)
        try:
            self.page.change(replace(self.page.state, **changes))
        except UserError as error:
            self._say(str(error), "warn")

    def _create(self, name: str) -> AnyPage:
        found = entry(name) or PAGES[0]
        page = found.create(self.services)
        page.said.connect(self._say)
        page.statusChanged.connect(self.status.show_page)
        page.historyChanged.connect(self._update_actions)
        page.fullScreenAsked.connect(self.toggle_full_screen)
        page.pageAsked.connect(self._lead_to)
        saved = self.services.settings.session(name)
        if saved is not None:
            try:
                page.restore_session(saved)
            except UserError as error:
                log.info("the last session of %s is not restored: %s", name, error)
        self.stack.addWidget(page)
        return page

    # --- the window itself -----------------------------------------------------------------------------------

    @Slot()
    def _update_actions(self) -> None:
        if self.stack.currentWidget() is not None:
            self.menus.follow(self.page)

    def toggle_sidebar(self) -> None:
        self._wants_wide = not self.sidebar.wide
        self.sidebar.set_wide(self._wants_wide)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Full screen without menus and sidebar, and back."""
        full = not self.isFullScreen()
        self.sidebar.setVisible(not full)
        self.menuBar().setVisible(not full)
        self.setWindowState(
            self.windowState() ^ Qt.WindowState.WindowFullScreen
        )  # a maximised one comes back so

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.opening.entered(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.opening.left()

    def dropEvent(self, event: QDropEvent) -> None:
        self.opening.dropped(event)

    # --- messages --------------------------------------------------------------------------------------------

    @Slot(str, str)
    def _say(self, sentence: str, kind: str) -> None:
        self.banner.show_sentence(sentence, kind)  # type: ignore[arg-type]  # pages say "info", "warn" or "error"

    @Slot(object, object)
    def _job_failed(self, _request: object, report: ErrorReport) -> None:
        self.banner.show_report(report)

    @Slot(str)
    def _noticed(self, sentence: str) -> None:
        self.banner.show_sentence(sentence, "info")

    @Slot(object)
    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "no torch":
            self.banner.show_sentence(state.message, "warn")

    @Slot(object)
    def _crashed(self, report: ErrorReport) -> None:
        self.banner.show_report(report)

    # --- life ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: Any) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self._first_paint_done)

    @Slot()
    def _first_paint_done(self) -> None:
        """The window stands: now the page, and after that the engine's long import."""
        if not self._closing:
            _ = self.page
            self.services.films.said.connect(self._say)
            QTimer.singleShot(LOAD_AFTER_MS, self, self.painted.emit)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.sidebar.set_wide(self._wants_wide and self.width() >= RAIL_BELOW)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        event.accept()

    def shut_down(self) -> None:
        """Save what is to be remembered, stop pages and engine; calling it twice does nothing more."""
        if self._closing:
            return
        self._closing = True
        self.hide()  # an import under way can keep the engine for a moment; nobody should look at a frozen window
        settings = self.services.settings
        if not self.isFullScreen():
            settings.geometry = self.saveGeometry()
        try:
            for name, page in self._pages.items():
                self._close_page(name, page)
            settings.sync()
            self.services.films.close()
        finally:
            logs.forward_crashes(None)
            self.services.bridge.close()

    def _close_page(self, name: str, page: AnyPage) -> None:
        """One page that fails must keep neither the others nor the engine from ending well."""
        try:
            self.services.settings.set_session(name, page.save_state())
            page.close_page()
        except Exception:
            log.exception("the page %s did not close cleanly", name)
