"""The files of Darknet nets on their way into the models folder, and out of it as nets."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.detection.darknet import load, pairs
from engine.detection.darknet.importing import import_weights
from engine.detection.darknet.loading import open_steps
from engine.detection.darknet.net import DarknetNet
from engine.errors import UserError
from engine.handlers import lookup
from engine.networks.requests import ImportedWeights, ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights import records, store
from engine.networks.weights.records import RemoteFile, WeightsEntry
from tests.engine.detection.darknet_files import conv, described, last, random_numbers, write_pair

TEXT = described(conv(8, 3, 2), last(14), "yolo mask=0,1 anchors=4,6,10,8,20,24 num=3 classes=2")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(records, "catalogue_entries", lambda: ())
    return tmp_path / "models"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder of a person's own files."""
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def take(path: Path, *companions: Path) -> ImportedWeights:
    found: Any = at_once(import_weights(ImportWeights(path, companions=companions), Context()))
    assert isinstance(found, ImportedWeights)
    return found


def opened(name: str) -> DarknetNet:
    return at_once(open_steps(store.find(name)))


def same_answers(one: DarknetNet, other: DarknetNet) -> bool:
    x = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    return all(torch.equal(a, b) for a, b in zip(one(x), other(x), strict=True))


def test_it_is_what_the_engine_is_asked() -> None:
    handler = lookup(ImportWeights(Path("a.cfg")))
    assert handler.target == "engine.detection.darknet.importing:import_weights" and handler.needs_torch


