"""The costs in formulas and sentences with the numbers on show. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.style.requests import CONTENT, VARIATION, CostRows, LayerGrams
from engine.style.settings import VARIATION_UNIT, Normalisation
from engine.style.worked import Worked
from gui.pages.style.paint.curves import TOTAL, Lines, columns
from gui.pages.style.why.part import Looked
from gui.widgets.stage_text import plain, wrapped


def layer_formulas(grams: LayerGrams) -> list[str]:
    """How the cost of a layer comes about, with its numbers."""
    count = len(grams.style)
    name = grams.title.replace("_", r"\_")
    total = float(((grams.generated.astype(float) - grams.style) ** 2).sum())
    return [
        r"G_{kk'} = \frac{1}{n_H n_W} \sum_{i,j} a_{ijk}\, a_{ijk'}"
        r"\qquad J^{[\mathrm{" + name + r"}]}_{style} = \frac{1}{(2 n_C)^2} \sum_{k,k'} (G_{kk'} - A_{kk'})^2"
        rf" = \frac{{1}}{{(2 \times {count})^2}} \times {number(total)} = {number(grams.cost)}",
    ]


HINT: Final = (
    "Click a cell, or go to one by arrows and Enter: it is how much two feature maps are active together. "
    "Here they are, and their product."
)
WITH_MASK: Final = " Whole pictures are compared: the mask is left out here."
WITH_COLOURS: Final = " The painting is compared as it is shown, in the content's colours."
CONTENT_SCALES: Final[dict[Normalisation, str]] = {
    "balanced": r"\frac{\sum (a^{[C]} - a^{[G]})^2}{\sum (a^{[C]})^2}",
    "course": r"\frac{1}{4 n_H n_W n_C} \sum (a^{[C]} - a^{[G]})^2",
    "paper": r"\frac{1}{2} \sum (a^{[C]} - a^{[G]})^2",
}
"""The cost of the content as it is counted: by its own size, as in the course, as in the paper."""


def hint(looked: Looked) -> str:
    """What can be done with the matrices, and in what they differ from what the run compares."""
    subject, styles = looked.subject, len(looked.subject.styles)
    parts = [HINT]
    if styles > 1:
        parts.append(
            f" The maps are those of style {looked.style_number + 1} of {styles}, as chosen at the left."
        )
    if subject.mask is not None:
        parts.append(WITH_MASK)
    if subject.settings.keep_colours and subject.painted is not None:
        parts.append(WITH_COLOURS)
    return "".join(parts)


def whole_formulas(costs: Sequence[CostRows], step: int, normalise: Normalisation) -> list[str]:
    """J(G) of a step with the numbers of its terms, then J of the content with its own; [] for no such step."""
    added, bare = columns(costs, weighted=True), columns(costs, weighted=False)
    if not 0 <= step < len(added[TOTAL]):
        return []
    style = [float(line[step]) for name, line in added.items() if name not in (CONTENT, VARIATION, TOTAL)]
    terms = [
        (r"\alpha J_{content}", _at(added, CONTENT, step)),
        (r"\beta \sum_l \lambda_l J^{[l]}_{style}", float(np.nansum(style)) if style else None),
        (rf"{VARIATION_UNIT:g} \gamma J_{{TV}}", _at(added, VARIATION, step)),
    ]
    there = [(letters, value) for letters, value in terms if value is not None]
    letters = " + ".join(one for one, _ in there)
    numbers = " + ".join(number(value) for _, value in there)
    lines = [rf"J(G) = {letters} = {numbers} = {number(float(added[TOTAL][step]))}"]
    content = _at(bare, CONTENT, step)
    if content is not None:
        lines.append(rf"J_{{content}} = {CONTENT_SCALES[normalise]} = {number(content)}")
    return lines


def _at(lines: Lines, name: str, step: int) -> float | None:
    """A term at a step, None where it had no part in J."""
    line = lines.get(name)
    return None if line is None or np.isnan(line[step]) else float(line[step])


def number(value: float) -> str:
    """A number for a formula: 1.2e-05 becomes 1.2 x 10^-5."""
    text = plain(value).replace("−", "-")
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


def worked_formulas(found: Worked, cell: tuple[int, int]) -> list[str]:
    """The example's numbers: one cell of the Gram matrix in full, then the cost."""
    k, other = cell
    first, second = found.generated[k].ravel(), found.generated[other].ravel()
    terms = " + ".join(rf"{wrapped(a)} \cdot {wrapped(b)}" for a, b in zip(first, second, strict=True))
    squares = " + ".join(rf"{wrapped(value)}^2" for value in found.difference.ravel())
    maps, height, width = found.generated.shape
    total = float((found.difference**2).sum())
    lines = [
        rf"G_{{{k + 1}{other + 1}}} = \sum_{{i,j}} a_{{ij{k + 1}}}\, a_{{ij{other + 1}}} = {terms}"
        rf" = {plain(float(found.grams[1][cell]))}",
        rf"\sum_{{k,k'}} (G_{{kk'}} - A_{{kk'}})^2 = {squares} = {plain(total)}",
        rf"J_{{style}} = \frac{{1}}{{(2 n_H n_W n_C)^2}} \times {plain(total)} = "
        rf"\frac{{{plain(total)}}}{{(2 \times {height} \times {width} \times {maps})^2}} = {number(found.cost)}",
    ]
    return [line.replace("−", "-") for line in lines]
