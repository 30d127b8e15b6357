"""The banner and the drop overlay: what they say, how they go away, and that they never cover up an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from gui.theme import Scheme, theme
from gui.widgets.banner import INFO_MS, LONGEST, MAX_WAITING, Banner
from gui.widgets.drop_overlay import DropOverlay

REPORT = ErrorReport("The photo is cut off.", "The old one stays.", "Traceback\n  ValueError: cut off")


@pytest.fixture
def banner(qtbot: QtBot) -> Iterator[Banner]:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    banner = Banner(page)
    column.addWidget(QLineEdit(page))  # what had the focus before
    column.addWidget(banner)
    column.addStretch(1)
    page.resize(600, 400)
    with qtbot.waitExposed(page):
        page.show()
    yield banner  # the fixture keeps the page alive


def test_it_is_hidden_until_there_is_something_to_say(banner: Banner) -> None:
    assert not banner.isVisible()
    assert banner.message is None
    assert banner.dismiss() is False


def test_a_report_has_sentence_hint_and_details(qtbot: QtBot, banner: Banner) -> None:
    banner.show_report(REPORT)
    assert banner.isVisible()
    assert banner.sentence.text() == REPORT.sentence
    assert banner.hint.text() == REPORT.hint
    assert banner.accessibleName() == "Error: The photo is cut off. The old one stays."
    assert not banner.details.isVisible()
    qtbot.mouseClick(banner.details_button, Qt.MouseButton.LeftButton)
    assert banner.details.isVisible()
    assert banner.details.toPlainText() == REPORT.details
    qtbot.mouseClick(banner.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert all(part in copied for part in (REPORT.sentence, REPORT.hint, REPORT.details))


def test_close_goes_on_to_the_next_and_then_away(qtbot: QtBot, banner: Banner) -> None:
    closed = QSignalSpy(banner.closed)
    banner.show_report(REPORT)
    banner.show_sentence("No camera.", "warn", "Choose another source.")
    assert banner.sentence.text() == REPORT.sentence
    assert banner.waiting.text() == "1 more"
    banner.details_button.setChecked(True)
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert banner.sentence.text() == "No camera."
    assert not banner.details.isVisible()
    assert not banner.details_button.isVisible()
    assert not banner.waiting.isVisible()
    assert closed.count() == 0
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()
    assert closed.count() == 1


def test_escape_closes_when_the_focus_is_inside(qtbot: QtBot, banner: Banner) -> None:
    banner.show_report(REPORT)
    banner.window().activateWindow()
    banner.copy_button.setFocus()
    qtbot.keyClick(banner.copy_button, Qt.Key.Key_Escape)
    assert not banner.isVisible()


def test_a_note_leaves_by_itself_and_an_error_stays(qtbot: QtBot, banner: Banner) -> None:
    assert banner._timer.interval() == INFO_MS
    banner._timer.setInterval(1)
    banner.show_sentence("Saved.")
    assert banner.message is not None
    qtbot.waitUntil(lambda: not banner.isVisible())
    banner.show_report(REPORT)
    assert not banner._timer.isActive()


def test_a_note_gives_way_to_an_error(banner: Banner) -> None:
    banner.show_sentence("Saved.")
    banner.show_report(REPORT)
    assert banner.sentence.text() == REPORT.sentence
    assert banner.waiting_count == 0
    assert not banner._timer.isActive()


def test_the_same_message_is_not_queued_twice_and_the_queue_has_an_end(banner: Banner) -> None:
    for _ in range(3):
        banner.show_report(REPORT)
    assert banner.waiting_count == 0
    for number in range(100):
        banner.show_sentence(f"Warning {number}.", "warn")
    assert banner.waiting_count == MAX_WAITING - 1
    assert banner.sentence.text() == REPORT.sentence  # what is being read is not swept away
    banner.clear()
    assert not banner.isVisible()


def test_a_long_message_wraps_within_the_page(banner: Banner) -> None:
    width = banner.window().width()
    banner.show_report(ErrorReport("A rather long sentence. " * 8, "And a hint. " * 10, "x" * 4000))
    banner.details_button.setChecked(True)
    QApplication.processEvents()
    assert banner.window().width() == width
    assert banner.width() < width
    for label in (banner.sentence, banner.hint):
        assert label.height() >= label.heightForWidth(label.width())


def test_an_endless_message_moves_to_the_details(banner: Banner) -> None:
    banner.show_report(ErrorReport("word " * 1000, "", "Traceback"))
    assert len(banner.sentence.text()) == LONGEST
    assert "word " * 1000 in banner.details.toPlainText()
    assert "Traceback" in banner.details.toPlainText()


def test_markup_in_a_message_is_shown_not_obeyed(banner: Banner) -> None:
    banner.show_sentence("<b>x</b> & <img src=y>", "warn")
    assert banner.sentence.textFormat() == Qt.TextFormat.PlainText


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 300)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.mark.parametrize("scheme", [Scheme.DARK, Scheme.LIGHT])
def test_the_overlay_offers_and_refuses(window: QWidget, scheme: Scheme) -> None:
    theme.apply(scheme)
    overlay = DropOverlay(window)
    assert not overlay.isVisible()
    overlay.show_offer("my photo.png", "Convolution")
    assert overlay.sentence == "Drop to open my photo.png in Convolution"
    assert overlay.geometry() == window.rect()
    assert not overlay.refused
    offered = overlay.grab().toImage()
    overlay.show_refusal("notes.docx is neither a picture nor a video.", "Drop a PNG.")
    assert overlay.refused
    assert "neither" in overlay.accessibleName()
    assert overlay.grab().toImage() != offered


def test_the_overlay_follows_the_window_and_lets_events_through(window: QWidget) -> None:
    overlay = DropOverlay(window)
    overlay.show_offer("x" * 300 + ".png", "Convolution")
    window.resize(640, 480)
    QApplication.processEvents()
    assert overlay.geometry() == window.rect()
    assert len(overlay.sentence) < 110
    assert overlay.sentence.endswith(".png in Convolution")
    assert window.childAt(QPoint(100, 100)) is None  # transparent for the mouse, so drags reach the window
