"""Beside the picture: overlaps of the cell's things with its anchors, the target of the cell, what happens. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt

from gui import colormaps
from gui.pages.boxes.anchors import words
from gui.pages.boxes.anchors.cell import CellShown, letter
from gui.theme import VIRIDIS, space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import HEAD, TITLE, crisp
from gui.widgets.stage_text import head, kept_sentences, key, sentences_height, sentences_strip, text_width

SHARES, TARGET = "shares", "target"
LARGEST, LEAST = 58.0, 13.0
LOW: Final = 520.0
"""Stages lower than this have heads of one line."""
SHORT_HEAD: Final = 22.0
RIGHT: Final = Qt.AlignmentFlag.AlignRight
CENTRE: Final = Qt.AlignmentFlag.AlignHCenter


def cell_scene(shown: CellShown, size: QSizeF) -> Scene:
    """Everything of this side for a size."""
    scene = Scene(size)
    width, height = size.width(), size.height()
    sentences = kept_sentences(words.cell_sentences(shown), width, height)
    if height < LOW:  # the numbers need the room: what became of the thing has to do
        sentences = sentences[1:2] or sentences
    strip = sentences_height(sentences, width, height) + space.m
    room = QRectF(space.m, space.s, width - 2 * space.m, max(height - strip - 2 * space.s, 120.0))
    rows = max(len(shown.members), 1)
    numbers = 5 + len(shown.names)
    heads = 2 * (_head_height(size) + TITLE) + space.m + TITLE
    cell = crisp(min(max((room.height() - heads) / (rows + numbers), LEAST), LARGEST))
    names = _names_width(shown)
    cell = crisp(min(cell, (room.width() - names) / max(len(shown.anchors), 1)))
    top = _shares(scene, shown, room, cell, names) + space.m
    bottom = _target(scene, shown, QRectF(room.left(), top, room.width(), 0), cell, names)
    sentences_strip(scene, bottom + space.m, sentences)
    scene.description = " ".join(sentences)
    return scene


def _head_height(size: QSizeF) -> float:
    return HEAD if size.height() >= LOW else SHORT_HEAD


def _head(scene: Scene, room: QRectF, titles: list[tuple[str, str]], bar: ColorBar) -> float:
    """The head of a plate; returns where the plate's own names begin."""
    if scene.size.height() < LOW:
        area = QRectF(room.left(), room.top(), room.width(), SHORT_HEAD)
        scene.below.append(Words(area, titles[-1][0], size="body", bold=True))
        return room.top() + SHORT_HEAD
    scene.below += head(room.left(), room.top(), room.width(), titles, bar)
    return room.top() + HEAD


def _names_width(shown: CellShown) -> float:
    names = [shown.name(thing) for thing in shown.members] + ["p_c"]
    meanings = [f"c_{i + 1} {name}" for i, name in enumerate(shown.names)]
    return float(max(text_width(name, mono=True) for name in (*names, *meanings)) + space.m)


def _shares(scene: Scene, shown: CellShown, room: QRectF, cell: float, names: float) -> float:
    """The overlaps of shapes, a row a thing; the largest of a row is marked once it has its place."""
    bar = key(VIRIDIS, 0, 1)
    titles = [("IoU of shapes with the anchors", "corner on corner"), ("IoU of shapes", "corner on corner")]
    top = _head(scene, room, titles, bar) + TITLE
    if not shown.members:
        return top
    values = np.array([shown.placed[thing].shares for thing in shown.members])
    rect = QRectF(round(room.left() + names), round(top), values.shape[1] * cell, len(values) * cell)
    marks = tuple(
        Mark.cell(MarkRole.SELECTED, row, shown.placed[thing].anchor)
        for row, thing in enumerate(shown.members[: shown.position])
    )
    hidden = np.zeros(values.shape, bool)
    hidden[shown.position :] = True
    plate = Plate(
        SHARES, values, colormaps.magnitude(values, 0, 1), "IoU", rect,
        digits=4, decimals=2, marks=marks, hidden=hidden,
    )  # fmt: skip
    scene.plates.append(plate)
    _columns(scene, plate, len(shown.anchors))
    for row, thing in enumerate(shown.members):
        _row_name(scene, room.left(), plate, row, shown.name(thing), names)
        placed = shown.placed[thing]
        if row < shown.position and placed.lost_to is not None:
            area = QRectF(rect.right() + space.s, rect.top() + row * cell, room.right() - rect.right(), cell)
            scene.below.append(Words(area, f"lost to {letter(placed.lost_to)}", role="error", bold=True))
    return rect.bottom()


