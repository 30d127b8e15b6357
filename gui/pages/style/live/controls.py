"""The controls of the view "Live": how it paints, the kept nets, and the training of another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from engine.style.fast.requests import LARGEST, SMALLEST, FastList
from engine.style.fast.settings import LARGEST_BATCH, LARGEST_CROP, SMALLEST_CROP
from gui.pages.style.live.nets import NetList
from gui.pages.style.live.settings import LARGEST_PAINTED, MOST_EVALUATIONS, LiveSettings
from gui.pages.style.live.words import damaged_text
from gui.theme import space
from gui.widgets.fields import IntStepper, NumberField, Section, Segmented
from gui.widgets.slider import SliderField
from gui.widgets.source_panels import IconButton
from gui.widgets.wrapped import Wrapped

MOST_STEPS: Final = 5000
SIZE_STEP: Final = 32
WAYS: Final = (
    ("net", "A net, one pass", "A net that was trained on one style (Johnson et al. 2016)"),
    ("paint", "Optimise live", "A few steps of Gatys' optimisation a frame, from the frame before"),
)
TRAIN_NOTE: Final = (
    "A net learns the style above with the costs and weights of the view Paint: on two quiet cores in two to three "
    "minutes, on a GPU in seconds."
)
PHOTOS: Final = "Practises on the photos that come with the program."


class LiveControls(QWidget):
    """changed(LiveSettings, gesture); trainAsked(); removeAsked(name), renameAsked(name, title)."""

    changed = Signal(object, str)
    trainAsked = Signal()
    renameAsked = Signal(str, str)
    removeAsked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = LiveSettings()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.m)
        self._build_live()
        self._build_training()
        self._connect()

    # --- building --------------------------------------------------------------------------------------------

    def _section(self, title: str, widgets: Sequence[QWidget], *, folded: bool = False) -> Section:
        section = Section(title, folded=folded)
        for widget in widgets:
            section.add(widget)
        self._column.addWidget(section)
        return section

    def _build_live(self) -> None:
        self.way = Segmented(WAYS)
        self.nets = NetList()
        self.rename_button = IconButton("pencil-outline", "Rename", self.nets.edit_chosen)
        self.remove_button = IconButton("delete-outline", "Delete", self.nets.remove_chosen)
        self.buttons = QWidget()
        row = QHBoxLayout(self.buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(self.rename_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        self.learned, self.damaged = Wrapped(), Wrapped("warn")
        self.damaged.hide()
        self.longer_side = SliderField(
            "Size", SMALLEST, LARGEST, SIZE_STEP, 320, _pixels, tooltip="The longer side of what is painted"
        )
        self.paint_size = SliderField(
            "Size",
            SMALLEST,
            LARGEST_PAINTED,
            SIZE_STEP,
            160,
            _pixels,
            tooltip="The longer side of what is painted",
        )
        self.evaluations = IntStepper(
            "Steps a frame", low=1, high=MOST_EVALUATIONS, tooltip="Evaluations of J and its gradient for every frame"
        )  # fmt: skip
        self._section(
            "Live",
            (
                self.way,
                self.nets,
                self.learned,
                self.buttons,
                self.damaged,
                self.longer_side,
                self.paint_size,
                self.evaluations,
            ),
        )

    def _build_training(self) -> None:
        self.note = Wrapped()
        self.note.say(TRAIN_NOTE)
        self.train_button = IconButton("school-outline", "Train a net on this style", self.trainAsked.emit)
        self.train_button.make_primary()
        self.steps = IntStepper(
            "Steps", low=1, high=MOST_STEPS, step=50, tooltip="Of Adam, each on a few crops"
        )
        self.folder_line = Wrapped()
        self.folder_button = IconButton("folder-open-outline", "Photos to practise on…", self._ask_folder)
        self.bundled_button = IconButton(
            "image-multiple-outline", "Use the program's photos", self._use_bundled
        )
        self._section(
            "Train a net",
            (
                self.note,
                self.train_button,
                self.steps,
                self.folder_line,
                self.folder_button,
                self.bundled_button,
            ),
        )
        self.side = IntStepper(
            "Crops", low=SMALLEST_CROP, high=LARGEST_CROP, step=16, unit="px", tooltip="The side of a crop of a photo"
        )  # fmt: skip
        self.batch = IntStepper(
            "Crops a step", low=1, high=LARGEST_BATCH, tooltip="The gradient is their mean"
        )
        self.rate = NumberField(
            "Learning rate", low=0.0001, high=1.0, step=0.001, value=0.003, tooltip="Of Adam; it falls along a cosine"
        )  # fmt: skip
        self.content = NumberField(
            "Content", low=0, high=1000, step=1, value=30, unit="×",
            tooltip="How many times as much the content counts as in a painting, which begins as the content",
        )  # fmt: skip
        self.seed = IntStepper("Seed", low=0, high=2**31 - 1, tooltip="Of the first weights and of the crops")
        self._section(
            "How it learns", (self.content, self.side, self.batch, self.rate, self.seed), folded=True
        )

    def _connect(self) -> None:
        self._own: dict[str, Any] = {
            "way": self.way, "size": self.longer_side, "paint_size": self.paint_size, "evaluations": self.evaluations,
        }  # fmt: skip
        self._fast: dict[str, Any] = {
            name: getattr(self, name) for name in ("steps", "content", "side", "batch", "rate", "seed")
        }
        for name, field in (*self._own.items(), *self._fast.items()):
            changed = field.committed if isinstance(field, NumberField) else field.changed
            changed.connect(_Setter(self, name, drag=isinstance(field, NumberField | SliderField)))
        self.nets.picked.connect(_Setter(self, "net"))
        self.nets.renameAsked.connect(self.renameAsked)
        self.nets.removeAsked.connect(self.removeAsked)

    # --- showing ---------------------------------------------------------------------------------------------

    def show_settings(self, settings: LiveSettings, net: str) -> None:
        """Show what is set; `net`: the one in use."""
        self._settings = settings
        for name, field in self._own.items():
            if not (isinstance(field, SliderField) and field.slider.isSliderDown()):
                field.set_value(getattr(settings, name))
        for name, field in self._fast.items():
            field.set_value(getattr(settings.fast, name))
        one_pass = settings.way == "net"
        for widget in (self.nets, self.learned, self.buttons, self.longer_side):
            widget.setVisible(one_pass)
        self.damaged.setVisible(one_pass and bool(self.damaged.text()))
        for widget in (self.paint_size, self.evaluations):
            widget.setVisible(not one_pass)
        self.nets.choose(net)
        self._show_chosen()
        self.folder_line.say(
            f"Practises on the pictures in {Path(settings.folder).name}." if settings.folder else PHOTOS
        )
        self.bundled_button.setVisible(bool(settings.folder))

    def show_nets(self, found: FastList, net: str) -> None:
        """List the kept nets."""
        self.nets.show_nets(found, net)
        self.damaged.say(damaged_text(found))
        self.damaged.setVisible(self._settings.way == "net" and bool(found.damaged))
        self._show_chosen()

    def show_training(self, under_way: bool, possible: bool) -> None:
        """Whether a net can be trained now."""
        self.train_button.setEnabled(possible and not under_way)

    def _show_chosen(self) -> None:
        net = self.nets.chosen
        self.learned.say(
            "" if net is None else f"Paints {' + '.join(net.styles)}, whatever style is chosen above."
        )
        own = net is not None and not net.bundled
        self.rename_button.setEnabled(own)
        self.remove_button.setEnabled(own)

    def take(self, name: str, value: Any, gesture: str) -> None:
        """A person set something."""
        settings = self._settings
        if name in self._fast:
            changes: dict[str, Any] = {name: value}
            settings = replace(settings, fast=replace(settings.fast, **changes))
        else:
            changes = {name: int(value) if name in ("size", "paint_size") else value}
            settings = replace(settings, **changes)
        self.changed.emit(settings, gesture)

    @Slot()
    def _ask_folder(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "Photos to practise on", self._settings.folder)
        if found:
            self.take("folder", found, "")

    @Slot()
    def _use_bundled(self) -> None:
        self.take("folder", "", "")


class _Setter:
    """Sets one field; plain, so that a signal can hold it as long as its control lives."""

    def __init__(self, controls: LiveControls, name: str, *, drag: bool = False) -> None:
        self._controls, self._name, self._gesture = controls, name, f"live {name}" if drag else ""

    def __call__(self, value: Any) -> None:
        self._controls.take(self._name, value, self._gesture)


def _pixels(value: float) -> str:
    return f"{value:.0f} px"
