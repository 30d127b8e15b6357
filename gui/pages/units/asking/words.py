"""What the view "Ask" says in words and numbers: pure functions of the engine's answers."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.inside.asking.requests import Attribution, CamMap, Grown, Saliency
from gui import colormaps
from gui.theme import VIRIDIS
from gui.widgets.facts import Fact
from gui.widgets.heat_view import Heat
from gui.widgets.picture_tile import Key
from gui.widgets.plate import number_text

Floats = npt.NDArray[np.float32]
TITLES = {
    "cam": "Grad-CAM", "gradient": "Gradient", "smooth": "SmoothGrad", "integrated": "Integrated gradients",
}  # fmt: skip
CLIP = 99.5
"""The percentile of sizes at which colours saturate: a few pixels would take all of them otherwise."""
CAM_STRENGTH = 0.65
BASELINES = {"black": "black", "grey": "grey", "white": "white", "blur": "the blurred picture"}


def cam_heat(answer: CamMap) -> tuple[Heat, Key]:
    """Grad-CAM over the picture, blended from cell to cell as its authors show it."""
    high = _largest(answer.cam)
    heat = Heat(answer.cam, 0.0, high, VIRIDIS, strength=CAM_STRENGTH, smooth=True)
    return heat, (VIRIDIS, "0", number_text(high, 2), "")


def size_heat(gradient: Floats) -> tuple[Heat, Key]:
    """The largest size over the channels, a number a pixel (Simonyan et al. 2013), from float32[C, H, W]."""
    sizes = np.abs(gradient).max(0)
    high = _clipped(sizes)
    return Heat(sizes, 0.0, high, VIRIDIS), (VIRIDIS, "0", f"≥ {_short(high)}", "|gradient|")


def signed_heat(values: Floats) -> tuple[Heat, Key]:
    """The sum over the channels, signed, from float32[C, H, W]."""
    sums = values.sum(0)
    limit, anchors = _clipped(np.abs(sums)), colormaps.activation_anchors()
    return Heat(sums, -limit, limit, anchors), (anchors, f"≤ {_short(-limit)}", f"≥ {_short(limit)}", "")


def _largest(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def _clipped(sizes: Floats) -> float:
    finite = sizes[np.isfinite(sizes)]
    high = float(np.percentile(finite, CLIP)) if finite.size else 0.0
    return high or _largest(sizes)


def _short(value: float) -> str:
    digits = 2 if abs(value) >= 0.1 else 4
    return number_text(value, digits)


def cam_detail(answer: CamMap) -> str:
    height, width = answer.cam.shape
    if not np.isfinite(answer.cam).all():
        return f"{answer.layer}: values that are no numbers (NaN)"
    if not answer.cam.any():
        return f"{answer.layer}: no map speaks for it"
    return f"maps of {answer.layer}, {height} × {width}"


def gradient_detail(answer: Saliency) -> str:
    return "what a tiny change of each pixel does"


def smooth_detail(answer: Saliency) -> str:
    wanted = answer.request.samples
    so_far = "" if answer.samples == wanted else f" of {wanted} so far"
    return f"mean of {answer.samples}{so_far} noisy copies, noise {answer.request.noise * 100:.0f} %"


def integrated_detail(answer: Attribution) -> str:
    return f"adds up to {_signed(answer.total)} of {_signed(answer.difference)}: {missing(answer)}"


def missing(answer: Attribution) -> str:
    """How far the attributions are from complete, as a share."""
    if not math.isfinite(answer.gap):
        return "no numbers (NaN)"
    if answer.difference == 0:
        return f"{_signed(answer.gap)} missing"
    return f"{abs(answer.gap / answer.difference) * 100:.1f} % off"


def completeness(answer: Attribution) -> str:
    """The completeness check as a sentence."""
    return (
        f"Completeness: from {BASELINES[answer.request.baseline]} to the picture, {answer.aimed.name} goes from "
        f"{number_text(answer.score_baseline, 3)} to {number_text(answer.aimed.score, 3)}, a difference of "
        f"{_signed(answer.difference, 3)}. The attributions of all pixels add up to {_signed(answer.total, 3)}: "
        f"{missing(answer)} with {answer.request.steps} points."
    )


def _signed(value: float, digits: int = 2) -> str:
    text = number_text(value, digits)
    return text if value < 0 or not math.isfinite(value) else f"+{text}"


def cam_facts(answer: CamMap) -> list[Fact]:
    order = np.argsort(-np.nan_to_num(answer.weights))
    first, last = int(order[0]), int(order[-1])
    return [
        ("asked about", answer.aimed.name, "What all gradients are taken of."),
        ("its score", number_text(answer.aimed.score, 4), "A logit, or the unit's activation."),
        (
            "largest weight",
            f"map {first}",
            f"A map's weight is its mean gradient, here {number_text(float(answer.weights[first]), 5)}.",
        ),
        (
            "smallest weight",
            f"map {last}",
            f"A map's weight is its mean gradient, here {number_text(float(answer.weights[last]), 5)}.",
        ),
    ]


def integrated_facts(answer: Attribution) -> list[Fact]:
    return [
        ("score, picture", number_text(answer.aimed.score, 4), ""),
        ("score, baseline", number_text(answer.score_baseline, 4), BASELINES[answer.request.baseline]),
        ("difference", _signed(answer.difference, 4), "What the attributions have to add up to."),
        ("sum of attributions", _signed(answer.total, 4), "Over all pixels and channels."),
        ("missing", _signed(-answer.gap, 4), f"{missing(answer)}; more points leave less."),
    ]


def grown_detail(answer: Grown) -> str:
    """One line beneath the name of a growing picture."""
    if answer.still:
        return f"step {answer.step} of {answer.request.steps}: nothing excites it yet"
    return f"step {answer.step} of {answer.request.steps}, answer {number_text(float(answer.scores[-1]), 2)}"


def grown_facts(answer: Grown) -> list[Fact]:
    height, width = answer.pixels.shape[:2]
    return [
        ("grows for", answer.name, ""),
        ("step", f"{answer.step} of {answer.request.steps}", ""),
        ("answer to noise", number_text(float(answer.scores[0]), 3), "Where it began."),
        (
            "answer now",
            number_text(float(answer.scores[-1]), 3),
            "A logit, a mean over a map, or one activation.",
        ),
        ("picture", f"{width} × {height} px", "As large as what the net reads."),
        ("noise", f"seed {answer.request.seed}", "The same seed grows the same picture again."),
    ]
