"""The look in one file: spacing, type, colours, icons, style sheet. No other module names a colour, a size or a font."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances in device-independent pixels."""

    xs: int = 4
    s: int = 8
    m: int = 12
    l: int = 16  # noqa: E741 - the scale is xs, s, m, l, xl, xxl
    xl: int = 24
    xxl: int = 32


@dataclass(frozen=True, slots=True)
class Radius:
    """Corner radii in device-independent pixels."""

    control: int = 6
    card: int = 10
    cell: int = 2


@dataclass(frozen=True, slots=True)
class TypeScale:
    """Font sizes in device-independent pixels."""

    small: int = 12
    body: int = 13
    section: int = 15
    title: int = 20
    presenter: int = 28


@dataclass(frozen=True, slots=True)
class Motion:
    """Durations in milliseconds."""

    hover: int = 120
    depth: int = 240


space: Final = Spacing()
radius: Final = Radius()
type_scale: Final = TypeScale()
motion: Final = Motion()
ICON_SIZE: Final = 18
CONTROL_HEIGHT: Final = 30
SIDEBAR_WIDTH: Final = 192
SIDEBAR_RAIL: Final = 56
PANEL_WIDTH: Final = 296
INSPECTOR_WIDTH: Final = 280


class Scheme(StrEnum):
    """Which theme a person asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colors:
    """The palette of one theme; text on any of the surfaces has a contrast of at least 4.5:1."""

    window: QColor
    surface: QColor
    raised: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    on_accent: QColor
    good: QColor
    warn: QColor
    error: QColor
    overlay: QColor


def _colors(*names: str) -> Colors:
    values = [QColor(name) for name in names]
    return Colors(*values)


# window, surface, raised, line, text, muted, accent, on_accent, good, warn, error, overlay (#AARRGGBB)
DARK: Final = _colors(
    "#16181D", "#1E2128", "#262A33", "#343A46", "#E7EAF0", "#9AA3B2", "#6CB6FF", "#10131A",
    "#5CC98A", "#E5B567", "#F27D72", "#D916181D",
)  # fmt: skip
LIGHT: Final = _colors(
    "#F6F7F9", "#FFFFFF", "#FFFFFF", "#DDE1E7", "#1B1F27", "#5E6878", "#1F6FD6", "#FFFFFF",
    "#1E8E50", "#A66A00", "#C4362B", "#D9F6F7F9",
)  # fmt: skip

# Anchors of the data colour maps, lowest value first. Activations and weights never share a map.
ACTIVATIONS_LIGHT: Final[tuple[RGB, ...]] = (
    (33, 84, 166),
    (122, 168, 222),
    (250, 250, 250),
    (233, 136, 118),
    (178, 34, 34),
)
ACTIVATIONS_DARK: Final[tuple[RGB, ...]] = (
    (116, 184, 255),
    (44, 96, 168),
    (24, 27, 33),
    (166, 58, 50),
    (255, 128, 112),
)
WEIGHTS: Final[tuple[RGB, ...]] = (
    (140, 86, 24),
    (205, 160, 98),
    (245, 245, 245),
    (110, 188, 180),
    (0, 105, 98),
)
WEIGHTS_DARK: Final[tuple[RGB, ...]] = (
    (224, 160, 84),
    (134, 90, 40),
    (28, 30, 36),
    (26, 110, 104),
    (92, 205, 194),
)
VIRIDIS: Final[tuple[RGB, ...]] = (
    (68, 1, 84), (71, 24, 106), (70, 47, 124), (63, 71, 136), (55, 91, 141), (46, 110, 142), (39, 127, 142), (33, 145, 140),
    (32, 163, 134), (53, 183, 121), (93, 201, 99), (146, 215, 65), (202, 225, 31), (253, 231, 37),
)  # fmt: skip
PROBABILITY_LIGHT: Final[tuple[RGB, ...]] = ((240, 244, 250), (31, 111, 214))
PROBABILITY_DARK: Final[tuple[RGB, ...]] = ((30, 33, 40), (108, 182, 255))
GREY: Final[tuple[RGB, ...]] = ((0, 0, 0), (255, 255, 255))
# Twenty classes, after Paul Tol's and Okabe-Ito's colour-blind safe sets; labels are always written too.
CLASS_COLORS: Final[tuple[RGB, ...]] = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (213, 94, 0), (204, 121, 167), (86, 180, 233), (240, 228, 66), (136, 34, 85),
    (68, 170, 153), (153, 153, 51), (51, 34, 136), (221, 204, 119), (170, 68, 153), (17, 119, 51), (136, 204, 238), (204, 102, 119),
    (102, 153, 204), (153, 68, 85), (238, 153, 170), (187, 187, 187),
)  # fmt: skip
# One hue a colour channel, for the names of input channels only (R, G, B, fourth).
CHANNEL_COLORS_LIGHT: Final[tuple[RGB, ...]] = ((196, 54, 43), (30, 142, 80), (31, 111, 214), (94, 104, 120))
CHANNEL_COLORS_DARK: Final[tuple[RGB, ...]] = (
    (242, 125, 114),
    (92, 201, 138),
    (108, 182, 255),
    (154, 163, 178),
)


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
        app.setPalette(_palette(self.colors))
        app.setStyleSheet(_style_sheet(self.colors))
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
        """An icon of Material Design Icons ("play", "pause", ...), tinted from the palette and muted when disabled."""
        tint = color or self.colors.text
        return _icon(f"mdi6.{name}", tint.name(), self.colors.line.name())

    def pixmap(self, name: str, size: int = ICON_SIZE, color: QColor | None = None) -> QPixmap:
        """An icon as a square picture."""
        return self.icon(name, color).pixmap(QSize(size, size))

    def channel_color(self, channel: int) -> QColor:
        """The colour of an input channel's name (red, green, blue, fourth)."""
        table = CHANNEL_COLORS_DARK if self._dark else CHANNEL_COLORS_LIGHT
        return QColor(*table[channel % len(table)])


