"""The page "Style": keeps its state and the pictures; its views paint with them, explain, and run live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent

from engine import sources
from engine.errors import UserError
from engine.images import Frame
from engine.style.settings import StyleSettings
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.style import tour
from gui.pages.style.arrivals import Arrivals
from gui.pages.style.controls import StyleControls
from gui.pages.style.explanation import EXPLANATION, SHORTCUTS
from gui.pages.style.exports import StyleExports
from gui.pages.style.framing import Framing
from gui.pages.style.masks import MaskDesk
from gui.pages.style.pictures import PictureDesk
from gui.pages.style.stage import StyleStage
from gui.pages.style.state import (
    MOST_STYLES,
    StyleState,
    with_picture,
    with_style_added,
    with_style_removed,
)
from gui.pages.style.view import StyleView, Subject
from gui.pages.style.views import VIEWS
from gui.pages.views import exports
from gui.pages.views.page import ViewsPage
from gui.pages.views.section import ViewsInspector
from gui.widgets.facts import Fact
from gui.widgets.source_state import LIVE_KINDS, SourceState, Stroke

NEXT_STYLE: Final = SourceState("preset", "mosaic")
POINT: Final[Fact] = ("point at a picture", "", "Every pixel of the stage can be asked for.")


class StylePage(ViewsPage[StyleState, StyleView]):
    """A content, styles, and views of how one gets into the other."""

    state_class = StyleState
    numbered = tuple(entry.option for entry in VIEWS)

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._framing = Framing()
        self._masks = MaskDesk()
        self._arrivals = Arrivals(self)
        self.pictures = PictureDesk(services.bridge, self)
        self.stage: StyleStage = StyleStage(services.bridge)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = StyleControls(self.controls, self.picker, services.bridge)
        self.details = ViewsInspector(self.inspector, POINT)
        self.show_stepper(False)
        self._connect()
        self.show_state(self.state)

    def _connect(self) -> None:
        tiles = self.panel.tiles
        tiles.chosen.connect(self._tile_chosen)
        tiles.dropped.connect(self._dropped_on)
        tiles.removeAsked.connect(self._remove_style)
        tiles.addAsked.connect(self._add_style)
        self.panel.takeAsked.connect(self._take_frame)
        self.pictures.came.connect(self._picture_here)
        self.pictures.failed.connect(self._picture_missing)
        self.connect_views()

    @Slot(str, object)
    def view_made(self, name: str, view: StyleView) -> None:
        super().view_made(name, view)
        view.settingsChanged.connect(self._settings_changed)
        view.strokeAdded.connect(self._stroke_added)
        view.maskCleared.connect(self._mask_cleared)
        view.maskInverted.connect(self._mask_inverted)
        view.paintedChanged.connect(self._painted_changed)
        view.pageAsked.connect(self.pageAsked)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """What the views are about."""
        state, paint = self.state, self.stage.built("paint")
        content = self.pictures.frame(state.content)
        styles = tuple(self.pictures.frame(source) for source in state.styles)
        painted = None if paint is None else paint.painted
        frames = self.picker.frames if self._framing.on else None
        mask = None if content is None else self._masks.of(state.mask, state.mask_inverted, content)
        coming = not self.pictures.settled
        costs = () if paint is None else paint.costs
        return Subject(content, styles, state.settings, mask, painted, frames, state, coming, costs)

    def show_state(self, state: StyleState) -> None:
        """Draw at once what memory holds; fetch the pictures; the view asks for the rest."""
        if self._framing.on and not self._framing.concerns(state.source):
            self.end_framing()  # the tile has another picture by now: nobody looks for one any more
        self.pictures.want(state.sources)
        self.follow_source(state)
        self._show_tiles()
        view = self.bring_view(state.view)
        self.panel.show_view(view.controls())
        view.show_subject(self.subject, state.own(state.view))
        view.set_active(self.active)
        self.show_facts()
        self.show_steps()

    def _show_tiles(self) -> None:
        state = self.state
        frames = [self.pictures.frame(source) for source in state.sources]
        problems = [self.pictures.problem(source) for source in state.sources]
        live = self._framing.frame
        if live is not None:
            frames[state.tile], problems[state.tile] = live, ""
        self.panel.tiles.show_pictures(frames, problems, state.tile, MOST_STYLES)
        self.panel.show_tile(state.tile, len(state.styles), state.source)
        self.panel.take_button.setVisible(live is not None)

    @Slot()
    def show_steps(self) -> None:
        """A stepper that plays is not set back by every new picture of the run."""
        view = self.stage.view
        steps = None if view is None else view.steps()
        self.show_stepper(steps is not None)
        if steps is not None and not self.stepper.playing:
            self.stepper.set_range(*steps)
        elif steps is not None and steps[0] != self.stepper.count:
            self.stepper.set_range(steps[0], min(self.stepper.index, steps[0] - 1), steps[2])

    @Slot()
    def _painted_changed(self) -> None:
        """Another view may show what was painted."""
        view = self.stage.view
        if view is not None and view is not self.stage.built("paint"):
            view.show_subject(self.subject, self.state.own(self.state.view))

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object, str)
    def _settings_changed(self, settings: StyleSettings, gesture: str) -> None:
        self.change(replace(self.state, settings=settings), gesture or None)

    @Slot(object)
    def _stroke_added(self, stroke: Stroke) -> None:
        self.change(replace(self.state, mask=(*self.state.mask, stroke)))

    @Slot()
    def _mask_cleared(self) -> None:
        self.change(replace(self.state, mask=(), mask_inverted=False))

    @Slot()
    def _mask_inverted(self) -> None:
        self.change(replace(self.state, mask_inverted=not self.state.mask_inverted))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view = self.stage.view
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and view is not None and view.toggle():
            return
        super().keyPressEvent(event)

    def escape(self) -> bool:
        if self._framing.on:
            self.end_framing()
            self.show_state(self.state)
            return True
        return super().escape()

    # --- pictures --------------------------------------------------------------------------------------------

    def with_source(self, state: StyleState, source: SourceState) -> StyleState:
        return with_picture(state, state.tile, source)

    @Slot(object)
    def _picture_here(self, source: SourceState) -> None:
        self._arrivals.came(source)
        self.show_state(self.state)

    @Slot(object, str)
    def _picture_missing(self, source: SourceState, sentence: str) -> None:
        self.said.emit(sentence, "warn")
        instead = self._arrivals.missing(source)
        if instead is None:
            self.show_state(self.state)
        else:
            self.amend(instead)

    @Slot(int)
    def _tile_chosen(self, tile: int) -> None:
        self.end_framing()
        self.amend(replace(self.state, tile=tile))

    @Slot(int, Path)
    def _dropped_on(self, tile: int, path: Path) -> None:
        self._arrivals.drop(tile, path)

    @Slot()
    def _add_style(self) -> None:
        self.end_framing()
        known = {source.value for source in self.state.styles if source.kind == "preset"}
        source = NEXT_STYLE if NEXT_STYLE.value not in known else SourceState("preset", "hatching")
        self.change(with_style_added(self.state, source))

    @Slot(int)
    def _remove_style(self, tile: int) -> None:
        try:
            self.end_framing()
            self.change(with_style_removed(self.state, tile))
        except UserError as error:
            self.said.emit(str(error), "warn")

    def open_path(self, path: Path) -> None:
        """One picture becomes the content, or fills the missing place; what plays is looked at."""
        if sources.classify(path) == "video":
            self.picker.open_path(path)
        else:
            self._arrivals.open(path)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Two pictures at once: content and style; further ones are further styles."""
        if len(paths) == 1:
            self.open_path(paths[0])
        else:
            self._arrivals.open_together(paths)

    # --- what plays ------------------------------------------------------------------------------------------

    def take_source(self, source: SourceState) -> None:
        """A still becomes the picture of the chosen tile; what plays is looked at until a picture of it is taken."""
        if source.kind in LIVE_KINDS:
            self._framing.begin(self.state.source)
            self._show_tiles()
            return
        self.end_framing()
        super().take_source(source)

    def follow_source(self, state: StyleState) -> None:
        # A picker that cannot have its first picture picks another one: it is told of those that can be had.
        if not self._framing.on and self.pictures.frame(state.source) is not None:
            super().follow_source(state)

    @Slot(object)
    def _source_reverted(self, source: SourceState) -> None:
        """The picker has no picture of the chosen tile; the desk says so, and the tile shows it."""

    def end_framing(self) -> None:
        """Nobody looks for a picture to take any more."""
        self._framing.end()

    def picture_came(self, frame: Frame) -> None:
        if self._framing.on:
            self._framing.came(frame)
            self._show_tiles()

    def live_changed(self, live: bool) -> None:
        if self._framing.on:
            self.show_state(self.state)

    @Slot()
    def _take_frame(self) -> None:
        """Keep the frame on show as a file, so that a session can bring it back."""
        if self._framing.frame is None:
            return
        try:
            self._arrivals.put(self.state.tile, self._framing.keep())
        except UserError as error:
            self.said.emit(str(error), "error")

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self.pictures.retry()  # a file may be back
        super().activated()

    def rest(self) -> None:
        self.end_framing()
        super().rest()

    def close_page(self) -> None:
        super().close_page()
        self.stage.close_views()
        self.pictures.close()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self, StyleExports(self))

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether the pictures are there, and everything that the view owes is on show."""
        view = self.stage.view
        return self.pictures.settled and view is not None and view.settled

    def parts_ready(self) -> bool:
        return super().parts_ready() and self.panel.patterns.complete
