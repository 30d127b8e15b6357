"""The card beneath a stage: a line of arithmetic that stands still, and sentences that wrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSizeF

from gui.pages.channels.numbers import fitted
from gui.theme import space
from gui.widgets.scene import Card, Scene, Words
from gui.widgets.stage_layout import margin_of
from gui.widgets.stage_text import (
    LOW_STAGE,
    kept_sentences,
    line_height,
    sentences_height,
    sentences_strip,
    strip_width,
    words_size,
)

Write = Callable[[int], str]
"""A line with at most so many terms."""


class Strip:
    """Knows its height before the grids are laid out.

    `low`: so many sentences stay where the stage is low. `longest`: sentences as long as they can get, which decide the
    height, so that nothing jumps while numbers change.
    """

    def __init__(
        self,
        size: QSizeF,
        sentences: Sequence[str],
        line: Write | None = None,
        *,
        low: int = 1,
        longest: Sequence[str] = (),
    ) -> None:
        self._size = (size.width(), size.height())
        self._line = line
        most = low if size.height() < LOW_STAGE else len(sentences)
        measured = kept_sentences((longest or sentences)[:most], *self._size)
        self.sentences = list(sentences)[: len(measured)]
        self._words_height = sentences_height(measured, *self._size)

    @property
    def height(self) -> float:
        return self._line_height + self._words_height

    @property
    def top(self) -> float:
        """Where it begins: at the foot of the stage."""
        return self._size[1] - self.height - space.s

    @property
    def _line_height(self) -> float:
        return line_height(words_size(*self._size)) if self._line is not None else 0.0

    def draw(self, scene: Scene, terms: int = 0) -> None:
        """Put it at the bottom of a scene; the line has `terms` terms where they fit."""
        left = margin_of(self._size[0])
        scene.below.append(Card(QRectF(left, self.top, self._size[0] - 2 * left, self.height)))
        if self._line is not None:
            size, room = words_size(*self._size), strip_width(self._size[0])
            text = fitted(self._line, terms, room, size)
            area = QRectF(left + space.m, self.top + space.xs, room, self._line_height)
            scene.below.append(Words(area, text, size=size, mono=True, bold=True))
        words = Scene(scene.size)
        sentences_strip(words, self.top + self._line_height, self.sentences)
        scene.below += [item for item in words.below if not isinstance(item, Card)]
