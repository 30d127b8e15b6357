"""What the picture of the receptive field shows: the fields of a tower of outputs, level by level. Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from engine.foundations.calculator.chain import Step
from engine.foundations.calculator.fields import Field, Span, spans
from gui.pages.shapes import words
from gui.pages.shapes.resolve import Resolved


@dataclass(frozen=True, slots=True)
class Level:
    """One layer of the tower (index 0: the input): an output near the middle of what is below the chosen one.

    `rows`, `columns`: the input pixels that this output depends on, padding counted. `read`: which of this level's own
    outputs, along the columns, the chosen output depends on. `size`: rows and columns of the level.
    """

    index: int
    name: str
    field: Field
    size: tuple[int, int]
    rows: Span | None
    columns: Span | None
    read: Span | None


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """The tower up to the layer on show, or up to the last one before a layer that looks at everything.

    `unit`: row and column of the chosen output on the topmost level. `everything`: the layer that looks at the whole
    input, None where there is none up to the one on show.
    """

    levels: tuple[Level, ...]
    unit: tuple[int, int]
    input_size: tuple[int, int]
    everything: Step | None

    @property
    def top(self) -> Level:
        return self.levels[-1]


def field_plan(resolved: Resolved, share: tuple[float, float]) -> FieldPlan:
    """The tower under the output at `share` (row, column, each 0..1) of the layer on show."""
    steps = resolved.chain.steps[
        : min(resolved.state.step, resolved.hidden_from - 1)
    ]  # sizes would give it away
    height, width = resolved.chain.input_shape[1:]
    everything = next((s for s in steps if s.field is not None and s.field.everything), None)
    usable = [s for s in steps if s.windows is not None and s.out_shape is not None and len(s.out_shape) == 3]
    sizes = [(height, width), *((s.out_shape[1], s.out_shape[2]) for s in usable if s.out_shape)]
    top = sizes[-1]
    unit = _position(share[0], top[0]), _position(share[1], top[1])
    levels = _tower(usable, sizes, unit)
    return FieldPlan(tuple(levels), unit, (height, width), everything)


def share_of(plan: FieldPlan, row: float, column: float) -> tuple[float, float]:
    """The place on the topmost map whose field's middle is nearest to a pixel of the input."""
    field, size = plan.top.field, plan.top.size
    found = [_nearest(field, pixel, n) for pixel, n in zip((row, column), size, strict=True)]
    return (found[0] + 0.5) / size[0], (found[1] + 0.5) / size[1]


def _position(share: float, n: int) -> int:
    return min(int(share * n), n - 1)


def _nearest(field: Field, pixel: float, n: int) -> int:
    return min(max(round((pixel - (field.start or 0.0)) / float(field.jump)), 0), n - 1)


def _tower(usable: list[Step], sizes: list[tuple[int, int]], unit: tuple[int, int]) -> list[Level]:
    """The input and every layer with a window of its own; the others do not change what is seen."""
    windows = usable[-1].windows or () if usable else ()
    read = spans(windows, unit[1], [size[1] for size in sizes])
    seen = [spans(windows, place)[0] for place in unit]
    middle = [
        sum(span) / 2 if span is not None else float(place) for span, place in zip(seen, unit, strict=True)
    ]
    first = [_nearest(Field(), m, n) for m, n in zip(middle, sizes[0], strict=True)]
    levels = [Level(0, "Input", Field(), sizes[0], (first[0], first[0]), (first[1], first[1]), read[0])]
    for number, step in enumerate(usable, start=1):
        if step is not usable[-1] and "f" not in step.layer.uses and step.layer.kind != "upsample":
            continue
        field = step.field or Field()
        place = unit if step is usable[-1] else (
            _nearest(field, middle[0], sizes[number][0]), _nearest(field, middle[1], sizes[number][1]),
        )  # fmt: skip
        below = [spans(step.windows or (), at)[0] for at in place]
        name = f"{step.index}  {words.layer_name(step.layer)}"
        levels.append(Level(step.index, name, field, sizes[number], below[0], below[1], read[number]))
    return levels
