"""A server on the loopback that behaves as badly as a test asks, and weights that are published on it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from engine.networks.weights.records import RemoteFile, WeightsEntry

NAME = "net-published"


@dataclass
class Behaviour:
    """What the server does.

    `mute`: it accepts and never says a word. `cut_after`: bytes of the whole file at which each
    answer breaks off, one an answer.
    """

    content: bytes
    ranges: bool = True
    status: list[int] = field(default_factory=list)
    cut_after: list[int] = field(default_factory=list)
    chunk: int = 1 << 16
    pause: float = 0.0
    etag: str = '"one"'
    redirect: str = ""
    hang_at: int | None = None
    length: int | None = None
    chunked: bool = False
    mute: bool = False
    seen: list[dict[str, str]] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """The address of a server that behaves so; every request's headers land in behaviour.seen."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            behaviour.seen.append({**dict(self.headers), "path": self.path})
            try:
                answer(self, behaviour)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/net.bin"
    finally:
        behaviour.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


def answer(handler: BaseHTTPRequestHandler, how: Behaviour) -> None:
    if how.mute:
        how.let_go.wait()
        handler.close_connection = True
        return
    if how.redirect and "moved" not in handler.path:
        handler.send_response(302)
        handler.send_header("Location", how.redirect)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    if how.status:
        handler.send_response(how.status.pop(0))
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    start = requested_start(handler, how)
    if start >= len(how.content):
        handler.send_response(416)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(how.content) - 1}/{len(how.content)}")
    if how.etag:
        handler.send_header("ETag", how.etag)
    if how.chunked:
        handler.send_header("Connection", "close")
        handler.close_connection = True
    else:
        handler.send_header("Content-Length", str((how.length or len(how.content)) - start))
    handler.end_headers()
    send(handler, how, start)


def requested_start(handler: BaseHTTPRequestHandler, how: Behaviour) -> int:
    asked = handler.headers.get("Range", "")
    same = handler.headers.get("If-Range", how.etag) == how.etag
    return int(asked.removeprefix("bytes=").rstrip("-")) if asked and how.ranges and same else 0


def send(handler: BaseHTTPRequestHandler, how: Behaviour, start: int) -> None:
    end = how.cut_after.pop(0) if how.cut_after else len(how.content)
    for at in range(start, end, how.chunk):
        if how.hang_at is not None and at >= how.hang_at:
            how.let_go.wait()
            break
        handler.wfile.write(how.content[at : min(at + how.chunk, end)])
        time.sleep(how.pause)
    if end < len(how.content):
        handler.close_connection = True


def published(
    url: str, content: bytes, *, size: int | None = None, approximate: bool = False, prefix: int = 64
) -> WeightsEntry:
    """An entry of the catalogue for a file on the server."""
    digest = hashlib.sha256(content).hexdigest()[:prefix]
    file = RemoteFile("net.bin", url, len(content) if size is None else size, approximate, digest)
    return WeightsEntry(NAME, "A net", "classification", "squeezenet1_0", "catalogue", files=(file,))


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait for something that another thread or process does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False
