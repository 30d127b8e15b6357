"""Everything that a person can set on the architectures page, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.networks.catalogue import architecture
from engine.networks.graphs.what_if import MAX_SIDE, Edit
from gui.pages.architectures.skips.skip_state import SkipState
from gui.pages.architectures.table.table_rows import KEYS
from gui.widgets.source_state import SourceState

View = Literal["graph", "table", "pixel", "compare", "skip"]

MAX_EDITS: Final = 200
MAX_GROUPS: Final = 2000
MAX_UNIT: Final = 4096


@dataclass(frozen=True, slots=True)
class ArchitecturesState:
    """One view of the architectures page, as plain values.

    `size` is the side of the picture in pixels (0: the network's own). `open_groups` names the modules that are
    unfolded (None: as many as can be read at a glance), `direction` is where the layers follow each other, `stacked`
    draws identical neighbours as one but for those named in `apart`. `unit` is the row and column of the traced unit of
    `layer` (None: the middle). `other` is the network beside this one ("": this one without the edits). `sort`: a
    column of the table ("": the network's order) and whether its largest value comes first.
    `errata`: the notes about other tables are unfolded.
    """

    network: str = "lenet5"
    size: int = 0
    view: View = "graph"
    open_groups: tuple[str, ...] | None = None
    direction: Literal["down", "right"] = "down"
    stacked: bool = False
    apart: tuple[str, ...] = ()
    layer: str = ""
    unit: tuple[int, int] | None = None
    edits: tuple[Edit, ...] = ()
    other: str = "vgg16"
    source: SourceState = field(default_factory=lambda: SourceState(kind="sample", value="cat"))
    sort: tuple[str, bool] = ("", False)
    rounded: bool = False
    errata: bool = False
    skip: SkipState = field(default_factory=SkipState)

    def validated(self) -> Self:
        """The state itself; whether the edits fit the network shows when the network is there.

        Raises:
            UserError: a value is out of range, or there is no such network.
        """
        architecture(self.network)
        if self.other:
            architecture(self.other)
        if self.size and not 1 <= self.size <= MAX_SIDE:
            raise UserError(f"The picture can have 1 to {MAX_SIDE} pixels a side, not {self.size}.")
        if self.unit is not None and not all(0 <= place <= MAX_UNIT for place in self.unit):
            raise UserError(f"There is no unit in row {self.unit[0]}, column {self.unit[1]}.")
        if len(self.edits) > MAX_EDITS:
            raise UserError(f"A network can hold {MAX_EDITS} changes, not {len(self.edits)}.")
        if len(self.open_groups or ()) > MAX_GROUPS or len(self.apart) > MAX_GROUPS:
            raise UserError(f"At most {MAX_GROUPS} modules can be unfolded.")
        if self.sort[0] and self.sort[0] not in KEYS:
            raise UserError(f'The table has no column named "{self.sort[0]}".')
        if self.source.kind == "preset":
            raise UserError("The traced pixel needs a picture, not an example.")
        self.source.validated()
        self.skip.validated()
        return self
