"""The words of the view "YOLO grid": what each stage is, what the numbers mean, and the explanation."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.detection.grid.coding import Placed, cell_sides
from engine.detection.grid.spec import B_H, B_W, P_C, Component, GridSpec
from gui.pages.boxes.grid.shown import Shown
from gui.widgets.facts import Fact
from gui.widgets.plate import number_text
from gui.widgets.stage_text import plural

MEANINGS: Final = (
    "1 where an object has its centre in this cell, else 0; a net says how sure it is.",
    "Centre, from the cell's left edge (0) to its right edge (1).",
    "Centre, from the cell's upper edge (0) to its lower edge (1).",
    "Height in cells: it may exceed 1, an object can be larger than its cell.",
    "Width in cells: it may exceed 1, an object can be larger than its cell.",
)
SHARES: Final = ("Height as a share of the picture.", "Width as a share of the picture.")
MADE_UP: Final = "labels with noise"
READING: Final = "The bundled detector reads the picture."
NO_LABELS: Final = "Nothing is labelled yet: drag over the picture to draw a box."


def counted(count: int, noun: str) -> str:
    """ "1 box", "2 boxes", "3 classes"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}es"


# --- the stage -----------------------------------------------------------------------------------------------------


def title(shown: Shown) -> str:
    """The name of the stage."""
    stage, spec = shown.stage, shown.spec
    if stage.kind == "object":
        count = len(shown.basis.boxes)
        kind = spec.classes[int(shown.basis.kinds[stage.number or 0])]
        return f"Cells: object {(stage.number or 0) + 1} of {count}, {kind}"
    if stage.kind == "pick":
        return f"Suppression: {spec.classes[int(shown.walk.boxes.kinds[stage.number or 0])]}"
    return {
        "labels": "Labels",
        "tensor": "Target tensor, decoded back",
        "prediction": "Prediction" + (" (made up)" if shown.basis.made_up else " of yolo-digits"),
        "confident": "Low p_c dropped",
        "answer": "Answer",
    }[stage.kind]


def detail(shown: Shown, least: float, overlap: float) -> str:
    """One line about the stage."""
    stage, made = shown.stage, shown.walk
    if stage.kind == "labels":
        count = len(shown.basis.boxes)
        return f"{plural(count, 'object')} in boxes" if count else NO_LABELS
    if stage.kind == "object":
        return _placed_detail(made.encoded.placed[stage.number or 0], shown)
    if stage.kind == "tensor":
        return f"{shown.spec.shape_text()} = {shown.spec.numbers:,} numbers"
    if stage.kind == "prediction":
        return f"{len(stage.alive):,} boxes, one an anchor of each cell; the line is as strong as p_c"
    if stage.kind == "confident":
        return f"{len(stage.alive):,} of {len(made.boxes.boxes):,} boxes have p_c > {least:.2f}"
    if stage.kind == "pick":
        score = float(made.boxes.scores[stage.number or 0])
        rivals = plural(len(stage.rivals), "rival")
        return f"score {score:.2f} is kept; of {rivals} {len(stage.dropped)} with IoU > {overlap:.2f} go"
    return f"{counted(len(stage.kept), 'box')} for {plural(len(shown.basis.boxes), 'object')}"


def _placed_detail(place: Placed | None, shown: Shown) -> str:
    if place is None:
        return "its centre lies on no cell"
    where = f"its centre lies in the cell at row {place.row}, column {place.column}"
    if place.lost:
        return f"{where}, whose place is taken: it is lost"
    return f"{where}; anchor {place.anchor} takes it" if shown.spec.boxes > 1 else where


def told(shown: Shown) -> list[str]:
    """What there is to see, in sentences."""
    stage, spec, made = shown.stage, shown.spec, shown.walk
    if shown.basis.made_up and not len(shown.basis.boxes):
        return [NO_LABELS, "The target is zero everywhere."]
    collisions = _collisions(shown)
    if stage.kind in ("labels", "object"):
        first = "The cell that holds the midpoint of an object owns it; all others know nothing of it."
        return [first, *_anchor_words(shown), *collisions]
    if stage.kind == "tensor":
        gap = pixels_text(shown.basis.difference)
        return [f"Decoded back to boxes, the target differs from the labels by {gap} at most.", *collisions]
    if stage.kind == "prediction":
        who = (
            "No net was asked: this prediction is the labels with noise, so that the procedure has something to do."
            if shown.basis.made_up
            else "This is what the bundled detector said about this picture, cell by cell, before suppression."
        )
        return [who, f"Every cell gives {counted(spec.boxes, 'box')}, sure or not."]
    if stage.kind == "confident":
        return ["What the net is not sure of is dropped first; what is left still names objects twice."]
    if stage.kind == "pick":
        return [
            "Each class on its own: the best box is kept, and boxes of its class that overlap it too much go.",
            "Then the next best one, until none is left.",
        ]
    return [
        f"The answer: {counted(len(made.kept), 'box')} for {plural(len(shown.basis.boxes), 'object')}.",
        *collisions,
    ]


