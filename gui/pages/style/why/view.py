"""The view "Why": four looks at the costs, one at a time; only the one on show asks the engine."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.style.requests import Plan
from gui.bridge import Bridge
from gui.pages.base import Verb
from gui.pages.style.paint.answers import Answers
from gui.pages.style.paint.notice import Notice
from gui.pages.style.view import StyleView, Subject
from gui.pages.style.why import exports
from gui.pages.style.why.controls import WhyControls
from gui.pages.style.why.grams_part import GramsPart
from gui.pages.style.why.part import Looked, WhyPart
from gui.pages.style.why.rebuild_part import RebuildPart
from gui.pages.style.why.settings import WhySettings
from gui.pages.style.why.shares_part import SharesPart
from gui.pages.style.why.worked_part import WorkedPart
from gui.widgets.facts import Fact

MAKERS: Final = {"grams": GramsPart, "rebuild": RebuildPart, "shares": SharesPart, "worked": WorkedPart}


class WhyView(StyleView):
    """Builds a part when it is first looked at."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._subject: Subject | None = None
        self._own = WhySettings()
        self._active = False
        self._plan: Plan | None = None
        self._problem = ""
        self._parts: dict[str, WhyPart] = {}
        self._answers = Answers(bridge, self, key="style.why")
        self._answers.planned.connect(self._planned)
        self._answers.planFailed.connect(self._plan_failed)
        self._controls = WhyControls()
        self._controls.looked.connect(self.looked)
        self.notice = Notice()
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)

    @property
    def part_name(self) -> str:
        """Of the part on show."""
        return self._own.part

    # --- parts -----------------------------------------------------------------------------------------------

    @property
    def part(self) -> WhyPart:
        """The part on show."""
        name = self._own.part
        if name not in self._parts:
            part = MAKERS[name](self._bridge)
            part.looked.connect(self.looked)
            part.changed.connect(self.changed)
            part.pointed.connect(self.pointed)
            part.factsChanged.connect(self.factsChanged)
            part.stepsChanged.connect(self.stepsChanged)
            part.settledChanged.connect(self.settledChanged)
            self._parts[name] = part
            self._stack.addWidget(part)
        return self._parts[name]

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, own: Any) -> None:
        self._subject, self._own = subject, own
        self._controls.show_own(own)
        part = self.part
        for other in self._parts.values():
            if other is not part:
                other.set_active(False)
        self._stack.setCurrentWidget(part)
        self.setFocusProxy(part)
        self._follow()
        self._show()

    def _show(self) -> None:
        if self._subject is not None:
            self.part.show_looked(Looked(self._subject, self._own, self._plan, self._subject.costs))
            self.part.set_active(self._active)
            self.notice.say(self._problem)

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._follow()
        else:
            self._answers.stop()
        if self._subject is not None:
            self.part.set_active(active)

    def _follow(self) -> None:
        """The names of the net's layers come with the plan of a run."""
        found = None if self._subject is None else self._subject.complete
        if self._subject is not None and found is not None and self._active:
            self._answers.want_plan(self._subject.settings, *found)

    @Slot(object)
    def _planned(self, plan: Plan) -> None:
        self._plan, self._problem = plan, ""
        self._show()

    @Slot(object)
    def _plan_failed(self, report: ErrorReport) -> None:
        self._problem = f"{report.sentence} {report.hint}".strip()
        self._show()
        self.settledChanged.emit()

    # --- what a view gives -----------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        if self._problem:
            return True
        there = self._subject is not None and self._subject.complete is not None
        return there and self._answers.settled and self._plan is not None and self.part.settled

    def facts(self) -> list[Fact]:
        return self.part.facts()

    def aside(self) -> QWidget | None:
        return self.part.aside()

    def steps(self) -> tuple[int, int, str] | None:
        return self.part.steps()

    def go_to(self, step: int) -> None:
        self.part.go_to(step)

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)
