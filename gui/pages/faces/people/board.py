"""Everybody's cards, one beneath the other in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from engine.faces.gallery.requests import Person
from gui.pages.faces.people.card import PersonCard
from gui.theme import space

CARD_WIDTH: Final = 300


class PeopleBoard(QScrollArea):
    """personChosen(int), photoPicked(int, int): person and photo; renamed(int, str); mergeAsked(int, int): into whom,
    and who; menuAsked(QPoint)."""

    personChosen = Signal(int)
    photoPicked = Signal(int, int)
    renamed = Signal(int, str)
    mergeAsked = Signal(int, int)
    menuAsked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[int, PersonCard] = {}
        self.setAccessibleName("People")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, space.s, 0)
        self._grid.setSpacing(space.s)
        self.setWidget(self._holder)
        self._columns = 1

    def show_people(
        self,
        people: Collection[Person],
        about: Callable[[Person], str],
        chosen: int | None,
        photos: Collection[int],
    ) -> None:
        """Show cards; `chosen`: the person, `photos`: numbers of the marked ones."""
        numbers = {person.number for person in people}
        for number in [number for number in self.cards if number not in numbers]:
            card = self.cards.pop(number)
            card.hide()
            card.deleteLater()
        for person in people:
            card = self.cards.get(person.number) or self._new(person.number)
            card.show_person(person, about(person), sorted(photos), chosen=person.number == chosen)
        self._arrange()

    def clear(self) -> None:
        """Show nobody; a name that is being typed is not taken."""
        self.show_people((), lambda _person: "", None, ())

    def _new(self, number: int) -> PersonCard:
        card = PersonCard()
        card.chosen.connect(lambda: self.personChosen.emit(number))
        card.photoPicked.connect(lambda photo: self.photoPicked.emit(number, photo))
        card.renamed.connect(lambda name: self.renamed.emit(number, name))
        card.dropped.connect(lambda other: self.mergeAsked.emit(number, other))
        card.menuAsked.connect(self.menuAsked)
        self.cards[number] = card
        return card

    def _arrange(self) -> None:
        columns = max(self.viewport().width() // CARD_WIDTH, 1)
        before, self._columns = self._columns, columns
        for column in range(max(columns, before)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        last = 0
        for place, number in enumerate(sorted(self.cards)):
            row, column = divmod(place, columns)
            self._grid.addWidget(self.cards[number], row, column, Qt.AlignmentFlag.AlignTop)
            last = row + 1
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(last, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if max(self.viewport().width() // CARD_WIDTH, 1) != self._columns:
            self._arrange()

    def reveal(self, number: int) -> None:
        """Scroll to a person's card."""
        card = self.cards.get(number)
        if card is not None:
            self.ensureWidgetVisible(card)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from card to card."""
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._columns, Qt.Key.Key_Down: self._columns,
        }.get(Qt.Key(event.key()))  # fmt: skip
        order = sorted(self.cards)
        at = next((place for place, number in enumerate(order) if self.cards[number].hasFocus()), None)
        if step is None or not order:
            super().keyPressEvent(event)
            return
        target = 0 if at is None else min(max(at + step, 0), len(order) - 1)
        self.cards[order[target]].setFocus()
        self.reveal(order[target])
        self.personChosen.emit(order[target])
