"""Whether a layer can follow a shape: what comes out, or why nothing can, in words, and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd, prod
from typing import Any, Final

from engine.foundations.calculator.layers import RANGES, Layer, Shape
from engine.foundations.problems import Problem, geometry, problems
from engine.foundations.sizes import ceil_output_size, output_size, unread

MOST_VALUES: Final = 2_000_000_000
"""A volume with more values is refused: nobody could hold it."""
_FIELDS: Final = {"kernel": "f", "padding": "p", "dilation": "d", "groups": "groups", "filters": "filters",
                  "output_padding": "extra", "stride": "s"}  # fmt: skip
_LETTERS: Final = {
    "f": "f",
    "s": "s",
    "p": "p",
    "d": "d",
    "groups": "groups",
    "filters": "n_C",
    "extra": "extra",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that makes a layer fit: the layer that takes its place, or one that is put in front of it."""

    title: str
    instead: Layer | None = None
    before: Layer | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a layer cannot follow its input: a sentence, the settings to blame, and what would help, best first."""

    message: str
    blamed: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()


def joined(layer: Layer, shape: Shape) -> Shape | Misfit:
    """The shape behind a layer, or why there is none. `shape` is (C, H, W) or (D,)."""
    found = _joined(layer, shape)
    if isinstance(found, Misfit):
        enough = [
            r
            for r in found.remedies
            if r.instead is None or not isinstance(_joined(r.instead, shape), Misfit)
        ]
        return replace(found, remedies=tuple(enough))
    if prod(found) > MOST_VALUES:
        return Misfit(
            f"That would be {prod(found):,} values, more than {MOST_VALUES:,}; the chain ends here."
        )
    return found


def _joined(layer: Layer, shape: Shape) -> Shape | Misfit:
    if layer.kind == "relu" or layer.kind == "batchnorm":
        return shape
    if layer.kind == "flatten":
        return (prod(shape),)
    if layer.kind == "linear":
        return (layer.filters,) if len(shape) == 1 else _unflattened(layer, shape)
    if len(shape) != 3:
        return _flattened(layer, shape)
    channels, height, width = shape
    if layer.kind == "globalpool":
        return channels, 1, 1
    if layer.kind == "upsample":
        return channels, height * layer.s, width * layer.s
    if layer.kind in ("maxpool", "avgpool"):
        return _pooled(layer, (channels, height, width))
    return _convolved(layer, (channels, height, width))


# --- shapes of the wrong kind -----------------------------------------------------------------------------


def _unflattened(layer: Layer, shape: Shape) -> Misfit:
    size = " × ".join(str(n) for n in (*shape[1:], shape[0]))
    return Misfit(
        f"A fully connected layer takes one row of numbers, but a volume of {size} comes in.",
        (),
        (
            Remedy("Flatten it first", before=Layer("flatten")),
            Remedy("Average each channel to one number, then flatten", before=Layer("globalpool")),
        ),
    )


def _flattened(layer: Layer, shape: Shape) -> Misfit:
    names = {"conv": "A convolution", "transposed": "A transposed convolution", "upsample": "Upsampling"}
    name = names.get(layer.kind, "Pooling")
    remedies = (
        (Remedy("Make it a fully connected layer", replace(layer, kind="linear")),) if layer.learns else ()
    )
    text = f"{name} slides over rows and columns, but a row of {shape[0]:,} numbers comes in, without any."
    return Misfit(f"{text} Move it in front of the layer that flattens.", (), remedies)


# --- windows ----------------------------------------------------------------------------------------------


def _convolved(layer: Layer, shape: tuple[int, int, int]) -> Shape | Misfit:
    found = _conv_problems(layer, shape)
    if not found:
        return layer.filters, *geometry(layer.spec, shape, _weights(layer, shape)).output_hw
    remedies = [remedy for problem in found for remedy in _cures(layer, shape, problem)]
    remedies += _fewer_groups(layer, shape)
    blamed = tuple(dict.fromkeys(_FIELDS.get(problem.field, problem.field) for problem in found))
    return Misfit(found[0].message, blamed, tuple(dict.fromkeys(remedies)))


def _weights(layer: Layer, shape: tuple[int, int, int]) -> tuple[int, int, int, int]:
    return layer.filters, max(shape[0] // layer.groups, 1), layer.f, layer.f


def _conv_problems(layer: Layer, shape: tuple[int, int, int]) -> tuple[Problem, ...]:
    return problems(layer.spec, shape, _weights(layer, shape))


def _cures(layer: Layer, shape: tuple[int, int, int], problem: Problem) -> Iterator[Remedy]:
    """The layer with the blamed setting at its nearest legal value."""
    name = _FIELDS.get(problem.field)
    value = _one_number(problem.nearest)
    if (
        name == "p" and value is None
    ):  # a padding with a name: the least number that makes room for the window
        value = max(-(-(layer.extent - min(shape[1:])) // 2), 0)
    if name is None or value is None or not RANGES[name][0] <= value <= RANGES[name][1]:
        return
    changes: dict[str, Any] = {name: value}
    if name == "p":
        changes["padding"] = "custom"
    yield Remedy(f"Set {_LETTERS[name]} to {value}", replace(layer, **changes))


def _fewer_groups(layer: Layer, shape: tuple[int, int, int]) -> Iterator[Remedy]:
    """The nearest number of groups that divides both sides; the depth of the filters follows it."""
    common = gcd(shape[0], layer.filters)
    if common % layer.groups:
        near = min((n for n in range(1, common + 1) if common % n == 0), key=lambda n: abs(n - layer.groups))
        yield Remedy(f"Set groups to {near}", replace(layer, groups=near))


def _one_number(nearest: object) -> int | None:
    """A problem's nearest value for both axes: the smaller one of a pair is legal on both."""
    if isinstance(nearest, tuple):
        return min((n for n in nearest if isinstance(n, int)), default=None)
    return nearest if isinstance(nearest, int) else None


