"""The log of recognitions, off until a person switches it on: who was recognised, and when."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.faces.gallery.requests import WriteLog
from engine.faces.requests import Faces
from gui.pages.faces.recognise.resolve import who_is_who
from gui.pages.faces.view import Subject

AGAIN_S = 60.0
"""Somebody who stays before the camera is written down again after that time only."""


class Meetings(QObject):
    """Decides what is written down; nothing of it is kept on beyond the end of the program.

    asked(WriteLog): somebody known was met.
    """

    asked = Signal(object)

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._on = False
        self._looked: Faces | None = None
        self._last: dict[tuple[bool, int], float] = {}

    @property
    def on(self) -> bool:
        """Whether it is written."""
        return self._on

    def switch(self, on: bool) -> None:
        """Begin to write, or stop; who was met before is met anew."""
        self._on = on
        self._looked, self._last = None, {}

    def follow(self, subject: Subject) -> None:
        """These faces are on show, under their names. Each picture counts once, whatever the threshold does later."""
        faces = subject.faces
        if not self._on or faces is None or subject.stale or subject.index is None or faces is self._looked:
            return
        self._looked = faces
        now = self._clock()
        for who in who_is_who(subject):
            person = None if who.identity is None else who.identity.person
            if person is not None and now - self._last.get((subject.drawn, person), -AGAIN_S) >= AGAIN_S:
                self._last[subject.drawn, person] = now
                self.asked.emit(WriteLog(person))
