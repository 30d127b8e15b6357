"""The volume above, the vector beneath, a line from the cell on show to its entry; one hue a channel."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from engine.foundations.channels.flattening import flattened
from gui import colormaps
from gui.pages.channels.flat.resolve import CELL, LINE, ShownFlat
from gui.pages.channels.flat.words import line, sentences
from gui.pages.channels.items import Digits, Drop
from gui.pages.channels.strip import Strip
from gui.theme import RGB, mix, space, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import TITLE, crisp, margin_of
from gui.widgets.stage_text import LOW_STAGE, by, titled

MOST_CELL, MOST_ENTRY = 72.0, 46.0
TALLER: Final = 1.35
"""Cells of the volume are so much larger than entries, where there is room."""
DIGITS: Final = 15.0
FROM_DIGITS: Final = 25.0
"""Entries so wide have their number above them."""
HEAD: Final = 22.0
PALE, STRONG = 0.16, 0.72
"""How much of a channel's hue its lowest and its highest value have."""


def flat_scene(shown: ShownFlat, size: QSizeF) -> Scene:
    """Lay out volume and vector for a stage of `size`."""
    return _Builder(shown, size).scene


class _Builder:
    def __init__(self, shown: ShownFlat, size: QSizeF) -> None:
        self.shown, self.size = shown, size
        words = sentences(shown)
        self.scene = Scene(size, description=f"{line(shown)}. {' '.join(words)}")
        strip = Strip(size, words, lambda _most: line(shown))
        strip.draw(self.scene)
        self.left = margin_of(size.width())
        self.width = size.width() - 2 * self.left
        self.heading = 0.0 if size.height() < LOW_STAGE else HEAD
        self._lay_out(strip.top - space.s)
        self.colors = self._tinted()
        volume = self._volume()
        vector = self._vector()
        start, end = volume.cell_rect(*self.shown.place[1:]), vector[0].cell_rect(0, vector[1])
        reached = QPointF(end.center().x(), end.top() - self.digits)
        self.scene.above.append(
            Drop(QPointF(start.center().x(), volume.rect.bottom() + 1), reached, lit=True)
        )

    def _lay_out(self, bottom: float) -> None:
        """Sizes of the cells, and where volume and vector begin."""
        channels, height, width = self.shown.state.shape
        count = len(self.shown.lines)
        per = self.shown.lines[0][1] + 1
        self.gap = float(space.xl)
        wide = (self.width - (channels - 1) * self.gap) / (channels * width)
        chrome = 2 * self.heading + TITLE + count * (TITLE + DIGITS) + 2 * space.l
        tall = max(bottom - chrome, 1.0)
        self.entry = crisp(min(self.width / per, tall / (count + TALLER * height), MOST_ENTRY))
        self.digits = DIGITS if self.entry >= FROM_DIGITS else 0.0
        room = (tall - count * self.entry) / height
        self.cell = crisp(min(wide, room, MOST_CELL))
        used = chrome + height * self.cell + count * self.entry
        self.top = space.s + self.heading + TITLE + max((bottom - used) * 0.25, 0.0)
        self.under = self.top + height * self.cell + space.l + max((bottom - used) * 0.35, 0.0)

    def _tinted(self) -> npt.NDArray[np.uint8]:
        """uint8[C, H, W, 3]: each channel in its own hue, larger values stronger."""
        x = self.shown.flat.x
        low, high = float(x.min()), float(x.max())
        planes = [colormaps.look_up(plane, low, high, _hue(channel)) for channel, plane in enumerate(x)]
        return np.stack(planes)

    def _volume(self) -> Plate:
        """The channels side by side; returns the one with the cell on show."""
        state, flat = self.shown.state, self.shown.flat
        channels, _, width = state.shape
        across = channels * width * self.cell + (channels - 1) * self.gap
        left = (self.size.width() - across) / 2
        self._head(
            self.top - TITLE - self.heading,
            f"Volume {by((*state.shape[1:], channels))}",
            "height × width × channels",
        )
        plates = []
        for channel in range(channels):
            values = flat.entries[channel].astype(np.float64) if state.indices else flat.x[channel]
            plate = Plate(
                f"{CELL}{channel}", values, self.colors[channel], title=f"Channel {channel}",
                title_color=theme.channel_color(channel), editable=not state.indices, digits=2,
            )  # fmt: skip
            rows, columns = plate.shape
            plate.rect = QRectF(round(left), round(self.top), columns * self.cell, rows * self.cell)
            if channel == self.shown.place[0]:
                plate.marks = (Mark.cell(MarkRole.WINDOW, *self.shown.place[1:]),)
            self.scene.plates.append(plate)
            self.scene.below.append(titled(plate, plate.rect.width() + self.gap))
            plates.append(plate)
            left += plate.rect.width() + self.gap
        return plates[self.shown.place[0]]

    def _vector(self) -> tuple[Plate, int]:
        """The entries in lines that belong together; returns the line and the column of the entry on show."""
        state, flat = self.shown.state, self.shown.flat
        values = np.arange(float(flat.vector.size)) if state.indices else flat.vector
        colors = np.stack([flattened(self.colors[..., k], state.order) for k in range(3)], axis=-1)
        per = self.shown.lines[0][1] + 1
        left = (self.size.width() - per * self.entry) / 2
        top = self.under
        self._head(
            top,
            f"Vector of {flat.vector.size}",
            _order(state.order),
        )
        top += self.heading
        found: tuple[Plate, int] | None = None
        for index, (first, last) in enumerate(self.shown.lines):
            top += TITLE + self.digits
            plate = Plate(
                f"{LINE}{index}", values[None, first : last + 1], colors[None, first : last + 1],
                title=self.shown.line_title(index), digits=2,
            )  # fmt: skip
            plate.rect = QRectF(round(left), round(top), per * self.entry, self.entry)
            if state.fill and last > state.entry:
                plate.hidden = np.arange(first, last + 1)[None] > max(state.entry, self.shown.entry)
            lit = self.shown.entry - first if first <= self.shown.entry <= last else None
            if lit is not None:
                plate.marks = (Mark.cell(MarkRole.WINDOW, 0, lit),)
                found = plate, lit
            self.scene.plates.append(plate)
            self._line_head(plate, first, last, lit)
            top += self.entry
        if found is None:
            raise ValueError(f"entry {self.shown.entry} lies in no line")
        return found

    def _line_head(self, plate: Plate, first: int, last: int, lit: int | None) -> None:
        """The name of a line, and the numbers of its entries."""
        area = QRectF(plate.rect.left(), plate.rect.top() - self.digits - TITLE, self.width, TITLE)
        self.scene.below.append(Words(area, plate.title, role="muted"))
        if self.digits:
            row = QRectF(plate.rect.left(), plate.rect.top() - self.digits, plate.rect.width(), self.digits)
            self.scene.below.append(Digits(row, [str(n) for n in range(first, last + 1)], lit))

    def _head(self, top: float, title: str, detail: str) -> None:
        """The name of a part; a low stage has no room for it."""
        if not self.heading:
            return
        area = QRectF(self.left, top, self.width, HEAD)
        self.scene.below.append(Words(area, title, size="section", bold=True))
        self.scene.below.append(Words(area, detail, role="muted", align=Qt.AlignmentFlag.AlignRight))


def _order(order: str) -> str:
    return "channels first, as PyTorch" if order == "first" else "channels last, as TensorFlow"


def _hue(channel: int) -> tuple[RGB, ...]:
    """From a pale to a strong tint of a channel's colour."""
    tints = [mix(theme.colors.surface, theme.channel_color(channel), share) for share in (PALE, STRONG)]
    return tuple((tint.red(), tint.green(), tint.blue()) for tint in tints)
