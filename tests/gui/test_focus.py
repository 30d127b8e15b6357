"""Selected and focused look different, and the ring of the focus moves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.theme import DARK, LIGHT, PANEL_WIDTH, Colors, Scheme, contrast, theme
from gui.widgets.fields import Section, Segmented, Toggle
from gui.widgets.number_edit import LinkButton

Make = Callable[[bool], tuple[QWidget, QWidget]]
"""Whether it is selected -> the whole control, and the part that takes the focus."""


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK], ids=["light", "dark"])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    before = theme.scheme
    theme.apply(request.param)
    yield request.param
    theme.apply(before)


def segment(selected: bool) -> tuple[QWidget, QWidget]:
    control = Segmented([("a", "Alpha", ""), ("b", "Beta", "")], value="a" if selected else "b")
    return control, control.button("a")


def tool(selected: bool) -> tuple[QWidget, QWidget]:
    button = QToolButton()
    button.setText("Tool")
    button.setCheckable(True)
    button.setChecked(selected)
    return button, button


def flat_tool(selected: bool) -> tuple[QWidget, QWidget]:
    button, _ = tool(selected)
    button.setProperty("flat", True)
    return button, button


def push(selected: bool) -> tuple[QWidget, QWidget]:
    button = QPushButton("Push")
    button.setCheckable(True)
    button.setChecked(selected)
    return button, button


def header(selected: bool) -> tuple[QWidget, QWidget]:
    section = Section("Kernel", folded=not selected)
    return section, section.header


def toggle(selected: bool) -> tuple[QWidget, QWidget]:
    switch = Toggle("ReLU", value=selected)
    return switch, switch


def link(selected: bool) -> tuple[QWidget, QWidget]:
    button = LinkButton("Use 10" if selected else "Use 9")
    return button, button


def render(qtbot: QtBot, make: Make, *, selected: bool, focused: bool) -> QImage:
    """The part as it looks in a panel, without the mouse above it."""
    control, part = make(selected)
    panel = QWidget()
    qtbot.addWidget(panel)
    panel.setFixedWidth(PANEL_WIDTH)
    rows = QVBoxLayout(panel)
    other = QLineEdit()
    rows.addWidget(control)
    rows.addWidget(other)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    (part if focused else other).setFocus()
    assert part.hasFocus() is focused
    picture = part.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    panel.hide()
    return picture


def pure(picture: QImage, color: QColor) -> int:
    """How many pixels have a colour, without what is blended at the edges."""
    wanted = color.rgb()
    return sum(picture.pixel(x, y) == wanted for y in range(picture.height()) for x in range(picture.width()))


@pytest.mark.parametrize("make", [segment, tool, flat_tool, push, header, toggle, link])
def test_selected_and_focused_look_different(qtbot: QtBot, scheme: Scheme, make: Make) -> None:
    looks = {
        (selected, focused): render(qtbot, make, selected=selected, focused=focused)
        for selected in (False, True)
        for focused in (False, True)
    }
    pictures = list(looks.values())
    assert all(a != b for i, a in enumerate(pictures) for b in pictures[i + 1 :])
    accent = theme.colors.accent
    for selected in (False, True):
        # A ring of two pixels has at least so much more of the accent than a hairline.
        more = pure(looks[selected, True], accent) - pure(looks[selected, False], accent)
        assert more > 40, f"{selected=}: no ring"


@pytest.mark.parametrize("kind", [QToolButton, QPushButton, QLineEdit, QComboBox])
def test_the_ring_needs_no_room(qtbot: QtBot, scheme: Scheme, kind: type[QWidget]) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    rows = QVBoxLayout(panel)
    widget, other = kind(), QLineEdit()
    if isinstance(widget, QToolButton | QPushButton):
        widget.setText("Words")
    rows.addWidget(widget)
    rows.addWidget(other)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    other.setFocus()
    before = widget.sizeHint()
    widget.setFocus()
    widget.updateGeometry()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert widget.hasFocus() and widget.sizeHint() == before


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_the_text_of_what_is_selected_can_be_read(colors: Colors) -> None:
    assert contrast(colors.accent_text, colors.selected) >= 4.5
