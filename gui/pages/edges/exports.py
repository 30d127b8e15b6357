"""What can be taken away from the page of edges; the verbs themselves are those of every page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.context import Context
from engine.errors import UserError
from engine.foundations.edges.catalogue import pair, weight
from engine.foundations.edges.picture import bank, respond
from engine.foundations.edges.requests import FilteredPicture, FilterPicture
from engine.foundations.edges.snippet import picture_script
from engine.foundations.snippet import pytorch_snippet
from engine.images import Frame
from gui import export
from gui.film import FilmSource
from gui.pages.edges.band import steer_band
from gui.pages.edges.kernel_scene import kernel_scene
from gui.pages.edges.maps_view import MapsView
from gui.pages.edges.plan import plan
from gui.pages.edges.playback import at_position, position
from gui.pages.edges.resolve import WHAT, GridResolver
from gui.pages.edges.state import EdgesState

if TYPE_CHECKING:
    from gui.pages.edges.page import EdgesPage

FILM_SIZE: Final = (1280, 760)
FILM_STEP: Final = 3
"""Degrees from one frame of the turning kernel to the next."""
MOST_FPS: Final = 15.0
HOLD_S: Final = 1.5


class EdgesExports:
    """The page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: EdgesPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-edges-{self._page.state.view}"

    @property
    def caption(self) -> str:
        maps = self._page.stage.maps
        if not self._page.state.on_picture:
            return self._page.stage.canvas.scene.description
        return "" if maps.plan is None else maps.plan.sentence

    def picture(self) -> export.Paintable | QWidget:
        return self._page.stage.shown

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """The kernels and the grids, or the maps of the picture."""
        state = self._page.state
        if not state.on_picture:
            done = self._page.grid.trace
            return [("input", done.x[0]), ("kernel", done.kernel[0, 0]), ("output", done.output[0])]
        result = self._result()
        if state.view == "gradient":
            names = ("kernel at 0 degrees", "kernel at 90 degrees")
            blocks: list[tuple[str, npt.ArrayLike]] = list(
                zip(names, pair(result.request.kernel), strict=True)
            )
        elif state.view == "compare":
            blocks = [
                (f"kernel {member.title} (before division by {member.divisor:g})", member.plane)
                for member in bank(result.request.kernel)
            ]
        else:
            blocks = [("kernel", weight(result.request.kernel))]
        return blocks + list(zip(result.names, result.maps, strict=True))

    def script(self) -> str:
        """A runnable PyTorch script of what is on show."""
        state = self._page.state
        if not state.on_picture:
            done = self._page.grid.trace
            return pytorch_snippet(done.x, done.weight, done.bias, done.spec, done.output)
        return picture_script(state.shown_kernel, WHAT[state.view], state.colour)

    def film(self) -> FilmSource:
        """The walk of the window, or half a turn of the kernel on the picture. Raises UserError in other views."""
        page, state = self._page, self._page.state
        where = position(state)
        if where is None:
            raise UserError("This view has no animation.", "Choose On a small input or Rotate first.")
        if state.view == "kernel":
            fps = min(1000.0 / where.pace * page.stepper.speed, MOST_FPS)
            return FilmSource(
                partial(self._grid_image, state, GridResolver()), range(where.count), fps, HOLD_S
            )
        frame = self._result().request.frame
        return FilmSource(_Turning(state, frame).image_at, range(0, where.count, FILM_STEP), MOST_FPS, HOLD_S)

    def _grid_image(self, state: EdgesState, resolver: GridResolver, index: int) -> QImage:
        size = QSizeF(*FILM_SIZE)
        image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        scene = kernel_scene(resolver.resolve(at_position(state, index)), size)
        self._page.stage.canvas.paint_scene(painter, scene, size)
        painter.end()
        return image

    def _result(self) -> FilteredPicture:
        result = self._page.stage.maps.result
        if result is None:
            raise UserError("There are no maps to save yet.", "Wait until the picture is filtered.")
        return result


class _Turning:
    """Draws the picture's view for every angle, in a view of its own that nobody sees."""

    def __init__(self, state: EdgesState, frame: Frame) -> None:
        self._state, self._frame = state, frame
        self._limit = 0.0
        self._view = MapsView()
        self._view.resize(*FILM_SIZE)

    def image_at(self, index: int) -> QImage:
        state = at_position(self._state, index)
        result = _filtered(FilterPicture(self._frame, state.shown_kernel, "response", state.colour))
        limit = max(found.limit for found in result.ranges)
        shown = plan(result, state.arrangement)
        # The scale of colours only grows: one that follows every angle would flicker.
        self._limit = max(self._limit, limit)
        tiles = tuple(replace(t, limit=self._limit) if t.kind == "signed" else t for t in shown.tiles)
        self._view.show_plan(replace(shown, tiles=tiles), result, divider=state.wipe)
        self._view.show_band(partial(steer_band, state.shown_kernel))
        return self._view.grab().toImage()


def _filtered(request: FilterPicture) -> FilteredPicture:
    """Filter a picture here and now, without torch."""
    steps = respond(request, Context())
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        result: FilteredPicture = stop.value
        return result
