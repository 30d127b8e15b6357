"""The status bar: device, its memory, what the engine does, progress with Cancel, and the page's own line."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from engine.jobs import DeviceInfo, EngineState, Progress
from gui.theme import space, theme

ENGINE_WORDS = {
    "starting": "starting",
    "loading torch": "loading PyTorch…",
    "idle": "ready",
    "busy": "computing…",
    "stopped": "stopped",
    "no torch": "without PyTorch",
}
GIB = 1024**3


class StatusBar(QStatusBar):
    """Shows what the bridge tells; asks to cancel."""

    cancelAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.device, self.engine, self.page, self.progress_text = (self._label() for _ in range(4))
        self.dot = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName("Progress")
        self.cancel = QToolButton()
        self.cancel.setText("Cancel")
        self.cancel.setProperty("flat", True)
        self.cancel.clicked.connect(self.cancelAsked)
        for widget in (self.dot, self.device, self.engine, self.bar, self.progress_text, self.cancel):
            self.addWidget(widget)
        self.addPermanentWidget(self.page)
        self.setContentsMargins(space.m, 0, space.m, 0)
        self.show_progress(None)
        self._state = EngineState("starting")
        theme.changed.connect(self._repaint)
        self._repaint()

    def _label(self) -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setContentsMargins(0, 0, space.m, 0)
        return label

    @Slot(object)
    def show_state(self, state: EngineState) -> None:
        """Show the engine's state and its device."""
        self._state = state
        self._repaint()

    @Slot()
    def _repaint(self) -> None:
        state, colors = self._state, theme.colors
        color = {
            "idle": colors.good,
            "busy": colors.accent,
            "no torch": colors.error,
            "stopped": colors.error,
        }.get(state.state, colors.warn)
        icon = {"idle": "check-circle", "busy": "progress-clock", "no torch": "alert-circle"}.get(
            state.state, "timer-sand"
        )
        self.dot.setPixmap(theme.pixmap(icon, 14, color))
        self.dot.setContentsMargins(space.s, 0, space.xs, 0)
        self.dot.setAccessibleName(f"Engine {ENGINE_WORDS[state.state]}")
        self.engine.setText(f"Engine {ENGINE_WORDS[state.state]}")
        self.engine.setToolTip(state.message or "What the computing thread does.")
        self.device.setText(device_text(state.device))
        self.device.setToolTip(device_tip(state.device))

    @Slot(object)
    def show_progress(self, progress: Progress | None) -> None:
        """Show how far a long job is, or hide the bar."""
        for widget in (self.bar, self.progress_text, self.cancel):
            widget.setVisible(progress is not None)
        if progress is None:
            return
        known = progress.total > 0
        self.bar.setRange(0, 1000 if known else 0)
        if known:
            self.bar.setValue(round(1000 * progress.done / progress.total))
        left = "" if progress.seconds_left is None else f" · {seconds_text(progress.seconds_left)} left"
        self.progress_text.setText(f"{progress.message}{left}")

    @Slot(str)
    def show_page(self, text: str) -> None:
        """The page's own line (fps, latency)."""
        self.page.setText(text)


def device_text(device: DeviceInfo | None) -> str:
    """ "CPU · 1.2 of 23.5 GiB"; a dash before the device is known."""
    if device is None:
        return "Device: not known yet"
    name = "CPU" if device.kind == "cpu" else device.name
    if device.memory_total is None or device.memory_used is None:
        return name
    return f"{name} · {device.memory_used / GIB:.1f} of {device.memory_total / GIB:.1f} GiB"


def device_tip(device: DeviceInfo | None) -> str:
    if device is None:
        return "Known once PyTorch is loaded."
    threads = f"{device.threads} computing thread{'s' if device.threads != 1 else ''}"
    return f"{device.name}\n{threads}, PyTorch {device.torch_version}"


def seconds_text(seconds: float) -> str:
    """ "8 s", "2 min", "1.5 h"."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
