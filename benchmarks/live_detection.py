"""Live detection end to end from a video file against the bare forward pass; what follows the net; the window's timer.

The slow row "detection/soak" is measured where CONVSCOPE_SOAK holds a number of minutes.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import threading
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.frames import some_frames
from benchmarks.measure import Row, interleaved, milliseconds, spread
from benchmarks.timer_lateness import Metronome
from benchmarks.windows import application, run_for, wait
from engine import device as devices
from engine.context import Context
from engine.detection.boxes import nms
from engine.detection.cells import Head
from engine.detection.detectors import Detector, open_detector
from engine.detection.found import Grid
from engine.detection.grid_answer import GridAnswer
from engine.detection.live import kept
from engine.detection.requests import Annotated, DetectLive, DetectorSettings, Letterbox
from engine.images import Frame
from engine.jobs import Priority
from engine.networks.steps import at_once
from engine.networks.weights.store import VARIABLE
from engine.runner import Engine
from engine.video import open_video
from gui.bridge import Bridge
from gui.live import LiveSource
from gui.pages.detect.resolve import resolve
from gui.pages.detect.state import DetectState
from gui.widgets.found_view import FoundView

BUNDLED: Final = "yolo-digits"
PUBLISHED: Final = "yolo-fastest-1.1-xl-coco"
FASTER_THAN_ENGINE: Final = 1.5
LOOPS: Final = 60
"""Times that the pictures stand in the film: opening it once more takes as long as some frames."""
LIVE, AFTER_MS, TIMER_MS, SOAK_MB = 0.90, 5.0, 5.0, 20.0
SIZE: Final = (960, 720)
SOAK: Final = "CONVSCOPE_SOAK"


def measure(quick: bool = False) -> list[Row]:
    """Rows "detection/..."; those of a published net only where CONVSCOPE_ASSETS has its files."""
    app = application()
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    with tempfile.TemporaryDirectory(prefix="convscope-bench-") as folder:
        names = [BUNDLED, *([PUBLISHED] if _published(Path(folder)) and not quick else [])]
        try:
            rows = [_after(quick), *_live(app, names, Path(folder), quick)]
            if os.environ.get(SOAK) and not quick:
                rows.append(_soak(app, names[-1], Path(folder), float(os.environ[SOAK])))
        finally:
            _restore()
    return rows


_models_before: list[str | None] = []


def _published(folder: Path) -> bool:
    """Link the real weights into a models folder of this run."""
    assets = os.environ.get("CONVSCOPE_ASSETS")
    _models_before.append(os.environ.get(VARIABLE))
    if not assets:
        return False
    models = Path(assets) / "models"
    for suffix in ("cfg", "weights"):
        file = models / f"yolo-fastest-1.1-xl.{suffix}"
        if not file.is_file():
            return False
        (folder / file.name).symlink_to(file)
    os.environ[VARIABLE] = str(folder)
    return True


def _restore() -> None:
    before = _models_before.pop()
    os.environ.pop(VARIABLE, None)
    if before is not None:
        os.environ[VARIABLE] = before


# --- what follows the net -----------------------------------------------------------------------------------------


def _after(quick: bool) -> Row:
    """10,647 boxes and 80 classes, as YOLOv3 gives them for 416 x 416 pixels, 200 of them likely."""
    answer = crowded(likely=200)
    settings = DetectorSettings()

    def ours() -> object:
        return kept(answer.raw(settings.least), settings)

    def naive() -> object:
        """Everything decoded, every class by itself, box after box."""
        raw = answer.raw()
        assert raw.objectness is not None
        scores = raw.classes * raw.objectness[:, None]
        found = []
        for kind in range(scores.shape[1]):
            chosen = np.flatnonzero(scores[:, kind] >= settings.least)
            found.append(chosen[nms(raw.boxes[chosen], scores[chosen, kind], settings.iou_threshold)])
        return found

    medians = interleaved({"ours": ours, "naive": naive}, rounds=3 if quick else 30)
    return Row(
        "detection/after", "decode and suppress 10,647 boxes", medians["ours"] * 1000, "ms",
        "all of them decoded, NMS class by class", AFTER_MS,
        details={**milliseconds(medians), "of_naive": medians["ours"] / medians["naive"]},
    )  # fmt: skip


def crowded(likely: int) -> GridAnswer:
    """What a net says that is sure of a few boxes among very many."""
    draw = np.random.default_rng(3)
    heads, outputs = [], []
    for cells, stride in ((13, 32.0), (26, 16.0), (52, 8.0)):
        anchors = ((stride, stride), (2 * stride, stride), (stride, 3 * stride))
        values = draw.normal(size=(3, 85, cells, cells)).astype(np.float32)
        values[:, 4:] -= 5.0
        heads.append(Head(Grid(cells, cells, stride, anchors), 80, "sigmoid"))
        outputs.append(values)
    for _ in range(likely):
        output = outputs[draw.integers(3)]
        anchor, row, column = draw.integers(3), draw.integers(output.shape[2]), draw.integers(output.shape[3])
        output[anchor, 4, row, column] = 4.0
        output[anchor, 5 + draw.integers(80), row, column] = 4.0
    frame = some_frames(640, 480, 1)[0]
    flat = tuple(output.reshape(255, *output.shape[2:]) for output in outputs)
    return GridAnswer(frame, Letterbox(416, 416, 0.65, 0.65, 0.0, 52.0), flat, tuple(heads), 0.0, 0.0)


# --- live ---------------------------------------------------------------------------------------------------------


def _live(app: QApplication, names: list[str], folder: Path, quick: bool) -> list[Row]:
    seconds, rounds = (0.4, 1) if quick else (2.5, 5)
    frames = some_frames(640, 480)
    found: dict[str, list[float]] = {name: [] for name in names}
    rates: dict[str, list[float]] = {name: [] for name in names}
    late: list[float] = []
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    try:
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        for name in names:
            detector = _opened(name)
            film = _film(folder, frames, FASTER_THAN_ENGINE * _bare_rate(detector, frames[0], seconds))
            for _ in range(rounds):
                bare = _bare_rate(detector, frames[0], seconds)
                watched = _Watched(app, bridge, name, film)
                rate, ticks = watched.rate(seconds)
                found[name].append(rate / bare)
                rates[name].append(bare)
                late += ticks
    finally:
        bridge.close()
    rows = [
        Row(f"detection/live {name}", f"live from a file 640 x 480, {name}, painted", statistics.median(found[name]),
            "x", "bare forward pass", LIVE, at_least=True, details={"bare_fps": statistics.median(rates[name])})
        for name in names
    ]  # fmt: skip
    lateness = spread(late)
    return [
        *rows,
        Row("detection/timer", "lateness of a 16 ms timer while detecting, p99", lateness["p99_ms"], "ms",
            "engine idle", TIMER_MS, details=lateness),
    ]  # fmt: skip


def _opened(name: str) -> Detector:
    import torch

    with devices.step_mode(False):
        return at_once(open_detector(name, Context(device=torch.device("cpu"), torch_ready=True)))


def _film(folder: Path, frames: list[Frame], fps: float) -> Path:
    """A file that plays so many pictures a second."""
    from engine.cv import cv2

    rate = min(max(round(fps), 1), 240)  # MPEG-4 knows no finer fractions of a second than 1/65535
    path = folder / f"film-{rate}.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, (640, 480))
    if not writer.isOpened():
        raise OSError(f"OpenCV cannot write {path}")
    for index in range(LOOPS * len(frames)):
        writer.write(cv2.cvtColor(frames[index % len(frames)].pixels, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def _bare_rate(detector: Any, frame: Frame, seconds: float) -> float:
    """Forward passes a second of the net alone, its input prepared once, in a thread beside the window's."""
    from engine.detection.digits_detector import as_input

    size = at_once(detector.steps(frame)).letterbox
    pixels = some_frames(size.width, size.height, 1)[0].pixels
    found: list[float] = []
    held: Any = None

    def work() -> None:
        nonlocal held
        devices.lower_this_thread()
        devices.tune_this_thread()
        with devices.step_mode(False):
            values = as_input(pixels, detector.device)
            start, passed = perf_counter(), 0.0
            while passed < seconds or not found:
                held = detector.run(values)
                passed = perf_counter() - start
                found.append(passed)

    thread = threading.Thread(target=work, name="benchmark-bare")
    thread.start()
    run_for(int(seconds * 1000))
    thread.join()
    return len(found) / found[-1]


