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
from gui.widgets.stage_text import kept_sentences, key, limit_of, sentences_height, sentences_strip

MOST = 9
"""So many directions are shown: all of a 3 × 3 kernel, else some from the steepest to the flattest."""
COLUMNS = 5


def shown_directions(bowl: Bowl) -> list[int]:
    """Which directions are shown, from the steepest to the flattest."""
    count = len(bowl.curvatures)
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, MOST)).tolist()})


def directions_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the view for a stage of `size`."""
    width, height = size.width(), size.height()
    everything = direction_sentences(resolved)
    low = height < parts.LOW
    sentences = kept_sentences(everything, width, height)
    strip = sentences_height(sentences, width, height)
    scene = Scene(size, description=" ".join(everything))
    bowl = resolved.bowl
    pieces = [] if bowl is None else _pieces(resolved, bowl)
    columns = parts.columns_of(size, COLUMNS)
    pitch = (height - strip - 2 * space.s - space.m) / 2
    bottom = float(space.s)
    for index, piece in enumerate(pieces):
        line, column = divmod(index, COLUMNS)
        area = QRectF(
            columns[column].left(), space.s + line * pitch, columns[column].width(), pitch - space.m
        )
        parts.put(scene, piece, area, low=low, largest=largest_cell(width, height))
        bottom = max(bottom, piece.plate.rect.bottom())
    sentences_strip(scene, min(bottom + space.m, height - strip - space.xs), sentences)
    return scene


def _pieces(resolved: Resolved, bowl: Bowl) -> list[Piece]:
    errors, factors = bowl.errors(resolved.weights), bowl.factors(resolved.state.spec)
    covered = resolved.state.covered
    pieces = []
    for index in shown_directions(bowl):
        plane = bowl.direction(index)
        plate = parts.weight_plate(f"{parts.DIRECTION}{index}", plane, 1.0, f"Direction {index + 1}")
        left = f"{short(abs(errors[index]), 2)} wrong"
        factor = "" if factors is None else f", ×{float(factors[index]):.3f}".replace("-", "−")
        flat = bool(bowl.flat[index])
        name = "flat" if flat else f"λ {short(bowl.curvatures[index])}"
        names = (f"{index + 1}: {name}{'' if flat else factor}", f"{index + 1}: {name}")
        pieces.append(Piece(plate, names, (left, ""), key(colormaps.weight_anchors(), -1, 1)))
    away = resolved.kernel - bowl.kernel
    plate = parts.weight_plate(parts.AWAY, away, limit_of(away), "Kernel − solution", covered=covered)
    bar = None if covered else parts.weight_key(limit_of(away), away)
    pieces.append(Piece(plate, ("Kernel − solution", "− solution"), ("all that is wrong", ""), bar))
    return pieces
