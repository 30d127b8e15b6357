"""The view "Enrol" where photos, films and folders come and settings change: what is read anew, mixed with nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.faces.found import Face
from engine.faces.gallery.requests import Enrol
from engine.faces.requests import FindFaces
from gui.pages.faces.enrol.batch import Candidate, Photo, of_folder
from gui.pages.faces.enrol.candidate_row import words
from gui.pages.faces.enrol.guide import STRAIGHT
from gui.pages.faces.enrol.reader import NOT_READ
from gui.pages.faces.enrol.settings import EnrolSettings
from gui.pages.faces.enrol.view import EnrolView
from gui.pages.faces.page import FacesPage
from gui.pages.faces.state import SCENE
from tests.gui import canned_faces
from tests.gui.canned_faces import GALLERIES, GOOD, OTHER, PLANTED, REQUESTS, face
from tests.gui.test_faces_enrol import BOX, PLAYED, START, enrol, enrolments, play, pump, save, turned
from tests.gui.test_faces_page import OpenPage, click, open_page, settle
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page", "play"]

GUIDED = replace(START, enrol=EnrolSettings("guided"))


def read(page: FacesPage, folder: Path, person: int = 3, shots: int = 2) -> None:
    """Photos of somebody are dropped and read."""
    page.open_paths([save(folder, person, shot) for shot in range(shots)])
    settle(page)


class TestDrops:
    def test_a_film_stands_in_for_the_camera(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        film = tmp_path / "walk.avi"
        film.write_bytes(b"RIFF\0\0\0\0AVI LIST")
        assert not enrol(page).open_photos([film])
        assert page.state.enrol.way == "guided" and page.stage.name == "enrol"

    def test_photos_are_taken_wherever_they_are_dropped(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(GUIDED)
        read(page, tmp_path, shots=1)
        assert page.state.enrol.way == "photos" and len(enrol(page).reader.people[0].good) == 1

    def test_what_systems_leave_in_folders_is_no_photo(self, tmp_path: Path) -> None:
        for name in ("Ada/1.png", "Ada/.DS_Store", "Ada/Thumbs.db", ".git/config"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(b"x")
        (found,) = of_folder(tmp_path)
        assert found.name == "Ada" and [photo.path.name for photo in found.photos] == ["1.png"]


class TestWords:
    def test_a_line_a_file_and_its_name_once(self) -> None:
        refused = (
            Photo(Path("a.jpg"), refused="a.jpg is damaged."),
            Photo(Path("b.jpg"), refused="No face was found."),
        )
        good = Photo(Path("c.jpg"), turned("front"))
        assert words(Candidate("Ada", (*refused, good))).splitlines() == [
            "1 of 3 can be used.", "a.jpg is damaged.", "b.jpg: No face was found.",
        ]  # fmt: skip
        assert words(Candidate("Ada", refused)).splitlines()[-1] == "b.jpg: No face was found."


class TestSettings:
    def test_another_embedder_reads_the_batch_anew(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        read(page, tmp_path)
        page.change(replace(page.state, embedder=OTHER))
        read(page, tmp_path, shots=3)
        view = enrol(page)
        (person,) = view.reader.people
        assert len(person.faces) == 3 and {
            len(one.embedding) for one in person.faces if one.embedding is not None
        } == {8}
        QTest.keyClicks(view.batch.rows[0].name, "Ada")
        view.batch.agree.click()
        click(view.batch.rows[0].button)
        settle(page)
        assert enrolments()[-1].maker[0] == OTHER

    def test_who_is_enrolled_already_is_not_read_again(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        read(page, tmp_path)
        view = enrol(page)
        QTest.keyClicks(view.batch.rows[0].name, "Ada")
        view.batch.agree.click()
        click(view.batch.rows[0].button)
        settle(page)
        asked = len([one for one in REQUESTS if isinstance(one, FindFaces)])
        page.change(replace(page.state, smallest=60))
        settle(page)
        assert view.reader.people[0].done
        assert len([one for one in REQUESTS if isinstance(one, FindFaces)]) == asked

    def test_views_of_two_embedders_are_not_mixed(self, play: Callable[..., FacesPage], qtbot: QtBot) -> None:
        page = play(GUIDED, (turned("front"),))
        view = enrol(page)
        pump(page, qtbot, lambda: len(view._guide.taken) == 1)
        PLANTED[PLAYED] = ()
        page.change(replace(page.state, embedder=OTHER))
        pump(page, qtbot, lambda: view._source.taken.maker[0] == OTHER)
        assert view._guide.taken == () and view.card.isHidden()

    def test_turned_views_need_the_detector_that_can_tell(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(GUIDED, detector="yunet"), (turned("front"),))
        view = enrol(page)
        pump(page, qtbot, lambda: len(view._guide.taken) == 1)
        plain = replace(turned("front"), quality=replace(GOOD, yaw=None, pitch=None, roll=None))
        PLANTED[PLAYED] = (plain,)
        page.change(replace(page.state, detector="haar"))
        pump(page, qtbot, lambda: len(view._guide.taken) == 2)
        assert view._guide.poses == STRAIGHT, "no view is called turned that was not"

    def test_views_are_stored_with_whoever_made_their_numbers(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(GUIDED, (turned("front"),))
        view = enrol(page)
        for number, pose in enumerate(view._guide.poses, start=1):
            PLANTED[PLAYED] = (turned(pose),)
            pump(page, qtbot, lambda number=number: len(view._guide.taken) >= number)
        click(view.guided.enrol)
        assert view.card.faces == view._guide.taken
        page.answers._outdated()  # as while the answers of another embedder are on their way
        view.show_subject(replace(page.subject, embedder=canned_faces.MODELS.embedders[1]), page.state.enrol)
        QTest.keyClicks(view.card.name, "Ada")
        click(view.card.agree)
        pump(page, qtbot, lambda: bool(enrolments()))
        assert enrolments()[0].maker == ("facenet-mini", "facenet-mini-1")


class TestHome:
    def test_a_real_face_stays_real_whatever_is_on_show_when_it_gets_its_name(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(GUIDED, (turned("front"),))
        view = enrol(page)
        for number, pose in enumerate(view._guide.poses, start=1):
            PLANTED[PLAYED] = (turned(pose),)
            pump(page, qtbot, lambda number=number: len(view._guide.taken) >= number)
        click(view.guided.enrol)
        page.change(replace(page.state, source=SCENE))
        pump(page, qtbot, lambda: not page.picker.live)
        QTest.keyClicks(view.card.name, "Ada")
        click(view.card.agree)
        pump(page, qtbot, lambda: bool(enrolments()))
        (asked,) = enrolments()
        assert asked.origins == (PLAYED,) * 5 and page.state.people == "own"


class TestStopping:
    MANY = 24
    """Photos: so many that some are still unread when a person stops, however busy the machine is."""

    def folder(self, tmp_path: Path) -> Path:
        for number in range(self.MANY):
            save(tmp_path / "Ada", 3, number)
        return tmp_path

    def read_some(self, page: FacesPage, folder: Path) -> EnrolView:
        page.open_path(folder)
        view = enrol(page)
        for _ in range(200):
            if view.reader.progress[0] >= 2:
                break
            QApplication.processEvents()
        assert 2 <= view.reader.progress[0] < self.MANY
        return view

    def test_what_was_read_can_be_enrolled_when_a_person_stops(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page(START)
        view = self.read_some(page, self.folder(tmp_path))
        QApplication.processEvents()
        click(view.batch.stop)
        settle(page)
        (ada,) = view.reader.people
        assert 2 <= len(ada.good) < self.MANY and ada.read and ada.refused[-1].refused == NOT_READ
        assert not view.reader.busy and not view.batch.stop.isVisible()

    def test_a_job_cancelled_from_outside_ends_the_reading(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        view = self.read_some(page, self.folder(tmp_path))
        view.reader._files.cancelled.emit()
        assert view.reader.busy, "what was cancelled is not what is read now"
        for channel in (view.reader._files, view.reader._faces):
            if channel.waiting_id is not None:
                page.services.bridge.engine.cancel(channel.waiting_id)
        settle(page)
        assert not view.reader.busy and all(one.read for one in view.reader.people)


class TestGallery:
    def enrolled(self, page: FacesPage, name: str, faces: tuple[Face, ...]) -> None:
        maker = ("facenet-mini", "facenet-mini-1")
        page.answers.galleries["own"].ask(Enrol(name, faces, maker, ("x",) * len(faces), True))
        settle(page)

    def test_photos_of_a_known_name_join_that_person_and_the_row_says_so(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page(START)
        self.enrolled(page, "Ada", (face(3, 7, BOX),))
        read(page, tmp_path)
        view = enrol(page)
        said = QSignalSpy(page.said)
        QTest.keyClicks(view.batch.rows[0].name, "Ada")
        assert "enrolled already" in view.batch.rows[0].words.text()
        view.batch.agree.click()
        click(view.batch.rows[0].button)
        settle(page)
        (ada,) = GALLERIES[None].people
        assert len(ada.photos) == 3 and "Ada" in said.at(0)[0] and "has 3 photos now." in said.at(0)[0]

    def test_of_two_of_one_name_nobody_is_guessed(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        for shot in (7, 8):
            self.enrolled(page, "Ada", (face(3, shot, BOX),))
        assert enrol(page)._own_people() == {}

    def test_many_at_once_are_told_in_one_sentence_even_out_of_view(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        for name, person in (("Ada", 3), ("Bo", 4), ("Cy", 5)):
            save(tmp_path / name, person, 0)
        page = open_page(START)
        page.open_path(tmp_path)
        settle(page)
        view = enrol(page)
        view.batch.agree.click()
        said = QSignalSpy(page.said)
        click(view.batch.all)
        page.pick_numbered("recognise")
        settle(page)
        assert [person.name for person in GALLERIES[None].people] == ["Ada", "Bo", "Cy"]
        assert [said.at(n)[0] for n in range(said.count())] == ["3 people are enrolled."]
        page.pick_numbered("enrol")
        settle(page)
        assert [row.button.text() for row in view.batch.rows] == ["Enrolled"] * 3

    def test_what_failed_among_many_can_be_tried_again(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        for name, person in (("Ada", 3), ("Bo", 4)):
            save(tmp_path / name, person, 0)
        page.open_path(tmp_path)
        settle(page)
        view = enrol(page)
        view.batch.agree.click()
        canned_faces.BROKEN.append(UserError("The disk is full.", "Free some space."))
        click(view.batch.all)
        settle(page)
        canned_faces.BROKEN.clear()
        assert view.batch.all.text() == "Enrol all 2" and view.batch.all.isEnabled()
        click(view.batch.all)
        settle(page)
        assert [row.button.text() for row in view.batch.rows] == ["Enrolled"] * 2


class TestRoom:
    @pytest.mark.parametrize("way", ["photos", "folder"])
    def test_an_empty_view_invites(self, open_page: OpenPage, way: str) -> None:
        page = open_page(replace(START, enrol=EnrolSettings(way)))  # type: ignore[arg-type]
        batch = enrol(page).batch
        assert batch.empty.isVisible() and not batch.list.isVisible() and not batch.hint.isVisible()

    def test_a_pressed_button_that_is_done_hands_the_keyboard_to_its_neighbour(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page(START)
        read(page, tmp_path)
        view = enrol(page)
        QTest.keyClicks(view.batch.rows[0].name, "Ada")
        view.batch.agree.click()
        view.batch.rows[0].button.setFocus()
        click(view.batch.rows[0].button)
        settle(page)
        assert page.focusWidget() is view.batch.choose
