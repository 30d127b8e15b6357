"""Live feature maps end to end against the bare forward pass; a mosaic of 256 maps painted against 256 image items."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.frames import some_frames
from benchmarks.live import Source
from benchmarks.measure import Row, interleaved, milliseconds
from benchmarks.windows import application, run_for, spin, wait
from engine import device as devices
from engine.context import Context
from engine.images import Frame
from engine.inside.maps.looking import statistics as map_statistics
from engine.inside.maps.requests import LiveMaps, LookAtMaps, Maps, Wanted
from engine.inside.nets import OpenNet, open_net
from engine.jobs import Priority
from engine.networks.steps import at_once
from engine.runner import Engine
from gui.bridge import Bridge
from gui.pages.maps.mosaic import Mosaic
from gui.pages.maps.resolve import resolve
from gui.pages.maps.state import MapsState

SUBJECTS = (("alexnet", "random:alexnet", "features.9"), ("squeezenet", "random:squeezenet1_0", "features.7"))
"""Behind these layers lie 256 maps: of 13 x 13 in AlexNet, and a fire module's of 27 x 27 in SqueezeNet."""
FASTER_THAN_ENGINE = 1.5
LIVE, PAINTING, ANSWER_MS = 0.90, 0.10, 50.0
SIZE, MOSAIC = (700, 700), (1000, 1220)


def measure(quick: bool = False) -> list[Row]:
    """Rows "maps/..."."""
    app = application()
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    nets = {name: _opened(net) for name, net, _ in SUBJECTS}
    return [*_live(app, nets, quick), _painting(app, nets["alexnet"], quick), _answer(app, quick)]


def _opened(name: str) -> OpenNet:
    import torch

    with devices.step_mode(False):
        return at_once(open_net(name, Context(device=torch.device("cpu"), torch_ready=True)))


# --- live -----------------------------------------------------------------------------------------------------


def _live(app: QApplication, nets: dict[str, OpenNet], quick: bool) -> list[Row]:
    frames = some_frames(640, 480)
    seconds, rounds = (0.3, 1) if quick else (2.0, 7)
    found: dict[str, list[float]] = {name: [] for name in nets}
    rates: dict[str, list[float]] = {name: [] for name in nets}
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    try:
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        for _ in range(rounds):
            for name, net, layer in SUBJECTS:
                layer = maps_layer(nets[name], layer)
                bare = _bare_rate(nets[name], layer, frames, seconds)
                rate = _LiveMaps(app, bridge, net, layer, frames).rate(FASTER_THAN_ENGINE * bare, seconds)
                found[name].append(rate / bare)
                rates[name].append(bare)
    finally:
        bridge.close()
    return [
        Row(f"maps/live {name}", f"live, 256 maps of {name} painted", statistics.median(found[name]), "x",
            "bare forward pass to that layer", LIVE, at_least=True,
            details={"bare_fps": statistics.median(rates[name])})
        for name in nets
    ]  # fmt: skip


def maps_layer(net: OpenNet, prefix: str) -> str:
    """The layer of 256 maps whose name begins so; the last of them."""
    names = [
        layer.name
        for layer in net.program.layers
        if layer.name.startswith(prefix) and layer.out_shape[0] == 256
    ]
    if not names:
        raise LookupError(f"{net.net.title} has no 256 maps at {prefix}")
    return names[-1]


def _bare_rate(net: OpenNet, layer: str, frames: list[Frame], seconds: float) -> float:
    """Forward passes a second as far as the layer, the picture prepared, in a thread beside the window's."""
    found: list[float] = []
    held: Any = None

    def work() -> None:
        nonlocal held
        devices.lower_this_thread()
        devices.tune_this_thread()
        start, passed = perf_counter(), 0.0
        while passed < seconds or not found:
            with devices.step_mode(False):
                held = net.program.run(
                    net.values(net.prepared(frames[len(found) % len(frames)].pixels)), {layer}
                )
            passed = perf_counter() - start
            found.append(passed)

    thread = threading.Thread(target=work, name="benchmark-bare")
    thread.start()
    run_for(int(seconds * 1000))
    thread.join()
    return len(found) / found[-1]


class _LiveMaps(QObject):
    """One live job: every answer is ordered, coloured and painted as the page does it."""

    def __init__(self, app: QApplication, bridge: Bridge, net: str, layer: str, frames: list[Frame]) -> None:
        super().__init__()
        self._app, self._net, self._layer, self._frames = app, net, layer, frames
        self._channel = bridge.channel("benchmark-maps", Priority.LIVE, self)
        self._channel.partial.connect(self._arrived)
        self._state = MapsState(net=net, layer=layer)
        self._mosaic: Mosaic | None = None
        self._times: list[float] = []

    def rate(self, source_rate: float, seconds: float) -> float:
        """Painted mosaics a second."""
        source = Source(self._frames, source_rate)
        host = QWidget()
        host.resize(*SIZE)
        self._mosaic = Mosaic(host)
        self._mosaic.resize(*SIZE)
        host.show()
        source.start()
        self._channel.ask(LiveMaps(self._net, source.mailbox, Wanted(self._layer)))
        wait(self._app, lambda: bool(self._times), "the first maps")
        run_for(int(seconds * 1000))
        source.stop()
        wait(self._app, lambda: not self._channel.busy, "the end of the live job")
        host.close()
        host.deleteLater()
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-9)

    @Slot(object)
    def _arrived(self, maps: Maps) -> None:
        assert self._mosaic is not None
        self._mosaic.show_maps(resolve(self._state, maps, None))
        self._mosaic.repaint()
        self._times.append(perf_counter())


