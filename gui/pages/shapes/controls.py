"""The left panel of the page: example, input, the layer on show, and what is hidden. Emits the next state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.calculator.layers import RANGES, USES, Kind, Layer
from engine.foundations.calculator.presets import PRESETS, preset
from gui.pages.shapes import words
from gui.pages.shapes.changes import with_input, with_kind, with_padding, with_preset, with_setting
from gui.pages.shapes.state import CUSTOM, INPUT_RANGES, ShapesState
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Segmented, Toggle
from gui.widgets.fields import IntStepper
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

INPUTS: Final = (
    ("height", "Height n_H", "Rows of the input."),
    ("width", "Width n_W", "Columns of the input."),
    ("channels", "Channels n_C", "3 for a colour picture, 1 for grey levels."),
    ("batch", "Batch m", "Examples that are computed together: A has m times as many values as a."),
)
PADDINGS: Final = (("valid", "valid (none)"), ("same", "same: (f − 1) / 2"), ("custom", "custom"))
SETTINGS: Final = (
    ("f", "Filter size f", "Rows and columns of the window."),
    ("s", "Stride s", "How far the window moves from one output to the next."),
    ("p", "Padding p", "Rows and columns of zeros on every side."),
    ("d", "Dilation d", "Distance of the cells that a filter reads."),
    ("groups", "Groups g", "Channels are divided into so many groups; every filter sees one of them."),
    ("extra", "Extra", "Output padding: rows and columns added at the end of a transposed convolution."),
    ("filters", "Filters n_C", "Every filter makes one channel of the output."),
)
OWN: Final = "A chain of your own. Every change shows at once; joins that are impossible are explained."


class ShapesControls(QObject):
    """Builds the controls into a side panel and keeps them in step with the state."""

    changed = Signal(object, str)
    """The next state, and the gesture that it belongs to, "" for none."""

    def __init__(self, panel: SidePanel, get: Callable[[], ShapesState]) -> None:
        super().__init__(panel)
        self._get = get
        self.numbers: dict[str, IntStepper] = {}
        self._build_example(panel)
        self._build_layer(panel)
        self._build_input(panel)
        self._build_show(panel)
        panel.end()

    # --- building --------------------------------------------------------------------------------------------

    def _build_example(self, panel: SidePanel) -> None:
        section = Section("Example")
        self.example = Choice("", [*((one.name, one.title) for one in PRESETS), (CUSTOM, "my own")])
        self.example.combo.setAccessibleName("Example")
        self.example.changed.connect(self._pick_example)
        self.about = Wrapped()
        section.add(self.example)
        section.add(self.about)
        panel.add(section)

    def _build_input(self, panel: SidePanel) -> None:
        section = Section("Input")
        for name, label, tip in INPUTS:
            low, high = INPUT_RANGES[name]
            section.add(self._number(name, label, low, high, tip, self._set_input(name)))
        self.precision = Segmented(
            (("float32", "float32", "4 bytes a value"), ("float16", "float16", "2 bytes a value")),
            label="Memory in",
        )
        self.precision.changed.connect(self._set_precision)
        section.add(self.precision)
        panel.add(section)

    def _build_layer(self, panel: SidePanel) -> None:
        section = Section("Layer")
        self.kind = Choice("Kind", [(kind, words.KIND_NAMES[kind]) for kind in USES])
        self.kind.changed.connect(self._pick_kind)
        section.add(self.kind)
        self.padding = Choice("Padding", PADDINGS)
        for name, label, tip in SETTINGS:
            low, high = RANGES[name]
            section.add(self._number(f"layer {name}", label, low, high, tip, self._set_setting(name)))
            if name == "s":
                section.add(self.padding)
        self.padding.changed.connect(self._pick_padding)
        self.bias = Toggle("Bias", tooltip="One number that is added to every output of a filter.")
        self.ceil = Toggle("Round up (ceil mode)", tooltip="The last window may reach over the edge.")
        for name, toggle in (("bias", self.bias), ("ceil", self.ceil)):
            toggle.changed.connect(self._set_setting(name))
            section.add(toggle)
        self.layer_text = Wrapped()
        section.add(self.layer_text)
        self.layer_section = section
        panel.add(section)

    def _build_show(self, panel: SidePanel) -> None:
        section = Section("Show")
        self.reveal = Toggle(
            "Reveal layer by layer", tooltip="What lies behind the layer on show stays hidden."
        )
        self.predict = Toggle(
            "Predict, then reveal", tooltip="Each output size is asked first; the keys 1 to 4 answer."
        )
        for name, toggle in (("reveal", self.reveal), ("predict", self.predict)):
            toggle.changed.connect(self._set_plain(name))
            section.add(toggle)
        panel.add(section)

    def _number(
        self, key: str, label: str, low: int, high: int, tip: str, commit: Callable[[Any], None]
    ) -> IntStepper:
        field = IntStepper(label, value=low, low=low, high=high, tooltip=tip)
        field.committed.connect(commit)
        self.numbers[key] = field
        return field

    # --- from the controls -----------------------------------------------------------------------------------

    def _set_input(self, name: str) -> Callable[[Any], None]:
        def commit(value: Any) -> None:
            self.changed.emit(with_input(self._get(), name, int(value)), f"input {name}")

        return commit

    def _set_setting(self, name: str) -> Callable[[Any], None]:
        def commit(value: Any) -> None:
            state = self._get()
            if state.step:
                self.changed.emit(with_setting(state, state.step, name, value), f"layer {state.step} {name}")

        return commit

    def _set_plain(self, name: str) -> Callable[[Any], None]:
        def commit(value: Any) -> None:
            self.changed.emit(replace(self._get(), **{name: value}), "")

        return commit

    @Slot(str)
    def _set_precision(self, name: str) -> None:
        self.changed.emit(replace(self._get(), precision=name), "")  # type: ignore[arg-type]  # one of the two

    @Slot(str)
    def _pick_example(self, name: str) -> None:
        state = self._get()
        self.changed.emit(replace(state, preset=CUSTOM) if name == CUSTOM else with_preset(state, name), "")

    @Slot(str)
    def _pick_kind(self, kind: Kind) -> None:
        state = self._get()
        if state.step:
            self.changed.emit(with_kind(state, state.step, kind), "")

    @Slot(str)
    def _pick_padding(self, name: str) -> None:
        state = self._get()
        if state.step:
            self.changed.emit(with_padding(state, state.step, name), "")

    # --- from the state --------------------------------------------------------------------------------------

    def show(self, state: ShapesState) -> None:
        """Put every control where the state says."""
        self.example.set_value(state.preset)
        self.about.say(OWN if state.preset == CUSTOM else preset(state.preset).description)
        for name, *_ in INPUTS:
            self._show_number(name, getattr(state, name))
        self.precision.set_value(state.precision)
        self.reveal.set_value(state.reveal or state.predict)
        self.reveal.setEnabled(not state.predict)
        self.predict.set_value(state.predict)
        layer = state.selected
        self.layer_section.setVisible(layer is not None)
        if layer is not None:
            self._show_layer(state.step, layer)

    def _show_layer(self, number: int, layer: Layer) -> None:
        self.layer_section.header.setText(f"Layer {number}")
        self.layer_section.header.setAccessibleName(f"Layer {number}")
        self.kind.set_value(layer.kind)
        for name, *_ in SETTINGS:
            field = self.numbers[f"layer {name}"]
            field.setVisible(name in layer.uses and (name != "p" or layer.padding == "custom"))
            self._show_number(f"layer {name}", getattr(layer, name))
        linear, up = layer.kind == "linear", layer.kind == "upsample"
        self.numbers["layer filters"].set_label("Neurons" if linear else "Filters n_C")
        self.numbers["layer s"].set_label("Factor" if up else "Stride s")
        self.padding.setVisible("padding" in layer.uses)
        self.padding.set_value(layer.padding)
        for name, toggle in (("bias", self.bias), ("ceil", self.ceil)):
            toggle.setVisible(name in layer.uses)
            toggle.set_value(bool(getattr(layer, name)))
        self.layer_text.say("" if layer.uses else "Nothing of this layer can be set.")
        self.layer_text.setVisible(not layer.uses)

    def _show_number(self, key: str, value: int) -> None:
        field = self.numbers[key]
        if field.value != value or field.problem:
            field.set_value(value)
