"""Reading files of weights without running anybody's code. Importing this imports no torch; its functions do."""

from __future__ import annotations

import logging
import math
import pickle
import pickletools
import re
import zipfile
from collections import OrderedDict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import UserError
from engine.networks.weights import records
from engine.networks.weights.pickles import MOST_BYTES, Overgrown, check_nesting
from engine.networks.weights.records import clipped

if TYPE_CHECKING:
    from torch import Tensor

log = logging.getLogger(__name__)

State: TypeAlias = "dict[str, Tensor]"

OPENABLE = "Files that can be used: .safetensors, and .pth or .pt as torch.save writes a state dict."
_WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params")
_PREFIXES = ("module.", "_orig_mod.", "model.")
# Keys of densenet files from before names with dots were forbidden: norm.1 -> norm1 (as torchvision itself reads them).
_OLD_DENSENET = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.(?:weight|bias|running_mean|running_var))$"
)
_NAMED_LAYERS = 3
PART = 4_000_000
"""Numbers that are looked at or copied in one step: the first linear layer of VGG-16 alone has 103 million."""


def read_steps(path: Path) -> Generator[int, None, State]:
    """The tensors of a file by name, on the CPU; of a .pth they stay in the file until they are used.

    Wrappers ("state_dict", DataParallel's "module.") are taken off. Yields how many tensors were looked at. Raises
    UserError, with a reason, for whatever is no state dict, would run code, is damaged, or holds numbers that are not
    finite.
    """
    state = open_state_dict(path)
    yield from check_finite(state, path.name)
    return state


def open_state_dict(path: Path) -> State:
    """Like read_steps, but the numbers are not looked at (see check_finite)."""
    head = read_head(path)
    _refuse_by_kind(path, head)
    if path.suffix.lower() == records.SUFFIX or head[8:9] == b"{":
        content: object = _read_safetensors(path)
    elif head[:4] == b"PK\x03\x04":
        _check_archive(path)
        content = _load(path, mmap=True)
    else:
        with path.open("rb") as stream:
            _check_pickle(stream.read(MOST_BYTES), path.name)
        content = _load(path, mmap=False)
    state = _state_dict(content, path.name)
    _check_tensors(state, path)
    return state


def check_finite(state: State, name: str) -> Iterator[int]:
    """Look at every number in short steps; yields how many tensors were looked at.

    Raises UserError, calling the file `name`, where some are not finite.
    """
    broken = []
    for done, (key, value) in enumerate(state.items()):
        if value.is_floating_point():
            finite = True
            for part in value.detach().reshape(-1).split(PART):
                yield done
                finite = finite and _is_finite(part)
            if not finite:
                broken.append(key)
        yield done + 1
    if broken:
        more = f" and {len(broken) - 1} more layers" if len(broken) > 1 else ""
        raise UserError(
            f"{name} has numbers that are not finite (NaN or infinity) in {broken[0]}{more}.",
            "The training of these weights went wrong, or the file is damaged; take an earlier one.",
        )


def _is_finite(values: Tensor) -> bool:
    """NaN and infinity survive a sum, which needs no second tensor; a doubtful one is looked at closely."""
    import torch

    total = float(values.sum(dtype=torch.float64))
    return math.isfinite(total) or bool(torch.isfinite(values).all())


def read_head(path: Path) -> bytes:
    """The first 512 bytes of a file; raises UserError where there is nothing to read."""
    try:
        if path.is_dir():
            raise UserError(f"{path.name} is a folder, not a file of weights.", "Choose a file inside it.")
        with path.open("rb") as stream:
            head = stream.read(512)
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there.", "Was it moved, renamed or unplugged?") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} could not be read ({error}).", "Copy it to another place.") from error
    if not head:
        raise UserError(f"{path.name} is empty (0 bytes).", "Copy or download the file again.")
    return head


def _refuse_by_kind(path: Path, head: bytes) -> None:
    suffix = path.suffix.lower()
    kinds = {
        ".onnx": "an ONNX graph",
        ".weights": "a Darknet file",
        ".cfg": "a Darknet description",
        ".tflite": "a TensorFlow Lite model",
        ".caffemodel": "a Caffe model",
    }
    kind = kinds.get(suffix) or ("a Keras or HDF5 file" if head[:4] == b"\x89HDF" else None)
    if kind is not None:
        raise UserError(
            f"{path.name} is {kind}, not the state dict of a classifier, and none of those that ConvScope knows.",
            OPENABLE,
        )


def _read_safetensors(path: Path) -> State:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    records.read_header(path)
    try:
        return load_file(path)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise UserError(f"{path.name} is damaged ({error}).", "Copy or download the file again.") from error


def _check_archive(path: Path) -> None:
    """A zip file as torch.save writes it: complete, nothing packed to bursting, no program inside, nothing endless."""
    try:
        with zipfile.ZipFile(path) as archive:
            items = archive.infolist()
            # torch looks names up without regard to case, and there may be several: all are looked at.
            described = [item for item in items if item.filename.rpartition("/")[2].lower() == "data.pkl"]
            _check_contents(path, items, described)
            for item in described:
                _check_pickle(archive.read(item), path.name)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _damaged(path.name) from error


