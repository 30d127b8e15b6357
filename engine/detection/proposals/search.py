"""The handler of a search: segments, their hierarchy, the proposals in their order. No torch."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any

import numpy as np

from engine.context import Context
from engine.detection.proposals.grouping import Hierarchy, group_steps
from engine.detection.proposals.ranking import Proposals, ranked
from engine.detection.proposals.requests import FindProposals, Search
from engine.detection.proposals.segments import describe_steps, segment
from engine.detection.proposals.settings import SIDE
from engine.images import Frame, fit, publish
from engine.networks.steps import paced


def respond(request: FindProposals, context: Context) -> Generator[Any, None, Search]:
    """Answer a FindProposals. Raises UserError for settings out of range."""
    settings = request.settings.validated()
    picture = searched(request.frame)
    began = perf_counter()
    labels = publish(segment(picture.pixels, settings))
    segmenting = perf_counter() - began
    yield
    began = perf_counter()
    leaves = yield from describe_steps(picture.pixels, labels)
    hierarchy = yield from paced(group_steps(labels, leaves, settings.terms))
    proposals = ranked(hierarchy, settings.seed)
    _freeze(hierarchy, proposals)
    return Search(request, picture, hierarchy, proposals, segmenting, perf_counter() - began)


def searched(frame: Frame) -> Frame:
    """The picture that is searched: the frame itself where it is small enough."""
    pixels = fit(frame.pixels, SIDE)
    return frame if pixels is frame.pixels else Frame(pixels, frame.name)


def _freeze(hierarchy: Hierarchy, proposals: Proposals) -> None:
    regions = hierarchy.regions
    arrays: tuple[np.ndarray[Any, Any], ...] = (
        regions.sizes, regions.boxes, regions.colour, regions.texture, hierarchy.pairs,
        proposals.boxes, proposals.regions, proposals.scores,
    )  # fmt: skip
    for array in arrays:
        array.flags.writeable = False
