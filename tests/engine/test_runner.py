"""The engine: one terminal event a job whatever happens, its order of work, torch, closing."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from engine import device as devices
from engine.device import Runtime
from engine.errors import ErrorReport
from engine.handlers import HANDLERS, Handler, load, lookup, request_name
from engine.jobs import (
    ENGINE_WIDE,
    Cancelled,
    Done,
    EngineState,
    Event,
    Failed,
    JobCancelled,
    Notice,
    Partial,
    Priority,
    Progress,
    Started,
    is_terminal,
)
from engine.mailbox import Mailbox
from engine.runner import Engine, InlineEngine
from tests.engine import handlers_for_tests as h
from tests.engine.handlers_for_tests import TABLE, WAIT

E = TypeVar("E")
ROOT = Path(__file__).resolve().parents[2]


class Heard:
    """Receives the events of an engine and lets a test wait for one of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, condition: Callable[[Event], bool]) -> Event:
        """The first event, past or future, for which the condition holds."""

        def found() -> Event | None:
            return next((event for event in self.events if condition(event)), None)

        with self._changed:
            event = self._changed.wait_for(found, WAIT)
        assert event is not None, f"it did not come; there were {self.events}"
        return event

    def end_of(self, job_id: int) -> Event:
        return self.wait(lambda event: is_terminal(event) and event.job_id == job_id)  # type: ignore[union-attr]

    def of(self, job_id: int, kind: type[E]) -> list[E]:
        events = [event for event in self.events if isinstance(event, kind)]
        return [event for event in events if getattr(event, "job_id", None) == job_id]

    def states(self) -> list[str]:
        return [event.state for event in self.events if isinstance(event, EngineState)]

    def ends(self) -> Counter[int]:
        return Counter(e.job_id for e in self.events if is_terminal(e))  # type: ignore[union-attr]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def engine(heard: Heard) -> Iterator[Engine]:
    """A running engine without torch."""
    with Engine(heard, load_torch=False, handlers=TABLE) as running:
        yield running
    assert running.close()


def failure(heard: Heard, job_id: int) -> ErrorReport:
    event = heard.end_of(job_id)
    assert isinstance(event, Failed), event
    return event.report


# ------------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("name", HANDLERS)
def test_every_entry_of_the_table_leads_to_a_request_and_a_function(name: str) -> None:
    module, _, request_type = name.rpartition(".")
    found = getattr(__import__(module, fromlist=["_"]), request_type)
    assert isinstance(found, type), f"{name} is no type"
    assert request_name(found) == name, f"{name} is defined elsewhere: in {found.__module__}"
    assert callable(load(HANDLERS[name])), f"{HANDLERS[name].target} is no function"


def test_a_table_may_name_types_or_their_dotted_names() -> None:
    handler = Handler("nowhere:nothing")
    assert lookup(h.Echo(), {h.Echo: handler}) is handler
    assert lookup(h.Echo(), {request_name(h.Echo): handler}) is handler
    with pytest.raises(LookupError, match="Unlisted"):
        lookup(h.Unlisted(), TABLE)


# ---------------------------------------------------------------------------------- one terminal event a job


def test_a_function_answers_once(engine: Engine, heard: Heard) -> None:
    value = object()
    job = engine.submit(h.Echo(value))
    done = heard.end_of(job)
    assert isinstance(done, Done)
    assert done.value is value
    assert 0 <= done.seconds < WAIT
    assert engine.idle_wait(WAIT)
    assert [type(e) for e in heard.events if getattr(e, "job_id", 0) == job] == [Started, Done]


def test_a_generator_reports_and_answers(engine: Engine, heard: Heard) -> None:
    request = h.Count(3)
    job = engine.submit(request, priority=Priority.LONG)
    done = heard.end_of(job)
    assert isinstance(done, Done)
    assert done.value == 3
    assert [(p.done, p.total) for p in heard.of(job, Progress)] == [(1, 3), (2, 3), (3, 3)]
    assert request.notes[-1] == "cleaned up"


