"""What the engine can be asked about descriptors made by hand. Free of torch, scikit-image and scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.foundations.descriptors.colour_histogram import ColourHistogram, HistogramSpec
from engine.foundations.descriptors.hog import Hog, HogSpec
from engine.foundations.descriptors.words import VisualWords, WordsSpec
from engine.images import Frame

Spec: TypeAlias = HistogramSpec | HogSpec | WordsSpec
Described: TypeAlias = ColourHistogram | Hog | VisualWords


@dataclass(frozen=True, slots=True, eq=False)
class DescribePicture:
    """Describe a picture as `spec` says. Answer: ColourHistogram, Hog or VisualWords, which carries both."""

    frame: Frame
    spec: Spec


@dataclass(frozen=True, slots=True, eq=False)
class CheckDescriptor:
    """Compute a description anew with OpenCV, scikit-image or scikit-learn. Answer: CheckResult."""

    described: Described
