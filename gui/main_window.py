"""The main window: sidebar, page area, banner, menus, status bar. Pages and actions come from their tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.jobs import EngineState, ErrorReport
from gui import drops, logs
from gui.actions import ACTIONS, MENUS, ActionSpec
from gui.pages import PAGES, entry
from gui.pages.base import Page, Services
from gui.sidebar import Sidebar
from gui.state import envelope, open_envelope
from gui.status import StatusBar
from gui.theme import Scheme, theme
from gui.widgets.banner import Banner
from gui.widgets.drop_overlay import DropOverlay

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
        self.services, self.version = services, version
        self.setWindowTitle("ConvScope")
        self.resize(*START_SIZE)
        self.setMinimumSize(640, 480)
        self.setAcceptDrops(True)
        self._pages: dict[str, AnyPage] = {}
        self._actions: dict[str, QAction] = {}
        self._wants_wide = True
        self._was_painted = self._closing = False
        self._build()
        self._make_menus()
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
        self.overlay = DropOverlay(self)
        self._crashes = _CrashRelay(self)

    def _connect(self) -> None:
        bridge = self.services.bridge
        self.sidebar.picked.connect(self.show_page)
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

    # --- actions ---------------------------------------------------------------------------------------------

    def _make_menus(self) -> None:
        menus = {title: self.menuBar().addMenu(title) for title in MENUS}
        for spec in ACTIONS:
            if spec.separated:
                menus[spec.menu].addSeparator()
            if spec.run:
                menus[spec.menu].addAction(self._action(spec))
        self._recent = QMenu("Open recent", self)
        self._recent.aboutToShow.connect(self._fill_recent)
        menus["File"].insertMenu(self._actions["export"], self._recent)
        pages = menus["View"].addMenu("Pages")
        for index, page in enumerate(PAGES[:9]):
            action = QAction(page.title, self)
            action.setShortcut(QKeySequence(f"Ctrl+{index + 1}"))
            action.triggered.connect(self._page_opener(page.name))
            pages.addAction(action)
            self.addAction(action)
        theme.changed.connect(self._retint)
        self._retint()

    def _action(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.title, self)
        if spec.shortcut and spec.bound:
            action.setShortcut(QKeySequence(spec.shortcut))
        elif spec.shortcut:
            action.setText(f"{spec.title}\t{spec.shortcut}")
        action.setStatusTip("")
        run: Callable[[], object] = getattr(self, spec.run)
        action.triggered.connect(lambda _checked=False, run=run: run())
        self.addAction(action)  # its key works while the menu bar is hidden, too
        self._actions[spec.name] = action
        return action

    def _page_opener(self, name: str) -> Callable[[], None]:
        return lambda: self.show_page(name)

    @Slot()
    def _retint(self) -> None:
        for spec in ACTIONS:
            if spec.icon and spec.name in self._actions:
                self._actions[spec.name].setIcon(theme.icon(spec.icon))

    @Slot()
    def _update_actions(self) -> None:
        if self.stack.currentWidget() is not None:
            self._actions["undo"].setEnabled(self.page.history.can_undo)
            self._actions["redo"].setEnabled(self.page.history.can_redo)
            for spec in ACTIONS:
                if spec.menu == "Step" and spec.name in self._actions:
                    self._actions[spec.name].setEnabled(self.page.stepping)

    def undo(self) -> None:
        self.page.undo()

    def redo(self) -> None:
        self.page.redo()

    def reset_page(self) -> None:
        self.page.reset()

    def toggle_controls(self) -> None:
        self.page.toggle_controls()

    def toggle_inspector(self) -> None:
        self.page.toggle_inspector()

    def toggle_sidebar(self) -> None:
        self._wants_wide = not self.sidebar.wide
        self.sidebar.set_wide(self._wants_wide)

    def play(self) -> None:
        self.page.stepper.toggle()

    def step_back(self) -> None:
        self.page.stepper.step_back()

    def step_forward(self) -> None:
        self.page.stepper.step_forward()

    def first_step(self) -> None:
        self.page.stepper.go_first()

    def last_step(self) -> None:
        self.page.stepper.go_last()

    def faster(self) -> None:
        self.page.stepper.faster()

    def slower(self) -> None:
        self.page.stepper.slower()

    def explain(self) -> None:
        self.page.explain()

    def toggle_theme(self) -> None:
        self._set_scheme(Scheme.LIGHT if theme.dark else Scheme.DARK)

    @Slot(object)
    def _set_scheme(self, scheme: Scheme) -> None:
        self.services.settings.scheme = scheme
        theme.apply(scheme)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Full screen without menus and sidebar, and back."""
        full = not self.isFullScreen()
        self.sidebar.setVisible(not full)
        self.menuBar().setVisible(not full)
        self.setWindowState(
            self.windowState() ^ Qt.WindowState.WindowFullScreen
        )  # a maximised one comes back so

    def show_share_menu(self) -> None:
        self.page.show_share_menu()

    def copy_view(self) -> None:
        from gui.export import copy_text

        copy_text(envelope(self.page.entry.name, self.page.state))
        self._say("The view is on the clipboard; paste it here or on another computer.", "info")

    def paste(self) -> None:
        """A picture goes to the page, a copied view opens."""
        mime = QGuiApplication.clipboard().mimeData()
        path = drops.path_of(mime)
        try:
            if path is not None:
                self.open_path(path)
            elif mime.hasImage():
                self.page.paste_image(QImage(mime.imageData()))
            elif mime.hasText():
                self.open_view(mime.text())
            else:
                self._say("The clipboard holds neither a picture nor a copied view.", "info")
        except UserError as error:
            self._say(str(error), "warn")

    # --- dialogs ---------------------------------------------------------------------------------------------

    def show_shortcuts(self) -> None:
        from gui.dialogs.shortcuts import ShortcutSheet

        rows = [(spec.menu, spec.title, spec.shortcut) for spec in ACTIONS]
        rows += [(self.page.entry.title, title, key) for title, key in self.page.shortcuts()]
        rows += [("Pages", page.title, f"Ctrl+{index + 1}") for index, page in enumerate(PAGES[:9])]
        ShortcutSheet(rows, self).exec()

    def show_about(self) -> None:
        from gui.dialogs.about import About, versions

        device = self.services.bridge.state.device
        text = (
            "not known yet" if device is None else f"{device.name} ({device.kind}, {device.threads} threads)"
        )
        About(versions(self.version), text, logs.log_path(), parent=self).exec()

    def show_preferences(self) -> None:
        from engine.networks.weights import store
        from gui.dialogs.preferences import Preferences

        dialog = Preferences(
            self.services.settings,
            devices=("auto", "cpu", "cuda", "mps"),
            models_default=store.usual_folder(),
            log_path=logs.log_path(),
            parent=self,
        )
        dialog.scheme_changed.connect(self._set_scheme)
        dialog.motion_changed.connect(theme.set_reduced_motion)
        dialog.device_changed.connect(self._device_changed)
        dialog.models_dir_changed.connect(self._models_dir_changed)
        dialog.exec()

    @Slot(str)
    def _device_changed(self, _device: str) -> None:
        self._say("The device changes when ConvScope starts the next time.", "info")

    @Slot(object)
    def _models_dir_changed(self, folder: Path | None) -> None:
        from gui import models_folder
        from gui.pages.weights.news import news

        if models_folder.put_in_force(folder):
            news.changed.emit()
        else:
            self._say(
                "The models folder of this run was named at the start; the choice holds from the next on.",
                "info",
            )

    def open_log_folder(self) -> None:
        from gui.dialogs.about import open_folder

        path = logs.log_path()
        if path is None or not open_folder(path.parent):
            self._say("There is no log folder that could be opened.", "warn")

    # --- files -----------------------------------------------------------------------------------------------

    def open_dialog(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Open a picture, a video or a saved view", "", "All files (*)"
        )
        if chosen:
            self.open_path(Path(chosen))

    def open_path(self, path: Path) -> None:
        """Open a file where it makes sense, or say why not."""
        self.open_paths([path])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files that were dropped together where the first of them makes sense, or say why not."""
        path = paths[0]
        try:
            offer = drops.destination(path, self.page, PAGES)
            if offer.kind == "state":
                self.open_view(path.read_text(encoding="utf-8"))
            else:
                self.show_page(offer.page.name)
                self.page.open_paths(paths)
        except UserError as error:
            self._say(str(error), "warn")
            return
        except (OSError, UnicodeDecodeError) as error:
            log.info("%s could not be read: %s", path, error)
            self._say(f"{path.name} could not be read.", "warn")
            return
        self.services.settings.add_recent(path)

    def open_view(self, text: str) -> None:
        """Open a copied or saved view. Raises UserError where the text is none."""
        name, state = open_envelope(text)
        if entry(name) is None:
            raise UserError(f"This view belongs to a page that this version does not have ({name}).")
        self.show_page(name)
        self.page.restore_state(state)

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self.services.settings.recent_files:
            action = QAction(path.name, self._recent)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: self.open_path(path))
            self._recent.addAction(action)
        if self._recent.isEmpty():
            self._recent.addAction("Nothing yet").setEnabled(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        path = drops.path_of(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        try:
            offer = drops.offer(path, self.page, PAGES)
        except UserError as error:
            self.overlay.show_refusal(error.sentence, error.hint)
        else:
            self.overlay.show_offer(path.name, offer.page.title)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        paths = drops.paths_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            # Later, so that the other program's drag ends before a dialog or a long read begins.
            QTimer.singleShot(0, self, lambda: self.open_paths(paths))

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
