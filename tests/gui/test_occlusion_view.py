"""The view "Occlusion" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.inside.occlusion.occluder import Occluder, box_around, hidden
from engine.inside.occlusion.requests import Occlude, Occluded, SingleCheck, Sweep, SweepOcclusion
from engine.inside.seen import Seen
from engine.jobs import Partial
from engine.mailbox import Mailbox
from gui import export
from gui.bridge import Bridge
from gui.pages.units.occlusion import words
from gui.pages.units.occlusion.settings import OcclusionSettings
from gui.pages.units.occlusion.view import FAILED, LIVE, OcclusionView
from gui.pages.units.state import UnitsState, with_net
from gui.pages.units.view import Subject
from gui.state import from_json, to_json
from tests.gui.window_fixtures import WAIT, HeldEngine, calm, move_to, near, shot

__all__ = ["calm"]
LABELS = ("cat", "dog", "ship", "frog", "deer")
LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
FRAME = Frame(np.full((64, 96, 3), (200, 90, 40), np.uint8), "orange")
WINDOW = (1 / 6, 0.0, 5 / 6, 1.0)


def seen(frame: Frame = FRAME) -> Seen:
    return Seen(frame, np.full((16, 16, 3), (200, 90, 40), np.uint8), WINDOW, True)


def placed(request: Occlude, **changes: Any) -> Occluded:
    """The more of the picture's left is hidden, the less it is a cat."""
    look = seen(request.frame)
    box = box_around(request.row, request.column, request.occluder.pixels(16), 16)
    covered = hidden(look.pixels, request.occluder.cover(look.pixels), box)
    after = np.array([0.9 - 0.4 * (1 - request.column), 0.05, 0.03, 0.01, 0.01], np.float32)
    answer = Occluded(
        request,
        look,
        LABELS,
        covered,
        box,
        7,
        np.array([0.9, 0.06, 0.02, 0.01, 0.01], np.float32),
        after,
        8.0,
        6.0,
    )
    return replace(answer, **changes)


def swept(request: SweepOcclusion, done: int = 16, **changes: Any) -> Sweep:
    target = 0 if request.target is None else request.target
    best = np.full((4, 4), -1, np.int32)
    best.ravel()[:done] = target
    probability = np.full((4, 4), np.nan, np.float32)
    probability.ravel()[:done] = np.linspace(0.9, 0.1, 16)[:done]
    check = SingleCheck(0.0, 1e-4, True, "torch, one by one") if done == 16 else None
    answer = Sweep(
        request, seen(request.frame), LABELS, target, 7, 4, 4, probability, probability * 10, best, 0.9, 8.0,
        done, 0.5, check,
    )  # fmt: skip
    return replace(answer, **changes)


class Stand:
    """What the page does for a view: keeps its settings and shows them again."""

    def __init__(self, view: OcclusionView, frame: Frame | None = FRAME) -> None:
        self.view, self.settings = view, OcclusionSettings()
        self.subject = Subject("net", "conv3", 2, None, frame)
        self.gestures: list[str] = []
        view.changed.connect(self._changed)

    def _changed(self, settings: OcclusionSettings, gesture: str) -> None:
        self.gestures.append(gesture)
        self.settings = settings.validated()
        self.show()

    def show(self) -> None:
        self.view.show_subject(self.subject, self.settings)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge) -> Stand:
    view = OcclusionView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    qtbot.addWidget(view.aside())
    view.resize(820, 760)
    view.show()
    made = Stand(view)
    made.show()
    view.set_active(True)
    return made


def engine(bridge: Bridge) -> HeldEngine:
    return cast(HeldEngine, bridge.engine)


def newest(bridge: Bridge, kind: type) -> tuple[int, Any]:
    number = engine(bridge).jobs(kind)[-1]
    return number, engine(bridge).asked[number][0]


def answer_place(bridge: Bridge, **changes: Any) -> Occluded:
    number, request = newest(bridge, Occlude)
    answer = placed(request, **changes)
    engine(bridge).answer(number, answer)
    QApplication.processEvents()
    return answer


def answer_sweep(bridge: Bridge, qtbot: QtBot, count: int = 1, **changes: Any) -> Sweep:
    qtbot.waitUntil(lambda: len(engine(bridge).jobs(SweepOcclusion)) >= count, timeout=WAIT)
    number, request = newest(bridge, SweepOcclusion)
    answer = swept(request, **changes)
    engine(bridge).answer(number, answer)
    QApplication.processEvents()
    return answer


