"""The stage of the view "Region proposals": its four parts behind tabs, and what is old on them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.detection.proposals.requests import RegionRun, Search
from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.grouping_part import GroupingPart
from gui.pages.boxes.proposals.nets_part import NetsPart
from gui.pages.boxes.proposals.pooling_part import PoolingPart
from gui.pages.boxes.proposals.proposals_part import ProposalsPart
from gui.pages.boxes.proposals.settings import PARTS, Part, ProposalsSettings
from gui.theme import space
from gui.widgets.choices import Segmented
from gui.widgets.facts import Fact

OF_SEARCH: Final = ("rcnn", "fast")
"""Methods that look at the proposals of the search."""


class ProposalParts(QWidget):
    """partPicked(Part): another tab; pointed(facts): what is under the pointer of any part."""

    partPicked = Signal(str)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grouping, self.proposals, self.nets, self.pooling = (
            GroupingPart(), ProposalsPart(), NetsPart(), PoolingPart(),
        )  # fmt: skip
        self._parts: dict[Part, QWidget] = {
            "grouping": self.grouping, "proposals": self.proposals, "nets": self.nets, "pooling": self.pooling,
        }  # fmt: skip
        self._stack = QStackedWidget(self)  # before the tabs: focus goes to the part first
        for part in self._parts.values():
            self._stack.addWidget(part)
        for speaks in (self.grouping, self.proposals, self.nets, self.pooling):
            speaks.pointed.connect(self.pointed)
        self.tabs = Segmented([(key, title, tip) for key, title, tip in PARTS], parent=self)
        self.tabs.changed.connect(self.partPicked)
        top = QHBoxLayout()
        top.addWidget(self.tabs)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.m)
        column.addLayout(top)
        column.addWidget(self._stack, 1)

    def open(self, part: Part) -> None:
        """Bring a part to the front."""
        self.tabs.set_value(part)
        widget = self._parts[part]
        if self._stack.currentWidget() is not widget:
            self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget)

    def show_search(self, search: Search, pooled: RegionRun | None, settings: ProposalsSettings) -> None:
        """Draw the part in front; `pooled`: the run of Fast R-CNN whose maps are pooled."""
        match settings.part:
            case "grouping":
                self.grouping.show_search(search, settings)
            case "proposals":
                self.proposals.show_search(search, settings)
            case "nets":
                self.nets.show_search(search, settings)
            case _:
                self.pooling.show_run(search, pooled, settings)

    def set_stale(self, stale: bool, *, other_picture: bool) -> None:
        """The search on show is old, or is not; what the nets say is new again only when they say so."""
        self.grouping.set_stale(stale)
        self.proposals.set_stale(stale)
        if stale:
            for method in OF_SEARCH:
                self.nets.set_stale(method)
            if other_picture:
                self.nets.set_stale("faster")  # the only one that the settings of the search leave as it is
            self.pooling.set_stale(True)

    def facts(self, search: Search, part: Part) -> list[Fact]:
        """What the inspector tells about the part in front."""
        match part:
            case "grouping":
                return self.grouping.region_facts() or words.search_facts(search)
            case "proposals":
                return [*self.proposals.facts(), *words.search_facts(search)]
            case "nets":
                return self.nets.facts()
            case _:
                return self.pooling.facts()

    def steps(self, search: Search, settings: ProposalsSettings) -> tuple[int, int, str] | None:
        """Merges, or cells of the pooled map: how many, the one on show, what they are called."""
        if settings.part == "grouping":
            count = len(search.hierarchy.merges) + 1
            return count, min(settings.step, count - 1), "step"
        if settings.part == "pooling" and self.pooling.cells:
            return self.pooling.cells, min(settings.cell, self.pooling.cells - 1), "cell"
        return None
