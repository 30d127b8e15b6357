"""Files that come to the page: which tile they go to, and what happens where one cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine import sources
from engine.errors import UserError
from gui.pages.style.stamp import state_in
from gui.pages.style.state import (
    CONTENT,
    MOST_STYLES,
    StyleState,
    with_picture,
    with_pictures_of,
    with_style_added,
)
from gui.widgets.source_state import SourceState

if TYPE_CHECKING:
    from gui.pages.style.page import StylePage

STAMPED: Final = "{name} was painted here, and its settings are in the file."
LEFT_OUT: Final = "Only pictures can be content or style; the other files were left out."


class Arrivals:
    """Puts files into the tiles of a page, and the picture before back where one cannot be read."""

    def __init__(self, page: StylePage) -> None:
        self._page = page
        self._before: dict[SourceState, StyleState] = {}

    def put(self, tile: int, path: Path) -> None:
        """Another picture in a tile; where it cannot be read, the one before comes back."""
        page, source = self._page, SourceState("file", str(path))
        page.end_framing()
        page.pictures.freshen(source)
        self._before[source] = page.state
        page.change(replace(with_picture(page.state, tile, source), tile=tile))

    def drop(self, tile: int, path: Path) -> None:
        """A file fell on a tile."""
        try:
            if sources.classify(path) != "picture":
                raise UserError(f"{path.name} is not a picture. What is on show stays.")
            self.put(tile, path)
        except UserError as error:
            self._page.said.emit(str(error), "warn")

    def open(self, path: Path) -> None:
        """One picture: to the missing place, else the content. A painting of this page offers its settings first."""
        stamped = state_in(path)
        if stamped is None:
            self._use(path)
            return
        self._page.stage.notice.say(
            STAMPED.format(name=path.name),
            (
                ("Open settings from this picture", partial(self._open_stamped, stamped)),
                ("Use it as a picture", partial(self._use, path)),
                ("Leave it", partial(self._page.stage.notice.say, "")),
            ),
        )

    def open_together(self, paths: Sequence[Path]) -> None:
        """Two pictures at once: content and style; further ones are further styles."""
        found = [path for path in paths if _is_picture(path)]
        if len(found) < len(paths):
            self._page.said.emit(LEFT_OUT, "warn")
        if not found:
            return
        page = self._page
        page.end_framing()
        page.stage.notice.say("")
        state = page.state
        for tile, path in enumerate(found[: MOST_STYLES + 1]):
            source = SourceState("file", str(path))
            page.pictures.freshen(source)
            there = tile < len(state.sources)
            state = with_picture(state, tile, source) if there else with_style_added(state, source)
        for source in set(state.sources) - set(page.state.sources):
            self._before[source] = page.state
        page.change(replace(state, tile=CONTENT))

    def came(self, source: SourceState) -> None:
        """Its picture is there."""
        self._before.pop(source, None)

    def missing(self, source: SourceState) -> StyleState | None:
        """It has no picture: the state that takes its place, None where the tile must say so."""
        before, state = self._before.pop(source, None), self._page.state
        if before is None or source not in state.sources or source in before.sources:
            return None
        return with_pictures_of(state, before)  # what was there before is back, its mask too

    def _use(self, path: Path) -> None:
        page = self._page
        page.stage.notice.say("")
        problems = [tile for tile, source in enumerate(page.state.sources) if page.pictures.problem(source)]
        self.put(problems[0] if problems else CONTENT, path)

    def _open_stamped(self, state: StyleState) -> None:
        self._page.stage.notice.say("")
        self._page.change(state)


def _is_picture(path: Path) -> bool:
    try:
        return sources.classify(path) == "picture"
    except UserError:
        return False
