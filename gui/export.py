"""Saving what is seen: PNG, SVG, PDF, the clipboard, text and numbers; every file whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import itertools
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import UserError
from gui.theme import space, theme

log = logging.getLogger("gui.export")

MAX_SIDE: Final = 16384
"""The longest side of a picture, in pixels."""
PAGE_MARGIN_MM: Final = 15.0
PDF_DPI: Final = 300
SCREEN_DPI: Final = 96

_REASONS: Final = {
    errno.ENOSPC: ("The disk is full.", "Free some space or choose another disk."),
    errno.EDQUOT: ("Your share of the disk is used up.", "Free some space or choose another disk."),
    errno.EFBIG: (
        "The file would be larger than is allowed there.",
        "Choose another disk or a smaller size.",
    ),
    errno.EACCES: ("This folder may not be written to.", "Choose another folder."),
    errno.EPERM: ("This folder may not be written to.", "Choose another folder."),
    errno.EROFS: ("This disk is read-only.", "Choose another folder."),
    errno.ENOENT: ("The folder does not exist any more.", "Choose another folder."),
    errno.ENOTDIR: ("Part of the path is a file, not a folder.", "Choose another folder."),
    errno.EISDIR: ("A folder has this name already.", "Choose another name."),
    errno.ENAMETOOLONG: ("The name is too long.", "Choose a shorter name."),
}


@runtime_checkable
class Paintable(Protocol):
    """Anything that can draw itself at a size, in device-independent pixels, at the painter's origin."""

    def paint(self, painter: QPainter, size: QSizeF) -> None: ...

    def preferred_size(self) -> QSizeF: ...


Picture = Paintable | QWidget | QImage


def save_dialog(parent: QWidget | None, title: str, suggested: str, filters: str) -> Path | None:
    """Ask where to save; None for Cancel. Adds the filter's ending where none was typed."""
    chosen, chosen_filter = QFileDialog.getSaveFileName(parent, title, suggested, filters)
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix or "*." not in chosen_filter:
        return path
    ending = chosen_filter.split("*.", 1)[1].split(")", 1)[0].split(" ", 1)[0]
    return path.with_name(f"{path.name}.{ending}")


