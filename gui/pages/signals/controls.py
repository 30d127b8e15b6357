"""The left panel: which signal or volume, which filter, how it slides. Emits the next state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from engine.foundations.convolution import Problem
from engine.foundations.signals import ecg
from engine.foundations.signals.filters import FILTERS_1D, FILTERS_3D, preset
from engine.foundations.signals.requests import Volume
from engine.sources import SIGNAL_SUFFIXES
from gui.pages.side_panel import SidePanel
from gui.pages.signals.changes import refusal, set_value
from gui.pages.signals.state import (
    CUSTOM,
    MAX_DILATION,
    MAX_GRAIN,
    MAX_HEART_RATE,
    MAX_NOISE,
    MAX_PAD,
    MAX_SEED,
    MAX_SIZE,
    MAX_STRIDE,
    MIN_HEART_RATE,
    RATES,
    SIDE,
    SignalsState,
)
from gui.widgets.choices import Choice, Toggle
from gui.widgets.fields import IntStepper, NumberField, SliderField
from gui.widgets.kind_tabs import KindTabs
from gui.widgets.section import Section
from gui.widgets.source_panels import IconButton, Panel, choose_file, words

SYNTHETIC, OWN = "synthetic", "own"
_SIGNALS = f"Signals ({' '.join(f'*{suffix}' for suffix in SIGNAL_SUFFIXES)} *.npy);;All files (*)"
_ARRAYS = "NumPy arrays (*.npy);;All files (*)"
_ECG = "Ten seconds of a heart, each beat a sum of Gaussian waves (after McSharry et al. 2003)."
_PHANTOM = "A head of ellipsoids (after Shepp and Logan 1974), in Hounsfield-like units: air −1000, water 0, bone 1000."


class SignalsControls(QObject):
    """Builds the controls into a side panel and keeps them in step with the state."""

    changed = Signal(object, str)
    """The next state, and the gesture that it belongs to, "" for none."""
    fileChosen = Signal(str, str)
    """The kind ("signal" or "volume") and the path, "" for the synthetic one."""

    def __init__(self, panel: SidePanel, get: Callable[[], SignalsState]) -> None:
        super().__init__(panel)
        self._get = get
        self.numbers: dict[str, IntStepper] = {}
        self.sliders: dict[str, SliderField] = {}
        self._build_signal(panel)
        self._build_volume(panel)
        self._build_filter(panel)
        self._build_slide(panel)
        self._build_show(panel)
        panel.end()

    # --- building -------------------------------------------------------------------------------------------

    def _build_signal(self, panel: SidePanel) -> None:
        self.signal_tabs = KindTabs()
        made, own = Panel(), Panel()
        self.rate = Choice("Samples / s", [(str(rate), str(rate)) for rate in RATES])
        self.rate.changed.connect(self._rate_picked)
        self.ectopic = Toggle("Ectopic beat", tooltip="A beat that comes too early, broad and high.")
        self.ectopic.changed.connect(self._pick("ectopic"))
        made.add(
            words(_ECG, role="muted"),
            self._slider("heart_rate", "Heart rate", MIN_HEART_RATE, MAX_HEART_RATE, 1, "{:.0f} /min"),
            self._slider("noise", "Noise", 0, MAX_NOISE, 5, "{:.0f} µV"),
            self.rate,
            self.ectopic,
        )
        self.open_signal = IconButton("folder-open-outline", "Open a signal…", self._ask_signal)
        self.signal_name, self.signal_note = words(), words(role="muted")
        hint = words("WAV, CSV, text or a NumPy array; or drop it on the window.", role="muted")
        own.add(self.open_signal, self.signal_name, self.signal_note, hint)
        self.signal_tabs.add(SYNTHETIC, "heart-pulse", "Synthetic ECG", made)
        self.signal_tabs.add(OWN, "folder-open-outline", "Your own signal", own)
        self.signal_tabs.clicked.connect(self._signal_kind)
        panel.add(self.signal_tabs)
        self.piece = Section("Piece that is walked")
        tip = f"The first of its {SIDE} samples. Double-click on the whole signal to walk there."
        start = IntStepper("First sample", value=0, low=0, high=SIDE, tooltip=tip)
        start.committed.connect(self._pick("start"))
        self.numbers["start"] = start
        self.piece.add(start)
        panel.add(self.piece)

    def _build_volume(self, panel: SidePanel) -> None:
        self.volume_tabs = KindTabs()
        made, own = Panel(), Panel()
        made.add(words(_PHANTOM, role="muted"), self._slider("grain", "Noise", 0, MAX_GRAIN, 1, "{:.0f} HU"))
        self.open_folder = IconButton("folder-open-outline", "Open a folder of slices…", self._ask_folder)
        self.open_array = IconButton("file-outline", "Open a NumPy array…", self._ask_array)
        self.volume_name, self.volume_note = words(), words(role="muted")
        hint = words("PNG, JPEG or TIFF slices of one size; or drop the folder here.", role="muted")
        own.add(self.open_folder, self.open_array, self.volume_name, self.volume_note, hint)
        self.volume_tabs.add(SYNTHETIC, "head-outline", "Phantom of a head", made)
        self.volume_tabs.add(OWN, "folder-open-outline", "Your own volume", own)
        self.volume_tabs.clicked.connect(self._volume_kind)
        panel.add(self.volume_tabs)

    def _build_filter(self, panel: SidePanel) -> None:
        section = Section("Filter")
        self.kind = Choice("Kind", [])
        self.kind.changed.connect(self._pick("kind"))
        self.text = words(role="muted")
        section.add(self.kind)
        section.add(self.text)
        section.add(self._number("size", "Size f", 1, max(MAX_SIZE.values()), "Cells a side, odd or even."))
        seed = self._number("filter_seed", "Draw", 0, MAX_SEED, "Another number draws other weights.")
        section.add(seed)
        self.bias = NumberField(
            "Bias", low=-1e6, high=1e6, step=0.1, tooltip="One number that is added to every sum."
        )
        self.bias.committed.connect(self._pick("bias"))
        section.add(self.bias)
        self.filter_section = section
        panel.add(section)

    def _build_slide(self, panel: SidePanel) -> None:
        section = Section("How it slides")
        for name, label, low, high, tip in (
            ("stride", "Stride s", 1, MAX_STRIDE, "How far the window moves from one output to the next."),
            ("pad", "Padding p", 0, MAX_PAD, "Zeros added on every side."),
            ("dilation", "Dilation d", 1, MAX_DILATION, "Distance of the cells that a filter reads."),
        ):
            section.add(self._number(name, label, low, high, tip))
        self.slide_section = section
        panel.add(section)

    def _build_show(self, panel: SidePanel) -> None:
        self.show_section = Section("Show")
        self.fill = Toggle("Fill in as the window moves", tooltip="Off: the whole result is on show.")
        self.fill.changed.connect(self._pick("fill"))
        self.weighs = Choice(
            "Spread", [("outputs", "the outputs"), ("ones", "a 1 each")],
            tooltip="What goes back: every output as it is, or 1 for each of them.",
        )  # fmt: skip
        self.weighs.changed.connect(self._pick("weighs"))
        self.relu = Toggle("ReLU after each layer", tooltip="max(0, z)")
        self.relu.changed.connect(self._pick("relu"))
        seed = IntStepper(
            "Draw", value=0, low=0, high=MAX_SEED, tooltip="Another number draws other filters."
        )
        seed.committed.connect(self._pick("seed"))
        self.numbers["seed"] = seed
        for widget in (self.fill, self.weighs, self.relu, seed):
            self.show_section.add(widget)
        panel.add(self.show_section)

    def _number(self, name: str, label: str, low: int, high: int, tip: str) -> IntStepper:
        def validate(value: int | float) -> Problem | None:
            return refusal(self._get(), name, int(value))

        field = IntStepper(label, value=low, low=low, high=high, validate=validate, tooltip=tip)
        field.committed.connect(self._pick(name))
        self.numbers[name] = field
        return field

    def _slider(self, name: str, label: str, low: int, high: int, step: int, form: str) -> SliderField:
        field = SliderField(label, low, high, step, low, form.format)

        def move(value: float) -> None:
            self.changed.emit(set_value(self._get(), name, round(value)), name)

        field.changed.connect(move)
        self.sliders[name] = field
        return field

    def _pick(self, name: str) -> Callable[[Any], None]:
        def pick(value: Any) -> None:
            self.changed.emit(set_value(self._get(), name, value), "")

        return pick

    # --- from the controls ----------------------------------------------------------------------------------

    @Slot(str)
    def _rate_picked(self, rate: str) -> None:
        self.changed.emit(set_value(self._get(), "rate", int(rate)), "")

    @Slot(str)
    def _signal_kind(self, kind: str) -> None:
        if kind == SYNTHETIC and self._get().signal_file:
            self.fileChosen.emit("signal", "")

    @Slot(str)
    def _volume_kind(self, kind: str) -> None:
        if kind == SYNTHETIC and self._get().volume_file:
            self.fileChosen.emit("volume", "")

    @Slot()
    def _ask_signal(self) -> None:
        self._chosen(
            "signal", choose_file(self.open_signal, "Open a signal", self._folder("signal"), _SIGNALS)
        )

    @Slot()
    def _ask_array(self) -> None:
        path = choose_file(self.open_array, "Open a NumPy array", self._folder("volume"), _ARRAYS)
        self._chosen("volume", path)

    @Slot()
    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self.open_folder, "Open a folder of slices", self._folder("volume")
        )
        self._chosen("volume", path)

    def _chosen(self, kind: str, path: str) -> None:
        if path:
            self.fileChosen.emit(kind, path)

    def _folder(self, kind: str) -> str:
        known = self._get().signal_file if kind == "signal" else self._get().volume_file
        return str(Path(known).parent) if known else ""

    # --- from the state -------------------------------------------------------------------------------------

    def show(self, state: SignalsState, signal: ecg.Signal, volume: Volume) -> None:
        """Put every control where the state says."""
        line, one, view = state.axes == "1d", state.filter, state.view
        self._show_sources(state, signal, volume)
        self.signal_tabs.setVisible(line)
        self.piece.setVisible(line and view != "whole")
        self.volume_tabs.setVisible(not line)
        self.filter_section.setVisible(view != "layers")
        self.slide_section.setVisible(view != "layers")
        table = FILTERS_1D if line else FILTERS_3D
        names = [(p.name, p.title) for p in table] + ([(CUSTOM, "my own")] if one.kind == CUSTOM else [])
        self.kind.set_options(names, one.kind)
        own = "Your own numbers. Choose another filter to take them back."
        self.text.setText(own if one.kind == CUSTOM else preset(state.dims, one.kind).description)
        self.numbers["size"].set_limits(1, MAX_SIZE[state.dims])
        self.numbers["filter_seed"].setVisible(one.kind == "random")
        self.numbers["start"].set_limits(0, len(signal.samples) - SIDE)
        values = {
            "size": one.size, "stride": one.stride, "pad": one.pad, "dilation": one.dilation, "filter_seed": one.seed,
            "seed": state.seed, "start": min(state.start, len(signal.samples) - SIDE),
        }  # fmt: skip
        for name, value in values.items():
            field = self.numbers[name]
            if field.value != value or field.problem:
                field.set_value(value)
        self.bias.set_value(one.bias)
        for name, slider in self.sliders.items():
            if slider.value != getattr(state, name):
                slider.set_value(getattr(state, name))
        self._show_looks(state)

    def _show_looks(self, state: SignalsState) -> None:
        view = state.view
        self.show_section.setVisible(view != "whole")
        self.weighs.setVisible(view == "back")
        self.relu.setVisible(view == "layers")
        self.numbers["seed"].setVisible(view == "layers")
        self.fill.set_value(state.fill)
        self.weighs.set_value(state.weighs)
        self.relu.set_value(state.relu)

    def _show_sources(self, state: SignalsState, signal: ecg.Signal, volume: Volume) -> None:
        self.rate.set_value(str(state.rate))
        self.ectopic.set_value(state.ectopic)
        for tabs, path, name, note, text in (
            (self.signal_tabs, state.signal_file, self.signal_name, self.signal_note, signal.note),
            (self.volume_tabs, state.volume_file, self.volume_name, self.volume_note, volume.note),
        ):
            if path or tabs.current != OWN:
                tabs.open(OWN if path else SYNTHETIC)
            name.setText(Path(path).name)
            name.setToolTip(path)
            name.setVisible(bool(path))
            note.setText(f"{text[:1].upper()}{text[1:]}." if path and text else "")
            note.setVisible(bool(note.text()))
