"""The order in which a person would put names: "slice-2" before "slice-10"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key to sort names by: runs of digits count as numbers, large and small letters as the same."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Paths by their names, in that order."""
    return sorted(paths, key=lambda path: natural(path.name))