def in_hand(view: OcclusionView, row: float, column: float) -> QPoint:
    """A place of the picture in the hand's view."""
    area = view.hand.picture_rect()
    return QPoint(round(area.x() + column * area.width()), round(area.y() + row * area.height()))


# --- the state --------------------------------------------------------------------------------------------


def test_settings_go_through_json_and_back() -> None:
    for settings in (
        OcclusionSettings(),
        OcclusionSettings(0.5, "blur", 0.1, 0.0, 1.0, 0.125, 3, False, 0.2),
    ):
        assert from_json(OcclusionSettings, to_json(settings)).validated() == settings
    state = UnitsState(view="occlusion", occlusion=OcclusionSettings(target=4))
    assert from_json(UnitsState, to_json(state)).validated() == state
    assert with_net(state, "lenet5-digits").occlusion.target is None, "a class of the net before"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"size": 0.0}, "hides"), ({"row": float("nan")}, "beside the picture"), ({"column": 1.5}, "beside the picture"),
     ({"stride": 0.5}, "stride is"), ({"target": -1}, "no class -1"), ({"strength": 2.0}, "0 to 100 %")],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        OcclusionSettings(**wrong).validated()


# --- by hand ----------------------------------------------------------------------------------------------


def test_the_first_answer_shows_the_part_that_the_net_reads(stand: Stand, bridge: Bridge) -> None:
    _, request = newest(bridge, Occlude)
    assert (request.net, request.layer, request.channel) == ("net", "conv3", None), (
        "the strongest map at first"
    )
    answer_place(bridge)
    view = stand.view
    assert view.hand.picture_size == (64, 64), "the square in the middle of 96 x 64"
    assert [bar.label for bar in view.bars.bars] == list(LABELS[:4])
    assert view.bars.bars[0].before == pytest.approx(0.9) and not view.bars.stale
    assert (
        view.energy_bar.bars[0].probability == pytest.approx(0.75)
        and view.energy_bar.bars[0].label == "map 7"
    )
    assert "cat: 90.0 % → 70.0 %" in view.hand_tile.detail
    assert view._controls.classes.combo.currentText() == "best: cat"


def test_the_picture_is_there_before_the_net_is(stand: Stand, bridge: Bridge) -> None:
    view = stand.view
    assert view.hand.frame is FRAME and view.hand.block() is None
    QTest.mousePress(view.hand, LeftButton, NoModifier, in_hand(view, 0.2, 0.2))
    QTest.mouseRelease(view.hand, LeftButton, NoModifier, in_hand(view, 0.2, 0.2))
    assert not stand.gestures, "nothing to drag yet"
    stand.subject = replace(stand.subject, net="other")
    stand.show()
    assert view.hand.frame is FRAME
    answer_place(bridge)
    assert view.hand.frame is None and view.hand.block() is not None


def test_a_drag_is_followed_and_is_one_change(stand: Stand, bridge: Bridge) -> None:
    answer_place(bridge)
    view = stand.view
    QTest.mousePress(view.hand, LeftButton, NoModifier, in_hand(view, 0.5, 0.5))
    move_to(view.hand, in_hand(view, 0.25, 0.2), LeftButton)
    asked = len(engine(bridge).jobs(Occlude))
    assert asked == 2 and not stand.gestures, "live, and nothing to undo yet"
    assert view.bars.stale
    answer_place(bridge)  # the place that was asked first; the newest is asked right after it
    move_to(view.hand, in_hand(view, 0.25, 0.1), LeftButton)
    QTest.mouseRelease(view.hand, LeftButton, NoModifier, in_hand(view, 0.25, 0.1))
    assert stand.gestures == ["occlusion place"]
    assert (stand.settings.row, stand.settings.column) == pytest.approx((0.25, 0.1), abs=0.02)
    answer_place(bridge)
    answer_place(bridge)
    assert not view.bars.stale and view._placed is not None
    assert view._placed.request.column == stand.settings.column


def test_the_square_shows_the_very_pixels_that_the_net_gets(stand: Stand, bridge: Bridge) -> None:
    stand._changed(replace(stand.settings, fill="black", size=0.5), "")
    answer_place(bridge)
    answer_place(bridge)
    pixels, view = shot(stand.view.hand), stand.view
    middle, corner = in_hand(view, 0.5, 0.5), in_hand(view, 0.1, 0.1)
    assert near(pixels[middle.y(), middle.x()][None, None], (0, 0, 0), 6).all()
    assert near(pixels[corner.y(), corner.x()][None, None], (200, 90, 40), 12).all()


