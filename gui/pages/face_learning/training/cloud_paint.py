"""How a cloud is drawn: the plane of embeddings, with a band beneath of how hard the triplets are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.faces.learning.requests import TripletRun, TripletRuns
from gui.pages.face_learning.training.tiles import tiles
from gui.pages.face_learning.training.words import ROLES, TITLES
from gui.theme import space, theme, with_alpha

HEAD: Final = 42.0
BAND, BAND_HEAD = 40.0, 22.0
LOW: Final = 220.0
"""A cloud lower than this has a thinner band."""
THIN: Final = 16.0
THUMB_SHARE: Final = 0.058
"""The side of a thumbnail as a share of the plane's."""
LEAST_THUMB, MOST_THUMB = 12.0, 30.0
DIM: Final = 0.25
ROOM: Final = 1.12
"""How far the plane goes beyond the outermost picture."""
LEAST_REACH: Final = 0.05
SQUARE: Final = 8.0
"""The side of the coloured square before a share."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is painted of a way of mining. `shares` float64[V, 2]: where the pictures are, in times of half the plane,
    None for where they are at the moment. `lit`: the picture that stands out with those of its identity."""

    runs: TripletRuns
    miner: str
    moment: int
    thumbnails: bool
    lit: int | None = None
    shares: npt.NDArray[np.float64] | None = None

    @property
    def run(self) -> TripletRun:
        return self.runs.run(self.miner)

    @property
    def updates(self) -> int:
        return int(self.runs.moments[self.moment])


def plane_area(size: QSizeF) -> QRectF:
    """The plane at a size."""
    beneath = _band_height(size.height()) + BAND_HEAD
    return QRectF(0, HEAD, max(size.width(), 1.0), max(size.height() - HEAD - beneath, 1.0))


def _band_height(height: float) -> float:
    return THIN if height < LOW else BAND


@lru_cache(maxsize=12)
def _middle_and_reach(run: TripletRun) -> tuple[npt.NDArray[np.float32], float]:
    """The middle of the plane, float32[2], and half its shorter side. The pictures of all moments lie inside, so that
    it stands still. Found once a run, since a plane is painted many times."""
    every = run.planes.reshape(-1, 2)
    middle = (every.max(0) + every.min(0)) / 2
    return middle, max(float(np.abs(every - middle).max()) * ROOM, LEAST_REACH)


def shares_of(run: TripletRun, moment: int) -> npt.NDArray[np.float64]:
    """Where the pictures lie, float64[V, 2], in times of half the plane's shorter side, upwards."""
    middle, reach = _middle_and_reach(run)
    return np.asarray((run.planes[moment] - middle) / reach, np.float64)


