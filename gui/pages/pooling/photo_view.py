"""The picture view: a photo or the camera beside what pooling leaves of it, linked pixel by window."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from engine.foundations.pooling.picture import WHITE
from engine.foundations.pooling.problems import geometry
from engine.foundations.pooling.requests import PoolPictureResult
from engine.foundations.pooling.spec import PoolGeometry
from engine.images import Frame
from gui.pages.pooling.scene_parts import KIND_NAMES
from gui.theme import space, theme, with_alpha
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.plate import number_text
from gui.widgets.scene import Words
from gui.widgets.stage_text import plain

Cell = tuple[int, int]
"""(x, y), as a FrameView counts."""
HEAD: Final = 26.0
FOOT: Final = 22.0
HINT: Final = "Point at a pixel of either picture to see its window."
WAITING: Final = "The picture is being pooled."
EMPTY: Final = "The pooled picture comes here."
LEAST_OUTLINE: Final = 3.0
LEAST_SIDE: Final = 24.0


class PooledPictureView(QWidget):
    """Two linked views with their captions; pointed(rows): what the inspector says, empty when the pointer left."""

    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source, self.pooled = FrameView("Input picture", self), FrameView("Pooled picture", self)
        self.pooled.set_empty_text(EMPTY, "dots-grid")
        self._result: PoolPictureResult | None = None
        self._geometry: PoolGeometry | None = None
        self._true_size = False
        self._target: Cell | None = None
        for view in (self.source, self.pooled):
            view.left.connect(self._left_views)
        self.source.viewChanged.connect(self._source_zoomed)
        self.pooled.viewChanged.connect(self._pooled_zoomed)
        self.source.hovered.connect(self._over_source)
        self.pooled.hovered.connect(self._over_pooled)
        self.source.set_overlay(self._paint_window)
        theme.changed.connect(self.update)
        QWidget.setTabOrder(self.source, self.pooled)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def result(self) -> PoolPictureResult | None:
        """The answer on show, None where there is none."""
        return self._result

    @property
    def stale(self) -> bool:
        return self.pooled.stale

    def set_true_size(self, on: bool) -> None:
        """Draw the pooled picture on the scale of the input, as small as it is, instead of as large as the input."""
        if on != self._true_size:
            self._true_size = on
            self._arrange()

    def show_waiting(self, frame: Frame | None) -> None:
        """A new answer is on its way: the old one stays, tinted."""
        if frame is not None and self._result is None:
            self.source.set_frame(frame)
            self._arrange()
        self.pooled.set_empty_text(WAITING, "timer-sand")
        self.pooled.set_stale(self._result is not None)

    def show_result(self, result: PoolPictureResult) -> None:
        """Show the picture that was pooled and what came out."""
        self._result = result
        self._geometry = geometry(result.spec, (3, *result.pixels.shape[:2]))
        if result.frame is not None and result.frame.pixels is result.pixels:
            self.source.set_frame(result.frame)
        elif self.source.pixels is not result.pixels:
            self.source.set_rgb(result.pixels)
        self.pooled.set_rgb(result.shown)
        self.pooled.set_stale(False)
        if self._target is not None and not self._inside(self._target):
            self._target = None
        self._arrange()
        self._tell()

    def show_failure(self, sentence: str) -> None:
        """There is no answer: say why in its place; the picture stays."""
        self._result = self._geometry = self._target = None
        self.pooled.set_stale(False)
        self.pooled.set_empty_text(sentence, "alert-circle-outline")
        self.pooled.set_rgb(None)
        self.update()

    def facts(self) -> list[Fact]:
        """What the inspector says about the whole picture."""
        result = self._result
        if result is None:
            return []
        height, width = result.pixels.shape[:2]
        rows, cols = result.values.shape[1:]
        low, high = result.extremes
        share = rows * cols / (height * width)
        return [
            ("picture", f"{height} × {width} × 3", result.note or "Rows × columns × channels."),
            ("pooled", f"{rows} × {cols} × 3", "Every channel on its own."),
            ("values left", f"{share:.1%}", "Of those of the picture."),
            ("lowest, highest", f"{number_text(low, 1)}, {number_text(high, 1)}", "True values over all channels."),
            ("drawn white", plain(round(result.white, 1)), "The value that the brightest colour stands for."),
            ("parameters", "0", "Nothing is learned."),
            ("took", f"{result.seconds * 1000:.1f} ms", "The pooling alone."),
        ]  # fmt: skip

    # --- layout and captions ---------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(960, 620)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Both boxes as large as there is room for, beside or below each other; the pooled one maybe in true size."""
        width, height = self.source.picture_size if self.source.picture_size[0] else (4, 3)
        room_w, room_h = self.width() - 2 * space.xl, self.height() - space.m - space.l
        beside = min((room_w - space.xl) / 2 / width, (room_h - HEAD - FOOT) / height)
        below = min(room_w / width, ((room_h - space.l) / 2 - HEAD - FOOT) / height)
        scale = max(beside, below, 0.05)
        box = QRectF(0, 0, width * scale, height * scale)
        across = beside >= below
        used_w = 2 * box.width() + space.xl if across else box.width()
        used_h = box.height() + HEAD + FOOT if across else 2 * (box.height() + HEAD + FOOT) + space.l
        left = space.xl + max(room_w - used_w, 0.0) / 2
        top = space.m + max(room_h - used_h, 0.0) / 3 + HEAD
        first = box.translated(left, top)
        step = (box.width() + space.xl, 0.0) if across else (0.0, box.height() + HEAD + FOOT + space.l)
        second = self._pooled_box(first.translated(*step), scale)
        self.source.setGeometry(first.toRect())
        self.pooled.setGeometry(second.toRect())
        self.update()

    def _pooled_box(self, box: QRectF, scale: float) -> QRectF:
        """Where the pooled picture goes: its own shape, as large as fits, or on the scale of the input."""
        if self._result is None:
            return box
        rows, cols = self._result.values.shape[1:]
        factor = min(box.width() / cols, box.height() / rows)
        if self._true_size:
            factor = min(max(scale, LEAST_SIDE / max(rows, cols)), factor)
        return QRectF(box.left(), box.top(), cols * factor, rows * factor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        result = self._result
        width, height = self.source.picture_size
        self._paint_head(painter, self.source, "Input", f"{height} × {width} × 3, 0 to 255" if width else "")
        Words(
            _foot(self.source), result.note if result is not None and result.note else HINT, role="muted"
        ).paint(painter)
        if result is None:
            self._paint_head(painter, self.pooled, "Pooled", "")
            return
        rows, cols = result.values.shape[1:]
        name = KIND_NAMES[result.spec.kind].capitalize()
        self._paint_head(painter, self.pooled, name, f"{rows} × {cols} × 3")
        foot = f"{rows * cols / (height * width):.1%} of the values are left; 0 parameters."
        if result.white != WHITE:
            foot = f"White is {number_text(result.white, 0)}: a root of squares grows with the window."
        Words(self._pooled_foot(), foot, role="muted").paint(painter)

    def _pooled_foot(self) -> QRectF:
        area = _foot(self.pooled)
        area.setRight(max(area.right(), min(area.left() + self.source.width(), self.width() - space.s)))
        return area

    def _paint_head(self, painter: QPainter, view: FrameView, title: str, detail: str) -> None:
        box = QRectF(view.geometry())
        wide = max(box.width(), min(float(self.source.width()), self.width() - box.left() - space.s))
        width = QFontMetricsF(theme.font("section", bold=True)).horizontalAdvance(title) + space.m
        top, high = box.top() - HEAD, HEAD - space.xs
        title_area = QRectF(box.left(), top, width, high)
        Words(title_area, title, size="section", bold=True, elide=False).paint(painter)
        rest = QRectF(box.left() + width, top, max(wide - width, 0), high)
        Words(rest, detail, role="muted").paint(painter)

    def _paint_window(self, painter: QPainter, transform: QTransform) -> None:
        """The outline of the window under the cursor, on the picture that it reads."""
        g, target = self._geometry, self._target
        if g is None or target is None:
            return
        top, left = target[1] * g.stride[0] - g.pads[0], target[0] * g.stride[1] - g.pads[1]
        area = transform.mapRect(QRectF(left, top, g.size[1], g.size[0]))
        grow = max(LEAST_OUTLINE - area.width(), 0.0)
        area.adjust(-grow, -grow, grow, grow)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, wide in ((with_alpha(theme.colors.window, 0.7), 4.0), (theme.colors.accent, 2.0)):
            painter.setPen(QPen(color, wide))
            painter.drawRect(area)

    # --- the cursor ------------------------------------------------------------------------------------------

    @Slot(object)
    def _source_zoomed(self, view: object) -> None:
        self.pooled.set_view(view)  # type: ignore[arg-type]  # a View, as viewChanged says

    @Slot(object)
    def _pooled_zoomed(self, view: object) -> None:
        self.source.set_view(view)  # type: ignore[arg-type]

    @Slot(int, int)
    def _over_source(self, x: int, y: int) -> None:
        g = self._geometry
        if g is None:
            return
        cell = []
        for at, axis in ((x, 1), (y, 0)):
            o = -((g.size[axis] - 1 + g.stride[axis] - 2 * (at + g.pads[axis])) // (2 * g.stride[axis]))
            cell.append(min(max(o, 0), g.output_hw[axis] - 1))
        self._point((cell[0], cell[1]))

    @Slot(int, int)
    def _over_pooled(self, x: int, y: int) -> None:
        self._point((x, y))

    @Slot()
    def _left_views(self) -> None:
        self._point(None)

    def _point(self, target: Cell | None) -> None:
        self._target = target
        self._tell()

    def _inside(self, cell: Cell) -> bool:
        return self._geometry is not None and (
            cell[0] < self._geometry.output_hw[1] and cell[1] < self._geometry.output_hw[0]
        )

    def _tell(self) -> None:
        if self._target is None:
            self.pooled.clear_cursor()
        else:
            self.pooled.set_cursor(*self._target)
        self.source.update()
        self.pointed.emit(self._rows())

    def _rows(self) -> list[Fact]:
        """The window and the value under the cursor."""
        result, g, target = self._result, self._geometry, self._target
        if result is None or g is None or target is None:
            return []
        col, row = target
        top, left = row * g.stride[0] - g.pads[0], col * g.stride[1] - g.pads[1]
        seen = result.pixels[max(top, 0) : top + g.size[0], max(left, 0) : left + g.size[1]]
        rows: list[Fact] = [
            ("pooled pixel", f"row {row}, col {col}", "In the pooled picture."),
            ("window", f"rows {top}–{top + g.size[0] - 1}, cols {left}–{left + g.size[1] - 1}", "In the picture."),
        ]  # fmt: skip
        for channel, name in enumerate(("red", "green", "blue")):
            values = np.sort(seen[..., channel].ravel())
            listed = ", ".join(str(int(v)) for v in values[:6]) + (" …" if values.size > 6 else "")
            value = plain(round(float(result.values[channel, row, col]), 2))
            rows.append(
                (name, f"{listed} → {value}", "The window's values, sorted, and what is left of them.")
            )
        return rows


def _foot(view: FrameView) -> QRectF:
    """The line below a view."""
    box = QRectF(view.geometry())
    return QRectF(box.left(), box.bottom() + 3, box.width(), FOOT - 4)
