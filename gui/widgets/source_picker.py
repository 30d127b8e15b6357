"""The one picker of pictures: photos, file, drawing, camera, video, and what a page adds.

A source becomes the state when its first picture is there; until then, and if it fails, the old one stays.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final, Protocol, cast

from PySide6.QtCore import QBuffer, QIODevice, QSize, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine import sources, video
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.sources import CameraInfo, ListCameras, LoadSample, OpenPicture
from engine.video import Capture, Grabber
from gui.bridge import Bridge
from gui.live import LiveSource, LiveStats
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.drawing_board import DrawingBoard
from gui.widgets.source_panels import CameraPanel, FilePanel, PhotosPanel, VideoPanel
from gui.widgets.source_state import DEFAULT_SAMPLE, LIVE_KINDS, Kind, SourceState, Stroke

log = logging.getLogger(__name__)

STATS_MILLISECONDS: Final = 500
PASTED_KEPT: Final = 20
_ELSEWHERE: Final = {
    "folder": "A folder cannot be a picture source. Drop one picture or one video of it.",
    "weights": "Weights are not a picture. Choose a picture or a video.",
    "state": "A saved view is not a picture. Open it from the File menu.",
}
_picker_numbers = count(1)


class CameraConsent(Protocol):
    """Where it is kept that a person agreed to the use of the camera (`gui.settings.Settings` is one)."""

    camera_consent: bool


@dataclass
class SessionConsent:
    """Agreement that lasts as long as the program runs."""

    camera_consent: bool = False


_session_consent: Final = SessionConsent()


class SourcePicker(QWidget):
    """Says where pictures come from and delivers them.

    stateChanged(SourceState): a person picked something and its picture is there, or a state set from outside
    could not be had and the old one is back; frameChanged(Frame); liveChanged(bool): `frames` is another
    mailbox or none; problem(str): a sentence for the banner.
    """

    stateChanged = Signal(object)
    frameChanged = Signal(object)
    liveChanged = Signal(bool)
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
        self._consent = consent if consent is not None else _session_consent
        self._open_camera, self._open_video = open_camera, open_video
        self._pasted_folder = pasted_folder
        self._state: SourceState | None = None  # its picture is shown
        self._told: SourceState | None = None  # what the page knows
        self._wanted: SourceState | None = None  # its picture is on the way
        self._frame: Frame | None = None
        self._last: dict[str, SourceState] = {}
        self._cameras: tuple[CameraInfo, ...] | None = None
        self._live: LiveSource | None = None
        self._live_pending = False  # its first frame makes the wanted state the source
        self._retired: list[Capture] = []
        self._frames_told: Mailbox[Frame] | None = None
        self._active = True
        self._closed = False
        number = next(_picker_numbers)
        self._pictures = bridge.channel(f"source {number}: picture", parent=self, handles_failures=True)
        self._pictures.done.connect(self._picture_came)
        self._pictures.failed.connect(self._picture_failed)
        self._devices = bridge.channel(f"source {number}: cameras", parent=self, handles_failures=True)
        self._devices.done.connect(self._cameras_came)
        self._devices.failed.connect(self._cameras_failed)
        self._stats_clock = QTimer(self)
        self._stats_clock.setInterval(STATS_MILLISECONDS)
        self._stats_clock.timeout.connect(self._show_stats)
        self._buttons: dict[str, QToolButton] = {}
        self._panels: dict[str, QWidget] = {}
        self._build(bridge, number)
        theme.changed.connect(self._retint)

    # --- for pages ------------------------------------------------------------------------------------------

    @property
    def state(self) -> SourceState:
        """What is picked, as the page knows it."""
        return self._told or self._state or SourceState()

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
        if self._live is None or self._live_pending or self._live.frozen:
            return None
        return self._live.frames

    @property
    def stats(self) -> LiveStats | None:
        """How the live source goes, None for stills."""
        return self._live.stats if self._live is not None and self.live else None

    @property
    def kind_shown(self) -> str:
        """The kind whose panel is open (which may differ from the state's: nothing picked there yet)."""
        return next((kind for kind, button in self._buttons.items() if button.isChecked()), "")

    def add_kind(self, kind: Kind, icon: str, title: str, panel: QWidget, *, first: bool = False) -> None:
        """Add a page's own kind. The panel is the page's; it calls `pick` when a person chooses there."""
        if kind in self._buttons:
            raise ValueError(f"the kind {kind} is there already")
        button = QToolButton()
        button.setCheckable(True)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setProperty("icon_name", icon)
        button.setProperty("kind", kind)
        button.clicked.connect(self._kind_clicked)
        self._group.addButton(button)
        self._row.insertWidget(0 if first else self._row.count(), button)
        self._column.addWidget(panel)
        panel.hide()
        self._buttons[kind], self._panels[kind] = button, panel
        self._retint()

    def panel(self, kind: str) -> QWidget:
        """The panel of a kind."""
        return self._panels[kind]

    def pick(self, state: SourceState) -> None:
        """Pick as a person does: stateChanged and frameChanged follow when the picture is there."""
        self._begin(state)

    @Slot(object)
    def set_state(self, state: SourceState) -> None:
        """Show a page's state. Emits stateChanged only if it cannot be had and the old source stays."""
        if state == self._told:
            return
        self._told = state
        self._begin(state)

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
            path = _keep_pasted(image, self._pasted_folder or _default_pasted_folder())
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
        state = self._wanted or self._state
        served = self._wanted if self._live_pending else self._state
        if self._live is not None and served is not None:
            if served.kind == "camera":
                self._stop_live()
            elif not self._live_pending:
                self._live.freeze(not active or served.frozen)
        elif active and state is not None and state.kind == "camera" and (self._wanted or not state.frozen):
            self._begin(state)
        self._tell_live()

    def close(self) -> bool:
        """Give the camera back (waits up to 2 s) and ask nothing more; may be called again."""
        self._closed = True
        self._stats_clock.stop()
        self._pictures.cancel()
        self._devices.cancel()
        self._stop_live()
        for capture in self._retired:
            capture.stop()
        self._retired.clear()
        return super().close()

    # --- picking --------------------------------------------------------------------------------------------

    def _begin(self, state: SourceState) -> None:
        """Fetch the picture of a state; what was on the way before is given up."""
        if self._closed:
            return
        self._pictures.cancel()
        if self._live_pending:
            self._stop_live()
        if self._live is not None and self._state is not None and _same_source(state, self._state):
            self._live.freeze(state.frozen or not self._active)
            self._show_kind(state.kind)
            self._commit(state, None)
            return
        self._wanted = state
        self._show_kind(state.kind)
        match state.kind:
            case "sample":
                self._pictures.ask(LoadSample(state.value))
            case "file":
                self._pictures.ask(OpenPicture(state.value))
            case "drawing":
                self.board.set_strokes(state.strokes, state.value)
                self._commit(state, self.board.frame())
            case "video":
                opener = _Opener(self._open_video, state.value)
                self._start_live(LiveSource(opener, name=Path(state.value).name, paced=True, loop=True,
                                            after=self._newest_capture(), parent=self))  # fmt: skip
            case "camera":
                self._begin_camera(state)
            case "preset":
                self._frame = None
                self._commit(state, None)

    def _commit(self, state: SourceState, frame: Frame | None) -> None:
        """The picture of a state is there: it is the source now."""
        self._state, self._wanted = state, None
        self._last[state.kind] = state
        if state.kind not in LIVE_KINDS:
            self._stop_live()
        if frame is not None:
            self._frame = frame
        self._show_source()
        if state != self._told:
            self._told = state
            self.stateChanged.emit(state)
        self._tell_live()
        if frame is not None and self._state == state:
            self.frameChanged.emit(frame)

    def _give_up(self, sentence: str) -> None:
        """The wanted source cannot be had: the old one stays; where there is none, one that always works."""
        failed, self._wanted = self._wanted, None
        if sentence:
            self.problem.emit(sentence)
        if self._wanted is not None:
            return  # whoever heard of the problem picked something else
        if self._state is None:
            shown = self.kind_shown
            usual = SourceState()
            self._begin(usual if failed is None or failed != usual else SourceState("drawing", ""))
            self._show_kind(shown)
            return
        if self._told != self._state:
            self._told = self._state
            self.stateChanged.emit(self._state)
        self._show_source()
        self._keep_old_picture()

    def _keep_old_picture(self) -> None:
        """A live source that made way for one that failed keeps its last picture."""
        state = self._state
        if state is not None and state.kind in LIVE_KINDS and self._live is None and not state.frozen:
            self._commit(replace(state, frozen=True), None)

    @Slot(object)
    def _picture_came(self, frame: Frame) -> None:
        # An answer may already be on its way when its question is cancelled.
        if self._wanted is not None and self._wanted.kind in ("sample", "file"):
            self._commit(self._wanted, frame)

    @Slot(object)
    def _picture_failed(self, report: ErrorReport) -> None:
        if self._wanted is not None and self._wanted.kind in ("sample", "file"):
            self._give_up(f"{report.sentence} {report.hint}".strip())

    @Slot(object)
    def _drawn(self, strokes: tuple[Stroke, ...]) -> None:
        if self._state is not None and self._state.kind == "drawing":
            self._commit(SourceState("drawing", self.board.ink, strokes=strokes), None)

    @Slot(str)
    def _ink_changed(self, _ink: str) -> None:
        self._drawn(self.board.strokes)

    @Slot(object)
    def _drawing_came(self, frame: Frame) -> None:
        if self._state is not None and self._state.kind == "drawing" and self._wanted is None:
            self._frame = frame
            self.frameChanged.emit(frame)

    # --- live -----------------------------------------------------------------------------------------------

    def _begin_camera(self, state: SourceState) -> None:
        if self._cameras is None:
            self.camera.show_looking()
            self._devices.ask(ListCameras())
            return
        info = next((camera for camera in self._cameras if camera.name == state.value), None)
        if not self._cameras:
            self._give_up("No camera was found.")
        elif info is None:
            self._cameras_shown()
            self._give_up(f"The camera {state.value} is not plugged in.")
        elif not self._consent.camera_consent:
            self._give_up("")
        elif self._active:
            self.camera.show_cameras(self._cameras, info.name)
            self.camera.show_starting()
            opener = _Opener(self._open_camera, info)
            self._start_live(LiveSource(opener, name=info.name, after=self._newest_capture(), parent=self))

    def _start_live(self, live: LiveSource) -> None:
        self._stop_live()
        self._live, self._live_pending = live, True
        self._tell_live()
        live.frameChanged.connect(self._live_frame)
        live.ended.connect(self._live_ended)
        live.start()
        self._stats_clock.start()

    def _stop_live(self) -> None:
        live, self._live = self._live, None
        self._live_pending = False
        self._stats_clock.stop()
        if live is not None:
            live.stop()
            self._retired = [capture for capture in (*self._retired, live.capture) if capture.running]
            live.deleteLater()

    def _newest_capture(self) -> Capture | None:
        if self._live is not None:
            return self._live.capture
        return self._retired[-1] if self._retired else None

    @Slot(object)
    def _live_frame(self, frame: Frame) -> None:
        if self._live is not None and self._live_pending and self._wanted is not None:
            self._live_pending = False
            self._live.freeze(self._wanted.frozen or not self._active)
            self._commit(self._wanted, frame)
            self._show_stats()
            return
        self._frame = frame
        self.frameChanged.emit(frame)

    @Slot(str)
    def _live_ended(self, sentence: str) -> None:
        pending = self._live_pending
        self._stop_live()
        if pending:
            self._give_up(sentence)
        elif self._state is not None:
            self.problem.emit(f"{sentence} The last picture stays.".strip())
            wanted = self._wanted
            self._commit(replace(self._state, frozen=True), None)
            self._wanted = wanted

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        state = self._wanted or self._state
        if state is not None and state.kind in LIVE_KINDS:
            self.pick(replace(state, frozen=frozen))

    def _tell_live(self) -> None:
        if self.frames is not self._frames_told:
            self._frames_told = self.frames
            self.liveChanged.emit(self.live)

    @Slot()
    def _show_stats(self) -> None:
        if self._live is not None and self._live.frame is not None:
            panel = self.camera if self.state.kind == "camera" else self.video
            panel.show_stats(self._live.frame, self._live.stats)

    # --- cameras --------------------------------------------------------------------------------------------

    @Slot(object)
    def _cameras_came(self, cameras: tuple[CameraInfo, ...]) -> None:
        self._cameras = cameras
        if self._wanted is not None and self._wanted.kind == "camera":
            self._begin(self._wanted)
        elif self.kind_shown == "camera" and cameras and self._consent.camera_consent:
            last = self._last.get("camera")
            known = last is not None and any(camera.name == last.value for camera in cameras)
            self.pick(SourceState("camera", last.value if last is not None and known else cameras[0].name))
        else:
            self._cameras_shown()

    @Slot(object)
    def _cameras_failed(self, report: ErrorReport) -> None:
        log.info("cameras could not be listed: %s", report.sentence)
        self._cameras_came(())

    def _cameras_shown(self) -> None:
        """The camera panel as it is when no camera is in use."""
        cameras = self._cameras or ()
        last = self._last.get("camera")
        self.camera.show_cameras(cameras, last.value if last is not None else "")
        if not cameras:
            self.camera.show_none()
        elif self._consent.camera_consent:
            self.camera.show_choice()
        else:
            self.camera.show_question()

    @Slot()
    def _look_for_cameras(self) -> None:
        self._cameras = None
        self.camera.show_looking()
        self._devices.ask(ListCameras())

    @Slot()
    def _agreed(self) -> None:
        self._consent.camera_consent = True
        if self.camera.name:
            self.pick(SourceState("camera", self.camera.name))

    @Slot(str)
    def _camera_wanted(self, name: str) -> None:
        self.pick(SourceState("camera", name))

    # --- panels ---------------------------------------------------------------------------------------------

    def _build(self, bridge: Bridge, number: int) -> None:
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout()
        self._row.setSpacing(space.xs)
        self._title = QLabel()
        self._title.setProperty("role", "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.s)
        self._column.addLayout(self._row)
        self._column.addWidget(self._title)
        self.photos = PhotosPanel(bridge, f"source {number}: thumbnails")
        self.file = FilePanel()
        self.board = DrawingBoard()
        self.camera = CameraPanel()
        self.video = VideoPanel()
        self.add_kind("sample", "image-multiple-outline", "Photos", self.photos)
        self.add_kind("file", "folder-open-outline", "File", self.file)
        self.add_kind("drawing", "draw", "Draw", self.board)
        self.add_kind("camera", "camera-outline", "Camera", self.camera)
        self.add_kind("video", "movie-open-outline", "Video", self.video)
        self.photos.picked.connect(self._sample_picked)
        self.file.chosen.connect(self.open_path)
        self.video.chosen.connect(self.open_path)
        self.video.paused.connect(self._freeze)
        self.board.strokesChanged.connect(self._drawn)
        self.board.inkChanged.connect(self._ink_changed)
        self.board.frameReady.connect(self._drawing_came)
        self.camera.agreed.connect(self._agreed)
        self.camera.wanted.connect(self._camera_wanted)
        self.camera.frozen.connect(self._freeze)
        self.camera.refreshAsked.connect(self._look_for_cameras)
        self.camera.otherAsked.connect(self.show_kind)
        self.setAccessibleName("Source of pictures")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._show_kind("sample")

    @Slot(str)
    def _sample_picked(self, name: str) -> None:
        self.pick(SourceState("sample", name))

    @Slot()
    def _kind_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.show_kind(str(sender.property("kind")))

    @Slot(str)
    def show_kind(self, kind: str) -> None:
        """Open the panel of a kind, as a click on its button does: the last choice there is picked again."""
        self._show_kind(kind)
        if self._wanted is None and self._state is not None and self._state.kind == kind:
            return
        last = self._last.get(kind)
        if kind == "camera":
            self._look_for_cameras()
        elif last is not None:
            self.pick(replace(last, frozen=False))
        elif kind == "sample":
            self.pick(SourceState("sample", DEFAULT_SAMPLE))
        elif kind == "drawing":
            self.pick(SourceState("drawing", self.board.ink, strokes=self.board.strokes))

    def _show_kind(self, kind: str) -> None:
        for name, panel in self._panels.items():
            panel.setVisible(name == kind)
        button = self._buttons.get(kind)
        if button is not None:
            button.setChecked(True)
            self._title.setText(button.toolTip())
        self.updateGeometry()

    def _show_source(self) -> None:
        """The panels say which source is in use."""
        state = self._state
        if state is None:
            return
        self.photos.choose(state.value if state.kind == "sample" else None)
        opened = state.kind == "file"
        self.file.show_file(state.value if opened else "", self._frame if opened else None)
        self.video.show_video(state.value if state.kind == "video" else "", state.frozen)
        if state.kind == "camera":
            self.camera.show_running(state.frozen)
        elif self._cameras is not None:
            self._cameras_shown()

    @Slot()
    def _retint(self) -> None:
        for button in self._buttons.values():
            button.setIcon(theme.icon(str(button.property("icon_name"))))


class _Opener:
    """Opens one device or file: called in the capture thread."""

    def __init__(self, open: Callable[..., Grabber], what: object) -> None:
        self._open = open
        self._what = what

    def __call__(self) -> Grabber:
        return self._open(self._what)


def _same_source(first: SourceState, second: SourceState) -> bool:
    return (first.kind, first.value) == (second.kind, second.value)


def _default_pasted_folder() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(place) / "pasted"


def _keep_pasted(image: QImage, folder: Path) -> Path:
    """Write a picture as PNG under the name of its content; of older ones the newest stay. Raises OSError."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise OSError("it cannot be written as PNG")
    data = cast(bytes, buffer.data().data())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"Pasted {hashlib.sha256(data).hexdigest()[:12]}.png"
    path.write_bytes(data)
    for old in sorted(folder.glob("Pasted *.png"), key=lambda file: file.stat().st_mtime)[:-PASTED_KEPT]:
        old.unlink(missing_ok=True)
    return path
