"""Which look is in force: colours, fonts and icons. Its values stand in `gui.tokens` and are passed on from here."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from gui import icons
from gui.style_sheet import palette, style_sheet
from gui.tokens import (
    ACTIVATIONS_DARK,
    ACTIVATIONS_LIGHT,
    CHANNEL_COLORS_DARK,
    CHANNEL_COLORS_LIGHT,
    CLASS_COLORS,
    CONTROL_HEIGHT,
    CYCLIC,
    DARK,
    FOCUS_OFFSET,
    FOCUS_RING,
    GREY,
    ICON_SIZE,
    INSPECTOR_WIDTH,
    LIGHT,
    PANEL_WIDTH,
    PROBABILITY_DARK,
    PROBABILITY_LIGHT,
    RGB,
    SIDEBAR_RAIL,
    SIDEBAR_WIDTH,
    STALE_OPACITY,
    VIRIDIS,
    WEIGHTS,
    WEIGHTS_DARK,
    Colors,
    Motion,
    Radius,
    Spacing,
    TypeScale,
    contrast,
    mix,
    motion,
    radius,
    readable_on,
    space,
    type_scale,
    with_alpha,
)

__all__ = [
    "ACTIVATIONS_DARK",
    "ACTIVATIONS_LIGHT",
    "CHANNEL_COLORS_DARK",
    "CHANNEL_COLORS_LIGHT",
    "CLASS_COLORS",
    "CONTROL_HEIGHT",
    "CYCLIC",
    "DARK",
    "FOCUS_OFFSET",
    "FOCUS_RING",
    "GREY",
    "ICON_SIZE",
    "INSPECTOR_WIDTH",
    "LIGHT",
    "PANEL_WIDTH",
    "PROBABILITY_DARK",
    "PROBABILITY_LIGHT",
    "RGB",
    "SIDEBAR_RAIL",
    "SIDEBAR_WIDTH",
    "STALE_OPACITY",
    "VIRIDIS",
    "WEIGHTS",
    "WEIGHTS_DARK",
    "Colors",
    "Motion",
    "Radius",
    "Scheme",
    "Spacing",
    "Theme",
    "TypeScale",
    "contrast",
    "mix",
    "motion",
    "radius",
    "readable_on",
    "space",
    "theme",
    "type_scale",
    "with_alpha",
]


class Scheme(StrEnum):
    """Which theme a person asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The one theme of the program: which colours, fonts and icons are in force."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._scheme = Scheme.SYSTEM
        self._dark = False
        self._reduced_motion: bool | None = None
        self._presenter = False

    @property
    def colors(self) -> Colors:
        return DARK if self._dark else LIGHT

    @property
    def dark(self) -> bool:
        return self._dark

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    @property
    def reduced_motion(self) -> bool:
        """True when transitions are to be skipped, because the person or the system says so."""
        return _system_reduced_motion() if self._reduced_motion is None else self._reduced_motion

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Skip transitions (True), play them (False) or do as the system does (None)."""
        self._reduced_motion = reduced

    def duration(self, milliseconds: int) -> int:
        """A duration of `motion`, or 0 where motion is reduced."""
        return 0 if self.reduced_motion else milliseconds

    def follow_system(self) -> None:
        """Keep in step with the desktop's own light or dark setting."""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    @Slot()
    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self.apply(Scheme.SYSTEM)

    def apply(self, scheme: Scheme) -> None:
        """Put a theme in force: palette, style sheet, icons; emits `changed`."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("Theme.apply needs a QApplication")
        self._scheme = scheme
        system_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        self._dark = scheme is Scheme.DARK or (scheme is Scheme.SYSTEM and system_dark)
        if app.style().objectName().lower() != "fusion":
            app.setStyle("Fusion")
        app.setFont(self.font("body"))
        app.setPalette(palette(self.colors))
        app.setStyleSheet(style_sheet(self.colors))
        self.changed.emit()

    def font(self, size: str = "body", *, mono: bool = False, bold: bool = False) -> QFont:
        """A font of the type scale; `mono` for numbers, so that columns stand still while they change."""
        kind = QFontDatabase.SystemFont.FixedFont if mono else QFontDatabase.SystemFont.GeneralFont
        font = QFontDatabase.systemFont(kind)
        font.setPixelSize(getattr(type_scale, size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        if mono:
            font.setStyleHint(QFont.StyleHint.Monospace)
        return font

    def icon(self, name: str, color: QColor | None = None) -> QIcon:
        """An icon of Material Design Icons ("play"), tinted from the palette and muted when disabled."""
        tint = color or self.colors.text
        return icons.icon(name, tint.name(), self.colors.line.name())

    def pixmap(self, name: str, size: int = ICON_SIZE, color: QColor | None = None) -> QPixmap:
        """An icon as a square picture."""
        return self.icon(name, color).pixmap(QSize(size, size))

    def class_color(self, kind: int) -> QColor:
        """The colour of a class of things, the same in both themes; twenty of them, then they begin again."""
        return QColor(*CLASS_COLORS[kind % len(CLASS_COLORS)])

    def channel_color(self, channel: int) -> QColor:
        """The colour of an input channel's name (red, green, blue, fourth)."""
        table = CHANNEL_COLORS_DARK if self._dark else CHANNEL_COLORS_LIGHT
        return QColor(*table[channel % len(table)])


@lru_cache(maxsize=1)
def _system_reduced_motion() -> bool:
    """Whether the system asks for less motion; known on Windows only, elsewhere the settings decide."""
    if sys.platform != "win32":
        return False
    import ctypes

    enabled = ctypes.c_int(1)
    spi_get_client_area_animation = 0x1042
    ctypes.windll.user32.SystemParametersInfoW(spi_get_client_area_animation, 0, ctypes.byref(enabled), 0)
    return enabled.value == 0


theme: Final = Theme()
