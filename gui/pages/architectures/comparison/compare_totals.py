"""The sums of two networks as bars that grow to both sides of their names."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.networks.graphs.compare import Comparison
from gui.pages.architectures import numbers
from gui.theme import CONTROL_HEIGHT, mix, space, theme
from gui.widgets.number_text import memory_text

BAR = space.m
LINE = CONTROL_HEIGHT


@dataclass(frozen=True, slots=True)
class Measure:
    """One sum of both networks."""

    name: str
    left: int
    right: int
    in_bytes: bool = False

    def text(self, value: int) -> str:
        """The sum as it is written."""
        return memory_text(value) if self.in_bytes else numbers.exact(value)

    @property
    def ratio(self) -> str:
        """How many times as much the right one has: "2.26×"."""
        return numbers.times(self.right, self.left)


def measures(comparison: Comparison) -> tuple[Measure, ...]:
    """The sums that are compared."""
    return tuple(
        Measure(
            total.title.removesuffix(", bytes"),
            total.left,
            total.right,
            in_bytes=total.title.endswith("bytes"),
        )
        for total in comparison.totals
    )


class CompareTotals(QWidget):
    """Painted rows: number and bar on the left, name and ratio in the middle, bar and number on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Measure, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("→ 2×: the right network has twice as much as the left one.")
        theme.changed.connect(self.update)

    def show_rows(self, rows: tuple[Measure, ...]) -> None:
        """Show other sums."""
        self.rows = rows
        self.setAccessibleName(
            "; ".join(f"{m.name}: {m.text(m.left)} against {m.text(m.right)}, {m.ratio}" for m in rows)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, len(self.rows) * LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_rows(painter, QRectF(self.rect()))

    def paint_rows(self, painter: QPainter, area: QRectF) -> None:
        """Draw into a rectangle."""
        if not self.rows:
            return
        names = QFontMetricsF(theme.font("small", bold=True))
        mono = QFontMetricsF(theme.font("small", mono=True))
        middle = (
            max(names.horizontalAdvance(m.name) for m in self.rows)
            + mono.horizontalAdvance("→ 8,888×")
            + space.l
        )
        number = (
            max(mono.horizontalAdvance(m.text(value)) for m in self.rows for value in (m.left, m.right))
            + space.s
        )
        half = max((area.width() - middle) / 2 - space.l, 0)
        bars = max(half - number, 0)
        for index, measure in enumerate(self.rows):
            line = QRectF(area.left(), area.top() + index * LINE, area.width(), LINE)
            self._paint_middle(
                painter, QRectF(line.center().x() - middle / 2, line.top(), middle, LINE), measure
            )
            most = max(measure.left, measure.right, 1)
            for right, value in ((False, measure.left), (True, measure.right)):
                self._paint_side(
                    painter, line, half, number, bars * value / most, measure.text(value), right=right
                )

    def _paint_middle(self, painter: QPainter, area: QRectF, measure: Measure) -> None:
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(theme.colors.text)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, measure.name)
        painter.setFont(theme.font("small", mono=True))
        same = measure.left == measure.right
        painter.setPen(theme.colors.muted if same else theme.colors.accent_text)
        text = "same" if same else f"→ {measure.ratio}"
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_side(
        self,
        painter: QPainter,
        line: QRectF,
        half: float,
        number: float,
        bar: float,
        text: str,
        *,
        right: bool,
    ) -> None:
        top = line.center().y() - BAR / 2
        bar = max(bar, 1.0)
        inner = line.right() - half if right else line.left() + half
        area = QRectF(inner if right else inner - bar, top, bar, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(side_color(right=right))
        painter.drawRoundedRect(area, space.xs / 2, space.xs / 2)
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.text)
        align = Qt.AlignmentFlag.AlignLeft if right else Qt.AlignmentFlag.AlignRight
        start = area.right() + space.s if right else area.left() - space.s - number
        painter.drawText(QRectF(start, line.top(), number, LINE), align | Qt.AlignmentFlag.AlignVCenter, text)


def side_color(*, right: bool) -> QColor:
    """The colour of a network's bars: the left one's is quiet."""
    return theme.colors.accent if right else mix(theme.colors.muted, theme.colors.surface, 0.25)
