"""Looking a unit up: its strongest patches, each with the unit's projection back to the pixels."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final

import numpy as np
import torch

from engine.context import Context
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.images import Frame, fit, publish
from engine.inside.descent.descend import projection
from engine.inside.descent.record import Unit, record
from engine.inside.nets import OpenNet, open_net
from engine.inside.patches import library
from engine.inside.patches.galleries import Gallery, gallery_of
from engine.inside.patches.index import Index, PictureFile, Record, blank
from engine.inside.patches.reading import read_prepared
from engine.inside.patches.requests import FindPatches, OpenPatchPicture, Patch, Pictures, UnitPatches
from engine.networks.classifying.preprocessing import Pixels, Prepared
from engine.networks.graphs.graph import Field, Node

log = logging.getLogger(__name__)

GONE: Final = "This picture cannot be read any more. Was it moved, renamed or unplugged?"
REMEMBERED: Final = 64
"""Pictures that stay prepared: the next unit is often strongest in the same ones."""
SHARP_SIDE: Final = 512
TOLERANCE: Final = 1e-3
"""Relative to the strongest activation: the same float32 sums in another order."""


@dataclass(frozen=True, slots=True)
class _Key:
    net: str
    pictures: Pictures
    file: PictureFile


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """What the net gets of a picture, and the same part of it for the eyes (see Patch)."""

    prepared: Prepared
    seen: Pixels
    sharp: Pixels | None


_remembered: OrderedDict[_Key, _Picture] = OrderedDict()


def find(request: FindPatches, context: Context) -> Generator[Any, None, UnitPatches]:
    """Answer a FindPatches. Raises UserError: no such net, layer or unit; a layer without maps."""
    began = perf_counter()
    net = yield from open_net(request.net, context)
    layer = net.program.layer(request.layer)
    gallery = gallery_of(request.pictures, net.net.preprocessing.kind == "digit")
    identity = yield from library.identify(net, context)
    index = library.index_at(library.file_of(identity, request.pictures), identity)
    if index is None:
        index = blank(identity, ())
    records = index.records(request.layer, request.channel)
    answer = _answer(request, gallery.title, net, layer, index)
    patches: list[Patch] = []
    pictures: list[_Picture | None] = []
    try:
        for one in records:
            picture = yield from _picture(request, net, gallery, one.picture)
            pictures.append(picture)
            patches.append(_patch(net, layer, one, picture))
    finally:
        gallery.close()
    answer = replace(answer, patches=tuple(patches), seconds=perf_counter() - began)
    yield context.partial(answer)
    for place, picture in enumerate(pictures):
        if picture is not None:
            patches[place] = projected(net, request.layer, request.channel, patches[place], picture.prepared)
            answer = replace(answer, patches=tuple(patches), seconds=perf_counter() - began)
            yield context.partial(answer)
    return replace(answer, complete=True, check=_checked(patches), seconds=perf_counter() - began)


def open_patch_picture(request: OpenPatchPicture, context: Context) -> Generator[Any, None, Frame]:
    """Answer an OpenPatchPicture: the picture in full. Raises UserError where it cannot be read any more."""
    net = yield from open_net(request.net, context)
    gallery = gallery_of(request.pictures, net.net.preprocessing.kind == "digit")
    yield
    try:
        return gallery.read(request.picture)
    finally:
        gallery.close()


def forget() -> None:
    """Give up the pictures in memory."""
    _remembered.clear()


def _answer(request: FindPatches, collection: str, net: OpenNet, layer: Node, index: Index) -> UnitPatches:
    channels, height, width = layer.out_shape
    return UnitPatches(
        request,
        collection,
        (),
        channels,
        (height, width),
        net.net.preprocessing.size,
        layer.field_text,
        _is_whole(layer.field, net.net.preprocessing.size),
        index.mined,
        len(index.pictures),
    )


def _is_whole(field: Field | None, side: int) -> bool:
    return field is None or field.everything or min(field.size) >= side


def _window(field: Field | None, row: int, column: int, side: int) -> tuple[int, int, int, int]:
    """What a unit reads, (top, left, bottom, right) in pixels of a picture of `side`; all of it if no window says."""
    if field is None or _is_whole(field, side):
        return 0, 0, side, side
    rows, columns = field.rows(row), field.columns(column)
    return rows.start, columns.start, rows.stop, columns.stop


def _picture(
    request: FindPatches, net: OpenNet, gallery: Gallery, file: PictureFile
) -> Generator[None, None, _Picture | None]:
    """A picture of the collection, from memory or from its file; None where that cannot be read any more."""
    key = _Key(net.net.name, request.pictures, file)
    if key not in _remembered:
        try:
            frame, prepared = read_prepared(gallery, file.name, net.net.preprocessing)
        except UserError as error:
            log.info("%s", error)
            return None
        _remembered[key] = _Picture(prepared, _in_colour(prepared.seen), _sharp(frame, prepared, net))
        while len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
        yield
    _remembered.move_to_end(key)
    return _remembered[key]


def _in_colour(seen: Pixels) -> Pixels:
    return publish(seen if seen.ndim == 3 else np.repeat(seen[..., None], 3, axis=2))


def _sharp(frame: Frame, prepared: Prepared, net: OpenNet) -> Pixels | None:
    """The part of a photo that the net reads, where the photo has more pixels of it than the net gets."""
    if net.net.preprocessing.kind == "digit":
        return None
    left, top, right, bottom = prepared.window
    rows = slice(round(top * frame.height), round(bottom * frame.height))
    columns = slice(round(left * frame.width), round(right * frame.width))
    cut = fit(frame.pixels[rows, columns], SHARP_SIDE)
    return publish(cut) if min(cut.shape[:2]) > net.net.preprocessing.size else None


def _patch(net: OpenNet, layer: Node, found: Record, picture: _Picture | None) -> Patch:
    """A record with what the net sees of its picture."""
    name = found.picture.name
    window = _window(layer.field, found.row, found.column, net.net.preprocessing.size)
    patch = Patch(name, _title(name), found.value, (found.row, found.column), window)
    if picture is None:
        return replace(patch, problem=GONE)
    read = None if net.net.preprocessing.kind == "digit" else picture.prepared.window
    return replace(patch, seen=picture.seen, sharp=picture.sharp, read=read)


def _title(name: str) -> str:
    """The file's name without its folders."""
    return name.rsplit("/", 1)[-1]


def projected(net: OpenNet, layer: str, channel: int, patch: Patch, prepared: Prepared) -> Patch:
    """A patch with the unit's projection (deconvnet, Zeiler & Fergus 2013) and its activation computed anew."""
    run = record(net.program, net.values(prepared), layer)
    row, column = patch.place
    again = float(run.maps[0, channel, row, column])
    try:
        down = projection(run, Unit(layer, channel, row, column), "deconvnet")
    except UserError as error:
        return replace(patch, again=again, problem=error.sentence)
    pixels = down.float().permute(1, 2, 0).cpu().numpy()
    return replace(patch, again=again, projection=publish(np.ascontiguousarray(pixels)))


def _checked(patches: list[Patch]) -> CheckResult | None:
    """How far the index is from what the net says now; None where nothing could be compared."""
    pairs = [(patch.value, patch.again) for patch in patches if patch.again is not None]
    if not pairs:
        return None
    scale = max(max(abs(value) for value, _ in pairs), 1e-6)
    worst = max(abs(value - again) for value, again in pairs) / scale
    return CheckResult(worst, TOLERANCE, worst <= TOLERANCE, f"torch {torch.__version__}, run anew")
