"""A distance beside the threshold that judged it, with as many digits as it takes to see who is right."""

from __future__ import annotations

from typing import Final

DIGITS: Final = (3, 4, 6, 9)
"""Digits behind the point of a distance, the fewest that will do."""


def judged(distance: float, threshold: float) -> str:
    """ "0.394 ≤ 0.75": never a sign that the digits beside it contradict, as 0.7502 > 0.75 would be as 0.750 > 0.75."""
    accepted = distance <= threshold
    sign = "≤" if accepted else ">"
    limit = f"{threshold:.2f}" if round(threshold, 2) == threshold else f"{threshold:.4g}"
    for digits in DIGITS:
        text = f"{distance:.{digits}f}"
        if (float(text) <= float(limit)) == accepted:
            break
    return f"{text} {sign} {limit}"
