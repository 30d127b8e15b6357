"""The keys of this page alone, and what they change."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gui.pages.edges.changes import WIPED, angle_counts, colour_counts, turned
from gui.pages.edges.state import EdgesState

TURN: Final = 5
"""Degrees that a key turns the kernel by."""
SHORTCUTS: Final = (
    ("Flip bright and dark", "F"),
    ("Turn the kernel by 5°, back", "T / Shift+T"),
    ("Each colour apart", "C"),
    ("Wipe or side by side", "W"),
    ("Move the divider", "Ctrl+Left / Ctrl+Right"),
    ("Type over a weight of the kernel", "Double-click / F2"),
    ("Window one cell on", "Arrows"),
)


def by_key(state: EdgesState, event: QKeyEvent) -> EdgesState | None:
    """The state that a key leads to; None for keys of others, and for what is not on show."""
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return None
    match event.key():
        case Qt.Key.Key_T if angle_counts(state):
            return turned(state, -TURN if shifted else TURN)
        case Qt.Key.Key_F if not state.on_picture:
            return replace(state, flipped=not state.flipped)
        case Qt.Key.Key_C if state.on_picture and colour_counts(state):
            return replace(state, colour=not state.colour)
        case Qt.Key.Key_W if state.view in WIPED:
            return replace(state, arrangement="beside" if state.arrangement == "wipe" else "wipe")
    return None
