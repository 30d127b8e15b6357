"""The step view: the window on every channel, its products, their sums, the output cell that fills in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF

from engine.foundations.convolution import Step, number
from gui import colormaps
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.layout import (
    LOW_STAGE,
    SUM_LINE,
    SUM_WIDTH,
    SYMBOL,
    TITLE,
    StepLayout,
    step_layout,
)
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.state import LAST_PHASE
from gui.theme import space, theme
from gui.widgets.plate import Mark, MarkRole, Plate, number_text, number_texts
from gui.widgets.scene import Card, Link, Scene, Words

LINE = 20.0
WINDOW, PRODUCTS, CHANNEL_SUMS, TOTAL = range(4)
TOTALS = ("Output", "Sum + bias", "ReLU")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the step view must not give away while a person predicts."""

    cell: bool = False
    shape: bool = False


def steps_scene(resolved: Resolved, size: QSizeF, secrets: Secrets = Secrets()) -> Scene:
    """Lay out the step view for a stage of `size`."""
    return _Builder(resolved, size, secrets).scene()


class _Builder:
    def __init__(self, resolved: Resolved, size: QSizeF, secrets: Secrets) -> None:
        self.resolved, self.size, self.secrets = resolved, size, secrets
        self.trace, self.step = resolved.trace, resolved.step
        self.phase = resolved.phase
        lines = formula_lines(resolved, size.width() - 2 * space.xl - 2 * space.l, secrets)
        # On a low stage the grids need the room: the lines of the channels are given up, their sums stand at the products.
        self.lines = (
            [line for line in lines if line[0] in TOTALS]
            if size.height() < LOW_STAGE and len(lines) > 2
            else lines
        )
        self.strip = len(self.lines) * LINE + 2 * space.m + space.s
        geometry = self.trace.geometry
        self.layout: StepLayout = step_layout(
            (size.width(), size.height()), rows=len(self.trace.x), padded=geometry.padded_hw, kernel=geometry.kernel_hw,
            outputs=self.trace.shape, strip=self.strip,
        )  # fmt: skip
        self.result = Scene(size, description=describe(resolved, secrets))

    def scene(self) -> Scene:
        self._inputs()
        self._arithmetic()
        self._outputs()
        self._formula_strip()
        return self.result

    def _row_top(self, row: int) -> float:
        return self.layout.top + row * self.layout.row_height

    def _middle(self, row: int) -> float:
        """The line on which the plates of a channel's row are centred."""
        return self._row_top(row) + TITLE + (self.layout.row_height - TITLE - space.s) / 2

    def _centred(self, rows: int, columns: int, cell: float, left: float, row: int) -> QRectF:
        return QRectF(left, self._middle(row) - rows * cell / 2, columns * cell, rows * cell)

    def _inputs(self) -> None:
        done, layout, step = self.trace, self.layout, self.step
        height, width = done.geometry.padded_hw
        unread = done.unread if done.unread.any() else None
        for channel in range(len(done.x)):
            plate = Plate(
                f"{parts.INPUT}{channel}", done.padded[channel], parts.input_colors(done.padded[channel], self.resolved),
                title=parts.channel_title(self.resolved, channel), title_color=parts.channel_color(self.resolved, channel),
                faint=done.is_padding, crossed=unread, editable=True,
            )  # fmt: skip
            plate.rect = self._centred(height, width, layout.input_cell, layout.input_left, channel)
            if channel in step.channels:
                plate.marks = (Mark.grid(MarkRole.WINDOW, step.rows, step.cols),)
            self.result.plates.append(plate)
            self.result.below.append(parts.titled(plate))
        shape = (*done.x.shape[1:], done.x.shape[0])
        padded = (
            ""
            if done.geometry.padded_hw == done.x.shape[1:]
            else f"{'spread and ' if done.spec.transposed else ''}padded to {parts.by(done.geometry.padded_hw)}"
        )
        detail = padded or ("pixels 0 to 255" if self.resolved.pixels else "no padding")
        head_width = layout.kernel_left - layout.input_left - space.m
        self.result.below += parts.head(
            layout.input_left, self.layout.head, head_width, f"Input {parts.by(shape)}", detail
        )
        low, high = parts.input_range(self.resolved)
        self.result.below.append(
            parts.key(
                layout.input_left,
                layout.head,
                head_width - space.l,
                parts.input_anchors(self.resolved),
                low,
                high,
            )
        )

    def _arithmetic(self) -> None:
        layout, step, done = self.layout, self.step, self.trace
        k_rows, k_columns = done.geometry.kernel_hw
        span = k_columns * layout.kernel_cell
        lefts = [layout.kernel_left + index * (span + SYMBOL) for index in range(3)]
        shown = step.patch * step.kernel if self.phase >= PRODUCTS else np.zeros_like(step.products)
        hidden = None if self.phase >= PRODUCTS else np.ones((k_rows, k_columns), dtype=np.bool_)
        product_limit = parts.limit_of(step.products)
        digits = max(number_texts(values.reshape(-1, k_columns))[1] for values in (step.patch, step.kernel, step.products))
        for index, channel in enumerate(step.channels):
            row = channel
            patch = Plate(
                f"{parts.PATCH}{channel}",
                step.patch[index],
                parts.input_colors(step.patch[index], self.resolved),
                title="Window",
            )
            kernel = Plate(
                f"{parts.KERNEL}{channel}", step.kernel[index], colormaps.weights(step.kernel[index], parts.kernel_limit(self.resolved)),
                title="Kernel", editable=True,
            )  # fmt: skip
            product = Plate(
                f"{parts.PRODUCT}{channel}", shown[index], colormaps.activations(shown[index], product_limit),
                title="Products", hidden=hidden,
            )  # fmt: skip
            for plate, left in zip((patch, kernel, product), lefts, strict=True):
                plate.digits = digits
                plate.rect = self._centred(k_rows, k_columns, layout.kernel_cell, left, row)
                self.result.plates.append(plate)
                self.result.below.append(parts.titled(plate, width=span + SYMBOL - 4))
            self._symbols(lefts, span, row, index)
            self._link_window(channel, patch)
        title = f"Filter {step.filter + 1} of {done.shape[0]}"
        bias = f"bias {number_text(step.bias, _decimals(step.bias))}"
        rotated = "kernel rotated by 180°" if done.spec.flip != done.spec.transposed else "kernel as stored"
        width = layout.output_left - layout.kernel_left - space.m
        self.result.below += parts.head(
            layout.kernel_left,
            layout.head,
            width,
            title,
            f"{parts.by((k_rows, k_columns, len(step.channels)))}, {bias}, {rotated}",
        )
        limit = parts.kernel_limit(self.resolved)
        self.result.below.append(
            parts.key(layout.kernel_left, layout.head, 3 * span, colormaps.weight_anchors(), -limit, limit)
        )

    def _symbols(self, lefts: list[float], span: float, row: int, index: int) -> None:
        middle = self._middle(row)
        for left, symbol in ((lefts[0], "×"), (lefts[1], "=")):
            area = QRectF(left + span, middle - 14, SYMBOL, 28)
            self.result.below.append(
                Words(area, symbol, role="muted", size="section", align=Qt.AlignmentFlag.AlignHCenter)
            )
        known = (
            "…"
            if self.phase < CHANNEL_SUMS
            else "?"
            if self.secrets.cell
            else _plain(float(self.step.channel_sums[index]))
        )
        if self.layout.sum_beside:
            area = QRectF(lefts[2] + span + space.s, middle - SUM_LINE / 2, SUM_WIDTH, SUM_LINE)
        else:
            below = middle + self.trace.geometry.kernel_hw[0] * self.layout.kernel_cell / 2
            wide = max(span, SUM_WIDTH)
            area = QRectF(lefts[2] + span / 2 - wide / 2, below + 2, wide, SUM_LINE)
        align = Qt.AlignmentFlag.AlignLeft if self.layout.sum_beside else Qt.AlignmentFlag.AlignHCenter
        self.result.below.append(
            Words(area, f"sum {known}", size="body", mono=True, bold=True, align=align, elide=False)
        )

    def _link_window(self, channel: int, patch: Plate) -> None:
        source = self.result.plate(f"{parts.INPUT}{channel}")
        if source is None or not source.marks:
            return
        mark = source.marks[0]
        box = source.cell_rect(mark.top, mark.left, mark.bottom, mark.right)
        self.result.above.append(
            Link(
                QPointF(box.right() + 2, box.center().y()),
                QPointF(patch.rect.left() - 3, patch.rect.center().y()),
                opacity=0.35,
            )
        )

    def _outputs(self) -> None:
        done, layout, step = self.trace, self.layout, self.step
        filters, height, width = done.shape
        grid = layout.output
        block = min(grid.height, self.size.height() - self.strip - layout.top)
        rows_total = layout.row_height * len(done.x)
        top = layout.top + max((rows_total - block) / 2, 0.0)
        for index in range(filters):
            row, column = divmod(index, grid.columns)
            left = layout.output_left + column * (width * grid.cell + space.m)
            plate = Plate(
                f"{parts.OUTPUT}{index}", done.output[index], parts.output_colors(done.output[index], self.resolved),
                title=f"Map {index + 1}" if filters > 1 else "Map", hidden=self._hidden(index), hidden_text="?" if self.secrets.cell else "",
            )  # fmt: skip
            plate.rect = parts.place(
                height, width, grid.cell, left, top + TITLE + row * (height * grid.cell + TITLE + space.m)
            )
            if index == step.filter:
                plate.marks = (Mark.cell(MarkRole.WINDOW, step.row, step.col),)
                self._link_output(plate)
            self.result.plates.append(plate)
            self.result.below.append(parts.titled(plate))
        shape = "? × ? × ?" if self.secrets.shape else parts.by((height, width, filters))
        kind = "convolution" if done.spec.flip else "cross-correlation"
        kind = f"transposed {kind}" if done.spec.transposed else kind
        head_width = max(self.size.width() - layout.output_left - space.l, 120.0)
        self.result.below += parts.head(layout.output_left, layout.head, head_width, f"Output {shape}", kind)
        limit = parts.output_limit(self.resolved)
        self.result.below.append(
            parts.key(
                layout.output_left,
                layout.head,
                head_width - space.l,
                colormaps.activation_anchors(),
                -limit,
                limit,
            )
        )

    def _hidden(self, index: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]] | None:
        """Cells of a map that the walk has not reached, and the one that is to be predicted."""
        _, height, width = self.trace.shape
        hidden = np.zeros((height, width), dtype=np.bool_)
        walked = self.resolved.state.step
        if self.resolved.state.fill:
            done_before = walked - index * height * width
            hidden.flat[max(done_before + 1, 0) :] = True
        if index == self.step.filter:
            pending = self.secrets.cell or self.phase < LAST_PHASE
            hidden[self.step.row, self.step.col] = pending
        return hidden if hidden.any() else None

    def _link_output(self, plate: Plate) -> None:
        if self.phase < TOTAL:
            return
        cell = plate.cell_rect(self.step.row, self.step.col)
        rows = self.step.channels
        y = (self._middle(rows[0]) + self._middle(rows[-1])) / 2
        span = 3 * self.trace.geometry.kernel_hw[1] * self.layout.kernel_cell
        start = QPointF(
            self.layout.kernel_left + span + 2 * SYMBOL + 4 + (SUM_WIDTH if self.layout.sum_beside else 0), y
        )
        self.result.above.append(Link(start, QPointF(cell.left() - 2, cell.center().y()), opacity=0.35))

    def _formula_strip(self) -> None:
        top = self.size.height() - self.strip
        area = QRectF(space.l, top, self.size.width() - 2 * space.l, self.strip - space.m)
        self.result.below.append(Card(area))
        for index, (name, text, color) in enumerate(self.lines):
            y = top + space.m - 2 + index * LINE
            self.result.below.append(
                Words(QRectF(area.left() + space.m, y, 96, LINE), name, role="muted", color=color)
            )
            last = index == len(self.lines) - 1
            self.result.below.append(
                Words(
                    QRectF(area.left() + 112, y, area.width() - 124, LINE),
                    text,
                    size="body",
                    mono=True,
                    bold=last,
                )
            )


