"""The view "Live" of the page "Style" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.images import Frame, open_picture, publish
from engine.inline import InlineEngine
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.style.fast.requests import (
    ApplyFast,
    FastList,
    FastOrder,
    KeepFast,
    KeptNet,
    ListFast,
    LiveFast,
    LivePaint,
    RemoveFast,
    RenameFast,
    Restyled,
    Trained,
    TrainFast,
)
from engine.style.fast.settings import FastSettings
from engine.style.settings import StyleSettings
from gui import export
from gui.bridge import Bridge
from gui.pages import PageEntry, entry
from gui.pages.base import Services
from gui.pages.style.live import saving, words
from gui.pages.style.live.answers import MOST
from gui.pages.style.live.settings import LiveSettings
from gui.pages.style.live.view import NO_NET, LiveView
from gui.pages.style.page import StylePage
from gui.pages.style.state import StyleState
from gui.pages.style.view import Subject
from gui.settings import Settings
from gui.state import from_json, to_json
from tests.gui.style_runs import frame, rows
from tests.gui.window_fixtures import HeldEngine, calm, wait_beside

__all__ = ["calm"]

CONTENT, STYLE = frame("cat.png"), frame("blots.png", seed=1)
Wait = Callable[[Callable[[], bool]], None]


def net(name: str = "night", title: str = "Night", *, bundled: bool = False) -> KeptNet:
    thumbnail = publish(np.full((8, 8, 3), 90, np.uint8))
    return KeptNet(
        name, title, thumbnail, ("blots.png",), StyleSettings(), FastSettings(), 300, 330_000, bundled
    )


NETS = FastList((net("swirls", "Swirls", bundled=True), net()), (("odd.safetensors", "It is damaged."),))


def restyled(shown: Frame = CONTENT, *, step: int = 0, value: int = 200) -> Restyled:
    pixels = publish(np.full(shown.pixels.shape, value, np.uint8))
    return Restyled(shown, shown.pixels, pixels, 0.031, "cpu", "" if step else "swirls", step)


def trained(step: int, **more: Any) -> Trained:
    pixels = publish(np.full((8, 12, 3), step % 256, np.uint8))
    about: dict[str, Any] = {"seconds": 2.0 * step, "rate": 0.5, "photos": 14, "device": "cpu", **more}
    return Trained("blots", pixels, step, 300, (rows(0, step),) if step else (), **about)


class Stand:
    """A view in sight, with a page's part played by the test: what the view wants set is set."""

    def __init__(self, services: Services) -> None:
        self.view = LiveView(services.bridge)
        self.engine = cast(HeldEngine, services.bridge.engine)
        self.subject = Subject(CONTENT, (STYLE,), StyleSettings(), state=StyleState())
        self.settings = LiveSettings()
        self.view.changed.connect(self._set)
        self.view.looked.connect(self._set)
        self.said = QSignalSpy(self.view.said)

    def _set(self, settings: LiveSettings, _gesture: str = "") -> None:
        self.settings = settings.validated()
        self.show()

    def show(self, **subject: Any) -> None:
        """Show the settings, under a subject that differs by this."""
        self.subject = replace(self.subject, **subject)
        self.view.show_subject(self.subject, self.settings)
        QApplication.processEvents()

    def asked(self, kind: type) -> Any:
        """The newest request of a kind."""
        QApplication.processEvents()
        return self.engine.asked[self.engine.jobs(kind)[-1]][0]

    def answer(self, kind: type, value: object) -> None:
        QApplication.processEvents()
        self.engine.answer(self.engine.jobs(kind)[-1], value)
        QApplication.processEvents()

    def partial(self, kind: type, value: object) -> None:
        QApplication.processEvents()
        self.engine.emit(Partial(self.engine.jobs(kind)[-1], value))
        QApplication.processEvents()

    def listed(self, found: FastList = NETS) -> None:
        self.answer(ListFast, found)


@pytest.fixture
def services(qapp: QApplication, calm: None, tmp_path: Path) -> Iterator[Services]:
    bridge = Bridge(HeldEngine)
    yield Services(bridge, Settings(tmp_path / "settings.ini"))
    bridge.close()


