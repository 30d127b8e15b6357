"""The page "Live detection" with real nets: digits on the drawing board, people in a film of a street."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from engine.detection import detectors, live
from engine.networks.requests import ImportWeights
from engine.networks.weights import store
from engine.runner import Engine
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.detect.drawings import PI, STARTER_DIGITS
from gui.pages.detect.page import DetectPage
from gui.settings import Settings
from gui.widgets.source_state import SourceState
from tests.gui.conftest import leak_guard, own_settings
from tests.gui.window_fixtures import calm

__all__ = ["calm", "leak_guard", "own_settings"]

WAIT_MS = 60_000


@pytest.fixture
def page(qtbot: QtBot, calm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DetectPage]:
    """The page over the real engine and an empty models folder."""
    monkeypatch.setenv("CONVSCOPE_MODELS", str(tmp_path / "models"))
    bridge = Bridge(lambda emit: Engine(emit, device="cpu"))
    bridge.begin_loading()
    found = entry("detect")
    assert found is not None
    page = cast(DetectPage, found.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
    qtbot.addWidget(page)
    page.resize(1300, 850)
    with qtbot.waitExposed(page):
        page.show()
    page.activated()
    yield page
    page.close_page()
    assert bridge.close(30)
    detectors.forget()
    live.forget()


def read(page: DetectPage) -> list[int]:
    """The digits on show from left to right."""
    assert page.shown is not None
    found = page.shown.found
    order = found.boxes[:, 0].argsort()
    return [int(page.shown.answer.classes[kind]) for kind in found.classes[order].tolist()]


def test_the_digits_of_the_first_visit_are_read(page: DetectPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.tour_ready, timeout=WAIT_MS)
    assert sorted(read(page)) == sorted(STARTER_DIGITS)
    assert page.shown is not None and page.shown.found.scores.min() > 0.8
    page.change(replace(page.state, source=SourceState("drawing", "dark", strokes=PI)))
    qtbot.waitUntil(page.tour_ready, timeout=WAIT_MS)
    assert read(page) == [3, 1, 4, 1, 5]


def test_people_are_found_in_a_film(page: DetectPage, qtbot: QtBot, assets: Path) -> None:
    weights = assets / "models" / "yolo-fastest-1.1-xl.weights"
    film = assets / "videos" / "people.mp4"
    if not (weights.is_file() and film.is_file()):
        pytest.skip(f"{weights.name} or {film.name} is not among the assets")
    took: list[Any] = []
    channel = page.services.bridge.channel("import")
    channel.done.connect(took.append)
    channel.ask(ImportWeights(weights))
    qtbot.waitUntil(lambda: bool(took), timeout=WAIT_MS)
    name = took[0].status.name
    assert store.entry(name).task == "detection"
    page.change(replace(page.state, detector=name, source=SourceState("video", str(film))))
    answered = []

    def several_frames() -> bool:
        shown = page.shown
        if page.picker.live and shown is not None and shown.tracks is not None:
            answered.append(shown)
        return len({id(one.answer) for one in answered}) >= 4

    qtbot.waitUntil(several_frames, timeout=WAIT_MS)
    last = answered[-1]
    person = last.answer.classes.index("person")
    assert (last.found.classes == person).sum() >= 3, "a crowd walks towards the camera"
    assert last.found.scores[last.found.classes == person].max() > 0.8
    assert page.stage.view.frame is page.shown.answer.frame  # type: ignore[union-attr]
    assert any(text.startswith("person #") for text in last.findings.boxes.texts)
