"""What the pooling page asks the engine: the check against torch, and the pooled picture, still or live."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.foundations.pooling import PoolSpec
from engine.foundations.pooling.requests import (
    CheckPicture,
    CheckPooling,
    CheckShift,
    LivePoolPicture,
    PoolPicture,
    PoolPictureResult,
)
from engine.foundations.pooling.shift import Kept
from engine.images import Frame
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.checking import Checking
from gui.pages.pooling.resolve import Pooled
from gui.picture_question import PictureQuestion

UNDER_WAY = "The picture is being pooled."


class PoolingAnswers(QObject):
    """Owns the page's questions."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.check = Checking(bridge, "pooling.check", self)
        self.picture = PictureQuestion(bridge, "pooling.picture", self)

    def want_check(self, pooled: Pooled) -> None:
        """Check this pooling and its gradient a moment after the last change."""
        done = pooled.trace
        drawn = done.spec.rule == "stochastic"
        self.check.want(
            pooled,
            lambda: CheckPooling(
                done.x, done.spec, done.output, pooled.grad_output, pooled.grad_input, done.dice,
                done.expected if drawn else None,
            ),
        )  # fmt: skip

    def want_shift_check(self, kept: tuple[Kept, ...], spec: PoolSpec) -> None:
        """Check both sides of everything that a shift is compared by."""
        pairs = {one.what: (one.before, one.after) for one in kept}
        self.check.want(
            kept, lambda: CheckShift(*pairs["input"], spec, pairs["max"], pairs["average"], pairs["every"])
        )

    def want_picture_check(self, result: PoolPictureResult) -> None:
        """Check a pooled picture that stands still."""
        self.check.want(result, lambda: CheckPicture(result))

    def want_picture(
        self, spec: PoolSpec, seed: int, frame: Frame | None, frames: Mailbox[Frame] | None
    ) -> None:
        """Pool a still frame, or whatever a live source delivers."""
        self.picture.want(
            (spec, seed), frame, frames,
            still=lambda one: PoolPicture(one.pixels, spec, seed),
            live=lambda many: LivePoolPicture(many, spec, seed),
        )  # fmt: skip

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self.picture.drop()
        self.check.drop()
