"""The names of the classes that a detector tells apart: lists of the program's own, and .names files. No torch."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from engine.errors import UserError

FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "classes"
MOST_BYTES: Final = 1_000_000
LISTS: Final = ("coco", "voc")
"""COCO (Lin et al. 2014): 80 kinds of things; Pascal VOC (Everingham et al. 2010): 20."""


@cache
def known(name: str) -> tuple[str, ...]:
    """A list that comes with the program, "coco" or "voc", in the order of the nets that were trained on it."""
    if name not in LISTS:
        raise KeyError(name)
    return tuple((FOLDER / f"{name}.names").read_text(encoding="utf-8").split("\n")[:-1])


def usual(count: int) -> tuple[str, ...]:
    """The names that a net with so many classes most likely means; numbers where nobody could guess."""
    for name in LISTS:
        if len(known(name)) == count:
            return known(name)
    return tuple(f"class {index}" for index in range(count))


def read(path: Path, count: int) -> tuple[str, ...]:
    """The names in a .names file, one a line, for a net of `count` classes.

    Raises UserError where the file cannot be read or has another number of names.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path.name} is too long for a list of classes.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there.", "Was it moved, renamed or unplugged?") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not a text, so it is no list of classes.") from error
    except OSError as error:
        raise UserError(f"{path.name} could not be read ({error.strerror or error}).") from error
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) != count:
        raise UserError(
            f"{path.name} has {len(lines)} names, but the net knows {count} classes.",
            "Take the list that belongs to this net; one name a line, in the order of its training.",
        )
    return tuple(" ".join(line.split())[:80] or f"class {index}" for index, line in enumerate(lines))
