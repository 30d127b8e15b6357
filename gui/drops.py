"""Where a dragged, dropped or opened file goes, or why it is refused. Decisions only; the main window acts on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData

from engine.errors import UserError
from gui.pages import PageEntry

if TYPE_CHECKING:
    from engine import sources
    from gui.pages.base import Page

KEPT = "What is on show stays."


@dataclass(frozen=True, slots=True)
class Offer:
    """A file and the page that takes it; `kind` is None while only the content could tell it."""

    path: Path
    kind: sources.Kind | None
    page: PageEntry


def paths_of(mime: QMimeData) -> list[Path]:
    """The local files among what is dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def path_of(mime: QMimeData) -> Path | None:
    """The first local file among what is dragged."""
    return next(iter(paths_of(mime)), None)


def offer(path: Path, current: Page[Any], pages: Sequence[PageEntry]) -> Offer:
    """Where a file that is being dragged would go, as far as its name tells: nothing is read, which could take long.

    Raises:
        UserError: nothing can be done with such a file; the sentence says why.
    """
    from engine import sources  # late: the first window needs nothing that it imports

    return _placed(path, sources.kind_by_name(path), current, pages)


def destination(path: Path, current: Page[Any], pages: Sequence[PageEntry]) -> Offer:
    """Where a file makes sense: on the current page if it takes such files, else on the first one that says so.

    Looks into the file (see engine.sources.classify): for a drop, not for a drag.

    Raises:
        UserError: nothing can be done with the file; the sentence says why.
    """
    from engine import sources

    try:
        kind = sources.classify(path)
    except UserError as error:
        raise UserError(error.sentence, f"{error.hint} {KEPT}".strip()) from error
    return _placed(path, kind, current, pages)


def _placed(path: Path, kind: sources.Kind | None, current: Page[Any], pages: Sequence[PageEntry]) -> Offer:
    if kind is None or kind == "state":
        return Offer(path, kind, current.entry)
    refusal = current.accepts(kind)
    if refusal is None:
        return Offer(path, kind, current.entry)
    other = next((page for page in pages if kind in page.opens and page.name != current.entry.name), None)
    if other is None:
        raise UserError(f"{path.name} cannot be opened here. {refusal}")
    return Offer(path, kind, other)
