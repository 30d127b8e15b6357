"""What can be taken away: the mosaic, one map, the raw numbers, a film of the last answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.images import Frame
from engine.inside.maps.ordering import IntArray
from gui import export
from gui.film import FilmSource
from gui.pages import entry
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.maps.colours import Coloring, Levels, levels, rgb, table
from gui.pages.maps.mosaic import Mosaic
from gui.pages.maps.mosaic_layout import MosaicLayout, canvas_of, fill
from gui.pages.maps.resolve import Shown
from gui.theme import space, theme
from gui.widgets.picture import to_image

if TYPE_CHECKING:
    from gui.pages.maps.page import MapsPage

MOST_FRAMES: Final = 90
FILM_FPS: Final = 10.0
LARGEST_PICTURE: Final = 320
LEAST_SIDE: Final = 512
"""Of one map as a picture: small ones are enlarged by whole squares."""
NONE_YET: Final = UserError("There are no maps to save yet.", "Choose a picture and a net first.")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One answer as it was on show: the picture (every so many pixels of a large one), and the maps as levels."""

    picture: npt.NDArray[np.uint8]
    levels: Levels
    order: IntArray
    layout: MosaicLayout
    coloring: Coloring


class Reel:
    """The last answers of one layer, for a film."""

    def __init__(self) -> None:
        self._scenes: deque[Scene] = deque(maxlen=MOST_FRAMES)
        self._subject: tuple[str, str, MosaicLayout] | None = None
        self._last: Frame | None = None

    def add(self, shown: Shown, mosaic: Mosaic) -> None:
        """Remember an answer; the same picture again is no new scene, another net, layer or size a new film."""
        found, layout = mosaic.levels, mosaic.layout_now
        if found is None or layout is None:
            return
        subject = (shown.maps.net, shown.maps.layer.name, layout)
        if subject != self._subject:
            self._scenes.clear()
            self._subject = subject
        if not self._scenes or self._last is not shown.picture.frame:
            self._last = frame = shown.picture.frame
            step = max(min(frame.width, frame.height) // LARGEST_PICTURE, 1)
            small = frame.pixels[::step, ::step].copy()  # 90 whole frames of a film would fill the memory
            self._scenes.append(Scene(small, found, shown.order, layout, shown.coloring))

    @property
    def scenes(self) -> tuple[Scene, ...]:
        return tuple(self._scenes)

    def film(self) -> FilmSource:
        """The scenes one after the other. Raises UserError where there are not two."""
        scenes = self.scenes
        if len(scenes) < 2:
            raise UserError(
                "A film shows how the maps follow the picture, and there was only one so far.",
                "Draw, or let the camera or a video run, then save the film.",
            )
        return FilmSource(lambda index: scene_image(scenes[index]), range(len(scenes)), FILM_FPS, 1.0)


def scene_image(scene: Scene) -> QImage:
    """The picture on the left, the maps on the right."""
    pixels = canvas_of(scene.layout, theme.colors.window.rgb())
    fill(pixels, scene.levels, scene.order, scene.layout, table(scene.coloring))
    height, width = pixels.shape
    maps = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    side = min(max(maps.height() // 3, LARGEST_PICTURE // 2), LARGEST_PICTURE)
    picture = to_image(scene.picture).scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    height = max(maps.height(), picture.height()) + 2 * space.m
    whole = QImage(side + maps.width() + 3 * space.m, height, QImage.Format.Format_RGB32)
    whole.fill(theme.colors.window)
    painter = QPainter(whole)
    painter.drawImage(space.m, space.m, picture)
    painter.drawImage(side + 2 * space.m, space.m, maps)
    painter.end()
    return whole


def map_image(values: npt.NDArray[np.float32], shown: Shown, unit: int) -> QImage:
    """One map as a picture: every value a square, LEAST_SIDE pixels or more."""
    ends = slice(unit, unit + 1)
    found = levels(values[None], shown.low[ends], shown.high[ends], shown.coloring.diverging)[0]
    factor = max(LEAST_SIDE // max(found.shape), 1)
    return to_image(rgb(found.repeat(factor, 0).repeat(factor, 1), table(shown.coloring)))


class MapsExports:
    """Picture, numbers and film of what is on show (see gui.pages.verbs)."""

    def __init__(self, page: MapsPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return "convscope-maps"

    @property
    def caption(self) -> str:
        shown = self._page.shown
        if shown is None:
            return "No maps yet."
        minus = f" minus {shown.second.frame.name}" if shown.second and shown.what == "difference" else ""
        maps = shown.picture
        return f"{maps.title}, layer {maps.layer.name}, {maps.frame.name}{minus}"

    def picture(self) -> export.Paintable | QWidget:
        return self._page.stage.body

    def film(self) -> FilmSource:
        return self._page.reel.film()

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """The statistics of every unit, in the order on show."""
        shown = _there(self._page)
        found = shown.statistics
        header = ("unit", "smallest", "largest", "mean", "variance", "zeros", "silent")
        rows = [
            (
                channel, found.low[channel], found.high[channel], found.mean[channel], found.variance[channel],
                found.zeros[channel], bool(found.silent[channel]),
            )
            for channel in shown.order.tolist()
        ]  # fmt: skip
        return header, rows


def verbs(page: MapsPage) -> list[Verb]:
    """The entries of the share menu."""
    return [*unit_verbs(page), *of_every_page.page_verbs(page, MapsExports(page))]


def unit_verbs(page: MapsPage) -> list[Verb]:
    """What can be done with the unit under the cursor, and with the numbers of its layer."""
    shown = page.shown
    if shown is None:
        return []
    unit = shown.unit
    found = (
        [Verb(f"What does unit {unit} see?", "eye-outline", page.ask_what_it_sees)] if entry("units") else []
    )
    pinned = (shown.maps.layer.name, unit) in page.state.pins
    return [
        *found,
        Verb(
            f"Remove the pin of unit {unit}" if pinned else f"Pin unit {unit}",
            "pin-outline",
            page.hand.toggle_pin,
        ),
        Verb(f"Order by likeness to unit {unit}", "sort-variant", lambda: page.hand.set_order("similarity")),
        _safely(page, f"Copy the map of unit {unit}", "content-copy", lambda: _copy_map(page)),
        _safely(page, f"Save the map of unit {unit} (PNG)…", "file-image-outline", lambda: _save_map(page)),
        _safely(page, "Save all maps as numbers (.npy)…", "code-array", lambda: _save_npy(page)),
    ]


def _safely(page: MapsPage, title: str, icon: str, run: of_every_page.Run) -> Verb:
    def safely() -> None:
        try:
            run()
        except UserError as error:
            page.said.emit(str(error), "error")

    return Verb(title, icon, safely)


def _there(page: MapsPage) -> Shown:
    if page.shown is None:
        raise NONE_YET
    return page.shown


def _unit_image(page: MapsPage) -> QImage:
    shown = _there(page)
    return map_image(shown.values[shown.unit], shown, shown.unit)


def _copy_map(page: MapsPage) -> None:
    export.copy_image(_unit_image(page))
    page.said.emit("The map is on the clipboard.", "info")


def _save_map(page: MapsPage) -> None:
    image, shown = _unit_image(page), _there(page)
    name = f"convscope-{_file_name(shown.maps.layer.name)}-{shown.unit}.png"
    path = export.save_dialog(page, "Save map", name, "PNG picture (*.png)")
    if path is not None:
        export.save_png(image, path)
        page.said.emit(f"Saved {path.name}.", "info")


def _save_npy(page: MapsPage) -> None:
    """float32[C, h, w], in the order of the channels, as the layer put them out."""
    shown = _there(page)
    name = f"convscope-{_file_name(shown.maps.layer.name)}.npy"
    path = export.save_dialog(page, "Save numbers", name, "NumPy array (*.npy)")
    if path is not None:
        save_npy(shown.values, path)
        page.said.emit(
            f"Saved {path.name}: {' × '.join(str(n) for n in shown.values.shape)}, float32.", "info"
        )


def save_npy(values: npt.NDArray[np.float32], path: Path) -> None:
    """All or nothing. Raises UserError."""

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:  # given a name, numpy would add an ending of its own
            np.save(file, values)

    export.atomic_write(path, write)


def _file_name(layer: str) -> str:
    return layer.replace(".", "-").replace("/", "-")