@pytest.fixture
def stand(services: Services, qtbot: QtBot) -> Iterator[Stand]:
    found = Stand(services)
    controls = found.view.controls()
    qtbot.addWidget(found.view)
    qtbot.addWidget(controls)
    found.view.resize(1000, 700)
    controls.resize(320, 800)
    for widget in (controls, found.view):
        with qtbot.waitExposed(widget):
            widget.show()
    found.view.set_active(True)
    found.show()
    yield found
    found.view.close_view()


class TestPictures:
    def test_the_content_goes_through_the_first_net_at_once(self, stand: Stand) -> None:
        assert not stand.view.settled
        stand.listed()
        request = stand.asked(ApplyFast)
        assert (request.net, request.frame, request.size) == ("swirls", CONTENT, 320)
        assert stand.view.stage.picture.pixels is CONTENT.pixels, "never blank"
        stand.answer(ApplyFast, restyled())
        stage = stand.view.stage
        assert stand.view.settled and not stage.picture.stale and stage.picture.wiped
        assert stage.line.text() == "48 × 32 · the net 31 ms · cpu"
        assert stage.caption.text() == "cat.png, by “Swirls”"
        assert ("took", "31 ms") in [fact[:2] for fact in stand.view.facts()]

    def test_another_size_dims_until_it_is_there(self, stand: Stand) -> None:
        stand.listed()
        stand.answer(ApplyFast, restyled())
        slider = stand.view._controls.longer_side.slider
        slider.setFocus()
        QTest.keyClick(slider, Qt.Key.Key_Right)
        assert stand.asked(ApplyFast).size == stand.settings.size == 352
        assert stand.view.stage.picture.stale
        stand.answer(ApplyFast, restyled(value=10))
        assert not stand.view.stage.picture.stale
        pixels = stand.view.stage.picture.pixels
        assert pixels is not None and pixels[0, 0, 0] == 10

    def test_what_plays_is_painted_newest_first_and_rests_when_hidden(self, stand: Stand) -> None:
        stand.listed()
        frames: Mailbox[Frame] = Mailbox()
        stand.show(frames=frames)
        request = stand.asked(LiveFast)
        assert request.frames is frames and request.net == "swirls"
        for _ in range(3):
            stand.partial(LiveFast, restyled(frame("camera")))
        assert "frames/s" in stand.view.stage.line.text() and "ms behind" in stand.view.stage.line.text()
        assert "frame rate" in [fact[0] for fact in stand.view.facts()]
        number = stand.engine.jobs(LiveFast)[-1]
        stand.view.set_active(False)
        assert number in stand.engine.cancelled
        asked = len(stand.engine.jobs(LiveFast))
        stand.show()
        assert len(stand.engine.jobs(LiveFast)) == asked, "nothing runs on a hidden page"

    def test_a_camera_for_a_style_is_not_painted(self, stand: Stand) -> None:
        stand.listed()
        stand.show(frames=Mailbox(), state=replace(StyleState(), tile=1))
        assert not stand.engine.jobs(LiveFast) and stand.asked(ApplyFast).frame is CONTENT

    def test_live_optimisation_goes_on_until_it_is_enough(self, stand: Stand) -> None:
        stand.listed()
        QTest.mouseClick(stand.view._controls.way.button("paint"), Qt.MouseButton.LeftButton)
        request = stand.asked(LivePaint)
        assert (request.size, request.evaluations, request.styles) == (160, 3, (STYLE,))
        assert request.frames.take() is CONTENT
        stand.partial(LivePaint, restyled(step=3))
        assert not stand.view.settled and "3 steps on this picture" in stand.view.stage.line.text()
        stand.partial(LivePaint, restyled(step=MOST))
        assert stand.view.settled
        stand.show(settings=replace(StyleSettings(), seed=4, steps=7))
        assert len(stand.engine.jobs(LivePaint)) == 1, "these do not matter here"
        stand.show(settings=replace(StyleSettings(), beta=7.0))
        assert stand.asked(LivePaint).settings.beta == 7.0

    def test_a_refusal_is_a_sentence(self, stand: Stand) -> None:
        stand.listed()
        stand.asked(ApplyFast)
        stand.engine.fail(
            stand.engine.jobs(ApplyFast)[-1], ErrorReport("The file is damaged.", "Train again.")
        )
        QApplication.processEvents()
        assert stand.view.stage.notice.text == "The file is damaged. Train again." and stand.view.settled
        stand.view._controls.nets.setCurrentRow(1)
        assert stand.asked(ApplyFast).net == "night" and stand.view.stage.notice.text == ""

    def test_looks(self, stand: Stand) -> None:
        stand.listed()
        stand.answer(ApplyFast, restyled())
        stage = stand.view.stage
        QTest.mouseClick(stage.looks.button("pair"), Qt.MouseButton.LeftButton)
        assert stage.other.isVisible() and not stage.picture.wiped
        assert stage.other.pixels is CONTENT.pixels
        QTest.mouseClick(stage.looks.button("wipe"), Qt.MouseButton.LeftButton)
        stage.picture.setFocus()
        QTest.keyClick(stage.picture, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
        assert stand.settings.divider == pytest.approx(0.48)


class TestNets:
    def test_a_list_that_names_what_is_damaged(self, stand: Stand) -> None:
        stand.listed()
        controls = stand.view._controls
        assert [controls.nets.item(row).text() for row in range(2)] == ["Swirls", "Night"]
        assert "odd.safetensors: It is damaged." in controls.damaged.text() and controls.damaged.isVisible()
        assert not controls.remove_button.isEnabled(), "the bundled one stays"
        controls.nets.setCurrentRow(1)
        assert stand.settings.net == "night" and controls.remove_button.isEnabled()
        assert controls.learned.text() == "Paints blots.png, whatever style is chosen above."

    def test_a_title_is_typed_in_place(self, stand: Stand) -> None:
        stand.listed()
        nets = stand.view._controls.nets
        nets.setCurrentRow(1)
        nets.setFocus()
        stand.view._controls.rename_button.click()
        editor = nets.findChild(QLineEdit)
        assert editor is not None
        editor.selectAll()
        QTest.keyClicks(editor, "Dusk")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        request = stand.asked(RenameFast)
        assert (request.name, request.title) == ("night", "Dusk")
        stand.answer(RenameFast, FastList((NETS.nets[0], net(title="Dusk"))))
        assert nets.item(1).text() == "Dusk" and stand.settings.net == "night"

    def test_delete_asks_first(self, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
        stand.listed()
        nets = stand.view._controls.nets
        said = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
        monkeypatch.setattr(QMessageBox, "question", lambda *_: next(said))
        QTest.keyClick(nets, Qt.Key.Key_Delete)  # a bundled one
        nets.setCurrentRow(1)
        QTest.keyClick(nets, Qt.Key.Key_Delete)
        assert not stand.engine.jobs(RemoveFast)
        QTest.keyClick(nets, Qt.Key.Key_Delete)
        assert stand.asked(RemoveFast).name == "night"
        stand.answer(RemoveFast, FastList(NETS.nets[:1]))
        assert nets.count() == 1 and stand.asked(ApplyFast).net == "swirls"

    def test_without_a_net_training_is_offered(self, stand: Stand) -> None:
        stand.listed(FastList(()))
        notice = stand.view.stage.notice
        assert notice.text == NO_NET and stand.view.settled
        notice.buttons[0].click()
        assert stand.engine.jobs(TrainFast)


class TestTraining:
    def start(self, stand: Stand) -> TrainFast:
        stand.listed()
        QTest.mouseClick(stand.view._controls.train_button, Qt.MouseButton.LeftButton)
        return cast(TrainFast, stand.asked(TrainFast))

    def test_it_learns_what_is_set_and_is_watched(self, stand: Stand) -> None:
        request = self.start(stand)
        assert (request.title, request.styles, request.content) == ("blots", (STYLE,), CONTENT)
        assert request.fast == FastSettings() and request.folder == ""
        assert not stand.view._controls.train_button.isEnabled()
        stand.partial(TrainFast, trained(40))
        stage = stand.view.stage
        assert stage.learning.text() == (
            "“blots” learns: step 40 of 300 · 2.0 s a step · 8 min 40 s left · 14 photos · cpu"
        )
        assert stage.preview.pixels is not None and stage.preview.pixels[0, 0, 0] == 40
        assert stage.bar.value() == 40 and stage.side.isVisible()

    def test_space_pauses_and_stop_keeps(self, stand: Stand) -> None:
        assert not stand.view.toggle(), "the key is free without a training"
        request = self.start(stand)
        orders = cast(Mailbox[FastOrder], request.orders)
        stand.partial(TrainFast, trained(3))
        assert stand.view.toggle() and orders.take() == FastOrder(paused=True)
        assert "rests" in stand.view.stage.learning.text()
        stand.view.stage.pause_button.click()
        assert orders.take() == FastOrder()
        stand.view.set_active(False)
        assert orders.take() == FastOrder(paused=True), "nobody looks"
        stand.view.set_active(True)
        assert orders.take() == FastOrder()
        stand.view.stage.stop_button.click()
        assert orders.take() == FastOrder(stop=True)

    def test_the_new_net_is_the_one_in_use(self, stand: Stand) -> None:
        self.start(stand)
        fresh = net("blots", "blots")
        stand.answer(TrainFast, trained(300, outcome="done", kept=fresh))
        assert stand.settings.net == "blots" and stand.asked(ApplyFast).net == "blots"
        stand.listed(FastList((*NETS.nets, fresh)))
        assert stand.view._controls.nets.chosen == fresh
        assert stand.view.stage.learning.text() == "“blots” has learned: 300 steps in 10 min 0 s."
        stand.view.stage.close_button.click()
        assert not stand.view.stage.side.isVisible()
        assert stand.view._controls.train_button.isEnabled()

    def test_a_net_that_cannot_be_kept_waits(self, stand: Stand) -> None:
        self.start(stand)
        stand.answer(TrainFast, trained(300, outcome="done", note="The disk is full."))
        notice = stand.view.stage.notice
        assert "could not be kept. The disk is full." in notice.text
        notice.buttons[0].click()
        stand.answer(KeepFast, net("blots", "blots"))
        assert stand.settings.net == "blots" and notice.text == ""

    def test_memory_that_is_short_from_the_start_says_what_needs_less(self, stand: Stand) -> None:
        self.start(stand)
        stand.answer(TrainFast, trained(0, outcome="memory"))
        notice = stand.view.stage.notice
        assert "smaller crops" in notice.text
        notice.buttons[0].click()
        assert len(stand.engine.jobs(TrainFast)) == 2

    def test_a_training_that_fails_says_why(self, stand: Stand) -> None:
        self.start(stand)
        stand.engine.fail(
            stand.engine.jobs(TrainFast)[-1], ErrorReport("It left every measure.", "Lower the rate.")
        )
        QApplication.processEvents()
        assert stand.view.stage.notice.text == "It left every measure. Lower the rate."
        assert stand.view._controls.train_button.isEnabled()

    def test_how_it_learns_can_be_set(
        self, stand: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        stand.listed()
        controls = stand.view._controls
        controls.take("steps", 50, "")
        controls.take("batch", 2, "")
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
        controls.folder_button.click()
        assert stand.settings.folder == str(tmp_path) and tmp_path.name in controls.folder_line.text()
        request = self.start(stand)
        assert request.fast == FastSettings(steps=50, batch=2) and request.folder == str(tmp_path)
        controls.bundled_button.click()
        assert stand.settings.folder == ""


class TestTakingAway:
    def test_the_picture(self, stand: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        verbs = {verb.title: verb for verb in stand.view.verbs()}
        verbs["Save painting (PNG)…"].run()
        assert stand.said.at(0)[1] == "error" and not path.exists()
        stand.listed()
        stand.answer(ApplyFast, restyled())
        verbs["Save painting (PNG)…"].run()
        assert np.array_equal(open_picture(path).pixels, restyled().pixels)
        verbs["Copy painting"].run()
        assert QApplication.clipboard().image().width() == 48
        QApplication.clipboard().clear()

    def test_a_film_shows_what_is_looked_at(self) -> None:
        answer = restyled()
        both = saving.as_looked_at(answer, LiveSettings(look="wipe", divider=0.25))
        assert np.array_equal(both[:, :12], CONTENT.pixels[:, :12]) and (both[:, 12:] == 200).all()
        assert saving.as_looked_at(answer, LiveSettings(look="pair")).shape == (32, 96, 3)
        assert saving.as_looked_at(answer, LiveSettings(look="picture")) is answer.pixels

    def test_a_film_is_recorded(self, stand: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        path = tmp_path / "film.mp4"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        stand.listed()
        stand.answer(ApplyFast, restyled())
        stand.view.stage.record_button.click()
        assert stand.view.tape.running
        stand.view.set_active(False)
        for _ in range(500):
            if stand.said.count():
                break
            wait_beside()
        assert stand.said.at(0)[0].startswith("Saved film.mp4") and path.stat().st_size > 200


class TestSettings:
    @pytest.mark.parametrize(
        "change",
        [
            {"size": 20}, {"paint_size": 4000}, {"evaluations": 0}, {"divider": 2.0}, {"fast": FastSettings(steps=0)},
        ],
    )  # fmt: skip
    def test_numbers_out_of_range_are_named(self, change: dict[str, Any]) -> None:
        with pytest.raises(UserError):
            replace(LiveSettings(), **change).validated()

    def test_they_come_back_with_the_session(self) -> None:
        own = LiveSettings(way="paint", net="night", look="pair", fast=FastSettings(steps=7), folder="photos")
        state = StyleState(view="live", live=own)
        assert from_json(StyleState, to_json(state)) == state

    def test_words(self) -> None:
        assert words.title_of([STYLE, CONTENT]) == "blots + cat"
        assert "before its first step" in words.ended_text(trained(0, outcome="stopped"))
        assert "comes with the program" in words.net_text(NETS.nets[0])


def test_the_page_shows_the_view_and_takes_a_change_back(services: Services, qtbot: QtBot) -> None:
    page = cast(StylePage, _entry().create(services))
    qtbot.addWidget(page)
    page.resize(1200, 800)
    with qtbot.waitExposed(page):
        page.show()
    page.activated()
    page.pick_numbered("live")
    view = page.stage.view
    assert isinstance(view, LiveView) and view.controls().isVisible()
    view.controls().take("evaluations", 7, "")  # type: ignore[attr-defined]
    assert page.state.live.evaluations == 7
    page.undo()
    assert page.state.live.evaluations == 3 and page.state.view == "live"
    page.close_page()


def test_the_bundled_net_paints_the_first_content(qtbot: QtBot, calm: None, tmp_path: Path) -> None:
    bridge = Bridge(lambda emit: InlineEngine(emit, device="cpu"))
    page = cast(StylePage, _entry().create(Services(bridge, Settings(tmp_path / "settings.ini"))))
    qtbot.addWidget(page)
    page.restore_session(to_json(StyleState(view="live", live=LiveSettings(size=96))))
    with qtbot.waitExposed(page):
        page.show()
    page.activated()
    for _ in range(3000):
        cast(InlineEngine, bridge.engine).pump()
        if page.tour_ready():
            break
        wait_beside()
    view = page.stage.view
    assert isinstance(view, LiveView) and view.answer is not None and view.net is not None
    assert view.net.bundled and view.answer.pixels.shape == (64, 96, 3)
    assert np.abs(view.answer.pixels.astype(int) - view.answer.content).mean() > 20
    page.close_page()
    bridge.close()


def _entry() -> PageEntry:
    found = entry("style")
    assert found is not None
    return found
