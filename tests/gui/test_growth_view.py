"""The view "Growth" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.inside.growth.requests import GrowFeatures, Growth
from gui import colormaps, export
from gui.bridge import Bridge
from gui.pages.units.growth.scene import growth_scene, told
from gui.pages.units.growth.settings import LAYERS, MOST_EPOCHS, GrowthSettings
from gui.pages.units.growth.view import GrowthView
from gui.pages.units.state import UnitsState
from gui.pages.units.view import Subject
from gui.state import from_json, to_json
from tests.gui.window_fixtures import HeldEngine, calm, hover

__all__ = ["calm"]


FOLLOWED = GrowFeatures("features.act2", 3)


def growth(request: GrowFeatures = FOLLOWED) -> Growth:
    draw = np.random.default_rng(2)
    pictures = np.stack([np.arange(9), np.arange(9) + 3, np.arange(9) + 6]).astype(np.int32)
    return Growth(
        request, (0, 2, 9), (0.1, 0.8, 0.99), "features.conv1", draw.normal(size=(3, 6, 1, 5, 5)).astype(np.float32),
        draw.integers(0, 256, (3, 9, 14, 14), np.uint8), np.arange(27, dtype=np.float32).reshape(3, 9), pictures, 150,
        0.5,
    )  # fmt: skip


class Stand:
    """What the page does for a view."""

    def __init__(self, view: GrowthView) -> None:
        self.view, self.settings = view, GrowthSettings()
        self.changes = 0
        view.changed.connect(self._changed)
        view.looked.connect(self._looked)

    def _changed(self, settings: GrowthSettings, _gesture: str) -> None:
        self.changes += 1
        self._looked(settings)

    def _looked(self, settings: GrowthSettings) -> None:
        self.settings = settings.validated()
        self.view.show_subject(Subject("any", "layer", 0, None, None), self.settings)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge) -> Stand:
    view = GrowthView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    view.resize(820, 760)
    view.show()
    made = Stand(view)
    made._looked(made.settings)
    view.set_active(True)
    return made


def answer(bridge: Bridge, qtbot: QtBot, count: int = 1) -> Growth:
    held = cast(HeldEngine, bridge.engine)
    qtbot.waitUntil(lambda: len(held.jobs(GrowFeatures)) >= count)
    number = held.jobs(GrowFeatures)[-1]
    result = growth(cast(GrowFeatures, held.asked[number][0]))
    held.answer(number, result)
    QApplication.processEvents()
    return result


def test_settings_go_through_json_and_back() -> None:
    for settings in (GrowthSettings(), GrowthSettings("classifier.act4", 80, 2)):
        assert from_json(GrowthSettings, to_json(settings)).validated() == settings
    state = UnitsState(view="growth", growth=GrowthSettings(epoch=1))
    assert from_json(UnitsState, to_json(state)).validated() == state


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"layer": "conv9"}, "no layer"), ({"channel": 16}, "channels 0 to 15"), ({"epoch": -1}, "counted from 0")],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        GrowthSettings(**wrong).validated()


def test_the_last_epoch_comes_first_and_the_stepper_leads_back(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    view = stand.view
    assert view.steps() is None and not view.settled
    changed = QSignalSpy(view.stepsChanged)
    result = answer(bridge, qtbot)
    assert view.settled and view.steps() == (3, 2, "saved epoch") and changed.count()
    shown = view.canvas.scene.plate("filter/4")
    assert shown is not None and np.array_equal(shown.values, result.filters[2, 4, 0].astype(float))
    view.go_to(0)
    assert stand.settings.epoch == 0 and stand.changes == 0 and view.steps() == (3, 0, "saved epoch")
    shown = view.canvas.scene.plate("patch/8")
    assert shown is not None and np.array_equal(shown.values, result.patches[0, 8].astype(float))
    assert {name: value for name, value, _ in view.facts()}["epoch"] == "0 of 9"
    here = view.plot.series[1]
    assert [float(value) for value in here.points()[0]] == [0.0], "the curve marks the epoch on show"


def test_colours_mean_the_same_at_every_epoch(calm: None) -> None:
    result = growth()
    limit = float(np.abs(result.filters).max())
    for epoch in range(3):
        scene = growth_scene(result, epoch, QSizeF(820, 560))
        plate = scene.plate("filter/0")
        assert plate is not None
        assert np.array_equal(plate.colors, colormaps.weights(plate.values, limit))


@pytest.mark.parametrize("size", [(560, 400), (820, 560), (1600, 900)])
def test_everything_lies_on_the_stage(calm: None, size: tuple[int, int]) -> None:
    scene = growth_scene(growth(), 1, QSizeF(*size))
    assert len(scene.plates) == 15
    for plate in scene.plates:
        assert plate.rect.left() >= 0 and plate.rect.right() <= size[0] + 1
        assert plate.rect.top() >= 0 and plate.rect.bottom() <= size[1]
    lefts = sorted((plate.rect.left(), plate.rect.right()) for plate in scene.plates_like("patch/"))
    assert all(right <= left for (_, right), (left, _) in itertools.pairwise(lefts))


def test_what_is_told() -> None:
    result = growth()
    assert told(result, 0)[0].startswith("Before training: random weights; 10.0 %")
    assert told(result, 1) == [
        "After epoch 2 of 9: 80.0 % of the validation digits are named rightly.",
        "6 of the nine digits are among those of the last epoch.",
    ]
    assert told(result, 2)[1] == "These are the patches of the last epoch."


def test_another_channel_is_asked_for_and_the_old_one_is_tinted(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer(bridge, qtbot)
    controls = stand.view._controls
    controls.channel.plus.click()
    assert stand.settings.channel == 4 and stand.view.canvas._stale
    answer(bridge, qtbot, 2)
    assert not stand.view.canvas._stale and stand.view.settled
    controls.layer.combo.setCurrentIndex(0)
    assert (stand.settings.layer, stand.settings.channel) == ("features.act1", 4)


def test_a_known_growth_is_not_asked_again(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer(bridge, qtbot)
    stand.view.set_active(False)
    stand.view.set_active(True)
    assert len(cast(HeldEngine, bridge.engine).jobs(GrowFeatures)) == 1 and stand.view.settled


def test_pointing_tells_a_weight_and_a_digit(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    result = answer(bridge, qtbot)
    told_facts = QSignalSpy(stand.view.pointed)
    hover(stand.view.canvas, "filter/2", 1, 3)
    facts = told_facts.at(told_facts.count() - 1)[0]
    assert facts[1][1] == f"{result.filters[2, 2, 0, 1, 3]:.5f}".replace("-", "−")
    hover(stand.view.canvas, "patch/1", 5, 6)
    facts = told_facts.at(told_facts.count() - 1)[0]
    assert facts[0][1] == "7" and facts[2][1] == str(int(result.patches[2, 1, 5, 6]))


def test_a_small_stage_leaves_the_curve_out(stand: Stand) -> None:
    assert stand.view.plot.isVisible()
    stand.view.resize(820, 420)
    assert not stand.view.plot.isVisible()


def test_a_question_taken_back_is_said_to_be_and_the_old_answer_stays_tinted(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    held, view = cast(HeldEngine, bridge.engine), stand.view
    answer(bridge, qtbot)
    view._controls.channel.plus.click()
    qtbot.waitUntil(lambda: len(held.jobs(GrowFeatures)) == 2)
    held.cancel(held.jobs(GrowFeatures)[-1])
    QApplication.processEvents()
    assert view.problem.isVisible() and "Cancelled" in view.problem.text() and view.canvas._stale
    view._controls.channel.plus.click()
    assert not view.problem.isVisible()
    answer(bridge, qtbot, 3)
    assert not view.canvas._stale


def test_a_refusal_is_a_sentence(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    held = cast(HeldEngine, bridge.engine)
    qtbot.waitUntil(lambda: bool(held.jobs(GrowFeatures)))
    held.fail(
        held.jobs(GrowFeatures)[-1], ErrorReport("The file cannot be read.", "Install ConvScope again.")
    )
    QApplication.processEvents()
    assert stand.view.problem.isVisible() and "Install" in stand.view.problem.text() and stand.view.settled


def test_numbers_and_film(
    stand: Stand, bridge: Bridge, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stand.view.film() is None
    answer(bridge, qtbot)
    monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "growth.csv")
    stand.view.verbs()[0].run()
    assert "filters,shape,3,6,1,5,5" in (tmp_path / "growth.csv").read_text("utf-8")
    film = stand.view.film()
    assert film is not None and list(film.indices) == [0, 1, 2]
    first, last = film.image_at(0), film.image_at(2)
    assert first.width() == 1280 and first != last


def test_layers_are_those_of_the_net() -> None:
    from engine.networks.describe import network_graph

    nodes = network_graph("lenet5").by_name
    assert {name: nodes[name].out_shape[0] for name in LAYERS} == LAYERS
    assert GrowthSettings().epoch == MOST_EPOCHS
