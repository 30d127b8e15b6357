"""The window on its way over the scales of a picture: the answers so far, the window, what it has cost."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.detection.sliding.requests import index_of
from engine.detection.sliding.window_net import LABELS, WINDOW
from gui import colormaps
from gui.pages.boxes.sliding.items import AnswerBars, heat, letters, milliseconds, short_count
from gui.pages.boxes.sliding.shown import Shown
from gui.theme import GREY, PROBABILITY_DARK, PROBABILITY_LIGHT, space, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Card, Scene, Words
from gui.widgets.stage_layout import HEAD, TITLE, crisp, margin_of
from gui.widgets.stage_text import (
    by,
    head,
    kept_sentences,
    key,
    line_height,
    sentences_height,
    sentences_strip,
    text_width,
    titled,
    words_size,
)

PICTURE: Final = "picture"
ANSWERS: Final = "answers"
CROP: Final = "crop"
LEVEL: Final = "level/"
HEAT: Final = "heat/"
ASIDE: Final = 0.2
"""The share of the stage for the window and its eleven answers."""
LEAST_ASIDE, MOST_ASIDE = 148.0, 260.0
MOST_ANSWER: Final = 40.0
MOST_THUMB: Final = 3.0
LEAST_THUMBS: Final = 0.2
"""The share of the stage's height for all scales in small, at least."""


def slide_scene(shown: Shown, size: QSizeF) -> Scene:
    """Everything at the window on show, for a stage of a size."""
    scene = Scene(size)
    words = kept_sentences(sentences(shown), size.width(), size.height())
    line_tall = line_height(words_size(size.width(), size.height()))
    strip = sentences_height(words, size.width(), size.height()) + line_tall
    margin = margin_of(size.width())
    foot = size.height() - strip - space.s
    _told(scene, shown, foot, words, line_tall)
    aside = min(max(size.width() * ASIDE, LEAST_ASIDE), MOST_ASIDE)
    column = (size.width() - 2 * margin - aside - 2 * space.l) / 2
    several = len(shown.levels) > 1
    small = max(foot * LEAST_THUMBS, 2.0 * TITLE) if several else 0.0
    box = min(column, foot - space.s - HEAD - small - space.m)
    top = space.s + HEAD
    _columns(scene, shown, box, margin, top, column)
    left = margin + 2 * (column + space.l)
    _aside(scene, shown, QRectF(left, space.s, size.width() - margin - left, box + HEAD))
    if several:
        under = QRectF(margin, top + box + space.m, size.width() - 2 * margin, foot - top - box - 2 * space.m)
        _thumbs(scene, shown, under)
    scene.description = f"{counted(shown)}. {' '.join(words)}"
    return scene


# --- words ------------------------------------------------------------------------------------------------


def counted(shown: Shown) -> str:
    """How many windows there were, and what they cost: multiplications, and seconds where they were measured."""
    done = shown.index + 1
    text = f"{done:,} of {shown.windows:,} windows  ·  {short_count(done * shown.cost.once)} multiplications"
    seconds = shown.seconds(done)
    return text if seconds is None else f"{text}  ·  {milliseconds(seconds)} measured"


def sentences(shown: Shown) -> list[str]:
    """What the net says here, and what the scales are for."""
    level, row, column = shown.place
    place = f"Scale {level + 1}, row {row}, column {column}"
    answer = shown.answer
    if answer is None:
        first = f"{place}: the answer is on its way."
    else:
        best = int(answer.argmax())
        said = "nothing" if LABELS[best] == "nothing" else f"a {LABELS[best]}"
        first = f"{place}: the net says {said} with p = {answer[best]:.3f}."
    found = [first]
    if len(shown.levels) > 1:
        found.append("The window keeps its size, the picture shrinks: at one of the scales a digit fits.")
    if shown.too_small:
        left_out = " and ".join(f"{width} × {height}" for height, width in shown.too_small)
        found.append(f"Left out, because the window of {WINDOW} × {WINDOW} does not fit: {left_out} pixels.")
    return found


def _told(scene: Scene, shown: Shown, top: float, words: list[str], tall: float) -> None:
    """The card at the foot: a line of counts that stands still, and sentences."""
    size = scene.size
    left = margin_of(size.width())
    height = sentences_height(words, size.width(), size.height()) + tall
    scene.below.append(Card(QRectF(left, top, size.width() - 2 * left, height)))
    area = QRectF(left + space.m, top + space.xs, size.width() - 2 * left - 2 * space.m, tall)
    style = words_size(size.width(), size.height())
    scene.below.append(Words(area, counted(shown), size=style, mono=True, bold=True))
    own = Scene(size)
    sentences_strip(own, top + tall, words)
    scene.below += [item for item in own.below if not isinstance(item, Card)]


# --- grids ------------------------------------------------------------------------------------------------


