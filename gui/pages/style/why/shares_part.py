"""What each layer contributes: its share of J over the run, and the texture that it makes alone."""

from __future__ import annotations

import math
from typing import Final

import numpy.typing as npt
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.style.why.bands import Bands, shares_of
from gui.pages.style.why.part import Looked
from gui.pages.style.why.studies import Study, base_of, style_study
from gui.pages.style.why.study_part import StudyPart
from gui.pages.style.why.words import whole_formulas
from gui.theme import space
from gui.widgets.facts import Fact
from gui.widgets.formula import Formula
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.wrapped import Wrapped

SIZE: Final = 128
STEPS: Final = 60
IN_A_ROW: Final = 4
LOW: Final = 620
"""A stage lower than this has room for one formula."""
ALONE: Final = (
    "What the style cost of one layer alone makes of noise; the deeper the layer, the larger its patterns:"
)


class SharesPart(StudyPart):
    """Bands above, J in numbers, textures beneath."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, "style.why.textures", parent)
        self._looked: Looked | None = None
        self.bands = Bands()
        self.bands.read.connect(self._read)
        self.formula = Formula()
        self.tiles: list[PictureTile] = []
        self.line = Wrapped()
        self.line.say(ALONE)
        self._grid = QGridLayout()
        self._grid.setSpacing(space.s)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.bands, 2)
        column.addWidget(self.formula)
        column.addWidget(self.line)
        column.addLayout(self._grid, 3)

    def show_looked(self, looked: Looked) -> None:
        self._looked = looked
        self.bands.show_shares(shares_of(looked.costs, looked.titles))
        self._show_formula()
        self.desk.want(list(self.studies.values()))
        self.show_studies()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_formula()

    @Slot(list)
    def _read(self, rows: list[Fact]) -> None:
        """The pointer is at another step."""
        self._show_formula()
        self.pointed.emit(rows)

    def _show_formula(self) -> None:
        """J with its terms, of the step that is looked at."""
        looked = self._looked
        if looked is None:
            return
        lines = whole_formulas(looked.costs, self.bands.step, looked.subject.settings.normalise)
        lines = lines[:1] if self.height() < LOW else lines
        self.formula.set_lines(lines)
        self.formula.setVisible(bool(lines))

    @property
    def studies(self) -> dict[str, Study]:
        """One for each layer of the style that counts, by the layer's name."""
        looked = self._looked
        found = None if looked is None else looked.subject.complete
        if looked is None or found is None:
            return {}
        base = base_of(looked.subject.settings, SIZE, STEPS)
        # The style lends its shape as well: nothing of the content is in these pictures.
        return {name: style_study(found[1][0], found[1], base, (name,)) for name, _ in looked.style_layers}

    def show_studies(self) -> None:
        looked, studies = self._looked, self.studies
        if looked is None or not studies:
            return
        self.line.say(self.desk.problem or ALONE)
        self._make_tiles(len(studies))
        for tile, (name, study) in zip(self.tiles, studies.items(), strict=False):
            painted = self.desk.painted(study)
            title = looked.titles.get(name, name)
            if painted is None:
                tile.view.set_rgb(None)
                tile.say(title, "waits")
            else:
                tile.view.set_rgb(painted.pixels)
                done = self.desk.finished(study)
                tile.say(
                    title, f"{painted.total} steps" if done else f"step {painted.step} of {painted.total}"
                )
            tile.expect(study.content.width, study.content.height)
            tile.arrange()
        self.factsChanged.emit()

    def _make_tiles(self, count: int) -> None:
        """As many as there are layers, in rows that are equally full."""
        rows = math.ceil(count / IN_A_ROW)
        columns = math.ceil(count / rows)
        while len(self.tiles) < count:
            tile = PictureTile("", FrameView("Texture of a layer"))
            tile.view.set_empty_text("", "timer-sand")
            self.tiles.append(tile)
        for index, tile in enumerate(self.tiles):
            self._grid.removeWidget(tile)
            tile.setVisible(index < count)
            if index < count:
                self._grid.addWidget(tile, index // columns, index % columns)
                tile.show()
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def facts(self) -> list[Fact]:
        shares = self.bands.shares
        return self.bands.facts_at(len(shares.steps) - 1) if len(shares.steps) else []

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        shares = self.bands.shares
        return [(name, row) for name, row in zip(shares.names, shares.values, strict=True)]
