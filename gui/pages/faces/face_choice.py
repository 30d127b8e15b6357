"""Faces that are to get one name: a click leaves one out that is somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.faces.found import Face
from gui.pages.faces.face_row import FaceRow, Tile

SIDE: Final = 48
ONE_ROW, MORE_ROWS = 84, 124
FEW: Final = 8
"""Faces that have room in one row of a small window."""


class FaceChoice(QScrollArea):
    """changed(): another face is left out, or none. `kept`: the others."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces: tuple[Face, ...] = ()
        self._out: set[int] = set()
        self.row = FaceRow("Faces that are asked about", side=SIDE, rows=None)
        self.row.picked.connect(self._picked)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidget(self.row)
        for part in (self.row, self.viewport()):
            part.setAutoFillBackground(False)  # it stands on a card

    @property
    def kept(self) -> tuple[Face, ...]:
        """The faces, without those that were left out."""
        return tuple(face for place, face in enumerate(self._faces) if place not in self._out)

    def show_faces(self, faces: Sequence[Face]) -> None:
        """Show other faces, all of them in."""
        self._faces, self._out = tuple(faces), set()
        few = len(self._faces) <= FEW
        self.setFixedHeight(ONE_ROW if few else MORE_ROWS)
        self.row.setToolTip(
            "" if self._alone else "Click a face that is somebody else's: it is left out then"
        )
        self._show()

    @property
    def _alone(self) -> bool:
        return len(self._faces) < 2

    def _show(self) -> None:
        tiles = [
            Tile((face.crop,), "" if self._alone else "left out" if place in self._out else "✓")
            for place, face in enumerate(self._faces)
        ]
        self.row.show_tiles(tiles, [place for place in range(len(tiles)) if place not in self._out])

    @Slot(int)
    def _picked(self, place: int) -> None:
        if not self._alone:
            self._out ^= {place}
            self._show()
            self.changed.emit()
