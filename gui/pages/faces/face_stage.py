"""A picture with names on its faces: what the views Recognise, Enrol and Verify have in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.found import Face
from engine.images import Frame
from gui.pages.faces.following import Following
from gui.pages.faces.labels import Labels
from gui.pages.faces.recognise.resolve import Who, sentence, who_is_who
from gui.pages.faces.view import Subject
from gui.theme import space
from gui.widgets.found_view import FoundView
from gui.widgets.wrapped import OneLine


class FaceStage(QWidget):
    """Shows everybody in the picture.

    chosen(int): a click, or [ and ], chose a face; pointedAt(int or None); moved(): faces are at other places of the
    widget, because it has another size or a person zoomed.
    """

    chosen = Signal(int)
    pointedAt = Signal(object)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.caption = FoundView("The picture with its faces"), OneLine()
        self._everybody: tuple[Who, ...] = ()
        self._stale = self._live = False
        self._following, self._labels = Following(), Labels()
        self.line = QHBoxLayout()
        self.line.setSpacing(space.s)
        self.line.addWidget(self.caption, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(self.view, 1)
        column.addLayout(self.line)
        self.setFocusProxy(self.view)
        self.view.picked.connect(self._picked)
        self.view.pointedAt.connect(self.pointedAt)
        self.view.viewChanged.connect(self.moved)

    @property
    def everybody(self) -> tuple[Who, ...]:
        """Who is in the picture, the largest face first."""
        return self._everybody

    @property
    def who(self) -> Who | None:
        """The chosen face, None where there is none; of what plays as it was seen last."""
        return self._following.who

    @property
    def face(self) -> Face | None:
        return None if self.who is None else self.who.face

    @property
    def place(self) -> int | None:
        """The place of the chosen face in `everybody`, None while it is out of sight."""
        return self._following.place

    def show_subject(self, subject: Subject, chosen: int) -> tuple[Who, ...]:
        """Show a picture; a chosen face that is not there gives way to the largest one."""
        self._everybody = who_is_who(subject)
        self._stale, self._live = subject.stale, subject.live
        faces = subject.faces
        frame = subject.frame if faces is None else faces.frame
        self._following.follow(self._everybody, chosen, frame, live=subject.live)
        self._show(frame)
        self.caption.setText(sentence(subject, self._everybody))
        return self._everybody

    def _show(self, frame: Frame | None) -> None:
        size = (0, 0) if frame is None else (frame.width, frame.height)
        if size != self.view.picture_size:
            self.view.set_frame(frame)  # its shape says how much room there is for labels
            self._labels.forget()
        found = self._labels.findings(self._everybody, self.place, self.view, live=self._live)
        self.view.show_found(frame, found)
        self.view.fade_found(self._stale)
        self.view.select(self.place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._labels.forget()
        self._show(self.view.frame)
        self.moved.emit()

    def choose(self, place: int) -> None:
        """From now on this face is the chosen one."""
        self._following.choose(self._everybody, place)
        self._show(self.view.frame)
        self.chosen.emit(place)

    @Slot(object, float, float)
    def _picked(self, place: Any, _x: float, _y: float) -> None:
        if place is not None and place < len(self._everybody):
            self.choose(int(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}.get(Qt.Key(event.key()))
        if step is None or not self._everybody:
            super().keyPressEvent(event)
        else:
            self.choose(((self.place or 0) + step) % len(self._everybody))
