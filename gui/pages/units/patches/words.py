"""The view in words: what is looked through, how far it is, what a patch is."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.inside.patches.requests import MiningReport, Patch, Pictures, UnitPatches
from gui.widgets.facts import Fact

STRONGEST = (
    "where the unit is strongest, one a picture",
    "strongest first, one a picture",
    "strongest first",
)
PROJECTED = (
    "by the deconvnet; each in a scale of its own, grey is zero",
    "deconvnet, own scales, grey is zero",
    "grey is zero",
)
NEVER = "0: never fires here"


def chosen(pictures: Pictures) -> str:
    """What a person chose to look through, as a sentence."""
    if pictures.kind == "bundled":
        return "The pictures that come with the program"
    what = "Frames of the film" if pictures.kind == "video" else "The folder"
    return f"{what} {Path(pictures.path).name or pictures.path}"


def number(value: float) -> str:
    """An activation: four significant digits, so that columns of them stand beneath each other."""
    text = f"{value:.0f}" if abs(value) >= 1000 else f"{value:#.4g}"
    return text.replace("-", "−")


def heading(answer: UnitPatches) -> str:
    return f"{answer.request.layer}, channel {answer.request.channel}"


def extent(patch: Patch) -> str:
    """The largest magnitude that arrived at a pixel, which is drawn black or white; "" while it is on its way."""
    if patch.projection is None:
        return ""
    return f"±{float(np.abs(patch.projection).max()):#.3g}"


def summary(answer: UnitPatches) -> str:
    """What the patches are the strongest of."""
    seen = f"{answer.mined:,}" if answer.mined == answer.total else f"{answer.mined:,} of {answer.total:,}"
    pictures = {"video": "frames of", "folder": "pictures in"}.get(answer.request.pictures.kind, "of")
    where = "the net sees all of each" if answer.whole else f"receptive field {answer.field}"
    return f"strongest of {seen} {pictures} {answer.collection} · {where}"


def progress_line(pictures: Pictures, report: MiningReport | None) -> str:
    """How far the looking through is."""
    if report is None:
        return chosen(pictures)
    text = f"{report.collection[:1].upper()}{report.collection[1:]}: {report.mined:,} of {report.total:,}"
    return f"{text}, {report.skipped_count:,} left out" if report.skipped_count else text


def left_out(report: MiningReport) -> str:
    """The name of the list of what was left out."""
    shown = len(report.skipped)
    first = f"; the first {shown:,} of them" if shown < report.skipped_count else ""
    return f"Left out, because unreadable: {report.skipped_count:,}{first}"


def nothing_yet(answer: UnitPatches, mining: bool) -> str:
    if mining:
        return "The pictures are being looked through; the first patches come in a moment."
    return "Nothing was looked through yet. Choose “Go on”, or another collection." if answer.total else ""


def patch_facts(place: int, patch: Patch) -> list[Fact]:
    """What is under the pointer."""
    top, left, bottom, right = patch.window
    rows: list[Fact] = [
        ("patch", f"number {place + 1}", "Counted from the strongest."),
        ("picture", patch.title, patch.picture),
        ("activation", number(patch.value), "What the unit put out there: the largest value of its map."),
        ("place", f"row {patch.place[0]}, column {patch.place[1]}", "On the unit's map, counted from 0."),
        (
            "reads", f"rows {top} to {bottom - 1}, columns {left} to {right - 1}",
            "Of the net's input; what lies outside of the picture is padding.",
        ),
    ]  # fmt: skip
    if patch.projection is not None:
        rows.append(
            (
                "projection",
                extent(patch),
                "The largest magnitude that arrived at a pixel: black or white in its channel.",
            )
        )
    if patch.problem:
        rows.append(("problem", patch.problem, ""))
    return rows


def found_facts(answer: UnitPatches | None, report: MiningReport | None) -> list[Fact]:
    """What the inspector tells about the index and the answer."""
    rows: list[Fact] = []
    if report is not None:
        rows += [
            ("pictures", f"{report.mined:,} of {report.total:,}", "Looked at so far."),
            ("left out", f"{report.skipped_count:,}", "Files and folders that could not be read."),
            (
                "index", f"{report.units:,} units in {report.layers} layers",
                f"Nine activations of every unit, kept in {report.file}.",
            ),
        ]  # fmt: skip
        if report.rate:
            rows.append(
                ("speed", f"{report.rate:.1f} pictures/s", "Reading, preparing and the net together.")
            )
    if answer is not None and answer.complete:
        rows.append(("looked up in", f"{answer.seconds * 1000:.0f} ms", "Patches and their projections."))
    return rows
