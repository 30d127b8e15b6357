"""From the store's answer and the page's state to the rows on show, in words. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from engine.jobs import ErrorReport, Progress
from engine.networks import catalogue
from engine.networks.requests import WeightsStatus
from gui.pages.weights.state import WeightsState
from gui.status import seconds_text

Act = Literal["download", "resume", "cancel", "retry", "remove"]
Tone = Literal["good", "warn", "error", "muted", "accent"]

TASKS: Final = {
    "all": "All tasks",
    "classification": "Classification",
    "detection": "Detection",
    "faces": "Faces",
}
HERE: Final = ("bundled", "ready", "imported", "damaged")
_ORDER: Final = {"bundled": 0, "imported": 1}
ACT_WORDS: Final[dict[Act, str]] = {
    "download": "Download",
    "resume": "Go on",
    "cancel": "Cancel",
    "retry": "Try again",
    "remove": "Remove",
}
ACT_ICONS: Final[dict[Act, str]] = {
    "download": "download-outline",
    "resume": "download-outline",
    "cancel": "close",
    "retry": "refresh",
    "remove": "trash-can-outline",
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """A download as far as the page knows: under way, or ended with an error."""

    progress: Progress | None = None
    error: ErrorReport | None = None

    @property
    def running(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `group` is the heading over the first row of its kind."""

    status: WeightsStatus
    group: str
    transfer: Transfer | None = None

    @property
    def name(self) -> str:
        return self.status.name

    @property
    def share(self) -> float | None:
        """How much has come, 0..1, while it is downloaded; None otherwise."""
        if self.transfer is None or not self.transfer.running:
            return None
        progress = self.transfer.progress
        return progress.done / progress.total if progress is not None and progress.total > 0 else 0.0

    @property
    def act(self) -> Act | None:
        """What the row's button does; None for what is simply here."""
        if self.transfer is not None:
            return "cancel" if self.transfer.running else "retry"
        acts: dict[str, Act] = {"absent": "download", "partial": "resume", "damaged": "retry"}
        act = acts.get(self.status.state)
        return act if self.status.url else None

    @property
    def removable(self) -> bool:
        busy = self.transfer is not None and self.transfer.running
        return not busy and self.status.state not in ("bundled", "absent")


def rows(
    statuses: Sequence[WeightsStatus], transfers: dict[str, Transfer], state: WeightsState
) -> tuple[Row, ...]:
    """The rows that the state lets through: what comes with the program, a person's own, what is published."""
    words = state.query.casefold().split()
    chosen = [
        status
        for status in statuses
        if _of_task(status, state.task)
        and (not state.here or status.state in HERE or status.name in transfers)
        and all(word in _searched(status) for word in words)
    ]
    chosen.sort(key=lambda status: _ORDER.get(_origin(status), 2))
    return tuple(Row(status, _group(status), transfers.get(status.name)) for status in chosen)


def _of_task(status: WeightsStatus, task: str) -> bool:
    return task == "all" or status.task == task or (task == "faces" and status.task.startswith("face"))


def _searched(status: WeightsStatus) -> str:
    parts = (status.title, status.name, status.architecture, status.task, status.source, status.licence)
    return " ".join((*parts, *status.files)).casefold()


def _origin(status: WeightsStatus) -> str:
    return "imported" if status.name.startswith("imported/") else status.state


def _group(status: WeightsStatus) -> str:
    origin = _origin(status)
    if origin == "bundled":
        return "Comes with ConvScope"
    if origin == "imported":
        return "Your own files"
    return {"classification": "Published classifiers", "detection": "Published detectors"}.get(
        status.task, "Published networks for faces"
    )


# --- words ------------------------------------------------------------------------------------------------


def size_text(size: int | None, approximate: bool = False) -> str:
    """ "61 kB", "4.8 MB", "244 MB"; with a sign where it is rounded."""
    if size is None:
        return "unknown"
    value, unit = (size / 1e6, "MB") if size >= 1e6 else (size / 1e3, "kB")
    if size >= 1e9:
        value, unit = size / 1e9, "GB"
    digits = 1 if value < 10 else 0
    return f"{'≈ ' if approximate else ''}{value:,.{digits}f} {unit}"


def state_text(row: Row) -> str:
    """The state in a few words."""
    if row.transfer is not None:
        return progress_text(row.transfer) if row.transfer.running else "Failed"
    status = row.status
    if status.state == "partial":
        return f"{size_text(status.bytes_here)} are here"
    return {
        "bundled": "Ready, bundled",
        "ready": "Ready, checked",
        "imported": "Ready, yours",
        "absent": "Not here",
        "damaged": "Damaged",
    }[status.state]


