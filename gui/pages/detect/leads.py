"""From a frame of this page on to others: its feature maps, its boxes under suppression, and how to get a detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from engine.detection.requests import Annotated, DetectPicture
from engine.errors import ErrorReport
from engine.images import Frame
from engine.jobs import Priority
from gui.pages.boxes.suppression.handover import handed_over
from gui.widgets import pasted
from gui.widgets.picture import to_image
from gui.widgets.source_state import LIVE_KINDS, SourceState

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage

NO_RAW: Final = "This detector does not tell its boxes before suppression. Choose a YOLO net."


class Leads(QObject):
    """Leads to other pages with the frame on show, by the page's own signal."""

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page)
        self._page = page
        self._source: SourceState | None = None
        self._raw = page.services.bridge.channel(
            "detect.lead", Priority.INTERACTIVE, self, handles_failures=True
        )
        self._raw.done.connect(self._raw_came)
        self._raw.failed.connect(self._raw_failed)

    def _still(self, frame: Frame) -> SourceState | None:
        """A source that gives this very frame again; of what plays, the frame is kept as a file. None: that failed."""
        source = self._page.state.source
        if source.kind not in LIVE_KINDS:
            return source
        try:
            return SourceState("file", str(pasted.keep(to_image(frame.pixels), pasted.default_folder())))
        except OSError as error:
            self._page.said.emit(
                f"The frame cannot be kept ({error}). Free some space and try again.", "warn"
            )
            return None

    @Slot()
    def to_maps(self) -> None:
        """What every layer of the detector makes of the frame on show."""
        shown = self._page.shown
        source = None if shown is None else self._still(shown.answer.frame)
        if source is None:
            return
        fields = {
            "net": self._page.state.detector, "source": source, "layer": "", "channel": 0, "pins": (), "beside": None,
            "show": "this", "view": "maps", "zoomed": False,
        }  # fmt: skip
        self._page.pageAsked.emit("maps", fields)

    @Slot()
    def to_suppression(self) -> None:
        """The boxes of the frame on show before suppression, one after the other; asked for where they are not here."""
        shown = self._page.shown
        if shown is None:
            return
        answer = shown.answer
        self._source = self._still(answer.frame)
        if self._source is None:
            return
        if answer.raw is not None:
            self._raw_came(answer)
        else:
            self._raw.ask(DetectPicture(answer.detector, answer.frame, answer.settings, raw=True))

    def to_weights(self, name: str = "") -> None:
        """The page that downloads and imports detectors, at one of them."""
        fields = {
            "task": "detection",
            "here": False,
            "query": "",
            "selected": name or self._page.state.detector,
        }
        self._page.pageAsked.emit("weights", fields)

    def rest(self) -> None:
        """The page went out of view: nobody waits for where it would have led."""
        self._raw.cancel()

    @Slot(object)
    def _raw_came(self, answer: Annotated) -> None:
        if answer.raw is None:
            self._page.said.emit(NO_RAW, "info")
            return
        settings = answer.settings
        table = handed_over(
            answer.frame,
            answer.raw,
            answer.classes,
            least=settings.least,
            iou_threshold=settings.iou_threshold,
        )
        fields = {"view": "suppression", "source": self._source, "suppression": table}
        self._page.pageAsked.emit("boxes", fields)

    @Slot(object)
    def _raw_failed(self, report: ErrorReport) -> None:
        self._page.said.emit(f"{report.sentence} {report.hint}".strip(), "warn")
