"""The two panels of a page: beside its stage where the window is wide, drawers over it where it is not."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.pages.side_panel import SidePanel
from gui.settings import Settings

INSPECTOR_DRAWER_BELOW = 1240
CONTROLS_DRAWER_BELOW = 800
"""Window widths below which a panel would leave the stage too little room."""


class SidePanels(QObject):
    """Owns which panel is folded (kept in the settings, a page each) and which one lies over the stage as a drawer.

    `row` is the layout with the controls first and the inspector last.
    """

    def __init__(
        self, page: QWidget, row: QHBoxLayout, stage: QWidget, controls: SidePanel, inspector: SidePanel,
        settings: Settings, name: str,
    ) -> None:  # fmt: skip
        super().__init__(page)
        self._page, self._row, self._stage = page, row, stage
        self._controls, self._inspector = controls, inspector
        self._settings, self._name = settings, name
        self._folded = {key for key in ("controls", "inspector") if settings.folded(name, key)}
        self._drawer: SidePanel | None = None
        controls.closed.connect(self.close_drawer)
        inspector.closed.connect(self.close_drawer)

    @property
    def drawer(self) -> SidePanel | None:
        """The panel that lies over the stage."""
        return self._drawer

    @Slot()
    def toggle_controls(self) -> None:
        self._toggle(self._controls, "controls")

    @Slot()
    def toggle_inspector(self) -> None:
        self._toggle(self._inspector, "inspector")

    def _toggle(self, panel: SidePanel, key: str) -> None:
        if panel.floating:
            self._drawer = None if self._drawer is panel else panel
        else:
            self._folded = self._folded ^ {key}
            self._settings.set_folded(self._name, key, key in self._folded)
        self.arrange()
        if self._drawer is panel:
            panel.setFocus()

    @Slot()
    def close_drawer(self) -> None:
        self._drawer = None
        self.arrange()

    def arrange(self) -> None:
        """Give every panel its place for the width of the window, at once and when the layout has settled."""
        width = self._page.window().width()
        for panel, key, limit in (
            (self._controls, "controls", CONTROLS_DRAWER_BELOW),
            (self._inspector, "inspector", INSPECTOR_DRAWER_BELOW),
        ):
            self._set_floating(panel, width < limit)
            panel.setVisible(self._drawer is panel if panel.floating else key not in self._folded)
        if self._drawer is not None and not self._drawer.floating:
            self._drawer = None
        self._place_drawer()
        QTimer.singleShot(0, self, self._place_drawer)

    def _set_floating(self, panel: SidePanel, floating: bool) -> None:
        if floating == panel.floating:
            return
        panel.set_floating(floating)
        if floating:
            self._row.removeWidget(panel)
            panel.hide()
        else:
            self._row.insertWidget(0 if panel is self._controls else self._row.count(), panel)

    @Slot()
    def _place_drawer(self) -> None:
        if self._drawer is not None:
            self._drawer.float_over(self._stage)
