"""The runs of a session: each with the moments it can be gone back to. The engine paints one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.images import Frame, publish
from engine.jobs import Priority
from engine.mailbox import Mailbox
from engine.style.requests import Order, Painted, PaintStyle, Pixels, Values
from engine.style.settings import StyleSettings
from gui.bridge import Bridge

Phase = Literal["waiting", "running", "paused", "done", "stopped", "memory", "failed", "cancelled", "left"]

KEPT: Final = 40
"""Moments of a run, about."""
MOST_RUNS: Final = 8
ROOM: Final = 768_000_000
"""Bytes that all moments together may take."""
UNDER_WAY: Final = ("waiting", "running", "paused")
ENDED: Final = ("done", "stopped")
"""As it was meant to: nothing is to be painted again."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A picture uint8[H, W, 3] of a run after `step` evaluations, painted under `settings`.

    `iterate` float32[H, W, 3]: exactly where the run stood, None where only the picture was kept.
    """

    step: int
    pixels: Pixels
    settings: StyleSettings
    iterate: Values | None

    @property
    def begin(self) -> Values:
        """What a branch begins with: the iterate, or what 8 bits kept of it."""
        if self.iterate is not None:
            return self.iterate
        return publish(self.pixels.astype(np.float32) / np.float32(255))

    @property
    def bytes(self) -> int:
        return self.pixels.nbytes + (0 if self.iterate is None else self.iterate.nbytes)


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a run another one: pictures (the same objects), the mask, and the settings that it cannot change."""

    content: Frame
    styles: tuple[Frame, ...]
    mask: int
    fixed: StyleSettings


def key_of(
    content: Frame, styles: tuple[Frame, ...], settings: StyleSettings, mask: npt.NDArray[np.float32] | None
) -> Key:
    """The key of a run. A mask counts as the same as long as it is the same object."""
    return Key(content, styles, 0 if mask is None else id(mask), settings.fixed())


