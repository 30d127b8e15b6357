"""A volume step by step: the window cube in three planes, its products slice by slice, the output; and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from engine.foundations.spec import FloatArray
from gui import colormaps
from gui.pages.signals import parts
from gui.pages.signals.line_scene import back_sentences, describe
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.state import Place
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate, number_texts
from gui.widgets.scene import ColorBar, Link, Node, Scene, Words
from gui.widgets.stage_layout import HEAD, NARROW_STAGE, TITLE, crisp, largest_cell, margin_of
from gui.widgets.stage_text import (
    LOW_STAGE,
    Heads,
    head,
    head_width,
    kept_sentences,
    limit_of,
    place,
    plain,
    sentences_height,
    sentences_strip,
    text_width,
    titled,
)

SUM_LINE = 20.0
SYMBOL, NARROW_SYMBOL = 22.0, 14.0
GUTTER, NARROW_GUTTER = 56.0, 40.0
NODE = 10.0
AIR = 3.0


@dataclass(frozen=True, slots=True)
class CubeLayout:
    """Three columns: planes, slices of the arithmetic, planes. Cells' sides and edges in pixels."""

    cell: float
    kernel_cell: float
    lefts: tuple[float, float, float]
    ends: tuple[float, float, float]
    """Where the room of each column ends."""
    symbol: float
    head: float
    tops: tuple[float, float, float]
    """The upper edge of the cells of each plane."""
    slices: tuple[float, ...]
    """The upper edge of the cells of each slice of the arithmetic."""
    strip: float


def cube_layout(
    size: tuple[float, float],
    *,
    sides: tuple[int, int],
    kernel: int,
    across: int,
    heads: Sequence[float],
    strip: float,
) -> CubeLayout:
    """Lay out planes of `sides[0]` and of `sides[1]` cells, with `kernel` slices of `across` plates between."""
    width, height = size
    margin, narrow = margin_of(width), width < NARROW_STAGE + 60
    gutter, symbol = (NARROW_GUTTER, NARROW_SYMBOL) if narrow else (GUTTER, SYMBOL)
    body = height - HEAD - strip - 2 * space.s - space.m
    tall = (body - 3 * TITLE - 2 * space.s) / (3 * max(sides))
    available = width - 2 * margin - 2 * gutter
    least = across * kernel * 16.0 + (across - 1) * symbol
    wide = (available - max(least, heads[1])) / sum(sides)
    cell = crisp(min(tall, wide))
    columns = [max(sides[0] * cell, heads[0]), 0.0, max(sides[1] * cell, heads[2])]
    middle = available - columns[0] - columns[2]
    in_slice = (body - kernel * (TITLE + SUM_LINE + space.xs)) / (kernel * kernel)
    fits = (middle - (across - 1) * symbol) / (across * kernel)
    kernel_cell = crisp(max(min(fits, in_slice, largest_cell(width, height)), 1.0))
    columns[1] = max(across * kernel * kernel_cell + (across - 1) * symbol, heads[1])
    spare = max(available - sum(columns), 0.0)
    grown = gutter + spare / 3
    first = margin + spare / 6
    lefts = (first, first + columns[0] + grown, first + columns[0] + columns[1] + 2 * grown)
    pitch = TITLE + max(sides) * cell + space.s
    used = 3 * pitch - space.s
    top = space.s + float(int(max(body - used, 0.0) * 0.3))
    planes = tuple(float(int(top + HEAD + TITLE + n * pitch)) for n in range(3))
    step = min(used / kernel, TITLE + kernel * kernel_cell + SUM_LINE + space.xl)
    start = top + HEAD + (used - kernel * step) / 2
    slices = tuple(float(int(start + TITLE + n * step)) for n in range(kernel))
    return CubeLayout(
        cell, kernel_cell, (float(int(lefts[0])), float(int(lefts[1])), float(int(lefts[2]))),
        (lefts[1] - space.m, lefts[2] - space.m, width - margin), symbol, top,
        (planes[0], planes[1], planes[2]), slices, top + HEAD + used + space.m,
    )  # fmt: skip


def cube_scene(resolved: Resolved, window: tuple[float, float], size: QSizeF) -> Scene:
    """Lay out the step view, or the way back, of a volume; `window` is what the grey levels span."""
    return _Builder(resolved, window, size).scene()