def atomic_write(path: Path | str, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a new file in the same folder, then put it in place; failures leave the old file.

    Returns the path. Raises UserError for a full disk, a folder that is missing or may not be written to, ...
    """
    target = Path(os.path.realpath(path))  # a link keeps pointing where it points
    temporary: Path | None = None
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        handle, name = tempfile.mkstemp(prefix=".convscope-", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        _flush(temporary)
        temporary.chmod(_mode(target))
        os.replace(temporary, target)
    except OSError as error:
        raise _refusal(Path(path), error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return Path(path)


def save_bytes(path: Path | str, content: bytes) -> Path:
    """Write bytes, all or nothing. Raises UserError."""
    return atomic_write(path, lambda temporary: temporary.write_bytes(content))


def save_text(path: Path | str, text: str) -> Path:
    """Write UTF-8 text with plain line feeds, all or nothing. Raises UserError."""
    return save_bytes(path, text.encode())


def render(picture: Picture, scale: float = 1.0) -> QImage:
    """A picture with `scale` pixels to a device-independent one. Raises UserError when too large."""
    if isinstance(picture, QImage):
        return picture
    size = preferred_size(picture)
    pixels = QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))
    if max(pixels.width(), pixels.height()) > MAX_SIDE:
        raise UserError(
            f"A picture of {pixels.width()} x {pixels.height()} pixels is too large.",
            "Choose a smaller size or SVG.",
        )
    image = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        _paint(picture, painter, size)
    finally:
        painter.end()
    return image


def preferred_size(picture: Picture) -> QSizeF:
    """The size of a picture in device-independent pixels."""
    if isinstance(picture, QImage):
        return picture.deviceIndependentSize()
    if isinstance(picture, Paintable):
        return picture.preferred_size()
    return QSizeF(picture.size())


def png_bytes(picture: Picture, scale: float = 2.0) -> bytes:
    """A picture as the bytes of a PNG file."""
    buffer = _open_buffer()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(render(picture, scale)):
        raise UserError(f"The picture could not be written as PNG: {writer.errorString()}.", "Try SVG.")
    return _content(buffer)


def save_png(picture: Picture, path: Path | str, scale: float = 2.0) -> Path:
    """Save as PNG, by default with two pixels a device-independent one. Raises UserError."""
    return save_bytes(path, png_bytes(picture, scale))


def save_svg(picture: Picture, path: Path | str, title: str = "ConvScope") -> Path:
    """Save as SVG: lines and text stay lines and text. Raises UserError."""
    from PySide6.QtSvg import QSvgGenerator  # late: only an export needs it

    size = preferred_size(picture)
    buffer = _open_buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setDescription("Made with ConvScope")
    generator.setResolution(SCREEN_DPI)
    generator.setSize(QSize(max(1, round(size.width())), max(1, round(size.height()))))
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    painter = QPainter(generator)
    try:
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colors.window)
        _paint(picture, painter, size)
    finally:
        painter.end()
    return save_bytes(path, _content(buffer))


def save_pdf(picture: Picture, path: Path | str, title: str, footer: str = "") -> Path:
    """Save as a handout: one A4 page, upright or across as the picture is, with title and footer."""
    size = preferred_size(picture)
    buffer = _open_buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("ConvScope")
    writer.setResolution(PDF_DPI)
    across = size.width() > size.height()
    orientation = QPageLayout.Orientation.Landscape if across else QPageLayout.Orientation.Portrait
    margins = QMarginsF(PAGE_MARGIN_MM, PAGE_MARGIN_MM, PAGE_MARGIN_MM, PAGE_MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, orientation, margins, QPageLayout.Unit.Millimeter))
    painter = QPainter(writer)
    try:
        _paint_handout(painter, writer, picture, size, title, footer)
    finally:
        painter.end()
    return save_bytes(path, _content(buffer))


def copy_image(picture: Picture, scale: float = 2.0) -> None:
    """Put a picture on the clipboard."""
    QGuiApplication.clipboard().setImage(render(picture, scale))


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def csv_text(blocks: Iterable[tuple[str, npt.ArrayLike]]) -> str:
    """Named arrays as CSV: a line with name and shape, then the rows; planes have their index above.

    Every number has the digits it takes to read the very same value back.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for position, (name, values) in enumerate(blocks):
        array: npt.NDArray[Any] = np.asarray(values)
        if position:
            out.write("\n")
        writer.writerow([name, "shape", *array.shape])
        lead = array.shape[:-2]
        for index in itertools.product(*(range(n) for n in lead)):
            if lead:
                writer.writerow([f"{name}[{', '.join(map(str, index))}]"])
            plane = np.atleast_2d(array[index])
            writer.writerows([_digits(value) for value in row] for row in plane)
    return out.getvalue()


def table_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV: a line of column names, then the rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def table_markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as Markdown; columns whose cells are all numbers are set to the right."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    widths = [max([len(name), 3, *(len(row[i]) for row in cells)]) for i, name in enumerate(header)]
    numeric = [all(not row[i] or row[i][0].isdigit() for row in cells) for i in range(len(header))]

    def line(texts: Sequence[str]) -> str:
        padded = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(texts, widths, numeric, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    rule = [
        f"{'-' * (width - 1)}{':' if right else '-'}" for width, right in zip(widths, numeric, strict=True)
    ]
    return "\n".join([line(header), line(rule), *(line(row) for row in cells)]) + "\n"


def _digits(value: Any) -> str:
    """The shortest text that reads back as the same number (of the array's own precision)."""
    return str(value)


def _paint(picture: Picture, painter: QPainter, size: QSizeF) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    if isinstance(picture, QImage):
        painter.drawImage(QRectF(0, 0, size.width(), size.height()), picture)
    elif isinstance(picture, Paintable):
        picture.paint(painter, size)
    else:
        picture.render(painter, QPoint())


def _paint_handout(
    painter: QPainter, writer: QPdfWriter, picture: Picture, size: QSizeF, title: str, footer: str
) -> None:
    """Title, picture on the screen's own ground (it may be dark), footer; paper units are screen pixels."""
    unit = writer.resolution() / SCREEN_DPI
    painter.scale(unit, unit)
    paper = QRectF(0, 0, writer.width() / unit, writer.height() / unit)
    painter.setPen(Qt.GlobalColor.black)
    painter.setFont(theme.font("title", bold=True))
    flags = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
    head = painter.drawText(paper, flags, title)
    small = theme.font("small")
    painter.setFont(small)
    foot = painter.boundingRect(paper, flags, footer) if footer else QRectF()
    room = paper.adjusted(0, _bottom(head) + space.l, 0, -foot.height() - space.l)
    fit = min(room.width() / max(1.0, size.width()), room.height() / max(1.0, size.height()))
    painter.save()
    try:
        painter.translate(room.left() + (room.width() - size.width() * fit) / 2, room.top())
        painter.scale(fit, fit)
        painter.setClipRect(QRectF(0, 0, size.width(), size.height()))
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colors.window)
        _paint(picture, painter, size)
    finally:
        painter.restore()
    painter.setFont(small)
    painter.setPen(Qt.GlobalColor.darkGray)
    painter.drawText(paper, int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignBottom), footer)


def _bottom(box: QRectF | QRect | None) -> float:
    return float(box.bottom()) if box is not None else 0.0


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadWrite)
    return buffer


def _content(buffer: QBuffer) -> bytes:
    return bytes(buffer.data().data())


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _mode(target: Path) -> int:
    """The rights of the file that is replaced, else those of any new file (mkstemp's are private)."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _refusal(path: Path, error: OSError) -> UserError:
    log.info("Saving %s failed: %s", path, error)
    reason, hint = _REASONS.get(
        error.errno or 0, (f"The system says: {error.strerror or error}.", "Choose another place.")
    )
    return UserError(f"{path.name} could not be saved. {reason}{kept(path)}", hint)


def kept(path: Path) -> str:
    """The rest of a sentence about a save that failed: what became of the file that was there before."""
    return " The file of that name is as it was." if os.path.isfile(path) else ""


def suffix_of(path: Path, known: Sequence[str]) -> str:
    """The ending of a path in small letters. Raises UserError for one that is not known."""
    ending = path.suffix.lower().lstrip(".")
    if ending in known:
        return ending
    listed = ", ".join(known[:-1]) + f" or {known[-1]}" if len(known) > 1 else known[0]
    raise UserError(f"“{path.name}” has no ending that can be saved.", f"Use {listed}.")
