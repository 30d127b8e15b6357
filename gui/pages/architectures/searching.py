"""Finding layers: by name, by what they are called and by what they do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from engine.networks.graphs.graph import Graph, Layer
from gui.pages.architectures.controls import SearchField
from gui.pages.architectures.graph_desk import GraphDesk
from gui.pages.architectures.layer_facts import kind_word


class LayerSearch(QObject):
    """Owns what the words in the field find in the network on show: the field counts it, the graph lights it up."""

    layerAsked = Signal(str)
    """A layer that was found is to be selected."""

    def __init__(self, field: SearchField, desk: GraphDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._field, self._desk = field, desk
        self._graph: Graph | None = None
        self._selected = ""
        self._matches: tuple[str, ...] = ()
        field.asked.connect(self.find)
        field.stepped.connect(self._step)

    def show(self, graph: Graph | None, selected: str) -> None:
        """The network that is searched, and the layer that is selected in it; None while there is no network."""
        self._graph, self._selected = graph, selected
        if graph is None:
            self._matches = ()
        self._show()

    @Slot()
    def find(self) -> None:
        """Look for the words in the field; a layer that is selected already and fits stays selected."""
        self._matches = found(self._graph, self._field.edit.text()) if self._graph is not None else ()
        self._show()
        if self._matches and self._selected not in self._matches:
            self.layerAsked.emit(self._matches[0])

    @Slot(int)
    def _step(self, step: int) -> None:
        if self._matches:
            self.layerAsked.emit(following(self._matches, self._selected, step))

    def _show(self) -> None:
        matches, selected = self._matches, self._selected
        self._desk.show_found(matches)
        self._field.show_count(matches.index(selected) + 1 if selected in matches else 0, len(matches))


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
