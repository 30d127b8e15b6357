"""The words of the view "Live training"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.faces.learning.identities import MOST_PEOPLE, MOST_PHOTOS
from engine.faces.learning.requests import TripletRun, TripletRuns, TripletSpec

HOW: Final = (
    "Three nets from the same start see the same batches; each chooses its triplets in its own way. Framed pictures "
    "are of identities that none of them is trained on."
)
LOADING: Final = "PyTorch is still loading; training begins as soon as it is there."
NO_TORCH: Final = "PyTorch could not be loaded; without it nothing is trained here."
CANCELLED: Final = "The training was cancelled. Train again, or change a setting."
UNDER_WAY: Final = "The training begins."
FOLDER_NOTE: Final = (
    "A sub-folder a person. The middle square of every picture, grey, 32 × 32: crop them to the faces first. Up to "
    f"{MOST_PEOPLE} people with {MOST_PHOTOS} pictures each are read; nothing of them is stored."
)
TITLES: Final = {"random": "Random", "semi-hard": "Semi-hard", "hard": "Hard"}
TIPS: Final = {
    "random": "For every pair of one identity a negative by lot: soon almost all are easy and teach nothing",
    "semi-hard": "For every pair the nearest negative beyond the positive, if it breaks the margin (FaceNet)",
    "hard": "For every picture its farthest positive and its nearest negative; early on this can end in f = 0",
}
ROLES: Final = {"random": "accent", "semi-hard": "good", "hard": "error"}
COLLAPSE: Final = 0.001
"""Squared distances of a cloud that has collapsed are less than about this share of the margin."""
ALIKE: Final = 0.005
"""AUCs that differ by less are called alike."""
NAMES: Final = {"digits": "digits", "drawn": "drawn people", "folder": "a folder"}
FIELDS: Final[tuple[tuple[str, Callable[[TripletSpec], str]], ...]] = (
    ("source", lambda spec: Path(spec.folder).name if spec.source == "folder" else NAMES[spec.source]),
    ("margin", lambda spec: f"margin {spec.margin:.2f}"),
    ("rate", lambda spec: f"rate {spec.rate:.1e}"),
    ("dims", lambda spec: f"{spec.dims} numbers"),
    ("unit", lambda spec: "length 1" if spec.unit else "any length"),
    ("people", lambda spec: f"P = {spec.people}"),
    ("photos", lambda spec: f"K = {spec.photos}"),
    ("held_out", lambda spec: f"{spec.held_out} held out"),
    ("updates", lambda spec: f"{spec.updates} updates"),
    ("seed", lambda spec: f"seed {spec.seed}"),
)
"""The settings of a training in words."""

EXPLANATION: Final = """
<p><b>Live training.</b> A net of two convolutions (three for faces) learns digits (a class is an identity), drawn
people, or the people of a folder (one sub-folder a person). A batch holds P identities with K pictures each. Most
triplets soon are easy, so it matters which are chosen: by lot, the nearest negative beyond the positive (semi-hard), or
the farthest positive with the nearest negative (hard). Hard triplets from the start can drive all embeddings to one
point: the loss stays at the margin. The loss is the mean over the triplets that a net takes, so the curves are not
measured with one yardstick: most random triplets are easy and count as 0, while semi-hard ones are taken only where
they break the margin. The verification AUC is the chance that a pair of one identity is closer than a pair of two,
among pictures of identities that were never trained on; 0.5 is guessing. Keep a training, change one setting, and the
curves of both stand in one plot.</p>
<p>Schroff et al., <i>FaceNet</i> (2015). Hermans, Beyer and Leibe, <i>In defense of the triplet loss for person
re-identification</i> (2017). Digits: Alpaydin and Kaynak (1998), with scikit-learn.</p>
"""


def kept_words(kept: TripletRuns | None, spec: TripletSpec) -> str:
    """What is kept, and in what it differs from the settings of now; "" for nothing."""
    if kept is None:
        return ""
    other = [tell(kept.spec) for name, tell in FIELDS if tell(kept.spec) != tell(spec)]
    settings = ", ".join(other) if other else "the same settings"
    return f"Kept after {int(kept.moments[-1])} updates, dashed: {settings}."


def sentence(runs: TripletRuns) -> str:
    """What became of it so far, in a sentence."""
    if len(runs.moments) < 2:
        return "Before the first update: three clouds that are the same, because all nets start with the same weights."
    fallen = [TITLES[run.miner] for run in runs.runs if _collapsed(run, runs.spec.margin)]
    found = f"After {int(runs.moments[-1])} updates {_ranking(runs)}"
    if fallen:
        found += f" {' and '.join(fallen)} collapsed: all embeddings are one point, and the loss stays at the margin."
    return found


def _ranking(runs: TripletRuns) -> str:
    best = max(float(run.auc[-1]) for run in runs.runs)
    first = [TITLES[run.miner].lower() for run in runs.runs if best - float(run.auc[-1]) < ALIKE]
    if len(first) == len(runs.runs):
        return f"all three tell held-out identities apart about equally well: AUC {best:.3f} at best."
    if len(first) > 1:
        who = " and ".join(first)
        return f"{who} triplets tell held-out identities apart about equally well: AUC {best:.3f}."
    return f"{first[0]} triplets tell held-out identities apart best: AUC {best:.3f}."


def _collapsed(run: TripletRun, margin: float) -> bool:
    spread = float(run.spread[-1])
    return spread**2 < COLLAPSE * margin and spread < float(run.spread[0]) / 2
