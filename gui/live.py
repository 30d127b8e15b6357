"""From the capture thread to the window: one live source, its newest frame, how it goes and why it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot

from engine.errors import UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.video import Capture, Grabber

_SMOOTHING = 0.1
STOP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class LiveStats:
    """How a live source goes.

    fps: what the source delivers.  latency_ms: from reading to the window.  dropped: frames that the window never
    showed.  engine_dropped: frames that a live job of the engine never took while it was there to take them.
    """

    fps: float = 0.0
    latency_ms: float = 0.0
    dropped: int = 0
    engine_dropped: int = 0


class _EngineSlot(Mailbox[Frame]):
    """The engine's slot. Counts what its readers missed: without a reader there is nobody to miss anything."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._readers = 0
        self._missed = 0

    @property
    def missed(self) -> int:
        with self._lock:
            return self._missed

    def put(self, value: Frame) -> None:
        before = self.dropped
        super().put(value)
        with self._lock:
            if self._readers:
                self._missed += self.dropped - before

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        unsubscribe = super().subscribe(callback)
        self._count(1)

        def leave() -> None:
            unsubscribe()
            self._count(-1)

        return leave

    def _count(self, change: int) -> None:
        with self._lock:
            self._readers += change


class _Tee(Mailbox[Frame]):
    """The window's slot; hands every frame to the engine's slot first."""

    def __init__(self, engine: Mailbox[Frame]) -> None:
        super().__init__()
        self._engine = engine

    def put(self, value: Frame) -> None:
        self._engine.put(value)
        super().put(value)


class _Relay:
    """Wakes the window once for any number of frames.

    A plain object on purpose: the capture thread may still hold it when the LiveSource is gone.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._wake: Callable[[], None] | None = wake
        self._posted = False
        self._ended = False
        self._error: UserError | None = None

    def post(self) -> None:
        """From the capture thread: there is something new."""
        with self._lock:
            wake = None if self._posted else self._wake
            self._posted = True
        if wake is None:
            return
        try:
            wake()
        except RuntimeError:
            # Qt deleted the receiver (the application is going down without close): nobody is left to tell.
            self.close()

    def end(self, error: UserError | None) -> None:
        """From the capture thread: no frame follows."""
        with self._lock:
            self._ended, self._error = True, error
        self.post()

    def collect(self) -> tuple[bool, UserError | None]:
        """From the window: whether the source has ended, and why; the next post wakes again."""
        with self._lock:
            self._posted = False
            return self._ended, self._error

    def close(self) -> None:
        """Wake nobody any more."""
        with self._lock:
            self._wake = None


class LiveSource(QObject):
    """A camera or a video that plays: frameChanged(Frame) and ended(sentence) come in the window's thread.

    `open` runs in the capture thread; `after` is a capture that must have let go of its device before.
    stalled(True): a camera fails to deliver, what is shown is old; stalled(False): it delivers again.
    ended("") is the end of a file, ended("...") a failure. Nothing comes after stop().
    """

    frameChanged = Signal(object)
    stalled = Signal(bool)
    ended = Signal(str)
    _woken = Signal()

    def __init__(
        self,
        open: Callable[[], Grabber],
        *,
        name: str,
        paced: bool = False,
        loop: bool = False,
        after: Capture | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine_slot = _EngineSlot()
        self.frames: Mailbox[Frame] = self._engine_slot
        """For a live job of the engine: every frame as it is read, the latest wins. Closed by stop()."""
        self._frame: Frame | None = None
        self._latency = 0.0
        self._stopped = False
        self._over = False
        self._stalled = False
        self._stopper: threading.Thread | None = None
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._relay = _Relay(self._woken.emit)
        self._inbox = _Tee(self.frames)
        self._unsubscribe = self._inbox.subscribe(self._relay.post)
        opener = _after(after, open)
        relay = self._relay
        self._capture = Capture(
            opener, self._inbox, paced, loop, name=name, on_end=relay.end, on_stall=relay.post
        )

    @property
    def frame(self) -> Frame | None:
        """The newest frame that was delivered."""
        return self._frame

    @property
    def capture(self) -> Capture:
        return self._capture

    @property
    def stopper(self) -> threading.Thread | None:
        """The thread that waits for the capture's end after stop(), None where there was nothing to wait for."""
        return self._stopper

    @property
    def frozen(self) -> bool:
        return self._capture.frozen

    @property
    def is_stalled(self) -> bool:
        """Whether the newest frame is old because the camera fails to deliver, as `stalled` told."""
        return self._stalled

    @property
    def stats(self) -> LiveStats:
        fps = self._capture.stats.fps
        return LiveStats(fps, self._latency * 1000, self._inbox.dropped, self._engine_slot.missed)

    def start(self) -> None:
        """Open the source and begin to read. Raises RuntimeError the second time."""
        self._capture.start()

    def freeze(self, frozen: bool) -> None:
        """Hold the picture, or go on."""
        self._capture.freeze(frozen)

    @Slot()
    def stop(self) -> None:
        """End without waiting, as a camera that is just opening may take seconds. No signal follows."""
        if self._stopped:
            return
        self._silence()
        if self._capture.running:
            stop = self._capture.stop
            self._stopper = threading.Thread(target=stop, args=(STOP_SECONDS,), name="capture-stop")
            self._stopper.start()

    def close(self) -> bool:
        """End and wait up to 2 s; True when the capture thread is gone."""
        self._silence()
        return self._capture.stop(STOP_SECONDS)

    def _silence(self) -> None:
        self._stopped = True
        self._unsubscribe()
        self._relay.close()
        self._inbox.close()
        self.frames.close()

    @Slot()
    def _deliver(self) -> None:
        ended, error = self._relay.collect()
        frame = None if self._stopped else self._inbox.take()
        if frame is not None:
            self._frame = frame
            latency = time.monotonic() - frame.time_s
            self._latency += (latency - self._latency) * (_SMOOTHING if self._latency else 1.0)
            self.frameChanged.emit(frame)
        stalled = self._capture.stalled
        if stalled != self._stalled and not self._stopped:
            self._stalled = stalled
            self.stalled.emit(stalled)
        if ended and not self._stopped and not self._over:
            self._over = True
            self.ended.emit("" if error is None else str(error))


