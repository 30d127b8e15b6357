"""A person's own embedders of faces: what they read is found out; they are kept, listed, removed, or refused."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.context import Context
from engine.errors import UserError
from engine.networks.requests import ImportedWeights, ImportWeights, ListWeights, RemoveWeights, WeightsStatus
from engine.networks.weights import checked_files, embedder_files, store
from engine.networks.weights.embedder_files import described, examined
from engine.networks.weights.files import import_weights
from tests.engine.networks.onnx_graphs import write_embedder


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv(store.VARIABLE, str(folder))
    return folder


def answered(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def take(path: Path) -> WeightsStatus:
    found: ImportedWeights = answered(import_weights(ImportWeights(path), Context()))
    return found.status


def own() -> list[WeightsStatus]:
    listed = answered(store.list_weights(ListWeights(), Context()))
    return [status for status in listed if status.name.startswith("imported/")]


def graph(path: Path, dimensions: int = 48, height: int = 7, width: int = 6, seed: int = 0) -> Path:
    weight = np.random.default_rng(seed).normal(size=(dimensions, 3, height, width))
    return write_embedder(path, weight.astype(np.float32))


class TestGuessing:
    @pytest.mark.parametrize(("width", "size"), [(6, (96, 112)), (7, (112, 112))])
    def test_the_size_is_the_one_with_a_single_place(
        self, tmp_path: Path, width: int, size: tuple[int, int]
    ) -> None:
        reads = examined(graph(tmp_path / "net.onnx", width=width))
        assert (reads.size, reads.dimensions, reads.title) == (size, 48, "net")
        assert (reads.mean, reads.scale, reads.rgb) == (127.5, 1 / 128, True)
        assert reads.word.startswith(f"Guessed: it reads RGB of {size[0]} × {size[1]} pixels")

    def test_a_description_beside_it_counts_and_the_dimensions_are_measured(self, tmp_path: Path) -> None:
        path = graph(tmp_path / "net.onnx", height=6)
        told = {
            "title": "Mine",
            "size": [96, 96],
            "mean": 0,
            "scale": 1,
            "rgb": False,
            "threshold": 0.8,
            "dimensions": 9,
        }
        path.with_suffix(".json").write_text(json.dumps(told))
        reads = examined(path)
        assert (reads.title, reads.size, reads.dimensions) == ("Mine", (96, 96), 48)
        assert (reads.mean, reads.scale, reads.rgb, reads.threshold) == (0, 1, False, 0.8)
        assert reads.window == embedder_files.WHOLE and "Guessed" not in reads.word

    def test_with_a_description_any_number_of_numbers_will_do(self, tmp_path: Path) -> None:
        path = graph(tmp_path / "net.onnx", dimensions=5)
        path.with_suffix(".json").write_text('{"size": [96, 112]}')
        assert examined(path).dimensions == 5

    @pytest.mark.parametrize("content", [b"", b"no graph at all", b"\x08\x07\x12\x07pytorch"])
    def test_no_graph(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "net.onnx"
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"net\.onnx (cannot be read as an ONNX graph|does not|is an)"):
            examined(path)

    def test_few_numbers_or_none_that_are_numbers_are_no_embedding(self, tmp_path: Path) -> None:
        broken = write_embedder(tmp_path / "b.onnx", np.full((48, 3, 7, 6), np.nan, np.float32))
        for path in (graph(tmp_path / "a.onnx", dimensions=4), broken, graph(tmp_path / "c.onnx", height=9)):
            with pytest.raises(UserError, match=rf"{path.name} is an ONNX graph that does not turn a face"):
                examined(path)

    def test_a_described_size_that_the_graph_does_not_take(self, tmp_path: Path) -> None:
        path = graph(tmp_path / "net.onnx")
        path.with_suffix(".json").write_text('{"size": [64, 64]}')
        with pytest.raises(UserError, match="64 × 64"):
            examined(path)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"size": "large"}', '{"size": [0, 0]}', '{"threshold": 9}', '{"size": [1, 2, 3]}',
        '{"mean": NaN}', '{"scale": 0}', '{"scale": Infinity}', '{"dimensions": 0}', '{"dimensions": 1e999}',
        '{"size": 5}', '{"mean": []}', "[" * 100_000, '{"a": "' + "x" * (1 << 20) + '"}',
    ],
)  # fmt: skip
def test_a_description_that_cannot_be(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    with pytest.raises(UserError, match=r"odd\.json"):
        described(path)


class TestKeeping:
    def test_it_is_kept_as_it_is_and_listed(self, tmp_path: Path, models: Path) -> None:
        path = graph(tmp_path / "My net é.onnx")
        status = take(path)
        (kept,) = (models / "imported").glob("*.onnx")
        assert kept.read_bytes() == path.read_bytes() and status.path == kept
        assert (status.name, status.title) == (f"imported/{kept.name}", "My net é")
        assert (status.task, status.state, status.source) == (
            "face embedding", "imported", "your file My net é.onnx"
        )  # fmt: skip
        assert status.sha256 == checked_files.known_digest(kept) and status.note.startswith("Guessed")
        assert own() == [status]
        assert store.find(status.name).path == kept
        assert not list((models / "imported").glob("*.part"))

    def test_the_same_file_again_takes_its_old_place(self, tmp_path: Path, models: Path) -> None:
        take(graph(tmp_path / "one.onnx"))
        take(graph(tmp_path / "two.onnx", seed=1))
        status = take(graph(tmp_path / "three.onnx"))
        assert sorted(found.title for found in own()) == ["three", "two"]
        assert status.title == "three"
        assert len(list((models / "imported").glob("*.json"))) == 2

    def test_what_was_kept_can_be_imported_from_where_it_lies(self, tmp_path: Path) -> None:
        kept = take(graph(tmp_path / "one.onnx")).path
        assert kept is not None and take(kept).path is not None
        assert len(own()) == 1

    def test_removing_takes_everything_that_lies_beside_it(self, tmp_path: Path, models: Path) -> None:
        status = take(graph(tmp_path / "one.onnx"))
        answered(store.remove_weights(RemoveWeights(status.name), Context()))
        assert own() == [] and list((models / "imported").iterdir()) == []
        with pytest.raises(UserError, match="no weights named"):
            answered(store.remove_weights(RemoveWeights("imported/../../one.onnx"), Context()))

    def test_a_refused_graph_leaves_nothing(self, tmp_path: Path, models: Path) -> None:
        with pytest.raises(UserError):
            take(graph(tmp_path / "one.onnx", dimensions=3))
        assert not (models / "imported").exists() or not list((models / "imported").iterdir())

    def test_a_description_that_was_spoilt_is_listed_as_damaged_and_can_go(self, tmp_path: Path) -> None:
        good, bad = take(graph(tmp_path / "good.onnx")), take(graph(tmp_path / "bad.onnx", seed=1))
        assert bad.path is not None
        bad.path.with_suffix(".json").write_text("{")
        assert {status.name: status.state for status in own()} == {good.name: "imported", bad.name: "damaged"}
        answered(store.remove_weights(RemoveWeights(bad.name), Context()))
        assert own() == [good]
