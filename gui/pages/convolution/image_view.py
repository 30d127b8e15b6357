"""The whole-image view: a picture or the camera, the response of one filter, and the window under the cursor."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from engine.foundations.pixel_windows import PixelWindows, pixel_windows
from engine.foundations.requests import WholeImageResult
from engine.images import Frame, luminance
from gui.pages.convolution.band_scene import band_shape
from gui.pages.convolution.image_band import ImageBand
from gui.pages.convolution.image_colours import RANGES, ResponseColours
from gui.pages.convolution.image_layout import FOOT, HEAD, image_layout
from gui.theme import space, theme, with_alpha
from gui.widgets.choices import Choice
from gui.widgets.frame_view import FrameView
from gui.widgets.plate import number_text
from gui.widgets.scene import ColorBar, Words

Rows = list[tuple[str, str, str]]
Cell = tuple[int, int]
"""(x, y), as a FrameView counts."""

HINT: Final = "Point at a pixel of either picture to read both."
WAITING: Final = "The response is being computed."
NO_RESPONSE: Final = "The response comes here."
LEAST_OUTLINE: Final = 6.0


class WholeImageView(QWidget):
    """Two linked views, their captions, and the arithmetic of the window under the cursor.

    pointed(rows): what the inspector says about the pixel under the cursor; empty when the pointer left.
    mapPicked(index), rangePicked(key of RANGES): a person chose; setting `map_shown`, `colour_range` is silent.
    kernelEdited(filter, channel, row, col, value): a weight was typed over; places are those of the request's
    weight [F, C/groups, kh, kw] as stored, whatever way it lies on the window.
    """

    pointed = Signal(list)
    mapPicked = Signal(int)
    rangePicked = Signal(str)
    kernelEdited = Signal(int, int, int, int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source, self.response = FrameView("Input picture", self), FrameView("Response", self)
        self.band = ImageBand(self)
        self.response.set_empty_text(NO_RESPONSE, "dots-grid")
        self.filter_choice = Choice("", [("0", "filter 1")], tooltip="Whose response is shown")
        self.filter_choice.combo.setAccessibleName("Filter")
        tip = "What the colours span: all values but the outermost, all of them, or how large they are"
        self.range_choice = Choice("", RANGES, tooltip=tip)
        self.range_choice.combo.setAccessibleName("Colour range")
        self._result: WholeImageResult | None = None
        self._waiting_for: Frame | None = None
        self._windows: PixelWindows | None = None
        self._filter = 0
        self._plane: npt.NDArray[np.float32] | None = None
        self._colours = ResponseColours()
        self._over: tuple[Cell | None, Cell | None] = (None, None)
        self._arranged: tuple[object, ...] = ()
        self._connect()

    def _connect(self) -> None:
        self.source.viewChanged.connect(self.response.set_view)
        self.response.viewChanged.connect(self.source.set_view)
        for view in (self.source, self.response):
            view.viewChanged.connect(self._update_captions)
            view.left.connect(self._left_views)
        self.source.hovered.connect(self._over_source)
        self.response.hovered.connect(self._over_response)
        self.source.set_overlay(self._paint_window)
        self.filter_choice.changed.connect(self._filter_picked)
        self.range_choice.changed.connect(self._range_picked)
        self.band.kernelEdited.connect(self.kernelEdited)
        self.band.cellPointed.connect(self.pointed)
        self.band.hoverLeft.connect(self._left_band)
        self.band.arrowPressed.connect(self._arrow_in_band)
        theme.changed.connect(self._color)
        QWidget.setTabOrder(self.source, self.response)
        QWidget.setTabOrder(self.response, self.band)

    # --- what is shown ---------------------------------------------------------------------------------------

    @property
    def result(self) -> WholeImageResult | None:
        """The answer on show, None where there is none."""
        return self._result

    @property
    def map_shown(self) -> int:
        """Whose response is shown, counted from 0."""
        return self._filter

    @map_shown.setter
    def map_shown(self, index: int) -> None:
        last = self.filter_choice.combo.count() - 1
        self.filter_choice.set_value(str(min(max(index, 0), last)))
        self._show_filter(int(self.filter_choice.value))

    @property
    def colour_range(self) -> str:
        """What the colours span: a key of RANGES."""
        return self.range_choice.value

    @colour_range.setter
    def colour_range(self, key: str) -> None:
        if key != self.range_choice.value:
            self.range_choice.set_value(key)
            self._show_range()

    def set_filters(self, count: int) -> None:
        """Offer as many filters as there are."""
        if count != self.filter_choice.combo.count() or count == 1:
            options = [(str(i), f"filter {i + 1} of {count}") for i in range(count)]
            self.filter_choice.set_options(options, str(min(self._filter, count - 1)))
        self._show_filter(int(self.filter_choice.value))

    def show_waiting(self, frame: Frame | None) -> None:
        """A new answer is on its way: the old one stays, tinted."""
        live = self._result is not None and self._result.frame is not None
        if frame is not None and frame is not self._waiting_for and not live:
            self._waiting_for = frame
            self.source.set_frame(frame)
            self._arrange()
        self.response.set_empty_text(WAITING, "timer-sand")
        self._set_stale(self._result is not None)

    def show_result(self, result: WholeImageResult) -> None:
        """Show the picture that was convolved and what came out."""
        self._result = result
        self._windows = None if result.request is None else pixel_windows(result.request)
        if result.frame is not None and result.frame.pixels is result.pixels:
            self.source.set_frame(result.frame)
            self._waiting_for = None
        elif self.source.frame is None or self.source.frame.pixels is not result.pixels:
            self.source.set_rgb(result.pixels)
        self._set_stale(False)
        self._show_range()
        self._arrange()
        self._follow_cursor()

    def show_failure(self, sentence: str) -> None:
        """There is no response: say why in its place; the picture stays."""
        self._result = self._windows = self._plane = None
        self._set_stale(False)
        self.response.set_empty_text(sentence, "alert-circle-outline")
        self.response.set_rgb(None)
        self._follow_cursor()
        self.update()

    def clear(self) -> None:
        """Nothing to show yet."""
        self.show_failure(NO_RESPONSE)
        self.response.set_empty_text(NO_RESPONSE, "dots-grid")
        self._waiting_for = None
        self.source.set_frame(None)

    def response_map(self) -> npt.NDArray[np.float32] | None:
        """The response on show, `float32[Ho, Wo]`."""
        return self._plane

    def facts(self) -> Rows:
        """What the inspector says about the whole picture."""
        result, plane = self._result, self.response_map()
        if result is None or plane is None:
            return []
        height, width = result.pixels.shape[:2]
        shape = f"{plane.shape[0]} × {plane.shape[1]} × {len(result.response)}"
        return [
            ("picture", f"{height} × {width}", result.note or "Rows × columns."),
            ("response", shape, "Rows × columns × maps."),
            ("lowest", number_text(result.low, 1), "True values over all maps."),
            ("highest", number_text(result.high, 1), "True values over all maps."),
            ("took", f"{result.seconds * 1000:.1f} ms", "The convolution alone."),
            ("computed by", result.route, ""),
        ]

    def _map_of(self, result: WholeImageResult) -> int:
        return min(self._filter, len(result.response) - 1)

    def _set_stale(self, stale: bool) -> None:
        self.response.set_stale(stale)
        self.band.set_stale(stale)

    @Slot(str)
    def _filter_picked(self, key: str) -> None:
        self._show_filter(int(key))
        self.mapPicked.emit(self._filter)

    @Slot(str)
    def _range_picked(self, key: str) -> None:
        self._show_range()
        self.rangePicked.emit(key)

    def _show_filter(self, index: int) -> None:
        if index != self._filter:
            self._filter = index
            self._pick_map()
            self._follow_cursor()

    def _show_range(self) -> None:
        """Work out what the colours span, and colour."""
        if self._result is not None:
            self._colours.span(self._result, self.colour_range)
            self._pick_map()

    def _pick_map(self) -> None:
        if self._result is not None:
            self._plane = self._result.response[self._map_of(self._result)]
            self._color()

    @Slot()
    def _color(self) -> None:
        """Show the map in the colours of the theme; a new theme leaves the levels as they are."""
        if self._plane is not None:
            self.response.set_indexed(self._colours.levels(self._plane), self._colours.anchors)
        self._update_captions()

    # --- layout and captions ---------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(960, 720)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Lay out pictures and band for the room and for what is in them."""
        picture = self.source.picture_size if self.source.picture_size[0] else (4, 3)
        response = self.response.picture_size if self.response.picture_size[0] else picture
        request = None if self._result is None else self._result.request
        wanted = ((self.width(), self.height()), picture, response, band_shape(request))
        if wanted == self._arranged:
            return
        self._arranged = wanted
        areas = image_layout(*wanted)
        for widget, area in (
            (self.band, areas.band),
            (self.source, areas.source),
            (self.response, areas.response),
        ):
            widget.setGeometry(area.toRect())
        self.update()

    @Slot()
    def _update_captions(self) -> None:
        """Paint heads and feet anew; the band between them is left alone at every live frame."""
        for view in (self.source, self.response):
            self.update(view.geometry().adjusted(0, -int(HEAD), 0, int(FOOT)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        result, plane = self._result, self.response_map()
        width, height = self.source.picture_size
        self._paint_head(
            painter, self.source, "Input", f"{height} × {width} (rows × columns), 0 to 255" if width else ""
        )
        note = HINT if result is None or not result.note else result.note.replace(" x ", " × ")
        Words(_foot(self.source), note, role="muted").paint(painter)
        if result is None or plane is None:
            self._paint_head(painter, self.response, "Response", "")
            return
        low, high = number_text(result.low, 0), number_text(result.high, 0)
        detail = f"{plane.shape[0]} × {plane.shape[1]} · {low} to {high}"
        self._paint_head(painter, self.response, "Response", detail)
        ColorBar(_foot(self.response), self._colours.anchors, *self._colours.ends).paint(painter)

    def _paint_head(self, painter: QPainter, view: FrameView, title: str, detail: str) -> None:
        box = view.geometry()
        font = theme.font("section", bold=True)
        width = QFontMetricsF(font).horizontalAdvance(title) + space.m
        top, high = box.top() - HEAD, HEAD - space.xs
        Words(QRectF(box.left(), top, width, high), title, size="section", bold=True, elide=False).paint(
            painter
        )
        rest = QRectF(box.left() + width, top, max(box.width() - width, 0), high)
        Words(rest, detail, role="muted").paint(painter)

    def _paint_window(self, painter: QPainter, transform: QTransform) -> None:
        """The outline of the window under the cursor, on the picture that it reads."""
        target = self._over[1]
        if self._windows is None or target is None or not self._source_is_ours():
            return
        top, left, bottom, right = self._windows.area(target[1], target[0])
        area = transform.mapRect(QRectF(left, top, right - left, bottom - top))
        if area.width() < LEAST_OUTLINE:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((with_alpha(theme.colors.window, 0.7), 4.0), (theme.colors.accent, 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawRect(area)

    # --- the cursor ------------------------------------------------------------------------------------------

    @Slot(int, int)
    def _over_source(self, x: int, y: int) -> None:
        self._point((x, y), self._matching(x, y, forward=True))

    @Slot(int, int)
    def _over_response(self, x: int, y: int) -> None:
        self._point(self._matching(x, y, forward=False), (x, y))

    @Slot()
    def _left_views(self) -> None:
        self._point(None, None)

    def _follow_cursor(self) -> None:
        """Another answer under a cursor that stayed where it was."""
        source = self._over[0]
        if source is not None and not _inside(source, self.source.picture_size):
            source = None
        self._point(source, None if source is None else self._matching(*source, forward=True))

    def _point(self, source: Cell | None, target: Cell | None) -> None:
        was = self._over
        self._over = (source, target)
        for view, place in ((self.source, source), (self.response, target)):
            if place is None:
                view.clear_cursor()
            else:
                view.set_cursor(*place)
        self.source.update()
        self._show_band()
        if self._over != (None, None) or was != (None, None):
            self.pointed.emit(self._rows(source, target))

    def _source_is_ours(self) -> bool:
        """Whether the picture on show is the one that was convolved, not its successor."""
        return self._result is not None and self.source.pixels is self._result.pixels

    def _matching(self, x: int, y: int, *, forward: bool) -> Cell | None:
        """The pixel of the other view: the window that has a pixel in its middle, or the middle of a window."""
        plane, result = self.response_map(), self._result
        if plane is None or result is None or not self._source_is_ours():
            return None
        if self._windows is not None:
            row, col = self._windows.nearest(y, x) if forward else self._windows.centre(y, x)
            return col, row
        (rows, columns), (height, width) = plane.shape, result.pixels.shape[:2]
        if not forward:
            rows, columns, height, width = height, width, rows, columns
        return min(int((x + 0.5) * columns / width), columns - 1), min(
            int((y + 0.5) * rows / height), rows - 1
        )

    def _rows(self, source: Cell | None, target: Cell | None) -> Rows:
        rows: Rows = []
        pixels, plane = self.source.pixels, self.response_map()
        if pixels is not None and source is not None:
            x, y = source
            grey = float(luminance(pixels[y : y + 1, x : x + 1])[0, 0])
            rows += [
                ("pixel", f"row {y}, col {x}", "In the input picture."),
                ("R, G, B", ", ".join(str(int(v)) for v in pixels[y, x]), "0 to 255."),
                ("grey", number_text(grey, 1), "0.299 R + 0.587 G + 0.114 B."),
            ]
        if plane is not None and target is not None:
            x, y = target
            rows += [
                ("response at", f"row {y}, col {x}", "In the output map."),
                ("value", number_text(float(plane[y, x]), 2), "The true value, not its colour."),
            ]
        return rows

    # --- the band --------------------------------------------------------------------------------------------

    def _show_band(self) -> None:
        result, target = self._result, self._over[1]
        if result is None or result.request is None:
            self.band.clear()
        else:
            cell = None if target is None else (target[1], target[0])
            self.band.show_window(result.request, self._map_of(result), self._windows, cell)

    @Slot()
    def _left_band(self) -> None:
        self.pointed.emit(self._rows(*self._over))

    @Slot(int, int, bool)
    def _arrow_in_band(self, rows: int, columns: int, far: bool) -> None:
        """The arrow keys move the window while the band has the focus, too."""
        many = 10 if far else 1
        self.response.step_cursor(columns * many, rows * many)


def _inside(place: Cell, size: tuple[int, int]) -> bool:
    return place[0] < size[0] and place[1] < size[1]


def _foot(view: FrameView) -> QRectF:
    """The line below a view, as wide as the picture that is drawn in it."""
    seen = (
        view.picture_rect().translated(view.x(), view.y())
        if view.picture_size[0]
        else QRectF(view.geometry())
    )
    return QRectF(seen.left(), view.geometry().bottom() + 3, seen.width(), FOOT - 4)
