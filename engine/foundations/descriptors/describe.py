"""Describes a picture, in steps that leave room for others."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from engine.context import Context
from engine.foundations.descriptors.colour_histogram import HistogramSpec, colour_histogram
from engine.foundations.descriptors.hog import HogSpec, hog
from engine.foundations.descriptors.requests import Described, DescribePicture, Spec
from engine.foundations.descriptors.words import visual_words
from engine.images import Frame, fit

MOST_SIDE: Final = 512
"""Pixels of a picture's longer side that are described: descriptors look at shapes, not at the camera's noise."""


def respond(request: DescribePicture, context: Context) -> Generator[Any, None, Described]:
    """Answer a DescribePicture. Raises UserError where spec and picture do not go together."""
    yield
    return (yield from described(request.frame, request.spec))


def described(frame: Frame, spec: Spec) -> Generator[None, None, Described]:
    """The description of a picture, scaled down first where it is large."""
    pixels = fit(frame.pixels, spec.side if isinstance(spec, HogSpec) else MOST_SIDE)
    note = ""
    if pixels is not frame.pixels:
        note = f"Scaled from {frame.width} × {frame.height} to {pixels.shape[1]} × {pixels.shape[0]} pixels."
    if isinstance(spec, HistogramSpec):
        return colour_histogram(frame, spec, pixels, note)
    if isinstance(spec, HogSpec):
        return hog(frame, spec, pixels, note)
    return (yield from visual_words(frame, spec, pixels, note))
