"""Real files of weights through the import. Skipped, saying so, where CONVSCOPE_ASSETS has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.context import Context
from engine.errors import UserError
from engine.networks.requests import ImportedWeights, ImportWeights
from engine.networks.weights import store
from engine.networks.weights.files import import_weights
from engine.networks.weights.fitting import load_network


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    return tmp_path


def take(path: Path) -> ImportedWeights:
    steps: Any = import_weights(ImportWeights(path), Context())
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def test_squeezenet(assets: Path) -> None:
    imported = take(assets / "models" / "squeezenet1_0.pth")
    assert imported.status.architecture == "squeezenet1_0" and imported.others == ()
    found = store.find(imported.status.name)
    assert found.entry.classes == "imagenet" and found.entry.class_count == 1000
    net = load_network(found.architecture, found.path)
    original = torch.load(assets / "models" / "squeezenet1_0.pth", weights_only=True)
    state = net.state_dict()
    assert state.keys() == original.keys()
    assert all(torch.equal(state[key], original[key].float()) for key in state)


def test_published_files_are_known_by_their_checksum(assets: Path, folder: Path) -> None:
    for name in ("yolo-fastest-1.1-xl", "yolo-fastest-1.1"):
        assert take(assets / "models" / f"{name}.weights").status.state == "partial"
        status = take(assets / "models" / f"{name}.cfg").status
        assert (status.name, status.state, status.approximate) == (f"{name}-coco", "ready", False)
        found = store.find(status.name)
        assert (found.path, found.companions) == (folder / f"{name}.weights", (folder / f"{name}.cfg",))
    status = take(assets / "models" / "face_detection_yunet_2023mar.onnx").status
    assert (status.name, status.state) == ("yunet", "ready")


def test_a_graph_that_turns_a_face_into_numbers_is_taken_in(assets: Path, folder: Path) -> None:
    status = take(assets / "models" / "mobilefacenet_128d.onnx").status
    assert (status.task, status.state, status.title) == ("face embedding", "imported", "mobilefacenet_128d")
    assert "Guessed: it reads RGB of 96 × 112 pixels" in status.note
    assert status.path is not None and status.path.parent == folder / "imported"


def test_a_graph_that_nobody_published_and_does_something_else_is_refused(
    assets: Path, tmp_path: Path
) -> None:
    path = tmp_path / "other.onnx"
    unknown_field = b"\xfa\x01\x00"  # another checksum, the same graph
    path.write_bytes((assets / "models" / "face_detection_yunet_2023mar.onnx").read_bytes() + unknown_field)
    with pytest.raises(UserError, match=r"other\.onnx is an ONNX graph that does not turn a face"):
        take(path)
