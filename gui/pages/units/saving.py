"""Entries of a view's menu that save what it shows; a refusal is a sentence in the banner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy.typing as npt

from engine.errors import UserError
from gui import export
from gui.pages.base import Verb
from gui.pages.units.view import UnitView

Arrays = Sequence[tuple[str, npt.ArrayLike]]


def numbers_verb(view: UnitView, title: str, name: str, arrays: Callable[[], Arrays]) -> Verb:
    """Save named arrays as CSV; `arrays` raises UserError where there are none yet."""

    def run() -> None:
        text = export.csv_text(arrays())
        _save(view, title, f"{name}.csv", "CSV table (*.csv)", lambda path: export.save_text(path, text))

    return Verb(title, "file-delimited-outline", _safely(view, run))


def picture_verb(view: UnitView, title: str, name: str, png: Callable[[], bytes]) -> Verb:
    """Save the bytes of a PNG; `png` raises UserError where there is no picture yet."""

    def run() -> None:
        content = png()
        _save(
            view, title, f"{name}.png", "PNG picture (*.png)", lambda path: export.save_bytes(path, content)
        )

    return Verb(title, "file-image-outline", _safely(view, run))


def _save(view: UnitView, title: str, name: str, filters: str, write: Callable[[Path], object]) -> None:
    path = export.save_dialog(view, title.rstrip("…"), name, filters)
    if path is not None:
        write(path)
        view.said.emit(f"Saved {path.name}.", "info")


def _safely(view: UnitView, run: Callable[[], None]) -> Callable[[], None]:
    def safely() -> None:
        try:
            run()
        except UserError as error:
            view.said.emit(str(error), "error")

    return safely
