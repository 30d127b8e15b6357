"""Where the pictures of tiles go: pure geometry."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from gui.pages.edges.tile import FOOT
from gui.theme import space


def tile_places(
    room: QRectF, picture: tuple[int, int], count: int, head: float, columns: Sequence[int]
) -> list[QRectF]:
    """Where the pictures of tiles go: as large as they can be in one of the numbers of columns, all of one size."""
    best: tuple[float, int] = (0.0, 1)
    for across in columns:
        down = -(-count // across)
        wide = (room.width() - (across - 1) * space.l) / across / picture[0]
        tall = ((room.height() - (down - 1) * space.s) / down - head - FOOT) / picture[1]
        best = max(best, (min(wide, tall), across))
    scale, across = max(best[0], 0.01), best[1]
    width, height = picture[0] * scale, picture[1] * scale
    used_w, pitch = across * width + (across - 1) * space.l, head + height + FOOT + space.s
    left = room.left() + max((room.width() - used_w) / 2, 0.0)
    return [
        QRectF(
            left + (i % across) * (width + space.l), room.top() + (i // across) * pitch + head, width, height
        )
        for i in range(count)
    ]
