"""A one-slot mailbox in which the latest value wins: between a producer that may not wait and a consumer
that may be slow, a queue would only grow stale."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Mailbox(Generic[T]):
    """One slot for values of type T (not None) between any threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._dropped = 0
        self._closed = False
        self._callbacks: list[Callable[[], None]] = []

    def put(self, value: T) -> None:
        """Replace what is in the slot, then call the subscribers; ignored once closed. Never blocks."""
        with self._changed:
            if self._closed:
                return
            if self._value is not None:
                self._dropped += 1
            self._value = value
            self._changed.notify()
            callbacks = tuple(self._callbacks)
        self._call(callbacks)

    def take(self) -> T | None:
        """Empty the slot: its value, or None where nothing new came."""
        with self._changed:
            value, self._value = self._value, None
            return value

    def wait(self, timeout: float | None = None) -> T | None:
        """Like take, but waits up to `timeout` seconds for a value; None on time-out or close."""
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed, timeout)
            value, self._value = self._value, None
            return value

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback()` after every put and after close, in the thread that does it.

        Returns a function that ends the subscription.
        """
        with self._changed:
            self._callbacks.append(callback)
        return lambda: self._unsubscribe(callback)

    def close(self) -> None:
        """Accept nothing more and wake everybody who waits; a value still in the slot can be taken."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
            callbacks = tuple(self._callbacks)
        self._call(callbacks)

    @property
    def dropped(self) -> int:
        """How many values were replaced before anybody took them."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    def _unsubscribe(self, callback: Callable[[], None]) -> None:
        with self._changed:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    @staticmethod
    def _call(callbacks: tuple[Callable[[], None], ...]) -> None:
        for callback in callbacks:
            try:
                callback()
            except Exception:
                # The producer (a camera thread) must not die of a consumer's fault.
                _log.exception("a mailbox subscriber failed")
