"""How other pages hand the raw boxes of a frame over to this view."""

from __future__ import annotations

from dataclasses import replace

from engine.detection.found import Raw
from engine.images import Frame
from gui.pages.boxes.shares import to_shares
from gui.pages.boxes.suppression.hand import Hand, of_raw
from gui.pages.boxes.suppression.settings import Scored, SuppressionSettings


def scored(hand: Hand) -> tuple[Scored, ...]:
    """The boxes of a hand as settings keep them."""
    size = (hand.frame.width, hand.frame.height)
    return tuple(
        Scored(to_shares((x1, y1, x2, y2), size), kind, float(score))
        for (x1, y1, x2, y2), kind, score in zip(
            hand.boxes.tolist(), hand.kinds, hand.scores.tolist(), strict=True
        )
    )


def handed_over(
    frame: Frame, raw: Raw, classes: tuple[str, ...], *, least: float = 0.25, iou_threshold: float = 0.45
) -> SuppressionSettings:
    """The settings that show what a detector said about a frame, before suppression.

    The page that asks hands the frame over as the source: pageAsked("boxes", {"view": "suppression", "source": ...,
    "suppression": handed_over(...)}).
    """
    given = scored(of_raw(frame, raw, classes))
    return replace(
        SuppressionSettings(),
        origin="given", given=given, given_classes=classes, least=least, threshold=iou_threshold,
    )  # fmt: skip
