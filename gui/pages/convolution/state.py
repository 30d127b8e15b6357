"""Everything that a person can set on the convolution page, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.foundations import presets
from engine.foundations.convolution import VALUE_LIMIT, ConvSpec, PaddingMode, Problem, geometry, problems
from engine.foundations.numerals import in_one_notation
from gui.widgets.source_state import SourceState

FloatArray = npt.NDArray[np.float64]
View = Literal["steps", "image", "coverage", "shift"]
ColourRange = Literal["clip", "full", "size"]
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
MAX_PRODUCTS: Final = 160_000_000
_LIMIT: Final = in_one_notation(VALUE_LIMIT)[0]
LAST_PHASE: Final = 4
PHASES: Final = ("window", "products", "channel sums", "sum and bias", "output")


@dataclass(frozen=True, slots=True)
class ConvolutionState:
    """One view of the convolution page, as plain values.

    `weights` holds the filters (filter, channel of its group, row, column); `edits` are cells of the input that
    were typed over (channel, row, column, value). `crop` is the crop's top left pixel (None: the middle), `pixel_size`
    the side of a cell in pixels (0: chosen to show something). `picture` is what the whole-picture view shows beside
    an example. `phase` counts 0..4 within a step when `slow` is on.
    """

    view: View = "steps"
    source: SourceState = field(default_factory=lambda: SourceState(kind="preset", value="ng-6x6"))
    channels: int = 1
    height: int = 6
    width: int = 6
    edits: tuple[Edit, ...] = ()
    picture: SourceState = field(default_factory=lambda: SourceState(kind="sample", value="cat"))
    crop: tuple[int, int] | None = None
    pixel_size: int = 0
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
    map_shown: int = 0
    colour_range: ColourRange = "clip"

    @property
    def shown_source(self) -> SourceState:
        """Where pixels come from: an example has none, the whole-picture view shows `picture` then."""
        return self.picture if self.view == "image" and self.source.kind == "preset" else self.source

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
        return problems(self.spec, self.input_shape, self.weight_shape) or self._too_large()

    def _too_large(self) -> tuple[Problem, ...]:
        """The window computes while a person drags: what would take it seconds is refused."""
        layout = geometry(self.spec, self.input_shape, self.weight_shape)
        filters, depth, side, _ = self.weight_shape
        products = filters * depth * side * side * layout.output_hw[0] * layout.output_hw[1]
        if products <= MAX_PRODUCTS:
            return ()
        million, most = products / 1e6, MAX_PRODUCTS / 1e6
        text = (
            f"That would be {million:,.0f} million products for every change; up to {most:,.0f} are possible."
        )
        return (Problem("size", text), Problem("filters", text), Problem("input", text))

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range, or the shapes do not go together.
        """
        for name, low, high in RANGES:
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
        if self.picture.kind == "preset":
            raise UserError("The view of the whole picture needs a picture, not an example.")
        if self.crop is not None and min(self.crop) < 0:
            raise UserError(f"The crop cannot begin at {self.crop}: that is outside every picture.")
        self.source.validated()
        self.picture.validated()
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
        # NaN fails every comparison; max() would not see it.
        if not all((np.abs(values) <= VALUE_LIMIT).all() for values in (self.weight_array, self.bias_array)):
            raise UserError(f"A weight of this view is not a finite number of at most {_LIMIT}.")
        for channel, row, column, value in self.edits:
            if not (0 <= channel < self.channels and 0 <= row < self.height and 0 <= column < self.width):
                raise UserError(f"The edited cell ({channel}, {row}, {column}) lies outside the input.")
            if not abs(value) <= VALUE_LIMIT:
                raise UserError(
                    f"The edited cell ({channel}, {row}, {column}) holds no number of at most {_LIMIT}."
                )


RANGES: Final = (
    ("channels", 1, MAX_CHANNELS), ("height", 1, MAX_SIDE), ("width", 1, MAX_SIDE), ("size", 1, MAX_KERNEL),
    ("stride", 1, MAX_STRIDE), ("pad", 0, MAX_KERNEL), ("dilation", 1, MAX_DILATION), ("groups", 1, MAX_CHANNELS),
    ("pixel_size", 0, MAX_PIXEL_SIZE), ("phase", 0, LAST_PHASE),
    ("shift_x", -MAX_SHIFT, MAX_SHIFT), ("shift_y", -MAX_SHIFT, MAX_SHIFT),
    ("map_shown", 0, MAX_FILTERS - 1), ("step", 0, 1 << 31),
)  # fmt: skip
