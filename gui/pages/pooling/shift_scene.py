"""The shift view: input and outputs before and after a small shift, and how much of each stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter

from engine.foundations.pooling.shift import SAME_WITHIN, Kept
from gui import colormaps
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.resolve import Resolved
from gui.theme import GREY, RGB, VIRIDIS, mix, space, theme
from gui.widgets.plate import LARGEST_NUMBERED_SIDE, Plate
from gui.widgets.scene import ColorBar, Scene, bar_width
from gui.widgets.stage_layout import TITLE
from gui.widgets.stage_text import (
    FloatArray,
    Heads,
    by,
    head,
    kept_sentences,
    key,
    limit_of,
    place,
    sentences_height,
    sentences_strip,
    signed,
    text_width,
    titled,
)

NAMES = {"input": "Input", "max": "Max pooling", "average": "Average pooling", "every": "Every s-th value"}
SHORT = {"input": "Input", "max": "Max", "average": "Average", "every": "Every s-th"}
ROWS = ("before", "after", "difference")
TITLES = {"before": "as it is", "after": "shifted", "difference": "|difference|"}
BAR = 6.0
LONGEST_SHARE = 160.0
DETAIL_TOP = 42.0
"""From a head's top to its third line."""


@dataclass(frozen=True, slots=True)
class ShareBar:
    """How much stays, as a bar of the whole: 0..1."""

    area: QRectF
    share: float

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.fillRect(self.area, mix(theme.colors.surface, theme.colors.line, 0.7))
        filled = QRectF(self.area.left(), self.area.top(), self.area.width() * self.share, self.area.height())
        painter.fillRect(filled, theme.colors.accent)
        painter.restore()


def shift_scene(resolved: Resolved, kept: tuple[Kept, ...], size: QSizeF) -> Scene:
    """Lay out the shift view: a column for everything that is compared, three rows."""
    width, height = size.width(), size.height()
    everything = shift_sentences(resolved, kept)
    sentences = kept_sentences(everything, width, height)
    columns = [_plates(resolved, one, _scale(kept), _largest(kept)) for one in kept]
    heads = [_heads(one) for one in kept]
    keys = _keys(resolved, kept)
    shapes = [(one.before.shape[1], one.before.shape[2]) for one in kept]
    tallest = max(rows for rows, _ in shapes)
    table = parts.roomy_table(
        size,
        parts.Columns([cols for _, cols in shapes], heads, keys, [[p.title for p in plates] for plates in columns]),
        lines=3, rows=tallest, strip=sentences_height(sentences, width, height),
    )  # fmt: skip
    scene = Scene(size, description=" ".join(everything))
    for index, (one, plates) in enumerate(zip(kept, columns, strict=True)):
        left, room = table.lefts[index], table.widths[index]
        scene.below += head(left, table.head, room, heads[index], keys[index])
        if keys[index] is None:
            area = QRectF(left, table.head + DETAIL_TOP + BAR, min(room, LONGEST_SHARE), BAR)
            scene.below.append(ShareBar(area, one.same))
        numbered = index and max(*shapes[0]) <= LARGEST_NUMBERED_SIDE  # pictures keep the scale of the input
        cell = parts.column_cell(table, index, shapes[index], tallest, size) if numbered else table.cell
        for plate, top in zip(plates, table.tops, strict=True):
            plate.rect = place(*shapes[index], cell, left, top)
            scene.plates.append(plate)
            scene.below.append(titled(plate, room))
    scene.below += _difference_key(kept, columns[0][-1], table.widths[0])
    sentences_strip(scene, table.strip, sentences)
    return scene


def _scale(kept: tuple[Kept, ...]) -> tuple[float, float, bool]:
    """(low, high, signed): one range of colours for everything that is compared."""
    values = kept[0].before
    if signed(values):
        limit = limit_of(values)
        return -limit, limit, True
    return 0.0, max(float(values.max()), 1.0), False


def _largest(kept: tuple[Kept, ...]) -> float:
    return max(float(one.difference.max()) for one in kept) or 1.0


