"""What the view "Live training" shows of its runs: curves and facts. Pure functions."""

from __future__ import annotations

import math
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

AIR: Final = 0.2
"""The axis of the AUC begins at the tenth below the lowest value, with so many tenths of air."""
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
    low = max(math.floor(10 * lowest - AIR) / 10, 0.0)
    return series, _updates(runs, kept), Axis("AUC, held out", low=low, high=1.0)


def curves_of_loss(runs: TripletRuns, kept: TripletRuns | None = None) -> Curves:
    """Mean loss of the triplets that were taken, smoothed; of kept runs dashed."""
    series = []
    if kept is not None and kept is not runs:
        for run in kept.runs:
            x, y = smoothed(run.losses)
            series.append(
                Series(f"kept {run.miner}", y, x, role=ROLES[run.miner], marker="none", dashed=True)
            )
    for run in runs.runs:
        x, y = smoothed(run.losses)
        series.append(Series(run.miner, y, x, role=ROLES[run.miner], marker="none", growing=True))
    horizontal = _updates(runs, kept)
    ends = np.array([0.0, horizontal.high or 0.0])
    series.append(Series("α", np.full(2, runs.spec.margin), ends, role="muted", marker="none", dashed=True))
    return series, horizontal, Axis(f"loss of the triplets taken, mean of {SMOOTH} updates", low=0.0)


def _updates(runs: TripletRuns, kept: TripletRuns | None) -> Axis:
    last = max(runs.spec.updates, 0 if kept is None else int(kept.moments[-1]))
    return Axis("update", integer=True, low=0.0, high=float(last))


def smoothed(losses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middles and means of whole groups of SMOOTH updates."""
    groups = len(losses) // SMOOTH
    means = losses[: groups * SMOOTH].reshape(groups, SMOOTH).mean(1)
    return np.arange(groups, dtype=np.float64) * SMOOTH + (SMOOTH + 1) / 2, np.asarray(means)


def facts(runs: TripletRuns, moment: int, kept: TripletRuns | None = None) -> list[Fact]:
    """What the inspector tells; of a kept training how it ended."""
    spec, people = runs.spec, runs.identities
    trained = len(people.names) - spec.held_out
    told: list[Fact] = [
        (
            "identities",
            f"{len(people.names)}, {spec.held_out} held out",
            "The last ones are never trained on.",
        ),
        ("pictures", f"{len(people.pictures):,}, {people.side} × {people.side}", "Grey."),
        (
            "batch",
            f"{min(spec.people, trained)} × {spec.photos}",
            f"Identities times pictures of each; {trained} identities are trained on.",
        ),
        ("updates", f"{int(runs.moments[moment])} of {spec.updates}", "Of every net."),
    ]
    for run in runs.runs:
        about = (
            f"{TITLES[run.miner]}: chance that a pair of one held-out identity is closer than a pair of two."
        )
        value = f"{run.auc[moment]:.4f}"
        if kept is not None and kept is not runs:
            value = f"{run.auc[moment]:.3f}, kept {kept.run(run.miner).auc[-1]:.3f}"
        told.append((f"{run.miner}: AUC", value, about))
        told.append(
            (
                f"{run.miner}: spread",
                f"{run.spread[moment]:.4f}",
                "Mean distance of embeddings to their middle.",
            )
        )
    told.append(("AUC from", _pairs_text(runs), "Framed pictures of the planes, every pair of them."))
    told.append(("computed in", f"{runs.seconds:.1f} s", "All three nets, without what the window took."))
    return told


def _pairs_text(runs: TripletRuns) -> str:
    pictures = int(runs.held_out.sum())
    return f"{pictures * (pictures - 1) // 2:,} pairs"


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
        same = "the same" if labels[nearest] == labels[index] else people.names[int(labels[nearest])]
        told.append((f"{run.miner}: nearest", same, "Whose picture lies nearest in this plane."))
    return told


def arrays(
    runs: TripletRuns, moment: int, kept: TripletRuns | None = None
) -> list[tuple[str, npt.ArrayLike]]:
    """For a CSV file; curves of a kept training come last."""
    blocks: list[tuple[str, npt.ArrayLike]] = [("moments (updates)", runs.moments)]
    labels = runs.identities.labels[runs.shown]
    for run in runs.runs:
        blocks += [
            (
                f"{run.miner}: loss, triplets taken, that teach, hard, semi-hard, easy",
                np.column_stack([run.losses, run.used, run.teaching, run.shares]),
            ),
            (f"{run.miner}: AUC, spread", np.column_stack([run.auc, run.spread])),
            (f"{run.miner}: identity, x, y", np.column_stack([labels, run.planes[moment]])),
        ]
    if kept is not None and kept is not runs:
        blocks.append(("kept: moments (updates)", kept.moments))
        for run in kept.runs:
            blocks.append((f"kept {run.miner}: AUC, spread", np.column_stack([run.auc, run.spread])))
            blocks.append((f"kept {run.miner}: loss", run.losses))
    return blocks
