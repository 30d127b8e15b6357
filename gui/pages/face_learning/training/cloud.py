"""The plane of embeddings: thumbnails or dots of pictures, with a band beneath of how hard the triplets are."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.faces.learning.requests import TripletRun, TripletRuns
from gui.pages.face_learning.training.tiles import tiles
from gui.pages.face_learning.training.words import ROLES, TIPS, TITLES
from gui.theme import STALE_OPACITY, space, theme, with_alpha

HEAD: Final = 42.0
BAND, BAND_HEAD = 40.0, 22.0
THUMB_SHARE: Final = 0.058
"""The side of a thumbnail as a share of the plane's."""
LEAST_THUMB, MOST_THUMB = 12.0, 30.0
NEAR: Final = 16.0
DIM: Final = 0.25
ROOM: Final = 1.12
"""How far the plane goes beyond the outermost picture."""
LEAST_REACH: Final = 0.05


class Cloud(QWidget):
    """The run of one way of mining at one moment. pointed(place among the shown pictures, or None)."""

    pointed = Signal(object)

    def __init__(self, miner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._miner = miner
        self._runs: TripletRuns | None = None
        self._moment, self._thumbnails, self._stale = 0, True, False
        self._lit: int | None = None
        self.setAccessibleName(f"{TITLES[miner]} triplets: the embeddings")
        self.setToolTip(TIPS[miner])
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_moment(self, runs: TripletRuns | None, moment: int, *, thumbnails: bool) -> None:
        """Show the embeddings after so many moments."""
        self._runs, self._moment, self._thumbnails = runs, moment, thumbnails
        if runs is not None:
            auc = runs.run(self._miner).auc[moment]
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
        if index != self._lit:
            self._lit = index
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 340)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 170)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        paint_cloud(
            painter, QSizeF(self.size()), self._runs, self._miner, self._moment, self._thumbnails, self._lit
        )

    def picture_at(self, place: QPointF) -> int | None:
        """The picture nearest to a place of the widget, None where none is near."""
        if self._runs is None:
            return None
        spots = _places(plane_area(QSizeF(self.size())), self._runs.run(self._miner), self._moment)
        away = np.hypot(spots[:, 0] - place.x(), spots[:, 1] - place.y())
        nearest = int(away.argmin())
        return nearest if away[nearest] <= NEAR else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.picture_at(event.position())
        if index != self._lit:
            self.pointed.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._lit is not None:
            self.pointed.emit(None)


def plane_area(size: QSizeF) -> QRectF:
    """The plane at a size."""
    return QRectF(0, HEAD, max(size.width(), 1.0), max(size.height() - HEAD - BAND - BAND_HEAD, 1.0))


def _reach(run: TripletRun) -> float:
    """Half the shorter side of the plane: the outermost picture of all moments lies inside, so that it stands still."""
    return max(float(np.abs(run.planes - _middle(run)).max()) * ROOM, LEAST_REACH)


def _middle(run: TripletRun) -> npt.NDArray[np.float32]:
    last = run.planes.reshape(-1, 2)
    return np.asarray((last.max(0) + last.min(0)) / 2)


def _places(area: QRectF, run: TripletRun, moment: int) -> npt.NDArray[np.float64]:
    """Where the pictures lie in the widget, float64[V, 2]."""
    shares = (run.planes[moment] - _middle(run)) / _reach(run)
    middle = np.array([area.center().x(), area.center().y()])
    return np.asarray(middle + shares * np.array([1, -1]) * min(area.width(), area.height()) / 2, np.float64)


