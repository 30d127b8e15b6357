"""Styles that are drawn instead of photographed, so that there is a painterly one on the first start. Free of torch.

Each is a function of its seed alone: the same picture on every computer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.images import Frame, publish
from engine.style.requests import DrawPattern

Floats = npt.NDArray[np.float32]
WIDTH, HEIGHT = 400, 320
STROKE: Final = 20
"""Half the length of a brush stroke, in pixels."""

_NIGHT: Final = (
    (14, 26, 74),
    (28, 62, 138),
    (70, 120, 184),
    (150, 188, 208),
    (236, 224, 150),
    (250, 190, 60),
)
_WINDOW: Final = (
    (178, 34, 52), (222, 122, 40), (242, 196, 76), (58, 124, 92), (38, 84, 150), (108, 60, 130), (232, 226, 210),
)  # fmt: skip
_INKS: Final = ((28, 30, 38), (168, 54, 44), (40, 92, 120))
_PAPER: Final = (244, 236, 218)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A drawn style: what the state calls it, and what people do."""

    name: str
    title: str


PATTERNS: Final[tuple[Pattern, ...]] = (
    Pattern("swirls", "Brush-stroke swirls"),
    Pattern("mosaic", "Stained glass"),
    Pattern("hatching", "Crosshatched inks"),
)


def respond(request: DrawPattern, _context: object) -> Frame:
    """Answer a DrawPattern. Raises UserError for a name that is none of PATTERNS."""
    return draw(request.name)


