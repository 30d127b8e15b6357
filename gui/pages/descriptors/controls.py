"""The left panel: the picture, and the settings of the view on show. Emits the next state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton

from engine.foundations.descriptors import hog, words
from engine.foundations.descriptors.colour_histogram import FEWEST_BINS, MOST_BINS
from engine.networks.learned_features.requests import MOST_SEED, MOST_SHIFT
from gui.pages.descriptors.state import DescriptorsState, with_histogram, with_words
from gui.pages.side_panel import SidePanel
from gui.widgets.fields import Choice, IntStepper, Section, Segmented, SliderField, Toggle
from gui.widgets.source_picker import SourcePicker
from gui.widgets.wrapped import Wrapped

SPACES: Final = (
    ("channels", "R, G, B", "Red, green and blue counted apart"),
    ("joint", "Joint", "Combinations of red, green and blue: bins × bins × bins"),
    ("hue", "Hue", "Angles of the colour circle; grey pixels are left out"),
)
WHERE: Final = (
    ("grid", "Grid", "Patches on a regular grid"),
    ("corners", "Corners", "Patches around corners, as Shi and Tomasi find them"),
)
CLASSIFIERS: Final = (
    ("neighbour", "Nearest", "The class of the nearest training digit"),
    ("linear", "Linear", "Ridge regression: one weighted sum a class"),
)
HISTOGRAM_TEXT: Final = {
    "channels": "{0} bins × 3 channels = {1} numbers",
    "joint": "{0} × {0} × {0} = {1} numbers",
    "hue": "{1} numbers",
}
SIDES: Final = (128, 256, 512)
LAYERS: Final = 7
"""Convolutions of TinyVGG: numbers until the net itself names them."""
TEST_TEXT: Final = (
    "scikit-learn's 8 × 8 digits. LeNet-5 learned its features from 5,992 other digits (MNIST) beforehand; nothing "
    "else here saw a digit before."
)


class DescriptorsControls(QObject):
    """changed(DescriptorsState, gesture): the next state; quick changes of one gesture are one undo step."""

    changed = Signal(object, str)

    def __init__(self, panel: SidePanel, picker: SourcePicker, get: Callable[[], DescriptorsState]) -> None:
        super().__init__(panel)
        self._get = get
        self.picture = Section("Picture")
        self.picture.add(picker)
        self.sections = {
            "histogram": self._histogram_section(),
            "hog": self._hog_section(),
            "words": self._words_section(),
            "side": self._net_section(),
            "experiment": self._test_section(),
        }
        for section in (*self.sections.values(), self.picture):
            panel.add(section)
        panel.end()

    # --- building --------------------------------------------------------------------------------------------

    def _histogram_section(self) -> Section:
        section = Section("Histogram")
        self.space = Segmented(SPACES)
        self.space.changed.connect(self._set_space)
        section.add(self.space)
        self.bins = {
            space: SliderField(
                "Bins", FEWEST_BINS, most, 1, FEWEST_BINS, tooltip="How many bins each axis is cut into"
            )
            for space, most in MOST_BINS.items()
        }
        for slider in self.bins.values():
            slider.changed.connect(self._set_bins)
            section.add(slider)
        self.histogram_text = Wrapped()
        section.add(self.histogram_text)
        return section

    def _hog_section(self) -> Section:
        section = Section("HOG")
        self.orientations = self._slider("orientations", "Orientations", hog.RANGES, "Bins of 180 degrees")
        self.cell = self._slider("cell", "Cell", hog.RANGES, "Side of a cell in pixels")
        self.block = self._number("block", "Block", hog.RANGES, "Cells a side that are normalised together")
        self.norm = Choice("Norm", [(name, name) for name in hog.NORMS], tooltip="What a block is divided by")
        for name, field in (("orientations", self.orientations), ("cell", self.cell)):
            field.changed.connect(self._hog_setter(name))
        self.block.committed.connect(self._hog_setter("block"))
        self.norm.changed.connect(self._set_norm)
        self.side = Choice(
            "Scaled to",
            [(str(side), f"{side} pixels") for side in SIDES],
            tooltip="Longer side of the picture before its HOG",
        )
        self.side.changed.connect(self._hog_setter("side"))
        for widget in (self.orientations, self.cell, self.block, self.norm, self.side):
            section.add(widget)
        return section

    def _words_section(self) -> Section:
        section = Section("Visual words")
        self.words = self._slider("words", "Words", words.RANGES, "How many words k-means looks for")
        self.words.changed.connect(self._words_setter("words"))
        self.where = Segmented(WHERE)
        self.where.changed.connect(self._set_where)
        self.patch = self._number("patch", "Patch", words.RANGES, "Side of a patch in pixels")
        self.spacing = self._number("spacing", "Grid step", words.RANGES, "Pixels from one patch to the next")
        self.seed = self._number("seed", "Seed", words.RANGES, "Draws the patches that k-means starts from")
        for name, field in (("patch", self.patch), ("spacing", self.spacing), ("seed", self.seed)):
            field.committed.connect(self._words_setter(name))
        self.contrast = Toggle(
            "Normalise contrast",
            tooltip="Each patch minus its mean, divided by its deviation: lighting does not matter",
        )
        self.contrast.changed.connect(self._set_contrast)
        for widget in (self.words, self.where, self.patch, self.spacing, self.contrast, self.seed):
            section.add(widget)
        return section

    def _net_section(self) -> Section:
        section = Section("CNN")
        self.layer = Choice(
            "Layer", [(str(i), f"{i + 1}") for i in range(7)], tooltip="Which convolution's maps are shown"
        )
        self.layer.changed.connect(self._set_layer)
        section.add(self.layer)
        text = Wrapped()
        text.say("TinyVGG, trained by this project on CIFAR-10. The picture is shown to it at 128 pixels.")
        section.add(text)
        return section

    def _test_section(self) -> Section:
        section = Section("Experiment")
        self.classifier = Segmented(CLASSIFIERS)
        self.classifier.changed.connect(self._set_classifier)
        self.shift = IntStepper(
            "Move by", low=0, high=MOST_SHIFT, unit="px",
            tooltip="Pixels by which the test digits are moved right and down; training digits stay",
        )  # fmt: skip
        self.shift.committed.connect(self._test_setter("shift"))
        self.split = IntStepper("Seed", value=1, low=0, high=MOST_SEED, tooltip="Draws the split")
        self.split.committed.connect(self._test_setter("seed"))
        self.other = QPushButton("Draw another split")
        self.other.clicked.connect(self._draw_split)
        text = Wrapped()
        text.say(TEST_TEXT)
        for widget in (self.classifier, self.shift, self.split, self.other, text):
            section.add(widget)
        return section

    def _slider(self, name: str, label: str, ranges: dict[str, tuple[int, int]], tip: str) -> SliderField:
        low, high = ranges[name]
        return SliderField(label, low, high, 1, low, tooltip=tip)

    def _number(self, name: str, label: str, ranges: dict[str, tuple[int, int]], tip: str) -> IntStepper:
        low, high = ranges[name]
        return IntStepper(label, value=low, low=low, high=high, tooltip=tip)

    # --- from the controls -----------------------------------------------------------------------------------

    def _emit(self, state: DescriptorsState, gesture: str = "") -> None:
        if state != self._get():
            self.changed.emit(state, gesture)

    @Slot(str)
    def _set_space(self, space: str) -> None:
        state = self._get()
        self._emit(with_histogram(state, replace(state.histogram, space=space)))  # type: ignore[arg-type]

    @Slot(float)
    def _set_bins(self, bins: float) -> None:
        state = self._get()
        self._emit(with_histogram(state, replace(state.histogram, bins=round(bins))), "bins")

    def _hog_setter(self, name: str) -> Callable[[Any], None]:
        def set_it(value: Any) -> None:
            state = self._get()
            cell = None if name in ("cell", "side") else state.cell
            number: dict[str, Any] = {name: round(float(value))}
            self._emit(replace(state, hog=replace(state.hog, **number), cell=cell), name)

        return set_it

    @Slot(str)
    def _set_norm(self, norm: str) -> None:
        state = self._get()
        self._emit(replace(state, hog=replace(state.hog, norm=norm)))  # type: ignore[arg-type]

    def _words_setter(self, name: str) -> Callable[[Any], None]:
        def set_it(value: Any) -> None:
            state = self._get()
            self._emit(with_words(state, replace(state.words, **{name: round(value)})), name)

        return set_it

    @Slot(str)
    def _set_where(self, where: str) -> None:
        state = self._get()
        self._emit(with_words(state, replace(state.words, where=where)))  # type: ignore[arg-type]

    @Slot(bool)
    def _set_contrast(self, on: bool) -> None:
        state = self._get()
        self._emit(with_words(state, replace(state.words, contrast=on)))

    @Slot(str)
    def _set_layer(self, layer: str) -> None:
        self._emit(replace(self._get(), layer=int(layer)))

    @Slot(str)
    def _set_classifier(self, classifier: str) -> None:
        state = self._get()
        self._emit(replace(state, test=replace(state.test, classifier=classifier)))  # type: ignore[arg-type]

    def _test_setter(self, name: str) -> Callable[[Any], None]:
        def set_it(value: Any) -> None:
            state = self._get()
            self._emit(replace(state, test=replace(state.test, **{name: round(value)})), name)

        return set_it

    @Slot()
    def _draw_split(self) -> None:
        state = self._get()
        seed = (state.test.seed + 1) % (MOST_SEED + 1)
        self._emit(replace(state, test=replace(state.test, seed=seed)))

    # --- from the state --------------------------------------------------------------------------------------

    def show_layers(self, layers: tuple[str, ...], layer: int) -> None:
        """Name the layers of the net, once they are known."""
        self.layer.set_options([(str(i), name) for i, name in enumerate(layers)], str(layer))

    def show_state(self, state: DescriptorsState) -> None:
        """Put every control where the state says."""
        for view, section in self.sections.items():
            section.setVisible(view == state.view)
        self.picture.setVisible(state.view != "experiment")
        spec = state.histogram
        self.space.set_value(spec.space)
        for space, slider in self.bins.items():
            slider.setVisible(space == spec.space)
        self.bins[spec.space].set_value(spec.bins)
        self.histogram_text.say(HISTOGRAM_TEXT[spec.space].format(spec.bins, f"{spec.size:,}"))
        self.orientations.set_value(state.hog.orientations)
        self.cell.set_value(state.hog.cell)
        self.block.set_value(state.hog.block)
        self.norm.set_value(state.hog.norm)
        self._show_side(state.hog.side)
        self.words.set_value(state.words.words)
        self.where.set_value(state.words.where)
        self.patch.set_value(state.words.patch)
        self.spacing.set_value(state.words.spacing)
        self.spacing.setVisible(state.words.where == "grid")
        self.contrast.set_value(state.words.contrast)
        self.seed.set_value(state.words.seed)
        if str(state.layer) in {str(self.layer.combo.itemData(i)) for i in range(self.layer.combo.count())}:
            self.layer.set_value(str(state.layer))
        self.classifier.set_value(state.test.classifier)
        self.shift.set_value(state.test.shift)
        self.split.set_value(state.test.seed)

    def _show_side(self, side: int) -> None:
        """A saved view may have a size that the list has not."""
        sides = sorted({*SIDES, side})
        self.side.set_options(_sides(sides), str(side))


def _sides(sides: Sequence[int]) -> list[tuple[str, str]]:
    return [(str(side), f"{side} pixels") for side in sides]
