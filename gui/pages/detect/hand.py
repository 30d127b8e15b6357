"""What a person does on the page: settings, which can be undone, and looking around; and the pen on the paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from engine.images import Frame
from gui.pages.detect.state import with_cells, with_detector, with_grid, with_hidden
from gui.widgets.paper import render
from gui.widgets.source_state import LIVE_KINDS, MAX_POINTS, MAX_STROKES, SourceState, Stroke, count_points

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage

PAPER_SIDE = 640
"""Of a drawing, in pixels: sharp on a large screen; the net gets it scaled to its own size."""
FULL = "The paper is full. Clear it (Delete) and go on."


class Hand(QObject):
    """Follows controls, toolbar and picture. `drawn`: the drawing with the stroke under way."""

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page)
        self._page = page
        self.drawn: Frame | None = None
        self._rest: tuple[object, Frame] | None = None
        panel, view, tools = page.panel, page.stage.view, page.stage.tools
        panel.detectorPicked.connect(self.pick_detector)
        panel.scoreSet.connect(self._score_set)
        panel.overlapSet.connect(self._overlap_set)
        panel.suppressionSet.connect(self._suppression_set)
        panel.switched.connect(self.switch)
        panel.gridPicked.connect(self._grid_picked)
        panel.penSet.connect(self._pen_set)
        panel.classes.hiddenSet.connect(self._hidden_set)
        panel.classes.allAsked.connect(self._show_all)
        tools.toolPicked.connect(self.pick_tool)
        tools.clearAsked.connect(self.clear_paper)
        view.strokeGrew.connect(self._stroke_grew)
        view.strokeDone.connect(self._stroke_done)

    def _set(self, gesture: str | None = None, **changes: Any) -> None:
        self._page.change(replace(self._page.state, **changes), gesture)

    # --- what a person sets ----------------------------------------------------------------------------------

    @Slot(str)
    def pick_detector(self, name: str) -> None:
        self._page.change(with_detector(self._page.state, name))

    @Slot(float)
    def _score_set(self, value: float) -> None:
        self._set("score", least=value)

    @Slot(float)
    def _overlap_set(self, value: float) -> None:
        self._set("overlap", overlap=value)

    @Slot(str)
    def _suppression_set(self, key: str) -> None:
        self._set(suppression=key)

    @Slot(str, bool)
    def _hidden_set(self, name: str, hidden: bool) -> None:
        self._page.change(with_hidden(self._page.state, name, hidden))

    @Slot()
    def _show_all(self) -> None:
        self._set(hidden=())

    # --- looking around --------------------------------------------------------------------------------------

    @Slot(str, bool)
    def switch(self, key: str, on: bool) -> None:
        """Show something more or less: raw boxes, cells, anchors, tracks, plot."""
        state = self._page.state
        if key == "cells":
            self._page.amend(with_cells(state, on))
        else:
            changes: dict[str, Any] = {key: on}
            self._page.amend(replace(state, **changes))

    def toggle(self, key: str) -> None:
        """The other way round."""
        button = self._page.panel.toggles[key]
        if button.isEnabled():
            self.switch(key, not getattr(self._page.state, key))
        else:
            self._page.said.emit("This detector has no grid of cells: choose a YOLO net.", "info")

    @Slot(int)
    def _grid_picked(self, grid: int) -> None:
        self._page.amend(with_grid(self._page.state, grid))

    @Slot(str)
    def pick_tool(self, key: str) -> None:
        """Another tool for the paper."""
        self._page.stage.view.give_up()
        self._page.amend(replace(self._page.state, tool=key))  # type: ignore[arg-type]  # the keys of TOOLS

    @Slot(float)
    def _pen_set(self, value: float) -> None:
        self._page.amend(replace(self._page.state, pen=value))

    def toggle_frozen(self) -> None:
        """Hold what plays, or let it go on."""
        source = self._page.state.source
        if self._page.picker.lost:
            self._page.picker.reconnect()
        elif source.kind in LIVE_KINDS:
            self._page.picker.pick(replace(source, frozen=not source.frozen))
        else:
            self._page.said.emit("This picture stands still already: choose the camera or a video.", "info")

    # --- the paper -------------------------------------------------------------------------------------------

    def paper(self, source: SourceState) -> Frame:
        """The drawing as a picture; the same Frame as long as it is the same drawing."""
        if self.drawn is not None:
            return self.drawn
        subject = (source.strokes, source.value)
        if self._rest is None or self._rest[0] != subject:
            pixels = render(source.strokes, PAPER_SIDE, source.value or "dark")
            self._rest = subject, Frame(pixels, "Drawing")
        return self._rest[1]

    def give_up(self) -> bool:
        """Forget the stroke under way; False where there is none."""
        if self.drawn is None and not self._page.stage.view.drawing:
            return False
        self._page.stage.view.give_up()
        self.drawn = None
        return True

    def _stroke(self, points: tuple[tuple[float, float], ...]) -> Stroke:
        return self._page.state.pen, self._page.state.tool == "erase", points

    @Slot(object)
    def _stroke_grew(self, points: tuple[tuple[float, float], ...]) -> None:
        source = self._page.state.source
        strokes = (*source.strokes, self._stroke(points))
        self.drawn = Frame(render(strokes, PAPER_SIDE, source.value or "dark"), "Drawing")
        self._page.paper_changed()

    @Slot(object)
    def _stroke_done(self, points: tuple[tuple[float, float], ...]) -> None:
        source = self._page.state.source
        strokes = (*source.strokes, self._stroke(points))
        drawn, self.drawn = self.drawn, None
        if len(strokes) > MAX_STROKES or count_points(strokes) > MAX_POINTS:
            self._page.said.emit(FULL, "warn")
            self._page.paper_changed()
            return
        if drawn is not None:
            self._rest = (strokes, source.value), drawn  # the very frame that was asked about last
        self._set(source=replace(source, strokes=strokes))

    @Slot()
    def clear_paper(self) -> None:
        """An empty sheet."""
        source = self._page.state.source
        if source.kind == "drawing" and source.strokes:
            self.give_up()
            self._set(source=replace(source, strokes=()))
