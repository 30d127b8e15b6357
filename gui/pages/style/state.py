"""Everything that a person can set on the page "Style"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

from engine.errors import UserError
from engine.style.settings import StyleSettings
from gui.pages.style.live.settings import LiveSettings
from gui.pages.style.paint.settings import PaintSettings
from gui.pages.style.why.settings import WhySettings
from gui.widgets.source_state import LIVE_KINDS, SourceState, Stroke

MOST_STYLES: Final = 4
CONTENT: Final = 0
"""The number of the content's tile; the styles follow it."""


@dataclass(frozen=True, slots=True)
class StyleState:
    """A content, styles, and how one gets into the other.

    `tile`: which picture the picker chooses, 0 for the content. `mask`: strokes on the content, (x, y) as shares of its
    width and height; empty for everywhere, and the other way round with `mask_inverted`. `view`: what is in sight; each
    has a field of its own settings, called as the view is.
    """

    content: SourceState = field(default_factory=lambda: SourceState("sample", "cat"))
    styles: tuple[SourceState, ...] = field(default_factory=lambda: (SourceState("preset", "swirls"),))
    settings: StyleSettings = field(default_factory=StyleSettings)
    mask: tuple[Stroke, ...] = ()
    mask_inverted: bool = False
    tile: int = CONTENT
    view: Literal["paint", "why", "live"] = "paint"
    paint: PaintSettings = field(default_factory=PaintSettings)
    why: WhySettings = field(default_factory=WhySettings)
    live: LiveSettings = field(default_factory=LiveSettings)

    @property
    def sources(self) -> tuple[SourceState, ...]:
        """Of all pictures, the content's first."""
        return (self.content, *self.styles)

    @property
    def source(self) -> SourceState:
        """Of the chosen tile."""
        return self.sources[self.tile]

    def own(self, view: str) -> Any:
        """The settings of a view."""
        return getattr(self, view)

    def validated(self) -> Self:
        """The state itself, or a UserError that says what cannot be."""
        if not 1 <= len(self.styles) <= MOST_STYLES:
            raise UserError(f"There can be 1 to {MOST_STYLES} styles, not {len(self.styles)}.")
        for source in self.sources:
            source.validated()
            if source.kind in LIVE_KINDS:
                raise UserError("What plays cannot be painted: take one picture of it.")
        if not 0 <= self.tile < len(self.sources):
            raise UserError("The chosen picture is none of those on show.")
        SourceState("drawing", "", strokes=self.mask).validated()
        self.settings.validated()
        if len(self.settings.blend) != len(self.styles):
            raise UserError("Every style needs a weight to blend it by.")
        self.paint.validated()
        self.why.validated()
        self.live.validated()
        return self


def with_picture(state: StyleState, tile: int, source: SourceState) -> StyleState:
    """Another picture in a tile. A mask belongs to the content that it was painted on."""
    if tile == CONTENT:
        kept = state.content == source
        return replace(
            state,
            content=source,
            mask=state.mask if kept else (),
            mask_inverted=state.mask_inverted and kept,
        )
    styles = (*state.styles[: tile - 1], source, *state.styles[tile:])
    return replace(state, styles=styles)


def with_style_added(state: StyleState, source: SourceState) -> StyleState:
    """One more style, of the weight that the others have on average; it is chosen."""
    blend = state.settings.blend
    settings = replace(state.settings, blend=(*blend, round(sum(blend) / len(blend), 2) or 1.0))
    return replace(state, styles=(*state.styles, source), settings=settings, tile=len(state.styles) + 1)


def with_style_removed(state: StyleState, tile: int) -> StyleState:
    """Without the style of a tile. Raises UserError for the last one."""
    if len(state.styles) == 1:
        raise UserError("A painting needs one style at least.", "Put another picture in its place.")
    keep = [index for index in range(len(state.styles)) if index != tile - 1]
    blend = tuple(state.settings.blend[index] for index in keep)
    settings = replace(state.settings, blend=blend if sum(blend) else (1.0,) * len(blend))
    chosen = min(state.tile, len(keep))
    return replace(state, styles=tuple(state.styles[index] for index in keep), settings=settings, tile=chosen)


def with_pictures_of(state: StyleState, other: StyleState) -> StyleState:
    """The pictures of another state, with what belongs to them: the mask and the blend."""
    settings = replace(state.settings, blend=other.settings.blend)
    return replace(
        state, content=other.content, styles=other.styles, mask=other.mask, mask_inverted=other.mask_inverted,
        tile=other.tile, settings=settings,
    )  # fmt: skip
