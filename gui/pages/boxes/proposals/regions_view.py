"""The picture with its regions after some merges: what was merged last, or a region that was picked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from engine.detection.proposals.requests import Search
from gui.colormaps import color_at
from gui.pages.boxes.proposals.lines import borders, outline, qt_lines
from gui.theme import GREY, mix, radius, space, theme, with_alpha
from gui.widgets.frame_view import FrameView

TINT: Final = 0.5
QUIET: Final = 0.35


@dataclass(frozen=True, slots=True)
class Lit:
    """A region that stands out: the letter on it, the role of its colour, and whether its box is drawn."""

    region: int
    letter: str
    role: str


class RegionsView(FrameView):
    """Borders as vectors over the photo or over the regions' mean colours; Lit regions are tinted and lettered.

    Up and Down go from region to region as if each was clicked; Left, Right and the rest are the stepper's.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Regions of the picture", parent)
        self._search: Search | None = None
        self._labels: npt.NDArray[np.int64] = np.zeros((1, 1), np.int64)
        self._key: tuple[Any, ...] = ()
        self._lines: list[QLineF] = []
        self._lit: tuple[Lit, ...] = ()
        self._outlines: list[tuple[list[QLineF], QColor]] = []
        self._tint: QImage | None = None
        self._box: tuple[float, float, float, float] | None = None
        self._values: tuple[tuple[int, float], ...] = ()
        self._middles: dict[int, QPointF] = {}
        self.set_overlay(self._paint_regions)
        theme.changed.connect(self._recolour)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """int64[H, W]: the region of every pixel on show."""
        return self._labels

    def show_regions(
        self, search: Search, step: int, shown: int, lit: tuple[Lit, ...], values: tuple[tuple[int, float], ...] = (),
        box: tuple[float, float, float, float] | None = None, *, mean: bool = False,
    ) -> None:  # fmt: skip
        """Show the regions after `step` merges; the Lit ones belong to those after `shown`.

        `values`: similarities that are written on regions; `box` in pixels of the searched picture.
        """
        key = (search, step, mean)
        if key != self._key:
            self._key, self._search = key, search
            self._labels = search.hierarchy.labels_at(step)
            self._lines = qt_lines(borders(self._labels))
            if mean:
                self.set_rgb(mean_colours(search.picture.pixels, self._labels))
            elif self.frame is not search.request.frame:
                self.set_frame(search.request.frame)
        where = self._labels if shown == step else search.hierarchy.labels_at(shown)
        self._lit, self._values, self._box = lit, values, box
        self._middles = {region: _middle(where == region) for region, _ in values}
        self._light(where)
        self.update()

    def region_at(self, x: int, y: int) -> int | None:
        """The region under a pixel of the picture on show."""
        if self._search is None or not self.picture_size[0]:
            return None
        height, width = self._labels.shape
        column, row = int(x * width / self.picture_size[0]), int(y * height / self.picture_size[1])
        return int(self._labels[min(row, height - 1), min(column, width - 1)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if by and not event.modifiers() and self._search is not None:
            self._click_next(by)
        elif event.key() == Qt.Key.Key_0:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _click_next(self, by: int) -> None:
        """The region after or before the one with the letter A, in the order of their numbers."""
        shown = np.unique(self._labels)
        here = self._lit[0].region if self._lit else -1
        place = int(np.searchsorted(shown, here, "right" if by > 0 else "left")) - (by < 0)
        middle = _middle(self._labels == shown[place % len(shown)])
        scale = self.picture_size[0] / self._labels.shape[1]
        self.clicked.emit(int(middle.x() * scale), int(middle.y() * scale))

    def _light(self, where: npt.NDArray[np.int64]) -> None:
        """Tint the Lit regions, and find their outlines."""
        tint = np.zeros((*where.shape, 4), np.uint8)
        self._outlines = []
        for lit in self._lit:
            mask = where == lit.region
            color: QColor = getattr(theme.colors, lit.role)
            tint[mask] = (color.blue(), color.green(), color.red(), round(255 * TINT))
            self._outlines.append((qt_lines(outline(mask)), color))
            self._middles[lit.region] = _middle(mask)
        self._tint = None
        if self._lit:
            height, width = where.shape
            image = QImage(tint.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
            self._tint = image.copy()

    def _recolour(self) -> None:
        if self._search is not None:
            search, step, mean = self._search, self._key[1], self._key[2]
            self.show_regions(search, step, step, self._lit, self._values, self._box, mean=mean)

    # --- painting -------------------------------------------------------------------------------------------

    def _paint_regions(self, painter: QPainter, transform: QTransform) -> None:
        if self._search is None:
            return
        height, width = self._labels.shape
        scale = self.picture_size[0] / width
        painter.setClipRect(self.picture_rect().adjusted(-1, -1, 1, 1))
        painter.setTransform(
            QTransform.fromScale(scale, self.picture_size[1] / height) * transform, combine=True
        )
        if self._tint is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(QRectF(0, 0, width, height), self._tint)
        self._paint_borders(painter)
        for lines, color in self._outlines:
            for shade, pixels in ((with_alpha(dark(), 0.6), 4.0), (color, 2.0)):
                painter.setPen(_pen(shade, pixels))
                painter.drawLines(lines)
        if self._box is not None:
            x1, y1, x2, y2 = self._box
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for shade, pixels in ((with_alpha(dark(), 0.6), 4.5), (light(), 2.5)):
                pen = _pen(shade, pixels)
                pen.setStyle(Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.drawRect(QRectF(x1, y1, x2 - x1, y2 - y1))
        area = painter.transform()
        painter.resetTransform()
        self._paint_words(painter, area)

    def _paint_borders(self, painter: QPainter) -> None:
        """Level and upright lines of one pixel need no smoothing, which would take ten times as long."""
        strength = QUIET if self._lit else 1.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        place = painter.transform()
        for color, shift in (
            (with_alpha(dark(), 0.6 * strength), 1),
            (with_alpha(light(), 0.9 * strength), 0),
        ):
            painter.setTransform(place * QTransform.fromTranslate(shift, shift))
            pen = QPen(color, 0)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLines(self._lines)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QTransform) -> None:
        for lit in self._lit:
            if lit.letter:
                paint_chip(
                    painter, area.map(self._middles[lit.region]), lit.letter, getattr(theme.colors, lit.role)
                )
        best = max((value for _, value in self._values), default=0.0)
        for region, value in self._values:
            strong = value == best
            paint_chip(
                painter,
                area.map(self._middles[region]),
                f"B {value:.2f}" if strong else f"{value:.2f}",
                theme.colors.warn if strong else None,
            )


def dark() -> QColor:
    """The dark one of the two lines that are seen together on any photo."""
    return color_at(GREY, 0.0)


def light() -> QColor:
    """The light one."""
    return color_at(GREY, 1.0)


def mean_colours(pixels: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """uint8[H, W, 3]: every region in the mean colour of its pixels."""
    places = np.unique(labels, return_inverse=True)[1].reshape(labels.shape)
    counts = np.bincount(places.ravel())
    sums = [np.bincount(places.ravel(), pixels[..., channel].ravel()) for channel in range(3)]
    means = np.rint(np.stack(sums, 1) / counts[:, None]).astype(np.uint8)
    return np.ascontiguousarray(means[places])


def _middle(mask: npt.NDArray[np.bool_]) -> QPointF:
    """A place on a region for a letter: the pixel of it nearest to its centre of mass."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return QPointF()
    nearest = int(np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2))
    return QPointF(columns[nearest] + 0.5, rows[nearest] + 0.5)


def _pen(color: QColor, pixels: float) -> QPen:
    pen = QPen(color, pixels)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def paint_chip(painter: QPainter, middle: QPointF, text: str, color: QColor | None) -> None:
    """A letter or a number on a small ground of its own, legible on any picture."""
    font = theme.font("small", bold=True)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + space.s, metrics.height() + 2
    area = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
    painter.setPen(QPen(color or theme.colors.line, 1.5))
    painter.setBrush(mix(theme.colors.surface, color, 0.12) if color else theme.colors.surface)
    painter.drawRoundedRect(area, radius.control - 2, radius.control - 2)
    painter.setFont(font)
    painter.setPen(theme.colors.text)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
