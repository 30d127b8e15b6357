"""The states in which the tour shows the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gui.pages.base import TourStop
from gui.pages.mathematics.chapters import CHAPTERS
from gui.pages.mathematics.state import MathematicsState, View

_START = MathematicsState()


def _with(view: View, *settings: tuple[str, Any], **fields: Any) -> MathematicsState:
    """The first state with the controls of a view moved, one after the other, and fields of its part set."""
    chapter, part = CHAPTERS[view], getattr(_START, view)
    for name, value in settings:
        part = chapter.with_value(part, name, value)
    return replace(_START, view=view, **{view: replace(part, **fields)})


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [
        TourStop("sum", "The sum", "Flip, slide, multiply, add; beneath it the same without the flip.", _START),
        TourStop(
            "dice", "Two dice", "Convolution counts the sums, cross-correlation the differences.",
            _with("sums", ("preset", "dice"), step=6),
        ),
        TourStop(
            "plane", "In the plane", "The flip is a rotation by 180 degrees.", _with("sums", ("axes", "2"), step=6)
        ),
        TourStop(
            "commute", "Cross-correlation does not commute", "a ★ b is the flip of b ★ a.",
            _with("laws", ("kind", "correlation")),
        ),
        TourStop(
            "associate", "Convolution associates", "Both sides, and a difference of exactly 0.",
            _with("laws", ("law", "associate")),
        ),
        TourStop("joined", "Two filters are one", "The merged kernel, and what both ways cost.", _with("filters")),
        TourStop(
            "separable", "A column times a row", "Rank 1: 2f products in place of f².",
            _with("filters", ("part", "separable")),
        ),
        TourStop("adjoint", "The adjoint", "Two inner products, one number; T and Tᵀ.", _with("adjoint")),
        TourStop("fourier", "The convolution theorem", "Products of spectra, the same numbers.", _with("fourier")),
    ]  # fmt: skip
