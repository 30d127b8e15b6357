"""The whole-image view: a picture or the camera on the left, the response of one filter on the right, read out under one cursor."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.foundations.requests import WholeImageResult
from engine.images import Frame, luminance
from gui import colormaps
from gui.theme import VIRIDIS, space, theme
from gui.widgets.choices import Choice
from gui.widgets.frame_view import FrameView
from gui.widgets.plate import number_text
from gui.widgets.scene import ColorBar

Rows = list[tuple[str, str, str]]


class _Bar(QWidget):
    """A colour bar as a widget."""

    def __init__(self) -> None:
        super().__init__()
        self._bar: ColorBar | None = None
        self.setFixedHeight(20)
        self.setMinimumWidth(180)

    def show_range(self, low: float, high: float, anchors: tuple[tuple[int, int, int], ...]) -> None:
        self._bar = ColorBar(QRectF(0, 0, 240, 20), anchors, number_text(low, 0), number_text(high, 0))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._bar is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._bar.paint(painter)


class WholeImageView(QWidget):
    """Two linked views and their captions."""

    pointed = Signal(list)
    """Rows for the inspector about the pixel under the cursor; empty when the pointer left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = FrameView("Input picture")
        self.response = FrameView("Response")
        self._result: WholeImageResult | None = None
        self._filter = 0
        self._scale = (1.0, 1.0, 0.0, 0.0)
        self.filter_choice = Choice("", [("0", "filter 1")], tooltip="Whose response is shown")
        self.range_choice = Choice(
            "",
            [("robust", "±99 % range"), ("true", "± full range"), ("size", "magnitude |z|")],
            tooltip="What the colours span: nearly all values, all values, or the size alone",
        )
        self.filter_choice.combo.setAccessibleName("Filter")
        self.range_choice.combo.setAccessibleName("Colour range")
        self._left, self._right = QLabel("Input"), QLabel("Response")
        self._bar = _Bar()
        self._build()
        self._connect()

    def _build(self) -> None:
        for label in (self._left, self._right):
            label.setFont(theme.font("section", bold=True))
        self._left_detail, self._right_detail = QLabel(), QLabel()
        for label in (self._left_detail, self._right_detail):
            label.setProperty("role", "muted")
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            label.setFixedHeight(self._bar.height())
        self._source_line = QLabel("Point at a pixel of either picture to read both.")
        self._source_line.setProperty("role", "muted")
        self._source_line.setFixedHeight(self._bar.height())
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(space.xl, space.m, space.xl, space.l)
        self._sides.setSpacing(space.l)
        for title, detail, view, foot in (
            (self._left, self._left_detail, self.source, self._source_line),
            (self._right, self._right_detail, self.response, self._bar),
        ):
            column = QVBoxLayout()
            column.setSpacing(space.xs)
            line = QHBoxLayout()
            line.setSpacing(space.m)
            line.addWidget(title)
            line.addWidget(detail, 1)
            column.addStretch(1)
            column.addLayout(line)
            column.addWidget(view, 1000)
            column.addWidget(foot)
            column.addStretch(1)
            self._sides.addLayout(column, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side or one above the other, whichever shows the picture larger; no view taller than its picture."""
        pixels = self.source.pixels
        height, width = (3, 4) if pixels is None else pixels.shape[:2]
        room_w, room_h = self.width() - 2 * space.xl, self.height() - space.m - space.l
        head = 2 * (self._bar.height() + space.xs)
        beside = min((room_w - space.l) / 2 / width, (room_h - head) / height)
        stacked = min(room_w / width, ((room_h - space.l) / 2 - head) / height)
        direction = (
            QBoxLayout.Direction.LeftToRight if beside >= stacked else QBoxLayout.Direction.TopToBottom
        )
        if self._sides.direction() != direction:
            self._sides.setDirection(direction)
        tall = max(int(max(beside, stacked) * height), 120)
        for view in (self.source, self.response):
            view.setMaximumHeight(tall)

    def _connect(self) -> None:
        self.source.viewChanged.connect(self.response.set_view)
        self.response.viewChanged.connect(self.source.set_view)
        self.source.hovered.connect(self._over_source)
        self.response.hovered.connect(self._over_response)
        for view in (self.source, self.response):
            view.left.connect(self._left_views)
        self.filter_choice.changed.connect(self._filter_picked)
        self.range_choice.changed.connect(self._recolor)
        theme.changed.connect(self._recolor)

    @property
    def result(self) -> WholeImageResult | None:
        return self._result

    def set_filters(self, count: int) -> None:
        """Offer as many filters as there are."""
        self.filter_choice.set_options(
            [(str(i), f"filter {i + 1} of {count}") for i in range(count)], str(min(self._filter, count - 1))
        )
        self._filter = int(self.filter_choice.value)

    def show_waiting(self, frame: Frame | None) -> None:
        """A new answer is on its way: the old one stays, tinted."""
        if frame is not None and (self._result is None or self._result.frame is None):
            self.source.set_frame(frame)
        self.response.set_stale(self._result is not None)

    def show_result(self, result: WholeImageResult) -> None:
        """Show the picture that was convolved and what came out."""
        self._result = result
        if result.frame is not None:
            self.source.set_frame(result.frame)
        else:
            self.source.set_rgb(result.pixels)
        self.response.set_stale(False)
        self._recolor()
        self._arrange()

    def clear(self) -> None:
        """Nothing to show yet."""
        self._result = None
        self.source.set_frame(None)
        self.response.set_rgb(None)

    def response_map(self) -> npt.NDArray[np.float32] | None:
        """The response on show, `float32[Ho, Wo]`."""
        if self._result is None:
            return None
        plane: npt.NDArray[np.float32] = self._result.response[
            min(self._filter, len(self._result.response) - 1)
        ]
        return plane

    def facts(self) -> Rows:
        """What the inspector says about the whole picture."""
        result, plane = self._result, self.response_map()
        if result is None or plane is None:
            return []
        height, width = result.pixels.shape[:2]
        return [
            ("picture", f"{height} × {width}", "Rows × columns."),
            (
                "response",
                f"{plane.shape[0]} × {plane.shape[1]} × {len(result.response)}",
                "Rows × columns × maps.",
            ),
            ("lowest", number_text(result.low, 1), "True values over all maps."),
            ("highest", number_text(result.high, 1), "True values over all maps."),
            ("took", f"{result.seconds * 1000:.1f} ms", "The convolution alone."),
            ("computed by", result.route, ""),
        ]

    @Slot(str)
    def _filter_picked(self, key: str) -> None:
        self._filter = int(key)
        self._recolor()

    @Slot()
    def _recolor(self, _key: Any = None) -> None:
        plane, result = self.response_map(), self._result
        if plane is None or result is None:
            return
        mode = self.range_choice.value
        if mode == "size":
            high = float(np.abs(plane).max(initial=0.0)) or 1.0
            colors = colormaps.magnitude(np.abs(plane), 0.0, high)
            self._bar.show_range(0.0, high, VIRIDIS)
        else:
            extreme = (
                max(abs(result.low), abs(result.high))
                if mode == "true"
                else max(abs(result.robust_low), abs(result.robust_high))
            )
            limit = extreme or 1.0
            colors = colormaps.activations(plane, limit)
            self._bar.show_range(-limit, limit, colormaps.activation_anchors())
        self.response.set_rgb(colors)
        height, width = plane.shape
        self._left_detail.setText(f"{result.pixels.shape[0]} × {result.pixels.shape[1]} pixels, 0 to 255")
        self._right_detail.setText(
            f"{height} × {width} · {number_text(result.low, 0)} to {number_text(result.high, 0)} · {result.seconds * 1000:.1f} ms"
        )
        self._right_detail.setToolTip(f"Computed by {result.route}")

    @Slot(int, int)
    def _over_source(self, x: int, y: int) -> None:
        place = self._matching(x, y, forward=True)
        if place is not None:
            self.response.set_cursor(*place)
        self._tell((x, y), place)

    @Slot(int, int)
    def _over_response(self, x: int, y: int) -> None:
        place = self._matching(x, y, forward=False)
        if place is not None:
            self.source.set_cursor(*place)
        self._tell(place, (x, y))

    @Slot()
    def _left_views(self) -> None:
        self.source.clear_cursor()
        self.response.clear_cursor()
        self.pointed.emit([])

    def _matching(self, x: int, y: int, *, forward: bool) -> tuple[int, int] | None:
        """The pixel of the other view at the same place of the picture."""
        plane, result = self.response_map(), self._result
        if plane is None or result is None:
            return None
        (rows, columns), (height, width) = plane.shape, result.pixels.shape[:2]
        if forward:
            return min(int((x + 0.5) * columns / width), columns - 1), min(
                int((y + 0.5) * rows / height), rows - 1
            )
        return min(int((x + 0.5) * width / columns), width - 1), min(
            int((y + 0.5) * height / rows), height - 1
        )

    def _tell(self, source: tuple[int, int] | None, target: tuple[int, int] | None) -> None:
        rows: Rows = []
        result, plane = self._result, self.response_map()
        if result is not None and source is not None:
            x, y = source
            red, green, blue = (int(v) for v in result.pixels[y, x])
            grey = float(luminance(result.pixels[y : y + 1, x : x + 1])[0, 0])
            rows += [
                ("pixel", f"row {y}, col {x}", "In the input picture."),
                ("R, G, B", f"{red}, {green}, {blue}", "0 to 255."),
                ("grey", number_text(grey, 1), "0.299 R + 0.587 G + 0.114 B."),
            ]
        if plane is not None and target is not None:
            x, y = target
            rows += [
                ("response at", f"row {y}, col {x}", "In the output map."),
                ("value", number_text(float(plane[y, x]), 2), "The true value, not its colour."),
            ]
        self.pointed.emit(rows)
