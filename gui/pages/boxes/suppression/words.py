"""What the view "Non-max suppression" says: about a decision, about a card, and behind the "explain" button."""

from __future__ import annotations

from typing import Final

from engine.detection.boxes import NmsStep, area, iou
from gui.pages.boxes.suppression.hand import Card, Game
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.widgets.facts import Fact
from gui.widgets.stage_text import plural

NO_PICTURE: Final = "The picture is on its way."
NO_BOXES: Final = "There are no boxes on the table. Drag on the picture to draw one."
NO_FINDS: Final = (
    "The detector says nothing above 0.05 about this picture. Draw a digit on the drawing board."
)
ASKING: Final = "The detector looks at the picture."

EXPLANATION: Final = """
<p><b>Non-max suppression.</b> A detector gives several boxes for one thing. Every box is a card with its score p_c.
Cards with p_c of at most the threshold are discarded; the best one that is left is picked and kept; every rival is
compared with it, and dies where</p>
<p>IoU(pick, rival) &gt; threshold.</p>
<p>Then the next best one is picked, until no card is left. <i>Per class</i> means that boxes of different classes leave
one another alone. <i>Soft-NMS</i> lowers the score of a rival instead: s · (1 − IoU) where IoU is above the threshold
(linear), or s · exp(−IoU² / σ) for all rivals (Gaussian); a box is removed once its score is too low.</p>
<p>Ties are torchvision's: of equal scores the box that comes first is picked, and a rival with exactly the threshold
lives. Felzenszwalb, Girshick, McAllester &amp; Ramanan, <i>Object detection with discriminatively trained part-based
models</i> (2010), section 7; Bodla, Singh, Chellappa &amp; Davis, <i>Soft-NMS: improving object detection with one
line of code</i> (2017).</p>
"""


def number(value: float, digits: int = 2) -> str:
    """A score or an overlap."""
    return f"{value:.{digits}f}"


def told(game: Game, settings: SuppressionSettings, position: int) -> tuple[str, str]:
    """A title and a sentence about the decision at a position."""
    step = game.step(position)
    if step is None:
        return _dealt(game)
    if step.kind == "threshold":
        return _discarded(game, settings, step)
    if step.kind == "pick":
        return _picked(game, step)
    if step.kind == "rival":
        return _compared(game, settings, step)
    count = len(step.kept)
    return "Done", f"{count} {'box' if count == 1 else 'boxes'} kept of {len(game.numbers)}."


def _dealt(game: Game) -> tuple[str, str]:
    count = len(game.numbers)
    if not count:
        return "No boxes", NO_FINDS if game.hand.of else NO_BOXES
    more = f" The best {count} of {game.hand.of:,} are on the table." if game.hand.of > count else ""
    return f"{count} boxes", f"Each card is a box; the number at the right is p_c. Best first.{more}"


def _discarded(game: Game, settings: SuppressionSettings, step: NmsStep) -> tuple[str, str]:
    gone = len(step.dropped)
    left = len(step.waiting)
    verb = "is" if gone == 1 else "are"
    sentence = f"{gone} of {len(game.numbers)} {verb} discarded: p_c ≤ {number(settings.least)}. {left} left."
    return "Discard weak boxes", sentence


def _picked(game: Game, step: NmsStep) -> tuple[str, str]:
    assert step.pick is not None
    rivals = plural(len(step.waiting), "rival") if step.waiting else "no rivals"
    score = number(step.scores[step.pick])
    return (
        f"Pick {len(step.kept)}: card {game.numbers[step.pick]}",
        f"The best of what is left, {game.hand.name(step.pick)} with {score}, is kept. It meets {rivals}.",
    )


