"""The nine patches beside their nine projections, painted; knows nothing of the engine."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QBrush, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside.patches.requests import UnitPatches
from gui.pages.units.patches import words
from gui.pages.units.patches.keys import place_of
from gui.pages.units.patches.tiles import STALE, Tile, paint_edge, paint_window
from gui.pages.units.patches.wall_layout import COUNT, TITLE, WallLayout, wall_layout
from gui.theme import mix, radius, space, theme, with_alpha
from gui.widgets.stage_text import text_width

LEFT, MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter


class PatchWall(QWidget):
    """hovered(place); left(); opened(place): a patch was clicked, or its number typed; stepped(by): to another unit."""

    hovered = Signal(int)
    left = Signal()
    opened = Signal(int)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: UnitPatches | None = None
        self._tiles: tuple[Tile, ...] = ()
        self._summary = self._sentence = ""
        self._sharp, self._stale = True, False
        self._current: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName("Top patches")
        theme.changed.connect(self.update)

    @property
    def current(self) -> int | None:
        """The tile under the pointer."""
        return self._current

    @property
    def stale(self) -> bool:
        return self._stale

    @property
    def sentence(self) -> str:
        """What is said where there are no patches."""
        return self._sentence

    def show_answer(self, answer: UnitPatches, tiles: Sequence[Tile], summary: str, sentence: str) -> None:
        """Show patches; `sentence` is said where there are none."""
        self._answer, self._tiles, self._summary, self._sentence = answer, tuple(tiles), summary, sentence
        self.setAccessibleDescription(f"{words.heading(answer)}, {summary}, {len(tiles)} patches")
        self.update()

    def show_sharp(self, sharp: bool) -> None:
        """All pixels of the photos, or those that the net gets."""
        self._sharp = sharp
        self.update()

    def say(self, sentence: str) -> None:
        """There are no patches: say why."""
        self._answer, self._tiles, self._sentence = None, (), sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another unit."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def layout_now(self) -> WallLayout:
        """Where everything lies."""
        return wall_layout(float(self.width()), float(self.height()))

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QSizeF(self.size()), on_screen=True)
        if self._stale:
            painter.fillRect(self.rect(), with_alpha(theme.colors.window, STALE))

    def preferred_size(self) -> QSizeF:
        return QSizeF(max(self.width(), 900), max(self.height(), 560))

    def paint(self, painter: QPainter, size: QSizeF, *, on_screen: bool = False) -> None:
        """Draw at any size (exports)."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colors.window)
        if self._answer is None or not self._tiles:
            self._paint_sentence(painter, QRectF(0, 0, size.width(), size.height()))
            return
        layout = wall_layout(size.width(), size.height())
        self._paint_heads(painter, layout)
        for place in range(COUNT):
            tile = self._tiles[place] if place < len(self._tiles) else None
            strong = on_screen and place == self._current and tile is not None
            self._paint_tile(painter, layout, place, tile, strong=strong)

    def _paint_heads(self, painter: QPainter, layout: WallLayout) -> None:
        assert self._answer is not None
        size = "title" if layout.large else "section"
        self._line(painter, layout.title, words.heading(self._answer), size, bold=True)
        self._line(painter, layout.title.adjusted(0, TITLE, 0, 0), self._summary, "small", role="muted")
        titles = (("Patches", words.STRONGEST), ("Projections", words.PROJECTED))
        for area, (title, details) in zip(layout.heads, titles, strict=True):
            self._line(painter, area, title, "section", bold=True)
            if layout.low:
                continue
            fitting = next((one for one in details if text_width(one) <= area.width()), details[-1])
            self._line(painter, area.adjusted(0, TITLE - 2, 0, 0), fitting, "small", role="muted")

    def _line(
        self, painter: QPainter, area: QRectF, text: str, size: str, *, role: str = "text", bold: bool = False
    ) -> None:
        """A line of text at the top of an area, with dots where there is no room."""
        painter.setFont(theme.font(size, bold=bold))
        painter.setPen(getattr(theme.colors, role))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(QRectF(area.left(), area.top(), area.width(), TITLE), LEFT | MIDDLE, shown)

    def _paint_tile(
        self, painter: QPainter, layout: WallLayout, place: int, tile: Tile | None, *, strong: bool
    ) -> None:
        target, other = layout.patches[place], layout.projections[place]
        if tile is None or tile.patch.problem or tile.patch.value == 0:
            text = "" if tile is None else tile.patch.problem or words.NEVER
            for area, said in ((target, text), (other, "")):
                self._paint_blank(painter, area, said)
        else:
            self._paint_image(painter, target, tile.picture(self._sharp), tile)
            self._paint_image(painter, other, tile.projection, tile)
            for area in (target, other):
                paint_edge(painter, area, strong=strong)
        if tile is not None:
            self._paint_caption(painter, layout, place, tile)

    def _paint_image(self, painter: QPainter, area: QRectF, image: QImage | None, tile: Tile) -> None:
        if image is None:
            painter.fillRect(area, theme.colors.raised)
        else:
            paint_window(painter, area, image, tile)

    def _paint_blank(self, painter: QPainter, area: QRectF, text: str) -> None:
        colors = theme.colors
        painter.setPen(QPen(mix(colors.line, colors.muted, 0.35), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QBrush(colors.surface))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius.cell, radius.cell)
        painter.setFont(theme.font("small"))
        painter.setPen(colors.muted)
        inner = area.adjusted(space.xs, space.xs, -space.xs, -space.xs)
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_caption(self, painter: QPainter, layout: WallLayout, place: int, tile: Tile) -> None:
        area = layout.captions[place]
        size = "body" if layout.large else "small"
        half = (area.height() - space.s) / (1 if layout.low else 2)
        painter.setFont(theme.font(size, mono=True))
        painter.setPen(theme.colors.text)
        line = QRectF(area.left(), area.top() + 1, area.width(), half)
        painter.drawText(line, LEFT | MIDDLE, f"{place + 1}")
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | MIDDLE, words.number(tile.patch.value))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        if not layout.low:
            name = painter.fontMetrics().elidedText(
                tile.patch.title, Qt.TextElideMode.ElideMiddle, int(area.width())
            )
            painter.drawText(line.translated(0, half), LEFT | MIDDLE, name)
        if tile.patch.projection is not None and tile.patch.value:
            beside = line.translated(layout.projections[place].left() - area.left(), 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | MIDDLE, words.extent(tile.patch))

    def _paint_sentence(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colors.muted)
        inner = area.adjusted(space.xl, space.xl, -space.xl, -space.xl)
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._sentence)

    # --- pointer and keys ------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.layout_now().at(event.position())
        self._point_at(place if place is not None and place < len(self._tiles) else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def _point_at(self, place: int | None) -> None:
        if place == self._current:
            return
        self._current = place
        self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
        self.update()
        if place is None:
            self.left.emit()
        else:
            self.hovered.emit(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.layout_now().at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self._open(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, place = event.key(), place_of(event, len(self._tiles))
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            self.stepped.emit(1 if key == Qt.Key.Key_Right else -1)
        elif place is not None:
            self._open(place)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._tiles:
            self._open(self._current or 0)
        else:
            super().keyPressEvent(event)

    def _open(self, place: int) -> None:
        if place < len(self._tiles) and self._tiles[place].seen is not None:
            self.opened.emit(place)
