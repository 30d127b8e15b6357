"""A live source end to end: frames 640 x 480 from a mailbox through the engine to the window."""

from __future__ import annotations

import statistics
import threading
from itertools import count
from time import perf_counter

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.frames import some_frames
from benchmarks.measure import Row
from benchmarks.whole_image import answer
from benchmarks.windows import application, run_for, wait
from engine import device as devices
from engine.foundations.convolution import ConvSpec
from engine.foundations.requests import LiveWholeImage, WholeImage, WholeImageResult
from engine.images import Frame
from engine.jobs import Priority
from engine.mailbox import Mailbox
from engine.runner import Engine
from gui.bridge import Bridge
from gui.pages.convolution.image_view import WholeImageView

FloatArray = npt.NDArray[np.float64]
TARGET = 0.90
FASTER_THAN_ENGINE = 1.5
SIZE = (960, 480)


def measure(quick: bool = False) -> list[Row]:
    """Rows "live/..."; the source delivers half as many frames again as the bare response could take."""
    app = application()
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    weight = np.random.default_rng(5).normal(size=(1, 3, 3, 3))
    spec = ConvSpec(padding=1)
    frames = some_frames(640, 480)
    requests = [WholeImage(frame.pixels, weight, None, spec, channels=3) for frame in frames]
    seconds, rounds = (0.2, 2) if quick else (1.5, 7)
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    ratios: dict[str, list[float]] = {"delivered": [], "shown": []}
    bare_rates = []
    try:
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        for _ in range(rounds):
            bare = _bare_rate(requests, seconds)
            bare_rates.append(bare)
            for kind in ratios:
                rate = _Live(app, bridge, frames, weight, spec).rate(
                    FASTER_THAN_ENGINE * bare, seconds, kind == "shown"
                )
                ratios[kind].append(rate / bare)
    finally:
        bridge.close()
    details = {"bare_fps": statistics.median(bare_rates)}
    texts = {
        "delivered": "live frames a second, delivered to the window",
        "shown": "live frames a second, coloured and painted",
    }
    return [
        Row(f"live/{kind}", texts[kind], statistics.median(found), "x", "bare respond()", TARGET, at_least=True,
            details=details | {"fps": statistics.median(found) * details["bare_fps"]})
        for kind, found in ratios.items()
    ]  # fmt: skip


def _bare_rate(requests: list[WholeImage], seconds: float) -> float:
    """Answers a second of respond() alone, in a thread beside the window's as the engine's is."""
    found: list[float] = []

    def work() -> None:
        devices.lower_this_thread()
        devices.tune_this_thread()
        start, passed = perf_counter(), 0.0
        shown: WholeImageResult | None = None  # the window holds a result until the next one is there
        while passed < seconds or shown is None:
            shown = answer(requests[len(found) % len(requests)])
            passed = perf_counter() - start
            found.append(passed)

    thread = threading.Thread(target=work, name="benchmark-bare")
    thread.start()
    run_for(int(seconds * 1000))
    thread.join()
    return len(found) / found[-1]


class Source:
    """A camera: puts a frame into the mailbox at its own pace."""

    def __init__(self, frames: list[Frame], rate: float) -> None:
        self.mailbox: Mailbox[Frame] = Mailbox()
        self._frames, self._rate = frames, rate
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="benchmark-camera")

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        start = perf_counter()
        for index in count():
            self.mailbox.put(self._frames[index % len(self._frames)])
            if self._over.wait(max(start + (index + 1) / self._rate - perf_counter(), 0.0)):
                return

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self.mailbox.close()


class _Live(QObject):
    """One live job: counts what arrives, and shows it in the page's own view when asked to."""

    def __init__(
        self, app: QApplication, bridge: Bridge, frames: list[Frame], weight: FloatArray, spec: ConvSpec
    ) -> None:
        super().__init__()
        self._app, self._frames, self._weight, self._spec = app, frames, weight, spec
        self._channel = bridge.channel("benchmark-live", Priority.LIVE, self)
        self._channel.partial.connect(self._arrived)
        self._view: WholeImageView | None = None
        self._times: list[float] = []

    def rate(self, source_rate: float, seconds: float, shown: bool) -> float:
        """Results a second in the window's thread."""
        source = Source(self._frames, source_rate)
        host = QWidget()  # without a layout: the view's wishes do not reach the window
        if shown:
            host.resize(*SIZE)
            self._view = WholeImageView(host)
            self._view.resize(*SIZE)
            host.show()
        source.start()
        self._channel.ask(LiveWholeImage(source.mailbox, self._weight, None, self._spec, channels=3))
        run_for(int(seconds * 1000) + 100)
        source.stop()
        wait(self._app, lambda: not self._channel.busy, "the end of the live job")
        host.close()
        host.deleteLater()
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-9)

    @Slot(object)
    def _arrived(self, result: WholeImageResult) -> None:
        if self._view is not None:
            self._view.show_result(result)
            self._view.repaint()
        self._times.append(perf_counter())
