"""The words of the view "Live training"."""

from __future__ import annotations

from typing import Final

from engine.faces.learning.requests import TripletRuns

HOW: Final = (
    "Three nets from the same start see the same batches; each chooses its triplets in its own way. Framed pictures "
    "are of identities that none of them is trained on."
)
LOADING: Final = "PyTorch is still loading; training begins as soon as it is there."
NO_TORCH: Final = "PyTorch could not be loaded; without it nothing is trained here."
CANCELLED: Final = "The training was cancelled. Train again, or change a setting."
UNDER_WAY: Final = "The training begins."
FOLDER_NOTE: Final = (
    "Pictures are taken whole, grey, 32 × 32: crop them to the faces first. Nothing of them is stored."
)
TITLES: Final = {"random": "Random", "semi-hard": "Semi-hard", "hard": "Hard"}
TIPS: Final = {
    "random": "For every pair of one identity a negative by lot: soon almost all are easy and teach nothing",
    "semi-hard": "For every pair the nearest negative beyond the positive, if it breaks the margin (FaceNet)",
    "hard": "For every picture its farthest positive and its nearest negative; early on this can end in f = 0",
}
ROLES: Final = {"random": "accent", "semi-hard": "good", "hard": "error"}
COLLAPSE: Final = 0.02
"""A cloud with a mean radius below this share of that of its start, or of the margin's root, has collapsed."""

EXPLANATION: Final = """
<p><b>Live training.</b> A net of two or four convolutions learns digits (a class is an identity), drawn people, or the
people of a folder (one sub-folder a person). A batch holds P identities with K pictures each. Most triplets soon are
easy, so it matters which are chosen: by lot, the nearest negative beyond the positive (semi-hard), or the farthest
positive with the nearest negative (hard). Hard triplets from the start can drive all embeddings to one point: the
loss stays at the margin. The verification AUC is the chance that a pair of one identity is closer than a pair of two,
among identities that were never trained on; 0.5 is guessing.</p>
<p>Schroff et al., <i>FaceNet</i> (2015). Hermans, Beyer and Leibe, <i>In defense of the triplet loss for person
re-identification</i> (2017). Digits: Alpaydin and Kaynak (1998), with scikit-learn.</p>
"""


def sentence(runs: TripletRuns) -> str:
    """What became of it so far, in a sentence."""
    if len(runs.moments) < 2:
        return "Before the first update: three clouds that are the same, because all nets start with the same weights."
    fallen = [
        TITLES[run.miner]
        for run in runs.runs
        if run.spread[-1] < COLLAPSE * max(float(run.spread.max()), 1.0)
    ]
    best = max(runs.runs, key=lambda run: float(run.auc[-1]))
    updates = int(runs.moments[-1])
    found = (
        f"After {updates} updates {TITLES[best.miner].lower()} triplets tell held-out identities apart best: "
        f"AUC {best.auc[-1]:.3f}."
    )
    if fallen:
        found += f" {fallen[0]} collapsed: all embeddings are one point, and the loss stays at the margin."
    return found