def _compared(game: Game, settings: SuppressionSettings, step: NmsStep) -> tuple[str, str]:
    assert step.pick is not None and step.rival is not None
    pick, rival = game.numbers[step.pick], game.numbers[step.rival]
    title = f"Card {pick} against card {rival}"
    overlap, limit = number(step.overlap, 3), number(settings.threshold)
    if step.verdict == "other class":
        names = f"{game.hand.name(step.pick)} and {game.hand.name(step.rival)}"
        return title, f"{names} are different classes: card {rival} lives, whatever the overlap."
    if settings.decay == "hard":
        if step.verdict == "dies":
            return title, f"IoU {overlap} > {limit}: the same thing again. Card {rival} dies."
        return title, f"IoU {overlap} ≤ {limit}: card {rival} lives."
    if step.verdict == "lives":
        return title, f"IoU {overlap}: the score of card {rival} stays."
    end = f", not above {number(settings.floor)}: it is removed" if step.verdict == "dies" else ""
    return title, f"The score of card {rival} falls to {number(step.scores[step.rival], 3)}{end}."


def decay_line(game: Game, settings: SuppressionSettings, position: int) -> str:
    """The arithmetic of soft-NMS at a position; "" where there is none."""
    step = game.step(position)
    if step is None or step.kind != "rival" or settings.decay == "hard" or step.verdict == "other class":
        return ""
    assert step.rival is not None
    before = game.steps[position - 2].scores[step.rival]
    after = number(step.scores[step.rival], 3)
    if settings.decay == "gaussian":
        return f"{number(before, 3)} · exp(−{number(step.overlap, 3)}² / {settings.sigma:g}) = {after}"
    if step.overlap <= settings.threshold:
        return f"IoU ≤ {number(settings.threshold)}: {after} stays"
    return f"{number(before, 3)} · (1 − {number(step.overlap, 3)}) = {after}"


def facts(game: Game, settings: SuppressionSettings, position: int) -> list[Fact]:
    """What the inspector tells about the game."""
    step = game.step(position)
    passed = game.steps[:position]
    compared = sum(one.kind == "rival" for one in passed)
    last = game.steps[-1]
    rows: list[Fact] = [
        ("boxes", f"{len(game.numbers):,}", "On the table."),
        ("above p_c", f"{len(game.steps[0].waiting)}", "Left after the weak ones were discarded."),
        ("compared so far", f"{compared}", "Pairs whose IoU was worked out."),
        ("kept so far", "0" if step is None else f"{len(step.kept)}", ""),
        ("kept in the end", f"{len(last.kept)}", "What the detector reports."),
    ]
    if game.hand.of > len(game.numbers):
        rows.insert(0, ("raw boxes", f"{game.hand.of:,}", "Before the best ones were taken for the table."))
    if game.hand.things:
        rows.append(("things there are", f"{len(game.hand.things)}", "The boxes were drawn around them."))
    return rows


STATES: Final = {
    "waiting": "waits", "pick": "is picked", "rival": "is compared", "kept": "is kept", "discarded": "discarded",
    "dead": "died",
}  # fmt: skip


def caption(card: Card, settings: SuppressionSettings) -> str:
    """The last line of a card."""
    if card.state == "discarded":
        return f"≤ {number(settings.least)}"
    if card.overlap is not None:
        return f"IoU {number(card.overlap)}"
    if card.state in ("pick", "kept"):
        return {"pick": "pick", "kept": "kept ✓"}[card.state]
    return f"was {number(card.first)}" if number(card.score) != number(card.first) else ""


def card_facts(game: Game, card: Card, position: int) -> list[Fact]:
    """What the inspector tells about a card under the pointer."""
    box = game.hand.boxes[card.box]
    x1, y1, x2, y2 = box.tolist()
    rows: list[Fact] = [
        (f"card {card.number}", game.hand.name(card.box), ""),
        ("p_c", number(card.score, 3), "Probability that this is there, of this class."),
        ("corners", f"({x1:.0f}, {y1:.0f}) ({x2:.0f}, {y2:.0f})", "In pixels of the picture."),
        ("area", f"{float(area(box)):,.0f} px²", ""),
        ("state", STATES[card.state], "Click the card to go to the decision about it."),
    ]
    step = game.step(position)
    if step is not None and step.pick is not None and step.pick != card.box:
        overlap = float(iou(game.hand.boxes[step.pick], box[None])[0])
        rows.append((f"IoU with card {game.numbers[step.pick]}", number(overlap, 3), "The pick of now."))
    if card.why is not None and card.state == "dead":
        rows.append(("died by", f"card {game.numbers[card.why]}, IoU {number(card.overlap or 0.0, 3)}", ""))
    return rows
