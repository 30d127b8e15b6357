"""The cameras of the source picker: which there are, whether a person agreed to their use, what their panel says."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.sources import CameraInfo, ListCameras
from gui.bridge import Bridge
from gui.widgets.source_panels import CameraPanel

log = logging.getLogger(__name__)


class CameraConsent(Protocol):
    """Where it is kept that a person agreed to the use of the camera (`gui.settings.Settings` is one)."""

    camera_consent: bool


@dataclass
class SessionConsent:
    """Agreement that lasts as long as the program runs."""

    camera_consent: bool = False


_session_consent: Final = SessionConsent()


class Cameras(QObject):
    """Lists cameras and asks for their use. came(): the list is there; wanted(name): a person chose one."""

    came = Signal()
    wanted = Signal(str)

    def __init__(self, bridge: Bridge, channel: str, consent: CameraConsent | None, parent: QObject) -> None:
        super().__init__(parent)
        self._consent = consent if consent is not None else _session_consent
        self._found: tuple[CameraInfo, ...] | None = None
        self._devices = bridge.channel(channel, parent=self, handles_failures=True)
        self.panel = CameraPanel()
        self._devices.done.connect(self._came)
        self._devices.failed.connect(self._failed)
        self.panel.agreed.connect(self._agreed)
        self.panel.wanted.connect(self.wanted)
        self.panel.refreshAsked.connect(self.look)

    @property
    def listed(self) -> bool:
        """Whether it is known which cameras there are."""
        return self._found is not None

    @property
    def agreed(self) -> bool:
        """Whether cameras may be used."""
        return self._consent.camera_consent

    def find(self, name: str) -> CameraInfo | None:
        """The camera of that name, None where it is not plugged in or nothing is listed."""
        return next((camera for camera in self._found or () if camera.name == name), None)

    def usable(self, last: str) -> str:
        """The camera to begin with: `last` where it is plugged in, else the first; "" for none or none allowed."""
        if not self._found or not self.agreed:
            return ""
        return last if self.find(last) is not None else self._found[0].name

    def trouble(self, name: str) -> str:
        """Why that camera cannot be had, as a sentence; "" where it can, if a person agrees."""
        if not self._found:
            return "No camera was found."
        return "" if self.find(name) is not None else f"The camera {name} is not plugged in."

    @Slot()
    def look(self) -> None:
        """List them (again)."""
        self.forget()
        self.panel.show_looking()
        self._devices.ask(ListCameras())

    def forget(self) -> None:
        """They may have other numbers by now."""
        self._found = None

    def close(self) -> None:
        """Ask nothing more."""
        self._devices.cancel()

    def show_starting(self, name: str) -> None:
        """That camera is being opened."""
        self.panel.show_cameras(self._found or (), name)
        self.panel.show_starting()

    def show(self, chosen: str, *, running: bool, frozen: bool, lost: str) -> None:
        """`chosen`: the camera in use or last in use; `running`: it is the source; `lost`: the one that stopped."""
        if self._found is None:
            return
        self.panel.show_cameras(self._found, chosen)
        if running and lost:
            self.panel.show_lost(lost)
        elif running:
            self.panel.show_running(frozen)
        elif not self._found:
            self.panel.show_none()
        elif self.agreed:
            self.panel.show_choice()
        else:
            self.panel.show_question()

    @Slot(object)
    def _came(self, cameras: tuple[CameraInfo, ...]) -> None:
        self._found = cameras
        self.came.emit()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        log.info("cameras could not be listed: %s", report.sentence)
        self._came(())

    @Slot()
    def _agreed(self) -> None:
        self._consent.camera_consent = True
        if self.panel.name:
            self.wanted.emit(self.panel.name)
