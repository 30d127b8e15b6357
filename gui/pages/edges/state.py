"""Everything that a person can set on the page of edges, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.foundations.edges.catalogue import (
    GRADIENTS,
    NAMES,
    TURNING,
    EdgeKernel,
    KernelName,
    custom,
    weight,
)
from engine.foundations.edges.inputs import INPUTS, edge_input
from gui.widgets.source_state import SourceState

View = Literal["kernel", "picture", "gradient", "rotate", "compare"]
Arrangement = Literal["beside", "wipe"]

ALLOWED: Final[dict[View, tuple[KernelName, ...]]] = {
    "kernel": NAMES, "picture": NAMES, "gradient": GRADIENTS, "rotate": TURNING, "compare": GRADIENTS,
}  # fmt: skip
"""The kernels that make sense in a view."""
INSTEAD: Final[KernelName] = "sobel"
"""The kernel that a view shows in the place of one that makes no sense there."""
MORE_CELLS: Final = 5
"""By how much an input is larger than the kernel: six windows fit in a row."""
WINDOWS: Final = 36
MAX_WEIGHT: Final = 1000.0
"""The largest magnitude of a weight that is typed."""
MAX_ANGLE: Final = 180
RANGES: Final[dict[str, tuple[float, float, str]]] = {
    "angle": (0, MAX_ANGLE, "The angle of the kernel"), "sigma": (0.3, 5, "Sigma"),
    "wavelength": (2, 16, "The wavelength"), "phase": (0, 360, "The phase"), "aspect": (0.2, 2, "The aspect"),
}  # fmt: skip
"""Lowest, highest and name of the kernel's settings."""


@dataclass(frozen=True, slots=True)
class EdgesState:
    """One view of the page, as plain values.

    `input` names the small input, whose edge gets darker in the `direction` (degrees, 0 to the right, 90 down);
    `flipped` exchanges bright and dark; `step` counts its windows. `source` is the picture, `colour` filters red, green
    and blue apart. `arrangement` puts picture and response beside each other or on one another, with the divider at the
    share `wipe` of the width.
    """

    view: View = "kernel"
    kernel: EdgeKernel = field(default_factory=EdgeKernel)
    input: str = "bright-dark"
    direction: int = 0
    flipped: bool = False
    step: int = 2
    source: SourceState = field(default_factory=lambda: SourceState("sample", "camera"))
    colour: bool = False
    arrangement: Arrangement = "beside"
    wipe: float = 0.5

    @property
    def shown_kernel(self) -> EdgeKernel:
        """The kernel that the view works with: the chosen one where it makes sense there."""
        return self.kernel if self.kernel.name in ALLOWED[self.view] else with_name(self.kernel, INSTEAD)

    @property
    def side(self) -> int:
        """Rows and columns of the small input."""
        return self.shown_kernel.size + MORE_CELLS

    @property
    def on_picture(self) -> bool:
        return self.view != "kernel"

    @property
    def input_title(self) -> str:
        one = edge_input(self.input)
        return one.flipped_title if self.flipped else one.title

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        self.source.validated()
        if self.source.kind == "preset":
            raise UserError("This page shows pictures, not examples of another page.", "Pick a picture.")
        for name, (low, high, title) in RANGES.items():
            value = getattr(self.kernel, name)
            if not low <= value <= high:  # NaN fails every comparison
                raise UserError(f"{title} must be {low:g} to {high:g}, not {value:g}.")
        sizes = self.kernel.entry.sizes
        if self.kernel.size not in sizes:
            raise UserError(
                f"{self.kernel.entry.title} comes in the sizes {_listed(sizes)}, not {self.kernel.size}."
            )
        cells = self.kernel.cells if self.kernel.name == "custom" else ()
        if cells and len(cells) != self.kernel.size**2:
            raise UserError(f"A kernel of {self.kernel.size} × {self.kernel.size} has no {len(cells)} cells.")
        if not all(abs(value) <= MAX_WEIGHT for value in cells):
            raise UserError(f"The weights of a kernel lie between −{MAX_WEIGHT:g} and {MAX_WEIGHT:g}.")
        if self.input not in {one.name for one in INPUTS}:
            raise UserError(f'There is no input named "{self.input}".')
        if not 0 <= self.direction < 360:
            raise UserError(f"The direction of the edge must be 0 to 359 degrees, not {self.direction}.")
        if not 0 <= self.step < WINDOWS:
            raise UserError(f"There are {WINDOWS} windows, so window {self.step + 1} is none of them.")
        if not 0 <= self.wipe <= 1:
            raise UserError("The divider must lie on the picture.")
        return self


def with_name(kernel: EdgeKernel, name: KernelName) -> EdgeKernel:
    """Another kernel of the catalogue, in the size that is nearest to the present one.

    A custom kernel begins as the present one.
    """
    if name == "custom":
        return (
            kernel if kernel.name == name else replace(kernel, name=name, cells=custom(weight(kernel)).cells)
        )
    changed = replace(kernel, name=name, cells=())
    return replace(changed, size=nearest_size(changed, kernel.size))


def nearest_size(kernel: EdgeKernel, size: int) -> int:
    """The size of a kernel that is nearest to a wanted one; of two the smaller."""
    return min(kernel.entry.sizes, key=lambda one: (abs(one - size), one))


def _listed(sizes: tuple[int, ...]) -> str:
    return ", ".join(map(str, sizes))