def _anchor_words(shown: Shown) -> list[str]:
    stage, spec = shown.stage, shown.spec
    if stage.kind != "object" or spec.boxes == 1 or stage.number is None:
        return []
    place = shown.walk.encoded.placed[stage.number]
    if place is None:
        return []
    if spec.layout == "shared":
        return ["A cell has one set of classes, so it owns one object, whatever its number of boxes."]
    ious = ", ".join(f"{value:.2f}" for value in place.overlaps)
    best = max(place.overlaps)
    alike = sum(math.isclose(value, best, rel_tol=1e-9) for value in place.overlaps)
    why = (
        f"The most similar one, anchor {place.anchor}, takes the object."
        if alike == 1
        else f"{alike} of them are equally similar: the first, anchor {place.anchor}, takes the object."
    )
    return [f"Shape IoU with the anchors: {ious}. {why}"]


def _collisions(shown: Shown) -> list[str]:
    lost = shown.walk.encoded.collisions
    if not lost:
        return []
    names = ", ".join(shown.spec.classes[int(shown.basis.kinds[one.index])] for one in lost)
    return [
        f"Lost: {names}. Its cell and anchor belong to another object already; a finer grid or more anchors help."
    ]


def pixels_text(gap: float) -> str:
    """A tiny difference in pixels."""
    return "0 px" if gap == 0 else f"{gap:.0e} px".replace("-", "−")


# --- numbers -------------------------------------------------------------------------------------------------------


def component_name(spec: GridSpec, index: int) -> str:
    """ "b_h of anchor 1", "c_2 flag"."""
    part = spec.component(index)
    name = part.name if part.part < 5 else class_name(spec, part.part - 5)
    what = "box" if spec.layout == "shared" else "anchor"
    return name if part.anchor is None or spec.boxes == 1 else f"{name} of {what} {part.anchor}"


def class_name(spec: GridSpec, kind: int) -> str:
    """ "c_2 flag"; a digit in quotation marks, since it is a name and no number."""
    name = spec.classes[kind]
    return f"c_{kind + 1} “{name}”" if name.isdigit() else f"c_{kind + 1} {name}"


def meaning(spec: GridSpec, part: Component) -> str:
    """What a number of a cell says."""
    if part.part >= 5:
        return (
            f"Whether it is a {spec.classes[part.part - 5]}: 1 or 0 in a label, a probability in an answer."
        )
    if spec.unit == "picture" and part.part in (B_H, B_W):
        return SHARES[part.part - B_H]
    return MEANINGS[part.part]


def value_text(value: float) -> str:
    return number_text(value, 4)


def facts(shown: Shown, least: float) -> list[Fact]:
    """What the inspector tells."""
    spec, made = shown.spec, shown.walk
    across, down = cell_sides(spec, shown.basis.area)
    tall = [
        number
        for number, place in enumerate(made.encoded.placed)
        if place is not None and _larger_than_a_cell(shown, number)
    ]
    rows: list[Fact] = [
        ("target", spec.shape_text(), "Rows × columns × boxes × (p_c, b_x, b_y, b_h, b_w and the classes)."),
        ("numbers", f"{spec.numbers:,}", "That the net answers with for one picture."),
        ("cell", f"{across:.0f} × {down:.0f} px", "Width × height in the picture."),
        ("objects", str(len(shown.basis.boxes)), "Labels on the picture."),
        ("larger than a cell", str(len(tall)), "Objects with b_h or b_w above 1."),
        ("lost", str(len(made.encoded.collisions)), "Objects whose cell and anchor were taken."),
        (
            "decoded back",
            pixels_text(shown.basis.difference),
            "Largest difference to the labels.",
        ),
    ]
    if shown.predicted:
        confident = int((made.boxes.objectness > least).sum())
        rows += [
            ("predicted boxes", f"{len(made.boxes.boxes):,}", "One an anchor of each cell."),
            (f"p_c > {least:.2f}", str(confident), "Left after the first threshold."),
            ("answer", str(len(made.kept)), "Left after suppression, class by class."),
            ("prediction", MADE_UP if shown.basis.made_up else "yolo-digits", "Who says so."),
        ]
    return rows


