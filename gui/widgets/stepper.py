"""The one stepper: play, pause, step, back, scrub, speed. Every walk through a computation uses it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from gui.theme import ICON_SIZE, space, theme
from gui.widgets.choices import Combo

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
BASE_INTERVAL_MS = 800


class Stepper(QWidget):
    """Moves an index through 0..count-1 by hand or in time; owns the index's play state, not what it means."""

    indexChanged = Signal(int)
    playingChanged = Signal(bool)
    speedChanged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 1
        self._index = 0
        self._noun = "step"
        self._secret = False
        self._first_number = 1
        self._base_ms = BASE_INTERVAL_MS
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._first = self._button("skip-previous", "First step (Home)", self.go_first)
        self._back = self._button("step-backward", "One step back (Left)", self.step_back)
        self._play = self._button("play", "Play or pause (Space)", self.toggle)
        self._forward = self._button("step-forward", "One step forward (Right)", self.step_forward)
        self._last = self._button("skip-next", "Last step (End)", self.go_last)
        self._scrub = QSlider(Qt.Orientation.Horizontal)
        self._scrub.setAccessibleName("Step")
        self._scrub.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scrub.valueChanged.connect(self._scrubbed)
        self._label = QLabel()
        self._label.setFont(theme.font("body", mono=True))
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._speed = Combo()
        self._speed.setAccessibleName("Speed")
        self._speed.setToolTip("Speed (- and +)")
        for speed in SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.setCurrentIndex(SPEEDS.index(1.0))
        self._speed.currentIndexChanged.connect(self._speed_picked)
        self._build()
        theme.changed.connect(self._retint)
        self._retint()
        self.set_range(1, 0)

    def _button(self, icon: str, tip: str, action: object) -> QToolButton:
        button = QToolButton()
        button.setProperty("icon_name", icon)
        button.setProperty("flat", True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action)
        return button

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(space.m, space.s, space.m, space.s)
        row.setSpacing(space.xs)
        for button in (self._first, self._back, self._play, self._forward, self._last):
            row.addWidget(button)
        row.addSpacing(space.s)
        row.addWidget(self._scrub, 1)
        row.addSpacing(space.s)
        row.addWidget(self._label)
        row.addSpacing(space.s)
        row.addWidget(self._speed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def index(self) -> int:
        return self._index

    @property
    def count(self) -> int:
        return self._count

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        return float(self._speed.currentData())

    def set_range(
        self, count: int, index: int, noun: str = "step", *, secret_count: bool = False, first: int = 1
    ) -> None:
        """Show position `index` of `count` without emitting `indexChanged`; a secret count shows as a question mark.

        `first`: the number that position 0 is called by.
        """
        self._secret, self._first_number = secret_count, first
        self._count, self._noun = max(count, 1), noun
        self._index = min(max(index, 0), self._count - 1)
        with QSignalBlocker(self._scrub):
            self._scrub.setRange(0, self._count - 1)
            self._scrub.setPageStep(max(self._count // 10, 1))
            self._scrub.setValue(self._index)
        self._show()

    def set_pace(self, milliseconds: int = BASE_INTERVAL_MS) -> None:
        """How long a step takes at speed 1×: short for a motion that is to look smooth."""
        if milliseconds != self._base_ms:
            self._base_ms = milliseconds
            if self.playing:
                self._timer.start(self._interval())

    def set_speed(self, speed: float) -> None:
        """Choose the nearest of the speeds 0.25x to 8x."""
        nearest = min(SPEEDS, key=lambda candidate: abs(candidate - speed))
        self._speed.setCurrentIndex(SPEEDS.index(nearest))

    @Slot()
    def toggle(self) -> None:
        self.pause() if self.playing else self.play()

    @Slot()
    def play(self) -> None:
        """Run through the steps in time; at the end it starts again from the first."""
        if self._index >= self._count - 1:
            self._move(0)
        self._timer.start(self._interval())
        self._show()
        self.playingChanged.emit(True)

    @Slot()
    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self._show()
            self.playingChanged.emit(False)

    @Slot()
    def step_forward(self) -> None:
        self.pause()
        self._move(self._index + 1)

    @Slot()
    def step_back(self) -> None:
        self.pause()
        self._move(self._index - 1)

    @Slot()
    def go_first(self) -> None:
        self.pause()
        self._move(0)

    @Slot()
    def go_last(self) -> None:
        self.pause()
        self._move(self._count - 1)

    @Slot()
    def faster(self) -> None:
        self._speed.setCurrentIndex(min(self._speed.currentIndex() + 1, len(SPEEDS) - 1))

    @Slot()
    def slower(self) -> None:
        self._speed.setCurrentIndex(max(self._speed.currentIndex() - 1, 0))

    @Slot()
    def _tick(self) -> None:
        if self._index >= self._count - 1:
            self.pause()
        else:
            self._move(self._index + 1)

    @Slot(int)
    def _scrubbed(self, value: int) -> None:
        self.pause()
        self._move(value)

    @Slot(int)
    def _speed_picked(self, _index: int) -> None:
        if self.playing:
            self._timer.start(self._interval())
        self.speedChanged.emit(self.speed)

    def _interval(self) -> int:
        return int(self._base_ms / self.speed)

    def _move(self, index: int) -> None:
        index = min(max(index, 0), self._count - 1)
        if index == self._index:
            return
        self._index = index
        with QSignalBlocker(self._scrub):
            self._scrub.setValue(index)
        self._show()
        self.indexChanged.emit(index)

    def _show(self) -> None:
        last = self._count - 1 + self._first_number
        of = "?" if self._secret else str(last)
        self._label.setText(f"{self._noun} {self._index + self._first_number:>{len(str(last))}} of {of}")
        self._play.setIcon(theme.icon("pause" if self.playing else "play"))
        for button, usable in ((self._first, self._index > 0), (self._back, self._index > 0)):
            button.setEnabled(usable)
        for button in (self._forward, self._last):
            button.setEnabled(self._index < self._count - 1)
        self._play.setEnabled(self._count > 1)
        self._scrub.setEnabled(self._count > 1)

    @Slot()
    def _retint(self) -> None:
        for button in (self._first, self._back, self._play, self._forward, self._last):
            button.setIcon(theme.icon(str(button.property("icon_name"))))
            button.setIconSize(
                button.iconSize().scaled(ICON_SIZE, ICON_SIZE, Qt.AspectRatioMode.KeepAspectRatio)
            )
        self._label.setFont(theme.font("body", mono=True))
        self._show()
