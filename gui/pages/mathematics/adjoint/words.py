"""What the view of the adjoint says."""

from __future__ import annotations

from typing import Final

from engine.foundations.algebra.adjoint import adjoint_mode
from engine.foundations.algebra.exact import Values
from engine.foundations.algebra.products import OTHER, SIGNS, Kind
from gui.pages.mathematics.adjoint.shown import Shown
from gui.pages.mathematics.look import small
from gui.widgets.stage_text import plain, wrapped

NAMES: Final[dict[Kind, str]] = {"convolution": "convolution", "correlation": "cross-correlation"}
MOST_TERMS: Final = 12


def forward_text(shown: Shown) -> str:
    return f"x {SIGNS[shown.state.kind]} k"


def backward_text(shown: Shown) -> str:
    """The adjoint as a product, where it is one; "Tᵀy" where zeros change sides."""
    return "Tᵀy" if shown.state.zeros_move else f"y {SIGNS[OTHER[shown.state.kind]]} k"


def title(shown: Shown) -> str:
    kind = shown.state.kind
    return f"The adjoint of {NAMES[kind]} is {NAMES[OTHER[kind]]}"


def verdict(shown: Shown) -> tuple[str, str]:
    """Both inner products, and the role of the colour."""
    pairing = shown.pairing
    left, right = pairing.left, pairing.right
    first, second = f"⟨{forward_text(shown)}, y⟩", f"⟨x, {backward_text(shown)}⟩"
    if left == right:
        how = "exactly" if pairing.exact else "to the last bit"
        return f"✓ {first} = {plain(float(left))} = {second}, {how}", "good"
    sign, role = ("✓", "good") if pairing.agrees else ("✗", "error")
    apart = small(abs(left - right))
    return (
        f"{sign} {first} = {plain(float(left))}, {second} = {plain(float(right))}; difference {apart}",
        role,
    )


def sentences(shown: Shown) -> list[str]:
    return [_row(shown), *_inner(shown), _modes(shown), _use()]


def _row(shown: Shown) -> str:
    """The sum that the row on show makes."""
    pairing, row = shown.pairing, shown.row
    operand = pairing.x.ravel() if shown.forth else pairing.y.ravel()
    terms = [
        f"{wrapped(float(w))}·{wrapped(float(v))}"
        for w, v, counts in zip(shown.weights, operand, shown.taking_part, strict=True)
        if counts
    ]
    said = " + ".join(terms[:MOST_TERMS]) + (" + …" if len(terms) > MOST_TERMS else "") if terms else "0"
    if shown.forth:
        value = plain(float(pairing.forward.flat[row]))
        return f"Row {row} of T: {said} = {value}, output {row} of {forward_text(shown)}."
    value = plain(float(pairing.backward.flat[row]))
    return f"Row {row} of Tᵀ: {said} = {value}: what input {row} gets back from every output that read it."


def _inner(shown: Shown) -> list[str]:
    """Both inner products written out."""
    pairing = shown.pairing
    left = _products(pairing.forward.ravel(), pairing.y.ravel())
    right = _products(pairing.x.ravel(), pairing.backward.ravel())
    return [
        f"⟨{forward_text(shown)}, y⟩ = {left} = {plain(float(pairing.left))}",
        f"⟨x, {backward_text(shown)}⟩ = {right} = {plain(float(pairing.right))}",
    ]


def _products(a: Values, b: Values) -> str:
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    said = " + ".join(f"{wrapped(float(p))}·{wrapped(float(q))}" for p, q in pairs[:8])
    return f"{said} + …" if len(pairs) > 8 else said


def _modes(shown: Shown) -> str:
    kind, mode = shown.state.kind, shown.state.mode
    back = adjoint_mode(mode)
    if mode == "same":
        if shown.state.zeros_move:
            return "“Same” with an even kernel: the adjoint is the other product, with its zeros on the other side."
        return f"“Same” of {NAMES[kind]} has “same” of {NAMES[OTHER[kind]]} as its adjoint: odd kernels, zeros around."
    return (
        f"“{mode.capitalize()}” of {NAMES[kind]} has “{back}” of {NAMES[OTHER[kind]]} as its adjoint: "
        f"{shown.pairing.x.size} inputs, {shown.pairing.y.size} outputs, and back."
    )


def _use() -> str:
    return "Tᵀ is what backpropagation multiplies gradients by, and what a transposed convolution computes."
