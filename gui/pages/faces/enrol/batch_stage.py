"""Photos and folders of the view "Enrol": a card a person, the consent, and the buttons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.pages.faces.enrol.batch import Candidate, why_not
from gui.pages.faces.enrol.candidate_row import CandidateRow
from gui.theme import space
from gui.widgets.fields import Toggle
from gui.widgets.frame_view import FrameView
from gui.widgets.wrapped import Wrapped

EMPTY: Final = {
    "photos": "Drop photos of one person here, several at once, or choose them. Nothing is stored by that.",
    "folder": "Drop a folder here, or choose one: one sub-folder a person, called as the person is.",
}
AGREE: Final = {
    "photos": "I am the person on these photos, and I agree",
    "folder": "Every one of these people agreed to be remembered here",
}


class BatchStage(QWidget):
    """named(int, str); enrolAsked(int); allAsked(); chooseAsked(); agreedChanged(bool); stopAsked()."""

    named = Signal(int, str)
    enrolAsked = Signal(int)
    allAsked = Signal()
    chooseAsked = Signal()
    agreedChanged = Signal(bool)
    stopAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CandidateRow] = []
        self.hint, self.text = Wrapped(""), Wrapped()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.agree = Toggle(AGREE["photos"])
        self.choose, self.all = QPushButton("Choose photos…"), QPushButton("Enrol all")
        self.all.setProperty("primary", True)
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("Read no more of these photos; what was read can be enrolled")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Photos that were read")
        kept = self.bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(kept)
        self.empty = FrameView("No photos yet")
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.s)
        self._column.addStretch(1)
        self.list = QScrollArea()
        self.list.setWidgetResizable(True)
        self.list.setFrameShape(QScrollArea.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWidget(holder)
        buttons = QHBoxLayout()
        buttons.addWidget(self.choose)
        buttons.addWidget(self.bar, 1)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.hint)
        column.addLayout(buttons)
        column.addWidget(self.agree)
        column.addWidget(self.text)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        self.agree.changed.connect(self.agreedChanged)
        self.choose.clicked.connect(self.chooseAsked)
        self.all.clicked.connect(self.allAsked)
        self.stop.clicked.connect(self.stopAsked)

    def show_batch(
        self,
        way: str,
        people: Sequence[Candidate],
        *,
        agreed: bool,
        text: str,
        progress: tuple[int, int],
        known: Collection[str] = (),
    ) -> None:
        """Show the people of a batch; `text`: what is kept, and where; `known`: names of who is enrolled already."""
        pressed = self._pressed
        self._show_empty(way, not people)
        self.text.say(text)
        self.agree.setText(AGREE[way])
        self.agree.set_value(agreed)
        for part in (self.agree, self.text):
            part.setVisible(bool(people))
        self._fit_rows(len(people))
        for row, person in zip(self.rows, people, strict=True):
            row.show_candidate(person, agreed=agreed, known=person.name in known)
        self._show_buttons(way, sum(not why_not(one) for one in people) if agreed else 0, progress)
        if pressed and not self._pressed:
            self.choose.setFocus()  # a button that was pressed and is done gives its focus to any page's control

    def _show_buttons(self, way: str, ready: int, progress: tuple[int, int]) -> None:
        done, count = progress
        self.choose.setText("Choose photos…" if way == "photos" else "Choose a folder…")
        self.all.setVisible(way == "folder" and count > 0)
        self.all.setEnabled(ready > 0)
        self.all.setText(f"Enrol all {ready}" if ready else "Enrol all")
        for part in (self.bar, self.stop):
            part.setVisible(0 < done < count)
        self.bar.setRange(0, max(count, 1))
        self.bar.setValue(done)

    @property
    def _pressed(self) -> bool:
        """Whether a button has the keyboard that may not be there much longer."""
        return any(one.hasFocus() for one in (self.all, self.stop, *(row.button for row in self.rows)))

    def _show_empty(self, way: str, empty: bool) -> None:
        self.empty.set_empty_text(
            EMPTY[way], "folder-account-outline" if way == "folder" else "account-plus-outline"
        )
        self.empty.setVisible(empty)
        self.hint.say(EMPTY[way])
        for part in (self.hint, self.list):
            part.setVisible(not empty)

    def _fit_rows(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < count:
            row, place = CandidateRow(), len(self.rows)
            row.named.connect(lambda name, place=place: self.named.emit(place, name))
            row.enrolAsked.connect(lambda place=place: self.enrolAsked.emit(place))
            self._column.insertWidget(place, row)
            self.rows.append(row)
