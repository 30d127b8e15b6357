"""How late a 16 ms timer of the window's thread fires: idle, while torch is imported, while the engine works."""

from __future__ import annotations

import statistics
from itertools import chain
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, run_for, spin, wait
from engine.foundations.convolution import ConvSpec
from engine.foundations.requests import WholeImage
from engine.runner import Engine
from engine.sources import load_sample
from gui.bridge import Bridge

INTERVAL_MS = 16
P99_MS, MAX_MS = 5.0, 16.0


def measure(quick: bool = False) -> list[Row]:
    """Rows "timer/..."; the import of torch is only in it when this process has not imported it before."""
    app = application()
    bridge = Bridge(Engine)
    seconds, rounds = (0.3, 2) if quick else (3.0, 5)
    try:
        loading = _while_loading(app, bridge)
        idle, busy = [], []
        load = _Load(bridge)
        for _ in range(rounds):
            idle.append(_lateness(seconds))
            load.start()
            busy.append(_lateness(seconds))
            load.stop()
            wait(app, lambda: not bridge.busy, "the end of the last job")
    finally:
        bridge.close()
    quiet, found = spread([*chain(*idle)]), spread([*chain(*busy)])
    baseline = {"idle_p99_ms": quiet["p99_ms"], "idle_max_ms": quiet["max_ms"]}
    rest = {
        "median_of_rounds_max_ms": statistics.median(max(r) for r in busy) * 1000,
        "jobs": float(load.answered),
    }
    details = found | baseline | rest
    return [
        Row(
            "timer/busy_p99",
            "lateness of a 16 ms timer, engine busy, p99",
            found["p99_ms"],
            "ms",
            "engine idle",
            P99_MS,
            details=details,
        ),
        Row(
            "timer/busy_max",
            "lateness of a 16 ms timer, engine busy, largest",
            found["max_ms"],
            "ms",
            "engine idle",
            MAX_MS,
            details=details,
        ),
        Row(
            "timer/torch_import",
            "largest stall while torch is imported",
            spread(loading)["max_ms"],
            "ms",
            "engine idle",
            details=spread(loading),
        ),
    ]


class _Load(QObject):
    """Whole-image jobs back to back, as a slider that never rests asks for them."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        rng = np.random.default_rng(2)
        pixels = np.ascontiguousarray(np.tile(load_sample("astronaut").pixels, (2, 2, 1))[:1024, :1024])
        self.answered = 0
        self._running = False
        self._request = WholeImage(
            pixels, rng.normal(size=(4, 3, 5, 5)), None, ConvSpec(padding="same"), channels=3
        )
        self._channel = bridge.channel("benchmark", parent=self)
        self._channel.done.connect(self._done)

    def start(self) -> None:
        self._running = True
        self._channel.ask(self._request)

    def stop(self) -> None:
        self._running = False

    @Slot(object)
    def _done(self, _result: object) -> None:
        self.answered += 1
        if self._running:
            self._channel.ask(self._request)


class Metronome(QObject):
    """Notes when its timer fires."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        self.ticks.append(perf_counter())

    def stop(self) -> list[float]:
        """Seconds by which each tick came later than 16 ms after the one before; never below zero."""
        self._timer.stop()
        gaps = np.diff(self.ticks) - INTERVAL_MS / 1000
        return [float(gap) for gap in np.maximum(gaps, 0.0)]


def _lateness(seconds: float) -> list[float]:
    """The lateness of every tick in a real event loop (not one that polls)."""
    metronome = Metronome()
    run_for(int(seconds * 1000))
    return metronome.stop()


def _while_loading(app: QApplication, bridge: Bridge) -> list[float]:
    spin(app, lambda: False, 0.3)
    metronome = Metronome()
    loop = QEventLoop()
    bridge.stateChanged.connect(lambda state: loop.quit() if state.state in ("idle", "no torch") else None)
    bridge.begin_loading()
    loop.exec()
    bridge.stateChanged.disconnect()
    run_for(3 * INTERVAL_MS)
    return metronome.stop()
