"""The residual block a[l+2] = g(z[l+2] + a[l]) with numbers, step by step, beside the plain block. float64, no torch.

After He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2016); g is ReLU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.errors import UserError

FloatArray: TypeAlias = npt.NDArray[np.float64]
Vector: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = tuple[Vector, ...]

MAX_WIDTH: Final = 8
LIMIT: Final = 1e6
"""Largest size of an entry: beyond it the numbers no longer fit a cell."""


@dataclass(frozen=True, slots=True)
class ResidualBlockSpec:
    """A block of two fully connected layers on a vector a[l]: W1, b1, ReLU, W2, b2, and the skip connection.

    `w1` [hidden, inputs], `w2` [outputs, hidden], `skip` [outputs, inputs] is W_s; None passes a[l] on as it is, which
    needs as many outputs as inputs.
    """

    a: Vector
    w1: Matrix
    b1: Vector
    w2: Matrix
    b2: Vector
    skip: Matrix | None = None

    @property
    def widths(self) -> tuple[int, int, int]:
        """(inputs, hidden, outputs)."""
        return len(self.a), len(self.w1), len(self.w2)

    def validated(self) -> Self:
        """Itself, where everything goes together; else UserError with the part to blame and what would fit."""
        inputs, hidden, outputs = self.widths
        for name, width in (("a[l]", inputs), ("a[l+1]", hidden), ("a[l+2]", outputs)):
            if not 1 <= width <= MAX_WIDTH:
                near = min(max(width, 1), MAX_WIDTH)
                raise UserError(
                    f"{name} has {width} units; 1 to {MAX_WIDTH} can be shown.", f"The nearest: {near}."
                )
        _check_matrix("W1", self.w1, hidden, inputs)
        _check_vector("b1", self.b1, hidden)
        _check_matrix("W2", self.w2, outputs, hidden)
        _check_vector("b2", self.b2, outputs)
        _check_vector("a[l]", self.a, inputs)
        if self.skip is not None:
            _check_matrix("Wₛ", self.skip, outputs, inputs)
        elif inputs != outputs:
            raise UserError(
                f"z[l+2] has {outputs} values and a[l] has {inputs}: they cannot be added.",
                f"Put a Wₛ of {outputs} × {inputs} on the skip connection, or make the widths equal.",
            )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step: its name, what it does in a sentence, its formula as mathtext, and the vector that comes out.

    `worked`: the arithmetic of every unit in numbers, mathtext. `sources`: the steps that it reads ("a" is the input).
    `matrix` is what it multiplies with, `offset` what it adds.
    """

    name: str
    title: str
    sentence: str
    formula: str
    value: FloatArray
    worked: tuple[str, ...]
    sources: tuple[str, ...]
    matrix: FloatArray | None = None
    offset: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BlockRun:
    """A block computed both ways from the same numbers.

    `residual`: z1, a1, z2, skip, sum, a2. `plain`: z1, a1, z2, a2. `gradient_*`: d a[l+2] / d a[l], float64[outputs,
    inputs]; where a sum is exactly zero the slope of ReLU is taken for 0, as torch does. `identity`: the residual block
    gives back a[l]. `lost`: the units of a[l] that it would give back but for the last ReLU, because they are negative.
    """

    spec: ResidualBlockSpec
    residual: tuple[Step, ...]
    plain: tuple[Step, ...]
    gradient_residual: FloatArray
    gradient_plain: FloatArray
    identity: bool
    lost: tuple[int, ...]

    @property
    def note(self) -> str:
        """What is worth saying about the result, in a sentence or two."""
        plain_dead = not self.gradient_plain.any()
        if self.identity:
            text = "The block gives back a[l]: it has only to learn what should differ from the identity."
            return text + (" The plain block passes no gradient at all." if plain_dead else "")
        if self.lost:
            units = ", ".join(str(unit + 1) for unit in self.lost)
            return (
                f"z[l+2] is zero, but a[l] is negative in unit {units}: the last ReLU sets it to zero. Behind a ReLU "
                "a[l] is never negative, and the block is the identity."
            )
        if plain_dead:
            return "The plain block passes no gradient; through the skip connection it still flows."
        return "The block adds z[l+2] to what came in, and the gradient has a way around both layers."


