"""What a person does on the stage of the view "Region proposals": other settings, other places to look at."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from gui.pages.boxes.shares import Shares

if TYPE_CHECKING:
    from gui.pages.boxes.proposals.view import ProposalsView


class Hand(QObject):
    """Turns gestures on the parts of a view into settings."""

    def __init__(self, view: ProposalsView) -> None:
        super().__init__(view)
        self._view = view
        parts = view.parts
        parts.partPicked.connect(partial(self.look, "part"))
        parts.pointed.connect(view.pointed)
        parts.grouping.picked.connect(partial(self.look, "picked"))
        parts.proposals.thingsChanged.connect(self._things_changed)
        parts.proposals.countPicked.connect(self._count_picked)
        parts.proposals.refused.connect(self._warn)
        parts.nets.weightsAsked.connect(self._open_weights)
        parts.nets.openAsked.connect(partial(self.look, "opened"))
        parts.pooling.proposalPicked.connect(self._proposal_picked)
        parts.pooling.cellPicked.connect(partial(self.look, "cell"))

    def look(self, name: str, value: Any) -> None:
        """Looking around: no undo step."""
        changes: dict[str, Any] = {name: value}
        self._view.looked.emit(replace(self._view.settings, **changes))

    def escape(self) -> bool:
        """One depth back; False where there is none."""
        settings = self._view.settings
        if settings.part == "grouping" and settings.picked is not None:
            self.look("picked", None)
        elif settings.part == "nets" and settings.opened:
            self.look("opened", "")
        else:
            return False
        return True

    @Slot(object, str)
    def _things_changed(self, things: tuple[Shares, ...], gesture: str) -> None:
        self._view.changed.emit(replace(self._view.settings, things=things), gesture)

    @Slot(int)
    def _count_picked(self, count: int) -> None:
        self._view.changed.emit(replace(self._view.settings, count=count), "")

    @Slot(int)
    def _proposal_picked(self, index: int) -> None:
        self._view.changed.emit(replace(self._view.settings, proposal=index, cell=0), "")

    @Slot(str)
    def _warn(self, sentence: str) -> None:
        self._view.said.emit(sentence, "warn")

    @Slot()
    def _open_weights(self) -> None:
        self._view.pageAsked.emit("weights", {})