def _larger_than_a_cell(shown: Shown, number: int) -> bool:
    across, down = cell_sides(shown.spec, shown.basis.area)
    x1, y1, x2, y2 = shown.basis.boxes[number].tolist()
    return bool(x2 - x1 > across or y2 - y1 > down)


def cell_facts(shown: Shown, row: int, column: int) -> list[Fact]:
    """What is known of a cell of the grid."""
    spec = shown.spec
    owned = shown.owners().get((row, column), [])
    names = ", ".join(spec.classes[int(shown.basis.kinds[number])] for number in owned)
    rows: list[Fact] = [
        ("cell", f"row {row}, column {column}", "Counted from 0. Click it to read its numbers."),
        ("owns", names or "nothing", "Objects with their centre in it."),
    ]
    for anchor in range(min(spec.boxes, 4)):
        value = float(shown.values[row, column, spec.start(anchor) + P_C])
        name = "p_c" if spec.boxes == 1 else f"p_c of anchor {anchor}"
        rows.append((name, value_text(value), "Predicted." if shown.predicted else "Of the label."))
    return rows


def number_facts(shown: Shown, row: int, column: int, component: int) -> list[Fact]:
    """What is known of one number of the tensor."""
    spec = shown.spec
    value = float(shown.values[row, column, component])
    part = spec.component(component)
    rows: list[Fact] = [
        (component_name(spec, component), value_text(value), meaning(spec, part)),
        ("cell", f"row {row}, column {column}", "Counted from 0."),
        ("number of the cell", f"{component} of {spec.depth}", "Its place in the last axis, from 0."),
    ]
    if part.part in (B_H, B_W) and value > 1 and spec.unit == "cell":
        rows.append(("> 1", "larger than a cell", "Allowed: only the midpoint has to lie in the cell."))
    return rows


def strongest(values: np.ndarray, count: int) -> list[int]:
    """The `count` classes that matter most, in their order: float64[C, boxes] -> numbers."""
    order = np.argsort(-values.max(1), kind="stable")[:count]
    return sorted(order.tolist())


EXPLANATION: Final = """
<p><b>YOLO grid.</b> A grid of S × S cells over the picture turns “what is where” into one tensor of a fixed shape. The
cell that holds an object's <i>midpoint</i> owns it (a midpoint on an edge: the cell at its right or below). It writes
p<sub>c</sub> = 1, the midpoint b<sub>x</sub>, b<sub>y</sub> from 0 to 1 within the cell, height and width
b<sub>h</sub>, b<sub>w</sub> in cells, which may exceed 1, and 1 for the class. With several <i>anchors</i> the one
whose shape has the highest IoU with the box takes it; a second object of the same cell and anchor is lost.</p>
<p>target: S × S × anchors × (5 + classes) &nbsp; decode: x = (column + b<sub>x</sub>) · W / S, width =
b<sub>w</sub> · W / S</p>
<p>From an answer to boxes: every cell gives a box an anchor; those with low p<sub>c</sub> are dropped; then non-max
suppression for each class on its own, with p<sub>c</sub> times the class probability as the score. The made-up
prediction is the labels with noise and says so; a page of digits is read by the bundled detector, whose numbers are
its own.</p>
<p>Redmon, Divvala, Girshick &amp; Farhadi, <i>You only look once</i> (2016): 7 × 7 × (2 · 5 + 20), one set of classes a
cell, b<sub>h</sub> and b<sub>w</sub> as shares of the picture. Redmon &amp; Farhadi, <i>YOLO9000</i> (2017): anchors,
19 × 19 × 5 × 85 for 608 pixels and COCO. Ng, <i>Convolutional neural networks</i>, week 3 (2017): the order of the
numbers, and 3 × 3 × 2 × 8.</p>
"""
