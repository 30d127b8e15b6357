"""The synthetic ECG, the phantom, the kernels, and a person's own files: good ones, odd ones and broken ones."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import sources
from engine.errors import UserError
from engine.foundations.signals import signal_files, volume_files
from engine.foundations.signals.ecg import ecg, qrs_template
from engine.foundations.signals.filters import FILTERS_1D, FILTERS_3D, preset
from engine.foundations.signals.phantom import averaged, phantom
from engine.foundations.signals.signal_files import read_signal
from engine.foundations.signals.trace import trace_1d
from engine.foundations.signals.volume_files import read_volume
from engine.images import encode_png


class TestEcg:
    @pytest.mark.parametrize("heart_rate", [45, 66, 150])
    def test_the_rate_of_the_heart_is_what_was_asked(self, heart_rate: int) -> None:
        found = ecg(250, heart_rate)
        intervals = np.diff(found.beats) / 250
        assert 60 / intervals.mean() == pytest.approx(heart_rate, rel=0.03)

    def test_r_peaks_are_the_highest_points_of_their_beats(self) -> None:
        found = ecg(250, 66)
        inner = [beat for beat in found.beats if 25 <= beat < 2475]
        assert len(inner) >= 9
        for beat in inner:
            near = found.samples[beat - 25 : beat + 25]
            assert near.max() == found.samples[beat - 1 : beat + 2].max() > 1.0

    def test_an_ectopic_beat_comes_early_and_a_pause_follows(self) -> None:
        intervals = np.diff(ecg(250, 66, 0.0, True).beats)
        usual = np.median(intervals)
        early = int(np.argmin(intervals))
        assert intervals[early] < 0.75 * usual and intervals[early + 1] > 1.25 * usual

    def test_noise_has_the_deviation_that_was_asked(self) -> None:
        noise = ecg(250, 66, 0.1).samples - ecg(250, 66).samples
        assert noise.std() == pytest.approx(0.1, rel=0.05) and abs(noise.mean()) < 0.01

    def test_the_matched_filter_finds_the_beats(self) -> None:
        found = ecg(50, 66, 0.05)
        template = preset(1, "matched").build(5, 50, 0)
        response = trace_1d(found.samples, template, None).output[0]
        best = np.sort(np.argsort(response)[-8:] + 2)
        assert all(min(abs(b - beat) for beat in found.beats) <= 1 for b in best)

    def test_the_template_has_r_in_its_middle(self) -> None:
        assert np.argmax(qrs_template(25, 250)) == 12


class TestPhantom:
    def test_hounsfield_like_values(self) -> None:
        voxels = phantom(70)
        assert voxels.shape == (70, 70, 70) and voxels[0, 0, 0] == -1000
        assert voxels[35, 35, 35] in (40, 70, 4, 10)
        assert {-1000.0, 1000.0, 40.0, 4.0} <= set(np.unique(voxels).tolist())

    def test_noise(self) -> None:
        grain = phantom(70, 12.0) - phantom(70)
        assert grain.std() == pytest.approx(12, rel=0.02)

    def test_averages_keep_the_mean_and_take_uneven_blocks(self) -> None:
        voxels = np.random.default_rng(0).normal(size=(28, 28, 42)).astype(np.float32)
        small = averaged(voxels, (14, 14, 14))
        np.testing.assert_allclose(small, voxels.reshape(14, 2, 14, 2, 14, 3).mean((1, 3, 5)), atol=1e-6)
        uneven = averaged(voxels[:, :, :40], (14, 14, 14))
        np.testing.assert_allclose(uneven[0, 0, 0], voxels[:2, :2, :2].mean(), atol=1e-6)
        assert uneven.shape == (14, 14, 14)
        with pytest.raises(ValueError, match="cannot be averaged"):
            averaged(voxels, (14, 14, 60))


class TestFilters:
    @pytest.mark.parametrize("size", range(1, 12))
    def test_every_kernel_in_every_size(self, size: int) -> None:
        for axes, table in ((1, FILTERS_1D), (3, FILTERS_3D)):
            for one in table:
                if size >= one.least:
                    made = one.build(size, 50, 1)
                    assert made.shape == (size,) * axes and np.isfinite(made).all(), one.name
                    assert made.any(), one.name

    def test_what_they_answer(self) -> None:
        flat, rise = np.full(9, 7.0), np.arange(9.0)
        assert trace_1d(flat, preset(1, "average").build(5, 50, 0)).output == pytest.approx(7)
        assert trace_1d(flat, preset(1, "derivative").build(5, 50, 0)).output == pytest.approx(0)
        assert (trace_1d(rise, preset(1, "derivative").build(5, 50, 0)).output > 0).all()
        for name in ("matched", "ricker"):
            assert abs(preset(1, name).build(9, 50, 0).sum()) < 0.05

    @pytest.mark.parametrize(("name", "axis"), [("edge-z", 0), ("edge-y", 1), ("edge-x", 2)])
    def test_edges_look_along_their_axis(self, name: str, axis: int) -> None:
        kernel = preset(3, name).build(3, 0, 0)
        for other in range(3):
            ramp = np.moveaxis(np.broadcast_to(np.arange(3.0), (3, 3, 3)), -1, other)
            assert ((kernel * ramp).sum() > 0) == (other == axis)

    def test_the_laplacian_of_three(self) -> None:
        kernel = preset(3, "laplacian").build(3, 0, 0)
        assert kernel[1, 1, 1] == -6 and kernel.sum() == 0 and (kernel == 1).sum() == 6


def pcm(path: Path, values: Any, width: int, channels: int = 1, rate: int = 8000) -> Path:
    """A WAV file by the standard library's writer, from whole numbers."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(
            b"".join(int(v).to_bytes(width, "little", signed=width > 1) for v in np.ravel(values))
        )
    return path


