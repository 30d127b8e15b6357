"""The visitor at the left; at the right what the classifier and the embedding say of everybody in the class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.faces.learning.requests import Preview
from gui import colormaps
from gui.pages.face_learning.oneshot.shown import Shown, embedding_answer, name_of, softmax_answer
from gui.theme import radius, space, theme
from gui.widgets.plate import Plate
from gui.widgets.scene import Card, Scene, Words
from gui.widgets.stage_layout import crisp, margin_of
from gui.widgets.stage_text import text_width

NAME: Final = 22.0
VISITOR_SHARE: Final = 0.18
MOST_ROW, LEAST_ROW = 64.0, 20.0
VALUE: Final = 58.0
FULL: Final = 4.0
"""The largest squared distance of unit vectors: where bars of distances end."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of a row, with a line across it where there is a threshold; `taken`: it is the answer."""

    area: QRectF
    share: float
    role: str
    taken: bool
    line: float | None = None

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(theme.colors.raised)
        painter.drawRoundedRect(self.area, radius.cell, radius.cell)
        filled = QRectF(self.area)
        filled.setWidth(max(self.area.width() * min(max(self.share, 0.0), 1.0), 1.0))
        painter.setPen(QPen(theme.colors.text, 2) if self.taken else Qt.PenStyle.NoPen)
        painter.setBrush(getattr(theme.colors, self.role))
        painter.drawRoundedRect(filled, radius.cell, radius.cell)
        if self.line is not None:
            x = self.area.left() + self.area.width() * min(self.line, 1.0)
            painter.setPen(QPen(theme.colors.text, 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, self.area.top() - 4), QPointF(x, self.area.bottom() + 4))
        painter.restore()


def oneshot_scene(found: Shown, size: QSizeF) -> Scene:
    """Lay it out for a stage of `size`."""
    scene = Scene(size, description=f"softmax: {softmax_answer(found)}; embedding: {embedding_answer(found)}")
    margin = margin_of(size.width())
    width = size.width() - 2 * margin
    visitor = QRectF(margin, 0, VISITOR_SHARE * width, size.height())
    rest = (width - visitor.width() - 2 * space.l) / 2
    _visitor(scene, found, visitor)
    left = visitor.right() + space.l
    for panel in (_Softmax(found), _Embedding(found)):
        panel.lay(scene, QRectF(left, 0, rest, size.height()))
        left += rest + space.l
    return scene


def waiting_scene(preview: Preview, size: QSizeF) -> Scene:
    """The class alone, while the nets still learn."""
    scene = Scene(size, description="The class: one photo each")
    margin, count = margin_of(size.width()), len(preview.names)
    wide = (size.width() - 2 * margin - (count - 1) * space.l) / count
    head = Words(QRectF(margin, 0, size.width(), NAME), "One photo each", size="section", bold=True)
    scene.below.append(head)
    for index, (name, picture) in enumerate(zip(preview.names, preview.pictures, strict=True)):
        left = margin + index * (wide + space.l)
        side = crisp(max(min(wide, size.height() - 2 * NAME - space.s), 8) / len(picture)) * len(picture)
        plate = _photo(f"class/{index}", picture, f"Photo of {name}")
        plate.rect = QRectF(round(left), 2 * NAME, side, side)
        scene.plates.append(plate)
        text = f"{name}, joins later" if index == count - 1 else name
        scene.below.append(Words(QRectF(left, NAME, wide, NAME), text, role="muted"))
    return scene


def _visitor(scene: Scene, found: Shown, area: QRectF) -> None:
    scene.below.append(
        Words(QRectF(area.left(), 0, area.width(), NAME), "At the door", size="section", bold=True)
    )
    who = f"{name_of(found.lesson, found.who)}, another picture"
    scene.below.append(Words(QRectF(area.left(), NAME, area.width(), NAME), who, role="muted"))
    picture = found.visitor
    side = crisp(max(min(area.width(), area.height() - 2 * NAME - space.s), 8) / len(picture)) * len(picture)
    plate = _photo("visitor", picture, "At the door")
    plate.rect = QRectF(round(area.left()), 2 * NAME + space.xs, side, side)
    scene.plates.append(plate)


