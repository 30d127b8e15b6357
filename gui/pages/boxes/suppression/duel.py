"""Beside the picture: what happens at this step, in words, as a drawing, and in numbers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.detection.boxes import NmsStep, area
from gui.pages.boxes.suppression import words
from gui.pages.boxes.suppression.cards import crop
from gui.pages.boxes.suppression.hand import Game
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.theme import STALE_OPACITY, radius, space, theme, type_scale, with_alpha

LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LINE: Final = 20.0
BAR: Final = 44.0
LEAST_DRAWING: Final = 36.0
MOST_DRAWING: Final = 220.0
DOT: Final = 4.5
LOW_PANEL: Final = 300.0
"""Panels lower than this say less and in smaller type, so that nothing is cut off."""


def paint_duel(
    painter: QPainter, game: Game, settings: SuppressionSettings, position: int, size: QSizeF
) -> None:
    """Draw the panel at a size, from the painter's origin."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    room = QRectF(QPointF(), size).adjusted(space.m, space.s, -space.m, -space.s)
    low = size.height() < LOW_PANEL
    top = _paint_told(painter, *words.told(game, settings, position), room, low=low)
    rest = QRectF(room.left(), top + space.s, room.width(), room.bottom() - top - space.s)
    step = game.step(position)
    if step is None or step.kind == "threshold":
        _paint_scores(painter, game, settings, position, rest)
    elif step.kind == "pick":
        _paint_pick(painter, game, step, rest)
    elif step.kind == "rival":
        _paint_pair(painter, game, settings, step, position, rest, low=low)
    else:
        _paint_kept(painter, game, step, rest)
    painter.restore()


def _paint_told(painter: QPainter, title: str, sentence: str, room: QRectF, *, low: bool) -> float:
    """The words; returns where they end."""
    painter.setFont(theme.font("section", bold=True))
    painter.setPen(theme.colors.text)
    head = QRectF(room.left(), room.top(), room.width(), type_scale.section * 1.6)
    painter.drawText(head, LEFT, title)
    painter.setFont(theme.font("body" if low else "section"))
    area_ = QRectF(room.left(), head.bottom(), room.width(), 10_000)
    wrap = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
    height = QFontMetricsF(painter.font()).boundingRect(area_, wrap, sentence).height()
    least = (
        3 * QFontMetricsF(painter.font()).height()
    )  # drawings do not jump from a short sentence to a long one
    painter.drawText(QRectF(area_.left(), area_.top(), area_.width(), height + 1), wrap, sentence)
    return float(area_.top() + max(height, least))


# --- all scores on a line ---------------------------------------------------------------------------------


