"""The catalogue of weights against torchvision's own, and files that describe themselves."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torchvision import models

from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.weights import records
from engine.networks.weights.records import RemoteFile, catalogue_entries, read_header

FROM_TORCHVISION = [
    entry
    for entry in catalogue_entries()
    if "download.pytorch.org" in entry.files[0].url and entry.task == "classification"
]
DETECTORS = [
    entry
    for entry in catalogue_entries()
    if "download.pytorch.org" in entry.files[0].url and entry.task == "detection"
]


@pytest.mark.parametrize("entry", FROM_TORCHVISION, ids=lambda entry: entry.name)
def test_torchvision_says_the_same(entry: records.WeightsEntry) -> None:
    members = models.get_model_weights(entry.architecture)
    (published,) = [member for member in members if member.url == entry.files[0].url]
    file, meta = entry.files[0], published.meta
    assert file.file == file.url.rsplit("/", 1)[1]
    assert re.search(rf"-{file.sha256}\.pth$", file.file) and len(file.sha256) >= 8
    assert file.approximate and abs(file.size - meta["_file_size"] * 2**20) <= 0.5
    assert entry.class_count == len(meta["categories"]) == 1000
    assert entry.top1 is not None
    assert 100 * entry.top1 == pytest.approx(meta["_metrics"]["ImageNet-1K"]["acc@1"])
    transform, how = published.transforms(), entry.preprocessing
    assert how is not None
    assert ([how.resize], [how.crop]) == (transform.resize_size, transform.crop_size)
    assert (list(how.mean), list(how.std)) == (transform.mean, transform.std)
    assert how.interpolation == transform.interpolation.value


@pytest.mark.parametrize("entry", DETECTORS, ids=lambda entry: entry.name)
def test_torchvision_says_the_same_of_its_detectors(entry: records.WeightsEntry) -> None:
    (published,) = models.get_model_weights(entry.architecture)
    file, meta = entry.files[0], published.meta
    assert (file.url, file.file) == (published.url, published.url.rsplit("/", 1)[1])
    assert re.search(rf"-{file.sha256}\.pth$", file.file) and len(file.sha256) >= 8
    assert file.approximate and abs(file.size - meta["_file_size"] * 2**20) <= 0.5
    assert (
        entry.class_count == len([n for n in meta["categories"] if n not in ("__background__", "N/A")]) == 80
    )
    assert entry.precision is not None and entry.precision_at == "0.5:0.95"
    assert 100 * entry.precision == pytest.approx(meta["_metrics"]["COCO-val2017"]["box_map"])


def test_the_detectors_that_can_be_run_are_listed() -> None:
    every = set(models.list_models(module=models.detection))
    assert {entry.architecture for entry in DETECTORS} == {
        n for n in every if not n.startswith(("keypoint", "mask"))
    }
    pairs = [entry for entry in catalogue_entries() if entry.architecture == "darknet"]
    assert [tuple(Path(file.file).suffix for file in entry.files) for entry in pairs] == [
        (".weights", ".cfg")
    ] * 2


def test_the_best_and_the_first_weights_of_the_nets_of_this_project() -> None:
    assert len(FROM_TORCHVISION) > 35
    urls = {entry.files[0].url for entry in FROM_TORCHVISION}
    for name in (
        "alexnet",
        "vgg16",
        "vgg19",
        "resnet18",
        "resnet34",
        "resnet50",
        "googlenet",
        "mobilenet_v2",
    ):
        members = models.get_model_weights(name)
        assert members.DEFAULT.url in urls and members.IMAGENET1K_V1.url in urls


def test_entries_are_whole() -> None:
    entries = catalogue_entries()
    names = [entry.name for entry in entries]
    files = [file.file for entry in entries for file in entry.files]
    assert len(set(names)) == len(names) and len(set(files)) == len(files)
    for entry in entries:
        assert entry.title and entry.licence and entry.citation and entry.source
        assert entry.task in ("classification", "detection", "face detection", "face embedding")
        for file in entry.files:
            assert file.url.startswith("https://") and Path(file.file).name == file.file and file.size > 0
            assert re.fullmatch(r"[0-9a-f]{8,64}", file.sha256)
            assert file.approximate or len(file.sha256) == 64
        if entry.task == "classification":
            assert entry.architecture in catalogue.names()


def test_a_checksum_is_proved_by_its_published_digits() -> None:
    file = RemoteFile("net.pth", "https://example.org/net.pth", 1, True, "7be5be79")
    assert file.proves("7be5be79" + "0" * 56) and not file.proves("7be5be78" + "0" * 56)


# --- files that describe themselves -----------------------------------------------------------------------


def own_file(path: Path, **metadata: str) -> Path:
    save_file({"a.weight": torch.ones(2, 3), "a.bias": torch.zeros(2)}, path, metadata)
    return path


def test_the_header_of_a_safetensors_file(tmp_path: Path) -> None:
    header = read_header(own_file(tmp_path / "net.safetensors", architecture="lenet5"))
    assert header.metadata == {"architecture": "lenet5"}
    assert header.shapes == {"a.weight": (2, 3), "a.bias": (2,)} and set(header.dtypes.values()) == {"F32"}


def test_weights_that_come_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BUNDLED_FOLDER", tmp_path)
    own_file(
        tmp_path / "lenet5-digits.safetensors",
        architecture="lenet5",
        title="LeNet-5 for digits",
        classes=json.dumps([str(n) for n in range(10)]),
        mean="[0.13]",
        std="[0.31]",
        test_accuracy="0.9912",
        licence="MIT",
    )
    (entry,) = records.bundled_entries()
    assert (entry.name, entry.architecture, entry.origin) == ("lenet5-digits", "lenet5", "bundled")
    assert entry.labels == tuple("0123456789") and entry.class_count == 10
    assert entry.preprocessing is not None and entry.preprocessing.std == (0.31,)
    assert entry.figures == "top-1 99.12 % (unseen pictures)" and entry.licence == "MIT"
    assert entry.path == tmp_path / "lenet5-digits.safetensors"


def test_a_detector_says_how_precise_it_is(tmp_path: Path) -> None:
    path = own_file(tmp_path / "a.safetensors", architecture="yolo", task="detection", test_map50="0.9102")
    assert records.described(path, "imported").figures == "mAP 91.0 % (IoU 0.5, unseen pictures)"


@pytest.mark.expected_log("weights are left out: .*broken")
def test_bundled_weights_that_are_damaged_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BUNDLED_FOLDER", tmp_path)
    own_file(tmp_path / "good.safetensors", architecture="lenet5")
    (tmp_path / "broken.safetensors").write_bytes(b"\x00" * 100)
    assert [entry.name for entry in records.bundled_entries()] == ["good"]


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({}, "does not say which network"),
        ({"architecture": "lenet5", "test_accuracy": "nan"}, "describes itself wrongly"),
        ({"architecture": "lenet5", "test_accuracy": "99 %"}, "describes itself wrongly"),
        ({"architecture": "yolo", "test_map50": "1.5"}, "describes itself wrongly"),
        ({"architecture": "lenet5", "mean": '["a"]', "std": "[1]"}, "describes itself wrongly"),
    ],
)
def test_files_that_describe_themselves_wrongly(tmp_path: Path, metadata: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        records.described(own_file(tmp_path / "net.safetensors", **metadata), "imported")


def test_a_file_that_is_cut_off_or_too_long(tmp_path: Path) -> None:
    path = own_file(tmp_path / "net.safetensors")
    content = path.read_bytes()
    for wrong in (content[:-1], content + b"\0"):
        path.write_bytes(wrong)
        with pytest.raises(UserError, match="incomplete"):
            read_header(path)
    for end in range(0, 60, 7):
        path.write_bytes(content[:end])
        with pytest.raises(UserError, match="no safetensors file"):
            read_header(path)


@pytest.mark.parametrize("length", [0, 1, 2**40, 2**63, 17_000_000])
def test_absurd_lengths_are_refused_unread(tmp_path: Path, length: int) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", length) + b"{}" + b" " * 50)
    with pytest.raises(UserError, match="no safetensors file"):
        read_header(path)


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: struct.pack("<Q", len(b)) + b))
def test_any_bytes_give_a_header_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.safetensors"
    path.write_bytes(content)
    try:
        header = read_header(path)
    except UserError:
        return
    assert header.shapes == {}  # the one header that so few bytes can be


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "1",
        '{"a": 1}',
        '{"a": {"shape": [1], "dtype": "F32"}}',
        '{"__metadata__": 3}',
        "[" * 9000 + "]" * 9000,
    ],
)
def test_headers_that_are_json_and_nothing_more(tmp_path: Path, text: str) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text.encode())
    with pytest.raises(UserError):
        read_header(path)