def progress_text(transfer: Transfer) -> str:
    """ "43 % · 12 s left", or what goes on before the first byte."""
    progress = transfer.progress
    if progress is None:
        return "Waiting"
    if progress.done <= 0 or progress.total <= 0:
        return progress.message or "Connecting"
    share = f"{100 * progress.done / progress.total:.0f} %"
    left = progress.seconds_left
    return share if left is None else f"{share} · {seconds_text(left)} left"


def bytes_text(transfer: Transfer) -> str:
    """ "104 MB of 244 MB" while something comes, what it does before."""
    progress = transfer.progress
    if progress is None or progress.done <= 0:
        return "" if progress is None else progress.message
    return f"{size_text(int(progress.done))} of {size_text(int(progress.total))}"


def tone(row: Row) -> Tone:
    """The colour that goes with the state; the words say it too."""
    if row.transfer is not None:
        return "accent" if row.transfer.running else "error"
    tones: dict[str, Tone] = {"damaged": "error", "partial": "warn", "absent": "muted"}
    return tones.get(row.status.state, "good")


def icon(row: Row) -> str:
    """The sign that goes with the state."""
    if row.transfer is not None:
        return "progress-download" if row.transfer.running else "alert-circle-outline"
    return {
        "bundled": "package-variant-closed",
        "ready": "check-circle-outline",
        "imported": "check-circle-outline",
        "absent": "cloud-outline",
        "partial": "progress-download",
        "damaged": "alert-circle-outline",
    }[row.status.state]


def sentence(row: Row) -> str:
    """The state as the inspector says it."""
    status = row.status
    if row.transfer is not None and row.transfer.error is not None:
        error = row.transfer.error
        return f"{error.sentence} {error.hint}".strip()
    if row.transfer is not None:
        return "It is being downloaded. You can go on working, on other pages too."
    if status.state == "imported" and status.task.startswith("face"):
        return "Your own file. It turns a face into numbers: choose it on the page Faces."
    return {
        "bundled": "These weights were trained by this project and come with it. They need no network, ever.",
        "ready": f"On this computer. {checked_text(status)}",
        "imported": "Your own file. It was read without running any code and fits its network.",
        "absent": "Not on this computer yet. Download it, or bring the same file in with “Import file…”.",
        "partial": "A part of it is here. The download goes on where it stopped.",
        "damaged": status.note or "The file is not what was published. Download or import it again.",
    }[status.state]


def checked_text(status: WeightsStatus) -> str:
    """What the checksum of a published file proves."""
    if status.proof_digits >= 64:
        return "Its checksum is the published one."
    return f"Its checksum begins with the {status.proof_digits} digits that are published."


def classifies(status: WeightsStatus) -> bool:
    """Whether a picture can be shown to these weights now."""
    return status.task == "classification" and status.state in ("bundled", "ready", "imported")


def detects(status: WeightsStatus) -> bool:
    """Whether things can be found with these weights now; ONNX graphs are not run here."""
    here = status.state in ("bundled", "ready", "imported")
    return status.task == "detection" and here and not any(name.endswith(".onnx") for name in status.files)


def known_network(architecture: str) -> bool:
    """Whether the catalogue has this network, so that its layers can be shown."""
    return architecture in catalogue.names()


def card_of(status: WeightsStatus) -> Path | None:
    """The model card of bundled weights: how they were made, and what they reach."""
    if status.state != "bundled" or status.path is None:
        return None
    card = status.path.with_suffix(".md")
    return card if card.is_file() else None


def short_figure(status: WeightsStatus) -> str:
    """The number alone: "80.86 %"."""
    return status.figures.split(" (")[0].removeprefix(figure_kind(status)).strip()


def figure_kind(status: WeightsStatus) -> str:
    """What the number measures: "top-1" of a classifier, "mAP" of a detector; empty where there is none."""
    return status.figures.split(" ")[0]


def spoken(row: Row) -> str:
    """A row as a screen reader says it."""
    status = row.status
    size = size_text(status.bytes, status.approximate)
    figures = f", {status.figures}" if status.figures else ""
    return f"{status.title}, {status.task}{figures}, {size}, {status.licence}, {state_text(row)}"


def total_text(statuses: Sequence[WeightsStatus]) -> str:
    """What the models folder holds."""
    held = [s for s in statuses if s.state != "bundled" and s.bytes_here]
    if not held:
        return "Nothing has been downloaded or imported yet."
    count = "1 network" if len(held) == 1 else f"{len(held)} networks"
    return f"{count}, {size_text(sum(s.bytes_here for s in held))} in all."
