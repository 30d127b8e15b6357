"""The picture with its patches in the colours of their words; points at patches instead of pixels."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QTransform

from engine.foundations.descriptors.words import VisualWords
from gui.pages.descriptors.scene_parts import class_rgb
from gui.theme import theme, with_alpha
from gui.widgets.frame_view import FrameView

TINT: Final = 0.5
QUIET: Final = 0.07
NUMBERED_FROM: Final = 15.0
"""Sides of patches on the screen from which on the word's number is written into them."""


class WordsPicture(FrameView):
    """patchPointed(index) and patchPicked(index): a patch under the pointer, clicked."""

    patchPointed = Signal(int)
    patchPicked = Signal(int)

    def __init__(self, name: str = "Words over the picture") -> None:
        super().__init__(name)
        self._found: VisualWords | None = None
        self._labels: np.ndarray | None = None
        self._lit: int | None = None
        self._patch: int | None = None
        self.set_overlay(self._paint_over)
        self.hovered.connect(self._hovered_at)
        self.clicked.connect(self._clicked_at)

    def show_words(self, found: VisualWords, step: int, lit: int | None, patch: int | None = None) -> None:
        """Show the words after a step; those of `lit` stand out, one patch is framed."""
        if found is not self._found:
            self.set_rgb(found.pixels)
        self._found, self._labels = found, found.run.at(step)[1]
        self._lit, self._patch = lit, patch
        self.update()

    def _paint_over(self, painter: QPainter, transform: QTransform) -> None:
        found = self._found
        if found is None:
            return
        size = found.spec.patch
        scale = transform.m11()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(theme.font("small", bold=True))
        side = size * scale
        numbered = (
            min(side, found.spec.spacing * scale if found.spec.where == "grid" else side) >= NUMBERED_FROM
        )
        labels = None if self._labels is None else self._labels.tolist()
        for index, (row, column) in enumerate(found.places.tolist()):
            area = transform.mapRect(QRectF(column, row, size, size))
            if labels is None:
                painter.setPen(QPen(with_alpha(theme.colors.accent, 0.5), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(area)
                continue
            word = labels[index]
            shown = self._lit is None or word == self._lit
            painter.fillRect(area, with_alpha(class_rgb(word), TINT if shown else QUIET))
            if numbered and shown:
                painter.setPen(theme.colors.window)
                painter.drawText(area.translated(1, 1), Qt.AlignmentFlag.AlignCenter, str(word + 1))
                painter.setPen(theme.colors.text)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(word + 1))
        self._paint_patch(painter, transform, found)

    def _paint_patch(self, painter: QPainter, transform: QTransform, found: VisualWords) -> None:
        if self._patch is None or self._patch >= len(found.places):
            return
        row, column = found.places[self._patch].tolist()
        area = transform.mapRect(QRectF(column, row, found.spec.patch, found.spec.patch))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((theme.colors.window, 5), (theme.colors.accent, 2)):
            painter.setPen(QPen(color, width))
            painter.drawRect(area)

    @Slot(int, int)
    def _hovered_at(self, x: int, y: int) -> None:
        patch = None if self._found is None else self._found.patch_at(x, y)
        if patch is None:
            self.left.emit()
        else:
            self.patchPointed.emit(patch)

    @Slot(int, int)
    def _clicked_at(self, x: int, y: int) -> None:
        patch = None if self._found is None else self._found.patch_at(x, y)
        if patch is not None:
            self.patchPicked.emit(patch)

    def middle_of(self, patch: int) -> QPointF:
        """The middle of a patch on the widget."""
        assert self._found is not None
        row, column = self._found.places[patch].tolist()
        half = self._found.spec.patch / 2
        return self.transform().map(QPointF(column + half, row + half))
