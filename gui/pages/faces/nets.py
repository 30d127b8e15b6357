"""Which nets are here, which are missing, and what is to be expected of them."""

from __future__ import annotations

from engine.faces.requests import DetectorStatus, EmbedderStatus
from engine.networks.requests import WeightsStatus


def here(weights: WeightsStatus | None) -> bool:
    """Whether what needs these weights can be used at once."""
    return weights is None or weights.state in ("bundled", "ready", "imported")


def missing(detector: DetectorStatus | None, embedder: EmbedderStatus | None) -> str:
    """The name of the weights that the choice still needs, "" where all are here."""
    for one in (detector, embedder):
        if one is not None and one.weights is not None and not here(one.weights):
            return one.weights.name
    return ""


def about(detector: DetectorStatus | None, embedder: EmbedderStatus | None) -> str:
    """What is to be expected of the choice, or what is missing."""
    if detector is None or embedder is None:
        return "This choice is not in the list any more. Choose another one."
    for one in (detector, embedder):
        if not here(one.weights):
            return f"{one.title} is not on this computer. The page Weights downloads it or imports it from a file."
    how = (
        f"finds faces, {detector.points} five points in each"
        if detector.points
        else "finds faces and five points"
    )
    width, height = embedder.size
    reads = f"{embedder.title} reads {width} × {height} pixels and gives {embedder.dimensions} numbers."
    return f"{detector.title} {how}. {reads} {embedder.word}"
