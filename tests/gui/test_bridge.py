"""The bridge: answers reach the one who waits for them, in the window's thread, and nobody else."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, Slot
from pytestqt.qtbot import QtBot

from engine.device import DeviceInfo
from engine.errors import ErrorReport
from engine.jobs import (
    ENGINE_WIDE,
    Cancelled,
    Done,
    EngineState,
    Failed,
    Notice,
    Partial,
    Priority,
    Progress,
    Started,
)
from engine.mailbox import Mailbox
from engine.runner import Emit, Engine, InlineEngine
from gui.bridge import Bridge, Channel
from tests.engine import handlers_for_tests as h
from tests.engine.handlers_for_tests import TABLE, WAIT

MS = int(WAIT * 1000)


class ScriptedEngine:
    """An engine that does nothing but note what it is asked: the test says what happens when."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.state = EngineState("starting")
        self.calls: list[Any] = []
        self.submitted = 0

    def start(self) -> None:
        self.calls.append("start")

    def begin_loading(self) -> None:
        self.calls.append("begin_loading")

    def submit(
        self, request: object, *, key: str | None = None, priority: Priority = Priority.INTERACTIVE
    ) -> int:
        self.submitted += 1
        self.calls.append((request, key, priority))
        return self.submitted

    def cancel(self, job_id: int) -> None:
        self.calls.append(("cancel", job_id))

    def close(self, timeout: float = 5) -> bool:
        self.calls.append("close")
        return True


class Recorder(QObject):
    """Notes every signal of a bridge and its channels with the thread that it arrived in."""

    def __init__(self, bridge: Bridge, channel: Channel) -> None:
        super().__init__()
        self.heard: list[tuple[Any, ...]] = []
        self.threads: set[bool] = set()
        bridge.stateChanged.connect(self.state)
        bridge.failed.connect(self.banner)
        bridge.noticed.connect(self.notice)
        bridge.progressed.connect(self.progress)
        bridge.active_progress.connect(self.active)
        bridge.busyChanged.connect(self.busy)
        channel.done.connect(self.done)
        channel.partial.connect(self.partial)
        channel.failed.connect(self.failed)
        channel.cancelled.connect(self.cancelled)

    def note(self, *what: Any) -> None:
        self.heard.append(what)
        self.threads.add(QThread.currentThread() is self.thread())

    def of(self, *names: str) -> list[tuple[Any, ...]]:
        return [what for what in self.heard if what[0] in names]

    @Slot(object)
    def state(self, state: EngineState) -> None:
        self.note("state", state.state)

    @Slot(object, object)
    def banner(self, request: object, report: ErrorReport) -> None:
        self.note("banner", request, report)

    @Slot(str)
    def notice(self, text: str) -> None:
        self.note("notice", text)

    @Slot(object)
    def progress(self, progress: Progress) -> None:
        self.note("progress", progress)

    @Slot(object)
    def active(self, progress: Progress | None) -> None:
        self.note("active", progress)

    @Slot(bool)
    def busy(self, busy: bool) -> None:
        self.note("busy", busy)

    @Slot(object)
    def done(self, value: object) -> None:
        self.note("done", value)

    @Slot(object)
    def partial(self, value: object) -> None:
        self.note("partial", value)

    @Slot(object)
    def failed(self, report: ErrorReport) -> None:
        self.note("failed", report)

    @Slot()
    def cancelled(self) -> None:
        self.note("cancelled")


def settle() -> None:
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


@pytest.fixture
def scripted(qtbot: QtBot) -> Iterator[tuple[ScriptedEngine, Bridge, Channel, Recorder]]:
    bridge = Bridge(ScriptedEngine)
    engine = bridge.engine
    assert isinstance(engine, ScriptedEngine)
    channel = bridge.channel("maps", parent=bridge)
    recorder = Recorder(bridge, channel)
    yield engine, bridge, channel, recorder
    bridge.close()


