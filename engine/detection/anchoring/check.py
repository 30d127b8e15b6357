"""The badge of the anchors: overlaps by torchvision's box_iou, Euclidean k-means by scikit-learn."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.detection.anchoring.requests import CheckKMeans, CheckPlaced
from engine.detection.anchors import KMeansStep
from engine.foundations.requests import CheckResult
from engine.networks.importing import imported

if TYPE_CHECKING:
    import torch

TOLERANCE: Final = 1e-9
"""Shapes are shares or pixels, at most some thousands; both sides compute in float64."""


def check_placed(request: CheckPlaced, context: Context) -> Generator[Any, None, CheckResult]:
    """Boxes of these shapes with one corner in common, compared by torchvision."""
    yield from imported("torchvision.ops", context)
    table = _overlaps(request.shapes, request.anchors)
    ours = np.array([one.shares for one in request.placed]).reshape(table.shape)
    difference = float(np.abs(ours - table.numpy()).max(initial=0.0))
    chosen = [float(table[i, one.anchor]) for i, one in enumerate(request.placed)]
    best = table.max(1).values.tolist() if len(table) else []
    difference = max([difference, *(b - c for b, c in zip(best, chosen, strict=True))])
    return CheckResult(difference, TOLERANCE, difference <= TOLERANCE, f"{_torchvision()} box_iou, float64")


def check_kmeans(request: CheckKMeans, context: Context) -> Generator[Any, None, CheckResult]:
    """Every choice and every move; with the Euclidean distance the whole run by scikit-learn, where it can follow."""
    whole = request.metric == "euclidean" and request.centre == "mean"
    if whole and not any(step.empty for step in request.steps):
        yield from imported("sklearn.cluster", context)
        return _by_sklearn(request)
    yield from imported("torchvision.ops", context)
    difference = 0.0
    for before, step in zip(request.steps, request.steps[1:], strict=False):
        found = _choice(request, step) if step.kind == "assign" else _move(request, before, step)
        difference = max(difference, found)
        yield
    name = "box_iou" if request.metric == "iou" else "and torch cdist"
    reference = f"{_torchvision()} {name}, float64"
    return CheckResult(difference, TOLERANCE, difference <= TOLERANCE, reference)


def _choice(request: CheckKMeans, step: KMeansStep) -> float:
    """How much nearer than the chosen anchor another one is, and what the average differs by."""
    import torch

    assert step.assigned is not None
    table = _overlaps(request.shapes, step.centres)
    chosen = torch.tensor(step.assigned)[:, None]
    average = abs(float(table.gather(1, chosen).mean()) - step.average_iou)
    if request.metric == "iou":
        nearness = table
    else:
        nearness = -torch.cdist(torch.tensor(request.shapes), torch.tensor(step.centres))
    short = nearness.max(1).values - nearness.gather(1, chosen)[:, 0]
    return max(float(short.max()), average)


def _move(request: CheckKMeans, before: KMeansStep, step: KMeansStep) -> float:
    """How far the anchors are from the middles of their shapes, in shares of the largest shape."""
    import torch

    assert step.assigned is not None
    shapes, assigned = torch.tensor(request.shapes), torch.tensor(step.assigned)
    difference = 0.0
    for number, centre in enumerate(step.centres):
        mine = shapes[assigned == number]
        if not len(mine):
            middle = torch.tensor(before.centres[number])
        elif request.centre == "mean":
            middle = mine.sum(0) / len(mine)
        else:
            middle = torch.quantile(mine, 0.5, dim=0)  # torch's own median takes the lower one of two
        difference = max(difference, float((middle - torch.tensor(centre)).abs().max()))
    return difference / float(shapes.max())


def _by_sklearn(request: CheckKMeans) -> CheckResult:
    import sklearn
    from sklearn.cluster import KMeans

    first, last = request.steps[0], request.steps[-1]
    rounds = max(step.round for step in request.steps)
    model = KMeans(
        len(first.centres), init=first.centres, n_init=1, max_iter=rounds, tol=0.0, algorithm="lloyd"
    ).fit(request.shapes)
    difference = float(np.abs(model.cluster_centers_ - last.centres).max()) / float(request.shapes.max())
    reference = f"scikit-learn {sklearn.__version__} KMeans, float64"
    return CheckResult(difference, TOLERANCE, difference <= TOLERANCE, reference)


def _overlaps(shapes: npt.NDArray[np.float64], anchors: npt.NDArray[np.float64]) -> torch.Tensor:
    """Tensor[N, K]: IoU of boxes of these shapes whose upper left corner is the origin."""
    import torch
    from torchvision.ops import box_iou

    first, second = (
        torch.cat([torch.zeros(len(a), 2, dtype=torch.float64), torch.tensor(a, dtype=torch.float64)], 1)
        for a in (shapes.reshape(-1, 2), anchors.reshape(-1, 2))
    )
    found: torch.Tensor = box_iou(first, second)
    return found


def _torchvision() -> str:
    import torchvision

    return f"torchvision {torchvision.__version__.partition('+')[0]}"
