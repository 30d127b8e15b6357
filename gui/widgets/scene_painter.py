"""Paints a canvas's scene: cells from cached pictures, windows, plates and kernels on their way to a new place."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from gui.theme import motion, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene

FLIP_MILLISECONDS: Final = 600


class ScenePainter(QObject):
    """Remembers where windows and plates were, and draws them between there and where the scene has them now."""

    advanced = Signal()
    """Something moved on: paint again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures: dict[str, tuple[tuple[object, ...], QImage]] = {}
        self._windows: dict[str, Mark] = {}
        self._places: dict[str, QPointF] = {}
        self._glide = self._animation(motion.hover)
        self._flip = self._animation(FLIP_MILLISECONDS)
        self._flipping, self._mirroring = "", False

    def _animation(self, milliseconds: int) -> QVariantAnimation:
        animation = QVariantAnimation(self)
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.setDuration(milliseconds)
        animation.valueChanged.connect(self._animated)
        return animation

    @Slot()
    def _animated(self) -> None:
        self.advanced.emit()

    # --- motion ----------------------------------------------------------------------------------------------

    @property
    def moving(self) -> bool:
        """Whether a window glides or a kernel turns at the moment."""
        return _runs(self._glide) or _runs(self._flip)

    def leave(self, scene: Scene) -> None:
        """What is in this scene is where a glide starts from."""
        self._windows, self._places = _windows(scene), _sliding(scene)

    def stay(self) -> None:
        """The next scene is there at once: nothing that was before has a place in it."""
        self._windows, self._places = {}, {}

    def arrive(self, scene: Scene) -> None:
        """Glide to this scene where something in it was elsewhere."""
        moved = _windows(scene) != self._windows or _sliding(scene) != self._places
        if (self._windows or self._places) and moved:
            self._glide.stop()
            self._glide.start()

    def flip(self, prefix: str, *, mirror: bool, milliseconds: int) -> None:
        """Turn the plates whose key begins with `prefix` by 180 degrees into their new state, or mirror a row."""
        self._flipping, self._mirroring = prefix, mirror
        self._flip.stop()
        self._flip.setDuration(milliseconds)
        self._flip.start()

    def forget_pictures(self) -> None:
        """Colours changed: every cell is painted anew."""
        self._pictures.clear()

    # --- painting --------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, scene: Scene, zoom: float, ratio: float) -> None:
        """Draw a scene on the screen; `zoom`: of the painter, `ratio`: pixels of the device in one of the window."""
        for item in scene.below:
            item.paint(painter)
        for plate in scene.plates:
            if not plate.rect.isEmpty():
                painter.save()
                self._move(painter, plate)
                self._draw_picture(painter, plate, zoom, ratio)
                plate.paint_outline(painter)
                painter.restore()
            plate.paint_marks(painter, self._marks(plate))
        for item in scene.above:
            item.paint(painter)

    @staticmethod
    def paint_still(painter: QPainter, scene: Scene, size: QSizeF) -> None:
        """Draw a scene for an export: nothing moves, and vectors stay vectors where the painter keeps them."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.fillRect(QRectF(QPointF(), size), theme.colors.window)
        for item in scene.below:
            item.paint(painter)
        for plate in scene.plates:
            if not plate.rect.isEmpty():
                plate.paint_cells(painter, plate.rect.topLeft())
                plate.paint_outline(painter)
            plate.paint_marks(painter)
        for item in scene.above:
            item.paint(painter)

    def _move(self, painter: QPainter, plate: Plate) -> None:
        """Shift, turn or mirror what comes by as much as is still to go."""
        if _runs(self._glide) and plate.key in self._places:
            painter.translate((self._places[plate.key] - plate.rect.topLeft()) * (1 - _eased(self._glide)))
        if _runs(self._flip) and plate.key.startswith(self._flipping):
            share = _eased(self._flip)
            painter.translate(plate.rect.center())
            if self._mirroring:
                painter.scale(2 * share - 1, 1)
            else:
                painter.rotate(180.0 * (1 - share))
            painter.translate(-plate.rect.center())

    def _marks(self, plate: Plate) -> tuple[Mark, ...]:
        """The marks of a plate, its window on its way."""
        before = self._windows.get(plate.key)
        if before is None or not _runs(self._glide):
            return plate.marks
        window, share = MarkRole.WINDOW, _eased(self._glide)
        last = next((mark for mark in reversed(plate.marks) if mark.role is window), None)
        if last is None:
            return plate.marks
        between = before.between(last, share)
        return tuple(between if mark.role is window else mark for mark in plate.marks)

    def _draw_picture(self, painter: QPainter, plate: Plate, zoom: float, ratio: float) -> None:
        """Draw the cached cells pixel for pixel: any scaling would cost a thin minus sign its only row."""
        image = self._picture(plate, zoom, ratio)
        size = QSizeF(image.width(), image.height()) / (ratio * zoom)
        painter.drawImage(QRectF(plate.rect.topLeft(), size), image)

    def _picture(self, plate: Plate, zoom: float, ratio: float) -> QImage:
        """The plate's cells as a picture, painted anew only when something in them changed."""
        scale = ratio * zoom
        signature = (*plate.signature(), round(scale, 3))
        known = self._pictures.get(plate.key)
        if known is not None and known[0] == signature:
            return known[1]
        width, height = math.ceil(plate.rect.width() * scale) + 1, math.ceil(plate.rect.height() * scale) + 1
        image = QImage(max(width, 1), max(height, 1), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.scale(scale, scale)
        plate.paint_cells(painter, QPointF(), zoom)
        painter.end()
        self._pictures[plate.key] = (signature, image)
        return image


def _runs(animation: QVariantAnimation) -> bool:
    return animation.state() is QVariantAnimation.State.Running


def _eased(animation: QVariantAnimation) -> float:
    """How far a motion has come, 0..1: quick at first, slow at the end."""
    return 1 - (1 - float(animation.currentValue() or 0.0)) ** 3


def _windows(scene: Scene) -> dict[str, Mark]:
    """The window on each plate."""
    return {plate.key: mark for plate in scene.plates for mark in plate.marks if mark.role is MarkRole.WINDOW}


def _sliding(scene: Scene) -> dict[str, QPointF]:
    """Where the plates lie that slide."""
    return {plate.key: plate.rect.topLeft() for plate in scene.plates if plate.slides}
