"""The view "People" through its real widgets, over real gallery files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QMimeData, QObject, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from engine.faces.gallery import changes, forgetting, opening, reading
from engine.faces.gallery.requests import Enrol, Index, Person, Snapshot, WriteLog
from engine.faces.looks import name_of
from engine.faces.requests import FaceSettings
from engine.networks.steps import at_once
from gui.pages.faces.meetings import Meetings
from gui.pages.faces.page import FacesPage
from gui.pages.faces.people.card import MIME
from gui.pages.faces.people.settings import PeopleSettings
from gui.pages.faces.people.view import PeopleView
from gui.pages.faces.people.words import NOBODY
from gui.pages.faces.state import FacesState
from gui.pages.faces.view import Subject
from gui.state import to_json
from tests.gui import canned_faces
from tests.gui.canned_faces import MINI, face, portrait, vector
from tests.gui.faces_pages import OpenFaces, open_faces, settle
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_faces"]

Left = Qt.MouseButton.LeftButton
GALLERY = FacesState(view="gallery")
OWN = replace(GALLERY, people="own")
ODD = (
    '<b>Ada</b> & "co"; DROP TABLE people;--',
    "שלום עולם",
    "../../etc/passwd",
    "x" * 300,
    "\U0001f600 smile",
)


def people(page: FacesPage) -> PeopleView:
    return cast(PeopleView, page.stage.view)


def names(page: FacesPage) -> list[str]:
    found = page.subject.people
    return [] if found is None else [person.name for person in found.people]


def enrol(path: Path, name: str, person: int, shots: int = 3) -> int:
    faces = tuple(face(person, shot, (0.0, 0.0, 100.0, 100.0)) for shot in range(shots))
    return changes.enrol(path, Enrol(name, faces, (MINI, f"{MINI}-1"), ("camera",) * shots, consent=True))


@pytest.fixture
def own(open_faces: OpenFaces, tmp_path: Path) -> FacesPage:
    """The page on a gallery with Ada and Bo, three photos each; Ada is chosen."""
    path = tmp_path / "own.sqlite3"
    ada = enrol(path, "Ada", 3)
    enrol(path, "Bo", 4)
    return open_faces(replace(OWN, gallery=PeopleSettings(ada)))


def click(button: QPushButton) -> None:
    assert button.isVisible() and button.isEnabled(), button.text()
    QTest.mouseClick(button, Left)


def pick(page: FacesPage, number: int, place: int) -> None:
    """A click on a photo of a card."""
    row = people(page).board.cards[number].row
    QTest.mouseClick(row, Left, pos=row.tile_rect(place).center().toPoint())


def test_the_drawn_people_are_there_first(open_faces: OpenFaces) -> None:
    page = open_faces(GALLERY)
    assert len(people(page).board.cards) == len(names(page)) == 4
    assert set(names(page)) <= {name_of(person) for person in range(30)}
    assert not (page.answers.galleries["own"].snapshot and page.answers.galleries["own"].snapshot.people)


def test_an_empty_gallery_says_what_to_do(open_faces: OpenFaces) -> None:
    page = open_faces(OWN)
    assert people(page).nobody.text() == NOBODY and people(page).nobody.isVisible()
    assert not any(button.isEnabled() for button in people(page).bar.buttons.values())


def test_odd_names_are_shown_as_they_were_typed(open_faces: OpenFaces, tmp_path: Path) -> None:
    for number, name in enumerate(ODD):
        enrol(tmp_path / "own.sqlite3", name, number, 1)
    page = open_faces(OWN)
    for card in people(page).board.cards.values():
        assert card.person.name in card.name.text()
        assert card.name.textFormat() is Qt.TextFormat.PlainText
    assert page.grab().width() == page.width(), "a name of 300 letters does not widen the window"


def test_renaming_in_place_by_mouse_and_by_key(own: FacesPage, tmp_path: Path) -> None:
    card = people(own).board.cards[1]
    QTest.mouseDClick(card, Left, pos=card.name.geometry().center())
    assert card.editing and card.edit.text() == "Ada"
    card.edit.setText("")
    QTest.keyClick(card.edit, Qt.Key.Key_Return)
    assert card.editing and card.reason.isVisible(), "refused at the field, with the reason"
    card.edit.setText("Ada L.")
    QTest.keyClick(card.edit, Qt.Key.Key_Return)
    settle(own)
    assert names(own) == ["Ada L.", "Bo"] and not card.editing
    QTest.keyClick(card, Qt.Key.Key_F2)
    card.edit.setText("Nobody")
    QTest.keyClick(card.edit, Qt.Key.Key_Escape)
    settle(own)
    assert names(own) == ["Ada L.", "Bo"]
    assert b"Nobody" not in (tmp_path / "own.sqlite3").read_bytes()


def test_merging_by_the_list(own: FacesPage) -> None:
    view = people(own)
    click(view.bar.buttons["merge"])
    assert [view.card.who.itemText(n).strip("\u2068\u2069") for n in range(view.card.who.count())] == ["Bo"]
    click(view.card.yes)
    settle(own)
    assert names(own) == ["Bo"] and own.state.gallery.person == 2
    assert view.person is not None and len(view.person.photos) == 6


def test_merging_by_a_drop_asks_first(own: FacesPage) -> None:
    view = people(own)
    cards = view.board.cards
    data = QMimeData()
    data.setData(MIME, QByteArray(b"2"))

    class Dropped(QDropEvent):
        def source(self) -> object:  # type: ignore[override]
            return cards[2]

    event = Dropped(QPointF(5, 5), Qt.DropAction.MoveAction, data, Left, Qt.KeyboardModifier.NoModifier)
    cards[1].dropEvent(event)
    assert view.card.isVisible() and "one person" in view.card.title.text()
    click(view.card.no)
    assert names(own) == ["Ada", "Bo"]
    cards[1].dropEvent(event)
    click(view.card.yes)
    settle(own)
    assert names(own) == ["Ada"] and len(view.board.cards) == 1


def test_another_gallery_takes_nothing_along(own: FacesPage) -> None:
    view = people(own)
    own.change(replace(own.state, people="drawn"))
    settle(own)
    pick(own, 1, 0)
    view.board.cards[2].edit_name()
    assert view.marked
    click(view.bar.buttons["forget"])
    assert view.card.isVisible()
    own.change(replace(own.state, people="own"))
    settle(own)
    assert not view.card.isVisible(), "the question was about somebody else of the same number"
    assert not view.marked and not any(card.editing for card in view.board.cards.values())
    assert names(own) == ["Ada", "Bo"] and [c.person.name for c in view.board.cards.values()] == ["Ada", "Bo"]


def test_every_photo_of_a_card_has_room(open_faces: OpenFaces, tmp_path: Path) -> None:
    enrol(tmp_path / "own.sqlite3", "Ada", 3, 7)
    page = open_faces(OWN)
    for width in (1400, 900, 1100):
        page.resize(width, 700)
        settle(page)
        row = people(page).board.cards[1].row
        last = row.tile_rect(6)
        assert row.rect().contains(last.toAlignedRect().adjusted(0, 0, -1, -1)), width
        assert row.height() < last.bottom() + row.tile_rect(0).height(), "and no more than that"


class TestLog:
    def test_it_is_off_and_nothing_is_written(self, open_faces: OpenFaces) -> None:
        page = open_faces(FacesState())
        settle(page)
        assert not page.subject.logging and page.subject.people is not None and page.subject.people.met == 0

    def test_whom_recognise_knows_is_written_down_once(self, open_faces: OpenFaces) -> None:
        page = open_faces(GALLERY)
        controls = people(page).controls()
        assert "no picture" in controls.about_log.text()  # type: ignore[attr-defined]
        QTest.mouseClick(controls.log, Left)  # type: ignore[attr-defined]
        assert page.subject.logging and "logging" not in str(to_json(page.state))
        page.pick_numbered("recognise")
        settle(page)
        assert page.notice.isVisible() and "log is on" in page.notice.words.text()
        found = page.subject.people
        assert found is not None and sorted(who or 0 for _, who in found.log) == [1, 2, 3, 4]
        page.change(
            replace(page.state, threshold=3.9)
        )  # strangers are taken for somebody: the picture is the same
        settle(page)
        assert page.subject.people is not None and page.subject.people.met == 4
        QTest.mouseClick(page.notice.buttons[0], Left)
        assert not page.subject.logging and not page.notice.isVisible()

    def test_keys_go_on_from_a_switch_that_goes_with_its_view(self, open_faces: OpenFaces) -> None:
        page = open_faces(GALLERY)
        page.activateWindow()
        people(page).controls().log.setFocus()  # type: ignore[attr-defined]
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
        settle(page)
        focused = QApplication.focusWidget()
        assert page.stage.name == "recognise" and focused is not None and page.stage.isAncestorOf(focused)

    def test_it_is_shown_and_emptied_after_a_question(self, own: FacesPage, tmp_path: Path) -> None:
        view, path = people(own), tmp_path / "own.sqlite3"
        for person in (1, 2, 1):
            changes.write_log(path, WriteLog(person))
        own.answers.galleries["own"].look()
        settle(own)
        button = view.controls().show_log  # type: ignore[attr-defined]
        assert button.text().endswith("3 entries")
        click(button)
        assert view.log.isVisible() and ["Ada" in line for line in view.log.lines] == [True, False, True]
        assert "last met" in [name for name, _, _ in view.facts()]
        click(view.log.empty)
        click(view.card.no)
        assert reading.snapshot(path).met == 3
        click(view.log.empty)
        click(view.card.yes)
        settle(own)
        assert reading.snapshot(path).met == 0 and view.log.lines == [] and not view.log.empty.isEnabled()
        assert own.escape() and not view.log.isVisible()

    def test_who_is_forgotten_leaves_it(self, own: FacesPage, tmp_path: Path) -> None:
        view, path = people(own), tmp_path / "own.sqlite3"
        for person in (1, 2):
            changes.write_log(path, WriteLog(person))
        own.answers.galleries["own"].look()
        settle(own)
        click(view.bar.buttons["forget"])
        click(view.card.yes)
        settle(own)
        assert "entries of the log (1)" in view.card.title.text()
        assert [who for _, who in reading.snapshot(path).log] == [2]

    def test_another_windows_entries_are_no_message(self, own: FacesPage, tmp_path: Path) -> None:
        said: list[str] = []
        own.said.connect(lambda words, _kind: said.append(words))
        changes.write_log(tmp_path / "own.sqlite3", WriteLog(1))
        own.answers.galleries["own"].look()
        settle(own)
        assert own.subject.people is not None and own.subject.people.met == 1 and not said

    def test_somebody_who_stays_is_written_down_again_after_a_minute(self, qapp: QApplication) -> None:
        now = [0.0]
        holder = QObject()
        meetings = Meetings(holder, lambda: now[0])
        asked: list[WriteLog] = []
        meetings.asked.connect(asked.append)
        made = vector(1, 0)
        index = Index((MINI, f"{MINI}-1"), made[None], np.array([7]), np.array([1]))
        person = Person(7, "Ada", 0.0, ())

        def show() -> None:
            found = replace(canned_faces.answer(portrait(1, 0), FaceSettings()))
            meetings.follow(Subject(faces=found, people=Snapshot(Path(), (person,), (index,)), threshold=0.8))

        show()
        assert not asked, "it is off"
        meetings.switch(True)
        for seconds in (0.0, 30.0, 59.0, 61.0, 90.0):
            now[0] = seconds
            show()
        assert asked == [WriteLog(7), WriteLog(7)]


def test_a_foreign_drop_is_nobody(own: FacesPage) -> None:
    cards = people(own).board.cards
    data = QMimeData()
    data.setData(MIME, QByteArray(b"2"))
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction, data, Left, Qt.KeyboardModifier.NoModifier)
    cards[1].dropEvent(event)  # from another program: it has no source
    assert not people(own).card.isVisible()


def test_splitting_off_marked_photos(own: FacesPage) -> None:
    view = people(own)
    before = [button.geometry() for button in view.bar.buttons.values()]
    pick(own, 1, 0)
    pick(own, 1, 2)
    settle(own)
    assert [button.geometry() for button in view.bar.buttons.values()] == before, (
        "no button slips under the hand"
    )
    assert view.bar.buttons["split"].text().startswith("Split off 2 photos")
    click(view.bar.buttons["split"])
    view.card.name.setText(" ")
    click(view.card.yes)
    assert view.card.reason.isVisible()
    view.card.name.setText("Cy")
    QTest.keyClick(view.card.name, Qt.Key.Key_Return)
    settle(own)
    assert names(own) == ["Ada", "Bo", "Cy"]
    assert len(view.board.cards[3].person.photos) == 2 and not view.marked


def test_all_photos_cannot_be_split_off_and_the_last_not_deleted(own: FacesPage) -> None:
    view = people(own)
    for place in range(3):
        pick(own, 1, place)
    assert not view.bar.buttons["split"].isEnabled() and not view.bar.buttons["delete"].isEnabled()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert not view.card.isVisible()
    assert own.escape() and not view.marked


def test_deleting_one_photo_asks_first(own: FacesPage) -> None:
    view = people(own)
    pick(own, 1, 1)
    gone = view.marked[0]
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert view.card.isVisible() and view.card.no.hasFocus()
    click(view.card.yes)
    settle(own)
    assert view.person is not None and gone not in [photo.number for photo in view.person.photos]
    assert not own.history.can_undo, "what is gone does not come back by Undo"


def test_forgetting_shows_the_proof_and_leaves_no_byte(own: FacesPage, tmp_path: Path) -> None:
    view, path = people(own), tmp_path / "own.sqlite3"
    changes.rename(path, changes.Rename(1, "Adelheid von Unvergessen"))
    own.answers.galleries["own"].look()
    settle(own)
    crop = face(3, 1, (0.0, 0.0, 100.0, 100.0)).crop.tobytes()[9000:9030]
    data = b"".join(file.read_bytes() for file in opening.files_of(path))
    assert b"Adelheid" in data and crop in data
    click(view.bar.buttons["forget"])
    assert "cannot be undone" in view.card.text.text()
    assert own.escape() and names(own)[0] == "Adelheid von Unvergessen"
    click(view.bar.buttons["forget"])
    click(view.card.yes)
    settle(own)
    data = b"".join(file.read_bytes() for file in path.parent.glob("own.sqlite3*"))
    assert b"Adelheid" not in data and crop not in data
    assert names(own) == ["Bo"] and "nothing is left" in view.card.title.text()
    told = view.card.facts.texts()
    assert told["the aligned crops"].endswith(", 0 now") and not told["the aligned crops"].startswith("0")
    assert own.escape() and not view.card.isVisible()


def test_export_and_import(own: FacesPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view, copy = people(own), tmp_path / "copy.convscope-faces"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(copy), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(copy), ""))
    said: list[str] = []
    own.said.connect(lambda words, _kind: said.append(words))
    click(view.controls().export)  # type: ignore[attr-defined]
    settle(own)
    assert copy.is_file() and "not encrypted" in said[-1]
    click(view.bar.buttons["forget"])
    click(view.card.yes)
    settle(own)
    assert names(own) == ["Bo"]
    click(view.controls().take_in)  # type: ignore[attr-defined]
    settle(own)
    assert sorted(names(own)) == ["Ada", "Bo"]
    assert said[-1] == "3 photos joined the gallery; 1 person is new."
    click(view.controls().take_in)  # type: ignore[attr-defined]
    settle(own)
    assert "nothing was added" in said[-1]
    copy.write_bytes(b"nothing of the kind")
    click(view.controls().take_in)  # type: ignore[attr-defined]
    settle(own)
    assert "damaged" in said[-1] or "another program" in said[-1]
    assert sorted(names(own)) == ["Ada", "Bo"]


def test_a_damaged_file_is_set_aside_on_request_only(open_faces: OpenFaces, tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite3"
    path.write_bytes(b"rubbish" * 2000)
    page = open_faces(OWN)
    view = people(page)
    assert "damaged" in page.notice.words.text() and not view.nobody.isVisible()
    assert view.bar.geometry().bottom() < view.height() / 4, "the buttons keep their place"
    assert path.read_bytes().startswith(b"rubbish")
    click(view.controls().aside)  # type: ignore[attr-defined]
    click(view.card.yes)
    settle(page)
    assert view.nobody.text() == NOBODY
    (kept,) = [one for one in tmp_path.iterdir() if "set aside" in one.name]
    assert kept.read_bytes().startswith(b"rubbish")


def test_another_window_is_seen(own: FacesPage, tmp_path: Path) -> None:
    enrol(tmp_path / "own.sqlite3", "Cy", 5)
    own.answers.galleries["own"].look()
    settle(own)
    assert names(own) == ["Ada", "Bo", "Cy"] and len(people(own).board.cards) == 3


def test_a_question_about_somebody_who_went_closes(own: FacesPage, tmp_path: Path) -> None:
    view = people(own)
    click(view.bar.buttons["forget"])
    at_once(forgetting.forget(tmp_path / "own.sqlite3", 2))
    own.answers.galleries["own"].look()
    settle(own)
    assert view.card.isVisible(), "it is about somebody else"
    at_once(forgetting.forget(tmp_path / "own.sqlite3", 1))
    own.answers.galleries["own"].look()
    settle(own)
    assert not view.card.isVisible()


def test_arrows_go_from_card_to_card(own: FacesPage) -> None:
    board = people(own).board
    board.cards[1].setFocus()
    QTest.keyClick(board.cards[1], Qt.Key.Key_Right)
    assert own.state.gallery.person == 2 and board.cards[2].hasFocus()
    assert not own.history.can_undo


def test_nothing_personal_goes_into_the_state(own: FacesPage) -> None:
    assert "Ada" not in str(to_json(own.state)) and "own.sqlite3" not in str(to_json(own.state))


def test_the_inspector_tells_the_person_and_the_file(own: FacesPage, tmp_path: Path) -> None:
    told = {name: value for name, value, _ in people(own).facts()}
    assert "Ada" in told["person"] and told["file"] == str(tmp_path / "own.sqlite3")
    assert reading.snapshot(tmp_path / "own.sqlite3").bytes > 0
    assert people(own).table() is not None
