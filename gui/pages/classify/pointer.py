"""What the pointer is on, kept so that its numbers follow every answer, every picture and every net."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from engine.networks.requests import Classification
from gui.pages.classify.inspector import under_bar, under_picture, under_seen
from gui.pages.classify.stage import Stage
from gui.widgets.facts import Fact

Facts = Sequence[Fact]
NOTHING: Facts = ()


class Pointer(QObject):
    """Tells `show` about the pixel or the class that a person points at; a place that is gone is nothing.

    `answer` gives the answer on show. Call refresh() whenever picture or answer are others.
    """

    def __init__(
        self,
        stage: Stage,
        answer: Callable[[], Classification | None],
        show: Callable[[Facts], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._stage, self._answer, self._show = stage, answer, show
        self._under: Callable[[], Facts] = lambda: NOTHING
        stage.picture.hovered.connect(self._on_picture)
        stage.picture.left.connect(self._on_nothing)
        stage.seen.pointed.connect(self._on_seen)
        stage.seen.pointedNone.connect(self._on_nothing)
        stage.bars.hovered.connect(self._on_bar)

    @Slot()
    def refresh(self) -> None:
        """Ask again what is at the place pointed at."""
        self._show(self._under())

    def _turn_to(self, under: Callable[[], Facts]) -> None:
        self._under = under
        self.refresh()

    @Slot(int, int)
    def _on_picture(self, _x: int, _y: int) -> None:
        self._turn_to(self._picture_facts)

    @Slot(int, int)
    def _on_seen(self, x: int, y: int) -> None:
        size = self._stage.seen.view.picture_size
        self._turn_to(lambda: self._seen_facts(x, y, size))

    @Slot(int)
    def _on_bar(self, row: int) -> None:
        self._turn_to(lambda: self._bar_facts(row))

    @Slot()
    def _on_nothing(self) -> None:
        self._turn_to(lambda: NOTHING)

    def _picture_facts(self) -> Facts:
        """The picture may have another size by now: it knows which of its pixels lies under the pointer."""
        picture = self._stage.picture
        place = picture.pixel_pointed_at()
        return NOTHING if picture.frame is None or place is None else under_picture(picture.frame, *place)

    def _seen_facts(self, x: int, y: int, size: tuple[int, int]) -> Facts:
        answer = self._answer()
        if answer is None or not answer.guesses or self._stage.seen.view.picture_size != size:
            return NOTHING
        return under_seen(answer, x, y)

    def _bar_facts(self, row: int) -> Facts:
        answer, bars = self._answer(), self._stage.bars.bars
        if answer is None or not 0 <= row < len(bars):
            return NOTHING
        return under_bar(answer, bars[row].index)
