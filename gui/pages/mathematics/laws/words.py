"""What the view of the laws says."""

from __future__ import annotations

from typing import Final

from engine.foundations.algebra.laws import Demonstration, Law
from engine.foundations.algebra.products import SIGNS, Kind
from gui.pages.mathematics.look import small

TITLES: Final[dict[Law, str]] = {
    "commute": "Commutes: a * b = b * a",
    "associate": "Associates: (a * b) * c = a * (b * c)",
    "distribute": "Distributes: a * (b + c) = a * b + a * c",
    "identity": "Identity: a * δ = a",
    "shift": "Passes shifts: (shifted a) * b = shifted (a * b)",
}
_CLAIMS: Final[dict[Law, str]] = {
    "commute": "commutes",
    "associate": "associates",
    "distribute": "distributes over sums",
    "identity": "has an identity",
    "shift": "passes shifts on",
}
_OF_CORRELATION: Final[dict[Law, str]] = {
    "commute": "does not commute",
    "associate": "does not associate",
    "identity": "has an identity on the right only",
}
"""Where it is another claim than that of convolution."""
_NAMES: Final[dict[Kind, str]] = {"convolution": "Convolution", "correlation": "Cross-correlation"}
_WHY: Final[dict[tuple[Law, Kind], str]] = {
    (
        "commute",
        "convolution",
    ): "With m = n − k the sum Σ f(k) g(n − k) becomes Σ g(m) f(n − m): the same products.",
    ("commute", "correlation"): (
        "What holds instead: a ★ b is the flip of b ★ a (third line). Swapping the operands turns the answer round."
    ),
    ("associate", "convolution"): (
        "So two filters in a row are one filter, b * c, whatever the input is (view Filters)."
    ),
    ("associate", "correlation"): (
        "What holds instead: (a ★ b) ★ c = a ★ (b * c) (third line): filters that correlate are joined by convolution."
    ),
    ("distribute", "convolution"): "Adding two maps is the work of one filter: the sum of both kernels.",
    (
        "distribute",
        "correlation",
    ): "This law needs no flip: adding two maps is the work of the sum of both kernels.",
    (
        "identity",
        "convolution",
    ): "δ is 1 at n = 0 and 0 elsewhere, and δ * a = a, too. Moved by s it moves the input by s.",
    ("identity", "correlation"): "a ★ δ = a, because δ is symmetric; δ ★ a, however, is a flipped.",
    ("shift", "convolution"): (
        "Moving the input moves the output: translation equivariance, the reason why one filter serves every place."
    ),
    ("shift", "correlation"): (
        "Moving the input moves the output, as with convolution. Moving the kernel moves it the other way."
    ),
}


def titles(shown: Demonstration) -> tuple[str, str]:
    """What is claimed, in words that fit the numbers: with the equation, and short."""
    claims = _CLAIMS if shown.kind == "convolution" else {**_CLAIMS, **_OF_CORRELATION}
    text = f"{shown.claim.left.text} {'=' if shown.claim.holds else '≠'} {shown.claim.right.text}"
    said = f"{_NAMES[shown.kind]} {claims[shown.law]}"
    if shown.claim.holds and shown.instead is not None:
        return f"{said}, but these numbers agree: {text}", f"{said}; these numbers agree"
    return f"{said}: {text}", said


def law_text(law: Law, kind: Kind) -> str:
    """The law as it is written, with ≠ where it does not hold in general."""
    text = TITLES[law].partition(": ")[2].replace("*", SIGNS[kind])
    fails = kind == "correlation" and law in ("commute", "associate")
    return text.replace("=", "≠") if fails else text


def sentences(shown: Demonstration) -> list[str]:
    """The strip beneath the grids."""
    claim = shown.claim
    how = (
        "whole numbers, so that nothing is rounded"
        if claim.exact
        else "decimals, so that the last digits round"
    )
    first = f"Largest difference of both sides: {small(claim.largest)} ({how})."
    said = [_WHY[shown.law, shown.kind], first]
    if shown.instead is not None:
        said.insert(1, f"Largest difference of {claim.left.text} and {shown.instead.right.text}: "
                       f"{small(shown.instead.largest)}.")  # fmt: skip
    return said
