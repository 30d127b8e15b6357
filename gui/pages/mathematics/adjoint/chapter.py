"""The view of the adjoint: what it shows and what its controls do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.adjoint import adjoint_mode
from engine.foundations.algebra.presets import drawn
from engine.foundations.algebra.products import OTHER, SIGNS
from engine.foundations.algebra.requests import Back, Product
from gui.pages.mathematics.adjoint.scene import adjoint_scene
from gui.pages.mathematics.adjoint.shown import Shown
from gui.pages.mathematics.adjoint.state import (
    MAX_KERNEL,
    MAX_LINE,
    MAX_LINE_KERNEL,
    MAX_SIDE,
    AdjointState,
    fitted,
    redrawn,
)
from gui.pages.mathematics.adjoint.words import NAMES, backward_text, forward_text
from gui.pages.mathematics.chapter import Chapter, Claim, Group, Pick, Press, Walked, Whole
from gui.pages.mathematics.grids import changed, edited, resized, shape_of
from gui.pages.mathematics.look import small, tuple_text
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene
from gui.widgets.stage_text import by, plain

_KINDS = (("correlation", "correlation ★"), ("convolution", "convolution *"))
_MODES = (("full", "full"), ("same", "same"), ("valid", "valid"))
_NUMBERS = (("whole", "whole"), ("decimal", "decimals"))
_SIZES = {"x_rows": ("x", 0), "x_columns": ("x", 1), "k_rows": ("k", 0), "k_columns": ("k", 1)}
_STARTS = {1: ((1, 6), (1, 3)), 2: ((3, 3), (2, 2))}


class Adjoint(Chapter[AdjointState, Shown]):
    """There and back: both inner products, the matrix and its transpose."""

    name = "adjoint"
    title = "Adjoint"
    tip = "⟨x ★ k, y⟩ = ⟨x, y * k⟩, and the matrix with its transpose (Alt+4)"
    groups = (
        Group(
            "Map",
            (
                Pick("kind", "", _KINDS, "The product of x and k whose adjoint is asked for", True),
                Pick("mode", "Outputs", _MODES, "What is kept of the product", True),
            ),
            "map",
        ),
        Group(
            "Numbers",
            (
                Pick(
                    "axes",
                    "Axes",
                    (("1", "1-D"), ("2", "2-D")),
                    "Sequences, or grids of rows and columns",
                    True,
                ),
                Whole("x_rows", "Rows of x", 1, MAX_SIDE, "Rows of the input."),
                Whole("x_columns", "Columns of x", 1, MAX_LINE, "Numbers in a row of the input."),
                Whole("k_rows", "Rows of k", 1, MAX_KERNEL, "Rows of the kernel."),
                Whole("k_columns", "Columns of k", 1, MAX_LINE_KERNEL, "Numbers in a row of the kernel."),
                Pick(
                    "numbers",
                    "Draw",
                    _NUMBERS,
                    "Whole numbers show equality exactly, decimals up to rounding",
                    True,
                ),
                Press(
                    "draw",
                    "Draw x and y anew (R)",
                    "Other random numbers: the equation holds for all of them",
                ),
            ),
        ),
    )

    def resolve(self, state: AdjointState) -> Shown:
        return Shown(state)

    def scene(self, shown: Shown, size: QSizeF) -> Scene:
        return adjoint_scene(shown, size)

    def claims(self, shown: Shown) -> tuple[Claim, ...]:
        pairing, kind, mode = shown.pairing, shown.state.kind, shown.state.mode
        return (
            Product(kind, mode, pairing.x, pairing.kernel, pairing.forward),
            Back(kind, mode, pairing.kernel, pairing.y, pairing.backward),
        )

    def arrays(self, shown: Shown) -> Sequence[tuple[str, npt.ArrayLike]]:
        pairing = shown.pairing
        return [
            ("x", pairing.x), ("k", pairing.kernel), ("y", pairing.y), (forward_text(shown), pairing.forward),
            (backward_text(shown), pairing.backward), ("T", pairing.matrix),
            ("both inner products", [[pairing.left, pairing.right]]),
        ]  # fmt: skip

    def formula(self, state: AdjointState) -> tuple[str, ...]:
        there, other = (r"\star", r"\ast") if state.kind == "correlation" else (r"\ast", r"\star")
        back = "T^T y" if state.zeros_move else rf"y {other} k"
        return (
            rf"\langle x {there} k,\, y \rangle &= \langle x,\, {back} \rangle",
            r"\langle T x,\, y \rangle &= \langle x,\, T^T y \rangle",
        )

    def note(self, shown: Shown) -> str:
        mode = shown.state.mode
        if shown.state.zeros_move:
            back = SIGNS[OTHER[shown.state.kind]]
            return f"Tᵀy is y {back} k with its zeros on the other side. T is the map as a matrix."
        return (
            f"The product there is “{mode}”, the one back “{adjoint_mode(mode)}”. T is the map as a matrix."
        )

    def facts(self, shown: Shown) -> list[Fact]:
        pairing = shown.pairing
        return [
            (f"⟨{forward_text(shown)}, y⟩", plain(float(pairing.left)), "Products of equal places, summed."),
            (f"⟨x, {backward_text(shown)}⟩", plain(float(pairing.right)), "Products of equal places, summed."),
            ("difference", small(abs(float(pairing.left - pairing.right))), "0 where all numbers are whole."),
            ("T", by(pairing.matrix.shape), "Outputs × inputs."),
            ("its weights", f"{pairing.kernel.size}", "All other numbers of T are these again, or zeros."),
        ]  # fmt: skip

    def under(self, shown: Shown, key: str, row: int, column: int) -> list[Fact]:
        if key in ("T", "Tᵀ"):
            output, place = (row, column) if key == "T" else (column, row)
            role = "a weight" if shown.band[output, place] else "always zero"
            return [
                ("from input", str(place), "Counted row by row."),
                ("to output", str(output), "Counted row by row."),
                ("this is", role, "The kernel slides: the same weights in every row, one further on."),
            ]
        if key in ("left", "right"):
            return [("this is", "an inner product", "Products of equal places, summed.")]
        if key.endswith("vector"):
            return [("entry", str(row), "Counted row by row.")]
        place_ = (column,) if shown.state.axes == 1 else (row, column)
        return [("index", tuple_text(place_), "Counted from 0.")]

    # --- the walk over the rows ------------------------------------------------------------------------------

    def walked(self, state: AdjointState) -> Walked:
        return Walked(state.row, state.rows, "step")

    def at(self, state: AdjointState, index: int) -> AdjointState:
        return replace(state, row=index)

    def index_of(self, shown: Shown, key: str, row: int, column: int) -> int | None:
        outputs = int(shown.pairing.forward.size)
        forth = row * int(shown.pairing.forward.shape[1]) + column
        back = outputs + row * int(shown.pairing.x.shape[1]) + column
        return {
            "T": row, "forward vector": row, "forward": forth,
            "Tᵀ": outputs + row, "backward vector": outputs + row, "backward": back,
        }.get(key)  # fmt: skip

    # --- controls ----------------------------------------------------------------------------------------------

    def value(self, state: AdjointState, name: str) -> Any:
        if name == "axes":
            return str(state.axes)
        if name in _SIZES:
            grid, axis = _SIZES[name]
            return shape_of(getattr(state, grid))[axis]
        return getattr(state, name)

    def with_value(self, state: AdjointState, name: str, value: Any) -> AdjointState:
        if name == "axes":
            if state.axes == int(value):
                return state
            x, k = _STARTS[int(value)]
            whole = state.numbers == "whole"
            grids = {"x": drawn(x, state.seed, whole=whole), "k": drawn(k, state.seed + 1, whole=True, low=1)}
            return fitted(changed(state, mode="valid", row=1, **grids))
        if name in _SIZES:
            grid, axis = _SIZES[name]
            shape = list(shape_of(getattr(state, grid)))
            shape[axis] = value
            return fitted(changed(state, **{grid: resized(getattr(state, grid), *shape)}))
        if name == "numbers" and value != state.numbers:
            return redrawn(replace(state, numbers=value))
        return fitted(changed(state, **{name: value}))

    def pressed(self, state: AdjointState, name: str) -> AdjointState:
        return redrawn(state)

    def offers(self, state: AdjointState, name: str) -> bool:
        return name not in ("x_rows", "k_rows") or state.axes == 2

    def words(self, state: AdjointState, name: str) -> str:
        there = f"{NAMES[state.kind].capitalize()}, “{state.mode}”"
        if state.zeros_move:
            return f"{there}, k even; its adjoint is {NAMES[OTHER[state.kind]]} with its zeros on the other side."
        return f"{there}; its adjoint is {NAMES[OTHER[state.kind]]}, “{adjoint_mode(state.mode)}”."

    def edited(self, state: AdjointState, key: str, row: int, column: int, value: float) -> AdjointState:
        return edited(state, key.partition("@")[0], row, column, value)
