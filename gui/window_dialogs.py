"""The dialogs that the menus open: shortcuts, about, preferences, the folder of the log."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gui import logs
from gui.actions import ACTIONS
from gui.menus import keys_of_pages
from gui.opening import Pages
from gui.pages.base import Services
from gui.theme import Scheme, theme


class WindowDialogs(QObject):
    """Opens each of them and puts in force what was chosen there. said(sentence, kind)."""

    said = Signal(str, str)

    def __init__(self, window: QWidget, pages: Pages, services: Services, version: str) -> None:
        super().__init__(window)
        self._window, self._pages = window, pages
        self._services, self._version = services, version

    def shortcuts(self) -> None:
        from gui.dialogs.shortcuts import ShortcutSheet

        page = self._pages.page
        rows = [(spec.menu, spec.title, spec.shortcut) for spec in ACTIONS]
        rows += [(page.entry.title, title, key) for title, key in page.shortcuts()]
        rows += [("Pages", title, key) for title, key in keys_of_pages()]
        ShortcutSheet(rows, self._window).exec()

    def about(self) -> None:
        from gui.dialogs.about import About, versions

        device = self._services.bridge.state.device
        text = (
            "not known yet" if device is None else f"{device.name} ({device.kind}, {device.threads} threads)"
        )
        About(versions(self._version), text, logs.log_path(), parent=self._window).exec()

    def preferences(self) -> None:
        from engine.networks.weights import store
        from gui.dialogs.preferences import Preferences

        dialog = Preferences(
            self._services.settings,
            devices=("auto", "cpu", "cuda", "mps"),
            models_default=store.usual_folder(),
            log_path=logs.log_path(),
            parent=self._window,
        )
        dialog.scheme_changed.connect(self.set_scheme)
        dialog.motion_changed.connect(theme.set_reduced_motion)
        dialog.device_changed.connect(self._device_changed)
        dialog.models_dir_changed.connect(self._models_dir_changed)
        dialog.exec()

    def log_folder(self) -> None:
        from gui.dialogs.about import open_folder

        path = logs.log_path()
        if path is None or not open_folder(path.parent):
            self.said.emit("There is no log folder that could be opened.", "warn")

    def flip_theme(self) -> None:
        """Light, or dark."""
        self.set_scheme(Scheme.LIGHT if theme.dark else Scheme.DARK)

    @Slot(object)
    def set_scheme(self, scheme: Scheme) -> None:
        """Show a scheme, and remember it."""
        self._services.settings.scheme = scheme
        theme.apply(scheme)

    @Slot(str)
    def _device_changed(self, _device: str) -> None:
        self.said.emit("The device changes when ConvScope starts the next time.", "info")

    @Slot(object)
    def _models_dir_changed(self, folder: Path | None) -> None:
        from gui import models_folder
        from gui.pages.weights.news import news

        if models_folder.put_in_force(folder):
            news.changed.emit()
        else:
            self.said.emit(
                "The models folder of this run was named at the start; the choice holds from the next on.",
                "info",
            )
