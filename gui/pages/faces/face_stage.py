"""A picture with names on its faces: what the views Recognise and Verify have in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.faces.found import Face
from gui.pages.faces.recognise.resolve import Who, findings, sentence, who_is_who
from gui.pages.faces.view import Subject
from gui.theme import space
from gui.widgets.found_view import Findings, FoundView
from gui.widgets.wrapped import OneLine


class FaceStage(QWidget):
    """Shows everybody in the picture. chosen(int): a click, or [ and ], chose a face; pointedAt(int or None)."""

    chosen = Signal(int)
    pointedAt = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.caption = FoundView("The picture with its faces"), OneLine()
        self._everybody: tuple[Who, ...] = ()
        self._at = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(self.view, 1)
        column.addWidget(self.caption)
        self.setFocusProxy(self.view)
        self.view.picked.connect(self._picked)
        self.view.pointedAt.connect(self.pointedAt)

    @property
    def everybody(self) -> tuple[Who, ...]:
        """Who is in the picture, the largest face first."""
        return self._everybody

    @property
    def who(self) -> Who | None:
        """The chosen face, None where there is none."""
        return self._everybody[self._at] if self._at < len(self._everybody) else None

    @property
    def face(self) -> Face | None:
        return None if self.who is None else self.who.face

    def show_subject(self, subject: Subject, chosen: int) -> tuple[Who, ...]:
        """Show a picture; a chosen face that is not there gives way to the largest one."""
        self._everybody = who_is_who(subject)
        self._at = chosen if chosen < len(self._everybody) else 0
        faces = subject.faces
        frame = subject.frame if faces is None else faces.frame
        self.view.show_found(frame, findings(self._everybody) if faces is not None else Findings())
        self.view.fade_found(subject.stale)
        self.view.select(self._at if self._everybody else None)
        self.caption.setText(sentence(subject, self._everybody))
        return self._everybody

    @Slot(object, float, float)
    def _picked(self, place: Any, _x: float, _y: float) -> None:
        if place is not None:
            self.chosen.emit(int(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}.get(Qt.Key(event.key()))
        if step is None or not self._everybody:
            super().keyPressEvent(event)
        else:
            self.chosen.emit((self._at + step) % len(self._everybody))
