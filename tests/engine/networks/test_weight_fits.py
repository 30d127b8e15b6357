"""Files from anywhere: what they turn out to be, and how they are kept."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.requests import ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights import checked_files, fitting, reading, records, store, writing
from engine.networks.weights.files import import_weights
from engine.networks.weights.fitting import fit, load_network, recognise
from engine.networks.weights.records import RemoteFile, WeightsEntry
from tests.engine.networks.weight_files_fixtures import equal, folder, read_state_dict, saved, state_of, take

__all__ = ["folder"]

# --- fitting ----------------------------------------------------------------------------------------------


def test_the_first_wrong_shape_is_told() -> None:
    state = dict(torchvision.models.alexnet(num_classes=10).state_dict())
    found = fit("alexnet", state)
    assert not found.exact and found.classes == 10
    assert found.reasons == (
        "classifier.6.weight is 1000 × 4096 in the net and 10 × 4096 in the file, and 1 more differ in shape",
    )


def test_missing_and_foreign_layers_are_counted_and_named() -> None:
    state = state_of()
    del state["features.conv1.weight"], state["features.conv1.bias"]
    state["head.weight"] = torch.ones(2)
    found = fit(catalogue.build("lenet5"), state)
    assert not found.usable and found.distance == 3
    assert found.reasons == (
        "1 layer is missing in the file (features.conv1)",
        "1 layer of the file is not in the net (head)",
    )
    nothing = fit(catalogue.build("lenet5"), {"x": torch.ones(1)})
    assert nothing.reasons[0] == (
        "5 layers are missing in the file (features.conv1, features.conv2, classifier.fc3 …)"
    )


def test_another_number_of_classes_only_in_the_last_layer() -> None:
    state = state_of()
    state["features.conv2.weight"] = torch.ones(10, 6, 5, 5)
    assert fit("lenet5", state).classes is None  # 16 filters are no classes
    state = state_of()
    state["classifier.output.weight"] = torch.ones(7, 84)
    assert fit("lenet5", state).classes is None  # its bias still says 10
    state["classifier.output.bias"] = torch.ones(7)
    assert fit("lenet5", state).classes == 7


def recognised(state: dict[str, Tensor], said: str | None = None) -> tuple[str, int, tuple[str, ...]]:
    steps = recognise(state, "net.pth", said)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value.architecture, stop.value.classes, stop.value.others


@pytest.mark.parametrize(
    "name", ["lenet5", "lenet5-course", "tinyvgg", "squeezenet1_0", "resnet18", "mobilenet_v2"]
)
def test_networks_are_recognised(name: str) -> None:
    state = catalogue.build(name).state_dict()
    first, classes, others = recognised(state, said=name)
    assert (first, classes) == (name, catalogue.architecture(name).classes)
    by_hand = {key: tuple(value.shape) for key, value in state.items()}
    for other in catalogue.names():  # the slow way: every network, its shapes compared one by one
        if catalogue.architecture(other).classes and other != name:
            assert (fitting.signature(other) == by_hand) == (other in others)


def test_side_branches_of_a_file_are_left_out() -> None:
    state = catalogue.build("googlenet-aux").state_dict()
    assert recognised(state) == ("googlenet", 1000, ("googlenet-aux",))
    assert recognised(state, said="googlenet-aux")[0] == "googlenet-aux"


def test_old_names_of_densenet_are_read(tmp_path: Path) -> None:
    state = catalogue.build("densenet121").state_dict()
    old = {
        key.replace("norm1", "norm.1").replace("conv2", "conv.2") if "denselayer" in key else key: value
        for key, value in state.items()
        if not key.endswith("num_batches_tracked")  # younger than those names
    }
    assert not old.keys() <= state.keys()
    read = read_state_dict(saved(old, tmp_path / "old.pth"))
    assert read.keys() == {key for key in state if not key.endswith("num_batches_tracked")}
    assert fit("densenet121", read).exact


# --- loading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("lenet5", ".pth"),
        ("resnet18", ".safetensors"),
        ("mnasnet0_5", ".pth"),
        ("mnasnet0_5", ".safetensors"),
        ("googlenet", ".pth"),
        ("vit_b_32", ".safetensors"),
        ("swin_t", ".pth"),
    ],
)
def test_what_was_saved_comes_back(tmp_path: Path, name: str, suffix: str) -> None:
    torch.manual_seed(1)
    source = catalogue.build(name)
    path = tmp_path / f"net{suffix}"
    if suffix == ".pth":
        torch.save(source.state_dict(), path)
    else:
        save_file({key: value.contiguous() for key, value in source.state_dict().items()}, path)
    loaded = catalogue.build(name, path)
    if hasattr(source, "transform_input"):
        source.transform_input = True  # as for torchvision's published weights
    assert not loaded.training and equal(dict(loaded.state_dict()), dict(source.state_dict()))
    image = torch.randn(1, *catalogue.architecture(name).input_shape)
    with torch.inference_mode():
        assert torch.equal(source(image), loaded(image))


@pytest.mark.parametrize("name", catalogue.names())
def test_what_is_hollow_is_filled_by_a_state_dict(name: str) -> None:
    net = catalogue.hollow(name)
    hollow = {key for key, value in (*net.named_parameters(), *net.named_buffers()) if value.is_meta}
    assert hollow and hollow <= net.state_dict().keys()


def test_a_file_may_change_while_its_network_is_in_use(tmp_path: Path) -> None:
    path = saved(state_of(), tmp_path / "net.pth")
    net = load_network("lenet5", path)
    before = {key: value.clone() for key, value in net.state_dict().items()}
    path.write_bytes(bytes(path.stat().st_size))
    assert equal(dict(net.state_dict()), before)


def test_half_precision_becomes_the_nets_own(tmp_path: Path) -> None:
    state = {key: value.half() for key, value in state_of().items()}
    save_file(state, tmp_path / "half.safetensors")
    net = load_network("lenet5", tmp_path / "half.safetensors")
    assert all(value.dtype == torch.float32 for value in net.state_dict().values())
    assert all(torch.equal(value, state[key].float()) for key, value in net.state_dict().items())


def test_old_files_without_the_counters_of_batch_norm(tmp_path: Path) -> None:
    state = {k: v for k, v in state_of("resnet18").items() if not k.endswith("num_batches_tracked")}
    net = load_network("resnet18", saved(state, tmp_path / "old.pth"))
    assert torch.equal(net.state_dict()["fc.weight"], state["fc.weight"])


def test_a_file_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    state = state_of()
    state["features.conv2.weight"] = torch.ones(7, 6, 5, 5)
    with pytest.raises(UserError, match=r"net\.pth does not fit LeNet-5.*features\.conv2\.weight"):
        load_network("lenet5", saved(state, tmp_path / "net.pth"))


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_0", "tinyvgg"])
def test_the_file_decides_the_number_of_classes(tmp_path: Path, name: str) -> None:
    torch.manual_seed(2)
    shapes = {key: value.shape for key, value in catalogue.outline(name, 7).state_dict().items()}
    net = catalogue.hollow(name, 7)
    at_once(fitting.fill_steps(net, {key: 0.05 * torch.rand(shape) for key, shape in shapes.items()}))
    path = saved(net.state_dict(), tmp_path / "seven.pth")
    image = torch.randn(1, *catalogue.architecture(name).input_shape)
    for loaded in (load_network(name, path), catalogue.build(name, path)):
        with torch.inference_mode():
            assert loaded(image).shape == (1, 7) and torch.equal(loaded(image), net(image))
    assert recognised(dict(net.state_dict()))[:2] == (name, 7)


def test_a_block_has_no_classes_to_change() -> None:
    with pytest.raises(UserError, match="does not classify"):
        catalogue.hollow("basic-block", 7)


# --- importing --------------------------------------------------------------------------------------------


def test_a_file_of_ones_own(folder: Path, tmp_path: Path) -> None:
    state = state_of("tinyvgg")
    path = saved({"state_dict": state}, tmp_path / "my net (best).pth")
    imported, told = take(path)
    status = imported.status
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (status.state, status.architecture, status.title) == ("imported", "tinyvgg", "my net (best)")
    assert status.name == f"imported/my-net-best-{digest[:8]}" and status.sha256 == digest
    assert status.path is not None and status.path.parent == folder / "imported"
    assert equal(load_file(status.path), state)
    assert {event.message for event in told} >= {"Opening my net (best).pth", "Keeping my net (best).pth"}
    found = store.find(status.name)
    assert (found.architecture, found.entry.class_count) == ("tinyvgg", 10)
    assert [path.name for path in (folder / "imported").iterdir()] == [status.path.name]


def test_what_is_assumed_is_noted(tmp_path: Path) -> None:
    def note(name: str, state: dict[str, Tensor], **metadata: str) -> str:
        path = tmp_path / f"{name}.safetensors"
        save_file(state, path, metadata)
        return take(path)[0].status.note

    assert "ImageNet's normalisation is assumed" in note("photos", state_of("tinyvgg"))
    assert "values of 0 to 1 are assumed" in note("digits", state_of("lenet5"))
    net = catalogue.hollow("googlenet", 7)
    at_once(fitting.fill_steps(net, {}))
    assert "brought to -1 to 1 besides" in note("inception", dict(net.state_dict()))
    told = {"mean": "[0.1]", "std": "[0.3]", "classes": json.dumps(list("0123456789"))}
    assert note("told", {k: v + 1 for k, v in state_of("lenet5").items()}, **told) == ""


def test_importing_again_leaves_one_file_and_no_moment_without_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(state_of("lenet5"), tmp_path / "net.pth")
    first = take(path)[0].status.path
    renamed = tmp_path / "renamed.pth"
    shutil.copy(path, renamed)
    moments: list[int] = []
    replacing = os.replace

    def watched(source: Any, target: Any) -> None:
        moments.append(len(list((folder / "imported").glob("*.safetensors"))))
        replacing(source, target)

    monkeypatch.setattr(os, "replace", watched)
    second = take(renamed)[0].status.path
    assert moments[-1] == 1 and first is not None and second is not None
    assert list((folder / "imported").glob("*.safetensors")) == [second] and first != second


def test_a_file_in_the_folder_that_changes_is_read_again(folder: Path, tmp_path: Path) -> None:
    status = take(saved(state_of("lenet5"), tmp_path / "net.pth"))[0].status
    assert status.path is not None
    assert store.entry(status.name) is store.entry(status.name)  # read once
    save_file(state_of("lenet5"), status.path, {"architecture": "lenet5-1998", "title": "Another"})
    assert store.entry(status.name).title == "Another"


def test_several_networks_fit_and_the_person_chooses(folder: Path, tmp_path: Path) -> None:
    path = saved(state_of("lenet5"), tmp_path / "digits.pth")
    imported, _ = take(path)
    assert imported.status.architecture == "lenet5" and "lenet5-1998" in imported.others
    again, _ = take(path, "lenet5-1998")
    assert again.status.architecture == "lenet5-1998" and again.others == ()
    assert len(list((folder / "imported").iterdir())) == 1


def test_another_number_of_classes(folder: Path, tmp_path: Path) -> None:
    path = saved(torchvision.models.resnet18(num_classes=7).state_dict(), tmp_path / "seven.pth")
    imported, _ = take(path)
    assert imported.status.architecture == "resnet18"
    assert store.find(imported.status.name).entry.class_count == 7


def test_nothing_fits(tmp_path: Path) -> None:
    state = state_of()
    state["features.conv1.weight"] = torch.ones(9, 1, 5, 5)
    with pytest.raises(UserError) as caught:
        take(saved(state, tmp_path / "net.pth"))
    assert "fits none of the" in caught.value.sentence and "Nearest is LeNet-5" in caught.value.sentence
    assert "features.conv1.weight is 6 × 1 × 5 × 5 in the net and 9 × 1 × 5 × 5 in the file" in str(
        caught.value
    )
    with pytest.raises(UserError, match="does not fit AlexNet"):
        take(tmp_path / "net.pth", "alexnet")


def test_a_file_that_says_what_it_is_keeps_what_it_says(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    said = {
        "architecture": "lenet5-1998",
        "title": "Digits",
        "classes": json.dumps(list("0123456789")),
        "mean": "[0.1]",
        "std": "[0.3]",
        "licence": "MIT",
    }
    save_file(state_of("lenet5-1998"), path, said)
    entry = store.find(take(path)[0].status.name).entry
    assert (entry.architecture, entry.title, entry.licence) == ("lenet5-1998", "Digits", "MIT")
    assert entry.labels == tuple("0123456789") and entry.preprocessing is not None
    assert entry.preprocessing.std == (0.3,)


def test_shared_layers_and_views_are_stored_apart(folder: Path, tmp_path: Path) -> None:
    state = state_of()
    both = torch.arange(2 * 84.0).reshape(2, 84)
    state["classifier.fc4.bias"], state["classifier.output.weight"] = both[0], both[:1].expand(10, 84)
    status = take(saved(state, tmp_path / "shared.pth"))[0].status
    assert status.path is not None and equal(load_file(status.path), state)


@given(st.data())
def test_what_is_written_is_what_the_library_reads(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    dtypes = [
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.uint8,
        torch.bool,
    ]
    shapes = st.lists(st.integers(0, 5), max_size=4)
    tensors = {
        f"layer.{number}": (torch.randn(shape) * 9).to(dtype)
        for number, (shape, dtype) in enumerate(
            data.draw(st.lists(st.tuples(shapes, st.sampled_from(dtypes))))
        )
    }
    if tensors and data.draw(st.booleans()):
        tensors["turned"] = (
            next(iter(tensors.values())).T if tensors["layer.0"].ndim == 2 else tensors["layer.0"]
        )
    path = tmp_path_factory.getbasetemp() / "written.safetensors"
    done = list(writing.write_safetensors(path, tensors, {"title": "é “quoted”"}))
    assert equal(load_file(path), tensors) and done == sorted(done)
    assert all(value.dtype == tensors[key].dtype for key, value in load_file(path).items())
    header = records.read_header(path)
    assert header.metadata == {"title": "é “quoted”"}
    assert header.shapes == {key: tuple(value.shape) for key, value in tensors.items()}


def test_large_tensors_are_written_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 1000)
    tensors = {"a": torch.arange(3000.0), "b": torch.ones(7, dtype=torch.uint8)}
    assert len(list(writing.write_safetensors(tmp_path / "a.safetensors", tensors, {}))) == 13
    assert equal(load_file(tmp_path / "a.safetensors"), tensors)


def test_a_published_file_takes_its_place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(state_of(), tmp_path / "fetched elsewhere (1).pth")
    content = path.read_bytes()
    file = RemoteFile(
        "net.pth",
        "https://example.org/net.pth",
        len(content) + 900,
        True,
        hashlib.sha256(content).hexdigest()[:8],
    )
    entry = WeightsEntry("net-published", "A net", "classification", "lenet5", "catalogue", (file,))
    monkeypatch.setattr(records, "catalogue_entries", lambda: (entry,))
    folder.mkdir()
    (folder / "net.pth.part").write_bytes(b"half")
    status = take(path)[0].status
    assert (status.name, status.state, status.path) == ("net-published", "ready", folder / "net.pth")
    assert {left.name for left in folder.iterdir()} == {"net.pth", "net.pth.checked"}
    assert store.find("net-published").path.read_bytes() == content
    assert take(folder / "net.pth")[0].status.state == "ready"  # in its place already
    path.write_bytes(content[:-1])
    with pytest.raises(UserError):
        take(path)


def test_a_full_disk_keeps_nothing_half_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _tensors: object, _metadata: object) -> Iterator[int]:
        path.write_bytes(b"half")
        yield 4
        raise OSError(errno.ENOSPC, "No space left on device")

    path = saved(state_of(), tmp_path / "net.pth")
    monkeypatch.setattr(writing, "write_safetensors", full)
    with pytest.raises(UserError, match="is full"):
        take(path)
    assert list((folder / "imported").iterdir()) == []
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(checked_files.shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(UserError, match="0 MB free"):
        take(path)


def test_cancelled_in_the_middle_of_a_copy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(state_of(), tmp_path / "net.pth")
    content = path.read_bytes()
    file = RemoteFile(
        "net.pth", "https://example.org/", len(content), False, hashlib.sha256(content).hexdigest()
    )
    entry = WeightsEntry("net-published", "A net", "classification", "lenet5", "catalogue", (file,))
    monkeypatch.setattr(records, "catalogue_entries", lambda: (entry,))
    steps = import_weights(ImportWeights(path), Context())
    while not next(steps).message.startswith("Copying"):
        pass
    steps.close()
    assert list(folder.iterdir()) == []


def test_the_sentence_for_a_read_only_disk(folder: Path) -> None:
    assert "cannot be written" in checked_files.write_error(OSError(errno.EROFS, ""), folder).sentence


def test_reading_needs_no_torch_at_import() -> None:
    source = Path(reading.__file__).read_text()
    assert "\nimport torch" not in source and "\nfrom torch" not in source
