"""The left panel: which detector, which picture, what counts as found, and which classes are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton

from engine.detection.requests import Annotated, DetectorStatus
from gui.pages.detect.class_list import ClassList
from gui.pages.detect.folder_part import FolderPart
from gui.pages.detect.state import DetectState
from gui.pages.side_panel import SidePanel
from gui.widgets.fields import Choice, Section, Segmented, SliderField, Toggle
from gui.widgets.plain_text import literal
from gui.widgets.source_picker import SourcePicker

READING: Final = "The list of detectors is being read."
MORE: Final = "More detectors…"
GET: Final = "Get this detector…"
SUPPRESSIONS: Final = (
    ("per class", "Per class", "Of boxes of one class that lie over each other the best one stays"),
    ("agnostic", "All", "Of all boxes that lie over each other the best one stays, whatever they are called"),
    ("none", "None", "Every box that is scored high enough stays"),
)
THINNEST_PEN, BOLDEST_PEN = 0.01, 0.08


class DetectControls(QObject):
    """Fills the page's left panel.

    detectorPicked(str); scoreSet(float); overlapSet(float); suppressionSet(str); switched(str, bool): raw, cells,
    anchors, tracks, plot; gridPicked(int); penSet(float); weightsAsked(str): the page Weights, at this detector.
    """

    detectorPicked = Signal(str)
    scoreSet = Signal(float)
    overlapSet = Signal(float)
    suppressionSet = Signal(str)
    switched = Signal(str, bool)
    gridPicked = Signal(int)
    penSet = Signal(float)
    weightsAsked = Signal(str)

    def __init__(self, panel: SidePanel, picker: SourcePicker) -> None:
        super().__init__(panel)
        self._known: tuple[DetectorStatus, ...] = ()
        self._missing = ""
        self.detectors = Choice("", [])
        self.detectors.combo.setAccessibleName("Detector")
        self.about = QLabel(READING)
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.more = QPushButton(MORE)
        self.more.setToolTip("The page Weights downloads detectors, or imports them from files")
        self.pen = SliderField(
            "Pen", THINNEST_PEN, BOLDEST_PEN, 0.002, 0.026, lambda v: f"{100 * v:.1f} %",
            tooltip="Thickness of the pen, as a share of the paper",
        )  # fmt: skip
        self.folder = FolderPart()
        self.score = SliderField(
            "Score",
            0.0,
            1.0,
            0.01,
            0.25,
            lambda v: f"{v:.2f}",
            tooltip="Boxes with a lower score are left out",
        )
        self.overlap = SliderField(
            "IoU", 0.0, 1.0, 0.01, 0.45, lambda v: f"{v:.2f}",
            tooltip="Boxes that have more than this in common are taken for one thing",
        )  # fmt: skip
        self.suppression = Segmented(SUPPRESSIONS)
        self.suppression.setAccessibleName("Suppression")
        self.classes = ClassList()
        self.toggles = {
            "raw": Toggle("Boxes before suppression", tooltip="Thin: all that are scored high enough (R)"),
            "cells": Toggle("Grid", tooltip="The cells of a YOLO net; click one to look into it (G)"),
            "anchors": Toggle("Anchors", tooltip="The boxes that a cell starts from (A)"),
            "tracks": Toggle("Numbers and trails", tooltip="What moves keeps its number (T)"),
            "plot": Toggle("Counts over time", tooltip="Beneath the picture (C)"),
        }
        self.grid = Choice("Which grid", [], tooltip="Coarse grids find large things, fine ones small things")
        self._fill(panel, picker)
        self._connect()

    def _fill(self, panel: SidePanel, picker: SourcePicker) -> None:
        detector, picture, found, classes, look = (
            Section(title) for title in ("Detector", "Picture", "What counts", "Classes", "What is shown")
        )
        for section, widgets in (
            (detector, (self.detectors, self.about, self.more)),
            (picture, (picker, self.pen, self.folder)),
            (found, (self.score, self.overlap, self.suppression)),
            (classes, (self.classes,)),
            (look, (self.toggles["raw"], self.toggles["cells"], self.grid, self.toggles["anchors"],
                    self.toggles["tracks"], self.toggles["plot"])),
        ):  # fmt: skip
            for widget in widgets:
                section.add(widget)
            panel.add(section)
        panel.end(steady=True)

    def _connect(self) -> None:
        self.detectors.changed.connect(self.detectorPicked)
        self.more.clicked.connect(lambda: self.weightsAsked.emit(self._missing))
        self.pen.changed.connect(self.penSet)
        self.score.changed.connect(self.scoreSet)
        self.overlap.changed.connect(self.overlapSet)
        self.suppression.changed.connect(self.suppressionSet)
        self.grid.changed.connect(lambda key: self.gridPicked.emit(int(key)))
        for key, toggle in self.toggles.items():
            toggle.changed.connect(lambda on, key=key: self.switched.emit(key, on))

    # --- detectors -------------------------------------------------------------------------------------------

    @property
    def known(self) -> tuple[DetectorStatus, ...]:
        """All detectors, here or not."""
        return self._known

    def status_of(self, name: str) -> DetectorStatus | None:
        """What is known about a detector, None where it is not listed."""
        return next((status for status in self._known if status.name == name), None)

    def show_list(self, found: tuple[DetectorStatus, ...], state: DetectState) -> None:
        """Show which detectors there are."""
        self._known = found
        self.show_state(state)

    def show_failure(self, sentence: str) -> None:
        """The list could not be read."""
        self.about.setText(sentence)

    def _show_detectors(self, state: DetectState) -> None:
        options = [(one.name, one.title if one.here else f"{one.title} (not here)") for one in self._known]
        if state.detector not in {name for name, _ in options}:
            title = state.detector.removeprefix("random:")
            untrained = state.detector.startswith("random:")
            options.insert(0, (state.detector, f"{title}, untrained" if untrained else title))
        self.detectors.set_options(options, state.detector)
        for index, (name, _) in enumerate(options):
            tip = literal(about_detector(self.status_of(name), name))
            self.detectors.combo.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        chosen = self.status_of(state.detector)
        self._missing = state.detector if chosen is not None and not chosen.here else ""
        if self._known:
            self.about.setText(about_detector(chosen, state.detector))
        self.more.setText(GET if self._missing else MORE)
        self.more.setVisible(bool(self._missing) or any(not one.here for one in self._known))

    # --- the rest --------------------------------------------------------------------------------------------

    def show_state(self, state: DetectState) -> None:
        """Show what is set."""
        self._show_detectors(state)
        self.pen.setVisible(state.drawing)
        for slider, value in (
            (self.pen, state.pen),
            (self.score, state.least),
            (self.overlap, state.overlap),
        ):
            if not slider.slider.isSliderDown():
                slider.set_value(value)
        self.overlap.setEnabled(state.suppression != "none")
        self.suppression.set_value(state.suppression)
        for key, toggle in self.toggles.items():
            toggle.set_value(bool(getattr(state, key)))

    def show_grids(self, answer: Annotated | None, chosen: int) -> None:
        """Which grids the detector has."""
        grids = () if answer is None else answer.grids
        options = [
            (str(number), f"{grid.rows} × {grid.columns} cells of {grid.stride:.0f} px")
            for number, grid in enumerate(grids)
        ]
        self.grid.setVisible(len(options) > 1)
        if options:
            self.grid.set_options(options, str(min(chosen, len(options) - 1)))
        without = answer is not None and not grids
        for key in ("cells", "anchors"):
            self.toggles[key].setEnabled(not without)
            if without:
                self.toggles[key].setToolTip("This detector has no grid of cells: choose a YOLO net")

    def show_counts(
        self, classes: Sequence[str], seen: Sequence[int], counts: Mapping[int, int], hidden: Sequence[str]
    ) -> None:
        """List what was found."""
        self.classes.show_classes(classes, seen, counts, hidden)


def about_detector(status: DetectorStatus | None, name: str) -> str:
    """One line about a detector: what it finds, how well, where it is from, or how to get it."""
    if name.startswith("random:"):
        return "A net before any training: what it finds means nothing."
    if status is None:
        return "This detector is not in the list any more."
    finds = f"finds {len(status.classes)} kinds of things" if len(status.classes) > 10 else ""
    weights = status.weights
    if not status.here:
        size = "" if weights.bytes is None else f" ({max(weights.bytes / 1e6, 0.1):,.1f} MB)"
        return f"Not on this computer. The page Weights downloads it{size} or imports it from a file."
    parts = (f"for {status.reads}", finds, weights.figures, weights.source, weights.licence)
    line = " · ".join(part for part in parts if part)
    return line[:1].upper() + line[1:]