class _Watched(QObject):
    """One live job from a film, each answer painted as the page paints it."""

    def __init__(self, app: QApplication, bridge: Bridge, name: str, film: Path) -> None:
        super().__init__()
        self._app, self._name = app, name
        self._channel = bridge.channel("benchmark-detect", Priority.LIVE, self)
        self._channel.partial.connect(self._arrived)
        self._source = LiveSource(lambda: open_video(film), name=film.name, paced=True, loop=True)
        self._host = QWidget()
        self._host.resize(*SIZE)
        self._view = FoundView("The picture", self._host)
        self._view.resize(*SIZE)
        self._times: list[float] = []

    def rate(self, seconds: float) -> tuple[float, list[float]]:
        """Painted answers a second, and by how much a timer of the window was late meanwhile."""
        self.start()
        metronome = Metronome()
        before = len(self._times)
        run_for(int(seconds * 1000))
        late = metronome.stop()
        times = self._times[before:]
        self.stop()
        return (len(times) - 1) / max(times[-1] - times[0], 1e-9), late

    def start(self) -> None:
        self._host.show()
        self._source.start()
        self._channel.ask(DetectLive(self._name, self._source.frames))
        wait(self._app, lambda: len(self._times) > 2, "the first finds")

    def stop(self) -> None:
        self._source.close()
        wait(self._app, lambda: not self._channel.busy, "the end of the live job")
        self._host.close()
        self._host.deleteLater()

    @Slot(object)
    def _arrived(self, answer: Annotated) -> None:
        self._view.show_found(answer.frame, resolve(DetectState(), answer).findings)
        self._view.repaint()
        self._times.append(perf_counter())


# --- for minutes --------------------------------------------------------------------------------------------------


def _soak(app: QApplication, name: str, folder: Path, minutes: float) -> Row:
    """By how much the process grows while it detects; the first tenth, in which caches fill, is left out."""
    film = _film(folder, some_frames(640, 480), 30.0)
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    try:
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        watched = _Watched(app, bridge, name, film)
        watched.start()
        run_for(int(minutes * 6_000))
        before = _megabytes()
        run_for(int(minutes * 54_000))
        after = _megabytes()
        watched.stop()
    finally:
        bridge.close()
    return Row(
        "detection/soak", f"growth in {minutes:g} minutes of {name}", after - before, "MB", "", SOAK_MB,
        details={"before_mb": before, "after_mb": after},
    )  # fmt: skip


def _megabytes() -> float:
    gc.collect()
    used, _ = devices.memory()
    if used is None:
        raise OSError("this system does not tell how much memory a process uses")
    return used / 1e6
