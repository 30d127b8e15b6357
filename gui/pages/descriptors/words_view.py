"""The view of visual words: the words over the picture, and beside them the words themselves."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.foundations.descriptors.words import VisualWords
from gui.pages.descriptors.bars import percent
from gui.pages.descriptors.resolve import inertia_of
from gui.pages.descriptors.scene_parts import short
from gui.pages.descriptors.titled import Titled
from gui.pages.descriptors.words_picture import WordsPicture
from gui.pages.descriptors.words_scene import WORD, words_scene
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact


class WordsView(QWidget):
    """wordPicked(index): a word or one of its patches was clicked; stepAsked(±1): a step of k-means; pointed(rows)."""

    wordPicked = Signal(int)
    stepAsked = Signal(int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: VisualWords | None = None
        self._step = 0
        self._pinned: int | None = None
        self._hovered: int | None = None
        self._patch: int | None = None
        self.picture, self.canvas = WordsPicture(), Canvas()
        self.left = Titled("Words over the picture", self.picture)
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.m, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(self.left, 4)
        row.addWidget(self.canvas, 5)
        self.picture.patchPointed.connect(self._patch_hovered)
        self.picture.left.connect(self._nothing_hovered)
        self.picture.patchPicked.connect(self._patch_clicked)
        self.canvas.cellHovered.connect(self._word_hovered)
        self.canvas.hoverLeft.connect(self._nothing_hovered)
        self.canvas.cellClicked.connect(self._word_clicked)
        self.canvas.arrowPressed.connect(self._arrow)

    @property
    def found(self) -> VisualWords | None:
        """The words on show."""
        return self._found

    @property
    def lit(self) -> int | None:
        """The word that stands out."""
        word = self._hovered if self._hovered is not None else self._pinned
        return word if word is not None and self._found is not None and word < self._found.words else None

    def show_words(self, found: VisualWords, step: int, pinned: int | None) -> None:
        """Show the words after a step of k-means; one may stay lit."""
        if found is not self._found:
            self._hovered = self._patch = None
        self._found, self._step, self._pinned = found, step, pinned
        self._draw()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past."""
        self.picture.set_stale(stale)
        self.canvas.set_stale(stale)

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        size = found.spec.patch
        self.left.keep_shape(found.pixels.shape[1], found.pixels.shape[0])
        where = f"every {found.spec.spacing} pixels" if found.spec.where == "grid" else "at corners"
        self.left.detail.say(
            f"{len(found.places):,} patches of {size} × {size} pixels {where}. {found.note}".rstrip()
        )
        self.picture.show_words(found, self._step, self.lit, self._patch)
        self.canvas.set_builder(partial(words_scene, found, self._step, self.lit), glide=False)

    # --- pointer ---------------------------------------------------------------------------------------------

    @Slot(int)
    def _patch_hovered(self, patch: int) -> None:
        found = self._found
        if found is None:
            return
        labels = found.run.at(self._step)[1]
        self._patch = patch
        self._hovered = None if labels is None else int(labels[patch])
        self._draw()
        self.pointed.emit(under_patch(found, self._step, patch))

    @Slot(int)
    def _patch_clicked(self, patch: int) -> None:
        labels = None if self._found is None else self._found.run.at(self._step)[1]
        if labels is not None:
            self.wordPicked.emit(int(labels[patch]))

    @Slot(str, int, int)
    def _word_hovered(self, key: str, _row: int, _column: int) -> None:
        if self._found is not None and key.startswith(WORD):
            word = int(key.removeprefix(WORD))
            if word != self._hovered:
                self._hovered, self._patch = word, None
                self._draw()
            self.pointed.emit(under_word(self._found, self._step, word))

    @Slot(str, int, int)
    def _word_clicked(self, key: str, _row: int, _column: int) -> None:
        if key.startswith(WORD):
            self.wordPicked.emit(int(key.removeprefix(WORD)))

    @Slot()
    def _nothing_hovered(self) -> None:
        self._hovered = self._patch = None
        self._draw()
        self.pointed.emit([])

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, _far: bool) -> None:
        """Left and right walk through k-means, up and down light one word after another."""
        if columns:
            self.stepAsked.emit(columns)
        elif self._found is not None:
            last = self._pinned if self._pinned is not None else (-1 if rows > 0 else 0)
            self.wordPicked.emit((last + rows) % self._found.words)


def under_word(found: VisualWords, step: int, word: int) -> list[Fact]:
    """What the inspector says about a word."""
    count = int(found.counts(step)[word])
    rows: list[Fact] = [
        ("word", f"{word + 1} of {found.words}", "What k-means found; nobody named it."),
        ("patches", f"{count:,}", "That are nearer to this word than to any other."),
        ("share", percent(count / len(found.places)), "This is the number in the descriptor."),
    ]
    if found.spec.contrast:
        rows.append(("shown", "contrast", "Blue: darker than the patch's mean, red: brighter."))
    return rows


def under_patch(found: VisualWords, step: int, patch: int) -> list[Fact]:
    """What the inspector says about a patch."""
    centres, labels = found.run.at(step)
    row, column = found.places[patch].tolist()
    rows: list[Fact] = [
        ("patch", f"{patch + 1:,} of {len(found.places):,}", ""),
        ("from pixel", f"x {column}, y {row}", "Its top left corner."),
    ]
    if labels is not None:
        word = int(labels[patch])
        away = float(((found.points[patch] - centres[word]) ** 2).sum())
        rows += [
            ("nearest word", f"{word + 1}", "As of the last assignment."),
            ("squared distance", short(away), "To the word as it is now."),
        ]
    return rows


def words_rows(found: VisualWords, step: int) -> list[Fact]:
    """The words in numbers, for the inspector."""
    inertia = inertia_of(found, step)
    assigned = len(found.run.labels)
    return [
        ("patches", f"{len(found.places):,}", f"Of {found.spec.patch} × {found.spec.patch} pixels."),
        ("a patch has", f"{found.points.shape[1]} numbers", "Its grey levels."),
        ("words", f"{found.words}", "Fewer than asked for where there are fewer different patches."),
        (
            "squared distances",
            "not yet" if inertia is None else short(inertia),
            "Of all patches to their words.",
        ),
        (
            "assignments",
            f"{assigned}" + ("" if found.run.converged else ", cut short"),
            "Until no patch changes its word, 30 at most.",
        ),
        ("descriptor", f"{found.words} numbers", "The share of each word; where it occurs is lost."),
        ("learned", f"{found.words * found.points.shape[1]:,} numbers", "The words, without any labels."),
    ]
