"""Where the patches and their projections lie: two blocks of three by three, rows in step. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from gui.theme import space, type_scale

SIDE: Final = 3
COUNT: Final = SIDE * SIDE
LARGE_FROM: Final = 900.0
HIGH_FROM: Final = 560.0
LOW_BELOW: Final = 520.0
"""Stages lower than this leave lines out, so that the patches get the room."""
LARGEST: Final = 260.0
LEAST: Final = 24.0
TITLE, DETAIL = 26.0, 20.0


@dataclass(frozen=True, slots=True)
class WallLayout:
    """`patches` and `projections`: the squares of the tiles, strongest first, row by row; `captions`: beneath the
    patches. `heads`: above the blocks; `title`: above everything. `large`: room for larger words; `low`: hardly any."""

    title: QRectF
    heads: tuple[QRectF, QRectF]
    patches: tuple[QRectF, ...]
    projections: tuple[QRectF, ...]
    captions: tuple[QRectF, ...]
    large: bool
    low: bool

    def at(self, point: QPointF) -> int | None:
        """The tile under a point, in either block, with its caption."""
        for place, (patch, projection, caption) in enumerate(
            zip(self.patches, self.projections, self.captions, strict=True)
        ):
            if patch.united(caption).contains(point) or projection.contains(point):
                return place
        return None


def wall_layout(width: float, height: float) -> WallLayout:
    """Lay out both blocks as large as they fit."""
    large, low = width >= LARGE_FROM and height >= HIGH_FROM, height < LOW_BELOW
    margin = float(space.l if width < LARGE_FROM else space.xl)
    gap, gutter = float(space.s), float(space.xl if width < LARGE_FROM else 2 * space.xl)
    line = float(round((type_scale.body if large else type_scale.small) * 1.4))
    caption = line * (1 if low else 2) + space.s
    title = TITLE + DETAIL + (space.xs if low else space.s)
    head = TITLE + (0 if low else DETAIL) + space.xs
    wide = (width - 2 * margin - gutter - 4 * gap) / (2 * SIDE)
    tall = (height - title - head - SIDE * caption - 2 * space.m - space.s) / SIDE
    side = float(int(max(min(wide, tall, LARGEST), LEAST)))
    block = SIDE * side + (SIDE - 1) * gap
    total = SIDE * (side + caption)
    top = space.m + float(int(max((height - 2 * space.m - title - head - total) * 0.25, 0.0)))
    left = float(int((width - 2 * block - gutter) / 2))
    lefts = (left, left + block + gutter)
    first = top + title + head

    def squares(origin: float) -> tuple[QRectF, ...]:
        return tuple(
            QRectF(origin + column * (side + gap), first + row * (side + caption), side, side)
            for row in range(SIDE)
            for column in range(SIDE)
        )

    patches = squares(lefts[0])
    return WallLayout(
        QRectF(left, top, 2 * block + gutter, title),
        (QRectF(lefts[0], top + title, block, head), QRectF(lefts[1], top + title, block, head)),
        patches,
        squares(lefts[1]),
        tuple(QRectF(p.left(), p.bottom(), p.width(), caption) for p in patches),
        large,
        low,
    )
