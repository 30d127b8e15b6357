"""The left panel: the kernel, the small input or the picture, and how it is shown. Emits the next state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton

from engine.foundations.convolution import Problem
from engine.foundations.edges.catalogue import ENTRIES, LARGEST, SMALL
from engine.foundations.edges.inputs import INPUTS, edge_input
from gui.pages.edges.changes import WIPED, angle_counts, colour_counts, kernel_note, refusal, set_value
from gui.pages.edges.state import ALLOWED, MAX_ANGLE, RANGES, EdgesState
from gui.pages.edges.words import degrees
from gui.pages.side_panel import SidePanel
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Section, Segmented, SliderField, Toggle
from gui.widgets.source_picker import SourcePicker
from gui.widgets.wrapped import Wrapped

STOPS: Final = (0, 45, 70, 85, 90)
ARRANGEMENTS: Final = (
    ("beside", "Beside", "Picture and response side by side"),
    ("wipe", "Wipe", "One on the other, with a divider to drag, or Ctrl+Left and Ctrl+Right (W)"),
)
SLIDERS: Final = (
    ("sigma", "Sigma σ", 0.1, "Width of the Gaussian, in cells"),
    ("wavelength", "Wavelength λ", 0.5, "Cells from one bright bar to the next"),
    ("phase", "Phase ψ", 5, "0°: bright lines; 90°: edges from bright to dark"),
    ("aspect", "Aspect γ", 0.1, "How much shorter the kernel is across its wave; 1 is round"),
)
DIRECTION_STEP: Final = 5


class EdgesControls(QObject):
    """changed(EdgesState, gesture): the next state; quick changes of one gesture are one undo step."""

    changed = Signal(object, str)

    def __init__(self, panel: SidePanel, picker: SourcePicker, get: Callable[[], EdgesState]) -> None:
        super().__init__(panel)
        self._get = get
        self.picker = picker
        self.sliders: dict[str, SliderField] = {}
        for section in (self._kernel_section(), self._input_section(), self._picture_section()):
            panel.add(section)
        panel.end(steady=True)

    # --- building --------------------------------------------------------------------------------------------

    def _kernel_section(self) -> Section:
        section = Section("Kernel")
        self.kernel = Choice("", [(one.name, one.title) for one in ENTRIES])
        self.kernel.combo.setAccessibleName("Kernel")
        self.kernel.changed.connect(self._setter("kernel"))
        self.note = Wrapped()
        self.size = IntStepper(
            "Size f", value=3, low=SMALL[0], high=LARGEST, step=2, validate=self._check_size,
            tooltip="Rows and columns of the kernel",
        )  # fmt: skip
        self.size.committed.connect(self._setter("size"))
        self.angle = IntStepper(
            "Angle θ", value=0, low=0, high=MAX_ANGLE, unit="°",
            tooltip="0° answers vertical edges, 90° horizontal ones (T turns it by 5°, Shift+T back)",
        )  # fmt: skip
        self.angle.committed.connect(self._angle_typed)
        self.angle_slider = SliderField("", 0, MAX_ANGLE, 1, 0, degrees, tooltip="Turn the kernel")
        self.angle_slider.slider.setAccessibleName("Angle")
        self.angle_slider.changed.connect(self._setter("angle", "angle"))
        for widget in (self.kernel, self.note, self.size, self.angle, self.angle_slider):
            section.add(widget)
        section.add_layout(self._stops())
        for name, label, step, tip in SLIDERS:
            low, high, _ = RANGES[name]
            slider = SliderField(label, low, high, step, low, tooltip=tip)
            slider.changed.connect(self._setter(name, name))
            self.sliders[name] = slider
            section.add(slider)
        return section

    def _stops(self) -> QHBoxLayout:
        """Buttons for the angles that a course stops at."""
        row = QHBoxLayout()
        row.setSpacing(space.xs)
        self.stops = {angle: QToolButton() for angle in STOPS}
        for angle, button in self.stops.items():
            button.setText(f"{angle}°")
            button.setAccessibleName(f"Turn to {angle}°")
            button.clicked.connect(lambda _checked=False, angle=angle: self._set("angle", float(angle)))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setToolTip(f"Turn the kernel to {angle}°")
            row.addWidget(button, 1)
        return row

    def _input_section(self) -> Section:
        self.input_section = Section("Input")
        self.input = Choice("", [(one.name, one.title) for one in INPUTS])
        self.input.combo.setAccessibleName("Input")
        self.input.changed.connect(self._setter("input"))
        self.input_note = Wrapped()
        self.flip = Toggle("Flip bright and dark", tooltip="Exchange bright and dark (F)")
        self.flip.changed.connect(self._setter("flipped"))
        self.direction = SliderField(
            "Edge", 0, 360 - DIRECTION_STEP, DIRECTION_STEP, 0, degrees,
            tooltip="Where the input gets darker: 0° to the right, 90° downwards",
        )  # fmt: skip
        self.direction.changed.connect(self._direction_moved)
        for widget in (self.input, self.input_note, self.flip, self.direction):
            self.input_section.add(widget)
        return self.input_section

    def _picture_section(self) -> Section:
        self.picture_section = Section("Picture")
        self.arrangement = Segmented(ARRANGEMENTS)
        self.arrangement.changed.connect(self._setter("arrangement"))
        self.colour = Toggle(
            "Each colour apart",
            tooltip="On: red, green and blue are filtered apart, and the strongest is shown. Off: the luminance (C)",
        )
        self.colour.changed.connect(self._setter("colour"))
        for widget in (self.arrangement, self.colour, self.picker):
            self.picture_section.add(widget)
        return self.picture_section

    # --- from the controls -----------------------------------------------------------------------------------

    def _set(self, name: str, value: object, gesture: str = "") -> None:
        state = self._get()
        changed = set_value(state, name, value)
        if changed != state:
            self.changed.emit(changed, gesture)

    def _setter(self, name: str, gesture: str = "") -> Callable[[Any], None]:
        def set_it(value: Any) -> None:
            self._set(name, value, gesture)

        return set_it

    @Slot(object)
    def _angle_typed(self, value: int) -> None:
        self._set("angle", float(value))

    @Slot(float)
    def _direction_moved(self, value: float) -> None:
        self._set("direction", round(value), "direction")

    def _check_size(self, value: int | float) -> Problem | None:
        return refusal(self._get(), "size", int(value))

    # --- from the state --------------------------------------------------------------------------------------

    def show_state(self, state: EdgesState) -> None:
        """Put every control where the state says."""
        self.input_section.setVisible(not state.on_picture)
        self.picture_section.setVisible(state.on_picture)
        self._show_kernel(state)
        self._show_input(state)
        self.arrangement.set_value(state.arrangement)
        self.arrangement.setVisible(state.view in WIPED)
        self.colour.set_value(state.colour)
        self.colour.setVisible(colour_counts(state))

    def _show_kernel(self, state: EdgesState) -> None:
        kernel = state.shown_kernel
        allowed = ALLOWED[state.view]
        options = [(str(one.name), one.title) for one in ENTRIES if one.name in allowed]
        if self.kernel.combo.count() != len(options) or self.kernel.value != kernel.name:
            self.kernel.set_options(options, kernel.name)
        self.kernel.setVisible(state.view != "compare")
        self.note.say(kernel_note(state))
        low, high = kernel.entry.sizes[0], kernel.entry.sizes[-1]
        self.size.set_limits(low, high)
        if self.size.value != kernel.size or self.size.problem:
            self.size.set_value(kernel.size)
        self.size.setEnabled(len(kernel.entry.sizes) > 1)
        turns = angle_counts(state)
        for widget in (self.angle, self.angle_slider, *self.stops.values()):
            widget.setVisible(turns)
        if self.angle.value != round(kernel.angle) or self.angle.problem:
            self.angle.set_value(round(kernel.angle))
        self.angle_slider.set_value(kernel.angle)
        for name, slider in self.sliders.items():
            slider.setVisible(name in kernel.entry.uses)
            slider.set_value(getattr(kernel, name))

    def _show_input(self, state: EdgesState) -> None:
        self.input.set_value(state.input)
        self.input_note.say(edge_input(state.input).description)
        self.flip.set_value(state.flipped)
        self.direction.setVisible(edge_input(state.input).directed)
        self.direction.set_value(state.direction)