def test_keys_move_the_square_by_pixels_of_the_net_and_change_its_size(stand: Stand, bridge: Bridge) -> None:
    answer_place(bridge)
    hand = stand.view.hand
    QTest.keyClick(hand, Qt.Key.Key_Left)
    QTest.keyClick(hand, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert (stand.settings.row, stand.settings.column) == (1.0, 0.5 - 1 / 16), (
        "ten of sixteen pixels end at the rim"
    )
    before = stand.settings.size
    QTest.keyClick(hand, Qt.Key.Key_Plus)
    larger = stand.settings.size
    QTest.keyClick(hand, Qt.Key.Key_Minus)
    assert larger > before and stand.settings.size == pytest.approx(before)
    wheel = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(hand, wheel)
    assert stand.settings.size > before


def test_escape_gives_a_drag_up(stand: Stand, bridge: Bridge) -> None:
    answer_place(bridge)
    view = stand.view
    assert not view.escape()
    QTest.mousePress(view.hand, LeftButton, NoModifier, in_hand(view, 0.1, 0.1))
    assert view.escape() and view.hand.place == (0.5, 0.5) and not stand.gestures
    QTest.mouseRelease(view.hand, LeftButton, NoModifier, in_hand(view, 0.1, 0.1))
    assert not stand.gestures


# --- the maps ---------------------------------------------------------------------------------------------


def test_maps_appear_while_they_are_computed(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_place(bridge)
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(SweepOcclusion)), timeout=WAIT)
    number, request = newest(bridge, SweepOcclusion)
    assert request.target is None and request.stride == 1 / 16
    engine(bridge).emit(Partial(number, swept(request, 6)))
    QApplication.processEvents()
    view = stand.view
    heat = view.probability.heat
    assert heat is not None and heat.asked is not None and heat.asked.sum() == 6
    assert "6 of 16 places" in view.probability_tile.detail and not view.settled
    engine(bridge).answer(number, swept(request))
    QApplication.processEvents()
    assert view.settled and view.probability_tile.title == "Probability of “cat”"
    assert "90.0 % with nothing hidden" in view.probability_tile.detail
    assert "strongest of conv3" in view.energy_tile.detail
    assert view.badge.title.text() == "✓ Checked against torch"
    assert {name: value for name, value, _ in view.facts()}["places"] == "4 × 4 = 16"


