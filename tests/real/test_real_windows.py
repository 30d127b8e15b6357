"""The figure that the sliding net states, counted again on windows with digits that it never saw."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open

from engine.detection.sliding.passes import trained
from engine.detection.sliding.window_net import NAME, window_net
from engine.networks.weights.records import BUNDLED_FOLDER
from engine.training.datasets import digits
from engine.training.release import confusion
from engine.training.window_release import photographs
from engine.training.windows import CLASSES, window_split


def test_window_digits_on_unseen_windows(assets: Path) -> None:
    split = window_split(digits(assets / "datasets"), photographs(), each=1)
    assert len(split.test_labels) == 3208 and int((split.test_labels == len(CLASSES) - 1).sum()) == 1604
    counts = confusion(
        trained(window_net()), split.test_images.float() / 255, split.test_labels, len(CLASSES)
    )
    share = float(counts.diagonal().sum() / counts.sum())
    with safe_open(BUNDLED_FOLDER / f"{NAME}.safetensors", "pt") as file:  # type: ignore[no-untyped-call]
        stated = float(file.metadata()["test_accuracy"])
    assert share >= 0.97 and abs(share - stated) <= 2 / 3208 + 5e-5
    assert torch.all(counts.sum(1) > 0)
