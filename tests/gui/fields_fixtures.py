"""Fields on show, what they refuse, typing into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import PANEL_WIDTH
from gui.widgets.fields import (
    NumberField,
)


@dataclass(frozen=True)
class Refusal:
    """What an engine's validator returns."""

    field: str
    message: str
    nearest: object


_panels: list[QWidget] = []


@pytest.fixture(autouse=True)
def keep_panels() -> Iterator[None]:
    """Python would delete a panel that only its test's fields know."""
    yield
    _panels.clear()


def spied(spy: QSignalSpy) -> list[object]:
    return [spy.at(i)[0] for i in range(spy.count())]


def type_into(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    if text:
        qtbot.keyClicks(field.edit, text)
    else:
        qtbot.keyClick(field.edit, Qt.Key.Key_Delete)


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """The widgets in one visible panel, so that focus and layout are real."""
    panel = QWidget()
    qtbot.addWidget(panel)
    _panels.append(panel)
    panel.setFixedWidth(PANEL_WIDTH)
    column = QVBoxLayout(panel)
    for widget in widgets:
        column.addWidget(widget)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    return panel


def settle() -> None:
    """Let a new layout come into force."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()
