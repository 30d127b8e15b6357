"""Networks: loading the bundled ones, answering a live source, changing a layer, and panning a large graph."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, QPointF, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from benchmarks.frames import some_frames
from benchmarks.live import FASTER_THAN_ENGINE, Source
from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application, run_for, wait
from engine import device as devices
from engine.context import Context
from engine.images import Frame
from engine.jobs import Priority
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.what_if import Edit, apply
from engine.networks.requests import ClassifyLive
from engine.runner import Engine
from gui.bridge import Bridge

BUNDLED = ("lenet5-digits", "tinyvgg-cifar10")
LIVE_NET = "tinyvgg-cifar10"
LOAD_MS = 100.0
LIVE_TARGET = 0.90
STEP_MS = 50.0
EDIT_MS = 5.0
PAN_MS = 1000 / 60
SHOWN_MS = 50.0
STAGE = (1600, 1000)
PAN_STEP = 24
END = object()


def measure(quick: bool = False) -> list[Row]:
    """Rows "networks/..."."""
    app = application()
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    graph = _graph("resnet50")
    return [
        *(_loading(name, 2 if quick else 9) for name in BUNDLED),
        _describing("resnet50", 1 if quick else 15),
        _live(app, *((0.2, 2) if quick else (1.5, 7))),
        _editing(graph, 5 if quick else 60),
        _edit_shown(app, graph, 3 if quick else 40),
        _panning(app, graph, 8 if quick else 240),
    ]


def _graph(name: str) -> Graph:
    from engine.networks.describe import network_graph

    return network_graph(name)


def _finished(steps: object) -> object:
    """The answer of a handler that is a generator."""
    while True:
        try:
            next(steps)  # type: ignore[call-overload]
        except StopIteration as stop:
            return stop.value


def _loading(name: str, rounds: int) -> Row:
    from engine.networks.classifying import loaded

    times = []
    for _ in range(rounds + 1):
        loaded.forget()
        start = perf_counter()
        _finished(loaded.load(name, Context()))
        times.append(perf_counter() - start)
    value = statistics.median(times[1:]) * 1000
    details = {"first_ms": times[0] * 1000}
    return Row(f"networks/load {name}", f"{name} from its file to its first answer", value, "ms", "", LOAD_MS,
               details=details)  # fmt: skip


def _describing(name: str, rounds: int) -> Row:
    """What another job may have to wait for while a network is described, and how long that takes in all."""
    import torchvision.models  # noqa: F401  # the engine has a thread for that

    from engine.networks import describe
    from engine.networks.requests import DescribeNetwork

    longest, whole = [], []
    for _ in range(rounds + 1):
        describe.forget()
        steps, times, going = describe.describe(DescribeNetwork(name), Context()), [], True
        while going:
            start = perf_counter()
            going = next(steps, END) is not END
            times.append(perf_counter() - start)
        longest.append(max(times))
        whole.append(sum(times))
    value = statistics.median(longest[1:]) * 1000
    found = {"whole_ms": statistics.median(whole[1:]) * 1000, "first_ms": whole[0] * 1000}
    return Row(f"networks/describe {name}", f"{name} described: the longest step", value, "ms", "", STEP_MS,
               details=found)  # fmt: skip


# --- live -------------------------------------------------------------------------------------------------


def _live(app: QApplication, seconds: float, rounds: int) -> Row:
    frames = some_frames(640, 480)
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    ratios, bare_rates = [], []
    try:
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        for _ in range(rounds):
            bare = _bare_rate(frames[0], seconds)
            rate = _LiveJob(app, bridge, frames).rate(FASTER_THAN_ENGINE * bare, seconds)
            bare_rates.append(bare)
            ratios.append(rate / bare)
    finally:
        bridge.close()
    ratio, bare = statistics.median(ratios), statistics.median(bare_rates)
    return Row(
        "networks/live", f"live answers a second of {LIVE_NET} from 640x480, delivered to the window", ratio, "x",
        "bare forward pass of the same net", LIVE_TARGET, at_least=True,
        details={"bare_fps": bare, "fps": ratio * bare},
    )  # fmt: skip


def _bare_rate(frame: Frame, seconds: float) -> float:
    """Forward passes a second in a thread beside the window's, as the engine's is."""
    found: list[float] = []

    def work() -> None:
        import torch

        from engine.networks.classifying import loaded
        from engine.networks.classifying.preprocessing import prepare

        devices.lower_this_thread()
        devices.tune_this_thread()
        net = _finished(loaded.load(LIVE_NET, Context()))
        assert isinstance(net, loaded.LoadedNet)
        values = torch.from_numpy(prepare(frame.pixels, net.preprocessing).values)[None]
        start, passed = perf_counter(), 0.0
        with torch.inference_mode():
            while passed < seconds:
                net.logits(values)
                passed = perf_counter() - start
                found.append(passed)

    thread = threading.Thread(target=work, name="benchmark-bare")
    thread.start()
    run_for(int(seconds * 1000))
    thread.join()
    return len(found) / found[-1]


class _LiveJob(QObject):
    """One live job; counts what arrives in the window's thread."""

    def __init__(self, app: QApplication, bridge: Bridge, frames: list[Frame]) -> None:
        super().__init__()
        self._app, self._frames = app, frames
        self._channel = bridge.channel("benchmark-classify", Priority.LIVE, self)
        self._channel.partial.connect(self._arrived)
        self._times: list[float] = []

    def rate(self, source_rate: float, seconds: float) -> float:
        """Answers a second."""
        source = Source(self._frames, source_rate)
        source.start()
        self._channel.ask(ClassifyLive(LIVE_NET, source.mailbox))
        run_for(int(seconds * 1000) + 100)
        source.stop()
        wait(self._app, lambda: not self._channel.busy, "the end of the live job")
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-9)

    @Slot(object)
    def _arrived(self, _answer: object) -> None:
        self._times.append(perf_counter())


