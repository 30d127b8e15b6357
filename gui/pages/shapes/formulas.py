"""The formulas of a layer in the letters of the course, and the same with its numbers. Plain values, nothing is drawn.

[l] is the layer, [l-1] the one before it; f filter size, p padding, s stride, d dilation, g groups, n_C channels,
m examples, r receptive field, j its jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Final

from engine.foundations.calculator.chain import Step
from engine.foundations.calculator.fields import Field
from engine.foundations.calculator.layers import Layer
from engine.foundations.calculator.presets import PRESETS
from gui.pages.shapes import words
from gui.pages.shapes.changes import with_preset
from gui.pages.shapes.resolve import Resolved, resolve
from gui.pages.shapes.state import BYTES, ShapesState
from gui.widgets.typeset import Expr, Floor, Frac

_BEFORE: Final = "^{[l-1]}"
_HERE: Final = "^{[l]}"
_IN, _OUT = rf"n_C{_BEFORE}", rf"n_C{_HERE}"


@dataclass(frozen=True, slots=True)
class Worked:
    """One formula: what it gives, in words, its letters in mathtext, and its numbers."""

    name: str
    letters: str
    numbers: Expr


def formulas(resolved: Resolved) -> tuple[Worked, ...]:
    """Size, parameters, MACs, FLOPs and memory of the layer on show; nothing where it has no output."""
    step = resolved.step
    if step is None or step.in_shape is None or step.out_shape is None or step.cost is None:
        return ()
    return (*_sizes(step), *_parameters(step), *_operations(step), _memory(step, resolved))


def field_formulas(resolved: Resolved) -> tuple[Worked, ...]:
    """The recurrences of the receptive field at the layer on show."""
    step = resolved.step
    if step is None or step.field is None or step.field.everything or step.windows is None:
        return ()
    before = resolved.chain.steps[step.index - 2].field if step.index > 1 else Field()
    return tuple(_field(step, before)) if before is not None else ()


def all_letters() -> tuple[Worked, ...]:
    """The formulas of every layer of every example, each once: what can be typeset ahead."""
    found: dict[str, Worked] = {}
    for one in PRESETS:
        state = with_preset(ShapesState(), one.name)
        for step in range(1, len(one.layers) + 1):
            resolved = resolve(replace(state, step=step))
            found |= {w.letters: w for w in (*field_formulas(resolved), *formulas(resolved))}
    return tuple(found.values())


# --- sizes ------------------------------------------------------------------------------------------------


def _sizes(step: Step) -> Iterator[Worked]:
    layer, before, after = step.layer, step.in_shape or (), step.out_shape or ()
    if layer.kind == "flatten" and len(before) == 3:
        letters = rf"n{_HERE} = n_H{_BEFORE}\, n_W{_BEFORE}\, {_IN}"
        yield Worked("size", letters, f"{before[1]}·{before[2]}·{before[0]} = {after[0]:,}")
    elif layer.kind == "linear":
        yield Worked("size", rf"n{_HERE} = \mathrm{{neurons}}", f"{after[0]:,}")
    elif len(before) == 3 and ("f" in layer.uses or layer.kind == "upsample"):
        axes = (1,) if before[1] == before[2] else (1, 2)
        for axis in axes:
            name = "HW"[axis - 1]
            yield Worked(
                f"n_{name}", _size_letters(layer, name), _size_numbers(layer, before[axis], after[axis])
            )


def _size_letters(layer: Layer, axis: str) -> str:
    n, out = rf"n_{axis}{_BEFORE}", rf"n_{axis}{_HERE}"
    f, p, s = f"f{_HERE}", f"p{_HERE}", f"s{_HERE}"
    if layer.kind == "upsample":
        return rf"{out} = {n}\, {s}"
    if layer.kind == "transposed":
        extra = r" + \mathrm{extra}" if layer.extra else ""
        return rf"{out} = ({n} - 1)\, {s} - 2{p} + {f}{extra}"
    taps = rf"d{_HERE}({f} - 1) - 1" if _dilated(layer) else f
    left, right = (r"\lceil", r"\rceil") if _rounds_up(layer) else (r"\lfloor", r"\rfloor")
    return rf"{out} = \left{left} \dfrac{{{n} + 2{p} - {taps}}}{{{s}}} \right{right} + 1"


def _size_numbers(layer: Layer, n: int, result: int) -> Expr:
    if layer.kind == "upsample":
        return f"{n}·{layer.s} = {result}"
    if layer.kind == "transposed":
        extra = f" + {layer.extra}" if layer.extra else ""
        return f"({n} − 1)·{layer.s} − 2·{layer.pad} + {layer.f}{extra} = {result}"
    taps = f"{layer.d}·({layer.f} − 1) − 1" if _dilated(layer) else str(layer.f)
    inner = Frac(f"{n} + 2·{layer.pad} − {taps}", str(layer.s))
    beyond = _plain_ceiling(layer, n) - result if _rounds_up(layer) else 0
    return Floor(inner, _rounds_up(layer)), f" + 1{f' − {beyond}' if beyond else ''} = {result}"


def _plain_ceiling(layer: Layer, n: int) -> int:
    """Rounding up without the rule that no window begins beyond the input."""
    return -(-(n + 2 * layer.pad - layer.f) // layer.s) + 1


def _dilated(layer: Layer) -> bool:
    return "d" in layer.uses and layer.d > 1


def _rounds_up(layer: Layer) -> bool:
    return "ceil" in layer.uses and layer.ceil


# --- costs ------------------------------------------------------------------------------------------------


def _parameters(step: Step) -> Iterator[Worked]:
    layer, before, cost = step.layer, step.in_shape or (), step.cost
    if cost is None or not cost.parameters:
        return
    result = f" = {cost.parameters:,}"
    name = r"\mathrm{parameters}"
    if layer.kind == "batchnorm":
        yield Worked("parameters", rf"{name} = 2\,{_OUT}", f"2·{before[0]}{result}")
    elif layer.kind == "linear":
        bias = " + 1" if layer.bias else ""
        letters = rf"{name} = (n{_BEFORE}{bias})\, n{_HERE}" if bias else rf"{name} = n{_BEFORE}\, n{_HERE}"
        numbers = f"({before[0]:,} + 1)·{layer.filters}" if bias else f"{before[0]:,}·{layer.filters}"
        yield Worked("parameters", letters, f"{numbers}{result}")
    else:
        letters, taps = _taps(layer, before[0])
        if layer.bias:
            yield Worked(
                "parameters",
                rf"{name} = ({letters} + 1)\, {_OUT}",
                (*_wrap(taps, " + 1"), f"·{layer.filters}{result}"),
            )
        else:
            yield Worked("parameters", rf"{name} = {letters}\, {_OUT}", (taps, f"·{layer.filters}{result}"))


def _wrap(inner: Expr, more: str) -> tuple[Expr, ...]:
    return "(", inner, f"{more})"


def _taps(layer: Layer, channels: int) -> tuple[str, Expr]:
    """f f n_C of one filter, in letters and numbers."""
    f = f"f{_HERE}"
    if layer.groups == 1:
        return rf"{f} f{_HERE}\, {_IN}", f"{layer.f}·{layer.f}·{channels}"
    return rf"{f} f{_HERE}\, {_IN}/g", f"{layer.f}·{layer.f}·{channels}/{layer.groups}"


def _operations(step: Step) -> Iterator[Worked]:
    layer, cost = step.layer, step.cost
    before, after = step.in_shape or (), step.out_shape or ()
    if cost is None or not cost.macs:
        return
    if layer.kind == "linear":
        yield Worked(
            "MACs",
            rf"\mathrm{{MACs}} = n{_BEFORE}\, n{_HERE}",
            f"{before[0]:,}·{layer.filters} = {cost.macs:,}",
        )
    else:
        letters, taps = _taps(layer, before[0])
        at, hw = (_BEFORE, before[1:]) if layer.kind == "transposed" else (_HERE, after[1:])
        yield Worked(
            "MACs", rf"\mathrm{{MACs}} = {letters}\, {_OUT}\, n_H{at}\, n_W{at}",
            (taps, f"·{layer.filters}·{hw[0]}·{hw[1]} = {cost.macs:,}"),
        )  # fmt: skip
    adds, more = (r"\,+\,\mathrm{bias\ adds}", f" + {cost.bias_adds:,}") if cost.bias_adds else ("", "")
    yield Worked(
        "FLOPs", rf"\mathrm{{FLOPs}} = 2\,\mathrm{{MACs}}{adds}", f"2·{cost.macs:,}{more} = {cost.flops:,}"
    )


def _memory(step: Step, resolved: Resolved) -> Worked:
    shape, state = step.out_shape or (), resolved.state
    width = BYTES[state.precision]
    volume = len(shape) == 3
    letters = rf"n_H{_HERE}\, n_W{_HERE}\, {_OUT}" if volume else rf"n{_HERE}"
    sizes = "·".join(str(n) for n in (*shape[1:], shape[0]))
    total = resolved.bytes_of(prod(shape))
    return Worked(
        "memory", rf"\mathrm{{bytes\ of}}\ A{_HERE} = m\, {letters}\, \cdot {width}",
        f"{state.batch}·{sizes}·{width} = {total:,}",
    )  # fmt: skip


# --- receptive field --------------------------------------------------------------------------------------


def _field(step: Step, before: Field) -> Iterator[Worked]:
    layer, after = step.layer, step.field
    if after is None:
        return
    j = words.fraction(before.jump)
    if layer.kind in ("transposed", "upsample"):
        letters = rf"j{_HERE} = j{_BEFORE} / s{_HERE}"
        yield Worked("jump", letters, f"{_term(j)}/{layer.s} = {words.fraction(after.jump)}")
        return
    if "f" not in layer.uses:
        yield Worked("size", rf"r{_HERE} = r{_BEFORE}", str(after.size))
        yield Worked("jump", rf"j{_HERE} = j{_BEFORE}", words.fraction(after.jump))
        return
    d_letter, d = (rf"\,d{_HERE}", f"·{layer.d}") if _dilated(layer) else ("", "")
    even = not any(window.up for window in step.windows or ())  # else outputs differ in what they read
    if even:
        letters = rf"r{_HERE} = r{_BEFORE} + (f{_HERE} - 1){d_letter}\, j{_BEFORE}"
        yield Worked("size", letters, f"{before.size} + ({layer.f} − 1){d}·{j} = {after.size}")
    yield Worked(
        "jump", rf"j{_HERE} = j{_BEFORE}\, s{_HERE}", f"{_term(j)}·{layer.s} = {words.fraction(after.jump)}"
    )
    if even and before.start is not None and after.start is not None:
        span = rf"(f{_HERE} - 1){d_letter}" if d_letter else rf"f{_HERE} - 1"
        letters = rf"c{_HERE} = c{_BEFORE} + \left(\dfrac{{{span}}}{{2}} - p{_HERE}\right) j{_BEFORE}"
        inner = Frac(f"({layer.f} − 1){d}" if d else f"{layer.f} − 1", "2")
        numbers = (f"{_signed(before.start)} + (", inner, f" − {layer.pad})·{j} = {_signed(after.start)}")
        yield Worked("centre", letters, numbers)


def _term(text: str) -> str:
    return f"({text})" if "/" in text else text


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")
