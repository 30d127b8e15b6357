"""Slices of a whole volume's response, computed again by the other of the two routes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.foundations.requests import CheckResult
from engine.foundations.signals.requests import CheckSlide, WholeVolumeResult
from engine.foundations.signals.trace import trace_3d


def compared(result: WholeVolumeResult, number: int) -> CheckResult:
    """One slice of a response by torch against our own sums of the same slab, in float64."""
    slab = slab_check(result, number)
    ours = trace_3d(slab.x, slab.weight, slab.bias, slab.spec).output
    difference = float(np.abs(ours - slab.output).max())
    largest = float(np.abs(slab.weight).sum() * np.abs(slab.x).max()) + abs(result.request.bias)
    tolerance = max(1e-5, 1e-6 * largest)
    return CheckResult(difference, tolerance, difference <= tolerance, f"{result.route}, slice z = {number}")


def slab_check(result: WholeVolumeResult, number: int) -> CheckSlide:
    """One slice of a response, with the slab of the volume that it was computed from."""
    request, spec = result.request, result.request.spec
    reach = spec.dilation * (len(request.weight) - 1) + 1
    first = number * spec.stride - spec.padding
    inside = request.voxels[max(first, 0) : first + reach]
    missing = (max(-first, 0), max(first + reach - len(request.voxels), 0))
    x = np.pad(inside, (missing, (spec.padding,) * 2, (spec.padding,) * 2)).astype(np.float64)
    output = result.response[number].astype(np.float64)[None, None]
    weight, bias = request.weight[None, None], np.array([request.bias])
    return CheckSlide(x[None], weight, bias, replace(spec, padding=0), output)
