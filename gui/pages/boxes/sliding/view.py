"""The view "Sliding windows": a small net passes over a picture, window by window and as one convolution."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSizeF, QVariantAnimation, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.detection.sliding.requests import Crops, Slid
from engine.errors import UserError
from engine.images import Frame
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.boxes.sliding import exports, facts
from gui.pages.boxes.sliding.answers import SlidingAnswers
from gui.pages.boxes.sliding.compare_scene import compare_scene
from gui.pages.boxes.sliding.controls import SlidingControls
from gui.pages.boxes.sliding.fold_scene import fold_scene
from gui.pages.boxes.sliding.hand import Hand
from gui.pages.boxes.sliding.settings import FOLD_STEPS, SlidingSettings
from gui.pages.boxes.sliding.shown import Folding, Shown, folding, request_of, resolve
from gui.pages.boxes.sliding.slide_scene import slide_scene
from gui.pages.boxes.sliding.starter import starter_frame, starter_strokes
from gui.pages.boxes.view import Arrays, BoxesView, Subject
from gui.theme import motion, space, theme
from gui.widgets.badge import Badge
from gui.widgets.canvas import Builder, Canvas, empty_scene
from gui.widgets.facts import Fact
from gui.widgets.source_state import SourceState
from gui.widgets.wrapped import Wrapped

WINDOW_MS, STEP_MS = 80, 2500
"""Hundreds of windows pass quickly; a step of folding has a sentence or two to be read."""
PICTURE_COMES: Final = "The picture is on its way."
NOTHING: Final = "There is no window to compare."
LIVE: Final = "What plays is read in one pass; freeze it to have its windows measured one by one."


class SlidingView(BoxesView):
    """A walk over windows, the folding of the net, and both ways beside one another."""

    needs_picture = False

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SlidingSettings()
        self._subject = Subject(None)
        self._active = False
        self._slid: Slid | None = None
        self._crops: Crops | None = None
        self._shown: Shown | None = None
        self._folding: Folding | None = None
        self._hovered: tuple[int, int] | None = None
        self._drawn_step: int | None = None
        self._backwards = False
        self._failure = ""
        self._answers = SlidingAnswers(bridge, self)
        self._controls = SlidingControls()
        self._badge, self._check_badge = Badge(self, library="crops"), Badge(self)
        for badge in (self._badge, self._check_badge):
            badge.hide()  # one of them at a time stands in the inspector
        self.canvas = Canvas()
        self.canvas.setAccessibleName("The sliding window")
        self.line, self.problem = Wrapped("muted"), Wrapped("warn")
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, space.s)
        column.setSpacing(0)
        for label in (self.line, self.problem):
            label.setContentsMargins(space.l, 0, space.l, 0)
            label.hide()
            column.addWidget(label)
        column.addWidget(self.canvas, 1)
        self.setFocusProxy(self.canvas)

    def _connect(self) -> None:
        self._controls.changed.connect(self.changed)
        self._controls.looked.connect(self.looked)
        self._controls.drawAsked.connect(self._draw)
        answers = self._answers
        answers.slid.connect(self._slid_came)
        answers.cropped.connect(self._crops_came)
        answers.failed.connect(self._failed)
        answers.cropsFailed.connect(self._crops_failed)
        answers.waiting.connect(self._waits)
        answers.check.tell(self._check_badge)
        for signal in (answers.check.checked, answers.check.failed, answers.check.unchecked):
            signal.connect(self._check_told)
        self._hand = Hand(self)
        self._motion.valueChanged.connect(self._moved)

    # --- what a view gives ----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def aside(self) -> QWidget:
        return self._check_badge if self._settings.part == "fold" else self._badge

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._subject, self._settings = subject, settings
        self.needs_picture = settings.picture == "page"
        self._failure = ""
        self._complain("")
        self._controls.show_settings(settings)
        self._show()
        self._ask()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        else:
            self._motion.stop()
            self._answers.stop()

    def facts(self) -> list[Fact]:
        if self._folding is not None:
            return facts.fold_facts(self._folding)
        return [] if self._shown is None else facts.view_facts(self._shown)

    def steps(self) -> tuple[int, int, str] | None:
        if self._settings.part == "fold":
            return len(FOLD_STEPS), self._settings.step, "step"
        if self._settings.part == "slide" and self._shown is not None:
            return self._shown.windows, self._shown.index, "window"
        return None

    def pace(self) -> int:
        return WINDOW_MS if self._settings.part == "slide" else STEP_MS

    def go_to(self, step: int) -> None:
        changes: dict[str, Any] = {"step" if self._settings.part == "fold" else "window": step}
        steps = self.steps()
        if steps is not None and steps[1] != step:
            self.looked.emit(replace(self._settings, **changes))

    def arrays(self) -> Arrays:
        return exports.arrays(self._shown, self._folding)

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """The stage for an export: as vectors, and without the line above it."""
        self.canvas.paint(painter, size)

    def preferred_size(self) -> QSizeF:
        """The size that an export has."""
        return self.canvas.preferred_size()

    def film(self) -> FilmSource | None:
        return exports.film(self._shown, self._folding, self._settings)

    @property
    def settled(self) -> bool:
        if self._failure:
            return True
        if self._settings.part == "fold":
            return self._folding is not None and self._answers.check.settled
        crops = self._live or self._answers.crops_settled
        return self._answers.once_settled and crops and not self._motion_on

    # --- asking ---------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The picture that is looked at."""
        return starter_frame() if self._settings.picture == "digits" else self._subject.frame

    @property
    def settings(self) -> SlidingSettings:
        """What is set."""
        return self._settings

    @property
    def shown(self) -> Shown | None:
        """What is on show, None while there is nothing."""
        return self._shown

    @property
    def folded(self) -> Folding | None:
        """What is on show while the net folds."""
        return self._folding

    @property
    def _live(self) -> bool:
        return self._settings.picture == "page" and self._subject.frames is not None

    @property
    def _motion_on(self) -> bool:
        return self._motion.state() is QVariantAnimation.State.Running

    def _ask(self) -> None:
        frame = self.frame
        if not self._active or frame is None or self._failure:
            return
        if self._folding is not None:
            self._answers.want_check(self._folding.larger)
        self._answers.want(request_of(self._settings, frame))
        if self._live:
            self._answers.drop_crops()
            self._badge.show_waiting(LIVE)
        elif self._settings.part != "fold":
            self._answers.want_crops(request_of(self._settings, frame))

    @Slot(object, bool)
    def _slid_came(self, slid: Slid, fresh: bool) -> None:
        self._slid = slid
        self._complain("")
        self._show()
        self.canvas.set_stale(not fresh and not self._live)

    @Slot(object)
    def _crops_came(self, crops: Crops) -> None:
        self._crops = crops
        if crops.complete:
            self._badge.show_result(crops)
        else:
            self._badge.show_checking()
        self._show()
        if crops.complete:
            self.settledChanged.emit()

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._complain(sentence)
        self.settledChanged.emit()

    @Slot(str)
    def _crops_failed(self, sentence: str) -> None:
        self._badge.show_failure(sentence)
        self.settledChanged.emit()

    @Slot(str)
    def _waits(self, sentence: str) -> None:
        self.line.say(sentence)
        self.line.setVisible(bool(sentence))

    @Slot()
    def _check_told(self) -> None:
        self.settledChanged.emit()

    # --- what is shown --------------------------------------------------------------------------------------

    def _complain(self, sentence: str) -> None:
        """A line above the stage: what is wrong; "" for nothing."""
        self.problem.say(sentence)
        self.problem.setVisible(bool(sentence))

    def _show(self) -> None:
        """Draw what memory holds."""
        settings, frame = self._settings, self.frame
        self._folding = None
        if frame is None:
            self._shown = None
            self._waits(PICTURE_COMES)
            self.canvas.set_builder(empty_scene)
            return
        if self.line.text() == PICTURE_COMES:
            self._waits("")
        try:
            before = self._shown
            self._shown = resolve(settings, frame, self._fitting_slid(frame), self._crops)
            if settings.part == "fold":
                self._folding = folding(self._shown)
        except UserError as error:
            self._refuse(error)
            return
        stale = self._shown.slid is not None and self._shown.slid.request != request_of(settings, frame)
        self.canvas.set_stale(stale and not self._live and settings.part != "fold")
        same_scales = before is not None and before.levels is self._shown.levels
        self._draw_part(glide=same_scales)
        self.stepsChanged.emit()
        self.factsChanged.emit()

    def _fitting_slid(self, frame: Frame) -> Slid | None:
        """The last answers; of another picture, or while the net folds, only those of what is set."""
        slid = self._slid
        if slid is None:
            return None
        wanted = request_of(self._settings, frame)
        same_picture = slid.request.frame is frame or self._live
        return slid if slid.request == wanted or (same_picture and self._settings.part != "fold") else None

    def _refuse(self, error: UserError) -> None:
        self._failure = str(error)
        self._shown = None
        self._answers.stop()
        self._badge.show_waiting(NOTHING)
        self._waits("")
        self._complain(self._failure)
        self.canvas.set_stale(False)
        self.canvas.set_builder(empty_scene)
        self.stepsChanged.emit()
        self.factsChanged.emit()
        self.settledChanged.emit()

    def _draw_part(self, *, glide: bool) -> None:
        """Draw the part on show; `glide`: the window may slide to its new place, as the picture is the same."""
        step = self._settings.step if self._folding is not None else None
        before, self._drawn_step = self._drawn_step, step
        if step is None or before is None or abs(step - before) != 1 or not self._moves:
            if step != before:
                self._motion.stop()
            if not self._motion_on:
                self.canvas.set_builder(self._builder(), glide=glide)
            return
        self._backwards = step < before
        self._motion.setDuration(theme.duration(motion.depth))
        self._motion.stop()
        self._motion.start()

    @property
    def _moves(self) -> bool:
        return not theme.reduced_motion and self.isVisible()

    def _builder(self) -> Builder:
        """What lays the stage out."""
        if self._folding is not None:
            return partial(fold_scene, self._folding, 1.0, self._hovered)
        assert self._shown is not None
        return partial(compare_scene if self._settings.part == "compare" else slide_scene, self._shown)

    @Slot(object)
    def _moved(self, value: float) -> None:
        """A step of folding on its way; backwards it is the step that is left, undone."""
        if self._folding is None:
            return
        eased = 1 - (1 - float(value)) ** 3
        made, share = self._folding, eased
        if self._backwards and share < 1:
            later = replace(self._folding.settings, step=self._folding.settings.step + 1)
            made, share = replace(self._folding, settings=later), 1 - eased
        self.canvas.set_builder(partial(fold_scene, made, share, self._hovered), glide=False)

    # --- keys -----------------------------------------------------------------------------------------------

    def hover_answer(self, cell: tuple[int, int] | None) -> None:
        """Show the window of an answer while the pointer is on it."""
        if cell != self._hovered:
            self._hovered = cell
            if not self._motion_on and self._folding is not None:
                self.canvas.set_builder(self._builder())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().casefold() == "c" and self._settings.part == "fold" and not event.modifiers():
            self.looked.emit(replace(self._settings, shared=not self._settings.shared))
        else:
            super().keyPressEvent(event)

    def escape(self) -> bool:
        """From the larger picture and from the comparison back to the walk."""
        if self._settings.part == "slide":
            return False
        self.looked.emit(replace(self._settings, part="slide"))
        return True

    @Slot()
    def _draw(self) -> None:
        """The digits come onto the drawing board of the page."""
        source = SourceState("drawing", "dark", strokes=starter_strokes())
        fields = {"view": "sliding", "source": source, "sliding": replace(self._settings, picture="page")}
        self.pageAsked.emit("boxes", fields)
