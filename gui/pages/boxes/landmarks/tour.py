"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = ()
