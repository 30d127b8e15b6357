"""The drawing board: strokes of a mouse or a pen as plain values, and the picture they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from engine.images import Frame
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.paper import BOARD_SIDE, USUAL, Paper, Strokes, render
from gui.widgets.picture import to_pixels
from gui.widgets.source_state import INKS, MAX_POINTS, MAX_STROKES, count_points
from gui.widgets.wrapped import Wrapped

__all__ = ["BOARD_SIDE", "DrawingBoard", "Strokes", "render"]

PUBLISH_MILLISECONDS: Final = 33
LIMIT_UNDO: Final = 200
THINNEST, THICKEST = 1, 24  # percent of the board's side


class DrawingBoard(QWidget):
    """Paper with pen, eraser, thickness, undo, redo, clear; `[` `]` change the thickness, E takes the eraser.

    strokesChanged(strokes): a stroke is finished, undone, redone, or all are cleared; inkChanged(str): "dark"
    on white or "light" on black; frameReady(Frame): the picture, at most 30 times a second while a hand draws
    and once when the drawing is as strokesChanged said.
    """

    strokesChanged = Signal(object)
    inkChanged = Signal(str)
    frameReady = Signal(object)

    def __init__(self, parent: QWidget | None = None, side: int = BOARD_SIDE) -> None:
        super().__init__(parent)
        self._strokes: Strokes = ()
        self._ink = INKS[0]
        self._past: list[Strokes] = []
        self._future: list[Strokes] = []
        self._index = 0
        self._unsent = self._elsewhere = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(PUBLISH_MILLISECONDS)
        self._clock.timeout.connect(self._publish_unsent)
        self.paper = Paper(side, self)
        self.paper.began.connect(self._grew)
        self.paper.grew.connect(self._grew)
        self.paper.finished.connect(self._finished)
        self._icons: list[tuple[QToolButton, str]] = []
        self._build()
        self.setAccessibleName("Drawing board")
        theme.changed.connect(self._retint)
        self._retint()
        self._show_tools()

    def draw_elsewhere(self, sentence: str) -> None:
        """The paper is another widget's, which `sentence` names: only what concerns the whole drawing stays here."""
        self._elsewhere = True
        self.hint.say(sentence)
        self.hint.show()
        for part in (self.paper, self.eraser_button, self.thickness_line):
            part.hide()

    # --- what is drawn --------------------------------------------------------------------------------------

    @property
    def strokes(self) -> Strokes:
        """The finished strokes."""
        return self._strokes

    @property
    def ink(self) -> str:
        return self._ink

    @property
    def thickness(self) -> float:
        """Of the next stroke, as a share of the board's side."""
        return self.slider.value() / 100

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def frame(self) -> Frame:
        """The drawing as it is now; `index` counts the frames that were made."""
        self._index += 1
        return Frame(to_pixels(self.paper.picture()), "Drawing", index=self._index)

    def set_strokes(self, strokes: Strokes, ink: str = "dark") -> None:
        """Show a drawing without a signal. One that undo or redo would bring counts as that step."""
        ink = ink or INKS[0]
        if strokes != self._strokes:
            if self._past and self._past[-1] == strokes:
                self._future.append(self._strokes)
                self._past.pop()
            elif self._future and self._future[-1] == strokes:
                self._past.append(self._strokes)
                self._future.pop()
            else:
                self._remember()
        elif ink == self._ink and not self.paper.drawing:
            return
        self._strokes, self._ink = strokes, ink
        self.paper.show_strokes(strokes, ink)
        self._show_tools()

    @Slot()
    def undo(self) -> None:
        """Take the last stroke (or a clear) back."""
        if self._past and not self.paper.drawing:
            self._future.append(self._strokes)
            self._take(self._past.pop())

    @Slot()
    def redo(self) -> None:
        """Bring back what was undone last."""
        if self._future and not self.paper.drawing:
            self._past.append(self._strokes)
            self._take(self._future.pop())

    @Slot()
    def clear(self) -> None:
        """Take all strokes away; undo brings them back."""
        if self._strokes:
            self._remember()
            self._take(())

    def set_ink(self, ink: str) -> None:
        """Draw "dark" on white or "light" on black; the strokes stay."""
        if ink in INKS and ink != self._ink:
            self._ink = ink
            self.paper.show_strokes(self._strokes, ink)
            self._show_tools()
            self.inkChanged.emit(ink)
            self._publish()

    def _remember(self) -> None:
        self._past.append(self._strokes)
        del self._past[:-LIMIT_UNDO]
        self._future.clear()

    def _take(self, strokes: Strokes) -> None:
        self._strokes = strokes
        self.paper.show_strokes(strokes, self._ink)
        self._show_tools()
        self.strokesChanged.emit(strokes)
        self._publish()

    @Slot()
    def _grew(self) -> None:
        self._unsent = True
        if not self._clock.isActive():
            self._publish()

    @Slot()
    def _finished(self) -> None:
        stroke = self.paper.stroke()
        self._clock.stop()
        if stroke is None:
            return
        strokes = (*self._strokes, stroke)
        if len(strokes) > MAX_STROKES or count_points(strokes) > MAX_POINTS:
            strokes = self._strokes  # full: what a saved view could not hold is not drawn
        else:
            self._remember()
        self._take(strokes)

    @Slot()
    def _publish_unsent(self) -> None:
        if self._unsent:
            self._publish()

    def _publish(self) -> None:
        self._unsent = False
        self.frameReady.emit(self.frame())
        if self.paper.drawing:
            self._clock.start()

    # --- tools ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.eraser_button = self._button("eraser", "Eraser (E)", self._tool_changed, checkable=True)
        self.ink_button = self._button("invert-colors", "White on black", self._ink_toggled, checkable=True)
        self.undo_button = self._button("undo", "Undo the last stroke", self.undo)
        self.redo_button = self._button("redo", "Redo the stroke", self.redo)
        self.clear_button = self._button("trash-can-outline", "Clear the paper", self.clear)
        tools = QHBoxLayout()
        tools.setSpacing(space.xs)
        tools.addWidget(self.eraser_button)
        tools.addWidget(self.ink_button)
        tools.addStretch(1)
        for button in (self.undo_button, self.redo_button, self.clear_button):
            tools.addWidget(button)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(THINNEST, THICKEST)
        self.slider.setValue(round(USUAL * 100))
        self.slider.setAccessibleName("Thickness in percent of the paper's side")
        self.slider.setToolTip("Thickness: [ thinner, ] thicker")
        self.slider.valueChanged.connect(self._tool_changed)
        self._value = QLabel()
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label = QLabel("Thickness")
        label.setProperty("role", "muted")
        label.setBuddy(self.slider)
        self.thickness_line = QWidget()
        line = QHBoxLayout(self.thickness_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(space.s)
        line.addWidget(label)
        line.addWidget(self.slider, 1)
        line.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        self.hint = Wrapped()
        self.hint.hide()
        column.addWidget(self.paper)
        column.addWidget(self.hint)
        column.addLayout(tools)
        column.addWidget(self.thickness_line)

    def _button(
        self, icon: str, tip: str, action: Callable[[], None], *, checkable: bool = False
    ) -> QToolButton:
        button = QToolButton()
        button.setCheckable(checkable)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        button.clicked.connect(action)
        self._icons.append((button, icon))
        return button

    @Slot()
    def _tool_changed(self) -> None:
        self.paper.set_pen(self.thickness, self.eraser_button.isChecked())
        self._value.setText(f"{self.slider.value():2d} %")

    @Slot()
    def _ink_toggled(self) -> None:
        self.set_ink("light" if self.ink_button.isChecked() else "dark")

    def _show_tools(self) -> None:
        self.undo_button.setEnabled(self.can_undo)
        self.redo_button.setEnabled(self.can_redo)
        self.clear_button.setEnabled(bool(self._strokes))
        self.ink_button.setChecked(self._ink == "light")
        self._tool_changed()

    @Slot()
    def _retint(self) -> None:
        for button, icon in self._icons:
            button.setIcon(theme.icon(icon))
        self._value.setFont(theme.font("small", mono=True))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
        if self._elsewhere:
            super().keyPressEvent(event)
        elif event.key() in steps:
            self.slider.setValue(self.slider.value() + steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_E:
            self.eraser_button.toggle()
            self._tool_changed()
        else:
            super().keyPressEvent(event)
