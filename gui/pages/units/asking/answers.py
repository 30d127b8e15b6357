"""What the view "Ask" asks the engine: four gradients of a picture, or a picture that grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.images import Frame
from engine.inside.asking.requests import (
    Baseline,
    GradCam,
    Grown,
    InputGradient,
    IntegrateGradients,
    Maximise,
    Target,
)
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.latest import CANCELLED, Latest
from gui.pages.units.asking.settings import AskingSettings
from gui.pages.units.view import Subject
from gui.question import Question

QUIET_MS: Final = 250
"""How long a hand has to rest before what takes many passes begins."""


@dataclass(frozen=True, slots=True)
class _About:
    """What an answer belongs to. Frames compare by identity; holding them keeps identities unique."""

    net: str
    frame: Frame
    target: Target
    how: tuple[str | int | float, ...] = ()


class AskingAnswers(QObject):
    """came(method, answer, bool): whether it is about what is on show; outdated(method); refused(method, ErrorReport).

    Methods are those of settings.METHODS, and "grow". stopped(): a person stopped the growing.
    """

    came = Signal(str, object, bool)
    outdated = Signal(str)
    refused = Signal(str, object)
    stopped = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._cam = self._quick(bridge, "cam")
        self._gradient = self._quick(bridge, "gradient")
        self._smooth = self._long(bridge, "smooth")
        self._integrated = self._long(bridge, "integrated")
        self._grow = self._long(bridge, "grow")
        self._grown: Maximise | None = None
        self._wanted: Maximise | None = None
        self._growing = False
        self._live = False

    def _quick(self, bridge: Bridge, method: str) -> Latest:
        channel = bridge.channel(f"units.asking.{method}", Priority.INTERACTIVE, self, handles_failures=True)
        question = Latest(channel, self)
        _Relay(self, method, question)
        return question

    def _long(self, bridge: Bridge, method: str) -> Question:
        channel = bridge.channel(f"units.asking.{method}", Priority.LONG, self, handles_failures=True)
        question = Question(channel, self, QUIET_MS)
        if method == "grow":  # before the relay: whoever hears of an answer asks whether it was the last one
            self._channel = channel
            question.answered.connect(self._grew)
            channel.cancelled.connect(self._stopped)
        relay = _Relay(self, method, question)
        if method != "grow":
            channel.cancelled.connect(relay.cancelled)
        return question

    def want(self, subject: Subject, settings: AskingSettings) -> None:
        """This is on show; nothing is asked while its picture is on its way."""
        if settings.part != "grow":
            self._drop_growing()
        if subject.frame is None:
            return
        net, frame, target = subject.net, subject.frame, target_of(subject, settings)
        grows = settings.part == "grow"
        if (
            grows
        ):  # its only use then is to learn the classes, and which of them the net takes the picture for
            target = Target(settings.target)
        layer = subject.layer if settings.layer == "chosen" and not grows else ""
        about = _About(net, frame, target, (layer,))
        self._cam.want(about, lambda: GradCam(net, frame, target, layer), urgent=(net, target))
        if grows:
            for question in (self._gradient, self._smooth, self._integrated):
                question.drop()
            return
        self._gradient.want(
            _About(net, frame, target), lambda: InputGradient(net, frame, target), urgent=(net, target)
        )
        self._live = subject.frames is not None
        if self._live:  # the next frame would be there before they were through
            self._smooth.drop()
            self._integrated.drop()
            return
        samples, noise, points = settings.samples, settings.noise, settings.points
        baseline: Baseline = settings.baseline
        self._smooth.want(
            _About(net, frame, target, (samples, noise)),
            lambda: InputGradient(net, frame, target, samples, noise),
        )
        self._integrated.want(
            _About(net, frame, target, (points, baseline)),
            lambda: IntegrateGradients(net, frame, target, points, baseline),
        )

    def grow(self, request: Maximise) -> None:
        """Grow this picture, unless it has grown already, was stopped or was refused."""
        if request not in (self._grown, self._wanted):
            self._wanted, self._growing = request, True
            self._grow.want(request, lambda: request)

    def forget_grown(self) -> None:
        """The picture that had grown is not on show any more."""
        self._grown = None
        self._drop_growing()

    def stop_growing(self) -> None:
        """Leave the picture as it is."""
        self._channel.cancel()

    def go_on_growing(self, request: Maximise) -> None:
        """Grow anew what was stopped."""
        self._grown = None
        self._drop_growing()
        self.grow(request)

    @property
    def growing(self) -> bool:
        """Whether a picture is on its way."""
        return self._growing

    def drop(self) -> None:
        """Out of view: nothing may keep the engine busy."""
        for question in (self._cam, self._gradient, self._smooth, self._integrated):
            question.drop()
        self._drop_growing()

    def settled(self, settings: AskingSettings) -> bool:
        """Whether all that is on show was answered."""
        if settings.part == "grow":
            return not self._growing and not (self._grown is None and self._wanted is None)
        long = () if self._live else (self._smooth, self._integrated)
        questions = (self._cam, self._gradient, *long)
        return all(question.settled for question in questions)

    def _drop_growing(self) -> None:
        self._growing, self._wanted = False, None
        self._grow.drop()

    @Slot(object)
    def _grew(self, answer: Grown) -> None:
        if answer.complete:
            self._growing, self._grown = False, answer.request

    @Slot()
    def _stopped(self) -> None:
        if self._growing and self._grow.settled:  # else another picture takes its place
            self._growing = False
            self.stopped.emit()

    def ended(self, method: str) -> None:
        """A refusal ends the growing, too."""
        if method == "grow":
            self._growing = False


class _Relay(QObject):
    """Passes on what a question says, with the name of its method."""

    def __init__(self, answers: AskingAnswers, method: str, question: Latest | Question) -> None:
        super().__init__(answers)
        self._answers, self._method = answers, method
        self._question = question
        question.outdated.connect(self._outdated)
        question.answered.connect(self._fresh if isinstance(question, Question) else self._latest)
        question.refused.connect(self._refused)

    @Slot()
    def _outdated(self) -> None:
        self._answers.outdated.emit(self._method)

    @Slot(object)
    def _fresh(self, answer: object) -> None:
        self._answers.came.emit(self._method, answer, True)

    @Slot(object, bool)
    def _latest(self, answer: object, fresh: bool) -> None:
        self._answers.came.emit(self._method, answer, fresh)

    @Slot()
    def cancelled(self) -> None:
        """A person took a long question back; one that another takes the place of is not settled."""
        if self._question.settled:
            self._refused(CANCELLED)

    @Slot(object)
    def _refused(self, report: object) -> None:
        self._answers.ended(self._method)
        self._answers.refused.emit(self._method, report)


def target_of(subject: Subject, settings: AskingSettings) -> Target:
    """What the gradients are taken of."""
    if settings.about == "unit":
        return Target(subject.channel, subject.layer, subject.position)
    return Target(settings.target)


def growth_of(subject: Subject, settings: AskingSettings, best: int | None) -> Maximise | None:
    """What is to grow; None while the net's own best answer, which is wanted, is not known."""
    index = (
        (best if settings.target is None else settings.target)
        if settings.goal == "class"
        else subject.channel
    )
    if index is None:
        return None
    layer = "" if settings.goal == "class" else subject.layer
    return Maximise(
        subject.net, settings.goal, index, layer, settings.ascent, settings.rate, settings.jitter, settings.blur,
        settings.smoothing, settings.seed,
    )  # fmt: skip
