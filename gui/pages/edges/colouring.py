"""Maps as colours: what a tile shows, worked out once for a map and again only for another theme."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.foundations.edges.requests import FilteredPicture, FloatMaps
from gui import colormaps
from gui.pages.edges import wheel
from gui.pages.edges.plan import INPUT, WHITE, TilePlan
from gui.theme import GREY, RGB, VIRIDIS
from gui.widgets.frame_view import FrameView
from gui.widgets.held_range import HeldRange
from gui.widgets.scene import ColorBar
from gui.widgets.stage_text import key

Pixels = npt.NDArray[np.uint8]


class MapColours:
    """The colours of one tile; the range of a live picture is held, so that they do not flicker."""

    def __init__(self) -> None:
        self._quantize = colormaps.Quantizer()
        self._held = HeldRange()
        self._limit = 1.0
        self._plan: TilePlan | None = None
        self._about: object = None
        self._levels: Pixels | None = None
        self._seen: FloatMaps | None = None

    def show(self, view: FrameView, plan: TilePlan, result: FilteredPicture, live: bool) -> None:
        """Colour the map of a plan into a view."""
        same = self._plan is not None and (plan.key, plan.kind) == (self._plan.key, self._plan.kind)
        held = self._limit
        about = (plan.key, plan.kind, result.request.kernel) if live else (object(),)
        self._limit = self._held.follow(plan.limit, about)
        self._plan = plan
        numbers = None if plan.kind in ("picture", "colour", "angle") else result.map(plan.key)
        if same and numbers is not None and held == self._limit and self._shows(numbers):
            return  # a kernel that does not turn answers as before while its neighbours turn
        self._levels, self._seen = None, numbers
        if plan.key == INPUT:
            if result.pixels is result.request.frame.pixels:
                if view.frame is not result.request.frame:
                    view.set_frame(result.request.frame)
            else:
                view.set_rgb(result.pixels)
        elif plan.kind == "colour":
            view.set_rgb(_clipped(result))
        elif plan.kind == "angle":
            view.set_rgb(wheel.colours(result.map("angle"), result.map("magnitude"), self._limit))
        elif numbers is not None:
            low = -self._limit if plan.kind == "signed" else 0.0
            self._levels = self._quantize(numbers, low, self._limit)
            self.recolour(view)

    def _shows(self, numbers: FloatMaps) -> bool:
        """Whether these very numbers are on show: comparing them takes a tenth of colouring and painting them."""
        return self._levels is not None and self._seen is not None and np.array_equal(self._seen, numbers)

    def recolour(self, view: FrameView) -> None:
        """The same levels in the colours of the theme in force."""
        anchors = self._anchors()
        if self._levels is not None and anchors is not None:
            view.set_indexed(self._levels, anchors)

    def bar(self) -> ColorBar | None:
        """The key of the colours: what lies beyond its ends has the end colours. None for pictures and angles."""
        anchors = self._anchors()
        if self._plan is None or anchors is None:
            return None
        low = -self._limit if self._plan.kind == "signed" else 0.0
        high = float(round(self._limit)) if self._limit >= 10 else self._limit
        bar = key(anchors, float(round(low)) if -low >= 10 else low, high, beyond=True)
        if self._plan.kind == "magnitude":
            return ColorBar(bar.area, anchors, "0", bar.high)
        return bar

    def _anchors(self) -> tuple[RGB, ...] | None:
        kind = None if self._plan is None else self._plan.kind
        if kind == "signed":
            return colormaps.activation_anchors()
        return {"magnitude": VIRIDIS, "grey": GREY}.get(kind or "")


def _clipped(result: FilteredPicture) -> Pixels:
    """uint8[H, W, 3] of three maps: what lies outside 0..255 becomes the nearest."""
    shown = np.clip(result.maps, 0, WHITE) + np.float32(0.5)
    return np.ascontiguousarray(shown.astype(np.uint8).transpose(1, 2, 0))
