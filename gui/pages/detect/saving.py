"""Where finds are saved and in which format: one dialog for a frame, a recording and a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

from engine.detection.exporting import Format, Recorded, texts
from engine.errors import UserError
from gui.export import save_text

FILTERS: Final[dict[Format, str]] = {
    "CSV": "CSV table (*.csv)",
    "JSON": "JSON (*.json)",
    "COCO": "COCO (*.coco.json)",
    "YOLO": "YOLO labels, a folder of text files (*.yolo)",
}
ENDINGS: Final[dict[Format, str]] = {"CSV": ".csv", "JSON": ".json", "COCO": ".coco.json", "YOLO": ""}
MOST_FILES: Final = 50_000


def ask(parent: QWidget, title: str, name: str) -> tuple[Path, Format] | None:
    """Ask where and as what; None when the person changed their mind."""
    chosen, picked = QFileDialog.getSaveFileName(parent, title, f"{name}.csv", ";;".join(FILTERS.values()))
    if not chosen:
        return None
    kind: Format = next((kind for kind, text in FILTERS.items() if text == picked), "CSV")
    return with_ending(Path(chosen), kind), kind


def with_ending(path: Path, kind: Format) -> Path:
    """The path with the ending of its format; labels of YOLO are a folder, which has none."""
    name = path.name
    for ending in sorted((*ENDINGS.values(), ".yolo"), key=len, reverse=True):
        if ending and name.lower().endswith(ending):
            name = name[: -len(ending)]
            break
    return path.with_name(f"{name or 'detections'}{ENDINGS[kind]}")


def save(
    path: Path,
    kind: Format,
    pictures: Sequence[Recorded],
    classes: Sequence[str],
    go_on: Callable[[], bool] = lambda: True,
) -> str:
    """Write finds; returns a sentence that says what was written. Raises UserError.

    Of many files no more are written once `go_on()` is false.
    """
    found = texts(kind, pictures, classes)
    boxes = sum(len(one.found.scores) for one in pictures)
    what = f"{boxes:,} {'box' if boxes == 1 else 'boxes'} of {len(pictures):,} " + (
        "picture" if len(pictures) == 1 else "pictures"
    )
    if kind != "YOLO":
        save_text(path, next(iter(found.values())))
        return f"Saved {path.name}: {what}."
    if len(found) > MOST_FILES:
        raise UserError(
            f"That would be {len(found):,} files.", "Save it as CSV, JSON or COCO: these are one file."
        )
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {path.name} could not be made ({error.strerror}).", "Choose another place."
        ) from error
    for number, (name, text) in enumerate(found.items()):
        if not go_on():
            return f"Only {number:,} of {len(found):,} files were written to {path.name}."
        save_text(path / name, text)
    return f"Saved the folder {path.name}: {what}, {len(found):,} files."