def test_pointing_at_a_map_tells_its_numbers_and_a_click_puts_the_square_there(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    view = stand.view
    told = QSignalSpy(view.pointed)
    area = view.energy.picture_rect()
    place = QPoint(round(area.x() + 0.6 * area.width()), round(area.y() + 0.3 * area.height()))
    move_to(view.energy, place)
    facts = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert facts["place"] == "row 1, column 2" and facts["likeliest there"] == "cat"
    QTest.mouseClick(view.energy, LeftButton, NoModifier, place)
    assert (stand.settings.row, stand.settings.column) == (1.5 / 4, 2.5 / 4)


def test_what_is_set_sweeps_again_and_the_old_maps_are_tinted(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    controls = stand.view._controls
    controls.fill.combo.setCurrentIndex(2)
    controls.energy.button("chosen").click()
    assert (stand.settings.fill, stand.settings.strongest) == ("white", False)
    assert stand.view.probability.stale and stand.view.badge.title.text() == "Not checked yet"
    answer_sweep(bridge, qtbot, 2)
    _, request = newest(bridge, SweepOcclusion)
    assert request.occluder == Occluder(0.25, "white") and request.channel == 2
    assert not stand.view.probability.stale


def test_moving_the_square_does_not_sweep_again(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    QTest.keyClick(stand.view.hand, Qt.Key.Key_Left)
    answer_place(bridge)
    assert stand.view.settled and len(engine(bridge).jobs(SweepOcclusion)) == 1


def test_another_class_is_chosen_by_name(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    line = stand.view._controls.classes.combo.lineEdit()
    line.selectAll()
    QTest.keyClicks(line, "ship")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert stand.settings.target == 2
    answer_sweep(bridge, qtbot, 2)
    assert stand.view.probability_tile.title == "Probability of “ship”"


def test_a_cancelled_sweep_can_be_asked_again(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_place(bridge)
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(SweepOcclusion)), timeout=WAIT)
    number, _ = newest(bridge, SweepOcclusion)
    engine(bridge).cancel(number)
    QApplication.processEvents()
    again = stand.view._controls.again
    assert not again.isHidden() and "cancelled" in stand.view.badge.detail.text()
    again.click()
    answer_sweep(bridge, qtbot, 2)
    assert again.isHidden() and stand.view.settled


# --- what goes wrong --------------------------------------------------------------------------------------


def test_values_that_are_no_numbers_are_told_as_such(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    nothing = np.full(5, np.nan, np.float32)
    answer_place(bridge, after=nothing, before=nothing, energy_before=float("nan"), energy_after=float("nan"))
    view = stand.view
    assert words.NO_NUMBER in view.hand_tile.detail and words.NO_NUMBER in view.energy_bar.empty_text
    broken = np.full((4, 4), np.nan, np.float32)
    answer_sweep(bridge, qtbot, probability=broken, energy=broken)
    heat = view.energy.heat
    assert heat is not None and heat.broken().all()
    assert view.facts()


def test_a_refusal_is_a_sentence_on_the_stage(stand: Stand, bridge: Bridge) -> None:
    number, _ = newest(bridge, Occlude)
    engine(bridge).fail(number, ErrorReport("The layer conv3 puts out no maps.", "Choose another."))
    QApplication.processEvents()
    assert not stand.view.problem.isHidden() and "Choose another." in stand.view.problem.text()
    stand.subject = replace(stand.subject, layer="conv2")
    stand.show()
    answer_place(bridge)
    assert stand.view.problem.isHidden()


def test_a_failed_sweep_is_not_said_to_be_on_its_way(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_place(bridge)
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(SweepOcclusion)), timeout=WAIT)
    number, _ = newest(bridge, SweepOcclusion)
    engine(bridge).fail(number, ErrorReport("Out of memory.", "Choose a larger stride."))
    QApplication.processEvents()
    view, again = stand.view, stand.view._controls.again
    assert "on its way" not in view.badge.detail.text() and not again.isHidden()
    assert view.probability._empty_text == FAILED
    stand.subject = replace(stand.subject)
    stand._changed(replace(stand.settings, row=0.25), "")
    answer_place(bridge)
    assert not view.problem.isHidden(), "the square's answer does not bring the maps"
    again.click()
    answer_sweep(bridge, qtbot, 2)
    assert view.problem.isHidden() and again.isHidden()


def test_a_silent_map_is_told_in_words(stand: Stand, bridge: Bridge) -> None:
    answer_place(bridge, energy_before=0.0, energy_after=0.0)
    assert stand.view.energy_bar.bars == () and stand.view.energy_bar.empty_text == words.SILENT


# --- life -------------------------------------------------------------------------------------------------


def test_another_net_forgets_and_a_hidden_view_asks_nothing(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    view = stand.view
    view.set_active(False)
    asked = len(engine(bridge).asked)
    stand.subject = replace(stand.subject, net="other")
    stand.show()
    assert view.bars.bars == () and view.probability.heat is None and view.hand.frame is FRAME
    assert len(engine(bridge).asked) == asked
    view.set_active(True)
    assert newest(bridge, Occlude)[1].net == "other"


def test_what_plays_is_answered_but_not_swept(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    view, still = stand.view, stand.subject
    assert view.probability.heat is not None
    stand.subject = replace(still, frames=Mailbox[Frame](), frame=Frame(FRAME.pixels.copy(), "next"))
    stand.show()
    QTest.qWait(0)
    assert newest(bridge, Occlude)[1].frame is stand.subject.frame and not view.bars.stale
    assert len(engine(bridge).jobs(SweepOcclusion)) == 1 and view.probability._empty_text == LIVE
    assert view.probability.heat is None and LIVE in view.badge.detail.text(), "no maps of another picture"
    assert not [name for name, _, _ in view.facts() if name == "places"]
    stand.subject = still
    stand.show()
    answer_sweep(bridge, qtbot, 2)
    assert view.probability.heat is not None


def test_a_picture_on_its_way_asks_nothing(qtbot: QtBot, calm: None, bridge: Bridge) -> None:
    view = OcclusionView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    qtbot.addWidget(view.aside())
    stand = Stand(view, None)
    stand.show()
    view.set_active(True)
    assert not engine(bridge).asked


def test_the_maps_are_saved_as_numbers(
    stand: Stand, bridge: Bridge, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = QSignalSpy(stand.view.said)
    target = tmp_path / "maps.csv"
    monkeypatch.setattr(export, "save_dialog", lambda *_: target)
    (verb,) = stand.view.verbs()
    verb.run()
    assert said.at(0)[1] == "error" and not target.exists()
    answer_place(bridge)
    answer_sweep(bridge, qtbot)
    verb.run()
    text = target.read_text("utf-8")
    assert text.startswith("probability of cat,shape,4,4") and "energy of map 7 of conv3" in text
