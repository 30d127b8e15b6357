"""How a state dict fits a network, in words; which networks it fits; and loading it. Functions import torch."""

from __future__ import annotations

import importlib
import inspect
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.weights.reading import State, read_state_dict

if TYPE_CHECKING:
    from torch import Tensor, nn

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

_SIDE_BRANCHES = ("aux1.", "aux2.", "AuxLogits.")
_COUNTER = "num_batches_tracked"
_NO_PARAMETERS = ("running_mean", "running_var", _COUNTER)
_NAMED_LAYERS = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """How a file fits a network: `exact`, or with another number of `classes` in its last layer, or not, for `reasons`.

    `distance`: how many tensors are missing, too many or of another shape.
    """

    exact: bool
    reasons: tuple[str, ...] = ()
    classes: int | None = None
    distance: int = 0

    @property
    def usable(self) -> bool:
        return self.exact or self.classes is not None


def shapes_of(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in state.items()}


def fit(model_or_name: nn.Module | str, state: Mapping[str, Tensor]) -> Fit:
    """Compare a state dict with a module, or with an architecture of the catalogue (nothing is loaded)."""
    if isinstance(model_or_name, str):
        return _compare(signature(model_or_name), shapes_of(state), _classes_of(model_or_name))
    return _compare(shapes_of(model_or_name.state_dict()), shapes_of(state), None)


def identify(state: Mapping[str, Tensor]) -> tuple[str, ...]:
    """All architectures of the catalogue that a state dict fits exactly, in the catalogue's order."""
    shapes = shapes_of(state)
    for names in by_likelihood(state):
        exact = tuple(name for name in names if _compare(signature(name), shapes, None).exact)
        if exact:
            return exact
    return ()


def by_likelihood(state: Mapping[str, Tensor]) -> tuple[list[str], list[str]]:
    """The classifiers of the catalogue: those that may well have as many parameters as the state dict, and the others.

    torchvision states the number for each of its networks; building all of them to count takes seconds.
    """
    plain = {key: value.numel() for key, value in state.items() if not key.endswith(_NO_PARAMETERS)}
    main = sum(count for key, count in plain.items() if not key.startswith(_SIDE_BRANCHES))
    likely: list[str] = []
    others: list[str] = []
    for entry in catalogue.architectures():
        if entry.classes:
            fits = not entry.from_torchvision or _published_count(entry.name) in (main, sum(plain.values()))
            (likely if fits else others).append(entry.name)
    return likely, others


def _published_count(name: str) -> int:
    from torchvision.models import get_model_weights

    published: Any = get_model_weights(name)
    return int(published.DEFAULT.meta["num_params"])


@cache
def signature(name: str) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of an architecture; built without memory for its weights."""
    return shapes_of(catalogue.outline(name).state_dict())


def _classes_of(name: str) -> int:
    return catalogue.architecture(name).classes


def _compare(wanted: Shapes, given: Shapes, classes: int | None) -> Fit:
    missing = [key for key in wanted if key not in given and not key.endswith(_COUNTER)]
    extra = [key for key in given if key not in wanted and not key.startswith(_SIDE_BRANCHES)]
    wrong = [key for key in wanted if key in given and wanted[key] != given[key]]
    if not (missing or extra or wrong):
        return Fit(exact=True)
    reasons = (
        *_counted(missing, "is missing in the file", "are missing in the file"),
        *_counted(extra, "of the file is not in the net", "of the file are not in the net"),
        *_shape_reasons(wrong, wanted, given),
    )
    other = None if missing or extra else _other_class_count(wrong, wanted, given, classes)
    return Fit(False, reasons, other, len(missing) + len(extra) + len(wrong))


def _counted(keys: list[str], one: str, many: str) -> tuple[str, ...]:
    layers = list(dict.fromkeys(key.rpartition(".")[0] or key for key in keys))
    if not layers:
        return ()
    named = ", ".join(layers[:_NAMED_LAYERS]) + (" …" if len(layers) > _NAMED_LAYERS else "")
    return (f"1 layer {one} ({named})" if len(layers) == 1 else f"{len(layers)} layers {many} ({named})",)


def _shape_reasons(wrong: list[str], wanted: Shapes, given: Shapes) -> tuple[str, ...]:
    if not wrong:
        return ()
    key = wrong[0]
    first = f"{key} is {_times(wanted[key])} in the net and {_times(given[key])} in the file"
    return (first if len(wrong) == 1 else f"{first}, and {len(wrong) - 1} more differ in shape",)


def _times(shape: Iterable[int]) -> str:
    return " × ".join(str(n) for n in shape) or "a single number"


def _other_class_count(wrong: list[str], wanted: Shapes, given: Shapes, classes: int | None) -> int | None:
    """The file's number of classes, where nothing but the last layer's first dimension differs."""
    if classes is None or not all(wanted[key] and given[key] for key in wrong):
        return None
    layers = {key.rpartition(".")[0] for key in wrong}
    whole = all(key in wrong for key in wanted if key.rpartition(".")[0] in layers)
    same_rest = all(wanted[key][1:] == given[key][1:] for key in wrong)
    counts = {given[key][0] for key in wrong}
    if whole and same_rest and len(counts) == 1 and {wanted[key][0] for key in wrong} == {classes}:
        return counts.pop()
    return None


def load_into(model: nn.Module, path: Path) -> None:
    """Load a file into a network of the same shapes; half precision becomes the network's own.

    Side branches for training (GoogLeNet, Inception) that the network was built without are left out. Raises
    UserError where the file cannot be read or does not fit; the network is unchanged then.
    """
    load_state(model, read_state_dict(path), path.name)


def load_state(model: nn.Module, state: State, name: str) -> None:
    """Like load_into, for tensors that are in memory; `name` is what a refusal calls them."""
    import torch

    found = fit(model, state)
    if not found.exact:
        raise UserError(f"{name} does not fit this network: {'; '.join(found.reasons)}.")
    own = model.state_dict()
    full: OrderedDict[str, Tensor] = OrderedDict(
        (key, state[key] if key in state else torch.zeros_like(value)) for key, value in own.items()
    )
    # Modules read the version of their layout from here (MNASNet refuses a state dict without it).
    full._metadata = getattr(state, "_metadata", own._metadata)  # type: ignore[attr-defined]
    model.load_state_dict(full)


def load_network(name: str, path: Path) -> nn.Module:
    """An architecture with the weights of a file, in evaluation mode; the file decides the number of classes.

    Raises UserError where the file cannot be read or does not fit.
    """
    state = read_state_dict(path)
    found = fit(name, state)
    if not found.usable:
        raise UserError(f"{path.name} does not fit {name}: {'; '.join(found.reasons)}.")
    model = catalogue.build(name) if found.exact else build_with_classes(name, found.classes or 0)
    load_state(model, state, path.name)
    if hasattr(model, "transform_input"):
        # As in catalogue.build: the published Inception weights were trained with another normalisation.
        model.transform_input = True  # type: ignore[assignment]
    return model.eval()


def build_with_classes(name: str, classes: int) -> nn.Module:
    """An architecture with another number of classes and random weights.

    Raises UserError where its builder has no such setting.
    """
    builder = catalogue.architecture(name).builder
    module, _, function = builder.partition(":")
    if module == "torchvision":
        from torchvision.models import get_model

        model: nn.Module = get_model(function, weights=None, num_classes=classes)
        return model.eval()
    make = getattr(importlib.import_module(module), function)
    if "classes" not in inspect.signature(make).parameters:
        raise UserError(f"{name} is built for {catalogue.architecture(name).classes} classes only.")
    own: nn.Module = make(classes=classes)
    return own.eval()
