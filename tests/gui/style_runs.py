"""Answers of the engine as a test wants them: paintings without a net."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.images import Frame, publish
from engine.style.requests import CostRows, Painted, PaintStyle
from engine.style.settings import StyleSettings

LAYERS = ("features.relu1_1", "features.relu2_1")


def frame(name: str = "content", width: int = 48, height: int = 32, seed: int = 0) -> Frame:
    draw = np.random.default_rng(seed)
    return Frame(draw.integers(0, 256, (height, width, 3), np.uint8), name)


def rows(first: int, count: int, *, content: bool = True, beta: float = 100.0) -> CostRows:
    """Falling costs of two layers; with weights as the settings' usual ones."""
    names = (*(("content",) if content else ()), *LAYERS, "variation")
    steps = np.arange(first, first + count, dtype=np.float32)[:, None]
    values = np.float32(1) / (1 + steps) + np.arange(1, len(names) + 1, dtype=np.float32)
    head = [1.0] if content else []
    weights = np.broadcast_to(np.array([*head, beta / 2, beta / 4, 10.0], np.float32), values.shape)
    total = (values * weights).sum(axis=1, keepdims=True)
    return CostRows(first, names, publish(np.hstack([values, total])), publish(weights.copy()))


def painted(step: int, settings: StyleSettings | None = None, **more: Any) -> Painted:
    """A run so far: a picture of one grey, brighter with every step."""
    settings = settings or StyleSettings()
    keep = more.pop("keep", False)
    size = more.pop("size", (48, 32))
    pixels = publish(np.full((size[1], size[0], 3), step % 256, np.uint8))
    iterate = publish(np.full((size[1], size[0], 3), step / 255, np.float32)) if keep else None
    about: dict[str, Any] = {
        "total": settings.steps, "size": size, "level": 0, "levels": 1, "costs": (rows(0, step),) if step else (),
        "iterate": iterate, "seconds": 0.5 * step, "rate": 2.0, "peak": 400_000_000, "device": "cpu",
        "precision": "float32",
    }  # fmt: skip
    return Painted(settings, pixels, step, **{**about, **more})


def asked(request: object) -> PaintStyle:
    assert isinstance(request, PaintStyle)
    return request
