"""The colour of a kind of layer, the same in the tables as in the drawing."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gui import tokens
from gui.theme import theme
from gui.widgets.graph.data import kind_of


def kind_color(kind: str) -> QColor:
    """The colour of a kind of layer such as "conv"."""
    return tokens.kind_color(kind_of(kind), theme.dark)
