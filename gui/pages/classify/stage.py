"""The stage: the picture with its tools, what the net sees of it, and what it says."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.networks.requests import Classification, WeightsStatus
from gui.pages.classify import figures
from gui.pages.classify.picture_stage import PictureStage
from gui.pages.classify.seen_view import SeenView
from gui.pages.classify.toolbar import ToolBar
from gui.theme import CONTROL_HEIGHT, space, theme
from gui.widgets.plain_text import literal, unmarked
from gui.widgets.probability_bars import ProbabilityBars

ROWS = 6
SAYS = "What the net says"
LEGEND = "│ marks what it was before the edits; change in percentage points"
LEGEND_LIVE = "Freeze the picture to compare"
AGAIN = "Ask again"


class _Line(QWidget):
    """One line of words that ends in dots where there is no room; the whole sentence is its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._text, self._kind = "", "muted"
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CONTROL_HEIGHT)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._text

    def say(self, text: str, kind: str = "muted") -> None:
        """Show a sentence: "muted" or "warn"."""
        if (text, kind) != (self._text, self._kind):
            self._text, self._kind = text, kind
            self.setToolTip(literal(text))
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.warn if self._kind == "warn" else theme.colors.muted)
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class Stage(QWidget):
    """suggestionTaken(str): the person agreed to another net; againAsked(): wants what was cancelled."""

    suggestionTaken = Signal(str)
    againAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools, self.picture, self.seen = ToolBar(), PictureStage(), SeenView()
        self.bars = ProbabilityBars(SAYS)
        self.bars.keep_rows(ROWS)
        self.body = QWidget()
        self._suggested = ""
        self._build()
        self.suggest.clicked.connect(self._take_suggestion)
        self.again.clicked.connect(self.againAsked)

    def _build(self) -> None:
        self.title, self.line, self.suggest = QLabel(SAYS), _Line(), QPushButton()
        self.title.setProperty("role", "section")
        self.again = QPushButton(AGAIN)
        self.again.hide()
        self.suggest.hide()
        top = QHBoxLayout()
        top.setSpacing(space.m)
        top.addWidget(self.picture, 1)
        top.addWidget(self.seen)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(self.title)
        head.addWidget(self.line, 1)
        head.addWidget(self.again)
        head.addWidget(self.suggest)
        body = QVBoxLayout(self.body)
        body.setContentsMargins(space.l, space.m, space.l, space.m)
        body.setSpacing(space.xs)
        body.addLayout(top, 1)
        body.addLayout(head)
        body.addWidget(self.bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.body, 1)

    def sizeHint(self) -> QSize:
        return QSize(720, 640)

    # --- answers ---------------------------------------------------------------------------------------------

    def show_answer(self, answer: Classification, before: Classification | None) -> None:
        """Show what a net says, and beside it what it said to the picture as it came."""
        self.again.hide()
        self.bars.set_empty_text(answer.note)
        self.bars.set_bars(figures.bars(answer, before))
        self.seen.show_answer(answer)
        self.picture.show_window(answer.window if answer.guesses else None)
        if answer.note and answer.guesses:
            self.line.say(answer.note, "warn")
        else:
            self.line.say(LEGEND if before is not None else "")

    def show_nothing(self, sentence: str, *, again: bool = False) -> None:
        """There is no answer: say why; with `again`, it can be asked for."""
        self.again.setVisible(again)
        self.bars.set_empty_text(sentence)
        self.bars.set_bars(())
        self.seen.show_answer(None)
        self.picture.show_window(None)
        self.line.say("")

    def set_stale(self, stale: bool) -> None:
        """The answer on show belongs to the past."""
        self.bars.set_stale(stale)
        self.seen.set_stale(stale)

    def show_suggestion(self, net: WeightsStatus | None) -> None:
        """Offer a net that suits the picture; None offers nothing."""
        before, self._suggested = self._suggested, "" if net is None else net.name
        self.suggest.setVisible(net is not None)
        if net is not None:
            self.suggest.setText(unmarked(f"Use {net.title}"))
            self.suggest.setToolTip(literal(f"{net.title} was trained on pictures like this one"))
            self.suggest.setAccessibleName(f"Use {net.title}")
            self._stress(not self.bars.bars, keep=net.name == before)

    def _stress(self, primary: bool, *, keep: bool) -> None:
        """Where there is no answer the other net is the one thing to do; what was stressed stays so with `keep`."""
        primary = primary or (keep and bool(self.suggest.property("primary")))
        if self.suggest.property("primary") is not primary:
            self.suggest.setProperty("primary", primary)
            self.suggest.style().unpolish(self.suggest)
            self.suggest.style().polish(self.suggest)

    @Slot()
    def _take_suggestion(self) -> None:
        if self._suggested:
            self.suggestionTaken.emit(self._suggested)
