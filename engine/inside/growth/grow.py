"""The digits net at every saved epoch before the same digits: its first filters, and what excites one channel."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.context import Context
from engine.errors import UserError
from engine.images import publish
from engine.inside.growth.checkpoints import Checkpoints, read
from engine.inside.growth.requests import NET, TOP, GrowFeatures, Growth
from engine.networks import catalogue
from engine.networks.classifying.preprocessing import from_entry
from engine.networks.graphs.graph import Field
from engine.networks.importing import imported
from engine.networks.learned_features.digit_features import framed, net_input
from engine.networks.program import Program, program_steps
from engine.networks.weights import store

ARCHITECTURE: Final = "lenet5"
BATCH: Final = 200
Digits = npt.NDArray[np.float32]


def respond(request: GrowFeatures, context: Context) -> Generator[Any, None, Growth]:
    """Answer a GrowFeatures. Raises UserError for a layer or channel that LeNet-5 does not have."""
    began = perf_counter()
    net = catalogue.build(ARCHITECTURE).requires_grad_(False).eval()
    program = yield from program_steps(net, catalogue.architecture(ARCHITECTURE).input_shape, NET, "LeNet-5")
    _check(program, request)
    kept = read()
    digits = yield from _digits(context)
    values = _normalised(digits)
    first, convolution = _first_convolution(net)
    filters, found = [], []
    for index, weights in enumerate(kept.weights):
        net.load_state_dict(dict(weights))
        filters.append(convolution.weight.detach().clone().numpy())
        found.append((yield from _strongest(program, request, values)))
        yield context.progress(index + 1, len(kept.weights), "Looking at saved epochs")
    return _answer(request, kept, first, np.stack(filters), found, digits, program, perf_counter() - began)


_known: list[Digits] = []
"""The digits, once they were made: they stay the same."""


def _digits(context: Context) -> Generator[Any, None, Digits]:
    """scikit-learn's digits (Alpaydin & Kaynak 1998) as LeNet-5 reads them, float32[N, 32, 32] in 0..1."""
    if not _known:
        yield from imported("sklearn.datasets", context)
        from sklearn.datasets import load_digits

        small, parts = framed(load_digits().images), []
        for start in range(0, len(small), BATCH):
            parts.append(net_input(small[start : start + BATCH])[:, 0])
            yield
        _known.append(np.concatenate(parts))
    return _known[0]


def _normalised(digits: Digits) -> Tensor:
    how = from_entry(store.find(NET).entry.preprocessing, (1, 32, 32))
    return (torch.from_numpy(digits)[:, None] - how.mean[0]) / how.std[0]


def _check(program: Program, request: GrowFeatures) -> None:
    shape = program.layer(request.layer).out_shape
    if not 0 <= request.channel < shape[0]:
        raise UserError(
            f"{request.layer} has the channels 0 to {shape[0] - 1}, but no channel {request.channel}."
        )


def _first_convolution(net: nn.Module) -> tuple[str, nn.Conv2d]:
    return next((name, module) for name, module in net.named_modules() if isinstance(module, nn.Conv2d))


def _strongest(
    program: Program, request: GrowFeatures, values: Tensor
) -> Generator[None, None, tuple[Tensor, Tensor, Tensor]]:
    """Of the nine digits that excite the channel most: activation, number of the digit, place on the map."""
    peaks, places = [], []
    for start in range(0, len(values), BATCH):
        raw = program.run(values[start : start + BATCH], [request.layer])[request.layer]
        plane = raw[:, request.channel].flatten(1) if raw.ndim == 4 else raw[:, request.channel, None]
        peak, place = plane.max(1)
        peaks.append(peak)
        places.append(place)
        yield
    top = torch.topk(torch.cat(peaks), TOP)
    return top.values, top.indices, torch.cat(places)[top.indices]


def _answer(
    request: GrowFeatures,
    kept: Checkpoints,
    first: str,
    filters: npt.NDArray[np.float32],
    found: list[tuple[Tensor, Tensor, Tensor]],
    digits: Digits,
    program: Program,
    seconds: float,
) -> Growth:
    node = program.layer(request.layer)
    width = node.out_shape[2] if len(node.out_shape) == 3 else 1
    patches = [
        [
            _patch(digits[int(picture)], node.field, *divmod(int(place), width))
            for picture, place in zip(pictures, places, strict=True)
        ]
        for _, pictures, places in found
    ]
    return Growth(
        request, kept.epochs, kept.accuracy, first, publish(filters), publish(np.array(patches)),
        publish(torch.stack([peaks for peaks, _, _ in found]).numpy()),
        publish(torch.stack([pictures for _, pictures, _ in found]).int().numpy()),
        len(digits), seconds,
    )  # fmt: skip


def _patch(
    digit: npt.NDArray[np.float32], field: Field | None, row: int, column: int
) -> npt.NDArray[np.uint8]:
    """What a unit reads of a digit, black beyond its border; all of it where no window says what."""
    pixels = np.rint(digit * 255).astype(np.uint8)
    if field is None or field.everything:
        return pixels
    rows, columns = field.rows(row), field.columns(column)
    margin = max(field.size)
    padded = np.pad(pixels, margin)
    return padded[rows.start + margin : rows.stop + margin, columns.start + margin : columns.stop + margin]
