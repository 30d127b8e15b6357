"""Two filters in a row as one: (x * k) * l = x * (k * l), and what each way costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from engine.foundations.algebra.exact import Values, agree, bound, frozen, is_exact, largest
from engine.foundations.algebra.products import Kind, Mode, convolve, multiply


@dataclass(frozen=True, eq=False)
class Joined:
    """An input ``[*N]`` through ``first`` ``[*K]`` and ``second`` ``[*L]``, and through the one kernel of both.

    For cross-correlation, too, the one kernel is the *convolution* of both: (x ★ k) ★ l = x ★ (k * l). In "same" both
    ways differ at the border, where the first map's outside is cut off and then taken for zeros; two kernels of even
    sizes are moved against their one kernel by half a cell each, so that they differ everywhere.
    """

    x: Values
    first: Values
    second: Values
    kind: Kind
    mode: Mode

    @cached_property
    def between(self) -> Values:
        """What the first filter makes of the input."""
        return multiply(self.kind, self.x, self.first, self.mode)

    @cached_property
    def in_sequence(self) -> Values:
        """What the second one makes of that."""
        return multiply(self.kind, self.between, self.second, self.mode)

    @cached_property
    def merged(self) -> Values:
        """The one kernel of both, ``[*K + L - 1]``."""
        return convolve(self.first, self.second)

    @cached_property
    def at_once(self) -> Values:
        """What the one kernel makes of the input."""
        return multiply(self.kind, self.x, self.merged, self.mode)

    @cached_property
    def difference(self) -> Values:
        return frozen(self.in_sequence - self.at_once)

    @property
    def largest(self) -> float:
        """The largest difference of the two ways; inside of the border alone it is `inner_largest`."""
        return largest(self.difference)

    @cached_property
    def is_border(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """bool[*output]: where the second filter reaches beyond the map between; nowhere unless in "same"."""
        border = np.full(self.difference.shape, self.mode == "same")
        inside = (
            slice(m // 2, n - (m - 1) // 2) for n, m in zip(self.x.shape, self.second.shape, strict=True)
        )
        border[tuple(inside)] = False
        return border

    @property
    def inner_largest(self) -> float:
        """The largest difference over the cells that no border touches."""
        return largest(self.difference[~self.is_border])

    @property
    def holds(self) -> bool:
        """Whether both ways agree everywhere."""
        return self._agrees(self.largest)

    @property
    def holds_inside(self) -> bool:
        """Whether they agree wherever no border has a part."""
        return self._agrees(self.inner_largest)

    def _agrees(self, difference: float) -> bool:
        return agree(difference, bound(self.x, self.first, self.second), exact=self.exact)

    @property
    def products_apart(self) -> int:
        """Products for one output, one filter after the other."""
        return prod(self.first.shape) + prod(self.second.shape)

    @property
    def products_merged(self) -> int:
        """Products for one output with the one kernel."""
        return prod(self.merged.shape)

    @property
    def exact(self) -> bool:
        return is_exact(self.x, self.first, self.second)
