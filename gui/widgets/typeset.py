"""Numbers in formulas, typeset at once: fractions and brackets around digits whose glyphs are known.

mathtext takes some 20 ms for a formula it has not seen, which is too long for numbers that change while a person drags.
Here it draws each character once; putting them together is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from gui.widgets.formula import formula_path

LINE: Final = 0.06
"""Thickness of the line of a fraction and of brackets, in font sizes."""
PAD: Final = 0.14
FOOT: Final = 0.24
AXIS: Final = 0.26
"""How high above the baseline the line of a fraction lies."""
_TEX: Final = {"·": r"\cdot", "−": "-", "×": r"\times", ",": "{,}"}
_SPACED: Final = {"+": 0.2, "−": 0.2, "=": 0.28, "·": 0.13, "×": 0.2, "/": 0.06, ",": 0.02}
"""Room on both sides of a sign, in font sizes."""


@dataclass(frozen=True, slots=True)
class Frac:
    """One expression over another."""

    above: Expr
    below: Expr


@dataclass(frozen=True, slots=True)
class Floor:
    """An expression in the brackets of rounding down, or up."""

    inner: Expr
    up: bool = False


Expr: TypeAlias = "str | Frac | Floor | tuple[Expr, ...]"
"""Text such as "2·37 + 1", or text with fractions and brackets; spaces in the text have no meaning."""


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of a formula: its outline with the baseline at y = 0 and the left edge at x = 0, and its measures."""

    path: QPainterPath
    width: float
    ascent: float
    descent: float


def plain(expr: Expr) -> str:
    """The same in one line of text, for screen readers and for tests: "⌊(37 + 2·0 − 5)/2⌋ + 1 = 17"."""
    if isinstance(expr, str):
        return expr
    if isinstance(expr, Frac):
        above = plain(expr.above)
        return f"{above if above.isalnum() else f'({above})'}/{plain(expr.below)}"
    if isinstance(expr, Floor):
        return f"⌈{plain(expr.inner)}⌉" if expr.up else f"⌊{plain(expr.inner)}⌋"
    return "".join(plain(part) for part in expr)


def typeset(expr: Expr, px: float) -> Box:
    """An expression at a font size in pixels. matplotlib has to be loaded (gui.widgets.formula.loader)."""
    if isinstance(expr, str):
        return _text(expr, px)
    if isinstance(expr, Frac):
        return _fraction(typeset(expr.above, px), typeset(expr.below, px), px)
    if isinstance(expr, Floor):
        return _bracketed(typeset(expr.inner, px), px, expr.up)
    return _row([typeset(part, px) for part in expr])


@lru_cache(maxsize=512)
def _glyph(character: str, px: float) -> tuple[QPainterPath, float]:
    """The outline of a character and how far it moves the pen on."""
    tex = _TEX.get(character, character)
    path = formula_path(tex, px)
    if character in _SPACED:
        box, room = path.boundingRect(), _SPACED[character] * px
        return path.translated(room - box.left(), 0), box.width() + 2 * room
    zero = formula_path("0", px).boundingRect().right()
    return path, formula_path(f"{tex}0", px).boundingRect().right() - zero


def _text(text: str, px: float) -> Box:
    path = _empty()
    x, top, bottom = 0.0, 0.0, 0.0
    for character in text.replace(" ", ""):
        glyph, advance = _glyph(character, px)
        box = glyph.boundingRect()
        path.addPath(glyph.translated(x, 0))
        x, top, bottom = x + advance, min(top, box.top()), max(bottom, box.bottom())
    return Box(path, x, -top, bottom)


def _row(boxes: list[Box]) -> Box:
    path, x = _empty(), 0.0
    for box in boxes:
        path.addPath(box.path.translated(x, 0))
        x += box.width
    return Box(
        path, x, max((b.ascent for b in boxes), default=0.0), max((b.descent for b in boxes), default=0.0)
    )


def _fraction(above: Box, below: Box, px: float) -> Box:
    width, line, gap = max(above.width, below.width) + 2 * PAD * px, LINE * px, PAD * px
    middle = AXIS * px
    up, down = middle + line / 2 + gap + above.descent, middle - line / 2 - gap - below.ascent
    path = _empty()
    path.addPath(above.path.translated((width - above.width) / 2, -up))
    path.addPath(below.path.translated((width - below.width) / 2, -down))
    path.addRect(QRectF(0, -middle - line / 2, width, line))
    return Box(path, width, up + above.ascent, below.descent - down)


def _bracketed(inner: Box, px: float, up: bool) -> Box:
    line, foot, pad = LINE * px, FOOT * px, PAD * px
    top, bottom = -inner.ascent - pad / 2, inner.descent + pad / 2
    left, width = foot + pad, inner.width + 2 * (foot + pad)
    path = _empty()
    path.addPath(inner.path.translated(left, 0))
    edge = top if up else bottom - line
    path.addRect(QRectF(0, top, line, bottom - top))
    path.addRect(QRectF(0, edge, foot, line))
    path.addRect(QRectF(width - line, top, line, bottom - top))
    path.addRect(QRectF(width - foot, edge, foot, line))
    return Box(path, width, -top, bottom)


def _empty() -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    return path
