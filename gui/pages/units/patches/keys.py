"""The keys that pick one of the nine patches."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


def place_of(event: QKeyEvent, count: int) -> int | None:
    """The place of the patch that a digit stands for, None for any other key. Alt and a digit belong to the page."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    digit = event.text()
    place = int(digit) - 1 if len(digit) == 1 and digit in "123456789" else count
    return place if place < count else None
