"""What is the output size? The right answer among the ones that the usual mistakes lead to, each with its mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Final

from engine.foundations.calculator.chain import Step
from engine.foundations.calculator.layers import Layer, Shape

CHOICES: Final = 4


@dataclass(frozen=True, slots=True)
class Guess:
    """One possible answer; `remark` names the mistake behind it, or why it is right."""

    shape: Shape
    remark: str
    right: bool = False


def worth_asking(layer: Layer) -> bool:
    """Whether the layer changes the shape; who knows what ReLU does knows that it does not."""
    return layer.kind not in ("relu", "batchnorm")


def guesses(step: Step) -> tuple[Guess, ...]:
    """`CHOICES` different answers about a layer, always in the same order. Raises ValueError where it has no output."""
    if step.in_shape is None or step.out_shape is None:
        raise ValueError(f"layer {step.index} has no output that could be guessed")
    found = {step.out_shape: Guess(step.out_shape, "", right=True)}
    for shape, remark in (*_mistakes(step.layer, step.in_shape, step.out_shape), *_others(step.out_shape)):
        if len(found) < CHOICES and min(shape) > 0:
            found.setdefault(shape, Guess(shape, remark))
    return _shuffled(list(found.values()), step)


def _shuffled(answers: list[Guess], step: Step) -> tuple[Guess, ...]:
    """The right answer at a place that follows from the layer, so that it is no habit and yet stays the same."""
    right, *wrong = answers
    shape = step.out_shape or (0,)
    place = (step.index + shape[0] // 2 + shape[-1]) % len(answers)
    return (*wrong[:place], right, *wrong[place:])


def _mistakes(layer: Layer, before: Shape, after: Shape) -> Iterator[tuple[Shape, str]]:
    if layer.kind == "flatten" and len(before) == 3:
        channels, height, width = before
        yield (height * width,), "That leaves out the channels."
        yield (channels,), "That is one number a channel: global average pooling."
        yield (sum(before),), "The sizes are multiplied, not added."
    elif layer.kind == "linear":
        yield before, "A fully connected layer has as many outputs as neurons, whatever comes in."
        yield (layer.filters + 1,), "The bias is added to an output, it is none."
        yield (prod(before) * layer.filters,), "That is the number of weights."
    elif layer.kind == "globalpool":
        yield (1, *before[1:]), "That averages over the channels; each channel is averaged on its own."
        yield (1, 1, 1), "Each channel gives a number of its own."
        yield before, "All rows and columns become one number."
    elif "f" in layer.uses or layer.kind == "upsample":
        yield from _window_mistakes(layer, before, after)


def _window_mistakes(layer: Layer, before: Shape, after: Shape) -> Iterator[tuple[Shape, str]]:
    channels, *hw = before
    if layer.kind in ("maxpool", "avgpool"):
        yield (
            (-(-channels // layer.s), *after[1:]),
            "Pooling works on each channel on its own; their number stays.",
        )
    elif layer.kind != "upsample":
        yield (
            (channels, *after[1:]),
            "Every filter makes one map, whatever the number of channels that come in.",
        )
    free = [n + 2 * layer.pad - layer.extent for n in hw]
    if layer.kind in ("transposed", "upsample"):
        yield (after[0], *(n // layer.s for n in hw)), "This layer enlarges."
        yield (after[0], *((n - 1) * layer.s for n in hw)), "That leaves out the window of the last input."
        return
    yield (
        (after[0], *(n // layer.s for n in free)),
        "That forgets the + 1: the window also has its first position.",
    )
    if layer.pad:
        unpadded = ((n - layer.extent) // layer.s + 1 for n in hw)
        yield (after[0], *unpadded), "That forgets the padding, which is there on both sides."
    if any(n % layer.s for n in free):
        up = (-(-n // layer.s) + 1 for n in free)
        yield (after[0], *up), "Rounded down: a window that does not fit is left out."
    if layer.s > 1:
        yield (after[0], *(n + 1 for n in free)), "That forgets the stride."
    yield (after[0], *hw), "Without enough padding the window cannot stand on the border."


def _others(after: Shape) -> Iterator[tuple[Shape, str]]:
    """Near misses, for layers with which little can go wrong."""
    for step in (1, 2, 3, 4):
        yield (after[0], *(n + step for n in after[1:])) if len(after) == 3 else (after[0] + step,), ""
