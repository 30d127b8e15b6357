"""The view "Sliding windows": a net folded into convolutions; pictures of every sort; failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection.sliding import arithmetic, counting
from engine.detection.sliding.requests import CheckVolumes, SlideOnce, SlideSeparately
from engine.detection.sliding.window_net import LABELS, window_net
from engine.errors import ErrorReport, UserError
from engine.foundations.requests import CheckResult
from engine.handlers import HANDLERS
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.runner import InlineEngine
from gui import export
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.boxes.page import BoxesPage
from gui.pages.boxes.sliding import facts
from gui.pages.boxes.sliding.compare_scene import sentences as compare_sentences
from gui.pages.boxes.sliding.fold_parts import FlyingCells
from gui.pages.boxes.sliding.fold_scene import fold_scene
from gui.pages.boxes.sliding.fold_weights import mosaic
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.shown import Folding, Shown, folding
from gui.pages.boxes.sliding.starter import starter_strokes
from gui.pages.boxes.sliding.view import SlidingView
from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.view import Subject
from gui.settings import Settings
from gui.state import to_json
from gui.theme import Scheme, theme
from gui.widgets.scene import Scene
from tests.gui.sliding_fixtures import SMALL, Stand, answer, bridge, engine_of, facts_of, shown_at, stand
from tests.gui.window_fixtures import WAIT, calm, click, hover, hover_nothing, plate_of, words

__all__ = ["bridge", "calm", "stand"]


def folded_at(step: str, **more: Any) -> Folding:
    return folding(shown_at(replace(SMALL, part="fold", step=FOLD_STEPS.index(step), **more)))


# --- folding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(560, 360), (1500, 900)])
@pytest.mark.parametrize("step", FOLD_STEPS)
def test_every_step_lies_on_the_stage(calm: None, step: str, size: tuple[int, int]) -> None:
    for share in (1.0, 0.4):
        scene = fold_scene(folded_at(step, shared=True), share, None, QSizeF(*size))
        assert scene.plates and scene.description
        for plate in scene.plates:
            assert plate.rect.left() >= 0 and plate.rect.right() <= size[0] + 1, plate.key
            assert plate.rect.top() >= 0 and plate.rect.bottom() <= size[1], plate.key


def gathered(scene: Scene, prefix: str) -> np.ndarray:
    """The numbers of some plates, in the order of their names."""
    plates = sorted(scene.plates_like(prefix), key=lambda plate: int(plate.key.rpartition("/")[2]))
    return np.concatenate([plate.values.ravel() for plate in plates])


@pytest.mark.parametrize(("step", "pieces"), [("row", 1), ("cut", 16), ("fold", 16), ("apply", 16)])
def test_the_weights_stay_the_same_numbers(calm: None, step: str, pieces: int) -> None:
    made = folded_at(step, neuron=17)
    scene = fold_scene(made, 1.0, None, QSizeF(900, 700))
    assert len(list(scene.plates_like("weight/"))) == pieces
    assert np.array_equal(gathered(scene, "weight/"), made.net.fc2[17])
    assert np.array_equal(gathered(scene, "entry/"), made.alone.pool.ravel())
    if step == "fold":
        third = plate_of_scene(scene, "weight/3")
        assert np.array_equal(third.values, arithmetic.kernels(made.net.fc2)[17, 3])
    if step == "apply":
        total = float(gathered(scene, "product/").sum() + made.net.fc2_bias[17])
        assert max(total, 0.0) == pytest.approx(float(made.alone.fc2[17, 0, 0]))


def plate_of_scene(scene: Scene, key: str) -> Any:
    plate = scene.plate(key)
    assert plate is not None
    return plate


@pytest.mark.parametrize("step", ["row", "cut", "fold", "apply"])
def test_cells_fly_to_where_the_plates_are(calm: None, step: str) -> None:
    made, size = folded_at(step), QSizeF(900, 700)
    entries, weights = (
        item for item in fold_scene(made, 0.5, None, size).above if isinstance(item, FlyingCells)
    )
    there = fold_scene(made, 1.0, None, size)
    for flying, prefix in ((entries, "entry/"), (weights, "weight/")):
        first = plate_of_scene(there, f"{prefix}0")
        assert flying.after[0].tolist()[:2] == [first.rect.left(), first.rect.top()]
        assert np.array_equal(flying.colors.reshape(-1)[:3], first.colors.reshape(-1)[:3])
    if step != "row":
        earlier = fold_scene(folded_at(FOLD_STEPS[FOLD_STEPS.index(step) - 1]), 1.0, None, size)
        first = plate_of_scene(earlier, "weight/0")
        assert weights.before[0].tolist()[:2] == [first.rect.left(), first.rect.top()]


def test_the_mosaic_holds_every_filter() -> None:
    found, folded = mosaic(window_net()), arithmetic.kernels(window_net().fc2)
    for neuron, channel in ((0, 0), (21, 5), (399, 15)):
        top, left = 20 * (neuron // 20) + 5 * (channel // 4), 20 * (neuron % 20) + 5 * (channel % 4)
        assert np.array_equal(found[top : top + 5, left : left + 5], folded[neuron, channel])


def test_the_larger_picture_answers_for_every_window(calm: None) -> None:
    made = folded_at("larger", size=28)
    row, column = made.home
    assert np.allclose(made.larger.logits[:, row, column], made.alone.logits[:, 0, 0], atol=1e-10)
    assert np.array_equal(made.larger.x[2 * row : 2 * row + 14, 2 * column : 2 * column + 14], made.alone.x)
    scene = fold_scene(made, 1.0, (2, 3), QSizeF(900, 700))
    neighbour, window = plate_of_scene(scene, "larger/input").marks
    assert (window.top, window.left) == (4, 6) and (neighbour.top, neighbour.left) == (4, 8)
    assert plate_of_scene(scene, "larger/answers").shape == (8, 8)
    assert "8 × 8" in scene.description and "11.1 times the work" in scene.description
    small = fold_scene(folded_at("larger", size=14), 1.0, None, QSizeF(900, 700))
    assert "It is one window" in small.description


def test_shared_work_is_coloured_and_counted(calm: None) -> None:
    scene = fold_scene(folded_at("larger", size=16, shared=True), 1.0, None, QSizeF(900, 700))
    assert np.array_equal(plate_of_scene(scene, "larger/input").values, counting.looks((16, 16)))
    assert np.array_equal(plate_of_scene(scene, "larger/conv").values, counting.conv_looks((16, 16)))
    assert "windows at a place" in words(scene)


def test_every_window_folds_wherever_it_is() -> None:
    for window in (0, 5, 9, 47, 90, 99, 100, 135):
        for size in (14, 16, 28, 42):
            made = folding(shown_at(replace(SMALL, part="fold", window=window, size=size)))
            row, column = made.home
            assert np.allclose(made.larger.logits[:, row, column], made.alone.logits[:, 0, 0], atol=1e-9)


def test_the_stepper_folds_and_the_badge_checks(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    stand.view._controls.part.button("fold").click()
    assert stand.view.steps() == (8, 0, "step") and stand.view.aside() is stand.view._check_badge
    QTest.keyClick(stand.view.canvas, Qt.Key.Key_Right)
    stand.view.go_to(5)
    assert stand.settings.step == 5 and stand.changes == []
    value = CheckResult(1e-14, 1e-12, True, "torch")
    answer(bridge, qtbot, CheckVolumes, value=value)
    assert "✓" in stand.view._check_badge.title.text() and stand.view.settled
    request = cast(CheckVolumes, engine_of(bridge).asked[engine_of(bridge).jobs(CheckVolumes)[-1]][0])
    assert stand.view.folded is not None and request.volumes is stand.view.folded.larger
    assert stand.view.escape() and stand.settings.part == "slide" and not stand.view.escape()


def test_hovering_an_answer_shows_its_window_and_keys_move_it(stand: Stand) -> None:
    stand.show(replace(SMALL, part="fold", step=7, size=20))
    canvas, told = stand.view.canvas, QSignalSpy(stand.view.pointed)
    hover(canvas, "larger/answers", 3, 2)
    mark = plate_of(canvas, "larger/input").marks[-1]
    assert (mark.top, mark.left) == (6, 4) and stand.settings.cell is None
    made = cast(Folding, stand.view.folded)
    best = int(made.larger.probabilities[:, 3, 2].argmax())
    assert facts_of(told)[LABELS[best]] == f"p = {made.larger.probabilities[best, 3, 2]:.4f}"
    hover_nothing(canvas)
    home = plate_of(canvas, "larger/input").marks[-1]
    assert (home.top, home.left) == (2 * made.home[0], 2 * made.home[1])
    click(canvas, "larger/answers", 1, 1)
    assert stand.settings.cell == (1, 1)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert stand.settings.cell == (2, 2)
    QTest.keyClick(canvas, Qt.Key.Key_C)
    assert stand.settings.shared and stand.view._controls.shared.value


def test_pointing_tells_where_a_weight_comes_from() -> None:
    made = folded_at("fold", neuron=3)
    said = {name: value for name, value, _ in facts.under_fold(made, "weight/4", 2, 1)}
    assert said["entry"] == str(4 * 25 + 2 * 5 + 1) and said["from"] == "channel 4, row 2, col 1"
    said = {name: value for name, value, _ in facts.under_fold(folded_at("row"), "entry/0", 2, 3)}
    assert said["entry"] == "103"
    said = {name: value for name, value, _ in facts.under_fold(folded_at("filters"), "matrix0", 27, 44)}
    assert said["neuron"] == "22" and said["reads"] == "channel 4, row 2, col 4"
    said = {name: value for name, value, _ in facts.under_fold(folded_at("net"), "matrix2", 6, 7)}
    assert said["neuron"] == "1" and said["reads"] == "channel 207"
    for key in ("input", "conv", "pool", "fc2", "fc3", "answers"):
        assert facts.under_fold(folded_at("larger"), f"larger/{key}", 0, 0)


def test_a_step_moves_and_ends_where_it_belongs(stand: Stand, qtbot: QtBot) -> None:
    theme.set_reduced_motion(False)
    stand.show(replace(SMALL, part="fold", step=3))
    still = stand.view.canvas.scene
    stand.view.go_to(4)
    assert stand.view._motion_on
    stand.view._motion.setCurrentTime(100)
    assert any(isinstance(item, FlyingCells) for item in stand.view.canvas.scene.above)
    stand.view._motion.setCurrentTime(stand.view._motion.duration())
    assert len(list(stand.view.canvas.scene.plates_like("weight/"))) == 16
    stand.view._motion.stop()
    stand.view.go_to(3)
    stand.view._motion.setCurrentTime(100)
    assert any(isinstance(item, FlyingCells) for item in stand.view.canvas.scene.above), "backwards, too"
    stand.view._motion.setCurrentTime(stand.view._motion.duration())
    rects = [plate.rect for plate in stand.view.canvas.scene.plates_like("weight/")]
    assert rects == [plate.rect for plate in still.plates_like("weight/")]
    stand.view._motion.stop()


def test_with_reduced_motion_a_step_is_there_at_once(stand: Stand) -> None:
    stand.show(replace(SMALL, part="fold", step=3))
    stand.view.go_to(4)
    assert not stand.view._motion_on and len(list(stand.view.canvas.scene.plates_like("weight/"))) == 16


# --- pictures ---------------------------------------------------------------------------------------------


def test_a_picture_that_is_too_narrow_is_told_and_another_one_is_shown(stand: Stand, bridge: Bridge) -> None:
    narrow = np.full((20, 400, 3), 255, np.uint8)
    stand.subject = Subject(Frame(narrow, "narrow"))
    stand.show(replace(SMALL, picture="page"))
    assert (
        "smaller than the window of 14 × 14" in stand.view.problem.text() and stand.view.problem.isVisible()
    )
    assert stand.view.settled and stand.view.steps() is None and not stand.view.canvas.scene.plates
    asked = len(engine_of(bridge).jobs(SlideOnce))
    stand.view.set_active(True)
    assert len(engine_of(bridge).jobs(SlideOnce)) == asked, "nothing is asked about it"
    stand.subject = Subject(Frame(np.full((300, 400, 3), 255, np.uint8), "paper"))
    stand.show(replace(SMALL, picture="page"))
    assert not stand.view.problem.isVisible() and stand.view.canvas.scene.plates


def test_a_size_that_is_too_small_is_told_at_once_and_stays_told(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    stand.subject = Subject(Frame(np.full((160, 400, 3), 255, np.uint8), "wide"))
    stand.show(replace(SMALL, picture="page", side=40, scales=1))
    answer(bridge, qtbot)
    answer(bridge, qtbot, count=2)
    assert stand.view.canvas.scene.plates and not stand.view.problem.isVisible()
    stand.view._controls.side.slider.setValue(0)
    engine_of(bridge).publish("idle")
    QApplication.processEvents()
    assert "14 × 6 pixels, smaller than the window" in stand.view.problem.text()
    assert stand.view.problem.isVisible() and not stand.view.canvas.scene.plates
    assert "no window to compare" in stand.view._badge.detail.text()
    stand.view._controls.side.slider.setValue(13)
    assert not stand.view.problem.isVisible() and stand.view.canvas.scene.plates


def test_a_picture_without_digits_says_so_where_boxes_are_expected(calm: None) -> None:
    blank = Frame(np.full((100, 100, 3), 255, np.uint8), "blank")
    assert compare_sentences(shown_at(SMALL, blank))[0].startswith("No window says a digit")
    assert "overlap" in compare_sentences(shown_at(SMALL))[0]


@pytest.mark.parametrize("shape", [(1, 1), (2000, 30), (14, 14)])
def test_pictures_of_every_size_are_shown_or_refused_in_words(stand: Stand, shape: tuple[int, int]) -> None:
    stand.subject = Subject(Frame(np.full((*shape, 3), 200, np.uint8), "odd"))
    for part in ("slide", "fold", "compare"):
        stand.show(replace(SMALL, picture="page", part=cast(Any, part)))
        assert stand.view.problem.isVisible() != bool(stand.view.canvas.scene.plates)


def test_a_picture_on_its_way_is_waited_for(stand: Stand) -> None:
    stand.show(replace(SMALL, picture="page"))
    assert "on its way" in stand.view.line.text() and stand.view.needs_picture
    assert stand.view.steps() is None


def test_what_plays_is_read_in_one_pass_only(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    box: Mailbox[Frame] = Mailbox()
    stand.subject = Subject(Frame(np.full((80, 100, 3), 230, np.uint8), "film"), box)
    stand.show(replace(SMALL, picture="page"))
    held = engine_of(bridge)
    qtbot.waitUntil(lambda: len(held.jobs(SlideOnce)) >= 1)
    qtbot.wait(2)
    live = [held.asked[number][0] for number in held.jobs(SlideSeparately)]
    assert not [one for one in live if cast(Any, one).once.frame.name == "film"]
    assert "one pass" in stand.view._badge.detail.text()


def test_the_digits_come_onto_the_drawing_board(stand: Stand) -> None:
    asked = QSignalSpy(stand.view.pageAsked)
    stand.view._controls.draw.click()
    name, fields = asked.at(0)
    state = replace(BoxesState(), **fields).validated()
    assert name == "boxes" and state.source.strokes == starter_strokes() and state.sliding.picture == "page"


# --- what goes wrong --------------------------------------------------------------------------------------


def test_a_failure_is_a_sentence(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    held = engine_of(bridge)
    qtbot.waitUntil(lambda: bool(held.jobs(SlideOnce)))
    held.fail(held.jobs(SlideOnce)[-1], ErrorReport("The net's file is damaged.", "Install ConvScope again."))
    QApplication.processEvents()
    assert "Install" in stand.view.problem.text()
    qtbot.waitUntil(lambda: bool(held.jobs(SlideSeparately)))
    held.fail(held.jobs(SlideSeparately)[-1], ErrorReport("Out of memory.", "Use a smaller size."))
    QApplication.processEvents()
    assert "smaller size" in stand.view._badge.detail.text() and stand.view.settled


def test_a_damaged_net_is_a_sentence(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise UserError("window-digits.safetensors is incomplete.", "Install ConvScope again.")

    monkeypatch.setattr("gui.pages.boxes.sliding.shown.window_net", damaged)
    stand.show(replace(SMALL, part="fold"))
    assert "incomplete" in stand.view.problem.text() and stand.view.settled


def test_measuring_taken_back_is_said(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    held = engine_of(bridge)
    qtbot.waitUntil(lambda: bool(held.jobs(SlideSeparately)))
    held.cancel(held.jobs(SlideSeparately)[-1])
    QApplication.processEvents()
    assert "Cancelled" in stand.view._badge.detail.text()


def test_without_torch_the_picture_stays_and_it_is_said_why(stand: Stand, bridge: Bridge) -> None:
    engine_of(bridge).publish("no torch")
    QApplication.processEvents()
    assert "PyTorch could not be loaded" in stand.view.line.text() and stand.view.settled
    assert stand.view.canvas.scene.plates


# --- on the page, over the engine itself --------------------------------------------------------------------


def test_on_the_page_everything_is_answered_undone_and_restored(
    qtbot: QtBot, calm: None, tmp_path: Path
) -> None:
    bridge = Bridge(lambda emit: InlineEngine(emit, device="cpu", handlers=HANDLERS))
    found = entry("boxes")
    assert found is not None
    page = cast(BoxesPage, found.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.restore_session(to_json(BoxesState(view="sliding", sliding=SMALL)))
    with qtbot.waitExposed(page):
        page.show()
    page.activated()
    view = cast(SlidingView, page.stage.view)
    qtbot.waitUntil(lambda: view.settled, timeout=WAIT)
    assert "✓" in view._badge.title.text() and not page.panel.picture_section.isVisible()
    view._controls.side.slider.setValue(12)
    qtbot.waitUntil(lambda: view.settled, timeout=WAIT)
    assert page.state.sliding.side == 38 and cast(Shown, view.shown).levels[0].size == (38, 38)
    page.undo()
    assert page.state.sliding == SMALL
    qtbot.waitUntil(lambda: view.settled, timeout=WAIT)
    page.stepper.step_forward()
    assert page.state.sliding.window == 4 and page.stepper.count == 136
    assert page.stepper._interval() == 80, "hundreds of windows"
    view._controls.part.button("fold").click()
    qtbot.waitUntil(lambda: view.settled, timeout=WAIT)
    assert "✓" in view._check_badge.title.text() and page.stepper.count == len(FOLD_STEPS)
    page.restore_state(to_json(BoxesState(view="sliding", sliding=replace(SMALL, part="compare"))))
    assert view.settings.part == "compare" and page.panel.view_section.isVisible()
    page.close_page()
    bridge.close()


# --- taken away -------------------------------------------------------------------------------------------


def test_numbers_and_a_drawing_are_taken_away(
    stand: Stand, bridge: Bridge, qtbot: QtBot, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="not there yet"):
        stand.view.arrays()
    found = answer(bridge, qtbot)
    answer(bridge, qtbot, SlideSeparately)
    numbers = dict(stand.view.arrays())
    assert np.array_equal(numbers["answers of scale 1 (rows, columns, 11)"], found.answers[0])
    assert len(np.asarray(numbers["seconds, window by window"])) == 136
    assert len(np.asarray(numbers["boxes (x1, y1, x2, y2)"])) == len(np.asarray(numbers["digit"]))
    stand.show(replace(SMALL, part="fold", neuron=9))
    numbers = dict(stand.view.arrays())
    assert np.array_equal(numbers["weights of neuron 9"], window_net().fc2[9])
    drawing = export.save_svg(stand.view, tmp_path / "net.svg", "The net").read_text("utf-8")
    assert "The net for one window" in drawing and "<path" in drawing


def test_films_of_the_walk_and_of_the_folding(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    walk = stand.view.film()
    assert walk is not None and list(walk.indices)[-1] == 135 and walk.image_at(0) != walk.image_at(135)
    stand.show(replace(SMALL, part="fold"))
    film = stand.view.film()
    assert film is not None
    last = list(film.indices)[-1]
    assert film.image_at(0) != film.image_at(last) and film.image_at(last) == film.image_at(last - 1)
    stand.show(replace(SMALL, part="compare"))
    assert stand.view.film() is None


@pytest.mark.parametrize("part", ["slide", "fold", "compare"])
def test_both_themes_paint(stand: Stand, bridge: Bridge, qtbot: QtBot, part: Any) -> None:
    answer(bridge, qtbot)
    stand.show(replace(SMALL, part=part, step=7))
    light = stand.view.grab().toImage()
    theme.apply(Scheme.DARK)
    assert stand.view.grab().toImage() != light
