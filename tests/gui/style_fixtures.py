"""The page "Style", painting with the bundled net or held at any step, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import ErrorReport
from engine.jobs import Partial
from engine.networks.requests import ListWeights
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample, OpenPicture, load_sample, open_picture_request
from engine.style import patterns
from engine.style.requests import DrawPattern, PaintStyle, Plan, PlanStyle
from engine.style.settings import StyleSettings
from gui.pages.style.page import StylePage
from gui.pages.style.paint.view import PaintView
from tests.gui.page_fixtures import opened_pages
from tests.gui.style_runs import LAYERS, asked, painted
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

OpenPage = Callable[..., StylePage]


SMALL = StyleSettings(size=40, steps=4, precision="float32")


PLAN = Plan(
    "Test net", "Strokes.", 300_000_000, 2_000_000_000, 4096, ((256, 170),),
    ((LAYERS[0], "relu1_1", 64), (LAYERS[1], "relu2_1", 128)), LAYERS[1], ((LAYERS[0], 0.5), (LAYERS[1], 0.5)),
)  # fmt: skip


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, device="cpu")


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=HeldEngine, state=None, size=(1300, 900))."""
    with opened_pages(qtbot, tmp_path, "style", HeldEngine, (1300, 900), settle=serve) as opener:
        yield opener


def held(page: StylePage) -> HeldEngine:
    return cast(HeldEngine, page.services.bridge.engine)


def serve(page: StylePage, plan: Plan = PLAN) -> None:
    """Answer every question about pictures and plans that is open; the timers of the page run."""
    engine = page.services.bridge.engine
    for _ in range(12):
        QTest.qWait(1)
        if not isinstance(engine, HeldEngine):
            continue
        for number, (request, _key) in list(engine.asked.items()):
            if number in _served(engine):
                continue
            match request:
                case LoadSample():
                    answer: Any = load_sample(request.name)
                case OpenPicture():
                    steps = open_picture_request(request, None)
                    try:
                        next(steps)
                        next(steps)
                    except StopIteration as stop:
                        answer = stop.value
                    except Exception as error:
                        _served(engine).add(number)
                        engine.fail(number, ErrorReport(str(error)))
                        continue
                case DrawPattern():
                    answer = patterns.respond(request, Context())
                case PlanStyle():
                    answer = plan
                case ListWeights():
                    answer = ()
                case _:
                    continue
            _served(engine).add(number)
            engine.answer(number, answer)


def _served(engine: HeldEngine) -> set[int]:
    done: set[int] = engine.__dict__.setdefault("served", set())
    return done


def settle(page: StylePage, qtbot: QtBot) -> None:
    """Until a painting of the real net is there."""

    def ready() -> bool:
        cast(InlineEngine, page.services.bridge.engine).pump()  # what waits for an import beside it
        return page.tour_ready()

    qtbot.waitUntil(ready, timeout=60_000)


def view_of(page: StylePage) -> PaintView:
    view = page.stage.view
    assert isinstance(view, PaintView)
    return view


def paintings(page: StylePage) -> list[PaintStyle]:
    engine = held(page)
    return [asked(engine.asked[number][0]) for number in engine.jobs(PaintStyle)]


def wait_for_painting(page: StylePage, count: int, qtbot: QtBot) -> PaintStyle:
    """Until so many paintings were asked for: a hand rests for a moment first."""

    def begun() -> bool:
        serve(page)
        return len(paintings(page)) >= count

    qtbot.waitUntil(begun, timeout=5000)
    assert len(paintings(page)) == count
    return paintings(page)[-1]


def tell(page: StylePage, step: int, **more: Any) -> None:
    engine = held(page)
    number = engine.jobs(PaintStyle)[-1]
    settings = view_of(page).desk.current.wanted  # type: ignore[union-attr]
    engine.emit(Partial(number, painted(step, settings, **more)))
    QApplication.processEvents()


def finish(page: StylePage, step: int | None = None, outcome: str = "done") -> None:
    engine = held(page)
    settings = view_of(page).desk.current.wanted  # type: ignore[union-attr]
    step = settings.steps if step is None else step
    engine.answer(engine.jobs(PaintStyle)[-1], painted(step, settings, keep=True, outcome=outcome))
    QApplication.processEvents()