def formula_lines(
    resolved: Resolved, width: float, secrets: Secrets = Secrets()
) -> list[tuple[str, str, QColor | None]]:
    """The arithmetic of the step as lines (name, numbers filled in, colour of the name), as many terms as the width holds."""
    step, phase = resolved.step, resolved.phase
    metrics = QFontMetricsF(theme.font("body", mono=True))
    characters = max(int((width - 130) / metrics.horizontalAdvance("0")), 24)
    lines: list[tuple[str, str, QColor | None]] = []
    for index, channel in enumerate(step.channels):
        text = _products_text(step, index, characters, phase, secrets.cell)
        color = parts.channel_color(resolved, channel)
        lines.append(
            (parts.channel_title(resolved, channel), text, color if isinstance(color, QColor) else None)
        )
    if phase < TOTAL:
        lines.append(("Output", "…", None))
        return lines
    sums = " + ".join("?" if secrets.cell else _wrapped(float(value)) for value in step.channel_sums)
    result = "?" if secrets.cell else _plain(step.pre)
    lines.append(("Sum + bias", f"{sums} + {_wrapped(step.bias)} = {result}", None))
    if resolved.trace.spec.activation == "relu" and phase >= LAST_PHASE:
        known = "max(0, ?) = ?" if secrets.cell else f"max(0, {_plain(step.pre)}) = {_plain(step.value)}"
        lines.append(("ReLU", known, None))
    return lines


