"""The badges' second route: triplets and pairs once more in torch, their gradients by autograd."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch.nn import functional

from engine.context import Context
from engine.faces.learning.plane import ANCHOR, NEGATIVES, POSITIVE
from engine.faces.learning.requests import CheckPair, CheckTriplet
from engine.foundations.requests import CheckResult

TOLERANCE: Final = 1e-9


def check_triplet(request: CheckTriplet, _context: Context) -> CheckResult:
    """Loss, distances and gradients of a triplet in float64."""
    ours, rules = request.measured, request.measured.rules
    points = torch.tensor(ours.points, dtype=torch.float64, requires_grad=True)
    placed = functional.normalize(points) if rules.unit else points
    anchor, positive, negative = placed[ANCHOR], placed[POSITIVE], placed[NEGATIVES + ours.chosen]
    to_positive, to_negative = (torch.linalg.vector_norm(anchor - other) for other in (positive, negative))
    if not rules.plain:
        to_positive, to_negative = ((anchor - other).square().sum() for other in (positive, negative))
    loss = torch.relu(to_positive - to_negative + rules.margin)
    (gradients,) = torch.autograd.grad(loss, points)
    theirs = (loss.item(), to_positive.item(), to_negative.item())
    mine = (ours.loss, ours.to_positive, ours.to_negative)
    difference = max(
        float(np.abs(gradients.numpy() - ours.gradients).max()),
        max(abs(a - b) for a, b in zip(mine, theirs, strict=True)),
    )
    reference = f"torch {torch.__version__}, autograd, float64"
    return CheckResult(difference, TOLERANCE, difference <= TOLERANCE, reference)


def check_pair(request: CheckPair, _context: Context) -> CheckResult:
    """y of a pair, and the gradient of -log y over the weights."""
    first, second = torch.from_numpy(request.first.copy()), torch.from_numpy(request.second.copy())
    weights = torch.tensor(request.weights, requires_grad=True)
    apart = (first - second).abs()
    if request.form == "chi-square":
        both = first + second
        apart = torch.where(both > 0, apart.square() / both, 0)
    logit = (weights * apart).sum() + request.bias
    (slope,) = torch.autograd.grad(
        functional.binary_cross_entropy_with_logits(logit, torch.ones_like(logit)), weights
    )
    difference = max(
        abs(torch.sigmoid(logit).item() - request.y), float(np.abs(slope.numpy() - request.slope).max())
    )
    reference = f"torch {torch.__version__}, autograd, float64"
    return CheckResult(difference, TOLERANCE, difference <= TOLERANCE, reference)
