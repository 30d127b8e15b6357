"""Style transfer for scripts and notebooks: two pictures in, one out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from engine.context import Context
from engine.images import Frame, from_array, open_picture
from engine.jobs import CancelToken, Partial
from engine.style.pictures import Pixels
from engine.style.requests import Painted, PaintStyle, Values
from engine.style.run import paint
from engine.style.settings import StyleSettings

Picture = Frame | Pixels | str | Path


class StyleTransfer:
    """A content, one style or several, and settings (Gatys, Ecker and Bethge 2015).

    Pictures are frames, uint8[H, W, 3] or files. `mask` float32[H, W] in 0..1: where style applies.
    Raises UserError for pictures or settings that cannot be used.
    """

    def __init__(
        self,
        content: Picture,
        style: Picture | Sequence[Picture],
        settings: StyleSettings | None = None,
        *,
        mask: Values | None = None,
        begin: Values | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        self.settings = (settings or StyleSettings()).validated()
        self.content = _frame(content, "content")
        many = list(style) if isinstance(style, list | tuple) else [style]
        self.styles = tuple(_frame(one, f"style {n}") for n, one in enumerate(many, 1))  # type: ignore[arg-type]
        self._mask, self._begin = mask, begin
        self._device = torch.device(device or "cpu")
        self.painted: Painted | None = None
        """The last answer of the run so far."""

    def run(
        self, progress: Callable[[Painted], None] | None = None, cancel: CancelToken | None = None
    ) -> Pixels:
        """uint8[H, W, 3]: the picture after all steps. `progress` is shown every preview.

        Raises UserError where the run cannot be made, JobCancelled where `cancel` was set.
        """
        token = cancel or CancelToken()
        context = Context(device=self._device, torch_ready=True, cancel=token)
        request = PaintStyle(self.content, self.styles, self.settings, self._mask, self._begin)
        steps = paint(request, context)
        try:
            while True:
                with torch.no_grad():
                    token.check()
                    outcome = next(steps)
                if isinstance(outcome, Partial) and isinstance(outcome.value, Painted):
                    self.painted = outcome.value
                    if progress is not None:
                        progress(outcome.value)
        except StopIteration as stop:
            painted: Painted = stop.value
        finally:
            steps.close()
        self.painted = painted
        return painted.pixels


def _frame(picture: Picture, name: str) -> Frame:
    if isinstance(picture, Frame):
        return picture
    if isinstance(picture, str | Path):
        return open_picture(picture)
    return from_array(picture, name)
