"""Reads a folder of labels as a job: a step is as many files as fit into some milliseconds."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, Final

from engine.context import Context
from engine.detection.anchoring.requests import ReadLabels
from engine.detection.labels import LabelFolder, reading

STEP_SECONDS: Final = 0.03


def read(request: ReadLabels, context: Context) -> Generator[Any, None, LabelFolder]:
    """Progress in files. Raises UserError where the folder holds no labels, or none that can be used."""
    due = time.monotonic() + STEP_SECONDS
    for step in reading(request.folder):
        if isinstance(step, LabelFolder):
            return step
        if time.monotonic() >= due:
            yield context.progress(*step, "Reading labels")
            due = time.monotonic() + STEP_SECONDS
    raise AssertionError("a folder was read to no end")
