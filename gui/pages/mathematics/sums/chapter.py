"""The view of the sum: what it shows and what its controls do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.errors import UserError
from engine.foundations.algebra.presets import PAIRS, pair
from engine.foundations.algebra.products import Kind
from engine.foundations.algebra.requests import Product
from gui.pages.mathematics.chapter import Chapter, Claim, Group, Pick, Switch, Walked, Whole
from gui.pages.mathematics.grids import changed, resized, shape_of, with_cell
from gui.pages.mathematics.look import small, tuple_text
from gui.pages.mathematics.sums.line_scene import line_scene
from gui.pages.mathematics.sums.plane_scene import plane_scene
from gui.pages.mathematics.sums.state import (
    MAX_KERNEL,
    MAX_LINE,
    MAX_LINE_KERNEL,
    MAX_SIDE,
    SumsState,
    fitted,
)
from gui.pages.mathematics.sums.walks import Walks
from gui.pages.mathematics.sums.words import NAMES, product_name
from gui.pages.mathematics.sums.words import value as written
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene
from gui.widgets.stage_text import by, plain

_MODES = (("full", "full"), ("same", "same"), ("valid", "valid"))
_READINGS = (("numbers", "numbers"), ("dice", "dice"), ("polynomial", "polynomials"))
_SIZES = {"f_rows": ("f", 0), "f_columns": ("f", 1), "g_rows": ("g", 0), "g_columns": ("g", 1)}
FIRST_STEP = 4
_FIRST_OF = {1: "steps", 2: "corner"}


class Sums(Chapter[SumsState, Walks]):
    """The sum of products, step by step."""

    name = "sums"
    title = "The sum"
    tip = "Flip, slide, multiply, add; beside it the same without the flip (Alt+1)"
    groups = (
        Group(
            "Numbers",
            (
                Pick(
                    "axes",
                    "Axes",
                    (("1", "1-D"), ("2", "2-D")),
                    "A sequence, or a grid of rows and columns",
                    True,
                ),
                Pick("preset", "", tuple((one.name, one.title) for one in PAIRS)),
            ),
            "preset",
        ),
        Group(
            "Sum",
            (
                Pick(
                    "mode",
                    "Outputs",
                    _MODES,
                    "Full: wherever f and g meet; valid: where g lies inside of f",
                    True,
                ),
                Pick("reading", "Read as", _READINGS, "What the numbers stand for"),
                Switch("fill", "Fill in as the kernel moves", "Off: all outputs are on show"),
            ),
        ),
        Group(
            "Sizes",
            (
                Whole("f_rows", "Rows of f", 1, MAX_SIDE, "Rows of the first operand."),
                Whole("f_columns", "Columns of f", 1, MAX_LINE, "Numbers in a row of the first operand."),
                Whole("g_rows", "Rows of g", 1, MAX_KERNEL, "Rows of the kernel."),
                Whole("g_columns", "Columns of g", 1, MAX_LINE_KERNEL, "Numbers in a row of the kernel."),
            ),
        ),
    )

    def resolve(self, state: SumsState) -> Walks:
        return Walks(state)

    def scene(self, shown: Walks, size: QSizeF) -> Scene:
        return line_scene(shown, size) if shown.state.axes == 1 else plane_scene(shown, size)

    def claims(self, shown: Walks) -> tuple[Claim, ...]:
        mode = shown.state.mode
        return tuple(Product(kind, mode, walk.f, walk.g, walk.output) for kind, walk in shown.walks.items())

    def arrays(self, shown: Walks) -> Sequence[tuple[str, npt.ArrayLike]]:
        walks = shown.walks
        operands = [("f", walks["convolution"].f), ("g", walks["convolution"].g)]
        return [*operands, *((product_name(kind), walk.output) for kind, walk in walks.items())]

    def formula(self, state: SumsState) -> tuple[str, ...]:
        if state.axes == 1:
            return (
                r"(f \ast g)(n) &= \sum_{k}\; f(k)\, g(n-k)",
                r"(f \star g)(n) &= \sum_{k}\; f(k)\, g(k-n)",
            )
        return (
            r"(f \ast g)(n) &= \sum_{k \in Z^2}\; f(k)\, g(n-k)",
            r"(f \star g)(n) &= \sum_{k \in Z^2}\; f(k)\, g(k-n)",
        )

    def note(self, shown: Walks) -> str:
        what = "k and n are whole numbers" if shown.state.axes == 1 else "k and n are pairs (row, column)"
        what += ", faces count from 1" if shown.first else ""
        return f"{what}; f and g are 0 outside of what is drawn. * flips g, ★ does not."

    def facts(self, shown: Walks) -> list[Fact]:
        walk = shown.walks["convolution"]
        rows: list[Fact] = [
            ("size of f", by(_shape(shown, walk.f.shape)), "The first operand."),
            ("size of g", by(_shape(shown, walk.g.shape)), "The kernel."),
            (
                "outputs",
                by(_shape(shown, walk.shape)),
                "Full: N + M − 1; same: N; valid: N − M + 1 along every axis.",
            ),
        ]
        if not shown.before_flip:
            for kind, step in shown.steps.items():
                rows.append((written(shown, kind), plain(float(step.total)), "The sum at this place."))
        rows.append(
            ("largest difference", small(shown.apart), "Of both products, at the same places of the kernel.")
        )
        return rows

    def under(self, shown: Walks, key: str, row: int, column: int) -> list[Fact]:
        what, _, kind = key.partition("/")
        walk = shown.walks[_kind(kind)]
        step = shown.steps[_kind(kind)]
        if what == "output":
            at = tuple(p + first for p, first in zip((row, column), walk.first_n, strict=True))
            n = shown.argument(_kind(kind), at)
            return [
                ("output of", NAMES[_kind(kind)].lower(), ""),
                ("n", tuple_text(n[-1:] if shown.state.axes == 1 else n), "Where the sum is taken."),
            ]
        if what == "f":
            k = (row - walk.before[0], column - walk.before[1] + shown.first)
            own = not walk.is_around[row, column]
            place = tuple_text(k[-1:] if shown.state.axes == 1 else k)
            return [("f at k", place, ""), ("this is", "part of f" if own else "a zero around f", "")]
        m = (row, column) if shown.before_flip else walk.stored(row, column)
        place = tuple_text((m[-1] + shown.first,) if shown.state.axes == 1 else m)
        if what == "g":
            return [("kernel, index", place, "Counted in g as it is stored.")]
        a, b = float(step.patch[row, column]), float(step.kernel[row, column])
        return [("product", f"{plain(a)} · {plain(b)}", "f times g, where they lie on each other.")]

    def walked(self, state: SumsState) -> Walked:
        return Walked(state.step, state.outputs + 1, "step", 0)

    def at(self, state: SumsState, index: int) -> SumsState:
        return replace(state, step=index)

    def index_of(self, shown: Walks, key: str, row: int, column: int) -> int | None:
        what, _, kind = key.partition("/")
        if what not in ("output", "f"):
            return None
        walk = shown.walks[_kind(kind)]
        place = [row, column]
        if what == "f":  # the kernel whose middle lies nearest
            middles = ((m - 1) // 2 for m in walk.g.shape)
            place = [min(max(p - m, 0), n - 1) for p, m, n in zip(place, middles, walk.shape, strict=True)]
        return place[0] * walk.shape[1] + place[1] + 1

    def row_length(self, state: SumsState) -> int:
        return self.resolve(state).walks["convolution"].shape[1] if state.axes == 2 else 1

    def flips(self, before: SumsState, after: SumsState) -> tuple[str, ...]:
        turned = (before.step == 0) != (after.step == 0) and (before.f, before.g) == (after.f, after.g)
        return ("g/convolution",) if turned else ()

    def value(self, state: SumsState, name: str) -> Any:
        if name == "axes":
            return str(state.axes)
        if name in _SIZES:
            grid, axis = _SIZES[name]
            return shape_of(getattr(state, grid))[axis]
        return getattr(state, name)

    def with_value(self, state: SumsState, name: str, value: Any) -> SumsState:
        if name == "axes":
            return (
                state if state.axes == int(value) else self.with_value(state, "preset", _FIRST_OF[int(value)])
            )
        if name == "preset":
            one = pair(value)
            mode = "same" if one.axes == 2 else "full"
            new = changed(state, preset=value, f=one.f, g=one.g, reading=one.reading, mode=mode)
            return replace(new, step=min(FIRST_STEP, new.outputs))
        if name in _SIZES:
            grid, axis = _SIZES[name]
            shape = list(shape_of(getattr(state, grid)))
            shape[axis] = value
            return fitted(changed(state, **{grid: resized(getattr(state, grid), *shape)}))
        return fitted(changed(state, **{name: value}))

    def offers(self, state: SumsState, name: str) -> bool:
        if name in ("f_rows", "g_rows"):
            return state.axes == 2
        return name != "reading" or state.axes == 1

    def words(self, state: SumsState, name: str) -> str:
        one = pair(state.preset)
        return one.description if (one.f, one.g) == (state.f, state.g) else f"{one.title}, changed."

    def edited(self, state: SumsState, key: str, row: int, column: int, value: float) -> SumsState:
        what, _, kind = key.partition("/")
        walk = self.resolve(state).walks[_kind(kind)]
        if what == "f":
            place = (row - walk.before[0], column - walk.before[1])
            if walk.is_around[row, column]:
                raise UserError("This zero lies outside of f: it stays. Edit a cell of f itself.")
        else:
            at = (row, column) if state.step == 0 else walk.stored(row, column)
            place = (at[0], at[1])
        return changed(state, **{what: with_cell(getattr(state, what), *place, value)})


def _kind(text: str) -> Kind:
    return "convolution" if text == "convolution" else "correlation"


def _shape(shown: Walks, shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[-1:] if shown.state.axes == 1 else shape
