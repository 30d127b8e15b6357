"""Region proposals: the search against its segmentation, from a slider to the picture, one pass against many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.context import Context
from engine.detection.proposals import search
from engine.detection.proposals.requests import FindProposals, RegionRun, Search
from engine.detection.proposals.segments import segment
from engine.detection.proposals.settings import SearchSettings
from engine.images import Frame, fit
from engine.networks.steps import at_once
from engine.sources import load_sample

SEARCH, ANSWER_MS = 2.5, 50.0
SHARED = 0.7
"""How much of what is saved in multiplications has to be saved in seconds: pooling and the heads stay as they are."""
PROPOSALS = 64
NET = "tinyvgg-cifar10"


def measure(quick: bool = False) -> list[Row]:
    """Rows "proposals/..."."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    rounds = 2 if quick else 9
    frame = Frame(fit(load_sample("astronaut").pixels, 512), "astronaut")
    found = _found(frame)
    return [_search(frame, found, rounds), *_sliders(found, rounds), _nets(found, 1 if quick else rounds)]


def _found(frame: Frame) -> Search:
    return at_once(search.respond(FindProposals(frame, SearchSettings()), Context()))


def _search(frame: Frame, found: Search, rounds: int) -> Row:
    jobs: dict[str, Callable[[], object]] = {
        "search": lambda: _found(frame),
        "segmentation": lambda: segment(found.picture.pixels, SearchSettings()),
    }
    medians = interleaved(jobs, rounds)
    return Row(
        "proposals/search", "segments, their hierarchy and the proposals of a photo of 512 px",
        medians["search"] / medians["segmentation"], "x", "scikit-image's segmentation alone", SEARCH,
        details=milliseconds(medians) | {"segments": float(found.hierarchy.leaves)},
    )  # fmt: skip


def _sliders(found: Search, rounds: int) -> list[Row]:
    """From a new setting to the painted part."""
    from PySide6.QtWidgets import QApplication

    from gui.pages.boxes.proposals.grouping_part import GroupingPart
    from gui.pages.boxes.proposals.proposals_part import ProposalsPart
    from gui.pages.boxes.proposals.settings import ProposalsSettings
    from gui.theme import Scheme, theme

    application = QApplication.instance() or QApplication([])
    theme.apply(Scheme.LIGHT)
    settings, grouping, proposals = ProposalsSettings(), GroupingPart(), ProposalsPart()
    for part in (grouping, proposals):
        part.resize(900, 700)
    place = iter(range(1, 1_000_000))

    def step() -> object:
        grouping.show_search(found, replace(settings, step=next(place) % len(found.hierarchy.merges)))
        return grouping.grab()

    def count() -> object:
        proposals.show_search(found, replace(settings, count=1 + next(place) % 400))
        return proposals.grab()

    medians = interleaved({"step": step, "count": count}, rounds * 3)
    for part in (grouping, proposals):
        part.deleteLater()
    application.processEvents()
    return [
        Row(
            f"proposals/{name}",
            what,
            medians[name] * 1000,
            "ms",
            "",
            ANSWER_MS,
            details=milliseconds(medians),
        )
        for name, what in (
            ("step", "a merge further, painted"),
            ("count", "another number of proposals, painted"),
        )
    ]


def _nets(found: Search, rounds: int) -> Row:
    import torch

    from engine.detection.proposals import crops, pooled
    from engine.detection.proposals.requests import ClassifyCrops, ClassifyPooled

    boxes = found.proposals.boxes[:PROPOSALS]
    context = Context(device=torch.device("cpu"), torch_ready=True)

    def in_mode(work: Callable[[], RegionRun]) -> Callable[[], RegionRun]:
        def job() -> RegionRun:
            with devices.step_mode(False):
                return work()

        return job

    shared = ClassifyPooled(NET, found.picture, boxes, 4.0, "max")
    jobs = {
        "crops": in_mode(lambda: at_once(crops.respond(ClassifyCrops(NET, found.picture, boxes), context))),
        "pooled": in_mode(lambda: at_once(pooled.respond(shared, context))),
    }
    medians = interleaved(jobs, rounds)
    seconds = medians["crops"] / medians["pooled"]
    counted = {name: job().macs for name, job in jobs.items()}
    saved = counted["crops"] / counted["pooled"]
    details = milliseconds(medians) | {"multiplications_x": saved, "seconds_x": seconds}
    return Row(
        "proposals/shared pass", f"{len(boxes)} proposals: ratio of the seconds by ratio of the multiplications",
        seconds / saved, "x", "R-CNN by Fast R-CNN", SHARED, at_least=True, details=details,
    )  # fmt: skip
