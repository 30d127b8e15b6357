"""The words of the view "Landmarks"."""

from __future__ import annotations

from typing import Final

EXPLANATION: Final = ""
