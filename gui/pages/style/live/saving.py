"""What can be taken away of the view "Live": the picture, and what a film of it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import UserError
from engine.images import encode_png, publish
from engine.style.fast.requests import Restyled
from engine.style.requests import Pixels
from gui import export
from gui.pages.base import Verb
from gui.pages.style.live.settings import LiveSettings
from gui.widgets.picture import to_image

if TYPE_CHECKING:
    from gui.pages.style.live.view import LiveView

NOTHING = UserError("Nothing is painted yet.", "Choose a net, or train one.")


def verbs(view: LiveView) -> list[Verb]:
    """The entries of the share menu that belong to the picture on show."""
    return [
        Verb("Copy painting", "content-copy", _safely(view, lambda: _copy(view)), separated=True),
        Verb("Save painting (PNG)…", "image-outline", _safely(view, lambda: _save(view))),
        Verb(view.tape.verb, "record-circle-outline", view.tape.toggle),
    ]


def as_looked_at(answer: Restyled, settings: LiveSettings) -> Pixels:
    """uint8[h, w, 3] for a film: the painting, both sides of the divider, or both pictures beside each other."""
    if settings.look == "pair":
        return publish(np.hstack([answer.content, answer.pixels]))
    if settings.look == "picture":
        return answer.pixels
    both = np.array(answer.pixels)
    column = round(settings.divider * both.shape[1])
    both[:, :column] = answer.content[:, :column]
    return publish(both)


def _copy(view: LiveView) -> None:
    if view.answer is None:
        raise NOTHING
    export.copy_image(to_image(view.answer.pixels), 1.0)
    view.said.emit("The painting is on the clipboard.", "info")


def _save(view: LiveView) -> None:
    answer = view.answer  # the one on show when it was asked for, whatever plays on
    if answer is None:
        raise NOTHING
    path = export.save_dialog(view, "Save painting", "convscope-live-style.png", "PNG picture (*.png)")
    if path is not None:
        export.save_bytes(path, encode_png(answer.pixels))
        view.said.emit(f"Saved {path.name}.", "info")


def _safely(view: LiveView, run: Callable[[], None]) -> Callable[[], None]:
    def safely() -> None:
        try:
            run()
        except UserError as error:
            view.said.emit(str(error), "error")

    return safely
