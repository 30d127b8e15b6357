"""Errors that people read: a sentence, what to do next, and the traceback for whoever wants it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass


class UserError(Exception):
    """What a person can act on: one sentence saying what is wrong, and a hint at what to do next."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence, hint)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".rstrip()


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as it is shown: `sentence` and `hint` in the banner, `details` (a traceback) on request."""

    sentence: str
    hint: str = ""
    details: str = ""


def describe(error: BaseException) -> ErrorReport:
    """Turn any exception into a report; holds text only, so no frame and no array stays alive through it."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, UserError):
        return ErrorReport(error.sentence, error.hint, details)
    return ErrorReport(
        f"Something went wrong inside the program ({_summary(error)}).",
        "Your work is unchanged. Details can be copied for a report.",
        details,
    )


def _summary(error: BaseException) -> str:
    """The type and the first line of the message, without trust in the exception's own code."""
    name = type(error).__name__
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        return f"{name}, which cannot describe itself"
    return f"{name}: {lines[0]}" if lines else name
