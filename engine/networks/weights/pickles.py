"""How large and how deep a pickle would grow, told from its instructions without carrying any out.

torch's own reader runs no foreign code, but it hashes the keys of dictionaries. A few hundred bytes can describe a
tuple that holds one tuple twice, which holds one twice, and so on: hashing it takes longer than a life, and nothing can
stop it, since it happens in one call of C.
"""

from __future__ import annotations

import io
import pickletools
from typing import Any

MOST_VALUES = 5_000_000
"""Of one pickle, those that are used twice counted twice; the checkpoint of a large training has a few 100,000."""
DEEPEST = 64
_PICKLES = 5
"""A file of before torch 1.6: magic number, protocol, system, the state dict, the keys of the storages."""
_FILLING = frozenset({"APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS", "BUILD"})


class Overgrown(Exception):
    """The contents would be larger or nested deeper than those of any network."""


def check_nesting(data: bytes) -> None:
    """Follow the pickles at the beginning of `data`; raises Overgrown. What is no pickle ends the walk in silence."""
    stream = io.BytesIO(data)
    for _ in range(_PICKLES):
        stack = _Stack()
        try:
            for operation, argument, _ in pickletools.genops(stream):
                stack.after(operation, argument)
        except (ValueError, LookupError, AttributeError, TypeError):
            return  # no pickle, or a broken one: its reader stops here, too


class _Value:
    """How many values one value on the stack comes to, itself included, and how many levels."""

    __slots__ = ("levels", "values")

    def __init__(self) -> None:
        self.values = 1
        self.levels = 1

    def take_in(self, items: list[_Value]) -> None:
        """Raises Overgrown."""
        for item in items:
            self.values += item.values
            self.levels = max(self.levels, item.levels + 1)
        if self.values > MOST_VALUES or self.levels > DEEPEST:
            raise Overgrown


class _Stack:
    """The stack and the memo of a pickle's reader."""

    def __init__(self) -> None:
        self._values: list[_Value | None] = []  # None: a mark
        self._memo: dict[int, _Value] = {}

    def after(self, operation: pickletools.OpcodeInfo, argument: Any) -> None:
        """One more instruction. Raises Overgrown, and LookupError where it takes what is not there."""
        name = operation.name
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
            self._top().take_in(items)
        else:
            items = self._taken(operation)
            for _ in operation.stack_after:
                value = _Value()
                value.take_in(items)
                self._values.append(value)

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
