"""The view "Live" in words. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.images import Frame
from engine.style.fast.requests import FastList, KeptNet, Restyled, Trained
from gui.pages.style.paint.words import duration, size_text

ENDS: Final = {
    "done": "has learned",
    "stopped": "was stopped and kept",
    "memory": "ran out of memory; what it had learned was kept",
}


def live_text(answer: Restyled, fps: float, latency: float, *, playing: bool) -> str:
    """How quick it is: one line. `fps` pictures a second (0 where unknown), `latency` in seconds."""
    height, width = answer.pixels.shape[:2]
    parts = [size_text((width, height))]
    if playing:
        parts.insert(0, f"{latency * 1000:.0f} ms behind")
        parts.insert(0, f"{fps:.1f} frames/s")
    what = "the net" if not answer.step else f"{answer.step} steps on this picture, the last"
    parts.append(f"{what} {answer.seconds * 1000:.0f} ms")
    parts.append(answer.device)
    return " · ".join(parts)


def learning_text(trained: Trained | None, title: str, *, paused: bool) -> str:
    """The training in a line: step, pace, time left, photos."""
    if trained is None:
        return f"“{title}”: the net and the photos are being read"
    state = "rests" if paused else "learns"
    parts = [f"“{title}” {state}: step {trained.step} of {trained.total}"]
    if trained.rate and not paused:
        pace = trained.rate
        parts.append(f"{pace:.1f} steps/s" if pace >= 1 else f"{1 / pace:.1f} s a step")
        parts.append(f"{duration((trained.total - trained.step) / pace)} left")
    parts.append(f"{trained.photos} photos")
    parts.append(trained.device)
    return " · ".join(parts)


def ended_text(trained: Trained) -> str:
    """A training that is over."""
    if not trained.step and trained.outcome == "memory":
        return f"“{trained.title}”: the memory ran out before the first step. Fewer or smaller crops a step need less."
    if not trained.step:
        return f"“{trained.title}” was stopped before its first step; nothing was kept."
    if trained.kept is None:
        return f"“{trained.title}” {ENDS['done']}, but could not be kept. {trained.note}".strip()
    how = ENDS.get(trained.outcome, ENDS["done"])
    return f"“{trained.title}” {how}: {trained.step} steps in {duration(trained.seconds)}."


def failed_text(trained: Trained) -> str:
    """A training that broke off; why stands in the banner of the view."""
    return f"“{trained.title}” broke off at step {trained.step} of {trained.total}; nothing of it was kept."


def title_of(styles: Sequence[Frame]) -> str:
    """What a net trained on these is called at first."""
    names = [style.name.rsplit(".", 1)[0] or style.name for style in styles]
    return " + ".join(names)[:60]


def damaged_text(found: FastList) -> str:
    """Which files cannot be used."""
    if not found.damaged:
        return ""
    named = " ".join(f"{name}: {why}" for name, why in found.damaged)
    return f"Not usable: {named}"


def net_text(net: KeptNet) -> str:
    """A net in a tooltip."""
    where = (
        "comes with the program"
        if net.bundled
        else f"{net.size / 1000:.0f} kB, in the models folder under styles"
    )
    return f"{net.title}: {', '.join(net.styles)}; {net.steps} steps; {where}"
