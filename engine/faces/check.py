"""The badge's second route: a squared distance as 2 - 2 cos of two unit vectors, and by torch.cdist."""

from __future__ import annotations

from typing import Final

import torch

from engine.context import Context
from engine.faces.requests import CheckDistance
from engine.foundations.requests import CheckResult

TOLERANCE: Final = 1e-6
"""float32 embeddings have length 1 to some 1e-7."""


def check_distance(request: CheckDistance, _context: Context) -> CheckResult:
    """The sum of the squared differences against both other ways to the same number, in float64."""
    first, second = (torch.from_numpy(v.astype("float64"))[None] for v in (request.first, request.second))
    by_cosine = 2.0 - 2.0 * torch.nn.functional.cosine_similarity(first, second).item()
    by_distance = torch.cdist(first, second).square().item()
    difference = max(abs(request.distance - other) for other in (by_cosine, by_distance))
    reference = f"torch {torch.__version__}, 2 − 2 cos and cdist², float64"
    return CheckResult(difference, TOLERANCE, difference <= TOLERANCE, reference)
