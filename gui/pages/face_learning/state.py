"""Everything that a person can set on the page "Face learning"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from engine.errors import UserError
from gui.pages.face_learning.oneshot.settings import OneshotSettings
from gui.pages.face_learning.siamese.settings import SiameseSettings
from gui.pages.face_learning.training.settings import TrainingSettings
from gui.pages.face_learning.triplet.settings import TripletSettings
from gui.widgets.source_state import SourceState

VIEW_FIELDS: Final = ("triplet", "training", "siamese", "oneshot")


@dataclass(frozen=True, slots=True)
class FaceLearningState:
    """A view with its settings; `source` is the picture of one's own that the view "Siamese" compares."""

    source: SourceState = field(default_factory=lambda: SourceState("drawing", "dark"))
    view: Literal["triplet", "training", "siamese", "oneshot"] = "triplet"
    triplet: TripletSettings = field(default_factory=TripletSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    siamese: SiameseSettings = field(default_factory=SiameseSettings)
    oneshot: OneshotSettings = field(default_factory=OneshotSettings)

    def settings(self, view: str) -> Any:
        """The settings of a view."""
        return getattr(self, view)

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        self.source.validated()
        if self.source.kind == "preset":
            raise UserError("A picture of your own is a photo or a drawing, not an example of numbers.")
        for name in VIEW_FIELDS:
            self.settings(name).validated()
        return self
