"""A law as lines of plates: the operands, both sides, their difference, and what holds where the law fails."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.laws import Equation, Side
from engine.foundations.algebra.placed import Placed
from gui.pages.mathematics import look
from gui.pages.mathematics.equations import Arrangement, Aside, Line, Term, best, heading, lay_out
from gui.pages.mathematics.laws.shown import Shown
from gui.pages.mathematics.laws.words import sentences, titles
from gui.theme import space
from gui.widgets.plate import Plate
from gui.widgets.scene import ColorBar, Scene
from gui.widgets.stage_text import sentences_height, sentences_strip

OPERANDS = ("a", "b", "c")
MADE_KERNELS = ("δ", "b + c", "b * c", "b ★ c")
"""Factors that are kernels, too, and have their colours."""
_SHOWN_APART = {"associate": ("a", "b", "c"), "distribute": ("a", "b", "c"), "shift": ("a", "b")}
"""Laws whose sides do not show all operands: these stand in a line of their own."""


def laws_scene(shown: Shown, size: QSizeF) -> Scene:
    """Lay a law out for a stage of `size`: with all factors, or the results alone where there is little room."""
    demo = shown.demo
    words = look.few(sentences(demo), size)
    scene = Scene(size, description=f"{titles(demo)[0]}. {' '.join(sentences(demo))}")
    builder = _Builder(shown)
    said = look.verdict(demo.claim.largest, exact=demo.claim.exact, holds=demo.claim.holds)
    top = heading(scene, titles(demo), said, "good" if demo.claim.holds else "warn", builder.bars())
    bottom = size.height() - sentences_height(words, size.width(), size.height()) - space.m
    chosen = best(size, [builder.full(), builder.compact()], bottom - space.s - top)
    look.same_digits([term.plate for line in chosen[0] for term in line if term is not None])
    lay_out(scene, *chosen, top=top, bottom=bottom - space.s)
    sentences_strip(scene, bottom, words)
    return scene


class _Builder:
    """Makes the plates of a demonstration; every key is the operand's name, or that of the side."""

    def __init__(self, shown: Shown) -> None:
        self.shown, self.demo = shown, shown.demo
        self.input_limit = look.limit(shown.operands["a"].values)
        equations = [self.demo.claim, *([self.demo.instead] if self.demo.instead else [])]
        factors = [
            f for one in equations for side in (one.left, one.right) for f in (side.first, side.second) if f
        ]
        kernels = [shown.operands[name].values for name in ("b", "c")]
        self.kernel_limit = look.limit(*kernels, *(f.value.values for f in factors if f.name in MADE_KERNELS))
        results = [one.values for equation in equations for one in equation.results]
        on_the_way = [one.result.values for one in self.demo.multiplied]
        self.result_limit = look.limit(*results, *on_the_way)

    def bars(self) -> list[ColorBar]:
        return [
            look.signal_key(self.input_limit, "a"),
            look.kernel_key(self.kernel_limit, "b, c"),
            look.signal_key(self.result_limit, "results"),
            *look.difference_keys(self._difference("difference", self.demo.claim)),
        ]

    def full(self) -> Arrangement:
        """A line for each side, with its factors; the differences beside them."""
        demo = self.demo
        names = _SHOWN_APART.get(demo.law, ())
        lines: list[Line] = [[Term(self._operand(name, name)) for name in names]] if names else []
        first = len(lines)
        lines += [self._side("left", demo.claim.left), self._side("right", demo.claim.right)]
        asides = [Aside(self._difference("difference", demo.claim), first, first + 1)]
        if demo.instead is not None:
            lines.append(self._side("instead", demo.instead.right))
            asides.append(Aside(self._remainder(demo.instead), first + 2, first + 2))
        return lines, asides

    def compact(self) -> Arrangement:
        """The operands, and the results: one less the other is the difference."""
        demo = self.demo
        names = ("a", "b", "c") if demo.law in ("associate", "distribute") else ("a", "b")
        lines: list[Line] = [
            [Term(self._operand(name, name)) for name in names],
            [
                Term(self._result("left", demo.claim.left)), Term(self._result("right", demo.claim.right), "−"),
                Term(self._difference("difference", demo.claim), "="),
            ],
        ]  # fmt: skip
        if demo.instead is not None:
            first, second = self._result("left", demo.claim.left), self._result("instead", demo.instead.right)
            first.key = "left@2"
            lines.append([Term(first), Term(second, "−"), Term(self._remainder(demo.instead), "=")])
        return lines, ()

    def _result(self, name: str, side: Side) -> Plate:
        """A side's result on the block that both sides share; hatched where it has no values of its own."""
        equation = self.demo.claim if name != "instead" or self.demo.instead is None else self.demo.instead
        within = equation.results[0 if name == "left" else 1]
        return look.signal(
            name, within.values, side.text, self.result_limit, faint=_outside(side.result, within)
        )

    def _side(self, name: str, side: Side) -> Line:
        result = self._result(name, side)
        first = self._factor(f"{name}/first", side.first.name, side.first.value)
        if side.second is None:
            return (
                [None, Term(first), Term(result, f"{side.sign} →")]
                if side.sign
                else [None, None, Term(result)]
            )
        second = self._factor(f"{name}/second", side.second.name, side.second.value)
        return [Term(first), Term(second, side.sign), Term(result, "=")]

    def _factor(self, key: str, name: str, value: Placed) -> Plate:
        if name in OPERANDS:
            return self._operand(f"{name}@{key}", name)
        if name in MADE_KERNELS:
            return look.kernel(key, value.values, name, self.kernel_limit)
        limit = self.input_limit if name == "shifted a" else self.result_limit
        return look.signal(key, value.values, name, limit)

    def _operand(self, key: str, name: str) -> Plate:
        values = self.shown.operands[name].values
        if name == "a":
            return look.signal(key, values, name, self.input_limit, editable=True)
        return look.kernel(key, values, name, self.kernel_limit, editable=True)

    def _difference(self, key: str, equation: Equation) -> Plate:
        return look.differences(key, equation.difference.values)

    def _remainder(self, instead: Equation) -> Plate:
        return look.differences("remainder", instead.difference.values, f"difference to {instead.left.text}")


def _outside(own: Placed, within: Placed) -> look.BoolArray:
    """bool[*block]: cells of the common block in which a function has no values of its own, only zeros."""
    outside = np.ones(within.values.shape, np.bool_)
    start = [o - w for o, w in zip(own.origin, within.origin, strict=True)]
    outside[tuple(slice(s, s + n) for s, n in zip(start, own.values.shape, strict=True))] = False
    return outside
