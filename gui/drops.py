"""Where a dropped or opened file goes, or why it is refused. Pure decisions; the main window acts on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData

from engine import sources
from engine.errors import UserError
from gui.pages import PageEntry

if TYPE_CHECKING:
    from gui.pages.base import Page


@dataclass(frozen=True, slots=True)
class Offer:
    """A file and the page that takes it."""

    path: Path
    kind: str
    page: PageEntry


def path_of(mime: QMimeData) -> Path | None:
    """The first local file among what is dragged."""
    return next((Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()), None)


def destination(path: Path, current: Page[Any], pages: Sequence[PageEntry]) -> Offer:
    """Where a file makes sense: on the current page if it takes such files, else on the first one that says so.

    Raises:
        UserError: nothing can be done with the file; the sentence says why.
    """
    kind = sources.classify(path)
    if kind == "state":
        return Offer(path, kind, current.entry)
    refusal = current.accepts(kind)
    if refusal is None:
        return Offer(path, kind, current.entry)
    other = next((page for page in pages if kind in page.opens and page.name != current.entry.name), None)
    if other is None:
        raise UserError(refusal)
    return Offer(path, kind, other)
