"""Pictures are read and prepared in a thread of its own, ahead of the net that looks at them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from engine import device as devices
from engine.errors import UserError
from engine.images import Frame
from engine.inside.patches.galleries import Gallery
from engine.networks.classifying.preprocessing import InputRecipe, Prepared, prepare

log = logging.getLogger(__name__)

AHEAD: Final = 2
"""Batches that may wait for the net."""
FINER: Final = 2
"""A photo is decoded with so many times the pixels that it is scaled to, at least: JPEG's own scaling is coarse."""
FOR_EYES: Final = 256
DIGIT_SIDE: Final = 640


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`values` float32[pictures, side, side, C] of the pictures `numbers`; `skipped`: (number, why) of others."""

    numbers: tuple[int, ...]
    values: npt.NDArray[np.float32]
    skipped: tuple[tuple[int, str], ...]


def enough(recipe: InputRecipe) -> int:
    """Pixels of a photo's shorter side that are enough for a net, and for the eyes that look at what it read."""
    if recipe.kind == "digit":
        return DIGIT_SIDE
    return max(FINER * (recipe.resize or recipe.size), FOR_EYES)


def read_prepared(gallery: Gallery, name: str, recipe: InputRecipe) -> tuple[Frame, Prepared]:
    """A picture and what the net gets of it, the same each time. Raises UserError where it is broken or empty."""
    frame = gallery.read(name, enough(recipe))
    return frame, prepare(frame.pixels, recipe)


class ReadAhead:
    """The thread; a context manager, which ends it. `wake` is called when there is something to take."""

    def __init__(
        self,
        gallery: Gallery,
        wanted: Sequence[tuple[int, str]],
        recipe: InputRecipe,
        size: int,
        wake: Callable[[], None],
    ) -> None:
        self._gallery, self._wanted, self._recipe = gallery, wanted, recipe
        self._size, self._wake = max(size, 1), wake
        self._changed = threading.Condition()  # guards the four below
        self._ready: deque[Batch] = deque()
        self._ended = self._stopping = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=False)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()  # at most one picture's time

    @property
    def ended(self) -> bool:
        """Whether all was taken, and nothing went wrong that `take` still has to tell."""
        with self._changed:
            return self._ended and not self._ready and self._failure is None

    def take(self) -> Batch | None:
        """The next batch; None while there is none yet, and at the end. Raises what went wrong in the thread."""
        with self._changed:
            if self._ready:
                batch = self._ready.popleft()
                self._changed.notify_all()
                return batch
            if self._failure is not None:
                raise self._failure
            return None

    def _run(self) -> None:
        devices.lower_this_thread()
        try:
            for batch in self._batches():
                if not self._hand_over(batch):
                    break
        except BaseException as error:  # whatever it is, it belongs to whoever waits for pictures
            with self._changed:
                self._failure = error
        finally:
            self._gallery.close()
            with self._changed:
                self._ended = True
            self._wake()

    def _hand_over(self, batch: Batch) -> bool:
        """Wait for room; False where nobody wants any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or len(self._ready) < AHEAD)
            if self._stopping:
                return False
            self._ready.append(batch)
        self._wake()
        return True

    def _batches(self) -> Iterator[Batch]:
        numbers: list[int] = []
        skipped: list[tuple[int, str]] = []
        values: npt.NDArray[np.float32] | None = None
        for number, name in self._wanted:
            if self._stopping:
                return
            try:
                prepared = read_prepared(self._gallery, name, self._recipe)[1]
            except UserError as error:
                skipped.append((number, error.sentence))
                continue
            if values is None:
                channels, height, width = prepared.values.shape
                values = np.empty((self._size, height, width, channels), np.float32)
            values[len(numbers)] = prepared.values.transpose(1, 2, 0)
            numbers.append(number)
            if len(numbers) == self._size:
                yield Batch(tuple(numbers), values, tuple(skipped))
                numbers, skipped, values = [], [], None
        if numbers or skipped:
            empty = np.empty((0, 0, 0, 0), np.float32)
            yield Batch(tuple(numbers), empty if values is None else values[: len(numbers)], tuple(skipped))
