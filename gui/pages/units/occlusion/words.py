"""What the view "Occlusion" says in words and numbers: pure functions of the engine's answers."""

from __future__ import annotations

import math

import numpy as np

from engine.inside.occlusion.requests import Occluded, Sweep
from gui.widgets.facts import Fact
from gui.widgets.plate import number_text
from gui.widgets.probability_bars import Bar, percent

ROWS = 4
NO_NUMBER = "no number (NaN)"
SILENT = "This map is silent: its energy is 0."


def share(value: float) -> str:
    """A probability, or that it is none."""
    return percent(value) if math.isfinite(value) else NO_NUMBER


def energy(value: float) -> str:
    """The energy of a map, or that it is none."""
    return number_text(value, 2) if math.isfinite(value) else NO_NUMBER


def class_bars(answer: Occluded, target: int | None) -> tuple[Bar, ...]:
    """The class that is asked about first, then the likeliest with the square, each with what it was without."""
    first = answer.best if target is None or target >= len(answer.labels) else target
    order = [int(index) for index in np.argsort(-answer.after, kind="stable") if index != first]
    likeliest = set(np.argsort(-answer.before, kind="stable")[:ROWS].tolist())
    return tuple(
        Bar(
            index, answer.labels[index], float(answer.after[index]), float(answer.before[index]),
            is_new=index not in likeliest and index != first,
        )
        for index in [first, *order][:ROWS]
    )  # fmt: skip


def energy_bars(answer: Occluded) -> tuple[Bar, ...]:
    """How much of the map's energy is left; nothing where it had none."""
    if not (math.isfinite(answer.energy_before) and math.isfinite(answer.energy_after)):
        return ()
    if answer.energy_before <= 0:
        return ()
    left = answer.energy_after / answer.energy_before
    return (Bar(0, f"map {answer.channel}", left, 1.0),)


def no_energy(answer: Occluded) -> str:
    """Why there is no such bar."""
    if math.isfinite(answer.energy_before) and math.isfinite(answer.energy_after):
        return (
            SILENT
            if answer.energy_before == 0
            else f"The energy is negative: {energy(answer.energy_before)}."
        )
    return f"The energy of map {answer.channel} is {NO_NUMBER}."


def hand_detail(answer: Occluded, target: int | None) -> str:
    """One line about what the square does."""
    index = answer.best if target is None or target >= len(answer.labels) else target
    before, after = (float(values[index]) for values in (answer.before, answer.after))
    return f"{answer.labels[index]}: {share(before)} → {share(after)}"


def probability_detail(sweep: Sweep) -> str:
    """One line beneath the name of the map of probabilities."""
    return _progress(sweep) or f"{share(sweep.probability_before)} with nothing hidden"


def energy_detail(sweep: Sweep) -> str:
    """One line beneath the name of the map of energies."""
    which = "strongest" if sweep.request.channel is None else "chosen"
    return (
        _progress(sweep)
        or f"{energy(sweep.energy_before)} with nothing hidden; {which} of {sweep.request.layer}"
    )


def _progress(sweep: Sweep) -> str:
    return "" if sweep.complete else f"{sweep.done} of {sweep.best.size} places so far"


def sweep_facts(sweep: Sweep) -> list[Fact]:
    """What the inspector tells about a sweep."""
    places = sweep.best.shape[0]
    rows: list[Fact] = [
        ("square", f"{sweep.size} × {sweep.size} px", "In pixels of what the net reads."),
        ("stride", f"{sweep.stride} px", "From place to place."),
        ("places", f"{places} × {places} = {places * places:,}", "Each is one pass of the net."),
        ("class", sweep.labels[sweep.target], "Whose probability is mapped."),
        (
            "map",
            f"{sweep.channel} of {sweep.request.layer}",
            "Whose energy, the sum of its activations, is mapped.",
        ),
    ]
    if sweep.complete:
        rows += _extremes(sweep)
        rows.append(("time", f"{sweep.seconds:.1f} s", "All passes of the net together."))
    return rows


def _extremes(sweep: Sweep) -> list[Fact]:
    if not np.isfinite(sweep.probability).any():
        return []
    row, column = divmod(int(np.nanargmin(sweep.probability)), sweep.best.shape[1])
    changed = int((sweep.best != sweep.target).sum())
    return [
        ("hurts most at", f"row {row}, column {column}", "Places are counted from 0."),
        ("there", share(float(sweep.probability[row, column])), "Probability with that place hidden."),
        (
            "another answer at",
            f"{changed} of {sweep.best.size} places",
            "Where the likeliest class is not this one.",
        ),
    ]


def place_facts(sweep: Sweep, row: int, column: int) -> list[Fact]:
    """What is known about one place of the maps."""
    facts: list[Fact] = [("place", f"row {row}, column {column}", "Counted from 0.")]
    if not sweep.asked[row, column]:
        return [*facts, ("not asked yet", "", "")]
    return [
        *facts,
        (
            sweep.labels[sweep.target],
            share(float(sweep.probability[row, column])),
            "Probability with the square there.",
        ),
        (
            f"energy of map {sweep.channel}",
            energy(float(sweep.energy[row, column])),
            "The sum of its activations.",
        ),
        (
            "likeliest there",
            sweep.labels[int(sweep.best[row, column])],
            "What the net answers with that place hidden.",
        ),
    ]