# --- painting -------------------------------------------------------------------------------------------------


def _painting(app: QApplication, net: OpenNet, quick: bool) -> Row:
    """256 maps of 56 x 56, new values every time."""
    values = np.random.default_rng(7).normal(size=(4, 256, 56, 56)).astype(np.float32)
    ours, close_ours = _mosaic(app, net, values)
    theirs, close_theirs = _items(app, values)
    medians = interleaved({"mosaic": ours, "image_items": theirs}, rounds=3 if quick else 25)
    close_ours()
    close_theirs()
    ratio = medians["mosaic"] / medians["image_items"]
    return Row(
        "maps/painting", "256 maps of 56 x 56 painted", ratio, "x", "256 pyqtgraph ImageItems", PAINTING,
        details=milliseconds(medians),
    )  # fmt: skip


def example(net: OpenNet, values: npt.NDArray[np.float32]) -> Maps:
    """An answer of the engine with these maps float32[C, h, w]."""
    import torch

    frame = some_frames(64, 64, 1)[0]
    layer = net.program.layers[1]
    return Maps(
        "net", "Net", layer, Wanted(layer.name), frame, values, map_statistics(torch.from_numpy(values)), frame.pixels,
        (0.0, 0.0, 1.0, 1.0), "cpu", 0.01,
    )  # fmt: skip


def _mosaic(
    app: QApplication, net: OpenNet, values: npt.NDArray[np.float32]
) -> tuple[Callable[[], None], Callable[[], None]]:
    view = Mosaic()
    view.resize(*MOSAIC)
    view.show()
    spin(app, lambda: False, 0.1)
    answers = [example(net, one) for one in values]
    state, turn = MapsState(), 0

    def show() -> None:
        nonlocal turn
        turn += 1
        view.show_maps(resolve(state, answers[turn % len(answers)], None))
        view.repaint()

    return show, lambda: _close(app, view)


def _items(
    app: QApplication, values: npt.NDArray[np.float32]
) -> tuple[Callable[[], None], Callable[[], None]]:
    import pyqtgraph

    view = pyqtgraph.GraphicsLayoutWidget()
    view.ci.layout.setContentsMargins(0, 0, 0, 0)
    box = view.addViewBox(enableMenu=False, lockAspect=True, invertY=True, defaultPadding=0)
    items = []
    for index in range(values.shape[1]):
        item = pyqtgraph.ImageItem(values[0, index], axisOrder="row-major", levels=(-3, 3))
        item.setPos(index % 16 * 60, index // 16 * 60)
        box.addItem(item)
        items.append(item)
    view.resize(*MOSAIC)
    view.show()
    spin(app, lambda: False, 0.1)
    turn = 0

    def show() -> None:
        nonlocal turn
        turn += 1
        for item, one in zip(items, values[turn % len(values)], strict=True):
            item.setImage(one, autoLevels=False)
        view.viewport().repaint()

    return show, lambda: _close(app, view)


def _close(app: QApplication, view: Any) -> None:
    view.close()
    view.deleteLater()
    spin(app, lambda: False, 0.05)


# --- from a change of the picture to the painted answer ---------------------------------------------------------


def _answer(app: QApplication, quick: bool) -> Row:
    """A 512 px photo before the bundled net: from the question to the painted maps, through engine and bridge."""
    from engine.sources import load_sample

    frame = Frame(np.ascontiguousarray(load_sample("astronaut").pixels[:512, :512]), "photo")
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    asked = _Asked(bridge)
    times = []
    try:
        bridge.begin_loading()
        wait(app, lambda: bridge.state.state == "idle", "torch")
        for _ in range(5 if quick else 60):
            start = perf_counter()
            asked.ask(frame)
            wait(app, lambda: not asked.waiting, "the maps")
            times.append(perf_counter() - start)
    finally:
        asked.close()
        bridge.close()
        spin(app, lambda: False, 0.05)
    p95 = float(np.percentile(np.array(times[1:]) * 1000, 95))
    return Row(
        "maps/answer", "question to painted maps, TinyVGG, 512 px photo, p95", p95, "ms", "", ANSWER_MS,
        details={"p50_ms": float(np.median(times[1:]) * 1000)},
    )  # fmt: skip


class _Asked(QObject):
    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._channel = bridge.channel("benchmark-answer", Priority.INTERACTIVE, self)
        self._channel.done.connect(self._came)
        self._mosaic = Mosaic()
        self._mosaic.resize(*SIZE)
        self._mosaic.show()
        self.waiting = False

    def ask(self, frame: Frame) -> None:
        self.waiting = True
        self._channel.ask(LookAtMaps("tinyvgg-cifar10", frame, Wanted("features.relu1_2", guesses=3)))

    @Slot(object)
    def _came(self, maps: Maps) -> None:
        self._mosaic.show_maps(resolve(MapsState(), maps, None))
        self._mosaic.repaint()
        self.waiting = False

    def close(self) -> None:
        self._mosaic.close()
        self._mosaic.deleteLater()
