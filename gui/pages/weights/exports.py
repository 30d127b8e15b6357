"""What can be taken away from the weights page: the list as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui.pages.weights import listing
from gui.pages.weights.list_view import WeightsList

COLUMNS = (
    *(
        "Weights",
        "Network",
        "Task",
        "Quality",
        "Bytes",
        "Licence",
        "State",
        "Source",
        "Citation",
        "SHA-256",
        "Address",
    ),
)


class WeightsExports:
    """The list as it is filtered."""

    def __init__(self, shown: WeightsList) -> None:
        self._list = shown

    @property
    def name(self) -> str:
        return "convscope-weights"

    @property
    def caption(self) -> str:
        return "Weights that ConvScope knows, with size, licence and state."

    def picture(self) -> QWidget:
        return self._list

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        rows = self._list.rows()
        if not rows:
            raise UserError("The list is empty, so there is no table.")
        return COLUMNS, [
            (
                row.status.title,
                row.status.architecture,
                row.status.task,
                row.status.figures,
                row.status.bytes or "",
                row.status.licence,
                listing.state_text(row),
                row.status.source,
                row.status.citation,
                row.status.sha256,
                row.status.url,
            )
            for row in rows
        ]
