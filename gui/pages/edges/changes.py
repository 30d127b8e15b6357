"""The ways to change the page's state: what a control sets, and why it must not take a value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.foundations.convolution import Problem
from engine.foundations.edges.catalogue import LARGEST, resized, weight
from gui.pages.edges.state import MAX_ANGLE, EdgesState, View, nearest_size, with_name

KERNEL_FIELDS: Final = ("size", "angle", "sigma", "wavelength", "phase", "aspect")
WIPED: Final = ("picture", "rotate")
"""Views in which picture and response can lie on one another."""
GABOR_SIZE: Final = 9
"""A Gabor kernel of three cells has no room for its wave."""


def set_value(state: EdgesState, name: str, value: Any) -> EdgesState:
    """The state with one control moved."""
    if name == "kernel":
        return with_kernel(state, value)
    if name == "size":
        return replace(state, kernel=resized(state.shown_kernel, value))
    if name in KERNEL_FIELDS:
        return replace(state, kernel=replace(state.shown_kernel, **{name: value}))
    return replace(state, **{name: value})


def with_kernel(state: EdgesState, name: Any) -> EdgesState:
    """Another kernel, in a size that it comes in and that shows what it does."""
    kernel = with_name(state.kernel, name)
    if name == "gabor" and state.kernel.name != "gabor":
        kernel = replace(kernel, size=GABOR_SIZE)
    return replace(state, kernel=kernel)


def with_cell(state: EdgesState, row: int, column: int, value: float) -> EdgesState:
    """One weight typed over: the kernel on show becomes a custom one, unless the number is the one that was there."""
    if (
        f"{weight(state.shown_kernel)[row, column]:.10g}" == f"{value:.10g}"
    ):  # all that the editor shows of it
        return state
    kernel = with_name(state.shown_kernel, "custom")
    cells = list(kernel.cells)
    cells[row * kernel.size + column] = value
    return replace(state, kernel=replace(kernel, cells=tuple(cells)))


def with_view(state: EdgesState, view: View) -> EdgesState:
    """Another view of the same settings."""
    return replace(state, view=view)


def turned(state: EdgesState, degrees: int) -> EdgesState:
    """The kernel turned on, stopping at 0 and 180 degrees; nothing where the kernel has no direction."""
    kernel = state.shown_kernel
    if not kernel.entry.turns:
        return state
    angle = float(min(max(round(kernel.angle) + degrees, 0), MAX_ANGLE))
    return replace(state, kernel=replace(kernel, angle=angle))


def angle_counts(state: EdgesState) -> bool:
    """Whether the angle changes what is on show: a gradient is made of the kernels at 0 and 90 degrees."""
    return state.view != "gradient" and state.shown_kernel.entry.turns


def refusal(state: EdgesState, name: str, value: int) -> Problem | None:
    """Why a field must not take a whole number, with the nearest one that it may take; None where it may."""
    if name != "size":
        return None
    kernel = state.shown_kernel
    if value in kernel.entry.sizes:
        return None
    nearest = nearest_size(kernel, value)
    if value % 2 == 0 and value <= LARGEST:
        return Problem(name, "The size is odd here: a kernel that finds edges has a middle.", nearest)
    sizes = ", ".join(map(str, kernel.entry.sizes))
    return Problem(name, f"{kernel.entry.title} comes in the sizes {sizes}.", nearest)


def kernel_note(state: EdgesState) -> str:
    """What is said beneath the choice of a kernel."""
    chosen, shown = state.kernel, state.shown_kernel
    if state.view == "compare":
        return "All edge kernels, in the size and at the angle that are set here."
    if chosen.name != shown.name:
        why = "measures no direction" if state.view != "rotate" else "has no direction to turn"
        return f"{chosen.entry.title} {why}; this view shows {shown.entry.title}."
    return f"{shown.entry.description} ({shown.entry.source})"


def colour_counts(state: EdgesState) -> bool:
    """Whether colour changes what is on show: the comparison works on the luminance."""
    return state.view != "compare"
