"""What a depth keeps: the content alone and the style alone, painted from noise (Gatys et al. 2015, figure 1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.style.requests import Painted
from gui.bridge import Bridge
from gui.pages.style.paint.curves import TOTAL, columns
from gui.pages.style.why.part import Looked, from_the_top
from gui.pages.style.why.studies import Study, base_of, content_study, style_study
from gui.pages.style.why.study_part import StudyPart
from gui.theme import space
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.plot.data import Series
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.plot.scale import Axis
from gui.widgets.stage_text import plain
from gui.widgets.wrapped import Wrapped

SIZE: Final = 160
STEPS: Final = 100
SHALLOW: Final = "Early layers keep every pixel of the content and only the finest texture of the style."
DEEP: Final = (
    "Deep layers keep what is where, no longer its pixels; of the style they take larger and larger patterns."
)
PLOT_HEIGHT: Final = 150


class RebuildPart(StudyPart):
    """Content and style of one depth side by side, each with its original and the cost over the steps."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, "style.why.rebuild", parent)
        self._looked: Looked | None = None
        self.tiles = [
            PictureTile(name, FrameView(name))
            for name in ("Content", "Content alone", "Style", "Style alone")
        ]
        for tile in (self.tiles[1], self.tiles[3]):
            tile.view.set_empty_text("On its way", "timer-sand")
        self.plot = LinePlot("Costs over the steps")
        self.plot.set_empty_text("The costs come with the first step.")
        self.plot.setFixedHeight(PLOT_HEIGHT)
        self.line = Wrapped()
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.line)
        grid = QGridLayout()
        grid.setHorizontalSpacing(space.l)
        grid.setVerticalSpacing(space.s)
        for index, tile in enumerate(self.tiles):
            grid.addLayout(from_the_top(tile), index // 2, index % 2)
        for side in range(2):
            grid.setColumnStretch(side, 1)
            grid.setRowStretch(side, 1)
        column.addLayout(grid, 1)
        column.addWidget(self.plot)

    # --- what is painted -------------------------------------------------------------------------------------

    def show_looked(self, looked: Looked) -> None:
        self._looked = looked
        studies = self.studies
        if studies is not None:
            self.desk.want(studies)
        self.show_studies()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of the net, the shallowest first."""
        return () if self._looked is None else tuple(self._looked.titles)

    @property
    def level(self) -> int:
        """The number of the layer that is rebuilt from."""
        wanted = "" if self._looked is None else self._looked.own.depth
        return self.layers.index(wanted) if wanted in self.layers else 0

    @property
    def studies(self) -> tuple[Study, Study] | None:
        """The content's and the style's, None while something is missing."""
        looked, layers = self._looked, self.layers
        found = None if looked is None else looked.subject.complete
        if looked is None or found is None or not layers:
            return None
        base = base_of(looked.subject.settings, SIZE, STEPS)
        return (
            content_study(*found, base, layers[self.level]),
            style_study(*found, base, layers[: self.level + 1]),
        )

    # --- showing ---------------------------------------------------------------------------------------------

    def show_studies(self) -> None:
        looked, studies = self._looked, self.studies
        if looked is None or studies is None:
            return
        titles = list(looked.titles.values())
        deep = self.level >= len(titles) / 2
        self.line.say(self.desk.problem or (DEEP if deep else SHALLOW))
        up_to = titles[self.level] if not self.level else f"{titles[0]} to {titles[self.level]}"
        content, styles = studies[0].content, studies[0].styles
        originals = (content, None, styles[0], None)
        names = ("Content", f"Content alone, {titles[self.level]}", "Style", f"Style alone, {up_to}")
        for index, (tile, name) in enumerate(zip(self.tiles, names, strict=True)):
            original = originals[index]
            if original is not None:
                tile.view.set_frame(original)
                tile.say(name, original.name)
            else:
                tile.expect(content.width, content.height)
                self._show_study(tile, name, self.desk.painted(studies[index // 2]))
            tile.arrange()
        self._show_costs(studies)
        self.factsChanged.emit()
        self.stepsChanged.emit()

    @staticmethod
    def _show_study(tile: PictureTile, name: str, painted: Painted | None) -> None:
        if painted is None:
            tile.view.set_rgb(None)
            tile.say(name, "from noise: waits")
            return
        tile.view.set_rgb(painted.pixels)
        cost = _total(painted)
        said = f" · J {plain(float(cost[-1]))}" if len(cost) else ""
        tile.say(name, f"from noise, step {painted.step} of {painted.total}{said}")

    def _show_costs(self, studies: tuple[Study, Study]) -> None:
        series = []
        for name, role, study in zip(("content", "style"), ("accent", "warn"), studies, strict=True):
            painted = self.desk.painted(study)
            cost = np.zeros(0) if painted is None else _total(painted)
            if len(cost):
                share = cost / cost[0]
                series.append(
                    Series(
                        name,
                        share,
                        np.arange(len(cost), dtype=np.float64),
                        role,
                        "none",
                        growing=not self.desk.finished(study),
                    )
                )
        self.plot.show_series(
            series, Axis("step", integer=True, low=0, high=STEPS), Axis("cost, of noise = 1", log=True)
        )

    def facts(self) -> list[Fact]:
        studies = self.studies
        if studies is None:
            return []
        rows: list[Fact] = []
        for name, study in zip(("content", "style"), studies, strict=True):
            painted = self.desk.painted(study)
            cost = np.zeros(0) if painted is None else _total(painted)
            if len(cost):
                rows.append(
                    (
                        f"{name} left",
                        f"{cost[-1] / cost[0]:.2%}",
                        "Of the cost that the noise had at the beginning",
                    )
                )
        return rows

    # --- the stepper: deeper and back ------------------------------------------------------------------------

    def steps(self) -> tuple[int, int, str] | None:
        return (len(self.layers), self.level, "layer") if len(self.layers) > 1 else None

    def go_to(self, step: int) -> None:
        if self._looked is not None and step != self.level and step < len(self.layers):
            self.looked.emit(replace(self._looked.own, depth=self.layers[step]))


def _total(painted: Painted) -> np.ndarray:
    """J of every evaluation so far, positive."""
    values = columns(painted.costs, weighted=True)[TOTAL]
    return values[np.isfinite(values) & (values > 0)]
