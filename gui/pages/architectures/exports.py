"""What can be taken away from the architectures page; the verbs themselves are those of every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy.typing as npt
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui.export import Paintable
from gui.pages import verbs as of_every_page
from gui.pages.architectures import numbers
from gui.pages.architectures.table import table_rows
from gui.pages.base import Verb

if TYPE_CHECKING:
    from gui.pages.architectures.page import ArchitecturesPage

NOTHING = "The network is not there yet."


def verbs(page: ArchitecturesPage) -> list[Verb]:
    """The entries of the share menu."""
    kinds = {"pixel": ArchitecturesExports, "skip": NumberedExports}
    return of_every_page.page_verbs(page, kinds.get(page.state.view, TabledExports)(page))


class ArchitecturesExports:
    """The page's picture (see gui.pages.verbs)."""

    def __init__(self, page: ArchitecturesPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        state = self._page.state
        return (
            f"convscope-{state.network}-{state.view}"
            if state.view != "skip"
            else "convscope-skip-connections"
        )

    @property
    def caption(self) -> str:
        page = self._page
        if page.state.view == "pixel":
            return page.unit_view.sentence
        if page.state.view == "skip":
            return page.skip_view.sentence
        shown = page.shown
        if shown is None:
            return ""
        graph = shown.graph
        return f"{graph.title}: {numbers.exact(graph.params)} parameters, {numbers.exact(graph.macs)} MACs."

    def picture(self) -> Paintable | QWidget:
        """The view on show; of the table and the comparison every line. Raises UserError while there is none."""
        page = self._page
        view = page.state.view
        if view == "skip":
            return page.skip_view
        if page.shown is None:
            raise UserError(NOTHING)
        if view == "table":
            picture = page.table.picture()
            if picture is None:
                raise UserError(NOTHING)
            return picture
        if view == "pixel":
            return page.unit_view
        return page.compare_view if view == "compare" else page.graph_view


class TabledExports(ArchitecturesExports):
    """The same, with a table of its numbers."""

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """The layers of the network, or of both networks that are compared. Raises UserError while there are none."""
        page = self._page
        if page.shown is None:
            raise UserError(NOTHING)
        if page.state.view == "compare":
            return page.compare_view.exported()
        rows = table_rows.rows_of(page.shown.graph, page.shown.changed)
        return table_rows.exported(page.shown.graph, table_rows.ordered(rows, *page.state.sort))


class NumberedExports(ArchitecturesExports):
    """The same, with arrays of numbers."""

    def arrays(self) -> Sequence[tuple[str, npt.ArrayLike]]:
        """The numbers of the block or of the measurement. Raises UserError while there are none."""
        arrays = self._page.skip_view.arrays()
        if not arrays:
            raise UserError("The measurement is not there yet.")
        return arrays
