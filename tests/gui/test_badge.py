"""The badge names the library that numbers are compared with."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.foundations.requests import CheckResult
from gui.widgets.badge import Badge


def test_it_speaks_of_torch_unless_told_otherwise(qtbot: QtBot) -> None:
    badge = Badge()
    qtbot.addWidget(badge)
    badge.show_checking()
    assert "PyTorch" in badge.detail.text()
    badge.show_result(CheckResult(0.0, 1e-5, True, "torch 9"))
    assert badge.title.text() == "✓ Checked against torch"


def test_another_library_is_named_in_every_answer(qtbot: QtBot) -> None:
    badge = Badge(library="scikit-image")
    qtbot.addWidget(badge)
    badge.show_checking()
    assert badge.detail.text() == "The same numbers are computed in scikit-image."
    badge.show_result(CheckResult(0.25, 1e-6, False, "hog 1"))
    assert badge.title.text() == "✗ Differs from scikit-image"
    badge.set_library("OpenCV")
    badge.show_result(CheckResult(0.0, 1e-6, True, "cv 1"))
    assert badge.title.text() == "✓ Checked against OpenCV"
