"""Classes with their probabilities as bars; beside each, what it was in an answer that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.theme import (
    PROBABILITY_DARK,
    PROBABILITY_LIGHT,
    STALE_OPACITY,
    mix,
    radius,
    space,
    theme,
    with_alpha,
)
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.plain_text import literal

ROW: Final = 30
HEAD: Final = 18
"""Height of the line with the names of the columns."""
BAR: Final = 16
LEAST_TRACK, LEAST_LABEL = 72, 64
LABEL_SHARE: Final = 0.36
SMALLEST: Final = 0.0001
UNCHANGED: Final = 0.0005
NEW: Final = "new"
PROBABILITY, LOGIT, CHANGE = "probability", "logit", "change"


@dataclass(frozen=True, slots=True)
class Bar:
    """One class, the net's `index`-th from 0 (names may repeat). `probability` 0..1.

    `before`: the same in the answer that it is compared with, None without one.
    `is_new`: it was not among the likeliest before. `note` stands behind the name ("was first").
    """

    index: int
    label: str
    probability: float
    before: float | None = None
    logit: float | None = None
    is_new: bool = False
    note: str = ""


def percent(probability: float) -> str:
    """A probability as people read it, wide enough for three digits: "93.1 %", "< 0.01 %"."""
    if 0 < probability < SMALLEST:
        return "< 0.01 %"
    if probability < 0.0095:
        return f"{probability * 100:.2f} %"
    return f"{probability * 100:.1f} %"


def difference(now: float, before: float) -> str:
    """The change in percentage points: "+12.3", "−0.4", "±0.0"."""
    change = now - before
    if abs(change) < UNCHANGED:
        return "±0.0"
    return f"{change * 100:+.1f}".replace("-", "−")


class ProbabilityBars(QWidget):
    """A row a class: name, bar, probability, on demand its logit, and the change where there is something before.

    hovered(int): the row under the pointer or chosen by the arrow keys, -1 for none; clicked(int).
    """

    hovered = Signal(int)
    clicked = Signal(int)

    def __init__(
        self, name: str = "Likeliest classes", parent: QWidget | None = None, *, heading: str = PROBABILITY
    ) -> None:
        super().__init__(parent)
        self._heading = heading
        self._bars: tuple[Bar, ...] = ()
        self._rows_kept = 0
        self._stale = self._logits = False
        self._row = -1  # where the pointer is, also while there are fewer rows
        self._tip: tuple[str, QPoint] = ("", QPoint())
        self._empty = ""
        self._name = name
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyled)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self._bars

    @property
    def stale(self) -> bool:
        return self._stale

    @property
    def empty_text(self) -> str:
        """What is said in place of bars."""
        return self._empty

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these rows, from the top."""
        self._bars = tuple(bars)
        self._describe()
        self._refresh_tip()
        self.updateGeometry()
        self.update()

    def set_empty_text(self, text: str) -> None:
        """What is said where there are no bars."""
        self._empty = text
        self._describe()
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Dim the rows while a newer answer is being computed."""
        if stale != self._stale:
            self._stale = stale
            self._refresh_tip()
            self.update()

    def set_logits(self, shown: bool) -> None:
        """Show the logit of every row, too."""
        if shown != self._logits:
            self._logits = shown
            self.update()

    def keep_rows(self, rows: int) -> None:
        """Keep the room of this many rows even where there are fewer, so that nothing around jumps."""
        self._rows_kept = rows
        self.updateGeometry()

    def _describe(self) -> None:
        said = [f"{bar.label} {percent(bar.probability)}" for bar in self._bars]
        self.setAccessibleDescription("; ".join(said) or self._empty)

    def _restyled(self) -> None:
        self.updateGeometry()
        self.update()

    # --- geometry --------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(420, HEAD + ROW * max(len(self._bars), self._rows_kept, 1))

    def minimumSizeHint(self) -> QSize:
        width = LEAST_LABEL + LEAST_TRACK + sum(self._number_widths()) + space.xs
        return QSize(round(width), self.sizeHint().height())

    def preferred_size(self) -> QSizeF:
        """For exports."""
        return QSizeF(max(self.width(), 420), HEAD + ROW * max(len(self._bars), 1))

    def row_at(self, y: float) -> int:
        """The row at a height, -1 beneath the last."""
        row = int((y - HEAD) // ROW)
        return row if 0 <= row < len(self._bars) else -1

    def _number_widths(self) -> tuple[float, float, float]:
        """Of the columns probability, logit and change; 0 for one that is not shown."""
        mono, small = QFontMetricsF(theme.font("small", mono=True)), QFontMetricsF(theme.font("small"))
        number = max(mono.horizontalAdvance("< 0.01 %"), small.horizontalAdvance(self._heading)) + space.m
        logit = mono.horizontalAdvance("−00.00") + space.m if self._logits else 0.0
        compared = any(bar.before is not None for bar in self._bars)
        change = max(mono.horizontalAdvance("+100.0"), small.horizontalAdvance(CHANGE)) + space.m
        return number, logit, change if compared else 0.0

    def _columns(self, width: float) -> tuple[float, float, float, float, float]:
        """Left edges: track, probability, logit, change; and the right end. Names begin at the left."""
        number, logit, change = self._number_widths()
        right = width - space.xs
        longest = max((self._label_width(bar) for bar in self._bars), default=0.0)
        room = right - number - logit - change
        label = min(longest + space.l, max(width * LABEL_SHARE, room - 4 * LEAST_TRACK), room - LEAST_TRACK)
        return label, right - change - logit - number, right - change - logit, right - change, right

    def _label_width(self, bar: Bar) -> float:
        width = QFontMetricsF(theme.font("body", bold=True)).horizontalAdvance(bar.label)
        tag = NEW if bar.is_new else bar.note
        return width + (QFontMetricsF(theme.font("small")).horizontalAdvance(tag) + space.l if tag else 0)

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        if 0 <= self._row < len(self._bars):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colors.hover)
            painter.drawRoundedRect(
                QRectF(0, HEAD + self._row * ROW, self.width(), ROW), radius.control, radius.control
            )
        self.paint(painter, QSizeF(self.size()))
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the rows at a size; exports use it, too."""
        if not self._bars:
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(0, 0, size.width(), size.height()), flags, self._empty)
            return
        painter.save()
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        columns = self._columns(size.width())
        self._paint_head(painter, columns)
        for index, bar in enumerate(self._bars):
            self._paint_row(
                painter, QRectF(0, HEAD + index * ROW, size.width(), ROW), bar, columns, first=index == 0
            )
        painter.restore()

    def _paint_head(self, painter: QPainter, columns: tuple[float, ...]) -> None:
        """What the numbers are."""
        _track, _number, logit, change, right = columns
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        reach = painter.fontMetrics().horizontalAdvance(self._heading)
        painter.drawText(QRectF(logit - reach - space.xs, 0, reach + space.xs, HEAD), flags, self._heading)
        if self._logits:
            painter.drawText(QRectF(logit, 0, change - logit, HEAD), flags, LOGIT)
        if right > change:
            painter.drawText(QRectF(change, 0, right - change, HEAD), flags, CHANGE)

    def _paint_row(
        self, painter: QPainter, row: QRectF, bar: Bar, columns: tuple[float, ...], *, first: bool
    ) -> None:
        track_left, number_left, logit_left, change_left, right = columns
        self._paint_name(painter, QRectF(space.xs, row.y(), track_left - space.m, ROW), bar, first=first)
        track = QRectF(track_left, row.center().y() - BAR / 2, number_left - track_left, BAR)
        self._paint_bar(painter, track, bar)
        colors, small = theme.colors, theme.font("small", mono=True)
        painter.setFont(small)
        at_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colors.text)
        painter.drawText(
            QRectF(number_left, row.y(), logit_left - number_left, ROW), at_right, percent(bar.probability)
        )
        painter.setPen(colors.muted)
        if self._logits and bar.logit is not None:
            text = f"{bar.logit:.2f}".replace("-", "−")
            painter.drawText(QRectF(logit_left, row.y(), change_left - logit_left, ROW), at_right, text)
        if bar.before is not None:
            self._paint_change(painter, QRectF(change_left, row.y(), right - change_left, ROW), bar)

    def _paint_name(self, painter: QPainter, area: QRectF, bar: Bar, *, first: bool) -> None:
        colors, font = theme.colors, theme.font("body", bold=first)
        tag = NEW if bar.is_new else bar.note
        small = theme.font("small")
        tag_width = QFontMetricsF(small).horizontalAdvance(tag) + space.s if tag else 0.0
        metrics = QFontMetricsF(font)
        name = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, area.width() - tag_width)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(colors.text)
        painter.drawText(area, flags, name)
        if tag:
            painter.setFont(small)
            painter.setPen(colors.accent if bar.is_new else colors.muted)
            painter.drawText(area.adjusted(metrics.horizontalAdvance(name) + space.s, 0, 0, 0), flags, tag)

    def _paint_bar(self, painter: QPainter, track: QRectF, bar: Bar) -> None:
        colors = theme.colors
        hue = PROBABILITY_DARK[-1] if theme.dark else PROBABILITY_LIGHT[-1]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(colors.surface, colors.text, 0.07))
        painter.drawRoundedRect(track, radius.cell, radius.cell)
        if bar.before is not None and bar.before > 0:
            ghost = QRectF(
                track.x(), track.y(), max(track.width() * min(bar.before, 1.0), 1.0), track.height()
            )
            painter.setBrush(with_alpha(colors.text, 0.10))
            painter.drawRoundedRect(ghost, radius.cell, radius.cell)
        share = min(max(bar.probability, 0.0), 1.0)
        if share > 0:
            inset = BAR / 4 if bar.before is not None else 0.0
            filled = QRectF(track.x(), track.y() + inset, max(track.width() * share, 1.0), BAR - 2 * inset)
            painter.setBrush(QColor(*hue))
            painter.drawRoundedRect(filled, radius.cell, radius.cell)
        if bar.before is not None:
            self._paint_mark(painter, track, bar.before)

    def _paint_mark(self, painter: QPainter, track: QRectF, before: float) -> None:
        """Where the bar ended before."""
        x = track.x() + track.width() * min(max(before, 0.0), 1.0)
        painter.setPen(QPen(theme.colors.muted, 2))
        painter.drawLine(QPointF(x, track.top() - 1), QPointF(x, track.bottom() + 1))

    def _paint_change(self, painter: QPainter, area: QRectF, bar: Bar) -> None:
        before = bar.before or 0.0
        change = bar.probability - before
        colors = theme.colors
        if abs(change) < UNCHANGED:
            painter.setPen(colors.muted)
        else:
            painter.setPen(colors.good if change > 0 else colors.error)
        painter.setFont(theme.font("small", mono=True))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags, difference(bar.probability, before))

    # --- pointer and keys ------------------------------------------------------------------------------------

    def _point_at(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self.update()
            self.hovered.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and row >= 0:
            self.clicked.emit(row)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._bars:
            start = self._row if 0 <= self._row < len(self._bars) else (-1 if step > 0 else len(self._bars))
            self._point_at(min(max(start + step, 0), len(self._bars) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._row < len(self._bars):
            self.clicked.emit(self._row)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(self.tip(self.row_at(event.pos().y())), event.globalPos())
            return True
        return super().event(event)

    def _show_tip(self, text: str, place: QPoint) -> None:
        text = literal(text)
        self._tip = (text, place)
        QToolTip.showText(place, text, self)

    def _refresh_tip(self) -> None:
        """A tip on show follows the rows; it goes with the row, and while the rows are of the past."""
        text, place = self._tip
        if text and QToolTip.isVisible() and QToolTip.text() == text:
            row = self.row_at(self.mapFromGlobal(place).y())
            self._show_tip("" if self._stale else self.tip(row), place)

    def tip(self, row: int) -> str:
        """A row in words: the whole name, probability, logit, and what it was before."""
        if not 0 <= row < len(self._bars):
            return ""
        bar = self._bars[row]
        words = [f"{bar.label}: {self._heading} {bar.probability:.6f}"]
        if bar.logit is not None:
            words.append(f"logit {bar.logit:.4f}".replace("-", "−"))
        if bar.before is not None:
            words.append(f"before {bar.before:.6f}")
        return ", ".join(words)
