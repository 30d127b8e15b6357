"""What the view of joined and separable filters says."""

from __future__ import annotations

from gui.pages.mathematics import look
from gui.pages.mathematics.filters.shown import Shown
from gui.pages.mathematics.look import small
from gui.widgets.stage_text import by, plain

PHOTO = 512 * 512


def title(shown: Shown) -> str:
    if shown.state.part == "sequence":
        return "Two filters in a row are one larger filter"
    if shown.separation.separable:
        return "A separable kernel: a column times a row"
    if not shown.separation.rank:
        return "A kernel of zeros"
    return "Not a column times a row"


def verdict(shown: Shown) -> tuple[str, str]:
    """Whether both ways agree, and the role of its colour."""
    if shown.state.part == "sequence":
        joined = shown.joined
        if not joined.holds and joined.holds_inside:
            return f"✗ not at the border: up to {small(joined.largest)} apart", "warn"
        return _compared(joined.largest, exact=joined.exact, holds=joined.holds)
    split = shown.separation
    if not split.rank:
        return "", "good"
    if split.separable:
        return _compared(shown.apart, exact=shown.exact, holds=shown.holds)
    return f"✗ rank {split.rank}; the nearest has {split.energy:.1%} of the energy", "warn"


def _compared(largest: float, *, exact: bool, holds: bool) -> tuple[str, str]:
    return look.verdict(largest, exact=exact, holds=holds), "good" if holds else "error"


def sentences(shown: Shown) -> list[str]:
    return _sequence(shown) if shown.state.part == "sequence" else _separable(shown)


def _sequence(shown: Shown) -> list[str]:
    joined, (apart, merged) = shown.joined, shown.costs
    sizes = f"{by(joined.first.shape)} and then {by(joined.second.shape)}", by(joined.merged.shape)
    cost = f"{sizes[0]} see as far as one {sizes[1]} kernel: {apart} products for an output in place of {merged}."
    if joined.kind == "correlation":
        law = "Filters that correlate are joined by a convolution, too: (x ★ k) ★ l = x ★ (k * l)."
    else:
        law = "Convolution associates: (x * k) * l = x * (k * l). The merged kernel is k * l."
    if not joined.holds and joined.holds_inside:
        law = (
            f"“Same” cuts the map between off and takes zeros for it: at the border both ways differ by up to "
            f"{small(joined.largest)}; inside by {small(joined.inner_largest)}."
        )
    relu = "With a ReLU between them they cannot be joined: that is what makes depth worth having."
    return [law, cost, relu]


def _separable(shown: Shown) -> list[str]:
    split, (apart, whole) = shown.separation, shown.costs
    values = ", ".join(plain(round(float(s), 4)) for s in split.singular)
    if not split.rank:
        return ["Every number of the kernel is zero: there is nothing to take apart."]
    first = f"Singular values: {values}. Rank {split.rank}: the kernel is a sum of {split.rank} columns times rows."
    if split.separable:
        first = f"Singular values: {values}. One of them alone is not zero: rank 1, a column times a row."
    rows, columns = split.kernel.shape
    cost = (
        f"For one output {apart} products ({rows} + {columns}) in place of {whole} ({rows} × {columns}): on a photo of "
        f"512 × 512 that is {apart * PHOTO / 1e6:.2f} in place of {whole * PHOTO / 1e6:.2f} million."
    )
    if not split.separable:
        cost = (
            f"The nearest column times row leaves a difference of up to {small(shown.apart)} in the result; "
            f"{split.rank} of them would cost {split.rank * apart} products in place of {whole}."
        )
    return [first, cost]
