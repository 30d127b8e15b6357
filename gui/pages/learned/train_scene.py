"""The view of the training: photo, wanted and present response, their difference; beneath each what belongs to it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.learned import Exercise
from engine.foundations.learned.spec import corners, crop_side
from gui import colormaps
from gui.pages.learned import scene_parts as parts
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.scene_parts import Piece
from gui.pages.learned.words import train_sentences
from gui.theme import GREY, space, theme
from gui.widgets.plate import ColorArray, Mark, MarkRole, Plate
from gui.widgets.plot.scale import power_text
from gui.widgets.scene import Scene
from gui.widgets.stage_text import by, diverging_key, key, limit_of, plural

COLUMNS = 4
NAMES = {"preset": "Pattern", "drawing": "Drawing"}
"""What pictures are called that are no photos."""
PICTURES_SHARE, LOW_SHARE = 0.54, 0.46
"""How much of the height the pictures get at most, also on low stages; the kernels beneath get the rest."""


def train_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the view for a stage of `size`."""
    everything = train_sentences(resolved)
    low = parts.is_low(size, 2)
    strip = parts.Strip(everything, size, low=low)
    scene = Scene(size, description=" ".join(everything))
    head = parts.head_height(low)
    end = size.height() - strip.height - space.m
    upper = head + (LOW_SHARE if low else PICTURES_SHARE) * (end - space.s - space.m - 2 * head)
    bottom = _row(scene, _pictures(resolved), QRectF(0, space.s, size.width(), upper), low)
    top = bottom + space.m
    bottom = _row(scene, _kernels(resolved), QRectF(0, top, size.width(), end - top), low)
    strip.put(scene, bottom)
    return scene


def _row(scene: Scene, pieces: list[Piece], area: QRectF, low: bool) -> float:
    """Lay pieces side by side with cells of one size; returns where the lowest of them ends."""
    columns = parts.columns_of(scene.size, COLUMNS)
    tall = max(piece.plate.shape[0] for piece in pieces)
    wide = max(piece.plate.shape[1] for piece in pieces)
    cell = min(columns[0].width() / wide, (area.height() - parts.head_height(low)) / tall)
    for column, piece in zip(columns, pieces, strict=True):
        room = QRectF(column.left(), area.top(), column.width(), area.height())
        parts.put(scene, piece, room, low=low, largest=cell)
    return max(piece.plate.rect.bottom() for piece in pieces)


# --- the pictures ----------------------------------------------------------------------------------------------


def _pictures(resolved: Resolved) -> list[Piece]:
    exercise, limit = resolved.exercise, parts.response_limit(resolved)
    bar = diverging_key(limit)
    pieces = [_photo(resolved)]
    for name, title, short, values in (
        (parts.WANTED, "Target response", "Target", exercise.answer),
        (parts.NOW, "Response now", "Now", resolved.response),
        (parts.ERROR, "Difference", "Difference", resolved.error),
    ):
        same = values is exercise.answer
        colors = _target_colors(exercise, theme.dark) if same else _response_colors(values, limit)
        plate = parts.picture_plate(name, values, colors, title)
        plate.marks = (Mark.cell(MarkRole.WINDOW, *resolved.place),)
        shape = by(values.shape)
        beyond = limit_of(values) > limit * 1.005
        shown = diverging_key(limit, beyond=True) if beyond else bar
        pieces.append(Piece(plate, (f"{title} {shape}", title, short), (parts.span(values),), shown))
    return pieces


def _photo(resolved: Resolved) -> Piece:
    x = resolved.exercise.x
    title = NAMES.get(resolved.state.source.kind, "Photo")
    plate = parts.picture_plate(parts.PHOTO, x, _photo_colors(resolved.exercise), title)
    (row, col), size = resolved.place, resolved.exercise.size
    plate.marks = (*_crops(resolved), Mark(MarkRole.WINDOW, row, col, row + size, col + size))
    return Piece(plate, (f"{title} {by(x.shape)}", title), (parts.span(x),), parts.photo_key(x))


@lru_cache(maxsize=2)
def _photo_colors(exercise: Exercise) -> ColorArray:
    """The same for all updates of a run."""
    x = exercise.x
    return colormaps.grey(x.astype(np.float32), float(x.min()), float(x.max()))


@lru_cache(maxsize=2)
def _target_colors(exercise: Exercise, _dark: bool) -> ColorArray:
    """The same for all updates of a run, in the theme in force."""
    return _response_colors(exercise.answer, limit_of(exercise.answer))


def _response_colors(values: parts.FloatArray, limit: float) -> ColorArray:
    return colormaps.activations(values.astype(np.float32), limit)


def _crops(resolved: Resolved) -> tuple[Mark, ...]:
    """The squares that the next update sees."""
    state, x = resolved.state, resolved.exercise.x
    if state.batch == "whole":
        return ()
    shape = (x.shape[0], x.shape[1])
    side = crop_side(state.spec, shape)
    return tuple(
        Mark(MarkRole.LINKED, row, col, row + side, col + side)
        for row, col in corners(state.spec, resolved.moment, shape).tolist()
    )


# --- what lies beneath them -------------------------------------------------------------------------------------


def _kernels(resolved: Resolved) -> list[Piece]:
    state, limit = resolved.state, parts.kernel_limit(resolved)
    kernel, target, gradient = resolved.kernel, resolved.exercise.kernel, resolved.kernel_gradient
    wanted = parts.weight_plate(
        parts.TARGET, target, limit, "Target kernel", covered=state.covered, editable=not state.covered
    )
    now = parts.weight_plate(parts.KERNEL, kernel, limit, "Kernel now")
    slope, unit = _slope(gradient)
    bias = (
        f"bias {resolved.bias:.3f}".replace("-", "−")
        if state.bias
        else f"after {plural(resolved.moment, 'update')}"
    )
    covered = state.covered
    return [
        _patch(resolved),
        Piece(wanted, ("Target kernel", "Target"), ("covered" if covered else "double-click to change",),
              None if covered else parts.weight_key(limit, target)),
        Piece(now, ("Kernel now", "Now"), (bias,), parts.weight_key(limit, kernel)),
        Piece(slope, (f"Gradient{unit}", "Gradient"), ("which way the loss rises",),
              parts.weight_key(limit_of(slope.values), slope.values)),
    ]  # fmt: skip


def _slope(gradient: parts.FloatArray) -> tuple[Plate, str]:
    """The gradient in a unit in which it has one to three digits before the point, and the name of that unit."""
    power = math.floor(math.log10(limit_of(gradient)))
    power = 0 if -1 <= power <= 2 else power
    shown = gradient / 10.0**power
    unit = f" in {power_text(power)}" if power else ""
    return parts.weight_plate(parts.GRADIENT, shown, limit_of(shown), f"Gradient{unit}"), unit


def _patch(resolved: Resolved) -> Piece:
    x, patch = resolved.exercise.x, resolved.patch
    low, high = float(x.min()), float(x.max())
    plate = Plate(
        parts.PATCH, patch, colormaps.grey(patch, low, high), title="In the window", decimals=parts.DECIMALS,
        digits=len("−0.00"),
    )  # fmt: skip
    row, col = resolved.place
    details = [f"row {row}, column {col}", f"row {row}, col {col}", ""]
    if resolved.worst:
        details = [f"most wrong: row {row}, col {col}", f"most wrong: {row}, {col}", *details]
    return Piece(plate, ("In the window", "Window"), details, key(GREY, low, high))
