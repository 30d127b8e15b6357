"""The real downloader against servers of the test on the loopback."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.context import Context, Idle
from engine.errors import UserError
from engine.jobs import Cancelled, Event, JobCancelled, Priority, Progress
from engine.networks.requests import DownloadWeights, ListWeights, WeightsStatus
from engine.networks.weights import checked_files, fetching, file_server, records, store
from engine.networks.weights import download as downloads
from engine.networks.weights.records import WeightsEntry
from engine.runner import Engine
from tests.engine.networks.weight_server import NAME, Behaviour, published, serving, until

ROOT = Path(__file__).resolve().parents[3]
CONTENT = random.Random(7).randbytes(1_000_000)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(fetching, "PAUSES", (0.01, 0.01, 0.01))
    return tmp_path / "models"


def downloading() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("download ")]


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    assert until(lambda: not downloading()), downloading()


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Any:
    def do(*entries: WeightsEntry) -> None:
        monkeypatch.setattr(records, "catalogue_entries", lambda: entries)

    return do


def fetch(name: str = NAME) -> tuple[WeightsStatus, list[Progress]]:
    """Run the handler to its end as the engine would."""
    told: list[Progress] = []
    steps = downloads.download(DownloadWeights(name), Context())
    while True:
        try:
            news = next(steps)
        except StopIteration as stop:
            return stop.value, told
        if isinstance(news, Idle):
            time.sleep(0.005)
        else:
            told.append(news)


def refusal() -> UserError:
    with pytest.raises(UserError) as caught:
        fetch()
    return caught.value


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_download(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT, pause=0.01)
    with serving(how) as url:
        publish(published(url, CONTENT))
        status, told = fetch()
    assert (folder / "net.bin").read_bytes() == CONTENT
    assert files(folder) == {"net.bin", "net.bin.checked"}
    assert (status.state, status.bytes_here, status.path) == ("ready", len(CONTENT), folder / "net.bin")
    done = [event.done for event in told]
    assert done == sorted(done) and len(set(done)) > 3 and all(event.total == len(CONTENT) for event in told)
    assert store.find(NAME).path == folder / "net.bin"
    assert "Range" not in how.seen[0]


def test_the_time_left_comes_from_the_speed_of_the_last_seconds(publish: Any) -> None:
    with serving(Behaviour(CONTENT, chunk=50_000, pause=0.05)) as url:
        publish(published(url, CONTENT))
        began = time.monotonic()
        _, told = fetch()
        took = time.monotonic() - began
    halfway = [event for event in told if 0.3 < event.done / event.total < 0.7]
    assert halfway and all(event.seconds_left is not None for event in halfway)
    for event in halfway:
        assert event.seconds_left == pytest.approx(took * (1 - event.done / event.total), rel=0.7)


def test_a_rounded_size_and_the_first_digits_of_the_checksum_are_enough(folder: Path, publish: Any) -> None:
    with serving(Behaviour(CONTENT)) as url:
        publish(published(url, CONTENT, size=1_000_400, approximate=True, prefix=8))
        status, _ = fetch()
    assert status.state == "ready" and status.bytes == len(CONTENT) and not status.approximate
    assert len(status.sha256) == 64


def test_what_is_cut_off_goes_on_where_it_stopped(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT, cut_after=[400_000, 700_000])
    with serving(how) as url:
        publish(published(url, CONTENT))
        status, _ = fetch()
    assert status.state == "ready" and (folder / "net.bin").read_bytes() == CONTENT
    starts = [int(request["Range"][6:-1]) for request in how.seen[1:]]
    assert len(starts) == 2 and 0 < starts[0] <= 400_000 < starts[1] <= 700_000
    assert all(request["If-Range"] == '"one"' for request in how.seen[1:])


def test_a_later_download_goes_on_too(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT, cut_after=[300_000], status=[])
    with serving(how) as url:
        publish(published(url, CONTENT))
        how.cut_after = [300_000, 0, 0, 0, 0, 0]
        error = refusal()
        assert "does not deliver" in error.sentence and "0.3 MB that came are kept" in error.sentence
        listed = store.status(store.entry(NAME))
        assert listed.state == "partial" and 200_000 < listed.bytes_here <= 300_000
        how.cut_after = []
        status, _ = fetch()
    assert status.state == "ready" and (folder / "net.bin").read_bytes() == CONTENT
    assert how.seen[-1]["Range"] == f"bytes={listed.bytes_here}-"


@pytest.mark.parametrize("etag", ['"two"', ""])
def test_a_file_that_was_exchanged_meanwhile_starts_over(folder: Path, publish: Any, etag: str) -> None:
    folder.mkdir()
    (folder / "net.bin.part").write_bytes(b"x" * 1000)
    (folder / "net.bin.part.json").write_text(json.dumps({"ETag": '"one"'}))
    how = Behaviour(CONTENT, etag=etag)
    with serving(how) as url:
        publish(published(url, CONTENT))
        fetch()
    assert how.seen[0]["If-Range"] == '"one"'
    assert (folder / "net.bin").read_bytes() == CONTENT


def test_a_server_without_ranges_starts_over(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT, ranges=False, cut_after=[500_000])
    with serving(how) as url:
        publish(published(url, CONTENT))
        fetch()
    assert "Range" in how.seen[1] and (folder / "net.bin").read_bytes() == CONTENT


def test_a_part_that_is_whole_needs_no_network(folder: Path, publish: Any) -> None:
    folder.mkdir()
    (folder / "net.bin.part").write_bytes(CONTENT)
    publish(published("http://127.0.0.1:9/net.bin", CONTENT))
    status, _ = fetch()
    assert status.state == "ready" and files(folder) == {"net.bin", "net.bin.checked"}


def test_wrong_bytes_are_deleted(folder: Path, publish: Any) -> None:
    with serving(Behaviour(CONTENT[:-1] + b"?")) as url:
        publish(published(url, CONTENT))
        error = refusal()
    assert "checksum is wrong" in error.sentence and url in error.hint
    assert files(folder) == set()


def test_a_sign_in_page_is_told_from_the_file(folder: Path, publish: Any) -> None:
    with serving(Behaviour(b"<html>please sign in</html>")) as url:
        publish(published(url, CONTENT, approximate=True, prefix=8))
        error = refusal()
        assert "offers another file: 27 bytes" in error.sentence and "sign-in page" in error.hint
        publish(published(url, CONTENT))
        assert "offers another file: 27 bytes" in refusal().sentence
    assert files(folder) == set()


def test_a_stream_without_an_end_is_stopped(folder: Path, publish: Any) -> None:
    with serving(Behaviour(CONTENT * 3, chunked=True)) as url:
        publish(published(url, CONTENT, approximate=True, prefix=8))
        assert "sends more than net.bin has" in refusal().sentence
    assert checked_files.size_of(folder / "net.bin.part") <= 2 * len(CONTENT) + fetching.CHUNK
    assert not (folder / "net.bin").exists()


def test_a_stream_without_a_length_that_breaks_off_goes_on(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT, chunked=True, cut_after=[400_000])
    with serving(how) as url:
        publish(published(url, CONTENT))
        fetch()
    assert len(how.seen) == 2 and (folder / "net.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("code", "words", "asked"),
    [
        (404, "does not have net.bin any more", 1),
        (403, "refuses net.bin (answer 403)", 1),
        (500, "answers 500", 4),
    ],
)
def test_refusals_of_the_server(publish: Any, code: int, words: str, asked: int) -> None:
    how = Behaviour(CONTENT, status=[code] * 10)
    with serving(how) as url:
        publish(published(url, CONTENT))
        error = refusal()
    assert words in error.sentence and url in error.hint and "Import file…" in error.hint
    assert len(how.seen) == asked


def test_a_server_that_recovers(publish: Any) -> None:
    with serving(Behaviour(CONTENT, status=[503, 500])) as url:
        publish(published(url, CONTENT))
        assert fetch()[0].state == "ready"


def test_redirects_are_followed(publish: Any) -> None:
    how = Behaviour(CONTENT, redirect="/moved/net.bin")
    with serving(how) as url:
        publish(published(url, CONTENT))
        assert fetch()[0].state == "ready"
    assert [request["path"] for request in how.seen] == ["/net.bin", "/moved/net.bin"]


def test_redirects_in_a_circle_end(publish: Any) -> None:
    with serving(Behaviour(CONTENT, redirect="/net.bin")) as url:
        publish(published(url, CONTENT))
        assert "only ever points to another address" in refusal().sentence


@pytest.mark.parametrize(
    "address", ["http://example.com/net.bin", "ftp://127.0.0.1/net.bin", "file:///etc/passwd"]
)
def test_only_encrypted_addresses(publish: Any, address: str) -> None:
    publish(published(address, CONTENT))
    assert "not encrypted" in refusal().sentence
    with serving(Behaviour(CONTENT, redirect=address)) as url:
        publish(published(url, CONTENT))
        assert "not encrypted" in refusal().sentence


def test_offline(folder: Path, publish: Any) -> None:
    with serving(Behaviour(CONTENT)) as url:
        publish(published(url, CONTENT))
    error = refusal()  # nobody listens there any more
    assert error.sentence == "There is no connection to 127.0.0.1."
    assert url in error.hint and "Import file…" in error.hint
    assert files(folder) == set()


def test_a_silent_server_is_given_up(publish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_server, "READ_SECONDS", 0.2)
    how = Behaviour(CONTENT, hang_at=262_144)
    with serving(how) as url:
        publish(published(url, CONTENT))
        error = refusal()
    assert "does not deliver" in error.sentence and "kept" in error.sentence
    assert len(how.seen) > 3


def test_cancel_in_the_middle(folder: Path, publish: Any) -> None:
    """The server is silent half-way, so only hanging up can end the thread that reads."""
    with serving(Behaviour(CONTENT, hang_at=524_288)) as url:
        publish(published(url, CONTENT))
        steps = downloads.download(DownloadWeights(NAME), Context())
        assert until(
            lambda: next(steps) is not None and checked_files.size_of(folder / "net.bin.part") >= 400_000
        )
        began = time.monotonic()
        with pytest.raises(JobCancelled):
            steps.throw(JobCancelled())
        assert time.monotonic() - began < 1.0
        assert until(lambda: not downloading())
    assert files(folder) == {"net.bin.part", "net.bin.part.json"}
    assert store.status(store.entry(NAME)).state == "partial"
    with serving(Behaviour(CONTENT)) as url:
        publish(published(url, CONTENT))
        assert fetch()[0].state == "ready"


def test_cancel_before_the_server_says_a_word(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT, mute=True)
    with serving(how) as url:
        publish(published(url, CONTENT))
        steps = downloads.download(DownloadWeights(NAME), Context())
        assert until(lambda: next(steps) is not None and bool(how.seen))
        began = time.monotonic()
        with pytest.raises(JobCancelled):
            steps.throw(JobCancelled())
        assert time.monotonic() - began < 0.5, "of the 20 s that a server may be silent"
        assert downloading()
        again = downloads.download(DownloadWeights(NAME), Context())
        waits = next(again)
        assert isinstance(waits, Progress) and "Waiting for the end" in waits.message
        again.close()
    assert until(lambda: not downloading())
    with serving(Behaviour(CONTENT)) as url:
        publish(published(url, CONTENT))
        assert fetch()[0].state == "ready"


def test_another_models_folder_meanwhile(
    folder: Path, publish: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Behaviour(CONTENT, pause=0.02)) as url:
        publish(published(url, CONTENT))
        steps = downloads.download(DownloadWeights(NAME), Context())
        assert until(lambda: next(steps) is not None and checked_files.size_of(folder / "net.bin.part") > 0)
        monkeypatch.setenv(store.VARIABLE, str(tmp_path / "other"))
        with pytest.raises(UserError, match="was changed meanwhile") as caught:
            for _ in steps:
                time.sleep(0.005)
    assert str(folder) in caught.value.sentence
    assert (folder / "net.bin").read_bytes() == CONTENT and not (tmp_path / "other").exists()


def test_the_engine_goes_on_while_a_download_crawls(publish: Any, folder: Path) -> None:
    events: list[Event] = []
    engine = Engine(events.append, load_torch=False)
    engine.start()
    try:
        with serving(Behaviour(CONTENT, hang_at=131_072)) as url:
            publish(published(url, CONTENT))
            job = engine.submit(DownloadWeights(NAME), priority=Priority.LONG)
            assert until(lambda: any(isinstance(event, Progress) and event.done > 0 for event in events))
            began = time.monotonic()
            listing = engine.submit(ListWeights())
            assert until(
                lambda: any(
                    getattr(event, "job_id", 0) == listing and hasattr(event, "value") for event in events
                )
            )
            assert time.monotonic() - began < 1.0
            engine.cancel(job)
            assert until(lambda: Cancelled(job) in events, 2.0)
    finally:
        assert engine.close()
    assert not (folder / "net.bin").exists()


def test_two_downloads_of_one_file_do_not_mix(publish: Any) -> None:
    with serving(Behaviour(CONTENT, hang_at=131_072)) as url:
        publish(published(url, CONTENT))
        first = downloads.download(DownloadWeights(NAME), Context())
        next(first)
        assert refusal().sentence == "A net is being downloaded already."
        first.close()


def test_a_killed_program_leaves_nothing_that_is_trusted(folder: Path, publish: Any, tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(
        "import sys, time\n"
        "from engine.context import Context, Idle\n"
        "from engine.networks.weights import download, records\n"
        "from engine.networks.requests import DownloadWeights\n"
        "from engine.networks.weights.records import RemoteFile, WeightsEntry\n"
        "url, size, digest = sys.argv[1], int(sys.argv[2]), sys.argv[3]\n"
        "file = RemoteFile('net.bin', url, size, False, digest)\n"
        "entry = WeightsEntry('net-published', 'A net', 'classification', 'net', 'catalogue', files=(file,))\n"
        "records.catalogue_entries = lambda: (entry,)\n"
        "for event in download.download(DownloadWeights('net-published'), Context()):\n"
        "    time.sleep(0.01)\n"
    )
    how = Behaviour(CONTENT, hang_at=524_288)
    with serving(how) as url:
        entry = published(url, CONTENT)
        publish(entry)
        arguments = [sys.executable, str(script), url, str(len(CONTENT)), entry.files[0].sha256]
        process = subprocess.Popen(arguments, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            assert until(lambda: checked_files.size_of(folder / "net.bin.part") > 200_000, 60)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert files(folder) == {"net.bin.part", "net.bin.part.json"}
        with pytest.raises(UserError, match="not on this computer"):
            store.find(NAME)
        how.hang_at = None
        assert fetch()[0].state == "ready"
    assert int(how.seen[-1]["Range"][6:-1]) > 200_000


def test_a_full_disk_is_told_before(folder: Path, publish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(folder.parent)
    monkeypatch.setattr(checked_files.shutil, "disk_usage", lambda _path: usage._replace(free=33 << 20))
    with serving(Behaviour(CONTENT)) as url:
        publish(published(url, CONTENT))
        assert fetch()[0].state == "ready"  # a million bytes and what has to stay free just fit
        (folder / "net.bin").unlink()
        monkeypatch.setattr(checked_files.shutil, "disk_usage", lambda _path: usage._replace(free=32 << 20))
        error = refusal()
    assert "34 MB free" in error.sentence and "Preferences" in error.hint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_fills_up_meanwhile(folder: Path, publish: Any) -> None:
    folder.mkdir()
    (folder / "net.bin.part").symlink_to("/dev/full")
    with serving(Behaviour(CONTENT)) as url:
        publish(published(url, CONTENT))
        error = refusal()
    assert error.sentence == f"The disk with {folder} is full."
    assert not (folder / "net.bin").exists()


def test_a_folder_that_cannot_be_written(folder: Path, publish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    publish(published("http://127.0.0.1:9/net.bin", CONTENT))
    monkeypatch.setattr(checked_files.os, "access", lambda _path, _mode: False)
    assert refusal().sentence == f"The models folder {folder} cannot be written."
    assert checked_files.write_error(OSError(errno.EROFS, ""), folder).sentence == refusal().sentence


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(folder: Path, publish: Any) -> None:
    folder.mkdir(mode=0o500)
    publish(published("http://127.0.0.1:9/net.bin", CONTENT))
    assert "cannot be written" in refusal().sentence


def test_a_models_folder_that_is_a_file(folder: Path, publish: Any) -> None:
    folder.write_text("not a folder")
    publish(published("http://127.0.0.1:9/net.bin", CONTENT))
    assert "cannot be used" in refusal().sentence


def test_all_files_of_an_entry_are_fetched(folder: Path, publish: Any) -> None:
    how = Behaviour(CONTENT)
    with serving(how) as url:
        entry = published(url, CONTENT)
        main = entry.files[0]
        second = records.RemoteFile("net.cfg", url, main.size, False, main.sha256)
        publish(WeightsEntry(NAME, "A net", "detection", "yolo", "catalogue", files=(main, second)))
        status, told = fetch()
        found = store.find(NAME)
        assert found.companions == (folder / "net.cfg",) and status.bytes == 2 * len(CONTENT)
        assert told[-1].total == 2 * len(CONTENT)
        (folder / "net.cfg").unlink()
        assert store.status(store.entry(NAME)).state == "partial"
        fetch()
    assert len(how.seen) == 3  # what was there was not fetched again
