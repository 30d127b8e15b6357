"""The view "Recognise" where faces move and are many: who stays chosen, what is written, filmed and gathered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.faces.examples.scene import ENROLLED
from engine.faces.gallery.requests import Enrol, Index, Person, Snapshot
from engine.faces.identify import Identity, Match
from engine.faces.looks import name_of
from engine.faces.requests import HAAR, FaceSettings
from engine.images import Frame
from engine.video import open_video
from gui import export
from gui.pages.faces.answers import CAMERA
from gui.pages.faces.following import PATIENCE, Following
from gui.pages.faces.labels import STYLES, Labels, style_of
from gui.pages.faces.page import FacesPage
from gui.pages.faces.recognise.group_strip import GroupStrip
from gui.pages.faces.recognise.resolve import (
    ARRIVING,
    Who,
    detail,
    face_facts,
    label,
    table,
    turned,
    who_is_who,
)
from gui.pages.faces.recognise.yes_no import YesNo
from gui.pages.faces.state import SCENE
from gui.pages.faces.view import Subject
from gui.widgets.found_view import FoundView
from gui.widgets.source_state import SourceState
from tests.gui import canned_faces
from tests.gui.canned_faces import GALLERIES, GOOD, MINI, OTHER, PLANTED, REQUESTS, answer, face, vector
from tests.gui.test_faces_enrol import FILM, PLAYED, START, play, pump
from tests.gui.test_faces_page import OpenPage, click, names, open_page, place_of, recognise, settle
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page", "play"]

LEFT, RIGHT = (10.0, 10.0, 70.0, 70.0), (90.0, 10.0, 150.0, 70.0)
RECOGNISE = replace(START, view="recognise")


def seen(person: int, box: tuple[float, float, float, float], track: int | None = None) -> Who:
    return Who(face(person, 0, box, track=track), Identity(Match(person, 1, 0.2), None, True), f"P{person}")


def frame(name: str = "x") -> Frame:
    return Frame(np.zeros((120, 160, 3), np.uint8), name)


class TestFollowing:
    def test_a_face_keeps_being_the_chosen_one_while_others_grow_larger(self) -> None:
        following = Following()
        following.follow((seen(1, LEFT, 1), seen(2, RIGHT, 2)), 0, frame(), live=True)
        following.follow((seen(2, RIGHT, 2), seen(1, LEFT, 1)), 0, frame(), live=True)
        assert following.place == 1 and following.who is not None and following.who.name == "P1"

    def test_a_click_chooses_even_at_the_place_that_was_set_before(self) -> None:
        following = Following()
        following.follow((seen(1, LEFT, 1), seen(2, RIGHT, 2)), 0, frame(), live=True)
        turned_round = (seen(2, RIGHT, 2), seen(1, LEFT, 1))
        following.follow(turned_round, 0, frame(), live=True)
        following.choose(turned_round, 0)
        following.follow((seen(1, LEFT, 1), seen(2, RIGHT, 2)), 0, frame(), live=True)
        assert following.place == 1 and following.who is not None and following.who.name == "P2"

    def test_a_face_out_of_sight_is_waited_for_and_then_another_one_is_chosen(self) -> None:
        following = Following()
        following.follow((seen(1, LEFT, 1), seen(2, RIGHT, 2)), 0, frame(), live=True)
        for _ in range(PATIENCE):
            following.follow((seen(2, RIGHT, 2),), 0, frame(), live=True)
            assert following.place is None and following.who is not None and following.who.name == "P1"
        following.follow((seen(2, RIGHT, 2),), 0, frame(), live=True)
        assert following.place == 0 and following.who is not None and following.who.name == "P2"

    def test_a_broken_track_goes_on_where_it_was(self) -> None:
        following = Following()
        following.follow((seen(1, LEFT, 1), seen(2, RIGHT, 2)), 0, frame(), live=True)
        moved = (LEFT[0] + 40, LEFT[1], LEFT[2] + 40, LEFT[3])
        following.follow((seen(2, RIGHT, 2), seen(1, moved, 9)), 0, frame(), live=True)
        assert following.place == 1 and following.who is not None and following.who.face.track == 9

    def test_drawing_the_same_frame_again_is_no_sign_of_absence(self) -> None:
        following, same = Following(), frame()
        following.follow((seen(1, LEFT, 1),), 0, frame(), live=True)
        for _ in range(3 * PATIENCE):
            following.follow((), 0, same, live=True)
        assert following.place is None and following.who is not None

    def test_freezing_keeps_whom_one_looked_at(self) -> None:
        following, held = Following(), frame()
        following.follow((seen(1, LEFT, 1), seen(2, RIGHT, 2)), 0, frame(), live=True)
        following.follow((seen(2, RIGHT, 2), seen(1, LEFT, 1)), 0, held, live=True)
        following.follow((seen(2, RIGHT), seen(1, LEFT)), 0, held, live=False)
        assert following.place == 1

    def test_another_photo_begins_with_the_place_that_is_set(self) -> None:
        following = Following()
        following.follow((seen(1, LEFT), seen(2, RIGHT)), 1, frame(), live=False)
        following.follow((seen(3, LEFT),), 1, frame(), live=False)
        assert following.place == 0 and following.who is not None and following.who.name == "P3"
        following.follow((), 1, frame(), live=False)
        assert following.place is None and following.who is None

    @given(st.lists(st.lists(st.integers(1, 5), unique=True, max_size=4), max_size=30), st.booleans())
    def test_whatever_comes_the_place_is_that_of_the_face(self, film: list[list[int]], live: bool) -> None:
        following = Following()
        for tracks in film:
            everybody = tuple(seen(track, LEFT, track) for track in tracks)
            following.follow(everybody, 0, frame(), live=live)
            if following.place is not None:
                assert following.who is everybody[following.place]
            assert following.who is not None or not everybody


class TestLabels:
    def test_fewer_words_the_less_room_there_is(self, qtbot: QtBot) -> None:
        few, many = (seen(1, LEFT),), tuple(seen(n, LEFT) for n in range(60))
        assert style_of(few, 800 * 450) == 0 and style_of(few, 200 * 180) == 1
        assert STYLES[style_of(many, 600 * 450)].brief and STYLES[style_of(few, 100 * 60)].brief
        assert STYLES[style_of(many[:8], 340 * 200)] == STYLES[2]

    def test_brief_labels_keep_the_name_and_long_names_their_beginning(self) -> None:
        known = seen(1, LEFT)
        assert label(known, brief=True) == "\u2068P1\u2069" and label(known).endswith("0.20")
        stranger = Who(known.face, Identity(Match(1, 1, 1.5), None, False), "")
        assert label(stranger, brief=True) == "?" and label(stranger) == "unknown · 1.50"
        assert len(label(replace(known, name="😀" * 300))) < 30

    def test_labels_do_not_grow_again_while_something_plays(self, qtbot: QtBot) -> None:
        view, labels = FoundView(), Labels()
        qtbot.addWidget(view)
        view.resize(640, 480)
        view.set_frame(frame())
        few, many = (seen(1, LEFT),), tuple(seen(n, LEFT) for n in range(60))
        assert labels.findings(few, 0, view, live=True).text == STYLES[0].text
        assert labels.findings(many, 0, view, live=True).boxes.texts[1] == label(many[1], brief=True)
        assert labels.findings(few, None, view, live=True).boxes.texts == (label(few[0], brief=True),)
        labels.forget()
        assert labels.findings(few, 0, view, live=True).text == STYLES[0].text
        labels.findings(many, 0, view, live=True)
        assert labels.findings(few, 0, view, live=False).text == STYLES[0].text, "a still picture has its own"

    def test_in_a_crowd_the_chosen_face_alone_is_told_in_full(
        self, open_page: OpenPage, qtbot: QtBot
    ) -> None:
        sample = SourceState("sample", "astronaut")
        page = open_page(replace(RECOGNISE, source=sample))
        assert page.frame is not None
        PLANTED[page.frame.name] = tuple(
            face(n % 25, n, (8.0 * n, 0.0, 8.0 * n + 64, 64.0)) for n in range(60)
        )
        page.answers.finding.again()
        settle(page)
        page.resize(700, 500)
        settle(page)
        texts = recognise(page).stage.view.found.boxes.texts
        assert texts[0] == "unknown" and set(texts[1:]) == {"?"}


class TestWords:
    def test_the_cascade_gives_no_score(self) -> None:
        found = answer(canned_faces.portrait(3, 1), FaceSettings(HAAR, MINI))
        for detector, told in ((HAAR, "none"), ("yunet", "0.90")):
            subject = Subject(faces=replace(found, settings=FaceSettings(detector, MINI)))
            everybody = who_is_who(subject)
            told_rows = {name: value for name, value, _ in face_facts(everybody[0], subject)}
            assert told_rows["score"] == told
            assert (table(everybody, subject)[1][0][-1] == "") == (detector == HAAR)

    def test_an_empty_gallery_says_whether_somebody_is_still_to_come(self, open_page: OpenPage) -> None:
        stranger = Who(face(3, 0, LEFT), Identity(None, None, False), "")
        assert "Nobody is enrolled" in detail(stranger, Subject())
        assert detail(stranger, Subject(arriving=True)) == ARRIVING
        page = open_page()
        assert page.subject.drawn and not page.subject.arriving, "all of them came"

    def test_a_turn_has_a_sign_and_zero_is_no_minus(self) -> None:
        assert turned(replace(GOOD, yaw=-0.3, pitch=-12.6)) == "+0°, −13°"
        assert turned(replace(GOOD, yaw=None)) == ""

    def test_numbers_of_different_embedders_are_never_compared(self) -> None:
        found = answer(canned_faces.portrait(3, 1), FaceSettings(HAAR, MINI))
        number, rows = np.array([3]), np.stack([vector(3, 1)])
        alike = np.stack([vector(3, 1)])  # as many numbers, by another embedder
        people = Snapshot(
            Path("x"), (Person(3, "Ada", 0.0, ()),),
            (Index((OTHER, f"{OTHER}-1"), alike, number, number),),
        )  # fmt: skip
        status = next(one for one in canned_faces.MODELS.embedders if one.name == OTHER)
        subject = Subject(faces=found, stale=True, people=people, embedder=status)
        assert subject.maker[0] == OTHER and who_is_who(subject)[0].name == ""
        own = replace(people, indexes=(Index((MINI, f"{MINI}-1"), rows, number, number),))
        assert who_is_who(replace(subject, people=own))[0].name == "Ada"


class TestYesNo:
    def test_yes_and_no_stand_beside_the_chosen_face(self, open_page: OpenPage) -> None:
        page = open_page()
        view = recognise(page)
        view.stage.choose(place_of(page, ENROLLED[0]))
        box = view.stage.view.found.boxes.corners[place_of(page, ENROLLED[0])]
        right = view.stage.view.transform().map(QPointF(box[2], box[1])).x()
        assert view.yes_no.isVisible() and view.yes_no.x() >= right
        assert name_of(ENROLLED[0]) in view.yes_no.yes.toolTip()
        click(view.yes_no.no)
        assert (
            view.card.isVisible() and view.card.title.text() == "Who is it?" and not view.yes_no.isVisible()
        )
        click(view.card.cancel)
        click(view.yes_no.yes)
        assert view.card.isVisible() and not view.card.name.isVisible()

    def test_a_name_is_no_mark_up(self, qtbot: QtBot) -> None:
        parent = QWidget()
        qtbot.addWidget(parent)
        asked = YesNo(parent)
        asked.ask("<img src=x>", QRectF(90, 10, 20, 20), QRectF(0, 0, 120, 60))
        assert "<img" not in asked.yes.toolTip() and "<img src=x>" in asked.yes.accessibleName()
        assert asked.x() < 90, "there is no room on the right"

    def test_the_keyboard_comes_back_from_the_question(self, open_page: OpenPage) -> None:
        page = open_page()
        view = recognise(page)
        view.stage.choose(place_of(page, ENROLLED[0]))
        view.stage.view.setFocus()
        for key, leave in ((Qt.Key.Key_N, view.card.cancel.click), (Qt.Key.Key_Y, view.card.agree.click)):
            QTest.keyClick(view, key)
            assert view.card.isAncestorOf(page.focusWidget())
            leave()
            settle(page)
            assert page.focusWidget() is view.stage.view and view.card.isHidden()

    def test_nobody_asks_about_a_stranger(self, open_page: OpenPage) -> None:
        page = open_page()
        view = recognise(page)
        stranger = next(n for n, who in enumerate(view.stage.everybody) if not who.known)
        view.stage.choose(stranger)
        assert not view.yes_no.isVisible()


class TestGroups:
    def test_cards_stay_and_keep_the_keyboard_while_groups_grow(self, qtbot: QtBot) -> None:
        strip = GroupStrip()
        qtbot.addWidget(strip)
        asked = QSignalSpy(strip.asked)
        one, two = face(3, 0, LEFT), face(3, 1, LEFT)
        strip.show_groups([(one,)])
        strip.show()
        qtbot.waitExposed(strip)
        card = strip.cards[0]
        card.setFocus()
        strip.show_groups([(one, two), (face(4, 0, RIGHT),)])
        assert strip.cards[0] is card and strip.focusWidget() is card and card.text == "2 faces"
        QTest.keyClick(card, Qt.Key.Key_Return)
        assert asked.at(0)[0] == (one, two)
        strip.set_low(True)
        assert card.height() < 50

    def test_a_face_of_somebody_else_is_left_out_of_a_group(self, open_page: OpenPage) -> None:
        page = open_page()
        view = recognise(page)
        group = view.unnamed.groups[0]
        click(view.strip.cards[0])
        QTest.keyClicks(view.card.name, "Twin")
        row = view.card.choice.row
        for place in (0, 1):
            QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.tile_rect(place).center().toPoint())
        assert not view.card.agree.isEnabled(), "nobody is left"
        QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.tile_rect(1).center().toPoint())
        said = QSignalSpy(page.said)
        click(view.card.agree)
        settle(page)
        asked = [one for one in REQUESTS if isinstance(one, Enrol)][-1]
        assert asked.faces == (group[1],) and "Twin" in said.at(0)[0] and "1 photo." in said.at(0)[0]

    def test_faces_of_a_photo_do_not_join_those_of_a_film(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        photo = replace(RECOGNISE, source=SourceState("preset", "drawn people"), people="own")
        page = play(photo, (face(3, 0, LEFT),))
        pump(page, qtbot, lambda: len(recognise(page).strip.cards) == 1)
        (group,) = recognise(page).unnamed.groups
        assert all(one.track == 1 for one in group)


class TestHome:
    def test_a_face_goes_into_the_gallery_that_it_belongs_to_though_another_picture_is_on_show(
        self, open_page: OpenPage, qtbot: QtBot
    ) -> None:
        page = open_page(replace(RECOGNISE, source=SourceState("sample", "astronaut")))
        photo = page.frame
        assert photo is not None
        PLANTED[photo.name] = (face(20, 0, (60.0, 60.0, 160.0, 160.0)),)
        page.answers.finding.again()
        settle(page)
        view = recognise(page)
        click(view.face.name)
        page.change(replace(page.state, source=SCENE, people="drawn"))
        settle(page)
        QTest.keyClicks(view.card.name, "Eileen")
        click(view.card.agree)
        settle(page)
        assert page.state.people == "own" and [one.name for one in GALLERIES[None].people] == ["Eileen"]
        assert GALLERIES[None].people[0].photos[0].origin == photo.name

    def test_what_is_stale_gets_no_name(self, open_page: OpenPage) -> None:
        page = open_page()
        view = recognise(page)
        assert view.face.yes.isVisible() and view.yes_no.isVisible()
        view.show_subject(replace(page.subject, stale=True), page.state.recognise)
        assert not (view.face.name.isVisible() or view.face.yes.isVisible() or view.yes_no.isVisible())


class TestFilm:
    def test_what_plays_is_filmed_with_its_names(
        self, play: Callable[..., FacesPage], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "faces.mp4"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        page = play(RECOGNISE, (face(3, 0, LEFT),))
        view = recognise(page)
        assert view.filming.isVisible() and not view.filming.time.isVisible()
        QTest.keyClick(view, Qt.Key.Key_V)
        assert (
            view.filming.tape.running
            and view.filming.time.text() == "0:00"
            and view.filming.button.isChecked()
        )
        pump(page, qtbot, lambda: view.filming.tape.recorder.seconds > 0.3)
        said = QSignalSpy(page.said)
        click(view.filming.button)
        qtbot.waitUntil(lambda: said.count() == 1)
        assert "Saved faces.mp4" in said.at(0)[0] and not view.filming.time.isVisible()
        grabber = open_video(path)
        pixels = grabber.read()
        grabber.close()
        assert pixels is not None and pixels.shape[:2] == (120, 160)
        assert int(pixels.max()) - int(pixels.min()) > 100, "a label stands on the even grey of the film"

    def test_a_still_picture_has_no_film_but_a_frame_with_names(
        self, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page()
        assert not recognise(page).filming.isVisible()
        path = tmp_path / "frame.png"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        save = next(verb for verb in page.verbs() if verb.title.startswith("Save the frame"))
        save.run()
        assert path.stat().st_size > 10_000

    def test_leaving_the_view_saves_the_film(
        self, play: Callable[..., FacesPage], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "faces.mp4")
        page = play(RECOGNISE, (face(3, 0, LEFT),))
        film = recognise(page).filming.tape
        film.toggle()
        with qtbot.waitSignal(film.recorder.finished):
            page.pick_numbered("gallery")
        assert (tmp_path / "faces.mp4").is_file()

    def test_a_folder_that_is_gone_is_a_sentence(
        self, play: Callable[..., FacesPage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "gone" / "faces.mp4")
        page = play(RECOGNISE, (face(3, 0, LEFT),))
        said = QSignalSpy(page.said)
        recognise(page).filming.tape.toggle()
        assert "does not exist" in said.at(0)[0] and not recognise(page).filming.button.isChecked()


class TestSources:
    def test_the_chosen_face_stays_while_another_one_comes_nearer(
        self, play: Callable[..., FacesPage], qtbot: QtBot
    ) -> None:
        page = play(RECOGNISE, (face(3, 0, LEFT), face(4, 0, RIGHT)))
        stage = recognise(page).stage
        pump(page, qtbot, lambda: len(stage.everybody) == 2)
        stage.choose(1)
        assert page.state.recognise.chosen == 1 and stage.face is stage.everybody[1].face
        stage.choose(0)
        stage.choose(0)
        assert stage.face is stage.everybody[0].face

    def test_a_photo_says_which_camera_file_or_film_it_came_from(self, open_page: OpenPage) -> None:
        page = open_page()
        picture = frame("HD Pro Webcam")
        camera = replace(page.state, source=SourceState("camera", "HD Pro Webcam"))
        assert page.answers.subject(camera, picture, live=False).origin == CAMERA
        film = replace(page.state, source=FILM)
        assert page.answers.subject(film, frame(PLAYED), live=False).origin == PLAYED

    def test_several_photos_at_once_belong_to_the_view_enrol(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        paths = [tmp_path / "3-0.png", tmp_path / "3-1.png"]
        for path in paths:
            path.write_bytes(b"x")
        said = QSignalSpy(page.said)
        page.open_paths(paths)
        assert "Only 3-0.png" in said.at(0)[0] and "Enrol" in said.at(0)[0]
        assert names(page) is not None
