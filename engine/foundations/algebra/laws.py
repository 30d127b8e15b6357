"""The laws of the two products, each as two sides with numbers, their difference, and what holds where a law fails.

Convolution commutes, associates, distributes, has an identity and commutes with shifts. Cross-correlation loses the
first two: a ★ b is the flip of b ★ a, and (a ★ b) ★ c is a ★ (b * c). Its identity is one on the right alone: a ★ δ is
a, but δ ★ a is the flip of a.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from engine.foundations.algebra.exact import agree, is_exact, largest
from engine.foundations.algebra.placed import (
    Place,
    Placed,
    delta,
    difference,
    distance,
    plus,
    together,
)
from engine.foundations.algebra.products import SIGNS, Kind

Law = Literal["commute", "associate", "distribute", "identity", "shift"]
LAWS: Final[tuple[Law, ...]] = ("commute", "associate", "distribute", "identity", "shift")


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """One operand of a side: its name, and what it is."""

    name: str
    value: Placed


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a law: ``text`` as it is written, ``first sign second = result``; without a ``second`` just that."""

    text: str
    first: Factor
    sign: str
    second: Factor | None
    result: Placed

    @property
    def scale(self) -> float:
        """The largest magnitude among result and factors: these may be large and cancel in the result."""
        factors = [one.value for one in (self.first, self.second) if one is not None]
        return max(largest(one.values) for one in (self.result, *factors))


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """Two sides, both results on one block, and their difference."""

    left: Side
    right: Side
    results: tuple[Placed, Placed]
    difference: Placed
    largest: float

    @property
    def holds(self) -> bool:
        """Whether both sides agree: exactly for whole numbers, up to roundings for others."""
        return agree(self.largest, max(self.left.scale, self.right.scale), exact=self.exact)

    @property
    def exact(self) -> bool:
        return is_exact(self.left.result.values, self.right.result.values)


@dataclass(frozen=True, slots=True, eq=False)
class Multiplied:
    """A product that was worked out on the way: ``a`` and ``b`` begin anywhere, ``result`` is the full product."""

    kind: Kind
    a: Placed
    b: Placed
    result: Placed


@dataclass(slots=True, eq=False)
class _Record:
    """Multiplies and remembers what it did, so that all of it can be checked."""

    kind: Kind
    done: list[Multiplied] = field(default_factory=list)

    def __call__(self, a: Placed, b: Placed, kind: Kind | None = None) -> Placed:
        used = self.kind if kind is None else kind
        result = a.times(used, b)
        self.done.append(Multiplied(used, a, b, result))
        return result


@dataclass(frozen=True, slots=True, eq=False)
class Demonstration:
    """A law in numbers. ``claim`` is the law itself, ``instead`` what holds where it fails (None where it holds)."""

    law: Law
    kind: Kind
    claim: Equation
    instead: Equation | None
    multiplied: tuple[Multiplied, ...]


def demonstrate(law: Law, kind: Kind, a: Placed, b: Placed, c: Placed, shift: Place) -> Demonstration:
    """Work a law out for given operands; ``shift`` is used by the law of shifts alone."""
    record = _Record(kind)
    if law == "commute":
        claim, instead = _commute(record, a, b)
    elif law == "associate":
        claim, instead = _associate(record, a, b, c)
    elif law == "distribute":
        claim, instead = _distribute(record, a, b, c), None
    elif law == "identity":
        claim, instead = _identity(record, a, b), None
    else:
        claim, instead = _shift(record, a, b, shift), None
    return Demonstration(law, kind, claim, instead, tuple(record.done))


def _equation(left: Side, right: Side) -> Equation:
    first, second = together(left.result, right.result)
    return Equation(
        left,
        right,
        (first, second),
        difference(left.result, right.result),
        distance(left.result, right.result),
    )


Both = tuple[Equation, Equation | None]


def _commute(times: _Record, a: Placed, b: Placed) -> Both:
    sign = SIGNS[times.kind]
    ab = Side(f"a {sign} b", Factor("a", a), sign, Factor("b", b), times(a, b))
    ba = Side(f"b {sign} a", Factor("b", b), sign, Factor("a", a), times(b, a))
    if times.kind == "convolution":
        return _equation(ab, ba), None
    turned = Side(
        f"flip of (b {sign} a)", Factor(f"b {sign} a", ba.result), "flip", None, ba.result.flipped()
    )
    return _equation(ab, ba), _equation(ab, turned)


def _associate(times: _Record, a: Placed, b: Placed, c: Placed) -> Both:
    sign = SIGNS[times.kind]
    ab, bc = times(a, b), times(b, c)
    left = Side(f"(a {sign} b) {sign} c", Factor(f"a {sign} b", ab), sign, Factor("c", c), times(ab, c))
    right = Side(f"a {sign} (b {sign} c)", Factor("a", a), sign, Factor(f"b {sign} c", bc), times(a, bc))
    if times.kind == "convolution":
        return _equation(left, right), None
    merged = times(b, c, "convolution")
    instead = Side(f"a {sign} (b * c)", Factor("a", a), sign, Factor("b * c", merged), times(a, merged))
    return _equation(left, right), _equation(left, instead)


def _distribute(times: _Record, a: Placed, b: Placed, c: Placed) -> Equation:
    sign = SIGNS[times.kind]
    both, ab, ac = plus(b, c), times(a, b), times(a, c)
    left = Side(f"a {sign} (b + c)", Factor("a", a), sign, Factor("b + c", both), times(a, both))
    right = Side(
        f"a {sign} b + a {sign} c", Factor(f"a {sign} b", ab), "+", Factor(f"a {sign} c", ac), plus(ab, ac)
    )
    return _equation(left, right)


def _identity(times: _Record, a: Placed, b: Placed) -> Equation:
    """δ is drawn as large as b."""
    sign, one = SIGNS[times.kind], delta(b.values.shape)
    left = Side(f"a {sign} δ", Factor("a", a), sign, Factor("δ", one), times(a, one))
    return _equation(left, Side("a", Factor("a", a), "", None, a))


def _shift(times: _Record, a: Placed, b: Placed, shift: Place) -> Equation:
    sign = SIGNS[times.kind]
    _, moved = together(a, a.shifted(shift))
    left = Side(f"(shifted a) {sign} b", Factor("shifted a", moved), sign, Factor("b", b), times(moved, b))
    product = times(a, b)
    right = Side(
        f"shifted (a {sign} b)", Factor(f"a {sign} b", product), "shift", None, product.shifted(shift)
    )
    return _equation(left, right)
