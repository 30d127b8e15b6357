"""How large and how deep a pickle would grow, told from its instructions without carrying any out.

torch's own reader runs no foreign code, but it hashes the keys of dictionaries, and its messages spell out what it
refuses. A few hundred bytes can describe a tuple that holds one tuple twice, which holds one twice, and so on: hashing
or spelling it takes longer than a life, and nothing can stop it, since it happens in one call of C.
"""

from __future__ import annotations

import io
import pickletools
from typing import Any

MOST_BYTES = 4_000_000
"""Of all pickles of a file; those of DenseNet-201 with its optimiser have 350,000."""
MOST_VALUES = 2_000_000
"""Handled in all, those that are handled twice counted twice; DenseNet-201 with its optimiser comes to 500,000."""
DEEPEST = 64
"""Levels of values in each other; a state dict has 6, a checkpoint 9."""
_PICKLES = 5
"""A file of before torch 1.6: magic number, protocol, system, the state dict, the keys of the storages."""
_FILLING = frozenset({"APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS", "BUILD"})


class Overgrown(Exception):
    """The contents would be larger or nested deeper than those of any network."""


def check_nesting(data: bytes) -> None:
    """Follow the pickles at the beginning of `data`, of which more than MOST_BYTES are never looked at.

    Raises Overgrown. What is no pickle, or a broken one, ends the walk in silence: its reader stops there, too.
    """
    stream = io.BytesIO(data[:MOST_BYTES])
    left = MOST_VALUES
    for _ in range(_PICKLES):
        stack = _Stack(left)
        try:
            for operation, argument, _ in pickletools.genops(stream):
                stack.after(operation, argument)
        except (ValueError, LookupError, AttributeError, TypeError) as error:
            if stream.tell() >= MOST_BYTES:
                raise Overgrown from error  # its reader would go on where the walk has to end
            return
        left = stack.left


class _Value:
    """How many values one value on the stack comes to, itself included, how many levels, and whether another has it."""

    __slots__ = ("held", "levels", "values")

    def __init__(self) -> None:
        self.values = 1
        self.levels = 1
        self.held = False

    def take_in(self, items: list[_Value]) -> int:
        """How many values came in. Raises Overgrown."""
        if self.held:
            raise Overgrown  # whoever has it has been counted with what it was before
        came = 0
        for item in items:
            came += item.values
            self.levels = max(self.levels, item.levels + 1)
            item.held = True
        self.values += came
        if self.levels > DEEPEST:
            raise Overgrown
        return came


class _Stack:
    """The stack and the memo of a pickle's reader. `left`: how many more values may be handled."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._values: list[_Value | None] = []  # None: a mark
        self._memo: dict[int, _Value] = {}

    def after(self, operation: pickletools.OpcodeInfo, argument: Any) -> None:
        """One more instruction. Raises Overgrown, and LookupError where it takes what is not there."""
        name = operation.name
        self._spend(1)
        if name == "MARK":
            self._values.append(None)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self._memo[len(self._memo) if argument is None else int(argument)] = self._top()
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self._values.append(self._memo[int(argument)])
        elif name == "DUP":
            self._values.append(self._top())
        elif name in _FILLING:
            items = self._taken(operation)
            self._spend(self._top().take_in(items))
        else:
            items = self._taken(operation)
            for _ in operation.stack_after:
                value = _Value()
                self._spend(value.take_in(items))
                self._values.append(value)

    def _spend(self, values: int) -> None:
        self.left -= values
        if self.left < 0:
            raise Overgrown

    def _top(self) -> _Value:
        value = self._values[-1]
        if value is None:
            raise LookupError
        return value

    def _taken(self, operation: pickletools.OpcodeInfo) -> list[_Value]:
        """The values that an instruction takes away for good: a container that it fills stays."""
        before = len(operation.stack_before)
        if pickletools.markobject in operation.stack_before:
            items = []
            while (value := self._values.pop()) is not None:
                items.append(value)
            return items
        count = before - 1 if operation.name in _FILLING else before
        return [self._popped() for _ in range(count)]

    def _popped(self) -> _Value:
        value = self._values.pop()
        if value is None:
            raise LookupError
        return value
