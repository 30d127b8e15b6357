"""Icons of Material Design Icons, drawn from the font and the charmap that qtawesome brings.

qtawesome itself (with qtpy) takes a tenth of a second to import, which the first window would have to wait for.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

FONT = "materialdesignicons6-webfont"
GLYPH_SHARE = 0.92
"""How much of an icon's square its glyph fills."""


class UnknownIcon(KeyError):
    """There is no icon of that name in the font."""


@cache
def _folder() -> Path:
    found = importlib.util.find_spec("qtawesome")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("qtawesome is not installed; it brings the icons")
    return Path(found.submodule_search_locations[0]) / "fonts"


@cache
def _charmap() -> dict[str, str]:
    """Names and code points in hexadecimal."""
    text = next(_folder().glob(f"{FONT}-charmap*.json")).read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def _family() -> str:
    """The icon font's family, registered with Qt at its first use."""
    file = next(path for path in _folder().glob(f"{FONT}*.ttf"))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    if not families:
        raise RuntimeError(f"Qt cannot read the icon font {file.name}")
    return families[0]


class _Glyph(QIconEngine):
    """Draws one character of the icon font, crisp at any size."""

    def __init__(self, character: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._character, self._color, self._disabled = character, color, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        font = QFont(_family())
        font.setPixelSize(max(round(min(rect.width(), rect.height()) * GLYPH_SHARE), 1))
        painter.save()
        painter.setFont(font)
        painter.setPen(self._disabled if mode == QIcon.Mode.Disabled else self._color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Glyph(self._character, self._color, self._disabled)


@lru_cache(maxsize=512)
def icon(name: str, color: str, disabled: str) -> QIcon:
    """An icon by its name in Material Design Icons ("play"), colours as "#rrggbb".

    Raises:
        UnknownIcon: the font has no such icon.
    """
    code = _charmap().get(name)
    if code is None:
        raise UnknownIcon(name)
    return QIcon(_Glyph(chr(int(code, 16)), QColor(color), QColor(disabled)))
