"""Everything that a person can set on the page "Faces". Nothing personal: names and faces stay in the gallery."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from engine.errors import UserError
from engine.faces.evaluate import LARGEST
from engine.faces.requests import HAAR, MINI, FaceSettings
from gui.pages.faces.enrol.settings import EnrolSettings
from gui.pages.faces.map.settings import MapSettings
from gui.pages.faces.people.settings import PeopleSettings
from gui.pages.faces.recognise.settings import RecogniseSettings
from gui.pages.faces.threshold.settings import ThresholdSettings
from gui.pages.faces.verify.settings import VerifySettings
from gui.widgets.source_state import SourceState

SCENE: Final = SourceState("preset", "drawn people")
"""The bundled scene: people who were drawn and never lived."""


@dataclass(frozen=True, slots=True)
class FacesState:
    """A view with its settings, and what all views share.

    `people`: whose gallery is open, the drawn people's or one's own. `detector`, `embedder`, `smallest`: see
    FaceSettings. `threshold`: the largest squared distance of "the same person", None for the embedder's own.
    """

    source: SourceState = SCENE
    view: Literal["recognise", "enrol", "verify", "gallery", "errors", "map"] = "recognise"
    people: Literal["drawn", "own"] = "drawn"
    detector: str = HAAR
    embedder: str = MINI
    smallest: int = 40
    threshold: float | None = None
    recognise: RecogniseSettings = field(default_factory=RecogniseSettings)
    enrol: EnrolSettings = field(default_factory=EnrolSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)
    gallery: PeopleSettings = field(default_factory=PeopleSettings)
    errors: ThresholdSettings = field(default_factory=ThresholdSettings)
    map: MapSettings = field(default_factory=MapSettings)

    def settings(self, view: str) -> Any:
        """The settings of a view."""
        return getattr(self, view)

    @property
    def face_settings(self) -> FaceSettings:
        """How faces are found and embedded, for the engine."""
        return FaceSettings(self.detector, self.embedder, smallest=self.smallest)

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        self.source.validated()
        if self.source.kind == "drawing":
            raise UserError("Faces are looked for in pictures, not in drawings by hand.", "Choose a photo.")
        if not self.detector or not self.embedder:
            raise UserError("The saved view names no detector or no embedder.")
        if self.threshold is not None and not (
            math.isfinite(self.threshold) and 0 <= self.threshold <= LARGEST
        ):
            raise UserError(f"The threshold {self.threshold:g} is not between 0 and {LARGEST:g}.")
        self.face_settings.validated()
        for view in ("recognise", "enrol", "verify", "gallery", "errors", "map"):
            self.settings(view).validated()
        return self
