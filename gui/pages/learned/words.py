"""What the views say in words."""

from __future__ import annotations

import math

from engine.foundations.learned import Bowl
from engine.foundations.learned.targets import target
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.state import LearnedState
from gui.widgets.plate import number_text
from gui.widgets.stage_text import plain, plural

NEAR = 0.01
"""A kernel whose numbers all lie so near to the target's is called found."""
TINY, MANY = 1e-4, 10.0
"""Smaller shares are said the other way round, larger ones in times."""
NUMBERS = {9: "Nine numbers", 25: "25 numbers", 49: "49 numbers"}
OPTIMISERS = {"sgd": "gradient descent", "momentum": "momentum", "adam": "Adam"}


def train_sentences(resolved: Resolved) -> list[str]:
    """What the view of the training says."""
    return [_progress(resolved), *_why(resolved)]


def _progress(resolved: Resolved) -> str:
    state, moment = resolved.state, resolved.moment
    if moment == 0:
        return _beginning(resolved)
    first = float(resolved.run.losses[0]) if resolved.run is not None else 0.0
    said = f"After {plural(moment, 'update')} of {OPTIMISERS[state.optimiser]} the loss is {short(resolved.loss)}"
    said += f", {_of_noise(resolved.loss / first)}." if first > 0 else "."
    if resolved.broken_off and resolved.run is not None and moment == resolved.run.last:
        return f"{said} The training is broken off here."
    if state.covered or (resolved.diverges and resolved.loss > first):
        return said
    apart = largest_difference(resolved)
    if apart < NEAR:
        return f"{said} The kernel is found: no number is further than {short(apart)} from the target."
    return f"{said} The largest difference to the target is {short(apart)}."


def _beginning(resolved: Resolved) -> str:
    """About the noise: an invitation, or, where a later moment is wanted, that it has not been reached yet."""
    noise = f"{NUMBERS[resolved.state.size**2]} of noise."
    if resolved.state.step > 0:
        return f"{noise} The training has not come further yet."
    return f"{noise} The difference between both responses tells each which way to go. Space begins."


def _of_noise(share: float) -> str:
    """A loss beside that of the noise, in words that can be read aloud."""
    if share >= MANY:
        return f"{short(share)} times that of the noise"
    if 0 < share < TINY:
        return f"{float(f'{1 / share:.2g}'):,.0f} times smaller than the noise's"
    return f"{percent(share)} of the noise's"


def _why(resolved: Resolved) -> list[str]:
    """One sentence about what stands in the way, if anything does."""
    bowl, state = resolved.bowl, resolved.state
    if bowl is None:
        return []
    if resolved.moment:  # before the first update a class may guess
        if resolved.diverges:
            return [rate_sentence(resolved, bowl)]
        if resolved.broken_off:
            return [
                f"The learning rate {short(state.rate)} is too large for these crops. {rate_sentence(resolved, bowl)}"
            ]
    if not bowl.rank:
        return ["As the pixels are scaled here, all of them are 0: this picture teaches nothing at all."]
    if bowl.rank < len(bowl.curvatures):
        return [
            f"This picture teaches {bowl.rank} of {plural(len(bowl.curvatures), 'direction')}: many kernels answer to "
            "it alike, so the loss may vanish and the kernel still be wrong."
        ]
    if resolved.exercise.noise > 0:
        return [f"The target has noise: no kernel gets below a loss of {short(bowl.least)}."]
    if state.batch == "crops":
        return [
            f"Every update sees {plural(state.crops, 'crop')}, outlined in the photo: the way is noisy, but cheap."
        ]
    return []


def rate_sentence(resolved: Resolved, bowl: Bowl) -> str:
    """Whether the learning rate is small enough, and what it does along the steepest direction."""
    state = resolved.state
    limit, factors = bowl.stable_rate(state.spec), bowl.factors(state.spec)
    if limit is None or factors is None:
        return "Adam scales every number's step by its own gradients: no rate of it is stable or unstable by itself."
    if state.batch == "crops":
        return f"With the whole picture the learning rate would have to stay below {short(limit)}."
    bound = "2/λ" if state.optimiser == "sgd" else "2(1 + μ)/λ"
    if state.rate > limit:
        return (
            f"The learning rate {short(state.rate)} is above {bound} = {short(limit)}: along the steepest direction "
            f"every update makes the error {abs(float(factors[0])):.2f} times as large, so the loss explodes."
        )
    return (
        f"The learning rate {short(state.rate)} is below {bound} = {short(limit)}: all that the picture teaches is "
        "learned in the end."
    )


def short(value: float, digits: int = 3) -> str:
    """A number with three digits, a true minus sign; also what is no finite number."""
    value = float(value)
    return plain(float(f"{value:.{digits}g}")) if math.isfinite(value) else number_text(value)


def about_target(state: LearnedState) -> str:
    """What the target is, beneath its name."""
    if state.target == "hidden" and not state.hidden:
        return "Drawn by lot, another one for every seed. Type numbers of your own to hide those."
    return target(state.target).text


def direction_sentences(resolved: Resolved) -> list[str]:
    """What the view of the directions says."""
    bowl = resolved.bowl
    if bowl is None:
        return ["The patches of the photo are being added up."]
    count = len(bowl.curvatures)
    if bowl.rank < count:
        flat = count - bowl.rank
        shape = (
            f"Along {plural(flat, 'direction')} of {count} this picture does not change the response at all: what is "
            "wrong there stays wrong, and the loss does not know."
        )
        return [rate_sentence(resolved, bowl), shape]
    shape = (
        f"The loss is a bowl in {count} numbers, and the photo alone decides its shape. It is {short(bowl.condition)} "
        "times as steep along one direction as along another, so one rate cannot suit all of them."
    )
    return [shape, rate_sentence(resolved, bowl)]


def compare_sentences(resolved: Resolved) -> list[str]:
    """What the view of the comparison says."""
    if resolved.state.covered:
        return ["The target is covered. Say what you think it is, then reveal it (R)."]
    said = [
        f"Largest difference {short(largest_difference(resolved))}, distance {short(resolved.distance)}, cosine "
        f"{resolved.cosine:.4f}".replace("-", "−")
        + " between the learned kernel and the one made by hand."
    ]
    bowl = resolved.bowl
    if bowl is not None:
        more = "" if bowl.rank == len(bowl.curvatures) else " (the shortest of many)"
        said.append(
            f"Least squares solves it in one go{more}: its loss is {short(bowl.least)}. Gradient descent comes to the "
            "same, step by step, and still works where no formula does."
        )
    return said


def largest_difference(resolved: Resolved) -> float:
    """Of any number of the kernel to the target's."""
    return float(abs(resolved.kernel - resolved.exercise.kernel).max())


def percent(share: float) -> str:
    """A share with as many digits as say something: 12 %, 0.031 %."""
    return f"{short(100 * share, 2)} %"
