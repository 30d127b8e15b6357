"""What a graph view shows: a drawing laid out, seen through a camera, with what stands out in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import (
    QEasingCurve,
    QPointF,
    QRectF,
    QSizeF,
    QTimer,
    QVariantAnimation,
    Slot,
)
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import motion, theme, with_alpha
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.graph import paint
from gui.widgets.graph.camera import Camera
from gui.widgets.graph.data import Drawing
from gui.widgets.graph.layout import Direction
from gui.widgets.graph.marks import DIMMED, Marks
from gui.widgets.graph.minimap import Minimap
from gui.widgets.graph.scene import GraphScene
from gui.widgets.graph.tiles import Tiles
from gui.widgets.graph.walk import anchor, origins
from gui.widgets.graph.words import description

READABLE_ZOOM: Final = 0.5
SETTLE_MS: Final = 250
"""How long a change of numbers rests before the drawing is laid out anew for it, where it has to be."""
ROOM_STEP: Final = 80
"""Columns are laid out anew only when the view grew or shrank by this much."""


class GraphCanvas(QWidget):
    """Shows a Drawing; the hands on it are those of GraphView."""

    def __init__(self, name: str = "Network graph", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = Drawing()
        self._direction: Direction = "down"
        self._scene = GraphScene()
        self._tiles, self._minimap = Tiles(), Minimap()
        self._camera, self._marks = Camera(QSizeF(self.size()), self._scene.bounds), Marks()
        self._before: dict[str, QRectF] = {}
        self._morph = self._animation(motion.depth)
        self._glide = self._animation(motion.depth)
        self._glide.valueChanged.connect(self._glided)
        self._glide_from = self._glide_to = QPointF()
        self._dim = self._animation(motion.hover)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._by_keyboard = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        theme.changed.connect(self._theme_changed)

    def _animation(self, milliseconds: int) -> QVariantAnimation:
        animation = QVariantAnimation(self)
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.setDuration(milliseconds)
        animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        animation.valueChanged.connect(self._animated)
        return animation

    # --- what is shown ----------------------------------------------------------------------------------------

    @property
    def drawing(self) -> Drawing:
        return self._drawing

    @property
    def scene(self) -> GraphScene:
        return self._scene

    @property
    def zoom(self) -> float:
        return self._camera.zoom

    @property
    def selected(self) -> str:
        """The key of the selected box, "" without one."""
        return self._marks.selected

    @property
    def moving(self) -> bool:
        """Whether boxes or the view are on their way at the moment, or about to be."""
        running = QVariantAnimation.State.Running
        return running in (self._morph.state(), self._glide.state()) or self._settle.isActive()

    def set_drawing(self, drawing: Drawing, *, keep_view: bool = True) -> None:
        """Show boxes and edges. What stays on show keeps its place in the view, and boxes glide to their new one.

        `keep_view` False, or a drawing that has nothing in common with the one before: fit it.
        Raises ValueError where the edges run in a circle or name a box that is not there.
        """
        if drawing == self._drawing:
            if not keep_view:
                self.fit()
            return
        self._settle.stop()
        if self._scene.has_structure_of(drawing) and self._scene.direction == self._direction:
            scene = GraphScene(drawing, self._direction, like=self._scene)
            self._drawing = drawing
            self._marks.keep(scene)
            self._show(scene)
            if not keep_view:
                self._camera.fit()
            if scene.cramped:
                self._settle.start()  # not with every change while a hand is on a number
            self._describe()
            return
        scene = GraphScene(drawing, self._direction, self._room())
        self._drawing = drawing
        self._replace(scene, keep_view)

    @Slot()
    def _settled(self) -> None:
        """What is written has outgrown its places: lay out anew."""
        self._replace(GraphScene(self._drawing, self._direction, self._room()), keep_view=True)

    def _replace(self, scene: GraphScene, keep_view: bool) -> None:
        before, camera = self._scene, self._camera
        fixed = None
        if keep_view and not camera.fitted:
            fixed = anchor(before, scene, self.selected, camera.seen.center())
        self._marks.keep(scene)
        self._show(scene)
        if fixed is None:
            camera.fit()
        else:
            camera.move_to(camera.pan + (fixed.before - fixed.after) * camera.zoom)
        self._start_morph(before)
        self._forget_light()
        self._describe()

    def set_direction(self, direction: Direction) -> None:
        """Let the layers follow each other "down" or to the "right"."""
        if direction != self._direction:
            self._direction = direction
            self._lay_out_anew()

    def set_selected(self, key: str) -> None:
        """Select a box; "" or an unknown key selects none. Emits nothing."""
        key = key if key in self._scene.items else ""
        if key != self._marks.selected:
            self._marks.selected = key
            self._describe()
            self.update()

    def set_found(self, keys: tuple[str, ...]) -> None:
        """Highlight the boxes that somebody looks for; unknown keys are left out."""
        found = tuple(key for key in keys if key in self._scene.items)
        if found != self._marks.found:
            self._marks.found = found
            self.update()

    # --- the view ---------------------------------------------------------------------------------------------

    @Slot()
    def fit(self) -> None:
        """Show everything."""
        self._relayout_for_room()
        self._glide.stop()
        self._camera.fit()
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a point of the widget (its middle by default)."""
        self._glide.stop()
        self._camera.zoom_by(factor, around if around is not None else self._camera.middle)
        self.update()

    def shows(self, key: str) -> bool:
        """Whether a box is wholly in view, at a zoom at which it can be read."""
        item = self._scene.items.get(key)
        return (
            item is not None and self._camera.zoom >= READABLE_ZOOM and self._camera.seen.contains(item.rect)
        )

    def reveal(self, key: str) -> None:
        """Bring a box into the middle of the view, at a zoom at which it can be read."""
        item, camera = self._scene.items.get(key), self._camera
        if item is None:
            return
        self._glide.stop()
        if camera.zoom < READABLE_ZOOM:
            camera.zoom = 1.0
            camera.move_to(camera.pan_for(item.rect.center()))
        self._glide_from, self._glide_to = camera.pan, camera.clamped(camera.pan_for(item.rect.center()))
        if theme.reduced_motion or not self.isVisible():
            camera.move_to(self._glide_to)
        else:
            camera.fitted = False
            self._glide.start()
        self.update()

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the whole graph at another size (export): lines and text, no cached pictures."""
        bounds = self._scene.bounds
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.fillRect(QRectF(QPointF(), size), theme.colors.window)
        scale = min(size.width() / bounds.width(), size.height() / bounds.height())
        painter.save()
        painter.translate(
            (size.width() - bounds.width() * scale) / 2, (size.height() - bounds.height() * scale) / 2
        )
        painter.scale(scale, scale)
        painter.translate(-bounds.topLeft())
        paint.paint_part(painter, self._scene.parts(bounds), self._scene, max(scale, 1.0))
        painter.restore()

    def preferred_size(self) -> QSizeF:
        """The size of the whole drawing, its margins included."""
        return self._scene.bounds.size()

    def box_rect(self, key: str) -> QRectF:
        """Where a box is in the widget's coordinates; empty for an unknown key."""
        item = self._scene.items.get(key)
        return self._camera.to_view(item.rect) if item is not None else QRectF()

    def sign_rect(self, key: str) -> QRectF:
        """Where the fold sign of a box or of an open group is in the widget; empty where there is none."""
        item = self._scene.items.get(key)
        if item is not None:
            return self._camera.to_view(item.sign) if item.box.foldable else QRectF()
        frame = next((f for f in self._scene.frames if f.key == key), None)
        return self._camera.to_view(frame.sign) if frame is not None else QRectF()

    def minimap_rect(self) -> QRectF:
        """Where the overview is; empty while everything is in view."""
        if not self._scene.items or self._camera.sees_everything:
            return QRectF()
        return Minimap.place(self._scene, QSizeF(self.size()))

    def _room(self) -> QSizeF:
        return QSizeF(
            max(self.width() // ROOM_STEP, 3) * ROOM_STEP, max(self.height() // ROOM_STEP, 3) * ROOM_STEP
        )

    def _show(self, scene: GraphScene) -> None:
        self._scene, self._camera.bounds = scene, scene.bounds
        self._tiles.clear()
        self._minimap.forget()
        self.update()

    def _lay_out_anew(self) -> None:
        before = self._scene
        self._show(GraphScene(self._drawing, self._direction, self._room()))
        self._camera.fit()
        self._start_morph(before)

    def _relayout_for_room(self) -> None:
        scene = GraphScene(self._drawing, self._direction, self._room())
        if scene.placed != self._scene.placed:
            self._show(scene)

    # --- motion -----------------------------------------------------------------------------------------------

    def _start_morph(self, before: GraphScene) -> None:
        """Boxes glide from where they were; those of a group that opened come out of its box."""
        self._morph.stop()
        self._before = {}
        if theme.reduced_motion or not self.isVisible() or not before.items:
            return
        self._before = origins(before, self._scene)
        if any(rect != self._scene.items[key].rect for key, rect in self._before.items()):
            self._morph.start()

    @Slot()
    def _animated(self) -> None:
        self.update()

    @Slot()
    def _glided(self) -> None:
        share = float(self._glide.currentValue() or 0.0)
        self._camera.pan = self._glide_from + (self._glide_to - self._glide_from) * share

    @Slot()
    def _theme_changed(self) -> None:
        self._tiles.clear()
        self._minimap.forget()
        self.update()

    # --- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        if self._morph.state() is QVariantAnimation.State.Running:
            painter.fillRect(self.rect(), theme.colors.window)
            self._paint_morph(painter)
        else:
            self._paint_tiles(painter)
            self._paint_marks(painter)
        painter.resetTransform()
        place = self.minimap_rect()
        if not place.isEmpty():
            self._minimap.paint(painter, place, self._scene, self._camera.seen, self.devicePixelRatioF())
        if self.hasFocus() and self._by_keyboard:
            paint_focus_ring(painter, QRectF(self.rect()))

    def _paint_tiles(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        area = QRectF(0, 0, self.width() * ratio, self.height() * ratio)
        self._tiles.draw(
            painter,
            area,
            self._camera.pan * ratio,
            self._camera.zoom * ratio,
            theme.colors.window,
            self._paint_area,
        )
        painter.restore()

    def _paint_area(self, painter: QPainter, area: QRectF) -> None:
        part = self._scene.parts(area.adjusted(-2, -2, 2, 2))
        paint.paint_part(painter, part, self._scene, self._camera.zoom)

    def _on_scene(self, painter: QPainter) -> None:
        """Paint in the scene's pixels, at the whole device pixels at which the tiles lie."""
        ratio = self.devicePixelRatioF()
        painter.translate(
            round(self._camera.pan.x() * ratio) / ratio, round(self._camera.pan.y() * ratio) / ratio
        )
        painter.scale(self._camera.zoom, self._camera.zoom)

    def _paint_marks(self, painter: QPainter) -> None:
        """The veil over everything else, and what stands out."""
        share = self._light_share()
        if share > 0:
            painter.fillRect(self.rect(), with_alpha(theme.colors.window, share * DIMMED))
        self._on_scene(painter)
        self._marks.paint(painter, self._scene, self.zoom, self._camera.seen, share)

    def _light_share(self) -> float:
        """How far the surroundings of a box are lit, 0..1."""
        share = 1.0
        if self._dim.state() is QVariantAnimation.State.Running:
            share = float(self._dim.currentValue() or 0.0)
        return share if self._marks.lighting else (1.0 - share if self._marks.lit else 0.0)

    def _paint_morph(self, painter: QPainter) -> None:
        """Boxes on their way; edges, frames and labels of the new drawing appear under them."""
        share = float(self._morph.currentValue() or 0.0)
        self._on_scene(painter)
        part = self._scene.parts(self._camera.seen)
        painter.setOpacity(share)
        for frame in part.frames:
            paint.paint_frame(painter, frame, self._camera.zoom)
        paint.paint_wires(
            painter,
            part.wires,
            paint.wire_color(self._camera.zoom),
            paint.LINE,
            self._camera.zoom,
        )
        painter.setOpacity(1.0)
        for item in self._scene.items.values():
            before = self._before.get(item.box.key)
            painter.setOpacity(share if before is None else 1.0)
            shift = QPointF() if before is None else (before.topLeft() - item.rect.topLeft()) * (1 - share)
            moved = replace(item, rect=item.rect.translated(shift))
            if moved.rect.intersects(self._camera.seen):
                paint.paint_item(painter, moved, self._scene.largest, self._camera.zoom)
        painter.setOpacity(1.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._camera.view = QSizeF(self.size())
        if self._camera.fitted:
            self.fit()
        else:
            self._camera.move_to(self._camera.pan)

    # --- what stands out --------------------------------------------------------------------------------------

    def _light(self, key: str) -> None:
        """Light the surroundings of a box, or let them fade."""
        fresh = self._marks.light(key)
        self._dim.stop()
        if fresh and not theme.reduced_motion and self.isVisible():
            self._dim.start()
        elif not key:
            self._marks.lit = ""
        self.update()

    def _forget_light(self) -> None:
        """What was lit may be gone or have moved."""
        self._dim.stop()
        self._marks.lit, self._marks.lighting = "", False

    def _describe(self) -> None:
        self.setAccessibleDescription(description(self._drawing, self.selected))
