"""What belongs to the past is faded."""

from __future__ import annotations

from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from gui.theme import STALE_OPACITY


def fade(widget: QWidget, *, faded: bool) -> None:
    """Fade a widget with all that is in it, or show it as it is."""
    if faded == (widget.graphicsEffect() is not None):
        return
    effect = QGraphicsOpacityEffect(widget) if faded else None
    if effect is not None:
        effect.setOpacity(STALE_OPACITY)
    widget.setGraphicsEffect(effect)  # type: ignore[arg-type]  # None takes it away
