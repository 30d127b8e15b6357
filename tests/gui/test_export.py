"""Exports: what is written is what was seen, and a failure leaves the folder as it was."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import stat
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui import export, film
from gui.widgets.picture import to_pixels
from tests.gui.export_fixtures import near

RED, BLUE = (220, 30, 30), (30, 30, 220)


class Halves:
    """Left half red, right half blue, a word in the middle."""

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        half = size.width() / 2
        painter.fillRect(QRectF(0, 0, half, size.height()), QColor(*RED))
        painter.fillRect(QRectF(half, 0, half, size.height()), QColor(*BLUE))
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(QRectF(0, 0, size.width(), 20), Qt.AlignmentFlag.AlignCenter, "Kernel")

    def preferred_size(self) -> QSizeF:
        return QSizeF(120, 61)


class Broken(Halves):
    """Fails while it paints."""

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        raise RuntimeError("cannot paint")


def left_and_right(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A pixel from the lower part of each half."""
    height, width = pixels.shape[:2]
    return pixels[height * 3 // 4, width // 4], pixels[height * 3 // 4, width * 3 // 4]


class TestPictures:
    @pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
    def test_png_has_the_pixels_and_the_scale(self, tmp_path: Path, scale: float) -> None:
        export.save_png(Halves(), tmp_path / "a b é.png", scale)
        with Image.open(tmp_path / "a b é.png") as picture:
            assert picture.size == (round(120 * scale), round(61 * scale))
            left, right = left_and_right(np.asarray(picture.convert("RGB")))
        assert near(left, RED, 0)
        assert near(right, BLUE, 0)

    def test_a_widget_and_an_image_can_be_saved_too(self, qtbot: QtBot, tmp_path: Path) -> None:
        label = QLabel("x")
        label.setStyleSheet("background: rgb(220, 30, 30)")
        qtbot.addWidget(label)
        label.resize(40, 20)
        export.save_png(label, tmp_path / "widget.png", 2)
        export.save_png(export.render(Halves()), tmp_path / "image.png")
        with Image.open(tmp_path / "widget.png") as picture:
            assert picture.size == (80, 40)
            assert near(picture.convert("RGB").getpixel((2, 2)), RED, 1)
        with Image.open(tmp_path / "image.png") as picture:
            assert picture.size == (120, 61)

    def test_a_picture_without_end_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="too large"):
            export.save_png(Halves(), tmp_path / "a.png", 1000)
        assert not list(tmp_path.iterdir())

    def test_svg_keeps_text_as_text_and_shapes_as_shapes(self, tmp_path: Path) -> None:
        export.save_svg(Halves(), tmp_path / "a.svg", "Edges")
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        assert root.get("viewBox") == "0 0 120 61"
        text = "".join(root.itertext())
        assert "Kernel" in text
        assert "Edges" in text
        tags = {element.tag.rsplit("}", 1)[-1] for element in root.iter()}
        assert "text" in tags
        assert "image" not in tags
        assert "#dc1e1e" in (tmp_path / "a.svg").read_text()

    def test_pdf_is_one_a4_page_turned_as_the_picture(self, tmp_path: Path) -> None:
        export.save_pdf(Halves(), tmp_path / "a.pdf", "Edges", "Made with ConvScope")
        content = (tmp_path / "a.pdf").read_bytes()
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")
        assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
        box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", content)
        assert box is not None
        assert [float(side) for side in box.groups()] == pytest.approx([842, 595], abs=1)

    def test_copy_puts_the_picture_on_the_clipboard(self) -> None:
        export.copy_image(Halves())
        image = QGuiApplication.clipboard().image()
        assert (image.width(), image.height()) == (240, 122)
        assert image.pixelColor(10, 110).getRgb()[:3] == RED
        export.copy_text("a\nb")
        assert QGuiApplication.clipboard().text() == "a\nb"

    def test_a_failure_while_painting_leaves_nothing(self, tmp_path: Path) -> None:
        for save in (export.save_png, export.save_svg):
            with pytest.raises(RuntimeError, match="cannot paint"):
                save(Broken(), tmp_path / "a.x")
        with pytest.raises(RuntimeError, match="cannot paint"):
            export.save_pdf(Broken(), tmp_path / "a.pdf", "Title")
        assert not list(tmp_path.iterdir())


