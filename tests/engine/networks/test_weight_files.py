"""Files from anywhere: what is read, what is refused and why."""

from __future__ import annotations

import io
import os
import pickle
import tarfile
import time
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.weights import pickles
from tests.engine.networks.weight_files_fixtures import equal, folder, read_state_dict, saved, state_of, take

__all__ = ["folder"]


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_state_dict(path)
    return caught.value.sentence


# --- reading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["zip", "legacy", "safetensors"])
def test_every_kind_of_file_gives_the_same_tensors(tmp_path: Path, way: str) -> None:
    state, path = state_of(), tmp_path / "net.pth"
    if way == "safetensors":
        path = tmp_path / "net.safetensors"
        save_file(state, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=way == "zip")
    assert equal(read_state_dict(path), state)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"model": state, "optimizer": {"lr": 0.1}},
        lambda state: {"checkpoint": 1, "model": {"state_dict": state}},
        lambda state: OrderedDict((f"module.{key}", value) for key, value in state.items()),
        lambda state: {"net": {f"_orig_mod.module.{key}": value for key, value in state.items()}},
        lambda state: {f"module._orig_mod.{key}": value for key, value in state.items()},
        lambda state: {key: nn.Parameter(value) for key, value in state.items()},
    ],
)
def test_wrappings_come_off(tmp_path: Path, wrap: Any) -> None:
    state = state_of()
    assert equal(dict(read_state_dict(saved(wrap(state), tmp_path / "net.pth"))), state)


