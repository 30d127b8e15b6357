"""What can be taken away from the classification page: the picture with its answer, the probabilities, a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.networks.classifying.snippet import classify_snippet
from engine.networks.requests import Classification
from gui import export
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb

if TYPE_CHECKING:
    from gui.pages.classify.page import ClassifyPage


def verbs(page: ClassifyPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, ClassifyExports(page))


class ClassifyExports:
    """Picture, table and script of the answer on show (see gui.pages.verbs)."""

    def __init__(self, page: ClassifyPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return "convscope-classify"

    @property
    def caption(self) -> str:
        answer = self._page.answer
        if answer is None or not answer.guesses:
            return "No answer yet."
        best = answer.guesses[0]
        return f"{answer.weights} to {answer.frame.name}: {best.label}, {best.probability:.1%}"

    def picture(self) -> export.Paintable | QWidget:
        return self._page.stage.body

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Every class with its probability and logit, likeliest first; with what it was before the edits."""
        answer = self._answer()
        before = self._page.before
        header = ["index", "class", "probability", "logit"]
        header += ["before the edits"] if before is not None else []
        order = sorted(range(len(answer.labels)), key=lambda index: -float(answer.probabilities[index]))
        logits = answer.logits
        rows: list[list[object]] = []
        for index in order:
            row: list[object] = [index, answer.labels[index], answer.probabilities[index]]
            row.append("" if logits is None else logits[index])
            if before is not None:
                row.append(before.probabilities[index])
            rows.append(row)
        return header, rows

    def script(self) -> str:
        """A runnable PyTorch script of the answer."""
        return classify_snippet(self._answer())

    def _answer(self) -> Classification:
        answer = self._page.answer
        if answer is None or not answer.guesses:
            raise UserError("There is no answer to save yet.", "Choose a picture and a net first.")
        return answer
