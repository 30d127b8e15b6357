"""What a hand does with the tools: shown and asked about at once, part of the state when it lets go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QColor

from engine.images import Frame
from engine.networks.classifying.picture_edits import PAINTS, crop_box
from engine.networks.requests import PictureEdits
from gui.pages.classify.picture_stage import PictureStage
from gui.pages.classify.state import BOLDEST, THINNEST, ClassifyState, Crop, PaintStroke, Point, unedited
from gui.pages.classify.toolbar import ToolBar
from gui.theme import GREY
from gui.widgets.drawing_board import render
from gui.widgets.source_state import MAX_THICKNESS, Stroke

WHOLE: Crop = (0.0, 0.0, 1.0, 1.0)
DRAW_HERE = "Draw a digit here"
NO_CROP = "Drag a frame on the picture"


class Hand(QObject):
    """Follows toolbar and picture. `edits` are those on show, `drawn` a drawing with the stroke under way."""

    moved = Signal()
    """Something under the hand changed."""
    done = Signal(object, str)
    """A new state, and the gesture that it belongs to ("" for one of its own)."""
    toolChanged = Signal(object)
    """A state with another tool or brush: no change to the picture, hence nothing to undo."""

    def __init__(
        self, tools: ToolBar, picture: PictureStage, state: Callable[[], ClassifyState], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tools, self._picture, self._state = tools, picture, state
        self._draft: PictureEdits | None = None
        self.drawn: Frame | None = None
        tools.toolPicked.connect(self.pick_tool)
        tools.paintPicked.connect(self._pick_paint)
        tools.erasePicked.connect(self._pick_eraser)
        tools.sizeMoved.connect(self._set_brush)
        tools.angleMoved.connect(self._angle_moved)
        tools.angleDone.connect(self._angle_done)
        tools.wholeAsked.connect(self._whole)
        tools.resetAsked.connect(self.reset_edits)
        picture.strokeGrew.connect(self._stroke_grew)
        picture.strokeDone.connect(self._stroke_done)
        picture.cropMoved.connect(self._crop_moved)
        picture.cropDone.connect(self._crop_done)
        picture.angleMoved.connect(self._angle_moved)
        picture.angleDone.connect(self._angle_done)
        picture.brushAsked.connect(self._scale_brush)

    @property
    def edits(self) -> PictureEdits:
        """What was done to the picture, with what the hand is doing."""
        return self._state().edits if self._draft is None else self._draft

    @property
    def at_work(self) -> bool:
        return self._draft is not None

    def give_up(self) -> None:
        """Forget what the hand is doing."""
        self._picture.give_up()
        self._draft = self.drawn = None

    def show_tools(self, frame: Frame | None) -> None:
        """Show tool, brush, angle and crop as they are under the hand."""
        state, edits = self._state(), self.edits
        self._tools.show_state(state, edits.angle, _crop_text(edits.crop, frame))
        if state.drawing:
            reach, light = state.pen / 2, (state.source.value == "light") != state.erase
            color = QColor(*GREY[-1 if light else 0])
        else:
            reach, grey = state.brush, PAINTS[state.paint]
            color = QColor(grey, grey, grey)
        self._picture.set_tool(state.tool, reach, color)
        blank = state.drawing and not state.source.strokes and self.drawn is None
        self._picture.invite(DRAW_HERE if blank else "")

    def _under_way(self, edits: PictureEdits) -> None:
        self._draft = edits
        self.moved.emit()

    def _let_go(self, state: ClassifyState, gesture: str = "") -> None:
        self._draft = self.drawn = None
        self.done.emit(state, gesture)

    # --- tools -----------------------------------------------------------------------------------------------

    @Slot(str)
    def pick_tool(self, tool: str) -> None:
        """Take another tool; what the one before had begun is forgotten."""
        self.give_up()
        self.toolChanged.emit(replace(self._state(), tool=tool))  # type: ignore[arg-type]  # the keys of TOOLS

    @Slot(str)
    def _pick_paint(self, paint: str) -> None:
        state = replace(self._state(), paint=paint)  # type: ignore[arg-type]  # the keys of PAINTS
        if state.strokes:
            self._let_go(state)
        else:
            self.toolChanged.emit(state)

    @Slot(bool)
    def _pick_eraser(self, on: bool) -> None:
        self.toolChanged.emit(replace(self._state(), erase=on))

    @Slot(float)
    def _set_brush(self, size: float) -> None:
        state = self._state()
        if state.drawing:
            self.toolChanged.emit(replace(state, pen=min(max(size, THINNEST), MAX_THICKNESS)))
        else:
            self.toolChanged.emit(replace(state, brush=min(max(size, THINNEST), BOLDEST)))

    @Slot(float)
    def _scale_brush(self, factor: float) -> None:
        state = self._state()
        self._set_brush(round((state.pen if state.drawing else state.brush) * factor, 4))

    # --- strokes ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _stroke_grew(self, points: tuple[Point, ...]) -> None:
        state = self._state()
        if state.drawing:
            strokes = (*state.source.strokes, self._pen_stroke(points))
            self.drawn = Frame(render(strokes, ink=state.source.value or "dark"), "Drawing")
            self._under_way(state.edits)
        else:
            self._under_way(replace(state.edits, strokes=(*state.strokes, self._paint_stroke(points))))

    @Slot(object)
    def _stroke_done(self, points: tuple[Point, ...]) -> None:
        state = self._state()
        if state.drawing:
            strokes = (*state.source.strokes, self._pen_stroke(points))
            self._let_go(replace(state, source=replace(state.source, strokes=strokes)))
        else:
            self._let_go(replace(state, strokes=(*state.strokes, self._paint_stroke(points))))

    def _pen_stroke(self, points: tuple[Point, ...]) -> Stroke:
        return self._state().pen, self._state().erase, points

    def _paint_stroke(self, points: tuple[Point, ...]) -> PaintStroke:
        return self._state().brush, points

    # --- crop and angle --------------------------------------------------------------------------------------

    @Slot(object)
    def _crop_moved(self, crop: Crop) -> None:
        self._under_way(replace(self._state().edits, crop=crop))

    @Slot(object)
    def _crop_done(self, crop: Crop | None) -> None:
        self._let_go(replace(self._state(), crop=None if crop == WHOLE else crop), "crop")

    @Slot()
    def _whole(self) -> None:
        self._let_go(replace(self._state(), crop=None))

    @Slot(float)
    def _angle_moved(self, angle: float) -> None:
        self._under_way(replace(self._state().edits, angle=angle))

    @Slot(float)
    def _angle_done(self, angle: float) -> None:
        self._let_go(replace(self._state(), angle=angle), "angle")

    @Slot()
    def reset_edits(self) -> None:
        """The picture as it came; an unedited drawing is cleared."""
        state = self._state()
        if state.edited:
            self._let_go(unedited(state))
        elif state.drawing and state.source.strokes:
            self._let_go(replace(state, source=replace(state.source, strokes=())))


def _crop_text(crop: Crop | None, frame: Frame | None) -> str:
    if crop is None or frame is None:
        return NO_CROP
    left, top, right, bottom = crop_box(crop, (frame.height, frame.width))
    return f"{right - left} × {bottom - top} of {frame.width} × {frame.height} pixels"
