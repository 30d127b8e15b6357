"""Numbers as this page writes them: exact with thousands apart, rounded with a word, and shares."""

from __future__ import annotations

from typing import Final

from engine.networks.graphs.graph import Field, Node
from engine.networks.graphs.shapes import Shape, shape_text

SCALES: Final = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
DASH: Final = "–"


def exact(count: int) -> str:
    """All digits: 61706 is "61,706"."""
    return f"{count:,}"


def rounded(count: int) -> str:
    """Three or four digits and a letter: 61706 is "61.7 k", 15470264320 is "15.47 G"."""
    for scale, letter in SCALES:
        if abs(count) >= scale:
            value = count / scale
            digits = 2 if value < 100 and scale > 1000 else 1
            return f"{value:.{digits}f} {letter}"
    return str(count)


def share(part: int, whole: int) -> str:
    """A share of the whole in per cent; what is there but rounds to nothing is "< 0.1 %"."""
    if not whole or not part:
        return "0 %"
    percent = 100 * part / whole
    return "< 0.1 %" if percent < 0.1 else f"{percent:.1f} %"


def times(value: int, base: int) -> str:
    """How many times as much as the base: "2.26×"; "–" where the base is nothing."""
    if not base:
        return DASH
    ratio = value / base
    return f"{ratio:.0f}×" if ratio >= 100 else f"{ratio:.3g}×"


def signed(difference: int) -> str:
    """A difference with its sign: "+1,024", "−6", "±0"."""
    if not difference:
        return "±0"
    return f"{'+' if difference > 0 else '−'}{abs(difference):,}"


def shape(value: Shape) -> str:
    """A shape with the channels last, in words of courses: "28 × 28 × 6"."""
    return shape_text(value)


def field_size(field: Field | None) -> str:
    """The side of a receptive field: "5", "5 × 7" where the sides differ, "all", "–" where no window describes it."""
    if field is None:
        return DASH
    if field.everything:
        return "all"
    return pair(field.size)


def field_stride(field: Field | None) -> str:
    """How far the fields of neighbours lie apart on the picture."""
    return DASH if field is None or field.everything else pair(field.stride)


def field_centre(field: Field | None) -> str:
    """Where the middle of the field of the unit in row 0, column 0 lies on the picture: "(2, 2)"."""
    if field is None or field.everything:
        return DASH
    row, column = (start + (size - 1) / 2 for start, size in zip(field.start, field.size, strict=True))
    return f"({_plain(row)}, {_plain(column)})"


def pair(values: tuple[int, int]) -> str:
    """One number where both are the same, else "rows × columns"."""
    return str(values[0]) if values[0] == values[1] else f"{values[0]} × {values[1]}"


def input_shapes(node: Node) -> str:
    """What comes in; several ways are joined by "and"."""
    return " and ".join(shape(one) for one in dict.fromkeys(node.in_shapes)) or DASH


def _plain(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace("-", "−")
