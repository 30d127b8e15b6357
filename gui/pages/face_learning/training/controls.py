"""The controls of the view "Live training"."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.faces.learning.identities import Source
from engine.faces.learning.requests import HIGHEST_RATE, LOWEST_RATE, MOST_MARGIN, MOST_SEED, MOST_UPDATES
from gui.pages.face_learning.training.settings import TrainingSettings, with_folder, with_source
from gui.pages.face_learning.training.words import FOLDER_NOTE, HOW
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField, Toggle
from gui.widgets.wrapped import OneLine, Wrapped

SOURCES: Final = (
    ("digits", "Digits 0 to 9"), ("drawn", "Drawn people"), ("folder", "Own folder"),
)  # fmt: skip
STOP_TIP: Final = "End the training; what was learned stays"
AGAIN_TIP: Final = "Train from the start once more"


class TrainingControls(QWidget):
    """changed(settings, gesture); holdAsked(on): pause or go on; the others as they are called."""

    changed = Signal(object, str)
    stopAsked = Signal()
    againAsked = Signal()
    holdAsked = Signal(bool)
    keepAsked = Signal()
    recallAsked = Signal()
    dropAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._running, self._held = TrainingSettings(), False, False
        self.how, self.folder_note = Wrapped(), Wrapped()
        self.how.say(HOW)
        self.folder_note.say(FOLDER_NOTE)
        self.source = Choice("Identities", SOURCES, tooltip="Whose pictures the nets learn to tell apart")
        self.folder, self.open_folder = OneLine(), QPushButton("Choose folder…")
        self.hold, self.stop, self.keep = QPushButton("Pause"), QPushButton("Stop"), QPushButton("Keep")
        self.hold.setToolTip("The training waits, and can go on")
        self.keep.setToolTip("Keep this training to compare the next one with: its curves stay, dashed")
        self.kept, self.recall, self.drop = Wrapped(), QPushButton("Bring back"), QPushButton("Forget")
        self.recall.setToolTip("Show the kept training again, with its settings; nothing is trained")
        self.drop.setToolTip("The kept training is given up")
        self.dims = Segmented(
            [("2", "2", "The plane is the embedding itself"),
             ("128", "128", "The plane shows the two main axes (PCA) of the last moment")],
            label="Numbers",
        )  # fmt: skip
        self.unit = Toggle("Length 1", tooltip="Embeddings are scaled to length 1, as FaceNet does")
        self.margin = SliderField("Margin α", 0.0, MOST_MARGIN, 0.05, 0.2, lambda v: f"{v:.2f}")
        self.rate = SliderField("Rate", math.log10(LOWEST_RATE), math.log10(HIGHEST_RATE), 0.05, -2.7,
                                lambda v: f"{10**v:.1e}", tooltip="Of Adam")  # fmt: skip
        self.numbers = {
            "people": IntStepper("P identities", value=5, low=2, high=16, tooltip="In a batch"),
            "photos": IntStepper(
                "K pictures", value=6, low=2, high=12, tooltip="Of each identity in a batch"
            ),
            "held_out": IntStepper(
                "Held out", value=3, low=2, high=20, tooltip="Identities never trained on"
            ),
            "updates": IntStepper("Updates", value=150, low=10, high=MOST_UPDATES, step=50),
            "seed": IntStepper(
                "Seed", value=1, low=0, high=MOST_SEED, tooltip="Of start, batches and random triplets"
            ),
        }
        self.thumbnails = Toggle("Thumbnails", value=True, tooltip="Pictures instead of dots")
        self.curves = Toggle(
            "Curves", value=True, tooltip="Beneath the planes; in a low window instead of them"
        )
        self._build()
        self._connect()

    def _build(self) -> None:
        buttons = _row(self.hold, self.stop, self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        first: tuple[QWidget, ...] = (self.how, self.source, self.folder, self.open_folder, self.folder_note)
        for part in first:
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.kept)
        column.addLayout(_row(self.recall, self.drop))
        fields: tuple[QWidget, ...] = (self.margin, self.rate, self.dims, self.unit, *self.numbers.values())
        for part in (*fields, self.thumbnails, self.curves):
            column.addWidget(part)

    def _connect(self) -> None:
        self.source.changed.connect(self._source_picked)
        self.open_folder.clicked.connect(self._choose_folder)
        self.hold.clicked.connect(self._hold_or_go_on)
        self.stop.clicked.connect(self._stop_or_again)
        self.keep.clicked.connect(self.keepAsked)
        self.recall.clicked.connect(self.recallAsked)
        self.drop.clicked.connect(self.dropAsked)
        self.margin.committed.connect(self._margin_set)
        self.rate.committed.connect(self._rate_set)
        self.dims.changed.connect(self._dims_picked)
        self.unit.changed.connect(self._unit_set)
        self.thumbnails.changed.connect(self._thumbnails_set)
        self.curves.changed.connect(self._curves_set)
        for name, field in self.numbers.items():
            field.committed.connect(lambda value, name=name: self._spec(**{name: value}))

    def show_settings(self, settings: TrainingSettings) -> None:
        """Show what is set."""
        self._settings = settings
        spec = settings.spec
        self.source.set_value(spec.source)
        is_folder = spec.source == "folder"
        self.folder.setText(Path(spec.folder).name if spec.folder else "")
        for part in (self.folder, self.folder_note):
            part.setVisible(is_folder)
        self.margin.set_value(spec.margin)
        self.rate.set_value(math.log10(spec.rate))
        self.dims.set_value(str(spec.dims))
        self.unit.set_value(spec.unit)
        for name, field in self.numbers.items():
            field.set_value(getattr(spec, name))
        self.thumbnails.set_value(settings.thumbnails)

    def show_running(self, *, running: bool, held: bool, can_keep: bool) -> None:
        """One button stops a training, or begins it anew; another one pauses it, or lets it go on."""
        self._running, self._held = running, held
        self.stop.setText("Stop" if running else "Again")
        self.stop.setToolTip(STOP_TIP if running else AGAIN_TIP)
        self.hold.setText("Go on" if held else "Pause")
        self.hold.setEnabled(running)
        self.keep.setEnabled(can_keep)

    def show_kept(self, words: str) -> None:
        """What is kept, in words; "" for nothing."""
        self.kept.say(words)
        for part in (self.kept, self.recall, self.drop):
            part.setVisible(bool(words))

    def _spec(self, **changes: Any) -> None:
        self.changed.emit(
            replace(self._settings, spec=replace(self._settings.spec, **changes), moment=None), ""
        )

    @Slot()
    def _hold_or_go_on(self) -> None:
        self.holdAsked.emit(not self._held)

    @Slot()
    def _stop_or_again(self) -> None:
        if self._running:
            self.stopAsked.emit()
        else:
            self.againAsked.emit()

    @Slot(str)
    def _source_picked(self, key: str) -> None:
        if key == "folder" and not self._settings.spec.folder:
            self._choose_folder()
            self.source.set_value(self._settings.spec.source)  # in case nothing was chosen
        else:
            spec = with_source(self._settings.spec, cast(Source, key))
            self.changed.emit(replace(self._settings, spec=spec, moment=None), "")

    @Slot()
    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, "Folder with one sub-folder a person", self._settings.spec.folder
        )
        if chosen:
            spec = with_folder(self._settings.spec, Path(chosen))
            self.changed.emit(replace(self._settings, spec=spec, moment=None), "")

    @Slot(float)
    def _margin_set(self, value: float) -> None:
        self._spec(margin=value)

    @Slot(float)
    def _rate_set(self, value: float) -> None:
        self._spec(rate=min(max(10**value, LOWEST_RATE), HIGHEST_RATE))

    @Slot(str)
    def _dims_picked(self, key: str) -> None:
        self._spec(dims=int(key))

    @Slot(bool)
    def _unit_set(self, on: bool) -> None:
        self._spec(unit=on)

    @Slot(bool)
    def _thumbnails_set(self, on: bool) -> None:
        self.changed.emit(replace(self._settings, thumbnails=on), "")

    @Slot(bool)
    def _curves_set(self, on: bool) -> None:
        self.changed.emit(replace(self._settings, curves=on), "")


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(space.s)
    for button in buttons:
        row.addWidget(button)
    return row
