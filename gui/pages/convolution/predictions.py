"""Predict, then reveal: what is still secret, what is asked next. Plain values, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.steps_scene import Secrets


@dataclass(frozen=True, slots=True)
class Question:
    """What the person is to say: the shape of the output, or the cell of one step."""

    what: str
    key: object


class Predictions:
    """Remembers what was already said; a changed convolution makes its cells secret again."""

    def __init__(self) -> None:
        self._cells: set[int] = set()
        self._shapes: set[object] = set()

    def secrets(self, resolved: Resolved) -> Secrets:
        """What the stage must not give away for the step on show."""
        state = resolved.state
        if not state.predict or state.view != "steps":
            return Secrets()
        asked = _asked_step(resolved)
        return Secrets(
            cell=resolved.step.index not in self._cells,
            shape=_shape_key(resolved) not in self._shapes,
            asked=None if asked in self._cells else asked,
        )

    def question(self, resolved: Resolved) -> Question | None:
        """What to ask now: first the shape, then the cell of the step; None when both are known."""
        secrets = self.secrets(resolved)
        if secrets.shape:
            return Question("shape", _shape_key(resolved))
        return None if secrets.asked is None else Question("cell", secrets.asked)

    def reveal(self, resolved: Resolved) -> None:
        """The question that is open was answered, or given up."""
        question = self.question(resolved)
        if question is None:
            return
        if question.what == "shape":
            self._shapes.add(question.key)
        else:
            self._cells.add(_asked_step(resolved))

    def forget_cells(self) -> None:
        """The numbers are others now."""
        self._cells.clear()


def _asked_step(resolved: Resolved) -> int:
    """The step of the walk, wherever the pointer is."""
    return min(resolved.state.step, len(resolved.trace) - 1)


def _shape_key(resolved: Resolved) -> object:
    """What the output's shape depends on."""
    state = resolved.state
    return (state.input_shape, state.weight_shape, state.spec)
