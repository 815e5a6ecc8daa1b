"""Requests over keep-alive connections, driven by one thread that does next to nothing else.

Client and server share the cores, so whatever the client costs is taken from what is measured: a request is bytes that
are made beforehand, an answer is read no further than its status and its length.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HEADERS: Final = (
    "Host: 127.0.0.1:8000\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"
)
PATIENCE_SECONDS: Final = 60.0


def get(path: str, headers: str = "") -> bytes:
    """A browser's request for a page; `headers` are whole lines."""
    return f"GET {path} HTTP/1.1\r\n{HEADERS}{headers}\r\n".encode()


def post(path: str, form: str) -> bytes:
    """A browser's post of a form that is encoded already."""
    body = form.encode()
    about = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{HEADERS}{about}\r\n".encode() + body


def seconds_of(port: int, requests: Sequence[bytes], connections: int) -> list[float]:
    """How long each request took, over so many connections with one request on its way in each."""
    waiting, found = iter(requests), list[float]()
    with selectors.DefaultSelector() as ready:
        for link in [_Link(port) for _ in range(min(connections, len(requests)))]:
            link.begin(next(waiting))
            ready.register(link.socket, selectors.EVENT_READ, link)
        while len(found) < len(requests):
            for key, _mask in _readable(ready):
                _go_on(key.data, waiting, found)
        for key in list(ready.get_map().values()):
            key.data.socket.close()
    return found


def _readable(ready: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    events = ready.select(PATIENCE_SECONDS)
    if not events:
        raise SystemExit(f"The server has not answered for {PATIENCE_SECONDS:.0f} s; nothing was measured.")
    return events


def _go_on(link: "_Link", waiting: Iterator[bytes], found: list[float]) -> None:
    if link.is_complete():
        found.append(time.perf_counter() - link.begun)
        following = next(waiting, None)
        if following is not None:
            link.begin(following)


@dataclass
class _Link:
    """One connection: what has come of the answer that it waits for."""

    port: int
    begun: float = 0.0
    come: bytes = b""

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def begin(self, request: bytes) -> None:
        self.come, self.begun = b"", time.perf_counter()
        self.socket.sendall(request)

    def is_complete(self) -> bool:
        """Read what there is. An answer other than 200 ends the measurement."""
        more = self.socket.recv(1 << 16)
        self.come += more
        head, blank, body = self.come.partition(b"\r\n\r\n")
        if not more or (blank and not head.startswith(b"HTTP/1.1 200")):
            raise SystemExit(f"The server answered {head[:40]!r}; nothing was measured.")
        return bool(blank) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"\r\ncontent-length:")
    return int(after.partition(b"\r\n")[0])