def draw(name: str, seed: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Frame:
    """A pattern of `size` (width, height). Raises UserError for a name that is none of PATTERNS."""
    found = next((pattern for pattern in PATTERNS if pattern.name == name), None)
    if found is None:
        known = ", ".join(pattern.name for pattern in PATTERNS)
        raise UserError(f"There is no drawn style named “{name}”.", f"There are: {known}.")
    values = _DRAWN[name](np.random.default_rng(seed), size[0], size[1])
    return Frame(publish(np.rint(values.clip(0, 255)).astype(np.uint8)), found.title)


def _swirls(draw: np.random.Generator, width: int, height: int) -> Floats:
    """Paint that was dragged along the stream lines of a few whirls (line integral convolution, Cabral 1993)."""
    x, y = _grid(width, height)
    flow, glow = _whirls(draw, x, y, max(width, height))
    tones = 0.42 * _clouds(draw, width, height, 5) + 0.75 * glow
    grain = 0.4 * _clouds(draw, width, height, width // 5) + 0.25 * draw.random((height, width), np.float32)
    bristles = _clouds(draw, width, height, width // 3)
    paint, relief = _dragged(
        np.stack([tones + 0.25 * _clouds(draw, width, height, 30) + grain, bristles]), flow
    )
    slope = np.gradient(relief, axis=0) + np.gradient(relief, axis=1)
    return np.asarray(_coloured(paint - 0.33, _NIGHT) + 190 * slope[..., None], np.float32)


def _whirls(draw: np.random.Generator, x: Floats, y: Floats, side: int) -> tuple[Floats, Floats]:
    """Unit vectors float32[2, H, W] of a wind with whirls in it, and how near float32[H, W] their middles are."""
    u, v = np.full_like(x, 0.8), 0.35 * np.sin(x / side * 7.0)
    glow = np.zeros_like(x)
    middles = (
        (0.2, 0.24, 0.13),
        (0.56, 0.42, 0.19),
        (0.85, 0.17, 0.11),
        (0.3, 0.66, 0.1),
        (0.86, 0.62, 0.12),
    )
    for across, down, reach in middles:
        shift = draw.uniform(-0.02, 0.02, 2)
        dx, dy = x - (across + shift[0]) * side, y - (down + shift[1]) * side
        near = np.exp(-(dx * dx + dy * dy) / (2 * (reach * side) ** 2))
        turn = 5.5 * near * (1 if across < 0.7 else -1) / (reach * side)
        u, v = u - turn * dy, v + turn * dx
        glow = np.maximum(glow, np.exp(-(dx * dx + dy * dy) / (2 * (0.32 * reach * side) ** 2)))
    length = np.hypot(u, v) + 1e-6
    return np.stack([u / length, v / length]), glow


def _dragged(values: Floats, flow: Floats) -> Floats:
    """The means of values float32[N, H, W] along the stream line through every pixel."""
    count, height, width = values.shape
    layers = values.reshape(count, -1)
    u, v = flow.reshape(2, -1)
    total = layers.copy()
    for way in (1.0, -1.0):
        x, y = (axis.ravel() for axis in _grid(width, height))
        place = np.arange(height * width)
        for _ in range(STROKE):
            x += way * u[place]
            y += way * v[place]
            # The picture goes on around its edges; a cast to integers rounds down what is not negative only.
            row = (y + (height + 0.5)).astype(np.int32) % height
            place = row * width + (x + (width + 0.5)).astype(np.int32) % width
            total += layers[:, place]
    return (total / np.float32(2 * STROKE + 1)).reshape(values.shape)


def _mosaic(draw: np.random.Generator, width: int, height: int) -> Floats:
    """Panes of coloured glass between strips of lead: the cells of points that are nearest (Voronoi)."""
    step = 34
    rows, columns = height // step + 3, width // step + 3
    places = (np.indices((rows, columns)).transpose(1, 2, 0) + draw.uniform(0.12, 0.88, (rows, columns, 2))).astype(
        np.float32
    )  # fmt: skip
    x, y = _grid(width, height)
    column, row = (x // step).astype(int) + 1, (y // step).astype(int) + 1
    distances, owners = [], []
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            place = places[row + down, column + across] * step - step
            distances.append(np.hypot(place[..., 0] - y, place[..., 1] - x))
            owners.append((row + down) * columns + column + across)
    near = np.stack(distances)
    order = np.argsort(near, axis=0)[:2]
    first, second = np.take_along_axis(near, order, 0)
    owner = np.take_along_axis(np.stack(owners), order[:1], 0)[0]
    colour = np.array(_WINDOW, np.float32)[draw.integers(0, len(_WINDOW), rows * columns)][owner]
    light = 0.78 + 0.3 * _clouds(draw, width, height, 60) + 0.25 * (1 - first / step)
    lead = np.clip((second - first) / 4.5, 0, 1)[..., None]
    return np.asarray(colour * light[..., None] * lead + 26 * (1 - lead), np.float32)


def _hatching(draw: np.random.Generator, width: int, height: int) -> Floats:
    """Three inks in parallel strokes of their own directions, denser where it is darker."""
    x, y = _grid(width, height)
    sheet = np.broadcast_to(np.array(_PAPER, np.float32), (height, width, 3)).copy()
    for number, (ink, angle) in enumerate(zip(_INKS, (0.5, 1.9, 2.75), strict=True)):
        dark = _clouds(draw, width, height, 3 + number)
        wobble = 2.6 * _clouds(draw, width, height, 12)
        along = (x * np.cos(angle) + y * np.sin(angle)) / 3.1 + wobble
        broken = _clouds(draw, width, height, 55)
        cover = np.clip(7 * (dark * 1.5 - 0.32 - 0.5 + 0.5 * np.sin(2 * along) - 0.35 * broken), 0, 1)
        sheet += cover[..., None] * 0.9 * (np.array(ink, np.float32) - sheet)
    return sheet


def _grid(width: int, height: int) -> tuple[Floats, Floats]:
    y, x = np.indices((height, width), dtype=np.float32)
    return x, y


def _clouds(draw: np.random.Generator, width: int, height: int, cells: int) -> Floats:
    """Smooth noise float32[H, W] in 0..1 with so many bumps across: random values, blended smoothly."""
    across, down = cells + 2, max(2, round(cells * height / width)) + 2
    values = draw.random((down, across), np.float32)
    columns = np.linspace(0, across - 1.001, width, dtype=np.float32)
    rows = np.linspace(0, down - 1.001, height, dtype=np.float32)
    left, top = columns.astype(int), rows.astype(int)
    s, t = columns - left, (rows - top)[:, None]
    s, t = s * s * (3 - 2 * s), t * t * (3 - 2 * t)
    upper = values[top][:, left] * (1 - s) + values[top][:, left + 1] * s
    lower = values[top + 1][:, left] * (1 - s) + values[top + 1][:, left + 1] * s
    return np.asarray(upper * (1 - t) + lower * t, np.float32)


def _coloured(values: Floats, anchors: tuple[tuple[int, int, int], ...]) -> Floats:
    """float32[H, W, 3]: 0 is the first of the colours, 1 the last."""
    places = np.linspace(0, 1, len(anchors))
    channels = [np.interp(values, places, [anchor[channel] for anchor in anchors]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


_DRAWN: Final[dict[str, Callable[[np.random.Generator, int, int], Floats]]] = {
    "swirls": _swirls,
    "mosaic": _mosaic,
    "hatching": _hatching,
}
