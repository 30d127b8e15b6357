"""What the view "Live" asks the engine: the kept nets, and pictures as one of them or the optimisation paints them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.images import Frame
from engine.jobs import Priority
from engine.mailbox import Mailbox
from engine.style.fast.requests import (
    ApplyFast,
    KeepFast,
    ListFast,
    LiveFast,
    LivePaint,
    RemoveFast,
    RenameFast,
    Restyled,
)
from engine.style.settings import StyleSettings
from gui.bridge import Bridge
from gui.picture_question import PictureQuestion
from gui.question import Question

MOST: Final = 60
"""Steps for a picture that stands still."""


@dataclass(frozen=True, slots=True)
class _Painting:
    """What a live painting belongs to. Frames and mailboxes compare by identity."""

    styles: tuple[Frame, ...]
    settings: StyleSettings
    picture: Frame | Mailbox[Frame]
    size: int
    evaluations: int


class Answers(QObject):
    """restyled(Restyled): the next picture; refused(ErrorReport): there is none; listed(FastList); kept(KeptNet)."""

    outdated = Signal()
    restyled = Signal(object)
    refused = Signal(object)
    listed = Signal(object)
    kept = Signal(object)
    shelfFailed = Signal(object)
    """The ErrorReport of what was to be done with the kept nets."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._net = PictureQuestion(bridge, "style.live.net", self)
        painting = bridge.channel("style.live.paint", Priority.LIVE, self, handles_failures=True)
        self._painting = Question(painting, self)
        self._shelf = bridge.channel("style.live.shelf", Priority.INTERACTIVE, self, handles_failures=True)
        self._keep = bridge.channel("style.live.keep", Priority.INTERACTIVE, self, handles_failures=True)
        self._steps = 0
        for question in (self._net, self._painting):
            question.outdated.connect(self.outdated)
            question.answered.connect(self._came)
            question.refused.connect(self.refused)
        self._shelf.done.connect(self.listed)
        self._shelf.failed.connect(self.shelfFailed)
        self._keep.done.connect(self.kept)
        self._keep.failed.connect(self.shelfFailed)

    # --- the kept nets ---------------------------------------------------------------------------------------

    def list_nets(self) -> None:
        """Ask which nets there are."""
        self._shelf.ask(ListFast())

    def rename(self, name: str, title: str) -> None:
        self._shelf.ask(RenameFast(name, title))

    def remove(self, name: str) -> None:
        self._shelf.ask(RemoveFast(name))

    def keep_again(self) -> None:
        """Try again to keep the net that was trained last."""
        self._keep.ask(KeepFast())

    # --- pictures --------------------------------------------------------------------------------------------

    def want_net(self, net: str, size: int, frame: Frame | None, frames: Mailbox[Frame] | None) -> None:
        """A picture, or what plays, through a net."""
        self._painting.drop()
        self._net.want(
            (net, size), frame, frames, lambda one: ApplyFast(net, one, size), lambda box: LiveFast(net, box, size)
        )  # fmt: skip

    def want_painting(
        self,
        styles: tuple[Frame, ...],
        settings: StyleSettings,
        size: int,
        evaluations: int,
        picture: Frame | Mailbox[Frame],
    ) -> None:
        """A picture, or what plays, painted live."""
        self._net.drop()
        subject = _Painting(styles, bare(settings), picture, size, evaluations)

        def request() -> LivePaint:
            self._steps = 0
            frames = picture if isinstance(picture, Mailbox) else _holding(picture)
            return LivePaint(styles, subject.settings, frames, size, evaluations, MOST)

        self._painting.want(subject, request)

    def drop(self) -> None:
        """Nothing is on show."""
        self._net.drop()
        self._painting.drop()

    def settled(self, way: str) -> bool:
        """Whether a still picture was answered."""
        if self._shelf.busy:
            return False
        return self._net.settled if way == "net" else self._steps >= MOST

    @Slot(object)
    def _came(self, answer: Restyled | None) -> None:
        if answer is not None:  # None: what played has come to its end, which the page hears from the source
            self._steps = answer.step
            self.restyled.emit(answer)


def bare(settings: StyleSettings) -> StyleSettings:
    """Only what a live painting heeds, so that other numbers do not begin it anew."""
    usual = StyleSettings()
    return replace(
        settings, start=usual.start, method=usual.method, rate=usual.rate, steps=usual.steps, size=usual.size,
        levels=usual.levels, seed=usual.seed,
    )  # fmt: skip


def _holding(frame: Frame) -> Mailbox[Frame]:
    box: Mailbox[Frame] = Mailbox()
    box.put(frame)
    return box
