"""The controls of the view "Scoring"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from engine.detection.evaluation.requests import DIGITS, MOST_PAGES
from engine.detection.requests import DetectorStatus
from gui.pages.boxes.scoring import words
from gui.pages.boxes.scoring.settings import HIGHEST, LOWEST, MOST_FIRST, MOST_STEP, ScoringSettings
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField
from gui.widgets.wrapped import Wrapped

SOURCES: Final = (
    ("pages", "Pages of digits", "Composed on the spot from scikit-learn's digits, so their boxes are known"),
    ("folder", "Folder", "Pictures of yours with labels in VOC or YOLO format; one can be dropped here, too"),
)
EVERY: Final = "every"


class ScoringControls(QWidget):
    """changed(ScoringSettings, str): what a person set, and the gesture that it belongs to."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ScoringSettings()
        self.source = Segmented(SOURCES)
        self.source.setAccessibleName("The labelled set")
        self.count = IntStepper("Pages", low=1, high=MOST_PAGES, tooltip="How many pages are read")
        self.first = IntStepper("From page", low=0, high=MOST_FIRST, tooltip="Other pages, other digits")
        self.detector = Choice("Detector", [(DIGITS, DIGITS)], tooltip="Who looks at the folder")
        self.choose = QPushButton("Choose a folder…")
        self.folder = Wrapped()
        self.kind = Choice("Class", [(EVERY, "all together")], tooltip="Whose finds are walked through")
        self.least = SliderField("IoU at least", LOWEST, HIGHEST, 0.05, 0.5, _two, tooltip=words.ERRATUM)
        self.how = Segmented(words.HOWS, label="Recalls")
        self.erratum = Wrapped()
        self.erratum.say(words.ERRATUM)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (
            self.source, self.count, self.first, self.detector, self.choose, self.folder, self.kind, self.least,
            self.erratum, self.how,
        ):  # fmt: skip
            column.addWidget(widget)
        self._connect()

    def _connect(self) -> None:
        self.source.changed.connect(self._source_picked)
        self.count.committed.connect(self._count_set)
        self.first.committed.connect(self._first_set)
        self.detector.changed.connect(self._detector_picked)
        self.choose.clicked.connect(self.choose_folder)
        self.kind.changed.connect(self._kind_picked)
        self.least.changed.connect(self._least_moved)
        self.how.changed.connect(self._how_picked)

    def show_settings(self, settings: ScoringSettings) -> None:
        """Show what is set."""
        self._settings = settings
        pages = settings.source == "pages"
        self.source.set_value(settings.source)
        self.count.set_value(settings.count)
        self.first.set_value(settings.first)
        for widget in (self.count, self.first):
            widget.setVisible(pages)
        for other in (self.detector, self.choose, self.folder):
            other.setVisible(not pages)
        self.folder.say(Path(settings.folder).name if settings.folder else words.NO_FOLDER)
        if settings.detector in self._detectors():
            self.detector.set_value(settings.detector)
        self.least.set_value(settings.least)
        self.how.set_value(settings.how)
        self._show_kind()

    def show_classes(self, classes: Sequence[str]) -> None:
        """The classes that can be walked through."""
        options = [(EVERY, "all together"), *((str(index), name) for index, name in enumerate(classes))]
        if [(key, text) for key, text in self._options()] != options:
            self.kind.set_options(options)
        self._show_kind()

    def show_detectors(self, detectors: Sequence[DetectorStatus]) -> None:
        """The detectors that are here."""
        here = [(one.name, one.title) for one in detectors if one.here]
        if here:
            self.detector.set_options(here, self._settings.detector)

    def _options(self) -> list[tuple[str, str]]:
        combo = self.kind.combo
        return [(str(combo.itemData(index)), combo.itemText(index)) for index in range(combo.count())]

    def _detectors(self) -> list[str]:
        combo = self.detector.combo
        return [str(combo.itemData(index)) for index in range(combo.count())]

    def _show_kind(self) -> None:
        key = EVERY if self._settings.kind is None else str(self._settings.kind)
        if key in dict(self._options()):
            self.kind.set_value(key)

    # --- what a person sets ---------------------------------------------------------------------------------

    def _set(self, gesture: str, **changes: Any) -> None:
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    @Slot(str)
    def _source_picked(self, key: str) -> None:
        if key == "folder" and not self._settings.folder:
            self.source.set_value(self._settings.source)  # until there is one
            self.choose_folder()
            return
        self._set("", source=key, kind=None if key == "folder" else self._settings.kind, step=MOST_STEP)

    @Slot()
    def choose_folder(self) -> None:
        """Ask for a folder of labelled pictures."""
        start = self._settings.folder or str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, "Labelled pictures", start)
        if chosen:
            self.take_folder(Path(chosen))

    def take_folder(self, path: Path) -> None:
        """This folder is to be scored."""
        self._set("", source="folder", folder=str(path), kind=None, step=MOST_STEP)

    @Slot(object)
    def _count_set(self, count: int) -> None:
        self._set("scoring pages", count=int(count))

    @Slot(object)
    def _first_set(self, first: int) -> None:
        self._set("scoring first page", first=int(first))

    @Slot(str)
    def _detector_picked(self, name: str) -> None:
        self._set("", detector=name)

    @Slot(str)
    def _kind_picked(self, key: str) -> None:
        self._set("", kind=None if key == EVERY else int(key), step=MOST_STEP)

    @Slot(float)
    def _least_moved(self, value: float) -> None:
        self._set("scoring IoU", least=value)

    @Slot(str)
    def _how_picked(self, how: str) -> None:
        self._set("", how=how)


def _two(value: float) -> str:
    return f"{value:.2f}"
