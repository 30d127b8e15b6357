"""The networks that ConvScope knows: what each is, and how it is built. Importing this imports no torch."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.networks.zoo.table import TEACHING, Architecture, torchvision_others

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Architecture",
    "architecture",
    "architectures",
    "build",
    "bundled_file",
    "hollow",
    "names",
    "outline",
]


@cache
def _table() -> Mapping[str, Architecture]:
    return {entry.name: entry for entry in (*TEACHING, *torchvision_others())}


def architectures() -> tuple[Architecture, ...]:
    """All networks: those to teach with first, then every other classifier of torchvision by family."""
    return tuple(_table().values())


def names() -> tuple[str, ...]:
    """The names of all networks, in the order of `architectures()`."""
    return tuple(_table())


def architecture(name: str) -> Architecture:
    """What is known about a network. Raises UserError, naming similar ones, where there is none of this name."""
    found = _table().get(name)
    if found is None:
        near = get_close_matches(name.casefold(), names(), n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else "catalogue.names() lists all."
        raise UserError(f"There is no network called “{name}”.", hint)
    return found


def build(name: str, weights: str | Path | None = None) -> nn.Module:
    """A network in evaluation mode, on the CPU.

    `weights`: None for random ones, "bundled" for those trained by this project, "default" for those of the models
    folder, or the path of a .safetensors or .pth file, which decides the number of classes. Raises UserError where
    they are not there or do not fit.
    """
    entry = architecture(name)
    if weights is None:
        return _made(entry).eval()
    from engine.networks.weights.fitting import load_network

    return load_network(name, _path(entry, weights))


def outline(name: str, classes: int | None = None) -> nn.Module:
    """A network on torch's meta device: all shapes and no numbers, so that the largest takes milliseconds."""
    return hollow(name, classes).to("meta")


def hollow(name: str, classes: int | None = None) -> nn.Module:
    """A network whose weights are still to be filled in; what it computes itself (tables of positions) is there.

    `classes`: another number of them than the architecture's own. Raises UserError for a block, which has none.
    """
    from engine.networks.graphs.meta_run import WithoutNumbers

    with WithoutNumbers():
        return _made(architecture(name), classes).eval()


def _made(entry: Architecture, classes: int | None = None) -> nn.Module:
    module, _, function = entry.builder.partition(":")
    other = classes is not None and classes != entry.classes
    if other and not entry.classes:
        raise UserError(f"{entry.title} does not classify: it has no number of classes.")
    if module == "torchvision":
        from torchvision.models import get_model

        net: nn.Module = get_model(function, weights=None, **({"num_classes": classes} if other else {}))
    else:
        net = getattr(importlib.import_module(module), function)(**({"classes": classes} if other else {}))
    return net


def _path(entry: Architecture, weights: str | Path) -> Path:
    from engine.networks.weights import store

    if weights == "default":
        return store.find_for(entry.name).path
    if weights != "bundled":
        return Path(weights)
    found = bundled_file(entry.name)
    if found is None:
        raise UserError(
            f"No weights for {entry.title} come with the program.",
            "Download some on the page Weights, or import a file.",
        )
    return found


def bundled_file(name: str) -> Path | None:
    """The weights file of this project for a network; None where there is none."""
    from engine.networks.weights.records import bundled_entries

    return next((entry.path for entry in bundled_entries() if entry.architecture == name), None)
