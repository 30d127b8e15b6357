"""The row of cards as a widget: it shows a game, cards rise out of their row, pointer and keys walk over them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.boxes.suppression.cards import (
    LIFT,
    LOW_SHARE,
    PICTURE_SHARE,
    Rows,
    cards_height,
    paint_cards,
    rows_of,
)
from gui.pages.boxes.suppression.hand import Card, Game
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.pages.boxes.suppression.words import number
from gui.theme import STALE_OPACITY, motion, theme, with_alpha
from gui.widgets.focus_ring import paint_focus_ring


class CardRow(QWidget):
    """The cards of a game. hovered(box or None): under the pointer or the keys' cursor; clicked(box).

    Up and Down go from card to card, Enter is a click; the other keys are the stepper's.
    """

    hovered = Signal(object)
    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._game: Game | None = None
        self._settings = SuppressionSettings()
        self._cards: list[Card] = []
        self._lit: int | None = None
        self._stale = False
        self._share = PICTURE_SHARE
        self._before: dict[int, float] = {}
        self._pictures: dict[int, QImage] = {}
        self._rise = QVariantAnimation(self)
        self._rise.setStartValue(0.0)
        self._rise.setEndValue(1.0)
        self._rise.setDuration(motion.depth)
        self._rise.valueChanged.connect(self._risen)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Boxes as cards")
        theme.changed.connect(self.update)

    @property
    def cards(self) -> list[Card]:
        """The cards as they stand."""
        return self._cards

    def show_game(self, game: Game | None, settings: SuppressionSettings, position: int) -> None:
        """Show the cards behind a decision; those that rise or sink do so in time."""
        if game is None or self._game is None or game.hand is not self._game.hand:
            self._pictures = {}
            self._before = {}
        else:
            self._before = {card.box: LIFT.get(card.state, 0.0) for card in self._cards}
        self._game, self._settings = game, settings
        self._cards = [] if game is None else game.cards(position)
        self.setAccessibleDescription(
            "; ".join(f"{c.number}: {number(c.score)} {c.state}" for c in self._cards[:12])
        )
        self._fit()
        if self.isVisible() and not theme.reduced_motion and self._before:
            self._rise.stop()
            self._rise.start()
        self.update()

    def light(self, box: int | None) -> None:
        """Make a card stand out."""
        if box != self._lit:
            self._lit = box
            self.update()

    def set_stale(self, stale: bool) -> None:
        """The cards are those of another picture, until the detector has looked at this one."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def set_low(self, low: bool) -> None:
        """Show lower pictures on the cards, where the stage has little room."""
        share = LOW_SHARE if low else PICTURE_SHARE
        if share != self._share:
            self._share = share
            self._fit()
            self.update()

    @property
    def _rows(self) -> Rows:
        return rows_of(len(self._cards), self.width(), self._share)

    def card_at(self, point: QPointF) -> Card | None:
        """The card under a point."""
        rows = self._rows
        for index, card in enumerate(self._cards):
            if rows.area(index, LIFT.get(card.state, 0.0)).contains(point):
                return card
        return None

    def area_of(self, box: int) -> QRectF:
        """Where the card of a box lies."""
        index = next(i for i, card in enumerate(self._cards) if card.box == box)
        return self._rows.area(index, LIFT.get(self._cards[index].state, 0.0))

    def sizeHint(self) -> QSize:
        return QSize(480, int(cards_height(max(len(self._cards), 1), max(self.width(), 480), self._share)))

    def _fit(self) -> None:
        height = int(cards_height(max(len(self._cards), 1), self.width(), self._share))
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))
        if self._game is not None:
            paint_cards(
                painter, self._game, self._settings, self._cards, self.width(),
                share=self._share, lifts=self._lifts(), lit=self._lit, pictures=self._pictures,
            )  # fmt: skip
        if self._stale:
            painter.fillRect(self.rect(), with_alpha(theme.colors.window, 1 - STALE_OPACITY))

    def _lifts(self) -> dict[int, float]:
        """Where the moving cards are now."""
        if self._rise.state() is not QVariantAnimation.State.Running:
            return {}
        share = 1 - (1 - float(self._rise.currentValue() or 0.0)) ** 3
        now = {card.box: LIFT.get(card.state, 0.0) for card in self._cards}
        return {box: old + (now.get(box, old) - old) * share for box, old in self._before.items()}

    @Slot()
    def _risen(self) -> None:
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        card = self.card_at(event.position())
        self.hovered.emit(None if card is None else card.box)
        self.setCursor(Qt.CursorShape.ArrowCursor if card is None else Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        card = self.card_at(event.position())
        if card is not None and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(card.box)
        else:
            super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = {card.box: place for place, card in enumerate(self._cards)}
        here = places.get(self._lit, -1) if self._lit is not None else -1
        moves = {Qt.Key.Key_Down: here + 1, Qt.Key.Key_Up: max(here - 1, 0)}
        target = moves.get(Qt.Key(event.key()))
        if target is not None and self._cards:
            self.hovered.emit(self._cards[min(target, len(self._cards) - 1)].box)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here >= 0:
            self.clicked.emit(self._cards[here].box)
        else:
            super().keyPressEvent(event)
