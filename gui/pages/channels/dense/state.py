"""What can be set about the fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Self

from engine.errors import UserError
from engine.foundations.problems import Problem
from engine.foundations.spec import Shape3
from gui.pages.channels.values import MOST_SEED, Edit, check_edits, check_ranges, inside

MOST_INPUTS: Final = 32
"""Entries of the vector: a row of the matrix has to be legible."""
RANGES: Final = (
    ("channels", "The number of channels", 1, 3), ("side", "The side of the input", 1, 4),
    ("outputs", "The number of outputs", 1, 5), ("more", "The larger picture", 0, 4),
    ("seed", "The seed", 0, MOST_SEED), ("step", "The step", 0, 1 << 16),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DenseState:
    """A fully connected layer on `channels` x `side` x `side`, with `outputs` outputs and numbers drawn by `seed`.

    The picture of the last part is `more` cells larger on each side. `edits` are cells of that picture (the input is
    its first corner), `weight_edits` (0, row, column, value) cells of the matrix that were typed over.
    """

    channels: int = 2
    side: int = 3
    outputs: int = 3
    more: int = 2
    seed: int = 13
    edits: tuple[Edit, ...] = ()
    weight_edits: tuple[Edit, ...] = ()
    step: int = 0

    @property
    def shape(self) -> Shape3:
        """(C, H, W) of the input."""
        return self.channels, self.side, self.side

    @property
    def inputs(self) -> int:
        """Entries of the vector."""
        return self.channels * self.side * self.side

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or a row of the matrix would be too long.
        """
        check_ranges(self, RANGES)
        check_edits(self.edits, "the picture")
        check_edits(self.weight_edits, "the matrix")
        if self.inputs > MOST_INPUTS:
            raise UserError(_too_long(self))
        return self


def _too_long(state: DenseState) -> str:
    size = f"{state.side} × {state.side} × {state.channels}"
    return f"{size} are {state.inputs} entries; up to {MOST_INPUTS} can be read in a row of the matrix."


def with_value(state: DenseState, name: str, value: Any) -> DenseState:
    """One control moved: edits leave with their cells, and with the seed."""
    changed = replace(state, **{name: value})
    side = changed.side + changed.more
    edits = inside(changed.edits, (changed.channels, side, side))
    weights = inside(changed.weight_edits, (1, changed.outputs, changed.inputs))
    if name in ("channels", "side"):
        weights = ()  # the same column would be another pixel's
    if name == "seed":
        edits = weights = ()
    return replace(changed, edits=edits, weight_edits=weights)


def refusal(state: DenseState, name: str, value: int) -> Problem | None:
    """Why a control must not take a value, with the nearest that it may; None where it may."""
    wanted = with_value(state, name, value)
    if wanted.inputs <= MOST_INPUTS:
        return None
    nearest = next(n for n in range(value, 0, -1) if with_value(state, name, n).inputs <= MOST_INPUTS)
    return Problem(name, _too_long(wanted), nearest)
