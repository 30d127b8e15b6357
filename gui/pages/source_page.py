"""What every page is that looks at a picture: an example, a photo, a file, a drawing, a film, the camera."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage

from engine.images import Frame
from gui.pace import Pace
from gui.pages import PageEntry
from gui.pages.base import Page, Services
from gui.state import PageState
from gui.widgets.cropping import same_picture
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState


class PictureState(PageState, Protocol):
    """The state of such a page names where its picture comes from."""

    @property
    def source(self) -> SourceState: ...


P = TypeVar("P", bound=PictureState)


class SourcePage(Page[P]):
    """Owns the picker and the picture on show, tells the pace of a live one, and lets go of it when out of view.

    A subclass puts `picker` into its controls, gives `show_state` and says what a new picture means.
    """

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._frame: Frame | None = None
        self._frame_source: SourceState | None = None
        self._active = False
        self._pace = Pace()
        self.picker = picker = SourcePicker(
            services.bridge, consent=services.settings, pasted_folder=self.pasted_folder()
        )
        picker.stateChanged.connect(self._source_picked)
        picker.reverted.connect(self._source_reverted)
        picker.frameChanged.connect(self._frame_arrived)
        picker.liveChanged.connect(self._live_changed)
        picker.stalled.connect(self._stalled)
        picker.problem.connect(self._say_problem)

    # --- what a page gives -----------------------------------------------------------------------------------

    def with_source(self, state: P, source: SourceState) -> P:
        """A state that looks at another picture."""
        changes: dict[str, Any] = {"source": source}
        return replace(state, **changes)

    def pasted_folder(self) -> Path | None:
        """Where pasted pictures are kept, None for the usual place; asked once, before anything else of the page."""
        return None

    def shown_source(self, state: P) -> SourceState:
        """Where the picture of a state comes from."""
        return state.source

    def picture_came(self, frame: Frame) -> None:
        """There is another picture (`self.picture`), or the next one of what plays."""
        self.show_state(self.state)

    def live_changed(self, live: bool) -> None:
        """Something begins to play, or ends."""

    def show_stalled(self, stalled: bool) -> None:
        """The camera fails to deliver: what is on show is old; or it delivers again."""

    @property
    def engine_takes_frames(self) -> bool:
        """Whether a live job of the engine takes the frames of what plays, and skips those that it has no time for."""
        return False

    def focus_stage(self) -> None:
        """Give the keys to what is on show."""

    def rest(self) -> None:
        """The page went out of view: nothing of it may keep the engine busy."""

    # --- for the page ----------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether the page is in view; only then it asks the engine."""
        return self._active

    @property
    def picture(self) -> Frame | None:
        """The picture of the state, None while it is on its way."""
        return self.picture_of(self.shown_source(self.state))

    @property
    def newest_picture(self) -> Frame | None:
        """The picture that came last, even where the state looks at another one by now."""
        return self._frame

    def picture_of(self, source: SourceState) -> Frame | None:
        """The picture of a source, None while memory holds that of another one."""
        known = self._frame_source
        return self._frame if known is not None and same_picture(known, source) else None

    def keep_picture(self, frame: Frame) -> None:
        """This is what the picker's source shows now."""
        self._frame, self._frame_source = frame, self.picker.state

    def follow_source(self, state: P) -> None:
        """Let the picker fetch what a state looks at."""
        source = self.shown_source(state)
        if self.picker.state != source:
            self.picker.set_state(source)

    def tell_pace(self, frame: Frame) -> None:
        """Say in the status bar how live what plays is: `frame` is on show now."""
        self._pace.shown(frame.time_s)
        stats = self.picker.stats
        skipped = stats and (stats.engine_dropped if self.engine_takes_frames else stats.dropped)
        self.statusChanged.emit(self._pace.text(skipped or 0))

    # --- the picker ------------------------------------------------------------------------------------------

    @Slot(object)
    def _source_picked(self, source: SourceState) -> None:
        self.take_source(source)

    def take_source(self, source: SourceState) -> None:
        """The person picked a source; the strokes of one drawing are one step of undo."""
        gesture = "drawing" if source.kind == self.state.source.kind == "drawing" else None
        self.change(self.with_source(self.state, source), gesture)

    @Slot(object)
    def _source_reverted(self, source: SourceState) -> None:
        """What the state names could not be had: the state says what is there instead; nothing to undo."""
        self.amend(self.with_source(self.state, source))

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        self.keep_picture(frame)
        self.picture_came(frame)

    @Slot(bool)
    def _live_changed(self, live: bool) -> None:
        if not live:
            self.statusChanged.emit("")
        self.live_changed(live)

    @Slot(bool)
    def _stalled(self, stalled: bool) -> None:
        self.show_stalled(stalled)

    @Slot(str)
    def _say_problem(self, sentence: str) -> None:
        self.said.emit(sentence, "warn")

    def open_path(self, path: Path) -> None:
        """A dropped picture or video becomes the source."""
        self.picker.open_path(path)

    def paste_image(self, image: QImage) -> None:
        self.picker.paste_image(image)

    def parts_ready(self) -> bool:
        return self.picker.photos.complete

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._active = True
        self.picker.set_active(True)
        self.focus_stage()
        self.show_state(self.state)

    def deactivated(self) -> None:
        super().deactivated()
        self._active = False
        self.picker.set_active(False)
        self.rest()
        self.statusChanged.emit("")

    def close_page(self) -> None:
        super().close_page()
        self.picker.close()
