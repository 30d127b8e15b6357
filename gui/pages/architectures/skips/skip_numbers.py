"""The residual block of a state in numbers, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.networks.skips.residual_block import ResidualBlockSpec, run_block
from gui.pages.architectures.skips.skip_state import SkipState

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BlockNumbers:
    """Everything that the block computes; vectors float64[n], matrices float64[rows, columns].

    `skip` is what the skip connection brings (a[l], or Wₛ a[l]); `total` = z2 + skip; `out` = g(total); `plain` is
    g(z2), the block without its skip connection. `slope`: the derivative of `out` with respect to x, `plain_slope` that
    of `plain`; `slope` = `through` + `added`, the way through both layers and the way around them.
    """

    x: FloatArray
    w1: FloatArray
    b1: FloatArray
    z1: FloatArray
    a1: FloatArray
    w2: FloatArray
    b2: FloatArray
    z2: FloatArray
    ws: FloatArray | None
    skip: FloatArray
    total: FloatArray
    out: FloatArray
    plain: FloatArray
    slope: FloatArray
    plain_slope: FloatArray
    through: FloatArray
    added: FloatArray


@lru_cache(maxsize=8)
def block_numbers(state: SkipState) -> BlockNumbers:
    """The block of a state, computed by the engine. Raises UserError where its parts do not go together."""
    s = state.filled()
    run = run_block(ResidualBlockSpec(s.x, s.w1, s.b1, s.w2, s.b2, s.ws if s.projection else None))
    step = {one.name: one.value for one in run.residual}
    w1, b1, w2, b2 = (np.array(values, dtype=np.float64) for values in (s.w1, s.b1, s.w2, s.b2))
    ws = np.array(s.ws, dtype=np.float64) if s.projection else None
    opens1, opens2 = (
        step["z1"] > 0,
        step["sum"] > 0,
    )  # as the engine has it, ReLU lets nothing through at exactly 0
    return BlockNumbers(
        x=np.array(s.x, dtype=np.float64), w1=w1, b1=b1, z1=step["z1"], a1=step["a1"], w2=w2, b2=b2, z2=step["z2"],
        ws=ws, skip=step["skip"], total=step["sum"],
        out=step["a2"], plain=run.plain[-1].value, slope=run.gradient_residual, plain_slope=run.gradient_plain,
        through=opens2[:, None] * (w2 @ (opens1[:, None] * w1)),
        added=opens2[:, None] * (np.eye(len(s.x)) if ws is None else ws),
    )  # fmt: skip
