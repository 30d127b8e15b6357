"""What the view "Anchors" says: about a cell, about a step of k-means, and behind the "explain" button."""

from __future__ import annotations

from typing import Final

from engine.detection.anchors import KMeansStep, Placed
from engine.detection.labels import LabelFolder
from gui.pages.boxes.anchors.cell import CellShown, letter
from gui.pages.boxes.anchors.run import Run
from gui.widgets.facts import Fact
from gui.widgets.stage_text import plural

EXPLANATION: Final = """
<p><b>Anchors.</b> A cell of the grid answers for the things whose midpoints lie in it. With one answer it can hold one
thing. With several <i>anchors</i>, shapes to begin with, it has an answer for each of them: y has anchors ×
(5 + classes) numbers, and a thing goes to the anchor of its cell that has the largest IoU with its shape, both laid on
one another at a corner. Two things of one shape in one cell want the same anchor: only one of them can be in the
target, here the first.</p>
<p><b>k-means</b> finds anchors that fit the boxes of a data set. Each shape goes to its nearest anchor by</p>
<p>d(box, anchor) = 1 − IoU(box, anchor),</p>
<p>each anchor moves to the mean (or the median) of its shapes, again and again until no shape changes. The Euclidean
distance would care for large boxes most, whose errors are larger in pixels. Redmon &amp; Farhadi, <i>YOLO9000: better,
faster, stronger</i> (2017), section 2: five anchors by k-means reach an average IoU of 61 % on VOC 2007, as much as
nine chosen by hand (60.9 %).</p>
"""

READING: Final = "The labels of the folder are being read."
DRAWING_SCENES: Final = "Scenes with digits are being drawn."
NO_FOLDER: Final = "Choose a folder with labels in VOC (.xml) or YOLO (.txt) format, or drop one here."
NO_SHAPES: Final = "There are no boxes yet. Drag on the picture to draw some."
NOTEWORTHY: Final = 0.001
"""A difference of averages that is told."""


def share(value: float) -> str:
    """An overlap."""
    return f"{value:.2f}"


def percent(value: float) -> str:
    return f"{value * 100:.1f} %"


# --- the cell ---------------------------------------------------------------------------------------------


def cell_sentences(shown: CellShown) -> list[str]:
    """What happens at the position on show."""
    row, column = shown.cell
    count = len(shown.members)
    if not count:
        return [
            f"No midpoint lies in the cell ({row}, {column}): p_c is 0 for every anchor, and nothing else counts."
        ]
    newest = shown.newest
    if newest is None:
        midpoints = f"{plural(count, 'midpoint')} {'lies' if count == 1 else 'lie'}"
        anchors = plural(len(shown.anchors), "anchor")
        return [
            f"{midpoints} in the cell ({row}, {column}), which has {anchors}.",
            "Each thing asks for one of them.",
        ]
    first = f"{shown.name(newest.thing)}: {_shares(newest)}."
    return [first, _outcome(shown, newest), *_summary(shown)]


def _shares(placed: Placed) -> str:
    return "IoU " + ", ".join(f"{share(s)} with anchor {i}" for i, s in enumerate(placed.shares))


def _outcome(shown: CellShown, placed: Placed) -> str:
    anchor = placed.anchor
    thing = letter(placed.thing)
    if placed.lost_to is None:
        return f"{thing} goes to anchor {anchor}."
    holder = shown.name(placed.lost_to)
    free = len(shown.anchors) > 1
    why = " Another anchor does not take it: it was made for other shapes." if free else ""
    return f"{thing} wants anchor {anchor}, which holds {holder} already: {thing} is lost.{why}"


def _summary(shown: CellShown) -> list[str]:
    if shown.position < len(shown.members):
        return []
    gone = sum(shown.placed[thing].lost_to is not None for thing in shown.members)
    if not gone:
        count = len(shown.members)
        every = "Both things" if count == 2 else f"All {count} things"
        return [f"{every} of the cell are in the target."] if count > 1 else []
    return [
        f"{gone} of {len(shown.members)} things of this cell {'is' if gone == 1 else 'are'} not in the target."
    ]


def cell_facts(shown: CellShown) -> list[Fact]:
    """What the inspector tells about the whole grid."""
    side = shown.settings.side
    numbers = len(shown.anchors) * (5 + len(shown.names))
    return [
        ("grid", f"{side} × {side}", "Cells."),
        (
            "target",
            f"{side} × {side} × {len(shown.anchors)} × {5 + len(shown.names)}",
            "Rows, columns, anchors, numbers.",
        ),
        ("numbers a cell", f"{numbers}", "Anchors × (5 + classes)."),
        ("things", f"{len(shown.boxes)}", "In the picture."),
        ("crowded cells", f"{len(shown.crowded)}", "With more than one midpoint."),
        (
            "lost",
            f"{len(shown.lost)}",
            "Things that are not in the target: their anchor of their cell was taken.",
        ),
        *(
            (f"anchor {i}", f"{w:.0f} × {h:.0f} px", "Width and height.")
            for i, (w, h) in enumerate(shown.anchors.tolist())
        ),
    ]


