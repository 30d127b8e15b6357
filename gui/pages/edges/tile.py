"""A tile: one map with its name, its range, the key of its colours, and where there is one its kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.foundations.edges.requests import FilteredPicture
from gui import colormaps
from gui.pages.edges.colouring import MapColours
from gui.pages.edges.plan import INPUT, TilePlan
from gui.pages.edges.wipe_view import WipeView
from gui.theme import space, theme
from gui.widgets.plate import Plate
from gui.widgets.scene import ColorBar, Words, bar_width
from gui.widgets.stage_text import limit_of, plain, text_width

NAME: Final = 26.0
FOOT: Final = 22.0
KERNEL_SIDES: Final = (57.0, 75.0, 96.0)
"""How large a kernel may be drawn above a picture."""
LINE: Final = 18.0
ANGLE_KEYS: Final = (
    "Hue: direction. Full brightness from a magnitude of {0}.",
    "Full brightness from {0}.",
    "Bright from {0}.",
)
READ: Final = ("Point at a pixel to read it everywhere.", "Point at a pixel.")


def head_height(kernel: float = 0.0) -> float:
    """What stands above a tile's picture, with a kernel of so many pixels a side."""
    return LINE + 2 + kernel + space.s if kernel else NAME


class Tile(QWidget):
    """Shows a TilePlan; `view` is the picture, the rest is painted around it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = WipeView("Map", self)
        self.colours = MapColours()
        self._plan: TilePlan | None = None
        self._kernel_side = 0.0
        theme.changed.connect(self._retint)

    @property
    def plan(self) -> TilePlan | None:
        return self._plan

    def show_plan(self, plan: TilePlan, result: FilteredPicture, divider: float, live: bool) -> None:
        """Show the map of a plan."""
        before, self._plan = self._words(), plan
        self.colours.show(self.view, plan, result, live)
        self.view.set_over(result.pixels if plan.wiped else None, divider)
        if before != self._words():
            self.view.setAccessibleName(f"{plan.title}: {plan.details[0]}")
            self._repaint_words()

    def show_nothing(self, sentence: str, icon: str) -> None:
        """Say why there is no map."""
        self._plan = None
        self.view.set_over(None, 0.5)
        self.view.set_empty_text(sentence, icon)
        self.view.set_rgb(None)
        self.update()

    def _words(self) -> object:
        """All that is written around the picture."""
        plan = self._plan
        if plan is None:
            return None
        kernel = b"" if plan.kernel is None else plan.kernel.tobytes()
        return (plan.title, plan.details, plan.kind, plan.limit, kernel, self.colours.bar())

    def _repaint_words(self) -> None:
        """Not the picture between them: it paints itself when it changes."""
        picture = self.view.geometry()
        self.update(0, 0, self.width(), picture.top())
        self.update(0, picture.bottom() + 1, self.width(), self.height() - picture.bottom() - 1)

    def place(self, picture: QRectF, kernel: float = 0.0) -> None:
        """Lie around the place of the picture, in the parent's coordinates; `kernel`: the side of what is above."""
        self._kernel_side = kernel
        head = head_height(kernel)
        whole = picture.adjusted(0, -head, 0, FOOT).toRect()
        self.setGeometry(whole)
        self.view.setGeometry(picture.translated(-whole.left(), -whole.top()).toRect())

    @Slot()
    def _retint(self) -> None:
        self.colours.recolour(self.view)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        plan, seen = self._plan, event.rect()
        if plan is None:
            return
        painter = QPainter(self)
        if seen.top() < self.view.geometry().top():  # not when the picture alone is painted anew
            if plan.kernel is not None:
                self._paint_kernel_head(painter, plan)
            else:
                self._paint_head(painter, plan)
        if seen.bottom() > self.view.geometry().bottom():
            self._paint_foot(painter, plan)

    def _paint_head(self, painter: QPainter, plan: TilePlan) -> None:
        wide = QFontMetricsF(theme.font("section", bold=True)).horizontalAdvance(plan.title) + space.m
        title = QRectF(0, 0, wide, NAME - space.xs)
        Words(title, plan.title, size="section", bold=True, elide=False).paint(painter)
        rest = QRectF(wide, 0, max(self.width() - wide, 0.0), NAME - space.xs)
        Words(rest, fitting(plan.details, rest.width()), role="muted").paint(painter)

    def _paint_kernel_head(self, painter: QPainter, plan: TilePlan) -> None:
        """The name in a line; beneath it the kernel, with divisor and range beside it."""
        assert plan.kernel is not None
        name, _, rest = plan.title.partition(", ")
        wide = QFontMetricsF(theme.font("small", bold=True)).horizontalAdvance(name) + space.xs
        Words(QRectF(0, 0, wide, LINE), name, bold=True, elide=False).paint(painter)
        Words(QRectF(wide, 0, max(self.width() - wide, 0.0), LINE), rest, role="muted").paint(painter)
        side = len(plan.kernel)
        cell = float(int(self._kernel_side / side))
        plate = Plate("kernel", plan.kernel, colormaps.weights(plan.kernel, limit_of(plan.kernel)))
        plate.rect = QRectF(0, LINE + 2, side * cell, side * cell)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate.paint_cells(painter, plate.rect.topLeft())
        plate.paint_outline(painter)
        painter.restore()
        left = plate.rect.right() + space.xs
        for line, text in enumerate(beside_kernel(plan.details[0], self.width() - left)):
            area = QRectF(left, LINE + 2 + line * LINE, self.width() - left, LINE)
            Words(area, text, role="muted", elide=False).paint(painter)

    def _paint_foot(self, painter: QPainter, plan: TilePlan) -> None:
        area = QRectF(0, self.height() - FOOT + 3, self.width(), FOOT - 4)
        bar = self.colours.bar()
        if bar is not None:
            narrowed(bar, area).paint(painter)
        elif plan.kind == "angle":
            texts = [text.format(plain(round(plan.limit))) for text in ANGLE_KEYS]
            Words(area, fitting(texts, area.width()), role="muted").paint(painter)
        elif plan.key == INPUT:
            Words(area, fitting(READ, area.width()), role="muted").paint(painter)


def beside_kernel(details: str, width: float) -> tuple[str, str, str]:
    """Divisor and range in three lines; no range where one of its ends has no room: the other alone would mislead."""
    divisor, _, extent = details.partition(", ")
    low, _, high = extent.partition(" to ")
    low, high = fitting((low,), width), fitting((f"to {high}", high), width)
    return fitting((divisor,), width), low if high else "", high if low else ""


def narrowed(bar: ColorBar, area: QRectF) -> ColorBar:
    """A colour bar in its place, with shorter words where they would be cut."""
    low, high = (text.lstrip("≤≥ ") for text in (bar.low, bar.high))
    forms = [(bar.low, bar.high), (low, high), ("", f"±{high}" if low == f"−{high}" else high)]
    fits = (form for form in forms if bar_width(*form) <= area.width())
    first, last = next(fits, ("", ""))
    return replace(bar, area=area, low=first, high=last)


def fitting(texts: Sequence[str], width: float) -> str:
    """The first of some texts that fits a width; empty where none does: half a number would be a wrong one."""
    return next((text for text in texts if text_width(text) <= width), "")
