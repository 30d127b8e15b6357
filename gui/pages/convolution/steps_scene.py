"""The step view: the window on every channel, its products, their sums, the output cell that fills in."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from gui import colormaps
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution import worked
from gui.pages.convolution.layout import (
    HEAD,
    SUM_LINE,
    TITLE,
    StepLayout,
    Sums,
    Texts,
    margin_of,
    step_layout,
)
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.scene_parts import NO_SECRETS, Heads, Secrets, plain
from gui.pages.convolution.state import LAST_PHASE
from gui.pages.convolution.worked import CHANNEL_SUMS, PRODUCTS, TOTAL
from gui.theme import radius, space
from gui.widgets.plate import Mark, MarkRole, Plate, number_texts
from gui.widgets.scene import Card, ColorBar, Link, Node, Scene, Words

SECRET_GRID = (1, 3, 3)
"""The card that stands for an output whose shape is asked for: as large as three by three cells, always."""
LEGIBLE_CELL = 18.0
ENOUGH_CELLS = 4
LONGEST_KEY = ("−1391.25", "1391.25")
PLATE_TITLES = (("Window", "Kernel", "Products"), ("x", "w", "x·w"))
BIAS = "+ b"
NODE, SMALL_NODE = 10.0, 7.0
AIR = 3.0
"""Between the end of a line and what it points at."""


def steps_scene(resolved: Resolved, size: QSizeF, secrets: Secrets = NO_SECRETS) -> Scene:
    """Lay out the step view for a stage of `size`."""
    return _Builder(resolved, size, secrets).scene()


class _Builder:
    def __init__(self, resolved: Resolved, size: QSizeF, secrets: Secrets) -> None:
        self.resolved, self.size, self.secrets = resolved, size, secrets
        self.trace, self.step, self.phase = resolved.trace, resolved.step, resolved.phase
        self.result = Scene(size, description=describe(resolved, secrets))
        self.hidden = [self._hidden(index) for index in range(self.trace.shape[0])]
        self.words = parts.words_size(size.width(), size.height())
        self.line = parts.line_height(self.words)
        self.lines_kept = self._lines_kept()
        self.heads = (self._input_heads(), self._filter_heads(), self._output_heads())
        self.keys = (
            parts.key(parts.input_anchors(resolved), *parts.input_range(resolved)),
            parts.key(
                colormaps.weight_anchors(), -parts.kernel_limit(resolved), parts.kernel_limit(resolved)
            ),
            self._output_key(),
        )
        self.layout: StepLayout = step_layout(
            (size.width(), size.height()), rows=len(self.trace.x), padded=self.trace.geometry.padded_hw,
            kernel=self.trace.geometry.kernel_hw, outputs=SECRET_GRID if secrets.shape else self.trace.shape,
            texts=self._texts(),
        )  # fmt: skip

    def scene(self) -> Scene:
        self._column_heads()
        self._inputs()
        self._arithmetic()
        if self.secrets.shape:
            self._secret_output()
        else:
            self._outputs()
        self._formula_strip()
        return self.result

    # --- what words need ----------------------------------------------------------------------------------

    def _lines_kept(self) -> int:
        """Lines of the formula: all of them, or on low stages as many as leave the grids legible."""
        width, height = self.size.width(), self.size.height()
        cells = min(self.trace.geometry.kernel_hw[0], ENOUGH_CELLS)
        grids = len(self.trace.x) * (TITLE + cells * LEGIBLE_CELL + SUM_LINE)
        free = height - HEAD - grids - 4 * space.s - space.m
        wanted = worked.lines_wanted(self.resolved, parts.strip_width(width), self.words)
        return max(min(wanted, int(free // self.line)), worked.totals_count(self.resolved))

    def _texts(self) -> Texts:
        needs = [parts.head_width(head, bar) for head, bar in zip(self.heads, self.keys, strict=True)]
        # The same room whatever the numbers are: the layout stands still, and gives nothing away.
        longest = parts.head_width(self.heads[2], ColorBar(QRectF(), (), *LONGEST_KEY))
        names = [parts.channel_title(self.resolved, channel) for channel in range(len(self.trace.x))]
        return Texts(
            (max(needs[0], *map(parts.text_width, names)) + 2, needs[1], max(needs[2], longest)),
            parts.text_width(f"sum {worked.longest_sum(self.trace)}", "body", mono=True, bold=True),
            parts.text_width(str(self.trace.shape[0])),
            self.lines_kept * self.line + 2 * space.s,
        )

    def _input_heads(self) -> Heads:
        done = self.trace
        channels, height, width = done.x.shape
        shape = parts.by((height, width, channels))
        if done.geometry.padded_hw != (height, width):
            spread = "spread and " if max(done.geometry.spacing) > 1 else ""
            detail = f"{spread}padded to {parts.by(done.geometry.padded_hw)}"
        else:
            detail = "pixels 0 to 255" if self.resolved.pixels else "no padding"
        return (f"Input {shape}", detail), ("Input", shape)

    def _filter_heads(self) -> Heads:
        done, step = self.trace, self.step
        title = f"Filter {step.filter + 1} of {done.shape[0]}"
        shape, bias = parts.by((*done.geometry.kernel_hw, len(step.channels))), f"bias {plain(step.bias)}"
        turned = "kernel rotated by 180°" if done.spec.flip != done.spec.transposed else "kernel as stored"
        return (title, f"{shape}, {bias}, {turned}"), (title, f"{shape}, {bias}"), (title, bias)

    def _output_heads(self) -> Heads:
        done = self.trace
        filters, height, width = done.shape
        shape = "? × ? × ?" if self.secrets.shape else parts.by((height, width, filters))
        kind = "convolution" if done.spec.flip else "cross-correlation"
        full = f"transposed {kind}" if done.spec.transposed else kind
        return (
            (f"Output {shape}", full),
            (f"Output {shape}", "transposed" if done.spec.transposed else ""),
            (
                "Output",
                shape,
            ),
        )

    def _output_key(self) -> ColorBar | None:
        """The range of the outputs; None while it would give away what is asked."""
        if self.secrets.shape or (self.secrets.cell and self._shown().size == 0):
            return None
        return parts.diverging_key(self._output_limit())

    def _output_limit(self) -> float:
        """Where the colours of the output saturate: while a cell is secret, cells on show alone decide."""
        return parts.limit_of(self._shown()) if self.secrets.cell else self.resolved.output_limit

    def _shown(self) -> npt.NDArray[np.float64]:
        """All outputs that are on show."""
        planes = zip(self.trace.output, self.hidden, strict=True)
        return np.concatenate([plane[~hidden] for plane, hidden in planes])

    def _hidden(self, index: int) -> npt.NDArray[np.bool_]:
        """Cells of a map that the walk has not reached, and those that are to be predicted."""
        _, height, width = self.trace.shape
        hidden = np.zeros((height, width), dtype=np.bool_)
        first = index * height * width
        if self.resolved.state.fill:
            hidden.flat[max(self.resolved.state.step - first + 1, 0) :] = True
        if index == self.step.filter:
            hidden[self.step.row, self.step.col] = self.secrets.cell or self.phase < LAST_PHASE
        asked = -1 if self.secrets.asked is None else self.secrets.asked - first
        if 0 <= asked < hidden.size:
            hidden.flat[asked] = True
        return hidden

    # --- the three columns --------------------------------------------------------------------------------

    def _column_heads(self) -> None:
        layout = self.layout
        right = self.size.width() - margin_of(self.size.width())
        ends = (layout.kernel_left - space.m, layout.output_left - space.m, right)
        lefts = (layout.input_left, layout.kernel_left, layout.output_left)
        for left, end, heads, bar in zip(lefts, ends, self.heads, self.keys, strict=True):
            self.result.below += parts.head(left, layout.head, end - left, heads, bar)

    def _row(self, channel: int) -> float:
        return self.layout.top + channel * self.layout.pitch

    def _inputs(self) -> None:
        done, layout, step = self.trace, self.layout, self.step
        height, width = done.geometry.padded_hw
        unread = done.unread if done.unread.any() else None
        for channel, values in enumerate(done.padded):
            plate = Plate(
                f"{parts.INPUT}{channel}", values, parts.input_colors(values, self.resolved),
                title=parts.channel_title(self.resolved, channel),
                title_color=parts.channel_color(self.resolved, channel),
                faint=done.is_padding, crossed=unread, editable=True,
            )  # fmt: skip
            top = self._row(channel) + layout.input_drop
            plate.rect = parts.place(height, width, layout.input_cell, layout.input_left, top)
            if channel in step.channels:
                plate.marks = (Mark.grid(MarkRole.WINDOW, step.rows, step.cols),)
            self.result.plates.append(plate)
            room = layout.kernel_left - layout.input_left - space.m
            self.result.below.append(parts.titled(plate, room))

    def _arithmetic(self) -> None:
        layout, step = self.layout, self.step
        k_rows, k_columns = self.trace.geometry.kernel_hw
        titles = self._plate_titles(k_columns * layout.kernel_cell + layout.symbol - 2)
        digits = max(
            number_texts(v.reshape(-1, k_columns))[1] for v in (step.patch, step.kernel, step.products)
        )
        for index, channel in enumerate(step.channels):
            top = self._row(channel) + layout.kernel_drop
            plates = self._plates_of(index, channel)
            lefts = layout.kernel_lefts(k_columns)
            for plate, left, title in zip(plates, lefts, titles, strict=True):
                plate.digits = digits
                plate.rect = parts.place(k_rows, k_columns, layout.kernel_cell, left, top)
                self.result.below.append(parts.titled(plate, plate.rect.width() + layout.symbol - 2, title))
            self.result.plates += plates
            self._symbols(plates)
            self._link_window(channel, plates[0])
            start = self._sum(index, plates[2])
            self._link_sum(start, index)
        self._join()

    def _plate_titles(self, width: float) -> tuple[str, str, str]:
        long, short = PLATE_TITLES
        return long if all(parts.text_width(title) <= width for title in long) else short

    def _plates_of(self, index: int, channel: int) -> list[Plate]:
        """Window, kernel and products of a channel."""
        step = self.step
        formed = self.phase >= PRODUCTS
        products = step.products[index] if formed else np.zeros_like(step.products[index])
        return [
            Plate(
                f"{parts.PATCH}{channel}", step.patch[index], parts.input_colors(step.patch[index], self.resolved),
                title="Window",
            ),
            Plate(
                f"{parts.KERNEL}{channel}", step.kernel[index],
                colormaps.weights(step.kernel[index], parts.kernel_limit(self.resolved)), title="Kernel", editable=True,
            ),
            Plate(
                f"{parts.PRODUCT}{channel}", products, colormaps.activations(products, parts.limit_of(step.products)),
                title="Products", hidden=None if formed else np.ones(products.shape, dtype=np.bool_),
            ),
        ]  # fmt: skip

    def _symbols(self, plates: list[Plate]) -> None:
        for (left, right), symbol in zip(pairwise(plates), "×=", strict=True):
            gap = right.rect.left() - left.rect.right()
            area = QRectF(left.rect.right(), left.rect.center().y() - 14, gap, 28)
            self.result.below.append(
                Words(
                    area,
                    symbol,
                    role="muted",
                    size="section",
                    align=Qt.AlignmentFlag.AlignHCenter,
                    elide=False,
                )
            )

    def _sum(self, index: int, products: Plate) -> QPointF:
        """Write the sum of a channel's products; where the line to the total begins."""
        area = products.rect
        if self.layout.sums is Sums.NOWHERE:
            return QPointF(area.right() + AIR, area.center().y())
        known = "?" if self.secrets.cell else plain(float(self.step.channel_sums[index]))
        text = f"sum {'…' if self.phase < CHANNEL_SUMS else known}"
        width = parts.text_width(text, "body", mono=True, bold=True)
        if self.layout.sums is Sums.BESIDE:
            left, top = area.right() + space.s, area.center().y() - SUM_LINE / 2
        else:
            left = max(min(area.center().x() - width / 2, area.right() - width), self.layout.kernel_left)
            top = area.bottom() + 1
        box = QRectF(left, top, width + 1, SUM_LINE - 2)
        self.result.below.append(Words(box, text, size="body", mono=True, bold=True, elide=False))
        return QPointF(box.right() + AIR, box.center().y())

    # --- lines, all of them beneath the plates and in the gutters -------------------------------------------

    def _link_window(self, channel: int, patch: Plate) -> None:
        source = self.result.plate(f"{parts.INPUT}{channel}")
        if source is None or not source.marks:
            return
        mark = source.marks[0]
        height = source.cell_rect(mark.top, mark.left, mark.bottom, mark.right).center().y()
        start = QPointF(source.rect.right() + AIR, height)
        self.result.below.append(Link(start, QPointF(patch.rect.left() - AIR, patch.rect.center().y())))

    @property
    def _node(self) -> tuple[QPointF, float]:
        """Where the sums meet in the gutter before the outputs, and the size of the knot."""
        layout = self.layout
        drop = layout.kernel_drop + self.trace.geometry.kernel_hw[0] * layout.kernel_cell / 2
        rows = self.step.channels
        middle = (self._row(rows[0]) + self._row(rows[-1])) / 2 + drop
        room = layout.output_left - layout.arithmetic_right
        center = QPointF(layout.arithmetic_right + room * 0.52, middle)
        return center, NODE if room >= 52 else SMALL_NODE

    def _link_sum(self, start: QPointF, index: int) -> None:
        if self.phase < CHANNEL_SUMS:
            return
        center, reach = self._node
        turn = max(self.layout.arithmetic_right, start.x())
        self.result.below.append(Link(start, center - QPointF(reach, 0), turn=turn))

    def _join(self) -> None:
        """The knot in which the channel sums and the bias meet."""
        if self.phase < CHANNEL_SUMS:
            return
        center, reach = self._node
        self.result.below.append(Node(center, "+", reach))
        width = parts.text_width(BIAS)
        label = QRectF(center.x() - width / 2, center.y() + reach + 1, width, 16)
        self.result.below.append(Words(label, BIAS, role="muted", elide=False))

    def _link_output(self, height: float, gaps: list[tuple[float, float]]) -> None:
        """From the knot to the level of the output cell; beyond the first map the line shows between the maps."""
        if self.phase < TOTAL:
            return
        center, reach = self._node
        end = QPointF(self.layout.output_left - AIR, height)
        self.result.below.append(Link(center + QPointF(reach, 0), end))
        for left, right in gaps:
            self.result.below.append(Link(QPointF(left + AIR, height), QPointF(right - AIR, height)))

    # --- outputs --------------------------------------------------------------------------------------------

    def _outputs(self) -> None:
        filters, height, width = self.trace.shape
        grid, limit = self.layout.output, self._output_limit()
        narrow = parts.text_width(f"Map {filters}") > grid.pitch_x - 2
        for index in range(filters):
            row, column = divmod(index, grid.columns)
            values, hidden = self.trace.output[index], self.hidden[index]
            plate = Plate(
                f"{parts.OUTPUT}{index}", values, colormaps.activations(values, limit),
                title=f"Map {index + 1}" if filters > 1 else "Map", hidden=hidden if hidden.any() else None,
                hidden_text="?" if self.secrets.cell else "",
            )  # fmt: skip
            left = self.layout.output_left + column * grid.pitch_x
            plate.rect = parts.place(
                height, width, grid.cell, left, self.layout.output_top + row * grid.pitch_y + TITLE
            )
            self.result.plates.append(plate)
            self.result.below.append(parts.titled(plate, grid.pitch_x, str(index + 1) if narrow else None))
        self._mark_output()

    def _mark_output(self) -> None:
        step, columns = self.step, self.layout.output.columns
        row, column = divmod(step.filter, columns)
        first = self.result.plates[-self.trace.shape[0] :][row * columns :][: column + 1]
        target = first[-1]
        target.marks = (Mark.cell(MarkRole.WINDOW, step.row, step.col),)
        gaps = [(left.rect.right(), right.rect.left()) for left, right in pairwise(first)]
        self._link_output(target.cell_rect(step.row, step.col).center().y(), gaps)

    def _secret_output(self) -> None:
        """One card of no size in particular: neither rows nor columns nor maps are to be counted."""
        grid = self.layout.output
        area = QRectF(
            self.layout.output_left, self.layout.output_top + TITLE, grid.width, grid.height - TITLE
        )
        side = min(area.width(), area.height())
        card = QRectF(area.left(), area.top(), side, side)
        self.result.below += [
            Card(card),
            Words(
                card, "?", role="muted", size="presenter", align=Qt.AlignmentFlag.AlignHCenter, elide=False
            ),
        ]
        self._link_output(card.center().y(), [])

    # --- the formula ----------------------------------------------------------------------------------------

    def _formula_strip(self) -> None:
        left, size = margin_of(self.size.width()), self.words
        inner = parts.strip_width(self.size.width())
        area = QRectF(
            left, self.layout.strip, self.size.width() - 2 * left, self.lines_kept * self.line + 2 * space.s
        )
        self.result.below.append(Card(area))
        lines = worked.formula_lines(self.resolved, inner, self.secrets, size=size, most=self.lines_kept)
        names, small = worked.name_width(self.resolved, size), worked.name_size(size)
        for index, line in enumerate(lines):
            top, x = area.top() + space.s + index * self.line, area.left() + space.m
            self.result.below.append(
                Words(QRectF(x, top, names, self.line), line.name, role="muted", color=line.color, size=small)
            )
            total = index == len(lines) - 1
            self.result.below.append(
                Words(
                    QRectF(x + names, top, inner - names, self.line),
                    line.text,
                    size=size,
                    mono=True,
                    bold=total,
                )
            )
            if line.note:
                note = x + names + parts.text_width(line.text, size, mono=True) + worked.NOTE_GAP
                room = QRectF(note, top, area.right() - note - radius.card, self.line)
                self.result.below.append(Words(room, line.note, role="muted", size=small))


def describe(resolved: Resolved, secrets: Secrets = NO_SECRETS) -> str:
    """The step in one sentence, for screen readers."""
    step = resolved.step
    value = "to be predicted" if secrets.cell else plain(step.value)
    count = "?" if secrets.shape else len(resolved.trace)
    return (
        f"Step {step.index + 1} of {count}: filter {step.filter + 1}, output row {step.row}, column {step.col}; "
        f"window rows {step.rows[0]} to {step.rows[-1]}, columns {step.cols[0]} to {step.cols[-1]} of the padded "
        f"input; value {value}."
    )


__all__ = ["Secrets", "describe", "steps_scene"]
