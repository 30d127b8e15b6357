"""The find on show in its picture: its box, the thing that it is judged by, and what else is there."""

from __future__ import annotations

from gui.pages.boxes.scoring.shown import Shown
from gui.widgets.box_editor import Box

RIGHT, WRONG = "good", "error"


def boxes_of(shown: Shown) -> list[Box]:
    """Things dashed, the find on show solid: green for right, red for wrong, which its label says, too."""
    verdict = shown.verdict
    if verdict is None:
        return []
    evaluated, picture = shown.evaluated, verdict.picture
    truth, found = evaluated.truth[picture], evaluated.found[picture]
    boxes = []
    for index, (corners, kind) in enumerate(zip(truth.boxes.tolist(), truth.classes.tolist(), strict=True)):
        judged_by = index == verdict.truth
        other = not judged_by and shown.kind is not None and kind != shown.kind
        name = evaluated.classes[kind]
        label = f"there: {name}" if judged_by else ("" if other else name)
        box = (corners[0], corners[1], corners[2], corners[3])
        boxes.append(Box(box, kind, label, dashed=True, faded=not judged_by, fixed=True, role="accent"))
    corners = found.boxes[verdict.number].tolist()
    label = f"{evaluated.classes[verdict.kind]} {verdict.score:.2f} {'✓' if verdict.right else '✗'}"
    box = (corners[0], corners[1], corners[2], corners[3])
    boxes.append(Box(box, verdict.kind, label, role=RIGHT if verdict.right else WRONG, fixed=True))
    return boxes
