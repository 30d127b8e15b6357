"""The stage of the view "Growth": the first filters in numbers, and nine patches, at one epoch. A pure function."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.inside.growth.requests import Growth
from gui import colormaps
from gui.theme import GREY, space
from gui.widgets.plate import Plate, number_text
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import HEAD, TITLE, crisp, margin_of
from gui.widgets.stage_text import (
    by,
    head,
    kept_sentences,
    key,
    limit_of,
    sentences_height,
    sentences_strip,
    text_width,
)

FILTER, PATCH = "filter/", "patch/"
LARGEST_FILTER, LARGEST_PATCH = 40.0, 132.0
TWO_DECIMALS_FROM: Final = 27.0
"""Cells of that size have room for "−0.12", smaller ones for "−0.1"."""


def growth_scene(growth: Growth, epoch: int, size: QSizeF) -> Scene:
    """Everything at saved epoch number `epoch`, for a stage of a size."""
    scene = Scene(size)
    width, margin = size.width(), margin_of(size.width())
    room = width - 2 * margin
    sentences = kept_sentences(told(growth, epoch), width, size.height())
    strip = sentences_height(sentences, width, size.height()) + space.m
    heads = 2 * (HEAD + TITLE) + 2 * space.m
    tall = max(size.height() - strip - heads - space.m, 60.0)
    filters, patches = growth.filters[epoch], growth.patches[epoch]
    rows, columns = filters.shape[2:]
    cell = crisp(min((room - 5 * space.s) / (len(filters) * columns), 0.5 * tall / rows, LARGEST_FILTER))
    side = float(int(min((room - 8 * space.s) / len(patches), tall - rows * cell, LARGEST_PATCH)))
    free = size.height() - strip - heads - rows * cell - side
    top = max(free * 0.3, float(space.s))
    _filters(scene, growth, epoch, cell, margin, top, room)
    top += HEAD + TITLE + rows * cell + space.m + min(free * 0.2, float(space.xl))
    _patches(scene, growth, epoch, side, margin, top, room)
    sentences_strip(scene, top + HEAD + TITLE + side + space.m, sentences)
    scene.description = " ".join(sentences)
    return scene


def told(growth: Growth, epoch: int) -> list[str]:
    """What there is to see, in sentences."""
    number, accuracy = growth.epochs[epoch], growth.accuracy[epoch]
    if number == 0:
        first = (
            f"Before training: random weights; {_share(accuracy)} of the validation digits are named rightly."
        )
    else:
        after = f"After epoch {number} of {growth.epochs[-1]}"
        first = f"{after}: {_share(accuracy)} of the validation digits are named rightly."
    same = len(set(growth.pictures[epoch].tolist()) & set(growth.pictures[-1].tolist()))
    second = (
        "These are the patches of the last epoch."
        if epoch == len(growth.epochs) - 1
        else f"{same} of the nine digits are among those of the last epoch."
    )
    return [first, second]


def _filters(
    scene: Scene, growth: Growth, epoch: int, cell: float, margin: float, top: float, room: float
) -> None:
    """All filters of the first convolution, in colours that are the same at every epoch."""
    limit, filters = limit_of(growth.filters.astype(np.float64)), growth.filters[epoch]
    count, _, rows, columns = filters.shape
    title, detail = (
        f"First filters at epoch {growth.epochs[epoch]}",
        f"{growth.first_layer}, {by(filters.shape)}",
    )
    bar = key(colormaps.weight_anchors(), -limit, limit)
    scene.below += head(margin, top, room, [(title, detail)], bar)
    gap = (room - count * columns * cell) / max(count - 1, 1)
    for index in range(count):
        values = filters[index, 0].astype(np.float64)
        left = round(margin + index * (columns * cell + min(gap, float(space.xxl))))
        rect = QRectF(left, round(top + HEAD + TITLE), columns * cell, rows * cell)
        decimals = 2 if cell >= TWO_DECIMALS_FROM else 1
        plate = Plate(
            f"{FILTER}{index}", values, colormaps.weights(values, limit), f"filter {index}", rect,
            digits=3 + decimals, decimals=decimals,
        )  # fmt: skip
        scene.plates.append(plate)
        fits = text_width(plate.title) <= rect.width()
        scene.below.append(_name(plate, plate.title if fits else str(index)))


def _patches(
    scene: Scene, growth: Growth, epoch: int, side: float, margin: float, top: float, room: float
) -> None:
    """What excites the channel most, strongest first."""
    request, patches = growth.request, growth.patches[epoch]
    title = f"What excites channel {request.channel} of {request.layer} most"
    detail = f"of {growth.digits:,} digits of scikit-learn; the number is the activation"
    scene.below += head(margin, top, room, [(title, detail)], key(GREY, 0, 255))
    for index, patch in enumerate(patches):
        values = patch.astype(np.float64)
        left = round(margin + index * (side + space.s))
        plate = Plate(
            f"{PATCH}{index}", values, colormaps.grey(values, 0, 255),
            number_text(float(growth.activations[epoch, index]), 2),
            QRectF(left, round(top + HEAD + TITLE), side, side), numbers=False, gaps=False,
        )  # fmt: skip
        scene.plates.append(plate)
        scene.below.append(_name(plate, plate.title, mono=True))


def _name(plate: Plate, text: str, *, mono: bool = False) -> Words:
    area = QRectF(plate.rect.left(), plate.rect.top() - TITLE - 1, plate.rect.width(), TITLE - 2)
    return Words(area, text, role="muted", mono=mono)


def _share(accuracy: float) -> str:
    return f"{accuracy * 100:.1f} %"
