"""What can be taken away from the deconvnet view: a film of the descent, the projections as numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from engine.errors import UserError
from engine.inside.descent.requests import Descents
from gui import export
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.pages.units.deconv.strip import DescentStrip
from gui.theme import theme

if TYPE_CHECKING:
    from gui.pages.units.deconv.deconv_view import DeconvView

FILM_FPS = 1.25
FILM_HOLD_S = 2.0


def verbs(view: DeconvView) -> list[Verb]:
    """The view's own entries of the share menu."""
    return [Verb("Save projections (NPZ)…", "matrix", lambda: _save_arrays(view))]


def _save_arrays(view: DeconvView) -> None:
    found = view.found
    if found is None or not found.pictures:
        view.said.emit("There is no projection to save yet.", "warn")
        return
    path = export.save_dialog(view, "Save projections", "convscope-deconvnet.npz", "NumPy arrays (*.npz)")
    if path is None:
        return
    try:
        export.atomic_write(path, lambda temporary: _write(temporary, found))
        view.said.emit(f"Saved {path.name}.", "info")
    except UserError as error:
        view.said.emit(str(error), "error")


def _write(path: Path, found: Descents) -> None:
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, input=found.seen, **found.pictures)


def film(view: DeconvView) -> FilmSource | None:
    """The whole way down, drawn by a strip of its own, so that the page may go on; None where there are no steps."""
    found, size = view.found, view.strip.size()
    if found is None or not found.steps:
        return None
    strip = DescentStrip()
    strip.resize(size)

    def image_at(index: int) -> QImage:
        strip.show_step(found.steps[index], found.request.rule)
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(theme.colors.window)
        strip.render(image)
        return image

    return FilmSource(image_at, range(len(found.steps)), FILM_FPS, FILM_HOLD_S)