def _target(scene: Scene, shown: CellShown, room: QRectF, cell: float, names: float) -> float:
    """The numbers of the cell, a column an anchor; a question mark where nothing is compared."""
    row, column = shown.cell
    count = shown.target.size
    titles = [
        (
            f"Target y of cell ({row}, {column})",
            f"{count} numbers, a column an anchor; ? where p_c is 0: not compared",
        ),
        (f"Target y of cell ({row}, {column})", f"{count} numbers; ?: not compared"),
        (f"y ({row}, {column})", f"{count} numbers"),
    ]
    top = _head(scene, room, titles, key(VIRIDIS, 0, 1, beyond=True)) + TITLE
    values = shown.target.T
    hidden = np.isnan(values)
    known = np.where(hidden, 0.0, values)
    rect = QRectF(
        round(room.left() + names),
        round(top),
        values.shape[1] * cell,
        len(values) * cell,
    )
    plate = Plate(
        TARGET, known, colormaps.magnitude(known, 0, 1), "y", rect,
        digits=4, decimals=2, hidden=hidden, hidden_text="?", marks=_newest(shown),
    )  # fmt: skip
    scene.plates.append(plate)
    _columns(scene, plate, len(shown.anchors))
    for place in range(len(values)):
        name, _ = words.component(place, shown.names)
        _row_name(
            scene, room.left(), plate, place, name if place < 5 else f"{name} {shown.names[place - 5]}", names
        )
    _holders(scene, shown, plate)
    return rect.bottom() + TITLE


def _newest(shown: CellShown) -> tuple[Mark, ...]:
    """The column that has just been filled."""
    newest = shown.newest
    if newest is None or newest.lost_to is not None:
        return ()
    return (Mark(MarkRole.WINDOW, 0, newest.anchor, 5 + len(shown.names), newest.anchor + 1),)


def _holders(scene: Scene, shown: CellShown, plate: Plate) -> None:
    """Beneath each column the thing that it holds."""
    held = {
        shown.placed[thing].anchor: letter(thing)
        for thing in shown.members[: shown.position]
        if shown.placed[thing].lost_to is None
    }
    for column in range(len(shown.anchors)):
        area = QRectF(plate.rect.left() + column * plate.cell, plate.rect.bottom(), plate.cell, TITLE)
        text = held.get(column, "free")
        fits = text if text_width(text, bold=True) <= plate.cell else "–"
        role = "good" if column in held else "muted"
        scene.below.append(Words(area, fits, role=role, bold=column in held, align=CENTRE, elide=False))


def _columns(scene: Scene, plate: Plate, count: int) -> None:
    short = text_width("anchor 0") > plate.cell
    for column in range(count):
        area = QRectF(plate.rect.left() + column * plate.cell, plate.rect.top() - TITLE, plate.cell, TITLE)
        text = str(column) if short else f"anchor {column}"
        scene.below.append(Words(area, text, role="muted", align=CENTRE, elide=False))
    if short:
        wide = text_width("anchor ") + space.s
        area = QRectF(plate.rect.left() - wide - space.xs, plate.rect.top() - TITLE, wide, TITLE)
        scene.below.append(Words(area, "anchor", role="muted", align=RIGHT, elide=False))


def _row_name(scene: Scene, left: float, plate: Plate, row: int, name: str, width: float) -> None:
    area = QRectF(left, plate.rect.top() + row * plate.cell, width - space.s, plate.cell)
    scene.below.append(Words(area, name, mono=True, align=RIGHT))