def run_block(spec: ResidualBlockSpec) -> BlockRun:
    """Compute a block and its plain counterpart. Raises UserError where its parts do not go together."""
    spec = spec.validated()
    a, w1, b1, w2, b2 = (np.array(x, dtype=np.float64) for x in (spec.a, spec.w1, spec.b1, spec.w2, spec.b2))
    z1 = w1 @ a + b1
    a1 = _relu(z1)
    z2 = w2 @ a1 + b2
    w_s = None if spec.skip is None else np.array(spec.skip, dtype=np.float64)
    skip = a if w_s is None else w_s @ a
    total = z2 + skip
    common = (
        _layer_step("z1", "z[l+1]", "The first layer, before its ReLU.", _Z1, "a", a, w1, b1),
        _relu_step("a1", "a[l+1]", "ReLU: what is negative becomes zero.", _A1, "z1", z1),
        _layer_step("z2", "z[l+2]", "The second layer, before its ReLU.", _Z2, "a1", a1, w2, b2),
    )
    residual = (
        *common,
        _skip_step(a, w_s),
        _sum_step(z2, skip, w_s),
        _relu_step("a2", "a[l+2]", "ReLU of the sum.", _residual_a2(w_s), "sum", total),
    )
    plain = (*common, _relu_step("a2", "a[l+2]", "ReLU, with nothing added.", _PLAIN_A2, "z2", z2))
    inner = w2 @ (_slope(z1)[:, None] * w1)
    around = np.eye(len(a)) if w_s is None else w_s
    passes = w_s is None and not z2.any()
    return BlockRun(
        spec=spec,
        residual=residual,
        plain=plain,
        gradient_residual=_slope(total)[:, None] * (inner + around),
        gradient_plain=_slope(z2)[:, None] * inner,
        identity=w_s is None and np.array_equal(residual[-1].value, a),
        lost=tuple(int(unit) for unit in np.flatnonzero(a < 0)) if passes else (),
    )


_Z1 = r"$z^{[l+1]} = W^{[l+1]}\, a^{[l]} + b^{[l+1]}$"
_A1 = r"$a^{[l+1]} = g(z^{[l+1]})$"
_Z2 = r"$z^{[l+2]} = W^{[l+2]}\, a^{[l+1]} + b^{[l+2]}$"
_PLAIN_A2 = r"$a^{[l+2]} = g(z^{[l+2]})$"


def _layer_step(
    name: str,
    title: str,
    sentence: str,
    formula: str,
    source: str,
    x: FloatArray,
    w: FloatArray,
    b: FloatArray | None,
) -> Step:
    value = w @ x if b is None else w @ x + b
    worked = []
    for unit, row in enumerate(w):
        terms = [rf"{_number(weight)} \cdot {_number(each)}" for weight, each in zip(row, x, strict=True)]
        terms += [] if b is None else [_number(b[unit])]
        worked.append(f"${' + '.join(terms)} = {value[unit]:.4g}$")
    return Step(name, title, sentence, formula, value, tuple(worked), (source,), w, b)


def _relu_step(name: str, title: str, sentence: str, formula: str, source: str, z: FloatArray) -> Step:
    value = _relu(z)
    worked = tuple(rf"$\max(0,\ {each:.4g}) = {out:.4g}$" for each, out in zip(z, value, strict=True))
    return Step(name, title, sentence, formula, value, worked, (source,))


def _skip_step(a: FloatArray, w_s: FloatArray | None) -> Step:
    if w_s is not None:
        text = "The widths differ, or Wₛ is wanted: it brings a[l] to the width of z[l+2]."
        return _layer_step("skip", "Wₛ a[l]", text, r"$W_s\, a^{[l]}$", "a", a, w_s, None)
    worked = tuple(f"${each:.4g}$" for each in a)
    return Step(
        "skip", "a[l]", "The skip connection carries a[l] past both layers.", "$a^{[l]}$", a, worked, ("a",)
    )


def _sum_step(z2: FloatArray, skip: FloatArray, w_s: FloatArray | None) -> Step:
    value = z2 + skip
    numbers = zip(z2, skip, value, strict=True)
    worked = tuple(f"${_number(z)} + {_number(s)} = {total:.4g}$" for z, s, total in numbers)
    text = "The skip connection is added, before the ReLU."
    return Step("sum", "sum", text, _sum(w_s), value, worked, ("z2", "skip"))


def _sum(w_s: FloatArray | None) -> str:
    return r"$z^{[l+2]} + " + ("" if w_s is None else r"W_s\, ") + r"a^{[l]}$"


def _residual_a2(w_s: FloatArray | None) -> str:
    return r"$a^{[l+2]} = g(" + _sum(w_s).strip("$") + ")$"


def _relu(z: FloatArray) -> FloatArray:
    return np.maximum(z, 0.0)


def _slope(z: FloatArray) -> FloatArray:
    return (z > 0).astype(np.float64)


def _number(value: float) -> str:
    text = f"{value:.4g}"
    return f"({text})" if value < 0 else text


def _check_vector(name: str, values: Vector, length: int) -> None:
    if len(values) != length:
        raise UserError(f"{name} has {len(values)} values where {length} are needed.", f"Give it {length}.")
    for value in values:
        if not abs(value) <= LIMIT:  # also what is no number
            raise UserError(f"{value:g} in {name} is too large to be shown.", f"Values go up to {LIMIT:g}.")


def _check_matrix(name: str, rows: Matrix, height: int, width: int) -> None:
    if len(rows) != height:
        raise UserError(
            f"{name} has {len(rows)} rows where {height} are needed.", f"Make it {height} × {width}."
        )
    for row in rows:
        _check_vector(f"a row of {name}", row, width)