def floats(path: Path, values: Any, kind: str = "f", tag: int = 3) -> Path:
    """A WAV file with floating-point samples, written by hand, with a chunk of an odd size before them."""
    body = np.asarray(values).astype(f"<{kind}").tobytes()
    width = 4 if kind == "f" else 8
    form = struct.pack("<HHIIHH", tag, 1, 100, 100 * width, width, 8 * width)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body)) + body
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return path


class TestWave:
    @pytest.mark.parametrize("width", [1, 2, 3, 4])
    def test_whole_numbers_of_every_width(self, tmp_path: Path, width: int) -> None:
        half = 1 << (8 * width - 1)
        stored = np.array([0, half // 2, -half, half - 1]) + (half if width == 1 else 0)
        found = read_signal(pcm(tmp_path / "a.wav", stored, width))
        np.testing.assert_allclose(found.samples, [0, 0.5, -1, 1 - 1 / half], atol=1e-9)
        assert found.rate == 8000 and not found.samples.flags.writeable

    @pytest.mark.parametrize("kind", ["f", "d"])
    def test_floating_point(self, tmp_path: Path, kind: str) -> None:
        found = read_signal(floats(tmp_path / "a.wav", [0.25, -2.5, 0.0], kind))
        assert found.samples.tolist() == [0.25, -2.5, 0.0] and found.rate == 100

    def test_the_extensible_form(self, tmp_path: Path) -> None:
        body = np.array([1 << 14, -(1 << 15)], "<i2").tobytes()
        guid = struct.pack("<H", 1) + bytes(14)
        form = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 100, 200, 2, 16, 22, 16, 0) + guid
        chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body)) + body
        (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
        assert read_signal(tmp_path / "a.wav").samples.tolist() == [0.5, -1.0]

    def test_channels_are_mixed_and_it_is_said(self, tmp_path: Path) -> None:
        found = read_signal(pcm(tmp_path / "a.wav", [[16384, 0], [0, -16384]], 2, channels=2))
        assert found.samples.tolist() == [0.25, -0.25] and found.note == "mean of 2 channels"

    def test_a_long_one_is_averaged_down(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signal_files, "MOST_SAMPLES", 4)
        found = read_signal(floats(tmp_path / "a.wav", [1, 3, 5, 7, 9, 11, 13, 15, 17, 99]))
        assert found.samples.tolist() == [3, 9, 15] and found.rate == pytest.approx(100 / 3)
        assert found.note == "averaged down from 10 to 3 samples, each the mean of 3"


class TestText:
    GOOD: tuple[tuple[str, str, list[float], float], ...] = (
        ("one a line", "1\n2.5\n-3\n", [1, 2.5, -3], 0),
        ("a heading and a comment", "# made today\nvolts\n\n1\n2\n", [1, 2], 0),
        ("one line", "1, 2, 3, 4", [1, 2, 3, 4], 0),
        ("time and value", "t,v\n0.00,5\n0.02,6\n0.04,8\n", [5, 6, 8], 50),
        ("row numbers", "0\t5\n1\t6\n2\t8\n", [5, 6, 8], 0),
        ("decimal commas", "1,5;7\n3,5;8\n9,5;9\n", [1.5, 3.5, 9.5], 0),
        ("values first", "5 1\n4 1\n6 1\n", [5, 4, 6], 0),
    )

    @pytest.mark.parametrize(("what", "text", "samples", "rate"), GOOD, ids=[case[0] for case in GOOD])
    def test_good(self, tmp_path: Path, what: str, text: str, samples: list[float], rate: float) -> None:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        found = read_signal(path)
        assert found.samples.tolist() == samples and found.rate == pytest.approx(rate)

    BAD: tuple[tuple[str, bytes, str], ...] = (
        ("empty", b"", "is empty"),
        ("only words", b"hello\nworld\n", "Line 2 of a.csv holds"),
        ("only a heading", b"volts\n", "holds no numbers"),
        ("a word among numbers", b"1\n2\nthree\n", "Line 3 of a.csv holds"),
        ("uneven columns", b"1,2\n3\n", "another number of columns"),
        ("not finite", b"1\nnan\n", "Sample 2 of a.csv is nan"),
        ("infinite", b"1\n1e999\n", "cannot be computed with"),
        ("no text", b"\xff\xfe\x00\x01", "neither WAV nor text"),
        ("a cut WAV", b"RIFF\x10\0\0\0WAVEfmt \x10\0\0\0\1\0", "cut off"),
        ("a WAV without samples", b"RIFF\x04\0\0\0WAVE", "has no description"),
        ("RIFF but no WAV", b"RIFF\x04\0\0\0AVI ", "is no WAV file"),
        ("a damaged array", b"\x93NUMPY\x01\x00", "is damaged"),
    )

    @pytest.mark.parametrize(("what", "data", "reason"), BAD, ids=[case[0] for case in BAD])
    def test_bad(self, tmp_path: Path, what: str, data: bytes, reason: str) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        with pytest.raises(UserError, match=reason) as refused:
            read_signal(path)
        assert refused.value.hint

    def test_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signal_files, "MOST_TEXT_BYTES", 3)
        (tmp_path / "a.csv").write_text("1\n2\n3\n")
        with pytest.raises(UserError, match="can be opened as a signal"):
            read_signal(tmp_path / "a.csv")

    def test_compressed_samples(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match=r"format 85, 32 bits"):
            read_signal(floats(tmp_path / "a.wav", [1.0], tag=85))


