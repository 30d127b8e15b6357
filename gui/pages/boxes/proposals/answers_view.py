"""The picture with what a method has found in it, or with what a region proposal network says on one level."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from engine.detection.proposals.requests import Level, RegionRun
from engine.detection.scoring import Found
from engine.images import Frame
from gui import colormaps
from gui.pages.boxes.proposals.regions_view import dark, light, paint_chip
from gui.theme import CONTROL_HEIGHT, VIRIDIS, radius, space, theme, with_alpha
from gui.widgets.box_paint import DrawnBox, paint_boxes
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.picture import to_image
from gui.widgets.scene import ColorBar, bar_width

MOST_DRAWN = 5
"""Answers that are drawn, the best ones; a net without a background class would cover the picture with them."""
HEAT = 0.55
KEY_BAR = 60
"""By how much the colour bar of the objectness is longer than it has to be."""
ROOMY = 170
"""Pictures narrower than this name their best answer only: labels would cover each other."""
UNTRAINED = "untrained"


class AnswersView(FrameView):
    """Draws over the frame; boxes of answers and levels are in pixels of a picture `scale` times smaller."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._run: RegionRun | None = None
        self._found = Found(np.empty((0, 4)), np.empty(0), np.empty(0, np.int64))
        self._level: Level | None = None
        self._heat: QImage | None = None
        self._scale = 1.0
        self.set_overlay(self._paint_answers)

    @property
    def found(self) -> Found:
        """The answers above the least score; the first MOST_DRAWN of them are drawn."""
        return self._found

    def show_run(self, frame: Frame, width: int, run: RegionRun | None, least: float, level: int) -> None:
        """Show what a run has found in a picture of that width; `level` −1: its answers, else that map's proposals."""
        if self.frame is not frame:
            self.set_frame(frame)
        self._run, self._scale = run, frame.width / width
        empty = np.empty(0)
        self._found = (
            Found(np.empty((0, 4)), empty, empty.astype(np.int64)) if run is None else run.answers(least)
        )
        self._level = run.levels[level] if run is not None and 0 <= level < len(run.levels) else None
        self._heat = None
        if self._level is not None:
            self._heat = to_image(np.ascontiguousarray(colormaps.magnitude(self._level.objectness, 0.0, 1.0)))
        self.update()

    def answer_at(self, x: int, y: int) -> list[Fact]:
        """The smallest answer around a pixel."""
        run = self._run
        if run is None:
            return []
        boxes = self._found.boxes[:MOST_DRAWN] * self._scale
        around = [
            index
            for index, (x1, y1, x2, y2) in enumerate(boxes.tolist())
            if x1 <= x < x2 and y1 <= y < y2
        ]  # fmt: skip
        if not around:
            return []
        best = min(around, key=lambda index: float(np.prod(boxes[index, 2:] - boxes[index, :2])))
        x1, y1, x2, y2 = self._found.boxes[best].tolist()
        return [
            ("answer", run.labels[int(self._found.classes[best])], "The likeliest class of this box."),
            ("score", f"{self._found.scores[best]:.3f}", "Its probability (softmax)."),
            (
                "box",
                f"{x1:.0f}, {y1:.0f}, {x2:.0f}, {y2:.0f}",
                "x1, y1, x2, y2 in pixels of the searched picture.",
            ),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is a click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.picture_size[0]:
            self.clicked.emit(self.picture_size[0] // 2, self.picture_size[1] // 2)
        else:
            super().keyPressEvent(event)

    # --- painting -------------------------------------------------------------------------------------------

    def _paint_answers(self, painter: QPainter, transform: QTransform) -> None:
        run = self._run
        if run is None:
            return
        room = self.picture_rect()
        painter.setClipRect(room)
        whole = QTransform.fromScale(self._scale, self._scale) * transform
        if self._level is not None:
            self._paint_level(painter, whole, self._level)
            return
        if not run.trained:
            for number, level in enumerate(run.levels):
                self._paint_thin(painter, whole, level, number)
            paint_chip(painter, room.center(), UNTRAINED, theme.colors.warn)
            return
        named = MOST_DRAWN if room.width() >= ROOMY else 1
        drawn = []
        for index, box in enumerate(self._found.boxes[:MOST_DRAWN].tolist()):
            kind, score = int(self._found.classes[index]), float(self._found.scores[index])
            label = f"{run.labels[kind]} {score:.2f}" if index < named else ""
            drawn.append(DrawnBox(_area(whole, box), theme.class_color(kind), label))
        paint_boxes(painter, drawn, room)

    def _paint_level(self, painter: QPainter, transform: QTransform, level: Level) -> None:
        """Objectness of every cell, and the proposals that come from it."""
        if self._heat is not None:
            painter.setOpacity(HEAT)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(self.picture_rect() if self.view.zoom == 1 else self._whole(), self._heat)
            painter.setOpacity(1.0)
        self._paint_thin(painter, transform, level, -1)
        _paint_key(painter, self.picture_rect(), level)

    def _whole(self) -> QRectF:
        return self.transform().mapRect(QRectF(0, 0, *self.picture_size))

    def _paint_thin(self, painter: QPainter, transform: QTransform, level: Level, number: int) -> None:
        areas = [_area(transform, box) for box in level.boxes.tolist()]
        color = light() if number < 0 else theme.class_color(number)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((with_alpha(dark(), 0.35), 2.5), (with_alpha(color, 0.8), 1.0)):
            painter.setPen(QPen(shade, width))
            painter.drawRects(areas)


def _paint_key(painter: QPainter, room: QRectF, level: Level) -> None:
    """What the colours mean, on a ground of their own in the corner."""
    rows, columns = level.objectness.shape
    label = f"objectness, {columns} × {rows} cells"
    width, height = bar_width("0", "1", label) + KEY_BAR, float(CONTROL_HEIGHT)
    if width + 2 * space.s > room.width():
        return
    ground = QRectF(room.left() + space.xs, room.bottom() - height - space.xs, width + space.m, height)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(theme.colors.surface)
    painter.drawRoundedRect(ground, radius.control, radius.control)
    ColorBar(ground.adjusted(space.s, 0, -space.xs, 0), VIRIDIS, "0", "1", label).paint(painter)


def _area(transform: QTransform, box: list[float]) -> QRectF:
    x1, y1, x2, y2 = box
    return transform.mapRect(QRectF(x1, y1, x2 - x1, y2 - y1))
