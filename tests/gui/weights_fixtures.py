"""The page Weights over an engine that the test holds, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.networks.requests import (
    ListWeights,
    WeightsStatus,
)
from engine.networks.weights import store
from gui.bridge import Bridge
from gui.pages import PageEntry
from gui.pages.base import Services
from gui.pages.weights.listing import Row
from gui.pages.weights.page import WeightsPage
from gui.settings import Settings
from tests.gui.window_fixtures import HeldEngine, calm, shot  # noqa: F401

ENTRY = PageEntry(
    name="weights",
    title="Weights",
    group="Networks",
    icon="database-outline",
    summary="Trained networks.",
    target="gui.pages.weights.page:WeightsPage",
    opens=("weights",),
)


URL = "https://example.org/files/"


def status(name: str, **changes: Any) -> WeightsStatus:
    made = WeightsStatus(
        name=name,
        title=name.capitalize(),
        task="classification",
        architecture="resnet18",
        state="absent",
        bytes=44_000_000,
        source="torchvision",
        licence="BSD-3-Clause",
        citation="He et al.",
        sha256="ab" * 32,
        url=f"{URL}{name}.pth",
        files=(f"{name}.pth",),
        figures="top-1 69.76 % (ImageNet)",
    )
    return replace(made, **changes)


DIGITS = status("digits", state="bundled", url="", files=(), path=Path("/digits"), architecture="lenet5")


MINE = status(
    "imported/mine", title="Mine", state="imported", url="", path=Path("/x/mine"), bytes_here=5_000_000
)


ABSENT, READY = status("absent"), status("ready", state="ready", path=Path("/x/r"), bytes_here=44_000_000)


PARTIAL = status("partial", state="partial", bytes_here=10_000_000)


DAMAGED = status("damaged", state="damaged", bytes_here=7, note="")


YOLO = status("yolo", task="detection", licence="public domain", figures="")


YUNET = status("yunet", task="face detection", figures="")


ALL = (MINE, DIGITS, ABSENT, READY, PARTIAL, DAMAGED, YOLO, YUNET)


Open = Callable[..., WeightsPage]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[Open]:  # noqa: F811
    opened: list[WeightsPage] = []

    def do(make: Any = HeldEngine, size: tuple[int, int] = (1440, 800)) -> WeightsPage:
        page = WeightsPage(Services(Bridge(make), Settings(tmp_path / "settings.ini")), ENTRY)
        opened.append(page)
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitExposed(page):
            page.show()
        page.activated()
        return page

    yield do
    for page in opened:
        page.close_page()
        assert page.services.bridge.close()
    QGuiApplication.clipboard().clear()


def engine_of(page: WeightsPage) -> HeldEngine:
    engine = page.services.bridge.engine
    assert isinstance(engine, HeldEngine)
    return engine


@pytest.fixture
def page(open_page: Open) -> WeightsPage:
    """The page with its list."""
    page = open_page()
    tell(page, ListWeights, ALL)
    return page


def last(page: WeightsPage, kind: type) -> tuple[int, Any]:
    """The newest request of a kind, and its job."""
    engine = engine_of(page)
    job = engine.jobs(kind)[-1]
    return job, engine.asked[job][0]


def tell(page: WeightsPage, kind: type, value: object) -> None:
    """Answer the newest request of a kind."""
    engine_of(page).answer(last(page, kind)[0], value)
    deliver()


def deliver() -> None:
    for _ in range(3):
        QTest.qWait(0)


def row(page: WeightsPage, name: str) -> Row:
    return next(row for row in page.list.rows() if row.name == name)


def press_button(page: WeightsPage, name: str) -> None:
    view = page.list.view
    view.scrollTo(page.list.model.index_of(name))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=page.list.button_place(name))


def sayings(page: WeightsPage) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    page.said.connect(lambda text, kind: said.append((text, kind)))
    return said