def _products_text(step: Step, index: int, characters: int, phase: int, secret: bool) -> str:
    taps = list(zip(step.patch[index].flat, step.kernel[index].flat, strict=True))
    pairs = [f"{_wrapped(float(a))}·{_wrapped(float(b))}" for a, b in taps if b != 0] or ["0"]
    tail = (
        " = ?"
        if secret
        else f" = {_plain(float(step.channel_sums[index]))}"
        if phase >= CHANNEL_SUMS
        else " = …"
    )
    shown: list[str] = []
    length = len(tail) + 14
    for pair in pairs:
        length += len(pair) + 3
        if length > characters:
            shown.append(f"… {len(pairs) - len(shown)} more")
            break
        shown.append(pair)
    return " + ".join(shown) + tail


def _plain(value: float) -> str:
    return number(value).replace("-", "−")


def _wrapped(value: float) -> str:
    return f"(−{_plain(-value)})" if value < 0 else _plain(value)


def _decimals(value: float) -> int:
    return 0 if value == round(value) else 2


def describe(resolved: Resolved, secrets: Secrets = Secrets()) -> str:
    """The step in one sentence, for screen readers."""
    step = resolved.step
    value = "to be predicted" if secrets.cell else _plain(step.value)
    return (
        f"Step {step.index + 1} of {len(resolved.trace)}: filter {step.filter + 1}, output row {step.row}, column {step.col}; "
        f"window rows {step.rows[0]} to {step.rows[-1]}, columns {step.cols[0]} to {step.cols[-1]} of the padded input; value {value}."
    )


__all__ = ["Secrets", "describe", "formula_lines", "steps_scene"]
