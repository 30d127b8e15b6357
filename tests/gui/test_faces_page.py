"""The page "Faces" through its real widgets, over drawn people and a gallery in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.faces.examples.scene import ENROLLED, HUNG, scene
from engine.faces.gallery.requests import Enrol, Reembed
from engine.faces.looks import name_of
from engine.faces.requests import FindFaces
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.faces import tour
from gui.pages.faces.names import POP, problem, short, shown
from gui.pages.faces.page import FacesPage
from gui.pages.faces.recognise.resolve import GREY, label
from gui.pages.faces.recognise.view import RecogniseView
from gui.pages.faces.state import FacesState
from gui.pages.faces.verify.view import NOBODY, VerifyView
from gui.settings import Settings
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui import canned_faces
from tests.gui.canned_faces import ABSENT, GALLERIES, OTHER, REQUESTS, face, inline
from tests.gui.window_fixtures import calm, move_to

__all__ = ["calm"]

OpenPage = Callable[..., FacesPage]
LeftButton = Qt.MouseButton.LeftButton
START = FacesState()
ODD_NAMES = (
    "O'Brien; DROP TABLE people;--",
    "<b>Ada</b> & co",
    "😀" * 300,
    "שלום עולם",
    "../../etc/passwd",
    "x" * 300,
)


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(state=None, make_engine=inline)."""
    opened: list[tuple[FacesPage, Bridge]] = []
    canned_faces.clear()

    def opener(state: FacesState | None = None, make_engine: Any = inline) -> FacesPage:
        bridge = Bridge(make_engine)
        found = entry("faces")
        assert found is not None
        page = cast(FacesPage, found.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
        opened.append((page, bridge))
        qtbot.addWidget(page)
        page.resize(1400, 900)
        if state is not None:
            page.restore_session(to_json(state))
        with qtbot.waitExposed(page):
            page.show()
        page.activated()
        settle(page)
        return page

    yield opener
    for page, bridge in opened:
        page.close_page()
        bridge.close()
    canned_faces.clear()


def settle(page: FacesPage) -> None:
    """Everything that was asked is answered: the inline engine needs some rounds of the loop."""
    for _ in range(60):
        QApplication.processEvents()
        if page.answers.settled and not page.services.bridge.busy:
            break
    for _ in range(4):
        QApplication.processEvents()


@pytest.fixture
def page(open_page: OpenPage) -> FacesPage:
    """The page as it opens first: drawn people on a wall, some of them with names."""
    return open_page()


def recognise(page: FacesPage) -> RecogniseView:
    return cast(RecogniseView, page.stage.view)


def verify(page: FacesPage) -> VerifyView:
    return cast(VerifyView, page.stage.view)


def names(page: FacesPage) -> list[str]:
    return [who.name for who in recognise(page).stage.everybody]


def click(widget: QWidget) -> None:
    assert widget.isVisible() and widget.isEnabled(), widget
    QTest.mouseClick(widget, LeftButton)


def face_point(page: FacesPage, place: int) -> QPoint:
    """A place within a face, as the picture shows it."""
    view = recognise(page).stage.view
    x1, y1, x2, y2 = recognise(page).stage.everybody[place].face.box
    return view.transform().map(QPointF((x1 + x2) / 2, (y1 + y2) / 2 + 8)).toPoint()


def place_of(page: FacesPage, person: int) -> int:
    """The place of a drawn person, by where the portrait hangs."""
    left, top, side = next((h[2], h[3], h[4]) for h in HUNG if h[0] == person)
    boxes = [who.face.box for who in recognise(page).stage.everybody]
    return next(n for n, b in enumerate(boxes) if left < b[0] < left + side and top < b[1] < top + side)


# --- the first visit ----------------------------------------------------------------------------------------------


class TestFirstVisit:
    def test_the_drawn_people_are_recognised_and_strangers_are_not(self, page: FacesPage) -> None:
        assert page.frame is scene() and len(names(page)) == len(HUNG)
        found = {name for name in names(page) if name}
        assert found == {name_of(person) for person in ENROLLED}
        assert names(page).count("") == len(HUNG) - len(ENROLLED)
        for person in ENROLLED:
            assert names(page)[place_of(page, person)] == name_of(person)

    def test_boxes_have_name_and_distance_strangers_are_grey(self, page: FacesPage) -> None:
        view = recognise(page).stage
        boxes = view.view.found.boxes
        assert view.view.frame is scene() and len(boxes) == len(HUNG)
        for who, text, kind in zip(view.everybody, boxes.texts, boxes.kinds, strict=True):
            assert who.identity is not None and who.identity.best is not None
            assert text.endswith(f"{who.identity.best.distance:.2f}")
            assert (kind == GREY) == (not who.known) == text.startswith("unknown")

    def test_the_chosen_face_shows_crop_numbers_and_the_people_nearest(self, page: FacesPage) -> None:
        panel, who = recognise(page).face, recognise(page).stage.who
        assert who is not None and panel.crop.pixels is not None
        assert np.array_equal(panel.crop.pixels, who.face.crop)
        assert who.face.embedding is not None
        assert np.array_equal(panel.bars.values.astype(np.float32), who.face.embedding)
        distances = [spot.distance for spot in panel.scale.spots]
        assert distances == sorted(distances) and len(distances) == 3 and panel.scale.spots[0].first

    def test_nothing_is_ever_stored_by_itself_in_ones_own_gallery(self, page: FacesPage) -> None:
        assert all(r.path is not None for r in REQUESTS if isinstance(r, Enrol))
        assert None not in GALLERIES

    def test_the_page_never_touches_the_network(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import socket

        def refuse(*_args: object, **_more: object) -> None:
            raise AssertionError("the page Faces opened a socket")

        for name in ("socket", "create_connection", "getaddrinfo"):
            monkeypatch.setattr(socket, name, refuse)
        page = open_page()
        for view in ("enrol", "verify", "recognise"):
            page.pick_numbered(view)
            settle(page)
        assert len(names(page)) == len(HUNG)

    def test_every_stop_of_the_tour_comes_to_rest(self, page: FacesPage, qtbot: QtBot) -> None:
        for stop in tour.stops():
            page.change(stop.state)
            qtbot.waitUntil(lambda: page.tour_ready(), timeout=5000)
            assert page.stage.name == stop.state.view


# --- recognise ----------------------------------------------------------------------------------------------------


class TestRecognise:
    def test_the_threshold_acts_at_once_and_asks_nothing(self, page: FacesPage) -> None:
        asked = len([r for r in REQUESTS if isinstance(r, FindFaces)])
        page.panel.threshold.slider.setValue(0)
        assert all(name == "" for name in names(page)) and page.state.threshold == 0.0
        page.panel.threshold.slider.setValue(400)
        assert all(names(page)), "with 4 everybody is somebody"
        assert len([r for r in REQUESTS if isinstance(r, FindFaces)]) == asked

    def test_one_drag_of_the_threshold_is_one_step_of_undo(self, page: FacesPage) -> None:
        scale = recognise(page).face.scale
        y = scale.height() // 2
        QTest.mousePress(scale, LeftButton, pos=QPoint(round(scale.place(1.0)), y))
        for value in (1.2, 1.5, 2.0):
            move_to(scale, QPoint(round(scale.place(value)), y), LeftButton)
        QTest.mouseRelease(scale, LeftButton, pos=QPoint(round(scale.place(2.0)), y))
        assert page.state.threshold == pytest.approx(2.0, abs=0.02)
        page.undo()
        assert page.state.threshold is None and scale.threshold == pytest.approx(0.8)

    def test_the_threshold_by_keys(self, page: FacesPage) -> None:
        scale = recognise(page).face.scale
        QTest.keyClick(scale, Qt.Key.Key_Right)
        assert page.state.threshold == pytest.approx(0.81)
        QTest.keyClick(scale, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.threshold == pytest.approx(0.71)
        click(page.panel.usual)
        assert page.state.threshold is None

    def test_a_click_and_keys_choose_a_face(self, page: FacesPage) -> None:
        stage = recognise(page).stage
        QTest.mouseClick(stage.view, LeftButton, pos=face_point(page, 3))
        assert page.state.recognise.chosen == 3 and stage.face is stage.everybody[3].face
        stage.view.setFocus()
        QTest.keyClick(stage.view, Qt.Key.Key_BracketRight)
        assert page.state.recognise.chosen == 4
        QTest.keyClick(stage.view, Qt.Key.Key_BracketLeft)
        QTest.keyClick(stage.view, Qt.Key.Key_BracketLeft)
        assert page.state.recognise.chosen == 2
        assert not page.history.can_undo, "looking around is no change"

    def test_yes_adds_the_face_after_the_click_that_agrees(self, page: FacesPage) -> None:
        view, place = recognise(page), place_of(page, ENROLLED[0])
        page.amend(replace(page.state, recognise=replace(page.state.recognise, chosen=place)))
        click(view.face.yes)
        assert view.card.isVisible() and not view.card.name.isVisible()
        before = [r for r in REQUESTS if isinstance(r, Enrol)]
        click(view.card.cancel)
        assert [r for r in REQUESTS if isinstance(r, Enrol)] == before and not view.card.isVisible()
        click(view.face.yes)
        click(view.card.agree)
        settle(page)
        asked = [r for r in REQUESTS if isinstance(r, Enrol)][-1]
        person = page.subject.people and page.subject.people.person(asked.person or 0)
        assert person and person.name == name_of(ENROLLED[0]) and len(person.photos) == 5
        assert asked.faces == (view.stage.everybody[place].face,) and asked.consent
        best = view.stage.everybody[place].identity
        assert best is not None and best.best is not None and best.best.distance == 0.0

    def test_no_asks_who_it_is_instead(self, page: FacesPage) -> None:
        view, place = recognise(page), place_of(page, ENROLLED[0])
        page.amend(replace(page.state, recognise=replace(page.state.recognise, chosen=place)))
        view.stage.view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_N)
        offered = [view.card.who.itemText(n) for n in range(view.card.who.count())]
        assert view.card.isVisible() and not any(name_of(ENROLLED[0]) in text for text in offered)
        view.card.who.setCurrentIndex(0)
        assert view.card.name.isVisible()
        view.card.name.setText("Zoë")  # keyClicks knows ASCII only
        QTest.keyClick(view.card.name, Qt.Key.Key_Return)
        settle(page)
        assert view.card.isVisible() and names(page)[place] != "Zoë", (
            "Return ends the name, and agrees to nothing"
        )
        assert view.card.agree.hasFocus()
        QTest.keyClick(view.card.agree, Qt.Key.Key_Return)
        settle(page)
        assert names(page)[place] == "Zoë"

    def test_one_name_labels_a_whole_group(self, page: FacesPage) -> None:
        view = recognise(page)
        sizes = [len(group) for group in view.unnamed.groups]
        assert sizes == [2, 1] and len(view.strip.cards) == 2, (
            "a stranger who hangs there twice, and another one"
        )
        click(view.strip.cards[0])
        QTest.keyClicks(view.card.name, "The twice seen")
        click(view.card.agree)
        settle(page)
        assert names(page).count("The twice seen") == 2
        assert [len(group) for group in view.unnamed.groups] == [1]

    def test_an_empty_or_too_long_name_is_refused_at_the_field(self, page: FacesPage) -> None:
        view = recognise(page)
        click(view.strip.cards[1])
        count = len(REQUESTS)
        for text, why in (("", "Type a name"), ("   ", "Type a name"), ("y" * 301, "301")):
            view.card.name.setText(text)
            click(view.card.agree)
            assert view.card.isVisible() and why in view.card.reason.text()
        assert not [r for r in REQUESTS[count:] if isinstance(r, Enrol)]

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_names_are_stored_and_shown_as_typed(self, page: FacesPage, name: str) -> None:
        view = recognise(page)
        click(view.strip.cards[1])
        view.card.name.setText(name)
        assert view.card.name.text() == name
        click(view.card.agree)
        settle(page)
        assert name in names(page)
        place = names(page).index(name)
        page.amend(replace(page.state, recognise=replace(page.state.recognise, chosen=place)))
        assert view.face.title.textFormat() == Qt.TextFormat.PlainText
        assert short(name) in label(view.stage.everybody[place])
        table = view.table()
        assert table is not None and table[1][place][1] == name

    def test_real_and_drawn_people_are_never_mixed(self, open_page: OpenPage) -> None:
        page = open_page(replace(START, source=SourceState("sample", "astronaut")))
        photo = page.frame
        assert photo is not None and page.subject.drawn
        canned_faces.PLANTED[photo.name] = (face(20, 0, (60.0, 60.0, 160.0, 160.0)),)
        page.answers.finding.again()
        settle(page)
        view = recognise(page)
        click(view.face.name)
        assert not view.card.who.isVisible(), "no drawn person is offered for a real face"
        QTest.keyClicks(view.card.name, "Eileen")
        click(view.card.agree)
        settle(page)
        assert page.state.people == "own" and names(page) == ["Eileen"]
        own, drawn = GALLERIES[None], next(g for path, g in GALLERIES.items() if path is not None)
        assert [p.name for p in own.people] == ["Eileen"] and len(drawn.people) == len(ENROLLED)

    def test_another_embedder_gets_embeddings_of_its_own(self, page: FacesPage) -> None:
        page.change(replace(page.state, embedder=OTHER))
        settle(page)
        assert [r for r in REQUESTS if isinstance(r, Reembed)][-1].embedder == OTHER
        assert page.subject.maker[0] == OTHER and page.subject.index is not None
        assert page.subject.index.rows.shape == (16, 8)

    def test_a_threshold_belongs_to_its_embedder(self, page: FacesPage) -> None:
        page.change(replace(page.state, threshold=0.3))
        combo = page.panel.embedder.combo
        combo.setCurrentIndex(combo.findData(OTHER))
        combo.activated.emit(combo.currentIndex())
        settle(page)
        assert page.state.embedder == OTHER and page.state.threshold is None
        page.undo()
        assert page.state.threshold == 0.3 and page.state.embedder != OTHER

    def test_the_drawn_people_come_by_another_net_where_one_is_damaged(self, open_page: OpenPage) -> None:
        canned_faces.REFUSED.add(OTHER)
        page = open_page(replace(START, embedder=OTHER))
        assert "damaged" in page.notice.words.text() and page.answers.settled
        page.change(replace(page.state, embedder=START.embedder))
        settle(page)
        settle(page)
        assert {name for name in names(page) if name} == {name_of(person) for person in ENROLLED}

    def test_a_list_of_nets_that_cannot_be_read_is_said_where_they_are_chosen(self, page: FacesPage) -> None:
        page.answers._list.failed.emit(
            ErrorReport("The models folder cannot be read.", "Look at its rights.")
        )
        assert page.panel.about.text() == "The models folder cannot be read. Look at its rights."

    def test_a_missing_embedder_leads_to_the_weights(self, page: FacesPage) -> None:
        page.change(replace(page.state, embedder=ABSENT))
        settle(page)
        assert page.notice.isVisible() and "not here" in page.notice.words.text()
        spy = QSignalSpy(page.pageAsked)
        click(page.panel.get)
        assert spy.at(0)[0] == "weights" and spy.at(0)[1]["selected"] == ABSENT

    def test_hovering_explains_a_face_and_a_number(self, page: FacesPage) -> None:
        stage = recognise(page).stage
        move_to(stage.view, face_point(page, 1))
        assert page.details.under.texts()["who"] == label(stage.everybody[1])
        bars = recognise(page).face.bars
        move_to(bars, QPoint(bars.width() // 2, bars.height() - 10))
        assert page.details.under.texts()[f"f{bars.at}"] == f"{bars.values[bars.at or 0]:+.4f}"


class TestPictures:
    def sentence(self, open_page: OpenPage, faces: tuple[Any, ...], qtbot: QtBot) -> str:
        canned_faces.PLANTED["astronaut"] = faces
        page = open_page(replace(START, source=SourceState("sample", "astronaut")))
        qtbot.waitUntil(lambda: page.subject.faces is not None, timeout=5000)
        frame = page.frame
        assert frame is not None
        canned_faces.PLANTED[frame.name] = faces
        page.answers.finding.again()
        settle(page)
        return recognise(page).stage.caption.text()

    def test_no_face_says_what_a_face_needs(self, open_page: OpenPage, qtbot: QtBot) -> None:
        assert "No face was found" in self.sentence(open_page, (), qtbot)

    def test_a_tiny_face_is_told_to_mean_little(self, open_page: OpenPage, qtbot: QtBot) -> None:
        text = self.sentence(open_page, (face(3, 0, (10.0, 10.0, 40.0, 40.0)),), qtbot)
        assert "30 pixels" in text and "mean little" in text

    def test_sixty_faces(self, open_page: OpenPage, qtbot: QtBot) -> None:
        crowd = tuple(face(n % 25, n, (8.0 * n, 0.0, 8.0 * n + 64, 64.0)) for n in range(60))
        text = self.sentence(open_page, crowd, qtbot)
        assert text.startswith("60 faces")


class TestGalleryTrouble:
    def test_a_locked_gallery_says_what_to_do_and_is_read_again(self, open_page: OpenPage) -> None:
        canned_faces.clear()
        page = open_page(replace(START, people="own"))
        canned_faces.BROKEN.append(UserError("The gallery is locked.", "Close the other window."))
        page.answers.galleries["own"].look()
        settle(page)
        assert page.notice.words.text() == "The gallery is locked. Close the other window."
        canned_faces.BROKEN.clear()
        click(page.notice.buttons[0])
        settle(page)
        assert not page.notice.isVisible() and page.answers.galleries["own"].snapshot is not None

    def test_a_change_of_another_window_is_told(self, open_page: OpenPage) -> None:
        page = open_page(replace(START, people="own"))
        spy = QSignalSpy(page.said)
        other = Enrol(
            "Lin", (face(5, 0, (0.0, 0.0, 9.0, 9.0)),), ("facenet-mini", "facenet-mini-1"), ("x",), True
        )
        canned_faces.gallery(other, cast(Any, None))
        page.answers.galleries["own"].look()
        settle(page)
        assert spy.count() == 1 and "Another window" in spy.at(0)[0]
        assert page.subject.people is not None and page.subject.people.people[0].name == "Lin"

    def test_changes_keep_their_order_and_none_is_lost(self, page: FacesPage) -> None:
        own = page.answers.galleries["own"]
        maker = ("facenet-mini", "facenet-mini-1")
        for number in range(5):
            own.ask(Enrol(f"P{number}", (face(number, 0, (0.0, 0.0, 9.0, 9.0)),), maker, ("x",), True))
        assert own.busy
        settle(page)
        assert [p.name for p in GALLERIES[None].people] == [f"P{n}" for n in range(5)]


# --- verify -------------------------------------------------------------------------------------------------------


class TestVerify:
    def test_the_parts_add_up_to_d_and_are_checked(self, page: FacesPage, qtbot: QtBot) -> None:
        page.pick_numbered("verify")
        settle(page)
        found = verify(page).found
        assert found is not None
        assert found.distance == pytest.approx(float(((found.first - found.second) ** 2).sum()), abs=1e-6)
        assert verify(page).parts.values.sum() == pytest.approx(found.distance)
        qtbot.waitUntil(lambda: verify(page)._badge.title.text().startswith("✓"), timeout=3000)

    def test_right_and_wrong_claims(self, page: FacesPage) -> None:
        page.pick_numbered("verify")
        view = verify(page)
        for place, who in enumerate(view.stage.everybody):
            if not who.known or who.identity is None:
                continue
            page.amend(replace(page.state, verify=replace(page.state.verify, chosen=place)))
            for person in page.subject.people.people if page.subject.people else ():
                view.controls()
                page.change(replace(page.state, verify=replace(page.state.verify, claimed=person.number)))
                assert view.found is not None
                assert view.found.accepted == (person.number == who.identity.person)
                assert view.verdict.text().startswith("Accepted" if view.found.accepted else "Rejected")

    def test_the_largest_difference_first(self, page: FacesPage) -> None:
        page.pick_numbered("verify")
        view = verify(page)
        plain = view.parts.values.copy()
        click(view._panel.ordered)
        assert np.array_equal(view.parts.values, np.sort(plain)[::-1])
        move_to(view.parts, QPoint(2, view.parts.height() - 5))
        told = page.details.under.texts()
        assert told[f"f{int(plain.argmax())}(a)"]

    def test_an_empty_gallery_says_where_to_go(self, open_page: OpenPage) -> None:
        page = open_page(replace(START, view="verify", people="own"))
        assert verify(page).verdict.text() == NOBODY and verify(page).found is None
        assert verify(page).table() is None


# --- state --------------------------------------------------------------------------------------------------------


class TestState:
    def test_round_trip(self) -> None:
        state = replace(START, view="verify", threshold=1.25, people="own", smallest=60)
        assert from_json(FacesState, json.loads(json.dumps(to_json(state)))) == state

    def test_nothing_personal_is_in_a_session_or_a_link(self, page: FacesPage) -> None:
        view = recognise(page)
        click(view.strip.cards[0])
        QTest.keyClicks(view.card.name, "Secret Name")
        click(view.card.agree)
        settle(page)
        assert "Secret Name" in names(page)
        text = json.dumps(page.save_state())
        assert "Secret Name" not in text and len(text) < 1500
        assert not any(name in text for name in (name_of(person) for person in ENROLLED))

    def test_a_pasted_face_is_gone_when_the_page_is_closed(self, page: FacesPage, qtbot: QtBot) -> None:
        image = QImage(64, 64, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.gray)
        page.paste_image(image)
        qtbot.waitUntil(lambda: page.state.source.kind == "file", timeout=3000)
        kept = Path(page.state.source.value)
        assert kept.is_file() and "convscope-pasted" in str(kept)
        page.close_page()
        assert not kept.exists()

    @pytest.mark.parametrize(
        "bad",
        [
            {"threshold": 4.5}, {"threshold": -1.0}, {"threshold": float("nan")}, {"smallest": 3}, {"detector": ""},
            {"source": SourceState("drawing", "dark")},
        ],
    )  # fmt: skip
    def test_bad_values_are_refused_with_a_sentence(self, bad: dict[str, Any]) -> None:
        with pytest.raises(UserError):
            replace(START, **bad).validated()

    def test_undo_brings_the_gallery_back_into_view_not_its_people(self, page: FacesPage) -> None:
        page.panel.people.button("own").click()
        settle(page)
        assert (
            page.state.people == "own" and page.subject.people is not None and not page.subject.people.people
        )
        page.undo()
        settle(page)
        assert page.subject.drawn and set(filter(None, names(page)))

    def test_a_hidden_page_asks_nothing(self, page: FacesPage) -> None:
        page.deactivated()
        count = len(REQUESTS)
        page.change(replace(page.state, smallest=90))
        settle(page)
        assert len(REQUESTS) == count

    def test_names_within_a_line(self) -> None:
        assert shown("שלום").startswith("\u2068") and shown("שלום").endswith(POP)
        assert len(short("x" * 300)) == 30 and short("x" * 300).endswith(f"…{POP}")
        assert problem("Ada") == "" and problem("\0")