def _plates(resolved: Resolved, one: Kept, scale: tuple[float, float, bool], largest: float) -> list[Plate]:
    """Before, after and their difference; large ones are drawn as pictures."""
    low, high, _ = scale
    anchors = _anchors(scale)
    plates = []
    for name in ROWS:
        values: FloatArray = getattr(one, name)[0]
        colors = (
            colormaps.magnitude(values, 0, largest)
            if name == "difference"
            else colormaps.look_up(values, low, high, anchors)
        )
        editable = one.what == "input" and name == "before" and not resolved.pixels
        prefix = f"{parts.INPUT}{resolved.state.channel}" if editable else f"{one.what}/{name}"
        plates.append(Plate(prefix, values, colors, title=TITLES[name], editable=editable))
    parts.same_digits(plates)
    return plates


def _anchors(scale: tuple[float, float, bool]) -> tuple[RGB, ...]:
    return colormaps.activation_anchors() if scale[2] else GREY


def _keys(resolved: Resolved, kept: tuple[Kept, ...]) -> list[ColorBar | None]:
    """The key of the values stands at the input; the other columns have the share that stays in its place."""
    scale = _scale(kept)
    return [key(_anchors(scale), scale[0], scale[1]), None, None, None]


def _difference_key(kept: tuple[Kept, ...], plate: Plate, width: float) -> list[ColorBar]:
    """The key of the differences, behind the name of the first of them; none where it has no room."""
    name = text_width(plate.title) + space.m
    bar = key(VIRIDIS, 0, _largest(kept))
    if bar_width(bar.low, bar.high) > width - name:
        return []
    area = QRectF(plate.rect.left() + name, plate.rect.top() - TITLE, width - name, TITLE)
    return [replace(bar, area=area)]


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def correlation(one: Kept) -> str:
    """Pearson's correlation with two decimals; a dash where something does not vary."""
    return "–" if one.correlation is None else f"{one.correlation:.2f}".replace("-", "−")


def _heads(one: Kept) -> Heads:
    stays = f"{percent(one.same)} stays"
    shape = by(one.before.shape[1:])
    return (
        (f"{NAMES[one.what]} {shape}", f"{stays}, correlation {correlation(one)}"),
        (NAMES[one.what], f"{stays}, correlation {correlation(one)}"),
        (NAMES[one.what], f"{stays}, r {correlation(one)}"),
        (SHORT[one.what], f"{stays}, r {correlation(one)}"),
        (SHORT[one.what], stays),
    )


def direction(rows: int, columns: int) -> str:
    """A shift in words: "down 1, right 2"; "nowhere" where there is none."""
    words = [f"{'down' if rows > 0 else 'up'} {abs(rows)}"] if rows else []
    words += [f"{'right' if columns > 0 else 'left'} {abs(columns)}"] if columns else []
    return ", ".join(words) or "nowhere"


def shift_sentences(resolved: Resolved, kept: tuple[Kept, ...]) -> list[str]:
    """What the shift view says in words."""
    state = resolved.state
    found = {one.what: one for one in kept}
    said = direction(state.shift_y, state.shift_x)
    what = "the photo, in grey levels" if resolved.pixels else "the input; zeros come in"
    shares = ", ".join(f"{SHORT[one.what].lower()} {percent(one.same)}" for one in kept[1:])
    first = (
        f"Shift {said} of {what}: {percent(found['input'].same)} of the input's values stay the same "
        f"(within {SAME_WITHIN:.0%} of its range), of the outputs: {shares}."
    )
    second = (
        f"Mean difference: input {found['input'].mean:.3g}, max {found['max'].mean:.3g}, "
        f"average {found['average'].mean:.3g}, every s-th value {found['every'].mean:.3g}."
    )
    third = _lesson(state.stride, state.shift_y, state.shift_x)
    return [first, second, third]


def _lesson(stride: int, rows: int, columns: int) -> str:
    if not (rows or columns):
        return "Without a shift everything stays."
    if stride > 1 and rows % stride == 0 and columns % stride == 0:
        return (
            f"By a multiple of the stride {stride} the windows move on to the next cell: the output is the same, one "
            "cell further on."
        )
    return "Pooling is only nearly invariant: a value stays for as long as the cell that won stays in its window."
