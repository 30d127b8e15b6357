"""The view of this package."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.boxes.view import BoxesView, Subject
from gui.widgets.frame_view import FrameView


class TargetView(BoxesView):
    """The picture on show."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = FrameView()
        QVBoxLayout(self).addWidget(self.picture)

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self.picture.set_frame(subject.frame)

    def set_active(self, active: bool) -> None:
        pass
