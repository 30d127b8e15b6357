"""The view "Ask" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.inside.asking.requests import (
    Aimed,
    Attribution,
    CamMap,
    GradCam,
    Grown,
    InputGradient,
    IntegrateGradients,
    Maximise,
    Saliency,
    Target,
)
from engine.inside.seen import Seen
from engine.jobs import Partial
from engine.mailbox import Mailbox
from gui import export
from gui.bridge import Bridge
from gui.pages.units.asking import words
from gui.pages.units.asking.controls import GO_ON, STOP
from gui.pages.units.asking.gradients_stage import WAITING
from gui.pages.units.asking.settings import METHODS, AskingSettings
from gui.pages.units.asking.view import LIVE, LONG, AskingView
from gui.pages.units.state import UnitsState, with_net
from gui.pages.units.view import Subject
from gui.state import from_json, to_json
from gui.theme import Scheme, theme
from tests.gui.window_fixtures import WAIT, HeldEngine, calm, move_to

__all__ = ["calm"]
LABELS = ("cat", "dog", "ship")
LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
FRAME = Frame(np.full((32, 32, 3), 90, np.uint8), "grey")
SEEN = Seen(FRAME, np.full((8, 8, 3), 90, np.uint8), (0.0, 0.0, 1.0, 1.0), True)
RNG = np.random.default_rng(0)


def aimed(target: Target) -> Aimed:
    if target.layer:
        return Aimed(replace(target, position=(1, 2)), f"unit {target.index} of {target.layer}", 3.0)
    index = 1 if target.index is None else target.index
    return Aimed(Target(index), f"class “{LABELS[index]}”", 6.0)


def answered(request: Any) -> Any:
    """What the engine says to a request."""
    if isinstance(request, Maximise):
        return grown(request, request.steps)
    about = aimed(request.target)
    if isinstance(request, GradCam):
        cam = np.array([[0.0, 1.0], [2.0, 0.5]], np.float32)
        weights = np.array([0.1, -0.2, 0.3], np.float32)
        return CamMap(request, SEEN, LABELS, about, request.layer or "conv9", cam, weights, 0.01)
    values = RNG.normal(size=(3, 8, 8)).astype(np.float32)
    if isinstance(request, IntegrateGradients):
        return Attribution(request, SEEN, LABELS, about, values, 1.0, 4.95, 0.1)
    return Saliency(request, SEEN, LABELS, about, values, request.samples, 0.1)


def grown(request: Maximise, step: int, *, still: bool = False) -> Grown:
    scores = np.linspace(0, step, step + 1, dtype=np.float32)
    return Grown(
        request, f"class “{LABELS[request.index]}”", np.zeros((8, 8, 3), np.uint8), scores, 0.5, still
    )


class Stand:
    """What the page does for a view: keeps its settings and shows them again."""

    def __init__(self, view: AskingView) -> None:
        self.view, self.settings = view, AskingSettings()
        self.subject = Subject("net", "conv3", 2, None, FRAME)
        self.gestures: list[str] = []
        view.changed.connect(self._changed)
        view.looked.connect(self._looked)

    def _changed(self, settings: AskingSettings, gesture: str) -> None:
        self.gestures.append(gesture)
        self._looked(settings)

    def _looked(self, settings: AskingSettings) -> None:
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
    view = AskingView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    view.resize(820, 760)
    view.show()
    made = Stand(view)
    made.show()
    view.set_active(True)
    return made


def engine(bridge: Bridge) -> HeldEngine:
    return cast(HeldEngine, bridge.engine)


def answer(bridge: Bridge, qtbot: QtBot, key: str, count: int = 1) -> Any:
    """Answer the newest question of a method, once `count` of them were asked."""
    name = f"units.asking.{key}"

    def asked() -> list[int]:
        return [number for number, (_, slot) in engine(bridge).asked.items() if slot == name]

    qtbot.waitUntil(lambda: len(asked()) >= count, timeout=WAIT)
    number = asked()[-1]
    result = answered(engine(bridge).asked[number][0])
    engine(bridge).answer(number, result)
    QApplication.processEvents()
    return result


def answer_all(bridge: Bridge, qtbot: QtBot, count: int = 1) -> None:
    for method in METHODS:
        answer(bridge, qtbot, method, count)


# --- the state --------------------------------------------------------------------------------------------


def test_settings_go_through_json_and_back() -> None:
    for settings in (
        AskingSettings(), AskingSettings("grow", "unit", 3, "chosen", 5, 0.2, 8, "blur", "smooth", "channel", 99),
    ):  # fmt: skip
        assert from_json(AskingSettings, to_json(settings)).validated() == settings
    state = UnitsState(view="asking", asking=AskingSettings(target=2))
    assert from_json(UnitsState, to_json(state)).validated() == state
    assert with_net(state, "lenet5-digits").asking.target is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"samples": 0}, "number of copies"), ({"points": 9999}, "number of points"), ({"noise": float("nan")}, "noise"),
     ({"target": -1}, "no class"), ({"seed": -1}, "seed"), ({"rate": 0.0}, "rate"), ({"ascent": 0}, "number of steps")],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        AskingSettings(**wrong).validated()


# --- gradients --------------------------------------------------------------------------------------------


def test_four_answers_side_by_side(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    view = stand.view
    assert not view.settled
    answer_all(bridge, qtbot)
    assert view.settled
    for method in METHODS:
        assert view.gradients.views[method].heat is not None and view.gradients.tiles[method].detail
    assert "maps of conv9, 2 × 2" in view.gradients.tiles["cam"].detail
    assert view.gradients.tiles["integrated"].detail == "adds up to +4.95 of +5.00: 1.0 % off"
    facts = {name: value for name, value, _ in view.facts()}
    assert facts["asked about"] == "class “dog”" and facts["missing"] == "+0.0500"
    assert facts["largest weight"] == "map 2" and facts["smallest weight"] == "map 1"
    assert view._controls.classes.combo.currentText() == "best: dog"


def test_the_picture_is_there_before_the_net_is(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    cam = stand.view.gradients.views["cam"]
    assert cam.frame is FRAME and cam.heat is None
    answer(bridge, qtbot, "cam")
    assert cam.frame is None and cam.heat is not None
    stand.subject = replace(stand.subject, net="other")
    stand.show()
    assert cam.frame is FRAME and cam.heat is None


def test_the_completeness_check_is_a_sentence_with_its_numbers(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_all(bridge, qtbot)
    sentence = stand.view.gradients.sentence.text()
    for part in ("from black", "1.000 to 6.000", "+5.000", "+4.950", "1.0 % off", "32 points"):
        assert part in sentence


def test_what_is_drawn_is_what_was_answered(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot, "cam")
    gradient = answer(bridge, qtbot, "gradient")
    attribution = answer(bridge, qtbot, "integrated")
    heat = stand.view.gradients.views["gradient"].heat
    signed = stand.view.gradients.views["integrated"].heat
    assert heat is not None and signed is not None
    np.testing.assert_array_equal(heat.values, np.abs(gradient.gradient).max(0))
    np.testing.assert_array_equal(signed.values, attribution.values.sum(0))
    assert signed.low == -signed.high, "centred on zero"


def test_a_click_gives_one_the_stage_and_escape_comes_back(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_all(bridge, qtbot)
    view, tiles = stand.view, stand.view.gradients.tiles
    smooth = view.gradients.views["smooth"]
    QTest.mouseClick(smooth, LeftButton, NoModifier, QPoint(20, 20))
    assert stand.settings.large == "smooth" and not stand.gestures, "looking around is no change"
    assert [tile.isVisible() for tile in tiles.values()] == [False, False, True, False]
    assert view.escape() and not view.escape()
    assert all(tile.isVisible() for tile in tiles.values())


def test_pointing_reads_the_numbers(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_all(bridge, qtbot)
    told = QSignalSpy(stand.view.pointed)
    cam = stand.view.gradients.views["cam"]
    move_to(cam, QPoint(cam.width() // 4, 3 * cam.height() // 4))
    facts = told.at(told.count() - 1)[0]
    assert facts[0][:2] == ("Grad-CAM", "row 1, column 0") and facts[1][1] == "2.00000"


def test_another_class_and_the_unit(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_all(bridge, qtbot)
    controls = stand.view._controls
    controls.classes.combo.setCurrentIndex(3)
    controls.classes.combo.activated.emit(3)
    assert stand.settings.target == 2 and stand.view.gradients.views["cam"].stale
    answer_all(bridge, qtbot, 2)
    assert not stand.view.gradients.views["cam"].stale
    controls.about.button("unit").click()
    assert stand.settings.about == "unit" and controls.classes.isHidden()
    result = answer(bridge, qtbot, "cam", 3)
    assert result.request.target == Target(2, "conv3", None)


def test_numbers_of_the_methods_reach_the_engine(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_all(bridge, qtbot)
    controls = stand.view._controls
    controls.samples.slider.setValue(8)
    controls.noise.slider.setValue(20)
    controls.points.slider.setValue(3)
    controls.baseline.combo.setCurrentIndex(3)
    controls.layer.button("chosen").click()
    assert stand.gestures[:3] == ["asking samples", "asking noise", "asking points"]
    assert answer(bridge, qtbot, "smooth", 2).request == _smooth(stand, 9, 0.2)
    integrated = answer(bridge, qtbot, "integrated", 2).request
    assert (integrated.steps, integrated.baseline) == (16, "blur")
    assert answer(bridge, qtbot, "cam", 2).request.layer == "conv3"


class _smooth:
    """Equals a request for SmoothGrad with these numbers."""

    def __init__(self, stand: Stand, samples: int, noise: float) -> None:
        self._expected = (stand.subject.frame, samples, noise)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, InputGradient) and (other.frame, other.samples, other.noise) == self._expected
        )


def test_a_partial_mean_says_how_far_it_is(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot, "cam")
    qtbot.waitUntil(lambda: any(key == "units.asking.smooth" for _, key in engine(bridge).asked.values()))
    number = next(n for n, (_, key) in engine(bridge).asked.items() if key == "units.asking.smooth")
    request = engine(bridge).asked[number][0]
    engine(bridge).emit(Partial(number, replace(answered(request), samples=4)))
    QApplication.processEvents()
    assert "mean of 4 of 16 so far" in stand.view.gradients.tiles["smooth"].detail


def test_a_refusal_stands_where_the_answer_would(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_all(bridge, qtbot)
    stand.subject = replace(stand.subject, frame=Frame(FRAME.pixels.copy(), "other"))
    stand.show()
    number = max(n for n, (_, key) in engine(bridge).asked.items() if key == "units.asking.cam")
    engine(bridge).fail(number, ErrorReport("Nothing reaches it.", "Choose another layer."))
    QApplication.processEvents()
    view = stand.view.gradients.views["cam"]
    assert view.heat is None and "Nothing reaches it. Choose another layer." in view.accessibleDescription()


def test_values_that_are_no_numbers_are_told() -> None:
    request = GradCam("net", FRAME, Target())
    broken = np.full((2, 2), np.nan, np.float32)
    answer = CamMap(request, SEEN, LABELS, aimed(Target()), "conv9", broken, broken[0], 0.0)
    heat, _ = words.cam_heat(answer)
    assert heat.broken().all() and "NaN" in words.cam_detail(answer)
    way = IntegrateGradients("net", FRAME, Target())
    values = np.full((3, 8, 8), np.nan, np.float32)
    lost = Attribution(way, SEEN, LABELS, aimed(Target()), values, float("nan"), float("nan"), 0.0)
    assert "NaN" in words.missing(lost) and "NaN" in words.completeness(lost)


def test_another_theme_colours_anew(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_all(bridge, qtbot)
    before = stand.view.gradients.views["integrated"].heat
    theme.apply(Scheme.DARK)
    after = stand.view.gradients.views["integrated"].heat
    assert before is not None and after is not None and before.anchors != after.anchors


# --- a picture that grows -----------------------------------------------------------------------------------


def to_growing(stand: Stand, bridge: Bridge, qtbot: QtBot) -> int:
    stand.view._controls.part.button("grow").click()
    answer(bridge, qtbot, "cam")
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(Maximise)), timeout=WAIT)
    return engine(bridge).jobs(Maximise)[-1]


def test_it_grows_for_the_net_s_own_answer_and_is_seen_on_the_way(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    number = to_growing(stand, bridge, qtbot)
    request = cast(Maximise, engine(bridge).asked[number][0])
    assert (request.goal, request.index, request.steps) == ("class", 1, 192)
    view = stand.view
    engine(bridge).emit(Partial(number, grown(request, 10)))
    QApplication.processEvents()
    assert view.grow.tile.detail == "step 10 of 192, answer 10.00" and view._controls.stop.text() == STOP
    assert not view.settled and len(view.grow.plot.series[0].y) == 11
    engine(bridge).answer(number, grown(request, 192))
    QApplication.processEvents()
    assert view.settled and view._controls.stop.text() == GO_ON
    assert {name: value for name, value, _ in view.facts()}["answer now"] == "192.000"


def test_stop_leaves_it_as_it_is_and_keep_keeps_it(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    number = to_growing(stand, bridge, qtbot)
    request = cast(Maximise, engine(bridge).asked[number][0])
    view = stand.view
    assert not view._controls.keep.isEnabled()
    engine(bridge).emit(Partial(number, grown(request, 10)))
    QApplication.processEvents()
    view._controls.stop.click()
    QApplication.processEvents()
    assert number in engine(bridge).cancelled and view._controls.stop.text() == GO_ON
    assert view.grow.grown is not None and view.grow.grown.step == 10 and not view.grow.view.stale
    view._controls.keep.click()
    assert [kept.name for kept in view.grow.kept] == ["class “dog”"] and view.grow.shelf[0].isVisible()
    view._controls.stop.click()
    qtbot.waitUntil(lambda: len(engine(bridge).jobs(Maximise)) == 2, timeout=WAIT)


def test_a_stopped_picture_does_not_grow_again_by_itself(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    to_growing(stand, bridge, qtbot)
    stand.view._controls.stop.click()
    QApplication.processEvents()
    stand.show()
    QTest.qWait(300)
    assert len(engine(bridge).jobs(Maximise)) == 1
    stand.view._controls.another.click()
    qtbot.waitUntil(lambda: len(engine(bridge).jobs(Maximise)) == 2, timeout=WAIT)
    assert cast(Maximise, engine(bridge).asked[engine(bridge).jobs(Maximise)[-1]][0]).seed == 1


def test_what_was_stopped_or_refused_is_not_said_to_grow(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    number = to_growing(stand, bridge, qtbot)
    stand.view._controls.stop.click()
    QApplication.processEvents()
    stand.show()
    assert stand.view._controls.stop.text() == GO_ON and stand.view.settled
    stand.view._controls.stop.click()
    qtbot.waitUntil(lambda: len(engine(bridge).jobs(Maximise)) == 2, timeout=WAIT)
    number = engine(bridge).jobs(Maximise)[-1]
    engine(bridge).emit(Partial(number, grown(cast(Maximise, engine(bridge).asked[number][0]), 10)))
    engine(bridge).fail(number, ErrorReport("Out of memory.", "Choose another net."))
    QApplication.processEvents()
    stand.show()
    assert stand.view._controls.stop.text() == GO_ON and stand.view.settled
    assert stand.view.grow.grown is None and stand.view.grow.plot.series == ()
    assert not stand.view.grow.plot.stale


def test_the_net_s_own_answer_is_learnt_whatever_the_gradients_are_about(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    stand._changed(replace(stand.settings, part="grow", about="unit", layer="chosen"), "")
    request = answer(bridge, qtbot, "cam").request
    assert (request.target, request.layer) == (Target(None), "")
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(Maximise)), timeout=WAIT)


@pytest.mark.parametrize("method", ["smooth", "integrated"])
def test_a_question_taken_back_is_not_said_to_be_on_its_way(
    stand: Stand, bridge: Bridge, qtbot: QtBot, method: str
) -> None:
    kind = {"smooth": InputGradient, "integrated": IntegrateGradients}[method]
    name = f"units.asking.{method}"

    def asked() -> list[int]:
        return [n for n in engine(bridge).jobs(kind) if engine(bridge).asked[n][1] == name]

    qtbot.waitUntil(lambda: bool(asked()), timeout=WAIT)
    engine(bridge).cancel(asked()[-1])
    QApplication.processEvents()
    assert "Cancelled" in stand.view.gradients.views[method]._empty_text
    stand._changed(replace(stand.settings, about="unit"), "")
    answer(bridge, qtbot, method, 2)
    assert stand.view.gradients.answer(method) is not None


def test_what_plays_is_asked_in_one_pass_and_is_not_tinted(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_all(bridge, qtbot)
    view, still = stand.view, stand.subject
    stand.subject = replace(still, frames=Mailbox[Frame](), frame=Frame(FRAME.pixels.copy(), "next"))
    stand.show()
    assert not view.gradients.views["cam"].stale
    answer(bridge, qtbot, "cam", 2)
    answer(bridge, qtbot, "gradient", 2)
    QTest.qWait(300)
    assert len(engine(bridge).jobs(IntegrateGradients)) == 1 and view.settled
    for method in LONG:
        assert view.gradients.answer(method) is None and view.gradients.views[method]._empty_text == LIVE
    stand.subject = still
    stand.show()
    assert view.gradients.views["smooth"]._empty_text == WAITING
    answer(bridge, qtbot, "smooth", 2)
    assert view.gradients.answer("smooth") is not None


def test_what_had_grown_for_a_net_grows_again_when_it_comes_back(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    stand._changed(replace(stand.settings, part="grow", target=1), "")
    answer(bridge, qtbot, "grow")
    assert stand.view.settled
    for count, net in enumerate(("other", "net"), start=2):
        stand.subject = replace(stand.subject, net=net)
        stand.show()
        assert stand.view.grow.grown is None and not stand.view.settled
        answer(bridge, qtbot, "grow", count)
        assert stand.view.grow.grown is not None and stand.view.settled


def test_a_channel_needs_no_class(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    controls = stand.view._controls
    controls.part.button("grow").click()
    controls.goal.button("channel").click()
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(Maximise)), timeout=WAIT)
    request = cast(Maximise, engine(bridge).asked[engine(bridge).jobs(Maximise)[-1]][0])
    assert (request.goal, request.index, request.layer) == (
        "channel",
        2,
        "conv3",
    ) and controls.classes.isHidden()


def test_the_shelf_keeps_the_newest_six(stand: Stand) -> None:
    stage = stand.view.grow
    for step in range(1, 9):
        stage.show_grown(grown(Maximise("net", "class", step % 3), step))
        stage.keep()
    assert [kept.score for kept in stage.kept] == [8.0, 7.0, 6.0, 5.0, 4.0, 3.0]


def test_nothing_excites_it_is_told(stand: Stand) -> None:
    stand.view.grow.show_grown(grown(Maximise("net", "class", 0), 3, still=True))
    assert "nothing excites it yet" in stand.view.grow.tile.detail


def test_out_of_view_nothing_is_asked_and_another_net_forgets(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_all(bridge, qtbot)
    stand.view.set_active(False)
    count = len(engine(bridge).asked)
    stand.subject = replace(stand.subject, net="other")
    stand.show()
    assert len(engine(bridge).asked) == count
    assert all(stand.view.gradients.answer(method) is None for method in METHODS)


def test_what_is_on_show_is_saved(
    stand: Stand, bridge: Bridge, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = QSignalSpy(stand.view.said)
    monkeypatch.setattr(export, "save_dialog", lambda _p, _t, name, _f: tmp_path / name)
    stand.view.verbs()[0].run()
    assert said.at(0)[1] == "error"
    answer_all(bridge, qtbot)
    stand.view.verbs()[0].run()
    text = (tmp_path / "convscope-gradients.csv").read_text("utf-8")
    assert "Grad-CAM,shape,2,2" in text and "SmoothGrad,shape,3,8,8" in text
    stand.view._controls.part.button("grow").click()
    stand.view.grow.show_grown(grown(Maximise("net", "class", 0), 3))
    stand.view.verbs()[0].run()
    assert (tmp_path / "convscope-grown.png").read_bytes().startswith(b"\x89PNG")
