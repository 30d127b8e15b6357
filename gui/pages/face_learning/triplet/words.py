"""The words of the view "Triplet loss"."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.faces.learning.plane import NOWHERE, Measured

HOW: Final = "Drag a point, or go through them with Tab and move with the arrows. Space takes steps downhill."

EXPLANATION: Final = """
<p><b>Triplet loss.</b> The anchor A and the positive P show one person, the negative N another one. With the squared
distance d(a, b) = ||f(a) − f(b)||² the loss is L = max(d(A, P) − d(A, N) + α, 0): N is to be farther from A than P by
at least the margin α. While it is not, ∂L/∂A = 2(N − P), ∂L/∂P = 2(P − A), ∂L/∂N = 2(A − N); else all of them are 0.
A negative nearer than P is <i>hard</i>, one beyond P but within the margin <i>semi-hard</i>, one beyond the margin
<i>easy</i>: it teaches nothing. Without a margin f = 0 for every picture would be perfect: every distance is 0, and
so is the loss. With it this costs α. The gradient is 0 even so in that one point; any nudge leads out of it.</p>
<p>Schroff, Kalenichenko and Philbin, <i>FaceNet: a unified embedding for face recognition and clustering</i>
(2015).</p>
"""


def verdict(found: Measured) -> str:
    """What the triplet is, and what follows, in a sentence."""
    margin = found.rules.margin
    if found.to_positive < NOWHERE and found.to_negative < NOWHERE:
        if margin == 0:
            return "The trap: all points are one, and the loss is 0. Without a margin, f = 0 is a perfect answer."
        return f"All points are one: the loss is the margin, {margin:.2f}. No gradient here, but any nudge leads out."
    kind = found.kind.capitalize()
    if found.kind == "hard" and found.loss == 0:
        return "Hard: N is no farther than P, but without a margin as far is enough: the loss is 0, nothing moves."
    if found.kind != "easy" and np.abs(found.gradients).max() < NOWHERE:
        return f"{kind}: the loss is {found.loss:.2f}, but it has no slope here: nothing moves until a nudge leads out."
    if found.kind == "easy":
        return "Easy: N is farther than P by the margin or more. The loss is 0, nothing moves."
    if found.kind == "semi-hard":
        return (
            "Semi-hard: N is farther than P, but by less than the margin. P is pulled in, N is pushed away."
        )
    return "Hard: N is no farther than P. The loss is the margin at least; P is pulled in, N is pushed away."
