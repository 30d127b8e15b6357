"""Names are what a person typed: shown as they are, on one line, cut where there is no room."""

from __future__ import annotations

import unicodedata
from typing import Final

from engine.faces.gallery.requests import LONGEST_NAME, Enrol, Snapshot

SHORT: Final = 28
ISOLATE, POP = "\u2068", "\u2069"


def shown(name: str, most: int = 2 * LONGEST_NAME) -> str:
    """A name within a line of other words: right-to-left letters in it do not turn the rest of the line around.

    `most`: the columns that it may take; an emoji or a Chinese letter takes two.
    """
    line = " ".join(name.splitlines()) if len(name.splitlines()) > 1 else name
    return f"{ISOLATE}{cut(line, most)}{POP}"


def cut(text: str, most: int) -> str:
    """As much of a text as goes into `most` columns."""
    if sum(map(_columns, text)) <= most:
        return text
    left, kept = most - 1, ""
    for letter in text:
        left -= _columns(letter)
        if left < 0:
            break
        kept += letter
    return f"{kept}…"


def _columns(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def short(name: str) -> str:
    """The same for a label in the picture."""
    return shown(name, SHORT)


def added(request: Enrol, answer: object) -> str:
    """What came of it, as the gallery tells: photos that it had already were not stored once more."""
    number, people = request.person, answer.people if isinstance(answer, Snapshot) else ()
    if number is None:
        number = max((one.number for one in people if one.name == request.name), default=None)
    person = next((one for one in people if one.number == number), None)
    count = len(request.faces) if person is None else len(person.photos)
    photos = "1 photo" if count == 1 else f"{count:,} photos"
    name = shown(request.name if person is None else person.name, 60)
    return f"{name} is enrolled with {photos}." if request.person is None else f"{name} has {photos} now."


def problem(name: str) -> str:
    """Why a name cannot be stored: a sentence, "" where it can."""
    if not name.strip():
        return "Type a name first."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; {LONGEST_NAME} are the most."
    if "\0" in name:
        return "The name has a character that no name can have."
    return ""
