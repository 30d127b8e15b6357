"""What the inspector says about the pixel or the cell under the pointer."""

from __future__ import annotations

from typing import Final

from engine.foundations.edges.requests import FilteredPicture
from engine.images import luminance
from gui.pages.edges.kernel_scene import INPUT, KERNEL
from gui.pages.edges.resolve import Grid
from gui.pages.edges.words import direction_words
from gui.widgets.facts import Fact
from gui.widgets.plate import number_text
from gui.widgets.stage_text import plain

_TIPS: Final = {
    "gx": "Left minus right.", "gy": "Above minus below.", "magnitude": "√(gx² + gy²).",
    "angle": "atan2(gy, gx): 0° where it gets darker to the right, 90° downwards.",
    "strongest": "Of red, green and blue the one with the largest magnitude.",
}  # fmt: skip


def pixel_rows(result: FilteredPicture, x: int, y: int) -> list[Fact]:
    """Pixel, colour and every map's true value at a place."""
    red, green, blue = (int(v) for v in result.pixels[y, x])
    grey = float(luminance(result.pixels[y : y + 1, x : x + 1])[0, 0])
    rows: list[Fact] = [
        ("pixel", f"row {y}, col {x}", "Counted from 0."),
        ("R, G, B", f"{red}, {green}, {blue}", "0 to 255."),
        ("luminance", number_text(grey, 1), "0.299 R + 0.587 G + 0.114 B."),
    ]
    for name in result.names:
        value = float(result.map(name)[y, x])
        shown = f"{number_text(value, 1)}°" if name == "angle" else number_text(value, 2)
        rows.append((name, shown, _TIPS.get(name, "The true value, not its colour.")))
    if "angle" in result.names:
        still = float(result.map("magnitude")[y, x]) == 0
        eighth = round(float(result.map("angle")[y, x]) / 45) * 45.0
        rows.append(
            (
                "it gets darker",
                "nowhere" if still else direction_words(eighth),
                "The nearest of eight directions.",
            )
        )
    return rows


def cell_rows(grid: Grid, key: str, row: int, column: int) -> list[Fact]:
    """Name, place, value and origin of a cell of the small grids."""
    done = grid.trace
    if key == INPUT:
        return [
            ("input", grid.state.input_title, ""),
            ("value", plain(float(done.x[0, row, column])), "0 is dark, 10 is bright."),
            ("place", f"row {row}, col {column}", "Counted from 0."),
            ("seen by", f"{len(done.readers(row, column))} windows", "Windows that read it."),
        ]
    if key == KERNEL:
        step = grid.step
        return [
            ("weight", plain(float(done.kernel[0, 0, row, column])), ""),
            ("place", f"row {row}, col {column}", "In the kernel, counted from 0."),
            ("lies on", plain(float(step.patch[0, row, column])), "The input's cell beneath it, in this window."),
            ("product", plain(float(step.products[0, row, column])), "Weight times input."),
        ]  # fmt: skip
    step = done.step(done.index_of(0, row, column))
    return [
        ("output", plain(round(step.value, 9)), "The sum of the products."),
        ("place", f"row {row}, col {column}", "Counted from 0."),
        ("window", f"rows {step.rows[0]}–{step.rows[-1]}, cols {step.cols[0]}–{step.cols[-1]}", "In the input."),
        ("sign", _sign(step.value), _sign_tip(grid)),
    ]  # fmt: skip


def _sign_tip(grid: Grid) -> str:
    turns = grid.state.shown_kernel.entry.derivative is not None
    return "Plus: bright turns to dark in the direction of the kernel." if turns else "The sign of the sum."


def _sign(value: float) -> str:
    return "plus" if value > 1e-9 else ("minus" if value < -1e-9 else "zero")
