"""The histogram's view: the picture beside its bars; a bin lights its pixels, a pixel lights its bin."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.foundations.descriptors.colour_histogram import ColourHistogram, bin_name
from gui.pages.descriptors.bars import BarChart, Place, percent
from gui.pages.descriptors.histogram_bands import DrawnBins, bins_at, drawn, under_bin, under_pixel
from gui.pages.descriptors.resolve import faded
from gui.pages.descriptors.titled import Titled
from gui.theme import space, theme
from gui.widgets.frame_view import FrameView

FADE: Final = 0.85
HINT: Final = "Point at a bar: its pixels stay lit. Point at a pixel: its bar lights up."


class HistogramView(QWidget):
    """binPicked(group, bin): a bin was clicked (again: it goes out); pointed(rows): facts for the inspector."""

    binPicked = Signal(int, int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: ColourHistogram | None = None
        self._drawn = DrawnBins((), ())
        self._pinned: Place | None = None
        self._hovered: Place | None = None
        self.picture, self.bars = FrameView("Picture"), BarChart("Colour histogram")
        self.left, self.right = Titled("Picture", self.picture), Titled("Colour histogram", self.bars)
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.m, space.l, space.m)
        row.setSpacing(space.xl)
        row.addWidget(self.left, 1)
        row.addWidget(self.right, 1)
        self.bars.hovered.connect(self._bar_hovered)
        self.bars.left.connect(self._nothing_hovered)
        self.bars.clicked.connect(self._bar_clicked)
        self.picture.hovered.connect(self._pixel_hovered)
        self.picture.left.connect(self._nothing_hovered)
        self.picture.clicked.connect(self._pixel_clicked)
        theme.changed.connect(self._relight)

    @property
    def found(self) -> ColourHistogram | None:
        """The histogram on show."""
        return self._found

    @property
    def lit(self) -> Place | None:
        """The bin whose pixels are lit."""
        return self._hovered or self._pinned

    def show_histogram(self, found: ColourHistogram, pinned: Place | None) -> None:
        """Show a histogram; the pixels of the pinned bin stay lit."""
        if found is not self._found:
            self._found, self._drawn = found, drawn(found)
            self.bars.set_bands(self._drawn.bands)
            height, width = found.pixels.shape[:2]
            self.left.keep_shape(width, height)
            self.left.detail.say(f"{width} × {height} = {found.total:,} pixels. {found.note}".rstrip())
        there = pinned is not None and pinned[1] < found.counts.shape[1] and pinned[0] < len(found.counts)
        self._pinned = pinned if there else None
        self._relight()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past."""
        self.picture.set_stale(stale)
        self.bars.set_stale(stale)

    @Slot()
    def _relight(self) -> None:
        found = self._found
        if found is None:
            return
        lit = self.lit
        if lit is None or lit[1] >= found.counts.shape[1]:
            self.picture.set_rgb(found.pixels)
            self.bars.set_lit(())
            self.right.detail.say(_told(found))
            return
        ground = theme.colors.window
        rgb = (ground.red(), ground.green(), ground.blue())
        self.picture.set_rgb(faded(found.pixels, found.members(*lit), rgb, FADE))
        bar = self._drawn.bar_of(lit)
        self.bars.set_lit(() if bar is None else (bar,))
        share = percent(int(found.counts[lit]) / found.total)
        self.right.detail.say(f"Lit: {bin_name(found.spec, *lit)}, {share} of the pixels.")

    @Slot(int, int)
    def _bar_hovered(self, band: int, bar: int) -> None:
        if self._found is not None:
            self._hovered = self._drawn.bin_of((band, bar))
            self._relight()
            self.pointed.emit(under_bin(self._found, *self._hovered))

    @Slot(int, int)
    def _bar_clicked(self, band: int, bar: int) -> None:
        if self._found is not None:
            self.binPicked.emit(*self._drawn.bin_of((band, bar)))

    @Slot(int, int)
    def _pixel_hovered(self, x: int, y: int) -> None:
        found = self._found
        if found is None:
            return
        bars = (self._drawn.bar_of(place) for place in bins_at(found, x, y))
        self.bars.set_lit([bar for bar in bars if bar is not None])
        self.pointed.emit(under_pixel(found, x, y))

    @Slot(int, int)
    def _pixel_clicked(self, x: int, y: int) -> None:
        places = () if self._found is None else bins_at(self._found, x, y)
        if places:
            self.binPicked.emit(*places[0])

    @Slot()
    def _nothing_hovered(self) -> None:
        self._hovered = None
        self._relight()
        self.pointed.emit([])


def _told(found: ColourHistogram) -> str:
    if found.uncounted:
        return f"{percent(found.uncounted / found.total)} of the pixels are too grey to have a hue. {HINT}"
    return HINT
