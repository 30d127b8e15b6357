"""What a page asks about a picture that either stands still or plays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.images import Frame
from engine.jobs import Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.question import Question


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an answer belongs to. Frames and mailboxes compare by identity; holding them keeps identities unique."""

    settings: object
    picture: Frame | Mailbox[Frame]


class PictureQuestion(QObject):
    """Two questions of which one is open: about a still picture, or about all that a live source delivers."""

    outdated = Signal()
    """Another answer is on its way; the one on show belongs to the past."""
    answered = Signal(object)
    refused = Signal(object)

    def __init__(self, bridge: Bridge, name: str, parent: QObject) -> None:
        super().__init__(parent)
        still = bridge.channel(f"{name}.still", Priority.INTERACTIVE, self, handles_failures=True)
        live = bridge.channel(f"{name}.live", Priority.LIVE, self, handles_failures=True)
        self._still, self._live = Question(still, self), Question(live, self)
        for question in (self._still, self._live):
            question.outdated.connect(self.outdated)
            question.answered.connect(self.answered)
            question.refused.connect(self.refused)

    def want(
        self,
        settings: object,
        frame: Frame | None,
        frames: Mailbox[Frame] | None,
        still: Callable[[Frame], object],
        live: Callable[[Mailbox[Frame]], object],
    ) -> None:
        """`settings` (compared with ==) on `frame`, or on all of `frames` where something plays.

        `still` and `live` make the request for either. Where there is neither, nothing changes.
        """
        if frames is not None:
            self._still.drop()
            self._live.want(_Subject(settings, frames), lambda: live(frames))
        elif frame is not None:
            self._live.drop()
            self._still.want(_Subject(settings, frame), lambda: still(frame))

    def drop(self) -> None:
        """No picture is on show."""
        self._live.drop()
        self._still.drop()

    @property
    def settled(self) -> bool:
        """Whether the answer about the still picture on show has come."""
        return self._still.settled
