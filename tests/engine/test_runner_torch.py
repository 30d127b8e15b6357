"""The engine: memory that runs out, the import of torch, devices, gradient modes."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from engine import device as devices
from engine.device import Runtime
from engine.jobs import (
    ENGINE_WIDE,
    Cancelled,
    Done,
    EngineState,
    Notice,
    Started,
)
from engine.runner import Engine
from tests.engine import handlers_for_tests as h
from tests.engine.handlers_for_tests import TABLE, WAIT
from tests.engine.runner_fixtures import Heard, SlowLoading, engine, failure, heard

__all__ = ["engine", "heard"]

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
