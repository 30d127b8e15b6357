"""What the calls of a traced module mean: layers of ours where that is certain, measured ones where it is not."""

from __future__ import annotations

from torch import nn

from engine.networks.graphs.calls import Call, Made, layout_behind, opaque
from engine.networks.graphs.function_layers import FUNCTIONS
from engine.networks.graphs.module_layers import MODULES, OVER_MAPS, TORCHVISION
from engine.networks.graphs.ops import Activation, Op


def is_layer(module: nn.Module) -> bool:
    """Whether a module outside of torch.nn is one layer, into which no trace looks."""
    known = type(module).__name__ in TORCHVISION and type(module).__module__.startswith("torchvision.")
    return known or isinstance(module, nn.LayerNorm)


def translate(call: Call) -> Made:
    """The layers that a call is; one opaque layer, measured by torch, where its meaning is not certain."""
    if isinstance(call.target, nn.Module):
        found = _module(call.target, call)
    else:
        function = FUNCTIONS.get(call.target)
        found = function(call.target, call) if function and call.values else None
    if found is None:
        found = opaque(call)
    return found if isinstance(found, Made) else Made((found,), layout_behind(call))


def _module(module: nn.Module, call: Call) -> Op | Made | None:
    kind = type(module)
    if kind.__module__.startswith("torchvision.") and kind.__name__ in TORCHVISION:
        return TORCHVISION[kind.__name__](module, call)
    if isinstance(module, OVER_MAPS) and call.values[0].layout != "first":
        return None
    for ancestor in kind.__mro__:
        if ancestor in MODULES:
            return MODULES[ancestor](module, call)
    same_shape = call.values[0].raw == call.raw
    if kind.__module__ == "torch.nn.modules.activation" and same_shape and not list(module.parameters()):
        return Activation(kind.__name__)
    return None
