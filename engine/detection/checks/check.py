"""Losses by torch.nn.functional, overlaps by torchvision.ops, the best constant answer by a zero gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.detection.checks.requests import CheckLandmarks, CheckOverlap, CheckTarget
from engine.detection.target import FIRST_CLASS, HEIGHT, WIDTH
from engine.foundations.requests import CheckResult

if TYPE_CHECKING:
    import torch

TOLERANCE: Final = 1e-9
"""Both sides compute in float64."""


def check_target(request: CheckTarget, _context: Context) -> CheckResult:
    """Every term of the loss against torch's."""
    theirs = _terms(request).numpy()
    ours = np.array([term.value for term in request.terms])
    names = "mse_loss" if request.loss == "course" else "binary_cross_entropy, mse_loss and cross_entropy"
    return _result(np.abs(ours - theirs), names)


def _terms(request: CheckTarget) -> torch.Tensor:
    import torch
    from torch.nn import functional as F

    y, scores = torch.from_numpy(request.y), torch.tensor(request.scores, dtype=torch.float64)
    guess = torch.cat(
        [torch.tensor([request.p], dtype=torch.float64), torch.from_numpy(request.box), scores.softmax(0)]
    )
    present = bool(y[0] == 1)
    wanted = y if present else torch.where(torch.arange(len(y)) == 0, y, guess)
    values = F.mse_loss(guess, wanted, reduction="none")
    if request.loss == "course":
        return values
    values[0] = F.binary_cross_entropy(guess[:1], y[:1])
    if not present:
        return values
    if request.roots:
        sides = [HEIGHT, WIDTH]
        values[sides] = F.mse_loss(guess[sides].sqrt(), y[sides].sqrt(), reduction="none")
    values[FIRST_CLASS:] = 0
    kind = int(y[FIRST_CLASS:].argmax())
    values[FIRST_CLASS + kind] = F.cross_entropy(scores[None], torch.tensor([kind]))
    return values


def check_overlap(request: CheckOverlap, _context: Context) -> CheckResult:
    """IoU and GIoU against torchvision's, of the two boxes and along the whole curve."""
    import torch
    from torchvision import ops

    found = request.overlap
    first = torch.tensor([found.first], dtype=torch.float64)
    others = torch.from_numpy(np.concatenate([[found.second], request.others]))
    ours = np.stack(
        [np.concatenate([[found.iou], request.ious]), np.concatenate([[found.giou], request.gious])]
    )
    theirs = torch.cat([ops.box_iou(first, others), ops.generalized_box_iou(first, others)]).numpy()
    return _result(np.abs(ours - theirs), "torchvision box_iou and generalized_box_iou")


def check_landmarks(request: CheckLandmarks, _context: Context) -> CheckResult:
    """The errors against torch's mse_loss; its gradient at the answer, which is zero where no constant is better."""
    import torch
    from torch.nn import functional as F

    shapes = torch.from_numpy(request.shapes)
    answer = torch.from_numpy(request.answer.mean).clone().requires_grad_()
    with torch.enable_grad():
        squares = F.mse_loss(answer.expand_as(shapes), shapes, reduction="none").sum(-1)
        (slope,) = torch.autograd.grad(squares.mean(), answer)
    errors = squares.detach().mean(0).sqrt().numpy()
    differences = np.concatenate([np.abs(request.answer.errors - errors), slope.abs().numpy().ravel()])
    return _result(differences, "mse_loss and its gradient")


def _result(differences: npt.NDArray[np.float64], names: str) -> CheckResult:
    import torch

    largest = float(differences.max(initial=0.0))
    version = torch.__version__.partition("+")[0]
    return CheckResult(largest, TOLERANCE, largest <= TOLERANCE, f"torch {version} {names}, float64")
