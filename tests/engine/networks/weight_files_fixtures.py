"""Files of weights and what is in them, for the tests that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.context import Context
from engine.networks import catalogue
from engine.networks.requests import ImportedWeights, ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.networks.weights.files import import_weights
from engine.networks.weights.reading import State, read_steps


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


def state_of(name: str = "lenet5") -> dict[str, Tensor]:
    torch.manual_seed(3)
    return dict(catalogue.build(name).state_dict())


def saved(content: object, path: Path, **how: Any) -> Path:
    torch.save(content, path, **how)
    return path


def take(path: Path, architecture: str | None = None) -> tuple[ImportedWeights, list[Any]]:
    steps, told = import_weights(ImportWeights(path, architecture), Context()), []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as stop:
            return stop.value, told


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def read_state_dict(path: Path) -> State:
    return at_once(read_steps(path))
