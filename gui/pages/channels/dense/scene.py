"""The scenes of the dense view: the matrix, a row folded into a kernel, and the kernels on a larger picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

from gui.pages.channels.dense.fold_scene import fold_part
from gui.pages.channels.dense.parts import HEAD, SIGN, Parts
from gui.pages.channels.dense.resolve import FLAT, Phase, ShownDense
from gui.pages.channels.dense.slide_scene import slide_part
from gui.pages.channels.dense.words import heading, line, longest, sentences
from gui.pages.channels.items import LEGEND, Drop, fitting, legend
from gui.pages.channels.strip import Strip
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import TITLE, crisp, margin_of
from gui.widgets.stage_text import by

MOST_CELL: Final = 46.0
LINKS: Final = 26.0
"""Room for the lines from the volume to the vector, and from the matrix to its pieces."""


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of the stage for grids: left edge, width, top, bottom."""

    left: float
    width: float
    top: float
    bottom: float


def dense_scene(shown: ShownDense, size: QSizeF) -> Scene:
    """Lay out the step on show for a stage of `size`."""
    words = sentences(shown)
    scene = Scene(size, description=f"{line(shown, 6)}. {' '.join(words)}")
    strip = Strip(size, words, lambda most: line(shown, most), longest=longest(shown))
    strip.draw(scene, shown.state.inputs)
    parts = Parts(shown, scene)
    left = margin_of(size.width())
    width = size.width() - 2 * left
    bottom = strip.top - LEGEND - space.m
    scene.below += legend(left, bottom + space.xs, width, parts.keys())
    title, detail = heading(shown)
    parts.head(left, space.s, width, title, detail)
    room = Room(left, width, space.s + HEAD, bottom)
    if shown.phase.kind == "slide":
        slide_part(parts, QRectF(room.left, room.top, room.width, room.bottom - room.top))
    else:
        _matrix(parts, room, shown.phase)
    return scene


def _matrix(parts: Parts, room: Room, phase: Phase) -> None:
    """The matrix with its bias and outputs; above it where the vector comes from, or beneath it what a row becomes."""
    state = parts.shown.state
    names = 2 * SIGN
    cell = crisp(min((room.width - names) / (state.inputs + 2), MOST_CELL, _tallest(state.outputs, room)))
    across = (state.inputs + 2) * cell + names
    left = room.left + (room.width - across) / 2
    if phase.kind == "row":
        _with_vector(parts, room, phase, cell, left)
        return
    top = room.top + TITLE + space.xs
    matrix = _equation(parts, phase, cell, left, top, known=_known(phase))
    under = matrix.rect.bottom() + LINKS
    fold_part(parts, QRectF(room.left, under, room.width, room.bottom - under), matrix, phase)


def _tallest(outputs: int, room: Room) -> float:
    """So high that the matrix takes two fifths of the room at most."""
    return (room.bottom - room.top) * 0.42 / outputs


def _known(phase: Phase) -> int:
    """Outputs that are known while rows are folded: up to the one whose kernel lies on the input."""
    return phase.output + int(phase.kind == "apply")


def _equation(parts: Parts, phase: Phase, cell: float, left: float, top: float, *, known: int) -> Plate:
    """W, b and y side by side."""
    state = parts.shown.state
    title = fitting(state.inputs * cell + SIGN - 2, f"Weights W {by((state.outputs, state.inputs))}", "W")
    matrix = parts.add(parts.matrix(phase.output), left, top, cell, title)
    right = left + state.inputs * cell + SIGN
    bias = parts.add(parts.bias(), right, top, cell)
    parts.sign(right, bias, "+")
    right += cell + SIGN
    output = parts.add(parts.outputs(known, phase.output), right, top, cell)
    parts.sign(right, output, "=")
    return matrix


def _with_vector(parts: Parts, room: Room, phase: Phase, cell: float, left: float) -> None:
    """The volume, its vector above the columns of the matrix, the matrix."""
    shown, state = parts.shown, parts.shown.state
    channels, side = state.channels, state.side
    fixed = 2 * TITLE + LINKS + space.s + (1 + state.outputs) * cell
    spare = room.bottom - room.top - fixed
    own = crisp(min(max(spare / side, 8.0), 1.25 * MOST_CELL, room.width / (channels * side + 2 * channels)))
    gap = 2.0 * own
    across = channels * side * own + (channels - 1) * gap
    top = room.top + TITLE + max((spare - side * own) * 0.4, 0.0)
    at = left + (state.inputs * cell - across) / 2
    planes = []
    for channel, values in enumerate(shown.dense.x):
        name = fitting(
            side * own + gap - 2, f"Input, channel {channel}", f"Input {channel}", f"c = {channel}"
        )
        planes.append(parts.add(parts.inputs(channel, values), at, top, own, name))
        at += side * own + gap
    row = top + side * own + LINKS
    vector = shown.dense.flat[None]
    flat = Plate(FLAT, vector, parts.input_colors(vector), title="The vector x")
    flat.marks = () if shown.entry is None else (Mark.cell(MarkRole.LINKED, 0, shown.entry),)
    parts.add(flat, left, row, cell, "")
    area = QRectF(flat.rect.right() + SIGN, flat.rect.top(), room.width, cell)
    parts.scene.below.append(Words(area, f"x, {state.inputs} long", role="muted"))
    for channel, plane in enumerate(planes):
        _drop(parts, plane, flat, channel * side * side, side * side)
    _equation(parts, phase, cell, left, row + cell + TITLE + space.s, known=phase.output + 1)


def _drop(parts: Parts, plane: Plate, flat: Plate, first: int, count: int) -> None:
    """From both ends of a plane to the stretch of the vector that it becomes."""
    lit = parts.shown.entry is not None and first <= parts.shown.entry < first + count
    stretch = flat.cell_rect(0, first, 1, first + count)
    corners = (plane.rect.bottomLeft(), stretch.left() + 1), (plane.rect.bottomRight(), stretch.right() - 1)
    for start, end in corners:
        parts.scene.below.append(Drop(QPointF(start), QPointF(end, flat.rect.top() - 1), lit))
