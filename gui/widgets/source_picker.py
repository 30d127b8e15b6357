"""The one picker of pictures: photos, file, drawing, camera, video, and what a page adds.

A source becomes the state when its first picture is there; until then, and if it fails, the old one stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine import sources, video
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.sources import CameraInfo, LoadSample, OpenPicture
from engine.video import Grabber
from gui.bridge import Bridge
from gui.live import LiveDesk, LiveStats
from gui.widgets import pasted
from gui.widgets.drawing_board import DrawingBoard
from gui.widgets.kind_tabs import KindTabs
from gui.widgets.photo_grid import PhotosPanel
from gui.widgets.source_cameras import CameraConsent, Cameras
from gui.widgets.source_panels import FilePanel, VideoPanel
from gui.widgets.source_state import LIVE_KINDS, Kind, SourceState, Stroke

STATS_MILLISECONDS: Final = 500
_ELSEWHERE: Final = {
    "folder": "A folder cannot be a picture source. Drop one picture or one video of it.",
    "weights": "Weights are not a picture. Choose a picture or a video.",
    "state": "A saved view is not a picture. Open it from the File menu.",
    "signal": "A signal is not a picture. Choose a picture or a video.",
    "volume": "A volume is not a picture. Choose a picture or a video.",
}
_picker_numbers = count(1)


class SourcePicker(QWidget):
    """Says where pictures come from and delivers them.

    stateChanged(SourceState): a person picked something and its picture is there, or a state set from outside
    could not be had and the old one is back; frameChanged(Frame); liveChanged(bool): `frames` is another
    mailbox or none; problem(str): a sentence for the banner.
    """

    stateChanged = Signal(object)
    reverted = Signal(object)
    frameChanged = Signal(object)
    liveChanged = Signal(bool)
    stalled = Signal(bool)
    """A camera fails to deliver: what is shown is old (True); it delivers again (False)."""
    lostChanged = Signal(str)
    """The name of a camera that stopped by itself, for which `reconnect` may be asked; "" once nothing is lost."""
    problem = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        *,
        consent: CameraConsent | None = None,
        open_camera: Callable[[CameraInfo], Grabber] = video.open_camera,
        open_video: Callable[[str | Path], Grabber] = video.open_video,
        pasted_folder: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_camera, self._open_video = open_camera, open_video
        self._pasted_folder = pasted_folder
        self._state: SourceState | None = None  # its picture is shown
        self._told: SourceState | None = None  # what the page knows
        self._wanted: SourceState | None = None  # its picture is on the way
        self._frame: Frame | None = None
        self._last: dict[str, SourceState] = {}
        self._lost = ""
        self._desk = LiveDesk(self)
        self._desk_pending = False  # the first frame of what plays makes the wanted state the source
        self._frames_told: Mailbox[Frame] | None = None
        self._active = True
        self._closed = False
        number = next(_picker_numbers)
        self._pictures = bridge.channel(f"source {number}: picture", parent=self, handles_failures=True)
        self.cameras = Cameras(bridge, f"source {number}: cameras", consent, self)
        self._clock = QTimer(self)
        self._clock.setInterval(STATS_MILLISECONDS)
        self.photos = PhotosPanel(bridge, f"source {number}: thumbnails")
        self.file = FilePanel()
        self.board = DrawingBoard()
        self.camera = self.cameras.panel
        self.video = VideoPanel()
        self.tabs = KindTabs(self)
        self._build()
        self._connect()

    # --- for pages ------------------------------------------------------------------------------------------

    @property
    def state(self) -> SourceState | None:
        """What is picked, as the page knows it; None before anything was set or picked."""
        return self._told

    @property
    def frame(self) -> Frame | None:
        """The newest picture of the source, None before the first and for a page's own kind."""
        return self._frame

    @property
    def live(self) -> bool:
        """Whether pictures keep coming: a camera or video that is neither frozen nor hidden."""
        return self.frames is not None

    @property
    def frames(self) -> Mailbox[Frame] | None:
        """The live source's mailbox, for a live job of the engine; None for stills and frozen pictures."""
        source = self._desk.source
        return None if source is None or self._desk_pending or source.frozen else source.frames

    @property
    def stats(self) -> LiveStats | None:
        """How the live source goes, None for stills."""
        source = self._desk.source
        return source.stats if source is not None and self.live else None

    @property
    def lost(self) -> str:
        """The camera that is the source, but stopped by itself (unplugged, say); "" where none did."""
        return self._lost

    @Slot()
    def reconnect(self) -> None:
        """Look for the lost camera and go on with it; problem() says why where it cannot be had."""
        if self._lost:
            self.cameras.forget()  # it may have another number by now
            self.pick(SourceState("camera", self._lost))

    @property
    def kind_shown(self) -> str:
        """The kind whose panel is open (which may differ from the state's: nothing picked there yet)."""
        return self.tabs.current

    def add_kind(self, kind: Kind, icon: str, title: str, panel: QWidget, *, first: bool = False) -> None:
        """Add a page's own kind. The panel is the page's; it calls `pick` when a person chooses there."""
        self.tabs.add(kind, icon, title, panel, first=first)

    def leave_out(self, kind: Kind) -> None:
        """Do not offer a kind that the page has no use for."""
        self.tabs.leave_out(kind)

    def pick(self, state: SourceState) -> None:
        """Pick as a person does: stateChanged and frameChanged follow when the picture is there."""
        self._begin(state)

    @Slot(object)
    def set_state(self, state: SourceState) -> None:
        """Show a page's state. Emits stateChanged only if it cannot be had and the old source stays."""
        if state != self._told:
            self._told = state
            self._begin(state)

    @Slot(str)
    def open_path(self, path: str | Path) -> bool:
        """Pick a dropped file; False, and problem() says why, if it is neither picture nor video."""
        try:
            kind = sources.classify(path)
        except UserError as error:
            self.problem.emit(str(error))
            return False
        if kind not in ("picture", "video"):
            self.problem.emit(_ELSEWHERE[kind])
            return False
        self.pick(SourceState("file" if kind == "picture" else "video", str(path)))
        return True

    def paste_image(self, image: QImage) -> bool:
        """Pick a picture of the clipboard. It is kept as a file, so that the state can be restored."""
        if image.isNull():
            self.problem.emit("There is no picture on the clipboard. Copy one and paste again.")
            return False
        try:
            path = pasted.keep(image, self._pasted_folder or pasted.default_folder())
        except OSError as error:
            self.problem.emit(
                f"The pasted picture cannot be kept ({error}). Save it as a file and open that."
            )
            return False
        self.pick(SourceState("file", str(path)))
        return True

    def set_active(self, active: bool) -> None:
        """The page came into view or left it: a hidden camera is given back, a hidden video waits."""
        if active == self._active or self._closed:
            return
        self._active = active
        source, state = self._desk.source, self._wanted or self._state
        served = self._wanted if self._desk_pending else self._state
        if source is not None and served is not None:
            if served.kind == "camera":
                self._stop_desk()
            elif not self._desk_pending:
                source.freeze(not active or served.frozen)
        elif active and state is not None and state.kind == "camera" and (self._wanted or not state.frozen):
            self._begin(state)
        self._tell_live()

    def close(self) -> bool:
        """Give the camera back (waits up to 2 s) and ask nothing more; may be called again."""
        self._closed = True
        self._clock.stop()
        self._pictures.cancel()
        self.cameras.close()
        self._desk.close()
        return super().close()

    @Slot(str)
    def show_kind(self, kind: str) -> None:
        """Open the panel of a kind, as a click on its button does: the last choice there is picked again."""
        self.tabs.open(kind)
        if self._wanted is None and self._state is not None and self._state.kind == kind:
            return
        last = self._last.get(kind)
        if kind == "camera":
            self.cameras.look()
        elif kind == "drawing":
            self.pick(SourceState("drawing", self.board.ink, strokes=self.board.strokes))
        elif last is not None:
            self.pick(replace(last, frozen=False))
        elif kind == "sample":
            self.pick(SourceState())

    # --- from wanted to shown -------------------------------------------------------------------------------

    def _begin(self, state: SourceState) -> None:
        """Fetch the picture of a state; what was on the way before is given up."""
        if self._closed:
            return
        self._pictures.cancel()
        self.tabs.open(state.kind)
        if self._desk_pending:
            self._stop_desk()
        source = self._desk.source
        if source is not None and self._state is not None and _same_source(state, self._state):
            source.freeze(state.frozen or not self._active)
            self._commit(state, None)
            return
        self._wanted = state
        match state.kind:
            case "sample":
                self._pictures.ask(LoadSample(state.value))
            case "file":
                self._pictures.ask(OpenPicture(state.value))
            case "drawing":
                self.board.set_strokes(state.strokes, state.value)
                self._commit(state, self.board.frame())
            case "video":
                self._play(_Opener(self._open_video, state.value), Path(state.value).name, film=True)
            case "camera":
                self._begin_camera(state)
            case "preset":
                self._frame = None
                self._commit(state, None)

    def _commit(self, state: SourceState, frame: Frame | None, told: SignalInstance | None = None) -> None:
        """The picture of a state is there: it is the source now."""
        self._state, self._wanted = state, None
        self._last[state.kind] = state
        if state.kind not in LIVE_KINDS:
            self._stop_desk()
        if frame is not None:
            self._frame = frame
        if self._lost and not (state.kind == "camera" and state.value == self._lost and state.frozen):
            self._set_lost("")
        self._show_source()
        self._show_stats()
        self._tell_state(state, told)
        self._tell_live()
        if frame is not None and self._state == state:  # else a slot of the signals above picked another
            self.frameChanged.emit(frame)

    def _give_up(self, sentence: str) -> None:
        """The wanted source cannot be had: the old one stays; where there is none, one that always works."""
        failed, self._wanted = self._wanted, None
        if sentence:
            self.problem.emit(sentence)
        if self._wanted is not None:
            return  # whoever heard of the problem picked something else
        state = self._state
        if state is None:
            shown = self.tabs.current
            self._begin(SourceState() if failed != SourceState() else SourceState("drawing", ""))
            self.tabs.open(shown)
        elif state.kind in LIVE_KINDS and self._desk.source is None and not state.frozen:
            self._commit(replace(state, frozen=True), None, told=self.reverted)  # its last picture stays
        else:
            self._show_source()
            self._tell_state(state, self.reverted)

    def _tell_state(self, state: SourceState, told: SignalInstance | None = None) -> None:
        if state != self._told:
            self._told = state
            (told or self.stateChanged).emit(state)

    def _tell_live(self) -> None:
        if self.frames is not self._frames_told:
            self._frames_told = self.frames
            self.liveChanged.emit(self.live)

    @Slot(object)
    def _picture_came(self, frame: Frame) -> None:
        # An answer may already be on its way when its question is cancelled.
        if self._wanted is not None and self._wanted.kind in ("sample", "file"):
            self._commit(self._wanted, frame)

    @Slot(object)
    def _picture_failed(self, report: ErrorReport) -> None:
        if self._wanted is not None and self._wanted.kind in ("sample", "file"):
            self._give_up(f"{report.sentence} {report.hint}".strip())

    @Slot(str)
    def _sample_picked(self, name: str) -> None:
        self.pick(SourceState("sample", name))

    @Slot(object)
    def _drawn(self, strokes: tuple[Stroke, ...]) -> None:
        if self._wanted is None and self._state is not None and self._state.kind == "drawing":
            self._commit(SourceState("drawing", self.board.ink, strokes=strokes), None)

    @Slot(str)
    def _ink_changed(self, _ink: str) -> None:
        self._drawn(self.board.strokes)

    @Slot(object)
    def _drawing_came(self, frame: Frame) -> None:
        if self._wanted is None and self._state is not None and self._state.kind == "drawing":
            self._frame = frame
            self.frameChanged.emit(frame)

    # --- live -----------------------------------------------------------------------------------------------

    def _play(self, open: Callable[[], Grabber], name: str, *, film: bool) -> None:
        self._desk.play(open, name, film=film)
        self._desk_pending = True
        self._clock.start()
        self._tell_live()

    def _stop_desk(self) -> None:
        self._clock.stop()
        self._desk_pending = False
        self._desk.stop()

    @Slot(object)
    def _live_frame(self, frame: Frame) -> None:
        source, wanted = self._desk.source, self._wanted
        if source is not None and self._desk_pending and wanted is not None:
            self._desk_pending = False
            source.freeze(wanted.frozen or not self._active)
            self._commit(wanted, frame)
        elif self._wanted is None or not self._desk_pending:
            self._frame = frame
            self.frameChanged.emit(frame)

    @Slot(str)
    def _live_ended(self, sentence: str) -> None:
        pending, state, wanted = self._desk_pending, self._state, self._wanted
        self._stop_desk()
        if pending or state is None:
            self._give_up(sentence)
            return
        if state.kind == "camera":
            self._set_lost(state.value)
        self.problem.emit(f"{sentence} The last picture stays.".strip())
        self._commit(replace(state, frozen=True), None)
        self._wanted = self._wanted or wanted

    def _set_lost(self, name: str) -> None:
        if name != self._lost:
            self._lost = name
            self.lostChanged.emit(name)

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        state = self._wanted or self._state
        if state is not None and state.kind in LIVE_KINDS:
            self.pick(replace(state, frozen=frozen))

    @Slot()
    def _show_stats(self) -> None:
        if self._frame is not None and self._state is not None and self._state.kind in LIVE_KINDS:
            panel = self.camera if self._state.kind == "camera" else self.video
            panel.show_stats(self._frame, self.stats)

    # --- cameras --------------------------------------------------------------------------------------------

    def _begin_camera(self, state: SourceState) -> None:
        if not self.cameras.listed:
            self.cameras.look()
            return
        info = self.cameras.find(state.value)
        if info is None or not self.cameras.agreed:
            self._give_up(self.cameras.trouble(state.value))  # without agreement the panel asks
        elif self._active:
            self.cameras.show_starting(info.name)
            self._play(_Opener(self._open_camera, info), info.name, film=False)

    @Slot()
    def _cameras_came(self) -> None:
        last = self._last.get("camera")
        usable = self.cameras.usable("" if last is None else last.value)
        if self._wanted is not None and self._wanted.kind == "camera":
            self._begin(self._wanted)
        elif self.tabs.current == "camera" and usable:
            self._camera_wanted(usable)
        else:
            self._show_source()

    @Slot(str)
    def _camera_wanted(self, name: str) -> None:
        self.pick(SourceState("camera", name))

    # --- panels ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        for kind, icon, title, panel in (
            ("sample", "image-multiple-outline", "Photos", self.photos),
            ("file", "folder-open-outline", "File", self.file),
            ("drawing", "pencil-outline", "Draw", self.board),
            ("camera", "camera-outline", "Camera", self.camera),
            ("video", "movie-open-outline", "Video", self.video),
        ):
            self.tabs.add(kind, icon, title, panel)
        self.tabs.open("sample")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.setAccessibleName("Source of pictures")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def _connect(self) -> None:
        self._pictures.done.connect(self._picture_came)
        self._pictures.failed.connect(self._picture_failed)
        self.cameras.came.connect(self._cameras_came)
        self.cameras.wanted.connect(self._camera_wanted)
        self._desk.frameChanged.connect(self._live_frame)
        self._desk.ended.connect(self._live_ended)
        self._desk.stalled.connect(self.stalled)
        self._clock.timeout.connect(self._show_stats)
        self.tabs.clicked.connect(self.show_kind)
        self.photos.picked.connect(self._sample_picked)
        self.file.chosen.connect(self.open_path)
        self.board.strokesChanged.connect(self._drawn)
        self.board.inkChanged.connect(self._ink_changed)
        self.board.frameReady.connect(self._drawing_came)
        self.camera.frozen.connect(self._freeze)
        self.camera.reconnectAsked.connect(self.reconnect)
        self.camera.otherAsked.connect(self.show_kind)
        self.video.chosen.connect(self.open_path)
        self.video.paused.connect(self._freeze)

    def _show_source(self) -> None:
        """The panels say which source is in use."""
        state = self._state or SourceState("preset", "none yet")
        self.photos.choose(state.value if state.kind == "sample" else None)
        opened = state.kind == "file"
        self.file.show_file(state.value if opened else "", self._frame if opened else None)
        self.video.show_video(state.value if state.kind == "video" else "", state.frozen)
        running = state.kind == "camera"
        last = state if running else self._last.get("camera")
        chosen = "" if last is None else last.value
        self.cameras.show(chosen, running=running, frozen=state.frozen, lost=self._lost)


class _Opener:
    """Opens one device or file: called in the capture thread."""

    def __init__(self, open: Callable[..., Grabber], what: object) -> None:
        self._open = open
        self._what = what

    def __call__(self) -> Grabber:
        return self._open(self._what)


def _same_source(first: SourceState, second: SourceState) -> bool:
    return (first.kind, first.value) == (second.kind, second.value)
