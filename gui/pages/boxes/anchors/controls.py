"""The controls of the view "Anchors"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.boxes.anchors.settings import (
    ANCHOR_SETS,
    EXAMPLES,
    LAST,
    LEAST_SHAPE,
    LEAST_SIDE,
    MOST_ANCHORS,
    MOST_GROUPS,
    MOST_SEED,
    MOST_SHAPE,
    MOST_SIDE,
    AnchorsSettings,
)
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField, Toggle
from gui.widgets.wrapped import Wrapped

PART_OPTIONS: Final = (
    ("cell", "One cell", "Several things in one cell, and which anchor each one gets"),
    ("kmeans", "k-means", "Anchors that fit a set of boxes"),
)
EXAMPLE_OPTIONS: Final = (
    ("pair", "Pedestrian, car"), ("equal", "Two pedestrians"), ("three", "Three things"),
)  # fmt: skip
OWN_OPTION: Final = ("own", "As drawn")
DATA_OPTIONS: Final = (
    ("street", "Street scenes"), ("digits", "Digit scenes"), ("drawn", "My own boxes"),
    ("folder", "Label folder"),
)  # fmt: skip
CENTRE_OPTIONS: Final = (
    ("mean", "Mean", "An anchor moves to the mean width and height of its shapes"),
    ("median", "Median", "To the median width and height, which strays care for less"),
)
METRIC_OPTIONS: Final = (
    ("iou", "1 − IoU", "Redmon & Farhadi 2017: large and small boxes count alike"),
    ("euclidean", "Euclidean", "The usual distance, which cares for large boxes most"),
)


def percent(value: float) -> str:
    """A share of the picture."""
    return f"{value * 100:.0f} %"


class AnchorsControls(QWidget):
    """changed(AnchorsSettings, str): what a person set, and the gesture that it belongs to.

    folderAsked(): choose a folder; useAsked(): take the anchors of k-means for the cells.
    """

    changed = Signal(object, str)
    folderAsked = Signal()
    useAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = AnchorsSettings()
        self.part = Segmented(PART_OPTIONS)
        self.part.setAccessibleName("What is shown about anchors")
        self._make_cell()
        self._make_kmeans()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (self.part, *self._cell, *self._kmeans):
            column.addWidget(widget)
        self._connect()

    def _make_cell(self) -> None:
        self.example = Choice("Things", EXAMPLE_OPTIONS, tooltip="Or drag boxes on the picture")
        self.on_picture = Toggle(
            "On my picture", tooltip="Instead of a street that is drawn around the boxes"
        )
        self.side = IntStepper("Cells a side", low=LEAST_SIDE, high=MOST_SIDE, tooltip="Of the grid")
        self.anchors = IntStepper("Anchors", low=1, high=MOST_ANCHORS, tooltip="Answers of every cell")
        self.chosen = Choice("Shape of", [("0", "anchor 0")], tooltip="Whose shape the sliders set")
        self.width_ = SliderField("Width", LEAST_SHAPE, MOST_SHAPE, 0.01, 0.1, percent)
        self.height_ = SliderField("Height", LEAST_SHAPE, MOST_SHAPE, 0.01, 0.4, percent)
        self._cell: tuple[QWidget, ...] = (
            self.example, self.on_picture, self.side, self.anchors, self.chosen, self.width_, self.height_,
        )  # fmt: skip

    def _make_kmeans(self) -> None:
        self.data = Choice("Boxes", DATA_OPTIONS, tooltip="Whose widths and heights are grouped")
        self.folder = QPushButton("Choose folder…")
        self.folder.setToolTip("VOC (.xml) or YOLO (.txt) labels; or drop a folder on the page")
        self.line = Wrapped()
        self.count = IntStepper("Anchors k", low=1, high=MOST_GROUPS, tooltip="How many anchors are made")
        self.centre = Segmented(CENTRE_OPTIONS)
        self.centre.setAccessibleName("Where an anchor moves")
        self.nearness = Segmented(METRIC_OPTIONS)
        self.nearness.setAccessibleName("What is near")
        self.draw = QPushButton("Begin at other shapes")
        self.draw.setToolTip("k-means ends somewhere else, depending on where it begins")
        self.use = QPushButton("Use as anchors of the cells")
        self._kmeans: tuple[QWidget, ...] = (
            self.data, self.folder, self.line, self.count, self.nearness, self.centre, self.draw, self.use,
        )  # fmt: skip

    def _connect(self) -> None:
        self.part.changed.connect(self._part_picked)
        self.example.changed.connect(self._example_picked)
        self.on_picture.changed.connect(self._on_picture_set)
        self.side.committed.connect(self._side_set)
        self.anchors.committed.connect(self._anchors_set)
        self.chosen.changed.connect(self._chosen_picked)
        self.width_.changed.connect(self._width_moved)
        self.height_.changed.connect(self._height_moved)
        self.data.changed.connect(self._data_picked)
        self.folder.clicked.connect(self.folderAsked)
        self.count.committed.connect(self._count_set)
        self.centre.changed.connect(self._centre_picked)
        self.nearness.changed.connect(self._metric_picked)
        self.draw.clicked.connect(self._begin_elsewhere)
        self.use.clicked.connect(self.useAsked)

    def show_settings(self, settings: AnchorsSettings, line: str, *, usable: bool) -> None:
        """Show what is set; `line`: about the boxes of k-means; `usable`: whether cells can take its anchors."""
        self._settings = settings
        self.part.set_value(settings.part)
        own = settings.example == "own"
        if (self.example.combo.count() > len(EXAMPLE_OPTIONS)) != own:
            self.example.set_options([*EXAMPLE_OPTIONS, *([OWN_OPTION] if own else [])], settings.example)
        self.example.set_value(settings.example)
        self.on_picture.set_value(settings.on_picture)
        self.side.set_value(settings.side)
        self.anchors.set_value(len(settings.anchors))
        chosen = min(settings.chosen, len(settings.anchors) - 1)
        if self.chosen.combo.count() != len(settings.anchors):
            options = [(str(n), f"anchor {n}") for n in range(len(settings.anchors))]
            self.chosen.set_options(options, str(chosen))
        self.chosen.set_value(str(chosen))
        self.width_.set_value(settings.anchors[chosen][0])
        self.height_.set_value(settings.anchors[chosen][1])
        self.data.set_value(settings.data)
        self.line.say(line)
        self.count.set_value(settings.count)
        self.centre.set_value(settings.centre)
        self.nearness.set_value(settings.metric)
        self.use.setEnabled(usable)
        self.use.setToolTip(
            "The cells of the other part get these anchors"
            if usable
            else f"Cells have at most {MOST_ANCHORS} anchors"
        )
        for widgets, part in ((self._cell, "cell"), (self._kmeans, "kmeans")):
            for widget in widgets:
                widget.setVisible(settings.part == part)
        self.folder.setVisible(settings.part == "kmeans" and settings.data == "folder")
        self.line.setVisible(settings.part == "kmeans" and bool(line))

    def _set(self, gesture: str, **changes: Any) -> None:
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    @Slot(str)
    def _part_picked(self, part: str) -> None:
        self._set("", part=part)

    @Slot(str)
    def _example_picked(self, key: str) -> None:
        if key in EXAMPLES:
            self._set("", things=EXAMPLES[key], on_picture=False, cell=None, step=LAST)

    @Slot(bool)
    def _on_picture_set(self, on: bool) -> None:
        self._set("", on_picture=on)

    @Slot(object)
    def _side_set(self, side: object) -> None:
        self._set("anchors grid", side=int(str(side)), cell=None)

    @Slot(object)
    def _anchors_set(self, count: object) -> None:
        """More anchors keep those that there are; fewer take the set that is made for so many."""
        number, old = int(str(count)), self._settings.anchors
        known = ANCHOR_SETS[number]
        kept = (*old, *known[len(old) :]) if 1 < len(old) < number else known
        self._set("anchors count", anchors=kept, chosen=min(self._settings.chosen, number - 1))

    @Slot(str)
    def _chosen_picked(self, key: str) -> None:
        self._set("", chosen=int(key))

    @Slot(float)
    def _width_moved(self, value: float) -> None:
        self._reshape(0, value)

    @Slot(float)
    def _height_moved(self, value: float) -> None:
        self._reshape(1, value)

    def _reshape(self, side: int, value: float) -> None:
        anchors = list(self._settings.anchors)
        chosen = min(self._settings.chosen, len(anchors) - 1)
        shape = anchors[chosen]
        anchors[chosen] = (value, shape[1]) if side == 0 else (shape[0], value)
        self._set(f"anchor side {side}", anchors=tuple(anchors))

    @Slot(str)
    def _data_picked(self, data: str) -> None:
        self._set("", data=data, turn=0)

    @Slot(object)
    def _count_set(self, count: object) -> None:
        self._set("anchors k", count=int(str(count)), turn=0)

    @Slot(str)
    def _centre_picked(self, centre: str) -> None:
        self._set("", centre=centre)

    @Slot(str)
    def _metric_picked(self, metric: str) -> None:
        self._set("", metric=metric)

    @Slot()
    def _begin_elsewhere(self) -> None:
        self._set("anchors seed", seed=(self._settings.seed + 1) % (MOST_SEED + 1), turn=0)
