"""Settings: what goes in comes out after a restart, and damage never stops the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from gui.settings import MAX_RECENT, Settings
from gui.theme import Scheme


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "conv scope é.ini"


def test_first_start(ini: Path) -> None:
    settings = Settings(ini)
    assert settings.geometry.isEmpty()
    assert settings.window_state.isEmpty()
    assert settings.scheme is Scheme.SYSTEM
    assert settings.reduced_motion is None
    assert settings.device == "auto"
    assert settings.models_dir is None
    assert settings.camera_consent is False
    assert settings.last_page == ""
    assert settings.recent_files == []
    assert settings.session("convolution") is None
    assert settings.folded("convolution", "more", default=True) is True
    assert settings.folded("convolution", "more") is False


def test_everything_survives_a_restart(ini: Path, tmp_path: Path) -> None:
    photo = tmp_path / "a, b; ü.png"
    photo.touch()
    state = {"kernel": [[1, 0.5], [-1, 0]], "text": 'a "b", ;c=\n\\ü', "none": None, "flag": True}
    first = Settings(ini)
    first.geometry = QByteArray(bytes(range(256)))
    first.window_state = QByteArray(b"\0\1\2")
    first.scheme = Scheme.DARK
    first.reduced_motion = False
    first.device = "cuda"
    first.models_dir = tmp_path / "models, big"
    first.camera_consent = True
    first.last_page = "convolution"
    first.add_recent(photo)
    first.set_folded("convolution", "kernel", True)
    first.set_session("convolution", state)
    assert first.sync()
    del first
    second = Settings(ini)
    assert bytes(second.geometry.data()) == bytes(range(256))
    assert bytes(second.window_state.data()) == b"\0\1\2"
    assert second.scheme is Scheme.DARK
    assert second.reduced_motion is False
    assert second.device == "cuda"
    assert second.models_dir == tmp_path / "models, big"
    assert second.camera_consent is True
    assert second.last_page == "convolution"
    assert second.recent_files == [photo]
    assert second.folded("convolution", "kernel") is True
    assert second.session("convolution") == state


@pytest.mark.parametrize("motion", [None, True, False])
def test_motion_has_three_states(ini: Path, motion: bool | None) -> None:
    settings = Settings(ini)
    settings.reduced_motion = motion
    assert settings.reduced_motion is motion


def test_recent_files_are_few_unique_newest_first_and_present(ini: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{i}.png" for i in range(MAX_RECENT + 3)]
    settings = Settings(ini)
    for file in files:
        file.touch()
        settings.add_recent(file)
    settings.add_recent(str(files[5]))
    newest = [files[5], *(f for f in reversed(files) if f != files[5])][:MAX_RECENT]
    assert settings.recent_files == newest
    newest[1].unlink()
    assert settings.recent_files == [newest[0], *newest[2:]]
    settings.clear_recent()
    assert settings.recent_files == []


def test_a_session_can_be_forgotten(ini: Path) -> None:
    settings = Settings(ini)
    settings.set_session("a", {"x": 1})
    settings.set_session("a", None)
    assert settings.session("a") is None


def test_an_unknown_device_is_refused(ini: Path) -> None:
    settings = Settings(ini)
    with pytest.raises(ValueError, match="abacus"):
        settings.device = "abacus"


@pytest.mark.expected_log("were damaged; they now lie in")
@pytest.mark.parametrize("content", [b"\x00\x01\xff\xfe\n=[", b"no ini at all\n[[[", bytes(range(256)) * 40])
def test_a_damaged_file_is_set_aside_and_the_program_goes_on(ini: Path, content: bytes) -> None:
    ini.write_bytes(content)
    settings = Settings(ini)
    assert settings.scheme is Scheme.SYSTEM
    assert ini.with_name(f"{ini.name}.damaged").read_bytes() == content
    settings.scheme = Scheme.LIGHT
    assert settings.sync()
    assert Settings(ini).scheme is Scheme.LIGHT


@pytest.mark.parametrize(
    ("section", "line", "read", "default", "warning"),
    [
        ("look", "scheme=purple", lambda s: s.scheme, Scheme.SYSTEM, "unknown value 'purple'"),
        ("look", "scheme=dark, light", lambda s: s.scheme, Scheme.SYSTEM, "not a text but list"),
        ("look", "scheme=@Invalid()", lambda s: s.scheme, Scheme.SYSTEM, "not a text"),
        ("look", "motion=7", lambda s: s.reduced_motion, None, "unknown value '7'"),
        ("engine", "device=abacus", lambda s: s.device, "auto", "unknown value 'abacus'"),
        ("source", "camera_consent=perhaps", lambda s: s.camera_consent, False, "unknown value 'perhaps'"),
        ("window", "geometry=zz", lambda s: s.geometry, QByteArray(), "damaged; the window"),
        ("window", "geometry=@ByteArray(x)", lambda s: s.geometry, QByteArray(), "not a text but QByteArray"),
        ("files", "recent=a.png", lambda s: s.recent_files, [], "no readable JSON for the recent files"),
        ("files", "recent=\"{}\"", lambda s: s.recent_files, [], "recent files is damaged"),
        ("session", "state.a={", lambda s: s.session("a"), None, "state of page a is damaged"),
        ("session", "state.a=[1]", lambda s: s.session("a"), None, "state of page a is damaged"),
    ],
)  # fmt: skip
def test_a_wrong_value_reads_as_its_default(
    ini: Path,
    expected_log: Callable[[str], None],
    section: str,
    line: str,
    read: Callable[[Settings], object],
    default: object,
    warning: str,
) -> None:
    ini.write_text(f"[{section}]\n{line}\n", "utf-8")
    expected_log(warning)
    if "JSON" in warning:
        expected_log("list of recent files is damaged")
    if line.endswith("={"):
        expected_log("no readable JSON")
    assert read(Settings(ini)) == default


@pytest.mark.expected_log("could not be written")
def test_a_place_that_cannot_be_written_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "settings.ini")
    settings.scheme = Scheme.DARK
    assert settings.sync() is False


def test_without_a_path_it_lies_in_the_persons_own_folder(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.path.is_relative_to(tmp_path)
    assert settings.path.name == "ConvScope.ini"
