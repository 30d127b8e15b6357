"""The server that a published file lies on: asking it, following where it points, and its refusals in words."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from engine.errors import UserError
from engine.networks.weights.records import RemoteFile

if TYPE_CHECKING:
    import requests

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
"""How long a server may be silent before the connection counts as dropped."""
MOST_REDIRECTS = 5
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)


class Dropped(Exception):
    """The connection failed in a way that may be better at the next try. `reached`: there was one."""

    def __init__(self, reason: str, *, reached: bool = True) -> None:
        super().__init__(reason)
        self.reached = reached


class FileServer:
    """Where one published file comes from."""

    def __init__(self, file: RemoteFile) -> None:
        self._file = file
        self.host = urlsplit(file.url).hostname or file.url

    def ask(self, headers: dict[str, str], opened: Callable[[requests.Response], None]) -> requests.Response:
        """Ask for the file (200), a part of it (206), or learn that there is no such part (416).

        `opened` is called with every response before anything is read from it. Raises Dropped or UserError.
        """
        import requests

        try:
            response = self._follow(headers, opened)
        except requests.exceptions.SSLError as error:
            raise UserError(
                f"{self.host} could not prove who it is, so nothing was downloaded.", self.by_hand()
            ) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise Dropped(f"no connection ({type(error).__name__})", reached=False) from error
        if response.status_code not in (200, 206, 416):
            response.close()
            raise self._refusal(response.status_code)
        return response

    def _follow(
        self, headers: dict[str, str], opened: Callable[[requests.Response], None]
    ) -> requests.Response:
        """Follow redirects as long as they stay encrypted (or on this computer)."""
        import requests

        url = self._file.url
        with requests.Session() as session:
            for _ in range(MOST_REDIRECTS + 1):
                self._check_address(url)
                session.trust_env = urlsplit(url).hostname not in _LOOPBACK  # no proxy for this computer
                response = session.get(
                    url,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                )
                opened(response)
                if not response.is_redirect:
                    return response
                url = urljoin(url, response.headers["Location"])
                response.close()
        raise UserError(f"{self.host} only ever points to another address.", self.by_hand())

    def _check_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise UserError(
                f"The address of {self._file.file} is not encrypted ({url}), so nothing was downloaded."
            )

    def _refusal(self, code: int) -> Exception:
        if code in _TRY_AGAIN:
            return Dropped(f"the server answers {code}")
        if code in (404, 410):
            return UserError(
                f"{self.host} does not have {self._file.file} any more (answer {code}).",
                f"It may have been renamed; a newer ConvScope may know its new place. {self.by_hand()}",
            )
        return UserError(f"{self.host} refuses {self._file.file} (answer {code}).", self.by_hand())

    def by_hand(self) -> str:
        """How to get the file all the same."""
        return f"The file can also be fetched elsewhere, from {self._file.url}, and brought in with “Import file…”."

    def given_up(self, error: Dropped, kept: int) -> UserError:
        """The end of all tries; `kept` bytes have come and stay."""
        if not error.reached:
            return UserError(f"There is no connection to {self.host}.", self.by_hand())
        stays = f" The {kept / 1e6:,.1f} MB that came are kept." if kept else ""
        return UserError(
            f"{self.host} does not deliver: {error}.{stays}", f"Try again later. {self.by_hand()}"
        )


def hang_up(response: requests.Response) -> None:
    """Wake a thread that waits for bytes; closing the response from another thread would wait for it instead."""
    with suppress(OSError, AttributeError):
        connection = response.raw.connection  # None once everything was read
        connection.sock.shutdown(socket.SHUT_RDWR)
