"""The picker of pictures: photos, files, the clipboard, the drawing board, its panels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLabel, QSlider
from pytestqt.qtbot import QtBot

from engine import sources
from gui.theme import Scheme, theme
from gui.widgets import source_panels
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from tests.gui.source_picker_fixtures import (
    ASTRONAUT,
    Log,
    bridge,
    cameras,
    click,
    consent,
    devices,
    log,
    picker,
    shown,
)

__all__ = ["bridge", "cameras", "consent", "devices", "log", "picker", "shown"]


def picture(path: Path, color: tuple[int, int, int] = (10, 20, 30)) -> Path:
    Image.new("RGB", (7, 5), color).save(path)
    return path


# --- photos and files -------------------------------------------------------------------------------------


def test_a_state_from_outside_brings_its_picture_and_no_echo(shown: SourcePicker, log: Log) -> None:
    assert shown.state == ASTRONAUT and log.states == [] and log.problems == []
    assert shown.frame is not None and (shown.frame.height, shown.frame.width) == (512, 512)
    assert not shown.live and shown.frames is None and shown.stats is None
    assert "Eileen Collins" in shown.photos.caption.text()


def test_a_photo_is_picked_by_key(shown: SourcePicker, log: Log, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.stateChanged) as changed:
        QTest.keyClick(shown.photos.list, Qt.Key.Key_Right)
    second = sources.samples()[1].name
    assert changed.args == [SourceState("sample", second)]
    assert shown.frame is not None and np.array_equal(shown.frame.pixels, sources.load_sample(second).pixels)
    assert len(log.frames) == 1


def test_thumbnails_come_one_after_the_other_once_seen(picker: SourcePicker, qtbot: QtBot) -> None:
    items = [picker.photos.list.item(row) for row in range(picker.photos.list.count())]
    assert len(items) == len(sources.samples()) > 5
    picker.show()

    def all_there() -> None:
        assert all(isinstance(item.data(Qt.ItemDataRole.DecorationRole), QImage) for item in items)

    qtbot.waitUntil(all_there)
    assert all(item.toolTip() for item in items)


def test_a_file_shows_its_name_and_note(shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "Größe und Maß 日本.png"
    Image.new("CMYK", (7, 5), (20, 90, 0, 0)).save(path.with_suffix(".tif"))
    with qtbot.waitSignal(shown.frameChanged):
        assert shown.open_path(path.with_suffix(".tif"))
    assert log.states == [SourceState("file", str(path.with_suffix(".tif")))]
    assert shown.kind_shown == "file" and shown.file.name.text() == "Größe und Maß 日本.tif"
    assert shown.file.note.text().startswith("7 × 5 pixels. CMYK")


def test_the_name_of_a_file_is_no_markup(shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "<b>x<i> &amp;.png"
    Image.new("RGB", (8, 8)).save(path)
    shown.open_path(path)
    qtbot.waitUntil(lambda: bool(log.states) and log.states[-1].value == str(path))
    assert shown.file.name.text() == path.name
    assert shown.file.name.textFormat() is Qt.TextFormat.PlainText
    assert "&lt;b&gt;x" in shown.file.name.toolTip()


def test_the_open_button_asks_for_a_file(
    shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["", str(picture(tmp_path / "a.png"))]
    monkeypatch.setattr(source_panels, "choose_file", lambda *_: answers.pop(0))
    click(shown, "file")
    shown.file.open_button.click()
    assert shown.state == ASTRONAUT
    with qtbot.waitSignal(shown.frameChanged):
        shown.file.open_button.click()
    assert log.states == [SourceState("file", str(tmp_path / "a.png"))]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("broken.png", b"\x89PNG\r\n\x1a\n and nothing else", "broken.png"),
        ("empty.jpg", b"", "empty"),
        ("notes.txt", b"only words", "cannot use"),
        ("net.safetensors", b"\x08\0\0\0\0\0\0\0{}      ", "Weights are not a picture"),
    ],
)
def test_an_unreadable_file_leaves_the_old_source(
    shown: SourcePicker, log: Log, tmp_path: Path, name: str, content: bytes, words: str, qtbot: QtBot
) -> None:
    (tmp_path / name).write_bytes(content)
    before = shown.frame
    shown.open_path(tmp_path / name)
    qtbot.waitUntil(lambda: len(log.problems) == 1)
    assert words in log.problems[0]
    assert shown.state == ASTRONAUT and shown.frame is before and log.states == [] and log.frames == []


def test_a_folder_is_refused_with_a_sentence(shown: SourcePicker, log: Log, tmp_path: Path) -> None:
    assert not shown.open_path(tmp_path)
    assert log.problems == ["A folder cannot be a picture source. Drop one picture or one video of it."]


def test_a_restored_file_that_is_gone_is_said_and_taken_back(
    shown: SourcePicker, log: Log, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shown.reverted) as changed, qtbot.assertNotEmitted(shown.stateChanged):
        shown.set_state(SourceState("file", "/nowhere/at/all.png"))
    assert changed.args == [ASTRONAUT] and "all.png is not there" in log.problems[0]
    assert shown.state == ASTRONAUT and log.frames == []


def test_a_first_source_that_is_gone_makes_way_for_a_photo(
    picker: SourcePicker, log: Log, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(picker.frameChanged):
        picker.set_state(SourceState("file", "/nowhere/at/all.png"))
    assert log.states == [ASTRONAUT] and len(log.problems) == 1
    assert picker.kind_shown == "file"


def test_a_pasted_picture_is_kept_and_can_be_restored(
    shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot
) -> None:
    image = QImage(6, 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    image.setPixelColor(2, 1, QColor(255, 0, 0))
    with qtbot.waitSignal(shown.frameChanged):
        assert shown.paste_image(image)
    assert shown.frame is not None
    assert tuple(shown.frame.pixels[1, 2]) == (255, 0, 0) and tuple(shown.frame.pixels[0, 0]) == (
        255,
        255,
        255,
    )
    pasted = log.states[-1]
    assert pasted.kind == "file" and Path(pasted.value).parent == tmp_path / "pasted"
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_state(ASTRONAUT)
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_state(pasted)
    assert tuple(shown.frame.pixels[1, 2]) == (255, 0, 0)


def test_pasting_nothing_says_so(shown: SourcePicker, log: Log) -> None:
    assert not shown.paste_image(QImage())
    assert "no picture on the clipboard" in log.problems[0]


# --- drawing ----------------------------------------------------------------------------------------------


def test_drawing_is_live_and_its_strokes_are_the_state(shown: SourcePicker, log: Log) -> None:
    click(shown, "drawing")
    assert log.states == [SourceState("drawing", "dark")]
    assert shown.frame is not None and (shown.frame.pixels == 255).all()
    paper = shown.board.paper
    QTest.mouseClick(paper, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, paper.rect().center())
    drawn = log.states[-1]
    assert len(drawn.strokes) == 1 and (shown.frame.pixels < 255).any()
    before = shown.frame.pixels
    shown.board.undo()
    assert log.states[-1].strokes == ()
    shown.set_state(drawn)
    assert np.array_equal(shown.frame.pixels, before) and log.states[-1].strokes == ()


def test_each_kind_remembers_its_last_choice(
    shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shown.frameChanged):
        shown.open_path(picture(tmp_path / "a.png"))
    click(shown, "drawing")
    with qtbot.waitSignal(shown.frameChanged):
        click(shown, "file")
    with qtbot.waitSignal(shown.frameChanged):
        click(shown, "sample")
    assert [state.kind for state in log.states] == ["file", "drawing", "file", "sample"]
    assert log.states[0] == log.states[2] and log.states[-1] == ASTRONAUT


# --- the widget -------------------------------------------------------------------------------------------


def test_a_page_adds_its_own_kind(shown: SourcePicker, log: Log, qtbot: QtBot) -> None:
    panel = QLabel("numbers")
    shown.add_kind("preset", "grid", "Presets", panel, first=True)
    click(shown, "preset")
    assert shown.kind_shown == "preset" and not panel.isHidden() and shown.state == ASTRONAUT
    edge = SourceState("preset", "edge")
    shown.pick(edge)
    assert log.states == [edge] and shown.frame is None
    with qtbot.waitSignal(shown.frameChanged):
        click(shown, "sample")
    click(shown, "preset")
    assert log.states == [edge, ASTRONAUT, edge]
    with pytest.raises(ValueError, match="already"):
        shown.add_kind("preset", "grid", "Presets", QLabel())


def test_a_kind_that_is_left_out_is_not_offered(shown: SourcePicker) -> None:
    shown.leave_out("drawing")
    assert shown.tabs.button("drawing").isHidden() and not shown.tabs.button("camera").isHidden()


def test_every_control_has_a_name(shown: SourcePicker) -> None:
    for kind in (QAbstractButton, QSlider, QComboBox, QAbstractItemView):
        for control in shown.findChildren(kind):
            if not control.objectName().startswith("qt_") and not isinstance(control.parent(), QComboBox):
                inside = control.window() is not shown.window()
                assert inside or control.accessibleName(), f"{control} {control.parent()}"


@pytest.mark.parametrize("kind", ["sample", "file", "drawing", "camera", "video"])
def test_every_panel_fits_the_narrow_column(shown: SourcePicker, kind: str) -> None:
    shown.tabs.open(kind)
    assert shown.minimumSizeHint().width() <= 264


def test_icons_follow_the_theme(shown: SourcePicker, qapp: QApplication) -> None:
    def look() -> QImage:
        return shown.tabs.button("camera").icon().pixmap(18, 18).toImage()

    try:
        theme.apply(Scheme.LIGHT)
        light = look()
        theme.apply(Scheme.DARK)
        assert look() != light
    finally:
        theme.apply(Scheme.SYSTEM)
