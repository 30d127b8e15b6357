"""What the view "Live training" shows of its runs: curves and facts. Pure functions."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.learning.requests import TripletRuns, TripletSpec
from engine.faces.learning.schedule import spacing
from gui.pages.face_learning.training.words import ROLES, TITLES
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, Series

FloatArray = npt.NDArray[np.float64]
SMOOTH: Final = 10
"""Updates that a point of the loss curve is the mean of."""

Curves = tuple[list[Series], Axis, Axis]


def last_moment(spec: TripletSpec) -> int:
    """The number of the moment with which a whole training ends."""
    return -(-spec.updates // spacing(spec.updates))


def curves_of_auc(runs: TripletRuns, kept: TripletRuns | None) -> Curves:
    """AUC over the updates of every run; of kept ones dashed."""
    x = runs.moments.astype(np.float64)
    series = []
    if kept is not None and kept is not runs:
        places = kept.moments.astype(np.float64)
        series += [
            Series(f"kept {run.miner}", run.auc, places, role=ROLES[run.miner], marker="none", dashed=True)
            for run in kept.runs
        ]
    series += [
        Series(run.miner, run.auc, x, role=ROLES[run.miner], marker="none", growing=True) for run in runs.runs
    ]
    lowest = min(float(run.auc.min()) for run in (*runs.runs, *(() if kept is None else kept.runs)))
    return series, _updates(runs), Axis("AUC, held out", low=min(0.4, lowest), high=1.0)


def curves_of_loss(runs: TripletRuns) -> Curves:
    """Mean loss of the triplets that were learned from, smoothed."""
    series = []
    for run in runs.runs:
        x, y = smoothed(run.losses)
        series.append(Series(run.miner, y, x, role=ROLES[run.miner], marker="none", growing=True))
    ends = np.array([0.0, float(runs.spec.updates)])
    series.append(Series("α", np.full(2, runs.spec.margin), ends, role="muted", marker="none", dashed=True))
    return series, _updates(runs), Axis(f"loss, mean of {SMOOTH} updates", low=0.0)


def _updates(runs: TripletRuns) -> Axis:
    return Axis("update", integer=True, low=0.0, high=float(runs.spec.updates))


def smoothed(losses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middles and means of whole groups of SMOOTH updates."""
    groups = len(losses) // SMOOTH
    means = losses[: groups * SMOOTH].reshape(groups, SMOOTH).mean(1)
    return np.arange(groups, dtype=np.float64) * SMOOTH + (SMOOTH + 1) / 2, np.asarray(means)


def facts(runs: TripletRuns, moment: int) -> list[Fact]:
    """What the inspector tells."""
    spec, people = runs.spec, runs.identities
    told: list[Fact] = [
        (
            "identities",
            f"{len(people.names)}, {spec.held_out} held out",
            "The last ones are never trained on.",
        ),
        ("pictures", f"{len(people.pictures):,}, {people.side} × {people.side}", "Grey."),
        ("batch", f"{spec.people} × {spec.photos}", "Identities times pictures of each."),
        ("updates", f"{int(runs.moments[moment])} of {spec.updates}", "Of every net."),
    ]
    for run in runs.runs:
        about = (
            f"{TITLES[run.miner]}: chance that a pair of one held-out identity is closer than a pair of two."
        )
        told.append((f"{run.miner}: AUC", f"{run.auc[moment]:.4f}", about))
        told.append(
            (
                f"{run.miner}: spread",
                f"{run.spread[moment]:.4f}",
                "Mean distance of embeddings to their middle.",
            )
        )
    told.append(("computed in", f"{runs.seconds:.1f} s", "All three nets, without what the window took."))
    return told


def facts_of(runs: TripletRuns, moment: int, index: int) -> list[Fact]:
    """What the inspector tells of a picture."""
    people, picture = runs.identities, int(runs.shown[index])
    name = people.names[int(people.labels[picture])]
    told: list[Fact] = [
        ("identity", name, "Whose picture it is."),
        (
            "trained on",
            "no, held out" if runs.held_out[index] else "yes",
            "Whether the nets learn from this identity.",
        ),
        ("picture", str(picture), "Its number in the set."),
    ]
    labels = people.labels[runs.shown]
    for run in runs.runs:
        away = np.square(run.planes[moment] - run.planes[moment][index]).sum(1)
        away[index] = np.inf
        nearest = int(away.argmin())
        same = "itself" if labels[nearest] == labels[index] else people.names[int(labels[nearest])]
        told.append((f"{run.miner}: nearest", same, "Whose picture lies nearest in this plane."))
    return told


def arrays(runs: TripletRuns, moment: int) -> list[tuple[str, npt.ArrayLike]]:
    """For a CSV file."""
    blocks: list[tuple[str, npt.ArrayLike]] = [("moments (updates)", runs.moments)]
    labels = runs.identities.labels[runs.shown]
    for run in runs.runs:
        blocks += [
            (f"{run.miner}: loss, hard, semi-hard, easy", np.column_stack([run.losses, run.shares])),
            (f"{run.miner}: AUC, spread", np.column_stack([run.auc, run.spread])),
            (f"{run.miner}: identity, x, y", np.column_stack([labels, run.planes[moment]])),
        ]
    return blocks
