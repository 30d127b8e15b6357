"""What can be taken away from the view "Why": the numbers on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import UserError
from gui import export
from gui.pages.base import Verb

if TYPE_CHECKING:
    from gui.pages.style.why.view import WhyView


def verbs(view: WhyView) -> list[Verb]:
    """The entries of the share menu that belong to this view."""
    return [
        Verb("Copy numbers (CSV)", "content-copy", lambda: _copy(view), separated=True),
        Verb("Save numbers (CSV)…", "file-delimited-outline", lambda: _save(view)),
    ]


def csv(view: WhyView) -> str:
    """Every array on show. Raises UserError where there are none."""
    arrays = view.part.arrays()
    if not arrays:
        raise UserError("There are no numbers on show yet.")
    return export.csv_text(arrays)


def _copy(view: WhyView) -> None:
    try:
        export.copy_text(csv(view))
    except UserError as error:
        view.said.emit(str(error), "warn")
        return
    view.said.emit("The numbers are on the clipboard.", "info")


def _save(view: WhyView) -> None:
    try:
        text = csv(view)
        path = export.save_dialog(
            view, "Save numbers", f"convscope-style-{view.part_name}.csv", "CSV table (*.csv)"
        )
        if path is not None:
            export.save_text(path, text)
            view.said.emit(f"Saved {path.name}.", "info")
    except UserError as error:
        view.said.emit(str(error), "error")
