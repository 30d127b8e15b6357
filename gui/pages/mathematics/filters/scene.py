"""Two filters in a row beside their one kernel, and a kernel beside its column and row."""

from __future__ import annotations

from PySide6.QtCore import QSizeF

from engine.foundations.algebra.products import SIGNS
from gui.pages.mathematics import look
from gui.pages.mathematics.equations import Arrangement, Aside, Line, Term, best, heading, lay_out
from gui.pages.mathematics.filters.shown import Shown
from gui.pages.mathematics.filters.words import sentences, title, verdict
from gui.theme import space
from gui.widgets.plate import Plate
from gui.widgets.scene import ColorBar, Scene
from gui.widgets.stage_text import sentences_height, sentences_strip


def filters_scene(shown: Shown, size: QSizeF) -> Scene:
    """Lay out the part on show for a stage of `size`: with every step, or shorter where there is little room."""
    said = sentences(shown)
    words = look.few(said, size)
    scene = Scene(size, description=f"{title(shown)}. {' '.join(said)}")
    builder = _Sequence(shown) if shown.state.part == "sequence" else _Separable(shown)
    text, role = verdict(shown)
    top = heading(scene, (title(shown),), text, role, builder.bars())
    bottom = size.height() - sentences_height(words, size.width(), size.height()) - space.m
    chosen = best(size, builder.arrangements(), bottom - space.s - top)
    lay_out(scene, *chosen, top=top, bottom=bottom - space.s)
    sentences_strip(scene, bottom, words)
    return scene


class _Sequence:
    """x through both filters, and through the one kernel of both."""

    def __init__(self, shown: Shown) -> None:
        self.joined, self.sign = shown.joined, SIGNS[shown.state.kind]
        joined = self.joined
        self.limit = look.limit(joined.between, joined.in_sequence, joined.at_once)
        self.weights = look.limit(joined.first, joined.second)

    def bars(self) -> list[ColorBar]:
        return [
            look.signal_key(look.limit(self.joined.x), "x"),
            look.kernel_key(self.weights, "k, l"),
            look.kernel_key(look.limit(self.joined.merged), "k * l"),
            look.signal_key(self.limit, "results"),
        ]

    def arrangements(self) -> list[Arrangement]:
        """Every product in a line of its own; or the filters, and both results with their difference."""
        full: list[Line] = [
            [
                Term(self._x("x@1")),
                Term(self._filter("first"), self.sign),
                Term(self._between("between"), "="),
            ],
            [
                Term(self._between("between@2")),
                Term(self._filter("second"), self.sign),
                Term(self._apart(), "="),
            ],
            [Term(self._x("x@3")), Term(self._merged(), self.sign), Term(self._once(), "=")],
        ]
        short: list[Line] = [
            [
                Term(self._x("x")), Term(self._filter("first")), Term(self._filter("second")),
                Term(self._merged(), "→"),
            ],
            [Term(self._apart()), Term(self._once(), "−"), Term(self._difference(), "=")],
        ]  # fmt: skip
        return [(full, [Aside(self._difference(), 1, 2)]), (short, ())]

    def _x(self, key: str) -> Plate:
        return look.signal(key, self.joined.x, "x", look.limit(self.joined.x), editable=True)

    def _filter(self, name: str) -> Plate:
        values = self.joined.first if name == "first" else self.joined.second
        return look.kernel(name, values, "k" if name == "first" else "l", self.weights, editable=True)

    def _between(self, key: str) -> Plate:
        return look.signal(key, self.joined.between, f"x {self.sign} k", self.limit)

    def _merged(self) -> Plate:
        return look.kernel("merged", self.joined.merged, "k * l", look.limit(self.joined.merged))

    def _apart(self) -> Plate:
        text = f"(x {self.sign} k) {self.sign} l"
        return look.signal("in sequence", self.joined.in_sequence, text, self.limit)

    def _once(self) -> Plate:
        return look.signal("at once", self.joined.at_once, f"x {self.sign} (k * l)", self.limit)

    def _difference(self) -> Plate:
        return look.differences("difference", self.joined.difference)


class _Separable:
    """A kernel as column times row, and the input through both."""

    def __init__(self, shown: Shown) -> None:
        self.shown, self.sign = shown, SIGNS[shown.state.kind]
        self.split = shown.separation
        self.limit = look.limit(shown.direct, shown.between, shown.through)
        split = self.split
        self.weights = look.limit(split.kernel, split.column, split.row, split.rest)

    def bars(self) -> list[ColorBar]:
        return [
            look.signal_key(look.limit(self.shown.x), "x"),
            look.kernel_key(self.weights, "kernel"),
            look.signal_key(self.limit, "results"),
        ]

    def arrangements(self) -> list[Arrangement]:
        split, shown = self.split, self.shown
        factors = [
            Term(self._kernel("kernel")),
            Term(look.kernel("column", split.column, "column", self.weights), "="),
            Term(look.kernel("row", split.row, "row", self.weights), "·"),
        ]  # fmt: skip
        if not split.separable and split.rank:
            factors.append(Term(look.kernel("rest", split.rest, "what is left", self.weights), "+"))
        sides: list[Line] = [
            [Term(self._x()), Term(self._kernel("kernel@2"), self.sign), Term(self._direct(), "=")],
            [
                Term(look.signal("between", shown.between, f"x {self.sign} column", self.limit)),
                Term(look.kernel("row@2", split.row, "row", self.weights), self.sign),
                Term(self._through(), "="),
            ],
        ]
        short: list[Line] = [
            [
                Term(self._x()),
                Term(self._direct()),
                Term(self._through(), "−"),
                Term(self._difference(), "="),
            ],
        ]
        return [([factors, *sides], [Aside(self._difference(), 1, 2)]), ([factors, *short], ())]

    def _x(self) -> Plate:
        return look.signal("x", self.shown.x, "x", look.limit(self.shown.x), editable=True)

    def _direct(self) -> Plate:
        return look.signal("direct", self.shown.direct, f"x {self.sign} kernel", self.limit)

    def _through(self) -> Plate:
        title = f"(x {self.sign} column) {self.sign} row"
        return look.signal("through", self.shown.through, title, self.limit)

    def _difference(self) -> Plate:
        return look.differences("difference", self.shown.direct - self.shown.through)

    def _kernel(self, key: str) -> Plate:
        return look.kernel(key, self.split.kernel, "kernel", self.weights, editable=True)
