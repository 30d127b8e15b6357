"""From files that were dropped together to what the engine is asked about them. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from engine.networks.requests import ImportWeights

DARKNET: Final = (".weights", ".cfg", ".names")
"""The files of one net, the ones that are asked about first."""


def requests_of(paths: Sequence[Path]) -> list[ImportWeights]:
    """One request a net, in the order of the files: those of Darknet belong together, each other file is one."""
    together = [path for path in paths if path.suffix.lower() in DARKNET]
    kinds = [suffix for suffix in DARKNET if any(path.suffix.lower() == suffix for path in together)]
    requests = []
    for path in paths:
        if path not in together:
            requests.append(ImportWeights(path))
        elif path.suffix.lower() == kinds[0]:
            requests.append(ImportWeights(path, companions=tuple(one for one in together if one != path)))
    return requests
