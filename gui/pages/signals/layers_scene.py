"""Two layers with real values: 14 -> 10 x 16 -> 6 x 32; maps as rows of a signal, as slices of a volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.signals.layers import CHANNELS, FILTER_SIZE, Layers
from engine.foundations.signals.spec import Sizes
from engine.foundations.spec import FloatArray
from gui import colormaps
from gui.pages.signals import parts
from gui.pages.signals.resolve import Resolved, layer_of
from gui.pages.signals.state import SIDE
from gui.theme import space
from gui.widgets.curve_plate import CurvePlate, span_of
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene
from gui.widgets.stage_layout import HEAD, crisp, largest_cell, margin_of
from gui.widgets.stage_text import (
    Heads,
    head,
    head_width,
    kept_sentences,
    limit_of,
    place,
    plain,
    plural,
    sentences_height,
    sentences_strip,
)

MAP = "map/"
"""Keys: "map/<layer>" of a signal, "map/<layer>/<channel>" of a volume; layer 0 is the input."""
ACROSS = (1, 4, 4)
"""Maps side by side in each layer of a volume."""
GAP = 6.0
LEAST_INPUT, MOST_INPUT = 0.3, 0.6
"""The share of the stage's width that the input gets at least, and of its height at most."""
CURVE_SHARE, MOST_CURVE = 0.3, 160.0
LEGIBLE_CELL = 26.0


@dataclass(frozen=True, slots=True)
class Pointed:
    """A cell of a layer that was pointed at: layer, channel, place."""

    layer: int
    channel: int
    place: Sizes


def layers_scene(resolved: Resolved, pointed: Pointed | None, size: QSizeF) -> Scene:
    """Lay out the chain of layers for a stage of `size`. Raises ValueError in another view."""
    layers = resolved.layers
    if layers is None:
        raise ValueError("the layers are not on show")
    sentences = kept_sentences(_sentences(resolved, layers, pointed), size.width(), size.height())
    scene = Scene(size, description=sentences[0])
    strip = sentences_height(parts.steady(sentences), size.width(), size.height())
    dims = resolved.state.dims
    blocks = [_block(layers.maps[n], n, dims) for n in range(3)]
    heads = [_heads(layers, n, dims) for n in range(3)]
    bars = [parts.activation_key(limit_of(values)) for values in layers.maps]
    needs = [head_width(one, bar) for one, bar in zip(heads, bars, strict=True)]
    body = size.height() - HEAD - strip - 2 * space.s - space.m
    available = size.width() - 2 * margin_of(size.width()) - 2 * space.xl
    cap = largest_cell(size.width(), size.height())
    least = max(needs[0], available * LEAST_INPUT)
    cell = _cell(blocks[1:], needs[1:], available - least, body, cap)
    widths = [0.0, *(max(b.width(cell), n) for b, n in zip(blocks[1:], needs[1:], strict=True))]
    own = crisp(min((available - sum(widths)) / SIDE, cap, body * MOST_INPUT / blocks[0].rows))
    widths[0] = max(blocks[0].width(own), needs[0])
    gap = space.xl + max(available - sum(widths), 0.0) / 3
    left = (size.width() - sum(widths) - 2 * gap) / 2
    tallest = max(block.height(c) for block, c in zip(blocks, (own, cell, cell), strict=True))
    top = space.s + float(int(max(body - tallest, 0.0) * 0.3))
    for number, (block, wide) in enumerate(zip(blocks, widths, strict=True)):
        end = left + wide + (gap - space.m if number < 2 else 0)
        scene.below += head(left, top, end - left, heads[number], bars[number])
        area = QRectF(left, top + HEAD, wide, tallest)
        _plates(scene, resolved, layers, number, block, area, cell if number else own, pointed)
        left += wide + gap
    sentences_strip(scene, top + HEAD + tallest + space.m, sentences)
    return scene


