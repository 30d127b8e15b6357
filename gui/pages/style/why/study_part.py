"""A part of the view "Why" that shows small paintings of its own."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.pages.style.why.part import WhyPart
from gui.pages.style.why.studies import StudyDesk


class StudyPart(WhyPart):
    """`desk` paints while the part is in sight; every picture of it is shown by `show_studies`."""

    def __init__(self, bridge: Bridge, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = StudyDesk(bridge, key, self)
        self.desk.came.connect(self._came)
        self.desk.failed.connect(self._failed)

    def show_studies(self) -> None:
        """Show what there is of the paintings."""
        raise NotImplementedError

    def set_active(self, active: bool) -> None:
        self.desk.set_active(active)

    @property
    def settled(self) -> bool:
        return self.desk.settled

    @Slot(object)
    def _came(self, _about: object) -> None:
        self.show_studies()
        if self.settled:
            self.settledChanged.emit()

    @Slot(object)
    def _failed(self, _report: object) -> None:
        self.show_studies()
        self.settledChanged.emit()
