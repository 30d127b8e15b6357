"""Why skip connections: the block's numbers and steps, typing over, the measurement with its questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.jobs import Partial, Progress
from engine.networks.requests import GradientNorms, MeasureGradients
from gui import export
from gui.bridge import Bridge
from gui.pages.architectures.skips.skip_gradients import CANCELLED, NO_TORCH, plot_sentence
from gui.pages.architectures.skips.skip_numbers import block_numbers
from gui.pages.architectures.skips.skip_scene import skip_scene
from gui.pages.architectures.skips.skip_state import (
    DEPTHS,
    PRESETS,
    STEPS,
    SkipState,
    with_cell,
    with_preset,
    with_projection,
)
from gui.pages.architectures.skips.skip_view import SkipView
from gui.pages.architectures.skips.skip_words import step_formulas, step_sentence, step_title
from gui.state import from_json, to_json
from gui.theme import Scheme, theme
from gui.widgets.formula import formula_path, loader
from gui.widgets.picture import to_pixels
from gui.widgets.plate import MarkRole, digit_font
from gui.widgets.scene import Node, Words
from tests.gui.window_fixtures import HeldEngine, calm, click, type_into_cell

__all__ = ["calm"]
Floats = npt.NDArray[np.float64]
presets = st.sampled_from([key for key in PRESETS if key != "custom"])


@pytest.fixture(scope="module", autouse=True)
def formulas() -> None:
    """Formulas are there from the start, as in pictures that are drawn in one go."""
    QApplication.instance() or QApplication([])
    loader.load()


@pytest.fixture
def bridge(qapp: QApplication) -> Any:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def view(qtbot: QtBot, calm: None, bridge: Bridge) -> SkipView:
    made = SkipView(bridge)
    qtbot.addWidget(made)
    made.changed.connect(lambda state, _gesture: made.show_state(state))
    made.resize(900, 820)
    made.show()
    return made


def engine(view: SkipView) -> HeldEngine:
    held = view.gradients._bridge.engine
    assert isinstance(held, HeldEngine)
    return held


def norms(request: MeasureGradients, residual: bool = True) -> GradientNorms:
    count = request.depth - 1
    plain, kept = 10.0 ** np.linspace(3, 0, count), 10.0 ** np.linspace(1, 0, count)
    nothing = np.empty(0)
    return GradientNorms(
        request, tuple(f"conv{i + 1}" for i in range(count)), plain, kept if residual else nothing,
        np.ones(count), np.linspace(1, 4, count) if residual else nothing, 2.5, 3.5, 1.25,
    )  # fmt: skip


def open_measurement(view: SkipView, qtbot: QtBot) -> int:
    """The view with the measurement in sight, asked; the job's id."""
    view.show_state(replace(view.state, part="gradients"))
    view.set_active(True)
    qtbot.waitUntil(lambda: bool(engine(view).jobs(MeasureGradients)))
    return engine(view).jobs(MeasureGradients)[-1]


# --- the state --------------------------------------------------------------------------------------------


