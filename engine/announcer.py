"""The way of an engine's events to whoever listens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from engine import device as devices
from engine.device import Runtime
from engine.errors import describe
from engine.jobs import DeviceInfo, EngineState, Event, StateName

if TYPE_CHECKING:
    import torch

Emit: TypeAlias = Callable[[Event], None]
_log = logging.getLogger(__name__)


class Announcer:
    """Calls `emit`; a receiver that raises is logged and does no harm."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self.state = EngineState("starting")

    def send(self, event: Event) -> None:
        if isinstance(event, EngineState):
            self.state = event
        try:
            self._emit(event)
        except BaseException as error:
            _log.error("the receiver of events failed on %s\n%s", type(event), describe(error).details)

    def send_state(self, name: StateName, message: str, runtime: Runtime) -> None:
        self.send(EngineState(name, message, None if runtime.device is None else _info(runtime.device)))


def _info(device: torch.device) -> DeviceInfo | None:
    try:
        return devices.describe(device)
    except Exception as error:
        # A driver that stops answering must not stop the engine with it.
        _log.warning("the device %s cannot be described: %s", device, error)
        return None
