"""The view of the comparison: the learned kernel, the one made by hand, their difference, least squares."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF

from gui.pages.learned import scene_parts as parts
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.scene_parts import Piece
from gui.pages.learned.words import compare_sentences, short
from gui.theme import space
from gui.widgets.scene import Scene
from gui.widgets.stage_layout import largest_cell
from gui.widgets.stage_text import plural

COLUMNS = 4
ROOMY = 1.3


def compare_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the view for a stage of `size`."""
    everything = compare_sentences(resolved)
    low = parts.is_low(size, 1)
    strip = parts.Strip(everything, size, low=low)
    scene = Scene(size, description=" ".join(everything))
    bottom = float(space.s)
    for column, piece in zip(parts.columns_of(size, COLUMNS), _pieces(resolved), strict=False):
        area = QRectF(column.left(), space.s, column.width(), size.height() - strip.height - space.l)
        parts.put(scene, piece, area, low=low, largest=ROOMY * largest_cell(size.width(), size.height()))
        bottom = max(bottom, piece.plate.rect.bottom())
    strip.put(scene, bottom)
    return scene


def _pieces(resolved: Resolved) -> list[Piece]:
    covered, limit = resolved.state.covered, parts.kernel_limit(resolved)
    kernel, target = resolved.kernel, resolved.exercise.kernel
    apart = kernel - target
    after = f"after {plural(resolved.moment, 'update')}"
    said = "covered" if covered else f"distance {short(resolved.distance)}"
    pieces = [
        Piece(
            parts.weight_plate(parts.KERNEL, kernel, limit, "Learned kernel"),
            ("Learned kernel", "Learned"), (after, ""), parts.weight_key(limit, kernel),
        ),
        Piece(
            parts.weight_plate(
                parts.TARGET, target, limit, "Target kernel", covered=covered, editable=not covered
            ),
            ("Made by hand", "By hand"), ("covered" if covered else "the target",),
            None if covered else parts.weight_key(limit, target),
        ),
        Piece(
            parts.weight_plate(parts.APART, apart, limit, "Difference of the kernels", covered=covered),
            ("Difference",), (said,), None if covered else parts.weight_key(limit, apart),
        ),
    ]  # fmt: skip
    bowl = resolved.bowl
    if bowl is not None:
        solved = parts.weight_plate(parts.SOLUTION, bowl.kernel, limit, "Least squares", covered=covered)
        detail = "covered" if covered else f"loss {short(bowl.least)}"
        bar = None if covered else parts.weight_key(limit, bowl.kernel)
        pieces.append(Piece(solved, ("Least squares", "Solved"), (detail,), bar))
    return pieces
