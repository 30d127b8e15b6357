"""Nets that are kept: files in the models folder under styles/, each with its style's thumbnail and its settings.

A file is safetensors in half precision. Free of torch until a net is read or written.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.errors import UserError
from engine.images import decode, encode_png, fit
from engine.networks.weights import checked_files, reading, records, store, writing
from engine.style.fast.requests import FastList, KeptNet, ListFast, RemoveFast, RenameFast
from engine.style.fast.settings import FastSettings
from engine.style.requests import Pixels
from engine.style.settings import StyleSettings

if TYPE_CHECKING:
    from torch import Tensor

log = logging.getLogger(__name__)

KIND: Final = "convscope fast style 1"
"""What such a file calls itself."""
BUNDLED_FOLDER: Final = Path(__file__).resolve().parents[3] / "resources" / "styles"
THUMBNAIL: Final = 96
LONGEST_TITLE: Final = 60


def folder() -> Path:
    """Where a person's nets are kept. It need not exist yet."""
    return store.models_folder() / "styles"


# --- what the engine is asked ---------------------------------------------------------------------------------


def respond_list(_request: ListFast, _context: object) -> FastList:
    """Answer a ListFast."""
    return kept_nets()


def rename(request: RenameFast, _context: object) -> FastList:
    """Answer a RenameFast. Raises UserError: no such net, a bundled one, an empty title, a disk that is full."""
    path, title = _own(request.name), _title(request.title)
    state = read_state(path)
    metadata = records.read_header(path).metadata | {"title": title}
    write(path, state, metadata)
    return kept_nets()


def remove(request: RemoveFast, _context: object) -> FastList:
    """Answer a RemoveFast. Raises UserError: no such net, a bundled one, a folder that cannot be written."""
    path = _own(request.name)
    with checked_files.written(path.parent):
        path.unlink()
    return kept_nets()


# --- files ----------------------------------------------------------------------------------------------------


def kept_nets() -> FastList:
    """All nets: the bundled ones, then a person's own by their titles."""
    nets, damaged = [], []
    for place in (BUNDLED_FOLDER, folder()):
        found = []
        for path in sorted(place.glob(f"*{records.SUFFIX}")):
            try:
                found.append(described(path))
            except UserError as error:
                log.info("%s cannot be used: %s", path.name, error)
                damaged.append((path.name, error.sentence))
        nets += sorted(found, key=lambda net: net.title.casefold())
    return FastList(tuple(nets), tuple(damaged))


def path_of(name: str) -> Path:
    """The file of a net. Raises UserError where there is none."""
    for place in (folder(), BUNDLED_FOLDER):
        path = place / f"{name}{records.SUFFIX}"
        if path.name == Path(path.name).name and name == path.stem and path.is_file():
            return path
    raise UserError(f"The net “{name}” is not here.", "Choose another one of the list, or train it.")


def _own(name: str) -> Path:
    """The file of a person's own net, by its name or its file name."""
    path = path_of(name.removesuffix(records.SUFFIX))
    if path.parent == BUNDLED_FOLDER:
        raise UserError("This net comes with the program and stays as it is.")
    return path


def described(path: Path) -> KeptNet:
    """What a file says about itself. Raises UserError where it is damaged, or no such net."""
    header = records.read_header(path)
    meta = header.metadata
    if meta.get("kind") != KIND:
        raise UserError(f"{path.name} is no net that has learned a style.")
    try:
        return KeptNet(
            path.stem,
            records.clipped(meta["title"], LONGEST_TITLE),
            _thumbnail(meta.get("thumbnail", ""), path.name),
            tuple(str(name) for name in json.loads(meta["styles"])),
            _settings(json.loads(meta["settings"])),
            FastSettings(**json.loads(meta["fast"])).validated(),
            int(meta["steps"]),
            path.stat().st_size,
            path.parent == BUNDLED_FOLDER,
        )
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise UserError(f"{path.name} does not say what it was trained with ({error}).") from error


def _settings(values: Mapping[str, Any]) -> StyleSettings:
    """Settings as JSON keeps them: lists where there were tuples."""
    changes: dict[str, Any] = dict(values)
    changes["style_layers"] = tuple((str(layer), float(weight)) for layer, weight in values["style_layers"])
    changes["blend"] = tuple(float(weight) for weight in values["blend"])
    return StyleSettings(**changes).validated()


def _thumbnail(text: str, name: str) -> Pixels | None:
    try:
        return decode(base64.b64decode(text, validate=True), name).pixels if text else None
    except (UserError, binascii.Error) as error:
        log.info("the thumbnail of %s cannot be shown: %s", name, error)
        return None


def metadata(
    title: str, styles: Sequence[tuple[str, Pixels]], settings: StyleSettings, fast: FastSettings, steps: int
) -> dict[str, str]:
    """What the file of a net says about itself; `styles`: name and picture of each."""
    thumbnail = encode_png(fit(styles[0][1], THUMBNAIL))
    return {
        "kind": KIND,
        "title": _title(title),
        "styles": json.dumps([name for name, _ in styles]),
        "settings": json.dumps(asdict(settings)),
        "fast": json.dumps(asdict(fast)),
        "steps": str(steps),
        "thumbnail": base64.b64encode(thumbnail).decode(),
    }


def keep(state: Mapping[str, Tensor], about: Mapping[str, str]) -> KeptNet:
    """Keep a net under a name that is free. Raises UserError where the models folder cannot take it."""
    place = folder()
    checked_files.make_room(place, sum(value.nbytes for value in state.values()))
    stem = re.sub(r"[^a-z0-9]+", "-", about["title"].casefold()).strip("-")[:40] or "style"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
    path = next(path for name in names if not (path := place / f"{name}{records.SUFFIX}").exists())
    write(path, state, about)
    return described(path)


def write(path: Path, state: Mapping[str, Tensor], about: Mapping[str, str]) -> None:
    """Write the file of a net, whole or not at all."""
    part = checked_files.part_of(path.with_name(f"{path.name}{checked_files.IMPORTING}"))
    half = {key: value.detach().half().cpu() for key, value in state.items()}
    with checked_files.written(path.parent):
        try:
            for _ in writing.write_safetensors(part, half, about):
                pass
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def read_state(path: Path) -> dict[str, Tensor]:
    """The weights of a net in single precision. Raises UserError where the file is damaged."""
    state = reading.open_state_dict(path)
    for _ in reading.check_finite(state, path.name):
        pass
    return {key: value.float() for key, value in state.items()}


def _title(text: str) -> str:
    title = records.clipped(text, LONGEST_TITLE)
    if not title:
        raise UserError("A net needs a name.")
    return title
