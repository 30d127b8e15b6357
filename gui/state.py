"""Page states as JSON and back, and the undo history.

A page's state is one frozen dataclass of plain values. From that follow undo, session restore, "copy state",
lessons and the tour.
"""

from __future__ import annotations

import dataclasses
import json
import time
import types
from collections.abc import Callable, Mapping
from typing import (
    Any,
    ClassVar,
    Generic,
    Literal,
    Protocol,
    Self,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from engine.errors import UserError

ENVELOPE_KEY = "convscope"
ENVELOPE_VERSION = 1


class PageState(Protocol):
    """What every page state has: it is a dataclass and can say what is wrong with itself."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def validated(self) -> Self:
        """The state itself, or a UserError that names the field and the reason."""
        ...


S = TypeVar("S")


def to_json(state: Any) -> dict[str, Any]:
    """A dataclass as plain JSON values; fields that equal their default are kept, so that a file stays readable."""
    return cast(dict[str, Any], json.loads(json.dumps(dataclasses.asdict(state), allow_nan=False)))


def from_json(cls: type[S], data: object) -> S:
    """A dataclass from JSON values; unknown fields are ignored, missing ones take their default.

    Raises:
        UserError: a value has the wrong type; the sentence names the field.
    """
    if not isinstance(data, Mapping):
        raise UserError(f"A saved view must be a table of settings, not {type(data).__name__}.")
    hints = get_type_hints(cls)
    known = {field.name for field in dataclasses.fields(cast(Any, cls)) if field.init}
    values = {name: _convert(hints[name], data[name], name) for name in known if name in data}
    return cls(**values)


def envelope(page: str, state: Any) -> str:
    """The text that "Copy link to this view" puts on the clipboard and that a .json file holds."""
    return json.dumps({ENVELOPE_KEY: ENVELOPE_VERSION, "page": page, "state": to_json(state)}, indent=1)


def open_envelope(text: str) -> tuple[str, dict[str, Any]]:
    """The page name and the raw state of an envelope.

    Raises:
        UserError: the text is no saved view of this program.
    """
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # ValueError: a number of thousands of digits, too
        raise UserError(
            "This text is not a saved ConvScope view.", "Copy one with Share > Copy view."
        ) from error
    if not isinstance(data, dict) or ENVELOPE_KEY not in data:
        raise UserError("This file is not a saved ConvScope view.", "Save one with Share > Save view.")
    if data[ENVELOPE_KEY] != ENVELOPE_VERSION:
        raise UserError(
            "This view was saved by another version of ConvScope.", "Update the program to open it."
        )
    if not isinstance(data.get("page"), str) or not isinstance(data.get("state"), dict):
        raise UserError("This saved view names no page or no state.", "Save it again with Share > Save view.")
    return data["page"], data["state"]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _convert(hint: Any, value: Any, name: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        return from_json(cast(type[Any], hint), value)
    if origin is tuple:
        return _convert_tuple(arguments, value, name)
    if origin in (Union, types.UnionType):
        return _convert_union(arguments, value, name)
    if origin is Literal:
        if value not in arguments:
            raise UserError(
                f'The saved value {value!r} of "{name}" is none of {", ".join(map(str, arguments))}.'
            )
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise UserError(f'The saved value of "{name}" is larger than any number that fits.') from error
    if isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
        raise UserError(f'The saved value {value!r} of "{name}" is not of the kind {hint.__name__}.')
    return value


def _convert_tuple(arguments: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise UserError(f'The saved value of "{name}" must be a list.')
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_convert(arguments[0], item, name) for item in value)
    if len(arguments) != len(value):
        raise UserError(f'The saved list "{name}" must have {len(arguments)} entries, not {len(value)}.')
    return tuple(_convert(hint, item, name) for hint, item in zip(arguments, value, strict=True))


def _convert_union(arguments: tuple[Any, ...], value: Any, name: str) -> Any:
    if value is None and type(None) in arguments:
        return None
    reason: UserError | None = None
    for hint in arguments:
        if hint is type(None):
            continue
        try:
            return _convert(hint, value, name)
        except UserError as error:
            reason = error
    raise reason or UserError(f'The saved value {value!r} of "{name}" cannot be used.')


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot(Generic[S]):
    """A history as it was, to come back to when something fails."""

    past: tuple[S, ...]
    present: S
    future: tuple[S, ...]


class History(Generic[S]):
    """Undo and redo of whole states. A gesture (a drag, quick presses of one kind within a second) is one step."""

    LIMIT = 200
    GESTURE_SECONDS = 1.0

    def __init__(self, state: S, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.reset(state)

    def reset(self, state: S) -> None:
        """Begin anew with a state; nothing to undo."""
        self._past: list[S] = []
        self._future: list[S] = []
        self._kind: str | None = None
        self._recorded_at = 0.0
        self.present = state

    def snapshot(self) -> Snapshot[S]:
        """The history as it is."""
        return Snapshot(tuple(self._past), self.present, tuple(self._future))

    def restore(self, snapshot: Snapshot[S]) -> None:
        """The history as it was."""
        self._past, self._future = list(snapshot.past), list(snapshot.future)
        self.present = snapshot.present
        self._kind = None

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def record(self, state: S, gesture: str | None = None) -> None:
        """Make `state` the present; quick changes with the same `gesture` share one undo step."""
        if state == self.present:
            return
        now = self._clock()
        goes_on = (
            gesture is not None and gesture == self._kind and now - self._recorded_at < self.GESTURE_SECONDS
        )
        if not goes_on or not self._past:
            self._past.append(self.present)
            del self._past[: -self.LIMIT]
        elif self._past[-1] == state:
            self._past.pop()  # the gesture came back to where it began: nothing to undo
        self._kind, self._recorded_at = gesture, now
        self._future.clear()
        self.present = state

    def amend(self, state: S) -> None:
        """Change the present without an undo step: looking around, or what a person did not do."""
        self.present = state

    def undo(self) -> S:
        """Go one step back; the present where there is none."""
        if self._past:
            self._future.append(self.present)
            self.present = self._past.pop()
        self._kind = None
        return self.present

    def redo(self) -> S:
        """Go one step forward; the present where there is none."""
        if self._future:
            self._past.append(self.present)
            self.present = self._future.pop()
        self._kind = None
        return self.present