@lru_cache(maxsize=512)
def _icon(name: str, color: str, disabled: str) -> QIcon:
    import qtawesome  # late: its fonts cost 50 ms at the first icon

    icon: QIcon = qtawesome.icon(name, color=color, color_disabled=disabled)
    return icon


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


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two: `share` 0 is the first, 1 the second."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


def with_alpha(color: QColor, alpha: float) -> QColor:
    """The same colour with an opacity of 0..1."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


def readable_on(background: QColor) -> QColor:
    """Black or white, whichever contrasts more with a background (relative luminance, WCAG 2.1)."""
    return (
        QColor(0, 0, 0)
        if contrast(QColor(0, 0, 0), background) > contrast(QColor(255, 255, 255), background)
        else QColor(255, 255, 255)
    )


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def _palette(colors: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, color in (
        (role.Window, colors.window), (role.WindowText, colors.text), (role.Base, colors.surface),
        (role.AlternateBase, colors.raised), (role.Text, colors.text), (role.Button, colors.raised),
        (role.ButtonText, colors.text), (role.ToolTipBase, colors.raised), (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent), (role.HighlightedText, colors.on_accent), (role.Link, colors.accent),
        (role.PlaceholderText, colors.muted), (role.BrightText, colors.error), (role.Mid, colors.line),
        (role.Light, colors.raised), (role.Dark, colors.line), (role.Accent, colors.accent),
    ):  # fmt: skip
        palette.setColor(target, color)
    faded = mix(colors.muted, colors.window, 0.4)
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, faded)
    return palette


def _style_sheet(colors: Colors) -> str:
    tokens = {field.name: getattr(colors, field.name).name() for field in fields(colors)}
    tokens |= {f"space_{field.name}": f"{getattr(space, field.name)}px" for field in fields(space)}
    tokens |= {f"type_{field.name}": f"{getattr(type_scale, field.name)}px" for field in fields(type_scale)}
    tokens |= {
        "radius": f"{radius.control}px", "card": f"{radius.card}px", "control": f"{CONTROL_HEIGHT - 2}px",
        "hover": mix(colors.raised, colors.text, 0.07).name(), "pressed": mix(colors.raised, colors.text, 0.14).name(),
        "selected": mix(colors.surface, colors.accent, 0.16).name(), "faded": mix(colors.muted, colors.window, 0.4).name(),
        "field": (colors.window if colors is DARK else colors.surface).name(),
        "handle": mix(colors.line, colors.text, 0.2).name(),
    }  # fmt: skip
    return (
        _TEMPLATE.replace("{", "{{").replace("}", "}}").replace("<<", "{").replace(">>", "}").format(**tokens)
    )


_TEMPLATE = """
QToolTip { background: <<raised>>; color: <<text>>; border: 1px solid <<line>>; border-radius: 4px; padding: 4px 8px; font-size: <<type_small>>; }
QMainWindow, QDialog { background: <<window>>; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: <<muted>>; font-size: <<type_small>>; }
QLabel[role="caption"] { color: <<muted>>; font-size: <<type_small>>; }
QLabel[role="section"] { font-size: <<type_body>>; font-weight: 600; color: <<text>>; }
QLabel[role="title"] { font-size: <<type_title>>; font-weight: 600; }
QLabel[role="good"] { color: <<good>>; }
QLabel[role="error"] { color: <<error>>; font-size: <<type_small>>; }
QLabel[role="warn"] { color: <<warn>>; }
QWidget#surface, QFrame#surface { background: <<surface>>; }
QFrame#card { background: <<surface>>; border: 1px solid <<line>>; border-radius: <<card>>; }
QFrame#hairline { background: <<line>>; border: none; }
QPushButton, QToolButton { min-height: <<control>>; border: 1px solid <<line>>; border-radius: <<radius>>; padding: 0 <<space_m>>; background: <<raised>>; }
QToolButton { padding: 0 6px; }
QPushButton:hover, QToolButton:hover { background: <<hover>>; }
QPushButton:pressed, QToolButton:pressed { background: <<pressed>>; }
QPushButton:focus, QToolButton:focus { border-color: <<accent>>; }
QPushButton:disabled, QToolButton:disabled { color: <<faded>>; }
QPushButton[primary="true"] { background: <<accent>>; color: <<on_accent>>; border-color: <<accent>>; font-weight: 600; }
QToolButton[flat="true"], QPushButton[flat="true"] { border-color: transparent; background: transparent; }
QToolButton[flat="true"]:hover, QPushButton[flat="true"]:hover { background: <<hover>>; }
QToolButton[flat="true"]:focus, QPushButton[flat="true"]:focus { border-color: <<accent>>; }
QToolButton:checked, QPushButton:checked { background: <<selected>>; border-color: <<accent>>; color: <<text>>; }
QToolButton::menu-indicator { image: none; width: 0; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit { min-height: <<control>>; border: 1px solid <<line>>; border-radius: <<radius>>;
  padding: 0 <<space_s>>; background: <<field>>; selection-background-color: <<accent>>; selection-color: <<on_accent>>; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: <<accent>>; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: <<error>>; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: <<faded>>; background: <<window>>; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView { background: <<raised>>; border: 1px solid <<line>>; selection-background-color: <<selected>>; selection-color: <<text>>; outline: none; padding: 4px; }
QCheckBox { spacing: <<space_s>>; min-height: 24px; background: transparent; }
QSlider { min-height: 24px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: <<line>>; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: <<accent>>; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: <<accent>>; border: 2px solid <<surface>>; }
QSlider::handle:horizontal:focus { border-color: <<text>>; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: <<faded>>; }
QScrollArea, QScrollArea > QWidget > QWidget#panel { background: <<surface>>; border: none; }
QScrollBar:vertical { width: 10px; background: transparent; margin: 0; }
QScrollBar::handle:vertical { background: <<handle>>; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0; }
QScrollBar::handle:horizontal { background: <<handle>>; border-radius: 3px; min-width: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenuBar { background: <<surface>>; padding: 2px <<space_s>>; border-bottom: 1px solid <<line>>; }
QMenuBar::item { padding: 4px <<space_s>>; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: <<hover>>; }
QMenu { background: <<raised>>; border: 1px solid <<line>>; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: <<selected>>; }
QMenu::item:disabled { color: <<faded>>; }
QMenu::separator { height: 1px; background: <<line>>; margin: 4px 8px; }
QStatusBar { background: <<surface>>; border-top: 1px solid <<line>>; }
QStatusBar::item { border: none; }
QProgressBar { border: none; border-radius: 2px; background: <<line>>; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: <<accent>>; border-radius: 2px; }
QTableWidget, QTreeWidget, QListWidget { background: <<surface>>; border: 1px solid <<line>>; border-radius: <<radius>>; gridline-color: <<line>>; outline: none; }
QListWidget::item { padding: 4px <<space_s>>; border-radius: 4px; }
QListWidget::item:selected, QTableWidget::item:selected { background: <<selected>>; color: <<text>>; }
QHeaderView::section { background: <<surface>>; color: <<muted>>; border: none; border-bottom: 1px solid <<line>>; padding: 4px <<space_s>>; }
QSplitter::handle { background: <<line>>; }
QTabBar { background: transparent; }
"""
