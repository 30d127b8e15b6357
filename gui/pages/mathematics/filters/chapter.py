"""The view of joined and separable filters: what it shows and what its controls do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.presets import KERNELS
from engine.foundations.algebra.requests import Product
from gui.pages.mathematics.chapter import Chapter, Claim, Group, Pick, Whole
from gui.pages.mathematics.filters.scene import filters_scene
from gui.pages.mathematics.filters.shown import Shown
from gui.pages.mathematics.filters.state import MAX_KERNEL, SIZES, FiltersState
from gui.pages.mathematics.grids import changed, edited, resized, shape_of
from gui.pages.mathematics.look import small, tuple_text
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene
from gui.widgets.stage_text import by, plain

_SUBSCRIPTS = str.maketrans("12345", "₁₂₃₄₅")
_KINDS = (("convolution", "convolution *"), ("correlation", "correlation ★"))
_PARTS = (("sequence", "Two in a row"), ("separable", "Separable"))
_MODES = (("full", "full"), ("same", "same"), ("valid", "valid"))
_ODD = tuple((str(n), str(n)) for n in SIZES)
_SIZES = {"first_size": "first", "second_size": "second", "rows": "kernel", "columns": "kernel"}
_OF_SEQUENCE = ("first_size", "second_size")
_OF_SEPARABLE = ("preset", "rows", "columns")


class Filters(Chapter[FiltersState, Shown]):
    """Two filters as one, one filter as two."""

    name = "filters"
    title = "Filters"
    tip = "Two filters in a row as one; one kernel as a column times a row (Alt+3)"
    groups = (
        Group(
            "Filters",
            (
                Pick("part", "", _PARTS, "Two filters joined, or one taken apart", True),
                Pick("preset", "", tuple((key, title) for key, (title, _) in KERNELS.items())),
                Pick("first_size", "Size of k", _ODD, "Rows and columns of the first filter", True),
                Pick("second_size", "Size of l", _ODD, "Rows and columns of the second filter", True),
                Whole("rows", "Rows", 1, MAX_KERNEL, "Rows of the kernel."),
                Whole("columns", "Columns", 1, MAX_KERNEL, "Columns of the kernel."),
            ),
            "preset",
        ),
        Group(
            "Product",
            (
                Pick("kind", "", _KINDS, "Which of the two products", True),
                Pick("mode", "Outputs", _MODES, "What is kept of every product", True),
            ),
        ),
    )

    def resolve(self, state: FiltersState) -> Shown:
        return Shown(state)

    def scene(self, shown: Shown, size: QSizeF) -> Scene:
        return filters_scene(shown, size)

    def claims(self, shown: Shown) -> tuple[Claim, ...]:
        kind, mode = shown.state.kind, shown.state.mode
        if shown.state.part == "sequence":
            joined = shown.joined
            return (
                Product(kind, mode, joined.x, joined.first, joined.between),
                Product(kind, mode, joined.between, joined.second, joined.in_sequence),
                Product("convolution", "full", joined.first, joined.second, joined.merged),
                Product(kind, mode, joined.x, joined.merged, joined.at_once),
            )
        split = shown.separation
        return (
            Product(kind, mode, shown.x, split.kernel, shown.direct),
            Product(kind, mode, shown.x, split.column, shown.between),
            Product(kind, mode, shown.between, split.row, shown.through),
            Product("convolution", "full", split.column, split.row, split.outer),
        )

    def arrays(self, shown: Shown) -> Sequence[tuple[str, npt.ArrayLike]]:
        if shown.state.part == "sequence":
            joined = shown.joined
            return [
                ("x", joined.x), ("k", joined.first), ("l", joined.second), ("k * l", joined.merged),
                ("one after the other", joined.in_sequence), ("at once", joined.at_once),
            ]  # fmt: skip
        split = shown.separation
        return [
            ("x", shown.x), ("kernel", split.kernel), ("column", split.column), ("row", split.row),
            ("singular values", split.singular), ("direct", shown.direct), ("column, then row", shown.through),
        ]  # fmt: skip

    def formula(self, state: FiltersState) -> tuple[str, ...]:
        sign = r"\ast" if state.kind == "convolution" else r"\star"
        if state.part == "sequence":
            return (rf"(x {sign} k) {sign} l &= x {sign} (k \ast l)",)
        return (r"K &= \sum_{i}\; \sigma_i\, u_i\, v_i^T", rf"x {sign} (c\, r) &= (x {sign} c) {sign} r")

    def note(self, shown: Shown) -> str:
        if shown.state.part == "sequence":
            return "x is the input, k and l are the filters, k * l is their one kernel."
        return "σ, u, v: the singular value decomposition of the kernel K; c is the column, r the row."

    def facts(self, shown: Shown) -> list[Fact]:
        apart, whole = shown.costs
        names = ("in a row", "one kernel") if shown.state.part == "sequence" else ("column + row", "kernel")
        rows: list[Fact] = [
            (f"products, {names[0]}", str(apart), "For one output."),
            (f"products, {names[1]}", str(whole), "For one output."),
        ]
        if shown.state.part == "sequence":
            joined = shown.joined
            rows.insert(0, ("merged kernel", by(joined.merged.shape), "Sizes add, less one."))
            rows.append(("largest difference", small(joined.largest), "Of both ways."))
            if joined.mode == "same":
                rows.append(("inside the border", small(joined.inner_largest), "Where no cut has a part."))
            return rows
        split = shown.separation
        rows.append(("rank", str(split.rank), "Columns times rows that it takes."))
        rows += [
            (f"σ{i + 1}".translate(_SUBSCRIPTS), plain(round(float(s), 6)), "Singular value.")
            for i, s in enumerate(split.singular)
        ]
        rows.append(
            (
                "energy of the first",
                f"{split.energy:.2%}",
                "Its share of the sum of squares (Eckart & Young).",
            )
        )
        rows.append(("largest difference", small(shown.apart), "Of both ways."))
        return rows

    def under(self, shown: Shown, key: str, row: int, column: int) -> list[Fact]:
        rows: list[Fact] = [("index", tuple_text((row, column)), "Row and column, counted from 0.")]
        if key == "difference" and shown.state.part == "sequence":
            border = shown.joined.is_border[row, column]
            rows.append(
                ("this is", "border" if border else "free of the border", "Whether a cut has a part in it.")
            )
        return rows

    def value(self, state: FiltersState, name: str) -> Any:
        if name in _OF_SEQUENCE:
            return str(shape_of(getattr(state, _SIZES[name]))[0])
        if name in ("rows", "columns"):
            return shape_of(state.kernel)[name == "columns"]
        return getattr(state, name)

    def with_value(self, state: FiltersState, name: str, value: Any) -> FiltersState:
        if name == "preset":
            return replace(state, preset=value, kernel=KERNELS[value][1])
        if name in _OF_SEQUENCE:
            grid, size = _SIZES[name], int(value)
            return changed(state, **{grid: resized(getattr(state, grid), size, size)})
        if name in ("rows", "columns"):
            rows, columns = shape_of(state.kernel)
            shape = (value, columns) if name == "rows" else (rows, value)
            return replace(state, kernel=resized(state.kernel, *shape))
        return changed(state, **{name: value})

    def offers(self, state: FiltersState, name: str) -> bool:
        if name in _OF_SEQUENCE:
            return state.part == "sequence"
        return name not in _OF_SEPARABLE or state.part == "separable"

    def words(self, state: FiltersState, name: str) -> str:
        if state.part == "sequence":
            return "Double-click any number of x, k or l to change it."
        title, kernel = KERNELS[state.preset]
        return "Double-click any number to change it." if kernel == state.kernel else f"{title}, changed."

    def edited(self, state: FiltersState, key: str, row: int, column: int, value: float) -> FiltersState:
        return edited(state, key.partition("@")[0], row, column, value)
