"""Top patches: pictures a second of mining against the bare forward pass, and looking a unit up."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.measure import Row, quiet_collector, spread
from engine import device as devices
from engine import sources
from engine.context import Context, Idle
from engine.images import fit
from engine.inside.patches import library
from engine.inside.patches.requests import FindPatches, MinePatches, Pictures

MINED_NET = "random:resnet18"
LOOKED_UP = ("tinyvgg-cifar10", "features.relu4_1")
MINING = 0.90
LOOKUP_MS = 1000.0
PHOTO_SIDE = 500


def measure(quick: bool = False) -> list[Row]:
    """Rows "patches/..."."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    with tempfile.TemporaryDirectory() as scratch, _indexes_in(Path(scratch) / "indexes"):
        photos = Path(scratch) / "photos"
        _write_photos(photos, 4 if quick else 96)
        return [_mining(photos, 1 if quick else 3), _looking_up(2 if quick else 40)]


@contextmanager
def _indexes_in(folder: Path) -> Iterator[None]:
    before = os.environ.get(library.VARIABLE)
    os.environ[library.VARIABLE] = str(folder)
    try:
        yield
    finally:
        library.forget()
        os.environ.pop(library.VARIABLE, None)
        if before is not None:
            os.environ[library.VARIABLE] = before


def _write_photos(folder: Path, count: int) -> None:
    """JPEGs as a camera's folder holds them, in the usual size of ImageNet's."""
    from PIL import Image

    folder.mkdir()
    names = [sample.name for sample in sources.samples()]
    for number in range(count):
        pixels = fit(sources.load_sample(names[number % len(names)]).pixels, PHOTO_SIDE)
        Image.fromarray(np.roll(pixels, 7 * number, axis=1)).save(folder / f"{number:03}.jpg", quality=90)


def _driven(steps: Generator[Any, None, Any]) -> Any:
    """The answer of a handler, waiting where it waits."""
    import torch

    woken = threading.Event()
    with torch.inference_mode():
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Idle):
                woken.wait(min(step.seconds, 0.002))


def _mining(photos: Path, rounds: int) -> Row:
    """Both look at the same pictures in batches of the same size; the bare pass has them in memory, prepared."""
    import torch

    from engine.inside.nets import open_net
    from engine.inside.patches import mine
    from engine.inside.patches.galleries import FolderGallery
    from engine.inside.patches.reading import read_prepared

    net = _driven(open_net(MINED_NET, Context()))
    gallery, names = FolderGallery(photos), sorted(file.name for file in photos.iterdir())
    prepared = [read_prepared(gallery, name, net.net.preprocessing)[1] for name in names]
    size = mine.batch_size(net, len(names))
    batches = [
        torch.cat([net.values(one) for one in prepared[first : first + size]])
        for first in range(0, len(names), size)
    ]
    batches = [batch.contiguous(memory_format=torch.channels_last) for batch in batches]

    def bare() -> float:
        began = perf_counter()
        with torch.inference_mode():
            for batch in batches:
                net.net.net(batch)
        return len(names) / (perf_counter() - began)

    def mined() -> float:
        for file in library.folder().glob("*.npz"):
            file.unlink()
        library.forget()
        return float(
            _driven(mine.mine(MinePatches(MINED_NET, Pictures("folder", str(photos))), Context())).rate
        )

    bare(), mined()
    rates = []
    with quiet_collector():
        for _ in range(rounds):
            rates.append((bare(), mined()))
    ratio = statistics.median(mining / alone for alone, mining in rates)
    details = {
        "bare_pictures_per_s": statistics.median(alone for alone, _ in rates),
        "mining_pictures_per_s": statistics.median(mining for _, mining in rates),
    }
    return Row(
        "patches/mining", f"pictures a second through {MINED_NET} into the index, JPEG decoding included", ratio, "x",
        "bare forward pass of the net", MINING, at_least=True, details=details,
    )  # fmt: skip


def _looking_up(rounds: int) -> Row:
    """One unit after the other of the deepest layer, as arrow keys ask for them."""
    from engine.inside.patches.lookup import find
    from engine.inside.patches.mine import mine

    net, layer = LOOKED_UP
    _driven(mine(MinePatches(net), Context()))
    _driven(find(FindPatches(net, layer, 0), Context()))
    times = []
    with quiet_collector():
        for channel in range(rounds):
            began = time.perf_counter()
            _driven(find(FindPatches(net, layer, channel + 1), Context()))
            times.append(time.perf_counter() - began)
    found = spread(times)
    return Row("patches/lookup", f"nine patches with projections of a unit of {layer} ({net}), 99th percentile",
               found["p99_ms"], "ms", "", LOOKUP_MS, details=found)  # fmt: skip