def _columns(scene: Scene, shown: Shown, box: float, left: float, top: float, column: float) -> None:
    """The picture at the scale on show, and the answers of its windows, each as large as its box."""
    number, row, col = shown.place
    level = shown.levels[number]
    height, width = level.size
    cell = box / max(height, width)
    title = f"Scale {number + 1} of {len(shown.levels)}" if len(shown.levels) > 1 else "Picture"
    scene.below += head(
        left, space.s, column, [(title, f"{by((height, width))} pixels, ink is bright"), (title, by((height, width)))],
        key(GREY, 0, 1),
    )  # fmt: skip
    picture = Plate(
        PICTURE, level.ink.astype(np.float64), colormaps.grey(level.ink, 0, 1), title, numbers=False, gaps=False,
        rect=QRectF(round(left), round(top), width * cell, height * cell),
    )  # fmt: skip
    down, right = row * shown.stride, col * shown.stride
    picture.marks = (Mark(MarkRole.WINDOW, down, right, down + WINDOW, right + WINDOW),)
    scene.plates.append(picture)
    _answers(scene, shown, box, left + column + space.l, top, column)


def _answers(scene: Scene, shown: Shown, box: float, left: float, top: float, column: float) -> None:
    number, row, col = shown.place
    rows, columns = shown.grids[number]
    detail = f"{by((rows, columns))} windows, p of the likeliest digit"
    anchors = PROBABILITY_DARK if theme.dark else PROBABILITY_LIGHT
    names = [("Answers", detail), ("Answers", by((rows, columns)))]
    scene.below += head(left, space.s, column, names, key(anchors, 0, 1))
    plate = heat(ANSWERS, shown.answers(number), (rows, columns), "Answers")
    cell = min(box / max(rows, columns), MOST_ANSWER)
    plate.rect = QRectF(round(left), round(top), columns * cell, rows * cell)
    known = _known(shown, number)
    plate.hidden = ~known if plate.hidden is None and not known.all() else plate.hidden
    plate.marks = (Mark.cell(MarkRole.WINDOW, row, col),)
    scene.plates.append(plate)
    answers = shown.answers(number)
    if answers is not None:
        scene.above.append(letters(plate, answers, known))


def _known(shown: Shown, number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """The windows of a scale that the walk has passed."""
    rows, columns = shown.grids[number]
    first = index_of(number, 0, 0, shown.grids)
    return (first + np.arange(rows * columns) <= shown.index).reshape(rows, columns)


def _aside(scene: Scene, shown: Shown, area: QRectF) -> None:
    """The window in large and its eleven answers."""
    title = f"Window {WINDOW} × {WINDOW}"
    scene.below += head(area.left(), area.top(), area.width(), [(title, "what the net reads")])
    top = area.top() + HEAD
    bars = min(max(area.bottom() - top, 0.0) * 0.5, 11 * 18.0)
    side = min(area.width(), area.bottom() - top - bars - space.m)
    if side >= WINDOW * 4:
        cell = crisp(side / WINDOW)
        window = shown.window
        plate = Plate(CROP, window.astype(np.float64), colormaps.grey(window, 0, 1), title, numbers=False)
        plate.rect = QRectF(round(area.left()), round(top), WINDOW * cell, WINDOW * cell)
        plate.gaps = False
        scene.plates.append(plate)
        top += WINDOW * cell + space.m
    if shown.answer is not None:
        tall = min(area.bottom() - top, 11 * 20.0)
        scene.above.append(AnswerBars(QRectF(area.left(), top, area.width(), tall), shown.answer))


def _thumbs(scene: Scene, shown: Shown, area: QRectF) -> None:
    """All scales in small, each with its answers so far."""
    tallest = max(level.size[0] for level in shown.levels)
    across = sum(2 * level.size[1] for level in shown.levels)
    gaps = (len(shown.levels) - 1) * space.xl + len(shown.levels) * space.s
    cell = min((area.width() - gaps) / across, (area.height() - TITLE) / tallest, MOST_THUMB)
    left, top = area.left(), area.top() + TITLE + max(area.height() - TITLE - tallest * cell, 0.0) * 0.3
    current = shown.place[0]
    for number, level in enumerate(shown.levels):
        height, width = level.size
        picture = Plate(
            f"{LEVEL}{number}", level.ink.astype(np.float64), colormaps.grey(level.ink, 0, 1),
            f"Scale {number + 1}: {by((height, width))}", numbers=False, gaps=False,
            rect=QRectF(round(left), round(top), width * cell, height * cell),
        )  # fmt: skip
        grid = shown.grids[number]
        answers = heat(f"{HEAT}{number}", shown.answers(number), grid, "answers")
        step = shown.stride * cell
        answers.rect = QRectF(
            round(left + width * cell + space.s), round(top), grid[1] * step, grid[0] * step
        )
        answers.gaps = False
        known = _known(shown, number)
        answers.hidden = ~known if answers.hidden is None and not known.all() else answers.hidden
        if number == current:
            _, row, column = shown.place
            down, right = row * shown.stride, column * shown.stride
            picture.marks = (Mark(MarkRole.WINDOW, down, right, down + WINDOW, right + WINDOW),)
        scene.plates += [picture, answers]
        room = 2 * width * cell + space.l
        names = (picture.title, f"Scale {number + 1}", str(number + 1))
        fitting = next((name for name in names if text_width(name) <= room), names[-1])
        scene.below.append(titled(picture, room, fitting))
        left += 2 * width * cell + space.s + space.xl