class Bomb:
    """Runs a command when it is unpickled by anybody who trusts it."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("way", ["zip", "legacy", "bare", "inside"])
def test_a_pickle_bomb_is_refused_and_does_not_run(tmp_path: Path, way: str) -> None:
    marker, path = tmp_path / "it ran", tmp_path / "net.pth"
    if way == "bare":
        path.write_bytes(pickle.dumps(Bomb(marker)))
    elif way == "inside":
        saved({**state_of(), "extra": Bomb(marker)}, path)
    else:
        saved(Bomb(marker), path, _use_new_zipfile_serialization=way == "zip")
    assert "would run code" in refusal(path) and "mkdir" in refusal(path)
    with pytest.raises(UserError, match="would run code"):
        take(path)
    assert not marker.exists()
    pickle.loads(pickle.dumps(Bomb(marker)))
    assert marker.exists()  # it is a real one


def doubled(times: int) -> bytes:
    """A pickle of {t: 1}, where t is a pair of one pair of one pair ... (`times` deep): hashing it takes 2 ** times."""
    return b"\x80\x02}()" + b"q\x01h\x01\x86" * times + b"K\x01u."


def wrapped(times: int) -> bytes:
    """A pickle of {((( ... ,),),): 1}, `times` deep: hashing it recurses in C."""
    return b"\x80\x02}()" + b"\x85" * times + b"K\x01u."


def many(number: int) -> bytes:
    """A pickle of ever more dictionaries, each with the same key of 2 ** 20 values, which is hashed every time."""
    return b"\x80\x02()" + b"q\x01h\x01\x86" * 20 + b"q\x02" + b"}h\x02K\x01s" * number + b"."


def filled_late(times: int) -> bytes:
    """A pickle that calls a list: of one list twice, which is filled, with one list twice, after it was put there.

    Refusing it spells out 2 ** times lists.
    """
    made = b"".join(b"]q" + bytes([i]) for i in range(times))
    return (
        b"\x80\x02"
        + made
        + b"".join(b"h" + bytes([i]) + (b"h" + bytes([i + 1]) + b"a") * 2 for i in range(times - 1))
        + b"h\x00)R."
    )


def behind_a_long_text(times: int) -> bytes:
    """What was doubled so often, behind more than is looked at."""
    length = pickles.MOST_BYTES
    return b"\x80\x02X" + length.to_bytes(4, "little") + b"a" * length + doubled(times)[2:]


ENDLESS = {
    "doubled": doubled(60),
    "wrapped": wrapped(100_000),
    "many": many(500_000),
    "filled late": filled_late(60),
    "behind a long text": behind_a_long_text(60),
}


@pytest.mark.parametrize("data", ENDLESS.values(), ids=ENDLESS.keys())
@pytest.mark.parametrize("way", ["zip", "bare", "second name", "other case"])
def test_a_pickle_that_never_ends_is_refused(tmp_path: Path, way: str, data: bytes) -> None:
    path = tmp_path / "net.pth"
    if way == "bare":
        path.write_bytes(data)
    else:
        honest = zipfile.ZipFile(saved(state_of(), tmp_path / "honest.pth"))
        with zipfile.ZipFile(path, "w") as archive:
            for item in honest.infolist():
                name = item.filename
                if not name.endswith("data.pkl") or way == "second name":
                    archive.writestr(name, honest.read(item))
                elif way == "zip":
                    archive.writestr(name, data)
                else:
                    archive.writestr(name.replace("data.pkl", "DATA.PKL"), data)
            if way == "second name":
                archive.writestr("other/data.pkl", data)
            elif way == "other case":
                archive.writestr("honest/other/data.pkl", honest.read("honest/data.pkl"))
    began = time.monotonic()
    said = refusal(path)
    assert (
        "nests its contents in each other as no network does" in said or "describes its contents in" in said
    )
    assert time.monotonic() - began < 1.0
    with pytest.raises(UserError, match="its contents in"):
        take(path)


def test_what_the_bombs_are_made_of_is_right() -> None:
    assert len(pickle.loads(many(3))) == 1
    with pytest.raises(TypeError, match="not callable"):
        pickle.loads(filled_late(4))
    assert pickle.loads(behind_a_long_text(3)) == pickle.loads(doubled(3))


def test_torch_finds_a_description_under_a_name_of_another_case(tmp_path: Path) -> None:
    honest = zipfile.ZipFile(saved(state_of(), tmp_path / "honest.pth"))
    with zipfile.ZipFile(tmp_path / "net.pth", "w") as archive:
        for item in honest.infolist():
            archive.writestr(item.filename.replace("data.pkl", "DATA.PKL"), honest.read(item))
    assert equal(read_state_dict(tmp_path / "net.pth"), state_of())


def test_small_nests_are_left_to_torch(tmp_path: Path) -> None:
    assert pickle.loads(doubled(4)) and pickle.loads(wrapped(20))  # what the bombs are made of is right
    (tmp_path / "net.pth").write_bytes(doubled(4))
    assert "every entry has a name" in refusal(tmp_path / "net.pth") or "damaged" in refusal(
        tmp_path / "net.pth"
    )


def test_a_checkpoint_with_its_optimiser_is_read(tmp_path: Path) -> None:
    net = catalogue.build("lenet5")
    optimiser = torch.optim.Adam(net.parameters())
    net(torch.randn(2, 1, 32, 32)).sum().backward()
    optimiser.step()
    content = {"state_dict": net.state_dict(), "optimizer": optimiser.state_dict(), "epoch": 3}
    for new in (True, False):
        path = saved(content, tmp_path / "checkpoint.pth", _use_new_zipfile_serialization=new)
        assert equal(read_state_dict(path), dict(net.state_dict()))


@pytest.mark.parametrize("way", ["zip", "legacy"])
def test_a_whole_pickled_model_is_refused(tmp_path: Path, way: str) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    path = saved(model, tmp_path / "model.pth", _use_new_zipfile_serialization=way == "zip")
    assert "holds a whole pickled model (torch.nn.modules.container.Sequential)" in refusal(path)


def test_a_torchscript_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "script.pt"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("script/data.pkl", "script/constants.pkl", "script/code/__torch__.py"):
            archive.writestr(name, "")
    assert "is a TorchScript program" in refusal(path)


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("way", ["zip", "legacy", "safetensors"])
def test_a_file_that_is_cut_off(tmp_path: Path, way: str, share: float) -> None:
    path = tmp_path / ("net.safetensors" if way == "safetensors" else "net.pth")
    if way == "safetensors":
        save_file(state_of(), path)
    else:
        saved(state_of(), path, _use_new_zipfile_serialization=way == "zip")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert any(word in refusal(path) for word in ("cut off", "incomplete", "no file of weights"))


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_gives_tensors_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    stream = io.BytesIO()
    torch.save({"a": torch.ones(3)}, stream, _use_new_zipfile_serialization=data.draw(st.booleans()))
    content = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.pth"
    path.write_bytes(bytes(content))
    try:
        state = read_state_dict(path)
    except UserError:
        return
    assert all(isinstance(value, Tensor) for value in state.values())


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("net.onnx", b"\x08\x07\x12\x07pytorch", "is an ONNX graph"),
        ("net.weights", b"\0\0\0\0\2\0\0\0", "is a Darknet file"),
        ("net.cfg", b"[net]\nwidth=320", "is a Darknet description"),
        ("net.h5", b"\x89HDF\r\n\x1a\n", "is a Keras or HDF5 file"),
        ("net.pth", b"just a text", "no file of weights"),
        ("net.pth", b"", "is empty"),
        ("net.pth", b"\x80\x02.", "no file of weights"),
        ("net.safetensors", b"\x00" * 64, "is no safetensors file"),
        ("net.pt", b"PK\x03\x04 no zip", "damaged or cut off"),
    ],
)
def test_what_is_no_file_of_weights(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path)


def test_folders_and_missing_files(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    assert "is not there" in refusal(tmp_path / "nothing.pth")


def test_an_ordinary_zip_and_a_tar(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "not one that torch.save wrote" in refusal(tmp_path / "a.pth")
    with tarfile.open(tmp_path / "b.pth", "w") as tar:
        tar.add(tmp_path / "a.pth", "storages")
    assert "damaged" in refusal(tmp_path / "b.pth") or "no file of weights" in refusal(tmp_path / "b.pth")


def test_what_unpacks_to_far_more_is_not_opened(tmp_path: Path) -> None:
    packed = tmp_path / "packed.pth"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("net/data.pkl", b"")
        archive.writestr("net/data/0", bytes(50_000_000))
    assert "unpacks to far more" in refusal(packed)
    spread = saved({"a": torch.ones(1).expand(100_000, 100_000)}, tmp_path / "spread.pth")
    assert "claims to hold" in refusal(spread)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (torch.ones(3), "a single tensor"),
        ([torch.ones(3)], "no state dict but a list"),
        ({}, "no state dict"),
        ({"a": torch.ones(2), "b": "text"}, "not every entry is a tensor (b)"),
        ({1: torch.ones(2)}, "not every entry has a name"),
        ({"a": torch.ones(2, dtype=torch.complex64)}, "complex"),
    ],
)
def test_what_is_no_state_dict(tmp_path: Path, content: object, words: str) -> None:
    assert words in refusal(saved(content, tmp_path / "net.pth"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_numbers_that_are_not_finite(tmp_path: Path, value: float, dtype: torch.dtype) -> None:
    state = {key: tensor.to(dtype) for key, tensor in state_of().items()}
    state["features.conv2.weight"][3, 1, 2, 2] = value
    words = "not finite (NaN or infinity) in features.conv2.weight"
    assert words in refusal(saved(state, tmp_path / "net.pth"))
