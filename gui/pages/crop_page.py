"""What a page is whose number grids read an example or a crop of a picture, and one of whose views shows it whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Slot

from engine.images import Frame
from gui.pages import PageEntry
from gui.pages.base import Services
from gui.pages.source_page import PictureState, SourcePage
from gui.widgets.cropping import CroppedState, inside
from gui.widgets.source_state import SourceState


class CropState(CroppedState, PictureState, Protocol):
    """The state of such a page: `picture` is what the view of the whole picture shows beside an example."""

    @property
    def view(self) -> str: ...
    @property
    def shown_source(self) -> SourceState: ...
    @property
    def picture(self) -> SourceState: ...


C = TypeVar("C", bound=CropState)


class CropPage(SourcePage[C]):
    """Keeps the crop inside the picture; a dropped picture is shown whole first, as that is what one wants to see."""

    first_view = "steps"
    """The view of the grids that a person meets first."""
    whole_view: str
    """The view of the whole picture."""

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._whole_first = False

    # --- what a page gives -----------------------------------------------------------------------------------

    def pick_view(self, view: str) -> None:
        """Look at it another way."""
        raise TypeError(f"{type(self).__name__} must show its views")

    def for_picture(self, state: C) -> C:
        """Good settings for a first look at a picture after an example."""
        raise TypeError(f"{type(self).__name__} must say how it looks at a picture")

    def fitted(self, state: C) -> C:
        """A state whose grid changed its size, with all else legal again."""
        return state

    # --- sources ---------------------------------------------------------------------------------------------

    @property
    def whole(self) -> bool:
        """Whether the view of the whole picture is on show."""
        return self.state.view == self.whole_view

    @property
    def engine_takes_frames(self) -> bool:
        return self.whole

    def shown_source(self, state: C) -> SourceState:
        return state.shown_source

    @property
    def crop_picture(self) -> Frame | None:
        """The picture that the grids read a crop of; None for an example's numbers, and while it is on its way."""
        return self.picture_of(self.state.source)

    def take_source(self, source: SourceState) -> None:
        before = self.state
        if source.kind == "preset":
            view = self.first_view if self.whole else before.view
            self.change(self.fitted(_with(before, source=source, edits=(), view=view)))
        elif self.whole and before.source.kind == "preset":
            self.change(_with(before, picture=source))  # the example stays as it is, for the other views
        elif before.source.kind == "preset":
            self.change(self.for_picture(_with(before, source=source)))
        elif source.kind == before.source.kind == "drawing":
            self.change(_with(before, source=source), "drawing")
        else:
            self.change(_with(before, source=source, edits=()))
        if self._whole_first:
            self._whole_first = False
            self.pick_view(self.whole_view)

    @Slot(object)
    def _source_reverted(self, source: SourceState) -> None:
        """What the state names could not be had: the state says what is there instead; nothing to undo."""
        name = "picture" if self.whole and self.state.source.kind == "preset" else "source"
        if source.kind != "preset" or name == "source":
            self.amend(_with(self.state, **{name: source}))

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        source = self.picker.state
        known = source is not None and self.picture_of(source) is not None
        self.keep_picture(frame)
        if known and self.picker.live and self.whole:
            return  # the engine takes the frames itself
        if self.state.source.kind != "preset":
            self.history.amend(self._inside(self.state, frame))
        self.picture_came(frame)
        if self.picker.live:
            self.tell_pace(frame)

    def change(self, state: C, gesture: str | None = None) -> None:
        """The person set something; a crop that does not lie in the picture is moved there."""
        frame = self.picture_of(state.source)
        if frame is not None and state.source.kind != "preset":
            state = self._inside(state, frame)
        super().change(state, gesture)

    def _inside(self, state: C, frame: Frame) -> C:
        moved, problem = inside(state, frame)
        if problem:
            self.said.emit(problem, "info")
        return state if moved is state else self.fitted(moved)

    @Slot(str)
    def _say_problem(self, sentence: str) -> None:
        self._whole_first = False
        super()._say_problem(sentence)

    def open_path(self, path: Path) -> None:
        """A dropped picture or video is shown whole first."""
        self._whole_first = True
        if not self.picker.open_path(path):
            self._whole_first = False


def _with(state: C, **changes: Any) -> C:
    return replace(state, **changes)
