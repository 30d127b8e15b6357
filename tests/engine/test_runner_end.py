"""The engine: closing it, jobs from many threads, the engine without a thread."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.jobs import (
    Cancelled,
    Done,
    EngineState,
    Event,
    Failed,
    Partial,
    Priority,
    Progress,
    Started,
)
from engine.mailbox import Mailbox
from engine.runner import Engine, InlineEngine
from tests.engine import handlers_for_tests as h
from tests.engine.handlers_for_tests import TABLE, WAIT
from tests.engine.runner_fixtures import Heard, SlowLoading, heard

__all__ = ["heard"]

ROOT = Path(__file__).resolve().parents[2]


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
