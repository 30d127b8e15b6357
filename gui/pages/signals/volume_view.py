"""The whole volume: three planes of the input above, the same planes of the response beneath, one crosshair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.foundations.signals.requests import Volume, WholeVolume, WholeVolumeResult
from engine.foundations.signals.spec import Layout, SlideSpec, layout
from gui import colormaps
from gui.pages.signals import parts
from gui.pages.signals.resolve import rounded_up
from gui.pages.signals.state import Place, SignalsState
from gui.theme import GREY, space, theme
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView, View, arrow_step
from gui.widgets.scene import ColorBar
from gui.widgets.stage_text import plain

COMPUTING: Final = "The response is being computed."
KEY_LINE: Final = 20


class PlaneView(FrameView):
    """One plane: moved(dx, dy) by the arrow keys, sliced(d) by Page up and Page down."""

    moved = Signal(int, int)
    sliced = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = arrow_step(event)
        slices = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(*step)
        elif slices is not None:
            self.sliced.emit(slices)
        else:
            super().keyPressEvent(event)


class KeyBar(QWidget):
    """A colour bar as a widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar: ColorBar | None = None
        self.setFixedHeight(KEY_LINE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(int(parts.KEY_WIDTH), KEY_LINE)

    def show_bar(self, bar: ColorBar) -> None:
        self._bar = bar
        self.setAccessibleName(f"Colours from {bar.low} to {bar.high}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._bar is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        area.setLeft(area.right() - parts.KEY_WIDTH)
        ColorBar(area, self._bar.anchors, self._bar.low, self._bar.high, self._bar.label).paint(painter)
        painter.end()


@dataclass(frozen=True, slots=True)
class Crosshair:
    """Where the planes meet: in the input, and in the response the nearest window's cell."""

    place: Place
    cell: Place


def crosshair(place: Place, sides: tuple[int, ...], found: Layout, spec: SlideSpec) -> Crosshair:
    """The crosshair inside a volume of `sides`, and the output cell whose window has its centre nearest."""
    z, y, x = (min(at, n - 1) for at, n in zip(place, sides, strict=True))
    cells = []
    for at, extent, count in zip((z, y, x), found.extent, found.output, strict=True):
        o = -((extent - 1 + spec.stride - 2 * (at + spec.padding)) // (2 * spec.stride))
        cells.append(min(max(o, 0), count - 1))
    return Crosshair((z, y, x), (cells[0], cells[1], cells[2]))


class VolumeView(QWidget):
    """placed(z, y, x): the crosshair was put elsewhere. pointed(rows): what the inspector says of a voxel."""

    placed = Signal(int, int, int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._volume: Volume | None = None
        self._result: WholeVolumeResult | None = None
        self._cross: Crosshair | None = None
        self._quantize = colormaps.Quantizer()
        self.titles = (QLabel(), QLabel())
        self.keys = (KeyBar(), KeyBar())
        self.planes: tuple[tuple[PlaneView, ...], tuple[PlaneView, ...]] = (self._row(0), self._row(1))
        self.names = tuple(tuple(QLabel() for _ in parts.PLANES) for _ in range(2))
        self._build()
        theme.changed.connect(self._recolour)

    def _row(self, number: int) -> tuple[PlaneView, ...]:
        kind = ("Input", "Response")[number]
        views = tuple(PlaneView(f"{kind}, {name} plane") for name in parts.PLANES)
        for index, view in enumerate(views):
            view.setProperty("plane", (number, index))
            view.clicked.connect(self._clicked)
            view.hovered.connect(self._hovered)
            view.left.connect(self._left)
            view.moved.connect(self._moved)
            view.sliced.connect(self._sliced)
            view.viewChanged.connect(self._zoomed)
            if number:
                view.set_empty_text(COMPUTING, "progress-clock")
        return views

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(space.s)
        for number in range(2):
            line = QHBoxLayout()
            self.titles[number].setFont(theme.font("section", bold=True))
            line.addWidget(self.titles[number])
            line.addWidget(self.keys[number], 1)
            grid.addLayout(line, 3 * number, 0, 1, 3)
            for index in range(3):
                self.names[number][index].setProperty("role", "muted")
                grid.addWidget(self.names[number][index], 3 * number + 1, index)
                grid.addWidget(self.planes[number][index], 3 * number + 2, index)
            grid.setRowStretch(3 * number + 2, 1)
        for index in range(3):
            grid.setColumnStretch(index, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.xl, space.m, space.xl, space.l)
        column.addLayout(grid)
        column.addStretch(0)
        self._grid = grid

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def result(self) -> WholeVolumeResult | None:
        """The response on show."""
        return self._result

    @property
    def cross(self) -> Crosshair | None:
        return self._cross

    def show_volume(self, volume: Volume, state: SignalsState) -> None:
        """Show the planes of a volume through the state's place, and of the response as far as there is one."""
        self._volume = volume
        sides = volume.voxels.shape
        spec = state.cube.spec if self._result is None else self._result.request.spec
        size = state.cube.size if self._result is None else self._result.request.weight.shape[0]
        self._cross = crosshair(state.place, sides, layout(spec, sides, (size,) * 3), spec)
        window = parts.grey_window(volume)
        unit = f" {volume.unit}" if volume.unit else ""
        self.titles[0].setText(f"{volume.name} {' × '.join(map(str, sides))}")
        self.titles[0].setToolTip(volume.note)
        self.keys[0].show_bar(parts.grey_key(window, volume.unit))
        for index, view in enumerate(self.planes[0]):
            plane = np.ascontiguousarray(parts.plane(volume.voxels, index, self._cross.place), np.float32)
            view.set_indexed(self._quantize(plane, *window), GREY)
            row, column = parts.spot(index, self._cross.place)
            view.set_cursor(column, row)
            value = plain(float(plane[row, column]))
            self.names[0][index].setText(f"{parts.plane_title(index, self._cross.place)}: {value}{unit}")
        self._show_response()
        self._fit_heights()

    def show_result(self, result: WholeVolumeResult, state: SignalsState) -> None:
        """Show another response."""
        self._result = result
        self.set_stale(False)
        if self._volume is not None:
            self.show_volume(self._volume, state)

    def set_stale(self, stale: bool) -> None:
        """The response belongs to other settings: tinted until the new one is there."""
        for view in self.planes[1]:
            view.set_stale(stale and self._result is not None)

    @property
    def stale(self) -> bool:
        return self._result is None or self.planes[1][0].stale

    def show_failure(self, sentence: str) -> None:
        """There is no response; say why."""
        self._result = None
        for view in self.planes[1]:
            view.set_rgb(None)
            view.set_stale(False)
            view.set_empty_text(sentence, "alert-circle-outline")

    def _show_response(self) -> None:
        result, cross = self._result, self._cross
        if result is None or cross is None:
            self.titles[1].setText("Response")
            return
        sides = result.response.shape
        self.titles[1].setText(f"Response {' × '.join(map(str, sides))}")
        limit = rounded_up(result.limit)
        self.keys[1].show_bar(parts.activation_key(limit, beyond=True))
        z, y, x = (min(at, n - 1) for at, n in zip(cross.cell, sides, strict=True))
        cross = Crosshair(cross.place, (z, y, x))  # while a response to another volume is still on show
        for index, view in enumerate(self.planes[1]):
            plane = np.ascontiguousarray(parts.plane(result.response, index, cross.cell))
            view.set_indexed(self._quantize(plane, -limit, limit), colormaps.activation_anchors())
            row, column = parts.spot(index, cross.cell)
            view.set_cursor(column, row)
            value = plain(float(plane[row, column]))
            self.names[1][index].setText(f"{parts.plane_title(index, cross.cell)}: {value}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_heights()

    def _fit_heights(self) -> None:
        """No plane gets more height than it can fill: its name stays above its picture."""
        wide = (self.width() - 2 * space.xl - 2 * space.s) / 3
        for row in self.planes:
            shares = [height / width for width, height in (view.picture_size for view in row) if width]
            for view in row:
                view.setMaximumHeight(
                    max(int(wide * max(shares, default=1.0)), view.minimumSizeHint().height())
                )

    @Slot()
    def _recolour(self) -> None:
        for label in self.titles:
            label.setFont(theme.font("section", bold=True))
        self._show_response()

    # --- hands ----------------------------------------------------------------------------------------------

    def _which(self) -> tuple[int, int]:
        """Row (0 input, 1 response) and plane of the view that sent a signal."""
        sender = self.sender()
        number, index = sender.property("plane") if sender is not None else (0, 0)
        return int(number), int(index)

    def _voxel(self, number: int, index: int, x: int, y: int) -> Place:
        """The voxel of the input or of the response at a pixel of a plane."""
        if self._cross is None:
            return 0, 0, 0
        return parts.voxel(index, self._cross.cell if number else self._cross.place, y, x)

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        number, index = self._which()
        self._put(number, self._voxel(number, index, x, y))

    @Slot(int, int)
    def _moved(self, dx: int, dy: int) -> None:
        number, index = self._which()
        if self._cross is None:
            return
        here = self._cross.cell if number else self._cross.place
        row, column = parts.spot(index, here)
        self._put(number, parts.voxel(index, here, row + dy, column + dx))

    @Slot(int)
    def _sliced(self, slices: int) -> None:
        number, index = self._which()
        if self._cross is None:
            return
        place = list(self._cross.cell if number else self._cross.place)
        place[index] += slices
        self._put(number, (place[0], place[1], place[2]))

    def _put(self, number: int, place: Place) -> None:
        """Put the crosshair on a voxel of the input, or on the middle of a response voxel's window."""
        if self._volume is None:
            return
        if number and self._result is not None:
            request = self._result.request
            reach = (request.spec.dilation * (request.weight.shape[0] - 1)) // 2 - request.spec.padding
            place = tuple(at * request.spec.stride + reach for at in place)
        z, y, x = (
            min(max(at, 0), n - 1) for at, n in zip(place, self._volume.voxels.shape, strict=True)
        )  # fmt: skip
        self.placed.emit(z, y, x)

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        number, index = self._which()
        place = self._voxel(number, index, x, y)
        if self._volume is None:
            return
        voxels = self._result.response if number and self._result is not None else self._volume.voxels
        unit = "" if number else self._volume.unit
        rows: list[Fact] = [
            ("response" if number else "input", f"{parts.PLANES[index]} plane", ""),
            ("value", parts.with_unit(float(voxels[place]), unit), "The true value, not its colour."),
            (
                "(z, y, x)",
                ", ".join(map(str, place)),
                "Counted from 0: from the crown down, from the face back.",
            ),
            ("click", "moves the crosshair", "Arrow keys move it too; Page up and down change the slice."),
        ]
        self.pointed.emit(rows)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    @Slot(object)
    def _zoomed(self, view: View) -> None:
        """Input and response of one plane zoom together."""
        number, index = self._which()
        self.planes[1 - number][index].set_view(view)


def request_of(volume: Volume, state: SignalsState) -> WholeVolume:
    """What the whole-volume view asks the engine."""
    one = state.cube
    return WholeVolume(volume.voxels, one.array(3), one.bias, one.spec)
