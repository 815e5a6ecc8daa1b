"""An SMTP server on loopback that breaks at every step of the protocol as it is told, and counts what it did."""

import asyncio
import contextlib
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.oracle import Accepted

MESSAGE_ID: Final = re.compile(rb"(?mi)^Message-ID: <([0-9a-f-]{36})@")
RECIPIENT: Final = re.compile(rb"(?mi)^To: .*?([^\s<]+@[^\s>]+)")
# Faults after the body: what is answered, and whether the message counts as taken over.
REPLIES: Final = {"421": b"421 going away\r\n", "451": b"451 4.3.0 later\r\n", "550": b"550 5.7.1 no\r\n"}
AFTER_ACCEPTANCE: Final = frozenset({"cut", "late", "rst", "garbage"})  # taken over, and no usable reply: unknown
LINES: Final = b"250-2.0.0 taken\r\n250-as number 7\r\n250 and thank you\r\n"


@dataclass
class Faults:
    """Shares of messages that meet a fault (name -> probability), and what all connections meet."""

    shares: Mapping[str, float] = field(default_factory=dict)
    greeting: str = ""  # "slow", "silent", "garbage": what a new connection meets
    everybody: str = ""  # a reply to every RCPT
    late_seconds: float = 6.0


class FaultySink:
    """Serves in a thread of its own. `accepted` are messages taken over; `met` counts the faults by name."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.accepted: list[Accepted] = []
        self.recipients: list[str] = []
        self.met: Counter[str] = Counter()
        self.delay = 0.0  # of every reply to a body
        self.port = 0
        self._draw = random.Random(20260303)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def injected(self) -> int:
        """Messages whose outcome the sender cannot know, by what was done here."""
        return sum(self.met[name] for name in AFTER_ACCEPTANCE)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(30):
            raise RuntimeError("The mail server of the test did not start.")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0, limit=2**22))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._greet(writer)
            while line := await reader.readline():
                if not await self._answer(line, reader, writer):
                    break
        writer.close()

    async def _greet(self, writer: asyncio.StreamWriter) -> None:
        kind = self.faults.greeting
        if kind:
            self.met[f"greeting {kind}"] += 1
        if kind == "silent":  # half open: nobody is at home
            await asyncio.sleep(60)
        if kind == "slow":
            await asyncio.sleep(10)
        await _say(writer, b"\x00\xffwhat\r\n" if kind == "garbage" else b"220 sink ESMTP\r\n")

    async def _answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one command; False: the connection is over."""
        verb = line[:4].upper()
        if verb == b"QUIT":
            await _say(writer, b"221 bye\r\n")
            return False
        if verb == b"DATA":
            return await self._body(reader, writer)
        if verb == b"RCPT":
            return await self._recipient(writer)
        await _say(writer, b"250-sink\r\n250 8BITMIME\r\n" if verb == b"EHLO" else b"250 ok\r\n")
        return True

    async def _recipient(self, writer: asyncio.StreamWriter) -> bool:
        if self._draws("cut before"):
            _reset(writer)
            return False
        if self.faults.everybody:
            self.met["everybody"] += 1
        await _say(writer, f"{self.faults.everybody or '250 ok'}\r\n".encode())
        return True

    async def _body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await _say(writer, b"354 go ahead\r\n")
        body = await reader.readuntil(b"\r\n.\r\n")
        fault = next((name for name in self.faults.shares if name != "cut before" and self._draws(name)), "")
        if fault in REPLIES:
            await _say(writer, REPLIES[fault])
            return fault != "421"
        self._accept(body)
        if self.delay:
            await asyncio.sleep(self.delay)
        return await self._acknowledge(fault, writer)

    async def _acknowledge(self, fault: str, writer: asyncio.StreamWriter) -> bool:
        """The reply to a message taken over, or what comes instead of it."""
        if fault in ("cut", "rst"):
            _reset(writer, hard=fault == "rst")
            return False
        if fault == "late":
            await asyncio.sleep(self.faults.late_seconds)
        await _say(writer, {"garbage": b"\xfe\xfe\xfe\r\n", "lines": LINES}.get(fault, b"250 2.0.0 taken\r\n"))
        return True

    def _accept(self, body: bytes) -> None:
        found = MESSAGE_ID.search(body)
        self.accepted.append(Accepted(found[1].decode() if found else "", time.time()))
        recipient = RECIPIENT.search(body)
        self.recipients.append(recipient[1].decode() if recipient else "")

    def _draws(self, name: str) -> bool:
        met = self._draw.random() < self.faults.shares.get(name, 0.0)
        self.met[name] += met
        return met


@contextlib.contextmanager
def faulty_sink(faults: Faults | None = None) -> Iterator[FaultySink]:
    """A sink that listens until the block ends."""
    sink = FaultySink(faults)
    sink.start()
    try:
        yield sink
    finally:
        sink.stop()


async def _say(writer: asyncio.StreamWriter, words: bytes) -> None:
    writer.write(words)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter, *, hard: bool = True) -> None:
    """End the connection without a word; hard: with RST instead of FIN."""
    line: socket.socket = writer.get_extra_info("socket")
    if hard:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