def paint_cloud(
    painter: QPainter,
    size: QSizeF,
    runs: TripletRuns | None,
    miner: str,
    moment: int,
    thumbnails: bool,
    lit: int | None = None,
) -> None:
    """Draw head, plane and band at a size."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing)
    area = plane_area(size)
    _paint_head(painter, area, runs, miner, moment)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(theme.colors.surface)
    painter.drawRect(area)
    if runs is not None:
        painter.save()
        painter.setClipRect(area)
        _paint_pictures(painter, area, runs, runs.run(miner), moment, thumbnails, lit)
        painter.restore()
        _paint_reach(painter, area, runs.run(miner))
        _paint_band(painter, area, runs, runs.run(miner), int(runs.moments[moment]))
    painter.restore()


def _paint_head(painter: QPainter, area: QRectF, runs: TripletRuns | None, miner: str, moment: int) -> None:
    painter.setFont(theme.font("section", bold=True))
    painter.setPen(getattr(theme.colors, ROLES[miner]))
    first = QRectF(area.left(), 0, area.width(), HEAD / 2)
    painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, TITLES[miner])
    if runs is None:
        return
    run = runs.run(miner)
    painter.setPen(theme.colors.text)
    painter.setFont(theme.font("body", mono=True, bold=True))
    painter.drawText(
        first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"AUC {run.auc[moment]:.3f}"
    )
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    updates = int(runs.moments[moment])
    used = f", {run.used[updates - 1]} triplets" if updates else ""
    second = QRectF(area.left(), HEAD / 2, area.width(), HEAD / 2)
    text = painter.fontMetrics().elidedText(
        f"after {updates} updates{used}", Qt.TextElideMode.ElideRight, int(second.width())
    )
    painter.drawText(second, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_pictures(
    painter: QPainter,
    area: QRectF,
    runs: TripletRuns,
    run: TripletRun,
    moment: int,
    thumbnails: bool,
    lit: int | None,
) -> None:
    places = _places(area, run, moment)
    labels = runs.identities.labels[runs.shown]
    side = round(min(max(min(area.width(), area.height()) * THUMB_SHARE, LEAST_THUMB), MOST_THUMB))
    scale = painter.device().devicePixelRatioF()
    pictures = tiles(
        runs.identities, runs.shown.tobytes(), runs.held_out.tobytes(), side, scale, thumbnails, theme.dark
    )
    full, half = painter.opacity(), side / 2
    if lit is None:
        for (x, y), picture in zip(places.tolist(), pictures, strict=True):
            painter.drawImage(QPointF(round(x - half), round(y - half)), picture)
        return
    for index in (*np.flatnonzero(labels != labels[lit]), *np.flatnonzero(labels == labels[lit]), lit):
        x, y = places[index].tolist()
        painter.setOpacity(full if labels[index] == labels[lit] else full * DIM)
        if index == lit:
            painter.drawImage(QRectF(x - side, y - side, 2 * side, 2 * side), pictures[index])
        else:
            painter.drawImage(QPointF(round(x - half), round(y - half)), pictures[index])
    painter.setOpacity(full)


def _paint_reach(painter: QPainter, area: QRectF, run: TripletRun) -> None:
    """How wide the plane is: a cloud that collapses is small, not drawn small."""
    painter.setFont(theme.font("small", mono=True))
    painter.setPen(theme.colors.muted)
    text = f"width {2 * _reach(run):.3g}"
    inner = area.adjusted(space.xs, 2, -space.xs, -2)
    painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, text)


def _paint_band(painter: QPainter, area: QRectF, runs: TripletRuns, run: TripletRun, updates: int) -> None:
    """Shares of hard, semi-hard and easy triplets over the updates, stacked; a line at the moment on show."""
    band = QRectF(area.left(), area.bottom() + BAND_HEAD, area.width(), BAND - space.xs)
    colors = (theme.colors.error, theme.colors.warn, theme.colors.good)
    if len(run.shares):
        shares = run.shares[max(min(updates, len(run.shares)) - 1, 0)]
        _paint_shares(painter, QRectF(area.left(), area.bottom(), area.width(), BAND_HEAD), shares, colors)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.surface)
    painter.drawRect(band)
    count = len(run.shares)
    if count > 1:
        every = max(count // max(int(band.width()), 1), 1)
        places = np.arange(0, count, every)
        xs = band.left() + (places + 1) / runs.spec.updates * band.width()
        tops = np.concatenate([np.zeros((len(places), 1)), np.cumsum(run.shares[places], 1)], 1)
        for kind, color in enumerate(colors):
            lower, upper = (
                band.top() + tops[:, kind] * band.height(),
                band.top() + tops[:, kind + 1] * band.height(),
            )
            outline = [QPointF(x, y) for x, y in zip(xs, upper, strict=True)]
            outline += [QPointF(x, y) for x, y in zip(xs[::-1], lower[::-1], strict=True)]
            painter.setBrush(with_alpha(color, 0.7))
            painter.drawPolygon(QPolygonF(outline))
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(band)
    x = band.left() + updates / runs.spec.updates * band.width()
    painter.setPen(QPen(theme.colors.text, 1.5))
    painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))


def _paint_shares(
    painter: QPainter, room: QRectF, shares: npt.NDArray[np.float64], colors: tuple[QColor, ...]
) -> None:
    painter.setFont(theme.font("small"))
    metrics = painter.fontMetrics()
    x = room.left()
    for name, share, color in zip(("hard", "semi", "easy"), shares.tolist(), colors, strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRect(QRectF(x, room.center().y() - 4, 8, 8))
        painter.setPen(theme.colors.text)
        text = f"{name} {100 * share:.0f}" + (" %" if name == "easy" else "")
        painter.drawText(QPointF(x + 11, room.center().y() + metrics.ascent() / 2 - 1), text)
        x += 11 + metrics.horizontalAdvance(text) + space.s