@dataclass(frozen=True, slots=True)
class _Block:
    """Plates of one layer: how many side by side and beneath each other, and cells a side."""

    across: int
    down: int
    rows: int
    columns: int

    def width(self, cell: float) -> float:
        return self.across * self.columns * cell + (self.across - 1) * GAP

    def height(self, cell: float) -> float:
        return self.down * self.rows * cell + (self.down - 1) * GAP


def _block(values: FloatArray, layer: int, dims: int) -> _Block:
    if dims == 1:
        return _Block(1, 1, *values.shape)
    across = ACROSS[layer]
    return _Block(across, -(-len(values) // across), values.shape[2], values.shape[3])


def _cell(blocks: list[_Block], needs: list[float], available: float, body: float, cap: float) -> float:
    """The largest cell with which all blocks fit side by side, none narrower than its head."""
    low, high = 1.0, cap
    for _ in range(24):
        middle = (low + high) / 2
        wide = sum(max(block.width(middle), need) for block, need in zip(blocks, needs, strict=True))
        tall = max(block.height(middle) for block in blocks)
        low, high = (middle, high) if wide <= available and tall <= body else (low, middle)
    return crisp(low)


def _heads(layers: Layers, number: int, dims: int) -> Heads:
    values = layers.maps[number]
    side, power = values.shape[1], "³" if dims == 3 else ""
    shape = f"{side}{power} × {len(values)}"
    if number == 0:
        return ((f"Input {shape}", "scaled to ±1"), (shape, "scaled to ±1"))
    filters = f"{CHANNELS[number - 1]} filters {FILTER_SIZE}{power} × {len(layers.maps[number - 1])}"
    after = f"{filters}{', ReLU' if layers.relu else ''}"
    short = f"layer {number}, {CHANNELS[number - 1]} filters"
    return ((f"Layer {number}: {shape}", after), (f"Layer {number}: {shape}", filters), (shape, short))


def shown_slice(resolved: Resolved, layer: int) -> int:
    """The axial slice of a layer that is on show: the one of the walk, and the middle of what it reads before it."""
    walked, at = layer_of(resolved.state.layer_step)
    reach = FILTER_SIZE // 2
    if layer <= walked:
        return at + (walked - layer) * reach
    return min(max(at - reach, 0), SIDE - 2 * (FILTER_SIZE - 1) - 1)


def _plates(
    scene: Scene, resolved: Resolved, layers: Layers, number: int, block: _Block, area: QRectF, cell: float,
    pointed: Pointed | None,
) -> None:  # fmt: skip
    values, limit = layers.maps[number], limit_of(layers.maps[number])
    dims = resolved.state.dims
    walked, at = layer_of(resolved.state.layer_step)
    hidden_layer = resolved.state.fill and number > walked
    if dims == 1:
        hidden = np.zeros(values.shape, np.bool_)
        if resolved.state.fill and number == walked:
            hidden[:, at + 1 :] = True
        hidden |= hidden_layer
        plate = Plate(f"{MAP}{number}", values, colormaps.activations(values, limit), title=_title(number))
        plate.numbers = cell >= LEGIBLE_CELL
        curve = min(area.height() * CURVE_SHARE, MOST_CURVE) if number == 0 else 0.0
        plate.rect = place(values.shape[0], values.shape[1], cell, area.left(), area.top() + curve)
        plate.hidden = hidden if hidden.any() else None
        plate.marks = _marks(layers, number, None, pointed, (walked, at), dims)
        if number == 0:
            _input_curve(scene, plate, curve)
        scene.plates.append(plate)
        return
    depth = shown_slice(resolved, number)
    hidden_ = np.full(values.shape[2:], hidden_layer, np.bool_)
    for channel, volume in enumerate(values):
        row, column = divmod(channel, block.across)
        plane = np.ascontiguousarray(volume[depth])
        plate = Plate(
            f"{MAP}{number}/{channel}", plane, colormaps.activations(plane, limit),
            title=f"{_title(number)}, map {channel + 1}, slice z = {depth}", numbers=False, gaps=False,
            hidden=hidden_ if hidden_layer else None,
        )  # fmt: skip
        plate.rect = place(
            plane.shape[0], plane.shape[1], cell, area.left() + column * (block.columns * cell + GAP),
            area.top() + row * (block.rows * cell + GAP),
        )  # fmt: skip
        plate.marks = _marks(layers, number, channel, pointed, (walked, at), dims)
        scene.plates.append(plate)


def _input_curve(scene: Scene, plate: Plate, height: float) -> None:
    """The signal as a curve above its row of cells."""
    low, high = span_of(plate.values)
    key = f"{parts.CURVE}{plate.key}"
    line = CurvePlate(key, plate.values, title=plate.title, low=low, high=high, marks=plate.marks)
    line.rect = QRectF(plate.rect.left(), plate.rect.top() - height, plate.rect.width(), height - space.xs)
    scene.plates.append(line)


def _title(number: int) -> str:
    return "Input" if number == 0 else f"Layer {number}"


def _marks(
    layers: Layers,
    number: int,
    channel: int | None,
    pointed: Pointed | None,
    walk: tuple[int, int],
    dims: int,
) -> tuple[Mark, ...]:
    """The cell that is pointed at and what it reads; on a signal, without a pointer, the place of the walk."""
    if pointed is None:
        if dims == 3:
            return ()
        pointed = Pointed(walk[0], -1, (walk[1],))
    if number > pointed.layer:
        return ()
    if number == pointed.layer:
        return _own_mark(layers, pointed, channel)
    first, end = layers.reads(pointed.layer, pointed.place)[number]
    if channel is None:
        return (Mark(MarkRole.WINDOW, 0, first[0], len(layers.maps[number]), end[0]),)
    return (Mark(MarkRole.WINDOW, first[1], first[2], end[1], end[2]),)


def _own_mark(layers: Layers, pointed: Pointed, channel: int | None) -> tuple[Mark, ...]:
    if channel is None:
        column = pointed.place[0]
        if pointed.channel < 0:
            return (Mark(MarkRole.WINDOW, 0, column, len(layers.maps[pointed.layer]), column + 1),)
        return (Mark.cell(MarkRole.WINDOW, pointed.channel, column),)
    if channel != pointed.channel:
        return ()
    return (Mark.cell(MarkRole.WINDOW, pointed.place[1], pointed.place[2]),)


def cell_under(resolved: Resolved, key: str, row: int, column: int) -> Pointed:
    """Which cell of which layer a cell on the stage is."""
    layer, _, channel = key.removeprefix(parts.CURVE).removeprefix(MAP).partition("/")
    number = int(layer)
    if not channel:
        return Pointed(number, row, (column,))
    return Pointed(number, int(channel), (shown_slice(resolved, number), row, column))


def _sentences(resolved: Resolved, layers: Layers, pointed: Pointed | None) -> list[str]:
    parameters, macs = layers.parameters, layers.macs
    cost = (
        f"Parameters: {parameters[0]:,} and {parameters[1]:,}. Multiplications: {macs[0]:,} and {macs[1]:,}. "
        "The filters are random, as before training."
    )
    if pointed is None or pointed.layer == 0:
        layer, at = layer_of(resolved.state.layer_step)
        noun = "place" if resolved.state.dims == 1 else "slice"
        maps = len(layers.maps[layer])
        return [f"Layer {layer}, {noun} {at}: {maps} filters answer, one number a map.", cost]
    value = float(layers.maps[pointed.layer][(pointed.channel, *pointed.place)])
    first, end = layers.reads(pointed.layer, pointed.place)[0]
    side = end[0] - first[0]
    reads = plural(side, "sample") if resolved.state.dims == 1 else f"{side} × {side} × {side} voxels"
    return [
        f"Layer {pointed.layer}, map {pointed.channel + 1}: {plain(value)}. It goes back to {reads} of the input.",
        cost,
    ]
