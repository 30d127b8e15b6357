"""Enrolments that the gallery was asked for and has not answered yet, and what is said when it has."""

from __future__ import annotations

from typing import Final

from engine.faces.found import Face
from engine.faces.gallery.requests import Change, Enrol
from gui.pages.faces.names import added

GUIDED: Final = -1
"""In the place of a candidate: the views that the guide took."""


class Asked:
    """Each by its faces. Of many that were asked for together one sentence tells, when the last was answered."""

    def __init__(self) -> None:
        self._places: dict[tuple[Face, ...], int] = {}
        self._done = 0

    def ask(self, request: Enrol, place: int) -> None:
        """The gallery is asked for the candidate of a batch at this place, or for GUIDED."""
        self._places[request.faces] = place

    def waits(self, place: int) -> bool:
        """Whether an answer about this one is still to come."""
        return place in self._places.values()

    def place_of(self, request: Change) -> int | None:
        """Whom a request is about, None where it is not one of these."""
        return self._places.get(request.faces) if isinstance(request, Enrol) else None

    def done(self, request: Enrol, answer: object) -> str:
        """Somebody was enrolled: what is to be said, "" while others are still to come."""
        self._done += 1
        alone = added(request, answer)
        return self._gone(request, alone)

    def refused(self, request: Enrol) -> str:
        """Somebody was not: what is to be said of the others."""
        return self._gone(request, "1 person is enrolled.")

    def _gone(self, request: Enrol, of_one: str) -> str:
        del self._places[request.faces]
        if self._places:
            return ""
        count, self._done = self._done, 0
        return "" if not count else of_one if count == 1 else f"{count:,} people are enrolled."
