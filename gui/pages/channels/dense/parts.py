"""Plates that the scenes of the dense view share, in one scale of colours each."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt

from engine.foundations.spec import FloatArray
from gui import colormaps
from gui.pages.channels.dense.resolve import BIAS, INPUT, KERNEL, OUTPUT, WEIGHTS, ShownDense, place
from gui.pages.channels.items import sign
from gui.theme import GREY
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_text import key, limit_of, signed, text_width, titled

SIGN: Final = 20.0
HEAD: Final = 22.0


class Parts:
    """Makes the plates of a layer for one scene."""

    def __init__(self, shown: ShownDense, scene: Scene) -> None:
        self.shown, self.scene, self.dense = shown, scene, shown.dense
        done = shown.dense
        self._inputs = limit_of(done.image)
        self._weights = max(limit_of(done.weight), limit_of(done.bias))
        products = float(np.abs(done.weight * done.flat).max(initial=0.0))
        self._outputs = max(limit_of(done.output), limit_of(done.slid), products)
        self._signed = signed(done.image)

    # --- plates ----------------------------------------------------------------------------------------------

    def add(self, plate: Plate, left: float, top: float, cell: float, title: str | None = None) -> Plate:
        """Put a plate on the stage, with its name above it ("": without)."""
        rows, columns = plate.shape
        plate.rect = QRectF(round(left), round(top), columns * cell, rows * cell)
        self.scene.plates.append(plate)
        name = plate.title if title is None else title
        if name:
            self.scene.below.append(titled(plate, max(plate.rect.width(), text_width(name) + 2), name))
        return plate

    def inputs(self, channel: int, values: FloatArray) -> Plate:
        """A channel of the input or of the larger picture; the entry under the pointer is marked."""
        if self._signed:
            colors = colormaps.activations(values, self._inputs)
        else:
            colors = colormaps.look_up(values, 0.0, self._inputs, GREY)
        plate = Plate(f"{INPUT}{channel}", values, colors, title=f"Input, channel {channel}", editable=True)
        found = self._entry_of(channel)
        if found is not None:
            plate.marks = (Mark.cell(MarkRole.LINKED, *found),)
        return plate

    def input_colors(self, values: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """Colours of input values that are no channel."""
        if self._signed:
            return colormaps.activations(values, self._inputs)
        return colormaps.look_up(values, 0.0, self._inputs, GREY)

    def matrix(self, row: int) -> Plate:
        """The matrix with the row on show marked, and the entry under the pointer."""
        weight = self.dense.weight
        plate = Plate(
            WEIGHTS, weight, colormaps.weights(weight, self._weights), title="Weights W", editable=True
        )
        plate.marks = (Mark(MarkRole.WINDOW, row, 0, row + 1, weight.shape[1]),)
        if self.shown.entry is not None:
            plate.marks += (Mark.cell(MarkRole.LINKED, row, self.shown.entry),)
        return plate

    def bias(self) -> Plate:
        values = self.dense.bias[:, None]
        return Plate(BIAS, values, colormaps.weights(values, self._weights), title="b")

    def outputs(self, known: int, row: int) -> Plate:
        """The outputs as far as they are known, with the one on show marked."""
        values = self.dense.output[:, None]
        plate = Plate(OUTPUT, values, colormaps.activations(values, self._outputs), title="y")
        hidden = np.arange(len(values))[:, None] >= known
        plate.hidden = hidden if hidden.any() else None
        plate.marks = (Mark.cell(MarkRole.WINDOW, row, 0),)
        return plate

    def kernel(self, channel: int, values: FloatArray, title: str) -> Plate:
        """A piece of a row, cut or folded."""
        plate = Plate(
            f"{KERNEL}{channel}", values, colormaps.weights(values, self._weights), title=title, editable=True
        )
        found = self._entry_of(channel)
        if found is not None:
            side = self.shown.state.side
            row, col = found if values.shape[0] > 1 or side == 1 else (0, found[0] * side + found[1])
            plate.marks = (Mark.cell(MarkRole.LINKED, row, col),)
        return plate

    def products(self, plate_key: str, values: FloatArray, title: str) -> Plate:
        """Products, or maps of outputs, in the colours of activations."""
        return Plate(plate_key, values, colormaps.activations(values, self._outputs), title=title)

    # --- words -----------------------------------------------------------------------------------------------

    def sign(self, left: float, plate: Plate, text: str) -> None:
        """A sign in the gap in front of a plate, at the height of its middle."""
        area = QRectF(left - SIGN, plate.rect.top(), SIGN, plate.rect.height())
        self.scene.below.append(sign(area, text))

    def head(self, left: float, top: float, width: float, title: str, detail: str = "") -> None:
        """The name of a part of the stage, with a line about it at the right."""
        area = QRectF(left, top, width, HEAD)
        self.scene.below.append(Words(area, title, size="section", bold=True))
        used = text_width(title, "section", bold=True) + SIGN
        rest = QRectF(left + used, top, width - used, HEAD)
        self.scene.below.append(Words(rest, detail, role="muted", align=Qt.AlignmentFlag.AlignRight))

    def keys(self) -> list[ColorBar]:
        """The colour bars."""
        anchors, low = (colormaps.activation_anchors(), -self._inputs) if self._signed else (GREY, 0.0)
        return [
            key(anchors, low, self._inputs, "input"),
            key(colormaps.weight_anchors(), -self._weights, self._weights, "weights"),
            key(colormaps.activation_anchors(), -self._outputs, self._outputs, "products, outputs"),
        ]

    def _entry_of(self, channel: int) -> tuple[int, int] | None:
        """Row and column of the entry under the pointer, where it belongs to a channel."""
        if self.shown.entry is None:
            return None
        found, row, col = place(self.shown.state, self.shown.entry)
        return (row, col) if found == channel else None
