"""Convolution, one step at a time and as a whole: the public door of the modules beside it.

``trace`` checks the shapes, pads the input and hands back a `Trace`: the whole output by matrix products over
windows, any single step with all of its products on demand, and where every number came from.

    spec.py      ConvSpec and Geometry: what is asked for, and where the windows lie
    problems.py  why something cannot be done, field by field, with the nearest legal value
    arrays.py    padding and sliding
    trace.py     the walk through it
    numerals.py  numbers as text

A transposed convolution is shown in its gather form. Its weight keeps the layout (F, C/groups, kh, kw);
`transposed_weight` gives the layout of ``torch.nn.functional.conv_transpose2d``.
"""

from __future__ import annotations

from engine.foundations.arrays import applied_kernel, correlate, pad_volume, transposed_weight
from engine.foundations.numerals import number
from engine.foundations.problems import (
    VALUE_LIMIT,
    Problem,
    ShapeError,
    apply,
    bad_value,
    geometry,
    problems,
    value_problem,
)
from engine.foundations.spec import Activation, ConvSpec, Geometry, NamedPadding, Padding, PaddingMode
from engine.foundations.trace import Step, Trace, trace

__all__ = [
    "VALUE_LIMIT",
    "Activation",
    "ConvSpec",
    "Geometry",
    "NamedPadding",
    "Padding",
    "PaddingMode",
    "Problem",
    "ShapeError",
    "Step",
    "Trace",
    "applied_kernel",
    "apply",
    "bad_value",
    "correlate",
    "geometry",
    "number",
    "pad_volume",
    "problems",
    "trace",
    "transposed_weight",
    "value_problem",
]
