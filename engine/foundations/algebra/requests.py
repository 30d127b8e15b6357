"""What the engine can be asked about the mathematics of convolution, and what it answers. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.foundations.algebra.exact import Values
from engine.foundations.algebra.products import Kind, Mode


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """``a`` times ``b`` in a mode is ``result``; one or two axes."""

    kind: Kind
    mode: Mode
    a: Values
    b: Values
    result: Values


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """The adjoint of x -> x * ``kernel`` (or x ★ ``kernel``) at ``y`` is ``result``, with the shape of x."""

    kind: Kind
    mode: Mode
    kernel: Values
    y: Values
    result: Values


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """On a circle ``a`` ⊛ ``b`` is ``result``, ``[N]`` each."""

    a: Values
    b: Values
    result: Values


@dataclass(frozen=True, slots=True, eq=False)
class CheckAlgebra:
    """Compute all of this with torch in float64 and compare. Answer: engine.foundations.requests.CheckResult."""

    claims: tuple[Product | Back | Round, ...]
