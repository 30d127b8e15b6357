"""The view "Ask": what gradients say about the picture, and pictures that are grown for a class or a unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.errors import ErrorReport, UserError
from engine.images import encode_png
from engine.inside.asking.requests import Attribution, CamMap, Grown, Saliency
from gui.bridge import Bridge
from gui.pages.base import Verb
from gui.pages.units.asking import words
from gui.pages.units.asking.answers import AskingAnswers, growth_of
from gui.pages.units.asking.controls import AskingControls
from gui.pages.units.asking.gradients_stage import WAITING, GradientsStage
from gui.pages.units.asking.grow_stage import GrowStage
from gui.pages.units.asking.settings import METHODS, AskingSettings, Method
from gui.pages.units.saving import Arrays, numbers_verb, picture_verb
from gui.pages.units.seen_picture import in_colour
from gui.pages.units.view import Subject, UnitView
from gui.theme import space
from gui.widgets.facts import Fact

LIVE: Final = "The picture is live; freeze it to see this."
LONG: Final[tuple[Method, ...]] = ("smooth", "integrated")
"""Methods that take many passes, and so are not asked of what plays."""


class AskingView(UnitView):
    """Selvaraju et al. (2017), Simonyan et al. (2013), Smilkov et al. (2017), Sundararajan et al. (2017) side by side;
    Erhan et al. (2009) live."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._settings = AskingSettings()
        self._active = False
        self._labels: tuple[str, ...] = ()
        self._best: int | None = None
        self._answers = AskingAnswers(bridge, self)
        self._controls = AskingControls()
        self.gradients, self.grow = GradientsStage(), GrowStage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.gradients)
        self._stack.addWidget(self.grow)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.m, space.l, space.m)
        column.addWidget(self._stack)
        self.setFocusProxy(self.gradients.views["cam"])
        self._connect()

    def _connect(self) -> None:
        self._answers.came.connect(self._came)
        self._answers.outdated.connect(self._outdated)
        self._answers.refused.connect(self._refused)
        self._answers.stopped.connect(self._stopped)
        self._controls.changed.connect(self.changed)
        self._controls.stopAsked.connect(self._stop_or_go_on)
        self._controls.keepAsked.connect(self._keep)
        self.gradients.largeAsked.connect(self._toggle_large)
        self.gradients.pointed.connect(self.pointed)
        self.grow.pointed.connect(self.pointed)

    # --- what a view gives ----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, settings: Any) -> None:
        if self._subject is not None and self._subject.net != subject.net:
            self._labels, self._best = (), None
            self.gradients.forget()
            self.grow.say(WAITING)
            self._answers.forget_grown()
        before, self._subject, self._settings = self._subject, subject, settings
        if before is None or before.frame is not subject.frame or before.net != subject.net:
            self.gradients.announce(subject.frame)
        was_live = before is not None and before.frames is not None
        if was_live != self._live or (self._live and before is not None and before.net != subject.net):
            for method in LONG:
                self.gradients.say(method, LIVE if self._live else WAITING)
        self._controls.show_settings(settings)
        self._show_classes()
        self._stack.setCurrentWidget(self.grow if settings.part == "grow" else self.gradients)
        self.gradients.show_large(settings.large)
        self._ask()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        else:
            self._answers.drop()

    def facts(self) -> list[Fact]:
        if self._settings.part == "grow":
            return [] if self.grow.grown is None else words.grown_facts(self.grow.grown)
        cam, integrated = self.gradients.answer("cam"), self.gradients.answer("integrated")
        rows = words.cam_facts(cam) if isinstance(cam, CamMap) else []
        return rows + (words.integrated_facts(integrated) if isinstance(integrated, Attribution) else [])

    def escape(self) -> bool:
        """Back from one method to all of them."""
        if self._settings.part == "grow" or not self._settings.large:
            return False
        self.looked.emit(replace(self._settings, large=""))
        return True

    def verbs(self) -> list[Verb]:
        if self._settings.part == "grow":
            return [picture_verb(self, "Save grown picture (PNG)…", "convscope-grown", self._grown_png)]
        return [numbers_verb(self, "Save gradients (CSV)…", "convscope-gradients", self.arrays)]

    def arrays(self) -> Arrays:
        """The numbers behind the pictures. Raises UserError while there are none."""
        found: list[tuple[str, Any]] = []
        for method in METHODS:
            answer = self.gradients.answer(method)
            if isinstance(answer, CamMap):
                found += [("Grad-CAM", answer.cam), ("weights of the maps", answer.weights)]
            elif isinstance(answer, Saliency):
                found.append((words.TITLES[method], answer.gradient))
            elif isinstance(answer, Attribution):
                found.append((words.TITLES[method], answer.values))
        if not found:
            raise UserError("There are no gradients yet.", "Wait until the net has answered.")
        return found

    def _grown_png(self) -> bytes:
        if self.grow.grown is None:
            raise UserError("No picture has grown yet.", "Wait for the first steps.")
        return encode_png(in_colour(self.grow.grown.pixels))

    @property
    def settled(self) -> bool:
        return self._answers.settled(self._settings)

    # --- asking ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if not self._active or self._subject is None:
            return
        self._answers.want(self._subject, self._settings)
        if self._settings.part == "grow":
            wanted = growth_of(self._subject, self._settings, self._best)
            if wanted is not None:
                self._answers.grow(wanted)
        self._show_growing()

    @property
    def _live(self) -> bool:
        return self._subject is not None and self._subject.frames is not None

    def _show_growing(self) -> None:
        self._controls.show_growing(self._answers.growing, something=self.grow.grown is not None)

    def _show_classes(self) -> None:
        self._controls.classes.show_classes(self._labels, self._settings.target, self._best)

    # --- answers --------------------------------------------------------------------------------------------

    @Slot(str)
    def _outdated(self, method: str) -> None:
        if method == "grow":
            self.grow.set_stale(True)
        else:
            self.gradients.set_stale(method, not self._live)  # of what plays, every answer is a frame old

    @Slot(str, object, bool)
    def _came(self, method: str, answer: Any, fresh: bool) -> None:
        if self._subject is None or answer.request.net != self._subject.net:
            return
        if isinstance(answer, Grown):
            self.grow.show_grown(answer)
        else:
            self.gradients.show_answer(method, answer)
            self.gradients.set_stale(method, not fresh and not self._live)
            self._learn(answer)
        self._show_growing()
        self.factsChanged.emit()
        self.settledChanged.emit()

    def _learn(self, answer: CamMap | Saliency | Attribution) -> None:
        """The names of the classes, and the net's best answer where that was asked about."""
        self._labels = answer.labels
        asked = answer.request.target
        if isinstance(answer, CamMap) and asked.index is None and not asked.layer:
            before, self._best = self._best, answer.aimed.target.index
            if self._best != before and self._settings.part == "grow":
                self._ask()
        self._show_classes()

    @Slot(str, object)
    def _refused(self, method: str, report: ErrorReport) -> None:
        sentence = f"{report.sentence} {report.hint}".strip()
        if method == "grow":
            self.grow.say(sentence)
        else:
            self.gradients.say(method, sentence)
            if self._settings.part == "grow" and method == "cam":
                self.grow.say(sentence)
        self._show_growing()
        self.factsChanged.emit()
        self.settledChanged.emit()

    @Slot()
    def _stopped(self) -> None:
        self.grow.set_stale(False)
        self._show_growing()
        self.settledChanged.emit()

    # --- hand -----------------------------------------------------------------------------------------------

    @Slot(str)
    def _toggle_large(self, method: str) -> None:
        changes: dict[str, Any] = {"large": "" if self._settings.large == method else method}
        self.looked.emit(replace(self._settings, **changes))

    @Slot()
    def _stop_or_go_on(self) -> None:
        if self._answers.growing:
            self._answers.stop_growing()
            return
        if self._subject is not None:
            wanted = growth_of(self._subject, self._settings, self._best)
            if wanted is not None:
                self._answers.go_on_growing(wanted)
        self._show_growing()

    @Slot()
    def _keep(self) -> None:
        self.grow.keep()
