"""The one-slot mailbox: the latest value wins, nothing is lost in silence."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mailbox import Mailbox


def test_latest_value_wins_and_the_others_are_counted() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.take() is None
    for value in range(5):
        box.put(value)
    assert box.take() == 4
    assert box.take() is None
    assert box.dropped == 4


@given(st.lists(st.one_of(st.integers(), st.none())))
def test_every_value_is_taken_or_dropped_or_still_there(actions: list[int | None]) -> None:
    """None means: take."""
    box: Mailbox[int] = Mailbox()
    newest: int | None = None
    taken = put = 0
    for action in actions:
        if action is None:
            assert box.take() == newest
            taken += newest is not None
            newest = None
        else:
            box.put(action)
            put += 1
            newest = action
    assert put == taken + box.dropped + (newest is not None)


def test_a_value_that_is_false_is_a_value() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(0)
    box.put(0)
    assert box.dropped == 1
    assert box.wait(0) == 0


def test_wait_gives_up() -> None:
    assert Mailbox[int]().wait(0.001) is None


def test_put_and_close_wake_a_waiting_thread() -> None:
    box: Mailbox[str] = Mailbox()
    taken: list[str | None] = []
    first_taken = threading.Event()

    def consume() -> None:
        taken.append(box.wait(20))
        first_taken.set()
        taken.append(box.wait(20))

    thread = threading.Thread(target=consume)
    thread.start()
    box.put("frame")
    assert first_taken.wait(20)
    box.close()
    thread.join(20)
    assert taken == ["frame", None]


def test_closed_box_takes_nothing_more_and_gives_what_it_has() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.close()
    box.close()
    box.put(2)
    assert box.closed
    assert box.take() == 1
    assert box.wait(None) is None
    assert box.dropped == 0


def test_subscribers_are_called_after_put_and_close_in_the_thread_that_does_it() -> None:
    box: Mailbox[int] = Mailbox()
    calls: list[tuple[int | None, str]] = []
    unsubscribe = box.subscribe(lambda: calls.append((box.take(), threading.current_thread().name)))
    thread = threading.Thread(target=box.put, args=(3,), name="camera")
    thread.start()
    thread.join(20)
    box.close()
    here = threading.current_thread().name
    assert calls == [(3, "camera"), (None, here)]
    unsubscribe()
    unsubscribe()


def test_an_ended_subscription_is_silent() -> None:
    box: Mailbox[int] = Mailbox()
    calls: list[int] = []
    box.subscribe(lambda: calls.append(1))()
    box.put(1)
    assert calls == []


@pytest.mark.expected_log("a mailbox subscriber failed")
def test_a_failing_subscriber_stops_neither_the_producer_nor_the_others() -> None:
    box: Mailbox[int] = Mailbox()
    calls: list[int] = []

    def fail() -> None:
        raise ValueError

    box.subscribe(fail)
    box.subscribe(lambda: calls.append(1))
    box.put(1)
    assert calls == [1]
    assert box.take() == 1


def test_many_producers_lose_nothing_uncounted() -> None:
    box: Mailbox[int] = Mailbox()
    producers = [threading.Thread(target=lambda: [box.put(i) for i in range(500)]) for _ in range(4)]
    taken = 0
    for thread in producers:
        thread.start()
    while any(thread.is_alive() for thread in producers):
        taken += box.wait(0.001) is not None
    taken += box.take() is not None
    assert taken + box.dropped == 2000
