"""What the deconvnet view says about rules and steps."""

from __future__ import annotations

from typing import Final

from engine.inside.descent.requests import Action, Band, Descents, DescentStep, Rule
from gui.widgets.facts import Fact
from gui.widgets.number_text import format_number

TITLES: Final[dict[Rule, str]] = {
    "deconvnet": "Deconvnet", "guided": "Guided backprop", "gradient": "Gradient",
}  # fmt: skip
AT_RELU: Final[dict[Rule, str]] = {
    "deconvnet": "max(0, s)", "guided": "max(0, s) · [x > 0]", "gradient": "s · [x > 0]",
}  # fmt: skip
DIFFERS: Final[dict[Rule, str]] = {
    "deconvnet": "At a ReLU it cuts off what is negative in the signal s that comes down, whatever came up. "
    "Zeiler & Fergus 2013.",
    "guided": "At a ReLU it asks for both: a positive signal s, and an input x that was positive on the way up. "
    "Springenberg et al. 2014.",
    "gradient": "At a ReLU it lets the signal s pass, of either sign, where the input x was positive on the way up. "
    "Simonyan et al. 2013.",
}

NO_STEPS: Final = "The unit stands at the picture itself: there is nothing to go down through."
OFF: Final = (
    "The unit is off: its activation is 0, so nothing comes down. Choose another place, channel or picture."
)

_DONE: Final[dict[Action, str]] = {
    "transpose": "Transposed filters: each value spreads out.",
    "unpool": "Unpooled: each value goes back to its switch (the dots).",
    "spread": "Spread in equal parts over what it was the mean of.",
    "scale": "Scaled by the factor of its channel.",
    "slope": "Multiplied by the slope that the function had; nothing is cut off.",
    "both": "A skip connection: the signal goes down both ways, unchanged.",
    "split": "A concatenation: every branch gets the slice that it had put in.",
    "move": "Put back in the order that it had on the way up.",
    "rectify": "",
    "hold": "",
}
_RECTIFIED: Final[dict[Rule, str]] = {
    "deconvnet": "Rectified, the negative is cut off",
    "guided": "Rectified, and kept where x > 0",
    "gradient": "Kept where x > 0",
}


def done(step: DescentStep, rule: Rule) -> str:
    """What happened in a step, in a sentence."""
    if step.action == "rectify":
        left = sum(band.strength for band in step.below) / (step.above.strength or 1.0)
        gone = max(0.0, 1 - left)
        return f"{_RECTIFIED[rule]}: {gone:.0%} of it is gone."
    if step.action == "hold":
        if rule == "gradient":
            return "Differentiated as it is, with everything that it depends on."
        return "Held: multiplied by what it was multiplied by on the way up."
    return _DONE[step.action]


def no_steps(found: Descents, rule: Rule) -> str:
    """Why there is no way down to step through."""
    return found.refusals.get(rule, OFF if found.value == 0 else NO_STEPS)


def band_title(band: Band) -> str:
    """A layer with its shape and where the signal is."""
    channels, rows, columns = band.shape
    shape = f"{rows} × {columns} × {channels}" if rows * columns > 1 else f"{channels} values"
    height, width = band.size
    if (height, width) == (rows, columns):
        return f"{band.layer} · {shape}"
    where = f"{_span('row', band.top, height)}, {_span('column', band.left, width)}"
    return f"{band.layer} · {shape} · {where}"


def short(number: float) -> str:
    """A number in four figures or fewer, without powers of ten where it can be read at once."""
    return f"{number:,.0f}" if 1000 <= number < 1e7 else f"{number:.3g}"


def _span(noun: str, first: int, count: int) -> str:
    return f"{noun} {first}" if count == 1 else f"{noun}s {first}–{first + count - 1}"


def facts(found: Descents) -> list[Fact]:
    """The inspector's rows about a descent."""
    rows: list[Fact] = [
        (
            "signal begins with",
            format_number(round(found.value, 5)),
            "The unit's activation, under all three rules alike.",
        )
    ]
    for rule, picture in found.pictures.items():
        largest = float(abs(picture).max()) if picture.size else 0.0
        rows.append(
            (f"{TITLES[rule]}, largest", f"{largest:.3g}", "Magnitude at a pixel, in units of the input.")
        )
    rows += [
        ("steps down", str(len(found.steps)), ""),
        ("one descent", f"{found.seconds * 1000:.1f} ms", f"On {found.device}."),
    ]
    if found.forward_seconds:
        rows.append(("the way up", f"{found.forward_seconds * 1000:.1f} ms", "The net up to this layer."))
    return rows
