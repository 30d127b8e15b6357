"""The dialogs beside the main window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.dialogs import about, preferences
from gui.dialogs.about import About, versions
from gui.dialogs.preferences import Preferences
from gui.dialogs.shortcuts import ShortcutSheet, split_keys
from gui.settings import Settings
from gui.theme import Scheme, theme

ACTIONS = [
    ("File", "Open a picture", "Ctrl+O"),
    ("File", "Quit", "Ctrl+Q"),
    ("View", "Larger", "Ctrl++"),
    ("View", "Full screen", "F11"),
    ("Help", "Shortcuts", "F1"),
    ("Help", "About", ""),
]


def open_dialog(qtbot: QtBot, dialog: QWidget) -> None:
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()


def values(spy: QSignalSpy) -> list[object]:
    return [spy.at(i)[0] for i in range(spy.count())]


class TestShortcuts:
    def test_every_action_with_a_shortcut_is_there(self, qtbot: QtBot) -> None:
        sheet = ShortcutSheet(ACTIONS)
        open_dialog(qtbot, sheet)
        assert sheet.shown == 5
        assert [group.title for group in sheet.groups] == ["file", "view", "help"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [("open", 1), ("CTRL", 3), ("f1", 2), ("view", 2), ("view f11", 1), ("", 5), ("zebra", 0)],
    )
    def test_search(self, qtbot: QtBot, text: str, found: int) -> None:
        sheet = ShortcutSheet(ACTIONS)
        open_dialog(qtbot, sheet)
        qtbot.keyClicks(sheet.search, text)
        assert sheet.shown == found
        assert sheet.nothing.isVisible() == (found == 0)
        assert ("zebra" in sheet.nothing.text()) == (text == "zebra")

    def test_escape_closes(self, qtbot: QtBot) -> None:
        sheet = ShortcutSheet(ACTIONS)
        open_dialog(qtbot, sheet)
        qtbot.keyClick(sheet.search, Qt.Key.Key_Escape)
        assert not sheet.isVisible()

    @pytest.mark.parametrize(
        ("shortcut", "keys"),
        [
            ("Ctrl+Shift+Z", ["Ctrl", "Shift", "Z"]),
            ("Ctrl++", ["Ctrl", "+"]),
            ("+", ["+"]),
            ("-", ["-"]),
            ("Right, .", ["Right", "(or)", "."]),
            ("Ctrl+,", ["Ctrl", ","]),
        ],
    )
    def test_keys(self, shortcut: str, keys: list[str]) -> None:
        assert [key if cap else f"({key})" for key, cap in split_keys(shortcut)] == keys


class TestAbout:
    def test_copy_has_everything_a_report_needs(self, qtbot: QtBot) -> None:
        dialog = About({"ConvScope": "0.1.0", "Qt": "6.11.3"}, "CPU, 2 threads", Path("/logs/convscope.log"))
        open_dialog(qtbot, dialog)
        qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
        text = QGuiApplication.clipboard().text()
        log = str(Path("/logs/convscope.log"))
        assert text.splitlines() == [
            "ConvScope: 0.1.0",
            "Qt: 6.11.3",
            "Device: CPU, 2 threads",
            f"Log file: {log}",
        ]

    def test_the_log_folder_opens(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[Path] = []
        monkeypatch.setattr(about, "open_folder", opened.append)
        dialog = About({}, "CPU", Path("/logs/convscope.log"))
        open_dialog(qtbot, dialog)
        qtbot.mouseClick(dialog.log_button, Qt.MouseButton.LeftButton)
        assert opened == [Path("/logs")]

    def test_without_a_log_file(self, qtbot: QtBot) -> None:
        dialog = About({}, "CPU", None)
        open_dialog(qtbot, dialog)
        assert not dialog.log_button.isEnabled()
        assert "Log file: none" in dialog.as_text()

    def test_versions_come_without_importing_the_libraries(self) -> None:
        found = versions("0.1.0")
        assert next(iter(found)) == "ConvScope"
        assert found["ConvScope"] == "0.1.0"
        assert found["Qt"].startswith("6.")
        assert found["numpy"][0].isdigit()


class TestPreferences:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(tmp_path / "a.ini")

    def test_it_shows_what_is_set(self, qtbot: QtBot, settings: Settings, tmp_path: Path) -> None:
        settings.scheme, settings.device, settings.reduced_motion = Scheme.DARK, "cuda", True
        settings.models_dir = tmp_path
        dialog = Preferences(settings, devices=["auto", "cpu"])
        open_dialog(qtbot, dialog)
        assert (dialog.scheme.value, dialog.device.value, dialog.motion.value) == ("dark", "cuda", "reduced")
        assert dialog.models.text() == str(tmp_path)

    def test_each_control_acts_at_once(self, qtbot: QtBot, settings: Settings) -> None:
        dialog = Preferences(settings, devices=["auto", "cpu"])
        open_dialog(qtbot, dialog)
        schemes, motions = QSignalSpy(dialog.scheme_changed), QSignalSpy(dialog.motion_changed)
        devices = QSignalSpy(dialog.device_changed)
        qtbot.mouseClick(dialog.scheme.button("light"), Qt.MouseButton.LeftButton)
        qtbot.mouseClick(dialog.motion.button("reduced"), Qt.MouseButton.LeftButton)
        qtbot.mouseClick(dialog.motion.button("full"), Qt.MouseButton.LeftButton)
        qtbot.keyClick(dialog.device.combo, Qt.Key.Key_Down)
        assert values(schemes) == [Scheme.LIGHT]
        assert values(motions) == [True, False]
        assert values(devices) == ["cpu"]
        assert settings.scheme is Scheme.LIGHT
        assert settings.reduced_motion is False
        assert settings.device == "cpu"

    def test_the_models_folder_can_be_chosen_and_taken_back(
        self, qtbot: QtBot, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers: list[Path | None] = [None, tmp_path]
        monkeypatch.setattr(preferences, "ask_folder", lambda *_args: answers.pop(0))
        dialog = Preferences(settings, models_default=Path("/usual"))
        open_dialog(qtbot, dialog)
        spy = QSignalSpy(dialog.models_dir_changed)
        assert dialog.models.text() == str(Path("/usual"))
        assert not dialog.models_reset.isVisible()
        qtbot.mouseClick(dialog.models_button, Qt.MouseButton.LeftButton)
        assert spy.count() == 0
        qtbot.mouseClick(dialog.models_button, Qt.MouseButton.LeftButton)
        assert settings.models_dir == tmp_path
        qtbot.mouseClick(dialog.models_reset, Qt.MouseButton.LeftButton)
        assert settings.models_dir is None
        assert values(spy) == [tmp_path, None]
        assert dialog.models.text() == str(Path("/usual"))

    def test_close_and_escape(self, qtbot: QtBot, settings: Settings) -> None:
        dialog = Preferences(settings)
        open_dialog(qtbot, dialog)
        qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
        assert not dialog.isVisible()


@pytest.mark.parametrize("scheme", [Scheme.DARK, Scheme.LIGHT])
def test_no_text_is_cut_off(qtbot: QtBot, tmp_path: Path, scheme: Scheme) -> None:
    theme.apply(scheme)
    long_path = Path("/home/somebody/a rather long folder name/.local/state/ConvScope/log/convscope.log")
    for dialog in (
        About({"ConvScope": "0.1.0"}, "NVIDIA GeForce RTX 4090 Laptop GPU, 16 GB, 24 threads", long_path),
        Preferences(Settings(tmp_path / "a.ini"), models_default=long_path.parent),
    ):
        open_dialog(qtbot, dialog)
        for label in dialog.findChildren(about.QLabel):
            if label.isVisible() and label.text():
                needed = (
                    label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
                )
                assert label.height() >= needed, label.text()
