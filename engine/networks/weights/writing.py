"""Writing safetensors files in small steps.

The library's own save_file builds the whole file in memory and keeps the engine's thread for seconds; the format is a
length, a JSON header and the numbers (https://huggingface.co/docs/safetensors). Importing this imports no torch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UserError
from engine.networks.weights.checked_files import CHUNK

if TYPE_CHECKING:
    from torch import Tensor

_NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip
_ALIGNMENT = 8


def write_safetensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]
) -> Iterator[int]:
    """Write dense CPU tensors, a few MB a step; yields the bytes written so far.

    Wide types come first, as the format wants them aligned. Raises UserError for a type that the format lacks, and
    OSError.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0]))
    header, end = _header(ordered, metadata)
    done = 0
    with path.open("wb") as stream:
        stream.write(header)
        for _, tensor in ordered:
            for chunk in _chunks(tensor):
                stream.write(chunk)
                done += len(chunk)
                yield done
        assert done == end
        stream.flush()
        os.fsync(stream.fileno())


def _header(ordered: list[tuple[str, Tensor]], metadata: Mapping[str, str]) -> tuple[bytes, int]:
    """The header with its length in front, and how many bytes of numbers it announces."""
    table: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for key, tensor in ordered:
        name = str(tensor.dtype).removeprefix("torch.")
        if name not in _NAMES:
            raise UserError(f"{key} has numbers of a kind that cannot be kept ({name}).")
        begin, end = end, end + tensor.numel() * tensor.element_size()
        table[key] = {"dtype": _NAMES[name], "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text, end


def _chunks(tensor: Tensor) -> Iterator[memoryview]:
    """The bytes of a tensor in the order of the format (row by row, little end first)."""
    import torch

    flat = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().data
    for start in range(0, len(flat), CHUNK):
        yield flat[start : start + CHUNK]
