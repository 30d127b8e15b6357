"""Nets of Darknet (YOLO v2 to v4 and their kin) from their .cfg and .weights, as plain PyTorch modules.

Importing this imports no torch; what is read from the files (`cfg`, `plan`, `pairs`) can be asked without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.detection.darknet.net import DarknetNet

__all__ = ["load"]


def load(
    cfg: str | Path, weights: str | Path, names: str | Path | None = None, *, folded: bool = True
) -> DarknetNet:
    """The net of a .cfg with the numbers of a .weights, in evaluation mode, on the CPU.

    `names`: a list of classes; None for the .names of the same name beside the .cfg, or the usual list for as many
    classes. `folded`: batch norms are folded into their convolutions, which changes the answers by roundings only.
    Raises UserError, with the line or the layer, for what is unknown, damaged or does not fit together.
    """
    from engine.detection.darknet.loading import load_pair

    return load_pair(Path(cfg), Path(weights), None if names is None else Path(names), folded)
