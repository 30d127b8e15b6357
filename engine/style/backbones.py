"""Which nets lend their eyes to style transfer, and which of their layers are usual. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.errors import UserError

BUNDLED: Final = "tinyvgg-cifar10"
"""The weights that are there on the first start."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """The layers of an architecture that can be used.

    `layers`: (name in the net's program, short title) in the order of computation; `content`: the usual layer for the
    content; `style`: the usual ones for the style, all of the same weight; `expect`: what to expect of it, in words.
    """

    architecture: str
    layers: tuple[tuple[str, str], ...]
    content: str
    style: tuple[str, ...]
    expect: str

    def title(self, layer: str) -> str:
        """The short title of a layer. Raises UserError where it is none of these."""
        for name, title in self.layers:
            if name == layer:
                return title
        raise UserError(
            f"“{layer}” is no layer that style can be taken from.",
            "Choose one of the list, or the usual ones.",
        )


def _vgg(architecture: str, blocks: tuple[int, ...], expect: str) -> Backbone:
    layers: list[tuple[str, str]] = []
    place = 0
    for block, convolutions in enumerate(blocks, 1):
        for index in range(1, convolutions + 1):
            layers.append((f"features.{place + 1}", f"relu{block}_{index}"))
            place += 2
        place += 1
    names = {title: name for name, title in layers}
    first = tuple(names[f"relu{block}_1"] for block in range(1, 6))
    return Backbone(architecture, tuple(layers), names["relu4_2"], first, expect)


def _squeezenet(architecture: str, fires: tuple[int, ...], style: tuple[int, ...]) -> Backbone:
    layers = (("features.1", "relu1"), *((f"features.{index}.cat", f"fire{index}") for index in fires))
    names = tuple(f"features.{index}.cat" for index in style)
    return Backbone(
        architecture, layers, f"features.{style[1]}.cat", ("features.1", *names),
        "Small and quick: clear colours and strokes; its layers halve the picture early, so fine lines stay soft.",
    )  # fmt: skip


_TINY: Final = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1")

BACKBONES: Final[dict[str, Backbone]] = {
    found.architecture: found
    for found in (
        Backbone(
            "tinyvgg",
            tuple((f"features.relu{name}", f"relu{name}") for name in _TINY),
            "features.relu3_1",
            tuple(f"features.relu{name}" for name in _TINY),
            "Comes with the program; it learned ten kinds of things at 32 × 32 pixels: strokes and colours of a few "
            "dozen pixels, no large shapes.",
        ),
        _vgg("vgg19", (2, 2, 4, 4, 4), "The net of the paper: the richest result, and the slowest."),
        _vgg("vgg16", (2, 2, 3, 3, 3), "Nearly as rich as VGG-19, a little quicker."),
        _squeezenet("squeezenet1_0", (3, 4, 5, 7, 8, 9, 10, 12), (3, 5, 8, 10)),
        _squeezenet("squeezenet1_1", (3, 4, 6, 7, 9, 10, 11, 12), (3, 6, 9, 11)),
    )
}


def backbone(architecture: str) -> Backbone:
    """The layers of an architecture. Raises UserError, naming those that can be used."""
    found = BACKBONES.get(architecture)
    if found is None:
        raise UserError(
            f"Style cannot be taken from {architecture or 'this net'}.",
            "VGG-19, VGG-16, SqueezeNet and the bundled TinyVGG can lend their layers.",
        )
    return found
