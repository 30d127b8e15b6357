"""From a slider of the page of edges to the painted answer: the small input, and a photo of 512 pixels."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
from PySide6.QtWidgets import QApplication, QSlider

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application, main_window, spin, wait
from engine.foundations.edges.catalogue import EdgeKernel
from gui.main_window import MainWindow
from gui.pages.edges.page import EdgesPage
from gui.pages.edges.state import EdgesState

TARGET_MS = 50.0
HAND_S = 0.03
"""A hand does not move a slider on in the moment of the answer."""
THUMBNAILS_S = 2.0
"""Until the small pictures of the photos are there, which the engine decodes one after another."""
_START = EdgesState()
_GABOR = EdgeKernel("gabor", 11, angle=30)
CASES = {
    "angle": ("angle of a Sobel kernel", "angle", replace(_START, view="rotate")),
    "gabor": ("wavelength of a Gabor kernel 11 x 11", "wavelength", replace(_START, view="picture", kernel=_GABOR)),
    "colour": ("angle of a Scharr kernel, three colours apart", "angle",
               replace(_START, view="picture", kernel=EdgeKernel("scharr"), colour=True)),
    "gradient": ("size of a gradient's kernels, to four maps", "size", replace(_START, view="gradient")),
    "compare": ("angle of eight kernels 3 x 3", "angle", replace(_START, view="compare")),
}  # fmt: skip


def measure(quick: bool = False) -> list[Row]:
    """Rows "edges/..."."""
    app = application()
    rounds = 4 if quick else 60
    with main_window() as window:
        window.resize(1600, 1000)
        page = _page(app, window)
        grid = _row("grid", "angle of a kernel on the small input", _moved(app, page, "angle", rounds))
        page.change(replace(_START, view="picture"))
        wait(app, lambda: _answered(page), "the first answer")
        spin(app, lambda: False, 0.0 if quick else THUMBNAILS_S)
        return [grid, *(_case(app, page, name, rounds) for name in CASES)]


def _page(app: QApplication, window: MainWindow) -> EdgesPage:
    """The page, with torch loaded, as it is some seconds after the start."""
    bridge = window.services.bridge
    bridge.begin_loading()
    wait(app, lambda: bridge.state.state == "idle", "torch")
    window.show_page("edges")
    page = window.page
    assert isinstance(page, EdgesPage)
    return page


def _case(app: QApplication, page: EdgesPage, name: str, rounds: int) -> Row:
    what, slider, state = CASES[name]
    page.change(state)
    wait(app, lambda: _answered(page), "the first answer")
    return _row(name, f"{what}, photo of 512 pixels", _moved(app, page, slider, rounds))


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"edges/{name}", f"p95 from the slider ({what}) to the painted answer", p95, "ms", "", TARGET_MS,
               details=spread(seconds))  # fmt: skip


def _moved(app: QApplication, page: EdgesPage, name: str, rounds: int) -> list[float]:
    """Seconds from a moved control to the painted answer, through the engine's thread and back."""
    found = []
    with quiet_collector():
        for index in range(rounds + 1):
            start = perf_counter()
            _move(page, name, index)
            wait(app, lambda: _answered(page), "an answer")
            app.processEvents()  # what was asked to be painted is painted
            if index:
                found.append(perf_counter() - start)
            spin(app, lambda: False, HAND_S)
    return found


def _move(page: EdgesPage, name: str, index: int) -> None:
    if name == "size":
        page.panel.size.set_value((3, 5, 7)[index % 3])
        page.panel.size.committed.emit((5, 7, 3)[index % 3])
        return
    slider: QSlider = (page.panel.angle_slider if name == "angle" else page.panel.sliders[name]).slider
    slider.setValue(slider.minimum() + (7 * index + 5) % (slider.maximum() - slider.minimum()))


def _answered(page: EdgesPage) -> bool:
    """Whether what is on show is what the controls say."""
    return page.fresh
