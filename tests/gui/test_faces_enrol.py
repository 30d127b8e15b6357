"""The view "Enrol" of the page "Faces", and everything of the page that plays: guide, photos, folders, live faces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.faces.drawn import AROUND, draw_window
from engine.faces.found import Face, Quality
from engine.faces.gallery.requests import Enrol
from engine.faces.requests import LiveFaces, NotFound
from gui.pages.faces.enrol.batch import Candidate, Photo, judged, of_folder, of_photos, why_not
from gui.pages.faces.enrol.candidate_row import words
from gui.pages.faces.enrol.guide import (
    POSES,
    STEADY,
    STRAIGHT,
    Guide,
    complaint,
    complaint_of,
    photo_problem,
    pose_problem,
)
from gui.pages.faces.enrol.settings import EnrolSettings
from gui.pages.faces.enrol.view import EnrolView
from gui.pages.faces.page import FacesPage
from gui.pages.faces.state import FacesState
from gui.widgets.source_state import SourceState
from tests.gui import canned_faces
from tests.gui.canned_faces import GALLERIES, GOOD, PLANTED, REQUESTS, answer, face, portrait
from tests.gui.test_faces_page import OpenPage, click, names, open_page, recognise, settle
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page"]

BOX = (10.0, 10.0, 130.0, 130.0)
START = FacesState(view="enrol", people="own")
TURNS = {"front": (0, 0), "left": (20, 0), "right": (-20, 0), "up": (0, 18), "down": (0, -18)}


def turned(pose: str, sharpness: float = 200.0, person: int = 3) -> Face:
    yaw, pitch = TURNS[pose]
    return face(
        person, 0, BOX, quality=replace(GOOD, yaw=float(yaw), pitch=float(pitch), sharpness=sharpness)
    )


def enrol(page: FacesPage) -> EnrolView:
    return cast(EnrolView, page.stage.view)


def enrolments() -> list[Enrol]:
    """Those of one's own gallery."""
    return [request for request in REQUESTS if isinstance(request, Enrol) and request.path is None]


# --- the guide ----------------------------------------------------------------------------------------------------


class TestGuide:
    def test_five_poses_of_five_steady_frames_each(self) -> None:
        guide = Guide()
        for pose in POSES:
            assert guide.pose == pose and pose_problem(pose, turned(pose).quality) == ""
            for sharpness in (100, 300, 200, 150, 120):
                guide = guide.seen([turned(pose, float(sharpness))])
        assert guide.done and guide.share == 1.0 and guide.pose is None
        assert [one.quality.sharpness for one in guide.taken] == [300.0] * 5, (
            "the sharpest of the five is taken"
        )
        assert guide.seen([turned("front")]) is guide

    def test_a_bad_frame_begins_the_five_anew(self) -> None:
        guide = Guide()
        for _ in range(STEADY - 1):
            guide = guide.seen([turned("front")])
        assert len(guide.steady) == 4 and guide.share == pytest.approx(4 / 25)
        guide = guide.seen([])
        assert guide.steady == () and "No face" in guide.word
        guide = guide.seen([turned("front"), turned("front")])
        assert "Only one face" in guide.word

    def test_the_wrong_pose_says_how_to_turn(self) -> None:
        guide = Guide()
        for _ in range(STEADY):
            guide = guide.seen([turned("front")])
        guide = guide.seen([turned("right")])
        assert "to your left" in guide.word and guide.steady == ()

    def test_without_landmarks_all_views_are_straight(self) -> None:
        plain = replace(turned("front"), quality=replace(GOOD, yaw=None, pitch=None, roll=None))
        guide = Guide()
        for _ in range(5 * STEADY):
            guide = guide.seen([plain])
        assert guide.poses == STRAIGHT and guide.done

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"size": 40.0}, "Come closer"), ({"light": 20.0}, "Too dark"), ({"light": 240.0}, "Too bright"),
            ({"contrast": 5.0}, "contrast"), ({"sharpness": 3.0}, "Blurred"),
        ],
    )  # fmt: skip
    def test_every_complaint_is_a_sentence(self, change: dict[str, float], why: str) -> None:
        assert why in complaint(replace(GOOD, **change)) and complaint(replace(GOOD, **change)).endswith(".")
        assert complaint(GOOD) == complaint_of([turned("front")]) == ""

    def test_a_photo_is_told_what_is_wrong_with_it_and_may_be_smaller(self) -> None:
        for change in (
            {"size": 40.0},
            {"light": 20.0},
            {"light": 240.0},
            {"contrast": 5.0},
            {"sharpness": 3.0},
        ):
            said = photo_problem(replace(GOOD, **change))
            assert said.startswith("The face ") and said.endswith(".")
        small = replace(GOOD, size=60.0)
        assert photo_problem(small) == "" and "Come closer" in complaint(small)

    @given(st.lists(st.sampled_from([*POSES, "none", "two"]), max_size=60))
    def test_whatever_happens_no_view_is_taken_of_a_wrong_pose(self, seen: list[str]) -> None:
        guide = Guide()
        for what in seen:
            faces = {"none": [], "two": [turned("front")] * 2}.get(what)
            guide = guide.seen([turned(what)] if faces is None else faces)
        for pose, taken in zip(guide.poses, guide.taken, strict=False):
            level = 0.0 if pose == "front" else guide.level
            assert pose_problem(pose, taken.quality, level) == ""
            assert pose not in ("left", "right") or taken.quality.yaw == TURNS[pose][0]
        assert 0 <= guide.share <= 1 and guide.word


