"""Rows for the inspector and the line beneath the picture: true numbers with their units and where they are from."""

from __future__ import annotations

from collections.abc import Sequence

from engine.detection.requests import Annotated
from gui.pages.detect.resolve import Shown
from gui.widgets.facts import Fact

DEVICES = {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}


def box_rows(shown: Shown, place: int) -> list[Fact]:
    """One find on show."""
    answer, found = shown.answer, shown.found
    x1, y1, x2, y2 = (float(value) for value in found.boxes[place])
    kind = int(found.classes[place])
    share = max(x2 - x1, 0.0) * max(y2 - y1, 0.0) / (answer.frame.width * answer.frame.height)
    rows: list[Fact] = [
        ("class", f"{answer.classes[kind]} ({kind})", "Its number among the detector's classes, from 0."),
        ("score", f"{float(found.scores[place]):.3f}", "How sure the detector is, 0 to 1."),
        ("x", f"{x1:.1f} to {x2:.1f}", "Left and right edge in pixels of the picture."),
        ("y", f"{y1:.1f} to {y2:.1f}", "Upper and lower edge in pixels of the picture."),
        ("width × height", f"{x2 - x1:.1f} × {y2 - y1:.1f}", "In pixels of the picture."),
        ("share of the picture", f"{100 * share:.1f} %", "Of its area."),
    ]
    tracks = shown.tracks
    if tracks is not None and tracks[shown.index[place]] > 0:
        rows.append(
            ("track", f"#{int(tracks[shown.index[place]])}", "The number that it keeps while it moves.")
        )
    lattice = shown.findings.lattice
    if lattice is not None and (cell := lattice.at((x1 + x2) / 2, (y1 + y2) / 2)) is not None:
        rows.append(("its middle is in", f"row {cell[0]}, column {cell[1]}", "Of the grid on show."))
    return rows


def place_rows(shown: Shown, x: int, y: int) -> list[Fact]:
    """A pixel without a box."""
    red, green, blue = (int(value) for value in shown.answer.frame.pixels[y, x])
    rows: list[Fact] = [
        ("x, y", f"{x}, {y}", "Pixel of the picture, counted from 0."),
        ("red, green, blue", f"{red}, {green}, {blue}", "0 to 255."),
    ]
    lattice = shown.findings.lattice
    if lattice is not None and (cell := lattice.at(x + 0.5, y + 0.5)) is not None:
        rows.append(("cell", f"row {cell[0]}, column {cell[1]}", "Click it to see what the net says there."))
    return rows


def answer_rows(shown: Shown) -> list[Fact]:
    """The whole answer."""
    answer = shown.answer
    times, box = answer.times, answer.letterbox
    hidden = len(answer.found.scores) - len(shown.index)
    rows: list[Fact] = [
        ("detector", answer.title, answer.note),
        (
            "found",
            f"{len(shown.index)}" + (f", {hidden} hidden" if hidden else ""),
            f"Scored {answer.settings.least:.2f} or better, {_suppressed(answer)}.",
        ),
        (
            "before suppression",
            "not told" if answer.raw_count is None else f"{answer.raw_count:,} boxes",
            "Everything that the net says: most of it is scored near 0.",
        ),
        (
            "the net reads",
            f"{box.width} × {box.height}",
            "The picture is scaled to that, with bars beside it.",
        ),
    ]
    for number, grid in enumerate(answer.grids):
        name = "grid" if len(answer.grids) == 1 else f"grid {number}"
        per = len(grid.anchors)
        rows.append(
            (
                name,
                f"{grid.rows} × {grid.columns}, {per} anchors",
                f"{grid.rows * grid.columns * per:,} boxes, a cell every {grid.stride:.0f} pixels.",
            )
        )
    if answer.no_numbers:
        rows.append(("no numbers", f"{answer.no_numbers:,} boxes", "NaN or infinite; left out."))
    rows += [
        (
            "time of the net",
            "kept" if times.net == 0 else f"{1000 * times.net:.1f} ms",
            "One forward pass. Kept: other thresholds on the same frame need no new one.",
        ),
        ("scaling", f"{1000 * times.prepare:.1f} ms", "From the picture to the net's input."),
        ("decoding, suppression", f"{1000 * times.after:.1f} ms", "From the net's numbers to boxes."),
        ("device", DEVICES.get(answer.device, answer.device), "Where the net runs."),
    ]
    return rows


def caption(shown: Shown) -> str:
    """The line beneath the picture: what was found, and out of what."""
    answer = shown.answer
    parts = [summary(shown)]
    if shown.raw_shown:
        boxes = "box" if shown.raw_shown == 1 else "boxes"
        parts.append(f"{shown.raw_shown:,} {boxes} before suppression")
    net = answer.times.net
    speed = f", net {1000 * net:.0f} ms" if net else ""
    parts.append(f"{answer.title}, {answer.frame.width} × {answer.frame.height} pixels{speed}")
    return " · ".join(parts)


def summary(shown: Shown) -> str:
    """ "3 found: 2 × person, 1 × dog"."""
    answer, found = shown.answer, shown.found
    if not len(found.scores):
        return f"Nothing found that is scored {answer.settings.least:.2f} or better"
    counts: dict[int, int] = {}
    for kind in found.classes.tolist():
        counts[kind] = counts.get(kind, 0) + 1
    named = [f"{count} × {answer.classes[kind]}" for kind, count in sorted(counts.items(), key=_most_first)]
    more = f" and {len(named) - 8} classes more" if len(named) > 8 else ""
    best = f", of which the best {answer.settings.most} are kept" if _full(answer) else ""
    return f"{len(found.scores)} found{best}: {', '.join(named[:8])}{more}"


def _full(answer: Annotated) -> bool:
    """Whether there may be more finds than are kept."""
    return len(answer.found.scores) >= answer.settings.most


def _suppressed(answer: Annotated) -> str:
    settings = answer.settings
    how = "without suppression" if settings.suppression == "none" else "after suppression"
    return f"{how}; no more than the best {settings.most} are kept" if _full(answer) else how


def _most_first(entry: tuple[int, int]) -> tuple[int, int]:
    return -entry[1], entry[0]


def table(shown: Shown) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """The finds on show as a table: names of the columns, rows."""
    answer: Annotated = shown.answer
    found = shown.found
    header = ("class", "label", "score", "x1", "y1", "x2", "y2")
    return header, [
        (kind, answer.classes[kind], score, *box)
        for kind, score, box in zip(
            found.classes.tolist(), found.scores.tolist(), found.boxes.tolist(), strict=True
        )
    ]
