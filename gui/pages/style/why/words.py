"""The costs in formulas and sentences with the numbers on show. Pure functions."""

from __future__ import annotations

from engine.style.requests import LayerGrams
from engine.style.settings import StyleSettings
from engine.style.worked import Worked
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


def whole_formula(settings: StyleSettings) -> str:
    """J(G) with the weights in force."""
    return (
        r"J(G) = \alpha J_{content} + \beta \sum_l \lambda_l J^{[l]}_{style} + \gamma J_{TV}"
        rf"\qquad \alpha = {number(settings.alpha)},\ \beta = {number(settings.beta)},"
        rf"\ \gamma = {number(settings.variation)}"
    )


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
