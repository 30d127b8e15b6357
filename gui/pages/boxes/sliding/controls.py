"""The controls of the view "Sliding windows"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.detection.sliding.pyramid import LARGEST_SIDE
from engine.detection.sliding.window_net import HIDDEN, WINDOW
from gui.pages.boxes.sliding.settings import LARGEST_SIZE, MOST_SCALES, STRIDES, SlidingSettings
from gui.theme import space
from gui.widgets.fields import IntStepper, Segmented, SliderField, Toggle

PARTS: Final = (
    ("slide", "Slide", "The window passes over every scale of the picture"),
    ("fold", "Fold", "The fully connected layers become convolutions"),
    ("compare", "Compare", "Window by window against one pass: answers, times, multiplications"),
)
PICTURES: Final = (
    ("digits", "Digits", "Six digits that are drawn in"),
    ("page", "Your picture", "The picture that is chosen below: a drawing, a photo, a file"),
)
STRIDE_OPTIONS: Final = tuple((str(n), str(n), f"The window moves by {n} pixels") for n in STRIDES)
DRAW: Final = "Draw on the digits"


class SlidingControls(QWidget):
    """changed(SlidingSettings, str): what a person set, and the gesture that it belongs to.

    looked(SlidingSettings): what a person only looks at. drawAsked(): the digits are to be drawn on.
    """

    changed = Signal(object, str)
    looked = Signal(object)
    drawAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SlidingSettings()
        self.part = Segmented(PARTS)
        self.picture = Segmented(PICTURES)
        self.draw = QPushButton(DRAW)
        self.draw.setToolTip("They come onto the drawing board, where you can add your own")
        self.side = SliderField(
            "Size",
            WINDOW,
            LARGEST_SIDE,
            2,
            56,
            _pixels,
            tooltip="The longer side of the picture at its largest scale",
        )
        self.scales = IntStepper(
            "Scales", low=1, high=MOST_SCALES, tooltip="Each has three quarters of the size of the one before"
        )
        self.stride = Segmented(STRIDE_OPTIONS, label="Stride")
        self.least = SliderField("Box from p", 0.5, 0.99, 0.01, 0.9, _share)
        self.least.setToolTip("A window that says a digit with this probability is a box")
        self.overlap = SliderField("IoU above", 0.0, 0.9, 0.05, 0.2, _share)
        self.overlap.setToolTip(
            "A weaker box that has more than this in common with a stronger one is dropped"
        )
        self.neuron = IntStepper(
            "Neuron",
            low=0,
            high=HIDDEN - 1,
            tooltip=f"The row of the matrix that is followed, one of {HIDDEN}",
        )
        self.larger = SliderField("Picture", WINDOW, LARGEST_SIZE, 2, 28, _pixels)
        self.larger.setToolTip("The side of the larger picture that the folded net is shown on")
        self.shared = Toggle("Colour the shared work", tooltip="How many windows look at a pixel (C)")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (
            self.part, self.picture, self.draw, self.side, self.scales, self.stride, self.least, self.overlap,
            self.neuron, self.larger, self.shared,
        ):  # fmt: skip
            column.addWidget(widget)
        self._connect()

    def _connect(self) -> None:
        self.part.changed.connect(self._part_picked)
        self.picture.changed.connect(self._picture_picked)
        self.draw.clicked.connect(self.drawAsked)
        self.stride.changed.connect(self._stride_picked)
        self.side.changed.connect(self._side_moved)
        self.scales.committed.connect(self._scales_picked)
        self.least.changed.connect(self._least_moved)
        self.overlap.changed.connect(self._overlap_moved)
        self.neuron.committed.connect(self._neuron_picked)
        self.larger.changed.connect(self._size_moved)
        self.shared.changed.connect(self._shared_switched)

    def show_settings(self, settings: SlidingSettings) -> None:
        """Show what is set, and of the controls those that have a part in it."""
        self._settings = settings
        self.part.set_value(settings.part)
        self.picture.set_value(settings.picture)
        self.stride.set_value(str(settings.stride))
        self.shared.set_value(settings.shared)
        for field, value in (
            (self.side, settings.side), (self.scales, settings.scales), (self.least, settings.least),
            (self.overlap, settings.overlap), (self.neuron, settings.neuron), (self.larger, settings.size),
        ):  # fmt: skip
            field.set_value(value)
        fold, compare = settings.part == "fold", settings.part == "compare"
        self.draw.setVisible(settings.picture == "digits")
        for widget, wanted in (
            (self.stride, not fold), (self.scales, not fold), (self.side, not fold), (self.least, compare),
            (self.overlap, compare), (self.neuron, fold), (self.larger, fold), (self.shared, fold),
        ):  # fmt: skip
            widget.setVisible(wanted)

    def _change(self, gesture: str, **fields: Any) -> None:
        self.changed.emit(replace(self._settings, **fields), gesture)

    @Slot(str)
    def _part_picked(self, part: str) -> None:
        fields: dict[str, Any] = {"part": part}
        self.looked.emit(replace(self._settings, **fields))

    @Slot(str)
    def _picture_picked(self, picture: str) -> None:
        self._change("", picture=picture)

    @Slot(str)
    def _stride_picked(self, stride: str) -> None:
        self._change("", stride=int(stride))

    @Slot(float)
    def _side_moved(self, side: float) -> None:
        self._change("sliding side", side=int(side))

    @Slot(object)
    def _scales_picked(self, scales: int) -> None:
        self._change("sliding scales", scales=int(scales))

    @Slot(float)
    def _least_moved(self, least: float) -> None:
        self._change("sliding least", least=least)

    @Slot(float)
    def _overlap_moved(self, overlap: float) -> None:
        self._change("sliding overlap", overlap=overlap)

    @Slot(object)
    def _neuron_picked(self, neuron: int) -> None:
        self._change("sliding neuron", neuron=int(neuron))

    @Slot(float)
    def _size_moved(self, size: float) -> None:
        self._change("sliding size", size=int(size), cell=None)

    @Slot(bool)
    def _shared_switched(self, shared: bool) -> None:
        self.looked.emit(replace(self._settings, shared=shared))


def _pixels(value: float) -> str:
    return f"{value:.0f} px"


def _share(value: float) -> str:
    return f"{value:.2f}"
