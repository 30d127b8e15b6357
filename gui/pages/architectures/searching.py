"""Finding layers: by name, by what they are called and by what they do."""

from __future__ import annotations

from collections.abc import Sequence

from engine.networks.graphs.graph import Graph, Layer
from gui.pages.architectures.layer_facts import kind_word


def found(graph: Graph, text: str) -> tuple[str, ...]:
    """The names of the layers that have every word of the text, in the network's order; none for no words."""
    words = text.casefold().replace("x", "×").split(), text.casefold().split()
    if not words[1]:
        return ()
    return tuple(layer.name for layer in graph.layers if any(_has(layer, some) for some in words))


def following(names: Sequence[str], current: str, step: int) -> str:
    """The name after (1) or before (-1) the current one, around the end; the first where it is none of them."""
    if current not in names:
        return names[0 if step > 0 else -1]
    return names[(names.index(current) + step) % len(names)]


def _has(layer: Layer, words: Sequence[str]) -> bool:
    text = f"{layer.name} {layer.op.label} {layer.op.kind} {kind_word(layer.op.kind)}".casefold()
    return all(word in text for word in words)
