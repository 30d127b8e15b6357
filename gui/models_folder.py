"""Puts a person's choice of the models folder into force; --models and the environment go before it."""

from __future__ import annotations

import os
from pathlib import Path

from engine.networks.weights.store import VARIABLE

_ours: str | None = None


def put_in_force(chosen: Path | None) -> bool:
    """Let the engine use this folder from its next question on, None: the usual one.

    False where --models or CONVSCOPE_MODELS named another one for this run.
    """
    global _ours
    if os.environ.get(VARIABLE) not in (None, _ours):
        return False
    _ours = None if chosen is None else str(chosen)
    if _ours is None:
        os.environ.pop(VARIABLE, None)
    else:
        os.environ[VARIABLE] = _ours
    return True
