"""The stage: the ways of asking as a row of tabs, and the one on show; a line says what is missing."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.units.fading import fade
from gui.pages.units.view import UnitView
from gui.pages.units.views import VIEWS
from gui.pages.views.stage import ViewStage
from gui.theme import space
from gui.widgets.wrapped import Wrapped


class UnitsStage(ViewStage[UnitView]):
    """Views of a unit, which are faded while that unit is not known."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, VIEWS, parent=parent)
        self.line = Wrapped("muted")
        self.line.hide()
        said = QHBoxLayout()
        said.setContentsMargins(space.l, 0, space.l, 0)
        said.addWidget(self.line)
        self.column.insertLayout(1, said)

    def set_stale(self, stale: bool) -> None:
        """What the view shows belongs to another net: faded until its own unit is known."""
        fade(self.views, faded=stale)

    def say(self, sentence: str) -> None:
        """Something that a person should know about the net; "" for nothing."""
        self.line.say(sentence)
        self.line.setVisible(bool(sentence))
