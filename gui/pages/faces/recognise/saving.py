"""What can be taken away of the view "Recognise" beside its picture and its table: the frame with its names, a film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from engine.errors import UserError
from engine.faces.requests import Faces
from gui import export
from gui.pages.base import Verb
from gui.pages.faces.labels import labelled, style_of
from gui.pages.faces.recognise.resolve import Who
from gui.widgets.found_view import annotated

if TYPE_CHECKING:
    from gui.pages.faces.recognise.view import RecogniseView

NONE_YET: Final = UserError("There is no frame to save yet.", "Wait until its faces were found.")


def named(faces: Faces, everybody: tuple[Who, ...]) -> QImage:
    """The frame at its own size, every face with name and distance."""
    style = style_of(everybody, faces.frame.width * faces.frame.height)
    return annotated(faces.frame, labelled(everybody, style))


def verbs(view: RecogniseView) -> list[Verb]:
    """The entries of the share menu."""
    return [
        Verb("Copy the frame with its names", "content-copy", lambda: _copy(view), separated=True),
        Verb("Save the frame with its names (PNG)…", "file-image-outline", lambda: _save(view)),
        Verb(view.filming.tape.verb, "record-circle-outline", view.filming.tape.toggle),
    ]


def _frame_of(view: RecogniseView) -> QImage | None:
    faces, everybody = view.shown
    if faces is None:
        view.said.emit(str(NONE_YET), "warn")
        return None
    return named(faces, everybody)


def _copy(view: RecogniseView) -> None:
    image = _frame_of(view)
    if image is not None:
        export.copy_image(image)
        view.said.emit("The frame is on the clipboard.", "info")


def _save(view: RecogniseView) -> None:
    image = _frame_of(view)  # before the dialog, in which a live picture goes on
    if image is None:
        return
    path = export.save_dialog(view, "Save the frame", "convscope-faces-frame.png", "PNG picture (*.png)")
    if path is None:
        return
    try:
        export.save_png(image, path)
        view.said.emit(f"Saved {path.name}.", "info")
    except UserError as error:
        view.said.emit(str(error), "error")
