"""Pooling, one window at a time and as a whole: max, average, min, L2, global and stochastic, forward and backward.

spec.py        PoolSpec and PoolGeometry: what is asked for, and where the windows lie
problems.py    why something cannot be done, field by field, with the nearest legal value
windows.py     whole arrays: folding windows into values, switches
trace.py       the walk through it
backward.py    where gradients go; `unpool` puts values back to their switches
stochastic.py  probabilities, dice, the form for test time
shift.py       how much of an output stays when the input moves
words.py       the arithmetic of a window as a line of text
picture.py     whole pictures and the live camera
check.py       the same by torch
"""

from __future__ import annotations

from engine.foundations.pooling.backward import unpool
from engine.foundations.pooling.problems import geometry, problems
from engine.foundations.pooling.spec import Kind, PoolGeometry, PoolSpec, pooled_size
from engine.foundations.pooling.trace import PoolStep, PoolTrace, trace

__all__ = [
    "Kind",
    "PoolGeometry",
    "PoolSpec",
    "PoolStep",
    "PoolTrace",
    "geometry",
    "pooled_size",
    "problems",
    "trace",
    "unpool",
]
