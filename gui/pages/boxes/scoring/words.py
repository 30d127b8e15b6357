"""The words of the view "Scoring": verdicts in sentences, facts, and the explanation."""

from __future__ import annotations

import math
from typing import Final

from engine.detection.evaluation.judging import Verdict
from engine.detection.evaluation.requests import Evaluated
from gui.pages.boxes.scoring.shown import Shown
from gui.widgets.facts import Fact
from gui.widgets.stage_text import plural

HOWS: Final = (
    ("all", "All", "Every recall that is reached: the area beneath the envelope (VOC from 2010 on)"),
    ("11", "11", "Recalls 0, 0.1 ... 1 (VOC 2007)"),
    ("101", "101", "Recalls 0, 0.01 ... 1 (COCO)"),
)
ERRATUM: Final = "Right means IoU ≥ the threshold. Some slides print “≤ 0.5”: the sign there is an erratum."
WAITING: Final = "The detector is reading the pages."
NOTHING: Final = "The detector found nothing of this class, so there is nothing to walk through."
NO_FOLDER: Final = "Choose a folder of pictures with labels in VOC or YOLO format."


def share(value: float) -> str:
    """0.714, or a dash where there is no number."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def quoted(name: str) -> str:
    return f"“{name}”"


def named(shown: Shown) -> str:
    """The class that is walked through, in quotation marks: its name may be a digit."""
    return shown.name if shown.kind is None else quoted(shown.name)


def short(verdict: Verdict) -> str:
    """One word about a find."""
    return {
        "right": "right", "duplicate": "a second one", "wrong class": "wrong class",
        "too little": "too little overlap", "nothing": "nothing there",
    }[verdict.why]  # fmt: skip


def title(shown: Shown) -> str:
    """The name of the find on show."""
    verdict = shown.verdict
    if verdict is None:
        return f"No finds of {named(shown)}"
    name = shown.evaluated.classes[verdict.kind]
    return f"Find {shown.index + 1} of {len(shown.verdicts)}: {quoted(name)}, score {verdict.score:.2f}"


def detail(shown: Shown) -> str:
    """Where it is, and what it is."""
    verdict = shown.verdict
    if verdict is None:
        return progress(shown.evaluated)
    where = shown.evaluated.frames[verdict.picture].name
    sign = "✓" if verdict.right else "✗"
    return f"{where}: {sign} {short(verdict)}{_behind(shown.evaluated)}"


def progress(evaluated: Evaluated) -> str:
    """How many pictures were looked at."""
    return (
        f"{len(evaluated.frames)} of {evaluated.of} pictures so far"
        if not evaluated.complete
        else evaluated.title
    )


def _behind(evaluated: Evaluated) -> str:
    return "" if evaluated.complete else f" · {progress(evaluated)}"


def reason(shown: Shown) -> str:
    """Why the find on show is right or wrong."""
    verdict = shown.verdict
    if verdict is None:
        return NOTHING
    classes, least = shown.evaluated.classes, f"{shown.least:.2f}"
    mine = quoted(classes[verdict.kind])
    common = f"IoU {verdict.iou:.2f}"
    if verdict.why == "right":
        return f"{common} ≥ {least} with a {mine} that no better find has taken: a true positive."
    if verdict.why == "duplicate":
        return f"{common} ≥ {least}, but a better find has taken this {mine} already: a false positive."
    if verdict.why == "nothing":
        return "Nothing is there: a false positive."
    truth = shown.evaluated.truth[verdict.picture]
    theirs = quoted(classes[int(truth.classes[verdict.truth])])
    if verdict.why == "wrong class":
        return f"{common} ≥ {least}, but the thing is a {theirs}: a false positive."
    return f"{common} < {least} with the nearest thing, a {theirs}: a false positive."


def count_line(shown: Shown) -> str:
    """Precision and recall so far, as fractions."""
    made = shown.index + 1
    if not made:
        return f"{plural(shown.total, 'thing')} of {named(shown)} there."
    right = sum(one.right for one in shown.verdicts[:made])
    precision = f"precision {right}/{made} = {right / made:.3f}"
    if not shown.total:
        return (
            f"After {plural(made, 'find')}: {precision}. Nothing of this class is there, so it has no recall."
        )
    return f"After {plural(made, 'find')}: {precision}, recall {right}/{shown.total} = {right / shown.total:.3f}."


def area_line(shown: Shown) -> str:
    """What average precision is the area of."""
    value = shown.curve.area(shown.how)
    if math.isnan(value):
        return "Without things to be found there is no average precision."
    way = {
        "all": "the area beneath the envelope",
        "11": "the mean of the envelope at 11 recalls",
        "101": "the mean of the envelope at 101 recalls",
    }[shown.how]
    if shown.kind is None:
        return f"All classes in one list: {way} is {share(value)}. mAP is the mean over classes instead."
    return f"AP of {quoted(shown.name)}: {way} = {share(value)}."


def told(shown: Shown) -> list[str]:
    """What there is to see, in sentences."""
    return [reason(shown), count_line(shown), area_line(shown)]


def facts(shown: Shown) -> list[Fact]:
    """What the inspector tells."""
    evaluated = shown.evaluated
    right = sum(one.right for one in shown.verdicts)
    rows: list[Fact] = [
        ("labelled set", progress(evaluated), "Pictures whose things are known."),
        ("detector", evaluated.detector, "Finds with a score of at least 0.05, 100 a picture at most."),
        ("class", shown.name, "Whose finds are walked through."),
        ("things", str(shown.total), "Of this class, in all pictures."),
        ("finds", str(len(shown.verdicts)), "Of this class, in all pictures."),
        ("right", str(right), f"IoU of at least {shown.least:.2f} with a thing of their own."),
        ("never found", str(shown.total - right), "Things without a find: they keep recall below 1."),
        ("AP", share(shown.curve.area(shown.how)), "Average precision of this class at this threshold."),
        ("mAP@0.5", share(shown.mean_half), "The mean over the classes that are there, at IoU 0.5."),
        ("mAP@0.5:0.95", share(shown.mean_all), "The mean over ten thresholds from 0.5 to 0.95, too."),
    ]
    if shown.least != 0.5:
        rows.insert(
            -2, (f"mAP@{shown.least:.2f}", share(shown.mean_here), "The mean at the threshold that is set.")
        )
    if evaluated.note:
        rows.append(("left out", evaluated.note, ""))
    return rows


def find_facts(shown: Shown, index: int) -> list[Fact]:
    """What is known of one find."""
    verdict = shown.verdicts[index]
    curve = shown.curve
    return [
        ("find", f"{index + 1} of {len(shown.verdicts)}", "Best score first. Click to go there."),
        ("class", shown.evaluated.classes[verdict.kind], ""),
        ("score", f"{verdict.score:.4f}", "p_c times the probability of the class."),
        ("picture", shown.evaluated.frames[verdict.picture].name, ""),
        ("IoU", f"{verdict.iou:.4f}", "With the thing that it is judged by."),
        ("verdict", short(verdict), ""),
        ("precision", share(float(curve.precision[index])), "Right finds of all up to here."),
        ("recall", share(float(curve.recall[index])) if shown.total else "–", "Things found up to here."),
    ]


def value_facts(shown: Shown, kind: int, column: int, threshold: float) -> list[Fact]:
    """What is known of one cell of the table."""
    return [
        ("AP", share(float(shown.table[kind, column])), "Average precision."),
        ("class", shown.evaluated.classes[kind], "Click to walk through its finds."),
        ("IoU at least", f"{threshold:.2f}", "Click to set this threshold."),
    ]


EXPLANATION: Final = """
<p><b>Scoring.</b> All finds of a class, the best score first. A find is a <i>true positive</i> where its IoU with a
thing of its class is at least the threshold and no better find has taken that thing; else a <i>false positive</i>: a
second one of the same thing, the wrong class, too little overlap, or nothing there. After every find</p>
<p>precision = right finds / all finds so far &nbsp; recall = right finds / all things</p>
<p>give one point. The <i>envelope</i> is the best precision at this recall or any later one; <i>average precision</i>
is the area beneath it: at every recall (VOC from 2010 on), at 11 recalls (VOC 2007) or at 101 (COCO). mAP is its mean
over the classes that are there; mAP@0.5:0.95 is the mean over ten IoU thresholds, too.</p>
<p><b>An erratum.</b> A find counts as right where IoU ≥ 0.5. Slides that print “IoU ≤ 0.5” have the sign reversed.</p>
<p>The labelled set is made on the spot: scikit-learn's 8 × 8 digits (Alpaydin &amp; Kaynak 1998) on paper, read by the
bundled detector. Drop a folder with labels in VOC or YOLO format to score a detector on pictures of your own.</p>
<p>Everingham et al., <i>The PASCAL visual object classes challenge</i> (2010), section 4.2. Lin et al., <i>Microsoft
COCO</i> (2014); its published scorer, pycocotools, gives the same numbers for the 101 recalls. In the list of finds of
VOC a find is compared with the thing it overlaps most, whether that is taken or not; here, as in COCO, with those that
are still free.</p>
"""