def _check_contents(path: Path, items: list[zipfile.ZipInfo], described: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(item.file_size for item in items)
    if any(item.filename.lower().endswith("/constants.pkl") for item in items):
        raise UserError(
            f"{path.name} is a TorchScript program, which would run code of its own; it was not opened.",
            "Save the state dict instead: torch.save(model.state_dict(), ...).",
        )
    if not described:
        raise UserError(f"{path.name} is a zip file, but not one that torch.save wrote.", OPENABLE)
    if unpacked > path.stat().st_size + 1_000_000:
        raise UserError(
            f"{path.name} unpacks to far more than it is ({unpacked:,} bytes); it was not opened."
        )
    longest = max(item.file_size for item in described)
    if longest >= MOST_BYTES:
        raise UserError(
            f"{path.name} describes its contents in {longest:,} bytes, which no network needs; it was not opened."
        )


def _check_pickle(data: bytes, name: str) -> None:
    """Refuse a pickle that would keep its reader busy without end; what is no pickle at all is left to torch."""
    try:
        check_nesting(data)
    except Overgrown as error:
        raise UserError(
            f"{name} nests its contents in each other as no network does; it was refused.", OPENABLE
        ) from error


def _load(path: Path, mmap: bool) -> object:
    """torch.load that runs nothing but the making of tensors."""
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except pickle.UnpicklingError as error:
        raise _refused_pickle(path.name, str(error)) from error
    except MemoryError as error:
        raise UserError(
            f"There is not enough memory to open {path.name}.", "Close other programs."
        ) from error
    except Exception as error:
        # Whatever a damaged file makes torch raise (RuntimeError, EOFError, KeyError, struct.error ...).
        log.info("%s could not be loaded", path.name, exc_info=True)
        code = None if mmap else _foreign_code(path)
        raise (_would_run(path.name, code) if code else _damaged(path.name)) from error


def _refused_pickle(name: str, message: str) -> UserError:
    found = re.search(r"GLOBAL ([\w.]+)", message)
    what = found.group(1) if found else ""
    if what.startswith(("torch.nn.", "torchvision.", "torch.fx.", "__main__.")) or ".models." in what:
        return UserError(
            f"{name} holds a whole pickled model ({what}), not only its weights; opening that would run code, "
            "so it was not opened.",
            "Save only the weights: torch.save(model.state_dict(), ...), or as .safetensors.",
        )
    if what:
        return _would_run(name, what)
    return UserError(
        f"{name} is no file of weights, or it asks for more than the making of tensors; it was refused.",
        OPENABLE,
    )


def _would_run(name: str, what: str) -> UserError:
    return UserError(
        f"{name} would run code when it is opened ({what}); it was refused, and nothing of it was run.",
        "Take weights only from people you trust, best as .safetensors.",
    )


def _foreign_code(path: Path) -> str | None:
    """The first function outside torch that a bare pickle names; its instructions are read, not carried out."""
    strings: list[str] = []
    try:
        with path.open("rb") as stream:
            for operation, argument, _ in pickletools.genops(stream.read(MOST_BYTES)):
                if operation.name == "STACK_GLOBAL" and len(strings) > 1:
                    found = ".".join(strings[-2:])
                elif operation.name == "GLOBAL":
                    found = str(argument).replace(" ", ".")
                else:
                    strings += [argument] if isinstance(argument, str) else []
                    continue
                if not found.startswith(("torch.", "collections.")):
                    return found
    except (ValueError, OSError, RecursionError) as error:
        log.info("%s is no pickle: %s", path.name, error)
    return None


def _damaged(name: str) -> UserError:
    return UserError(
        f"{name} is damaged or cut off, or no file of weights at all.",
        f"Copy or download it again. {OPENABLE}",
    )


def _state_dict(content: object, name: str) -> State:
    """The state dict inside whatever wrapping; raises UserError where there is none."""
    import torch

    for _ in range(len(_WRAPPERS)):
        if not isinstance(content, dict):
            break
        inner = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), dict)), None)
        if inner is None:
            break
        content = inner
    if isinstance(content, torch.Tensor):
        raise UserError(f"{name} holds a single tensor, not the weights of a network.", OPENABLE)
    if not isinstance(content, dict) or not content:
        raise UserError(f"{name} holds no state dict but a {type(content).__name__}.", OPENABLE)
    if not all(isinstance(key, str) for key in content):
        raise UserError(f"{name} holds no state dict: not every entry has a name.", OPENABLE)
    strange = [key for key, value in content.items() if not isinstance(value, torch.Tensor)]
    if strange:
        shown = ", ".join(clipped(key) for key in strange[:_NAMED_LAYERS])
        raise UserError(f"{name} holds no state dict: not every entry is a tensor ({shown}).", OPENABLE)
    return _renamed(content)


def _renamed(state: dict[str, Tensor]) -> State:
    while prefix := next((p for p in _PREFIXES if all(key.startswith(p) for key in state)), ""):
        state = _with_keys(state, [key.removeprefix(prefix) for key in state])
    if any(_OLD_DENSENET.match(key) for key in state):
        state = _with_keys(state, [_OLD_DENSENET.sub(r"\1\2", key) for key in state])
    return state


def _with_keys(state: State, keys: list[str]) -> State:
    renamed = OrderedDict(zip(keys, state.values(), strict=True))
    if hasattr(state, "_metadata"):
        renamed._metadata = state._metadata  # type: ignore[attr-defined]
    return renamed


def _check_tensors(state: State, path: Path) -> None:
    """Ordinary dense tensors, no bigger than the file."""
    import torch

    size = 0
    for key, value in state.items():
        if value.layout != torch.strided or value.is_quantized or value.is_meta or value.is_complex():
            raise UserError(f"{path.name}: {key} is a sparse, quantised or complex tensor.", OPENABLE)
        size += value.numel() * value.element_size()
    # Views of one small storage can claim any size; a few shared layers are all that real files have.
    if size > 4 * path.stat().st_size + 1_000_000:
        raise UserError(f"{path.name} claims to hold {size:,} bytes of numbers, far more than it is long.")
