"""The views of a picture: linked tiles as a plan says, the band above them, a sentence beneath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize, QSizeF, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.foundations.edges.requests import FilteredPicture
from gui.pages.edges.band import cell_rows
from gui.pages.edges.plan import Plan
from gui.pages.edges.tile import FOOT, KERNEL_SIDES, NAME, Tile, head_height
from gui.pages.edges.tile_layout import tile_places
from gui.pages.edges.under import pixel_rows
from gui.theme import space, theme
from gui.widgets.canvas import Canvas
from gui.widgets.frame_view import View
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_text import text_width

Cell = tuple[int, int]
"""(x, y), as a FrameView counts."""
MOST_TILES: Final = 8
SENTENCE: Final = 22.0
LONGEST_SENTENCE: Final = 780
TWO_LINES: Final = 1.8
BAND_SHARE: Final = 0.19
LOWEST_BAND, HIGHEST_BAND = 104.0, 228.0
STALE_AFTER_MS: Final = 120
"""An answer that takes no longer is on the screen before anybody could see that the old one was dimmed."""
EMPTY: Final = ("The picture is being filtered.", "timer-sand")


class MapsView(QWidget):
    """Shows plans; all tiles share the zoom and the cursor.

    pointed(rows): what the inspector says, empty when the pointer left; cursorMoved(): the band may follow `cursor`;
    dividerMoved(share); dimmed(): what is on show has become old; menuRequested(plate or None, place on the screen).
    """

    pointed = Signal(list)
    cursorMoved = Signal()
    dividerMoved = Signal(float)
    dimmed = Signal()
    menuRequested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.band = Canvas(self)
        self.band.setAccessibleName("Kernels")
        self.band.setMinimumSize(120, 60)  # the view lays it out by hand
        self.tiles = [Tile(self) for _ in range(MOST_TILES)]
        self._plan: Plan | None = None
        self._result: FilteredPicture | None = None
        self._cursor: Cell | None = None
        self._with_band, self._band_share = True, 1.0
        self._said: tuple[str, float] = ("", 0.0)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(STALE_AFTER_MS)
        self._late.timeout.connect(self._grew_old)
        self._connect()
        self.show_nothing(*EMPTY)

    def _connect(self) -> None:
        for tile in self.tiles:
            tile.view.viewChanged.connect(self._zoomed)
            tile.view.hovered.connect(self._over)
            tile.view.left.connect(self._left)
            tile.view.dividerMoved.connect(self.dividerMoved)
        self.band.cellHovered.connect(self._over_band)
        self.band.hoverLeft.connect(self._tell)
        self.band.menuRequested.connect(self.menuRequested)
        self.band.arrowPressed.connect(self._arrow_in_band)
        theme.changed.connect(self.update)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def result(self) -> FilteredPicture | None:
        """The answer on show, None where there is none."""
        return self._result

    @property
    def plan(self) -> Plan | None:
        return self._plan

    @property
    def cursor_place(self) -> Cell | None:
        """The pixel (x, y) under the pointer, in every tile."""
        return self._cursor

    @property
    def stale(self) -> bool:
        """Whether what is on show is dimmed, as another answer is on its way."""
        return self.tiles[0].view.stale

    def shown_tiles(self) -> list[Tile]:
        return [tile for tile in self.tiles if not tile.isHidden()]

    def show_plan(
        self, plan: Plan, result: FilteredPicture, *, divider: float = 0.5, live: bool = False
    ) -> None:
        """Show an answer as a plan says."""
        new_size = self._result is None or self._result.pixels.shape != result.pixels.shape
        self._plan, self._result = plan, result
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < len(plan.tiles))
            if index < len(plan.tiles):
                tile.show_plan(plan.tiles[index], result, divider, live)
        if new_size and self._cursor is not None and not self._inside(self._cursor):
            self._cursor = None
        self._arrange()
        self._mark()
        self._say()

    def set_divider(self, share: float) -> None:
        """Put the divider of a wiped picture somewhere else."""
        tile = self.tiles[0]
        if tile.view.wiped and self._result is not None:
            tile.view.set_over(self._result.pixels, share)

    def show_nothing(self, sentence: str, icon: str) -> None:
        """There is no answer: say why in its place."""
        self._plan = self._result = None
        self._late.stop()
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index == 0)
            tile.view.set_stale(False)
        self.tiles[0].show_nothing(sentence, icon)
        self._arrange()
        self._say()

    def show_band(self, builder: Callable[[QSizeF], Scene] | None, share: float = 1.0) -> None:
        """Show what a builder lays out above the tiles; None: nothing stands there.

        `share` of the width: higher than that what it lays out never gets.
        """
        with_band = builder is not None
        if (self._with_band, self._band_share) != (with_band, share):
            self._with_band, self._band_share = with_band, share
            self.band.setVisible(with_band)
            self._arrange()
        if builder is not None:
            self.band.set_builder(builder, glide=False)

    def expect(self) -> None:
        """Another answer is on its way: unless it comes at once, the old one is dimmed until it is there."""
        if self._result is not None and not self.stale:
            self._late.start()

    def set_fresh(self) -> None:
        """What is on show is what was asked for."""
        self._late.stop()
        self._set_stale(False)

    def set_stale(self) -> None:
        """What is on show is old, and nobody knows for how long."""
        self._late.stop()
        self._show_stale()

    @Slot()
    def _grew_old(self) -> None:
        self._show_stale()
        self.dimmed.emit()

    def _show_stale(self) -> None:
        self._set_stale(self._result is not None)

    def _set_stale(self, stale: bool) -> None:
        for tile in self.tiles:
            tile.view.set_stale(stale)

    # --- layout ----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(960, 720)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The tiles as large as there is room for beneath the lowest band; what they leave makes the band higher."""
        room = QRectF(space.l, space.m, self.width() - 2 * space.l, self.height() - space.m - space.s)
        room.setBottom(room.bottom() - self._sentence_height())
        highest = max(min(self._band_share * room.width(), HIGHEST_BAND), LOWEST_BAND)
        band = min(max(self.height() * BAND_SHARE, LOWEST_BAND), highest) if self._with_band else 0.0
        places, kernel = self._places(room.adjusted(0, band + space.m if self._with_band else 0, 0, 0))
        free = max(room.bottom() - FOOT - max(place.bottom() for place in places), 0.0)
        taller = min(free, highest - band) if self._with_band else 0.0
        if self._with_band:
            self.band.setGeometry(QRectF(room.left(), room.top(), room.width(), band + taller).toRect())
        for tile, place in zip(self.tiles, places, strict=False):
            tile.place(place.translated(0, taller + (free - taller) / 3), kernel)

    def _places(self, room: QRectF) -> tuple[list[QRectF], float]:
        """Where the pictures go, and how large the kernels above them are: larger where that costs no picture room."""
        plan = self._plan
        if plan is None or self._result is None:
            return [room.adjusted(0, NAME, 0, -FOOT)], 0.0
        height, width = self._result.pixels.shape[:2]
        sides = KERNEL_SIDES if plan.tiles[0].kernel is not None else (0.0,)
        options = plan.columns or range(1, len(plan.tiles) + 1)
        found = [
            (tile_places(room, (width, height), len(plan.tiles), head_height(side), options), side)
            for side in sides
        ]
        return max(found, key=lambda one: (round(one[0][0].width()), one[1]))

    @property
    def _sentence(self) -> str:
        if self._plan is None or self._result is None:
            return ""
        return self._result.note or self._plan.sentence

    def _sentence_height(self) -> float:
        """Room for one line, or for two where the longest sentence needs them: a turning kernel changes its words."""
        turning = self._result is not None and self._result.request.what == "response"
        needed = LONGEST_SENTENCE if turning else text_width(self._sentence)
        return SENTENCE * (1 if needed <= self.width() - 2 * space.l else TWO_LINES)

    def _say(self) -> None:
        """Paint the sentence anew where it changed: without it only the tiles that changed are painted."""
        said, before = (self._sentence, self._sentence_height()), self._said
        self._said = said
        if said[1] != before[1]:
            self.update()
        elif said != before:
            self.update(self._sentence_area().toAlignedRect())

    def _sentence_area(self) -> QRectF:
        high = self._sentence_height()
        return QRectF(space.l, self.height() - high - space.xs, self.width() - 2 * space.l, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colors.window)
        area = self._sentence_area()
        if area.intersects(QRectF(event.rect())):
            Words(area, self._sentence, role="muted", wrap=True).paint(painter)

    # --- the cursor ------------------------------------------------------------------------------------------

    @Slot(object)
    def _zoomed(self, view: View) -> None:
        for tile in self.tiles:
            tile.view.set_view(view)

    @Slot(int, int)
    def _over(self, x: int, y: int) -> None:
        self._point((x, y))

    @Slot()
    def _left(self) -> None:
        self._point(None)

    def point_at(self, x: int, y: int) -> None:
        """Put the cursor on a pixel, as the pointer does."""
        self._point((x, y))

    def _point(self, cell: Cell | None) -> None:
        self._cursor = cell if cell is not None and self._inside(cell) else None
        self._mark()
        self.cursorMoved.emit()

    def _inside(self, cell: Cell) -> bool:
        if self._result is None:
            return False
        height, width = self._result.pixels.shape[:2]
        return bool(0 <= cell[0] < width and 0 <= cell[1] < height)

    def _mark(self) -> None:
        """The cross in every tile, the arrow of a gradient, the numbers."""
        vector = self._vector()
        for tile in self.shown_tiles():
            if self._cursor is None:
                tile.view.clear_cursor()
                tile.view.set_arrow(0, 0, None)
            else:
                tile.view.set_cursor(*self._cursor)
                tile.view.set_arrow(*self._cursor, vector)
        self._tell()

    def _vector(self) -> tuple[float, float] | None:
        result, cell = self._result, self._cursor
        if result is None or cell is None or "angle" not in result.names:
            return None
        x, y = cell
        return float(result.map("gx")[y, x]), float(result.map("gy")[y, x])

    @Slot()
    def _tell(self) -> None:
        if self._result is None or self._cursor is None:
            self.pointed.emit([])
        else:
            self.pointed.emit(pixel_rows(self._result, *self._cursor))

    @Slot(str, int, int)
    def _over_band(self, key: str, row: int, column: int) -> None:
        plate = self.band.scene.plate(key)
        if plate is not None:
            self.pointed.emit(cell_rows(plate, row, column))

    @Slot(int, int, bool)
    def _arrow_in_band(self, rows: int, columns: int, far: bool) -> None:
        """The arrow keys move the cursor while the band has the focus, too."""
        many = 10 if far else 1
        self.tiles[0].view.step_cursor(columns * many, rows * many)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuRequested.emit(None, event.globalPos())
