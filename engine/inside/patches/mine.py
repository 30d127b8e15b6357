"""Mining: every picture of a collection goes through a net, and every unit remembers where it was strongest."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.inside.nets import OpenNet, open_net
from engine.inside.patches import library
from engine.inside.patches.galleries import Gallery, Listing, gallery_of
from engine.inside.patches.index import Identity, Index, blank, carried_over
from engine.inside.patches.index_file import load_if_good, save
from engine.inside.patches.maxima import Maxima, last_layers
from engine.inside.patches.reading import Batch, ReadAhead
from engine.inside.patches.requests import MinePatches, MiningReport, Pictures
from engine.inside.patches.tally import Tally
from engine.networks.steps import at_once, paced

LARGEST_BATCH: Final = 32
BATCH_BYTES: Final = 32 << 20
"""Of the largest maps of a batch: what is larger, the system takes back after every layer, page by page."""
GPU_BATCH_BYTES: Final = 1 << 30
STEP_SECONDS: Final = 0.03
TOLD_EVERY: Final = 0.5
SAVED_EVERY: Final = 5.0
SAVING_SHARE: Final = 0.05
"""Of the time that saving may take."""
SKIPPED_TOLD: Final = 200
NOT_A_NUMBER: Final = "The net's values for this picture are no numbers (NaN or infinite)."
WAIT: Final = 0.05


def mine(request: MinePatches, context: Context) -> Generator[Any, None, MiningReport]:
    """Answer a MinePatches. Raises UserError: no such net, no such collection, none of its layers has maps."""
    net = yield from open_net(request.net, context)
    gallery = gallery_of(request.pictures, net.net.preprocessing.kind == "digit")
    identity = yield from library.identify(net, context)
    library.tidy()
    path = library.file_of(identity, request.pictures)
    job = Mining(net, gallery, identity, path, request)
    return (yield from job.steps(context))


@dataclass(eq=False, slots=True)
class Mining:
    """One run over a collection. `shard` (i, n): only every n-th picture from the i-th on, counted from 1."""

    net: OpenNet
    gallery: Gallery
    identity: Identity
    path: Path
    request: MinePatches = field(default_factory=lambda: MinePatches("", Pictures()))
    shard: tuple[int, int] = (1, 1)
    _tally: Tally = field(init=False)
    _before: int = 0
    _done: int = 0
    _seconds: float = 0.0
    _saved: float = 0.0
    _saving: float = 0.0

    def steps(self, context: Context) -> Generator[Any, None, MiningReport]:
        """Mine what is not mined yet. Whenever it is cut off, what was found is on disk and the next run goes on."""
        if not self.identity.layers:
            raise UserError(
                f"No layer of {self.net.net.title} puts out maps, so it has no patches.",
                "Choose another net.",
            )
        yield from self._begin(context)
        library.publish(self.path, self._tally.index)
        yield context.partial(self.report())
        todo = self._tally.index.pending
        if todo:
            yield from self._look_through(todo, context)
        return self.report()

    def _begin(self, context: Context) -> Generator[Any, None, None]:
        listing = yield from _listed(self.gallery, context)
        pictures = sorted(listing.pictures)[self.shard[0] - 1 :: self.shard[1]]
        if not pictures and not listing.skipped:
            raise UserError(f"There are no pictures in {self.gallery.title}.", "Choose another folder.")
        older = load_if_good(self.path)
        known: Index | None = None
        if older is not None and older.identity.same_net(self.identity):
            known = carried_over(older, pictures, listing.skipped)
        self._tally = Tally(known or blank(self.identity, pictures, listing.skipped))
        self._before = self._tally.index.mined

    def _look_through(self, todo: list[int], context: Context) -> Generator[Any, None, None]:
        index = self._tally.index
        wanted = [(number, index.pictures[number].name) for number in todo]
        size = 1 if context.reduced else batch_size(self.net, len(todo))
        recipe = self.net.net.preprocessing
        began = told = self._saved = perf_counter()
        try:
            with ReadAhead(self.gallery, wanted, recipe, size, lambda: context.wake()) as reader:
                while not reader.ended:
                    batch = reader.take()
                    if batch is None:
                        yield context.idle(WAIT)
                        continue
                    yield from self._look_at(batch)
                    self._seconds = perf_counter() - began
                    yield context.progress(self._done, len(todo), self._message())
                    if perf_counter() - told > TOLD_EVERY:
                        told = perf_counter()
                        yield context.partial(self.report())
                    self._save_now_and_then()
        finally:
            self._save()
        yield context.progress(1, 1, self._message())

    def _message(self) -> str:
        return f"Looking for the strongest patches in {self.gallery.title}"

    def _look_at(self, batch: Batch) -> Generator[Any, None, None]:
        for number, reason in batch.skipped:
            self._tally.skip(number, reason)
        if batch.numbers:
            weakest = self._tally.index.values[:, -1]
            values, places = yield from strongest_places(self.net, self.identity, batch.values, weakest)
            found = values.cpu().numpy()
            good = np.isfinite(found).all(axis=1)
            for number in np.array(batch.numbers)[~good]:
                self._tally.skip(int(number), NOT_A_NUMBER)
            kept = [number for number, fine in zip(batch.numbers, good, strict=True) if fine]
            if kept:
                adding = self._tally.add(kept, found[good], places.cpu().numpy()[good])
                try:
                    yield from adding
                finally:
                    at_once(adding)  # cut off in between: some units would know these pictures and others not
        self._done += len(batch.numbers) + len(batch.skipped)
        library.publish(self.path, self._tally.index)

    def _save_now_and_then(self) -> None:
        pause = max(SAVED_EVERY, self._saving / SAVING_SHARE)
        if perf_counter() - self._saved > pause:
            self._save()

    def _save(self) -> None:
        began = perf_counter()
        save(self._tally.index, self.path)
        self._saved = perf_counter()
        self._saving = self._saved - began

    def report(self) -> MiningReport:
        """How far it is."""
        index = self._tally.index
        return MiningReport(
            self.request,
            total=len(index.pictures),
            mined=index.mined,
            before=self._before,
            skipped=index.skipped[:SKIPPED_TOLD],
            skipped_count=len(index.skipped),
            left=len(index.pending),
            layers=len(self.identity.layers),
            units=self.identity.units,
            rate=self._done / self._seconds if self._seconds > 0 else 0.0,
            file=self.path,
            collection=self.gallery.title,
        )


def _listed(gallery: Gallery, context: Context) -> Generator[Any, None, Listing]:
    with closing(gallery.listing()) as listing:
        while True:
            try:
                count = next(listing)
            except StopIteration as stop:
                found: Listing = stop.value
                return found
            yield context.progress(0, 1, f"Listing {gallery.title}: {count:,} pictures")


def batch_size(net: OpenNet, pictures: int) -> int:
    """How many pictures go through the net at once: as many as its memory likes, and all batches about alike."""
    largest = max(layer.activation_bytes for layer in net.program.layers)
    room = BATCH_BYTES if net.net.device.type == "cpu" else GPU_BATCH_BYTES
    most = max(1, min(LARGEST_BATCH, room // largest))
    batches = -(-pictures // most)
    return -(-pictures // max(batches, 1))


def strongest_places(
    net: OpenNet,
    identity: Identity,
    values: npt.NDArray[np.float32],
    weakest: npt.NDArray[np.float32] | None = None,
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """The largest activation of every unit for float32[N, side, side, C], Tensor[N, units], and where (see Maxima).

    `weakest` float32[units]: what is smaller does not enter the index.
    """
    batch = torch.from_numpy(values).to(net.net.device).permute(0, 3, 1, 2)  # so it lies channels last
    on_cpu = net.net.device.type == "cpu"
    least = torch.tensor(weakest) if weakest is not None and on_cpu else None
    watcher = Maxima(net.program, identity.layers, least)
    run = net.program.steps(
        batch,
        last_layers(net.program, identity.layers),
        override=watcher.run_relu_in_place,
        watch=watcher,
    )
    yield from paced(run, STEP_SECONDS)
    return watcher.result()
