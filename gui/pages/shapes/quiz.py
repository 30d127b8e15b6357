"""Predict, then reveal: asks what the output size is, remembers what was answered, tells what is still a secret."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.calculator.guesses import guesses, worth_asking
from engine.foundations.calculator.layers import Layer, Shape
from gui.pages.shapes import words
from gui.pages.shapes.resolve import Resolved, measured
from gui.pages.shapes.state import ShapesState
from gui.widgets.predictor import Option, Predictor

_Key = tuple[Shape, tuple[Layer, ...]]
"""What an output depends on: the input, and the layers up to its own."""


class Quiz(QObject):
    """Connects the chain with the widget that asks."""

    revealed = Signal()
    """Something is no longer secret: draw again."""

    def __init__(self, predictor: Predictor, parent: QObject) -> None:
        super().__init__(parent)
        self._predictor = predictor
        self._known: set[_Key] = set()
        self._asked: _Key | None = None
        self.verdict = ""
        predictor.answered.connect(self._answered)
        predictor.gaveUp.connect(self._give_up)

    def answered(self, state: ShapesState) -> frozenset[int]:
        """The layer on show, if its output is known already or not worth a question."""
        if not state.predict or not state.step:
            return frozenset()
        step = measured(state.input_shape, state.layers).steps[state.step - 1]
        known = step.out_shape is None or not worth_asking(step.layer) or _key(state) in self._known
        return frozenset({state.step}) if known else frozenset()

    def asks(self, resolved: Resolved) -> bool:
        """Whether the output of the layer on show is to be predicted now."""
        state = resolved.state
        return state.predict and state.step > 0 and resolved.hides(state.step)

    def ask(self, resolved: Resolved) -> None:
        """Ask about the layer on show, unless that very question is open already."""
        if not self.asks(resolved):
            self._asked = None
            self._predictor.show_done()
            return
        key, step = _key(resolved.state), resolved.step
        if key == self._asked or step is None:
            return
        self._asked, self.verdict = key, ""
        options = [Option(words.shape_text(g.shape), g.right, g.remark) for g in guesses(step)]
        name = words.layer_name(step.layer)
        settings = ", ".join(filter(None, [words.layer_settings(step.layer), _filters(step.layer)]))
        layer = f"{name} ({settings})" if settings else name
        before = words.shape_text(step.in_shape)
        self._predictor.ask_choice(f"What does {layer} make of {before}? Keys 1 to {len(options)}.", options)

    def passed_on(self) -> None:
        """Another layer is on show: what was said about the last answer is over."""
        self.verdict = ""

    @Slot(str, bool)
    def _answered(self, _what: str, right: bool) -> None:
        if right:
            score = self._predictor.score
            self.verdict = f"✓ Right. {score.right} of {score.asked} right so far."
            self._reveal()

    @Slot()
    def _give_up(self) -> None:
        self.verdict = ""
        self._reveal()

    def _reveal(self) -> None:
        if self._asked is not None:
            self._known.add(self._asked)
            self._asked = None
            self.revealed.emit()


def _filters(layer: Layer) -> str:
    if layer.kind in ("conv", "transposed"):
        return "1 filter" if layer.filters == 1 else f"{layer.filters:,} filters"
    return ""


def _key(state: ShapesState) -> _Key:
    return state.input_shape, state.layers[: state.step]