class TestAtomicWrite:
    def test_text_arrives_byte_for_byte_and_the_old_file_is_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old, and longer than the new one")
        assert export.save_text(path, "é\nb\n") == path
        assert path.read_bytes() == "é\nb\n".encode()
        assert os.listdir(tmp_path) == ["a.txt"]

    @pytest.mark.parametrize(
        ("name", "number", "words"),
        [
            ("fsync", errno.ENOSPC, "disk is full"),
            ("fsync", errno.EDQUOT, "used up"),
            ("replace", errno.EACCES, "may not be written"),
            ("replace", errno.EROFS, "read-only"),
            ("fsync", errno.EIO, "The system says"),
        ],
    )
    def test_a_failure_is_a_sentence_and_the_old_file_survives(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, words: str
    ) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old")

        def fail(*_args: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, name, fail)
        with pytest.raises(UserError, match=words) as caught:
            export.save_text(path, "new")
        monkeypatch.undo()
        assert "a.txt could not be saved" in caught.value.sentence
        assert caught.value.sentence.endswith("The file of that name is as it was.")
        assert caught.value.hint
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["a.txt"]

    @pytest.mark.parametrize(
        ("where", "words"),
        [
            ("absent/a.txt", "does not exist"),
            ("file/a.txt", "a file, not a folder"),
            ("folder", "A folder has this name"),
            ("x" * 300 + ".txt", "too long"),
        ],
    )
    def test_impossible_places(self, tmp_path: Path, where: str, words: str) -> None:
        (tmp_path / "file").write_text("")
        (tmp_path / "folder").mkdir()
        before = sorted(os.listdir(tmp_path))
        with pytest.raises(UserError, match=words):
            export.save_text(tmp_path / where, "x")
        assert sorted(os.listdir(tmp_path)) == before

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_read_only_folder(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        try:
            with pytest.raises(UserError, match="may not be written"):
                export.save_text(tmp_path / "a.txt", "x")
        finally:
            tmp_path.chmod(0o700)

    @pytest.mark.skipif(sys.platform == "win32", reason="rights and links as POSIX has them")
    def test_rights_and_links_stay_as_they_were(self, tmp_path: Path) -> None:
        real, link = tmp_path / "real.txt", tmp_path / "link.txt"
        real.write_text("old")
        real.chmod(0o640)
        link.symlink_to(real)
        export.save_text(link, "new")
        assert link.is_symlink()
        assert real.read_text() == "new"
        assert stat.S_IMODE(real.stat().st_mode) == 0o640
        export.save_text(tmp_path / "fresh.txt", "x")
        (tmp_path / "plain.txt").write_text("x")
        assert (tmp_path / "fresh.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_csv_reads_back_to_the_very_same_numbers() -> None:
    rng = np.random.default_rng(3)
    kernel = rng.normal(size=(2, 3, 3)).astype(np.float32)
    counts = np.arange(6).reshape(2, 3)
    text = export.csv_text(
        [("kernel, first", kernel), ("counts", counts), ("bias", np.float32(0.1)), ("row", [1.5, 2])]
    )
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["kernel, first", "shape", "2", "3", "3"]
    assert rows[1] == ["kernel, first[0]"]
    assert np.array_equal(np.array(rows[2:5], np.float32), kernel[0])
    assert np.array_equal(np.array(rows[6:9], np.float32), kernel[1])
    assert rows[9] == []
    assert rows[10] == ["counts", "shape", "2", "3"]
    assert np.array_equal(np.array(rows[11:13], int), counts)
    assert rows[14:16] == [["bias", "shape"], ["0.1"]]
    assert rows[17:19] == [["row", "shape", "2"], ["1.5", "2.0"]]


@pytest.mark.parametrize(
    ("chosen", "chosen_filter", "path"),
    [
        ("", "", None),
        ("/x/a.png", "PNG (*.png)", Path("/x/a.png")),
        ("/x/a", "PNG (*.png)", Path("/x/a.png")),
        ("/x/a", "JPEG (*.jpg *.jpeg)", Path("/x/a.jpg")),
        ("/x/a", "All files (*)", Path("/x/a")),
    ],
)
def test_save_dialog_adds_the_ending(
    monkeypatch: pytest.MonkeyPatch, chosen: str, chosen_filter: str, path: Path | None
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (chosen, chosen_filter))
    assert export.save_dialog(None, "Save", "a.png", "PNG (*.png)") == path


def test_a_frame_keeps_its_bytes() -> None:
    """Rows of a QImage are padded to four bytes; an odd width shows whether they are cut rightly."""
    image = QImage(5, 2, QImage.Format.Format_RGB888)
    for x in range(5):
        for y in range(2):
            image.setPixelColor(x, y, QColor(x, y, x + y))
    pixels = to_pixels(image)
    assert pixels.shape == (2, 5, 3)
    assert pixels[1, 4].tolist() == [4, 1, 5]
    assert pixels[0, 0].tolist() == [0, 0, 0]


def test_frames_own_their_memory() -> None:
    """At widths without padding nothing forces a copy: the bytes must not be those of the QImage that is gone."""
    image = QImage(1280, 4, QImage.Format.Format_RGB888)
    image.fill(QColor(10, 20, 30))
    assert image.bytesPerLine() == image.width() * 3
    pixels = to_pixels(image)
    assert pixels.flags.owndata
    image.fill(QColor(200, 200, 200))
    assert (pixels == (10, 20, 30)).all()
    (frame,) = film.frames(lambda index: image.convertToFormat(QImage.Format.Format_RGB32), [0])
    assert frame.flags.owndata or (frame.base is not None and frame.base.flags.owndata)
    assert (frame == 200).all()