# --- batches ------------------------------------------------------------------------------------------------------


class TestBatch:
    def test_a_photo_is_judged_by_its_only_face(self) -> None:
        photo = Photo(Path("x.png"))
        one = answer(portrait(3, 1), START.face_settings)
        assert judged(photo, one).face is one.faces[0]
        for faces, why in (
            ((), "No face"),
            (one.faces * 2, "2 faces"),
            ((replace(one.faces[0], quality=replace(GOOD, size=20.0)),), "has 20 pixels"),
            ((replace(one.faces[0], embedding=None),), "no numbers"),
        ):
            found = judged(photo, replace(one, faces=faces))
            assert found.face is None and why in found.refused

    def test_folders_are_people_in_the_order_of_their_names(self, tmp_path: Path) -> None:
        for name in ("bea", "Ada", "empty"):
            (tmp_path / name).mkdir()
        for name in ("bea/1.png", "Ada/2.png", "Ada/1.png"):
            (tmp_path / name).write_bytes(b"x")
        (tmp_path / "loose.png").write_bytes(b"x")
        found = of_folder(tmp_path)
        assert [one.name for one in found] == ["Ada", "bea"]
        assert [photo.path.name for photo in found[0].photos] == ["1.png", "2.png"]

    def test_a_folder_without_people_says_how_to_make_one(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no sub-folder"):
            of_folder(tmp_path)
        with pytest.raises(UserError, match="cannot be read"):
            of_folder(tmp_path / "nowhere")

    def test_why_a_candidate_waits(self) -> None:
        good = Photo(Path("a.png"), turned("front"))
        assert why_not(Candidate("Ada", (good,))) == ""
        assert "name" in why_not(Candidate(" ", (good,)))
        assert "Being read" in why_not(Candidate("Ada", (good, Photo(Path("b.png")))))
        assert "No photo" in why_not(Candidate("Ada", (Photo(Path("b.png"), refused="No."),)))
        assert why_not(Candidate("Ada", (good,), done=True)) == "Enrolled."
        many = Candidate(
            "Ada", tuple(Photo(Path(f"{n}.png"), refused="No face was found.") for n in range(9))
        )
        assert "0.png: No face was found." in words(many) and "5 more" in words(many)
        assert of_photos(()) == ()


def save(folder: Path, person: int, view: int) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{person}-{view}.png"
    Image.fromarray(draw_window(person, view, AROUND, 120)).save(path)
    return path


class TestPhotos:
    def test_nothing_is_stored_before_i_agree(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        (tmp_path / "notes.txt").write_text("no picture")
        paths = [save(tmp_path, 3, view) for view in range(3)] + [tmp_path / "notes.txt"]
        page.open_paths(paths)
        settle(page)
        view = enrol(page)
        row = view.batch.rows[0]
        assert len(view.reader.people[0].good) == 3 and "notes.txt" in row.words.text()
        assert not row.button.isEnabled() and enrolments() == []
        QTest.keyClicks(row.name, "Ada")
        assert row.name.text() == "Ada" and not row.button.isEnabled()
        view.batch.agree.click()
        click(row.button)
        settle(page)
        (asked,) = enrolments()
        assert asked.name == "Ada" and asked.consent and asked.origins == ("3-0.png", "3-1.png", "3-2.png")
        assert row.button.text() == "Enrolled" and not row.button.isEnabled()
        assert [p.name for p in GALLERIES[None].people] == ["Ada"]

    def test_the_consent_says_what_where_and_how_to_be_forgotten(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page(START)
        page.open_paths([save(tmp_path, 3, 0), save(tmp_path, 3, 1)])
        settle(page)
        text = enrol(page).batch.text.text()
        assert "faces.sqlite3" in text and "forgotten" in text and "name" in text and "16 numbers" in text

    def test_more_photos_join_those_of_the_same_person(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        page.open_paths([save(tmp_path, 3, 0), save(tmp_path, 3, 1)])
        settle(page)
        QTest.keyClicks(enrol(page).batch.rows[0].name, "Ada")
        page.open_paths([save(tmp_path, 3, 1)])
        page.open_paths([save(tmp_path, 3, 2)])
        settle(page)
        (person,) = enrol(page).reader.people
        assert person.name == "Ada" and [photo.path.name for photo in person.good] == [
            "3-0.png",
            "3-1.png",
            "3-2.png",
        ]

    def test_another_batch_needs_another_consent(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        view = enrol(page)
        page.open_paths([save(tmp_path, 3, 0), save(tmp_path, 3, 1)])
        view.batch.agree.click()
        page.open_paths([save(tmp_path, 4, 0), save(tmp_path, 4, 1)])
        settle(page)
        assert not view.batch.agree.isChecked()

    def test_a_folder_one_click_each_or_all_at_once(
        self, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, person in (("Ada", 3), ("Bo", 4), ("Cy", 5)):
            for shot in range(2):
                save(tmp_path / name, person, shot)
        (tmp_path / "Nobody").mkdir()
        (tmp_path / "Nobody" / "broken.png").write_bytes(b"not a picture")
        page = open_page(replace(START, enrol=EnrolSettings("folder")))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
        click(enrol(page).batch.choose)
        settle(page)
        view = enrol(page)
        assert [row.name.text() for row in view.batch.rows] == ["Ada", "Bo", "Cy", "Nobody"]
        assert not view.batch.all.isEnabled()
        view.batch.agree.click()
        click(view.batch.rows[1].button)
        settle(page)
        assert [one.name for one in enrolments()] == ["Bo"] and view.batch.all.text() == "Enrol all 2"
        click(view.batch.all)
        settle(page)
        assert [one.name for one in enrolments()] == ["Bo", "Ada", "Cy"]
        table = view.table()
        assert table is not None and len(table[1]) == 7 and table[1][-1][2] not in ("usable", "not read")

    def test_a_dropped_folder_opens_the_way_for_folders(self, open_page: OpenPage, tmp_path: Path) -> None:
        save(tmp_path / "Ada", 3, 0)
        page = open_page(replace(START, view="recognise"))
        page.open_path(tmp_path)
        settle(page)
        assert page.state.view == "enrol" and page.state.enrol.way == "folder"
        assert [row.name.text() for row in enrol(page).batch.rows] == ["Ada"]

    def test_a_refused_enrolment_can_be_tried_again(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        view = enrol(page)
        page.open_paths([save(tmp_path, 3, 0), save(tmp_path, 3, 1)])
        settle(page)
        QTest.keyClicks(view.batch.rows[0].name, "Ada")
        view.batch.agree.click()
        spy = QSignalSpy(page.said)
        canned_faces.BROKEN.append(UserError("The disk is full.", "Free some space."))
        click(view.batch.rows[0].button)
        settle(page)
        assert any("Free some space." in spy.at(n)[0] for n in range(spy.count()))
        canned_faces.BROKEN.clear()
        click(view.batch.rows[0].button)
        settle(page)
        assert view.batch.rows[0].button.text() == "Enrolled"

    def test_a_hidden_page_reads_on_when_it_is_back(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page(START)
        page.open_paths([save(tmp_path, 3, view) for view in range(4)])
        page.deactivated()
        QApplication.processEvents()
        assert not enrol(page).reader.busy
        page.activated()
        settle(page)
        assert enrol(page).reader.progress == (4, 4)


# --- what plays ---------------------------------------------------------------------------------------------------


class Film:
    """The same grey picture again and again."""

    original: tuple[int, int] | None = None
    fps = 200.0

    def __init__(self) -> None:
        self.closed = False

    def read(self) -> npt.NDArray[np.uint8] | None:
        time.sleep(0.001)
        return np.full((120, 160, 3), 90, np.uint8)

    def close(self) -> None:
        self.closed = True


FILM = SourceState("video", "/somewhere/walk.mp4")
PLAYED = "walk.mp4"


@pytest.fixture
def play(open_page: OpenPage, qtbot: QtBot) -> Iterator[Callable[..., FacesPage]]:
    """Opens a page on a film in which these faces are seen."""
    films: list[Film] = []

    def begin(state: FacesState, faces: tuple[Face, ...]) -> FacesPage:
        page = open_page(state)
        PLANTED[PLAYED] = faces

        def opens(_what: object) -> Any:
            films.append(Film())
            return films[-1]

        page.picker._open_video = opens
        page.picker.pick(FILM)
        pump(page, qtbot, lambda: page.picker.live and page.subject.live and answered(page))
        return page

    yield begin


def answered(page: FacesPage) -> bool:
    return page.subject.faces is not None and not page.subject.stale


def pump(page: FacesPage, qtbot: QtBot, until: Callable[[], bool]) -> None:
    """Let the inline engine go on with its live job until something is so."""

    def look() -> bool:
        cast(Any, page.services.bridge.engine).pump()
        return until()

    qtbot.waitUntil(look)


class TestLive:
    def test_names_stand_on_the_frame_that_they_were_found_in(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, view="recognise"), (face(3, 0, BOX),))
        stage = recognise(page).stage
        pump(page, qtbot, lambda: len(stage.everybody) == 1)
        faces = page.subject.faces
        assert (
            faces is not None
            and stage.view.frame is faces.frame
            and "after the frame was taken" in stage.caption.text()
        )
        assert stage.everybody[0].face.track == 1

    def test_a_slider_of_the_detector_reaches_the_job_under_way(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, view="recognise"), (face(3, 0, BOX),))
        before = len([r for r in REQUESTS if isinstance(r, LiveFaces)])
        page.change(replace(page.state, smallest=200))
        PLANTED[PLAYED] = ()
        pump(
            page,
            qtbot,
            lambda: page.subject.faces is not None and page.subject.faces.settings.smallest == 200,
        )
        assert len([r for r in REQUESTS if isinstance(r, LiveFaces)]) == before

    def test_freezing_keeps_the_frame_and_a_hidden_page_stops_the_job(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, view="recognise"), (face(3, 0, BOX),))
        recognise(page).stage.view.setFocus()
        QTest.keyClick(page, Qt.Key.Key_F)
        pump(page, qtbot, lambda: not page.picker.live and page.tour_ready())
        faces = page.subject.faces
        assert page.state.source.frozen and faces is not None and faces.frame is page.picture
        QTest.keyClick(page, Qt.Key.Key_F)
        pump(page, qtbot, lambda: page.picker.live)
        page.deactivated()
        pump(page, qtbot, lambda: not page.services.bridge.busy)
        assert not page.picker.live

    def test_liveness_is_off_until_it_is_asked_for(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, view="recognise"), (face(3, 0, BOX),))
        assert not any(r.liveness for r in REQUESTS if isinstance(r, LiveFaces))
        recognise(page)._panel.liveness.click()
        pump(page, qtbot, lambda: page.subject.faces is not None and page.subject.faces.liveness is not None)
        assert [r for r in REQUESTS if isinstance(r, LiveFaces)][-1].liveness
        text = recognise(page)._panel.about.text()
        assert "Turn your head to your left" in text and "✓ blink" in text and "demonstration" in text

    def test_the_guide_follows_as_soon_as_it_is_chosen(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, view="recognise"), (turned("front"),))
        page.pick_numbered("enrol")
        assert page.state.enrol.way == "photos"
        pump(page, qtbot, lambda: not page.services.bridge.busy)
        enrol(page)._panel.way.button("guided").click()
        pump(page, qtbot, lambda: len(enrol(page)._guide.taken) == 1)

    def test_one_name_for_a_face_that_was_seen_while_it_played(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(
            replace(START, view="recognise"), (face(3, 0, BOX), face(4, 0, (140.0, 10.0, 240.0, 110.0)))
        )
        view = recognise(page)
        pump(page, qtbot, lambda: len(view.strip.cards) == 2)
        click(view.strip.cards[0])
        QTest.keyClicks(view.card.name, "Ada")
        click(view.card.agree)
        pump(page, qtbot, lambda: "Ada" in names(page) and len(view.strip.cards) == 1)
        assert enrolments()[-1].origins == (PLAYED,) * len(enrolments()[-1].faces)

    def test_a_broken_frame_is_a_sentence_and_the_next_one_is_looked_at(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, view="recognise"), (face(3, 0, BOX),))
        frame = page.subject.faces.frame if page.subject.faces is not None else None
        assert frame is not None
        page.answers.finding.answered.emit(NotFound(frame, "This frame is broken."), True)
        assert "broken" in page.notice.words.text()
        pump(page, qtbot, lambda: page.subject.faces is not None)
        assert not page.notice.isVisible()

    def test_the_guide_takes_five_views_and_stores_them_after_the_click(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(replace(START, enrol=EnrolSettings("guided")), (turned("front"),))
        view = enrol(page)

        def took(count: int) -> Callable[[], bool]:
            return lambda: len(view._guide.taken) >= count

        for number, pose in enumerate(POSES, start=1):
            PLANTED[PLAYED] = (turned(pose),)
            pump(page, qtbot, took(number))
        assert view._guide.done and view.guided.ring.share == 1.0 and enrolments() == []
        click(view.guided.enrol)
        QTest.keyClicks(view.card.name, "Ada")
        click(view.card.agree)
        pump(page, qtbot, lambda: bool(enrolments()) and None in GALLERIES)
        (asked,) = enrolments()
        assert len(asked.faces) == 5 and asked.origins == (PLAYED,) * 5
        pump(page, qtbot, lambda: not view._guide.done)

    def test_redo_forgets_the_views(self, play: Callable[..., FacesPage], qtbot: QtBot) -> None:
        page = play(replace(START, enrol=EnrolSettings("guided")), (turned("front"),))
        view = enrol(page)
        pump(page, qtbot, lambda: len(view._guide.taken) == 1)
        click(view.guided.redo)
        assert view._guide.taken == () and view.guided.ring.share < 0.2


def test_a_quality_needs_no_pose() -> None:
    assert pose_problem("left", Quality(100, 100, 100, 50)) == ""
