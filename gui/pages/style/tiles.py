"""The content and the styles as tiles: chosen by a click, filled by a drop, each with its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from engine.images import Frame
from gui.drops import paths_of
from gui.theme import CONTROL_HEIGHT, ICON_SIZE, STALE_OPACITY, radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import Picture
from gui.widgets.plain_text import literal

HEIGHT: Final = 124
LINE: Final = 17
COLUMNS: Final = 2


class Tile(QWidget):
    """One picture. chosen(): by a click or Return; dropped(Path): a file fell on it; removeAsked(): Delete."""

    chosen = Signal()
    dropped = Signal(object)
    removeAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture()
        self._title = self._name = self._problem = ""
        self._chosen = self._hit = self._removable = False
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAcceptDrops(True)
        theme.changed.connect(self.update)

    @property
    def title(self) -> str:
        return self._title

    @property
    def is_chosen(self) -> bool:
        return self._chosen

    def show_picture(
        self, title: str, frame: Frame | None, problem: str = "", *, chosen: bool, removable: bool
    ) -> None:
        """What the tile is, and what is in it; a problem is said in the place of the picture."""
        self._title, self._problem, self._chosen, self._removable = title, problem, chosen, removable
        self._name = "" if frame is None else frame.name
        self._picture.set(None if frame is None else frame.pixels)
        size = "" if frame is None else f"{frame.width} × {frame.height} pixels"
        note = "" if frame is None or not frame.note else f" ({frame.note})"
        about = problem or (f"{self._name}, {size}{note}" if frame is not None else "on its way")
        self.setAccessibleName(f"{title}: {about}")
        self.setToolTip(literal(f"{title}: {about}. Drop a picture here, or choose one below."))
        self.update()

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        marked = self._chosen or self._hit
        painter.setPen(QPen(colors.accent if marked else colors.line, 2 if marked else 1))
        painter.setBrush(colors.selected if marked else colors.raised)
        painter.drawRoundedRect(card, radius.card, radius.card)
        inner = card.adjusted(space.s, space.xs, -space.s, -space.xs)
        title = QRectF(inner.left(), inner.top(), inner.width(), LINE)
        name = QRectF(inner.left(), inner.bottom() - LINE, inner.width(), LINE)
        self._words(painter, title, self._title, bold=True)
        self._words(painter, name, self._name)
        self._paint_picture(
            painter, QRectF(inner.left(), title.bottom() + 2, inner.width(), name.top() - title.bottom() - 4)
        )
        if self.hasFocus():
            paint_focus_ring(painter, card.adjusted(2, 2, -2, -2), radius.card - 2)

    def _paint_picture(self, painter: QPainter, room: QRectF) -> None:
        width, height = self._picture.size
        if not width:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colors.error if self._problem else theme.colors.muted)
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(room, flags, self._problem or "…")
            return
        scale = min(room.width() / width, room.height() / height)
        area = QRectF(0, 0, max(width * scale, 1), max(height * scale, 1))
        area.moveCenter(room.center())
        painter.setOpacity(STALE_OPACITY if self._problem else 1.0)
        self._picture.paint(painter, area, self.devicePixelRatioF())
        painter.setOpacity(1.0)

    def _words(self, painter: QPainter, area: QRectF, text: str, *, bold: bool = False) -> None:
        painter.setFont(theme.font("small", bold=bold))
        painter.setPen(theme.colors.text if bold else theme.colors.muted)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    # --- pointer, keys, drops --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._removable:
            self.removeAsked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(theme.icon("check"), "Choose a picture for it").triggered.connect(self.chosen)
        remove = menu.addAction(theme.icon("trash-can-outline"), "Remove this style (Delete)")
        remove.triggered.connect(self.removeAsked)
        remove.setEnabled(self._removable)
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Several files are not for one tile: the window shares them out.
        if len(paths_of(event.mimeData())) == 1:
            event.acceptProposedAction()
            self._mark(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(False)
        paths = paths_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths[0])

    def _mark(self, hit: bool) -> None:
        self._hit = hit
        self.update()


class Tiles(QWidget):
    """chosen(int), dropped(int, Path), removeAsked(int): of a tile, counted from the content's 0; addAsked()."""

    chosen = Signal(int)
    dropped = Signal(int, Path)
    removeAsked = Signal(int)
    addAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: list[Tile] = []
        self._chosen = 0
        self.add_button = _button("plus", "Another style")
        self.remove_button = _button("trash-can-outline", "Remove the chosen style")
        self.add_button.clicked.connect(self.addAsked)
        self.remove_button.clicked.connect(self._remove_chosen)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(space.s)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.add_button)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        theme.changed.connect(self._retint)
        self._retint()

    def show_pictures(
        self, frames: Sequence[Frame | None], problems: Sequence[str], chosen: int, most: int
    ) -> None:
        """The content's picture first. `most`: how many styles there may be."""
        while len(self.tiles) < len(frames):
            self._append()
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < len(frames))
        several = len(frames) > 2
        for index, (frame, problem) in enumerate(zip(frames, problems, strict=True)):
            title = "Content" if index == 0 else f"Style {index}" if several else "Style"
            self.tiles[index].show_picture(
                title, frame, problem, chosen=index == chosen, removable=index > 0 and several
            )
        self.add_button.setEnabled(len(frames) - 1 < most)
        self.remove_button.setEnabled(several and chosen > 0)
        self._chosen = chosen

    def _append(self) -> None:
        index, tile = len(self.tiles), Tile()
        tile.chosen.connect(lambda: self.chosen.emit(index))
        tile.dropped.connect(lambda path: self.dropped.emit(index, path))
        tile.removeAsked.connect(lambda: self.removeAsked.emit(index))
        self.tiles.append(tile)
        self._grid.addWidget(tile, index // COLUMNS, index % COLUMNS)
        self._grid.addWidget(self._tools, index // COLUMNS + 1, 0, 1, COLUMNS)

    @Slot()
    def _retint(self) -> None:
        self.add_button.setIcon(theme.icon("plus"))
        self.remove_button.setIcon(theme.icon("trash-can-outline"))

    @Slot()
    def _remove_chosen(self) -> None:
        self.removeAsked.emit(self._chosen)


def _button(icon: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFixedHeight(CONTROL_HEIGHT)
    if icon == "plus":
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
