"""The card beneath a stage: a line of arithmetic that stands still, and sentences that wrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF

from gui.pages.channels.numbers import fitted
from gui.theme import space
from gui.widgets.scene import Card, Scene, Words
from gui.widgets.stage_layout import margin_of
from gui.widgets.stage_text import (
    kept_sentences,
    line_height,
    sentences_height,
    sentences_size,
    sentences_strip,
    strip_width,
    words_size,
)

Write = Callable[[int], str]
"""A line with at most so many terms."""


class Strip:
    """Knows its height before the grids are laid out: it depends on the stage and the sentences, not on the numbers."""

    def __init__(
        self, width: float, height: float, sentences: Sequence[str], line: Write | None = None
    ) -> None:
        self._size = (width, height)
        self._line = line
        self.sentences = kept_sentences(sentences, width, height)

    @property
    def height(self) -> float:
        return self._line_height + sentences_height(self.sentences, *self._size)

    @property
    def _line_height(self) -> float:
        return line_height(words_size(*self._size)) if self._line is not None else 0.0

    def draw(self, scene: Scene, terms: int) -> None:
        """Put it at the bottom of a scene; the line has `terms` terms where they fit."""
        width, height = self._size
        top = height - self.height - space.s
        if self._line is None:
            sentences_strip(scene, top, self.sentences)
            return
        left, size = margin_of(width), words_size(width, height)
        scene.below.append(Card(QRectF(left, top, width - 2 * left, self.height)))
        room, tall = strip_width(width), self._line_height
        text = fitted(self._line, terms, room, size)
        area = QRectF(left + space.m, top + space.xs, room, tall)
        scene.below.append(Words(area, text, size=size, mono=True, bold=True))
        self._sentences(scene, top + tall)

    def _sentences(self, scene: Scene, top: float) -> None:
        """The sentences without a card of their own."""
        own = Scene(scene.size)
        sentences_strip(own, top, self.sentences)
        scene.below += [item for item in own.below if not isinstance(item, Card)]


def strip_size(width: float, height: float) -> str:
    """The type of the sentences."""
    return sentences_size(width, height)
