"""What can be taken away from the page; the verbs themselves are those of every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.foundations.calculator.snippet import pytorch_script
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.shapes.chain_paint import chain_layout, paint_chain
from gui.pages.shapes.field_view import sentence
from gui.pages.shapes.formulas import formulas
from gui.pages.shapes.resolve import Resolved, resolve
from gui.pages.shapes.strip import title
from gui.pages.shapes.table_paint import column_widths, paint_table, table_height
from gui.pages.shapes.table_rows import CONVENTION, exported
from gui.pages.shapes.worked import paint_worked
from gui.theme import space, theme
from gui.widgets.formula import loader
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.shapes.page import ShapesPage

CHAIN_HEIGHT: Final = 260.0
FORMULAS_HEIGHT: Final = 130.0
TITLE_HEIGHT: Final = 30.0
LEAST_WIDTH: Final = 960.0
HOLD_S: Final = 1.5


def verbs(page: ShapesPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, ShapesExports(page))


class ChainPicture:
    """The chain, its whole table, and the formulas of the layer on show as one drawing."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._widths = column_widths(resolved)

    def preferred_size(self) -> QSizeF:
        """As wide as the table or the chain, whichever is wider."""
        room = max(float(sum(self._widths)), LEAST_WIDTH)
        width = max(room, chain_layout(self._resolved, QSizeF(room, CHAIN_HEIGHT)).width)
        height = CHAIN_HEIGHT + table_height(self._resolved) + self._note_height(width) + 4 * space.l
        shown = TITLE_HEIGHT + FORMULAS_HEIGHT if self._has_formulas else 0.0
        return QSizeF(width + 2 * space.l, height + shown)

    @property
    def _has_formulas(self) -> bool:
        step = self._resolved.step
        return step is not None and step.out_shape is not None and not self._resolved.hides(step.index)

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw from the top left corner."""
        resolved, width = self._resolved, size.width() - 2 * space.l
        if self._has_formulas and not loader.is_ready:
            loader.load()
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colors.window)
        painter.save()
        painter.translate(space.l, space.l)
        paint_chain(painter, resolved, chain_layout(resolved, QSizeF(width, CHAIN_HEIGHT)))
        painter.restore()
        top = CHAIN_HEIGHT + 2 * space.l
        paint_table(painter, space.l, top, resolved, self._widths)
        top += table_height(resolved) + space.s
        note = QRectF(space.l + space.s, top, width - 2 * space.s, self._note_height(width))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        painter.drawText(note, int(Qt.TextFlag.TextWordWrap), CONVENTION)
        if self._has_formulas:
            self._paint_formulas(painter, note.bottom() + space.s, width)

    def _paint_formulas(self, painter: QPainter, top: float, width: float) -> None:
        painter.setFont(theme.font("section", bold=True))
        painter.setPen(theme.colors.text)
        line = QRectF(space.l + space.s, top, width, TITLE_HEIGHT)
        painter.drawText(
            line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title(self._resolved)
        )
        painter.save()
        painter.translate(space.l + space.s, top + TITLE_HEIGHT)
        paint_worked(painter, formulas(self._resolved), QSizeF(width - 2 * space.s, FORMULAS_HEIGHT))
        painter.restore()

    def _note_height(self, width: float) -> float:
        metrics = QFontMetricsF(theme.font("small"))
        area = QRectF(0, 0, width - 2 * space.s, 10_000)
        return metrics.boundingRect(area, int(Qt.TextFlag.TextWordWrap), CONVENTION).height() + space.s


class ShapesExports:
    """The page's picture, table, script and film (see gui.pages.verbs)."""

    def __init__(self, page: ShapesPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-shapes-{self._page.state.view}"

    @property
    def caption(self) -> str:
        """What the picture shows, in a sentence."""
        plan = self._page.field.plan
        if self._page.state.view == "field" and plan is not None:
            return sentence(plan)
        chain = self._page.resolved.chain
        return f"{title(self._page.resolved)}. {len(chain.steps)} layers, {chain.parameters:,} parameters."

    def picture(self) -> export.Paintable | QWidget:
        return self._page.field if self._page.state.view == "field" else ChainPicture(self._page.resolved)

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """The whole table; what is hidden on the screen is in it."""
        return exported(self._page.resolved)

    def script(self) -> str:
        """A PyTorch script that builds the chain and checks its shapes."""
        return pytorch_script(self._page.resolved.chain, self._page.state.batch)

    def film(self) -> FilmSource:
        """The chain revealed layer by layer."""
        state = replace(self._page.state, reveal=True, predict=False, view="chain")
        last = replace(state, step=len(state.layers))
        size = ChainPicture(resolve(last)).preferred_size()

        def image_at(index: int) -> QImage:
            image = QImage(round(size.width()), round(size.height()), QImage.Format.Format_RGB32)
            image.fill(theme.colors.window)
            painter = QPainter(image)
            ChainPicture(resolve(replace(state, step=index))).paint(painter, size)
            painter.end()
            return image

        fps = 1000.0 / BASE_INTERVAL_MS * self._page.stepper.speed
        return FilmSource(image_at, range(len(state.layers) + 1), fps, HOLD_S)
