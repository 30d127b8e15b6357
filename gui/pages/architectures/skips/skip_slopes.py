"""The derivatives of a residual block: without its skip connection, and with it as a sum of two ways."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from gui.pages.architectures.skips.skip_items import Tex, between
from gui.pages.architectures.skips.skip_numbers import BlockNumbers
from gui.pages.architectures.skips.skip_plates import SLOPE, plate_of, shape_of
from gui.pages.architectures.skips.skip_state import SkipState
from gui.theme import space, theme
from gui.widgets.scene import Scene, Words

MARGIN: Final = 16.0
LEAST_CELL, MOST_CELL = 17.0, 64.0
_WAY: Final = r"W^{[l+2]} D_1\, W^{[l+1]}"
_PARTS: Final = (
    ("plain_slope", "", rf"D_2^\prime\, {_WAY}", "without the skip"),
    ("through", "apart", rf"D_2\, {_WAY}", "through both layers"),
    ("added", "+", "D_2", "what the skip adds"),
    ("slope", "=", r"\partial a^{[l+2]}\,/\,\partial a^{[l]}", "with the skip"),
)
_GAPS: Final = {"": 0.0, "apart": 48.0, "+": 26.0, "=": 26.0}


def add_slopes(scene: Scene, state: SkipState, numbers: BlockNumbers, head: float) -> None:
    """Four matrices side by side: the plain block's derivative, then the two ways and their sum."""
    line = QFontMetricsF(theme.font("small", bold=True)).height()
    chrome = 2 * line + 2 * space.s + MARGIN
    width, room = scene.size.width() - 2 * MARGIN, scene.size.height() - head - chrome
    shapes = [shape_of(numbers, key) for key, *_ in _PARTS]
    rows, columns = shapes[0][0], sum(shape[1] for shape in shapes)
    cell = min((width - sum(_GAPS.values())) / columns, room / rows)
    cell = float(int(min(max(cell, LEAST_CELL), MOST_CELL)))
    x = max((scene.size.width() - columns * cell - sum(_GAPS.values())) / 2, MARGIN)
    top = head + 2 * line + 2 * space.s + max(room - rows * cell, 0.0) / 3
    before: QRectF | None = None
    for key, sign, tex, title in _PARTS:
        x += _GAPS[sign]
        plate = plate_of(state, numbers, key, SLOPE, cell, x, top)
        if before is not None and sign in ("+", "="):
            scene.below += between(sign, before, plate.rect, known=True)
        if key == "added" and state.projection:
            tex = r"D_2\, W_s"
        at = QPointF(plate.rect.center().x(), top - space.s)
        scene.above.append(Tex(at, tex, "body", "text", True))
        area = QRectF(x - _GAPS["+"] / 2, top - 2 * line - 2 * space.s, 4 * cell + _GAPS["+"], line)
        scene.above.append(Words(area, title, bold=True, align=Qt.AlignmentFlag.AlignHCenter))
        scene.plates.append(plate)
        before = plate.rect
        x += plate.rect.width()
