"""Small ONNX graphs, written byte by byte (github.com/onnx/onnx, onnx.proto): a library for that is not needed here."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

CELL: Final = 16
"""Pixels a side that are averaged before the one convolution."""


def write_embedder(path: Path, weight: npt.NDArray[np.float32]) -> Path:
    """A graph of the input "face": means of 16 x 16 pixels, a convolution with float32[D, 3, h, w], all in one row.

    Made for pictures of 16 h x 16 w pixels; larger ones get the numbers of several places.
    """
    dimensions, _, height, width = weight.shape
    nodes = (
        _node("AveragePool", ["face"], ["means"], {"kernel_shape": [CELL, CELL], "strides": [CELL, CELL]}),
        _node("Conv", ["means", "weight"], ["maps"], {"kernel_shape": list(weight.shape[2:])}),
        _node("Flatten", ["maps"], ["embedding"], {}),
    )
    graph = (
        b"".join(_bytes(1, node) for node in nodes)
        + _bytes(2, b"tiny")
        + _bytes(5, _tensor("weight", weight))
    )
    graph += _bytes(11, _value("face", (1, 3, CELL * height, CELL * width))) + _bytes(
        12, _value("embedding", (1, dimensions))
    )
    path.write_bytes(_number(1, 7) + _bytes(7, graph) + _bytes(8, _number(2, 13)))
    return path


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _node(kind: str, inputs: Sequence[str], outputs: Sequence[str], lists: dict[str, list[int]]) -> bytes:
    names = b"".join(_bytes(1, name.encode()) for name in inputs) + b"".join(
        _bytes(2, name.encode()) for name in outputs
    )
    return names + _bytes(4, kind.encode()) + b"".join(_bytes(5, _ints(*item)) for item in lists.items())


def _ints(name: str, values: list[int]) -> bytes:
    return _bytes(1, name.encode()) + b"".join(_number(8, value) for value in values) + _number(20, 7)


def _tensor(name: str, values: npt.NDArray[np.float32]) -> bytes:
    dims = b"".join(_number(1, side) for side in values.shape)
    numbers = struct.pack(f"<{values.size}f", *values.reshape(-1).tolist())
    return dims + _number(2, 1) + _bytes(8, name.encode()) + _bytes(9, numbers)


def _value(name: str, sides: Sequence[int]) -> bytes:
    shape = b"".join(_bytes(1, _number(1, side)) for side in sides)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _number(1, 1) + _bytes(2, shape)))
