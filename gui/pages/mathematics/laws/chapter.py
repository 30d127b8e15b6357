"""The view of the laws: what it shows and what its controls do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.presets import Grid
from engine.foundations.algebra.requests import Product
from gui.pages.mathematics.chapter import Chapter, Claim, Group, Pick, Press, Whole
from gui.pages.mathematics.grids import changed, edited, resized, shape_of
from gui.pages.mathematics.laws.scene import laws_scene
from gui.pages.mathematics.laws.shown import Shown
from gui.pages.mathematics.laws.state import (
    MAX_LINE_A,
    MAX_SEED,
    MAX_SHIFT,
    LawsState,
    draw_operands,
)
from gui.pages.mathematics.laws.words import TITLES, law_text
from gui.pages.mathematics.look import small, tuple_text
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene

_KINDS = (("convolution", "convolution *"), ("correlation", "correlation ★"))
_NUMBERS = (("whole", "whole"), ("decimal", "decimals"))
_SIZES = {"a_size": "a", "b_size": "b", "c_size": "c"}
_LINES = {"a": (1, 5), "b": (1, 3), "c": (1, 2)}
_SQUARES = {"a": (3, 3), "b": (3, 3), "c": (2, 2)}
_WITH_C = ("associate", "distribute")


class Laws(Chapter[LawsState, Shown]):
    """Laws in numbers."""

    name = "laws"
    title = "Laws"
    tip = "Commute, associate, distribute, identity, shifts: both sides and their difference (Alt+2)"
    groups = (
        Group(
            "Law",
            (
                Pick("law", "", tuple((law, text.partition(":")[0]) for law, text in TITLES.items())),
                Pick("kind", "", _KINDS, "Which of the two products", True),
                Whole(
                    "shift_y", "Rows down", -MAX_SHIFT, MAX_SHIFT, "How far a is moved; upwards is negative."
                ),
                Whole(
                    "shift_x", "Columns right", -MAX_SHIFT, MAX_SHIFT, "How far a is moved; left is negative."
                ),
            ),
            "law",
        ),
        Group(
            "Operands",
            (
                Pick(
                    "axes",
                    "Axes",
                    (("1", "1-D"), ("2", "2-D")),
                    "Sequences, or grids of rows and columns",
                    True,
                ),
                Whole("a_size", "Size of a", 1, MAX_LINE_A, "Rows and columns, or numbers in the row."),
                Whole("b_size", "Size of b", 1, 4, "Rows and columns, or numbers in the row."),
                Whole("c_size", "Size of c", 1, 4, "Rows and columns, or numbers in the row."),
                Pick(
                    "numbers",
                    "Draw",
                    _NUMBERS,
                    "Whole numbers show equality exactly, decimals up to rounding",
                    True,
                ),
                Press("draw", "Draw anew (R)", "Other random numbers for all operands"),
            ),
        ),
    )

    def resolve(self, state: LawsState) -> Shown:
        return Shown(state)

    def scene(self, shown: Shown, size: QSizeF) -> Scene:
        return laws_scene(shown, size)

    def claims(self, shown: Shown) -> tuple[Claim, ...]:
        return tuple(
            Product(one.kind, "full", one.a.values, one.b.values, one.result.values)
            for one in shown.demo.multiplied
        )

    def arrays(self, shown: Shown) -> Sequence[tuple[str, npt.ArrayLike]]:
        demo = shown.demo
        found: list[tuple[str, npt.ArrayLike]] = [(name, one.values) for name, one in shown.operands.items()]
        for side, result in zip((demo.claim.left, demo.claim.right), demo.claim.results, strict=True):
            found.append((side.text, result.values))
        found.append(("difference", demo.claim.difference.values))
        if demo.instead is not None:
            found.append((demo.instead.right.text, demo.instead.results[1].values))
        return found

    def formula(self, state: LawsState) -> tuple[str, ...]:
        sign = r"\ast" if state.kind == "convolution" else r"\star"
        equals = (
            "&=" if state.kind == "convolution" or state.law not in ("commute", "associate") else r"&\neq"
        )
        law = {
            "commute": rf"a {sign} b {equals} b {sign} a",
            "associate": rf"(a {sign} b) {sign} c {equals} a {sign} (b {sign} c)",
            "distribute": rf"a {sign} (b + c) &= a {sign} b + a {sign} c",
            "identity": rf"a {sign} \delta &= a",
            "shift": rf"(S a) {sign} b &= S (a {sign} b)",
        }[state.law]
        instead = {
            "commute": r"(a \star b)(n) &= (b \star a)(-n)",
            "associate": r"(a \star b) \star c &= a \star (b \ast c)",
        }
        return (law, instead[state.law]) if "neq" in law else (law,)

    def note(self, shown: Shown) -> str:
        if shown.state.law == "shift":
            return "S moves a function by the shift; nothing is cut off at the border."
        return (
            "Nothing is cut off: every product is full. Hatched cells lie outside of a result, where it is 0."
        )

    def facts(self, shown: Shown) -> list[Fact]:
        demo = shown.demo
        rows: list[Fact] = [
            ("largest difference", small(demo.claim.largest), "Of both sides, over all n."),
            (
                "arithmetic",
                "whole numbers, exact" if demo.claim.exact else "float64",
                "How the numbers were added.",
            ),
        ]
        if demo.instead is not None:
            rows.append((f"to {demo.instead.right.text}", small(demo.instead.largest), "What holds instead."))
        return rows

    def under(self, shown: Shown, key: str, row: int, column: int) -> list[Fact]:
        found = shown.placed(key)
        if found is None:
            origin = shown.demo.claim.difference.origin
            if key == "remainder" and shown.demo.instead is not None:
                origin = shown.demo.instead.difference.origin
        else:
            origin = found.origin
        n = (origin[0] + row, origin[1] + column)
        return [
            ("index n", tuple_text(n[1:] if shown.state.axes == 1 else n), "The argument of the function.")
        ]

    def value(self, state: LawsState, name: str) -> Any:
        if name == "axes":
            return str(state.axes)
        return shape_of(getattr(state, _SIZES[name]))[1] if name in _SIZES else getattr(state, name)

    def with_value(self, state: LawsState, name: str, value: Any) -> LawsState:
        if name == "axes":
            if state.axes == int(value):
                return state
            return changed(state, **_draw(state, _LINES if int(value) == 1 else _SQUARES, state.seed))
        if name in _SIZES:
            grid = _SIZES[name]
            rows = 1 if state.axes == 1 else value
            return changed(state, **{grid: resized(getattr(state, grid), rows, value)})
        if name == "numbers" and value != state.numbers:
            return self.pressed(replace(state, numbers=value), "draw")
        return changed(state, **{name: value})

    def pressed(self, state: LawsState, name: str) -> LawsState:
        seed = (state.seed + 1) % (MAX_SEED + 1)
        shapes = {grid: shape_of(getattr(state, grid)) for grid in _SIZES.values()}
        return changed(state, seed=seed, **_draw(state, shapes, seed))

    def offers(self, state: LawsState, name: str) -> bool:
        if name in ("shift_x", "shift_y"):
            return state.law == "shift" and (name == "shift_x" or state.axes == 2)
        return name != "c_size" or state.law in _WITH_C

    def words(self, state: LawsState, name: str) -> str:
        return law_text(state.law, state.kind)

    def edited(self, state: LawsState, key: str, row: int, column: int, value: float) -> LawsState:
        return edited(state, key.partition("@")[0], row, column, value)


def _draw(state: LawsState, shapes: dict[str, tuple[int, int]], seed: int) -> dict[str, Grid]:
    return draw_operands(shapes, seed, state.numbers)
