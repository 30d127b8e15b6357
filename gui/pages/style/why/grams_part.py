"""Gram matrices of style and painting side by side with their difference; a cell opens the two maps that it is of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.jobs import Priority
from engine.style.channel_order import by_similarity
from engine.style.requests import ComparedGrams, CompareGrams, Grams, LayerGrams, LookAtGrams
from gui.bridge import Bridge
from gui.latest import Latest
from gui.pages.style.why.layer_strip import LayerSign, LayerStrip
from gui.pages.style.why.matrix_view import MatrixView, Range, range_of
from gui.pages.style.why.part import Looked, WhyPart, from_the_top
from gui.pages.style.why.words import hint, layer_formulas
from gui.theme import space
from gui.widgets.facts import Fact
from gui.widgets.formula import Formula
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.stage_text import plain
from gui.widgets.wrapped import Wrapped

MATRICES: Final = ("Style", "Painting", "Painting − style")
COUNTED: Final = (
    "Here every layer's cost has the course's factor. The run that paints may count otherwise: “balanced” divides by "
    "the mean square of its target, so that layers weigh alike."
)
LOW: Final = 620
"""A stage lower than this has no pictures in the row of layers."""
Values = npt.NDArray[np.float32]


class GramsPart(WhyPart):
    """The layers in a row, three matrices of the chosen one, the two maps behind the chosen cell."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looked: Looked | None = None
        self._active = False
        self._problem = ""
        self.compared: ComparedGrams | None = None
        self.pair: Grams | None = None
        self._fresh = False
        self._order = np.zeros(0, np.int64)
        self._ordered: tuple[object, ...] = ()
        grams = bridge.channel("style.why.grams", Priority.INTERACTIVE, self, handles_failures=True)
        maps = bridge.channel("style.why.pair", Priority.INTERACTIVE, self, handles_failures=True)
        self._grams, self._maps = Latest(grams, self), Latest(maps, self)
        self.strip, self.formula, self.hint = LayerStrip(), Formula(), Wrapped()
        self.matrices = [PictureTile(name, MatrixView(name), keyed=True) for name in MATRICES]
        self.maps = [PictureTile(name, FrameView(name), keyed=True) for name in _map_names(0, 1)]
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.strip)
        column.addWidget(self.formula)
        for tiles, stretch in ((self.matrices, 4), (self.maps, 3)):
            row = QHBoxLayout()
            row.setSpacing(space.m)
            for tile in tiles:
                row.addLayout(from_the_top(tile), 1)
            column.addLayout(row, stretch)
            if tiles is self.matrices:
                column.addWidget(self.hint)
        for tile in self.maps:
            tile.view.set_empty_text("")

    def _connect(self) -> None:
        self._grams.answered.connect(self._grams_came)
        self._grams.refused.connect(self._refused)
        self._grams.outdated.connect(self._outdated)
        self._maps.answered.connect(self._maps_came)
        self._maps.refused.connect(self._refused)
        self.strip.chosen.connect(self._layer_chosen)
        for tile in self.matrices:
            tile.view.hovered.connect(self._hovered)
            tile.view.left.connect(self._left)
            tile.view.clicked.connect(self._clicked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.set_low(self.height() < LOW)

    # --- what is asked ---------------------------------------------------------------------------------------

    def show_looked(self, looked: Looked) -> None:
        self._looked = looked
        self._follow()
        self._show()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._follow()
        else:
            self._grams.drop()
            self._maps.drop()

    @property
    def settled(self) -> bool:
        return bool(self._problem) or (self._fresh and self._grams.settled and self._maps.settled)

    def _follow(self) -> None:
        looked = self._looked
        if looked is None or not self._active or looked.generated is None or not looked.style_layers:
            return
        found = looked.subject.complete
        if found is None:
            return
        settings, styles = looked.subject.settings, found[1]
        request = CompareGrams(
            settings.net, settings.pooling, tuple(name for name, _ in looked.style_layers), styles,
            settings.blend, looked.generated, looked.size, settings.style_scale,
        )  # fmt: skip
        about = (
            request.net, request.pooling, request.layers, tuple(map(id, styles)), request.blend,
            id(request.generated), request.size, request.style_scale,
        )  # fmt: skip
        self._grams.want(about, lambda: request, urgent=settings.net)
        self._follow_pair()

    def _follow_pair(self) -> None:
        """The maps of the chosen cell, as soon as there is a matrix to choose it from."""
        grams, compared = self.grams, self.compared
        if grams is None or compared is None or not self._active or not self._fresh:
            return
        about = compared.request
        request = LookAtGrams(
            about.net, about.pooling, grams.name, about.styles[min(self._style, len(about.styles) - 1)],
            about.generated, about.size, about.style_scale, self.cell,
        )  # fmt: skip
        self._maps.want(
            (id(compared), grams.name, self.cell, self._style),
            lambda: request,
            urgent=(about.net, grams.name),
        )

    @property
    def _style(self) -> int:
        return 0 if self._looked is None else self._looked.style_number

    @property
    def grams(self) -> LayerGrams | None:
        """The matrices of the chosen layer; of the first one where none was chosen."""
        if self.compared is None or not self.compared.layers:
            return None
        wanted = "" if self._looked is None else self._looked.own.layer
        return next((one for one in self.compared.layers if one.name == wanted), self.compared.layers[0])

    @property
    def cell(self) -> tuple[int, int]:
        """The chosen pair of maps; where there is none, the two different ones whose cells differ most."""
        grams = self.grams
        assert grams is not None
        own = None if self._looked is None else self._looked.own.pair
        count = len(grams.style)
        if own is not None and max(own) < count:
            return own
        apart = np.triu(np.abs(grams.generated - grams.style), 1)
        k, other = np.unravel_index(int(apart.argmax()), apart.shape)
        return int(k), int(other) if count > 1 else 0

    # --- answers ---------------------------------------------------------------------------------------------

    @Slot(object, bool)
    def _grams_came(self, found: ComparedGrams, fresh: bool) -> None:
        self.compared, self._fresh, self._problem = found, fresh, ""
        self._show()
        self._follow_pair()
        self.settledChanged.emit()

    @Slot(object, bool)
    def _maps_came(self, found: Grams, _fresh: bool) -> None:
        self.pair = found
        self._show_maps()
        self.factsChanged.emit()
        self.settledChanged.emit()

    @Slot()
    def _outdated(self) -> None:
        self._fresh = False
        self._tint()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._problem = f"{report.sentence} {report.hint}".strip()
        self.hint.say(self._problem)
        self.settledChanged.emit()

    # --- showing ---------------------------------------------------------------------------------------------

    def _show(self) -> None:
        grams, looked = self.grams, self._looked
        if grams is None or looked is None:
            return
        self.hint.say(self._problem or hint(looked))
        self._show_strip(grams.name)
        self.formula.set_lines(layer_formulas(grams))
        order = self._order_of(grams, similar=looked.own.similar)
        arrays = [values[np.ix_(order, order)] for values in (grams.style, grams.generated)]
        arrays.append(arrays[1] - arrays[0])
        both, apart = range_of(arrays[0], arrays[1]), range_of(arrays[2], diverging=True)
        count = len(order)
        details = (
            f"A, {count} × {count}",
            f"G, {count} × {count}"
            if looked.subject.painted is not None
            else "G of the content: nothing is painted yet",
            f"J of this layer {plain(grams.cost)}",
        )
        for tile, values, scale, detail in zip(
            self.matrices, arrays, (both, both, apart), details, strict=True
        ):
            tile.say(tile.title, detail)
            self._matrix(tile).show_values(values, scale)
            tile.show_key(scale.key())
            tile.arrange()
        self._frame_cell()
        self._tint()
        self._show_maps()
        self.factsChanged.emit()

    def _show_strip(self, chosen: str) -> None:
        assert self.compared is not None
        signs = []
        for one in self.compared.layers:
            apart = one.generated - one.style
            picture = range_of(apart, diverging=True).colors(apart)
            signs.append(LayerSign(one.name, one.title, plain(one.cost), picture))
        self.strip.show_signs(signs, chosen, stale=not self._fresh)
        self.strip.set_low(self.height() < LOW)

    def _order_of(self, grams: LayerGrams, *, similar: bool) -> npt.NDArray[np.int64]:
        """The order of rows and columns; by the style's matrix, which stays while a painting goes on."""
        about = (id(grams.style), similar)
        if self._ordered != about:
            self._ordered = about
            self._order = by_similarity(grams.style) if similar else np.arange(len(grams.style))
        return self._order

    def _frame_cell(self) -> None:
        place = {int(channel): at for at, channel in enumerate(self._order)}
        k, other = self.cell
        for tile in self.matrices:
            self._matrix(tile).frame_cell((place[k], place[other]))

    def _show_maps(self) -> None:
        found, grams = self.pair, self.grams
        if found is None or found.maps is None or found.request.pair is None or grams is None:
            return
        k, other = found.request.pair
        style, own = found.maps
        arrays = [style[0], style[1], style[0] * style[1], own[0], own[1], own[0] * own[1]]
        single, product = range_of(*arrays[:2], *arrays[3:5]), range_of(arrays[2], arrays[5])
        means = (found.style[k, other], found.generated[k, other])
        blended = self.compared is not None and len(self.compared.request.styles) > 1
        names = _map_names(k, other)
        for index, (tile, values, name) in enumerate(zip(self.maps, arrays, names, strict=True)):
            scale: Range = product if index % 3 == 2 else single
            letter = "part of A" if blended and index < 3 else "AG"[index // 3]
            mean = f"mean {plain(float(means[index // 3]))} = {letter}" if index % 3 == 2 else ""
            tile.say(name, mean or f"{values.shape[0]} × {values.shape[1]}")
            tile.view.set_rgb(scale.colors(values))
            tile.show_key(scale.key())
            tile.arrange()
        self._tint()

    def _tint(self) -> None:
        stale = not self._fresh and not self._problem
        old = stale or not self._maps.settled
        for tile in self.matrices:
            tile.view.set_stale(stale)
        for tile in self.maps:
            tile.view.set_stale(old)

    @staticmethod
    def _matrix(tile: PictureTile) -> MatrixView:
        view = tile.view
        assert isinstance(view, MatrixView)
        return view

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(str)
    def _layer_chosen(self, layer: str) -> None:
        if self._looked is not None:
            self.looked.emit(replace(self._looked.own, layer=layer, pair=None))

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        if self._looked is not None and max(x, y) < len(self._order):
            pair = int(self._order[y]), int(self._order[x])
            self.looked.emit(replace(self._looked.own, pair=pair))

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        grams = self.grams
        if grams is None or max(x, y) >= len(self._order):
            return
        k, other = int(self._order[y]), int(self._order[x])
        a, g = float(grams.style[k, other]), float(grams.generated[k, other])
        self.pointed.emit(
            [
                ("maps k, k′", f"{k}, {other}", "Numbers of the two feature maps"),
                ("style A", plain(a), "Mean of the product of both maps over all places of the style"),
                ("painting G", plain(g), "The same of the painting"),
                ("G − A", plain(g - a), "Its square is what this cell adds to the cost"),
            ]
        )

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    def facts(self) -> list[Fact]:
        if self.compared is None or self._looked is None:
            return []
        run = self._looked.subject.settings.normalise
        counted: Fact = ("counted", f"course; run: {run}", COUNTED)
        return [
            counted,
            *(
                (one.title, plain(one.cost), "Style cost of the layer, with the factor 1 / (2 n_H n_W n_C)²")
                for one in self.compared.layers
            ),
        ]

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        grams = self.grams
        if grams is None:
            return []
        return [(f"{grams.title} style A", grams.style), (f"{grams.title} painting G", grams.generated)]


def _map_names(k: int, other: int) -> tuple[str, ...]:
    names = (f"{k}", f"{other}", f"{k}·{other}")
    return tuple(f"{whose} {name}" for whose in ("Style", "Painting") for name in names)
