"""The view "IoU": two boxes on a photo, their areas, the formulas with their numbers, and a curve."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.boxes.checked_view import EditedView
from gui.pages.boxes.overlap.controls import OverlapControls
from gui.pages.boxes.overlap.settings import OverlapSettings, with_example
from gui.pages.boxes.overlap.shades import paint_shades
from gui.pages.boxes.overlap.shown import CORRECT, Shown, check, facts, lines, shown, verdict
from gui.pages.boxes.shares import Shares, Size, to_pixels, to_shares
from gui.pages.boxes.turning import Turning
from gui.pages.boxes.view import Arrays
from gui.theme import space, theme
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.box_geometry import inside
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, LinePlot, Series
from gui.widgets.worked import Worked
from gui.widgets.wrapped import Wrapped

TRUE: Final = 2
PREDICTED: Final = 3
"""Their places among the class colours: green and vermilion, which colour-blind eyes tell apart."""


class OverlapView(EditedView[OverlapSettings, Shown]):
    """Two boxes by hand, and all that is measured of them."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        self._controls = OverlapControls()
        editor = BoxEditor("Photo with a true and a predicted box", can_add=False, most_kinds=0)
        super().__init__(bridge, "boxes.overlap", OverlapSettings(), self._controls, editor, parent)
        self.editor.set_painter(self._paint_shades, below=True)
        self.verdict, self.worked = Wrapped("warn"), Worked("Areas, IoU and GIoU in numbers")
        self.verdict.setFont(theme.font("section", bold=True))
        self.plot = LinePlot("IoU and GIoU over the offset of the boxes")
        said = QWidget()
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.verdict)
        column.addWidget(self.worked)
        column.addWidget(self.plot, 1)
        self.turning = Turning(self.editor, said, shares=(1, 1), most=0.58)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(space.l, space.s, space.l, space.l)
        whole.addWidget(self.turning)
        self._connect()

    def _connect(self) -> None:
        self._controls.examplePicked.connect(self._example_picked)
        self.editor.changed.connect(self._boxes_changed)
        self.plot.picked.connect(self._offset_picked)

    # --- what a view gives ----------------------------------------------------------------------------------

    def tell(self, found: Shown) -> list[Fact]:
        return facts(found)

    def key(self, found: Shown) -> object:
        return found.settings, found.size

    def request(self, found: Shown) -> object:
        return check(found)

    def arrays(self) -> Arrays:
        found = self._found
        if found is None:
            return super().arrays()
        o, curve = found.overlap, found.curve
        return [
            ("boxes", np.array([o.first, o.second])),
            ("areas A B I U C", [o.first_area, o.second_area, o.common_area, o.union_area, o.around_area]),
            ("IoU GIoU", [o.iou, o.giou]),
            ("offset", curve.offsets), ("IoU over offset", curve.ious), ("GIoU over offset", curve.gious),
        ]  # fmt: skip

    # --- show -----------------------------------------------------------------------------------------------

    def show_size(self, size: Size) -> None:
        settings = self._settings
        self._found = found = shown(settings, size)
        self.editor.set_boxes(
            [
                Box(to_pixels(settings.truth, size), TRUE, "A, true"),
                Box(to_pixels(settings.prediction, size), PREDICTED, "B, predicted", dashed=True),
            ]
        )
        if self.editor.chosen is None:
            self.editor.choose(1)
        self.verdict.say(verdict(found))
        self.verdict.setProperty("role", "good" if found.correct else "warn")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)
        self.worked.show_lines(lines(found))
        self._show_curve(found)
        self.check()
        self.factsChanged.emit()

    def _show_curve(self, found: Shown) -> None:
        curve, at = found.curve, np.array([found.curve.now])
        way = "across" if curve.axis == 0 else "down"
        drawn = [
            Series("IoU", curve.ious, curve.offsets, marker="none"),
            Series(
                "correct from here", np.full(2, CORRECT), curve.offsets[[0, -1]], "good", "none", dashed=True
            ),
        ]
        if found.settings.enclosing:
            drawn.append(Series("GIoU", curve.gious, curve.offsets, "warn", "none"))
        drawn.append(Series("now", np.array([found.overlap.iou]), at, marker="square"))
        low = math.floor(2 * float(curve.gious.min())) / 2 if found.settings.enclosing else 0.0
        self.plot.show_series(
            drawn,
            Axis(f"middle of B less middle of A, {way}", unit="px"),
            Axis("IoU, GIoU" if found.settings.enclosing else "IoU", low=low, high=1.0),
        )

    def _paint_shades(self, painter: QPainter, transform: QTransform) -> None:
        if self._found is not None:
            paint_shades(painter, transform, self._found.overlap, enclosing=self._settings.enclosing)

    # --- what a person does ---------------------------------------------------------------------------------

    @Slot(object, str)
    def _boxes_changed(self, boxes: tuple[Box, ...], gesture: str) -> None:
        size = self.editor.picture_size
        if len(boxes) == 2:
            truth, prediction = (to_shares(box.corners, size) for box in boxes)
            self.changed.emit(replace(self._settings, truth=truth, prediction=prediction), gesture)
        elif self._found is not None:
            self.show_size(size)  # both are needed: a deleted one comes back

    @Slot(str)
    def _example_picked(self, name: str) -> None:
        if self._found is not None:
            self.changed.emit(with_example(self._settings, name, self._found.size), "")

    @Slot(float)
    def _offset_picked(self, offset: float) -> None:
        """A place of the curve was clicked: the prediction goes there, as far as the picture reaches."""
        found = self._found
        if found is None:
            return
        by = round(offset - found.curve.now)
        moved = list(found.overlap.second)
        for place in (found.curve.axis, found.curve.axis + 2):
            moved[place] += by
        corners: Shares = (moved[0], moved[1], moved[2], moved[3])
        kept = inside(corners, found.size)
        self.changed.emit(replace(self._settings, prediction=to_shares(kept, found.size)), "offset")

    def pixel_facts(self, x: int, y: int) -> list[Fact]:
        found = self._found
        if found is None:
            return []
        first, second = (_holds(box, x, y) for box in (found.overlap.first, found.overlap.second))
        lies = {(True, True): "in both: I", (True, False): "in A alone", (False, True): "in B alone"}
        beside = "empty, in C" if _holds(found.overlap.around, x, y) else "outside"
        about = "I counts for IoU; what is empty in C counts for GIoU."
        return [("lies", lies.get((first, second), beside), about)]


def _holds(box: Shares, x: int, y: int) -> bool:
    x1, y1, x2, y2 = box
    return x1 <= x + 0.5 < x2 and y1 <= y + 0.5 < y2
