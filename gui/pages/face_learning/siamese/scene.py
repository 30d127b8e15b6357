"""Two pictures, and beneath them features, terms, weights and what each adds, a column a feature."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF

from gui import colormaps
from gui.pages.face_learning.siamese.shown import Shown
from gui.theme import VIRIDIS
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import crisp, margin_of
from gui.widgets.stage_text import key, limit_of

FloatArray = npt.NDArray[np.float64]
HEADS: Final = ((20.0, 10.0), (15.0, 3.0))
"""Height of a name and the gap above it; the same on a low stage."""
LOW: Final = 330.0
ROWS: Final = 5
PICTURES_SHARE: Final = 0.19
BAR, BAR_SHARE = 190.0, 0.58
"""Of a row's width at most; a name needs the rest."""
SHORT: Final = 400.0


def pair_scene(found: Shown, size: QSizeF) -> Scene:
    """Lay it out for a stage of `size`: the pictures at the left, one above the other."""
    scene = Scene(size, description=f"{found.names[0]} and {found.names[1]}: y = {found.y:.3f}")
    head = HEADS[size.height() < LOW]
    right = _pictures(scene, found, size, head)
    _rows(scene, found, QRectF(right, 0, size.width() - right, size.height()), head)
    return scene


def _pictures(scene: Scene, found: Shown, size: QSizeF, head: tuple[float, float]) -> float:
    """A above B; returns where they end."""
    name_height, gap = head
    margin = margin_of(size.width())
    high, wide = size.height() / 2 - name_height - gap, PICTURES_SHARE * size.width()
    right = 0.0
    for place, (name, whose, picture) in enumerate(zip("ab", found.names, found.pictures, strict=True)):
        side = crisp(max(min(high, wide), 8) / len(picture)) * len(picture)
        top = place * size.height() / 2
        values = picture.astype(np.float64)
        size_of = f"{len(picture)} × {len(picture)}"
        plate = Plate(
            name, values, colormaps.grey(values, 0, 255), title=f"Picture {name.upper()}, {size_of}"
        )
        plate.numbers, plate.gaps, plate.smooth = False, False, len(picture) > 8
        plate.rect = QRectF(margin, round(top + name_height), side, side)
        title = f"{name.upper()}: {whose}"
        scene.below.append(Words(QRectF(margin, top, wide + gap, name_height), title, size="body", bold=True))
        scene.plates.append(plate)
        right = max(right, plate.rect.right())
    return right + gap


def _rows(scene: Scene, found: Shown, area: QRectF, head: tuple[float, float]) -> None:
    name_height, gap = head
    lesson = found.lesson
    margin = margin_of(area.width())
    added = lesson.weights * found.found
    width = area.width() - 2 * margin
    cell = crisp(min(width / len(added), (area.height() - ROWS * (name_height + gap)) / ROWS))
    top = area.top()
    left = round(area.left() + (area.width() - cell * len(added)) / 2)
    most = max(float(found.found.max()), 1e-9)
    weights = limit_of(lesson.weights)
    sums = limit_of(added)
    rows: tuple[tuple[str, str, str, FloatArray, npt.NDArray[np.uint8], ColorBar], ...] = (
        ("fa", "f(a), features of A", "f(a)", found.features[0], colormaps.magnitude(found.features[0], 0, 1),
         key(VIRIDIS, 0, 1)),
        ("fb", "f(b), features of B", "f(b)", found.features[1], colormaps.magnitude(found.features[1], 0, 1),
         key(VIRIDIS, 0, 1)),
        ("t", "t, how much they differ", "t", found.found, colormaps.magnitude(found.found, 0, most),
         key(VIRIDIS, 0, most)),
        ("w", "w, learned weights", "w", lesson.weights, colormaps.weights(lesson.weights, weights),
         key(colormaps.weight_anchors(), -weights, weights)),
        ("wt", "w · t, what each adds to z", "w · t", added, colormaps.activations(added, sums),
         key(colormaps.activation_anchors(), -sums, sums)),
    )  # fmt: skip
    for name, long, short, values, colors, bar in rows:
        plate = Plate(name, values[None], colors[None], title=long, decimals=2, digits=len("−0.00"))
        plate.rect = QRectF(left, round(top + name_height), cell * len(values), cell)
        plate.marks = _marks(found)
        if name == "wt" and found.step < len(values):
            plate.hidden = (np.arange(len(values)) >= found.step)[None]
        scene.plates.append(plate)
        title = f"{long if plate.rect.width() > SHORT else short}, 1 × {len(values)}"
        wide = min(BAR, BAR_SHARE * plate.rect.width())
        scene.below.append(Words(QRectF(left, top, plate.rect.width() - wide, name_height), title, bold=True))
        scene.below.append(_placed(bar, QRectF(plate.rect.right() - wide, top, wide, name_height)))
        top = plate.rect.bottom() + gap


def _placed(bar: ColorBar, area: QRectF) -> ColorBar:
    return ColorBar(area, bar.anchors, bar.low, bar.high)


def _marks(found: Shown) -> tuple[Mark, ...]:
    """The column of the term that was added last."""
    if not 0 < found.step < len(found.found):
        return ()
    return (Mark.cell(MarkRole.WINDOW, 0, found.step - 1),)
