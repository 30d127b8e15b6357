"""The part "Segments and merges": the picture with its regions, and beside it why two of them are one from now on."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.detection.proposals.grouping import similarities
from engine.detection.proposals.requests import Search
from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.beside import Beside
from gui.pages.boxes.proposals.merge_panel import Compared, MergePanel
from gui.pages.boxes.proposals.regions_view import Lit, RegionsView
from gui.pages.boxes.proposals.settings import ProposalsSettings

MOST_NEIGHBOURS = 12
"""Similarities that are written on the picture: the largest ones."""


class GroupingPart(QWidget):
    """picked((x, y) as shares, or None): a region was clicked; pointed(facts)."""

    picked = Signal(object)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.regions, self.panel = RegionsView(), MergePanel()
        self._search: Search | None = None
        self._settings = ProposalsSettings()
        self._step = 0
        self.beside = Beside(self.regions, self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.beside)
        self.panel.show_words(words.WAITING, "")
        self.regions.clicked.connect(self._clicked)
        self.regions.hovered.connect(self._hovered)
        self.regions.left.connect(self._left)
        self.setFocusProxy(self.regions)

    def show_search(self, search: Search, settings: ProposalsSettings) -> None:
        """Show the hierarchy at the settings' step, or the region that was picked."""
        self._search, self._settings = search, settings
        self._step = min(settings.step, len(search.hierarchy.merges))
        self.beside.set_aspect(search.picture.width, search.picture.height)
        region = self._picked_region()
        if region is not None:
            self._show_region(region)
        elif self._step:
            self._show_merge()
        else:
            self.regions.show_regions(search, 0, 0, (), mean=settings.painted == "mean")
            self.panel.show_words(words.merge_title(search, 0), words.segments_sentence(search))

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another picture or other settings."""
        self.regions.set_stale(stale)
        self.panel.set_stale(stale)

    def region_facts(self) -> list[tuple[str, str, str]]:
        """What is known of the region that was picked."""
        region = self._picked_region()
        return (
            []
            if region is None or self._search is None
            else words.region_facts(self._search, region, self._step)
        )

    def _picked_region(self) -> int | None:
        place, search = self._settings.picked, self._search
        if place is None or search is None:
            return None
        height, width = search.hierarchy.labels.shape
        row, column = min(int(place[1] * height), height - 1), min(int(place[0] * width), width - 1)
        return int(search.hierarchy.roots(self._step)[search.hierarchy.labels[row, column]])

    def _show_merge(self) -> None:
        search = self._search
        assert search is not None
        hierarchy = search.hierarchy
        merge = hierarchy.merges[self._step - 1]
        box = tuple(hierarchy.regions.boxes[merge.merged].tolist())
        lit = (Lit(merge.first, "A", "accent"), Lit(merge.second, "B", "warn"))
        self.regions.show_regions(
            search, self._step, self._step - 1, lit, box=box, mean=self._settings.painted == "mean"
        )
        self.panel.show_words(
            words.merge_title(search, self._step),
            words.merge_sentence(search, self._step),
            self._compared(merge.first, merge.second, merge.terms),
        )

    def _show_region(self, region: int) -> None:
        """The picked region, its box, and how similar every neighbour is."""
        search = self._search
        assert search is not None
        ranked = words.neighbours_of(search, region, self._step)
        box = tuple(search.hierarchy.regions.boxes[region].tolist())
        lit = [Lit(region, "A", "accent")]
        if ranked:
            lit.append(Lit(ranked[0][0], "", "warn"))
        self.regions.show_regions(
            search, self._step, self._step, tuple(lit), tuple(ranked[:MOST_NEIGHBOURS]), box,
            mean=self._settings.painted == "mean",
        )  # fmt: skip
        if not ranked:
            self.panel.show_words(
                f"Region {region}", "This region is the whole picture: it has no neighbours."
            )
            return
        other = ranked[0][0]
        terms = similarities(search.hierarchy.regions, region, [other], search.hierarchy.picture_area)[0]
        a, b, c, d = terms.tolist()
        sentence = (
            f"The number on each neighbour is its similarity to A. The most similar one, B, has {ranked[0][1]:.3f}. "
            f"Esc goes back to the merges."
        )
        self.panel.show_words(f"Region {region}", sentence, self._compared(region, other, (a, b, c, d)))

    def _compared(self, first: int, second: int, terms: tuple[float, ...]) -> Compared:
        assert self._search is not None
        hierarchy, regions = self._search.hierarchy, self._search.hierarchy.regions
        colour = (regions.colour[first], regions.colour[second])
        texture = (regions.texture[first], regions.texture[second])
        return Compared(terms, hierarchy.counted, colour, texture)

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        width, height = self.regions.picture_size
        if self._search is not None and width:
            self.picked.emit(((x + 0.5) / width, (y + 0.5) / height))

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        region = self.regions.region_at(x, y)
        if region is not None and self._search is not None:
            self.pointed.emit(words.region_facts(self._search, region, self._step))

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])
