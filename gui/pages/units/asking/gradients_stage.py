"""Four ways of asking side by side: pointing reads values, a click gives one of them the stage."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.images import Frame
from engine.inside.asking.requests import Attribution, CamMap, Saliency
from gui.pages.units.asking import words
from gui.pages.units.asking.settings import METHODS
from gui.pages.units.seen_picture import grey_picture_of
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.heat_view import HeatView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.plate import number_text
from gui.widgets.wrapped import Wrapped

WAITING = "The answer is on its way."
Answer = CamMap | Saliency | Attribution


class GradientsStage(QWidget):
    """largeAsked(method): a tile was clicked; pointed(facts)."""

    largeAsked = Signal(str)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: dict[str, PictureTile] = {}
        self.views: dict[str, HeatView] = {}
        self._answers: dict[str, Answer] = {}
        self._large = ""
        self.sentence = Wrapped()
        self._grid = QGridLayout()
        self._grid.setSpacing(space.l)
        for index, method in enumerate(METHODS):
            view = HeatView(words.TITLES[method])
            view.set_empty_text(WAITING, "eye-off-outline")
            tile = PictureTile(words.TITLES[method], view, keyed=True)
            self.views[method], self.tiles[method] = view, tile
            self._grid.addWidget(tile, index // 2, index % 2)
            pointer = _Pointer(self, method)
            view.hovered.connect(pointer.hovered)
            view.left.connect(pointer.left)
            view.clicked.connect(pointer.clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(self._grid, 1)
        column.addWidget(self.sentence)
        theme.changed.connect(self._recolour)

    def answer(self, method: str) -> Answer | None:
        """What is on show of a method."""
        return self._answers.get(method)

    def show_answer(self, method: str, answer: Answer) -> None:
        """Show what a method says."""
        self._answers[method] = answer
        self._paint(method)
        self.views[method].set_stale(False)
        if isinstance(answer, Attribution):
            self.sentence.say(words.completeness(answer))

    def announce(self, frame: Frame | None) -> None:
        """Show the picture that is asked about while there is no answer."""
        if "cam" not in self._answers:
            self.views["cam"].set_frame(frame)
            self.tiles["cam"].say(words.TITLES["cam"], WAITING)
            self.tiles["cam"].arrange()

    def set_stale(self, method: str, stale: bool) -> None:
        """What is on show of a method belongs to the past."""
        self.views[method].set_stale(stale and method in self._answers)

    def say(self, method: str, sentence: str) -> None:
        """A method has no answer: why."""
        self._answers.pop(method, None)
        view, tile = self.views[method], self.tiles[method]
        view.set_empty_text(sentence, "eye-off-outline")
        view.set_rgb(None)
        view.show_heat(None)
        tile.show_key(None)
        tile.say(words.TITLES[method])
        tile.arrange()
        if method == "integrated":
            self.sentence.say("")

    def forget(self) -> None:
        """Another net: nothing of the one before is told any more."""
        for method in METHODS:
            self.say(method, WAITING)

    def show_large(self, method: str) -> None:
        """Give one method the stage, "" shares it among all."""
        self._large = method
        for name, tile in self.tiles.items():
            tile.setVisible(method in ("", name))
        self.sentence.setVisible(method in ("", "integrated"))

    def facts_at(self, method: str, x: int, y: int) -> list[Fact]:
        """What is known about a pixel of a tile."""
        view, answer = self.views[method], self._answers.get(method)
        cell = view.cell_of(x, y)
        if answer is None or cell is None or view.heat is None:
            return []
        row, column = cell
        what = {"cam": "weighted sum, above 0", "integrated": "attribution"}.get(method, "|gradient|")
        rows: list[Fact] = [
            (words.TITLES[method], f"row {row}, column {column}", "Counted from 0."),
            (what, number_text(float(view.heat.values[row, column]), 5), ""),
        ]
        if isinstance(answer, Saliency):
            parts = ", ".join(number_text(float(v), 4) for v in answer.gradient[:, row, column])
            rows.append(("of each channel", parts, "The gradient with its sign."))
        return rows

    def _paint(self, method: str) -> None:
        answer, view, tile = self._answers[method], self.views[method], self.tiles[method]
        view.set_rgb(grey_picture_of(answer.seen))
        heat, key, detail = _drawn(method, answer)
        view.show_heat(heat)
        tile.show_key(key)
        tile.say(words.TITLES[method], detail)
        tile.arrange()

    @Slot()
    def _recolour(self) -> None:
        for method in self._answers:
            self._paint(method)


class _Pointer(QObject):
    """What a pointer does on one tile."""

    def __init__(self, stage: GradientsStage, method: str) -> None:
        super().__init__(stage)
        self._stage, self._method = stage, method

    @Slot(int, int)
    def hovered(self, x: int, y: int) -> None:
        self._stage.pointed.emit(self._stage.facts_at(self._method, x, y))

    @Slot()
    def left(self) -> None:
        self._stage.pointed.emit([])

    @Slot(int, int)
    def clicked(self, _x: int, _y: int) -> None:
        self._stage.largeAsked.emit(self._method)


def _drawn(method: str, answer: Any) -> tuple[Any, Any, str]:
    if isinstance(answer, CamMap):
        return *words.cam_heat(answer), words.cam_detail(answer)
    if isinstance(answer, Attribution):
        return *words.signed_heat(answer.values), words.integrated_detail(answer)
    detail = words.smooth_detail(answer) if method == "smooth" else words.gradient_detail(answer)
    return *words.size_heat(answer.gradient), detail