class LiveDesk(QObject):
    """At most one live source at a time; a new one waits until the one before has let go of its device."""

    frameChanged = Signal(object)
    stalled = Signal(bool)
    ended = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: LiveSource | None = None
        self._newest: Capture | None = None
        self._stoppers: list[threading.Thread] = []

    @property
    def source(self) -> LiveSource | None:
        """What plays, None where nothing does."""
        return self._source

    def play(self, open: Callable[[], Grabber], name: str, *, film: bool) -> None:
        """Replace what plays: a film at its own pace and in a loop, a camera as fast as it delivers."""
        self.stop()
        source = LiveSource(open, name=name, paced=film, loop=film, after=self._newest, parent=self)
        source.frameChanged.connect(self.frameChanged)
        source.stalled.connect(self.stalled)
        source.ended.connect(self.ended)
        self._source, self._newest = source, source.capture
        source.start()

    def stop(self) -> None:
        """End what plays, without waiting; nothing more is emitted."""
        source, self._source = self._source, None
        if source is not None:
            source.stop()
            source.deleteLater()
            stoppers = (*self._stoppers, source.stopper)
            self._stoppers = [thread for thread in stoppers if thread is not None and thread.is_alive()]

    def close(self) -> bool:
        """End and wait, for up to 2 s; True when no capture thread is left."""
        self.stop()
        for thread in self._stoppers:
            thread.join()  # each of them gives up by itself after 2 s
        self._stoppers.clear()
        return self._newest is None or not self._newest.running


def _after(previous: Capture | None, open: Callable[[], Grabber]) -> Callable[[], Grabber]:
    """`open`, once the previous capture has let go of its device (which may be the same)."""
    if previous is None:
        return open

    def open_when_free() -> Grabber:
        previous.stop(STOP_SECONDS)
        return open()

    return open_when_free
