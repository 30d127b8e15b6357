"""The map and its adjoint: as products above, as a matrix and its transpose beneath, one row of them on show."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.exact import Values
from engine.foundations.algebra.products import OTHER, SIGNS
from gui.pages.mathematics import look
from gui.pages.mathematics.adjoint.shown import Shown
from gui.pages.mathematics.adjoint.words import backward_text, forward_text, sentences, title, verdict
from gui.pages.mathematics.equations import ENOUGH_CELL, Line, Term, heading, lay_out
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene
from gui.widgets.stage_layout import TITLE
from gui.widgets.stage_text import sentences_height, sentences_strip

Marks = tuple[Mark, ...]
APART = "    "
"""Between the matrix and its transpose: no sign, but room."""


def adjoint_scene(shown: Shown, size: QSizeF) -> Scene:
    """Lay out both ways for a stage of `size`."""
    words = look.few(sentences(shown), size)
    text, role = verdict(shown)
    scene = Scene(size, description=f"{title(shown)}. {text}. {' '.join(sentences(shown))}")
    builder = _Builder(shown)
    bars = [
        look.signal_key(builder.inputs, "x, y"),
        look.kernel_key(builder.weights, "k, T"),
        look.signal_key(builder.results, "results"),
    ]
    top = heading(scene, (title(shown), "Adjoint maps"), text, role, bars)
    bottom = size.height() - sentences_height(words, size.width(), size.height()) - space.m
    products, matrices = builder.products(), [builder.matrices()]
    if _cell(products, matrices, bottom - top) < ENOUGH_CELL:
        products = [builder.operands()]
    look.same_digits([term.plate for line in (*products, *matrices) for term in line if term is not None])
    middle = _split(products, matrices, top, bottom)
    lay_out(scene, products, top=top, bottom=middle)
    lay_out(scene, matrices, top=middle, bottom=bottom - space.s)
    sentences_strip(scene, bottom, words)
    return scene


def _split(products: list[Line], matrices: list[Line], top: float, bottom: float) -> float:
    """Where the matrices begin, so that cells above and beneath are about as large."""
    lines = len(products)
    return top + lines * (TITLE + space.m) + _rows(products) * _cell(products, matrices, bottom - top)


def _cell(products: list[Line], matrices: list[Line], room: float) -> float:
    """The side of a cell if all have the same and nothing but the height counts."""
    fixed = (len(products) + 1) * (TITLE + space.m)
    return (room - fixed) / (_rows(products) + _rows(matrices))


def _rows(lines: list[Line]) -> int:
    return sum(max(term.plate.shape[0] for term in line if term is not None) for line in lines)


class _Builder:
    """Makes the plates, with the marks of the row on show."""

    def __init__(self, shown: Shown) -> None:
        self.shown, self.pairing = shown, shown.pairing
        pairing = self.pairing
        self.inputs = look.limit(pairing.x, pairing.y)
        self.weights = look.limit(pairing.kernel)
        self.results = look.limit(pairing.forward, pairing.backward)

    def products(self) -> list[Line]:
        """x with k, and y; y with k, and x: what the inner products are of."""
        pairing, kind = self.pairing, self.shown.state.kind
        back = "Tᵀ" if self.shown.state.zeros_move else SIGNS[OTHER[kind]]
        forward, backward = (
            self._forward(pairing.forward, "forward"),
            self._backward(pairing.backward, "backward"),
        )
        first = [
            Term(self._x(pairing.x, "x")), Term(self._k("k"), SIGNS[kind]), Term(forward, "="),
            Term(self._y(pairing.y, "y@1"), "·"), Term(self._inner("left"), "="),
        ]  # fmt: skip
        second = [
            Term(self._y(pairing.y, "y")), Term(self._k("k@2"), back), Term(backward, "="),
            Term(self._x(pairing.x, "x@2"), "·"), Term(self._inner("right"), "="),
        ]  # fmt: skip
        return [first, second]

    def operands(self) -> Line:
        """The grids that can be edited, where there is no room for the products."""
        pairing = self.pairing
        return [
            Term(self._x(pairing.x, "x")), Term(self._k("k")), Term(self._y(pairing.y, "y")),
            Term(self._inner("left")), Term(self._inner("right"), "="),
        ]  # fmt: skip

    def matrices(self) -> Line:
        """T x = and Tᵀ y =, side by side; the vectors stand upright."""
        pairing = self.pairing
        matrix, transposed = self._matrix("T", pairing.matrix, self.shown.band), self._transposed()
        return [
            Term(matrix), Term(self._x(pairing.x.reshape(-1, 1), "x vector"), "·"),
            Term(self._forward(pairing.forward.reshape(-1, 1), "forward vector"), "="),
            Term(transposed, APART), Term(self._y(pairing.y.reshape(-1, 1), "y vector"), "·"),
            Term(self._backward(pairing.backward.reshape(-1, 1), "backward vector"), "="),
        ]  # fmt: skip

    # --- plates --------------------------------------------------------------------------------------------

    def _x(self, values: Values, key: str) -> Plate:
        editable = not key.endswith("vector")
        plate = look.signal(key, values, "x", self.inputs, editable=editable)
        plate.marks = (
            self._read(values.shape) if self.shown.forth else self._made(values.shape, MarkRole.LINKED)
        )
        return plate

    def _y(self, values: Values, key: str) -> Plate:
        editable = not key.endswith("vector")
        plate = look.signal(key, values, "y", self.inputs, editable=editable)
        plate.marks = () if self.shown.forth else self._read(values.shape)
        return plate

    def _inner(self, side: str) -> Plate:
        """An inner product, as a cell of its own."""
        left = side == "left"
        value = self.pairing.left if left else self.pairing.right
        texts = f"⟨{forward_text(self.shown)}, y⟩", f"⟨x, {backward_text(self.shown)}⟩"
        return look.signal(side, np.array([[float(value)]]), texts[0 if left else 1], self.results)

    def _k(self, key: str) -> Plate:
        return look.kernel(key, self.pairing.kernel, "k", self.weights, editable=True)

    def _forward(self, values: Values, key: str) -> Plate:
        title = "T x" if key.endswith("vector") else forward_text(self.shown)
        plate = look.signal(key, values, title, self.results)
        plate.marks = self._made(values.shape, MarkRole.WINDOW) if self.shown.forth else ()
        return plate

    def _backward(self, values: Values, key: str) -> Plate:
        title = "Tᵀ y" if key.endswith("vector") else backward_text(self.shown)
        plate = look.signal(key, values, title, self.results)
        plate.marks = () if self.shown.forth else self._made(values.shape, MarkRole.WINDOW)
        return plate

    def _matrix(self, key: str, values: Values, band: look.BoolArray) -> Plate:
        plate = look.kernel(key, values, key, self.weights)
        plate.faint = ~band if not band.all() else None
        row, columns = self.shown.row, values.shape[1]
        if self.shown.forth == (key == "T"):
            plate.marks = (Mark(MarkRole.WINDOW, row, 0, row + 1, columns),)
        else:  # the same weights, upright in the other matrix
            plate.marks = (Mark(MarkRole.HOVER, 0, row, values.shape[0], row + 1),)
        return plate

    def _transposed(self) -> Plate:
        return self._matrix("Tᵀ", self.pairing.matrix.T, self.shown.band.T)

    # --- marks ---------------------------------------------------------------------------------------------

    def _read(self, shape: tuple[int, ...]) -> Marks:
        """What the row adds up: a window where the operand lies as a grid, cells of an upright vector."""
        places = np.flatnonzero(self.shown.taking_part)
        if places.size == 0:
            return ()
        rows, columns = np.unravel_index(places, shape)
        if len(places) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1):
            block = (int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)
            return (Mark(MarkRole.WINDOW, *block),)
        return tuple(Mark.cell(MarkRole.LINKED, int(r), int(c)) for r, c in zip(rows, columns, strict=True))

    def _made(self, shape: tuple[int, ...], role: MarkRole) -> Marks:
        """The one value that the row makes."""
        row, column = np.unravel_index(self.shown.row, shape)
        return (Mark.cell(role, int(row), int(column)),)
