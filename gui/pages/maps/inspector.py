"""The inspector: the value under the pointer, the unit, the layer, and the check of what was computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject

from engine.inside.maps.requests import Filters, Histograms, Maps
from gui.pages.maps import field as fields
from gui.pages.maps.resolve import Shown
from gui.pages.maps.silence import Silence, named
from gui.pages.side_panel import SidePanel
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.plate import number_text
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

POINT: Fact = ("point at a map", "", "Every value of the stage can be asked for.")
MOST_UNDER = 5
WHOSE = {
    "this": "Of this picture's map.",
    "other": "Of the other picture's map.",
    "difference": "Of this picture's map minus the other one's.",
}
NO_CHECK = "The view Filters computes a unit's map by hand."


class MapsInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.unit, self.layer, self.run = Facts(), Facts(), Facts(), Facts()
        self.under.keep_room(MOST_UNDER)
        self.badge = Badge()
        self._check = Section("Check")
        self.silent = Wrapped()
        for title, widget in (
            ("Under the cursor", self.under), ("The unit", self.unit), ("The layer", self.layer),
            ("This answer", self.run),
        ):  # fmt: skip
            section = Section(title)
            section.add(widget)
            if widget is self.layer:
                section.add(self.silent)
            panel.add(section)
        self._check.add(self.badge)
        panel.add(self._check)
        panel.end(steady=True)
        self.show_under([])
        self.badge.show_waiting(NO_CHECK)

    def show_under(self, rows: Sequence[Fact]) -> None:
        """What the pointer is on."""
        self.under.show_rows(rows or [POINT])

    def show_maps(self, shown: Shown | None, silence: Silence) -> None:
        """The numbers of the unit under the cursor, of its layer and of the run."""
        if shown is None:
            for facts in (self.unit, self.layer, self.run):
                facts.show_rows([("no maps", "", "")])
            self.silent.say("")
            return
        self.unit.show_rows(unit_rows(shown, silence))
        self.layer.show_rows(layer_rows(shown, silence))
        quiet = shown.maps.statistics.silent
        self.silent.say(f"Silent on this picture: {named(quiet)}." if quiet.any() else "")
        self.run.show_rows(run_rows(shown.picture))

    def show_check(self, visible: bool) -> None:
        """The badge belongs to the view that computes something by hand."""
        self._check.setVisible(visible)


def text(value: float) -> str:
    """A number in a row."""
    return number_text(value, 4)


def unit_rows(shown: Shown, silence: Silence) -> list[Fact]:
    """Of the unit under the cursor: of its map on show."""
    unit, found, whose = shown.unit, shown.statistics, WHOSE[shown.what]
    strongest = "The largest magnitude." if shown.what == "difference" else "The largest value."
    row, column = shown.strongest(unit)
    rows: list[Fact] = [
        ("unit", f"{unit} of 0 to {len(shown.values) - 1}", "The channel, counted from 0."),
        ("smallest, largest", f"{text(found.low[unit])}, {text(found.high[unit])}", whose),
        ("mean", text(found.mean[unit]), "Of all values of the map."),
        ("variance", text(found.variance[unit]), "Mean squared distance from the mean."),
        ("zeros", f"{100 * float(found.zeros[unit]):.1f} %", "The share of values that are exactly 0."),
        ("strongest at", f"row {row}, column {column}", strongest),
        ("place in the order", f"{shown.place}", "Counted from 0."),
    ]
    if found.odd[unit]:
        rows.append(
            (
                "no numbers",
                f"{int(found.odd[unit]):,} values",
                "NaN or infinite; drawn in the warning colour.",
            )
        )
    if unit < len(silence.never) and silence.never[unit]:
        count = silence.pictures
        said = "this picture" if count == 1 else f"all {count:,} pictures so far"
        rows.append(
            (
                "silent on",
                said,
                "One value everywhere (a single number: 0). A unit that stays silent on everything is dead.",
            )
        )
    return rows


def layer_rows(shown: Shown, silence: Silence) -> list[Fact]:
    """Of the whole layer."""
    layer, found, quiet = shown.maps.layer, shown.statistics, shown.maps.statistics.silent
    count, height, width = shown.maps.maps.shape
    rows: list[Fact] = [
        ("layer", layer.name, layer.label),
        ("kind", layer.label, ""),
        ("maps", f"{count} of {height} × {width}", "Channels, and rows × columns of each."),
        ("range", f"{text(float(found.low.min()))} to {text(float(found.high.max()))}", WHOSE[shown.what]),
        ("receptive field", layer.field_text, "What one unit reads of the net's input, in pixels."),
    ]
    if shown.maps.net_range is not None:
        low, high = shown.maps.net_range
        rows.append(("range of the net", f"{text(low)} to {text(high)}", "Of the maps of all layers."))
    now, never = int(quiet.sum()), int(silence.never.sum())
    rows.append(("silent now", f"{now} of {count}", named(quiet)))
    if silence.pictures > 1:
        rows.append((f"silent on all {silence.pictures:,}", f"{never} of {count}", named(silence.never)))
    odd = int(np.sum(found.odd))
    if odd:
        rows.append(("no numbers", f"{odd:,} values", "NaN or infinite."))
    return rows


def run_rows(maps: Maps) -> list[Fact]:
    """Where and how fast it was computed."""
    device = {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}.get(maps.device, maps.device)
    return [
        ("net", maps.title, ""),
        ("picture", f"{maps.frame.name}, {maps.frame.width} × {maps.frame.height}", "\n".join(maps.steps)),
        ("time of the net", f"{maps.seconds * 1000:.1f} ms", "One forward pass, as far as it was needed."),
        ("device", device, ""),
    ]


def under_map(shown: Shown, channel: int, row: int, column: int) -> list[Fact]:
    """One value of a map."""
    maps = shown.maps
    rows: list[Fact] = [
        ("unit", f"{channel}", "The channel, counted from 0."),
        (
            "row, column",
            f"{row}, {column} of {shown.values.shape[1]} × {shown.values.shape[2]}",
            "Counted from 0.",
        ),
        ("value", text(float(shown.values[channel, row, column])), WHOSE[shown.what]),
    ]
    if shown.other is not None:
        pair = f"{text(float(maps.maps[channel, row, column]))}, {text(float(shown.other[channel, row, column]))}"
        rows.append(("this, other picture", pair, "The same unit at the same place."))
    found = fields.receptive_field(maps.layer, row, column, maps.seen.shape[0], maps.reduced)
    if found is not None and maps.layer.field is not None:
        side = maps.seen.shape[0]
        left, top, right, bottom = (round(share * side) for share in found)
        rows.append(
            ("reads of the input", f"rows {top} to {bottom - 1}, columns {left} to {right - 1}", "In pixels.")
        )
    return rows


def under_part(found: Filters, channel: int, row: int, column: int) -> list[Fact]:
    """One value of what an input channel adds."""
    part = found.reads.index(channel)
    return [
        ("input channel", f"{channel} of {found.source.inputs[0]}", ""),
        ("row, column", f"{row}, {column}", "Of the unit's map, counted from 0."),
        ("adds", text(float(found.parts[part, row, column])), "The sum of its products."),
        ("the unit there", text(float(found.total[row, column])), "All inputs and the bias."),
    ]


def bin_rows(found: Histograms, index: int, unit: int) -> list[Fact]:
    """One bin of the histogram."""
    counts = found.counts
    return [
        ("values from", text(float(found.edges[index])), "The bin's lower edge."),
        ("to", text(float(found.edges[index + 1])), "Its upper edge."),
        (
            "of all units",
            f"{int(counts[:, index].sum()):,} of {int(counts.sum()):,}",
            "Values that fall into it.",
        ),
        (
            f"of unit {unit}",
            f"{int(counts[unit, index]):,} of {int(counts[unit].sum()):,}",
            "Values that fall into it.",
        ),
    ]
