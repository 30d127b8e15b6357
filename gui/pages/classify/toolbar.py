"""The tools for the picture: which one is in the hand, how it is set, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStackedWidget, QToolButton, QWidget

from gui.pages.classify.state import BOLDEST, THINNEST, TOOLS, ClassifyState
from gui.theme import CONTROL_HEIGHT, ICON_SIZE, space, theme
from gui.widgets.choices import Segmented
from gui.widgets.source_state import MAX_THICKNESS

TOOL_OPTIONS = (
    ("paint", "Paint over", "Paint over parts of the picture, or draw on the paper (Alt+1)"),
    ("crop", "Crop", "Cut a part out; drag a corner, a side, the frame, or a new one (Alt+2)"),
    ("turn", "Turn", "Turn the picture about its middle (Alt+3)"),
)
PAINT_OPTIONS = (
    ("grey", "Grey", "Paint in middle grey"),
    ("black", "Black", "Paint in black"),
    ("white", "White", "Paint in white"),
)
PEN_OPTIONS = (("ink", "Ink", "Draw"), ("erase", "Eraser", "Take ink away"))
PERMILLE = 1000
RESET, CLEAR = "Reset all edits (Delete)", "Clear the paper (Delete)"
SLIDER_WIDTH = 72
assert tuple(key for key, _, _ in TOOL_OPTIONS) == TOOLS


class ToolBar(QWidget):
    """toolPicked(str); paintPicked(str): grey, black, white; erasePicked(bool); sizeMoved(float): of brush or pen, as a
    share; angleMoved(float), angleDone(float); resetAsked(); wholeAsked(): no crop."""

    toolPicked = Signal(str)
    paintPicked = Signal(str)
    erasePicked = Signal(bool)
    sizeMoved = Signal(float)
    angleMoved = Signal(float)
    angleDone = Signal(float)
    wholeAsked = Signal()
    resetAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools = Segmented(TOOL_OPTIONS)
        self.tools.setAccessibleName("Tool")
        self.paints, self.pens = Segmented(PAINT_OPTIONS), Segmented(PEN_OPTIONS)
        self.size_slider = _slider("Size of the brush", round(THINNEST * PERMILLE), round(BOLDEST * PERMILLE))
        self.angle_slider = _slider("Angle in degrees", -180, 180)
        self.size_text, self.angle_text, self.crop_text = _number(), _number(), QLabel()
        self.crop_text.setProperty("role", "muted")
        self.whole = _button("image-outline", "The whole picture again")
        self.straight = _button("format-rotate-90", "Straight again")
        self.reset = _button("restore", RESET)
        self._icons = {self.whole: "image-outline", self.straight: "format-rotate-90", self.reset: "restore"}
        self._options = QStackedWidget()
        self._options.setFixedHeight(CONTROL_HEIGHT)
        for parts in (
            (self.paints, self.pens, self.size_slider, self.size_text),
            (self.crop_text, self.whole),
            (self.angle_slider, self.angle_text, self.straight),
        ):
            self._options.addWidget(_row(*parts))
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.m)
        row.addWidget(self.tools)
        row.addWidget(self._options, 1)
        row.addWidget(self.reset)
        self._connect()
        self._retint()

    def _connect(self) -> None:
        self.tools.changed.connect(self.toolPicked)
        self.paints.changed.connect(self.paintPicked)
        self.pens.changed.connect(self._pen_picked)
        self.size_slider.valueChanged.connect(self._size_moved)
        self.angle_slider.valueChanged.connect(self._angle_moved)
        self.angle_slider.sliderReleased.connect(self._angle_released)
        self.whole.clicked.connect(self.wholeAsked)
        self.straight.clicked.connect(self._straighten)
        self.reset.clicked.connect(self.resetAsked)
        theme.changed.connect(self._retint)

    def show_state(self, state: ClassifyState, angle: float, crop: str) -> None:
        """Show the tool and its settings; `angle` and `crop` (in words) are those under the hand."""
        self.tools.set_value(state.tool)
        self._options.setCurrentIndex(TOOLS.index(state.tool))
        drawing = state.drawing
        self.tools.button("paint").setText("Draw" if drawing else "Paint over")
        self.paints.setVisible(not drawing)
        self.pens.setVisible(drawing)
        self.paints.set_value(state.paint)
        self.pens.set_value("erase" if state.erase else "ink")
        size = state.pen if drawing else state.brush
        most = MAX_THICKNESS if drawing else BOLDEST
        self._set(self.size_slider, round(size * PERMILLE), round(most * PERMILLE))
        self.size_text.setText(f"{size * 100:.0f} %")
        self._set(self.angle_slider, round(angle), 180)
        self.angle_text.setText(f"{angle:+.0f}°".replace("-", "−") if angle else "0°")
        self.crop_text.setText(crop)
        self.whole.setEnabled(state.crop is not None)
        self.straight.setEnabled(state.angle != 0)
        clears = drawing and not state.edited
        self.reset.setEnabled(state.edited or (clears and bool(state.source.strokes)))
        tip = CLEAR if clears else RESET
        self.reset.setToolTip(tip)
        self.reset.setAccessibleName(tip.split(" (")[0])

    def _set(self, slider: QSlider, value: int, most: int) -> None:
        if slider.isSliderDown():
            return  # the hand knows better
        blocked = slider.blockSignals(True)
        slider.setMaximum(most)
        slider.setValue(value)
        slider.blockSignals(blocked)

    @Slot(str)
    def _pen_picked(self, key: str) -> None:
        self.erasePicked.emit(key == "erase")

    @Slot(int)
    def _size_moved(self, value: int) -> None:
        self.sizeMoved.emit(value / PERMILLE)

    @Slot(int)
    def _angle_moved(self, value: int) -> None:
        if self.angle_slider.isSliderDown():
            self.angleMoved.emit(float(value))
        else:
            self.angleDone.emit(float(value))

    @Slot()
    def _angle_released(self) -> None:
        self.angleDone.emit(float(self.angle_slider.value()))

    @Slot()
    def _straighten(self) -> None:
        self.angleDone.emit(0.0)

    @Slot()
    def _retint(self) -> None:
        for button, icon in self._icons.items():
            button.setIcon(theme.icon(icon))
        for label in (self.size_text, self.angle_text):
            label.setFont(theme.font("small", mono=True))


def _slider(name: str, least: int, most: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, most)
    slider.setMinimumWidth(SLIDER_WIDTH)
    slider.setAccessibleName(name)
    slider.setToolTip(name)
    return slider


def _number() -> QLabel:
    label = QLabel()
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setFont(theme.font("small", mono=True))
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("−180°") + space.xs)
    return label


def _button(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setIcon(theme.icon(icon))
    button.setToolTip(tip)
    button.setAccessibleName(tip.split(" (")[0])
    return button


def _row(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(space.s)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return holder
