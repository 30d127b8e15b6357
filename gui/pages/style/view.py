"""What every view of the page "Style" is: one way of looking at how a style gets into a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal

from engine.images import Frame
from engine.mailbox import Mailbox
from engine.style.requests import CostRows
from engine.style.settings import StyleSettings
from gui.pages.views.view import PageView


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is on show.

    `content`, `styles`: the pictures, None while one is on its way or cannot be had. A picture stays the same object as
    long as its source is the same: views compare by identity. `mask` float32[H, W] in 0..1: where style applies, None:
    everywhere. `painted` uint8[H, W, 3]: the picture that the view "Paint" shows, None before the first. `frames`:
    what a camera or a film delivers while a person looks for a picture to take, None otherwise. `state`: the page's
    StyleState, to be kept with what is made of it. `coming`: whether a picture is still on its way. `costs`: of the run
    that made `painted`.
    """

    content: Frame | None
    styles: tuple[Frame | None, ...]
    settings: StyleSettings
    mask: npt.NDArray[np.float32] | None = None
    painted: npt.NDArray[np.uint8] | None = None
    frames: Mailbox[Frame] | None = None
    state: Any = None
    coming: bool = False
    costs: tuple[CostRows, ...] = ()

    @property
    def complete(self) -> tuple[Frame, tuple[Frame, ...]] | None:
        """Content and styles, None while one of them is missing."""
        styles = tuple(style for style in self.styles if style is not None)
        if self.content is None or not styles or len(styles) != len(self.styles):
            return None
        return self.content, styles


class StyleView(PageView):
    """A view that paints, explains or runs live; what belongs to all views (pictures, settings, mask) is the page's."""

    settingsChanged = Signal(object, str)
    """The StyleSettings as they are to be (they belong to all views), and the gesture."""
    strokeAdded = Signal(object)
    """A Stroke on the mask, (x, y) as shares of the content's width and height."""
    maskCleared = Signal()
    maskInverted = Signal()
    paintedChanged = Signal()
    """`painted` is another picture."""
    pageAsked = Signal(str, object)
    """Another page and the fields of its state that are to change."""

    def show_subject(self, subject: Subject, own: Any) -> None:
        """Show these pictures under these settings of the view (the view's part of the page's state)."""
        raise NotImplementedError

    def close_view(self) -> None:
        """The window closes: give everything back."""
        self.set_active(False)

    @property
    def painted(self) -> npt.NDArray[np.uint8] | None:
        """uint8[H, W, 3]: the picture that this view has made, None where it makes none."""
        return None

    @property
    def costs(self) -> tuple[CostRows, ...]:
        """What every step of the run on show cost, () where the view makes no run."""
        return ()

    def toggle(self) -> bool:
        """Space was pressed; False leaves it to the stepper."""
        return False
