"""The part "Proposals": the first boxes over the picture, and how many of the things drawn by a person they cover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QTransform
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.detection.proposals.ranking import best_overlaps, recall
from engine.detection.proposals.requests import Search
from engine.detection.proposals.segments import FloatArray
from gui.pages.boxes.proposals.beside import Beside
from gui.pages.boxes.proposals.regions_view import dark, light
from gui.pages.boxes.proposals.settings import MOST_THINGS, ProposalsSettings
from gui.pages.boxes.shares import to_pixels, to_shares
from gui.theme import space, theme, with_alpha
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, LinePlot, Reading, Series
from gui.widgets.wrapped import Wrapped

COVERED = 0.5
"""IoU from which on a thing counts as found."""
DRAW = "Draw a box around a thing: the curve says how many proposals it takes to cover it."


class ProposalsPart(QWidget):
    """thingsChanged(shares, gesture); countPicked(int): the curve was clicked; pointed(facts); refused(sentence)."""

    thingsChanged = Signal(object, str)
    countPicked = Signal(int)
    pointed = Signal(list)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = BoxEditor("Proposals, and things that are there", most_kinds=0)
        self.plot = LinePlot("Recall against the number of proposals")
        self.line = Wrapped("muted")
        self._search: Search | None = None
        self._settings = ProposalsSettings()
        self._overlaps: FloatArray = np.zeros((1, 0))
        self._near: int | None = None
        self._build()
        self.editor.set_painter(self._paint_proposals, below=True)
        self.editor.changed.connect(self._changed)
        self.editor.hovered.connect(self._hovered)
        self.editor.left.connect(self._left)
        self.plot.picked.connect(self._picked)
        self.plot.read.connect(self._read)
        self.setFocusProxy(self.editor)

    def _build(self) -> None:
        told = QWidget()
        right = QVBoxLayout(told)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(space.s)
        right.addWidget(self.plot, 1)
        right.addWidget(self.line)
        self.beside = Beside(self.editor, told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.beside)
        self.plot.set_empty_text(DRAW)

    @property
    def shown(self) -> int:
        """How many proposals are on show."""
        return 0 if self._search is None else min(self._settings.count, len(self._search.proposals))

    @property
    def overlaps(self) -> FloatArray:
        """float64[N + 1, M]: the best IoU with every thing after 0 to N proposals."""
        return self._overlaps

    def show_search(self, search: Search, settings: ProposalsSettings) -> None:
        """Show the first proposals and the things."""
        anew = search is not self._search or settings.things != self._settings.things
        self._search, self._settings = search, settings
        if self.editor.frame is not search.request.frame:
            self.editor.set_frame(search.request.frame)
        size = (search.picture.width, search.picture.height)
        self.beside.set_aspect(*size)
        things = np.array([to_pixels(box, size) for box in settings.things]).reshape(-1, 4)
        if anew:
            self._overlaps = best_overlaps(things, search.proposals.boxes)
        best = self._overlaps[self.shown]
        frame = (search.request.frame.width, search.request.frame.height)
        self.editor.set_boxes([
            Box(to_pixels(box, frame), index, f"{index + 1}: IoU {value:.3f}{' ✓' if value >= COVERED else ''}")
            for index, (box, value) in enumerate(zip(settings.things, best.tolist(), strict=True))
        ])  # fmt: skip
        self.editor.new_kind = len(settings.things)
        self._show_curve()
        self.editor.update()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another picture or other settings."""
        self.editor.set_stale(stale)
        self.plot.set_stale(stale)

    def facts(self) -> list[Fact]:
        """How well the things are covered."""
        if self._search is None or not self._settings.things:
            return []
        best = self._overlaps[self.shown]
        rows: list[Fact] = [
            (
                "recall",
                f"{(best >= COVERED).sum()} of {len(best)}",
                "Things covered with an IoU of 0.5 or more.",
            ),
            ("mean best IoU", f"{best.mean():.3f}", "Of every thing the best proposal."),
        ]
        for index, value in enumerate(best.tolist()):
            reached = np.flatnonzero(self._overlaps[:, index] >= COVERED)
            when = f"from {reached[0]:,} proposals on" if len(reached) else "never"
            rows.append((f"thing {index + 1}", f"IoU {value:.3f}", f"Covered {when}."))
        return rows

    def _show_curve(self) -> None:
        if not self._settings.things:
            self.plot.show_series((), Axis("proposals"), Axis("share"))
            self.line.say("")
            return
        counts = np.arange(len(self._overlaps), dtype=np.float64)
        found = recall(self._overlaps, COVERED)
        mean = self._overlaps.mean(1)
        here = self.shown
        series = [
            Series("recall", found, counts, "accent", "none"),
            Series("mean IoU", mean, counts, "warn", "none", dashed=True),
            Series("now", found[here : here + 1], counts[here : here + 1], "good", "circle"),
        ]
        x = Axis("proposals", integer=True, low=0, high=float(len(counts) - 1))
        self.plot.show_series(series, x, Axis("", low=0.0, high=1.0), "Recall")
        things = f"{(self._overlaps[here] >= COVERED).sum()} of {len(self._settings.things)}"
        self.line.say(f"The first {here:,} proposals cover {things} things with an IoU of at least 0.5.")

    # --- painting -------------------------------------------------------------------------------------------

    def _paint_proposals(self, painter: QPainter, transform: QTransform) -> None:
        """The first proposals as thin lines; of every thing the best one stands out."""
        search = self._search
        if search is None or not self.editor.picture_size[0]:
            return
        scale = self.editor.picture_size[0] / search.picture.width
        painter.setClipRect(self.editor.picture_rect())
        painter.setTransform(QTransform.fromScale(scale, scale) * transform, combine=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        boxes = search.proposals.boxes[: self.shown]
        areas = [QRectF(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in boxes.tolist()]
        for color, width in ((with_alpha(dark(), 0.25), 2.5), (with_alpha(light(), 0.6), 1.0)):
            pen = QPen(color, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRects(areas)
        for index in self._standing_out(boxes):
            pen = QPen(theme.colors.good, 2.5, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRect(areas[index])

    def _standing_out(self, boxes: FloatArray) -> list[int]:
        """The best proposal of every thing that is covered, and the one under the pointer."""
        found = [] if self._near is None or self._near >= len(boxes) else [self._near]
        for thing in range(self._overlaps.shape[1]):
            best = self._overlaps[: len(boxes) + 1, thing]
            if best[-1] > 0:
                found.append(int(np.argmax(best >= best[-1])) - 1)
        return found

    # --- hand -----------------------------------------------------------------------------------------------

    @Slot(object, str)
    def _changed(self, boxes: Sequence[Box], gesture: str) -> None:
        if self._search is None:
            return
        if len(boxes) > MOST_THINGS:
            self.refused.emit(f"There is room for {MOST_THINGS} things. Delete one first.")
            self.show_search(self._search, self._settings)
            return
        size = self.editor.picture_size
        self.thingsChanged.emit(tuple(to_shares(box.corners, size) for box in boxes), gesture)

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        """The smallest proposal around the pointer."""
        search = self._search
        if search is None:
            return
        scale = search.picture.width / self.editor.picture_size[0]
        self._near = smallest_around(
            search.proposals.boxes[: self.shown], (x + 0.5) * scale, (y + 0.5) * scale
        )
        self.pointed.emit([] if self._near is None else proposal_facts(search, self._near))
        self.editor.update()

    @Slot()
    def _left(self) -> None:
        self._near = None
        self.pointed.emit([])
        self.editor.update()

    @Slot(float)
    def _picked(self, place: float) -> None:
        self.countPicked.emit(max(int(place), 1))

    @Slot(object)
    def _read(self, reading: Reading | None) -> None:
        rows = [] if reading is None else [("proposals", f"{reading.x:.0f}", "")]
        if reading is not None:
            rows += [(name, f"{value:.3f}", "") for name, value in reading.values]
        self.pointed.emit(rows)


def smallest_around(boxes: FloatArray, x: float, y: float) -> int | None:
    """The smallest box that a place lies in."""
    around = np.flatnonzero((boxes[:, 0] <= x) & (x < boxes[:, 2]) & (boxes[:, 1] <= y) & (y < boxes[:, 3]))
    if not len(around):
        return None
    sides = boxes[around, 2:] - boxes[around, :2]
    return int(around[np.argmin(sides.prod(1))])


def proposal_facts(search: Search, index: int) -> list[Fact]:
    """One proposal: its place in the order, where it comes from."""
    proposals, hierarchy = search.proposals, search.hierarchy
    region = int(proposals.regions[index])
    x1, y1, x2, y2 = proposals.boxes[index].tolist()
    merged = region - hierarchy.leaves + 1
    return [
        ("proposal", f"{index + 1} of {len(proposals)}", "In the order of the search, counted from 1."),
        (
            "box",
            f"{x1:.0f}, {y1:.0f}, {x2:.0f}, {y2:.0f}",
            "x1, y1, x2, y2 in pixels of the searched picture.",
        ),
        ("region", "a segment" if merged <= 0 else f"made by merge {merged}", "Where the box comes from."),
        (
            "order",
            f"{proposals.scores[index]:.1f}",
            "Place from the top of the hierarchy times a random number.",
        ),
    ]