class TestArrays:
    @pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 1)])
    def test_signals(self, tmp_path: Path, shape: tuple[int, ...]) -> None:
        np.save(tmp_path / "a.npy", np.arange(5, dtype=np.int16).reshape(shape))
        assert read_signal(tmp_path / "a.npy").samples.tolist() == [0, 1, 2, 3, 4]

    BAD: tuple[tuple[str, Callable[[], Any], str, str], ...] = (
        ("a picture", lambda: np.ones((3, 4)), r"shape \(3, 4\)", r"shape \(3, 4\)"),
        ("nothing", lambda: np.ones(0), "is an empty array", "is an empty array"),
        ("words", lambda: np.array(["a"]), "no real numbers", "no real numbers"),
        ("complex", lambda: np.ones(3, complex), "no real numbers", "no real numbers"),
        ("objects", lambda: np.array([{}, []], dtype=object), "Python objects", "Python objects"),
        ("NaN", lambda: np.full((14, 14, 14), np.nan), r"shape \(14", "Slice 1 of"),
        ("too small", lambda: np.ones((13, 14, 14)), r"shape \(13", "at least 14"),
    )

    @pytest.mark.parametrize(("what", "make", "as_signal", "as_volume"), BAD, ids=[case[0] for case in BAD])
    def test_refusals(
        self, tmp_path: Path, what: str, make: Callable[[], Any], as_signal: str, as_volume: str
    ) -> None:
        np.save(tmp_path / "a.npy", make(), allow_pickle=True)
        for read, reason in ((read_signal, as_signal), (read_volume, as_volume)):
            with pytest.raises(UserError, match=reason):
                read(tmp_path / "a.npy")

    def test_volumes(self, tmp_path: Path) -> None:
        array = np.random.default_rng(0).normal(size=(14, 15, 16)).astype(np.float32)
        np.save(tmp_path / "a.npy", array)
        found = read_volume(tmp_path / "a.npy")
        np.testing.assert_array_equal(found.voxels, array)
        assert not found.voxels.flags.writeable and found.note == ""

    def test_a_huge_volume_is_averaged_down(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(volume_files, "MOST_SIDE", 14)
        array = np.random.default_rng(0).normal(size=(28, 14, 31)).astype(np.float32)
        np.save(tmp_path / "a.npy", array)
        found = read_volume(tmp_path / "a.npy")
        expected = array[:, :, :30].reshape(14, 2, 14, 1, 10, 3).mean((1, 3, 5))
        np.testing.assert_allclose(found.voxels, expected, atol=1e-6)
        assert "averaged down from 28 × 14 × 31 to 14 × 14 × 10" in found.note


class TestSlices:
    def folder(self, tmp_path: Path, count: int = 14, odd: bool = False) -> Path:
        """slice-1.png ... slice-14.png, each of one grey level: its number."""
        for number in range(1, count + 1):
            side = 15 if odd and number == 5 else 14
            (tmp_path / f"slice-{number}.png").write_bytes(encode_png(np.full((side, 14), number, np.uint8)))
        (tmp_path / "readme.md").write_text("no slice")
        return tmp_path

    def test_they_are_stacked_in_their_natural_order(self, tmp_path: Path) -> None:
        found = read_volume(self.folder(tmp_path))
        assert found.voxels.shape == (14, 14, 14)
        np.testing.assert_allclose(found.voxels[:, 0, 0], np.arange(1, 15), atol=1e-4)

    def test_slices_of_two_sizes(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match=r"slice-5\.png has 14 × 15 pixels"):
            read_volume(self.folder(tmp_path, odd=True))

    def test_no_pictures(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="holds no pictures"):
            read_volume(tmp_path)

    def test_too_many(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(volume_files, "MOST_SLICES", 3)
        with pytest.raises(UserError, match="up to 3 slices"):
            read_volume(self.folder(tmp_path))


class TestDroppedFiles:
    def test_what_they_are(self, tmp_path: Path) -> None:
        np.save(tmp_path / "v.npy", np.ones((3, 3, 3)))
        np.save(tmp_path / "s.npy", np.ones(3))
        (tmp_path / "a.csv").write_text("volts\n1\n2\n")
        (tmp_path / "b.txt").write_text("1 2 3\n")
        pcm(tmp_path / "c.wav", [1, 2], 2)
        kinds = {path.name: sources.classify(path) for path in tmp_path.iterdir()}
        assert kinds == {
            "v.npy": "volume",
            "s.npy": "signal",
            "a.csv": "signal",
            "b.txt": "signal",
            "c.wav": "signal",
        }
        assert sources.kind_by_name(tmp_path / "c.wav") == "signal"
        assert sources.kind_by_name(tmp_path / "v.npy") is None

    def test_a_letter_is_no_signal(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("Dear reader,\nit is 5 o'clock.\n")
        with pytest.raises(UserError, match="cannot use"):
            sources.classify(tmp_path / "a.txt")
