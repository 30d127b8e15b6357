"""The boxes on the picture: how each is drawn at a step, and what a hand's change to them means for the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gui.pages.boxes.shares import Shares, Size, to_pixels, to_shares
from gui.pages.boxes.suppression.hand import Card, Game
from gui.pages.boxes.suppression.settings import Scored, SuppressionSettings
from gui.pages.boxes.suppression.words import number
from gui.pages.boxes.target.settings import Labelled
from gui.widgets.box_editor import Box

ROLES: Final = {"pick": "accent", "rival": "warn", "kept": "good"}
NEW_SCORE: Final = 0.9


def shown_boxes(game: Game, settings: SuppressionSettings, cards: Sequence[Card]) -> list[Box]:
    """The boxes of the picture: the things first where those can be moved, then every card's box by its index."""
    boxes = _things(game, settings)
    by_box = {card.box: card for card in cards}
    fixed = settings.origin != "drawn"
    for box, corners in enumerate(game.hand.boxes.tolist()):
        card = by_box[box]
        out = card.state in ("discarded", "dead")
        label = str(card.number)
        if card.state in ROLES:
            label = f"{card.number} · {game.hand.name(box)} {number(card.score)}"
        x1, y1, x2, y2 = corners
        role, shown = ROLES.get(card.state, ""), "" if out else label
        kind = game.hand.kinds[box]
        boxes.append(Box((x1, y1, x2, y2), kind, shown, role=role, faded=out, fixed=fixed))
    return boxes


def _things(game: Game, settings: SuppressionSettings) -> list[Box]:
    """What the boxes stand around; on the generated street it is part of the picture."""
    if settings.origin != "around":
        return []
    return [Box(corners, kind, game.hand.names[kind], dashed=True) for corners, kind in game.hand.things]


def things_before(settings: SuppressionSettings) -> int:
    """How many boxes on the picture come before the cards' own."""
    return len(settings.things) if settings.origin == "around" else 0


def with_boxes(
    settings: SuppressionSettings, shown: Sequence[Box], boxes: Sequence[Box], size: Size
) -> SuppressionSettings:
    """The settings after a hand has made `boxes` of those `shown`. Raises UserError where there are too many."""
    if settings.origin == "around":
        known = [thing.box for thing in settings.things]
        things = tuple(Labelled(_kept(box, size, known), box.kind) for box in boxes if not box.fixed)
        return replace(settings, things=things, step=0).validated()
    known = [one.box for one in settings.drawn]
    scores = [one.score for one in settings.drawn]
    if len(boxes) < len(shown):
        gone = next((i for i, box in enumerate(boxes) if box != shown[i]), len(boxes))
        scores.pop(gone)
    scores += [NEW_SCORE] * (len(boxes) - len(scores))
    drawn = tuple(
        Scored(_kept(box, size, known), box.kind, score) for box, score in zip(boxes, scores, strict=True)
    )
    return replace(settings, drawn=drawn, step=0).validated()


def _kept(box: Box, size: Size, known: Sequence[Shares]) -> Shares:
    """The box in shares; one that was not touched keeps its digits."""
    untouched = (one for one in known if to_pixels(one, size) == box.corners)
    return next(untouched, None) or to_shares(box.corners, size)
