"""Faces that nobody has named: gathered from the picture, or while it plays, and grouped by the engine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from engine.faces.found import Face
from engine.faces.identify import identify
from engine.faces.requests import GroupFaces
from engine.images import Frame
from gui.bridge import Bridge
from gui.latest import Latest
from gui.pages.faces.recognise.resolve import Who
from gui.pages.faces.view import Subject, Taken

MOST: Final = 60
"""Faces that are kept, the newest ones."""
EVERY_S: Final = 1.0
"""Of what plays, so often a face with one track is taken again: the same frame twice teaches nothing."""


class Unnamed(QObject):
    """Keeps such faces while the page is open; nothing of them is stored anywhere. changed(): groups are others now."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._faces: list[Face] = []
        self._source = Taken()
        self._frame: Frame | None = None
        self._live = False
        self._taken: dict[int, float] = {}
        self._groups: tuple[tuple[Face, ...], ...] = ()
        self._asked: tuple[Face, ...] = ()
        self._latest = Latest(bridge.channel("faces.groups", parent=self, handles_failures=True), self)
        self._latest.answered.connect(self._grouped)

    @property
    def groups(self) -> tuple[tuple[Face, ...], ...]:
        """The groups, the largest first."""
        return self._groups

    @property
    def source(self) -> Taken:
        """What belongs to all of them."""
        return self._source

    @property
    def settled(self) -> bool:
        return not self._latest.waiting

    def follow(self, subject: Subject, everybody: Sequence[Who]) -> None:
        """Take the unknown ones of a picture; a still picture begins anew."""
        faces = subject.faces
        if faces is None or subject.stale or subject.index is None:
            return
        other = subject.taken != self._source
        frozen = self._live and not subject.live and not other and faces.frame is self._frame
        goes_on = self._live and subject.live and not other
        if not (frozen or goes_on):
            self._faces, self._taken = [], {}
        if not frozen:  # what was gathered while it played stays
            self._take(subject, everybody, again=faces.frame is self._frame)
        self._source, self._frame = subject.taken, faces.frame
        self._live = subject.live or frozen
        self._ask(subject)

    def _take(self, subject: Subject, everybody: Sequence[Who], *, again: bool) -> None:
        if not subject.live:
            self._faces = [who.face for who in everybody if _unknown(who)][:MOST]
        elif not again:
            now = time.monotonic()
            self._faces += [who.face for who in everybody if self._new(who, now)]
            self._faces = self._faces[-MOST:]

    def _new(self, who: Who, now: float) -> bool:
        track = who.face.track
        if not _unknown(who) or track is None:
            return _unknown(who)
        before = self._taken.get(track)
        if before is not None and now - before < EVERY_S:
            return False
        self._taken[track] = now
        return True

    def _ask(self, subject: Subject) -> None:
        left = [face for face in self._faces if not _known(face, subject)]
        key = (tuple(id(face) for face in left), subject.threshold)
        if not left:
            self._latest.drop()
            self._tell(())
            return
        rows = np.stack([face.embedding for face in left if face.embedding is not None])
        threshold = subject.threshold
        self._latest.want(key, lambda: self._request(tuple(left), rows, threshold))

    def _request(
        self, faces: tuple[Face, ...], rows: npt.NDArray[np.float32], threshold: float
    ) -> GroupFaces:
        self._asked = faces
        return GroupFaces(rows, threshold)

    @Slot(object, bool)
    def _grouped(self, numbers: npt.NDArray[np.int64], fresh: bool) -> None:
        if not fresh or len(numbers) != len(self._asked):
            return
        groups: dict[int, list[Face]] = {}
        for face, number in zip(self._asked, numbers.tolist(), strict=True):
            groups.setdefault(number, []).append(face)
        self._tell(tuple(tuple(groups[number]) for number in sorted(groups)))

    def _tell(self, groups: tuple[tuple[Face, ...], ...]) -> None:
        if groups != self._groups:
            self._groups = groups
            self.changed.emit()

    def clear(self) -> None:
        """Forget all of them."""
        self._faces, self._taken = [], {}
        self._latest.drop()
        self._tell(())


def _unknown(who: Who) -> bool:
    """Whether a face has numbers, and nobody's name."""
    return who.face.embedding is not None and who.identity is not None and not who.known


def _known(face: Face, subject: Subject) -> bool:
    """Whether somebody has named it since."""
    index = subject.index
    if face.embedding is None or index is None or not len(index.rows):
        return False
    return identify(face.embedding, index, subject.threshold).known
