"""Showing a new frame, 640 x 480 and 720p: our FrameView against pyqtgraph's ImageItem, both on Qt's raster."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

import numpy as np
from PySide6.QtWidgets import QApplication

import engine.cv  # noqa: F401 - as in the program, where every frame comes from OpenCV
from benchmarks.measure import Row, interleaved, milliseconds
from benchmarks.windows import application, spin
from engine.images import Frame
from gui.widgets.frame_view import FrameView

TARGET = 0.10
SIZES = (("640x480", 640, 480), ("720p", 1280, 720))


def measure(quick: bool = False) -> list[Row]:
    """Rows "frame/..."."""
    app = application()
    rows = []
    for name, width, height in SIZES:
        frames = some_frames(width, height)
        ours, close_ours = _frame_view(app, frames)
        theirs, close_theirs = _image_item(app, frames)
        medians = interleaved(
            {"frame_view": ours, "image_item": theirs}, rounds=3 if quick else 60, repeat=1 if quick else 3
        )
        close_ours()
        close_theirs()
        ratio = medians["frame_view"] / medians["image_item"]
        rows.append(
            Row(
                f"frame/{name}",
                f"showing a frame {name}",
                ratio,
                "x",
                "pyqtgraph ImageItem",
                TARGET,
                details=milliseconds(medians),
            )
        )
    return rows


def some_frames(width: int, height: int, count: int = 8) -> list[Frame]:
    """Different frames with structure in them."""
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 256, (count, height // 8, width // 8, 3), dtype=np.uint8)
    return [
        Frame(block.repeat(8, 0).repeat(8, 1), "synthetic", index=index) for index, block in enumerate(coarse)
    ]


def _frame_view(app: QApplication, frames: list[Frame]) -> tuple[Callable[[], None], Callable[[], None]]:
    view = FrameView()
    view.resize(frames[0].width, frames[0].height)
    view.show()
    spin(app, lambda: False, 0.1)
    source = cycle(frames)

    def show() -> None:
        view.set_frame(next(source))
        view.repaint()

    return show, lambda: _close(app, view)


def _image_item(app: QApplication, frames: list[Frame]) -> tuple[Callable[[], None], Callable[[], None]]:
    import pyqtgraph

    view = pyqtgraph.GraphicsLayoutWidget()
    view.ci.layout.setContentsMargins(0, 0, 0, 0)
    box = view.addViewBox(enableMenu=False, lockAspect=True, invertY=True, defaultPadding=0)
    item = pyqtgraph.ImageItem(axisOrder="row-major")
    box.addItem(item)
    view.resize(frames[0].width, frames[0].height)
    item.setImage(frames[0].pixels, autoLevels=False, levels=(0, 255))
    view.show()
    spin(app, lambda: False, 0.1)
    source = cycle(frames)

    def show() -> None:
        item.setImage(next(source).pixels, autoLevels=False)
        view.viewport().repaint()

    return show, lambda: _close(app, view)


def _close(app: QApplication, view: object) -> None:
    view.close()  # type: ignore[attr-defined]
    view.deleteLater()  # type: ignore[attr-defined]
    spin(app, lambda: False, 0.05)
