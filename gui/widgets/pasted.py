"""Pasted pictures are kept as files, so that a state that names one can be restored."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QStandardPaths
from PySide6.QtGui import QImage

KEPT: Final = 20


def default_folder() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(place) / "pasted"


def keep(image: QImage, folder: Path) -> Path:
    """Write a picture as PNG under the name of its content; of older ones the newest stay. Raises OSError."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise OSError("it cannot be written as PNG")
    data = bytes(buffer.data().data())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"Pasted {hashlib.sha256(data).hexdigest()[:12]}.png"
    path.write_bytes(data)
    for old in sorted(folder.glob("Pasted *.png"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path
