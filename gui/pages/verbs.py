"""What every page lets a person take away: its picture, numbers, script and film, and the view itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy.typing as npt
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui import export
from gui.export import Paintable
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.state import envelope

if TYPE_CHECKING:
    from gui.pages.base import Page

Run = Callable[[], None]


class Exports(Protocol):
    """What can be taken away from a page; the page itself or an object beside it.

    Whatever also has `arrays`, `table`, `script` or `film` (the protocols below) gets the verbs that belong to them.
    """

    @property
    def name(self) -> str:
        """The beginning of the suggested file names, such as "convscope-convolution-steps"."""

    @property
    def caption(self) -> str:
        """What the picture shows: the last line of a handout."""

    def picture(self) -> Paintable | QWidget:
        """What is on show."""


@runtime_checkable
class HasArrays(Protocol):
    """Has numbers to save as CSV."""

    def arrays(self) -> Sequence[tuple[str, npt.ArrayLike]]:
        """Named arrays. Raises UserError where there are none yet."""


@runtime_checkable
class HasTable(Protocol):
    """Has a table to save as CSV or Markdown."""

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """The names of the columns and the rows. Raises UserError where there is none yet."""


@runtime_checkable
class HasScript(Protocol):
    """Can be written as a PyTorch script."""

    def script(self) -> str:
        """A script that computes what is on show. Raises UserError where there is nothing yet."""


@runtime_checkable
class HasFilm(Protocol):
    """Can be filmed."""

    def film(self) -> FilmSource | None:
        """The whole walk, as it is now; None where what is on show does not move. Raises UserError."""


def page_verbs(page: Page[Any], exports: Exports | None = None) -> list[Verb]:
    """The entries of a page's share menu; without `exports` only those about its view."""
    name = f"convscope-{page.entry.name}" if exports is None else exports.name
    return [*_export_verbs(page, exports), *_view_verbs(page, name)]


def _export_verbs(page: Page[Any], what: Exports | None) -> list[Verb]:
    if what is None:
        return []
    found = [
        _verb(page, "Copy picture", "content-copy", lambda: _copy_picture(page, what)),
        _verb(page, "Save picture (PNG)…", "file-image-outline", lambda: _save_png(page, what)),
        _verb(page, "Save drawing (SVG)…", "vector-square", lambda: _save_svg(page, what)),
        _verb(page, "Save handout (PDF)…", "file-pdf-box", lambda: _save_pdf(page, what)),
    ]
    if isinstance(what, HasFilm):
        found.append(
            _verb(
                page,
                "Save animation (GIF or MP4)…",
                "filmstrip",
                lambda: _save_film(page, what.name, what),
                separated=True,
            )
        )
    if isinstance(what, HasArrays):
        found.append(
            _verb(
                page,
                "Save numbers (CSV)…",
                "file-delimited-outline",
                lambda: _save_csv(page, what.name, what),
                separated=True,
            )
        )
    if isinstance(what, HasTable):
        found += [
            _verb(
                page,
                "Save table (CSV)…",
                "file-delimited-outline",
                lambda: _save_table_csv(page, what.name, what),
                separated=True,
            ),
            _verb(
                page,
                "Save table (Markdown)…",
                "language-markdown-outline",
                lambda: _save_table_markdown(page, what.name, what),
            ),
            _verb(page, "Copy table (Markdown)", "content-copy", lambda: _copy_table(page, what)),
        ]
    if isinstance(what, HasScript):
        found += [
            _verb(page, "Save PyTorch script…", "language-python", lambda: _save_script(page, what)),
            _verb(page, "Copy PyTorch script", "content-copy", lambda: _copy_script(page, what)),
        ]
    return found


def _view_verbs(page: Page[Any], name: str) -> list[Verb]:
    return [
        _verb(page, "Copy view", "link-variant", lambda: copy_view(page), separated=True),
        _verb(page, "Save view…", "content-save-outline", lambda: _save_view(page, name)),
    ]


