"""Names are what a person typed: shown as they are, on one line, cut where there is no room."""

from __future__ import annotations

from typing import Final

from engine.faces.gallery.requests import LONGEST_NAME

SHORT: Final = 28
ISOLATE, POP = "\u2068", "\u2069"


def shown(name: str, most: int = LONGEST_NAME) -> str:
    """A name within a line of other words: right-to-left letters in it do not turn the rest of the line around."""
    line = " ".join(name.splitlines()) if len(name.splitlines()) > 1 else name
    cut = line if len(line) <= most else line[: most - 1] + "…"
    return f"{ISOLATE}{cut}{POP}"


def short(name: str) -> str:
    """The same for a label in the picture."""
    return shown(name, SHORT)


def problem(name: str) -> str:
    """Why a name cannot be stored: a sentence, "" where it can."""
    if not name.strip():
        return "Type a name first."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; {LONGEST_NAME} are the most."
    if "\0" in name:
        return "The name has a character that no name can have."
    return ""
