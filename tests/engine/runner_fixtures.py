"""What an engine said, engines with and without torch, for the tests of the runner."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from engine import device as devices
from engine.device import Runtime
from engine.errors import ErrorReport
from engine.jobs import (
    EngineState,
    Event,
    Failed,
    is_terminal,
)
from engine.runner import Engine
from tests.engine.handlers_for_tests import TABLE, WAIT

E = TypeVar("E")


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
