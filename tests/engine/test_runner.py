"""The engine: the table, jobs that answer, fail, are cancelled and take turns."""

from __future__ import annotations

from typing import Any

import pytest

from engine.handlers import HANDLERS, Handler, load, lookup, request_name
from engine.jobs import (
    Cancelled,
    Done,
    EngineState,
    Event,
    JobCancelled,
    Partial,
    Priority,
    Progress,
    Started,
)
from engine.mailbox import Mailbox
from engine.runner import Engine
from tests.engine import handlers_for_tests as h
from tests.engine.handlers_for_tests import TABLE, WAIT
from tests.engine.runner_fixtures import Heard, engine, failure, heard

__all__ = ["engine", "heard"]

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