def _pooled(layer: Layer, shape: tuple[int, int, int]) -> Shape | Misfit:
    channels, *hw = shape
    if layer.padding == "same" and layer.f % 2 == 0:
        text = f"“Same” padding is (f − 1) / 2 on each side, no whole number for f = {layer.f}."
        near = replace(layer, f=layer.f - 1)
        free = replace(layer, padding="valid")
        return Misfit(
            text, ("f", "padding"), (Remedy(f"Set f to {near.f}", near), Remedy("No padding", free))
        )
    if 2 * layer.pad > layer.f:
        most = layer.f // 2
        text = f"Padding of {layer.pad} is more than half of the window of {layer.f}: windows would see only padding."
        return Misfit(text, ("p",), (Remedy(f"Set p to {most}", replace(layer, padding="custom", p=most)),))
    count = ceil_output_size if layer.ceil else output_size
    sizes = [count(n, layer.f, layer.pad, layer.s) for n in hw]
    if min(hw) + 2 * layer.pad < layer.f:
        return _too_large(layer, hw)
    return channels, *sizes


def _too_large(layer: Layer, hw: Sequence[int]) -> Misfit:
    around = f" with {layer.pad} of padding around" if layer.pad else ""
    text = f"The window of {layer.f} × {layer.f} is larger than its input of {hw[0]} × {hw[1]}{around}."
    fits = min(hw) + 2 * layer.pad
    cures = [replace(layer, f=fits)] if layer.padding != "same" and 2 * layer.pad <= fits else []
    return Misfit(text, ("f",), tuple(Remedy(f"Set f to {cured.f}", cured) for cured in cures))


# --- what fits, but should be known -------------------------------------------------------------------------


def remarks(layer: Layer, before: Shape, after: Shape) -> tuple[str, ...]:
    """Sentences about a join that is possible: what is never read, never written, or reaches over the edge."""
    if "f" not in layer.uses or len(before) != 3:
        return ()
    if layer.kind == "transposed":
        gaps = layer.s - layer.f
        text = f"f is smaller than s: {_count(gaps, 'row')} and as many columns between the windows hold only the bias."
        return (text,) if gaps > 0 else ()
    return (*_unread(layer, before), *_over_the_edge(layer, before, after))


def _unread(layer: Layer, before: Shape) -> Iterator[str]:
    if layer.ceil and "ceil" in layer.uses:
        return
    d = layer.d if "d" in layer.uses else 1
    lost = [unread(n, layer.f, layer.pad, layer.s, d) for n in before[1:]]
    if not any(lost):
        return
    counts = [_count(n, noun) for n, noun in zip(lost, ("row", "column"), strict=True) if n]
    what = f"{' and '.join(counts)} of the input"
    if layer.s > layer.extent:
        yield f"The stride is larger than the window; never read: {what}."
    elif d > 1:
        yield f"Dilation and stride skip {what}."
    else:  # windows touch or overlap: only a border can be left
        yield f"The stride leaves a border over; never read: the last {what}."


def _over_the_edge(layer: Layer, before: Shape, after: Shape) -> Iterator[str]:
    if not layer.ceil or "ceil" not in layer.uses:
        return
    over = [
        (m - 1) * layer.s + layer.f - n - 2 * layer.pad for n, m in zip(before[1:], after[1:], strict=True)
    ]
    if max(over) > 0:
        yield f"Rounding up: the last window reaches {max(over)} beyond the edge and pools what is there."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
