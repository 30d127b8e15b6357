"""What can be taken away from the view: the merges or the pooling as a film, proposals and merges as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui import export
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.pages.boxes.proposals.grouping_part import GroupingPart
from gui.pages.boxes.proposals.pooling_part import PoolingPart
from gui.theme import theme

if TYPE_CHECKING:
    from gui.pages.boxes.proposals.view import ProposalsView

FPS: Final = 4.0
HOLD_S: Final = 2.0

Arrays = list[tuple[str, npt.ArrayLike]]


def verbs(view: ProposalsView) -> list[Verb]:
    """The view's own entries of the share menu."""
    return [
        _csv(view, "Save proposals (CSV)…", "convscope-proposals", lambda: _proposals(view)),
        _csv(view, "Save merges (CSV)…", "convscope-merges", lambda: _merges(view)),
    ]


def film(view: ProposalsView) -> FilmSource | None:
    """The walk through the merges, or through the cells of RoI pooling; None where nothing moves."""
    search = view.search
    if search is None:
        return None
    if view.settings.part == "pooling" and view.parts.pooling.cells:
        return FilmSource(_pooling_frames(view), range(view.parts.pooling.cells), FPS, HOLD_S)
    if view.settings.part == "grouping" and search.hierarchy.merges:
        return FilmSource(_merge_frames(view), range(len(search.hierarchy.merges) + 1), FPS, HOLD_S)
    return None


def _merge_frames(view: ProposalsView) -> Callable[[int], QImage]:
    """Drawn by a part of its own, so that the page may go on."""
    search, settings, size = view.search, replace(view.settings, picked=None), view.parts.grouping.size()
    part = GroupingPart()
    part.resize(size)

    def image_at(index: int) -> QImage:
        assert search is not None
        part.show_search(search, replace(settings, step=index))
        return _drawn(part, size)

    return image_at


def _pooling_frames(view: ProposalsView) -> Callable[[int], QImage]:
    search, run, settings, size = (
        view.search,
        view.parts.pooling.run,
        view.settings,
        view.parts.pooling.size(),
    )
    part = PoolingPart()
    part.resize(size)

    def image_at(index: int) -> QImage:
        assert search is not None
        part.show_run(search, run, replace(settings, cell=index))
        return _drawn(part, size)

    return image_at


def _drawn(part: QWidget, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    part.render(image)
    return image


def _proposals(view: ProposalsView) -> Arrays:
    search = view.found()
    proposals = search.proposals
    table = np.column_stack([proposals.boxes, proposals.regions, proposals.scores])
    return [("proposals: x1, y1, x2, y2, region, order", table)]


def _merges(view: ProposalsView) -> Arrays:
    merges = view.found().hierarchy.merges
    rows = [(merge.first, merge.second, merge.merged, *merge.terms, merge.total) for merge in merges]
    name = "merges: first, second, merged, colour, texture, size, fill, sum"
    return [(name, np.array(rows, np.float64).reshape(-1, 8))]


def _csv(view: ProposalsView, title: str, name: str, arrays: Callable[[], Arrays]) -> Verb:
    def run() -> None:
        try:
            text = export.csv_text(arrays())
            path = export.save_dialog(view, title.rstrip("…"), f"{name}.csv", "CSV table (*.csv)")
            if path is not None:
                export.save_text(path, text)
                view.said.emit(f"Saved {path.name}.", "info")
        except UserError as error:
            view.said.emit(str(error), "error")

    return Verb(title, "file-delimited-outline", run)
