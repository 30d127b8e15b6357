"""Top patches: folders, shards, resuming, what is broken, looking up."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.context import Context
from engine.errors import UserError
from engine.inside.nets import OpenNet, open_net
from engine.inside.patches import __main__ as command
from engine.inside.patches import galleries, index_file, library, lookup, mine
from engine.inside.patches.galleries import FolderGallery
from engine.inside.patches.index import (
    SKIPPED,
)  # fmt: skip
from engine.inside.patches.reading import ReadAhead
from engine.inside.patches.requests import (
    FindPatches,
    MinePatches,
    MiningReport,
    OpenPatchPicture,
    Pictures,
)  # fmt: skip
from engine.jobs import JobCancelled
from engine.networks.steps import at_once
from tests.engine.inside.patches_fixtures import (
    NET,
    driven,
    found,
    net,
    own_folder,
    same,
    slow,
)

__all__ = ["net", "own_folder"]


def write_pictures(folder: Path, count: int, seed: int = 0) -> None:
    """Noise that is brighter in another corner each time, as PNGs in two folders."""
    draw = np.random.default_rng(seed)
    for number in range(count):
        pixels = draw.integers(0, 256, (40, 48, 3), np.uint8)
        place = folder / f"class{number % 2}" / f"{number:02}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place)


# --- mining -----------------------------------------------------------------------------------------------


def mined(folder: Path, net_name: str = NET) -> MiningReport:
    return driven(mine.mine(MinePatches(net_name, Pictures("folder", str(folder))), Context()))


def test_a_folder_is_mined_once(tmp_path: Path, net: OpenNet) -> None:
    write_pictures(tmp_path / "photos", 7)
    report = mined(tmp_path / "photos")
    assert (report.total, report.mined, report.before, report.left, report.skipped) == (7, 7, 0, 0, ())
    index = index_file.load(report.file)
    identity = driven(library.identify(net, Context()))
    assert index.identity == identity and report.units == identity.units == sum(
        layer.channels for layer in identity.layers
    )
    gallery = FolderGallery(tmp_path / "photos")
    batch = torch.cat([net.values(net.prepared(gallery.read(p.name).pixels)) for p in index.pictures])
    with torch.inference_mode():
        values, _ = slow(net.program, batch)
    np.testing.assert_allclose(index.values[:, :7], -np.sort(-values, axis=0).T, rtol=1e-4, atol=1e-5)
    assert (index.values[:, 7:] == -np.inf).all()
    again = mined(tmp_path / "photos")
    assert (again.before, again.mined, again.rate) == (7, 7, 0)


def test_a_new_picture_is_added_and_a_changed_one_begins_anew(tmp_path: Path) -> None:
    write_pictures(tmp_path, 3)
    mined(tmp_path)
    Image.new("RGB", (50, 50), "red").save(tmp_path / "a.png")
    report = mined(tmp_path)
    assert (report.before, report.mined) == (3, 4)
    os.utime(tmp_path / "a.png", ns=(1, 1))
    report = mined(tmp_path)
    assert (report.before, report.mined) == (0, 4)


def test_what_is_broken_is_skipped_counted_and_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path, 4)
    (tmp_path / "class0" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "notes.txt").write_text("no picture, and none is expected")
    (tmp_path / ".hidden.png").write_bytes(b"x")
    (tmp_path / "locked").mkdir()
    write_pictures(tmp_path / "locked", 1)
    scan = os.scandir

    def guarded(path: Any) -> Any:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(galleries.os, "scandir", guarded)
    report = mined(tmp_path)
    assert (report.total, report.mined, report.left, report.skipped_count) == (6, 4, 0, 3)
    assert {one.name: one.reason for one in report.skipped} == {
        "class0/broken.jpg": "broken.jpg is damaged or incomplete and cannot be decoded.",
        "empty.png": "empty.png is empty (0 bytes).",
        "locked/": "You may not read this folder.",
    }
    assert SKIPPED in index_file.load(report.file).states
    monkeypatch.setattr(galleries.os, "scandir", scan)
    report = mined(tmp_path)
    assert (report.before, report.mined) == (4, 5), "the folder can be read now"
    assert {one.name for one in report.skipped} == {"class0/broken.jpg", "empty.png"}


@pytest.mark.parametrize("where", ["nowhere", "empty"])
def test_a_folder_without_pictures_is_told(tmp_path: Path, where: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"is not there|There are no pictures in the folder empty"):
        mined(tmp_path / where)


def test_whoever_is_cut_off_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path / "photos", 9)
    monkeypatch.setattr(mine, "LARGEST_BATCH", 2)
    request = MinePatches(NET, Pictures("folder", str(tmp_path / "photos")))
    steps = mine.mine(request, Context())
    with torch.inference_mode():
        while True:
            step = next(steps)
            looked = list(library.folder().glob("*.npz"))
            if getattr(step, "total", 0) == 9 and step.done >= 4:
                break
        assert not looked, "nothing is written before it has to be"
        with pytest.raises(JobCancelled):
            steps.throw(JobCancelled())
    before = index_file.load(next(library.folder().glob("*.npz"))).mined
    assert 4 <= before < 9
    report = mined(tmp_path / "photos")
    assert (report.before, report.mined) == (before, 9)
    cut_off = index_file.load(report.file)
    report.file.unlink()
    library.forget()
    assert same(cut_off, index_file.load(mined(tmp_path / "photos").file))


def test_shards_put_together_are_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = tmp_path / "photos"
    write_pictures(photos, 7)
    files = [str(tmp_path / f"{part}.npz") for part in (1, 2, 3)]
    for part, file in enumerate(files, start=1):
        assert command.main([str(photos), "--net", NET, "--shard", f"{part}/3", "-o", file]) == 0
    assert command.main(["--merge", *files, "-o", str(tmp_path / "merged.npz")]) == 0
    assert "7 of 7 pictures" in capsys.readouterr().out
    assert command.main([str(photos), "--net", NET, "-o", str(tmp_path / "whole.npz")]) == 0
    merged, whole = (index_file.load(tmp_path / f"{name}.npz") for name in ("merged", "whole"))
    assert merged.pictures == whole.pictures and merged.identity == whole.identity
    np.testing.assert_allclose(merged.values, whole.values, rtol=1e-5, atol=1e-6)
    assert (merged.numbers == whole.numbers).mean() > 0.999


def test_the_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path / "none"), "--net", NET]) == 1
    assert command.main(["--merge", str(tmp_path / "none.npz"), "-o", str(tmp_path / "o.npz")]) == 1
    said = capsys.readouterr().err
    assert "is not there" in said and "There is no index none.npz" in said
    for wrong in (["--net", NET, "x", "--shard", "5/4"], ["x"], ["--merge", "x"]):
        with pytest.raises(SystemExit):
            command.main(wrong)


def test_a_killed_process_leaves_nothing_half_made(tmp_path: Path) -> None:
    """Killed in the middle of a write: the file of before is whole, and the next run goes on."""
    write_pictures(tmp_path / "photos", 2)
    report = mined(tmp_path / "photos")
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from engine.inside.patches import index_file\n"
        "path = Path(sys.argv[1])\n"
        "index = index_file.load(path)\n"
        "index_file.os.fsync = lambda _: os._exit(9)\n"
        "index_file.save(index, path)\n"
    )
    code = subprocess.run(
        [sys.executable, "-c", script, str(report.file)], cwd=Path.cwd(), check=False
    ).returncode
    assert code == 9 and list(report.file.parent.glob("*.part"))
    assert mined(tmp_path / "photos").before == 2


def test_pictures_whose_values_are_no_numbers_are_skipped(
    tmp_path: Path, net: OpenNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path, 3)
    honest = mine.strongest_places

    def spoilt(*args: Any) -> Any:
        values, places = yield from honest(*args)
        values[1, 5] = float("nan")
        return values, places

    monkeypatch.setattr(mine, "strongest_places", spoilt)
    report = mined(tmp_path)
    assert report.mined == 2 and [one.reason for one in report.skipped] == [mine.NOT_A_NUMBER]
    assert np.isfinite(index_file.load(report.file).values[:, :2]).all()


def test_a_failure_while_reading_is_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path, 2)

    def fails(*_args: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(FolderGallery, "read", fails)
    with pytest.raises(ZeroDivisionError):
        mined(tmp_path)


def test_a_batch_waits_for_the_net_and_no_more_than_two_do(tmp_path: Path, net: OpenNet) -> None:
    write_pictures(tmp_path, 9)
    gallery = FolderGallery(tmp_path)
    names = sorted(p.name for p in at_once(gallery.listing()).pictures)
    woken: list[int] = []
    with ReadAhead(
        gallery, list(enumerate(names)), net.net.preprocessing, 2, lambda: woken.append(1)
    ) as reader:
        taken: list[int] = []
        while not reader.ended:
            assert len(reader._ready) <= 2
            batch = reader.take()
            if batch is not None:
                assert batch.values.shape[1:] == (32, 32, 3)
                taken += batch.numbers
    assert taken == list(range(9)) and len(woken) == 6


LAYER = "features.relu2_2"


def test_the_patches_of_a_unit_with_their_projections(net: OpenNet) -> None:
    pictures = Pictures()
    driven(mine.mine(MinePatches(NET, pictures), Context()))
    answer, partials = found(FindPatches(NET, LAYER, 7, pictures))
    assert answer.complete and answer.mined == answer.total == 20 and len(answer.patches) == 9
    assert len({patch.picture for patch in answer.patches}) == 9, "nine different pictures"
    assert [p.value for p in answer.patches] == sorted((p.value for p in answer.patches), reverse=True)
    assert partials[0].patches[0].projection is None and partials[0].patches[0].seen is not None
    assert answer.check is not None and answer.check.agrees and answer.check.max_abs_difference < 1e-4
    field = net.program.layer(LAYER).field
    assert field is not None
    for patch in answer.patches:
        top, left, bottom, right = patch.window
        assert (bottom - top, right - left) == field.size
        outside = np.abs(patch.projection)
        outside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 0
        assert outside.max() == 0, "the projection leaves the receptive field"
        assert patch.seen.shape == patch.projection.shape == (32, 32, 3)
        # The unit reads nothing but its window: whatever else is in the picture may go.
        values = net.values(net.prepared(patch.seen))
        blind = torch.zeros_like(values)
        window = (..., slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0)))
        blind[window] = values[window]
        with torch.inference_mode():
            maps = net.program.run(blind, [LAYER])[LAYER]
        assert float(maps[0, 7, patch.place[0], patch.place[1]]) == pytest.approx(patch.value, rel=1e-3)


def test_a_lookup_before_anything_was_mined_and_while_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, _ = found(FindPatches(NET, LAYER, 0))
    assert answer.complete and not answer.patches and answer.mined == 0 and answer.channels == 128
    monkeypatch.setattr(mine, "LARGEST_BATCH", 2)
    steps = mine.mine(MinePatches(NET), Context())
    with torch.inference_mode():
        while getattr(next(steps), "done", 0) < 4:
            pass
        answer, _ = found(FindPatches(NET, LAYER, 0))
        assert 4 <= answer.mined < answer.total == 20 and len(answer.patches) >= 4
        steps.close()


def test_a_layer_that_sees_everything_shows_whole_pictures() -> None:
    driven(mine.mine(MinePatches(NET), Context()))
    answer, _ = found(FindPatches(NET, "features.average", 3))
    assert answer.whole and answer.map_size == (1, 1)
    assert all(patch.window == (0, 0, 32, 32) for patch in answer.patches)


@pytest.mark.parametrize(
    ("layer", "channel", "sentence"),
    [("classifier", 0, "no maps"), ("nowhere", 0, "has no layer"), (LAYER, 500, "has no unit 500")],
)
def test_what_there_is_not_is_said(layer: str, channel: int, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        found(FindPatches(NET, layer, channel))


def test_a_picture_that_is_gone_is_told_in_its_place(tmp_path: Path) -> None:
    write_pictures(tmp_path, 3)
    mined(tmp_path)
    pictures = Pictures("folder", str(tmp_path))
    answer, _ = found(FindPatches(NET, LAYER, 0, pictures))
    lost = answer.patches[1].picture
    (tmp_path / lost).unlink()
    lookup.forget()
    answer, _ = found(FindPatches(NET, LAYER, 0, pictures))
    assert [bool(patch.problem) for patch in answer.patches] == [False, True, False]
    assert answer.patches[1].seen is None and answer.check is not None
    with pytest.raises(UserError, match="is not there"):
        driven(lookup.open_patch_picture(OpenPatchPicture(NET, lost, pictures), Context()))
    kept = answer.patches[0].picture
    frame = driven(lookup.open_patch_picture(OpenPatchPicture(NET, kept, pictures), Context()))
    assert (frame.width, frame.height) == (48, 40)


def test_a_net_for_digits_looks_through_digits() -> None:
    report = driven(mine.mine(MinePatches("lenet5-digits"), Context()))
    assert report.mined == report.total == galleries.DIGITS
    layer = next(layer.name for layer in index_file.load(report.file).identity.layers)
    answer, _ = found(FindPatches("lenet5-digits", layer, 0))
    assert len(answer.patches) == 9 and answer.patches[0].projection.shape == (32, 32, 1)
    assert "no. " in answer.patches[0].title


def test_exchanged_weights_have_an_index_of_their_own(net: OpenNet) -> None:
    identity = driven(library.identify(net, Context()))
    other = replace(identity, weights="0" * 64)
    assert library.file_of(identity, Pictures()) != library.file_of(other, Pictures())
    assert library.file_of(identity, Pictures()) != library.file_of(identity, Pictures("folder", "/a"))
    untrained = at_once(open_net("random:lenet5", Context()))
    assert "untrained" in driven(library.identify(untrained, Context())).weights


def test_old_indexes_and_leftovers_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "FILES", 2)
    folder = library.folder()
    folder.mkdir(parents=True)
    for age, name in enumerate(("new.npz", "older.npz", "oldest.npz", "killed.npz.1.part")):
        (folder / name).touch()
        os.utime(folder / name, (1e9 - age, 1e9 - age))
    library.tidy()
    assert sorted(file.name for file in folder.iterdir()) == ["new.npz", "older.npz"]


def test_frames_of_a_film_are_pictures(tmp_path: Path) -> None:
    from engine.cv import cv2

    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))
    for number in range(40):
        writer.write(np.full((48, 64, 3), number * 6, np.uint8))
    writer.release()
    pictures = Pictures("video", str(path))
    report = driven(mine.mine(MinePatches(NET, pictures), Context()))
    assert report.total == report.mined == 8, "a frame every half second"
    frame = driven(lookup.open_patch_picture(OpenPatchPicture(NET, "frame 000035", pictures), Context()))
    assert abs(float(frame.pixels.mean()) - 35 * 6) < 4
    answer, _ = found(FindPatches(NET, LAYER, 0, pictures))
    assert answer.check is not None and answer.check.agrees