class Run:
    """One run: what was asked for and what has come of it. `parent`: the run and the step that it went on from."""

    def __init__(
        self, number: int, key: Key, request: PaintStyle, parent: tuple[int, int] | None, state: Any
    ) -> None:
        self.number, self.key, self.request, self.parent = number, key, request, parent
        self.state = state
        """The page's state when it began."""
        self.moments: list[Moment] = []
        self.painted: Painted | None = None
        self.phase: Phase = "waiting"
        self.problem = ""
        self.wanted = request.settings
        """The settings that were ordered last."""

    @property
    def under_way(self) -> bool:
        return self.phase in UNDER_WAY

    @property
    def pixels(self) -> Pixels | None:
        """The newest picture, None before the first."""
        return None if self.painted is None else self.painted.pixels

    def lacks_steps(self, settings: StyleSettings) -> bool:
        """Whether these settings ask for nothing but more steps than were made."""
        painted = self.painted
        same = painted is not None and replace(painted.settings, steps=settings.steps) == settings
        return painted is not None and same and painted.step < settings.steps

    def exceeds(self, settings: StyleSettings) -> bool:
        """Whether it ended under these settings but for the steps, of which it made as many or more."""
        painted = self.painted
        if painted is None or self.phase not in ENDED:
            return False
        return replace(painted.settings, steps=settings.steps) == settings and painted.step >= settings.steps

    def take(self, painted: Painted) -> None:
        """Another answer of the engine."""
        self.painted = painted
        self.phase = painted.outcome
        last = self.moments[-1].step if self.moments else -1
        moment = Moment(painted.step, painted.pixels, painted.settings, painted.iterate)
        if painted.step == last and (painted.iterate is not None or self.moments[-1].iterate is None):
            self.moments[-1] = moment
        elif painted.step > last and self._due(painted, last):
            self.moments.append(moment)

    @staticmethod
    def _due(painted: Painted, last: int) -> bool:
        spacing = max(1, painted.total // KEPT)
        return painted.iterate is not None or last < 0 or painted.step - last >= spacing


class RunDesk(QObject):
    """came(Run): another picture of a run; changed(): there are other runs, or one stands elsewhere."""

    came = Signal(object)
    changed = Signal()
    failed = Signal(object, object)
    """The run, and the ErrorReport."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.runs: list[Run] = []
        self.current: Run | None = None
        """The run that the page's settings are about."""
        self._orders: Mailbox[Order] = Mailbox()
        self._count = 0
        self._paused = self._resting = self._stopping = False
        self._channel = bridge.channel("style.paint", Priority.LONG, self, handles_failures=True)
        self._channel.partial.connect(self._came)
        self._channel.done.connect(self._came)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._cancelled)

    @property
    def painting(self) -> Run | None:
        """The run that the engine is at, None where it is at none."""
        run = self.current
        return run if run is not None and run.under_way else None

    @property
    def paused(self) -> bool:
        """Whether a person paused the run."""
        return self._paused

    def start(
        self,
        key: Key,
        settings: StyleSettings,
        mask: npt.NDArray[np.float32] | None,
        begin: Moment | None = None,
        parent: Run | None = None,
        state: Any = None,
        *,
        done: int = 0,
    ) -> Run:
        """Paint; a run under way ends where it stands and is kept. `done`: steps that `begin` has behind it."""
        self._leave()
        self._count += 1
        self._orders = Mailbox()
        self._paused = self._stopping = False
        request = PaintStyle(
            key.content,
            key.styles,
            settings,
            mask,
            None if begin is None else begin.begin,
            self._orders,
            done,
        )
        origin = None if parent is None or begin is None else (parent.number, begin.step)
        run = Run(self._count, key, request, origin, state)
        self.runs.append(run)
        self.current = run
        while len(self.runs) > MOST_RUNS:
            del self.runs[0]
        self._send()
        self.changed.emit()
        self._channel.ask(request)
        return run

    def choose(self, run: Run) -> None:
        """The page's settings are about this run, which has ended, again."""
        if run is not self.current:
            self._leave()
            self._channel.cancel()
            self.current = run
            self.changed.emit()

    def find(self, key: Key, settings: StyleSettings) -> Run | None:
        """The newest run that ended under these settings, or else one that made more steps than they ask for."""
        ended = [run for run in reversed(self.runs) if run.key == key and run.phase in ENDED]
        exact = (run for run in ended if run.painted is not None and run.painted.settings == settings)
        return next(exact, None) or next((run for run in ended if run.exceeds(settings)), None)

    def remove(self, run: Run) -> None:
        """Forget a run; the one under way is cancelled."""
        if run is self.current:
            self._leave()
            self._channel.cancel()
            self.current = None
        self.runs = [one for one in self.runs if one is not run]
        self.changed.emit()

    def order(self, settings: StyleSettings) -> None:
        """Other weights for the run under way."""
        run = self.painting
        if run is not None and settings != run.wanted:
            run.wanted = settings
            self._send()

    def pause(self, paused: bool) -> None:
        """A person wants it to rest, or to go on."""
        if self.painting is not None and paused != self._paused and not self._stopping:
            self._paused = paused
            self._send()
            self.changed.emit()

    def rest(self, resting: bool) -> None:
        """Nobody looks: the run waits until somebody does."""
        if resting != self._resting:
            self._resting = resting
            self._send()

    def stop(self) -> None:
        """End the run under way and keep what there is."""
        if self.painting is not None:
            self._stopping, self._paused = True, False
            self._send()

    def close(self) -> None:
        """The window closes."""
        self._leave()
        self._channel.cancel()

    def _leave(self) -> None:
        run = self.painting
        if run is not None:
            run.phase = "left"

    def _send(self) -> None:
        run = self.painting
        if run is not None:
            # Only the newest order counts: it repeats that the run is to stop.
            paused = (self._paused or self._resting) and not self._stopping
            self._orders.put(Order(run.wanted, paused, self._stopping))

    @Slot(object)
    def _came(self, painted: Painted) -> None:
        run = self.current
        if run is None or not run.under_way:
            return
        before = run.phase
        run.take(painted)
        make_room(self.runs)
        self.came.emit(run)
        if run.phase != before:
            self.changed.emit()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        run = self.painting
        if run is not None:
            run.phase, run.problem = "failed", f"{report.sentence} {report.hint}".strip()
            if not run.moments:
                self.runs.remove(run)
            self.changed.emit()
            self.failed.emit(run, report)

    @Slot()
    def _cancelled(self) -> None:
        run = self.painting
        if run is not None:
            run.phase = "cancelled"
            self.changed.emit()


def make_room(runs: Sequence[Run], room: int = ROOM) -> None:
    """Let exact iterates go where all moments take more than `room` bytes, of the run with the most first; pictures
    stay. The first and the last moment of a run keep theirs."""
    while sum(moment.bytes for run in runs for moment in run.moments) > room:
        heavy = max(runs, key=lambda run: sum(m.bytes for m in run.moments if m.iterate is not None))
        exact = [i for i, moment in enumerate(heavy.moments[1:-1], 1) if moment.iterate is not None]
        if not exact:
            return
        for index in exact[::2]:
            heavy.moments[index] = replace(heavy.moments[index], iterate=None)
