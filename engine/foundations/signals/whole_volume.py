"""One kernel on a whole volume: by torch, or by numpy while torch is loading; slab by slab, so that it can be left."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import product
from time import perf_counter
from typing import Any

import numpy as np

from engine.context import Context
from engine.foundations.problems import ShapeError, bad_value
from engine.foundations.signals.requests import Voxels, WholeVolume, WholeVolumeResult
from engine.foundations.signals.spec import Layout, layout

_SLAB_MACS = {"torch": 40_000_000, "numpy": 20_000_000}  # 20 to 40 ms on two cores
_SAMPLE = 1 << 16
Slab = Callable[[int, int], Voxels]  # output slices (start, end) -> float32[end - start, H', W']


def respond(request: WholeVolume, context: Context) -> Generator[Any, None, WholeVolumeResult]:
    """Answer a WholeVolume. Raises ShapeError where the kernel does not go with the volume."""
    bad = bad_value("weight", request.weight)
    if bad is not None:
        raise ShapeError([bad])
    sizes = tuple(int(n) for n in request.voxels.shape)
    found = layout(request.spec, sizes, request.weight.shape)
    start = perf_counter()
    kind = "torch" if context.torch_ready else "numpy"
    padded = np.pad(request.voxels, request.spec.padding)
    route, slab = (_with_torch if context.torch_ready else _with_numpy)(padded, request, found, context)
    response = np.empty(found.output, np.float32)
    a_slice = request.weight.size * found.output[1] * found.output[2]
    height = max(1, _SLAB_MACS[kind] // a_slice)
    for first in range(0, found.output[0], height):
        end = min(first + height, found.output[0])
        response[first:end] = slab(first, end)
        yield context.progress(end, found.output[0], "Convolving the volume")
    response.flags.writeable = False
    sample = np.abs(response.ravel()[:: max(1, response.size // _SAMPLE) | 1])
    return WholeVolumeResult(
        request, response, float(response.min()), float(response.max()),
        float(np.percentile(sample, 99.5)) or 1.0, perf_counter() - start, route,
    )  # fmt: skip


def _reach(first: int, end: int, request: WholeVolume, found: Layout) -> slice:
    """The padded slices that output slices read."""
    stride = request.spec.stride
    return slice(first * stride, (end - 1) * stride + found.extent[0])


def _with_numpy(padded: Voxels, request: WholeVolume, found: Layout, context: Context) -> tuple[str, Slab]:
    """Tap by tap: the volume, moved and weighted, is added up."""
    stride, dilation = request.spec.stride, request.spec.dilation

    def slab(first: int, end: int) -> Voxels:
        part = padded[_reach(first, end, request, found)]
        counts = (end - first, *found.output[1:])
        out = np.full(counts, request.bias, np.float32)
        for tap in product(*map(range, found.kernel)):
            weight = np.float32(request.weight[tap])
            if weight:
                moved = [
                    slice(at * dilation, at * dilation + (n - 1) * stride + 1, stride)
                    for at, n in zip(tap, counts, strict=True)
                ]
                out += weight * part[moved[0], moved[1], moved[2]]
        return out

    return "numpy", slab


def _with_torch(padded: Voxels, request: WholeVolume, found: Layout, context: Context) -> tuple[str, Slab]:
    import torch
    from torch.nn.functional import conv3d

    device = context.device or torch.device("cpu")
    volume = torch.tensor(padded, device=device)[None, None]
    kernel = torch.tensor(request.weight, dtype=torch.float32, device=device)[None, None]
    offset = torch.tensor([request.bias], dtype=torch.float32, device=device)
    stride, dilation = request.spec.stride, request.spec.dilation

    def slab(first: int, end: int) -> Voxels:
        part = volume[:, :, _reach(first, end, request, found)]
        values: Voxels = conv3d(part, kernel, offset, stride, 0, dilation)[0, 0].cpu().numpy()
        return values

    return f"torch {torch.__version__.partition('+')[0]} on {device.type}", slab
