"""From a frame of this page on to others: its feature maps, its boxes under suppression, and how to get a detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.images import Frame
from gui.widgets import pasted
from gui.widgets.picture import to_image
from gui.widgets.source_state import LIVE_KINDS, SourceState

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage


def still(page: DetectPage, frame: Frame) -> SourceState | None:
    """A source that gives this very frame again; of what plays, the frame is kept as a file. None: that failed."""
    source = page.state.source
    if source.kind not in LIVE_KINDS:
        return source
    try:
        return SourceState("file", str(pasted.keep(to_image(frame.pixels), pasted.default_folder())))
    except OSError as error:
        page.said.emit(f"The frame cannot be kept ({error}). Free some space and try again.", "warn")
        return None


def to_maps(page: DetectPage) -> None:
    """What every layer of the detector makes of the frame on show."""
    shown = page.shown
    source = None if shown is None else still(page, shown.answer.frame)
    if source is not None:
        fields = {
            "net": page.state.detector,
            "layer": "",
            "channel": 0,
            "pins": (),
            "beside": None,
            "source": source,
        }
        page.pageAsked.emit("maps", {**fields, "show": "this", "view": "maps", "zoomed": False})


def to_suppression(page: DetectPage) -> None:
    """The boxes of the frame on show, one after the other."""
    shown = page.shown
    source = None if shown is None else still(page, shown.answer.frame)
    if source is not None:
        page.pageAsked.emit("boxes", {"view": "suppression", "source": source})


def to_weights(page: DetectPage, name: str = "") -> None:
    """The page that downloads and imports detectors, at one of them."""
    page.pageAsked.emit("weights", {"task": "detection", "here": False, "query": "", "selected": name})
