"""Hidden parts of a picture: the sweep against its bare forward passes, one place against one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.context import Context
from engine.images import Frame

NETS = (
    ("tinyvgg", "tinyvgg-cifar10", "features.relu3_1", 1 / 16),
    ("squeezenet", "random:squeezenet1_1", "features.12.cat", 1 / 8),
)


def measure(quick: bool = False) -> list[Row]:
    """Rows "occlusion/..."."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    rows = []
    for name, net, layer, stride in NETS:
        jobs, places = _jobs(net, layer, 1 / 2 if quick else stride)
        medians = interleaved(jobs, rounds=2 if quick else 7, repeat={"place": 1 if quick else 4})
        details = milliseconds(medians) | {"places": float(places)}
        rows += [
            Row(
                f"occlusion/sweep {name}",
                "a sweep with its picture, its maps and its check",
                medians["sweep"] / medians["passes"],
                "x",
                "the forward passes of the same batches",
                1.10,
                details=details,
            ),
            Row(
                f"occlusion/place {name}",
                "a dragged square: from picture to probabilities and energy",
                medians["place"] / medians["pair"],
                "x",
                "the forward pass of two pictures",
                1.5,
                details=details,
            ),
        ]
    return rows


def _jobs(name: str, layer: str, stride: float) -> tuple[dict[str, Callable[[], object]], int]:
    import torch

    from engine.inside.nets import open_net
    from engine.inside.occlusion import respond
    from engine.inside.occlusion.occluder import Lattice, Occluder, in_pixels
    from engine.inside.occlusion.requests import Occlude, SweepOcclusion
    from engine.inside.occlusion.strength import batch_size
    from engine.networks.steps import at_once

    frame = Frame(np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8), "noise")
    net = at_once(open_net(name, _context()))
    layers = {node.name for node in net.program.layers}
    layer = (
        layer
        if layer in layers
        else next(n.name for n in reversed(net.program.layers) if len(n.out_shape) == 3)
    )
    side, occluder = net.net.preprocessing.size, Occluder()
    stride_px = in_pixels(stride, side)
    places = Lattice(side, occluder.pixels(side), stride_px).count ** 2
    size = batch_size(net.program, torch.device("cpu"))
    values = net.values(net.prepared(frame.pixels)).repeat(size, 1, 1, 1)
    values = values.contiguous(memory_format=torch.channels_last)
    batches = [min(size, places - start) for start in range(0, places, size)]

    def inference(work: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            with torch.inference_mode():
                return work()

        return run

    def passes() -> object:
        return [net.program.answer(values[:count], [layer]) for count in batches]

    whole = SweepOcclusion(name, frame, layer, None, None, occluder, stride)
    single = Occlude(name, frame, layer, None, occluder, 0.4, 0.6)
    jobs: dict[str, Callable[[], Any]] = {
        "sweep": inference(lambda: at_once(respond.sweep(whole, _context()))),
        "passes": inference(passes),
        "place": inference(lambda: at_once(respond.occlude(single, _context()))),
        "pair": inference(lambda: net.program.answer(values[:2], [layer])),
    }
    return jobs, places


def _context() -> Context:
    import torch

    return Context(device=torch.device("cpu"), torch_ready=True)
