"""Loaded nets as programs: the same weights, call by call."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from engine.context import Context
from engine.networks.classifying.loaded import LoadedNet
from engine.networks.importing import imported
from engine.networks.program import Program, program_steps


def take_apart(net: LoadedNet, context: Context) -> Generator[Any, None, Program]:
    """The program of a net for pictures of its own size, kept with the net; told as progress.

    Raises UserError where the net cannot be taken apart.
    """
    how = net.preprocessing
    shape = (len(how.mean), how.size, how.size)
    if shape not in net.programs:
        # Torch's counter of operations brings it in with its first call, which would keep the engine for seconds.
        yield context.progress(0, 1, f"Taking {net.title} apart")
        yield from imported("torch._dynamo", context)
        net.programs[shape] = yield from program_steps(net.net, shape, net.architecture, net.title)
        yield context.progress(1, 1, f"{net.title} is ready")
    return net.programs[shape]
