"""What the view "Enrol" tells in the inspector and saves as a table: pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from engine.faces.found import Quality
from gui.pages.faces.enrol.batch import Candidate
from gui.pages.faces.recognise.resolve import turned
from gui.pages.faces.view import Table
from gui.widgets.facts import Fact


def batch_facts(people: Sequence[Candidate], progress: tuple[int, int]) -> list[Fact]:
    """How far a batch was read, and what of it can be used."""
    done, count = progress
    good = sum(len(person.good) for person in people)
    return [
        ("read", f"{done} of {count}", "Files, one after another."),
        ("can be used", f"{good}", "One face, large, sharp and bright enough."),
    ]


def face_facts(quality: Quality) -> list[Fact]:
    """How good the face before the camera is."""
    return [
        ("size", f"{quality.size:.0f} pixels", "The shorter side of the face."),
        ("sharpness", f"{quality.sharpness:.0f}", "Variance of the Laplacian of the crop."),
        ("light", f"{quality.light:.0f}", "Mean grey level, 0 to 255."),
        ("contrast", f"{quality.contrast:.0f}", "Standard deviation of the grey levels."),
        (
            "turned",
            turned(quality) or "not told",
            "Left or right, up or down, estimated from the five landmarks.",
        ),
    ]


def table(people: Sequence[Candidate]) -> Table | None:
    """A row a file, None without any."""
    rows = [
        (person.name, photo.path.name, "usable" if photo.face is not None else photo.refused or "not read")
        for person in people
        for photo in person.photos
    ]
    return (("person", "file", "verdict"), rows) if rows else None
