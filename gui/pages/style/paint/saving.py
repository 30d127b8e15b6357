"""What can be taken away of a painting: the picture with its settings, a film of the run, the curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from engine.errors import UserError
from gui import export
from gui.film import FilmSource
from gui.pages.base import Verb
from gui.pages.style.paint.curves import columns
from gui.pages.style.paint.runs import Moment, Run
from gui.pages.style.stamp import stamped
from gui.widgets.picture import to_image

if TYPE_CHECKING:
    from gui.pages.style.paint.view import PaintView

FPS, HOLD_S = 10.0, 1.5
SMALLEST_FILM: Final = 320
"""The longer side of a film at least: small paintings are shown in larger pixels."""


def verbs(view: PaintView) -> list[Verb]:
    """The entries of the share menu that belong to the painting itself."""
    name = "convscope-painting"
    return [
        Verb("Copy painting", "content-copy", _safely(view, lambda: _copy(view)), separated=True),
        Verb(
            "Save painting with its settings (PNG)…",
            "image-outline",
            _safely(
                view, lambda: _save(view, "Save painting", f"{name}.png", "PNG picture (*.png)", png(view))
            ),
        ),
        Verb(
            "Save curves (CSV)…",
            "file-delimited-outline",
            _safely(
                view,
                lambda: _save(
                    view, "Save curves", f"{name}-costs.csv", "CSV table (*.csv)", csv(run_of(view))
                ),
            ),
        ),
        Verb(
            "Save curves (PNG)…",
            "chart-line",
            _safely(
                view,
                lambda: _save(
                    view,
                    "Save curves",
                    f"{name}-costs.png",
                    "PNG picture (*.png)",
                    export.png_bytes(view.stage.plot),
                ),
            ),
        ),
    ]


def png(view: PaintView) -> bytes:
    """The moment on show as a PNG with the state that painted it. Raises UserError where there is none."""
    run, moment = run_of(view), view.presenter.moment
    if moment is None or run.state is None:
        raise UserError("Nothing is painted yet.", "Choose a content and a style first.")
    if view.presenter.follows and run.painted is not None:
        return stamped(run.painted.pixels, replace(run.state, settings=run.painted.settings))
    return stamped(moment.pixels, replace(run.state, settings=moment.settings))


def run_of(view: PaintView) -> Run:
    """The run on show. Raises UserError where there is none."""
    run = view.presenter.run
    if run is None or run.painted is None:
        raise UserError("Nothing is painted yet.", "Choose a content and a style first.")
    return run


def csv(run: Run) -> bytes:
    """The costs of all steps as CSV: each before its weight, what it adds to J, and J itself."""
    painted = run.painted
    assert painted is not None
    plain, added = columns(painted.costs, weighted=False), columns(painted.costs, weighted=True)
    names = [name for name in plain if name in added and name != "J"]
    header = ["step", *names, *(f"{name} × weight" for name in names), "J"]
    table = [plain[name] for name in names] + [added[name] for name in names] + [plain["J"]]
    rows = (
        [step, *(_number(column[step]) for column in table)] for step in np.flatnonzero(~np.isnan(plain["J"]))
    )
    return export.table_csv(header, rows).encode()


def film(run: Run) -> FilmSource | None:
    """The moments of a run one after the other, all in the size of the last."""
    moments = tuple(run.moments)
    if len(moments) < 2:
        return None
    height, width = moments[-1].pixels.shape[:2]
    larger = max(1.0, SMALLEST_FILM / max(width, height))
    size = round(width * larger), round(height * larger)
    return FilmSource(partial(_frame, moments, size), range(len(moments)), FPS, HOLD_S)


def _frame(moments: tuple[Moment, ...], size: tuple[int, int], index: int) -> QImage:
    ignore, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return to_image(moments[index].pixels).scaled(*size, ignore, smooth)


def _number(value: np.float64) -> str:
    return "" if np.isnan(value) else f"{value:.7g}"


def _copy(view: PaintView) -> None:
    pixels: npt.NDArray[np.uint8] | None = view.painted
    if pixels is None:
        raise UserError("Nothing is painted yet.", "Choose a content and a style first.")
    export.copy_image(to_image(pixels), 1.0)
    view.said.emit("The painting is on the clipboard.", "info")


def _save(view: PaintView, title: str, name: str, filters: str, content: bytes) -> None:
    path: Path | None = export.save_dialog(view, title, name, filters)
    if path is not None:
        export.save_bytes(path, content)
        view.said.emit(f"Saved {path.name}.", "info")


def _safely(view: PaintView, run: Callable[[], None]) -> Callable[[], None]:
    def safely() -> None:
        try:
            run()
        except UserError as error:
            view.said.emit(str(error), "error")

    return safely
