"""The style cost worked by hand: two maps of 2 x 2 numbers for the style, two for the painting."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.style.requests import CheckWorked
from engine.style.worked import Worked, work
from gui import colormaps
from gui.bridge import Bridge
from gui.checking import Checking
from gui.pages.style.why.part import Looked, WhyPart
from gui.pages.style.why.settings import LIMIT, MAPS, SIDE, WhySettings
from gui.pages.style.why.words import worked_formulas
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.formula import Formula
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Item, Scene
from gui.widgets.stage_layout import largest_cell, table_layout
from gui.widgets.stage_text import diverging_key, head, head_width, limit_of, place, plain, titled

Floats = npt.NDArray[np.float64]
STYLE, OWN = "style", "own"
HEADS: Final = (
    (("Map 1", "a₁, any number can be typed over"), ("Map 1", "a₁")),
    (("Map 2", "a₂"),),
    (("Gram matrix", "which maps are active together"), ("Gram", "")),
    (("Difference", "G − A"), ("G − A", "")),
)
COLUMNS: Final = (SIDE, SIDE, MAPS, MAPS)
ROOMY: Final = 1.7
"""The example has few cells: they may be larger than those of other stages."""


def maps_of(numbers: tuple[float, ...]) -> Floats:
    """float64[2, 2, 2] of the numbers as they are kept."""
    return np.array(numbers, np.float64).reshape(MAPS, SIDE, SIDE)


class WorkedPart(WhyPart):
    """A canvas with all numbers, the formulas beneath with them put in."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = WhySettings()
        self._active = False
        self.cell = (0, 1)
        """The cell of the painting's Gram matrix that the first formula works out."""
        self.found = work(maps_of(self._own.style_maps), maps_of(self._own.own_maps))
        self.canvas = Canvas(cell_limit=LIMIT)
        self.formula = Formula()
        self.badge = Badge()
        self.checking = Checking(bridge, "style.why.worked", self)
        self.checking.tell(self.badge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, space.m)
        column.addWidget(self.canvas, 1)
        words = QVBoxLayout()
        words.setContentsMargins(space.xl, 0, space.xl, 0)
        words.addWidget(self.formula)
        column.addLayout(words)
        self.canvas.cellEdited.connect(self._edited)
        self.canvas.cellHovered.connect(self._hovered)
        self.canvas.hoverLeft.connect(self._left)
        self.checking.checked.connect(self._checked)

    def show_looked(self, looked: Looked) -> None:
        self._own = looked.own
        self.found = work(maps_of(self._own.style_maps), maps_of(self._own.own_maps))
        self._show()
        self._check()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._check()
        else:
            self.checking.drop()

    def _check(self) -> None:
        if self._active:
            found = self.found
            self.checking.want(
                (self._own.style_maps, self._own.own_maps), lambda: CheckWorked(found.style, found.generated)
            )

    @property
    def settled(self) -> bool:
        return self.checking.settled

    def _show(self) -> None:
        self.canvas.set_builder(partial(worked_scene, self.found, self.cell))
        self.formula.set_lines(worked_formulas(self.found, self.cell))
        self.factsChanged.emit()

    @Slot(object)
    def _checked(self, _result: object) -> None:
        self.settledChanged.emit()

    @Slot(str, int, int, float)
    def _edited(self, key: str, row: int, column: int, value: float) -> None:
        whose, _, index = key.partition("/")
        numbers = list(self._own.style_maps if whose == STYLE else self._own.own_maps)
        numbers[(int(index) * SIDE + row) * SIDE + column] = value
        name = "style_maps" if whose == STYLE else "own_maps"
        self.changed.emit(replace(self._own, **{name: tuple(numbers)}), "")  # type: ignore[arg-type]

    @Slot(str, int, int)
    def _hovered(self, key: str, row: int, column: int) -> None:
        if key in ("gram/style", "gram/own", "apart"):
            if (row, column) != self.cell:
                self.cell = (row, column)
                self._show()
            a, g = self.found.grams[0][row, column], self.found.grams[1][row, column]
            self.pointed.emit(
                [
                    ("maps k, k′", f"{row + 1}, {column + 1}", ""),
                    ("style A", plain(float(a)), ""),
                    ("painting G", plain(float(g)), ""),
                    ("(G − A)²", plain(float((g - a) ** 2)), "What this cell adds before the factor"),
                ]
            )
        elif "/" in key:
            whose, _, index = key.partition("/")
            maps = self.found.style if whose == STYLE else self.found.generated
            rows: list[Fact] = [("activation", plain(float(maps[int(index), row, column])), "")]
            if whose == OWN:
                slope = float(self.found.slope[int(index), row, column])
                rows.append(
                    (
                        "∂J/∂a",
                        plain(slope),
                        "Where the cost grows with this number; the painting goes the other way",
                    )
                )
            self.pointed.emit(rows)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    def facts(self) -> list[Fact]:
        return [
            ("J style", plain(self.found.cost), "The cost of the example"),
            ("factor", "1/256", "1 / (2 · 2 · 2 · 2)²: the course's normalisation"),
        ]

    def aside(self) -> QWidget | None:
        return self.badge

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        found = self.found
        return [
            *((f"style map {n + 1}", found.style[n]) for n in range(MAPS)),
            *((f"painting map {n + 1}", found.generated[n]) for n in range(MAPS)),
            ("A", found.grams[0]), ("G", found.grams[1]), ("dJ/da", found.slope.reshape(MAPS, -1)),
        ]  # fmt: skip