@pytest.mark.parametrize("steps", [None, 0, 2])
@pytest.mark.parametrize(
    "error",
    [
        ValueError("wrong"),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        StopIteration(4),
        BaseException("bare"),
        h.Unpicklable(),
        ExceptionGroup("several", [ValueError(), OSError()]),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.expected_log("handlers_for_tests:fail failed")
def test_whatever_is_raised_ends_the_job_once(
    engine: Engine, heard: Heard, error: BaseException, steps: int | None
) -> None:
    job = engine.submit(h.Raise(error, steps))
    report = failure(heard, job)
    assert "in fail" in report.details or "in _fail_late" in report.details
    assert report.sentence
    after = engine.submit(h.Echo("alive"))
    assert isinstance(heard.end_of(after), Done)
    assert engine.idle_wait(WAIT)
    assert heard.ends() == {job: 1, after: 1}


def test_a_user_error_arrives_as_it_was_said(engine: Engine, heard: Heard) -> None:
    report = failure(heard, engine.submit(h.Raise(h.user_error())))
    assert (report.sentence, report.hint) == ("The kernel is larger than the input.", "Choose 5 or less.")
    assert "in fail" in report.details


@pytest.mark.expected_log("no handler for requests of type .*Unlisted")
@pytest.mark.expected_log("nowhere")
def test_unknown_requests_and_missing_modules_fail(engine: Engine, heard: Heard) -> None:
    assert "Unlisted" in failure(heard, engine.submit(h.Unlisted())).sentence
    assert "tests.engine.nowhere" in failure(heard, engine.submit(h.Lost())).sentence


@pytest.mark.expected_log("yields failed")
@pytest.mark.parametrize("value", [3, Done(1, None, 0.0), Progress(99, 1, 2), Cancelled(1), Started(1)])
def test_a_handler_yields_only_what_its_context_makes(engine: Engine, heard: Heard, value: object) -> None:
    job = engine.submit(h.Yields(value))
    assert "may not yield" in failure(heard, job).sentence
    assert engine.idle_wait(WAIT)
    assert heard.ends() == {job: 1}


@pytest.mark.expected_log("the receiver of events failed")
def test_a_receiver_that_raises_does_not_stop_the_engine() -> None:
    heard = Heard()

    def emit(event: Event) -> None:
        heard(event)
        raise SystemExit("the receiver is broken")

    with Engine(emit, load_torch=False, handlers=TABLE) as engine:
        for value in range(3):
            assert isinstance(heard.end_of(engine.submit(h.Echo(value))), Done)
    assert heard.states()[-1] == "stopped"


def test_a_receiver_may_submit_cancel_and_close() -> None:
    heard = Heard()
    closed: list[bool] = []

    def emit(event: Event) -> None:
        if isinstance(event, Done) and event.value == "first":
            engine.cancel(engine.submit(h.Count(10**9), priority=Priority.LONG))
        if isinstance(event, Cancelled):
            closed.append(engine.close())
        heard(event)

    engine = Engine(emit, load_torch=False, handlers=TABLE)
    with engine:
        job = engine.submit(h.Echo("first"))
        heard.wait(lambda event: isinstance(event, EngineState) and event.state == "stopped")
    assert closed == [False]  # the engine's thread cannot wait for itself
    assert engine.close()
    assert heard.ends() == {job: 1, job + 1: 1}


# ---------------------------------------------------------------------------------------------------- cancel


def test_cancel_before_the_start(engine: Engine, heard: Heard) -> None:
    gate = h.Gate()
    first = engine.submit(gate)
    assert gate.entered.wait(WAIT)
    request = h.Count(3)
    second = engine.submit(request)
    engine.cancel(second)
    gate.open.set()
    assert heard.end_of(second) == Cancelled(second, superseded=False)
    assert isinstance(heard.end_of(first), Done)
    assert request.notes == []
    assert heard.of(second, Started) == []


def test_cancel_within_one_step_of_a_generator(engine: Engine, heard: Heard) -> None:
    request = h.Count(10**9)
    job = engine.submit(request, priority=Priority.LONG)
    heard.wait(lambda event: isinstance(event, Progress))
    blocker = h.Gate()
    engine.submit(blocker)
    assert blocker.entered.wait(WAIT)
    steps = len(request.notes)
    engine.cancel(job)
    blocker.open.set()
    assert heard.end_of(job) == Cancelled(job)
    # The engine was busy elsewhere while we cancelled: not one more step may have been done.
    assert request.notes[steps:] == ["cancelled", "cleaned up"]


def test_cancel_inside_a_long_step(engine: Engine, heard: Heard) -> None:
    gate = h.Gate()
    job = engine.submit(gate)
    assert gate.entered.wait(WAIT)
    engine.cancel(job)
    assert heard.end_of(job) == Cancelled(job)


def test_a_step_that_does_not_listen_is_cancelled_at_its_end(engine: Engine, heard: Heard) -> None:
    gate = h.Gate(obeys=False)
    job = engine.submit(gate)
    assert gate.entered.wait(WAIT)
    engine.cancel(job)
    gate.open.set()
    assert heard.end_of(job) == Cancelled(job)


def test_cancel_after_the_end_and_of_the_unknown_does_nothing(engine: Engine, heard: Heard) -> None:
    job = engine.submit(h.Echo())
    assert isinstance(heard.end_of(job), Done)
    engine.cancel(job)
    engine.cancel(12345)
    assert engine.idle_wait(WAIT)
    assert heard.ends() == {job: 1}


def test_a_handler_may_give_up_by_itself(engine: Engine, heard: Heard) -> None:
    job = engine.submit(h.Raise(JobCancelled()))
    assert heard.end_of(job) == Cancelled(job)


def test_a_generator_that_swallows_the_cancel_is_closed(engine: Engine, heard: Heard) -> None:
    request = h.Stubborn()
    job = engine.submit(request, priority=Priority.LONG)
    assert request.running.wait(WAIT)
    engine.cancel(job)
    assert heard.end_of(job) == Cancelled(job)
    assert request.notes == ["ignored", "closed"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.expected_log("generator ignored GeneratorExit")
def test_even_a_generator_that_cannot_be_closed_is_cancelled(engine: Engine, heard: Heard) -> None:
    request = h.Stubborn(immortal=True)
    job = engine.submit(request, priority=Priority.LONG)
    assert request.running.wait(WAIT)
    engine.cancel(job)
    assert heard.end_of(job) == Cancelled(job)


@pytest.mark.expected_log("failed while it was stopped: .*bad_cleanup(.|\n)*the file cannot be closed")
def test_a_cleanup_that_fails_is_logged_and_the_job_cancelled(engine: Engine, heard: Heard) -> None:
    request = h.BadCleanup()
    job = engine.submit(request, priority=Priority.LONG)
    assert request.running.wait(WAIT)
    engine.cancel(job)
    assert heard.end_of(job) == Cancelled(job)


# ----------------------------------------------------------------------------------------- coalescing, order


def test_a_newer_job_replaces_queued_and_running_ones_with_its_key(engine: Engine, heard: Heard) -> None:
    running = h.Gate()
    first = engine.submit(running, key="maps")
    assert running.entered.wait(WAIT)
    middle = [engine.submit(h.Echo(i), key="maps") for i in range(5)]
    other = engine.submit(h.Echo("other"), key="shapes")
    free = engine.submit(h.Echo("free"))
    last = engine.submit(h.Echo("last"), key="maps")
    ends = [heard.end_of(job) for job in (first, *middle, other, free, last)]
    assert ends[:6] == [Cancelled(job, superseded=True) for job in (first, *middle)]
    assert [e.value for e in ends[6:] if isinstance(e, Done)] == ["other", "free", "last"]
    assert all(not heard.of(job, Started) for job in middle)


def test_interactive_jobs_go_between_the_steps_of_long_ones(engine: Engine, heard: Heard) -> None:
    gate = h.Gate()
    engine.submit(gate)
    assert gate.entered.wait(WAIT)
    notes: list[Any] = []
    long_ones = [
        engine.submit(h.Count(3, "long", notes), priority=Priority.LONG),
        engine.submit(h.Count(3, "live", notes), priority=Priority.LIVE),
    ]
    quick = engine.submit(h.Count(2, "quick", notes))
    gate.open.set()
    for job in (*long_ones, quick):
        assert isinstance(heard.end_of(job), Done)
    assert notes[:3] == [("quick", 0), ("quick", 1), "cleaned up"]
    steps = [note for note in notes[3:] if note != "cleaned up"]
    assert steps == [(name, i) for i in range(3) for name in ("long", "live")]


def test_two_interactive_jobs_take_turns(engine: Engine, heard: Heard) -> None:
    gate = h.Gate()
    engine.submit(gate)
    assert gate.entered.wait(WAIT)
    notes: list[Any] = []
    jobs = [engine.submit(h.Count(2, name, notes)) for name in ("a", "b")]
    gate.open.set()
    assert all(isinstance(heard.end_of(job), Done) for job in jobs)
    assert [note for note in notes if note != "cleaned up"] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_an_idle_job_lets_others_work_and_wakes_when_something_comes(
    engine: Engine, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runner._LOOK_AROUND", 10 * WAIT)
    box: Mailbox[str] = Mailbox()
    live = engine.submit(h.Watch(box), priority=Priority.LIVE)
    heard.wait(lambda event: isinstance(event, Started))
    assert isinstance(heard.end_of(engine.submit(h.Echo())), Done)
    for value in ("a", "b", "c"):
        box.put(value)
        heard.wait(lambda event, value=value: isinstance(event, Partial) and event.value == value)  # type: ignore[misc]
        assert isinstance(heard.end_of(engine.submit(h.Echo())), Done)
    box.close()
    end = heard.end_of(live)
    assert isinstance(end, Done)
    assert end.value == "closed"


def test_an_idle_job_can_be_cancelled(engine: Engine, heard: Heard) -> None:
    box: Mailbox[str] = Mailbox()
    live = engine.submit(h.Watch(box), priority=Priority.LIVE)
    heard.wait(lambda event: isinstance(event, Started))
    engine.cancel(live)
    assert heard.end_of(live) == Cancelled(live)
    box.put("nobody listens any more")
    assert box.take() is not None


# ---------------------------------------------------------------------------------------------------- memory


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")]
)
def test_out_of_memory_is_tried_again_with_less(engine: Engine, heard: Heard, error: Exception) -> None:
    request = h.Hungry(1, error)
    job = engine.submit(request)
    done = heard.end_of(job)
    assert isinstance(done, Done)
    assert done.value == "fed"
    assert [reduced for reduced, _ in request.notes] == [False, True]
    assert [notice.message for notice in heard.of(job, Notice)] == [
        "The memory was not enough: trying once more with less."
    ]
    assert len(heard.of(job, Started)) == 1


def test_out_of_memory_twice_is_a_sentence(engine: Engine, heard: Heard) -> None:
    request = h.Hungry(9)
    report = failure(heard, engine.submit(request))
    assert len(request.notes) == 2
    assert "not enough memory" in report.sentence
    assert report.hint
    assert "MemoryError" in report.details
    assert isinstance(heard.end_of(engine.submit(h.Echo())), Done)


def test_a_full_accelerator_is_left_for_the_cpu(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    import torch

    gpu = torch.device("cuda")
    released: list[bool] = []
    monkeypatch.setattr("engine.device.load_runtime", lambda preference: (Runtime(True, gpu), ""))
    monkeypatch.setattr("engine.device.describe", lambda device: None)
    monkeypatch.setattr("engine.device.release_caches", lambda: released.append(True))
    request = h.Hungry(1)
    with Engine(heard, handlers=TABLE) as engine:
        engine.begin_loading()
        assert engine.idle_wait(WAIT)
        job = engine.submit(request)
        assert isinstance(heard.end_of(job), Done)
    assert request.notes == [(False, gpu), (True, torch.device("cpu"))]
    assert released == [True]
    assert "on the CPU" in heard.of(job, Notice)[0].message


# ----------------------------------------------------------------------------------------------------- torch


@pytest.fixture
def with_torch(heard: Heard) -> Iterator[Engine]:
    with Engine(heard, device="cpu", handlers=TABLE) as running:
        running.begin_loading()
        running.begin_loading()
        assert running.idle_wait(60)
        yield running


class SlowLoading:
    """Holds the loading of torch until the test lets it go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._load = devices.load_runtime
        monkeypatch.setattr(devices, "load_runtime", self)

    def __call__(self, preference: str | None) -> tuple[Runtime, str]:
        self.begun.set()
        self.go_on.wait(WAIT)
        return self._load(preference)


def test_states_while_torch_is_loaded(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    loading = SlowLoading(monkeypatch)
    with Engine(heard, device="cpu", handlers=TABLE) as engine:
        assert engine.idle_wait(WAIT)
        assert heard.states() == ["starting"]
        engine.begin_loading()
        heard.wait(lambda event: isinstance(event, EngineState) and event.state == "loading torch")
        loading.go_on.set()
        assert engine.idle_wait(60)
        state = engine.state
        assert heard.states() == ["starting", "loading torch", "idle"]
        heard.end_of(engine.submit(h.Count(3)))
        assert engine.idle_wait(WAIT)
    assert heard.states()[3:] == ["busy", "idle", "stopped"]
    assert state.device is not None
    assert state.device.kind == "cpu"
    assert state.device.memory_used


def test_torch_free_jobs_are_answered_while_torch_is_loaded(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    loading = SlowLoading(monkeypatch)
    with Engine(heard, device="cpu", handlers=TABLE) as engine:
        waiting = engine.submit(h.Modes())
        unwanted = engine.submit(h.Modes())
        assert isinstance(heard.end_of(engine.submit(h.Echo())), Done)
        engine.begin_loading()
        heard.wait(lambda event: isinstance(event, EngineState) and event.state == "loading torch")
        assert isinstance(heard.end_of(engine.submit(h.Echo())), Done)
        engine.cancel(unwanted)
        assert heard.end_of(unwanted) == Cancelled(unwanted)
        assert heard.of(waiting, Started) == []
        assert not engine.idle_wait(0.01)
        loading.go_on.set()
        assert isinstance(heard.end_of(waiting), Done)


def test_steps_run_in_the_mode_asked_for_in_the_engine_thread(with_torch: Engine, heard: Heard) -> None:
    import torch

    plain, grad = (heard.end_of(with_torch.submit(request)) for request in (h.Modes(), h.GradModes()))
    assert isinstance(plain, Done)
    assert isinstance(grad, Done)
    modes, chosen, thread, threads, nice = plain.value  # type: ignore[misc]
    assert modes == [(False, True)] * 2
    assert (chosen, thread) == (torch.device("cpu"), "engine")
    assert threads == max(1, devices._cores() - 1)
    assert nice is None or nice >= 10
    assert grad.value[0] == [(True, False)] * 2  # type: ignore[index]


@pytest.mark.parametrize("how", ["call", "with", "autocast"])
@pytest.mark.expected_log("ModeLeak")
def test_a_mode_left_on_is_reported_and_taken_back(with_torch: Engine, heard: Heard, how: str) -> None:
    request = h.Leak(how)
    assert "ModeLeak" in failure(heard, with_torch.submit(request)).sentence
    assert request.notes == (["cleaned up"] if how == "with" else [])
    after = heard.end_of(with_torch.submit(h.Modes()))
    assert isinstance(after, Done)
    assert after.value[0] == [(False, True)] * 2  # type: ignore[index]


@pytest.mark.expected_log("torch could not be loaded")
def test_without_torch_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with Engine(heard, handlers=TABLE) as engine:
        early = engine.submit(h.Modes())
        engine.begin_loading()
        for job in (early, engine.submit(h.Modes())):
            report = failure(heard, job)
            assert "torch" in report.sentence
            assert report.hint
        assert isinstance(heard.end_of(engine.submit(h.Echo())), Done)
        assert engine.idle_wait(WAIT)
        assert engine.state.state == "no torch"
        assert "torch" in engine.state.message
        assert engine.state.device is None


def test_an_absent_device_is_a_notice_and_the_cpu(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with Engine(heard, device="cuda", handlers=TABLE) as engine:
        engine.begin_loading()
        assert engine.idle_wait(60)
        assert engine.state.device is not None
        assert engine.state.device.kind == "cpu"
    assert ["“cuda”" in notice.message for notice in heard.of(ENGINE_WIDE, Notice)] == [True]


# --------------------------------------------------------------------------------------------------- closing


def test_closing_cancels_what_is_queued_running_and_waiting(heard: Heard) -> None:
    engine = Engine(heard, handlers=TABLE)
    engine.start()
    engine.start()
    gate, box = h.Gate(), Mailbox[Any]()
    jobs = [
        engine.submit(h.Watch(box), priority=Priority.LIVE),
        engine.submit(h.Count(10**9), priority=Priority.LONG),
        engine.submit(h.Modes()),
    ]
    heard.wait(lambda event: isinstance(event, Progress))
    jobs.append(engine.submit(gate))
    assert gate.entered.wait(WAIT)
    jobs += [engine.submit(h.Echo()), engine.submit(h.Count(5))]
    assert engine.close(WAIT)
    assert [heard.end_of(job) for job in jobs] == [Cancelled(job) for job in jobs]
    assert heard.ends() == dict.fromkeys(jobs, 1)
    assert heard.states()[-1] == "stopped"
    assert engine.close()
    late = engine.submit(h.Echo())
    assert heard.end_of(late) == Cancelled(late)
    engine.start()
    engine.begin_loading()
    engine.cancel(late)
    assert engine.idle_wait(0)
    assert not {"engine", "torch-loader"} & {thread.name for thread in threading.enumerate()}


def test_closing_an_engine_that_never_started(heard: Heard) -> None:
    engine = Engine(heard, load_torch=False, handlers=TABLE)
    jobs = [engine.submit(h.Echo()), engine.submit(h.Raise(ValueError()))]
    assert engine.close()
    assert engine.close()
    assert [heard.end_of(job) for job in jobs] == [Cancelled(job) for job in jobs]
    assert heard.states() == ["stopped"]


def test_a_step_that_does_not_end_makes_close_say_so(heard: Heard) -> None:
    engine = Engine(heard, load_torch=False, handlers=TABLE)
    engine.start()
    gate = h.Gate(obeys=False)
    job = engine.submit(gate)
    assert gate.entered.wait(WAIT)
    assert not engine.close(0.01)
    assert heard.ends() == {}
    gate.open.set()
    assert engine.close(WAIT)
    assert heard.ends() == {job: 1}


def test_closing_while_torch_is_loaded_waits_for_the_import(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    loading = SlowLoading(monkeypatch)
    engine = Engine(heard, handlers=TABLE)
    engine.start()
    engine.begin_loading()
    waiting = engine.submit(h.Modes())
    assert loading.begun.wait(WAIT)
    closed: list[bool] = []
    closer = threading.Thread(target=lambda: closed.append(engine.close(WAIT)))
    closer.start()
    assert heard.end_of(waiting) == Cancelled(waiting)
    assert closer.is_alive()
    loading.go_on.set()
    closer.join(WAIT)
    assert closed == [True]


def test_close_does_not_wait_longer_than_it_is_told_for_an_import(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    loading = SlowLoading(monkeypatch)
    engine = Engine(heard, device="cpu", handlers=TABLE)
    engine.start()
    engine.begin_loading()
    assert loading.begun.wait(WAIT)
    assert not engine.close(0.05)  # the test would hang here until `go_on`, which comes afterwards
    assert {thread.name for thread in threading.enumerate()} & {"engine", "torch-loader"} == {"torch-loader"}
    assert heard.states()[-1] == "stopped"
    loading.go_on.set()
    assert engine.close(60)


def test_the_timeout_is_for_both_threads_together(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    loading = SlowLoading(monkeypatch)
    engine = Engine(heard, device="cpu", handlers=TABLE)
    engine.start()
    engine.begin_loading()
    gate = h.Gate(obeys=False)
    engine.submit(gate)
    assert gate.entered.wait(WAIT) and loading.begun.wait(WAIT)
    waits: list[float] = []
    join = threading.Thread.join

    def noted(thread: threading.Thread, timeout: float | None = None) -> None:
        if thread.name in ("engine", "torch-loader"):
            assert timeout is not None
            waits.append(timeout)
        join(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", noted)
    assert not engine.close(0.2)
    monkeypatch.setattr(threading.Thread, "join", join)
    assert waits[0] <= 0.2 and waits[1] < 0.1
    gate.open.set()
    loading.go_on.set()
    assert engine.close(60)


def test_closing_from_many_threads(heard: Heard) -> None:
    engine = Engine(heard, load_torch=False, handlers=TABLE)
    engine.start()
    job = engine.submit(h.Count(10**9), priority=Priority.LONG)
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(engine.close(WAIT))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert answers == [True] * 8
    assert heard.ends() == {job: 1}


_PROGRAM = """
from engine.jobs import Priority
from engine.runner import Engine
from tests.engine import handlers_for_tests as h
engine = Engine(lambda event: None, load_torch=False, handlers=h.TABLE)
engine.start()
count, gate = h.Count(10**9), h.Gate()
engine.submit(count, priority=Priority.LONG)
while not count.notes:
    pass
"""


@pytest.mark.parametrize(
    "goodbye",
    ["engine.submit(gate); gate.entered.wait(); engine.close()", "pass"],
    ids=["closed inside a step", "forgotten"],
)
def test_the_program_ends_with_code_0_while_a_job_runs(goodbye: str) -> None:
    command = [sys.executable, "-c", _PROGRAM + goodbye]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


_SLOW_IMPORT = """
import threading, time
from engine import device
from engine.device import WITHOUT_TORCH, Runtime
from engine.runner import Engine
begun = threading.Event()
def load(preference):
    begun.set()
    time.sleep(1)
    return Runtime(failure=WITHOUT_TORCH), ""
device.load_runtime = load
engine = Engine(lambda event: None)
engine.start()
engine.begin_loading()
begun.wait()
print(engine.close(0.05))
"""


def test_the_program_ends_with_code_0_after_a_close_that_gave_up() -> None:
    command = [sys.executable, "-c", _SLOW_IMPORT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")


# ---------------------------------------------------------------------------------------------------- stress


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.expected_log("failed")
def test_any_mixture_from_many_threads_ends_every_job_exactly_once(seed: int) -> None:
    heard = Heard()
    engine = Engine(heard, load_torch=False, handlers=TABLE)
    boxes: list[Mailbox[Any]] = [Mailbox() for _ in range(3)]
    makers: list[Callable[[], object]] = [
        lambda: h.Echo(1),
        lambda: h.Count(4),
        lambda: h.Count(10**9),
        lambda: h.Raise(ValueError("wrong")),
        lambda: h.Raise(SystemExit(1), 2),
        lambda: h.Stubborn(),
        lambda: h.BadCleanup(),
        lambda: h.Hungry(1),
        lambda: h.Hungry(2),
        lambda: h.Yields(4),
        lambda: h.Unlisted(),
        lambda: h.Modes(),
        lambda: h.Watch(boxes[0]),
    ]
    submitted: list[int] = []

    def user(number: int) -> None:
        dice = random.Random(100 * seed + number)
        mine: list[int] = []
        for turn in range(60):
            if number == 1 and turn == 50:
                engine.close(0)
            if mine and dice.random() < 0.4:
                engine.cancel(dice.choice(mine))
            dice.choice(boxes).put(turn)
            # Endless interactive jobs starve the others by design: those are submitted as LIVE or LONG.
            priority = dice.choice([Priority.LIVE, Priority.LONG])
            mine.append(
                engine.submit(dice.choice(makers)(), key=dice.choice([None, "a", "b"]), priority=priority)
            )
        submitted.extend(mine)

    users = [threading.Thread(target=user, args=(number,)) for number in range(5)]
    # In every run one job surely fails as expected_log says: this one, before anybody can cancel it.
    first = engine.submit(h.Raise(ValueError("wrong")))
    engine.start()
    assert isinstance(heard.end_of(first), Failed)
    for thread in users:
        thread.start()
    for thread in users:
        thread.join(3 * WAIT)
    assert engine.close(WAIT)
    assert heard.ends() == dict.fromkeys([first, *submitted], 1)
    assert len(submitted) == len(set(submitted)) == 300
    for job in submitted:
        kinds = [type(e) for e in heard.events if getattr(e, "job_id", None) == job]
        assert issubclass(kinds[-1], Done | Failed | Cancelled), "something came after the end"
        assert kinds.count(Started) == (kinds[0] is Started)


# ----------------------------------------------------------------------------------------- the inline engine


@pytest.fixture
def inline(heard: Heard) -> Iterator[InlineEngine]:
    engine = InlineEngine(heard, handlers=TABLE)
    engine.start()
    yield engine
    assert engine.close()


@pytest.mark.expected_log("fail failed")
def test_inline_the_answer_is_there_when_submit_returns(inline: InlineEngine, heard: Heard) -> None:
    job = inline.submit(h.Count(2), priority=Priority.LONG)
    kinds = [type(event) for event in heard.events]
    assert kinds == [EngineState, EngineState, Started, Progress, Progress, Done, EngineState]
    assert heard.states() == ["idle", "busy", "idle"]
    bad = inline.submit(h.Raise(SystemExit()))
    assert isinstance(heard.end_of(bad), Failed)
    assert heard.ends() == {job: 1, bad: 1}
    assert inline.idle_wait(0)


def test_inline_an_idle_job_goes_on_when_pumped(inline: InlineEngine, heard: Heard) -> None:
    box: Mailbox[str] = Mailbox()
    live = inline.submit(h.Watch(box), key="live", priority=Priority.LIVE)
    box.put("frame")
    assert heard.of(live, Partial) == []
    inline.pump()
    assert [partial.value for partial in heard.of(live, Partial)] == ["frame"]
    assert not inline.idle_wait(0)
    newer = inline.submit(h.Watch(box), key="live", priority=Priority.LIVE)
    assert heard.end_of(live) == Cancelled(live, superseded=True)
    inline.cancel(newer)
    assert heard.end_of(newer) == Cancelled(newer)


def test_inline_a_receiver_may_submit(heard: Heard) -> None:
    def emit(event: Event) -> None:
        heard(event)
        if isinstance(event, Progress) and event.done == 1:
            engine.submit(h.Echo("inner"), key="slot")

    engine = InlineEngine(emit, handlers=TABLE)
    outer = engine.submit(h.Count(3), key="slot")
    assert heard.end_of(outer) == Cancelled(outer, superseded=True)
    assert isinstance(heard.end_of(outer + 1), Done)
    assert heard.ends() == {outer: 1, outer + 1: 1}


def test_inline_torch_is_loaded_by_the_first_job_that_needs_it(inline: InlineEngine, heard: Heard) -> None:
    inline.begin_loading()
    inline.submit(h.Echo())
    assert inline.state.device is None
    done = heard.end_of(inline.submit(h.Modes()))
    assert isinstance(done, Done)
    assert done.value[0] == [(False, True)] * 2  # type: ignore[index]
    assert inline.state.device is not None


def test_inline_after_close_everything_is_cancelled(inline: InlineEngine, heard: Heard) -> None:
    inline.submit(h.Watch(Mailbox()), priority=Priority.LIVE)
    assert inline.close()
    job = inline.submit(h.Modes())
    assert heard.end_of(job) == Cancelled(job)
    assert heard.ends() == {job - 1: 1, job: 1}
    assert heard.states()[-1] == "stopped"