def _photo(key: str, picture: npt.NDArray[np.uint8], title: str) -> Plate:
    values = picture.astype(np.float64)
    plate = Plate(
        key, values, colormaps.grey(values, 0, 255), title=title, numbers=False, smooth=len(picture) > 8
    )
    plate.gaps = False
    return plate


class _Panel:
    """Somebody a row: photo, name, bar, number."""

    key = ""
    title = ""
    missing = ""

    def __init__(self, found: Shown) -> None:
        self.found = found

    def answer(self) -> str:
        """What it says of the visitor."""
        raise NotImplementedError

    def value(self, index: int) -> float:
        """Of somebody; NaN where there is none."""
        raise NotImplementedError

    def bar(self, index: int, area: QRectF) -> Bar:
        """The bar of somebody."""
        raise NotImplementedError

    def text(self, value: float) -> str:
        """The number at the end of the row."""
        raise NotImplementedError

    def lay(self, scene: Scene, area: QRectF) -> None:
        """Put it into an area."""
        lesson = self.found.lesson
        scene.below.append(
            Words(QRectF(area.left(), 0, area.width(), NAME), self.title, size="section", bold=True)
        )
        answer = self.answer()
        role = "good" if answer.startswith("right") else "error"
        scene.below.append(
            Words(QRectF(area.left(), NAME, area.width(), NAME), answer, role=role, size="body", bold=True)
        )
        count = len(lesson.names)
        top = 2 * NAME + space.xs
        row = min(max((area.height() - top) / count, LEAST_ROW), MOST_ROW)
        for index in range(count):
            self._row(scene, index, QRectF(area.left(), top + index * row, area.width(), row - space.xs))

    def _row(self, scene: Scene, index: int, area: QRectF) -> None:
        found, value = self.found, self.value(index)
        if index == found.who:
            scene.below.append(Card(area.adjusted(-space.xs, -1, space.xs, 1), accent=True))
        picture = found.lesson.photos[index]
        side = crisp((area.height() - 4) / len(picture)) * len(picture)
        plate = _photo(f"{self.key}/{index}", picture, f"Photo of {name_of(found.lesson, index)}")
        plate.rect = QRectF(round(area.left()), round(area.center().y() - side / 2), side, side)
        scene.plates.append(plate)
        left = area.left() + side + space.s
        label = max(text_width(name_of(found.lesson, i)) for i in range(len(found.lesson.names))) + space.xs
        label = min(label, area.width() / 3)
        name = QRectF(left, area.top(), label, area.height())
        scene.below.append(
            Words(name, name_of(found.lesson, index), role="muted" if math.isnan(value) else "text")
        )
        left += label + space.xs
        if math.isnan(value):
            scene.below.append(
                Words(
                    QRectF(left, area.top(), area.right() - left, area.height()), self.missing, role="muted"
                )
            )
            return
        room = QRectF(left, area.center().y() - 8, max(area.right() - left - VALUE, 1), 16)
        scene.below.append(self.bar(index, room))
        number = QRectF(area.right() - VALUE, area.top(), VALUE, area.height())
        scene.below.append(Words(number, self.text(value), mono=True, align=Qt.AlignmentFlag.AlignRight))


class _Softmax(_Panel):
    key, title, missing = "softmax", "Softmax classifier", "no output"

    def answer(self) -> str:
        return softmax_answer(self.found)

    def value(self, index: int) -> float:
        return float(self.found.probabilities[index])

    def bar(self, index: int, area: QRectF) -> Bar:
        return Bar(area, self.value(index), "accent", index == self.found.said)

    def text(self, value: float) -> str:
        return f"{100 * value:.1f} %"


class _Embedding(_Panel):
    key, title, missing = "embedding", "Embedding, distance d²", "not enrolled"

    def answer(self) -> str:
        return embedding_answer(self.found)

    def value(self, index: int) -> float:
        return float(self.found.distances[index])

    def bar(self, index: int, area: QRectF) -> Bar:
        value, threshold = self.value(index), self.found.lesson.threshold
        role = "good" if value <= threshold else "muted"
        return Bar(area, value / FULL, role, index == self.found.recognised, threshold / FULL)

    def text(self, value: float) -> str:
        return f"{value:.2f}"
