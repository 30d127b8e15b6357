"""Everything that a person can set on the page "Boxes"."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Protocol, Self, runtime_checkable

from engine.errors import UserError
from gui.pages.boxes.anchors.settings import AnchorsSettings
from gui.pages.boxes.grid.settings import GridSettings
from gui.pages.boxes.landmarks.settings import LandmarksSettings
from gui.pages.boxes.overlap.settings import OverlapSettings
from gui.pages.boxes.proposals.settings import ProposalsSettings
from gui.pages.boxes.scoring.settings import ScoringSettings
from gui.pages.boxes.sliding.settings import SlidingSettings
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.pages.boxes.target.settings import TargetSettings
from gui.widgets.source_state import SourceState


@runtime_checkable
class FollowsPicture(Protocol):
    """Settings that are about things in one picture, and have to change with it."""

    def before(self, source: SourceState) -> Self:
        """These settings before another picture."""


@dataclass(frozen=True, slots=True)
class BoxesState:
    """A picture, and a way of looking at boxes; every view has a field of its own settings, called as the view is.

    Another page hands a picture over as a source (a frame of what plays: kept as a file, `gui.widgets.pasted`) and
    what belongs to it as the settings of a view: pageAsked("boxes", {"view": ..., "source": ..., view: settings}).
    """

    source: SourceState = field(default_factory=lambda: SourceState("sample", "astronaut"))
    view: Literal[
        "target", "landmarks", "overlap", "suppression", "anchors", "grid", "sliding", "proposals", "scoring"
    ] = "target"
    target: TargetSettings = field(default_factory=TargetSettings)
    landmarks: LandmarksSettings = field(default_factory=LandmarksSettings)
    overlap: OverlapSettings = field(default_factory=OverlapSettings)
    suppression: SuppressionSettings = field(default_factory=SuppressionSettings)
    anchors: AnchorsSettings = field(default_factory=AnchorsSettings)
    grid: GridSettings = field(default_factory=GridSettings)
    sliding: SlidingSettings = field(default_factory=SlidingSettings)
    proposals: ProposalsSettings = field(default_factory=ProposalsSettings)
    scoring: ScoringSettings = field(default_factory=ScoringSettings)

    def settings(self, view: str) -> Any:
        """The settings of a view."""
        return getattr(self, view)

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        self.source.validated()
        if self.source.kind == "preset":
            raise UserError("Boxes are drawn on a picture, not on an example of numbers.")
        for name in view_fields():
            self.settings(name).validated()
        return self


def view_fields() -> tuple[str, ...]:
    """The names of the fields that hold a view's settings."""
    return tuple(entry.name for entry in fields(BoxesState) if entry.name not in ("source", "view"))


def with_source(state: BoxesState, source: SourceState) -> BoxesState:
    """Another picture: what the views know of the one before is exchanged with it."""
    changes: dict[str, Any] = {"source": source}
    for name in view_fields():
        settings = state.settings(name)
        if isinstance(settings, FollowsPicture):
            changes[name] = settings.before(source)
    return replace(state, **changes)
