"""Two sequences and their product on a circle, each beside its spectrum; both ways round and their difference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.spectrum import transform
from gui.pages.mathematics import look
from gui.pages.mathematics.equations import Line, Term, heading, lay_out
from gui.pages.mathematics.fourier.shown import Shown
from gui.pages.mathematics.fourier.words import sentences, titles, verdict
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene
from gui.widgets.stage_text import sentences_height, sentences_strip

NARROW = 700.0
"""Stages narrower than this show one decimal of the spectra."""
NARROW_DIGITS = 5


def fourier_scene(shown: Shown, size: QSizeF) -> Scene:
    """Lay the theorem out for a stage of `size`."""
    said = sentences(shown)
    words = look.few(said, size)
    text, role = verdict(shown)
    scene = Scene(size, description=f"{titles()[0]}. {text}. {' '.join(said)}")
    builder = _Builder(shown, size.width())
    bars = [
        look.signal_key(builder.values, "a, a ⊛ b"),
        look.kernel_key(builder.weights, "b"),
        look.signal_key(builder.spectra, "spectra"),
    ]
    top = heading(scene, titles(), text, role, bars)
    bottom = size.height() - sentences_height(words, size.width(), size.height()) - space.m
    lay_out(scene, builder.lines(), top=top, bottom=bottom - space.s)
    sentences_strip(scene, bottom, words)
    return scene


class _Builder:
    """Makes the plates; the column of the frequency on show is marked in every spectrum."""

    def __init__(self, shown: Shown, width: float) -> None:
        self.shown, self.circle, self.narrow = shown, shown.circle, width < NARROW
        circle = self.circle
        self.values = look.limit(circle.a, circle.product)
        self.weights = look.limit(circle.b)
        self.spectra = max(float(np.abs(both).max()) for both in (*circle.spectra, circle.multiplied)) or 1.0

    def lines(self) -> list[Line]:
        circle, around = self.circle, self.shown.around
        first, second = circle.spectra
        a = look.signal(
            "a", circle.a[None], "a", self.values, editable=True, faint=around(self.shown.state.a)
        )
        b = look.kernel("b", circle.b[None], "b", self.weights, editable=True)
        b.faint = around(self.shown.state.b)
        product = look.signal("product", circle.product[None], "a ⊛ b", self.values)
        spectra = [
            self._spectrum("A", "A = DFT(a): real, imaginary", first),
            self._spectrum("B", "B = DFT(b)", second),
            self._spectrum("AB", "A · B", circle.multiplied),
        ]
        look.same_digits([a, b, product])
        look.same_digits(spectra)
        for plate in spectra if self.narrow else ():
            plate.decimals, plate.digits = 1, NARROW_DIGITS
        back = circle.back - circle.product
        rest = look.differences("back", back.real[None], "inverse of A · B, minus a ⊛ b")
        forth = transform(circle.product) - circle.multiplied
        other = look.differences("forth", np.stack([forth.real, forth.imag]), "DFT of a ⊛ b, minus A · B")
        return [
            [Term(a), Term(spectra[0], "→")],
            [Term(b), Term(spectra[1], "→")],
            [Term(product), Term(spectra[2], "→")],
            [Term(rest), Term(other)],
        ]

    def _spectrum(self, key: str, title: str, values: npt.NDArray[np.complex128]) -> Plate:
        shown = np.stack([values.real, values.imag])
        shown[np.abs(shown) < look.TINY] = 0.0  # roundings of zeros, which would be drawn as minus zero
        plate = look.signal(key, shown, title, self.spectra)
        k = self.shown.state.frequency
        plate.marks = (Mark(MarkRole.WINDOW, 0, k, 2, k + 1),)
        return plate