def _paint_scores(
    painter: QPainter, game: Game, settings: SuppressionSettings, position: int, room: QRectF
) -> None:
    """Every box at its p_c, the threshold, and on which side of it each one is."""
    colors = theme.colors
    axis = QRectF(room.left() + space.s, 0, room.width() - 2 * space.s, 1)
    floor = min(room.top() + 6 * LINE, room.bottom() - 2 * LINE)
    limit = axis.left() + settings.least * axis.width()
    painter.fillRect(
        QRectF(axis.left(), room.top(), limit - axis.left(), floor - room.top()),
        with_alpha(colors.error, 0.08),
    )
    _paint_axis(painter, axis.left(), axis.right(), floor, "p_c")
    taken: dict[int, int] = {}
    for box in game.hand.order:
        score = float(game.hand.scores[box])
        column = int(score * axis.width() / (2 * DOT))
        height = taken.get(column, 0)
        taken[column] = height + 1
        gone = score <= settings.least and position > 0
        middle = QPointF(axis.left() + score * axis.width(), floor - DOT - 2 - height * (2 * DOT + 1))
        painter.setPen(QPen(theme.class_color(game.hand.kinds[box]), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush if gone else theme.class_color(game.hand.kinds[box]))
        if middle.y() > room.top():
            painter.drawEllipse(middle, DOT, DOT)
    _paint_limit(painter, limit, room.top(), floor, f"p_c > {words.number(settings.least)}", axis.right())


def _paint_axis(painter: QPainter, left: float, right: float, y: float, name: str) -> None:
    colors = theme.colors
    painter.setPen(QPen(colors.muted, 1))
    painter.drawLine(QPointF(left, y), QPointF(right, y))
    painter.setFont(theme.font("small", mono=True))
    for share in (0.0, 0.5, 1.0):
        x = left + share * (right - left)
        painter.drawLine(QPointF(x, y), QPointF(x, y + space.xs))
        text = QRectF(x - 30, y + space.xs, 60, 16)
        align = {0.0: LEFT, 1.0: RIGHT}.get(share, Qt.AlignmentFlag.AlignCenter)
        text = QRectF(left, text.top(), right - left, 16) if share in (0.0, 1.0) else text
        painter.drawText(text, align, f"{share:g}" if share else f"{name}  0")


def _paint_limit(painter: QPainter, x: float, top: float, bottom: float, text: str, edge: float) -> None:
    """The threshold: a dashed line with its name on the side that has room."""
    painter.setPen(QPen(theme.colors.error, 1.5, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setFont(theme.font("small"))
    width = QFontMetricsF(painter.font()).horizontalAdvance(text) + space.xs
    beside = x + space.xs if x + space.xs + width <= edge else x - space.xs - width
    painter.drawText(QRectF(beside, top, width, 16), LEFT, text)


# --- a pick and its rivals --------------------------------------------------------------------------------


def _paint_pick(painter: QPainter, game: Game, step: NmsStep, room: QRectF) -> None:
    """What the pick shows, large."""
    assert step.pick is not None
    picture = crop(game, step.pick)
    most = QSizeF(room.width(), min(max(room.height() - LINE, LEAST_DRAWING), MOST_DRAWING))
    size = QSizeF(picture.size()).scaled(most, Qt.AspectRatioMode.KeepAspectRatio)
    target = QRectF(room.topLeft(), size)
    painter.drawImage(target, picture)
    painter.setPen(QPen(theme.colors.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(target)


def _paint_pair(
    painter: QPainter,
    game: Game,
    settings: SuppressionSettings,
    step: NmsStep,
    position: int,
    room: QRectF,
    *,
    low: bool,
) -> None:
    """Both boxes at one scale with what they share, the areas, the overlap on its scale."""
    assert step.pick is not None and step.rival is not None
    rows = _areas(game, step)[-1:] if low else _areas(game, step)
    decay = words.decay_line(game, settings, position)
    below = (len(rows) + bool(decay)) * LINE + BAR + 2 * space.s
    tall = min(max(room.height() - below, LEAST_DRAWING), MOST_DRAWING)
    _paint_boxes(painter, game, step, QRectF(room.left(), room.top(), room.width(), tall))
    top = room.top() + tall + space.s
    for name, value in rows:
        _paint_row(painter, name, value, QRectF(room.left(), top, room.width(), LINE))
        top += LINE
    top += 18
    _paint_overlap(painter, step, settings, QRectF(room.left(), top, room.width(), BAR - 18))
    top += BAR - 18 + space.s
    if decay:
        _paint_row(painter, "new score", decay, QRectF(room.left(), top, room.width(), LINE))


def _areas(game: Game, step: NmsStep) -> list[tuple[str, str]]:
    first, second = game.hand.boxes[step.pick], game.hand.boxes[step.rival]
    sides = [max(min(first[i + 2], second[i + 2]) - max(first[i], second[i]), 0.0) for i in (0, 1)]
    common = float(sides[0] * sides[1])
    union = float(area(first)) + float(area(second)) - common
    return [
        ("intersection", f"{common:,.0f} px²"),
        ("union", f"{union:,.0f} px²"),
        ("IoU", f"{common:,.0f} / {union:,.0f} = {step.overlap:.3f}"),
    ]


def _paint_row(painter: QPainter, name: str, value: str, room: QRectF) -> None:
    wide = QFontMetricsF(theme.font("body", mono=True)).horizontalAdvance(value) + space.s
    painter.setFont(theme.font("body"))
    painter.setPen(theme.colors.muted)
    if QFontMetricsF(painter.font()).horizontalAdvance(name) + wide <= room.width():
        painter.drawText(room, LEFT, name)  # else the number says enough: one over the other says nothing
    painter.setFont(theme.font("body", mono=True))
    painter.setPen(theme.colors.text)
    painter.drawText(room, RIGHT, value)


def _paint_boxes(painter: QPainter, game: Game, step: NmsStep, room: QRectF) -> None:
    colors = theme.colors
    boxes = [game.hand.boxes[box].tolist() for box in (step.pick, step.rival)]
    left, top = (min(box[i] for box in boxes) for i in (0, 1))
    right, bottom = (max(box[i] for box in boxes) for i in (2, 3))
    scale = min((room.width() - 8) / max(right - left, 1), (room.height() - 8) / max(bottom - top, 1))
    x0 = room.left() + 4
    y0 = room.top() + 4 + (room.height() - 8 - (bottom - top) * scale) / 2
    areas = [
        QRectF(
            x0 + (b[0] - left) * scale,
            y0 + (b[1] - top) * scale,
            (b[2] - b[0]) * scale,
            (b[3] - b[1]) * scale,
        )
        for b in boxes
    ]
    common = areas[0].intersected(areas[1])
    if step.overlap > 0:
        painter.fillRect(common, with_alpha(colors.accent, 0.28))
    for place, color, box in zip(areas, (colors.accent, colors.warn), (step.pick, step.rival), strict=True):
        assert box is not None
        dashed = box == step.rival
        painter.setPen(QPen(color, 2, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(color)
        corner = QRectF(place.left() + 5, place.top() + 3, 40, 18)
        if dashed:
            corner = QRectF(place.right() - 45, place.bottom() - 21, 40, 18)
        painter.drawText(corner, RIGHT if dashed else LEFT, str(game.numbers[box]))


def _paint_overlap(painter: QPainter, step: NmsStep, settings: SuppressionSettings, room: QRectF) -> None:
    """The overlap as a bar from 0 to 1, with the threshold."""
    colors = theme.colors
    bar = QRectF(room.left(), room.top(), room.width(), 10)
    painter.setPen(QPen(colors.line, 1))
    painter.setBrush(colors.surface)
    painter.drawRoundedRect(bar, radius.cell, radius.cell)
    verdicts = {"dies": colors.error, "decays": colors.warn}
    filled = QRectF(bar.left(), bar.top(), bar.width() * min(step.overlap, 1.0), bar.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(verdicts.get(step.verdict or "lives", colors.good))
    painter.drawRoundedRect(filled, radius.cell, radius.cell)
    if settings.decay == "gaussian":
        return  # has no threshold
    x = bar.left() + settings.threshold * bar.width()
    text = f"threshold {words.number(settings.threshold)}"
    _paint_limit(painter, x, bar.top() - 18, bar.bottom() + 3, text, bar.right())


def _paint_kept(painter: QPainter, game: Game, step: NmsStep, room: QRectF) -> None:
    """What is reported: a line a box."""
    top = room.top()
    for place, box in enumerate(step.kept):
        if top + 2 * LINE > room.bottom() and place < len(step.kept) - 1:
            left = len(step.kept) - place
            _paint_row(painter, f"and {left} more", "", QRectF(room.left(), top, room.width(), LINE))
            return
        name = f"card {game.numbers[box]}, {game.hand.name(box)}"
        _paint_row(
            painter, name, words.number(step.scores[box]), QRectF(room.left(), top, room.width(), LINE)
        )
        top += LINE


class DuelPanel(QWidget):
    """The panel as a widget; what it says is its accessible description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._game: Game | None = None
        self._settings = SuppressionSettings()
        self._position = 0
        self._reason = ""
        self._stale = False
        self.setAccessibleName("This step")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_game(
        self, game: Game | None, settings: SuppressionSettings, position: int, reason: str = ""
    ) -> None:
        """Show a step; without a game the `reason` why there is none."""
        self._game, self._settings, self._position, self._reason = game, settings, position, reason
        told = reason if game is None else ". ".join(words.told(game, settings, position))
        self.setAccessibleDescription(told)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """The step is one about another picture, until the detector has looked at this one."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(230, 200)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        if self._game is not None:
            paint_duel(painter, self._game, self._settings, self._position, QSizeF(self.size()))
            return
        painter.setFont(theme.font("section"))
        painter.setPen(theme.colors.muted)
        room = QRectF(self.rect()).adjusted(space.m, space.s, -space.m, -space.s)
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft), self._reason)
