"""The left panel of the convolution page: source, input, kernel, how it slides. Emits the next state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QLabel, QWidget

from engine.foundations import presets
from engine.foundations.convolution import Problem
from engine.images import Frame
from gui.pages.convolution.changes import refusal, set_value, with_preset
from gui.pages.convolution.cropping import placed
from gui.pages.convolution.state import (
    CUSTOM,
    MAX_CHANNELS,
    MAX_DILATION,
    MAX_FILTERS,
    MAX_KERNEL,
    MAX_PIXEL_SIZE,
    MAX_SHIFT,
    MAX_SIDE,
    MAX_STRIDE,
    ConvolutionState,
)
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Toggle
from gui.widgets.crop_frame import CropFrame
from gui.widgets.fields import IntStepper, NumberField
from gui.widgets.section import Section
from gui.widgets.source_picker import SourcePicker

PADDINGS = (
    ("valid", "valid (none)"),
    ("same", "same: (f − 1) / 2"),
    ("same_tf", "same: ⌈n / s⌉ (TensorFlow)"),
    ("custom", "custom"),
)
MODES = (("zeros", "zeros"), ("reflect", "reflect"), ("replicate", "replicate"), ("circular", "circular"))


class ConvolutionControls(QObject):
    """Builds the controls into a side panel and keeps them in step with the state."""

    changed = Signal(object, str)
    """The next state, and the gesture that it belongs to (a drag is one undo step), "" for none."""

    def __init__(self, panel: SidePanel, picker: SourcePicker, get: Callable[[], ConvolutionState]) -> None:
        super().__init__(panel)
        self._get = get
        self.picker = picker
        self.numbers: dict[str, IntStepper] = {}
        self._build_input(panel)
        self._build_kernel(panel)
        self._build_slide(panel)
        self._build_view(panel)
        panel.end()

    # --- building --------------------------------------------------------------------------------------------

    def _build_input(self, panel: SidePanel) -> None:
        self.preset = Choice("", [(p.name, p.title) for p in presets.INPUTS])
        self.preset.combo.setAccessibleName("Example")
        self.preset.changed.connect(self._pick_preset)
        self.preset_text = QLabel()
        self.preset_text.setWordWrap(True)
        self.preset_text.setProperty("role", "muted")
        holder = _column(self.preset, self.preset_text)
        self.picker.add_kind("preset", "numeric", "Numbers", holder)
        panel.add(self.picker)
        section = Section("Input")
        self.crop = CropFrame()
        self.crop.cropMoved.connect(self._crop_moved)
        self.crop.pixelSizeChanged.connect(self._pixel_size_dragged)
        section.add(self.crop)
        for name, label, high, tip in (
            ("height", "Height", MAX_SIDE, "Rows of the input."),
            ("width", "Width", MAX_SIDE, "Columns of the input."),
            ("channels", "Channels", MAX_CHANNELS, "1 grey, 2 red and green, 3 RGB, 4 RGB and grey."),
            (
                "pixel_size",
                "Pixel size",
                MAX_PIXEL_SIZE,
                "So many pixels of the picture become one cell (their mean).",
            ),
        ):
            section.add(self._number(name, label, 1, high, tip))
        self.input_section = section
        panel.add(section)

    def _build_kernel(self, panel: SidePanel) -> None:
        section = Section("Kernel")
        self.kernel = Choice("Kernel", [*((k.name, k.title) for k in presets.KERNELS), (CUSTOM, "my own")])
        self.kernel.changed.connect(self._pick("kernel"))
        section.add(self.kernel)
        section.add(
            self._number("size", "Size f", 1, MAX_KERNEL, "Rows and columns of the kernel; odd or even.")
        )
        section.add(self._number("filters", "Filters", 1, MAX_FILTERS, "Every filter makes one output map."))
        self.bias = NumberField(
            "Bias",
            low=-1e6,
            high=1e6,
            step=1,
            tooltip="One number that is added to every sum of the filter on show.",
        )
        self.bias.committed.connect(self._set_bias)
        section.add(self.bias)
        self.flip = Toggle(
            "Flip: true convolution",
            tooltip="On: the convolution of mathematics, the kernel rotated by 180°. "
            "Off: cross-correlation, what PyTorch and TensorFlow call convolution.",
        )
        self.flip.changed.connect(self._pick("flip"))
        section.add(self.flip)
        self.flip_text = QLabel()
        self.flip_text.setWordWrap(True)
        self.flip_text.setProperty("role", "muted")
        section.add(self.flip_text)
        self.relu = Toggle("ReLU after the sum", tooltip="max(0, z)")
        self.relu.changed.connect(self._pick("relu"))
        section.add(self.relu)
        panel.add(section)

    def _build_slide(self, panel: SidePanel) -> None:
        section = Section("How it slides")
        section.add(
            self._number(
                "stride",
                "Stride s",
                1,
                MAX_STRIDE,
                "How far the window moves from one output cell to the next.",
            )
        )
        self.padding = Choice("Padding", list(PADDINGS))
        self.padding.changed.connect(self._pick("padding"))
        section.add(self.padding)
        section.add(self._number("pad", "Padding p", 0, MAX_KERNEL, "Rows and columns added on every side."))
        panel.add(section)
        more = Section("More", folded=True)
        self.mode = Choice("Filled with", list(MODES))
        self.mode.changed.connect(self._pick("padding_mode"))
        more.add(self.mode)
        more.add(
            self._number(
                "dilation", "Dilation d", 1, MAX_DILATION, "Distance of the cells that a kernel reads."
            )
        )
        more.add(
            self._number(
                "groups",
                "Groups g",
                1,
                MAX_CHANNELS,
                "Channels that share filters; as many as channels: depthwise.",
            )
        )
        self.transposed = Toggle(
            "Transposed convolution",
            tooltip="Zeros between the input cells, then a convolution: upsampling with learned weights.",
        )
        self.transposed.changed.connect(self._pick("transposed"))
        more.add(self.transposed)
        self.more = more
        panel.add(more)

    def _build_view(self, panel: SidePanel) -> None:
        section = Section("Show")
        self.fill = Toggle("Fill in as the window moves", tooltip="Off: the whole output is on show.")
        self.slow = Toggle(
            "Slow motion", tooltip="Five phases a step: window, products, channel sums, sum and bias, output."
        )
        self.predict = Toggle(
            "Predict, then reveal", tooltip="The next cell stays blank until somebody has said what goes in."
        )
        for name, toggle in (("fill", self.fill), ("slow", self.slow), ("predict", self.predict)):
            toggle.changed.connect(self._pick(name))
            section.add(toggle)
        self.show_section = section
        panel.add(section)
        shift = Section("Shift the input by")
        shift.add(self._number("shift_y", "Rows", -MAX_SHIFT, MAX_SHIFT, "Downwards is positive."))
        shift.add(self._number("shift_x", "Columns", -MAX_SHIFT, MAX_SHIFT, "To the right is positive."))
        self.shift_section = shift
        panel.add(shift)

    def _number(self, name: str, label: str, low: int, high: int, tip: str) -> IntStepper:
        def validate(value: int | float) -> Problem | None:
            return refusal(self._get(), name, int(value), self._frame)

        field = IntStepper(label, value=max(low, 1), low=low, high=high, validate=validate, tooltip=tip)

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

    @Slot(object)
    def _set_bias(self, value: object) -> None:
        state = self._get()
        index = self._filter_on_show
        biases = tuple(float(value) if i == index else b for i, b in enumerate(state.biases))  # type: ignore[arg-type]
        self.changed.emit(replace(state, biases=biases), "")

    _filter_on_show = 0
    _frame: Frame | None = None

    # --- from the state --------------------------------------------------------------------------------------

    def show(self, state: ConvolutionState, frame: Frame | None, filter_on_show: int) -> None:
        """Put every control where the state says."""
        self._filter_on_show = min(filter_on_show, state.filters - 1)
        self._frame = frame if state.source.kind != "preset" else None
        for name, field in self.numbers.items():
            value = (
                placed(state, frame).pixel_size
                if name == "pixel_size" and frame
                else int(getattr(state, name))
            )
            if field.value != value or field.problem:
                field.set_value(value)
        self._show_source(state, frame)
        self.kernel.set_value(state.kernel)
        self.bias.set_value(state.biases[self._filter_on_show])
        which = f"Bias of filter {self._filter_on_show + 1}" if state.filters > 1 else "Bias"
        self.bias.set_label(which)
        self.flip.set_value(state.flip)
        self.flip_text.setText(
            "Convolution as in mathematics: the kernel is rotated by 180° first." if state.flip
            else "Cross-correlation: what deep-learning libraries compute and call convolution."
        )  # fmt: skip
        self.relu.set_value(state.relu)
        self.padding.set_value(state.padding)
        self.numbers["pad"].setVisible(state.padding == CUSTOM)
        self.mode.set_value(state.padding_mode)
        self.mode.setEnabled(not state.transposed)
        self.transposed.set_value(state.transposed)
        for name, toggle in (("fill", self.fill), ("slow", self.slow), ("predict", self.predict)):
            toggle.set_value(bool(getattr(state, name)))
        self.show_section.setVisible(state.view == "steps")
        self.shift_section.setVisible(state.view == "shift")

    def _show_source(self, state: ConvolutionState, frame: Frame | None) -> None:
        picture = state.source.kind != "preset"
        if not picture:
            self.preset.set_value(state.source.value)
            self.preset_text.setText(preset_text(state))
        cropped = picture and state.view != "image"
        self.crop.setVisible(cropped)
        self.numbers["pixel_size"].setVisible(cropped)
        self.input_section.setVisible(state.view != "image")
        if cropped and frame is not None:
            area = placed(state, frame)
            self.crop.set_frame(frame)
            self.crop.set_crop(area.x, area.y, area.rows, area.cols, area.pixel_size)


def preset_text(state: ConvolutionState) -> str:
    """What an example shows, as long as the state still is that example."""
    preset = presets.input_preset(state.source.value)
    if state.edits or (preset.fixed is not None and preset.fixed != state.input_shape):
        return f"{preset.title}, changed."
    original = with_preset(state, preset.name)
    if preset.weight is not None and (original.weights, original.spec) != (state.weights, state.spec):
        return f"{preset.title}, with other filters or settings."
    return preset.description


def _column(*widgets: QWidget) -> QWidget:
    from PySide6.QtWidgets import QVBoxLayout

    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    return holder
