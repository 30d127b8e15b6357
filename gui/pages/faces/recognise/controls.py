"""The controls of the view "Recognise"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.faces.requests import Liveness
from gui.pages.faces.recognise.settings import RecogniseSettings
from gui.theme import space
from gui.widgets.fields import Toggle
from gui.widgets.wrapped import Wrapped

HOW: Final = "Click a face to look into it; [ and ] go to the next one."
DEMO: Final = "A demonstration only: a good film held to the camera passes it. It needs a live picture."


class RecogniseControls(QWidget):
    """changed(settings, gesture)."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = RecogniseSettings()
        self.how, self.about = Wrapped(), Wrapped()
        self.how.say(HOW)
        self.gather = Toggle(
            "Gather unnamed faces", tooltip="Alike ones are grouped, so that one name labels many"
        )
        self.liveness = Toggle(
            "Liveness (a demonstration)", tooltip="Blink, turn your head: a person or a photo?"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.how, self.gather, self.liveness, self.about):
            column.addWidget(part)
        self.gather.changed.connect(self._gather_set)
        self.liveness.changed.connect(self._liveness_set)

    def show_settings(self, settings: RecogniseSettings, liveness: Liveness | None) -> None:
        """Show what is set, and how the demonstration goes."""
        self._settings = settings
        self.gather.set_value(settings.gather)
        self.liveness.set_value(settings.liveness)
        self.about.setVisible(settings.liveness)
        self.about.say(DEMO if liveness is None else "\n".join([verdict(liveness), *steps(liveness), DEMO]))

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(bool)
    def _gather_set(self, on: bool) -> None:
        self._set(gather=on)

    @Slot(bool)
    def _liveness_set(self, on: bool) -> None:
        self._set(liveness=on)


def verdict(found: Liveness) -> str:
    """What is asked for now, or what came of it."""
    return "It seems to live." if found.live else f"{found.word.rstrip('.')}."


def steps(found: Liveness) -> list[str]:
    """All that is asked for, and whether it was done."""
    return [f"{'✓' if done else '○'} {step}" for step, done in found.challenge]
