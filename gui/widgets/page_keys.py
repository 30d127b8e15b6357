"""Keys that belong to the page although a control of it has the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


def picks_a_view(event: QKeyEvent) -> bool:
    """Whether it is Alt and a digit: a field would write the digit, a list would search for it (see Page.numbered)."""
    pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return pressed == Qt.KeyboardModifier.AltModifier and Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9