def _verb(page: Page[Any], title: str, icon: str, run: Run, *, separated: bool = False) -> Verb:
    """A verb whose refusal is a sentence in the banner."""

    def safely() -> None:
        try:
            run()
        except UserError as error:
            page.said.emit(str(error), "error")

    return Verb(title, icon, safely, separated)


def _save(page: Page[Any], title: str, name: str, filters: str, write: Callable[[Path], object]) -> None:
    """Ask where, write, tell."""
    path = export.save_dialog(page, title, name, filters)
    if path is not None:
        write(path)
        page.said.emit(f"Saved {path.name}.", "info")


def _copy_picture(page: Page[Any], what: Exports) -> None:
    export.copy_image(what.picture())
    page.said.emit("The picture is on the clipboard.", "info")


def _save_png(page: Page[Any], what: Exports) -> None:
    def write(path: Path) -> Path:
        return export.save_png(what.picture(), path)

    _save(page, "Save picture", f"{what.name}.png", "PNG picture (*.png)", write)


def _save_svg(page: Page[Any], what: Exports) -> None:
    def write(path: Path) -> Path:
        return export.save_svg(what.picture(), path, page.entry.title)

    _save(page, "Save drawing", f"{what.name}.svg", "SVG drawing (*.svg)", write)


def _save_pdf(page: Page[Any], what: Exports) -> None:
    def write(path: Path) -> Path:
        return export.save_pdf(what.picture(), path, page.entry.title, what.caption)

    _save(page, "Save handout", f"{what.name}.pdf", "PDF document (*.pdf)", write)


def _save_film(page: Page[Any], name: str, what: HasFilm) -> None:
    source = what.film()  # before the dialog, in which a live picture goes on
    if source is None:
        raise UserError("What is on show does not move, so there is nothing to film.")
    filters = "GIF animation (*.gif);;MP4 film (*.mp4)"
    path = export.save_dialog(page, "Save animation", f"{name}.gif", filters)
    if path is not None:
        page.services.films.start(path, source, page.window())


def _save_csv(page: Page[Any], name: str, what: HasArrays) -> None:
    text = export.csv_text(what.arrays())
    _save(page, "Save numbers", f"{name}.csv", "CSV table (*.csv)", lambda path: export.save_text(path, text))


def _save_table_csv(page: Page[Any], name: str, what: HasTable) -> None:
    text = export.table_csv(*what.table())
    _save(page, "Save table", f"{name}.csv", "CSV table (*.csv)", lambda path: export.save_text(path, text))


def _save_table_markdown(page: Page[Any], name: str, what: HasTable) -> None:
    text = export.table_markdown(*what.table())
    _save(
        page, "Save table", f"{name}.md", "Markdown table (*.md)", lambda path: export.save_text(path, text)
    )


def _copy_table(page: Page[Any], what: HasTable) -> None:
    export.copy_text(export.table_markdown(*what.table()))
    page.said.emit("The table is on the clipboard, as Markdown.", "info")


def _save_script(page: Page[Any], what: HasScript) -> None:
    text = what.script()
    name = f"{page.entry.name}.py"
    _save(
        page, "Save PyTorch script", name, "Python script (*.py)", lambda path: export.save_text(path, text)
    )


def _copy_script(page: Page[Any], what: HasScript) -> None:
    export.copy_text(what.script())
    page.said.emit("The script is on the clipboard.", "info")


def copy_view(page: Page[Any]) -> None:
    """Put the page's state on the clipboard, as Edit > Paste takes it."""
    export.copy_text(envelope(page.entry.name, page.state))
    page.said.emit(
        "The view is on the clipboard; Edit > Paste brings it back, here or on another computer.", "info"
    )


def _save_view(page: Page[Any], name: str) -> None:
    text = envelope(page.entry.name, page.state)
    _save(
        page,
        "Save view",
        f"{name}.json",
        "ConvScope view (*.json)",
        lambda path: export.save_text(path, text),
    )