class _Builder:
    def __init__(self, resolved: Resolved, window: tuple[float, float], size: QSizeF) -> None:
        self.resolved, self.window, self.size = resolved, window, size
        self.done, self.step, self.back = resolved.trace, resolved.step, resolved.back
        self.result = Scene(size, description=describe(resolved))
        self.kernel = self.done.layout.kernel[0]
        self.columns = self._back_columns() if self.back is not None else self._forward_columns()
        said = self._sentences()[:1] if size.height() < LOW_STAGE else self._sentences()
        self.sentences = kept_sentences(said, size.width(), size.height())
        strip = sentences_height(parts.steady(self.sentences), size.width(), size.height())
        needs = [head_width(heads, bar) for heads, bar in self.columns]
        first, last = self.done.layout.padded[0], self.done.layout.output[0]
        sides = (first, last) if self.back is None else (last, self.done.layout.sizes[0])
        self.layout = cube_layout(
            (size.width(), size.height()), sides=sides, kernel=self.kernel, across=3 if self.back is None else 2,
            heads=needs, strip=strip,
        )  # fmt: skip

    def scene(self) -> Scene:
        layout = self.layout
        for (heads, bar), left, end in zip(self.columns, layout.lefts, layout.ends, strict=True):
            self.result.below += head(left, layout.head, end - left, heads, bar)
        if self.back is None:
            self._forward()
        else:
            self._backward()
        sentences_strip(self.result, layout.strip, self.sentences)
        return self.result

    # --- heads ----------------------------------------------------------------------------------------------

    def _forward_columns(self) -> list[tuple[Heads, ColorBar | None]]:
        done, (n, *_), (m, *_) = self.done, self.done.layout.sizes, self.done.layout.output
        padded = f"padded to {done.layout.padded[0]}³" if done.spec.padding else "means of blocks of voxels"
        slides = f"stride {done.spec.stride}" + (
            f", dilation {done.spec.dilation}" if done.spec.dilation > 1 else ""
        )
        return [
            (((f"Input {n}³ × 1", padded), (f"{n}³ × 1", "")), parts.grey_key(self.window, "")),
            (
                ((f"Filter {self.kernel}³, slice by slice", slides), (f"Filter {self.kernel}³", slides)),
                parts.weight_key(done),
            ),
            (
                ((f"Output {m}³ × 1", f"bias {plain(self.step.bias)}"), (f"{m}³ × 1", "")),
                parts.activation_key(self.resolved.limit, beyond=True),
            ),
        ]

    def _back_columns(self) -> list[tuple[Heads, ColorBar | None]]:
        (n, *_), (m, *_) = self.done.layout.sizes, self.done.layout.output
        if self.back is None:
            return []
        what = "all weigh 1" if self.resolved.state.weighs == "ones" else "weigh what they are"
        value = f"times {plain(self.back.value)}"
        return [
            (
                ((f"Outputs {m}³ × 1", what), (f"{m}³ × 1", "")),
                parts.activation_key(limit_of(self.back.weighs)),
            ),
            (((f"Filter {self.kernel}³", value), ("Filter", value)), parts.weight_key(self.done)),
            (
                ((f"Back at the input {n}³", "sum so far"), (f"Back {n}³", "")),
                parts.activation_key(limit_of(self.back.whole)),
            ),
        ]

    def _sentences(self) -> list[str]:
        if self.back is not None:
            return back_sentences(self.resolved)
        step = self.step
        sums = [plain(float(v)) for v in step.slice_sums]
        terms = " + ".join(f"({text})" if text.startswith("−") else text for text in sums)
        bias = f" + bias {plain(step.bias)}" if step.bias else ""
        cell = ", ".join(map(str, step.place))
        return [
            f"Output (z, y, x) = ({cell}): {step.kernel.size} products, slice by slice {terms}{bias} = "
            f"{plain(step.value)}."
        ]

    # --- planes ---------------------------------------------------------------------------------------------

    def _planes(
        self, prefix: str, volume: FloatArray, at: Place, column: int, limit: float | None,
        window: Sequence[npt.NDArray[np.intp]] | None, hidden: npt.NDArray[np.bool_] | None = None,
        faint: npt.NDArray[np.bool_] | None = None,
    ) -> list[Plate]:  # fmt: skip
        """Axial, coronal and sagittal through a voxel, with the crosshair and the window or the cell on them."""
        made = []
        for index, name in enumerate(parts.PLANES):
            values = np.asarray(parts.plane(volume, index, at), np.float64)
            colors = (
                colormaps.grey(values, *self.window)
                if limit is None
                else colormaps.activations(values, limit)
            )
            plate = Plate(
                f"{prefix}{name}", np.ascontiguousarray(values), colors, title=parts.plane_title(index, at)
            )
            plate.numbers = plate.gaps = False
            plate.hidden = None if hidden is None else np.ascontiguousarray(parts.plane(hidden, index, at))
            plate.faint = None if faint is None else np.ascontiguousarray(parts.plane(faint, index, at))
            rows, columns = plate.shape
            plate.rect = place(
                rows, columns, self.layout.cell, self.layout.lefts[column], self.layout.tops[index]
            )
            plate.marks = _marks(index, at, plate.shape, window)
            room = max(plate.rect.width(), self.layout.ends[column] - self.layout.lefts[column])
            self.result.below.append(titled(plate, room))
            made.append(plate)
        self.result.plates += made
        return made

    def _forward(self) -> None:
        done, step = self.done, self.step
        pad = done.spec.padding
        faint = np.ones(done.layout.padded, np.bool_)
        inner = slice(pad, done.layout.padded[0] - pad)
        faint[inner, inner, inner] = False
        inputs = self._planes(
            parts.INPUT, done.padded[0], parts.centre_of(self.resolved), 0, None, step.taps,
            faint=faint if pad else None,
        )  # fmt: skip
        values = (step.patch[0], step.kernel[0], step.products[0])
        colors = (
            colormaps.grey(values[0], *self.window),
            colormaps.weights(values[1], parts.kernel_limit(done)),
            colormaps.activations(values[2], limit_of(values[2])),
        )
        names = ((parts.PATCH, "Window"), (parts.KERNEL, "Filter"), (parts.PRODUCT, "Products"))
        rows = self._slices(names, values, colors, "×=", step.taps[0])
        outputs = self._planes(
            parts.OUTPUT,
            done.output[0],
            parts.cell_of(self.resolved),
            2,
            self.resolved.limit,
            None,
            self._hidden(),
        )
        self._link(inputs[0], rows[len(rows) // 2][0])
        self._join(rows, outputs[0], [f"sum {plain(float(v))}" for v in step.slice_sums])

    def _backward(self) -> None:
        back, done, step = self.back, self.done, self.step
        if back is None:
            return
        weighs = self._planes(
            parts.OUTPUT, back.weighs[0], parts.cell_of(self.resolved), 0, limit_of(back.weighs), None
        )
        limit = limit_of(back.whole)
        values = (step.kernel[0], back.spread)
        colors = (
            colormaps.weights(values[0], parts.kernel_limit(done)),
            colormaps.activations(values[1], limit),
        )
        names = ((parts.KERNEL, "Filter"), (parts.SPREAD, "Added"))
        rows = self._slices(names, values, colors, "→", step.taps[0])
        pad, side = done.spec.padding, done.layout.sizes[0]
        inside = [t[(t >= pad) & (t < side + pad)] - pad for t in step.taps]
        z, y, x = (min(max(at - pad, 0), side - 1) for at in parts.centre_of(self.resolved))
        window = inside if all(t.size for t in inside) else None
        targets = self._planes(parts.BACK, back.so_far[0], (z, y, x), 2, limit, window)
        self._link(weighs[0], rows[len(rows) // 2][0])
        self._link(rows[len(rows) // 2][-1], targets[0])

    def _hidden(self) -> npt.NDArray[np.bool_] | None:
        """Output voxels that the walk has not reached."""
        state = self.resolved.state
        if not state.fill:
            return None
        hidden = np.zeros(self.done.layout.output, np.bool_)
        hidden.flat[max(state.cube.step, self.step.index) + 1 :] = True
        hidden.flat[min(state.cube.step, self.step.index) + 1 : self.step.index] = True
        return hidden

    # --- slices ---------------------------------------------------------------------------------------------

    def _slices(
        self, names: Sequence[tuple[str, str]], values: Sequence[FloatArray], colors: Sequence[npt.NDArray[np.uint8]],
        signs: str, depths: npt.NDArray[np.intp],
    ) -> list[list[Plate]]:  # fmt: skip
        """One row of plates for every slice of the kernel."""
        layout, rows = self.layout, []
        digits = max(number_texts(v.reshape(-1, self.kernel))[1] for v in values)
        for number in range(self.kernel):
            row = []
            for column, ((prefix, title), v, c) in enumerate(zip(names, values, colors, strict=True)):
                left = layout.lefts[1] + column * (self.kernel * layout.kernel_cell + layout.symbol)
                plate = Plate(
                    f"{prefix}{number}", np.ascontiguousarray(v[number]), c[number],
                    title=f"z = {int(depths[number])}" if column == 0 else title, digits=digits,
                    editable=prefix == parts.KERNEL,
                )  # fmt: skip
                plate.rect = place(self.kernel, self.kernel, layout.kernel_cell, left, layout.slices[number])
                room = plate.rect.width() + layout.symbol - 2
                if column == 0 or all(parts.fits(text, room) for text in (title, f"z = {int(depths[-1])}")):
                    self.result.below.append(titled(plate, room))
                row.append(plate)
            for first, sign in zip(row, signs, strict=False):
                gap = QRectF(first.rect.right(), first.rect.center().y() - 12, layout.symbol, 24)
                self.result.below.append(parts.centred_words(gap, sign, size="body"))
            self.result.plates += row
            rows.append(row)
        return rows

    def _link(self, source: Plate, target: Plate) -> None:
        """From the marked place of a plate to another plate."""
        mark = source.marks[-1] if source.marks else None
        area = source.rect if mark is None else source.cell_rect(mark.top, mark.left, mark.bottom, mark.right)
        end_mark = target.marks[-1] if target.marks else None
        end = target.rect if end_mark is None else target.cell_rect(
            end_mark.top, end_mark.left, end_mark.bottom, end_mark.right
        )  # fmt: skip
        start = QPointF(source.rect.right() + AIR, area.center().y())
        self.result.below.append(Link(start, QPointF(target.rect.left() - AIR, end.center().y())))

    def _join(self, rows: list[list[Plate]], output: Plate, sums: list[str]) -> None:
        """The sums of the slices meet in a knot, and that goes to the output."""
        middle = (rows[0][-1].rect.center().y() + rows[-1][-1].rect.center().y()) / 2
        right = rows[0][-1].rect.right()
        center = QPointF(right + (self.layout.lefts[2] - right) * 0.55, middle)
        for row, text in zip(rows, sums, strict=True):
            area = row[-1].rect
            width = text_width(text, "small", mono=True, bold=True) + 2
            box = QRectF(area.right() - width, area.bottom() + 1, width, SUM_LINE - 2)
            self.result.below.append(
                Words(box, text, mono=True, bold=True, elide=False, align=Qt.AlignmentFlag.AlignRight)
            )
            start = QPointF(area.right() + AIR, area.center().y())
            self.result.below.append(Link(start, center - QPointF(NODE, 0)))
        self.result.below.append(Node(center, "+", NODE))
        mark = output.marks[-1]
        cell = output.cell_rect(mark.top, mark.left, mark.bottom, mark.right)
        end = QPointF(output.rect.left() - AIR, cell.center().y())
        self.result.below.append(Link(center + QPointF(NODE, 0), end))


def _marks(
    index: int, at: Place, shape: tuple[int, int], window: Sequence[npt.NDArray[np.intp]] | None
) -> tuple[Mark, ...]:
    """The two other planes as dashed lines, and the window (or the voxel) last."""
    row, column = parts.spot(index, at)
    rows, columns = shape
    cross = (
        Mark(MarkRole.HOVER, row + 0.5, 0, row + 0.5, columns),
        Mark(MarkRole.HOVER, 0, column + 0.5, rows, column + 0.5),
    )
    if window is None:
        return (*cross, Mark.cell(MarkRole.WINDOW, row, column))
    axes = ((1, 2), (0, 2), (0, 1))[index]
    return (*cross, Mark.grid(MarkRole.WINDOW, window[axes[0]], window[axes[1]]))
