"""The layers of a net, for the lists that pages choose from."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from engine.context import Context
from engine.inside.nets import open_net
from engine.inside.requests import ListLayers, NetLayers


def list_layers(request: ListLayers, context: Context) -> Generator[Any, None, NetLayers]:
    """Answer a ListLayers. Raises UserError (see open_net)."""
    opened = yield from open_net(request.net, context)
    net = opened.net
    return NetLayers(
        request.net,
        net.title,
        net.architecture,
        opened.program.layers,
        net.labels,
        net.preprocessing.size,
        len(net.preprocessing.mean),
    )
