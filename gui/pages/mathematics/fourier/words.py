"""What the view of the convolution theorem says."""

from __future__ import annotations

from gui.pages.mathematics.fourier.shown import Shown
from gui.pages.mathematics.look import small


def titles() -> tuple[str, str]:
    return "The spectrum of a convolution is the product of the spectra", "DFT(a ⊛ b) = A · B"


def verdict(shown: Shown) -> tuple[str, str]:
    """Whether both ways give the same numbers, and the role of the colour."""
    circle = shown.circle
    if circle.agrees:
        return f"✓ equal, but for rounding: {small(circle.largest)}", "good"
    return f"✗ they differ by {small(circle.largest)}", "error"


def sentences(shown: Shown) -> list[str]:
    state, circle = shown.state, shown.circle
    first, second = (values[state.frequency] for values in circle.spectra)
    k = state.frequency
    product = f"A({k}) · B({k}) = ({number(first)}) · ({number(second)}) = {number(circle.multiplied[k])}."
    if shown.wraps:
        line = (
            f"A line of {len(state.a[0])} and {len(state.b[0])} numbers makes {state.needed}: on a circle of "
            f"{state.length} the last {state.needed - state.length} are added to the first."
        )
    else:
        line = f"The circle has {state.length} places and the product {state.needed}: zeros enough, so ⊛ is * here."
    cost = "Libraries convolve with large kernels this way: about N log N operations in place of N · M."
    return [product, line, cost]


def number(value: complex) -> str:
    """A complex number with two decimals: "2.12 − 0.5i"."""
    real, imaginary = (round(part, 2) + 0.0 for part in (value.real, value.imag))
    if imaginary == 0:
        return f"{real:g}".replace("-", "−")
    sign = "−" if imaginary < 0 else "+"
    return f"{real:g} {sign} {abs(imaginary):g}i".replace("-", "−")
