"""One file from the network to the disk, in a thread of its own: resumed, retried, checked. No Qt, no torch.

The thread is a daemon: neither looking up a host's name nor waiting for a server's first word can be interrupted. It
may outlive stop() by that long, and takes nothing more in then; who fetches the same file again waits for its end.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UserError
from engine.networks.weights import checked_files
from engine.networks.weights.file_server import Dropped, FileServer, hang_up
from engine.networks.weights.records import RemoteFile

if TYPE_CHECKING:
    import requests

log = logging.getLogger(__name__)

PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each new try; bytes that arrived meanwhile make the count begin again."""
MOST_TRIES = 20
CHUNK = 64 << 10
SPEED_SECONDS = 5.0


class _Stopped(Exception):
    """Nobody wants the file any more."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is: bytes, bytes a second over the last seconds, and what it does."""

    done: int = 0
    total: int = 0
    speed: float = 0.0
    activity: str = "Connecting"


class Transfer:
    """Fetches `file` to `target`; `wake()` is called from its thread when it ends.

    Until the last byte is checked everything lies in `target` + ".part", from where a later transfer goes on.
    """

    def __init__(self, file: RemoteFile, target: Path, wake: Callable[[], None]) -> None:
        self._file, self._target, self._wake = file, target, wake
        self._server = FileServer(file)
        self._part, self._note = checked_files.part_of(target), checked_files.part_note(target)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._progress = Progress(total=file.size)
        self._error: BaseException | None = None
        self._response: requests.Response | None = None
        self._hashed: tuple[Any, int] | None = None  # the digest of what this transfer wrote, and its bytes
        self._samples: deque[tuple[float, int]] = deque()
        self._thread = threading.Thread(target=self._run, name=f"download {file.file}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def progress(self) -> Progress:
        with self._lock:
            return self._progress

    @property
    def error(self) -> BaseException | None:
        """Why it ended without the file; a UserError, or a fault of the program."""
        return self._error

    def stop(self) -> None:
        """Tell it to end, keeping what has arrived; does not wait for it."""
        self._stop.set()
        with self._lock:
            response = self._response
        if response is not None:
            hang_up(response)

    # --- the thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._fetch()
        except _Stopped:
            log.info("%s was stopped", self._thread.name)
        except BaseException as error:
            # Carried to whoever waits, in the engine's thread.
            self._error = error
        finally:
            self._wake()

    def _fetch(self) -> None:
        pauses = iter(PAUSES)
        for _ in range(MOST_TRIES):
            before = checked_files.size_of(self._part)
            try:
                self._try()
                return
            except Dropped as error:
                log.info("%s: %s", self._thread.name, error)
                if checked_files.size_of(self._part) > before:
                    pauses = iter(PAUSES)
                pause = next(pauses, None)
                if pause is None:
                    raise self._server.given_up(error, checked_files.size_of(self._part)) from error
                self._tell(activity="Trying again")
                if self._stop.wait(pause):
                    raise _Stopped from error
        raise UserError(
            f"The connection to {self._server.host} breaks again and again.", self._server.by_hand()
        )

    def _try(self) -> None:
        digest, done = self._begun()
        if done and self._file.proves(digest.hexdigest()):
            self._finish(digest.hexdigest())  # everything had come when the program was ended
            return
        response = self._open(done)
        try:
            if response.status_code == 206 and done:
                self._check_range(response, done)
            else:
                digest, done = hashlib.sha256(), 0
            self._check_length(response, done)
            self._note_version(response)
            done = self._receive(response, digest, done)
        finally:
            with self._lock:
                self._response = None
            response.close()
        if done < self._least:
            raise Dropped(f"cut off after {done:,} bytes")
        self._finish(digest.hexdigest())

    def _begun(self) -> tuple[Any, int]:
        """The digest and the number of the bytes that an earlier try left."""
        here = checked_files.size_of(self._part)
        if self._hashed is not None and here == self._hashed[1]:
            return self._hashed
        digest, done = hashlib.sha256(), 0
        if here:
            self._tell(activity="Checking what is here")
            with checked_files.written(self._part.parent), self._part.open("rb") as stream:
                while chunk := stream.read(checked_files.CHUNK):
                    self._go_on()
                    digest.update(chunk)
                    done += len(chunk)
        if done > self._limit:
            checked_files.forget_download(self._target)
            return hashlib.sha256(), 0
        return digest, done

    def _open(self, done: int) -> requests.Response:
        self._tell(done=done, activity="Connecting")
        headers = {"Accept-Encoding": "identity", "User-Agent": "ConvScope"}
        if done:
            headers["Range"] = f"bytes={done}-"
            headers |= self._only_if_same()
        response = self._server.ask(headers, self._opened)
        if response.status_code == 416:
            response.close()
            checked_files.forget_download(self._target)
            raise Dropped("the server does not have the part that is missing")
        return response

    def _opened(self, response: requests.Response) -> None:
        with self._lock:
            self._response = response
        if self._stop.is_set():
            response.close()
            raise _Stopped

    def _check_range(self, response: requests.Response, done: int) -> None:
        if not response.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
            checked_files.forget_download(self._target)
            raise Dropped("the server sends another part than was asked for")

    def _check_length(self, response: requests.Response, done: int) -> None:
        """A page of a hotel's network, or a file that was exchanged, is told before it is downloaded."""
        text = response.headers.get("Content-Length", "")
        total = done + int(text) if text.isdecimal() else 0
        expected = self._file.size
        wrong = not expected / 2 <= total <= self._limit if self._file.approximate else total != expected
        if text and wrong:
            checked_files.forget_download(self._target)
            raise UserError(
                f"{self._server.host} offers another file: {total:,} bytes instead of {expected:,}.",
                f"Is there a sign-in page between this computer and the network? {self._server.by_hand()}",
            )
        self._tell(total=total or expected)

    def _receive(self, response: requests.Response, digest: Any, done: int) -> int:
        import requests

        self._samples.clear()
        checked_files.make_room(self._target.parent, max(0, self.progress.total - done))
        with checked_files.written(self._target.parent), self._part.open("ab" if done else "wb") as stream:
            chunks = response.iter_content(CHUNK)
            while True:
                try:
                    chunk = next(chunks, b"")
                except (requests.exceptions.RequestException, OSError) as error:
                    raise Dropped(f"cut off after {done:,} bytes ({type(error).__name__})") from error
                self._go_on()
                if not chunk:
                    return done
                stream.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                self._hashed = digest, done
                if done > self._limit:
                    raise UserError(
                        f"{self._server.host} sends more than {self._file.file} has.", self._server.by_hand()
                    )
                self._tell(done=done, activity="")

    def _finish(self, digest: str) -> None:
        self._go_on()
        if not self._file.proves(digest):
            checked_files.forget_download(self._target)
            raise UserError(
                f"What came from {self._server.host} is not {self._file.file}: its checksum is wrong. It was deleted.",
                f"Try again. {self._server.by_hand()}",
            )
        with checked_files.written(self._target.parent):
            with self._part.open("rb+") as stream:
                os.fsync(stream.fileno())
            os.replace(self._part, self._target)
        checked_files.remember_digest(self._target, digest)
        checked_files.forget_download(self._target)

    # --- versions -------------------------------------------------------------------------------------------

    def _note_version(self, response: requests.Response) -> None:
        note = {key: response.headers[key] for key in ("ETag", "Last-Modified") if key in response.headers}
        with checked_files.written(self._note.parent):
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.write_text(json.dumps({"url": self._file.url, **note}), encoding="utf-8")

    def _only_if_same(self) -> dict[str, str]:
        """Let the server start over where the file changed since (RFC 9110, If-Range: strong tags only)."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            tag, date = str(note.get("ETag", "")), str(note.get("Last-Modified", ""))
        except (OSError, ValueError, AttributeError) as error:
            log.info("%s: nothing is noted about its version (%s)", self._part.name, error)
            return {}
        value = tag if tag.startswith('"') else date
        return {"If-Range": value} if value else {}

    # --- telling --------------------------------------------------------------------------------------------

    def _tell(self, done: int | None = None, total: int | None = None, activity: str | None = None) -> None:
        now = time.monotonic()
        with self._lock:
            old = self._progress
            done = old.done if done is None else done
            self._samples.append((now, done))
            while now - self._samples[0][0] > SPEED_SECONDS:
                self._samples.popleft()
            span = now - self._samples[0][0]
            speed = max(0, done - self._samples[0][1]) / span if span > 0 else 0.0
            self._progress = Progress(
                done,
                old.total if total is None else total,
                speed,
                old.activity if activity is None else activity,
            )

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise _Stopped

    @property
    def _limit(self) -> int:
        """More bytes than this are another file."""
        return self._file.size * (2 if self._file.approximate else 1)

    @property
    def _least(self) -> int:
        """Fewer bytes than this are a file that was cut off."""
        return self._file.size // 2 if self._file.approximate else self._file.size
