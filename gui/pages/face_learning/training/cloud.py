"""The plane of embeddings of one way of mining, as a widget: pictures glide to where the next moments take them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.faces.learning.requests import TripletRuns
from gui.pages.face_learning.training.cloud_paint import (
    Look,
    paint_cloud,
    paint_plane,
    places_of,
    plane_area,
    shares_of,
)
from gui.pages.face_learning.training.words import TIPS, TITLES
from gui.theme import STALE_OPACITY, theme
from gui.widgets.focus_ring import paint_focus_ring

NEAR: Final = 16.0


class Cloud(QWidget):
    """The run of one way of mining at one moment. pointed(place among the shown pictures, or None)."""

    pointed = Signal(object)

    def __init__(self, miner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._miner = miner
        self._look: Look | None = None
        self._stale = False
        self._shares = self._from = np.zeros((0, 2))
        self._share = 1.0
        self.setAccessibleName(f"{TITLES[miner]} triplets: the embeddings")
        self.setToolTip(TIPS[miner])
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    # --- what is shown ---------------------------------------------------------------------------------------

    def show_moment(
        self, runs: TripletRuns | None, moment: int, *, thumbnails: bool, glide: bool = False
    ) -> None:
        """Show the embeddings after so many moments; `glide`: the same pictures go there as `go_on` tells."""
        before = self._look
        if runs is None:
            self._look = None
        else:
            same = before is not None and _same_pictures(before.runs, runs)
            self._look = Look(runs, self._miner, moment, thumbnails, before.lit if before and same else None)
            self._move_to(shares_of(self._look.run, moment), glide=glide and same)
            auc = self._look.run.auc[moment]
            self.setAccessibleDescription(f"After {runs.moments[moment]} updates, AUC {auc:.3f}")
        self.update()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to other settings."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def stale(self) -> bool:
        return self._stale

    def light(self, index: int | None) -> None:
        """Make one picture and those of its identity stand out."""
        if self._look is not None and index != self._look.lit:
            self._look = replace(self._look, lit=index)
            self.update()

    @property
    def lit(self) -> int | None:
        return None if self._look is None else self._look.lit

    def sizeHint(self) -> QSize:
        return QSize(280, 340)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 150)

    # --- motion ----------------------------------------------------------------------------------------------

    def go_on(self, share: float) -> None:
        """The pictures have gone this share of their way."""
        if share != self._share:
            self._share = share
            self.update(self._plane.toRect())

    def _move_to(self, shares: npt.NDArray[np.float64], *, glide: bool) -> None:
        self._from = self.now if glide else shares
        self._shares, self._share = shares, 0.0 if glide else 1.0

    @property
    def now(self) -> npt.NDArray[np.float64]:
        """Where the pictures are, on their way."""
        return np.asarray(self._from + self._share * (self._shares - self._from))

    # --- painting, pointer and keys --------------------------------------------------------------------------

    @property
    def _plane(self) -> QRectF:
        return plane_area(QSizeF(self.size()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        look = None if self._look is None else replace(self._look, shares=self.now)
        if self._plane.toRect().contains(event.rect()):
            paint_plane(painter, self._plane, look)  # on the way nothing else changes
        else:
            paint_cloud(painter, QSizeF(self.size()), self._miner, look)
        if self.hasFocus():
            paint_focus_ring(painter, self._plane)

    def picture_at(self, place: QPointF) -> int | None:
        """The picture nearest to a place of the widget, None where none is near."""
        if self._look is None:
            return None
        spots = places_of(self._plane, self.now)
        away = np.hypot(spots[:, 0] - place.x(), spots[:, 1] - place.y())
        nearest = int(away.argmin())
        return nearest if away[nearest] <= NEAR else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.picture_at(event.position())
        if index != self.lit:
            self.pointed.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self.lit is not None:
            self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from picture to picture; the other arrows are the stepper's."""
        way = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if way is None or self._look is None:
            super().keyPressEvent(event)
            return
        count = len(self._look.runs.shown)
        first = 0 if way > 0 else count - 1
        self.pointed.emit(first if self.lit is None else (self.lit + way) % count)


def _same_pictures(before: TripletRuns, after: TripletRuns) -> bool:
    return before.identities is after.identities and np.array_equal(before.shown, after.shown)
