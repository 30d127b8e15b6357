"""A titled group of controls that folds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import CONTROL_HEIGHT, ICON_SIZE, space, theme
from gui.widgets.focus_ring import RING_ROOM, paint_focus_ring


class _Header(QPushButton):
    """The title line of a section with a chevron that shows whether it is open."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setCheckable(True)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors
        chevron = theme.pixmap(
            "chevron-down" if self.isChecked() else "chevron-right",
            ICON_SIZE,
            colors.text if self.hasFocus() or self.underMouse() else colors.muted,
        )
        side = ICON_SIZE + 2 * RING_ROOM
        button = QRectF(self.width() - side, (self.height() - side) / 2, side, side)
        if self.hasFocus():
            paint_focus_ring(painter, button)
        painter.drawPixmap(button.topLeft() + QPointF(RING_ROOM, RING_ROOM), chevron)
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(colors.text)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())


class Section(QWidget):
    """A titled group of controls that folds; `on_fold(folded)` remembers what a person chose."""

    folded = Signal(bool)

    def __init__(
        self,
        title: str,
        *,
        folded: bool = False,
        on_fold: Callable[[bool], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_fold = on_fold
        self.header = _Header(title, self)
        self.body = QWidget(self)
        self._rows = QVBoxLayout(self.body)
        self._rows.setContentsMargins(0, space.xs, 0, space.s)
        self._rows.setSpacing(space.s)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.body)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.set_folded(folded)
        self.header.toggled.connect(self._toggled)
        theme.changed.connect(self.header.update)

    @property
    def is_folded(self) -> bool:
        """Whether the controls are hidden."""
        return not self.header.isChecked()

    def set_title(self, title: str) -> None:
        """Another title, for eyes and for screen readers."""
        self.header.setText(title)
        self._name_header()

    def set_folded(self, folded: bool) -> None:
        """Fold or unfold without a signal."""
        blocked = self.header.blockSignals(True)
        self.header.setChecked(not folded)
        self.header.blockSignals(blocked)
        self._show_body()

    def add(self, widget: QWidget) -> QWidget:
        """Append a control; returns it."""
        self._rows.addWidget(widget)
        return widget

    def add_layout(self, layout: QHBoxLayout | QVBoxLayout) -> None:
        """Append a row of controls."""
        self._rows.addLayout(layout)

    def _show_body(self) -> None:
        self.body.setVisible(not self.is_folded)
        self._name_header()

    def _name_header(self) -> None:
        self.header.setAccessibleName(f"{self.header.text()}, {'folded' if self.is_folded else 'open'}")

    @Slot(bool)
    def _toggled(self, _open: bool) -> None:
        self._show_body()
        self.folded.emit(self.is_folded)
        if self._on_fold is not None:
            self._on_fold(self.is_folded)
