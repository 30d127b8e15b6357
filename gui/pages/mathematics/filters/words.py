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
    return "Not a column times a row"


def verdict(shown: Shown) -> tuple[str, str]:
    """Whether both ways agree, and the role of its colour."""
    if shown.state.part == "sequence":
        joined = shown.joined
        if joined.mode == "same" and joined.largest > look.TINY:
            return f"✗ not at the border: up to {small(joined.largest)} apart", "warn"
        return look.verdict(joined.largest, exact=joined.exact, holds=joined.largest < look.TINY), "good"
    split = shown.separation
    if split.separable or not split.rank:
        exact = split.column.dtype.kind == "i" and shown.x.dtype.kind == "i"
        return look.verdict(shown.apart, exact=exact, holds=shown.apart < look.TINY), "good"
    return f"✗ rank {split.rank}; the nearest has {split.energy:.1%} of the energy", "warn"


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
    if joined.mode == "same" and joined.largest > look.TINY:
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
