"""The history under the stage: a row a run, its moments side by side; what is chosen is what the stage shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QScrollArea, QSizePolicy, QToolTip, QWidget

from gui.pages.style.paint.runs import Moment, Run
from gui.pages.style.paint.words import PHASES, moment_text, run_name, weights_text
from gui.theme import radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import to_image
from gui.widgets.plain_text import literal

SIDE: Final = 46
NAMES: Final = 152
ROW: Final = SIDE + space.xs
ROWS_SEEN: Final = 3
HEAD: Final = 20

Place = tuple[Run, int]
"""A run and the number of one of its moments."""


class HistoryStrip(QWidget):
    """picked(Run, int): a moment; menuAsked actions: branchAsked(Run, int), besideAsked(Run), removeAsked(Run),
    settingsAsked(Run, int)."""

    picked = Signal(object, int)
    branchAsked = Signal(object, int)
    besideAsked = Signal(object)
    removeAsked = Signal(object)
    settingsAsked = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[Run, ...] = ()
        self._chosen: Place | None = None
        self._thumbs: dict[Moment, QImage] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("History of the runs")
        self.setFixedHeight(ROW)
        theme.changed.connect(self.update)

    @property
    def runs(self) -> tuple[Run, ...]:
        """From the newest to the oldest, as they are shown."""
        return self._runs

    @property
    def chosen(self) -> Place | None:
        return self._chosen

    def show_runs(self, runs: Sequence[Run], chosen: Place | None) -> None:
        """Show the runs, the newest above, and which moment is on the stage."""
        self._runs = tuple(reversed(runs))
        self._chosen = chosen
        known = {moment for run in self._runs for moment in run.moments}
        self._thumbs = {moment: image for moment, image in self._thumbs.items() if moment in known}
        self.setFixedHeight(max(len(self._runs), 1) * ROW)
        self.setAccessibleDescription(
            "; ".join(f"{run_name(run)}, {len(run.moments)} pictures" for run in self._runs)
        )
        self.update()

    # --- where everything is ---------------------------------------------------------------------------------

    def shown(self, run: Run) -> list[int]:
        """The numbers of the moments for which there is room, evenly spread, the last among them."""
        count, room = len(run.moments), max(int((self.width() - NAMES) // (SIDE + 2)), 1)
        if count <= room:
            return list(range(count))
        return [round(index * (count - 1) / max(room - 1, 1)) for index in range(room)]

    def cell(self, row: int, column: int) -> QRectF:
        """Where a thumbnail is."""
        return QRectF(NAMES + column * (SIDE + 2), row * ROW + 2, SIDE, SIDE)

    def place_at(self, point: QPointF) -> Place | None:
        """The moment under a point; over the name of a run its last one."""
        row = int(point.y() // ROW)
        if not 0 <= row < len(self._runs) or not self._runs[row].moments:
            return None
        run = self._runs[row]
        if point.x() < NAMES:
            return run, len(run.moments) - 1
        shown = self.shown(run)
        column = int((point.x() - NAMES) // (SIDE + 2))
        return (run, shown[column]) if 0 <= column < len(shown) else None

    def sizeHint(self) -> QSize:
        return QSize(NAMES + 4 * SIDE, self.height())

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, run in enumerate(self._runs):
            self._paint_name(painter, row, run)
            for column, index in enumerate(self.shown(run)):
                self._paint_moment(painter, self.cell(row, column), run, index)
        if self.hasFocus() and self._runs:
            paint_focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), radius.control)

    def _paint_name(self, painter: QPainter, row: int, run: Run) -> None:
        area = QRectF(space.xs, row * ROW + 2, NAMES - space.m, SIDE)
        lines = [
            run_name(run)
            if run.parent is None
            else f"Run {run.number} ← {run.parent[0]}, step {run.parent[1]}"
        ]
        settings = run.wanted if run.painted is None else run.painted.settings
        lines += [weights_text(settings), PHASES[run.phase].split(";")[0].split(":")[0]]
        for number, text in enumerate(lines):
            painter.setFont(theme.font("small", bold=number == 0))
            painter.setPen(theme.colors.text if number == 0 else theme.colors.muted)
            line = QRectF(area.left(), area.top() + number * SIDE / 3, area.width(), SIDE / 3)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_moment(self, painter: QPainter, cell: QRectF, run: Run, index: int) -> None:
        image = self._thumb(run.moments[index])
        area = QRectF(0, 0, image.width(), image.height())
        area.moveCenter(cell.center())
        painter.drawImage(area.topLeft(), image)
        if (
            self._chosen is not None
            and self._chosen[0] is run
            and self._nearest(run, self._chosen[1]) == index
        ):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colors.accent, 2))
            painter.drawRoundedRect(cell.adjusted(0, 0, 0, 0), radius.cell, radius.cell)

    def _nearest(self, run: Run, chosen: int) -> int:
        return min(self.shown(run), key=lambda index: abs(index - chosen))

    def _thumb(self, moment: Moment) -> QImage:
        if moment not in self._thumbs:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._thumbs[moment] = to_image(moment.pixels).scaled(SIDE, SIDE, keep, smooth)
        return self._thumbs[moment]

    # --- pointer and keys ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.picked.emit(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self._moved(Qt.Key(event.key()))
        if place is not None:
            self.picked.emit(*place)
        elif event.key() == Qt.Key.Key_Delete and self._chosen is not None:
            self.removeAsked.emit(self._chosen[0])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen is not None:
            self.branchAsked.emit(*self._chosen)
        else:
            super().keyPressEvent(event)

    def _moved(self, key: Qt.Key) -> Place | None:
        if self._chosen is None or self._chosen[0] not in self._runs:
            return None
        run, index = self._chosen
        row = self._runs.index(run)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            index += 1 if key == Qt.Key.Key_Right else -1
            return run, min(max(index, 0), len(run.moments) - 1)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            row += 1 if key == Qt.Key.Key_Down else -1
            if 0 <= row < len(self._runs) and self._runs[row].moments:
                return self._runs[row], min(index, len(self._runs[row].moments) - 1)
        return None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        place = self._chosen if keyboard else self.place_at(QPointF(event.pos()))
        if place is not None:
            self.menu(place).popup(event.globalPos())

    def menu(self, place: Place) -> QMenu:
        """What can be done with a moment."""
        run, index = place
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for icon, text, act in (
            ("source-branch", "Go on from here (Return)", lambda: self.branchAsked.emit(run, index)),
            ("tune", "Set the controls as they were here", lambda: self.settingsAsked.emit(run, index)),
            ("compare-horizontal", "Show this run beside another one", lambda: self.besideAsked.emit(run)),
            ("trash-can-outline", "Remove this run (Delete)", lambda: self.removeAsked.emit(run)),
        ):
            menu.addAction(theme.icon(icon), text).triggered.connect(act)
        return menu

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(QPointF(event.pos()))
            tip = "" if place is None else self.tip(place)
            QToolTip.showText(event.globalPos(), literal(tip), self)
            return True
        return super().event(event)

    def tip(self, place: Place) -> str:
        """A moment in words."""
        run, index = place
        moment = run.moments[index]
        return f"{moment_text(run, moment)}\n{weights_text(moment.settings)}"


class StripArea(QScrollArea):
    """Room for a few rows of the strip; more of them scroll."""

    def __init__(self, strip: HistoryStrip) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(strip)
        self.fit(1)

    def fit(self, rows: int, *, low: bool = False) -> None:
        """As high as so many rows, up to a few; one where the window is low."""
        self.setFixedHeight(min(max(rows, 1), 1 if low else ROWS_SEEN) * ROW)
