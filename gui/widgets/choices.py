"""Controls that choose: segmented control and combo box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.theme import CONTROL_HEIGHT, ICON_SIZE, PANEL_WIDTH, radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.page_keys import picks_a_view
from gui.widgets.toggle import Toggle as Toggle  # passed on to those who look for it here

LABEL_COLUMN: Final = PANEL_WIDTH // 3
Option = tuple[str, str | QIcon, str]
"""Key, text or icon, tooltip."""


def field_label(text: str, buddy: QWidget, parent: QWidget) -> QLabel:
    """The label of a field in the common label column; hidden where the text is empty."""
    label = QLabel(text, parent)
    label.setBuddy(buddy)
    label.setMinimumWidth(LABEL_COLUMN)
    label.setMinimumHeight(CONTROL_HEIGHT)
    label.setVisible(bool(text))
    return label


class _Segment(QRadioButton):
    """One cell of a segmented control; a radio button to keyboards and screen readers."""

    def __init__(self, face: str | QIcon, parent: QWidget) -> None:
        super().__init__("" if isinstance(face, QIcon) else face, parent)
        self._icon = face if isinstance(face, QIcon) else None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CONTROL_HEIGHT)

    def sizeHint(self) -> QSize:
        content = (
            ICON_SIZE
            if self._icon
            else QFontMetrics(theme.font("body", bold=True)).horizontalAdvance(self.text())
        )
        return QSize(content + space.l, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(CONTROL_HEIGHT, CONTROL_HEIGHT) if self._icon else self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        if self._icon is not None:
            self._paint_icon(painter, self._icon)
            return
        colors = theme.colors
        painter.setFont(theme.font("body", bold=self.isChecked()))
        painter.setPen(colors.accent_text if self.isChecked() else colors.muted)
        if not self.isEnabled():
            painter.setPen(colors.faded)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _paint_ground(self, painter: QPainter) -> None:
        """Chosen: tinted, with a hairline; focused: a ring inside of that line."""
        colors = theme.colors
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.isChecked() or (self.underMouse() and self.isEnabled()):
            painter.setPen(QPen(colors.accent, 1) if self.isChecked() else Qt.PenStyle.NoPen)
            painter.setBrush(colors.selected if self.isChecked() else colors.hover)
            painter.drawRoundedRect(
                inside.adjusted(0.5, 0.5, -0.5, -0.5), radius.control - 2, radius.control - 2
            )
        if self.hasFocus():
            paint_focus_ring(painter, inside.adjusted(1, 1, -1, -1), radius.control - 1)

    def _paint_icon(self, painter: QPainter, icon: QIcon) -> None:
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        corner = QPointF((self.width() - ICON_SIZE) / 2, (self.height() - ICON_SIZE) / 2)
        painter.drawPixmap(corner, icon.pixmap(QSize(ICON_SIZE, ICON_SIZE), self.devicePixelRatioF(), mode))


class Segmented(QWidget):
    """One of a few options side by side; the arrow keys move, `changed(key)` tells what a person chose.

    `columns`: where many options stand in rows of so many; by default all are in one row.
    """

    changed = Signal(str)

    def __init__(
        self,
        options: Sequence[Option],
        *,
        value: str | None = None,
        label: str = "",
        columns: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        columns = columns or max(len(options), 1)
        self._keys = [key for key, _, _ in options]
        self._group = QButtonGroup(self)
        self._tray = _Tray(self, rows=-(-len(options) // columns))
        rows = QVBoxLayout(self._tray)  # each row by itself: a long name takes no room of the others
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for index, (_key, face, tooltip) in enumerate(options):
            if index % columns == 0:
                cells = QHBoxLayout()
                cells.setSpacing(0)
                rows.addLayout(cells)
            segment = _Segment(face, self._tray)
            segment.setToolTip(tooltip)
            name = tooltip if isinstance(face, QIcon) else face
            segment.setAccessibleName(f"{label}: {name}" if label else name)
            segment.setAccessibleDescription(tooltip)
            self._group.addButton(segment, index)
            cells.addWidget(segment)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(field_label(label, self._tray, self))
        row.addWidget(self._tray, 1)
        self.setAccessibleName(label)
        self.set_value(value if value is not None else self._keys[0])
        self._group.idToggled.connect(self._toggled)
        theme.changed.connect(self.update)

    @property
    def value(self) -> str:
        """The key of the chosen option."""
        return self._keys[self._group.checkedId()]

    def set_value(self, key: str) -> None:
        """Choose without a signal. Raises ValueError for an unknown key."""
        blocked = self._group.blockSignals(True)
        self._group.button(self._keys.index(key)).setChecked(True)
        self._group.blockSignals(blocked)

    def button(self, key: str) -> QRadioButton:
        """The cell of an option, for tooltips and for enabling single options."""
        segment = self._group.button(self._keys.index(key))
        assert isinstance(segment, QRadioButton)
        return segment

    @Slot(int, bool)
    def _toggled(self, index: int, on: bool) -> None:
        if on:
            self.changed.emit(self._keys[index])


class _Tray(QWidget):
    """The rounded ground beneath the segments."""

    def __init__(self, parent: QWidget, *, rows: int = 1) -> None:
        super().__init__(parent)
        self.setFixedHeight(rows * CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.raised)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control
        )


class Combo(QComboBox):
    """A combo box that leaves the wheel to the panel until it has the focus and draws its own arrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # by default the wheel would give it the focus first

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if picks_a_view(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colors.muted, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        middle = QPointF(self.width() - space.l, self.height() / 2 + 1)
        arm = space.xs
        painter.drawPolyline(
            [middle + QPointF(-arm, -arm / 2), middle + QPointF(0, arm / 2), middle + QPointF(arm, -arm / 2)]
        )


class Choice(QWidget):
    """One of many options in a labelled combo box; `changed(key)` tells what a person chose."""

    changed = Signal(str)

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, str]],
        *,
        value: str | None = None,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.combo = Combo(self)
        self.combo.setAccessibleName(label)
        self.combo.setFixedHeight(CONTROL_HEIGHT)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(field_label(label, self.combo, self))
        row.addWidget(self.combo, 1)
        self.setFocusProxy(self.combo)
        self.setToolTip(tooltip)
        self.set_options(options, value)
        self.combo.currentIndexChanged.connect(self._chosen)

    @property
    def value(self) -> str:
        """The key of the chosen option, empty when there is none."""
        return str(self.combo.currentData() or "")

    def set_options(self, options: Sequence[tuple[str, str]], value: str | None = None) -> None:
        """Replace the options (key, text) without a signal; keeps the choice where it still exists."""
        keep = self.value if value is None else value
        blocked = self.combo.blockSignals(True)
        self.combo.clear()
        for key, text in options:
            self.combo.addItem(text, key)
        self.combo.setCurrentIndex(max(0, self.combo.findData(keep)))
        self.combo.blockSignals(blocked)

    def set_value(self, key: str) -> None:
        """Choose without a signal. Raises ValueError for an unknown key."""
        index = self.combo.findData(key)
        if index < 0:
            raise ValueError(f"no option {key!r}")
        blocked = self.combo.blockSignals(True)
        self.combo.setCurrentIndex(index)
        self.combo.blockSignals(blocked)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        if index >= 0:
            self.changed.emit(self.value)
