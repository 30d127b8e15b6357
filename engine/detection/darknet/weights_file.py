"""Darknet's .weights: a header, then the numbers of every convolution in the order of the layers, little end first.

(Redmon's Darknet, src/parser.c: of a layer first the biases, with batch norm the scales, means and variances, then the
kernels.) The file does not say what it holds: only its length can tell whether it belongs to a net. No torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.detection.darknet.layers import Convolution, Layer
from engine.detection.darknet.plan import Plan
from engine.errors import UserError

Floats = npt.NDArray[np.float32]

_NUMBER_BYTES: Final = 4
_SHORT, _LONG = 16, 20
"""Bytes of a header: three numbers of a version and the pictures seen, in 32 bits before version 0.2, in 64 since."""
_LARGEST_VERSION: Final = 1000
_ONCE_MORE: Final = "Copy or download the file again."


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What the file holds of one convolution: `kernels` float32[filters, inputs / groups, size, size], the others
    float32[filters]; `scales`, `means` and `variances` are None without batch norm."""

    layer: Layer
    biases: Floats
    kernels: Floats
    scales: Floats | None = None
    means: Floats | None = None
    variances: Floats | None = None


def open_numbers(path: Path, plan: Plan) -> Floats:
    """All numbers of a .weights, float32[N], mapped and not yet read.

    Raises UserError where the file is missing, has no header, or is shorter or longer than the net needs: which layer
    it ends in, how many bytes are expected and found.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            begin = _header_bytes(stream.read(_LONG), path.name)
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there.", "Was it moved, renamed or unplugged?") from error
    except OSError as error:
        raise UserError(f"{path.name} could not be read ({error.strerror or error}).") from error
    _check_length(plan, size, begin, path.name)
    count = (size - begin) // _NUMBER_BYTES
    # Copy on write: torch takes no memory that it may not write to.
    return np.memmap(path, np.dtype("<f4"), "c", begin, (count,))


def by_layer(values: Floats, plan: Plan) -> Iterator[Numbers]:
    """The numbers of `open_numbers`, convolution by convolution.

    Raises UserError where there are more or fewer than the net has, and, naming the layer, where some are not finite or
    a variance is below 0.
    """
    wanted = numbers_of(plan)
    if values.shape != (wanted,):
        raise UserError(
            f"{plan.file} describes a net of {wanted:,} numbers, but {values.size:,} are there.", _ONCE_MORE
        )
    place = 0
    for layer in plan.layers:
        if isinstance(layer.op, Convolution):
            end = place + layer.op.numbers
            found = _split(layer, layer.op, values[place:end])
            _check_values(found, plan.file)
            yield found
            place = end


def _header_bytes(head: bytes, name: str) -> int:
    if not head:
        raise UserError(f"{name} is empty (0 bytes).", _ONCE_MORE)
    major, minor = (int.from_bytes(head[place : place + 4], "little") for place in (0, 4))
    if len(head) < _SHORT or major >= _LARGEST_VERSION or minor >= _LARGEST_VERSION:
        raise UserError(
            f"{name} does not begin as Darknet's weights do (a version, and how many pictures were seen).",
            "Is it a file of Darknet? Weights of other programs have other endings.",
        )
    return _LONG if major * 10 + minor >= 2 else _SHORT


def _check_length(plan: Plan, size: int, begin: int, name: str) -> None:
    """Walk over the net until the file ends, or until the net does."""
    place = begin
    for layer in plan.layers:
        if not isinstance(layer.op, Convolution):
            continue
        end = place + layer.op.numbers * _NUMBER_BYTES
        if end > size:
            raise UserError(
                f"{name} ends too early, in layer {layer.index} ([{layer.kind}], line {layer.line} of {plan.file}): "
                f"{layer.op.numbers * _NUMBER_BYTES:,} bytes are expected there and {max(0, size - place):,} found; "
                f"the whole net needs {bytes_of(plan, begin):,} bytes and the file has {size:,}.",
                f"It is cut off, or it belongs to another net than {plan.file}.",
            )
        place = end
    if size > place:
        raise UserError(
            f"{name} is too long for {plan.file}: {place:,} bytes are expected and {size:,} found.",
            "It belongs to another net, or to one with another number of classes.",
        )


def bytes_of(plan: Plan, begin: int) -> int:
    """How long the .weights of a net are, behind a header of `begin` bytes."""
    return begin + numbers_of(plan) * _NUMBER_BYTES


def numbers_of(plan: Plan) -> int:
    """How many numbers a net has."""
    return sum(layer.op.numbers for layer in plan.layers if isinstance(layer.op, Convolution))


def _split(layer: Layer, op: Convolution, values: Floats) -> Numbers:
    rows = 4 if op.batch_normalize else 1
    per_filter = values[: rows * op.filters].reshape(rows, op.filters)
    shape = op.filters, op.inputs // op.groups, op.size, op.size
    kernels = values[rows * op.filters :].reshape(shape)
    if not op.batch_normalize:
        return Numbers(layer, per_filter[0], kernels)
    return Numbers(layer, per_filter[0], kernels, *per_filter[1:])


def _check_values(found: Numbers, file: str) -> None:
    parts: dict[str, Any] = {
        "biases": found.biases, "scales": found.scales, "means": found.means, "variances": found.variances,
        "weights": found.kernels,
    }  # fmt: skip
    where = f"layer {found.layer.index} ([{found.layer.kind}], line {found.layer.line} of {file})"
    for name, values in parts.items():
        if values is not None and not np.isfinite(values).all():
            raise UserError(
                f"The {name} of {where} are not all finite numbers.",
                "The training went wrong, the file is damaged, or it belongs to another net.",
            )
    if found.variances is not None and (found.variances < 0).any():
        raise UserError(
            f"The variances of {where} are below 0 in part, which no training gives.",
            f"The file is damaged, or it belongs to another net than {file}.",
        )
