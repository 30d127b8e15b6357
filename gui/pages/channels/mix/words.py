"""What is said about the mixing table: the arithmetic of a pixel, the recipe, the cost."""

from __future__ import annotations

from engine.foundations.channels.recipes import recipe
from gui.pages.channels.mix.resolve import Mixture, ShownMix
from gui.pages.channels.mix.state import CUSTOM, MixState
from gui.pages.channels.numbers import product_sum, subscript
from gui.widgets.stage_text import plain, plural

OWN = "A table of one's own: double-click a weight, or press F2, to change it."
NINE = 9
"""Weights of a 3 x 3 kernel."""


def line(shown: ShownMix, most: int) -> str:
    """The row in focus, worked out for the pixel on show."""
    step, row = shown.step, shown.focus
    name = f"{'z' if shown.mix.relu else 'y'}{subscript(row)}"
    weights, bias = shown.mix.weight[row].tolist(), float(shown.mix.bias[row])
    text = product_sum(name, weights, step.values.tolist(), bias, float(step.sums[row]), most)
    if shown.mix.relu:
        text += f", ReLU: {plain(float(step.result[row]))}"
    return text


def sentences(shown: ShownMix) -> list[str]:
    """What the table does, and what it costs."""
    return [recipe_sentence(shown.state, shown.mixture), cost_sentence(shown)]


def recipe_sentence(state: MixState, mixture: Mixture) -> str:
    """What the table is, for as long as it is that one."""
    if state.recipe == CUSTOM:
        return OWN
    one = recipe(state.recipe)
    if one.name != "pca":
        return f"{one.title}. {one.description}"
    if not mixture.principal.variances.any():
        return "Bottleneck by PCA: all pixels are the same, so there is no variance to keep."
    kept = len(mixture.mix.weight)
    share = float(mixture.principal.shares[:kept].sum())
    return (
        f"Bottleneck by PCA: {plural(kept, 'number')} instead of {len(mixture.names)} a pixel keep {share:.1%} of the "
        "variance of this picture; no other table of that size keeps more."
    )


def cost_sentence(shown: ShownMix) -> str:
    """The same table for every pixel: few parameters, and none for the size of the picture."""
    mix = shown.mix
    filters, channels = mix.weight.shape
    _, height, width = mix.x.shape
    return (
        f"{filters} · {channels} + {filters} = {plural(mix.parameters, 'parameter')}, the same for all "
        f"{height} × {width} pixels; a 3 × 3 convolution has {filters * channels * NINE + filters:,}."
    )
