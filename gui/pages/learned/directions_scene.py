"""The view of the bowl: the directions in which a kernel can be wrong, and what an update makes of each."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.learned import Bowl
from gui import colormaps
from gui.pages.learned import scene_parts as parts
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.scene_parts import Piece
from gui.pages.learned.words import direction_sentences, short
from gui.theme import space
from gui.widgets.scene import Scene
from gui.widgets.stage_layout import largest_cell
from gui.widgets.stage_text import key, limit_of

MOST = 9
"""So many directions are shown: all of a 3 × 3 kernel, else some from the steepest to the flattest."""
COLUMNS = 5


def shown_directions(bowl: Bowl) -> list[int]:
    """Which directions are shown, from the steepest to the flattest."""
    count = len(bowl.curvatures)
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, MOST)).tolist()})


def directions_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the view for a stage of `size`."""
    everything = direction_sentences(resolved)
    low = parts.is_low(size, 2)
    strip = parts.Strip(everything, size, low=low)
    scene = Scene(size, description=" ".join(everything))
    pieces = [] if resolved.bowl is None else _pieces(resolved, resolved.bowl, low)
    columns = parts.columns_of(size, COLUMNS)
    pitch = (size.height() - strip.height - space.s - space.m) / 2
    top = bottom = float(space.s)
    for index, piece in enumerate(pieces):
        if index == COLUMNS:
            top = bottom + space.m
        column = columns[index % COLUMNS]
        area = QRectF(column.left(), top, column.width(), pitch - space.m)
        parts.put(scene, piece, area, low=low, largest=largest_cell(size.width(), size.height()))
        bottom = max(bottom, piece.plate.rect.bottom())
    strip.put(scene, bottom)
    return scene


def _pieces(resolved: Resolved, bowl: Bowl, low: bool) -> list[Piece]:
    errors, factors = bowl.errors(resolved.weights), resolved.factors
    covered = resolved.state.covered
    pieces, shown = [], shown_directions(bowl)
    limit = max(limit_of(bowl.direction(index)) for index in shown)
    bar = key(colormaps.weight_anchors(), -limit, limit)
    for index in shown:
        plane = bowl.direction(index)
        plate = parts.weight_plate(f"{parts.DIRECTION}{index}", plane, limit, f"Direction {index + 1}")
        wrong = f"off {short(abs(errors[index]), 2)}"
        details: tuple[str, ...] = (wrong, "")
        if factors is not None:
            factor = f"×{float(factors[index]):.3f}".replace("-", "−")
            details = (f"{wrong}, {factor} a step", f"{wrong}, {factor}", factor)
        name = "flat" if bowl.flat[index] else f"λ {short(bowl.curvatures[index])}"
        pieces.append(Piece(plate, (f"{index + 1}: {name}",), details, bar))
    away = resolved.kernel - bowl.kernel
    plate = parts.weight_plate(parts.AWAY, away, limit_of(away), "Kernel − solution", covered=covered)
    own = None if covered else parts.weight_key(limit_of(away), away)
    pieces.append(Piece(plate, ("Kernel − solution", "− solution"), ("all that is wrong", ""), own))
    if low:  # all of the small grids keep their digits, instead of those without a minus sign alone
        for piece in pieces:
            piece.plate.decimals, piece.plate.digits = min(piece.plate.decimals or 0, 1), len("−0.0")
    return pieces
