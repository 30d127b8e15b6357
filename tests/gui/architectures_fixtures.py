"""The architectures page over an engine that answers when told to, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.networks.graphs.graph import Graph
from engine.networks.requests import DescribeNetwork
from engine.runner import Emit
from gui.bridge import Bridge
from gui.pages import PageEntry
from gui.pages.architectures.page import ArchitecturesPage
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.base import Services
from gui.settings import Settings
from gui.widgets import formula
from tests.gui import canned_networks as canned
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

ENTRY = PageEntry(
    name="architectures",
    title="Architectures",
    group="Networks",
    icon="graph-outline",
    summary="The classic networks.",
    target="gui.pages.architectures.page:ArchitecturesPage",
    opens=("picture",),
)


NETS: dict[str, Callable[[], Graph]] = {
    "lenet5": canned.lenet, "resnet18": canned.residual, "inception-module": canned.branches, "vgg16": canned.residual,
    "swin_t": canned.opaque,
}  # fmt: skip


OpenPage = Callable[..., ArchitecturesPage]


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages: open_page(make_engine=HeldEngine, size=(1440, 900), active=True)."""
    opened: list[ArchitecturesPage] = []
    formula.loader.load()  # else its thread may outlive a short test

    def opener(
        make_engine: Callable[[Emit], Any] = HeldEngine,
        size: tuple[int, int] = (1440, 900),
        active: bool = True,
    ) -> ArchitecturesPage:
        bridge = Bridge(make_engine)
        page = ArchitecturesPage(Services(bridge, Settings(tmp_path / "settings.ini")), ENTRY)
        opened.append(page)
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitExposed(page):
            page.show()
        if active:
            page.activated()
        return page

    yield opener
    for page in opened:
        page.close_page()
        page.services.bridge.close()


def engine(page: ArchitecturesPage) -> HeldEngine:
    return cast(HeldEngine, page.services.bridge.engine)


def settle() -> None:
    """Let the page ask (it waits for the end of the event) and the engine's answers arrive."""
    for _ in range(3):
        QTest.qWait(1)


def wanted(page: ArchitecturesPage) -> list[DescribeNetwork]:
    settle()
    held = engine(page)
    return [cast(DescribeNetwork, held.asked[job][0]) for job in held.jobs(DescribeNetwork)]


def answer(page: ArchitecturesPage, graph: Graph | None = None) -> None:
    """Answer the newest question about a network with the canned one of that name."""
    settle()
    held = engine(page)
    job = held.jobs(DescribeNetwork)[-1]
    name = cast(DescribeNetwork, held.asked[job][0]).name
    held.answer(job, graph or NETS[name]())
    settle()


@pytest.fixture
def page(open_page: OpenPage) -> ArchitecturesPage:
    """The page with LeNet-5 on show."""
    opened = open_page()
    answer(opened)
    return opened


def view_of(page: ArchitecturesPage) -> str:
    return page.state.view


def see(page: ArchitecturesPage, name: str, **changes: Any) -> None:
    """Put another network on show."""
    page.change(replace(ArchitecturesState(network=name), **changes))
    if page.shown is None or page.shown.graph.name != NETS[name]().name:
        answer(page)


# --- graph ------------------------------------------------------------------------------------------------


def click_box(page: ArchitecturesPage, key: str) -> None:
    place = page.graph_view.box_rect(key).center().toPoint()
    QTest.mouseClick(page.graph_view, Qt.MouseButton.LeftButton, pos=place)
