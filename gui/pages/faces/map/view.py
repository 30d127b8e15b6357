"""The view "Map": all embeddings of a group in a plane; a click shows the photo and its nearest others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.faces.crowd import seeds_of
from engine.faces.drawn import draw_head
from engine.faces.gallery.requests import Index, Kept, LookAtPhoto
from engine.faces.requests import PlaceFaces
from engine.faces.scatter import Plane, principal
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge
from gui.latest import Latest
from gui.pages.faces.face_row import FaceRow
from gui.pages.faces.group import Crowd, Group, group_of, maker_of, why_nobody
from gui.pages.faces.map.canvas import MapCanvas
from gui.pages.faces.map.controls import MapControls
from gui.pages.faces.map.resolve import MOST, face_facts, map_facts, near_tiles, near_words, nearest, table
from gui.pages.faces.map.settings import MapSettings
from gui.pages.faces.names import shown
from gui.pages.faces.view import FacesView, Subject, Table
from gui.question import Question
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.wrapped import Wrapped

HEAD, SMALL_HEAD, LOW = 150, 92, 560
"""The side of the photo, and the height of the view below which the map needs its room."""
WORDS_ROOM: Final = 44
PICK: Final = "Click a face: its picture, and the faces whose embeddings lie nearest."


class MapView(FacesView):
    """Owns the plane and the photo that is looked into."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = MapSettings(), Subject()
        self._group: Group | None = None
        self._rows: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._near: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._principal: Plane | None = None
        self._plane: Plane | None = None
        self._finished: Index | None = None
        """Whose t-SNE has come to its end."""
        self._active = False
        self._panel, self.crowd, self.canvas = MapControls(), Crowd(bridge, "map", self), MapCanvas()
        self.nobody, self.words = Wrapped(""), Wrapped("")
        self.head = FrameView("The photo")
        self.head.set_empty_text("No photo yet")
        self.tile = PictureTile("Photo", self.head)
        self.neighbours = FaceRow("Nearest faces in the embedding")
        placing = bridge.channel("faces.places", Priority.LONG, self, handles_failures=True)
        self._placing = Question(placing, self, 0)
        photo = bridge.channel("faces.photo", Priority.INTERACTIVE, self, handles_failures=True)
        self._photo = Latest(photo, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        beneath = QVBoxLayout()
        beneath.setSpacing(space.xs)
        beneath.addWidget(self.words)
        beneath.addWidget(self.neighbours)
        beneath.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(space.m)
        foot.addWidget(self.tile, 0, Qt.AlignmentFlag.AlignTop)
        foot.addLayout(beneath, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.canvas, 1)
        column.addLayout(foot)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nobody)
        self.stack.addWidget(whole)
        self._whole = whole
        outer = QVBoxLayout(self)
        outer.setContentsMargins(space.l, space.s, space.l, space.s)
        outer.addWidget(self.stack)
        self.setFocusProxy(self.canvas)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = HEAD if self.height() >= LOW else SMALL_HEAD
        self.tile.setFixedSize(side, side + WORDS_ROOM)

    def _connect(self) -> None:
        self._panel.changed.connect(self.changed)
        self.crowd.changed.connect(self._crowd_changed)
        self.canvas.picked.connect(self._picked)
        self.canvas.pointed.connect(self._face_pointed)
        self.neighbours.picked.connect(self._neighbour_picked)
        self._placing.answered.connect(self._placed)
        self._placing.refused.connect(self._refused)
        self._photo.outdated.connect(lambda: self.head.set_stale(True))
        self._photo.answered.connect(self._photo_came)
        self._photo.refused.connect(self._photo_refused)

    # --- what a view gives -----------------------------------------------------------------------------------

    @property
    def needs_picture(self) -> bool:
        return False

    def controls(self) -> QWidget:
        return self._panel

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings, self._subject = settings, subject
        self._panel.show_settings(settings)
        self._ask_crowd()
        group = group_of(subject, settings.group)
        if group is None:
            self._group = None
            self.nobody.say(why_nobody(subject, settings.group, self.crowd))
            self.stack.setCurrentWidget(self.nobody)
            return
        if self._group is None or self._group.index is not group.index:
            self._take(group)
        self._group = group
        self.stack.setCurrentWidget(self._whole)
        self._show_plane(group)
        self._show_photo(group)

    def _take(self, group: Group) -> None:
        """Another group: the plane of before is nobody's."""
        count = len(group.index.rows)
        self._rows = np.arange(count) if count <= MOST else np.linspace(0, count - 1, MOST).astype(np.int64)
        self._principal, self._plane = principal(group.index.rows[self._rows]), None
        everybody = [group.at(int(row)) for row in self._rows]
        faces = [photo.crop for _, photo in everybody]
        self.canvas.show_faces(faces, [theme.class_color(person.number) for person, _ in everybody])
        self.canvas.fit()

    def _show_plane(self, group: Group) -> None:
        start = self._principal
        assert start is not None  # made with the group
        if self._settings.layout == "pca":
            self._placing.drop()
            self._plane = self._finished = None
            self.canvas.set_stale(False)
            self.canvas.show_points(start.points, start.told)
            return
        plane = self._plane
        self.canvas.show_points(
            start.points if plane is None else plane.points, "t-SNE begins" if plane is None else plane.told
        )
        self.canvas.set_stale(plane is None)
        if self._active and self._finished is not group.index:
            rows = group.index.rows[self._rows]
            self._placing.want(group.index, lambda: PlaceFaces(rows))

    def _show_photo(self, group: Group) -> None:
        chosen = self._chosen
        self._near = nearest(group, self._rows, chosen)
        places = np.searchsorted(self._rows, self._near)
        self.canvas.show_chosen(chosen, places.tolist(), thumbnails=self._settings.thumbnails)
        self.tile.setVisible(chosen is not None)
        self.neighbours.setVisible(chosen is not None)
        if chosen is None:
            self.words.say(PICK)
            self._photo.drop()
            return
        person, photo = group.at(int(self._rows[chosen]))
        self.tile.say(shown(person.name, 40), photo.origin)
        self.neighbours.show_tiles(near_tiles(group, int(self._rows[chosen]), self._near))
        alike = sum(group.at(int(row))[0].number == person.number for row in self._near)
        self.words.say(near_words(len(self._near), alike, shown(person.name, 40)))
        if group.crowd:
            self._photo.drop()
            self._show_head(draw_head(*seeds_of(photo.number)))
        elif self._active:
            people = self._subject.people
            path = None if people is None else people.path
            # Photos of two galleries may have one number; and after a change it may be another person's.
            self._photo.want((path, photo), lambda: LookAtPhoto(photo.number, path=path))

    def _show_head(self, pixels: npt.NDArray[np.uint8] | None) -> None:
        self.head.set_rgb(pixels)
        self.head.set_stale(False)

    @property
    def _chosen(self) -> int | None:
        """The place of the photo that is looked into."""
        photo = self._settings.photo
        if self._group is None or photo is None:
            return None
        found = np.flatnonzero(self._group.index.photos[self._rows] == photo)
        return int(found[0]) if len(found) else None

    def _ask_crowd(self) -> None:
        if self._active and self._settings.group == "crowd":
            self.crowd.want(maker_of(self._subject))

    def set_active(self, active: bool) -> None:
        was, self._active = self._active, active
        if active and not was:
            self.show_subject(self._subject, self._settings)
        elif not active:
            self.crowd.drop()
            if was and self._placing.settled and self._plane is not None and self._group is not None:
                self._finished = self._group.index  # who comes back finds the map as it was
            self._placing.drop()
            self._photo.drop()

    def facts(self) -> list[Fact]:
        group = self._group
        if group is None:
            return []
        return map_facts(group, self._rows, self._principal if self._settings.layout == "pca" else None)

    @property
    def settled(self) -> bool:
        chosen = self._chosen is not None and self._group is not None and not self._group.crowd
        return self.crowd.settled and not self._placing.pending and (not chosen or not self._photo.waiting)

    def escape(self) -> bool:
        if self._settings.photo is None:
            return False
        self.looked.emit(replace(self._settings, photo=None))
        return True

    def table(self) -> Table | None:
        group, points = self._group, self.canvas.points
        if group is None or len(points) != len(self._rows):
            return None
        return table(group, self._rows, points)

    # --- what comes, and what a person does ------------------------------------------------------------------

    @Slot()
    def _crowd_changed(self) -> None:
        self.show_subject(self._subject, self._settings)
        self.factsChanged.emit()

    @Slot(object)
    def _placed(self, plane: Plane) -> None:
        if self._settings.layout == "tsne" and len(plane.points) == len(self._rows):
            self._plane = plane
            self.canvas.set_stale(False)
            self.canvas.show_points(plane.points, plane.told)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        """Places or a photo: why they did not come."""
        self.said.emit(f"{report.sentence} {report.hint}".strip(), "error")

    @Slot(object, bool)
    def _photo_came(self, kept: Kept, fresh: bool) -> None:
        if fresh:
            self._show_head(kept.around)

    @Slot(object)
    def _photo_refused(self, report: ErrorReport) -> None:
        self._show_head(None)
        self._refused(report)

    @Slot(int)
    def _picked(self, place: int) -> None:
        if self._group is not None:
            self.looked.emit(replace(self._settings, photo=int(self._group.index.photos[self._rows[place]])))

    @Slot(int)
    def _neighbour_picked(self, place: int) -> None:
        if self._group is not None:
            self.looked.emit(replace(self._settings, photo=int(self._group.index.photos[self._near[place]])))

    @Slot(object)
    def _face_pointed(self, place: int | None) -> None:
        if self._group is None or place is None or place >= len(self._rows):
            self.pointed.emit([])
            return
        self.pointed.emit(face_facts(self._group, int(self._rows[place]), self.canvas.points[place]))