def test_reading_descriptions_needs_no_torch() -> None:
    code = (
        "import sys; import engine.detection.darknet.importing, engine.detection.darknet.plan; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3]).returncode == 0


@pytest.mark.parametrize("dropped", [".cfg", ".weights", ".names"])
def test_any_file_of_a_net_brings_the_others_with_it(desk: Path, folder: Path, dropped: str) -> None:
    cfg, weights = write_pair(desk, TEXT)
    (desk / "tiny.names").write_text("cup\nlamp\n")
    status = take(cfg.with_suffix(dropped)).status
    assert (status.state, status.task, status.architecture, status.title) == (
        "imported", "detection", "darknet", "tiny",
    )  # fmt: skip
    assert status.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert status.note == "Its classes have the names of tiny.names."
    (kept,) = (folder / "imported").iterdir()
    found = store.find(status.name)
    assert (found.path, found.entry.labels, found.entry.class_count) == (kept, ("cup", "lamp"), 2)
    for original in (cfg, weights):
        original.unlink()  # what is kept needs them no more
    net = opened(status.name)
    assert net.labels == ("cup", "lamp") and not net.training and net.folded
    assert same_answers(net, load(*write_pair(desk, TEXT)))


def test_what_is_kept_are_the_very_numbers(desk: Path) -> None:
    from safetensors.numpy import load_file

    cfg, _ = write_pair(desk, TEXT)
    kept = load_file(store.find(take(cfg).status.name).path)
    plan_numbers = random_numbers(load(*write_pair(desk, TEXT)).plan)
    np.testing.assert_array_equal(kept["numbers"], np.concatenate(plan_numbers))


def test_what_was_kept_can_be_taken_to_another_computer(desk: Path, folder: Path) -> None:
    cfg, _ = write_pair(desk, TEXT)
    (desk / "tiny.names").write_text("cup\nlamp\n")
    status = take(cfg).status
    (kept,) = (folder / "imported").iterdir()
    carried = Path(shutil.move(kept, desk / "carried.safetensors"))
    again = take(carried).status
    assert (again.name, again.sha256, again.note) == (status.name, status.sha256, status.note)
    assert opened(again.name).labels == ("cup", "lamp")


def test_a_kept_file_whose_parts_do_not_fit(desk: Path, folder: Path) -> None:
    from safetensors.numpy import save_file

    metadata = {"architecture": "darknet", "task": "detection", "cfg": TEXT}
    path = desk / "short.safetensors"
    save_file({"numbers": np.zeros(373, np.float32)}, path, metadata)
    with pytest.raises(UserError, match="describes a net of 374 numbers, but 373 are there"):
        take(path)
    save_file({"others": np.zeros(374, np.float32)}, path, metadata)
    with pytest.raises(UserError):
        take(path)
    entry = WeightsEntry("imported/short", "Short", "detection", "darknet", "imported")
    with pytest.raises(UserError, match="Short is no net of Darknet"):
        at_once(open_steps(store.Resolved(entry, path)))
    save_file({"numbers": np.zeros(373, np.float32)}, path, metadata)
    with pytest.raises(UserError, match="374 numbers"):
        at_once(open_steps(store.Resolved(entry, path)))


def test_companions_from_elsewhere(desk: Path, tmp_path: Path) -> None:
    cfg, weights = write_pair(desk, TEXT)
    (tmp_path / "elsewhere").mkdir()
    moved = Path(shutil.move(weights, tmp_path / "elsewhere" / "other.weights"))
    (tmp_path / "obj.names").write_text("a\nb\n")
    status = take(cfg, moved, tmp_path / "obj.names").status
    assert status.title == "other" and store.find(status.name).entry.labels == ("a", "b")


def test_again_and_with_another_list(desk: Path, folder: Path) -> None:
    cfg, _ = write_pair(desk, TEXT)
    first = take(cfg).status
    assert first.note == "No .names file lay beside it, so its classes have numbers."
    (desk / "tiny.names").write_text("cup\nlamp\n")
    assert take(cfg).status.name == first.name
    assert len(list((folder / "imported").iterdir())) == 1 and opened(first.name).labels == ("cup", "lamp")
    store_list: Any = at_once(store.list_weights(None, Context()))  # type: ignore[arg-type]
    assert [s.task for s in store_list if s.name == first.name] == ["detection"]


def test_lists_of_wrong_length(desk: Path) -> None:
    cfg, _ = write_pair(desk, TEXT)
    (desk / "obj.names").write_text("a\nb\nc\n")
    assert opened(take(cfg).status.name).labels == ("class 0", "class 1")  # it only lies there by chance
    (desk / "tiny.names").write_text("a\nb\nc\n")
    with pytest.raises(UserError, match=r"tiny\.names has 3 names, but the net knows 2 classes"):
        take(cfg)


def test_the_lists_that_are_assumed(desk: Path) -> None:
    text = described(conv(8, 3, 2), last(85), "yolo mask=0 anchors=4,6 num=1 classes=80")
    status = take(write_pair(desk, text)[0]).status
    assert status.note == "No .names file lay beside it; the 80 names of COCO are assumed."
    assert opened(status.name).labels[16] == "dog"


def test_files_that_are_alone(desk: Path) -> None:
    cfg, weights = write_pair(desk, TEXT)
    (desk / "tiny.names").write_text("a\nb\n")
    for path, words in (
        (cfg, r"tiny\.cfg describes a net of Darknet; its numbers are in a \.weights"),
        (weights, r"tiny\.weights holds the numbers of a net of Darknet"),
        (desk / "tiny.names", r"tiny\.names is a list of classes"),
    ):
        alone = desk / path.suffix.lstrip(".")
        alone.mkdir()
        with pytest.raises(UserError, match=words):
            take(Path(shutil.copy(path, alone)))
    with pytest.raises(UserError, match="is not there"):
        take(desk / "none.cfg")
    (desk / "none.weights").write_bytes(b"")
    with pytest.raises(UserError, match="is empty"):
        take(desk / "none.weights")


def test_nothing_is_kept_of_what_does_not_fit(desk: Path, folder: Path) -> None:
    cfg, weights = write_pair(desk, TEXT)
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(
        UserError, match=r"ends too early, in layer 1 .* 504 bytes are expected there and 500 found"
    ):
        take(weights)
    cfg.write_text(TEXT + "[lstm]\n")
    with pytest.raises(UserError, match=r"\[lstm\] is a layer that ConvScope does not know"):
        take(weights)
    assert not (folder / "imported").exists()


def published_pair(desk: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    cfg, weights = write_pair(desk, TEXT)
    files = tuple(
        RemoteFile(
            one.name, f"https://example.org/{one.name}", one.stat().st_size, False,
            hashlib.sha256(one.read_bytes()).hexdigest(),
        )
        for one in (weights, cfg)
    )  # fmt: skip
    entry = WeightsEntry("tiny-published", "Tiny", "detection", "darknet", "catalogue", files)
    monkeypatch.setattr(records, "catalogue_entries", lambda: (entry,))
    return cfg, weights


def test_a_published_pair_takes_its_place(desk: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg, weights = published_pair(desk, monkeypatch)
    assert take(weights).status.state == "ready"
    assert {p.name for p in folder.iterdir() if p.suffix != ".checked"} == {"tiny.cfg", "tiny.weights"}
    assert same_answers(opened("tiny-published"), load(cfg, weights))


def test_a_list_of_another_length_beside_a_published_pair(
    desk: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cfg, weights = published_pair(desk, monkeypatch)
    names = desk / "mine.names"
    names.write_text("a\nb\nc\n")
    with pytest.raises(UserError, match=r"mine\.names has 3 names, but the net knows 2"):
        take(weights, cfg, names)
    names.write_text("a\nb\n")
    assert take(weights, cfg, names).status.state == "ready"


@pytest.mark.parametrize("alone", [".cfg", ".weights"])
def test_one_file_of_a_published_pair(desk: Path, monkeypatch: pytest.MonkeyPatch, alone: str) -> None:
    cfg, weights = published_pair(desk, monkeypatch)
    (weights if alone == ".cfg" else cfg).unlink()
    assert take(cfg.with_suffix(alone)).status.state == "partial"


def test_published_weights_with_a_cfg_of_ones_own(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg, _ = published_pair(desk, monkeypatch)
    cfg.write_text(TEXT.replace("width=32", "width=64"))
    status = take(cfg).status
    assert status.state == "imported" and opened(status.name).plan.width == 64


def test_other_weights_go_the_other_way(desk: Path) -> None:
    (desk / "net.pth").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"net\.pth"):
        take(desk / "net.pth")


def test_what_is_no_net_of_darknet() -> None:
    entry = WeightsEntry("yolo-digits", "Digits", "detection", "yolo_digits", "bundled")
    path = records.BUNDLED_FOLDER / "yolo-digits.safetensors"
    for found in (store.Resolved(entry, path), store.Resolved(entry, Path("a.pth"))):
        with pytest.raises(UserError, match="Digits is no net of Darknet"):
            at_once(open_steps(found))


# --- which files belong together ------------------------------------------------------------------------------


def touched(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("x")


def names_of(pair: pairs.Pair) -> list[str | None]:
    return [None if one is None else one.name for one in (pair.cfg, pair.weights, pair.names)]


def test_the_same_name_goes_first(desk: Path) -> None:
    touched(desk, "a.cfg", "a.weights", "b.cfg", "b.weights", "b.names", "A.CFG")
    assert names_of(pairs.pair_of(desk / "b.cfg")) == ["b.cfg", "b.weights", "b.names"]
    assert names_of(pairs.pair_of(desk / "a.weights"))[:2] == ["a.cfg", "a.weights"]
    assert names_of(pairs.pair_of(desk / "c.weights")) == [None, "c.weights", "b.names"]
    assert pairs.pair_of(desk / "b.cfg").named and not pairs.pair_of(desk / "a.cfg").named


def test_stages_of_a_training(desk: Path) -> None:
    touched(desk, "my.cfg", "my_1000.weights", "my_best.weights", "my_last.weights", "other.cfg")
    assert names_of(pairs.pair_of(desk / "my.cfg"))[1] == "my_best.weights"
    assert names_of(pairs.pair_of(desk / "my_1000.weights"))[0] == "my.cfg"


def test_the_only_one_of_its_kind(desk: Path) -> None:
    touched(desk, "net.cfg", "other.weights", "coco.names")
    assert names_of(pairs.pair_of(desk / "other.weights")) == ["net.cfg", "other.weights", "coco.names"]
    touched(desk, "third.cfg")
    assert names_of(pairs.pair_of(desk / "other.weights"))[0] is None


def test_a_folder_with_too_many_files(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST_BESIDE", 3)
    touched(desk, *(f"{n}.jpg" for n in range(9)), "a.cfg", "a.weights", "z.names")
    assert names_of(pairs.pair_of(desk / "a.weights")) == ["a.cfg", "a.weights", None]
    assert names_of(pairs.pair_of(desk / "nowhere" / "a.weights")) == [None, "a.weights", None]
