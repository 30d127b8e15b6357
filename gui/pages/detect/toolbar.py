"""The line above the picture: what a hand does on the paper, and the switches that keys press, too."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui.pages.detect.state import TOOLS, DetectState
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.choices import Segmented
from gui.widgets.source_state import LIVE_KINDS

TOOL_OPTIONS: Final = (
    ("ink", "Ink", "Write on the paper (Alt+1)"),
    ("erase", "Eraser", "Take ink away (Alt+2)"),
    ("point", "Point", "Point at boxes, click cells (Alt+3)"),
)
BUTTONS: Final = (
    ("raw", "layers-outline", "Boxes before suppression (R)", True),
    ("cells", "grid", "The grid of cells; click one to look into it (G)", True),
    ("anchors", "vector-square", "Anchors (A)", True),
    ("tracks", "map-marker-path", "Numbers and trails of what moves (T)", True),
    ("plot", "chart-line", "Counts over time (C)", True),
    ("freeze", "snowflake", "Freeze the camera or the video (F)", True),
    ("record", "record-circle-outline", "Record what is on show as a video (V)", True),
)
CLEAR: Final = "Clear the paper (Delete)"
assert tuple(key for key, _, _ in TOOL_OPTIONS) == TOOLS


class ToolBar(QWidget):
    """toolPicked(str); pressed(str): the key of a button; clearAsked()."""

    toolPicked = Signal(str)
    pressed = Signal(str)
    clearAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools = Segmented(TOOL_OPTIONS)
        self.tools.setAccessibleName("Tool")
        self.clear = _button(CLEAR, checkable=False)
        self.clear.clicked.connect(self.clearAsked)
        self.time = QLabel()
        self.time.setAccessibleName("Length of the recording")
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.s)
        row.addWidget(self.tools)
        row.addWidget(self.clear)
        row.addStretch(1)
        for key, _icon, tip, checkable in BUTTONS:
            button = self.buttons[key] = _button(tip, checkable=checkable)
            button.clicked.connect(lambda _on=False, key=key: self.pressed.emit(key))
            row.addWidget(button)
        row.addWidget(self.time)
        self._recording = False
        self.tools.changed.connect(self.toolPicked)
        theme.changed.connect(self._retint)
        self.show_recording(None)
        self._retint()

    def show_state(self, state: DetectState, *, grids: bool) -> None:
        """Show what is set; `grids`: whether the detector has any."""
        self.tools.setVisible(state.drawing)
        self.clear.setVisible(state.drawing)
        self.clear.setEnabled(bool(state.source.strokes))
        self.tools.set_value(state.tool)
        checked = {
            "raw": state.raw, "cells": state.cells, "anchors": state.anchors, "tracks": state.tracks,
            "plot": state.plot, "freeze": state.source.frozen,
        }  # fmt: skip
        for key, on in checked.items():
            self.buttons[key].setChecked(on)
        for key in ("cells", "anchors"):
            self.buttons[key].setEnabled(grids)
        live = state.source.kind in LIVE_KINDS
        for key in ("freeze", "tracks"):
            self.buttons[key].setVisible(live)
        self.buttons["plot"].setVisible(live or state.drawing)

    def show_recording(self, seconds: float | None) -> None:
        """How long the film is by now; None where nothing is recorded."""
        recording = seconds is not None
        self.time.setVisible(recording)
        if seconds is not None:
            self.time.setText(f"{int(seconds) // 60}:{int(seconds) % 60:02d}")
        button = self.buttons["record"]
        button.setChecked(recording)
        tip = "Stop the recording (V)" if recording else "Record what is on show as a video (V)"
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        if recording != self._recording:
            self._recording = recording
            self._retint()

    @Slot()
    def _retint(self) -> None:
        for key, icon, _tip, _checkable in BUTTONS:
            self.buttons[key].setIcon(theme.icon(icon))
        if self._recording:
            self.buttons["record"].setIcon(theme.icon("stop-circle-outline", theme.colors.error))
        self.clear.setIcon(theme.icon("delete-outline"))
        self.time.setFont(theme.font("body", mono=True))


def _button(tip: str, *, checkable: bool) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setCheckable(checkable)
    button.setToolTip(tip)
    button.setAccessibleName(tip.split(" (")[0])
    return button
