"""Cancel tokens, events, errors as people read them."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from engine.context import Context
from engine.errors import ErrorReport, UserError, describe
from engine.jobs import (
    Cancelled,
    CancelToken,
    Done,
    EngineState,
    Failed,
    Job,
    JobCancelled,
    Notice,
    Partial,
    Priority,
    Progress,
    Started,
    is_terminal,
)
from tests.engine.handlers_for_tests import Unpicklable


def test_token_is_quiet_until_cancelled() -> None:
    token = CancelToken()
    token.check()
    assert not token.cancelled
    assert not token.superseded
    assert not token.wait(0)
    token.cancel()
    assert token.cancelled
    assert token.wait(0)
    with pytest.raises(JobCancelled):
        token.check()


@pytest.mark.parametrize("first", [True, False])
def test_the_first_reason_for_cancelling_stays(first: bool) -> None:
    token = CancelToken()
    token.cancel(superseded=first)
    token.cancel(superseded=not first)
    assert token.superseded is first


def test_token_wakes_a_thread_that_waits() -> None:
    token = CancelToken()
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(token.wait(20)))
    thread.start()
    token.cancel()
    thread.join(20)
    assert answers == [True]


def test_jobs_do_not_share_a_token() -> None:
    one, two = Job(1, "a"), Job(2, "a")
    one.cancel.cancel()
    assert not two.cancel.cancelled


@pytest.mark.parametrize(
    ("event", "terminal"),
    [
        (Started(1), False),
        (Progress(1, 1, 2), False),
        (Partial(1, None), False),
        (Notice(1, ""), False),
        (EngineState("stopped"), False),
        (Done(1, None, 0.1), True),
        (Failed(1, ErrorReport("")), True),
        (Cancelled(1), True),
    ],
)
def test_terminal_events(event: object, terminal: bool) -> None:
    assert is_terminal(event) is terminal  # type: ignore[arg-type]
    first_field = dataclasses.fields(event)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, first_field, 7)


def test_priorities_are_ordered() -> None:
    assert sorted([Priority.LONG, Priority.INTERACTIVE, Priority.LIVE]) == [0, 1, 2]


def test_user_error_speaks_in_sentences() -> None:
    error = UserError("No camera is connected.", "Choose a photo.")
    assert str(error) == "No camera is connected. Choose a photo."
    assert str(UserError("No camera is connected.")) == "No camera is connected."
    report = describe(error)
    assert (report.sentence, report.hint) == ("No camera is connected.", "Choose a photo.")


def test_report_of_an_unexpected_error_has_the_traceback_and_one_line() -> None:
    def culprit() -> None:
        raise ValueError("first line\nsecond line")

    with pytest.raises(ValueError) as caught:
        culprit()
    report = describe(caught.value)
    assert "(ValueError: first line)" in report.sentence
    assert "culprit" in report.details
    assert "second line" in report.details


def test_report_survives_an_exception_that_cannot_describe_itself() -> None:
    report = describe(Unpicklable())
    assert "Unpicklable" in report.sentence
    assert "Unpicklable" in report.details


def test_time_left_is_the_time_taken_scaled_to_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(job_id=5, began=100.0)
    monkeypatch.setattr("engine.context.time.monotonic", lambda: 130.0)
    assert context.progress(3, 12, "third") == Progress(5, 3, 12, "third", 90.0)
    assert context.progress(12, 12).seconds_left == 0
    assert context.progress(13, 12).seconds_left == 0
    assert context.progress(0, 12).seconds_left is None
    assert context.progress(1, 0).seconds_left is None
