"""Pieces that the stages of the views share."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.theme import space
from gui.widgets.source_panels import IconButton
from gui.widgets.wrapped import OneLine


def stage_button(icon: str, text: str, tip: str) -> IconButton:
    """A button above a picture, which leaves the keys to it."""
    button = IconButton(icon, text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def captioned(caption: OneLine, view: QWidget) -> QWidget:
    """A picture beneath its caption."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space.xs)
    column.addWidget(caption)
    column.addWidget(view, 1)
    return box
