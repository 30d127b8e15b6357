"""The left panel: source, target, training, and what is set less often. Emits the next state."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.foundations.convolution import Problem
from engine.foundations.learned.pictures import PATTERNS, SIDES, pattern
from engine.foundations.learned.spec import LEAST_RATE, MOST_CROPS, MOST_RATE, MOST_SEED, MOST_UPDATES
from engine.foundations.learned.targets import MOST_ANGLE, SIZES, TARGETS
from gui.pages.learned.changes import refusal, set_value
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.secret_field import SecretField
from gui.pages.learned.state import LearnedState
from gui.pages.learned.words import about_target, percent
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Segmented, Toggle
from gui.widgets.fields import IntStepper, NumberField
from gui.widgets.number_edit import LinkButton
from gui.widgets.section import Section
from gui.widgets.slider import SliderField
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from gui.widgets.stage_text import plain
from gui.widgets.wrapped import Wrapped

OPTIMISERS: Final = (("sgd", "Plain SGD"), ("momentum", "Momentum"), ("adam", "Adam"))
SCALINGS: Final = (("unit", "0 to 1"), ("centred", "mean 0"), ("standard", "mean 0, spread 1"))
BATCHES: Final = (
    ("whole", "Whole picture", "Every update sees all pixels"),
    ("crops", "Random crops", "Every update sees some squares, other ones each time"),
)
LOWEST, HIGHEST, FINENESS = -4.0, 1.0, 0.02
"""The slider of the learning rate, in powers of ten."""
SAFE: Final = 0.95
"""The part of the largest stable rate that the link below the slider offers."""


F = TypeVar("F", bound=NumberField)


class LearnedControls(QObject):
    """Builds the controls into a side panel and keeps them in step with the state."""

    changed = Signal(object, str)
    """The next state, and the gesture that it belongs to (a drag is one undo step), "" for none."""

    def __init__(self, panel: SidePanel, picker: SourcePicker, get: Callable[[], LearnedState]) -> None:
        super().__init__(panel)
        self._get = get
        self._safe_rate: float | None = None
        self.numbers: dict[str, NumberField] = {}
        self._build_source(panel, picker)
        self._build_target(panel)
        self._build_training(panel)
        self._build_more(panel)
        panel.end(steady=True)

    # --- building --------------------------------------------------------------------------------------------

    def _build_source(self, panel: SidePanel, picker: SourcePicker) -> None:
        self.preset = Choice("", [(one.name, one.title) for one in PATTERNS])
        self.preset.combo.setAccessibleName("Pattern")
        self.preset.changed.connect(self._pick_pattern)
        self.preset_text = Wrapped()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preset)
        column.addWidget(self.preset_text)
        picker.add_kind("preset", "checkerboard", "Patterns", holder)
        panel.add(picker)

    def _build_target(self, panel: SidePanel) -> None:
        section = Section("Target")
        self.target = Choice("Kernel", [(one.name, one.title) for one in TARGETS])
        self.target.changed.connect(self._pick("target"))
        self.target_text = Wrapped()
        self.size = Segmented(
            [(str(n), f"{n} × {n}", f"{n * n} numbers to learn") for n in SIZES], label="Size"
        )
        self.size.changed.connect(self._pick_size)
        self.secret = SecretField()
        self.secret.committed.connect(self._take_secret)
        self.reveal = Toggle("Reveal", tooltip="Uncover the hidden kernel (R)")
        self.reveal.changed.connect(self._pick("revealed"))
        for widget in (self.target, self.target_text, self.size):
            section.add(widget)
        section.add(
            self._number("angle", "Angle", 0, MOST_ANGLE, "Turns the edge kernel.", step=15, unit="°")
        )
        section.add(self.secret)
        section.add(self.reveal)
        panel.add(section)

    def _build_training(self, panel: SidePanel) -> None:
        section = Section("Training")
        self.optimiser = Choice("Optimiser", list(OPTIMISERS))
        self.optimiser.changed.connect(self._pick("optimiser"))
        section.add(self.optimiser)
        section.add(self._real("rate", "Learning rate η", 0.01, "How far an update goes along the gradient."))
        self.rate = SliderField(
            "", LOWEST, HIGHEST, FINENESS, -1.0, _as_rate, tooltip="Learning rate, by powers of ten"
        )
        self.rate.slider.setAccessibleName("Learning rate, by powers of ten")
        self.rate.value_label.hide()
        self.rate.changed.connect(self._rate_moved)
        section.add(self.rate)
        self.safe = LinkButton()
        self.safe.clicked.connect(self._use_safe_rate)
        section.add(self.safe)
        section.add(self._real("momentum", "Momentum μ", 0.05, "How much of the last step goes on."))
        section.add(self._number("updates", "Updates", 1, MOST_UPDATES, "How long is trained.", step=100))
        section.add(
            self._number(
                "seed",
                "Seed",
                0,
                MOST_SEED,
                "Another seed begins with other noise, and draws another hidden kernel.",
            )
        )
        self.ahead = Toggle("Show the curve ahead", tooltip="The run is computed ahead of what is played")
        self.ahead.changed.connect(self._pick("ahead"))
        section.add(self.ahead)
        panel.add(section)

    def _build_more(self, panel: SidePanel) -> None:
        section = Section("Photo and batch", folded=True)
        self.side = Choice("Longer side", [(str(n), f"{n} pixels") for n in SIDES])
        self.side.changed.connect(self._pick_side)
        self.scaling = Choice(
            "Pixels", list(SCALINGS), tooltip="How the grey levels are scaled before training"
        )
        self.scaling.changed.connect(self._pick("scaling"))
        self.batch = Segmented(BATCHES)
        self.batch.setAccessibleName("Batch")
        self.batch.changed.connect(self._pick("batch"))
        for widget in (self.side, self.scaling, self.batch):
            section.add(widget)
        section.add(self._number("crops", "Crops", 1, MOST_CROPS, "How many squares an update sees."))
        section.add(self._number("crop_side", "Their side", 8, 64, "In pixels."))
        section.add(self._real("noise", "Noise", 0.1, "Added to the target response, in its spreads."))
        self.bias = Toggle(
            "Learn a bias", tooltip="One number more, added to every pixel; the target has none"
        )
        self.bias.changed.connect(self._pick("bias"))
        section.add(self.bias)
        self.more = section
        panel.add(section)

    def _number(
        self, name: str, label: str, low: int, high: int, tip: str, *, step: int = 1, unit: str = ""
    ) -> IntStepper:
        field = IntStepper(
            label,
            value=low,
            low=low,
            high=high,
            step=step,
            unit=unit,
            validate=self._validate(name),
            tooltip=tip,
        )
        return self._kept(name, field)

    def _real(self, name: str, label: str, step: float, tip: str) -> NumberField:
        return self._kept(name, NumberField(label, step=step, validate=self._validate(name), tooltip=tip))

    def _kept(self, name: str, field: F) -> F:
        field.committed.connect(self._pick(name))
        self.numbers[name] = field
        return field

    def _validate(self, name: str) -> Callable[[int | float], Problem | None]:
        def validate(value: int | float) -> Problem | None:
            return refusal(self._get(), name, value)

        return validate

    def _pick(self, name: str) -> Callable[[Any], None]:
        def pick(value: Any) -> None:
            self.changed.emit(set_value(self._get(), name, value), "")

        return pick

    # --- from the controls -----------------------------------------------------------------------------------

    @Slot(str)
    def _pick_pattern(self, name: str) -> None:
        source = SourceState(kind="preset", value=name)
        self.changed.emit(replace(self._get(), source=source, place=None), "")

    @Slot(str)
    def _pick_size(self, key: str) -> None:
        self.changed.emit(set_value(self._get(), "size", int(key)), "")

    @Slot(str)
    def _pick_side(self, key: str) -> None:
        self.changed.emit(set_value(self._get(), "side", int(key)), "")

    @Slot(object)
    def _take_secret(self, numbers: tuple[float, ...]) -> None:
        self.changed.emit(replace(self._get(), target="hidden", hidden=numbers, revealed=False, step=0), "")

    @Slot(float)
    def _rate_moved(self, power: float) -> None:
        self.changed.emit(replace(self._get(), rate=rate_of(power)), "rate")

    @Slot()
    def _use_safe_rate(self) -> None:
        if self._safe_rate is not None:
            self.changed.emit(replace(self._get(), rate=self._safe_rate), "")

    # --- from the state --------------------------------------------------------------------------------------

    def show(self, state: LearnedState) -> None:
        """Put every control where the state says."""
        for name, field in self.numbers.items():
            value = getattr(state, name)
            if field.value != value or field.problem:
                field.set_value(value)
        self.rate.set_value(min(max(math.log10(state.rate), LOWEST), HIGHEST))
        self.target.set_value(state.target)
        self.target_text.say(about_target(state))
        self.size.set_value(str(state.size))
        self.secret.set_size(state.size)
        self.optimiser.set_value(state.optimiser)
        self.ahead.set_value(state.ahead)
        self.side.set_value(str(state.side))
        self.scaling.set_value(state.scaling)
        self.batch.set_value(state.batch)
        self.bias.set_value(state.bias)
        self.reveal.set_value(state.revealed)
        if state.source.kind == "preset":
            self.preset.set_value(state.source.value)
            self.preset_text.say(pattern(state.source.value).text)
        self._show_what_applies(state)

    def _show_what_applies(self, state: LearnedState) -> None:
        """Hide what has no meaning for the state."""
        hidden, crops = state.target == "hidden", state.batch == "crops"
        self.numbers["angle"].setVisible(state.turns)
        self.secret.setVisible(hidden)
        self.reveal.setVisible(hidden)
        self.numbers["momentum"].setVisible(state.optimiser == "momentum")
        self.numbers["crops"].setVisible(crops)
        self.numbers["crop_side"].setVisible(crops)

    def show_resolved(self, resolved: Resolved) -> None:
        """Offer the largest stable rate, where there is one."""
        self._safe_rate = safe_rate(resolved)
        if self._safe_rate is not None:
            self.safe.setText(f"Use {plain(self._safe_rate)}, {percent(SAFE)} of the largest stable rate")
        self.safe.setVisible(self._safe_rate is not None and self._safe_rate != resolved.state.rate)


def safe_rate(resolved: Resolved) -> float | None:
    """A learning rate a little below the largest stable one; None where no such is known or may be set."""
    if resolved.bowl is None or resolved.state.batch == "crops":
        return None
    limit = resolved.bowl.stable_rate(resolved.state.spec)
    if limit is None or not math.isfinite(limit):
        return None
    rate = float(f"{SAFE * limit:.3g}")
    return rate if LEAST_RATE <= rate <= MOST_RATE else None


def rate_of(power: float) -> float:
    """The learning rate at a place of the slider, three digits of it."""
    return float(f"{10.0**power:.3g}")


def _as_rate(power: float) -> str:
    return plain(rate_of(power))
