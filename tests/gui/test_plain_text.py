"""Words from files of others are shown as they are."""

from __future__ import annotations

import pytest
from PySide6.QtGui import Qt, QTextDocumentFragment
from pytestqt.qtbot import QtBot

from gui.widgets.facts import Facts
from gui.widgets.plain_text import literal, unmarked
from gui.widgets.wrapped import OneLine

FOREIGN = "<b>Best</b> net <img src='/etc/icon.png'> & more"


def shown(tooltip: str) -> str:
    """What Qt makes of a tooltip."""
    return QTextDocumentFragment.fromHtml(tooltip).toPlainText() if Qt.mightBeRichText(tooltip) else tooltip


@pytest.mark.parametrize(
    "text", [FOREIGN, "a < b and b > c", "x &lt; y", "Fish & Chips", "", "two\nlines", "<i>two\nlines"]
)
def test_a_tooltip_shows_the_very_text(qapp: object, text: str) -> None:
    assert shown(literal(text)) == text


def test_where_foreign_words_come(qtbot: QtBot) -> None:
    facts, line = Facts(), OneLine(FOREIGN)
    for widget in (facts, line):
        qtbot.addWidget(widget)
    facts.show_rows([("source", "a file", FOREIGN)])
    line.resize(20, 20)
    line.show()
    tips = [row.toolTip() for row in facts.children() if hasattr(row, "toolTip")]
    assert [shown(tip) for tip in tips] == [FOREIGN]
    assert shown(line.toolTip()) == FOREIGN


def test_a_button_marks_no_key() -> None:
    assert unmarked("Use cats & dogs") == "Use cats && dogs"