def places_of(area: QRectF, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same in the widget, float64[V, 2]."""
    middle = np.array([area.center().x(), area.center().y()])
    return np.asarray(middle + shares * np.array([1, -1]) * min(area.width(), area.height()) / 2)


def paint_cloud(painter: QPainter, size: QSizeF, miner: str, look: Look | None) -> None:
    """Draw head, plane and band at a size; without a look the head alone and an empty plane."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing)
    area = plane_area(size)
    _paint_head(painter, area, miner, look)
    paint_plane(painter, area, look)
    if look is not None:
        _paint_band(painter, area, _band_height(size.height()), look)
    painter.restore()


def paint_plane(painter: QPainter, area: QRectF, look: Look | None) -> None:
    """The plane alone, with its pictures."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(theme.colors.surface)
    painter.drawRect(area)
    if look is not None:
        painter.save()
        painter.setClipRect(area)
        _paint_pictures(painter, area, look)
        painter.restore()
        _paint_reach(painter, area, look.run)


def _paint_head(painter: QPainter, area: QRectF, miner: str, look: Look | None) -> None:
    painter.setFont(theme.font("section", bold=True))
    painter.setPen(getattr(theme.colors, ROLES[miner]))
    first = QRectF(area.left(), 0, area.width(), HEAD / 2)
    painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, TITLES[miner])
    if look is None:
        return
    painter.setPen(theme.colors.text)
    painter.setFont(theme.font("body", mono=True, bold=True))
    text = f"AUC {look.run.auc[look.moment]:.3f}"
    painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    second = QRectF(area.left(), HEAD / 2, area.width(), HEAD / 2)
    text = painter.fontMetrics().elidedText(
        taught(look.run, look.updates), Qt.TextElideMode.ElideRight, int(second.width())
    )
    painter.drawText(second, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def taught(run: TripletRun, updates: int) -> str:
    """How many of the triplets that the last update took had something to teach."""
    if not updates:
        return "before the first update"
    used, teaching = int(run.used[updates - 1]), int(run.teaching[updates - 1])
    return f"{teaching} of {used} triplets teach" if used else "no triplet left that teaches"


def _paint_pictures(painter: QPainter, area: QRectF, look: Look) -> None:
    runs, lit = look.runs, look.lit
    places = places_of(area, shares_of(look.run, look.moment) if look.shares is None else look.shares)
    labels = runs.identities.labels[runs.shown]
    side = round(min(max(min(area.width(), area.height()) * THUMB_SHARE, LEAST_THUMB), MOST_THUMB))
    scale = painter.device().devicePixelRatioF()
    shown, held_out = runs.shown.tobytes(), runs.held_out.tobytes()
    pictures = tiles(runs.identities, shown, held_out, side, scale, look.thumbnails, theme.dark)
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
    text = f"width {2 * _middle_and_reach(run)[1]:.3g}"
    inner = area.adjusted(space.xs, 2, -space.xs, -2)
    painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, text)


def _paint_band(painter: QPainter, area: QRectF, height: float, look: Look) -> None:
    """Shares of hard, semi-hard and easy triplets over the updates, stacked; a line at the moment on show."""
    band = QRectF(area.left(), area.bottom() + BAND_HEAD, area.width(), height - space.xs)
    shares, updates = look.run.shares, look.updates
    if len(shares):
        now = shares[max(min(updates, len(shares)) - 1, 0)]
        _paint_shares(painter, QRectF(area.left(), area.bottom(), area.width(), BAND_HEAD), now)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.surface)
    painter.drawRect(band)
    if len(shares) > 1:
        _paint_stack(painter, band, shares, look.runs.spec.updates)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(band)
    x = band.left() + updates / look.runs.spec.updates * band.width()
    painter.setPen(QPen(theme.colors.text, 1.5))
    painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))


def _kind_colors() -> tuple[QColor, QColor, QColor]:
    return theme.colors.error, theme.colors.warn, theme.colors.good


def _paint_stack(painter: QPainter, band: QRectF, shares: npt.NDArray[np.float64], updates: int) -> None:
    """Shares float64[n, 3] of the first n updates as areas, no more of them than pixels."""
    places = np.arange(0, len(shares), max(len(shares) // max(int(band.width()), 1), 1))
    xs = band.left() + (places + 1) / updates * band.width()
    ends = np.concatenate([np.zeros((len(places), 1)), np.cumsum(shares[places], 1)], 1)
    heights = band.top() + ends * band.height()
    painter.setRenderHint(
        QPainter.RenderHint.Antialiasing, False
    )  # three times as fast; no edge is seen of it
    for kind, color in enumerate(_kind_colors()):
        outline = [QPointF(x, y) for x, y in zip(xs, heights[:, kind + 1], strict=True)]
        outline += [QPointF(x, y) for x, y in zip(xs[::-1], heights[::-1, kind], strict=True)]
        painter.setBrush(with_alpha(color, 0.7))
        painter.drawPolygon(QPolygonF(outline))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_shares(painter: QPainter, room: QRectF, shares: npt.NDArray[np.float64]) -> None:
    """The shares of all triplets of a batch in per cent; without their names where there is no room for them."""
    painter.setFont(theme.font("small"))
    metrics = painter.fontMetrics()
    numbers = [f"{100 * share:.0f}" for share in shares.tolist()]
    texts = [f"{name} {number}" for name, number in zip(("hard", "semi", "easy"), numbers, strict=True)]
    texts[-1] += " %"
    before = SQUARE + 3
    if sum(metrics.horizontalAdvance(text) + before + space.s for text in texts) - space.s > room.width():
        texts = [*numbers[:-1], f"{numbers[-1]} %"]
    x = room.left()
    for text, color in zip(texts, _kind_colors(), strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRect(QRectF(x, room.center().y() - SQUARE / 2, SQUARE, SQUARE))
        painter.setPen(theme.colors.text)
        painter.drawText(QPointF(x + before, room.center().y() + metrics.ascent() / 2 - 1), text)
        x += before + metrics.horizontalAdvance(text) + space.s
