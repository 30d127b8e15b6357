"""The controls of the view "YOLO grid"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.detection.grid.presets import PRESETS, TALL, WIDE
from engine.detection.grid.spec import MOST_ANCHORS, MOST_CELLS, GridSpec, Size
from gui.pages.boxes.grid import typed
from gui.pages.boxes.grid.settings import MOST_PAGE, MOST_SEED, GridSettings
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField
from gui.widgets.names_field import NamesField
from gui.widgets.wrapped import Wrapped

CUSTOM: Final = "custom"
SHAPES: Final[tuple[Size, ...]] = (
    TALL, WIDE, (1.0, 1.0), (2.5, 2.5), (0.5, 0.5), (0.4, 0.8), (0.8, 0.4), (1.8, 3.6), (3.6, 1.8),
)  # fmt: skip
"""Anchors that are added when a person asks for one more."""
PREDICTORS: Final = (
    ("noise", "Made up", "The labels with noise: no net is asked"),
    ("page", "Digits", "A page of handwritten digits before the bundled detector"),
    ("picture", "Picture", "The picture on show before the bundled detector, which finds digits"),
)


class GridControls(QWidget):
    """changed(GridSettings, str): what a person set, and the gesture that it belongs to."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = GridSettings()
        presets = [(name, preset.title) for name, preset in PRESETS.items()]
        self.predictor = Segmented(PREDICTORS)
        self.predictor.setAccessibleName("Who predicts")
        self.grid = Choice("Grid", [*presets, (CUSTOM, "Your own")], tooltip="Grids of courses and papers")
        self.source = Wrapped()
        self.rows = IntStepper("Rows", low=1, high=MOST_CELLS, tooltip="Cells from top to bottom")
        self.columns = IntStepper("Columns", low=1, high=MOST_CELLS, tooltip="Cells from left to right")
        self.anchors = IntStepper("Anchors", low=1, high=MOST_ANCHORS, tooltip="Boxes that a cell may give")
        self.shapes = NamesField(
            "Shapes, in cells",
            self._shapes_refusal,
            tooltip="Width × height of every anchor, apart by commas",
        )
        self.kind = Choice("Class", [("0", "")], tooltip="Of the chosen box; the keys 1 to 9 set it, too")
        self.classes = NamesField("Classes", self._names_refusal, tooltip="Names, apart by commas")
        self.remove = QPushButton("Take the box away")
        self.noise = SliderField("Noise", 0, 1, 0.05, 0.5, tooltip="How far the made-up prediction is off")
        self.seed = IntStepper("Seed", low=0, high=MOST_SEED, tooltip="Another seed, another prediction")
        self.page = IntStepper(
            "Page", low=0, high=MOST_PAGE, tooltip="Every number is another page of digits"
        )
        self.least = SliderField(
            "p_c above", 0.05, 0.95, 0.05, 0.6, tooltip="Boxes up to this p_c are dropped"
        )
        self.overlap = SliderField(
            "IoU above", 0.1, 0.9, 0.05, 0.5, tooltip="Boxes of a class with more in common are one thing"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (
            self.predictor, self.grid, self.source, self.rows, self.columns, self.anchors, self.shapes, self.kind,
            self.remove, self.classes, self.noise, self.seed, self.page, self.least, self.overlap,
        ):  # fmt: skip
            column.addWidget(widget)
        self._own = (
            self.grid, self.source, self.rows, self.columns, self.anchors, self.kind, self.remove, self.classes,
            self.noise, self.seed,
        )  # fmt: skip
        self._connect()

    def _connect(self) -> None:
        self.predictor.changed.connect(self._predictor_picked)
        self.grid.changed.connect(self._grid_picked)
        self.rows.committed.connect(self._rows_set)
        self.columns.committed.connect(self._columns_set)
        self.anchors.committed.connect(self._anchors_set)
        self.shapes.committed.connect(self._shapes_set)
        self.classes.committed.connect(self._classes_set)
        self.kind.changed.connect(self._kind_picked)
        self.remove.clicked.connect(self._remove)
        self.noise.changed.connect(self._noise_moved)
        self.seed.committed.connect(self._seed_set)
        self.page.committed.connect(self._page_set)
        self.least.changed.connect(self._least_moved)
        self.overlap.changed.connect(self._overlap_moved)

    def show_settings(self, settings: GridSettings) -> None:
        """Show what is set."""
        self._settings = settings
        preset = settings.preset
        self.predictor.set_value(settings.predictor)
        self.grid.set_value(preset or CUSTOM)
        self.source.say(PRESETS[preset].source if preset else f"{settings.spec.numbers:,} numbers a picture")
        for field, value in (
            (self.rows, settings.rows), (self.columns, settings.columns), (self.anchors, len(settings.anchors)),
            (self.seed, settings.seed), (self.page, settings.page),
        ):  # fmt: skip
            field.set_value(value)
        for slider, share in (
            (self.noise, settings.noise), (self.least, settings.least), (self.overlap, settings.overlap),
        ):  # fmt: skip
            slider.set_value(share)
        self._show_box(settings)
        self.shapes.show_names(typed.shape_texts(settings.anchors))
        self.classes.show_names(settings.classes)
        for widget in self._own:
            widget.setVisible(settings.own_labels)
        self.shapes.setVisible(settings.own_labels and settings.layout == "anchors")
        self.page.setVisible(settings.predictor == "page")

    def _show_box(self, settings: GridSettings) -> None:
        names = [(str(index), name) for index, name in enumerate(settings.classes)]
        chosen = min(settings.chosen, len(settings.boxes) - 1)
        self.kind.set_options(names, str(settings.boxes[chosen].kind) if settings.boxes else "0")
        self.kind.setEnabled(bool(settings.boxes))
        self.remove.setEnabled(bool(settings.boxes))

    # --- what a person sets ---------------------------------------------------------------------------------

    def _set(self, gesture: str, **changes: Any) -> None:
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    def _set_spec(self, spec: GridSpec, gesture: str = "") -> None:
        if spec != self._settings.spec:
            self.changed.emit(self._settings.with_spec(spec), gesture)

    @Slot(str)
    def _predictor_picked(self, key: str) -> None:
        first = "object" if key == "noise" else "prediction"
        self._set("", predictor=key, stage=first, turn=0, cell=None, component=None)

    @Slot(str)
    def _grid_picked(self, key: str) -> None:
        if key in PRESETS:
            self._set_spec(PRESETS[key].spec)

    @Slot(object)
    def _rows_set(self, rows: int) -> None:
        self._set_spec(replace(self._settings.spec, rows=int(rows)), "grid rows")

    @Slot(object)
    def _columns_set(self, columns: int) -> None:
        self._set_spec(replace(self._settings.spec, columns=int(columns)), "grid columns")

    @Slot(object)
    def _anchors_set(self, count: int) -> None:
        kept = self._settings.anchors[: int(count)]
        self._set_spec(
            replace(self._settings.spec, anchors=(*kept, *SHAPES[len(kept) : int(count)])), "grid anchors"
        )

    def _shapes_refusal(self, texts: tuple[str, ...]) -> str:
        return typed.shapes_refusal(self._settings, texts)

    @Slot(object)
    def _shapes_set(self, texts: tuple[str, ...]) -> None:
        self._set_spec(typed.with_shapes(self._settings.spec, texts))

    def _names_refusal(self, names: tuple[str, ...]) -> str:
        return typed.names_refusal(self._settings, names)

    @Slot(object)
    def _classes_set(self, names: tuple[str, ...]) -> None:
        self.changed.emit(typed.with_names(self._settings, names), "")

    @Slot(str)
    def _kind_picked(self, key: str) -> None:
        boxes, chosen = self._settings.boxes, min(self._settings.chosen, len(self._settings.boxes) - 1)
        if boxes:
            named = replace(boxes[chosen], kind=int(key))
            self._set("", boxes=(*boxes[:chosen], named, *boxes[chosen + 1 :]))

    @Slot()
    def _remove(self) -> None:
        boxes, chosen = self._settings.boxes, min(self._settings.chosen, len(self._settings.boxes) - 1)
        if boxes:
            self._set("", boxes=(*boxes[:chosen], *boxes[chosen + 1 :]), chosen=max(chosen - 1, 0), cell=None)

    @Slot(float)
    def _noise_moved(self, value: float) -> None:
        self._set("grid noise", noise=value)

    @Slot(object)
    def _seed_set(self, seed: int) -> None:
        self._set("grid seed", seed=int(seed))

    @Slot(object)
    def _page_set(self, page: int) -> None:
        self._set("grid page", page=int(page))

    @Slot(float)
    def _least_moved(self, value: float) -> None:
        self._set("grid least", least=value)

    @Slot(float)
    def _overlap_moved(self, value: float) -> None:
        self._set("grid overlap", overlap=value)
