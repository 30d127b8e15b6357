"""The values of the look: spacing, type, colours. No other module names a colour, a size or a duration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtGui import QColor

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
STALE_OPACITY: Final = 0.45
"""Of a picture or a plot that belongs to the question before, until the new answer is there."""
SIDEBAR_WIDTH: Final = 192
SIDEBAR_RAIL: Final = 56
PANEL_WIDTH: Final = 296
INSPECTOR_WIDTH: Final = 280
FOCUS_RING: Final = 2
FOCUS_OFFSET: Final = 1


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
    return QColor(_readable_on(background.rgb()))


@lru_cache(maxsize=4096)
def _readable_on(background: int) -> str:
    """The same for 0xAARRGGBB; grids ask it for every cell that they paint."""
    color, black, white = QColor(background), QColor(0, 0, 0), QColor(255, 255, 255)
    return (black if contrast(black, color) > contrast(white, color) else white).name()


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


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

    @property
    def hover(self) -> QColor:
        """The ground of a control under the mouse."""
        return mix(self.raised, self.text, 0.07)

    @property
    def pressed(self) -> QColor:
        """The ground of a control that is being pressed."""
        return mix(self.raised, self.text, 0.14)

    @property
    def selected(self) -> QColor:
        """The ground of what is chosen; its text is `accent_text`, its edge 1 px of `accent`."""
        return mix(self.surface, self.accent, 0.16)

    @property
    def accent_text(self) -> QColor:
        """The accent, strong enough for text on `selected`."""
        return mix(self.accent, self.text, 0.25)

    @property
    def faded(self) -> QColor:
        """Text and signs of what is disabled."""
        return mix(self.muted, self.window, 0.4)

    @property
    def field(self) -> QColor:
        """The ground of what is typed into: the window shines through in the dark, paper in the light."""
        return self.window if self.window.lightnessF() < 0.5 else self.surface

    @property
    def handle(self) -> QColor:
        """The handle of a scroll bar."""
        return mix(self.line, self.text, 0.2)


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
    (68, 1, 84), (71, 24, 106), (70, 47, 124), (63, 71, 136), (55, 91, 141), (46, 110, 142), (39, 127, 142),
    (33, 145, 140), (32, 163, 134), (53, 183, 121), (93, 201, 99), (146, 215, 65), (202, 225, 31), (253, 231, 37),
)  # fmt: skip
# A wheel for angles: OKLCH (Ottosson, 2020) with lightness 0.75 and chroma 0.125, one hue every 30 degrees from 29 on.
CYCLIC: Final[tuple[RGB, ...]] = (
    (243, 142, 128), (232, 153, 88), (206, 169, 69), (165, 185, 88), (113, 196, 130), (53, 199, 175), (30, 195, 216),
    (88, 184, 244), (142, 170, 253), (185, 156, 242), (217, 144, 213), (237, 139, 172), (243, 142, 128),
)  # fmt: skip
PROBABILITY_LIGHT: Final[tuple[RGB, ...]] = ((240, 244, 250), (31, 111, 214))
PROBABILITY_DARK: Final[tuple[RGB, ...]] = ((30, 33, 40), (108, 182, 255))
GREY: Final[tuple[RGB, ...]] = ((0, 0, 0), (255, 255, 255))
# Twenty classes, after Paul Tol's and Okabe-Ito's colour-blind safe sets; labels are always written too.
CLASS_COLORS: Final[tuple[RGB, ...]] = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (213, 94, 0), (204, 121, 167), (86, 180, 233), (240, 228, 66),
    (136, 34, 85), (68, 170, 153), (153, 153, 51), (51, 34, 136), (221, 204, 119), (170, 68, 153), (17, 119, 51),
    (136, 204, 238), (204, 102, 119), (102, 153, 204), (153, 68, 85), (238, 153, 170), (187, 187, 187),
)  # fmt: skip
# One hue a colour channel, for the names of input channels only (R, G, B, fourth).
CHANNEL_COLORS_LIGHT: Final[tuple[RGB, ...]] = ((196, 54, 43), (30, 142, 80), (31, 111, 214), (94, 104, 120))
CHANNEL_COLORS_DARK: Final[tuple[RGB, ...]] = (
    (242, 125, 114),
    (92, 201, 138),
    (108, 182, 255),
    (154, 163, 178),
)
# Kinds of layers, by their place among the class colours; the kind is always written or drawn too.
KIND_CLASSES: Final[dict[str, int]] = {
    "input": 5, "conv": 0, "pool": 3, "activation": 2, "norm": 9, "linear": 12, "join": 1, "reshape": 16,
    "attention": 7, "group": 10, "other": 19,
}  # fmt: skip
KIND_CONTRAST: Final = 3.0


@lru_cache(maxsize=64)
def kind_color(kind: str, dark: bool) -> QColor:
    """The colour of a kind of layer (unknown ones are "other"), 3:1 or more against the surfaces of a theme."""
    color = QColor(*CLASS_COLORS[KIND_CLASSES.get(kind, KIND_CLASSES["other"])])
    colors = DARK if dark else LIGHT
    ground, towards = (colors.raised, QColor(255, 255, 255)) if dark else (colors.surface, QColor(0, 0, 0))
    while contrast(color, ground) < KIND_CONTRAST:
        color = mix(color, towards, 0.08)
    return color
