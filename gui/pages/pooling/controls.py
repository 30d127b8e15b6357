"""The left panel of the pooling page: source, input, pooling, and what a view has of its own. Emits the next state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.foundations.convolution import Problem
from engine.foundations.pooling.presets import INPUTS, input_preset
from engine.images import Frame
from gui.pages.pooling.changes import SIZE, refusal, set_value, with_preset
from gui.pages.pooling.state import (
    MAX_CHANNELS,
    MAX_PIXEL_SIZE,
    MAX_SAMPLES,
    MAX_SEED,
    MAX_SHIFT,
    MAX_SIDE,
    MAX_WINDOW,
    PoolingState,
)
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Toggle
from gui.widgets.crop_frame import CropFrame
from gui.widgets.cropping import placed
from gui.widgets.fields import IntStepper
from gui.widgets.section import Section
from gui.widgets.source_picker import SourcePicker
from gui.widgets.wrapped import Wrapped

KINDS = (
    ("max", "max"), ("average", "average"), ("min", "min"), ("l2", "L2"), ("stochastic", "stochastic"),
    ("global_max", "global max"), ("global_average", "global average"),
)  # fmt: skip
GRADIENTS = (("count", "1, 2, 3, …"), ("ones", "all ones"), ("signed", "whole numbers, signed"))
KIND_TEXTS = {
    "max": "The largest value of every window.",
    "average": "The mean of every window.",
    "min": "The smallest value of every window.",
    "l2": "The root of the sum of squares; torch sums, too, and takes no mean.",
    "stochastic": "A value drawn with a chance in proportion to it.",
    "global_max": "The largest value of each channel; the window's settings rest.",
    "global_average": "The mean of each channel; the window's settings rest.",
}
FIXED_KINDS = {
    "stochastic": "This view rolls the dice, whatever the kind.",
    "shift": "This view compares max, average and no pooling.",
}


class PoolingControls(QObject):
    """Builds the controls into a side panel and keeps them in step with the state."""

    changed = Signal(object, str)
    """The next state, and the gesture that it belongs to (a drag is one undo step), "" for none."""
    rollAsked = Signal()
    manyAsked = Signal()

    _frame: Frame | None = None

    def __init__(self, panel: SidePanel, picker: SourcePicker, get: Callable[[], PoolingState]) -> None:
        super().__init__(panel)
        self._get = get
        self.picker = picker
        self.numbers: dict[str, IntStepper] = {}
        self._build_input(panel)
        self._build_pooling(panel)
        self._build_views(panel)
        panel.end()

    # --- building --------------------------------------------------------------------------------------------

    def _build_input(self, panel: SidePanel) -> None:
        self.preset = Choice("", [(p.name, p.title) for p in INPUTS])
        self.preset.combo.setAccessibleName("Example")
        self.preset.changed.connect(self._pick_preset)
        self.preset_text = Wrapped()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preset)
        column.addWidget(self.preset_text)
        self.picker.add_kind("preset", "numeric", "Numbers", holder)
        panel.add(self.picker)
        section = Section("Input")
        self.crop = CropFrame()
        self.crop.cropMoved.connect(self._crop_moved)
        self.crop.pixelSizeChanged.connect(self._pixel_size_dragged)
        section.add(self.crop)
        cell_tip = "So many pixels of the picture become one cell (their mean)."
        for name, label, high, tip in (
            ("height", "Height", MAX_SIDE, "Rows of the input."),
            ("width", "Width", MAX_SIDE, "Columns of the input."),
            ("channels", "Channels", MAX_CHANNELS, "1 grey, 2 red and green, 3 RGB."),
            ("pixel_size", "Pixel size", MAX_PIXEL_SIZE, cell_tip),
        ):
            section.add(self._number(name, label, 1, high, tip))
        self.input_section = section
        panel.add(section)

    def _build_pooling(self, panel: SidePanel) -> None:
        section = Section("Pooling")
        self.kind = Choice("Kind", list(KINDS))
        self.kind.changed.connect(self._pick("kind"))
        section.add(self.kind)
        self.kind_text = Wrapped()
        section.add(self.kind_text)
        size_tip = "Rows and columns of the window."
        section.add(self._number(SIZE, "Size f", 1, MAX_WINDOW, size_tip))
        stride_tip = "How far the window moves; it follows the size while both are equal."
        section.add(self._number("stride", "Stride s", 1, MAX_WINDOW, stride_tip))
        pad_tip = (
            "Rows and columns on every side: −∞ for max, zeros for the average; at most half of the window."
        )
        section.add(self._number("pad", "Padding p", 0, MAX_WINDOW // 2, pad_tip))
        panel.add(section)
        more = Section("More", folded=True)
        more.add(self._number("cols", "Width only", 1, MAX_WINDOW, "Columns of a window that is not square."))
        self.ceil = Toggle(
            "Ceil mode", tooltip="Round the number of windows up; the last one may hang over the border."
        )
        self.count = Toggle(
            "Average counts padding", tooltip="On: the zeros of the padding count in the divisor."
        )
        for name, toggle in (("ceil_mode", self.ceil), ("count_pad", self.count)):
            toggle.changed.connect(self._pick(name))
            more.add(toggle)
        self.more = more
        panel.add(more)

    def _build_views(self, panel: SidePanel) -> None:
        """What belongs to one view alone."""
        self.show_section = Section("Show")
        self.fill = Toggle("Fill in as the window moves", tooltip="Off: the whole output is on show.")
        self.fill.changed.connect(self._pick("fill"))
        self.show_section.add(self.fill)
        self.gradient_section = Section("Gradient of the output")
        self.gradient = Choice("Values", list(GRADIENTS))
        self.gradient.changed.connect(self._pick("gradient"))
        self.gradient_section.add(self.gradient)
        self.dice_section = Section("Dice")
        self.roll = QPushButton("Roll the dice")
        self.roll.setToolTip("One more roll for every window; Space rolls on and on")
        self.roll.clicked.connect(self.rollAsked)
        self.many = QPushButton("Roll all")
        self.many.setToolTip("All rolls that are left (End)")
        self.many.clicked.connect(self.manyAsked)
        self.dice_section.add(self.roll)
        self.dice_section.add(self.many)
        self.dice_section.add(
            self._number("samples", "Rolls", 1, MAX_SAMPLES, "How many rolls there are in all.")
        )
        self.dice_section.add(
            self._number(
                "seed", "Seed", 0, MAX_SEED, "The same seed rolls the same numbers, on every computer."
            )
        )
        self.shift_section = Section("Shift the input by")
        self.shift_section.add(
            self._number("shift_y", "Rows", -MAX_SHIFT, MAX_SHIFT, "Downwards is positive.")
        )
        self.shift_section.add(
            self._number("shift_x", "Columns", -MAX_SHIFT, MAX_SHIFT, "To the right is positive.")
        )
        self.photo_section = Section("Show")
        self.true_size = Toggle(
            "True size", tooltip="On: one pooled pixel is drawn as large as one pixel of the input."
        )
        self.true_size.changed.connect(self._pick("true_size"))
        self.photo_section.add(self.true_size)
        for section in self._view_sections():
            panel.add(section)

    def _view_sections(self) -> tuple[Section, ...]:
        return (
            self.show_section, self.gradient_section, self.dice_section, self.shift_section, self.photo_section,
        )  # fmt: skip

    def _number(self, name: str, label: str, low: int, high: int, tip: str) -> IntStepper:
        def validate(value: int | float) -> Problem | None:
            return refusal(self._get(), name, int(value), self._frame)

        field = IntStepper(label, value=max(low, 0), low=low, high=high, validate=validate, tooltip=tip)

        def commit(value: object) -> None:
            self._commit(name, value)

        field.committed.connect(commit)
        self.numbers[name] = field
        return field

    def _pick(self, name: str) -> Callable[[Any], None]:
        def pick(value: Any) -> None:
            self._commit(name, value)

        return pick

    # --- from the controls -----------------------------------------------------------------------------------

    def _commit(self, name: str, value: object) -> None:
        self.changed.emit(set_value(self._get(), name, value), "")

    @Slot(str)
    def _pick_preset(self, name: str) -> None:
        self.changed.emit(with_preset(self._get(), name), "")

    @Slot(int, int)
    def _crop_moved(self, x: int, y: int) -> None:
        self.changed.emit(replace(self._get(), crop=(x, y), edits=()), "crop")

    @Slot(int)
    def _pixel_size_dragged(self, pixel_size: int) -> None:
        crop = self.crop.crop
        self.changed.emit(
            replace(self._get(), pixel_size=pixel_size, crop=(crop.x, crop.y), edits=()), "crop"
        )

    # --- from the state --------------------------------------------------------------------------------------

    def show(self, state: PoolingState, frame: Frame | None) -> None:
        """Put every control where the state says."""
        self._frame = frame if state.source.kind != "preset" else None
        for name, field in self.numbers.items():
            value = self._value_of(state, name, frame)
            if field.value != value or field.problem:
                field.set_value(value)
        self._show_source(state, frame)
        self._show_pooling(state)
        self.fill.set_value(state.fill)
        self.gradient.set_value(state.gradient)
        self.true_size.set_value(state.true_size)
        self.roll.setEnabled(state.roll < state.samples - 1)
        self.many.setEnabled(state.roll < state.samples - 1)
        views = ("steps", "backward", "stochastic", "shift", "photo")
        for view, section in zip(views, self._view_sections(), strict=True):
            section.setVisible(state.view == view)

    def _value_of(self, state: PoolingState, name: str, frame: Frame | None) -> int:
        if name == "pixel_size" and frame is not None:
            return placed(state, frame).pixel_size
        return int(getattr(state, "rows" if name == SIZE else name))

    def _show_pooling(self, state: PoolingState) -> None:
        self.kind.set_value(state.kind)
        fixed = FIXED_KINDS.get(state.view)
        self.kind.setEnabled(fixed is None)
        self.kind_text.say(fixed or KIND_TEXTS[state.kind])
        rests = state.spec.is_global and fixed is None
        for name in (SIZE, "stride", "pad", "cols"):
            self.numbers[name].setEnabled(not rests)
        self.ceil.setEnabled(not rests)
        self.ceil.set_value(state.ceil_mode)
        self.count.set_value(state.count_pad)
        self.count.setEnabled(state.kind == "average" or state.view == "shift")

    def _show_source(self, state: PoolingState, frame: Frame | None) -> None:
        picture = state.source.kind != "preset"
        if not picture:
            self.preset.set_value(state.source.value)
            self.preset_text.say(preset_text(state))
        cropped = picture and state.view not in ("photo", "shift")
        self.crop.setVisible(cropped)
        self.numbers["pixel_size"].setVisible(cropped)
        self.input_section.setVisible(cropped or (not picture and state.view != "photo"))
        if cropped and frame is not None:
            area = placed(state, frame)
            self.crop.set_frame(frame)
            self.crop.set_crop(area.x, area.y, area.rows, area.cols, area.pixel_size)


def preset_text(state: PoolingState) -> str:
    """What an example shows, for as long as the state still is that example."""
    preset = input_preset(state.source.value)
    if state.edits or (preset.fixed is not None and preset.fixed != state.input_shape):
        return f"{preset.title}, changed."
    original = with_preset(state, preset.name)
    if preset.spec is not None and replace(original, view=state.view).spec != state.spec:
        return f"{preset.title}, pooled in another way."
    return preset.description
