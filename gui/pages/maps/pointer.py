"""What the pointer is on, in whichever view: told in the inspector, and marked on what the net sees."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from gui.pages.maps.field import unit_at
from gui.pages.maps.inspector import MapsInspector, bin_rows, under_map, under_part
from gui.pages.maps.resolve import Shown
from gui.pages.maps.stage import Stage

Place = tuple[int, int, int]
"""Channel, row and column."""


class Pointer(QObject):
    """Follows the views of the stage. `at`: the value of a map that is pointed at, None for none."""

    def __init__(
        self, stage: Stage, details: MapsInspector, shown: Callable[[], Shown | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._stage, self._details, self._shown = stage, details, shown
        self.at: Place | None = None
        stage.mosaic.hovered.connect(self._on_mosaic)
        stage.mosaic.left.connect(self._on_nothing)
        stage.zoom.pointed.connect(self._on_unit)
        stage.zoom.left.connect(self._on_nothing)
        stage.seen.pointed.connect(self._on_seen)
        stage.seen.left.connect(self._on_nothing)
        stage.filters.pointed.connect(self._on_part)
        stage.histogram.hovered.connect(self._on_bin)

    def forget(self) -> None:
        """Another unit or another view: the place belonged to the one before."""
        self.at = None

    def refresh(self, shown: Shown | None) -> None:
        """Tell anew what is at the place, in other maps; a place that they do not have is nothing."""
        if shown is None or (self.at is not None and not _inside(self.at, shown)):
            self.at = None
        self._details.show_under([] if self.at is None or shown is None else under_map(shown, *self.at))

    def _point(self, at: Place) -> None:
        shown = self._shown()
        if shown is not None and _inside(at, shown):
            self.at = at
            self._details.show_under(under_map(shown, *at))
            self._stage.mark(shown, at)

    @Slot(int, int, int)
    def _on_mosaic(self, channel: int, row: int, column: int) -> None:
        self._point((channel, row, column))

    @Slot(int, int)
    def _on_unit(self, row: int, column: int) -> None:
        shown = self._shown()
        if shown is not None:
            self._point((shown.unit, row, column))

    @Slot(float, float)
    def _on_seen(self, across: float, down: float) -> None:
        """The unit of the cursor's map whose field has its middle there."""
        shown = self._shown()
        if shown is not None:
            maps = shown.maps
            shape = (shown.values.shape[1], shown.values.shape[2])
            place = unit_at(maps.layer, shape, across, down, maps.seen.shape[0], maps.reduced)
            self._point((shown.unit, *place))

    @Slot()
    def _on_nothing(self) -> None:
        self.at = None
        self._details.show_under([])
        shown = self._shown()
        if shown is not None:
            self._stage.mark(shown, None)

    @Slot(int, int, int)
    def _on_part(self, channel: int, row: int, column: int) -> None:
        found = self._stage.filters.found
        known = found is not None and channel >= 0
        self._details.show_under(
            under_part(found, channel, row, column) if found is not None and known else []
        )

    @Slot(int)
    def _on_bin(self, index: int) -> None:
        found, shown = self._stage.histogram.found, self._shown()
        known = found is not None and shown is not None and index >= 0
        self._details.show_under(bin_rows(found, index, shown.unit) if known and found and shown else [])


def _inside(at: Place, shown: Shown) -> bool:
    return all(0 <= place < length for place, length in zip(at, shown.values.shape, strict=True))
