"""Descriptors made by hand: from a moved slider to the painted answer, on a photo of 512 pixels, and each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import numpy as np
from PySide6.QtWidgets import QApplication, QSlider

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import main_window, spin, wait
from gui.pages.descriptors.page import DescriptorsPage

SLIDER_MS = 50.0
PHOTO = "astronaut"
HAND_S = 0.03
"""A hand does not move a slider on in the moment of the answer."""
THUMBNAILS_S = 2.0
"""Until the small pictures of the photos are there, which the engine decodes one after another."""
CASES = {
    "histogram": ("histogram", "bins of the histogram, three channels", 4, 56, 512),
    "hog": ("hog", "orientations of HOG, as it opens: the photo at 256 pixels", 0, 15, 256),
    "hog 512": ("hog", "orientations of HOG with the photo at 512 pixels", 0, 15, 512),
}


def measure(quick: bool = False) -> list[Row]:
    """Rows "descriptors/..."."""
    with _page() as (app, page):
        return [_slider(app, page, case, 4 if quick else 60) for case in CASES]


@contextmanager
def _page() -> Iterator[tuple[QApplication, DescriptorsPage]]:
    with main_window() as window:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        window.resize(1600, 1000)
        window.show_page("descriptors")
        page = window.page
        assert isinstance(page, DescriptorsPage)
        wait(app, lambda: page.described is not None, "the histogram")
        assert page.state.source.value == PHOTO
        spin(app, lambda: False, THUMBNAILS_S)
        yield app, page


def _slider(app: QApplication, page: DescriptorsPage, case: str, rounds: int) -> Row:
    view, what, low, high, side = CASES[case]
    page.views.button(view).click()
    if view == "hog":
        sizes = page.panel.side.combo
        sizes.setCurrentIndex(sizes.findData(str(side)))
    slider: QSlider = (
        page.panel.bins["channels"].slider if view == "histogram" else page.panel.orientations.slider
    )
    widget = page.histogram.bars if view == "histogram" else page.hog.canvas
    times = []
    wait(app, lambda: _answered(page), "the first answer")
    with quiet_collector():
        for index, value in enumerate(np.random.default_rng(0).permutation(rounds + 1) % (high - low) + low):
            target = int(value) if int(value) != slider.value() else int(value) + 1
            start = perf_counter()
            slider.setValue(target)
            wait(app, lambda: _answered(page), "an answer")
            widget.repaint()  # it may have been painted already: then this counts twice
            if index:
                times.append(perf_counter() - start)
            spin(app, lambda: False, HAND_S)
    p95 = float(np.percentile(np.array(times) * 1000, 95))
    return Row(
        f"descriptors/{case}", f"p95 from the slider ({what}) to the painted answer", p95, "ms", "", SLIDER_MS,
        details=spread(times),
    )  # fmt: skip


def _answered(page: DescriptorsPage) -> bool:
    """Whether what is on show is what the controls say."""
    wanted = page.state.histogram if page.state.view == "histogram" else page.state.hog
    return page.described is not None and page.described.spec == wanted
