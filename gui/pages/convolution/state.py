"""Everything that a person can set on the convolution page, and the legal ways to change it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.foundations import presets
from engine.foundations.convolution import VALUE_LIMIT, ConvSpec, PaddingMode, Problem, problems
from gui.widgets.source_state import SourceState

FloatArray = npt.NDArray[np.float64]
View = Literal["steps", "image", "coverage", "shift"]
PaddingChoice = Literal["valid", "same", "same_tf", "custom"]
Filter = tuple[tuple[tuple[float, ...], ...], ...]
Edit = tuple[int, int, int, float]

CUSTOM: Final[Literal["custom"]] = "custom"
MAX_KERNEL: Final = 11
MAX_FILTERS: Final = 8
MAX_CHANNELS: Final = 4
MAX_SIDE: Final = 224
MAX_STRIDE: Final = 5
MAX_DILATION: Final = 4
MAX_SHIFT: Final = 8
MAX_PIXEL_SIZE: Final = 64
LAST_PHASE: Final = 4
PHASES: Final = ("window", "products", "channel sums", "sum and bias", "output")


@dataclass(frozen=True, slots=True)
class ConvolutionState:
    """One view of the convolution page, as plain values.

    `weights` holds the filters (filter, channel of its group, row, column); `edits` are cells of the input that
    were typed over (channel, row, column, value); `phase` counts 0..4 within a step when `slow` is on.
    """

    view: View = "steps"
    source: SourceState = field(default_factory=lambda: SourceState(kind="preset", value="ng-6x6"))
    channels: int = 1
    height: int = 6
    width: int = 6
    edits: tuple[Edit, ...] = ()
    crop_x: int = 0
    crop_y: int = 0
    pixel_size: int = 8
    kernel: str = "vertical-edge"
    size: int = 3
    weights: tuple[Filter, ...] = ((((1.0, 0.0, -1.0),) * 3,),)
    biases: tuple[float, ...] = (0.0,)
    stride: int = 1
    padding: PaddingChoice = "valid"
    pad: int = 1
    padding_mode: PaddingMode = "zeros"
    dilation: int = 1
    groups: int = 1
    flip: bool = False
    relu: bool = False
    transposed: bool = False
    step: int = 0
    slow: bool = False
    phase: int = LAST_PHASE
    fill: bool = True
    predict: bool = False
    shift_x: int = 1
    shift_y: int = 0

    @property
    def filters(self) -> int:
        return len(self.weights)

    @property
    def spec(self) -> ConvSpec:
        """The convolution that the engine's functions understand."""
        return ConvSpec(
            stride=self.stride,
            padding=self.pad if self.padding == CUSTOM else self.padding,
            dilation=self.dilation,
            groups=self.groups,
            padding_mode=self.padding_mode,
            flip=self.flip,
            activation="relu" if self.relu else "none",
            transposed=self.transposed,
        )

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        depth = max(self.channels // max(self.groups, 1), 1)
        return self.filters, depth, self.size, self.size

    @property
    def weight_array(self) -> FloatArray:
        """The filters as `float64[F, C/groups, k, k]`."""
        return np.array(self.weights, dtype=np.float64)

    @property
    def bias_array(self) -> FloatArray:
        """The biases as `float64[F]`."""
        return np.array(self.biases, dtype=np.float64)

    def problems(self) -> tuple[Problem, ...]:
        """Why this convolution cannot be done; empty where it can."""
        if self.kernel != CUSTOM:
            preset = presets.kernel_preset(self.kernel)
            if not preset.fits(self.size):
                least = max(preset.min_size)
                return (
                    Problem(
                        "kernel",
                        f"The kernel {preset.title} needs at least {least} × {least} cells.",
                        (least, least),
                    ),
                )
        return problems(self.spec, self.input_shape, self.weight_shape)

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or the shapes do not go together.
        """
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise UserError(
                    f"{name.replace('_', ' ').capitalize()} must be {low} to {high}, not {value}."
                )
        names = {preset.name for preset in presets.KERNELS} | {CUSTOM}
        if self.kernel not in names:
            raise UserError(f'There is no kernel named "{self.kernel}".')
        if self.source.kind == "preset" and self.source.value not in {
            preset.name for preset in presets.INPUTS
        }:
            raise UserError(f'There is no example named "{self.source.value}".')
        if self.view == "image" and self.source.kind == "preset":
            raise UserError("The view of the whole picture needs a picture, not an example.")
        self.source.validated()
        self._check_weights()
        found = self.problems()
        if found:
            raise UserError(found[0].message)
        return self

    def _check_weights(self) -> None:
        if not 1 <= self.filters <= MAX_FILTERS:
            raise UserError(f"There can be 1 to {MAX_FILTERS} filters, not {self.filters}.")
        try:
            shape = self.weight_array.shape
        except ValueError as error:
            raise UserError("The filters of this view are not all of the same size.") from error
        if shape != self.weight_shape or len(self.biases) != self.filters:
            raise UserError(
                f"The filters of this view have the shape {shape}, but its settings need {self.weight_shape}."
            )
        largest = max(float(np.abs(values).max()) for values in (self.weight_array, self.bias_array))
        if not largest <= VALUE_LIMIT:  # NaN fails every comparison
            raise UserError(f"A weight of this view is not a finite number of at most {VALUE_LIMIT:g}.")
        for channel, row, column, value in self.edits:
            if not (0 <= channel < self.channels and 0 <= row < self.height and 0 <= column < self.width):
                raise UserError(f"The edited cell ({channel}, {row}, {column}) lies outside the input.")
            if not abs(value) <= VALUE_LIMIT:
                raise UserError(
                    f"The edited cell ({channel}, {row}, {column}) holds no number of at most {VALUE_LIMIT:g}."
                )


_RANGES: Final = (
    ("channels", 1, MAX_CHANNELS), ("height", 1, MAX_SIDE), ("width", 1, MAX_SIDE), ("size", 1, MAX_KERNEL),
    ("stride", 1, MAX_STRIDE), ("pad", 0, MAX_KERNEL), ("dilation", 1, MAX_DILATION), ("groups", 1, MAX_CHANNELS),
    ("pixel_size", 1, MAX_PIXEL_SIZE), ("phase", 0, LAST_PHASE),
    ("shift_x", -MAX_SHIFT, MAX_SHIFT), ("shift_y", -MAX_SHIFT, MAX_SHIFT),
    ("crop_x", 0, 1 << 20), ("crop_y", 0, 1 << 20), ("step", 0, 1 << 31),
)  # fmt: skip


def freeze(weights: FloatArray) -> tuple[Filter, ...]:
    """Filters `float64[F, C, k, k]` as nested tuples."""
    return tuple(
        tuple(tuple(tuple(float(v) for v in row) for row in plane) for plane in one) for one in weights
    )


def refit(state: ConvolutionState, *, filters: int | None = None, **changes: Any) -> ConvolutionState:
    """A changed state whose filters have the shape that the change needs.

    A kernel from the list is made anew in the new size; a kernel of the person's own keeps its cells, centred,
    with zeros around. Edits of cells that no longer exist are dropped.
    """
    changed = replace(state, **changes)
    count = state.filters if filters is None else filters
    depth = max(changed.channels // max(changed.groups, 1), 1)
    shape = (count, depth, changed.size, changed.size)
    old = state.weight_array
    if "weights" not in changes and (old.shape != shape or changed.kernel != state.kernel):
        changed = replace(changed, weights=freeze(_filters(changed.kernel, shape, old)))
    if "biases" not in changes:
        changed = replace(changed, biases=(state.biases + (0.0,) * count)[:count])
    _, height, width = changed.input_shape
    edits = tuple(e for e in changed.edits if e[0] < changed.channels and e[1] < height and e[2] < width)
    return replace(changed, edits=edits)


def _filters(kernel: str, shape: tuple[int, int, int, int], old: FloatArray) -> FloatArray:
    if kernel == CUSTOM:
        return _keep_cells(old, shape)
    filters, depth, size, _ = shape
    first = presets.kernel_preset(kernel).make(size, depth)
    planes = [first if index == 0 else _variant(kernel, index, size, depth) for index in range(filters)]
    return np.stack(planes)


def _variant(kernel: str, index: int, size: int, depth: int) -> FloatArray:
    """Further filters of a bank differ from the first, so that every output map shows something of its own."""
    others = [name for name in _BANK if name != kernel]
    return presets.kernel_preset(others[(index - 1) % len(others)]).make(size, depth)


_BANK: Final = (
    "vertical-edge", "horizontal-edge", "laplacian", "box-blur", "sharpen", "emboss", "sobel-vertical",
    "sobel-horizontal", "identity",
)  # fmt: skip


def _keep_cells(old: FloatArray, shape: tuple[int, int, int, int]) -> FloatArray:
    new = np.zeros(shape)
    filters, depth = min(old.shape[0], shape[0]), min(old.shape[1], shape[1])
    shared = min(old.shape[2], shape[2])
    source, target = (old.shape[2] - shared) // 2, (shape[2] - shared) // 2
    block = old[:filters, :depth, source : source + shared, source : source + shared]
    new[:filters, :depth, target : target + shared, target : target + shared] = block
    new[filters:] = new[0]
    new[:, depth:] = new[:, :1]
    return new


def with_weight(
    state: ConvolutionState, filter_: int, channel: int, row: int, column: int, value: float
) -> ConvolutionState:
    """One kernel cell typed over; the kernel is then the person's own."""
    weights = state.weight_array
    weights[filter_, channel, row, column] = value
    return replace(state, weights=freeze(weights), kernel=CUSTOM)


def with_edit(state: ConvolutionState, channel: int, row: int, column: int, value: float) -> ConvolutionState:
    """One input cell typed over."""
    kept = tuple(edit for edit in state.edits if edit[:3] != (channel, row, column))
    return replace(state, edits=(*kept, (channel, row, column, value)))


def with_preset(state: ConvolutionState, name: str) -> ConvolutionState:
    """An example input with the filters and the settings that belong to it."""
    preset = presets.input_preset(name)
    x = preset.make()
    changed = replace(
        state, source=SourceState(kind="preset", value=name), edits=(), step=0, phase=LAST_PHASE,
        channels=x.shape[0], height=x.shape[1], width=x.shape[2], view="steps" if state.view == "image" else state.view,
    )  # fmt: skip
    if preset.weight is None:
        return _made_legal(refit(changed, groups=1))
    weight = np.asarray(preset.weight, dtype=np.float64)
    bias = np.zeros(len(weight)) if preset.bias is None else np.asarray(preset.bias, dtype=np.float64)
    return _with_spec(
        replace(
            changed,
            kernel=CUSTOM,
            size=weight.shape[2],
            weights=freeze(weight),
            biases=tuple(float(b) for b in bias),
        ),
        preset.spec or ConvSpec(),
    )


def _with_spec(state: ConvolutionState, spec: ConvSpec) -> ConvolutionState:
    """The state that slides its kernel as `spec` says; presets use whole numbers, the same for both axes."""
    pad = spec.padding if isinstance(spec.padding, int) else 0
    return replace(
        state,
        stride=_whole(spec.stride),
        dilation=_whole(spec.dilation),
        padding=CUSTOM if pad else "valid",
        pad=pad or state.pad,
        groups=spec.groups,
        padding_mode=spec.padding_mode,
        flip=spec.flip,
        relu=spec.activation == "relu",
        transposed=spec.transposed,
    )


def _whole(value: int | tuple[int, int]) -> int:
    return value[0] if isinstance(value, tuple) else value


def _made_legal(state: ConvolutionState) -> ConvolutionState:
    """The nearest state that can be computed: a smaller kernel (or the middle of one), else plain padding."""
    while state.problems() and state.size > 1:
        smaller = state.size - 1
        fits = state.kernel != CUSTOM and presets.kernel_preset(state.kernel).fits(smaller)
        state = refit(state, size=smaller, kernel=state.kernel if fits else CUSTOM)
    return replace(state, padding="valid") if state.problems() else state


def made_legal(state: ConvolutionState) -> ConvolutionState:
    """The nearest state that can be computed, for changes that are not the person's own (a smaller picture, say)."""
    return _made_legal(state)


def set_value(state: ConvolutionState, name: str, value: Any) -> ConvolutionState:
    """The state with one control moved, its filters made to fit."""
    if name == "filters":
        return refit(state, filters=int(value))
    if name in ("size", "channels", "groups", "height", "width", "kernel"):
        return refit(state, **{name: value})
    if name == "transposed" and value:
        return replace(state, transposed=True, padding_mode="zeros")
    return replace(state, **{name: value})


# Which fields of a Problem blame which control.
_BLAMED: Final = {"kernel": "size", "padding": "pad", "weight": "channels", "input": "height"}


def refusal(state: ConvolutionState, name: str, value: Any) -> Problem | None:
    """Why a control must not take a value, with the nearest value that it may take; None where it may."""
    found = set_value(state, name, value).problems()
    if not found:
        return None
    message = found[0].message
    for problem in found:
        if _BLAMED.get(problem.field, problem.field) == name:
            message = problem.message
    return Problem(name, message, _nearest_legal(state, name, value))


def _nearest_legal(state: ConvolutionState, name: str, value: Any) -> Any:
    bounds = {row[0]: row[1:] for row in _RANGES} | {"filters": (1, MAX_FILTERS)}
    if name not in bounds or not isinstance(value, int):
        return None
    low, high = bounds[name]
    for candidate in sorted(range(int(low), int(high) + 1), key=lambda other: (abs(other - value), other)):
        if not set_value(state, name, candidate).problems():
            return candidate
    return None
