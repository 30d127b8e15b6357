"""What the program remembers between two starts: a typed, forgiving wrapper around one ini file."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from gui.theme import Scheme

log = logging.getLogger("gui.settings")

ORGANISATION: Final = "ConvScope"
MAX_RECENT: Final = 12
DEVICES: Final = ("auto", "cpu", "cuda", "mps")
_MOTION: Final = {"system": None, "reduced": True, "full": False}


class Settings:
    """Typed access to the settings; a value that is missing, damaged or of another type reads as its default.

    `path` names another ini file; without it the file lies where the system keeps a person's settings.
    """

    def __init__(self, path: Path | str | None = None) -> None:
        if path is None:
            scope = QSettings.Scope.UserScope
            self._store = QSettings(QSettings.Format.IniFormat, scope, ORGANISATION, ORGANISATION)
        else:
            self._store = QSettings(str(path), QSettings.Format.IniFormat)
        self._store.setAtomicSyncRequired(True)
        self._set_damaged_aside()

    @property
    def path(self) -> Path:
        """The ini file."""
        return Path(self._store.fileName())

    def sync(self) -> bool:
        """Write now, all or nothing; False (and a line in the log) where the file cannot be written."""
        self._store.sync()
        if self._store.status() is QSettings.Status.NoError:
            return True
        log.warning("The settings could not be written to %s: %s.", self.path, self._store.status().name)
        return False

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window, as QWidget.saveGeometry gives it; empty on the first start."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._put("window/geometry", bytes(value.data()).hex())

    @property
    def window_state(self) -> QByteArray:
        """Toolbars, splitters and docks, as QMainWindow.saveState gives them."""
        return self._bytes("window/state")

    @window_state.setter
    def window_state(self, value: QByteArray) -> None:
        self._put("window/state", bytes(value.data()).hex())

    @property
    def scheme(self) -> Scheme:
        """System, light or dark."""
        return Scheme(self._one_of("look/scheme", tuple(Scheme), Scheme.SYSTEM))

    @scheme.setter
    def scheme(self, value: Scheme) -> None:
        self._put("look/scheme", str(value))

    @property
    def reduced_motion(self) -> bool | None:
        """True skips transitions, False plays them, None does as the system does."""
        return _MOTION[self._one_of("look/motion", tuple(_MOTION), "system")]

    @reduced_motion.setter
    def reduced_motion(self, value: bool | None) -> None:
        self._put("look/motion", next(name for name, meaning in _MOTION.items() if meaning is value))

    @property
    def device(self) -> str:
        """Where the nets run: "auto", "cpu", "cuda" or "mps"."""
        return self._one_of("engine/device", DEVICES, "auto")

    @device.setter
    def device(self, value: str) -> None:
        if value not in DEVICES:
            raise ValueError(f"no device {value!r}")
        self._put("engine/device", value)

    @property
    def models_dir(self) -> Path | None:
        """The folder of downloaded weights a person chose, None for the usual place."""
        text = self._text("engine/models")
        return Path(text) if text else None

    @models_dir.setter
    def models_dir(self, value: Path | None) -> None:
        self._put("engine/models", "" if value is None else str(value))

    @property
    def camera_consent(self) -> bool:
        """Whether a person has agreed to the use of the camera."""
        return self._flag("source/camera_consent", False) is True

    @camera_consent.setter
    def camera_consent(self, value: bool) -> None:
        self._put("source/camera_consent", _flag_text(value))

    @property
    def last_page(self) -> str:
        """The name of the page that was open last, empty on the first start."""
        return self._text("session/page")

    @last_page.setter
    def last_page(self, value: str) -> None:
        self._put("session/page", value)

    @property
    def recent_files(self) -> list[Path]:
        """The files opened last, newest first; forgets those that are gone."""
        known = self._recent()
        present = [path for path in known if _exists(path)]
        if present != known:
            self._put_recent(present)
        return present

    def add_recent(self, path: Path | str) -> None:
        """Put a file at the head of the recent files."""
        newest = Path(path).expanduser().absolute()
        self._put_recent([newest, *(known for known in self._recent() if known != newest)])

    def clear_recent(self) -> None:
        """Forget the recent files."""
        self._put_recent([])

    def folded(self, page: str, panel: str, default: bool = False) -> bool:
        """Whether a panel of a page is folded."""
        flag = self._flag(f"panels/{page}.{panel}", default)
        return default if flag is None else flag

    def set_folded(self, page: str, panel: str, folded: bool) -> None:
        """Remember a fold."""
        self._put(f"panels/{page}.{panel}", _flag_text(folded))

    def session(self, page: str) -> dict[str, object] | None:
        """The state of a page as it was left, None where there is none or it is damaged."""
        text = self._text(f"session/state.{page}")
        if not text:
            return None
        state = _json(text, f"the session of page {page}")
        if isinstance(state, dict):
            return state
        log.warning("The remembered state of page %s is damaged; the page starts afresh.", page)
        return None

    def set_session(self, page: str, state: dict[str, object] | None) -> None:
        """Remember the state of a page (what JSON can hold), or forget it with None."""
        self._put(f"session/state.{page}", "" if state is None else json.dumps(state, separators=(",", ":")))

    def _recent(self) -> list[Path]:
        text = self._text("files/recent")
        known = _json(text, "the recent files") if text else []
        if not isinstance(known, list):
            log.warning("The list of recent files is damaged; it starts afresh.")
            return []
        unique = dict.fromkeys(Path(entry) for entry in known if isinstance(entry, str) and entry)
        return list(unique)[:MAX_RECENT]

    def _put_recent(self, paths: list[Path]) -> None:
        self._put("files/recent", json.dumps([str(path) for path in paths[:MAX_RECENT]]))

    def _put(self, key: str, value: str) -> None:
        self._store.setValue(key, value)

    def _text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        if isinstance(value, str):
            return value
        log.warning("The setting %s is not a text but %s; using '%s'.", key, type(value).__name__, default)
        return default

    def _one_of(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self._text(key, default)
        if value in allowed:
            return value
        log.warning("The setting %s has the unknown value '%s'; using '%s'.", key, value, default)
        return default

    def _flag(self, key: str, default: bool) -> bool | None:
        text = self._one_of(key, ("true", "false", ""), "")
        return text == "true" if text else default

    def _bytes(self, key: str) -> QByteArray:
        text = self._text(key)
        try:
            return QByteArray(bytes.fromhex(text))
        except ValueError:
            log.warning("The setting %s is damaged; the window takes its usual place.", key)
            return QByteArray()

    def _set_damaged_aside(self) -> None:
        """Rename a file that is no ini file at all, so that it is neither lost nor in the way."""
        self._store.sync()
        if self._store.status() is QSettings.Status.NoError and not _is_binary(self.path):
            return
        damaged = self.path.with_name(f"{self.path.name}.damaged")
        try:
            self.path.replace(damaged)
        except OSError as error:
            log.warning("The settings in %s cannot be read (%s); the defaults are used.", self.path, error)
            return
        log.warning(
            "The settings in %s were damaged; they now lie in %s and the defaults are used.",
            self.path,
            damaged,
        )
        name = self._store.fileName()
        self._store.clear()
        self._store = QSettings(name, QSettings.Format.IniFormat)
        self._store.setAtomicSyncRequired(True)


def _is_binary(path: Path) -> bool:
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        log.warning("The settings in %s cannot be read: %s.", path, error)
        return False
    return b"\0" in content


def _json(text: str, what: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("The settings hold no readable JSON for %s.", what)
        return None
    return value


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _flag_text(value: bool) -> str:
    return "true" if value else "false"
