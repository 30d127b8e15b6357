"""A run in words. Pure functions."""

from __future__ import annotations

from typing import Final

from engine.style.requests import Painted, Plan
from engine.style.settings import StyleSettings
from gui.pages.style.paint.runs import Moment, Run
from gui.pages.style.paint.weight_slider import weight_text

PHASES: Final = {
    "waiting": "Waiting for the net",
    "running": "Painting",
    "paused": "Paused",
    "done": "Painted",
    "stopped": "Stopped and kept",
    "memory": "Out of memory: the last good picture is kept",
    "failed": "Not painted",
    "cancelled": "Cancelled; what there is was kept",
    "left": "Left for another run",
}


def progress_text(run: Run) -> str:
    """Step, pace, time left, memory, where it runs: one line."""
    painted = run.painted
    if painted is None:
        return PHASES[run.phase]
    parts = [f"{PHASES[run.phase]}: step {painted.step} of {painted.total}"]
    if run.phase == "running":
        parts += [pace_text(painted), left_text(painted)]
    elif painted.seconds:
        parts.append(f"{duration(painted.seconds)} of work")
    parts.append(size_text(painted.size))
    if painted.levels > 1:
        parts.append(f"size {painted.level + 1} of {painted.levels}")
    if painted.peak is not None:
        parts.append(f"{memory_of(painted)} {bytes_text(painted.peak)} at most")
    parts.append(f"{painted.device}, {painted.precision}")
    return " · ".join(part for part in parts if part)


def memory_of(painted: Painted) -> str:
    """Whose memory was counted: on a CPU that of everything that runs here."""
    return "program" if painted.device.startswith("cpu") else "device"


def pace_text(painted: Painted) -> str:
    """ "3.1 steps/s"; seconds a step where that is slow."""
    if not painted.rate:
        return ""
    return f"{painted.rate:.1f} steps/s" if painted.rate >= 1 else f"{1 / painted.rate:.1f} s a step"


def left_text(painted: Painted) -> str:
    """How long the rest takes at the present pace, larger sizes in proportion."""
    if not painted.rate:
        return ""
    ahead = painted.total - painted.step if painted.ahead is None else painted.ahead
    return f"{duration(ahead / painted.rate)} left"


def duration(seconds: float) -> str:
    """ "4 s", "2 min 5 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def bytes_text(count: int) -> str:
    """ "412 MB", "1.3 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def size_text(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"


def run_name(run: Run) -> str:
    """ "Run 3, from step 40 of run 2"."""
    if run.parent is None:
        return f"Run {run.number}"
    return f"Run {run.number}, from step {run.parent[1]} of run {run.parent[0]}"


def weights_text(settings: StyleSettings) -> str:
    """The three weights of J."""
    return f"α {weight_text(settings.alpha)} · β {weight_text(settings.beta)} · TV {weight_text(settings.variation)}"


def moment_text(run: Run, moment: Moment) -> str:
    """A moment as its caption says it."""
    height, width = moment.pixels.shape[:2]
    return f"{run_name(run)}: step {moment.step}, {width} × {height} pixels"


def plan_text(plan: Plan) -> str:
    """What the run would take, before it begins."""
    size = size_text(plan.sizes[-1])
    room = "" if plan.room is None else f" of {bytes_text(plan.room)} free"
    if plan.fits:
        return f"{plan.title} at {size}: about {bytes_text(plan.bytes)}{room}."
    free = bytes_text(plan.room or 0)
    return f"{plan.title} at {size} would take {bytes_text(plan.bytes)}; {free} of memory are free."
