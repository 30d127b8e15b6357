"""The view "Landmarks": points on a picture, on a second one, and the mean of many; the vector and the errors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.images import Frame
from gui.bridge import Bridge
from gui.pages.boxes.checked_view import CheckedView
from gui.pages.boxes.component_table import ComponentTable
from gui.pages.boxes.landmarks import paper
from gui.pages.boxes.landmarks.controls import LandmarksControls
from gui.pages.boxes.landmarks.error_bars import ErrorBars
from gui.pages.boxes.landmarks.point_view import PointView
from gui.pages.boxes.landmarks.settings import LandmarksSettings, framed, with_point
from gui.pages.boxes.landmarks.shown import (
    Shown,
    check,
    conclusion,
    facts,
    facts_of,
    point_of_row,
    rows,
    rows_of_point,
    shown,
    titles,
)
from gui.pages.boxes.view import Arrays, Subject
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.wrapped import OneLine, Wrapped

PICTURES_MOST: Final = 0.5
"""The share of the stage's height that the pictures may take."""


class LandmarksView(CheckedView[LandmarksSettings, Shown]):
    """Three pictures in a row, the vector beneath them, and what the order does."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        self._controls = LandmarksControls()
        super().__init__(bridge, "boxes.landmarks", LandmarksSettings(), self._controls, parent)
        self._frame: Frame | None = None
        self.first = PointView("Picture 1 with its points", movable=True)
        self.second = PointView("Picture 2 with its points")
        self.mean = PointView("Mean of the training set")
        self.titles = tuple(OneLine() for _ in range(3))
        self.table = ComponentTable("Vector of landmarks")
        self.bars, self.conclusion = ErrorBars(), Wrapped("")
        self._build()
        self._connect()

    def _build(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(space.m)
        for title, view in zip(self.titles, self._views, strict=True):
            column = QVBoxLayout()
            column.setSpacing(space.xs)
            column.addWidget(title)
            column.addWidget(view, 1)
            pictures.addLayout(column, 1)
        said = QVBoxLayout()
        said.setSpacing(space.s)
        said.addWidget(OneLine("Error of the best constant answer"))
        said.addWidget(self.bars)
        said.addWidget(self.conclusion)
        said.addStretch(1)
        beneath = QHBoxLayout()
        beneath.setSpacing(space.xl)
        beneath.addWidget(self.table, 1)
        beneath.addLayout(said, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(space.l, space.s, space.l, space.l)
        whole.setSpacing(space.m)
        whole.addLayout(pictures)
        whole.addLayout(beneath, 1)
        self.setFocusProxy(self.first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = (self.width() - 2 * space.l - 2 * space.m) // len(self._views)
        for view in self._views:
            view.setFixedHeight(
                max(min(side, round(self.height() * PICTURES_MOST)), view.minimumSizeHint().height())
            )

    def _connect(self) -> None:
        self._controls.changed.connect(self.changed)
        self._controls.frameAsked.connect(self._crop)
        self.first.moved.connect(self._point_moved)
        for view in self._views:
            view.pointed.connect(self._point_pointed)
        self.table.pointed.connect(self._row_pointed)
        theme.changed.connect(self._repaint)

    @property
    def _views(self) -> tuple[PointView, PointView, PointView]:
        return self.first, self.second, self.mean

    # --- what a view gives ----------------------------------------------------------------------------------

    def tell(self, found: Shown) -> list[Fact]:
        return facts(found)

    def key(self, found: Shown) -> object:
        return found.settings

    def request(self, found: Shown) -> object:
        return check(found)

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings, self._frame = settings, subject.frame
        self._panel.show_settings(settings)
        if self._found is None or self._found.settings != settings:
            self._found = shown(settings)
            self._show(self._found)
        self._show_pictures()
        self.check()

    def arrays(self) -> Arrays:
        found = self._found
        if found is None:
            return super().arrays()
        flat = found.shapes.reshape(len(found.shapes), -1)
        return [
            ("y", found.vector), ("picture 2", found.second), ("training set", flat),
            ("mean", found.answer.mean), ("errors, one order", found.same.errors),
            ("errors, orders mixed", found.mixed.errors), ("errors", np.array([found.same.error, found.mixed.error])),
        ]  # fmt: skip

    # --- show -----------------------------------------------------------------------------------------------

    def _show(self, found: Shown) -> None:
        layout = found.layout
        self.first.show_points(layout, found.points)
        self.second.show_points(layout, found.second)
        self.mean.show_points(layout, found.answer.mean, found.shapes)
        for label, text in zip(self.titles, titles(found), strict=True):
            label.setText(text)
        self.table.show_rows(rows(found))
        order = 0 if found.settings.consistent else 1
        self.bars.show_bars((("One order", found.same.error), ("Orders mixed", found.mixed.error)), order)
        self.conclusion.say(conclusion(found))
        self.factsChanged.emit()

    @Slot()
    def _repaint(self) -> None:
        self._show_pictures()

    def _show_pictures(self) -> None:
        found = self._found
        if found is None:
            return
        if not self._settings.on_paper and self._frame is None:
            for view in self._views:
                view.set_rgb(None)
            return
        if self._settings.on_paper:
            first = paper.hand(self._settings.points)
        else:
            assert self._frame is not None
            first = paper.cropped(self._frame, self._settings.region)
        pictures = (first, paper.flipped(first) if self._settings.mirrored else first, paper.pale(first))
        for view, pixels in zip(self._views, pictures, strict=True):
            view.set_rgb(pixels)

    # --- what a person does ---------------------------------------------------------------------------------

    @Slot(int, object, str)
    def _point_moved(self, index: int, place: tuple[float, float], gesture: str) -> None:
        self.changed.emit(with_point(self._settings, index, place), gesture)

    @Slot()
    def _crop(self) -> None:
        if self._frame is not None:
            size = (self._frame.width, self._frame.height)
            self.changed.emit(framed(self._settings, size), "")

    @Slot(object)
    def _point_pointed(self, index: int | None) -> None:
        self.table.light([] if index is None else rows_of_point(index))
        self._light(index)

    @Slot(object)
    def _row_pointed(self, row: int | None) -> None:
        self._light(None if row is None else point_of_row(row))

    def _light(self, index: int | None) -> None:
        for view in self._views:
            view.light(index)
        found = self._found
        self.pointed.emit([] if index is None or found is None else facts_of(found, index))
