"""What can be taken away from the convolution page: pictures, films, numbers, a PyTorch script, the view itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QMenu, QProgressDialog, QWidget

from engine.errors import UserError
from engine.foundations.snippet import pytorch_snippet
from gui import export
from gui.film import FilmRequest, FilmWriter
from gui.pages.base import Verb
from gui.pages.convolution.state import PHASES
from gui.state import envelope
from gui.widgets.plate import Plate
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.convolution.page import ConvolutionPage

MOST_FILM_FRAMES = 600
FILM_SIZE = (1280.0, 760.0)


def verbs(page: ConvolutionPage) -> list[Verb]:
    """The entries of the share menu."""

    def safely(run: Callable[[ConvolutionPage], None]) -> Callable[[], None]:
        return lambda: _safely(page, run)

    return [
        Verb("Copy picture", "content-copy", safely(_copy_picture)),
        Verb("Save picture (PNG)…", "file-image-outline", safely(_save_png)),
        Verb("Save drawing (SVG)…", "vector-square", safely(_save_svg)),
        Verb("Save handout (PDF)…", "file-pdf-box", safely(_save_pdf)),
        Verb("Save animation (GIF or MP4)…", "filmstrip", safely(_save_film), separated=True),
        Verb("Save numbers (CSV)…", "file-delimited-outline", safely(_save_csv), separated=True),
        Verb("Save PyTorch script…", "language-python", safely(_save_script)),
        Verb("Copy PyTorch script", "content-copy", safely(_copy_script)),
        Verb("Copy view", "link-variant", safely(_copy_view), separated=True),
        Verb("Save view…", "content-save-outline", safely(_save_view)),
    ]


def fill_plate_menu(page: ConvolutionPage, menu: QMenu, plate: Plate) -> None:
    """The verbs of one grid, for its context menu."""
    menu.addAction(
        f"Copy the numbers of “{plate.title}”",
        lambda: export.copy_text(export.csv_text([(plate.title, plate.values)])),
    )


def _safely(page: ConvolutionPage, run: Callable[[ConvolutionPage], None]) -> None:
    try:
        run(page)
    except UserError as error:
        page.said.emit(str(error), "error")


def _picture(page: ConvolutionPage) -> QWidget | export.Paintable:
    return page.image_view if page.state.view == "image" else page.canvas


def _name(page: ConvolutionPage, ending: str) -> str:
    return f"convscope-convolution-{page.state.view}.{ending}"


def _copy_picture(page: ConvolutionPage) -> None:
    export.copy_image(_picture(page))
    page.said.emit("The picture is on the clipboard.", "info")


def _save_png(page: ConvolutionPage) -> None:
    path = export.save_dialog(page, "Save picture", _name(page, "png"), "PNG picture (*.png)")
    if path is not None:
        export.save_png(_picture(page), path)
        page.said.emit(f"Saved {path.name}.", "info")


def _save_svg(page: ConvolutionPage) -> None:
    path = export.save_dialog(page, "Save drawing", _name(page, "svg"), "SVG drawing (*.svg)")
    if path is not None:
        export.save_svg(_picture(page), path, page.title_label.text())
        page.said.emit(f"Saved {path.name}.", "info")


def _save_pdf(page: ConvolutionPage) -> None:
    path = export.save_dialog(page, "Save handout", _name(page, "pdf"), "PDF document (*.pdf)")
    if path is not None:
        export.save_pdf(_picture(page), path, page.title_label.text(), page.canvas.scene.description)
        page.said.emit(f"Saved {path.name}.", "info")


def _save_film(page: ConvolutionPage) -> None:
    """Film the whole walk; long walks are thinned to a film that can be watched."""
    resolved = page.resolved
    if resolved is None or page.state.view != "steps":
        raise UserError("Only the step view has an animation.", "Choose Step by step first.")
    path = export.save_dialog(
        page, "Save animation", _name(page, "gif"), "GIF animation (*.gif);;MP4 film (*.mp4)"
    )
    if path is None:
        return
    count = len(resolved.trace) * (len(PHASES) if page.state.slow else 1)
    stride = max(-(-count // MOST_FILM_FRAMES), 1)
    fps = min(1000.0 / BASE_INTERVAL_MS * page.stepper.speed, 25.0)
    request = FilmRequest(
        path, lambda index: film_frame(page, index), range(0, count, stride), fps=fps, hold_s=1.5
    )
    Filming(page, request).start()


def film_frame(page: ConvolutionPage, index: int) -> QImage:
    """One frame of the animation as a picture."""
    size = QSizeF(*FILM_SIZE)
    image = QImage(int(size.width()), int(size.height()), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    page.canvas.paint_scene(painter, page.scene_at(index, size), size)
    painter.end()
    return image


class Filming(QProgressDialog):
    """Progress and Cancel while a film is written; goes away by itself."""

    def __init__(self, page: ConvolutionPage, request: FilmRequest) -> None:
        super().__init__("Saving the animation…", "Cancel", 0, len(request.indices), page)
        self._page, self._request = page, request
        self.setWindowTitle("Save animation")
        self.setMinimumDuration(400)
        self._writer = FilmWriter(self)
        self._writer.progress.connect(self._step)
        self._writer.finished.connect(self._finished)
        self._writer.failed.connect(self._failed)
        self._writer.cancelled.connect(self._gone)
        self.canceled.connect(self._writer.cancel)

    def start(self) -> None:
        self._writer.start(self._request)

    @Slot(int, int)
    def _step(self, done: int, _total: int) -> None:
        self.setValue(done)

    @Slot(object)
    def _finished(self, path: object) -> None:
        self._page.said.emit(f"Saved {self._request.path.name}.", "info")
        self._gone()

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._page.said.emit(sentence, "error")
        self._gone()

    @Slot()
    def _gone(self) -> None:
        self._writer.close()
        self.close()
        self.deleteLater()


def numbers_csv(page: ConvolutionPage) -> str:
    """Input, kernels, biases and output as CSV, one block an array."""
    resolved = page.resolved
    if resolved is None:
        raise UserError("There are no numbers to save yet.")
    done = resolved.trace
    blocks = [(f"input channel {c + 1}", done.x[c]) for c in range(len(done.x))]
    for f in range(done.shape[0]):
        blocks += [
            (f"kernel {f + 1} channel {c + 1}", done.weight[f, c]) for c in range(done.weight.shape[1])
        ]
    blocks.append(("biases", done.bias[None]))
    blocks += [(f"output map {f + 1}", done.output[f]) for f in range(done.shape[0])]
    return export.csv_text(blocks)


def _save_csv(page: ConvolutionPage) -> None:
    path = export.save_dialog(page, "Save numbers", _name(page, "csv"), "CSV table (*.csv)")
    if path is not None:
        export.save_text(path, numbers_csv(page))
        page.said.emit(f"Saved {path.name}.", "info")


def script(page: ConvolutionPage) -> str:
    """A runnable PyTorch script of what is on show."""
    resolved = page.resolved
    if resolved is None:
        raise UserError("There is nothing to write a script for yet.")
    done = resolved.trace
    return pytorch_snippet(done.x, done.weight, done.bias, done.spec, done.output)


def _save_script(page: ConvolutionPage) -> None:
    path = export.save_dialog(page, "Save PyTorch script", "convolution.py", "Python script (*.py)")
    if path is not None:
        export.save_text(path, script(page))
        page.said.emit(f"Saved {path.name}.", "info")


def _copy_script(page: ConvolutionPage) -> None:
    export.copy_text(script(page))
    page.said.emit("The script is on the clipboard.", "info")


def _copy_view(page: ConvolutionPage) -> None:
    export.copy_text(envelope(page.entry.name, page.state))
    page.said.emit(
        "The view is on the clipboard; Edit > Paste brings it back, here or on another computer.", "info"
    )


def _save_view(page: ConvolutionPage) -> None:
    path = export.save_dialog(page, "Save view", _name(page, "json"), "ConvScope view (*.json)")
    if path is not None:
        export.save_text(path, envelope(page.entry.name, page.state))
        page.said.emit(f"Saved {path.name}.", "info")
