"""The controls of the 1x1 convolution: source, channels, the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.foundations.channels.features import MOST_CHANNELS, NUMBERS, numbers
from engine.foundations.channels.recipes import RECIPES, recipe
from gui.pages.channels.fields import number, show_number
from gui.pages.channels.mix.state import (
    CUSTOM,
    LEAST_DETAIL,
    MOST_DETAIL,
    MOST_FILTERS,
    MOST_SIDE,
    MixState,
    Table,
    with_channels,
    with_filters,
    with_recipe,
    with_size,
)
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import MOST_SEED
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Toggle
from gui.widgets.fields import SliderField
from gui.widgets.section import Section
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from gui.widgets.wrapped import Wrapped

OWN = "Your own numbers. Double-click a weight or a bias on the stage, or press F2."


class MixControls(QObject):
    """Builds them into the panel; tells the next state and the gesture that it belongs to."""

    changed = Signal(object, str)

    def __init__(
        self,
        panel: SidePanel,
        picker: SourcePicker,
        get: Callable[[], ChannelsState],
        table: Callable[[], Table],
    ) -> None:
        super().__init__(panel)
        self._get, self._table = get, table
        self.picker = picker
        self._build_numbers()
        self.input = self._input_section()
        self.table_section = self._table_section()
        self.parts: tuple[QWidget, ...] = (picker, self.input, self.table_section)
        for part in self.parts:
            panel.add(part)

    # --- building --------------------------------------------------------------------------------------------

    def _build_numbers(self) -> None:
        self.preset = Choice("", [(one.name, one.title) for one in NUMBERS])
        self.preset.combo.setAccessibleName("Numbers")
        self.preset.changed.connect(self._pick_numbers)
        self.preset_text = Wrapped()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preset)
        column.addWidget(self.preset_text)
        self.picker.add_kind("preset", "numeric", "Numbers", holder)

    def _input_section(self) -> Section:
        section = Section("Input")
        tip = "1 grey; 2 red and green; 3 RGB; 4 to 6 with edges and a Laplacian of the grey levels."
        self.channels = number("Channels C", 1, MOST_CHANNELS, tip, self._set_channels)
        self.height = number("Height", 1, MOST_SIDE, "Rows of the volume.", self._size("height"))
        self.width = number("Width", 1, MOST_SIDE, "Columns of the volume.", self._size("width"))
        tip = "Cells along the longer side of the picture; at 12 and less their numbers can be read."
        self.detail = SliderField("Detail", LEAST_DETAIL, MOST_DETAIL, 4, 64, tooltip=tip)
        self.detail.changed.connect(self._detail)
        for widget in (self.channels, self.height, self.width, self.detail):
            section.add(widget)
        return section

    def _table_section(self) -> Section:
        section = Section("Table")
        options = [*((one.name, one.title) for one in RECIPES), (CUSTOM, "My own")]
        self.recipe = Choice("", options)
        self.recipe.combo.setAccessibleName("Table of weights")
        self.recipe.changed.connect(self._pick_recipe)
        self.recipe_text = Wrapped()
        tip = "Rows of the table: filters, each of which makes one channel."
        self.filters = number("Outputs F", 1, MOST_FILTERS, tip, self._set_filters)
        self.seed = number("Seed", 0, MOST_SEED, "The same seed draws the same numbers.", self._set_seed)
        self.again = QPushButton("Draw anew")
        self.again.setToolTip("Random weights with the next seed")
        self.again.clicked.connect(self._draw)
        self.relu = Toggle("ReLU", tooltip="Negative sums become 0.")
        self.relu.changed.connect(self._set_relu)
        for widget in (self.recipe, self.recipe_text, self.filters, self.seed, self.again, self.relu):
            section.add(widget)
        return section

    # --- from the controls -----------------------------------------------------------------------------------

    def _tell(self, mix: MixState, gesture: str = "") -> None:
        self.changed.emit(replace(self._get(), mix=mix), gesture)

    @Slot(str)
    def _pick_numbers(self, name: str) -> None:
        state = self._get()
        source = SourceState(kind="preset", value=name)
        self.changed.emit(replace(state, source=source, mix=replace(state.mix, edits=())), "")

    def _set_channels(self, count: int) -> None:
        self._tell(with_channels(self._get().mix, count, self._table()))

    def _size(self, name: str) -> Callable[[int], None]:
        return lambda value: self._tell(with_size(self._get().mix, name, value))

    @Slot(float)
    def _detail(self, value: float) -> None:
        self._tell(with_size(self._get().mix, "detail", int(value)), "detail")

    @Slot(str)
    def _pick_recipe(self, name: str) -> None:
        self._tell(with_recipe(self._get().mix, name, self._table()))

    def _set_filters(self, count: int) -> None:
        self._tell(with_filters(self._get().mix, count, self._table()))

    def _set_seed(self, seed: int) -> None:
        self._tell(replace(self._get().mix, seed=seed))

    @Slot()
    def _draw(self) -> None:
        mix = self._get().mix
        self._tell(replace(mix, seed=(mix.seed + 1) % (MOST_SEED + 1)), "seed")

    @Slot(bool)
    def _set_relu(self, on: bool) -> None:
        self._tell(replace(self._get().mix, relu=on))

    # --- from the state --------------------------------------------------------------------------------------

    def show(self, state: ChannelsState) -> None:
        """Put every control where the state says."""
        mix = state.mix
        if not state.from_picture:
            self.preset.set_value(state.source.value)
            self.preset_text.say(numbers(state.source.value).description)
        for field, value in (
            (self.channels, mix.channels), (self.height, mix.height), (self.width, mix.width), (self.seed, mix.seed),
        ):  # fmt: skip
            show_number(field, value)
        show_number(self.filters, len(self._table()[0]))
        for field in (self.height, self.width):
            field.setVisible(not state.from_picture)
        self.detail.setVisible(state.from_picture)
        self.detail.set_value(mix.detail)
        self.recipe.set_value(mix.recipe)
        self.recipe_text.say(OWN if mix.recipe == CUSTOM else recipe(mix.recipe).description)
        for widget in (self.seed, self.again):
            widget.setVisible(mix.recipe == "random")
        self.relu.set_value(mix.relu)
