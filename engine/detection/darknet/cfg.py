"""Darknet's description of a net: sections of options. Every value knows its line, so that a refusal can name it.

The format is that of Redmon's Darknet (2013-2018, src/parser.c): [kind], key=value, and lines that begin with # or ;.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from engine.errors import UserError

MOST_BYTES: Final = 2_000_000
"""A longer file is no description of a net; that of YOLOv4 has 12,000 bytes."""
MOST_SECTIONS: Final = 2_000
LARGEST: Final = 1_000_000
"""No count, size or index of a real net is larger."""


@dataclass(frozen=True, slots=True)
class Option:
    """One `key=value` and the line that it stands in, counted from 1."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the file `file`: `kind` without its brackets, `line` of the brackets."""

    kind: str
    line: int
    file: str
    options: dict[str, Option] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        return key in self.options

    def text(self, key: str, default: str) -> str:
        option = self.options.get(key)
        return default if option is None else option.value

    def integer(
        self, key: str, default: int | None = None, *, least: int = -LARGEST, most: int = LARGEST
    ) -> int:
        """A whole number within bounds; raises UserError where it is missing (with no default) or is none."""
        (found,) = self._integers(key, None if default is None else (default,), least, most, single=True)
        return found

    def integers(self, key: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """Whole numbers with commas between them."""
        return self._integers(key, default, -LARGEST, LARGEST, single=False)

    def number(
        self, key: str, default: float, *, least: float = -LARGEST, most: float = float(LARGEST)
    ) -> float:
        option = self.options.get(key)
        return default if option is None else self._float(key, option.value, least, most)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Decimal numbers with commas between them; raises UserError where there are none."""
        option = self.options.get(key)
        if option is None:
            self.refuse(f"has no “{key}”")
        return tuple(self._float(key, part, -LARGEST, float(LARGEST)) for part in _parts(option.value))

    def refuse(self, why: str, key: str = "", hint: str = "") -> NoReturn:
        """Raise a UserError about this section, or about one of its options."""
        line = self.options[key].line if key in self.options else self.line
        raise UserError(f"{self.file}, line {line}: [{self.kind}] {why}.", hint)

    def _integers(
        self, key: str, default: tuple[int, ...] | None, least: int, most: int, single: bool
    ) -> tuple[int, ...]:
        option = self.options.get(key)
        if option is None:
            if default is None:
                self.refuse(f"has no “{key}”")
            return default
        parts = [option.value] if single else _parts(option.value)
        return tuple(self._int(key, part, least, most) for part in parts)

    def _int(self, key: str, text: str, least: int, most: int) -> int:
        try:
            value = int(text) if len(text) <= 20 else None
        except ValueError:
            value = None
        if value is None:
            self.refuse(f"has {key}={_shown(text)}, which is no whole number", key)
        if not least <= value <= most:
            self.refuse(f"has {key}={value}, which is not between {least} and {most}", key)
        return value

    def _float(self, key: str, text: str, least: float, most: float) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.refuse(f"has {key}={_shown(text)}, which is no number", key)
        if not least <= value <= most:
            self.refuse(f"has {key}={value:g}, which is not between {least:g} and {most:g}", key)
        return value


def read(path: Path) -> str:
    """The text of a .cfg file. Raises UserError where it cannot be read or is no text."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path.name} is too long to describe a net ({path.stat().st_size:,} bytes).")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there.", "Was it moved, renamed or unplugged?") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not a text, so it does not describe a net of Darknet.") from error
    except OSError as error:
        raise UserError(f"{path.name} could not be read ({error.strerror or error}).") from error


def parse(text: str, file: str = "the cfg") -> tuple[Section, ...]:
    """The sections of a description, the one about the whole net first. `file`: what sentences call it.

    Raises UserError, with the line, for what is neither a section nor an option, and for an option that is given twice
    with different values (Darknet would take the first, most readers the last).
    """
    sections: list[Section] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.partition("#")[0].strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith("["):
            sections.append(Section(_kind(line, number, file), number, file))
        else:
            _add_option(sections, line, number, file)
    if not sections:
        raise UserError(f"{file} has no sections, so it does not describe a net of Darknet.")
    if sections[0].kind not in ("net", "network"):
        sections[0].refuse("comes first, where Darknet has [net] with the size of the picture")
    if len(sections) > MOST_SECTIONS:
        raise UserError(f"{file} has {len(sections):,} layers; no net that can be shown has so many.")
    return tuple(sections)


def _kind(line: str, number: int, file: str) -> str:
    name, bracket, rest = line[1:].partition("]")
    if not bracket or rest.strip() or not name.strip():
        raise UserError(f"{file}, line {number}: {_shown(line)} is not the name of a section, such as [net].")
    return name.strip().lower()


def _add_option(sections: Sequence[Section], line: str, number: int, file: str) -> None:
    key, sign, value = (part.strip() for part in line.partition("="))
    if not sign or not key:
        raise UserError(
            f"{file}, line {number}: {_shown(line)} is neither a section nor an option (key=value)."
        )
    if not sections:
        raise UserError(f"{file}, line {number}: “{_shown(key)}” stands before the first section.")
    known = sections[-1].options.get(key)
    if known is not None and known.value != value:
        raise UserError(
            f"{file}, line {number}: {_shown(key)}={_shown(value)}, but line {known.line} of the same section says "
            f"{_shown(key)}={_shown(known.value)}.",
            "Keep one of the two lines.",
        )
    if known is None:
        sections[-1].options[key] = Option(value, number)


def _parts(text: str) -> list[str]:
    """The values of a list; an empty one at the end is a comma too many, which Darknet bears, too."""
    parts = [part.strip() for part in text.split(",")]
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
