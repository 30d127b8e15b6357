"""One cell of HOG under the lens, stage by stage: gradients, votes, the block's norm, the place in the descriptor."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from engine.foundations.descriptors.hog import CLIP, Hog, descriptor_length, grid, normalised
from gui import colormaps
from gui.pages.descriptors.resolve import block_of, blocks_with
from gui.pages.descriptors.scene_parts import (
    DETAIL,
    GAP,
    MARGIN,
    TITLE,
    Columns,
    Contour,
    FloatArray,
    Piece,
    class_colours,
    head,
    place,
    put,
    short,
    span_told,
)
from gui.pages.descriptors.state import STAGES, Place
from gui.theme import space, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene, Words

GREY, G_X, G_Y, MAGNITUDE, ANGLE = "grey", "gx", "gy", "magnitude", "angle"
VOTES, HISTOGRAM, BLOCK, UNIT, NORMALISED, COPIES, ROW = (
    "votes", "histogram", "block", "unit", "normalised", "copies", "row",
)  # fmt: skip
OF_CELL: Final = (G_X, G_Y, MAGNITUDE, ANGLE, VOTES)
"""Plates whose cells are the pixels of the cell under the lens."""
LEAST_BARS, MOST_BARS = 60.0, 360.0
LABEL_CELL: Final = 30.0
LINE: Final = 20.0


def hog_scene(found: Hog, stage: int, cell: Place, pixel: Place | None, size: QSizeF) -> Scene:
    """Lay out a stage of one cell; `pixel` (row and column in the cell) is followed through the numbers."""
    scene = Scene(size)
    if pixel is None:
        pixel = strongest(found, cell)
    build = (_gradient, _cell_histogram, _block, _descriptor)[stage]
    build(scene, found, cell, pixel)
    return scene


def strongest(found: Hog, cell: Place) -> Place:
    """The pixel of a cell with the largest gradient."""
    magnitude = found.magnitude[inside(found, cell)]
    index = int(magnitude.argmax())
    return index // magnitude.shape[1], index % magnitude.shape[1]


def inside(found: Hog, cell: Place) -> tuple[slice, slice]:
    """The pixels of a cell."""
    size = found.spec.cell
    return slice(cell[0] * size, (cell[0] + 1) * size), slice(cell[1] * size, (cell[1] + 1) * size)


def bin_told(found: Hog, index: int) -> str:
    """ "20°–40°" for an orientation."""
    width = found.spec.bin_width
    return f"{short(index * width)}°–{short((index + 1) * width)}°"


def _room(scene: Scene, top: float) -> QRectF:
    width, height = scene.size.width(), scene.size.height()
    return QRectF(MARGIN, top, width - 2 * MARGIN, max(height - top - space.m, 1.0))


def _title(stage: int, cell: Place) -> str:
    name = STAGES[stage][0].upper() + STAGES[stage][1:]
    return f"{stage + 1}. {name}: cell ({cell[0]}, {cell[1]})"


# --- 1. gradient ----------------------------------------------------------------------------------------------


def _gradient(scene: Scene, found: Hog, cell: Place, pixel: Place) -> None:
    top = head(
        scene, _title(0, cell),
        "Each pixel's neighbours are subtracted: right minus left, below minus above.",
    )  # fmt: skip
    rows, columns = inside(found, cell)
    ring = (slice(max(rows.start - 1, 0), rows.stop + 1), slice(max(columns.start - 1, 0), columns.stop + 1))
    grey = found.grey[ring]
    offset = (rows.start - ring[0].start, columns.start - ring[1].start)
    size = found.spec.cell
    frame = Mark(MarkRole.WINDOW, offset[0], offset[1], offset[0] + size, offset[1] + size)
    marks = (frame, *_neighbours(offset, pixel, grey))
    levels = Plate(GREY, grey, colormaps.grey(grey, 0, 255), "Grey levels", marks=marks)
    pieces = [
        Piece(levels, "cell and rim"),
        _signed(G_X, "g_x (right)", found.g_col[rows, columns], pixel),
        _signed(G_Y, "g_y (down)", found.g_row[rows, columns], pixel),
        _magnitude(found, cell, pixel),
        _angle(found, cell, pixel),
    ]
    free = place(scene, pieces, _room(scene, top))
    _worked(scene, found, cell, pixel, free)


def _neighbours(offset: Place, pixel: Place, grey: FloatArray) -> tuple[Mark, ...]:
    row, column = offset[0] + pixel[0], offset[1] + pixel[1]
    around = ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
    return tuple(
        Mark.cell(MarkRole.LINKED, r, c)
        for r, c in around
        if 0 <= r < grey.shape[0] and 0 <= c < grey.shape[1]
    )


def _signed(key: str, title: str, values: FloatArray, pixel: Place) -> Piece:
    limit = float(np.abs(values).max(initial=0.0)) or 1.0
    plate = Plate(key, values, colormaps.activations(values, limit), title, marks=(_followed(pixel),))
    return Piece(plate, span_told(values))


def _magnitude(found: Hog, cell: Place, pixel: Place) -> Piece:
    values = found.magnitude[inside(found, cell)]
    top = float(found.magnitude.max(initial=0.0)) or 1.0
    plate = Plate(
        MAGNITUDE, values, colormaps.magnitude(values, 0, top), "Magnitude |g|",
        marks=(_followed(pixel),), decimals=0,
    )  # fmt: skip
    return Piece(plate, span_told(values))


def _angle(found: Hog, cell: Place, pixel: Place) -> Piece:
    values = found.angle[inside(found, cell)]
    colours = class_colours(found.votes[inside(found, cell)])
    plate = Plate(ANGLE, values, colours, "Angle θ", marks=(_followed(pixel),), decimals=0)
    return Piece(plate, "degrees")


def _followed(pixel: Place) -> Mark:
    return Mark.cell(MarkRole.SELECTED, *pixel)


def _worked(scene: Scene, found: Hog, cell: Place, pixel: Place, area: QRectF) -> None:
    """The arithmetic of the pixel that is followed: beside the plates, or in short lines beneath them."""
    rows, columns = inside(found, cell)
    row, column = rows.start + pixel[0], columns.start + pixel[1]
    at = (row, column)
    lines = [
        f"pixel in row {pixel[0]}, col {pixel[1]}",
        _difference("g_x", found.grey, (row, column + 1), (row, column - 1), found.g_col[at]),
        _difference("g_y", found.grey, (row + 1, column), (row - 1, column), found.g_row[at]),
        f"|g| = {short(float(found.magnitude[at]))}",
        f"θ = {short(float(found.angle[at]))}°",
        f"votes for {bin_told(found, int(found.votes[at]))}",
    ]
    widest = max(QFontMetricsF(theme.font("body", mono=True)).horizontalAdvance(line) for line in lines)
    size, step, top = "body", LINE, area.top() + TITLE
    if widest > area.width():
        lines = [lines[1], lines[2], f"{lines[3]}, {lines[4]}: {lines[5]}"]
        bottom = max(plate.rect.bottom() for plate in scene.plates)
        area = QRectF(MARGIN, bottom, scene.size.width() - 2 * MARGIN, scene.size.height() - bottom)
        size, step, top = "small", DETAIL, bottom + space.s
    for index, text in enumerate(lines):
        box = QRectF(area.left(), top + index * step, area.width(), step)
        if box.bottom() <= scene.size.height():
            scene.above.append(Words(box, text, size=size, mono=size == "body"))


def _difference(name: str, grey: FloatArray, plus: Place, minus: Place, value: float) -> str:
    height, width = grey.shape
    if not all(0 <= r < height and 0 <= c < width for r, c in (plus, minus)):
        return f"{name} = 0 at the border"
    return f"{name} = {short(float(grey[plus]))} − {short(float(grey[minus]))} = {short(float(value))}"


# --- 2. cell histogram ----------------------------------------------------------------------------------------


def _cell_histogram(scene: Scene, found: Hog, cell: Place, pixel: Place) -> None:
    spec = found.spec
    top = head(
        scene, _title(1, cell),
        f"Each pixel votes for one of {spec.orientations} orientations with its magnitude; the votes are divided by "
        f"{spec.cell} × {spec.cell} pixels.",
    )  # fmt: skip
    area = _room(scene, top)
    votes = found.votes[inside(found, cell)]
    lit = int(votes[pixel])
    numbers = votes.astype(np.float64) + 1
    marks = (_followed(pixel),)
    chosen = Plate(VOTES, numbers, class_colours(votes), "Orientation", marks=marks, decimals=0)
    pieces = [_magnitude(found, cell, pixel), Piece(chosen, "the bin of each pixel")]
    bars = max(area.height() * 0.34, LEAST_BARS)
    upper = QRectF(area.left(), area.top(), area.width(), area.height() - bars - 2 * TITLE - DETAIL)
    place(scene, pieces, upper)
    scene.above += [Contour(plate.rect, votes == lit) for plate in scene.plates]
    bottom = max(plate.rect.bottom() for plate in scene.plates)
    bars = min(max(area.bottom() - bottom - space.m, LEAST_BARS), MOST_BARS)
    _histogram(scene, found, cell, lit, QRectF(area.left(), bottom + space.m, area.width(), bars))


def _histogram(scene: Scene, found: Hog, cell: Place, lit: int, area: QRectF) -> None:
    values = found.cells[cell]
    count = len(values)
    colours = class_colours(np.arange(count))
    side = min(area.width() / count, 72.0)
    title = f"Histogram of the cell: lit is {bin_told(found, lit)} = {short(float(values[lit]))}"
    scene.above.append(Words(QRectF(area.left(), area.top(), area.width(), TITLE), title, bold=True))
    labels = (
        tuple(f"{short(index * found.spec.bin_width)}°" for index in range(count))
        if side >= LABEL_CELL
        else ()
    )
    bars = QRectF(
        area.left(), area.top() + TITLE, side * count, max(area.height() - TITLE - side - 3, LEAST_BARS * 0.6)
    )
    scene.above.append(Columns(bars, values, colours, labels, lit))
    plate = Plate(
        HISTOGRAM,
        values[None],
        colours[None],
        "Histogram of the cell",
        marks=(Mark.cell(MarkRole.WINDOW, 0, lit),),
    )
    plate.rect = QRectF(round(bars.left()), round(bars.bottom() + 3), side * count, side)
    scene.plates.append(plate)


# --- 3. block normalisation -----------------------------------------------------------------------------------


def _block(scene: Scene, found: Hog, cell: Place, _pixel: Place) -> None:
    spec = found.spec
    block = block_of(found, cell)
    size = spec.block
    votes = found.cells[block[0] : block[0] + size, block[1] : block[1] + size].reshape(size * size, -1)
    length = float(np.sqrt((votes**2).sum()))
    top = head(
        scene, _title(2, cell),
        f"{size} × {size} neighbouring cells are divided by their common norm ({spec.norm}), so that light and "
        "contrast drop out.",
    )  # fmt: skip
    row = (cell[0] - block[0]) * size + cell[1] - block[1]
    mark = (Mark(MarkRole.WINDOW, row, 0, row + 1, spec.orientations),)
    result = found.blocks[block].reshape(size * size, -1)
    total = length if spec.norm.startswith("L2") else float(np.abs(votes).sum())
    name = "‖v‖₂" if spec.norm.startswith("L2") else "‖v‖₁"
    pieces = [
        Piece(
            _viridis(BLOCK, "Votes v of the block", votes, mark),
            f"{name} = {short(total)}",
        )
    ]
    if spec.norm == "L2-Hys":
        unit = normalised(votes.reshape(1, -1), "L2").reshape(votes.shape)
        over = int((unit > CLIP).sum())
        plate = _viridis(UNIT, "v / ‖v‖₂", unit, mark, crossed=unit > CLIP)
        pieces.append(Piece(plate, f"{over} values above {CLIP} are cut"))
    plate = _viridis(NORMALISED, spec.norm, result, mark)
    pieces.append(Piece(plate, f"{result.size} numbers, at most {short(float(result.max()))}"))
    place(scene, pieces, _room(scene, top))


def _viridis(
    key: str, title: str, values: FloatArray, marks: tuple[Mark, ...] = (), crossed: np.ndarray | None = None
) -> Plate:
    top = float(values.max(initial=0.0)) or 1.0
    return Plate(key, values, colormaps.magnitude(values, 0, top), title, crossed=crossed, marks=marks)


# --- 4. descriptor --------------------------------------------------------------------------------------------


def _descriptor(scene: Scene, found: Hog, cell: Place, _pixel: Place) -> None:
    spec = found.spec
    _, _, down, across = grid(found.grey.shape, spec)
    length = descriptor_length(found.grey.shape, spec)
    top = head(
        scene, _title(3, cell),
        f"All blocks in a row: {down} × {across} blocks · {spec.block} × {spec.block} cells · {spec.orientations} "
        f"orientations = {length:,} numbers, for {found.grey.size:,} pixels.",
    )  # fmt: skip
    area = _room(scene, top)
    homes = blocks_with(found, cell)
    copies = np.stack([found.blocks[block][at] for block, at in homes])
    word = "block" if len(homes) == 1 else "blocks"
    piece = Piece(
        _viridis(COPIES, f"This cell, in {len(homes)} {word}", copies),
        "the same votes, divided by another norm in every block",
    )
    side = float(int(min(area.width() / spec.orientations, 52.0, area.height() * 0.45 / len(homes))))
    first = put(scene, piece, area.topLeft(), side, area.width())
    block = block_of(found, cell)
    strip = found.blocks[block[0]].reshape(across, -1).T
    mark = (Mark(MarkRole.WINDOW, 0, block[1], strip.shape[0], block[1] + 1),)
    top = first.bottom() + GAP
    room = area.bottom() - top - TITLE - DETAIL
    pixel = max(min(area.width() / across, room / strip.shape[0]), 0.5)
    piece = Piece(
        _viridis(ROW, f"One row of blocks: {strip.shape[0]} numbers × {across} blocks", strip, mark),
        "each column is one block; the framed one holds the cell",
    )
    put(scene, piece, QPointF(area.left(), top), pixel, area.width())
