"""What the inspector says about the cell under the pointer."""

from __future__ import annotations

from gui.pages.signals import parts
from gui.pages.signals.layers_scene import MAP, cell_under
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.whole_line_scene import LENS_INPUT, LENS_OUTPUT, WHOLE_INPUT, WHOLE_OUTPUT, lens_start
from gui.widgets.facts import Fact
from gui.widgets.plate import Plate
from gui.widgets.stage_text import plain

Rows = list[Fact]
TRUE = "The true value, not its colour."


def under_cell(resolved: Resolved, plate: Plate, row: int, column: int) -> Rows:
    """Name, value, place and origin of a cell of the stage: rows of (name, value, tooltip)."""
    key = plate.key.removeprefix(parts.CURVE)
    value = plain(float(plate.values[row, column]))
    if plate.hidden is not None and bool(plate.hidden[row, column]):
        value = "not computed yet"
    if key in (WHOLE_INPUT, WHOLE_OUTPUT, LENS_INPUT, LENS_OUTPUT):
        return _of_whole(resolved, key, value, column)
    if key.startswith(MAP):
        return _of_layers(resolved, key, value, row, column)
    kind, _, which = key.partition("/")
    name, tip = _NAMES[f"{kind}/"]
    unit = resolved.unit if kind == "input" else ""
    rows: Rows = [(name, f"{value} {unit}".rstrip(), tip)]
    if which in parts.PLANES:
        rows.append(
            ("(z, y, x)", ", ".join(map(str, _voxel(resolved, kind, which, row, column))), "Counted from 0.")
        )
    elif kind in ("input", "back"):
        rows += _of_sample(resolved, kind, column)
    elif kind == "output" and which == "0":
        rows.append(("place", str(column), "Counted from 0."))
    else:
        rows += _of_tap(resolved, kind, which, row, column)
    if plate.editable:
        rows.append(("change it", "double-click, or F2", "Type a number; Enter takes it."))
    return rows


_NAMES = {
    parts.INPUT: ("input", TRUE),
    parts.OUTPUT: ("output", "Sum of the products, plus the bias."),
    parts.PATCH: ("in the window", "What the filter meets."),
    parts.KERNEL: ("weight", "One cell of the filter."),
    parts.PRODUCT: ("product", "Input times weight."),
    parts.SPREAD: ("added", "Value times weight: what goes back to this cell."),
    parts.BACK: ("back at the input", "The sum of what was spread to this cell."),
}


def _of_sample(resolved: Resolved, kind: str, column: int) -> Rows:
    pad = resolved.trace.spec.padding if kind == "input" else 0
    at = column - pad
    if not 0 <= at < resolved.trace.layout.sizes[0]:
        return [("this is", "padding", "A zero that is not part of the signal.")]
    axis, hop = parts.time_axis(resolved)
    sample = resolved.first + at
    rows: Rows = [("place", f"{at}, sample {sample:,} of the signal", "Counted from 0.")]
    if axis.unit:
        rows.append((axis.name, f"{plain(sample * hop)} {axis.unit}", ""))
    return rows


def _of_tap(resolved: Resolved, kind: str, which: str, row: int, column: int) -> Rows:
    """A cell of window, filter, products: its place, and for a product both factors."""
    step = resolved.step
    if which == "v":
        return []
    place = (column,) if resolved.state.dims == 1 else (int(which), row, column)
    rows: Rows = [("place", ", ".join(map(str, place)), "In the window, counted from 0.")]
    if kind == "product":
        factors = f"{plain(float(step.patch[(0, *place)]))} · {plain(float(step.kernel[(0, *place)]))}"
        rows.append(("from", factors, "Input times weight."))
    return rows


def _voxel(resolved: Resolved, kind: str, name: str, row: int, column: int) -> tuple[int, ...]:
    index = parts.PLANES.index(name)
    if kind == "output":
        return parts.voxel(index, parts.cell_of(resolved), row, column)
    pad = resolved.trace.spec.padding
    found = parts.voxel(index, parts.centre_of(resolved), row, column)
    # The two axes of the plane count padded cells of the input; on the way back there is no padding.
    fixed = found[index] - pad
    moved = [at - pad if kind == "input" else at for at in found]
    moved[index] = fixed
    return tuple(moved)


def _of_whole(resolved: Resolved, key: str, value: str, column: int) -> Rows:
    at = column + lens_start(key, resolved)
    axis, hop = parts.time_axis(resolved)
    name = "input" if key in (WHOLE_INPUT, LENS_INPUT) else "output"
    rows: Rows = [(name, f"{value} {resolved.unit}".rstrip(), TRUE), ("sample", f"{at:,}", "Counted from 0.")]
    if axis.unit and name == "input":
        rows.append((axis.name, f"{plain(at * hop)} {axis.unit}", ""))
    return [
        *rows,
        ("click", "moves the lens", "The arrow keys move it too."),
        ("double-click", "walks here", "Step by step, with all numbers."),
    ]


def _of_layers(resolved: Resolved, key: str, value: str, row: int, column: int) -> Rows:
    layers = resolved.layers
    if layers is None:
        return []
    cell = cell_under(resolved, key, row, column)
    place = ", ".join(map(str, cell.place))
    if cell.layer == 0:
        return [("input", value, "Divided by the largest magnitude."), ("place", place, "Counted from 0.")]
    found = layers.reads(cell.layer, cell.place)
    reads = "; ".join(f"{a}–{b - 1}" for a, b in zip(*found[0], strict=True))
    return [
        (f"layer {cell.layer}, map {cell.channel + 1}", value, "After the ReLU." if layers.relu else "Without ReLU."),
        ("place", place, "Counted from 0."),
        ("receptive field", reads, "Cells of the input that this value goes back to."),
    ]  # fmt: skip
