"""What a person types about a grid: shapes of anchors and names of classes, read, refused in words, written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from engine.detection.grid.spec import GridSpec, Size
from engine.errors import UserError
from gui.pages.boxes.grid.settings import GridSettings, check_names
from gui.widgets.number_text import FieldProblem, parse_number

TIMES: Final = "×"


def shape_texts(anchors: Sequence[Size]) -> tuple[str, ...]:
    """ "1.2 × 2.4" for every anchor, with all the digits it has."""
    return tuple(f"{width:.12g} {TIMES} {height:.12g}" for width, height in anchors)


def shapes_of(texts: Sequence[str]) -> tuple[Size, ...]:
    """The anchors that texts stand for: two numbers with ×, x or * between them. Raises UserError."""
    return tuple(_shape(text) for text in texts)


def _shape(text: str) -> Size:
    sides = text.casefold().replace("x", TIMES).replace("*", TIMES).split(TIMES)
    try:
        width, height = (float(parse_number(side.strip())) for side in sides)
    except (FieldProblem, ValueError) as error:
        raise UserError(
            f"“{text}” is no shape.", "Write width × height in cells, as in 1.2 × 2.4."
        ) from error
    return width, height


def with_shapes(spec: GridSpec, texts: Sequence[str]) -> GridSpec:
    """The grid with these anchors. Raises UserError for what is none."""
    return replace(spec, anchors=shapes_of(texts)).validated()


def with_names(settings: GridSettings, names: tuple[str, ...]) -> GridSettings:
    """Other classes: a label keeps its name; where as many names are new as are gone, those are the gone ones renamed.

    Labels without a name are left out. Raises UserError for names that cannot be.
    """
    check_names(names)
    before = settings.classes
    gone = [name for name in before if name not in names]
    new = [name for name in names if name not in before]
    if len(gone) == len(new):
        again = dict(zip(gone, new, strict=True))
        places = [names.index(again.get(name, name)) for name in before]
        boxes = tuple(replace(one, kind=places[one.kind]) for one in settings.boxes)
        settings = replace(settings, classes=names, boxes=boxes)
    return settings.with_spec(replace(settings.spec, classes=names).validated())


def shapes_refusal(settings: GridSettings, texts: Sequence[str]) -> str:
    """Why these shapes cannot be taken, "" where they can."""
    try:
        with_shapes(settings.spec, texts)
    except UserError as error:
        return str(error)
    return ""


def names_refusal(settings: GridSettings, names: tuple[str, ...]) -> str:
    """Why these names cannot be taken, "" where they can."""
    try:
        with_names(settings, names)
    except UserError as error:
        return str(error)
    return ""
