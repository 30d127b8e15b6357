"""Which files make up a net of Darknet: of any one of them, the others, as far as they came along or lie beside it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

CFG, WEIGHTS, NAMES = ".cfg", ".weights", ".names"
SUFFIXES: Final = (CFG, WEIGHTS, NAMES)
ARCHITECTURE: Final = "darknet"
"""The architecture of weights of the store that are such a net."""
CFG_KEY, NUMBERS_KEY = "cfg", "numbers"
"""What an imported pair is kept as: its description in the metadata, its numbers as they lay in the .weights."""
MOST_BESIDE: Final = 1_000
"""Of a folder with more files nothing is looked for beyond files of the same name."""
_STAGES: Final = re.compile(r"[-_.](final|last|best|\d+)$")
"""What Darknet appends to the name of a net while it trains."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one net; None for what could not be found. `named`: the list of classes surely is this net's own."""

    cfg: Path | None = None
    weights: Path | None = None
    names: Path | None = None
    named: bool = False


def pair_of(path: Path, companions: Sequence[Path] = ()) -> Pair:
    """The files that belong with `path`, a .cfg, .weights or .names: companions go before files of the folder.

    A partner has the same name (or that of a stage of its training: "net_best.weights"), or is the only one of its
    kind.
    """
    own = path.suffix.lower()
    found: dict[str, Path | None] = {own: path}
    for suffix in (CFG, WEIGHTS):
        if suffix != own:
            found[suffix] = _partner(path, suffix, companions)
    names = path if own == NAMES else _partner(path, NAMES, companions)
    stems = {_stem(one) for one in found.values() if one is not None and one.suffix.lower() != NAMES}
    named = names is not None and (names == path or names in companions or _stem(names) in stems)
    return Pair(found.get(CFG), found.get(WEIGHTS), names, named)


def _partner(path: Path, suffix: str, companions: Sequence[Path]) -> Path | None:
    for several in (companions, _beside(path)):
        fitting = [one for one in several if one.suffix.lower() == suffix]
        same = [one for one in fitting if one.stem == path.stem]
        near = sorted((one for one in fitting if _stem(one) == _stem(path)), key=_late)
        chosen: list[Path] = [*same, *near, *(fitting if len(fitting) == 1 else ())]
        if chosen:
            return chosen[0]
    return None


def _beside(path: Path) -> list[Path]:
    """Files of the folder, in the order of their names."""
    try:
        found = []
        for number, one in enumerate(path.parent.iterdir()):
            if number >= MOST_BESIDE:
                found = [path.with_suffix(suffix) for suffix in SUFFIXES]
                break
            found.append(one)
        return sorted(one for one in found if one.suffix.lower() in SUFFIXES and one.is_file())
    except OSError as error:
        log.info("%s cannot be listed: %s", path.parent, error)
        return []


def _stem(path: Path) -> str:
    return _STAGES.sub("", path.stem)


def _late(path: Path) -> tuple[int, str]:
    """The best and last stages of a training first."""
    stage = _STAGES.search(path.stem)
    order = {"best": 0, "final": 1, "last": 2}
    return (order.get(stage[1], 3) if stage else 0, path.stem)
