"""Data against hand-engineering in one view: the picture, three descriptors made by hand, and what a net learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.foundations.descriptors.colour_histogram import ColourHistogram
from engine.foundations.descriptors.hog import Hog
from engine.foundations.descriptors.requests import Described
from engine.foundations.descriptors.words import VisualWords
from engine.networks.learned_features.requests import FeatureMaps
from gui.pages.descriptors.bars import BarChart
from gui.pages.descriptors.histogram_bands import DrawnBins, bins_at, drawn
from gui.pages.descriptors.hog_picture import CELLS, HogPicture
from gui.pages.descriptors.maps_view import MOST_MAPS, MapsView
from gui.pages.descriptors.scene_parts import short
from gui.pages.descriptors.titled import Titled
from gui.pages.descriptors.words_picture import WordsPicture
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView

HEADER: Final = ("", "numbers", "learned", "place")
LEAST_COLUMN: Final = 160
ALL_COLUMNS: Final = 225
WAITING: Final = "The net answers when PyTorch is loaded"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison."""

    name: str
    numbers: str = "…"
    learned: str = "…"
    where: str = "…"


class Comparison(QWidget):
    """A small table: how many numbers each descriptor has, how many were learned, whether it knows places."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(space.s)
        self._grid.setVerticalSpacing(space.xs)
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._grid.setColumnStretch(0, 1)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setProperty("role", "muted")
        theme.changed.connect(self._dress)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these lines beneath the header."""
        for line, texts in enumerate((HEADER, *((r.name, r.numbers, r.learned, r.where) for r in rows))):
            for column, text in enumerate(texts):
                self._label(line, column).setText(text)

    def texts(self) -> list[list[str]]:
        """The table as it is on show."""
        lines = max((line for line, _ in self._cells), default=-1) + 1
        return [[self._cells[line, column].text() for column in range(len(HEADER))] for line in range(lines)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The last column gives way where the others would be cut off."""
        for (_, column), label in self._cells.items():
            if column == len(HEADER) - 1:
                label.setVisible(self.width() >= ALL_COLUMNS)

    def _label(self, line: int, column: int) -> QLabel:
        if (line, column) not in self._cells:
            label = QLabel()
            label.setProperty("role", "muted" if line == 0 else "")
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, line, column)
            self._cells[line, column] = label
            self._dress()
            self._make_room()
        return self._cells[line, column]

    @Slot()
    def _dress(self) -> None:
        for (line, column), label in self._cells.items():
            label.setFont(theme.font("small", mono=line > 0 and column in (1, 2)))


class SideView(QWidget):
    """viewAsked(str): a descriptor was clicked; pointed(rows): facts for the inspector."""

    viewAsked = Signal(str)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: ColourHistogram | None = None
        self._hog: Hog | None = None
        self._words: VisualWords | None = None
        self._drawn = DrawnBins((), ())
        self.picture, self.bars = FrameView("Picture"), BarChart("Colour histogram")
        self.bars.compact = True
        self.hog, self.words, self.maps = HogPicture(marked=False), WordsPicture(), MapsView()
        self.maps.set_empty_text(WAITING, "clock-outline")
        self.table = Comparison()
        self.cards = {
            "picture": Titled("Picture", self.picture),
            "histogram": Titled("Colour histogram", self.bars),
            "hog": Titled("HOG", self.hog),
            "words": Titled("Visual words", self.words),
            "maps": Titled("Feature maps of a CNN", self.maps),
            "table": Titled("By hand, or from data", self._table_card()),
        }
        self.cards["table"].detail.say("What each is made of")
        grid = QGridLayout(self)
        grid.setContentsMargins(space.l, space.m, space.l, space.m)
        grid.setHorizontalSpacing(space.l)
        grid.setVerticalSpacing(space.m)
        for index, card in enumerate(self.cards.values()):
            grid.addWidget(card, index // 3, index % 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, LEAST_COLUMN)
        self.cards["table"].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for row in range(2):
            grid.setRowStretch(row, 1)
        self._connect()
        self._compare()

    def _table_card(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, space.xs, 0, 0)
        column.setSpacing(space.m)
        column.addWidget(self.table)
        column.addWidget(self.table.verdict)
        column.addStretch(1)
        return holder

    def _connect(self) -> None:
        for view in (self.picture, self.hog, self.words):
            view.hovered.connect(self._hovered_in(view))
            view.left.connect(self._nothing_hovered)
        self.maps.hovered.connect(self._map_hovered)
        self.maps.left.connect(self._nothing_hovered)
        self.bars.clicked.connect(self._histogram_clicked)
        self.hog.clicked.connect(self._hog_clicked)
        self.words.clicked.connect(self._words_clicked)

    # --- what is shown ---------------------------------------------------------------------------------------

    def show_described(self, found: Described) -> None:
        """Show one of the descriptors."""
        if isinstance(found, ColourHistogram):
            self._show_histogram(found)
        elif isinstance(found, Hog):
            if found is not self._hog:
                self._hog = found
                self.hog.show_hog(found, CELLS, (0, 0))
                self.cards["hog"].keep_shape(found.grey.shape[1], found.grey.shape[0])
            size = found.spec.cell
            self.cards["hog"].detail.say(f"orientations in cells of {size} × {size}")
        elif found is not self._words:
            self._words = found
            self.words.show_words(found, found.run.steps - 1, None)
            self.cards["words"].keep_shape(found.pixels.shape[1], found.pixels.shape[0])
            self.cards["words"].detail.say(f"{found.words} words, one colour each")
        self._compare()

    def _show_histogram(self, found: ColourHistogram) -> None:
        if found is not self._histogram:
            self._histogram, self._drawn = found, drawn(found)
            self.picture.set_rgb(found.pixels)
            self.cards["picture"].keep_shape(found.pixels.shape[1], found.pixels.shape[0])
            self.bars.set_bands(self._drawn.bands)
        height, width = found.pixels.shape[:2]
        self.cards["picture"].detail.say(f"{width} × {height} pixels. {found.note}".rstrip())
        self.cards["histogram"].detail.say("pixels in each bin")

    def show_maps(self, found: FeatureMaps) -> None:
        """Show the maps of a layer."""
        if found is not self.maps.found:
            self.maps.show_maps(found)
        count, height, width = found.maps.shape
        shown = f", the {MOST_MAPS} strongest" if count > MOST_MAPS else ""
        self.cards["maps"].title.say(f"{found.title.partition(' ')[0]}, {found.layers[found.layer]}")
        self.cards["maps"].detail.say(f"{count} maps of {width} × {height}{shown}")
        self._compare()

    def say_no_maps(self, sentence: str) -> None:
        """There are no feature maps: say why."""
        self.maps.set_rgb(None)
        self.maps.set_empty_text(sentence, "alert-outline")

    def set_stale(self, kind: str, stale: bool) -> None:
        """What is on show of a kind belongs to the past."""
        views = {
            "histogram": (self.picture, self.bars),
            "hog": (self.hog,),
            "words": (self.words,),
            "maps": (self.maps,),
        }
        for view in views.get(kind, ()):
            view.set_stale(stale)

    def _compare(self) -> None:
        rows = [Row("Histogram"), Row("HOG"), Row("Words"), Row("CNN")]
        if self._histogram is not None:
            rows[0] = Row("Histogram", f"{self._histogram.spec.size:,}", "0", "lost")
        if self._hog is not None:
            rows[1] = Row("HOG", f"{self._hog.descriptor.size:,}", "0", "by cell")
        if self._words is not None:
            found = self._words
            rows[2] = Row("Words", f"{found.words:,}", f"{found.words * found.points.shape[1]:,}", "lost")
        if self.maps.found is not None:
            found_maps = self.maps.found
            rows[3] = Row("CNN", f"{found_maps.maps.size:,}", f"{found_maps.parameters:,}", "by cell")
        self.table.show_rows(tuple(rows))
        self.table.verdict.setText(
            "A histogram and HOG are recipes: people chose every step. Words are found in the picture itself. "
            "The net's kernels were learned from labelled pictures, so that they help to tell classes apart."
        )

    def rows(self) -> list[list[str]]:
        """The comparison as a table, for exports."""
        return self.table.texts()

    # --- pointer ---------------------------------------------------------------------------------------------

    def _hovered_in(self, view: FrameView) -> Callable[[int, int], None]:
        """A slot for the pixels of one picture; each has a size of its own, so places are shares."""

        def hovered(x: int, y: int) -> None:
            width, height = view.picture_size
            self._point((x + 0.5) / width, (y + 0.5) / height)

        return hovered

    @Slot(int, int)
    def _map_hovered(self, x: int, y: int) -> None:
        at, found = self.maps.map_at(x, y), self.maps.found
        if at is None or found is None:
            return
        index, across, down = at
        _, rows, columns = found.maps.shape
        value = float(found.maps[index, int(down * rows), int(across * columns)])
        told: list[Fact] = [("map", str(index), "Counted from 0."), ("activation", short(value), "")]
        self._point(across, down, told)

    def _point(self, across: float, down: float, first: Sequence[Fact] = ()) -> None:
        """Light a place (shares of width and height) everywhere, and tell what is there."""
        for view in (self.picture, self.hog, self.words):
            width, height = view.picture_size
            if width:
                view.set_cursor(int(across * width), int(down * height))
        self.maps.mark((across, down))
        if self._histogram is not None:
            places = bins_at(self._histogram, *_pixel(self._histogram, across, down))
            bars = (self._drawn.bar_of(place) for place in places)
            self.bars.set_lit([bar for bar in bars if bar is not None])
        self.pointed.emit([*first, *self._under(across, down)])

    def _under(self, across: float, down: float) -> list[Fact]:
        rows: list[Fact] = []
        if self._histogram is not None:
            x, y = _pixel(self._histogram, across, down)
            rows.append(("pixel", f"x {x}, y {y}", "Counted from 0."))
            rows.append(("R, G, B", ", ".join(str(int(v)) for v in self._histogram.pixels[y, x]), ""))
        if self._hog is not None:
            x, y = _pixel(self._hog, across, down)
            row, column = y // self._hog.spec.cell, x // self._hog.spec.cell
            if row < self._hog.cells.shape[0] and column < self._hog.cells.shape[1]:
                angle = (int(self._hog.cells[row, column].argmax()) + 0.5) * self._hog.spec.bin_width
                rows.append(
                    ("HOG cell", f"row {row}, col {column}: {short(angle)}°", "Its strongest orientation.")
                )
        if self._words is not None:
            patch = self._words.patch_at(*_pixel(self._words, across, down))
            if patch is not None:
                rows.append(("visual word", f"{int(self._words.run.labels[-1][patch]) + 1}", ""))
        return rows

    @Slot()
    def _nothing_hovered(self) -> None:
        for view in (self.picture, self.hog, self.words):
            view.clear_cursor()
        self.maps.mark(None)
        self.bars.set_lit(())
        self.pointed.emit([])

    @Slot(int, int)
    def _histogram_clicked(self, _band: int, _bar: int) -> None:
        self.viewAsked.emit("histogram")

    @Slot(int, int)
    def _hog_clicked(self, _x: int, _y: int) -> None:
        self.viewAsked.emit("hog")

    @Slot(int, int)
    def _words_clicked(self, _x: int, _y: int) -> None:
        self.viewAsked.emit("words")


def _pixel(found: Described, across: float, down: float) -> tuple[int, int]:
    """The pixel (x, y) of a described picture at shares of its width and height."""
    height, width = found.pixels.shape[:2]
    return min(int(across * width), width - 1), min(int(down * height), height - 1)
