"""How a state dict fits a network, in words; which networks it fits; and loading it. Functions import torch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.errors import UserError
from engine.networks import catalogue
from engine.networks.steps import at_once
from engine.networks.weights.reading import PART, State, read_steps

if TYPE_CHECKING:
    import torch
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


@dataclass(frozen=True, slots=True)
class Recognised:
    """The architecture that a file belongs to, its number of classes, and what else it fits."""

    architecture: str
    classes: int
    others: tuple[str, ...] = ()


def shapes_of(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in state.items()}


def fit(model_or_name: nn.Module | str, state: Mapping[str, Tensor]) -> Fit:
    """Compare a state dict with a module, or with an architecture of the catalogue (nothing is loaded)."""
    if isinstance(model_or_name, str):
        return _compare(signature(model_or_name), shapes_of(state), _classes_of(model_or_name))
    return _compare(shapes_of(model_or_name.state_dict()), shapes_of(state), None)


def recognise(
    state: Mapping[str, Tensor], name: str, said: str | None = None
) -> Generator[tuple[int, int, str], None, Recognised]:
    """Which architecture a state dict belongs to; yields how many were tried, of how many, and the one just tried.

    `said`: the architecture that the file itself names, preferred where it fits. Raises UserError, calling the file
    `name`, where none fits.
    """
    shapes = shapes_of(state)
    fits: dict[str, Fit] = {}
    groups = by_likelihood(state)
    total = sum(len(names) for names in groups)
    for names in groups:
        for one in names:
            fits[one] = _compare(signature(one), shapes, _classes_of(one))
            yield len(fits), total, one
        exact = [one for one, found in fits.items() if found.exact]
        if exact:
            exact.sort(key=lambda one: one != said)
            return Recognised(exact[0], _classes_of(exact[0]), tuple(exact[1:]))
    usable = [one for one, found in fits.items() if found.usable]
    if usable:
        return Recognised(usable[0], fits[usable[0]].classes or 0, tuple(usable[1:]))
    nearest = min(fits, key=lambda one: fits[one].distance)
    raise UserError(
        f"{name} fits none of the {len(fits)} networks that ConvScope knows. Nearest is "
        f"{catalogue.architecture(nearest).title}: {'; '.join(fits[nearest].reasons)}.",
        "Weights can be used over a known network only; code of others is never run.",
    )


def classes_in(state: Mapping[str, Tensor], name: str, architecture: str) -> int:
    """The number of classes of a state dict in this architecture.

    Raises UserError, calling the file `name`, where it does not fit.
    """
    found = fit(architecture, state)
    if found.exact:
        return _classes_of(architecture)
    if found.classes is None:
        raise UserError(
            f"{name} does not fit {catalogue.architecture(architecture).title}: {'; '.join(found.reasons)}.",
            "Choose another network for it, or none to have all of them tried.",
        )
    return found.classes


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


def load_network(name: str, path: Path) -> nn.Module:
    """`load_steps` in one go."""
    return at_once(load_steps(name, path))


def load_steps(name: str, path: Path) -> Generator[Any, None, nn.Module]:
    """An architecture with the weights of a file, in evaluation mode, in short steps; the file decides the number of
    classes.

    Half precision becomes the network's own; side branches for training (GoogLeNet, Inception) that the network is
    built without are left out. Raises UserError where the file cannot be read or does not fit.
    """
    state = yield from read_steps(path)
    found = fit(name, state)
    if not found.usable:
        title = catalogue.architecture(name).title
        raise UserError(f"{path.name} does not fit {title}: {'; '.join(found.reasons)}.")
    yield
    model = catalogue.hollow(name, found.classes)
    yield
    yield from fill_steps(model, state)
    if renormalises(model):
        model.transform_input = True  # type: ignore[assignment]
    return model


def renormalises(model: nn.Module) -> bool:
    """Whether a network can bring an input that was normalised for ImageNet to the range -1 to 1 itself.

    torchvision's GoogLeNet and Inception v3 do so with their published weights (transform_input), and so must nets
    that were fine-tuned from them. No file says whether its net did: it is assumed of all, and noted at the import.
    """
    return hasattr(model, "transform_input")


def fill_steps(model: nn.Module, state: State) -> Generator[None, None, None]:
    """Give a hollow network the tensors of a state dict that fits it; copied, since those may lie in a mapped file."""
    import torch

    own = model.state_dict()
    full: OrderedDict[str, Tensor] = OrderedDict()
    for key, value in own.items():
        if key in state:
            full[key] = yield from _copied(state[key], value.dtype)
        else:
            full[key] = torch.zeros(value.shape, dtype=value.dtype)
    # Modules read the version of their layout from here (MNASNet refuses a state dict without it).
    full._metadata = getattr(state, "_metadata", own._metadata)  # type: ignore[attr-defined]
    model.load_state_dict(full, assign=True)


def _copied(value: Tensor, dtype: torch.dtype) -> Generator[None, None, Tensor]:
    """A copy of its own, made in parts."""
    import torch

    copy = torch.empty(value.shape, dtype=dtype)
    to, source = copy.view(-1), value.reshape(-1)
    for start in range(0, to.numel(), PART):
        to[start : start + PART] = source[start : start + PART]
        yield
    return copy