# --- graphs -----------------------------------------------------------------------------------------------


def _editing(graph: Graph, rounds: int) -> Row:
    """Another width in the first stage: everything behind it is measured anew."""
    widths = [int(w) for w in np.linspace(16, 128, rounds)]
    times = []
    with quiet_collector():
        for width in widths:
            start = perf_counter()
            apply(graph, (Edit("layer1.0.conv1", "filters", width),))
            times.append(perf_counter() - start)
    found = spread(times)
    return Row("networks/what if", "a layer of ResNet-50 changed: all shapes, costs and receptive fields anew",
               found["p50_ms"], "ms", "", EDIT_MS, details=found)  # fmt: skip


def _edit_shown(app: QApplication, graph: Graph, rounds: int) -> Row:
    """A step of a number field with every block of ResNet-50 open: from the number to the painted graph."""
    from engine.networks.graphs.folding import fold
    from engine.networks.graphs.groups import groups_of
    from gui.pages.architectures.drawing import drawing_of
    from gui.pages.architectures.resolve import Resolver
    from gui.widgets.graph.view import GraphView

    view, resolver = GraphView(), Resolver()
    view.resize(*STAGE)
    picture = QImage(*STAGE, QImage.Format.Format_RGB32)

    def show(edits: tuple[Edit, ...]) -> None:
        shown = resolver.resolve(graph, 0, edits)
        view.set_drawing(drawing_of(fold(shown.graph, groups_of(shown.graph)), shown))
        painter = QPainter(picture)
        view.render(painter, QPointF(0, 0).toPoint())
        painter.end()

    show(())
    view.show()
    times = []
    with quiet_collector():
        for index in range(rounds):
            start = perf_counter()
            show((Edit("layer1.0.conv2", "filters", 64 + index + 1),))
            times.append(perf_counter() - start)
            app.processEvents()
    view.close()
    found = spread(times)
    return Row("networks/edit shown", "ResNet-50 unfolded: a layer changed, to the painted graph, 99th percentile",
               found["p99_ms"], "ms", "", SHOWN_MS, details=found)  # fmt: skip


def _panning(app: QApplication, graph: Graph, frames: int) -> Row:
    """ResNet-50 with every block open, pulled along at the size of a projector: one repaint a step."""
    from engine.networks.graphs.folding import fold
    from engine.networks.graphs.groups import groups_of
    from gui.pages.architectures.drawing import drawing_of
    from gui.pages.architectures.resolve import Resolver
    from gui.widgets.graph.view import GraphView

    view = GraphView()
    view.resize(*STAGE)
    view.set_drawing(drawing_of(fold(graph, groups_of(graph)), Resolver().resolve(graph, 0, ())))
    view.show()
    view.zoom_by(1 / view.zoom)
    picture = QImage(*STAGE, QImage.Format.Format_RGB32)
    times = []
    pull = _pull(view)
    with quiet_collector():
        for index in range(frames):
            pull(PAN_STEP if index // 40 % 2 == 0 else -PAN_STEP)
            start = perf_counter()
            painter = QPainter(picture)
            view.render(painter, QPointF(0, 0).toPoint())
            painter.end()
            times.append(perf_counter() - start)
            app.processEvents()
    view.close()
    found = spread(times)
    return Row("networks/pan", "one step of panning ResNet-50 unfolded at 1600x1000, 99th percentile",
               found["p99_ms"], "ms", "", PAN_MS, details=found)  # fmt: skip


def _pull(view: QObject) -> Callable[[int], None]:
    """Drags the view's ground by some pixels, as a hand does."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    def event(kind: QEvent.Type, x: float, y: float, buttons: Qt.MouseButton) -> None:
        place = QPointF(x, y)
        QApplication.sendEvent(
            view, QMouseEvent(kind, place, place, Qt.MouseButton.LeftButton, buttons, Qt.KeyboardModifier.NoModifier)
        )  # fmt: skip

    def pull(step: int) -> None:
        x, y = STAGE[0] / 2, STAGE[1] / 2
        event(QEvent.Type.MouseButtonPress, x, y, Qt.MouseButton.LeftButton)
        event(QEvent.Type.MouseMove, x + step / 2, y + step / 2, Qt.MouseButton.LeftButton)
        event(QEvent.Type.MouseMove, x + step, y + step, Qt.MouseButton.LeftButton)
        event(QEvent.Type.MouseButtonRelease, x + step, y + step, Qt.MouseButton.NoButton)

    return pull
