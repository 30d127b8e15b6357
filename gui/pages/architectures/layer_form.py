"""What if this layer were different: one field a setting, and a switch that leaves the layer out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.networks.graphs.what_if import Setting
from gui.pages.architectures.changes import DROP
from gui.theme import space
from gui.widgets.choices import Choice
from gui.widgets.fields import IntStepper, Toggle

TIPS = {
    "filters": "Every filter makes one output map; the layers after this one adapt their depth.",
    "kernel": "Rows and columns of the window.",
    "stride": "How far the window moves from one output cell to the next.",
    "padding": "Rows and columns of zeros on every side.",
    "dilation": "Distance of the cells that a kernel reads.",
    "groups": "Channels are divided into so many groups; every filter sees one of them.",
    "outputs": "Values that come out.",
    "size": "Rows and columns that come out.",
    "per_channel": "Every channel is convolved on its own; so many maps come out of each.",
}
NOTHING = "Nothing of this layer can be set."


class LayerForm(QWidget):
    """The settings of one layer; `edited(setting, value)` tells what a person changed."""

    edited = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, IntStepper | Choice] = {}
        self._layer = ""
        self._offered: tuple[tuple[str, tuple[int, ...]], ...] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.s)
        self.drop = Toggle("Leave this layer out", tooltip="What comes in goes on unchanged.")
        self.nothing = QLabel(NOTHING)
        self.nothing.setProperty("role", "muted")
        self._column.addWidget(self.nothing)
        self._column.addWidget(self.drop)
        self.drop.changed.connect(self._dropped)

    @property
    def layer(self) -> str:
        """Whose settings are shown, empty for none."""
        return self._layer

    def show_settings(self, layer: str, settings: Sequence[Setting], dropped: bool) -> None:
        """Show the settings of a layer with their values."""
        numbers = [setting for setting in settings if setting.name != DROP]
        offered = tuple((setting.name, setting.choices) for setting in numbers)
        if (layer, offered) != (self._layer, self._offered):
            self._layer, self._offered = layer, offered
            self._rebuild(numbers)
        for setting in numbers:
            self._show_value(self.fields[setting.name], setting)
            self.fields[setting.name].setEnabled(not dropped)
        self.drop.setVisible(any(setting.name == DROP for setting in settings))
        self.drop.set_value(dropped)
        self.nothing.setVisible(not settings)

    def _rebuild(self, settings: Sequence[Setting]) -> None:
        for field in self.fields.values():
            self._column.removeWidget(field)
            field.hide()
            field.deleteLater()
        self.fields = {setting.name: self._field(setting) for setting in settings}
        for index, field in enumerate(self.fields.values()):
            self._column.insertWidget(index, field)

    def _field(self, setting: Setting) -> IntStepper | Choice:
        tip = next((text for name, text in TIPS.items() if setting.name.startswith(name)), "")
        commit = self._commit(setting.name)
        if setting.choices:
            choice = Choice(
                setting.title, [(str(n), str(n)) for n in setting.choices], tooltip=tip, parent=self
            )
            choice.changed.connect(commit)
            return choice
        field = IntStepper(
            setting.title, value=setting.value, low=setting.low, high=setting.high, tooltip=tip, parent=self
        )
        field.committed.connect(commit)
        return field

    def _commit(self, name: str) -> Callable[[object], None]:
        def commit(value: object) -> None:
            self.edited.emit(name, int(str(value)))

        return commit

    def _show_value(self, field: IntStepper | Choice, setting: Setting) -> None:
        if isinstance(field, IntStepper):
            field.set_limits(setting.low, setting.high)
            if field.value != setting.value or field.problem:
                field.set_value(setting.value)
        elif field.combo.findData(str(setting.value)) >= 0:
            field.set_value(str(setting.value))

    @Slot(bool)
    def _dropped(self, on: bool) -> None:
        self.edited.emit(DROP, int(on))
