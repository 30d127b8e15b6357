"""What can be taken away from the page: the picture, the numbers, the walk through HOG or k-means as a film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.foundations.descriptors.colour_histogram import ColourHistogram, bin_name
from engine.foundations.descriptors.hog import Hog
from engine.foundations.descriptors.requests import Described
from engine.foundations.descriptors.words import VisualWords
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.descriptors.hog_scene import hog_scene
from gui.pages.descriptors.resolve import cell_of, round_of
from gui.pages.descriptors.words_scene import words_scene
from gui.widgets.scene import Scene
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.descriptors.page import DescriptorsPage

FILM_SIZE: Final = (960, 900)
HOLD_S: Final = 1.5
NOTHING_YET: Final = "There are no numbers to save yet."


def verbs(page: DescriptorsPage) -> list[Verb]:
    """The entries of the share menu: numbers for one descriptor, a table where several are compared."""
    compares = page.state.view in ("side", "experiment")
    return of_every_page.page_verbs(page, Compared(page) if compares else Descriptor(page))


class _OnShow:
    """Name, caption and picture of the view on show (see gui.pages.verbs)."""

    def __init__(self, page: DescriptorsPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-descriptors-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.sentence

    def picture(self) -> export.Paintable | QWidget:
        return self._page.view_widget


class Descriptor(_OnShow):
    """One descriptor: its numbers, and its steps as a film."""

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """The numbers of the descriptor, stage by stage."""
        found = self._found()
        if isinstance(found, ColourHistogram):
            return _of_histogram(found)
        if isinstance(found, Hog):
            return _of_hog(found, cell_of(self._page.state, found))
        return _of_words(found, round_of(self._page.state, found))

    def film(self) -> FilmSource | None:
        """The stages of HOG or the steps of k-means; None for the histogram, which has none."""
        found, page = self._found(), self._page
        if isinstance(found, ColourHistogram):
            return None
        canvas = page.canvas
        state = page.state

        def scene_at(index: int) -> Scene:
            size = QSizeF(*FILM_SIZE)
            if isinstance(found, Hog):
                return hog_scene(found, index, cell_of(state, found), None, size)
            return words_scene(found, index, state.word, size)

        def image_at(index: int) -> QImage:
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            canvas.paint_scene(painter, scene_at(index), QSizeF(*FILM_SIZE))
            painter.end()
            return image

        fps = 1000.0 / BASE_INTERVAL_MS * page.stepper.speed
        return FilmSource(image_at, range(page.stepper.count), fps, HOLD_S)

    def _found(self) -> Described:
        found = self._page.described
        if found is None:
            raise UserError(NOTHING_YET)
        return found


class Compared(_OnShow):
    """Several kinds of features beside each other, as a table."""

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """The comparison on show, or the accuracies at every number of training digits."""
        if self._page.state.view == "side":
            header, *rows = self._page.side.rows()
            return ["descriptor", *header[1:]], rows
        scores = self._page.experiment.scores
        if scores is None:
            raise UserError(NOTHING_YET, "The test is still being measured.")
        header = ["feature", "numbers", *(f"accuracy after {size}" for size in scores.sizes)]
        return header, [
            [score.title, score.size, *(float(value) for value in score.accuracy)] for score in scores.scores
        ]


def _of_histogram(found: ColourHistogram) -> list[tuple[str, npt.ArrayLike]]:
    names = [bin_name(found.spec, group, 0) for group in range(found.spec.groups)]
    return [
        (f"share of pixels, bins from {name}", shares[None])
        for name, shares in zip(names, found.shares, strict=True)
    ]


def _of_hog(found: Hog, cell: tuple[int, int]) -> list[tuple[str, npt.ArrayLike]]:
    size = found.spec.cell
    inside = (slice(cell[0] * size, (cell[0] + 1) * size), slice(cell[1] * size, (cell[1] + 1) * size))
    named = f"cell row {cell[0]} col {cell[1]}"
    return [
        (f"grey levels of {named}", found.grey[inside]),
        (f"magnitude in {named}", found.magnitude[inside]),
        (f"angle in {named}", found.angle[inside]),
        (f"histogram of {named}", found.cells[cell][None]),
        ("descriptor, one row a block", found.blocks.reshape(-1, found.spec.block_size)),
    ]


def _of_words(found: VisualWords, step: int) -> list[tuple[str, npt.ArrayLike]]:
    centres, labels = found.run.at(step)
    side = found.spec.patch
    blocks: list[tuple[str, npt.ArrayLike]] = [
        ("share of each word", (found.counts(step) / len(found.places))[None])
    ]
    blocks += [(f"word {word + 1}", centre.reshape(side, side)) for word, centre in enumerate(centres)]
    if labels is not None:
        blocks.append(("patches: row, col, word", np.column_stack([found.places, labels + 1])))
    return blocks
