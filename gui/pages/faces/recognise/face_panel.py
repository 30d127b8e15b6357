"""Beneath the picture: the chosen face as the net sees it, who it is, how sure that is, and a yes or no."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.pages.faces.distance_scale import HEIGHT, DistanceScale
from gui.pages.faces.recognise.resolve import Who, detail, headline, spots
from gui.pages.faces.vector_bars import VectorBars
from gui.pages.faces.view import Subject
from gui.theme import space, theme
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.wrapped import Wrapped

CROP: Final = "Crop"
CROP_SIDE, CROP_HEAD = 148, 46
SMALL_CROP = 74
TALL, LOW = 238, 120
LOW_SCALE: Final = 58
RIGHT: Final = "Is that right?"


class FacePanel(QWidget):
    """said(bool): whether it is the one it is taken for; nameAsked(): somebody unknown is to get a name."""

    said = Signal(bool)
    nameAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.crop = FrameView("The aligned crop")
        self.crop.set_empty_text("No face is chosen")
        self.tile = PictureTile(CROP, self.crop)
        self.title, self.question = Wrapped(""), Wrapped()
        for label in (self.title, self.question):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.yes, self.no, self.name = QPushButton("Yes"), QPushButton("No…"), QPushButton("Name this face…")
        self.yes.setToolTip("The face joins the photos of that person, once they agree (Y)")
        self.no.setToolTip("Say who it is instead (N)")
        self.scale, self.bars = DistanceScale(), VectorBars("Embedding f(a)")
        self.yes.clicked.connect(lambda: self.said.emit(True))
        self.no.clicked.connect(lambda: self.said.emit(False))
        self.name.clicked.connect(self.nameAsked)
        buttons = QHBoxLayout()
        buttons.setSpacing(space.s)
        buttons.addWidget(self.question, 1)
        for button in (self.yes, self.no, self.name):
            buttons.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(space.xs)
        column.addWidget(self.title)
        column.addLayout(buttons)
        column.addWidget(self.scale)
        column.addWidget(self.bars, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.m)
        row.addWidget(self.tile, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.set_compact(False)
        self._dress()
        theme.changed.connect(self._dress)

    def _dress(self) -> None:
        self.title.setFont(theme.font("section", bold=True))

    def set_compact(self, compact: bool) -> None:
        """In a low window the picture needs the room of the numbers."""
        side = SMALL_CROP if compact else CROP_SIDE
        self.tile.setFixedSize(side, side + CROP_HEAD)
        self.bars.setVisible(not compact)
        self.scale.setFixedHeight(LOW_SCALE if compact else HEIGHT)
        self.setFixedHeight(LOW if compact else TALL)

    def show_who(self, who: Who | None, subject: Subject, *, in_sight: bool = True) -> None:
        """Show a face; one that plays may be out of sight for a moment."""
        stale = subject.stale
        self.crop.set_rgb(None if who is None else who.face.crop)
        self.crop.set_stale(stale)
        self.tile.say(CROP, "" if who is None else crop_words(who))
        embedding = None if who is None else who.face.embedding
        self.bars.show_values(embedding, "length 1" if embedding is not None else "")
        self.bars.set_stale(stale)
        self.scale.show_spots([] if who is None else spots(who, subject), subject.threshold)
        self.title.say("No face to look into" if who is None else headline(who, in_sight=in_sight))
        self._show_question(who, subject)

    def _show_question(self, who: Who | None, subject: Subject) -> None:
        there = who is not None and not subject.stale
        known = there and who is not None and who.known and subject.at_home
        nameable = there and who is not None and who.face.embedding is not None and not known
        for button in (self.yes, self.no):
            button.setVisible(known)
        self.name.setVisible(nameable)
        more = "" if who is None else detail(who, subject)
        self.question.say(f"{more} {RIGHT}".strip() if known else more)


def crop_words(who: Who) -> str:
    """How the crop was aligned."""
    return {"points": "by 5 points", "turned box": "by box and turn", "box": "eyes assumed"}[who.face.aligned]
