"""One person of a batch: name, the crops that can be used, what was refused and why, and the button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.faces.gallery.requests import LONGEST_NAME
from gui.pages.faces.enrol.batch import Candidate, Photo, why_not
from gui.pages.faces.names import shown
from gui.theme import space, theme
from gui.widgets.picture import to_image
from gui.widgets.wrapped import Wrapped

SIDE: Final = 56
OTHER: Final = "Somebody else needs another name."
TOLD: Final = 4
"""Refused files that are told by name; the rest is counted."""


class Crops(QWidget):
    """The aligned crops in a row; what has no room is counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candidate: Candidate | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_candidate(self, candidate: Candidate) -> None:
        self._candidate = candidate
        count = len(candidate.good)
        self.setAccessibleName("1 usable photo" if count == 1 else f"{count} usable photos")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(3 * SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        good = () if self._candidate is None else self._candidate.good
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        fits = max((self.width() - SIDE) // (SIDE + space.xs), 1)
        for place, photo in enumerate(good[:fits]):
            if photo.face is not None:
                painter.drawImage(QRectF(place * (SIDE + space.xs), 0, SIDE, SIDE), to_image(photo.face.crop))
        if len(good) > fits:
            painter.setPen(theme.colors.muted)
            room = QRectF(fits * (SIDE + space.xs), 0, SIDE, SIDE)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, f"+{len(good) - fits}")


class CandidateRow(QFrame):
    """named(str); enrolAsked()."""

    named = Signal(str)
    enrolAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.name, self.button = QLineEdit(), QPushButton("Enrol")
        self.name.setAccessibleName("Name")
        self.name.setPlaceholderText("Name")
        self.name.setMaxLength(2 * LONGEST_NAME)
        self.crops, self.words = Crops(), Wrapped()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.setSpacing(space.s)
        head.addWidget(self.name, 1)
        head.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(space.xs)
        column.addLayout(head)
        column.addWidget(self.crops)
        column.addWidget(self.words)
        self.name.textEdited.connect(self.named)
        self.button.clicked.connect(self.enrolAsked)

    def show_candidate(self, candidate: Candidate, *, agreed: bool, known: bool = False) -> None:
        """Show a person; without consent nobody can be enrolled; `known`: somebody enrolled has that name."""
        if self.name.text() != candidate.name:
            self.name.setText(candidate.name)
        self.name.setEnabled(not candidate.done)
        self.crops.show_candidate(candidate)
        self.crops.setVisible(bool(candidate.good))
        reason = why_not(candidate)
        self.button.setEnabled(agreed and not reason)
        self.button.setText("Enrolled" if candidate.done else "Enrol")
        self.button.setToolTip(reason or ("" if agreed else "They have to agree first"))
        self.words.say(words(candidate, known=known))


def words(candidate: Candidate, *, known: bool = False) -> str:
    """What can be used, what was refused for which reason, and whom the photos join: a line each."""
    good, refused = len(candidate.good), candidate.refused
    parts = [f"{good} of {len(candidate.photos)} can be used."]
    parts += [_told(photo) for photo in refused[:TOLD]]
    if len(refused) > TOLD:
        parts.append(f"And {len(refused) - TOLD} more were refused.")
    reason = why_not(candidate)
    if reason and not candidate.done and (candidate.good or not candidate.read):
        parts.append(reason)
    elif known and not candidate.done:
        parts.append(
            f"{shown(candidate.name, 40)} is enrolled already: these photos are added to theirs. {OTHER}"
        )
    return "\n".join(parts)


def _told(photo: Photo) -> str:
    """Which file and why; a sentence about the file itself begins with its name already."""
    name, why = photo.path.name, photo.refused
    return why if why.startswith(name) else f"{name}: {why}"
