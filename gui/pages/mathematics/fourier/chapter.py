"""The view of the convolution theorem: what it shows and what its controls do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.errors import UserError
from engine.foundations.algebra.requests import Round
from gui.pages.mathematics.chapter import Chapter, Claim, Group, Walked, Whole
from gui.pages.mathematics.fourier.scene import fourier_scene
from gui.pages.mathematics.fourier.shown import Shown
from gui.pages.mathematics.fourier.state import MAX_A, MAX_B, MAX_LENGTH, FourierState
from gui.pages.mathematics.fourier.words import number
from gui.pages.mathematics.grids import changed, edited, resized
from gui.pages.mathematics.look import small
from gui.widgets.facts import Fact
from gui.widgets.scene import Scene
from gui.widgets.stage_text import plain

_SIZES = {"a_size": "a", "b_size": "b"}
_SPECTRA = ("A", "B", "AB")


class Fourier(Chapter[FourierState, Shown]):
    """The convolution theorem."""

    name = "fourier"
    title = "Fourier"
    tip = "On a circle the spectrum of a product is the product of the spectra (Alt+5)"
    groups = (
        Group(
            "Circle",
            (
                Whole("length", "Places", 1, MAX_LENGTH, "How many places the circle has."),
                Whole("a_size", "Length of a", 1, MAX_A, "Numbers of the first sequence."),
                Whole("b_size", "Length of b", 1, MAX_B, "Numbers of the second sequence."),
            ),
            "length",
        ),
    )

    def resolve(self, state: FourierState) -> Shown:
        return Shown(state)

    def scene(self, shown: Shown, size: QSizeF) -> Scene:
        return fourier_scene(shown, size)

    def claims(self, shown: Shown) -> tuple[Claim, ...]:
        circle = shown.circle
        return (Round(circle.a, circle.b, circle.product), Round(circle.a, circle.b, circle.back.real))

    def arrays(self, shown: Shown) -> Sequence[tuple[str, npt.ArrayLike]]:
        circle = shown.circle
        found: list[tuple[str, npt.ArrayLike]] = [("a", circle.a), ("b", circle.b), ("a ⊛ b", circle.product)]
        for name, values in zip(_SPECTRA, (*circle.spectra, circle.multiplied), strict=True):
            found.append((f"{name} (real, imaginary)", np.stack([values.real, values.imag])))
        return found

    def formula(self, state: FourierState) -> tuple[str, ...]:
        return (
            r"(a \circledast b)(n) &= \sum_{m}\; a(m)\, b(n-m \;\mathrm{mod}\; N)",
            r"A(k) &= \sum_{n}\; a(n)\, e^{-2 \pi i\, k n / N}",
            r"\mathrm{DFT}(a \circledast b) &= A \cdot B",
        )

    def note(self, shown: Shown) -> str:
        return "N places on a circle; k counts frequencies: whole turns around it."

    def facts(self, shown: Shown) -> list[Fact]:
        circle, k = shown.circle, shown.state.frequency
        first, second = (values[k] for values in circle.spectra)
        return [
            ("frequency k", f"{k} of 0 … {shown.state.length - 1}", "Whole turns around the circle."),
            ("|A|, |B|", f"{plain(abs(first))}, {plain(abs(second))}", "Magnitudes: they are multiplied."),
            ("|A · B|", plain(abs(circle.multiplied[k])), "Magnitude of the product."),
            ("largest difference", small(circle.largest), "Of both ways, imaginary parts counted."),
            ("line needs", f"{shown.state.needed} places", "Length of a + length of b − 1."),
        ]

    def under(self, shown: Shown, key: str, row: int, column: int) -> list[Fact]:
        if key not in _SPECTRA:
            return [("place n", str(column), "On the circle, counted from 0.")]
        values = (*shown.circle.spectra, shown.circle.multiplied)[_SPECTRA.index(key)][column]
        return [
            ("frequency k", str(column), "Whole turns around the circle."),
            ("number", number(complex(values)), "Real and imaginary part."),
            ("magnitude", plain(abs(values)), "How strong this frequency is."),
            ("phase", f"{np.degrees(np.angle(values)):.1f}°".replace("-", "−"), "Where it begins."),
        ]

    def walked(self, state: FourierState) -> Walked:
        return Walked(state.frequency, state.length, "frequency", 0)

    def at(self, state: FourierState, index: int) -> FourierState:
        return replace(state, frequency=index)

    def index_of(self, shown: Shown, key: str, row: int, column: int) -> int | None:
        return column if key in _SPECTRA else None

    def value(self, state: FourierState, name: str) -> Any:
        return len(getattr(state, _SIZES[name])[0]) if name in _SIZES else getattr(state, name)

    def with_value(self, state: FourierState, name: str, value: Any) -> FourierState:
        if name in _SIZES:
            grid = _SIZES[name]
            return changed(state, **{grid: resized(getattr(state, grid), 1, value)})
        if name == "length":
            return replace(state, length=value, frequency=min(state.frequency, max(value - 1, 0)))
        return changed(state, **{name: value})

    def words(self, state: FourierState, name: str) -> str:
        if state.length >= state.needed:
            return f"The line needs {state.needed} places: {state.length} are enough."
        return f"The line needs {state.needed} places: on {state.length} its end lies over its beginning."

    def edited(self, state: FourierState, key: str, row: int, column: int, value: float) -> FourierState:
        if column >= len(getattr(state, key)[0]):
            raise UserError("This zero fills the circle. Make the sequence longer to change it.")
        return edited(state, key, row, column, value)
