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

__all__ = ["Architecture", "architecture", "architectures", "build", "bundled_file", "names", "outline"]


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
    folder, or the path of a .safetensors or .pth file. Raises UserError where they are not there or do not fit.
    """
    entry = architecture(name)
    net = _built(entry)
    if weights is None:
        return net.eval()
    _load(entry, net, weights)
    if hasattr(net, "transform_input"):
        # The published weights of the Inception nets were trained with another normalisation of the colours.
        net.transform_input = True  # type: ignore[assignment]
    return net.eval()


def outline(name: str) -> nn.Module:
    """A network on torch's meta device: all shapes and no numbers, so that the largest takes milliseconds."""
    from engine.networks.graphs.meta_run import WithoutNumbers

    entry = architecture(name)
    with WithoutNumbers():
        net = _built(entry)
    return net.to("meta").eval()


def _built(entry: Architecture) -> nn.Module:
    module, _, function = entry.builder.partition(":")
    if module == "torchvision":
        from torchvision.models import get_model

        net: nn.Module = get_model(function, weights=None)
    else:
        net = getattr(importlib.import_module(module), function)()
    return net


def _load(entry: Architecture, net: nn.Module, weights: str | Path) -> None:
    from engine.networks.weights import files, store

    if weights == "default":
        path = store.find_for(entry.name).path
    elif weights == "bundled":
        found = bundled_file(entry.name)
        if found is None:
            raise UserError(
                f"No weights for {entry.title} come with the program.",
                "Download some on the page Weights, or import a file.",
            )
        path = found
    else:
        path = Path(weights)
    files.load_into(net, path)


def bundled_file(name: str) -> Path | None:
    """The weights file of this project for a network; None where there is none."""
    from engine.networks.weights.records import bundled_entries

    return next((entry.path for entry in bundled_entries() if entry.architecture == name), None)
