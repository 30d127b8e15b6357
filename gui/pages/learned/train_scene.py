"""The view of the training: photo, wanted and present response, their difference; beneath each what belongs to it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.learned.spec import corners, crop_side
from gui import colormaps
from gui.pages.learned import scene_parts as parts
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.scene_parts import Piece
from gui.pages.learned.words import train_sentences
from gui.theme import GREY, space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene
from gui.widgets.stage_layout import largest_cell
from gui.widgets.stage_text import (
    by,
    diverging_key,
    kept_sentences,
    key,
    limit_of,
    sentences_height,
    sentences_strip,
)

COLUMNS = 4
PICTURES_SHARE = 0.56
"""How much of the height the pictures get; the kernels beneath get the rest."""


def train_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the view for a stage of `size`."""
    width, height = size.width(), size.height()
    everything = train_sentences(resolved)
    low = height < parts.LOW
    sentences = kept_sentences(everything, width, height)[: 1 if low else len(everything)]
    strip = sentences_height(sentences, width, height)
    scene = Scene(size, description=" ".join(everything))
    head = parts.head_height(low)
    room = height - strip - space.s - 2 * space.m
    first, second = _rows(room, head)
    columns = parts.columns_of(size, COLUMNS)
    bottom = 0.0
    for column, upper in zip(columns, _pictures(resolved), strict=True):
        rows, cols = upper.plate.shape
        cell = min(column.width() / cols, (first - head) / rows)
        parts.put(scene, upper, QRectF(column.left(), space.s, column.width(), first), low=low, largest=cell)
        bottom = max(bottom, upper.plate.rect.bottom())
    top = bottom + space.m
    for column, lower in zip(columns, _kernels(resolved), strict=True):
        cell = min(largest_cell(width, height), (second - head) / len(lower.plate.values))
        parts.put(scene, lower, QRectF(column.left(), top, column.width(), second), low=low, largest=cell)
        bottom = max(bottom, lower.plate.rect.bottom())
    sentences_strip(scene, min(bottom + space.m, height - strip - space.xs), sentences)
    return scene


def _rows(room: float, head: float) -> tuple[float, float]:
    """The heights of both rows, heads included."""
    free = room - 2 * head
    return head + PICTURES_SHARE * free, head + (1 - PICTURES_SHARE) * free


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
        colors = colormaps.activations(values.astype(np.float32), limit)
        plate = parts.picture_plate(name, values, colors, title)
        plate.marks = (Mark.cell(MarkRole.WINDOW, *resolved.place),)
        shape = by(values.shape)
        beyond = limit_of(values) > limit * 1.005
        shown = diverging_key(limit, beyond=True) if beyond else bar
        pieces.append(Piece(plate, (f"{title} {shape}", title, short), (parts.span(values),), shown))
    return pieces


def _photo(resolved: Resolved) -> Piece:
    x = resolved.exercise.x
    colors = colormaps.grey(x.astype(np.float32), float(x.min()), float(x.max()))
    plate = parts.picture_plate(parts.PHOTO, x, colors, "Photo")
    (row, col), size = resolved.place, resolved.exercise.size
    plate.marks = (*_crops(resolved), Mark(MarkRole.WINDOW, row, col, row + size, col + size))
    return Piece(plate, (f"Photo {by(x.shape)}", "Photo"), (parts.span(x),), parts.photo_key(x))


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
    slope = parts.weight_plate(parts.GRADIENT, gradient, limit_of(gradient), "Gradient")
    if limit_of(gradient) < 0.1:
        slope.decimals, slope.digits = None, len("−0.0000")
    bias = f"bias {resolved.bias:.3f}".replace("-", "−") if state.bias else f"after {resolved.moment} updates"
    covered = state.covered
    return [
        _patch(resolved),
        Piece(wanted, ("Target kernel", "Target"), ("covered" if covered else "double-click to change",),
              None if covered else parts.weight_key(limit, target)),
        Piece(now, ("Kernel now", "Now"), (bias,), parts.weight_key(limit, kernel)),
        Piece(slope, ("Gradient",), ("which way the loss rises",),
              parts.weight_key(limit_of(gradient), gradient)),
    ]  # fmt: skip


def _patch(resolved: Resolved) -> Piece:
    x, patch = resolved.exercise.x, resolved.patch
    low, high = float(x.min()), float(x.max())
    plate = Plate(
        parts.PATCH, patch, colormaps.grey(patch, low, high), title="In the window", decimals=parts.DECIMALS,
        digits=len("−0.00"),
    )  # fmt: skip
    row, col = resolved.place
    where = f"row {row}, column {col}"
    what = where if resolved.state.place is not None else f"most wrong: {where}"
    return Piece(plate, ("In the window", "Window"), (what, where, ""), key(GREY, low, high))
