"""What the view of the sum says: the arithmetic of a place, the reading as dice or polynomials, what agrees."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from engine.foundations.algebra.products import SIGNS, Kind
from gui.pages.mathematics.look import small, tuple_text
from gui.pages.mathematics.sums.walks import Walks
from gui.widgets.stage_text import plain, wrapped

MOST_TERMS: Final = 16
NAMES: Final[dict[Kind, str]] = {"convolution": "Convolution", "correlation": "Cross-correlation"}
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def product_name(kind: Kind) -> str:
    return f"f {SIGNS[kind]} g"


def value(shown: Walks, kind: Kind) -> str:
    """ "(f * g)(3)", or "(f * g)(1, −2)" in the plane."""
    n = shown.argument(kind, shown.steps[kind].n)
    inner = tuple_text(n[-1:] if shown.state.axes == 1 else n).strip("()")
    return f"({product_name(kind)})({inner})"


def title(shown: Walks, kind: Kind) -> str:
    """The head of a product's block."""
    if shown.state.reading == "dice":
        return (
            "Convolution: the sum of two dice"
            if kind == "convolution"
            else "Cross-correlation: their difference"
        )
    if kind == "correlation":
        return "Cross-correlation f ★ g: the same without the flip"
    if shown.state.reading == "polynomial":
        return "Convolution f * g: the product of two polynomials"
    return "Convolution f * g: flip, slide, multiply, add"


def arithmetic(shown: Walks, kind: Kind) -> str:
    """The sum of a place with its numbers; zeros around f are left out."""
    step = shown.steps[kind]
    terms = [
        f"{wrapped(float(a))}·{wrapped(float(b))}"
        for a, b, counts in zip(step.patch.flat, step.kernel.flat, step.inside.flat, strict=True)
        if counts
    ]
    said = " + ".join(terms[:MOST_TERMS]) + (" + …" if len(terms) > MOST_TERMS else "")
    return f"{value(shown, kind)} = {said} = {plain(float(step.total))}"


def sentences(shown: Walks) -> list[str]:
    """The strip beneath the grids."""
    if shown.before_flip:
        turn = "is mirrored" if shown.state.axes == 1 else "is turned by 180°"
        return [
            f"Both kernels lie as they are stored. The next step flips one: for the convolution, g {turn}.",
            "Then both slide over f; products are taken and added at every place.",
        ]
    said = [arithmetic(shown, kind) for kind in shown.walks]
    return [*_reading(shown), *said, agreement(shown)]


def agreement(shown: Walks) -> str:
    """When flipping matters."""
    if shown.symmetric:
        same = "is symmetric" if shown.state.axes == 1 else "looks the same after half a turn"
        return f"g {same}: the flip changes nothing, and both products are the same numbers."
    if shown.apart == 0:
        return "The flip changes g, and yet both products happen to agree for this f."
    return f"The flip changes g: at the same place both products differ by up to {small(shown.apart)}."


def _reading(shown: Walks) -> list[str]:
    if shown.state.reading == "dice":
        return [dice_words(shown)]
    if shown.state.reading == "polynomial":
        return [polynomial_words(shown)]
    return []


def dice_words(shown: Walks) -> str:
    """A place as a throw of two dice."""
    ways = sum(shown.state.f[0]) * sum(shown.state.g[0])
    first, second = (_chance(float(step.total), ways) for step in shown.steps.values())
    total, apart = (plain(shown.argument(kind, step.n)[-1]) for kind, step in shown.steps.items())
    return (
        f"The sum {total} comes up in {first}, the difference {apart} (first minus second die) in {second}."
    )


def _chance(count: float, ways: float) -> str:
    if count == int(count) and ways == int(ways):
        share = Fraction(int(count), int(ways))
        return f"{plain(count)} of {plain(ways)} throws: {share} = {float(share):.1%}"
    return f"{count / ways:.1%} of all throws"


def polynomial_words(shown: Walks) -> str:
    """A place as a coefficient."""
    step = shown.steps["convolution"]
    f, g = polynomial(shown.state.f[0]), polynomial(shown.state.g[0])
    return f"({f})({g}): the coefficient of {power(step.n[-1]) or '1'} is {plain(float(step.total))}."


def polynomial(coefficients: tuple[float, ...]) -> str:
    """ "1 + 2x − x³"."""
    text = ""
    for n, value in enumerate(coefficients):
        if value == 0:
            continue
        size = "" if abs(value) == 1 and n else plain(abs(value))
        sign = ("−" if value < 0 else "") if not text else (" − " if value < 0 else " + ")
        text += f"{sign}{size}{power(n)}"
    return text or "0"


def power(n: int) -> str:
    """ "x²", "x", nothing for x to the power of 0."""
    return "" if n == 0 else ("x" if n == 1 else f"x{str(n).translate(_SUPERSCRIPTS)}")