@pytest.fixture
def real(qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge(lambda emit: Engine(emit, load_torch=False, handlers=TABLE))
    yield bridge
    assert bridge.close()


Scripted = tuple[ScriptedEngine, Bridge, Channel, Recorder]


# ------------------------------------------------------------------------------------ with a scripted engine


def test_a_question_and_its_answer(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted
    value = object()
    channel.ask("request")
    assert engine.calls == ["start", ("request", "maps", Priority.INTERACTIVE)]
    assert (channel.busy, channel.waiting_id, bridge.busy) == (True, 1, True)
    for event in (Started(1), Partial(1, "half"), Done(1, value, 0.1)):
        engine.emit(event)
    assert recorder.heard == [("busy", True)]  # nothing before the event loop turns
    settle()
    assert recorder.heard == [("busy", True), ("partial", "half"), ("done", value), ("busy", False)]
    assert (channel.busy, channel.waiting_id, bridge.busy) == (False, None, False)


def test_only_the_newest_request_is_answered(scripted: Scripted) -> None:
    engine, _, channel, recorder = scripted
    channel.ask("old")
    engine.emit(Partial(1, "old half"))
    engine.emit(Progress(1, 1, 2))
    engine.emit(Done(1, "old answer", 0.1))
    channel.ask("new")
    settle()
    assert recorder.of("partial", "done", "progress") == []
    assert channel.busy
    engine.emit(Done(2, "new answer", 0.1))
    settle()
    assert recorder.of("done") == [("done", "new answer")]
    assert not channel.busy


@pytest.mark.parametrize("end", [Cancelled(1, superseded=True), Failed(1, ErrorReport("late"))])
def test_an_older_request_ends_in_silence(scripted: Scripted, end: Cancelled | Failed) -> None:
    engine, bridge, channel, recorder = scripted
    channel.ask("old")
    channel.ask("new")
    engine.emit(end)
    settle()
    assert recorder.heard == [("busy", True)]
    assert bridge.busy
    engine.emit(Done(2, None, 0.1))
    settle()
    assert recorder.heard[1:] == [("done", None), ("busy", False)]


def test_cancelling_is_told_and_being_replaced_is_not(scripted: Scripted) -> None:
    engine, _, channel, recorder = scripted
    channel.cancel()
    channel.ask("a")
    channel.cancel()
    assert engine.calls[-1] == ("cancel", 1)
    assert channel.busy
    engine.emit(Cancelled(1))
    settle()
    assert recorder.of("cancelled") == [("cancelled",)]
    channel.ask("b")  # replaced by another channel with the same key
    engine.emit(Cancelled(2, superseded=True))
    settle()
    assert len(recorder.of("cancelled")) == 1
    assert not channel.busy


@pytest.mark.parametrize(
    "end",
    [
        Cancelled(1),
        Cancelled(1, superseded=True),
        Done(1, "too late", 0.1),
        Failed(1, ErrorReport("It failed.")),
    ],
    ids=lambda event: type(event).__name__,
)
def test_after_cancel_nothing_but_cancelled_arrives(
    scripted: Scripted, end: Cancelled | Done | Failed
) -> None:
    """What lies in the inbox already belongs to a question that the page has dropped."""
    engine, bridge, channel, recorder = scripted
    channel.ask("request")
    engine.emit(Partial(1, "on its way"))
    engine.emit(Progress(1, 1, 2))
    engine.emit(Notice(1, "about it"))
    channel.cancel()
    engine.emit(end)
    settle()
    assert recorder.heard == [("busy", True), ("cancelled",), ("busy", False)]
    assert not channel.busy and not bridge.busy
    channel.ask("next")
    engine.emit(Partial(2, "half"))
    engine.emit(Done(2, "answer", 0.1))
    settle()
    assert recorder.of("partial", "done") == [("partial", "half"), ("done", "answer")]


def test_a_new_question_after_a_cancelled_one_is_answered(scripted: Scripted) -> None:
    engine, _, channel, recorder = scripted
    channel.ask("old")
    channel.cancel()
    channel.ask("new")
    engine.emit(Cancelled(1))
    engine.emit(Done(2, "answer", 0.1))
    settle()
    assert recorder.of("done", "cancelled") == [("done", "answer")]


@pytest.mark.parametrize("handles", [False, True])
def test_a_failure_reaches_the_banner_unless_the_channel_handles_it(
    scripted: Scripted, handles: bool
) -> None:
    engine, bridge, _, _ = scripted
    channel = bridge.channel("own", Priority.LONG, bridge, handles_failures=handles)
    recorder = Recorder(bridge, channel)
    report = ErrorReport("It failed.", "Do this.", "Traceback")
    channel.ask("request")
    assert engine.calls[-1] == ("request", "own", Priority.LONG)
    engine.emit(Failed(1, report))
    settle()
    assert recorder.of("failed") == [("failed", report)]
    assert recorder.of("banner") == ([] if handles else [("banner", "request", report)])


def test_of_partials_progress_and_states_only_the_newest_waits(scripted: Scripted) -> None:
    engine, _, channel, recorder = scripted
    channel.ask("request")
    for i in range(1000):
        engine.emit(Partial(1, i))
        engine.emit(Progress(1, i, 1000))
        engine.emit(EngineState("busy" if i % 2 else "idle"))
    engine.emit(Done(1, "end", 0.1))
    settle()
    assert [what[0] for what in recorder.of("partial", "progress", "state", "done")] == [
        "partial",
        "progress",
        "state",
        "done",
    ]
    assert recorder.of("partial") == [("partial", 999)]
    assert recorder.of("state") == [("state", "busy")]


def test_a_flood_is_delivered_in_portions(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    engine, bridge, channel, recorder = scripted
    monkeypatch.setattr("gui.bridge._DELIVERY_SECONDS", -1.0)  # every portion is one event
    channel.ask("request")
    for i in range(5):
        engine.emit(Notice(1, str(i)))
    engine.emit(Done(1, None, 0.1))
    bridge._deliver_all()
    assert recorder.of("notice") == [("notice", "0")]
    qtbot.waitUntil(lambda: not channel.busy, timeout=MS)
    assert recorder.of("notice", "done") == [*(("notice", str(i)) for i in range(5)), ("done", None)]


def test_state_and_notices_of_the_engine_as_a_whole(scripted: Scripted) -> None:
    engine, bridge, _, recorder = scripted
    assert bridge.state == EngineState("starting")
    info = DeviceInfo("cpu", "a CPU", 2, 1, 1, "2.0")
    engine.emit(Notice(ENGINE_WIDE, "The CPU is used instead."))
    engine.emit(EngineState("idle", "", info))
    settle()
    assert recorder.heard == [("notice", "The CPU is used instead."), ("state", "idle")]
    assert bridge.state.device == info
    bridge.begin_loading()
    assert engine.calls[-1] == "begin_loading"


def test_the_status_bar_shows_one_job_and_can_cancel_it(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted
    other = bridge.channel("style", Priority.LONG, bridge)
    bridge.cancel_active()
    other.ask("style")
    channel.ask("maps")
    style, maps = Progress(1, 1, 10, "style"), Progress(2, 1, 3, "maps")
    for event in (style, maps):
        engine.emit(event)
    settle()
    assert recorder.of("active") == [("active", style)]
    assert recorder.of("progress") == [("progress", style), ("progress", maps)]
    bridge.cancel_active()
    assert engine.calls[-1] == ("cancel", 1)
    engine.emit(Cancelled(1))
    engine.emit(maps)
    settle()
    assert recorder.of("active") == [("active", style), ("active", None), ("active", maps)]


def test_progress_that_is_complete_leaves_the_status_bar_while_its_job_goes_on(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted
    other = bridge.channel("live", Priority.LIVE, bridge)
    other.ask("live")
    channel.ask("maps")
    loading, ready, maps = Progress(1, 1, 2, "loading"), Progress(1, 2, 2, "ready"), Progress(2, 1, 3, "maps")
    for event in (loading, maps):
        engine.emit(event)
    settle()
    for event in (ready, Partial(1, "a frame"), maps):
        engine.emit(event)
    settle()
    assert recorder.of("active") == [("active", loading), ("active", None), ("active", maps)]
    assert other.busy, "the job itself goes on"
    bridge.cancel_active()
    assert engine.calls[-1] == ("cancel", 2), "not the job whose progress is gone"


def test_a_slot_may_ask_the_next_question(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted

    class Curious(QObject):
        @Slot(object)
        def more(self, value: object) -> None:
            if value == "first":
                channel.ask("second")

    curious = Curious()
    channel.done.connect(curious.more)
    channel.ask("first")
    engine.emit(Done(1, "first", 0.1))
    settle()
    assert (channel.waiting_id, bridge.busy) == (2, True)
    engine.emit(Done(2, "second", 0.1))
    settle()
    assert recorder.of("done") == [("done", "first"), ("done", "second")]
    assert (channel.busy, bridge.busy) == (False, False)


def test_a_deleted_channel_cancels_its_job_and_its_events_are_dropped(scripted: Scripted) -> None:
    engine, bridge, _, recorder = scripted
    page = QObject()
    channel = bridge.channel("page", parent=page)
    channel.ask("request")
    shiboken6.delete(page)
    assert not shiboken6.isValid(channel)
    assert engine.calls[-1] == ("cancel", 1)
    for event in (Partial(1, 1), Notice(1, "x"), Progress(1, 1, 2), Failed(1, ErrorReport("x"))):
        engine.emit(event)
    settle()
    assert recorder.heard == [("busy", True), ("busy", False)]


def test_a_channel_may_be_deleted_by_its_own_answer(scripted: Scripted) -> None:
    engine, bridge, _, recorder = scripted
    channel = bridge.channel("page")

    class Closer(QObject):
        @Slot(object)
        def close(self, value: object) -> None:
            shiboken6.delete(channel)

    closer = Closer()
    channel.failed.connect(closer.close)
    channel.ask("request")
    engine.emit(Failed(1, ErrorReport("It failed.")))
    settle()
    assert not shiboken6.isValid(channel)
    assert recorder.of("banner")[0][1] == "request"
    assert not bridge.busy


def test_after_close_nothing_is_delivered(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted
    channel.ask("request")
    engine.emit(Done(1, "too late", 0.1))
    assert bridge.close()
    assert bridge.close()
    engine.emit(Partial(1, 1))
    engine.emit(EngineState("stopped"))
    settle()
    assert recorder.heard == [("busy", True)]
    channel.ask("after")
    bridge.begin_loading()
    assert engine.submitted == 1
    assert not channel.busy
    assert bridge.closed


def test_closing_inside_a_delivery_ends_it(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted
    channel.done.connect(bridge.close, Qt.ConnectionType.DirectConnection)
    channel.ask("request")
    engine.emit(Done(1, None, 0.1))
    engine.emit(EngineState("idle"))
    settle()
    assert recorder.of("done", "state") == [("done", None)]


def test_closing_on_a_failure_keeps_it_from_the_banner(scripted: Scripted) -> None:
    engine, bridge, channel, recorder = scripted
    channel.failed.connect(bridge.close, Qt.ConnectionType.DirectConnection)
    channel.ask("request")
    engine.emit(Failed(1, ErrorReport("It failed.")))
    settle()
    assert recorder.of("failed", "banner") == [("failed", ErrorReport("It failed."))]


def test_events_for_a_deleted_bridge_do_no_harm(qtbot: QtBot) -> None:
    bridge = Bridge(ScriptedEngine)
    engine = bridge.engine
    assert isinstance(engine, ScriptedEngine)
    shiboken6.delete(bridge)
    engine.emit(EngineState("idle"))
    engine.emit(EngineState("busy"))
    settle()


# --------------------------------------------------------------------------------------- with the real engine


def test_answers_cross_from_the_engine_thread_to_the_window(real: Bridge, qtbot: QtBot) -> None:
    channel = real.channel("maps", Priority.LONG, real)
    recorder = Recorder(real, channel)
    channel.ask(h.Count(5))
    qtbot.waitUntil(lambda: recorder.of("busy")[-1] == ("busy", False), timeout=MS)
    assert recorder.of("done") == [("done", 5)]
    assert recorder.threads == {True}
    shown = [
        value for _, value in recorder.of("active")
    ]  # nothing where the last progress overtook the others
    assert not shown or shown[-1] is None


def test_a_slider_that_moves_fast_gets_the_last_answer_only(real: Bridge, qtbot: QtBot) -> None:
    channel = real.channel("maps", parent=real)
    recorder = Recorder(real, channel)
    for value in range(200):
        channel.ask(h.Echo(value))
    qtbot.waitUntil(lambda: not channel.busy, timeout=MS)
    assert recorder.of("done", "failed", "cancelled", "banner") == [("done", 199)]
    qtbot.waitUntil(lambda: not real.busy, timeout=MS)


@pytest.mark.expected_log("handlers_for_tests:fail failed")
def test_an_exception_reaches_the_banner_with_its_traceback(real: Bridge, qtbot: QtBot) -> None:
    request = h.Raise(ZeroDivisionError("inside"))
    channel = real.channel("maps", parent=real)
    with qtbot.waitSignal(real.failed, timeout=MS) as banner:
        channel.ask(request)
    asked, report = banner.args
    assert asked is request
    assert "ZeroDivisionError" in report.sentence
    assert "handlers_for_tests.py" in report.details
    assert report.details.startswith("Traceback")


def test_cancel_ends_a_running_job(real: Bridge, qtbot: QtBot) -> None:
    channel = real.channel("style", Priority.LONG, real)
    with qtbot.waitSignal(channel.progress, timeout=MS):
        channel.ask(h.Count(10**9))
    with qtbot.waitSignal(channel.cancelled, timeout=MS):
        real.cancel_active()
    assert not channel.busy


def test_a_live_job_answers_what_comes_into_its_mailbox(real: Bridge, qtbot: QtBot) -> None:
    box: Mailbox[str] = Mailbox()
    channel = real.channel("live", Priority.LIVE, real)
    channel.ask(h.Watch(box))
    for value in ("a", "b"):
        with qtbot.waitSignal(channel.partial, timeout=MS) as partial:
            box.put(value)
        assert partial.args == [value]
    with qtbot.waitSignal(channel.done, timeout=MS):
        box.close()


def test_closing_while_a_job_runs_leaves_no_thread(qtbot: QtBot) -> None:
    bridge = Bridge(lambda emit: Engine(emit, load_torch=False, handlers=TABLE))
    gate = h.Gate()
    bridge.channel("maps", parent=bridge).ask(gate)
    assert gate.entered.wait(WAIT)
    assert bridge.close()
    assert "engine" not in {thread.name for thread in threading.enumerate()}


def test_a_bridge_that_goes_out_of_use_is_collected(qtbot: QtBot) -> None:
    bridge = Bridge(InlineEngine)
    assert bridge.close()
    gone: list[bool] = []
    bridge.destroyed.connect(lambda: gone.append(True))
    del bridge
    gc.collect()
    assert gone == [True]


def test_the_inline_engine_answers_in_the_next_turn_of_the_event_loop(qtbot: QtBot) -> None:
    bridge = Bridge(lambda emit: InlineEngine(emit, handlers=TABLE))
    channel = bridge.channel("maps", parent=bridge)
    recorder = Recorder(bridge, channel)
    channel.ask(h.Echo("now"))
    assert channel.busy
    settle()
    assert recorder.of("done") == [("done", "now")]
    assert bridge.close()
