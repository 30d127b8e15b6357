"""Fonts and widths of the words on this page's drawings, kept: a table of sixty rows asks for them all the time."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

from gui.theme import theme


@lru_cache(maxsize=16)
def font(*, bold: bool = False, mono: bool = False) -> QFont:
    """The small font of the type scale."""
    return theme.font("small", bold=bold, mono=mono)


@lru_cache(maxsize=4)
def metrics(*, bold: bool = False, mono: bool = False) -> QFontMetricsF:
    """The measures of that font."""
    return QFontMetricsF(font(bold=bold, mono=mono))


@lru_cache(maxsize=8192)
def width(text: str, *, bold: bool = False, mono: bool = False) -> float:
    """How wide a line of text is."""
    return metrics(bold=bold, mono=mono).horizontalAdvance(text)
