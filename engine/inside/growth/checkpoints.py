"""The bundled net's weights at some epochs of its training, from the file that engine.training.growth writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torch import Tensor

from engine.errors import UserError
from engine.inside.growth.requests import NET
from engine.networks.weights.records import RESOURCES

PATH: Final = RESOURCES / "features" / f"{NET}-growth.safetensors"
Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoints:
    """`weights`: float32 by epoch; `accuracy`: the share of validation digits named rightly with them."""

    epochs: tuple[int, ...]
    accuracy: tuple[float, ...]
    weights: tuple[Weights, ...]


def read(path: Path = PATH) -> Checkpoints:
    """All epochs of the file. Raises UserError where the file is not there or is not whole."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            told = file.metadata()
            epochs = tuple(json.loads(told["epochs"]))
            keys = list(file.keys())
            weights = tuple(
                {key[4:]: file.get_tensor(key).float() for key in keys if key.startswith(f"{epoch:03d}.")}
                for epoch in epochs
            )
            return Checkpoints(epochs, tuple(json.loads(told["accuracy"])), weights)
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise UserError(
            f"The file of the saved epochs, {path.name}, cannot be read.", "Install ConvScope again."
        ) from error