def worked_scene(found: Worked, cell: tuple[int, int], size: QSizeF) -> Scene:
    """Style above, painting beneath: their maps, their Gram matrices; the difference at the right."""
    layout = table_layout(
        (size.width(), size.height()), lines=2, columns=COLUMNS, rows=SIDE,
        heads=[head_width(one) for one in HEADS], strip=0.0, largest=ROOMY * largest_cell(size.width(), size.height()),
    )  # fmt: skip
    scene = Scene(size, description=f"Style cost {plain(found.cost)}")
    limits = (
        limit_of(np.stack([found.style, found.generated])),
        limit_of(np.stack(found.grams)),
        limit_of(found.difference),
    )
    bars = (limits[0], None, limits[1], limits[2])
    items: list[Item] = []
    for column, (heads, left, width) in enumerate(zip(HEADS, layout.lefts, layout.widths, strict=True)):
        limit = bars[column]
        items += head(left, layout.head, width, heads, None if limit is None else diverging_key(limit))
    scene.below.extend(items)
    selected = (Mark.cell(MarkRole.SELECTED, *cell),)
    for line, (whose, maps) in enumerate(((STYLE, found.style), (OWN, found.generated))):
        name = "Style" if whose == STYLE else "Painting"
        for index in range(MAPS):
            linked = MarkRole.LINKED if index in cell else None
            marks = () if linked is None else (Mark(linked, 0, 0, SIDE, SIDE),)
            plate = _plate(
                f"{whose}/{index}", maps[index], limits[0], f"{name} a{'₁₂'[index]}", marks, editable=True
            )
            _put(scene, plate, layout.lefts[index], layout.tops[line], layout.cell, layout.widths[index])
        gram = _plate(f"gram/{whose}", found.grams[line], limits[1], f"{name} {'AG'[line]}", selected)
        _put(scene, gram, layout.lefts[2], layout.tops[line], layout.cell, layout.widths[2])
    apart = _plate("apart", found.difference, limits[2], "G − A", selected)
    _put(scene, apart, layout.lefts[3], layout.tops[1], layout.cell, layout.widths[3])
    return scene


def _plate(
    key: str, values: Floats, limit: float, title: str, marks: tuple[Mark, ...], *, editable: bool = False
) -> Plate:
    return Plate(key, values, colormaps.activations(values, limit), title, marks=marks, editable=editable)


def _put(scene: Scene, plate: Plate, left: float, top: float, cell: float, width: float) -> None:
    plate.rect = place(*plate.shape, cell, left, top)
    scene.plates.append(plate)
    scene.below.append(titled(plate, width))
