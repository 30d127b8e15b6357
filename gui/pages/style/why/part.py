"""What each of the four parts of the view "Why" is, and what it is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.style.requests import CostRows, Pixels, Plan
from gui.pages.style.view import Subject
from gui.pages.style.why.settings import WhySettings
from gui.widgets.facts import Fact


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """`plan`: names the layers of the net, None while it is on its way. `costs`: of the run in the view "Paint"."""

    subject: Subject
    own: WhySettings
    plan: Plan | None
    costs: tuple[CostRows, ...] = ()

    @property
    def generated(self) -> Pixels | None:
        """The painting so far; the content before there is one."""
        if self.subject.painted is not None:
            return self.subject.painted
        return None if self.subject.content is None else self.subject.content.pixels

    @property
    def size(self) -> int:
        """The longer side in pixels at which the run looks at `generated`; a run grows from size to size."""
        painted = self.subject.painted
        return self.subject.settings.size if painted is None else max(painted.shape[:2])

    @property
    def style_number(self) -> int:
        """Of blended styles, the one whose tile is chosen; else the first."""
        tile = getattr(self.subject.state, "tile", 0)
        return min(max(tile - 1, 0), max(len(self.subject.styles) - 1, 0))

    @property
    def style_layers(self) -> tuple[tuple[str, float], ...]:
        """The layers whose style counts, with their lambda."""
        return () if self.plan is None else tuple((name, w) for name, w in self.plan.style if w > 0)

    @property
    def titles(self) -> dict[str, str]:
        """Of all layers that the net lends, in their order."""
        return {} if self.plan is None else {name: title for name, title, _ in self.plan.layers}


def from_the_top(tile: QWidget) -> QVBoxLayout:
    """A tile that is as high as its picture needs; what is left stays free beneath it."""
    column = QVBoxLayout()
    column.addWidget(tile, 1)
    column.addStretch(0)
    return column


class WhyPart(QWidget):
    """Draws at once what memory holds, and asks the engine only while it is active."""

    looked = Signal(object)
    """The WhySettings as they are to be, after looking around."""
    changed = Signal(object, str)
    """The WhySettings as they are to be, a step of undo, and the gesture that it belongs to."""
    pointed = Signal(list)
    factsChanged = Signal()
    stepsChanged = Signal()
    settledChanged = Signal()

    def show_looked(self, looked: Looked) -> None:
        """Show this."""
        raise NotImplementedError

    def set_active(self, active: bool) -> None:
        """It came into sight, or went out of it."""
        raise NotImplementedError

    @property
    def settled(self) -> bool:
        """Whether everything that the settings owe is on the screen."""
        return True

    def facts(self) -> list[Fact]:
        """What the inspector tells."""
        return []

    def aside(self) -> QWidget | None:
        """What stands beneath the facts."""
        return None

    def steps(self) -> tuple[int, int, str] | None:
        """(count, index, noun) for the stepper."""
        return None

    def go_to(self, step: int) -> None:
        """The stepper moved."""

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """Named numbers on show, for a CSV file."""
        return []