def thing_facts(shown: CellShown, thing: int) -> list[Fact]:
    """What the inspector tells about a thing under the pointer."""
    x1, y1, x2, y2 = shown.boxes[thing].tolist()
    placed = shown.placed[thing]
    held = "in the target" if placed.lost_to is None else f"lost to {shown.name(placed.lost_to)}"
    return [
        (shown.name(thing), held, ""),
        ("midpoint", f"({(x1 + x2) / 2:.0f}, {(y1 + y2) / 2:.0f})", "In pixels of the picture."),
        ("cell", f"({placed.row}, {placed.column})", "Row and column, counted from 0."),
        ("shape", f"{x2 - x1:.0f} × {y2 - y1:.0f} px", "Width and height."),
        *((f"IoU with anchor {i}", share(s), "Corner on corner.") for i, s in enumerate(placed.shares)),
    ]


COMPONENTS: Final = {
    "p_c": "1 where the anchor holds a thing, else 0.",
    "b_x": "Midpoint, from the left edge of the cell, in cells.",
    "b_y": "Midpoint, from the upper edge of the cell, in cells.",
    "b_h": "Height in cells; may be above 1.",
    "b_w": "Width in cells; may be above 1.",
}


def component(row: int, names: tuple[str, ...]) -> tuple[str, str]:
    """Name and meaning of a row of the target."""
    known = list(COMPONENTS.items())
    return known[row] if row < 5 else (f"c_{row - 4}", f"1 for a {names[row - 5]}, else 0.")


# --- k-means ----------------------------------------------------------------------------------------------


def run_sentences(run: Run) -> list[str]:
    """What happens at the step on show."""
    step = run.step
    count, groups = len(run.shapes), len(step.centres)
    if step.kind == "start":
        return [f"{plural(groups, 'anchor')} begin at shapes drawn at random, of {count:,}."]
    if step.kind == "move":
        middle = run.settings.centre
        kept = _empty(step)
        return [
            f"Round {step.round}: every anchor moves to the {middle} of its shapes.{kept} {_average(step)}"
        ]
    if not step.changed:
        return [
            f"Round {step.round}: no shape changes its anchor. This is the end. {_average(step)}",
            *_best(run),
        ]
    by = "1 − IoU" if run.settings.metric == "iou" else "the Euclidean distance"
    changes = (
        "each shape chooses"
        if step.changed == count
        else f"{plural(step.changed, 'shape')} chose another one of"
    )
    if step.changed == count:
        return [f"Round {step.round}: each shape goes to the nearest anchor by {by}. {_average(step)}"]
    return [f"Round {step.round}: {changes} the anchors, by {by}. {_average(step)}"]


def _average(step: KMeansStep) -> str:
    return f"Average IoU {step.average_iou:.3f}."


def _best(run: Run) -> list[str]:
    """Where the average was higher on the way: k-means lowers distances to means, which is not quite the same."""
    best = max(run.steps, key=lambda step: step.average_iou)
    if best.average_iou < run.steps[-1].average_iou + NOTEWORTHY:
        return []
    middle = run.settings.centre
    return [
        f"It was {best.average_iou:.3f} in round {best.round}: a {middle} is not the shape with the best IoU."
    ]


def _empty(step: KMeansStep) -> str:
    if not step.empty:
        return ""
    which = ", ".join(str(number) for number in step.empty)
    return f" Nobody chose {which}: it stays where it is."


def run_facts(run: Run) -> list[Fact]:
    """What the inspector tells about the anchors of now."""
    step = run.step
    rows: list[Fact] = [
        ("shapes", f"{len(run.shapes):,}", "Boxes whose widths and heights are grouped."),
        ("average IoU", f"{step.average_iou:.4f}", "Of every shape with its anchor."),
        ("in the end", f"{run.steps[-1].average_iou:.4f}", f"After {plural(run.steps[-1].round, 'round')}."),
    ]
    if run.of > len(run.shapes):
        rows.insert(1, ("boxes in all", f"{run.of:,}", "Some of them, drawn at random, stand for all."))
    for number, (width, height) in enumerate(step.centres.tolist()):
        mine = "" if step.assigned is None else f" · {int((step.assigned == number).sum()):,}"
        rows.append(
            (
                f"anchor {number}",
                f"{percent(width)} × {percent(height)}{mine}",
                "Width × height, and its shapes.",
            )
        )
    return rows


def shape_facts(run: Run, index: int) -> list[Fact]:
    """What the inspector tells about a shape under the pointer."""
    width, height = run.shapes[index].tolist()
    shares = run.shares(index)
    mine = None if run.step.assigned is None else int(run.step.assigned[index])
    return [
        ("shape", f"{percent(width)} × {percent(height)}", "Width and height in shares of the picture."),
        ("goes to", "nobody yet" if mine is None else f"anchor {mine}", ""),
        *((f"IoU with anchor {i}", f"{s:.3f}", "Corner on corner.") for i, s in enumerate(shares[:5])),
    ]


def folder_line(found: LabelFolder) -> str:
    """What a folder held, and what of it could not be used."""
    boxes = f"{found.boxes:,} {'box' if found.boxes == 1 else 'boxes'}"
    line = f"{found.kind}: {boxes} in {plural(len(found.pictures), 'picture')}."
    if found.broken:
        first = found.broken[0]
        more = f" ({len(found.broken) - 1} more)" if len(found.broken) > 1 else ""
        line += f" {plural(len(found.broken), 'file')} left out. {first.name}: {first.why}{more}"
    return line
