"""From what was found and settings to what is on show: verdicts, curve, the find of the step, the table. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.detection.evaluation.curves import THRESHOLDS, Curve, FloatArray, How, curve_of, mean, table
from engine.detection.evaluation.judging import Overlaps, Verdict, judge
from engine.detection.evaluation.requests import Evaluated
from gui.pages.boxes.scoring.settings import ScoringSettings


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Everything on the stage at one moment.

    `verdicts`: of the class, best score first; `index`: the find on show, −1 where there is none; `curve` of all of
    them, `so_far` up to the find on show. `table` float64[C, 10] over `THRESHOLDS`; `values` float64[C] at the
    threshold that is set. `kind`: the class, None for all together.
    """

    evaluated: Evaluated
    kind: int | None
    least: float
    how: How
    verdicts: tuple[Verdict, ...]
    index: int
    total: int
    curve: Curve
    so_far: Curve
    table: FloatArray
    values: FloatArray

    @property
    def verdict(self) -> Verdict | None:
        """The find on show."""
        return self.verdicts[self.index] if self.index >= 0 else None

    @property
    def name(self) -> str:
        """What the class is called."""
        return "all classes" if self.kind is None else self.evaluated.classes[self.kind]

    @property
    def mean_here(self) -> float:
        """mAP at the threshold that is set."""
        return mean(self.values)

    @property
    def mean_half(self) -> float:
        """mAP@0.5."""
        return mean(self.table[:, 0])

    @property
    def mean_all(self) -> float:
        """mAP@0.5:0.95."""
        return mean(self.table)

    def counted(self) -> list[int]:
        """The classes of which something is there."""
        return np.flatnonzero(np.isfinite(self.values)).tolist()


def resolve(settings: ScoringSettings, evaluated: Evaluated | None) -> Shown | None:
    """What is on show; None while nothing was found yet."""
    if evaluated is None or not evaluated.frames:
        return None
    kind = settings.kind
    if kind is not None and kind >= len(evaluated.classes):
        kind = None
    overlaps = _overlaps(evaluated)
    verdicts = _judged(evaluated, kind, settings.least)
    total = overlaps.total(kind)
    index = min(settings.step, len(verdicts) - 1)
    return Shown(
        evaluated, kind, settings.least, settings.how, verdicts, index, total, curve_of(verdicts, total),
        curve_of(verdicts[: index + 1], total), table_of(evaluated, settings.how),
        values_of(evaluated, settings.how, settings.least),
    )  # fmt: skip


@lru_cache(maxsize=2)
def _overlaps(evaluated: Evaluated) -> Overlaps:
    return evaluated.overlaps()


@lru_cache(maxsize=64)
def _judged(evaluated: Evaluated, kind: int | None, least: float) -> tuple[Verdict, ...]:
    if kind is None:
        return judge(_overlaps(evaluated), None, least)
    return tuple(verdict for verdict in _judged(evaluated, None, least) if verdict.kind == kind)


@lru_cache(maxsize=6)
def table_of(evaluated: Evaluated, how: How) -> FloatArray:
    """Average precision of all classes at the ten thresholds of COCO."""
    return table(_overlaps(evaluated), len(evaluated.classes), how)


@lru_cache(maxsize=64)
def values_of(evaluated: Evaluated, how: How, least: float) -> FloatArray:
    """Average precision of all classes at one threshold."""
    if least in THRESHOLDS:
        return table_of(evaluated, how)[:, THRESHOLDS.index(least)]
    totals = [_overlaps(evaluated).total(kind) for kind in range(len(evaluated.classes))]
    return np.array(
        [curve_of(_judged(evaluated, kind, least), total).area(how) for kind, total in enumerate(totals)]
    )
