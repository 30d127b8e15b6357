"""Foreign words where Qt would take what looks like HTML for HTML: in tooltips and on buttons."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt


def literal(text: str) -> str:
    """A tooltip that shows this text as it is."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if Qt.mightBeRichText(text) else text


def unmarked(text: str) -> str:
    """The text of a button, without a letter marked as its key."""
    return text.replace("&", "&&")
