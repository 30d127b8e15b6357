"""Everything that a person can set on the page of descriptors, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.foundations.descriptors.colour_histogram import HistogramSpec, Space
from engine.foundations.descriptors.hog import HogSpec
from engine.foundations.descriptors.words import WordsSpec
from engine.networks.learned_features.requests import DigitTest, FeatureName
from gui.widgets.source_state import SourceState

View = Literal["histogram", "hog", "words", "side", "experiment"]
Place = tuple[int, int]

STAGES: Final = ("gradient", "cell histogram", "block normalisation", "descriptor")
LAST_ROUND: Final = 1000
"""More steps than k-means ever takes: the last one is shown."""
MOST_LAYER: Final = 15
USUAL_BINS: Final[dict[Space, int]] = {"channels": 16, "joint": 4, "hue": 18}


@dataclass(frozen=True, slots=True)
class DescriptorsState:
    """One view of the page, as plain values.

    `bin` is the histogram and bin that stay lit, `cell` the row and column of the cell under the lens (None: one at
    a strong corner), `stage` the step of HOG, `round` the step of k-means (the last one where there are
    fewer), `word` the word that stays lit, `layer` the convolution whose maps are shown, `feature` the kind of feature
    whose mistakes are shown.
    """

    view: View = "histogram"
    source: SourceState = field(default_factory=lambda: SourceState("sample", "astronaut"))
    histogram: HistogramSpec = field(default_factory=HistogramSpec)
    bin: Place | None = None
    hog: HogSpec = field(default_factory=HogSpec)
    stage: int = 1
    cell: Place | None = None
    words: WordsSpec = field(default_factory=WordsSpec)
    round: int = LAST_ROUND
    word: int | None = None
    layer: int = 2
    test: DigitTest = field(default_factory=DigitTest)
    feature: FeatureName = "hog"

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        self.source.validated()
        for part in (self.histogram, self.hog, self.words, self.test):
            part.validated()
        for name, value, most in (
            ("stage", self.stage, len(STAGES) - 1),
            ("round", self.round, LAST_ROUND),
            ("layer", self.layer, MOST_LAYER),
        ):
            if not 0 <= value <= most:
                raise UserError(f"The saved {name} {value} is not between 0 and {most}.")
        if self.cell is not None and min(self.cell) < 0:
            raise UserError("The saved cell does not lie in a picture.", "Click a cell.")
        self._check_lit()
        return self

    def _check_lit(self) -> None:
        spec = self.histogram
        if self.bin is not None and not (
            0 <= self.bin[0] < spec.groups and 0 <= self.bin[1] < spec.size // spec.groups
        ):
            raise UserError("The saved histogram has no such bin.", "Click a bin.")
        if self.word is not None and not 0 <= self.word < self.words.words:
            raise UserError("There are fewer visual words than the saved one's number.", "Click a word.")


def with_histogram(state: DescriptorsState, spec: HistogramSpec) -> DescriptorsState:
    """Another histogram; a space of another kind begins with its usual number of bins."""
    if spec.space != state.histogram.space:
        spec = replace(spec, bins=USUAL_BINS[spec.space])
    return replace(state, histogram=spec, bin=None)


def with_words(state: DescriptorsState, spec: WordsSpec) -> DescriptorsState:
    """Other visual words, shown as k-means leaves them."""
    return replace(state, words=spec, word=None, round=LAST_ROUND)


def with_source(state: DescriptorsState, source: SourceState) -> DescriptorsState:
    """Another picture: the cell and the word that were chosen belong to the one before."""
    if (source.kind, source.value) == (state.source.kind, state.source.value):
        return replace(state, source=source)
    return replace(state, source=source, cell=None, word=None, round=LAST_ROUND)