def test_a_state_goes_through_json_and_back() -> None:
    for state in (SkipState(), SkipState().filled(), with_projection(SkipState(part="gradients"), True)):
        assert from_json(SkipState, to_json(state)).validated() == state


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"depth": 57}, "not 57"), ({"step": STEPS}, "no step 8"), ({"net_seed": -1}, "seed"), ({"row": 4}, "no row 4"),
        ({"w1": ((1.0,),)}, "“w1” must have 4 × 4 numbers"), ({"x": (1.0, 2.0)}, "“x” must have 4 numbers"),
        ({"b1": (1.0, 2.0, 3.0, float("nan"))}, "“b1” holds nan"), ({"b2": (1.0, 2.0, 3.0, 2e6)}, "up to a million"),
        ({"ws": ((1.0,) * 4,) * 3}, "“ws” must have no numbers"), ({"projection": True}, "“w2” must have 3 × 4"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(SkipState().filled(), **wrong).validated()


@given(presets, st.booleans(), st.integers(0, 50))
def test_presets_are_valid_and_what_they_are_called(preset: Any, projection: bool, seed: int) -> None:
    state = with_preset(SkipState(projection=projection, seed=seed), preset).validated()
    x, w1 = np.array(state.x), np.array(state.w1)
    assert np.all(x < 0) if preset == "negative" else np.all(x > 0)
    if preset == "identity":
        assert not any(np.any(np.array(getattr(state, name))) for name in ("w1", "b1", "w2", "b2"))
    if preset == "small":
        assert 0 < np.abs(w1).max() < 0.5
    assert with_preset(state, preset) == state
    assert len(state.ws) == (3 if projection else 0)


def test_a_number_typed_over_makes_the_numbers_the_persons_own() -> None:
    state = with_cell(SkipState(), "w2", 1, 3, 9.0)
    assert state.preset == "custom" and state.w2[1][3] == 9.0
    assert with_preset(state, "custom") == state
    assert with_cell(SkipState(), "b1", 2, 0, -1.5).b1[2] == -1.5
    with pytest.raises(ValueError, match="no array"):
        with_cell(SkipState(), "z1", 0, 0, 1.0)


# --- the numbers ------------------------------------------------------------------------------------------


@given(presets, st.booleans(), st.integers(0, 50))
def test_the_derivatives_are_those_of_finite_differences(preset: Any, projection: bool, seed: int) -> None:
    state = with_preset(SkipState(projection=projection, seed=seed), preset)
    found = block_numbers(state)
    # a kink of ReLU within reach of the difference makes no derivative
    if min(np.abs(v).min() for v in (found.z1, found.z2, found.total)) < 1e-3:
        return
    for name, slope in (("out", found.slope), ("plain", found.plain_slope)):
        for column in range(4):
            ahead, behind = (_moved(state, column, step) for step in (1e-5, -1e-5))
            difference = (getattr(ahead, name) - getattr(behind, name)) / 2e-5
            assert np.allclose(difference, slope[:, column], atol=1e-6)


def _moved(state: SkipState, column: int, step: float) -> Any:
    x = list(state.x)
    x[column] += step
    return block_numbers(replace(state, x=tuple(x)))


def test_numbers_worked_out_by_hand() -> None:
    eye = tuple(tuple(float(i == j) for j in range(4)) for i in range(4))
    state = SkipState(
        preset="custom",
        x=(1.0, 2.0, 0.0, 3.0),
        w1=eye,
        b1=(-2.0, 0.0, 1.0, 0.0),
        w2=eye,
        b2=(0.0, 0.0, 0.0, -9.0),
    ).validated()
    found = block_numbers(state)
    assert found.z1.tolist() == [-1, 2, 1, 3] and found.a1.tolist() == [0, 2, 1, 3]
    assert found.z2.tolist() == [0, 2, 1, -6] and found.total.tolist() == [1, 4, 1, -3]
    assert found.out.tolist() == [1, 4, 1, 0] and found.plain.tolist() == [0, 2, 1, 0]
    assert found.slope.tolist() == [[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    assert found.plain_slope.tolist() == [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]


def test_zero_weights_make_the_identity_and_the_words_say_so() -> None:
    state = with_preset(SkipState(step=5), "identity")
    found = block_numbers(state)
    assert np.array_equal(found.out, found.x) and not found.plain.any()
    assert np.array_equal(found.slope, np.eye(4)) and not found.plain_slope.any()
    assert "the block is the identity, and does no harm" in step_sentence(state, found)
    negative = replace(state, x=(-1.0, 2.0, 3.0, 4.0))
    assert "Negative values are cut off" in step_sentence(negative, block_numbers(negative))


@given(presets, st.booleans(), st.integers(0, STEPS - 1), st.integers(0, 3))
def test_every_step_has_words_and_formulas_that_can_be_typeset(
    preset: Any, projection: bool, step: int, row: int
) -> None:
    state = with_preset(SkipState(projection=projection, step=step, row=row), preset)
    found = block_numbers(state)
    assert step_title(state) and step_sentence(state, found).endswith(".")
    for tex in step_formulas(state, found):
        assert not formula_path(tex, 15.0).isEmpty()


def test_the_formula_holds_the_numbers_of_the_row() -> None:
    state = replace(SkipState().filled(), step=5, row=2, x=(1.0, 2.0, 0.25, 3.0), b2=(0.0, 0.0, 1.5, 0.0))
    state = replace(state, w2=((0.0,) * 4,) * 4)
    worked = step_formulas(state, block_numbers(state))[1]
    assert r"a_{2}^{[l+2]} = \max(0,\, 1.5 + 0.25) = 1.75" in worked
    assert r"\max(0,\, 1.5) = 1.5" in worked


# --- the diagram ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("projection", [False, True])
def test_steps_uncover_one_thing_after_the_other(qapp: QApplication, projection: bool) -> None:
    state = with_projection(SkipState(), projection)
    order = {"z1": 1, "a1": 2, "second/a1": 2, "z2": 3, "total": 4, "out": 5, "plain": 5}
    for step in range(STEPS - 1):
        scene = skip_scene(replace(state, step=step), QSizeF(900, 760))
        for key, known in order.items():
            plate = scene.plate(key)
            assert plate is not None
            assert (plate.hidden is not None and bool(plate.hidden.all())) == (step < known), (step, key)
            if step == known:
                assert {mark.role for mark in plate.marks} == {MarkRole.WINDOW}
        assert (scene.plate("ws") is not None) == projection
    last = skip_scene(replace(state, step=STEPS - 1), QSizeF(900, 760))
    assert [plate.key for plate in last.plates] == ["plain_slope", "through", "added", "slope"]
    assert all(plate.hidden is None for plate in last.plates)


@pytest.mark.parametrize("projection", [False, True])
@pytest.mark.parametrize("size", [(640, 390), (800, 640)])
def test_nothing_jumps_from_step_to_step(qapp: QApplication, projection: bool, size: tuple[int, int]) -> None:
    state = with_projection(SkipState(), projection)
    places = [
        {plate.key: plate.rect for plate in skip_scene(replace(state, step=step), QSizeF(*size)).plates}
        for step in range(STEPS - 1)
    ]
    assert all(one == places[0] for one in places)


def test_the_lines_read_like_their_formulas(qapp: QApplication) -> None:
    scene = skip_scene(replace(SkipState().filled(), step=4), QSizeF(900, 760))
    signs = {item.text: item.area for item in scene.below if isinstance(item, Words)}
    first = [scene.plate(key) for key in ("w1", "x", "b1", "z1")]
    written = [item for item in scene.below if isinstance(item, Words)]
    for left, sign, right in zip(first, "·+=", first[1:], strict=False):
        assert left is not None and right is not None
        found = [w for w in written if left.rect.right() < w.area.center().x() < right.rect.left()]
        assert sign in [w.text for w in found if abs(w.area.center().y() - left.rect.center().y()) < 2]
    assert set(signs) == set("·+=")
    z, skip = scene.plate("z2"), scene.plate("skip")
    (knot,) = (item for item in scene.below if isinstance(item, Node) and item.sign == "+")
    assert z is not None and skip is not None and z.rect.right() < knot.center.x() < skip.rect.left()


@pytest.mark.parametrize("projection", [False, True])
@pytest.mark.parametrize("step", [0, 4, 6])
def test_numbers_are_legible_in_a_small_window_and_grow_with_the_room(
    qapp: QApplication, projection: bool, step: int
) -> None:
    state = replace(with_projection(SkipState(), projection), step=step)
    sizes = []
    for size in ((636, 390), (805, 640), (1160, 900)):
        plates = skip_scene(state, QSizeF(*size)).plates
        fonts = [digit_font(plate.cell, plate.digits, 1.0) for plate in plates]
        assert None not in fonts, size
        assert len({(plate.cell, plate.digits, plate.decimals) for plate in plates}) == 1
        sizes.append(min(font.pixelSize() for font in fonts if font is not None))
    assert sizes[0] < sizes[1] < sizes[2] and sizes[1] >= 11, sizes


def test_all_that_is_added_is_marked(qapp: QApplication) -> None:
    for projection, blocks in ((False, 4), (True, 1)):
        state = replace(with_projection(SkipState(), projection), step=6)
        found = block_numbers(state)
        assert np.allclose(found.through + found.added, found.slope)
        for key in ("slope", "added"):
            plate = skip_scene(state, QSizeF(900, 760)).plate(key)
            assert plate is not None and len(plate.marks) == blocks
            marked = sum((m.bottom - m.top) * (m.right - m.left) for m in plate.marks)
            assert marked == (12 if projection else 4)


@pytest.mark.parametrize("size", [(900, 760), (640, 420), (1300, 900), (700, 560)])
@pytest.mark.parametrize("projection", [False, True])
def test_plates_lie_within_the_stage_and_not_over_one_another(
    qapp: QApplication, size: tuple[int, int], projection: bool
) -> None:
    for step in (0, 1, 6):
        state = replace(with_projection(SkipState(), projection), step=step)
        scene = skip_scene(state, QSizeF(*size))
        rects = [plate.rect for plate in scene.plates]
        for index, rect in enumerate(rects):
            assert rect.left() >= 0 and rect.right() <= size[0] and rect.bottom() <= size[1] + 1, (step, rect)
            assert not any(rect.intersects(other) for other in rects[:index])
        for item in (*scene.above, *scene.below):
            if isinstance(item, Words):
                assert item.area.left() >= 0 and item.area.right() <= size[0], item.text


def test_the_diagram_shows_the_numbers_of_the_run(view: SkipView) -> None:
    found = block_numbers(view.state)
    of_block = ("x", "w1", "z1", "a1", "z2", "skip", "total", "out", "plain")
    for step, keys in ((5, of_block), (6, ("slope", "plain_slope", "through", "added"))):
        view.set_step(step)
        for key in keys:
            plate = view.block.scene.plate(key)
            assert plate is not None
            assert np.array_equal(plate.values.ravel(), getattr(found, key).ravel()), key


def test_a_cell_is_typed_over(view: SkipView, qtbot: QtBot) -> None:
    spy = QSignalSpy(view.changed)
    type_into_cell(view.block, "w1", 2, 1, "7.5")
    assert view.state.w1[2][1] == 7.5 and view.state.preset == "custom"
    assert spy.count() >= 1 and spy.at(spy.count() - 1)[1] == "w1 2 1"
    assert view.preset.value == "custom"
    assert view.block.scene.plate("w1").values[2, 1] == 7.5  # type: ignore[union-attr]


def test_results_cannot_be_typed_over(view: SkipView) -> None:
    view.set_step(5)
    assert not view.block.edit("z1", 0, 0)
    assert view.block.edit("x", 0, 0)


def test_a_click_shows_another_row(view: SkipView) -> None:
    view.set_step(1)
    click(view.block, "z1", 2, 0)
    assert view.state.row == 2
    plate = view.block.scene.plate("z1")
    assert plate is not None and plate.marks[0].top == 2


def test_the_pointer_names_the_number(view: SkipView) -> None:
    spy = QSignalSpy(view.pointed)
    view.block.cellHovered.emit("w1", 1, 2)
    rows = {name: value for name, value, _ in spy.at(0)[0]}
    assert rows["place"] == "row 1, column 2" and "W[l+1]" in rows
    view.block.cellHovered.emit("out", 1, 0)
    assert spy.at(1)[0][0][:2] == ("a[l+2]", "not computed yet")


def test_presets_the_projection_and_new_numbers(view: SkipView) -> None:
    before = view.state
    view.other.click()
    assert view.state.seed == before.seed + 1 and view.state.x != before.x
    view.preset.changed.emit("identity")
    assert view.state.preset == "identity" and not np.any(view.state.w1)
    assert view.preset.combo.currentText() == "W = 0, b = 0: identity"
    view.projection.click()
    assert view.preset.combo.currentText() == "W = 0, b = 0: Wₛ alone"
    assert view.state.projection and len(view.state.w2) == 3 and view.block.scene.plate("ws") is not None
    view.projection.click()
    assert not view.state.projection and view.state.ws == ()


def test_the_stepper_belongs_to_the_block(view: SkipView) -> None:
    spy = QSignalSpy(view.changed)
    assert view.steps() == STEPS
    view.set_step(3)
    assert view.state.step == 3 and spy.count() == 0
    assert view.settled
    view.show_state(replace(view.state, part="gradients"))
    assert view.steps() == 0 and not view.settled


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("part", ["block", "gradients"])
def test_it_draws_in_both_themes_and_in_a_small_window(view: SkipView, scheme: Scheme, part: Any) -> None:
    theme.apply(scheme)
    view.show_state(replace(view.state, part=part, step=6))
    view.resize(640, 440)
    assert view.minimumSizeHint().width() <= 640
    assert len(np.unique(to_pixels(view.grab().toImage()).reshape(-1, 3), axis=0)) > 50


# --- the measurement --------------------------------------------------------------------------------------


def test_it_is_measured_only_in_sight(view: SkipView, qtbot: QtBot) -> None:
    view.show_state(replace(view.state, part="gradients"))
    QTest.qWait(300)
    assert engine(view).jobs(MeasureGradients) == []
    job = open_measurement(view, qtbot)
    view.set_active(False)
    assert engine(view).cancelled == [job]


def test_what_is_set_is_what_is_asked(view: SkipView, qtbot: QtBot) -> None:
    view.show_state(replace(view.state, depth=20, batch_norm=False, init="glorot", net_seed=7))
    job = open_measurement(view, qtbot)
    assert engine(view).asked[job][0] == MeasureGradients(depth=20, batch_norm=False, init="glorot", seed=7)


def test_the_answer_is_plotted_first_in_part_then_whole(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    request = engine(view).asked[job][0]
    assert isinstance(request, MeasureGradients) and not view.settled
    engine(view).emit(Partial(job, norms(request, residual=False)))
    QApplication.processEvents()
    assert [one.name for one in view.gradients.plot.series] == ["plain net"] and not view.settled
    engine(view).answer(job, norms(request))
    QApplication.processEvents()
    plain, residual = view.gradients.plot.series
    assert np.array_equal(plain.y, norms(request).plain) and np.array_equal(
        residual.y, norms(request).residual
    )
    assert view.settled and not view.gradients.plot.stale
    assert (
        "1,000 times that of the last one in the plain net, 10.00 times in the residual net" in view.sentence
    )
    assert "Loss: 2.500 in the plain net, 3.500 in the residual net." in view.sentence
    assert "56 layers: the 55 convolutions of the plot and one fully connected layer." in view.sentence


def test_the_quantity_is_switched_without_another_measurement(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    engine(view).answer(job, norms(MeasureGradients()))
    QApplication.processEvents()
    view.quantity.button("signal").click()
    assert np.array_equal(view.gradients.plot.series[1].y, norms(MeasureGradients()).signal_residual)
    assert (
        "The last layer's signal is 1.000 times that of the first one in the plain net, 4.000"
        in view.sentence
    )
    QTest.qWait(300)
    assert engine(view).jobs(MeasureGradients) == [job]


def test_another_setting_makes_the_plot_stale_until_it_is_measured(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    engine(view).answer(job, norms(MeasureGradients()))
    QApplication.processEvents()
    view.layers.button("20").click()
    assert view.state.depth == 20 and view.gradients.plot.stale and not view.settled
    qtbot.waitUntil(lambda: len(engine(view).jobs(MeasureGradients)) == 2)
    engine(view).answer(engine(view).jobs(MeasureGradients)[-1], norms(MeasureGradients(depth=20)))
    QApplication.processEvents()
    assert not view.gradients.plot.stale and len(view.gradients.plot.series[0].y) == 19


def test_progress_and_cancel(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    gradients = view.gradients
    assert (
        not gradients.progress.isHidden() and not gradients.cancel.isHidden() and gradients.again.isHidden()
    )
    engine(view).emit(Progress(job, 1, 2, "Residual net of 56 layers", 3.0))
    QApplication.processEvents()
    assert gradients.progress.value() / gradients.progress.maximum() == 0.5
    assert gradients.progress_words.text() == "Residual net of 56 layers, about 3 s left"
    gradients.cancel.click()
    QApplication.processEvents()
    assert engine(view).cancelled == [job]
    assert (
        gradients.words.text() == CANCELLED
        and gradients.progress.isHidden()
        and not gradients.again.isHidden()
    )
    gradients.again.click()
    qtbot.waitUntil(lambda: len(engine(view).jobs(MeasureGradients)) == 2)
    assert gradients.again.isHidden()


def test_a_cancelled_measurement_leaves_the_old_plot_named_as_old(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    engine(view).answer(job, norms(MeasureGradients()))
    QApplication.processEvents()
    view.layers.button("110").click()
    qtbot.waitUntil(lambda: len(engine(view).jobs(MeasureGradients)) == 2)
    view.gradients.cancel.click()
    QApplication.processEvents()
    assert view.gradients.plot.stale
    assert view.gradients.words.text() == f"{CANCELLED} The plot is that of the settings before."


def test_half_a_measurement_that_was_cancelled_is_no_older_one(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    engine(view).emit(Partial(job, norms(MeasureGradients(), residual=False)))
    QApplication.processEvents()
    view.gradients.cancel.click()
    QApplication.processEvents()
    assert not view.gradients.plot.stale and [s.name for s in view.gradients.plot.series] == ["plain net"]
    assert view.gradients.words.text() == f"{CANCELLED} The plot shows what was measured until then."


def test_a_refusal_is_said_and_can_be_tried_again(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    engine(view).fail(job, ErrorReport("There is not enough memory.", "Choose fewer layers.", ""))
    QApplication.processEvents()
    assert view.gradients.words.text() == "There is not enough memory. Choose fewer layers."
    assert not view.gradients.again.isHidden() and view.settled


def test_without_torch_it_says_so(view: SkipView) -> None:
    view.show_state(replace(view.state, part="gradients"))
    view.set_active(True)
    engine(view).publish("no torch")
    QApplication.processEvents()
    assert view.gradients.words.text() == NO_TORCH and view.settled


def test_a_plot_of_nothing_but_zeros_is_told() -> None:
    measured = norms(MeasureGradients(init="small"))
    dead = replace(measured, plain=np.zeros(55))
    assert "not comparable to that of the last one in the plain net" in plot_sentence(dead, "gradient")


@pytest.mark.parametrize(
    ("batch_norm", "init", "quantity", "said"),
    [
        (True, "he", "gradient", "Here nothing vanishes"), (True, "small", "signal", "back to the same spread"),
        (False, "he", "gradient", "every sum adds the variance"),
        (False, "glorot", "gradient", "vanish with the depth"),
        (False, "small", "gradient", "in float32 down to 0"), (False, "glorot", "signal", "halves the mean square"),
    ],
)  # fmt: skip
def test_every_setting_has_its_own_reason(batch_norm: bool, init: Any, quantity: str, said: str) -> None:
    measured = norms(MeasureGradients(batch_norm=batch_norm, init=init))
    assert said in plot_sentence(measured, quantity)


def test_the_plot_reads_layers_out_by_name(view: SkipView, qtbot: QtBot) -> None:
    job = open_measurement(view, qtbot)
    engine(view).answer(job, norms(MeasureGradients()))
    QApplication.processEvents()
    spy = QSignalSpy(view.pointed)
    view.gradients.plot.setFocus()
    QTest.keyClick(view.gradients.plot, Qt.Key.Key_End)
    rows = {name: value for name, value, _ in spy.at(0)[0]}
    assert rows["name"] == "conv55" and rows["convolution"] == "55 of 55" and rows["plain net"] == "1.000"


def test_controls_tell_their_gesture(view: SkipView) -> None:
    spy = QSignalSpy(view.changed)
    view.parts.button("gradients").click()
    view.batch_norm.click()
    view.init.changed.emit("small")
    view.seed.plus.click()
    view.layers.button("44").click()
    assert [spy.at(i)[1] for i in range(spy.count())] == ["part", "batch norm", "init", "net seed", "depth"]
    state = view.state
    assert (state.part, state.batch_norm, state.init, state.net_seed, state.depth) == (
        "gradients",
        False,
        "small",
        1,
        44,
    )
    assert set(SkipView.LOOKING) >= {"part", "row"} and all(depth % 6 == 2 for depth in DEPTHS)


# --- exports ----------------------------------------------------------------------------------------------


def test_the_block_and_the_plot_are_exported(view: SkipView, qtbot: QtBot, tmp_path: Path) -> None:
    view.set_step(6)
    svg = export.save_svg(view, tmp_path / "block.svg").read_text()
    assert "Derivatives" in svg and "what the skip adds" in svg
    names = [name for name, _ in view.arrays()]
    assert "slope" in names and "ws" not in names
    job = open_measurement(view, qtbot)
    assert view.arrays() == []
    engine(view).answer(job, norms(MeasureGradients()))
    QApplication.processEvents()
    svg = export.save_svg(view, tmp_path / "plot.svg").read_text()
    assert "residual net" in svg and "at initialisation" in svg
    assert [name for name, _ in view.arrays()] == ["plain", "residual", "signal_plain", "signal_residual"]
    assert "residual" in export.csv_text(view.arrays())


def test_buttons_have_names(view: SkipView) -> None:
    assert all(button.accessibleName() or button.text() for button in view.findChildren(QPushButton))
