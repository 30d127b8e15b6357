"""The words of the view "IoU"."""

from __future__ import annotations

from typing import Final

EXPLANATION: Final = ""
