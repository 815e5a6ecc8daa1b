"""Reads bounce messages from a file: one message, or a mailbox in mbox format."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from surveys.actions.callbacks import process_callbacks, store_bounce


class Command(BaseCommand):
    """For mail servers that hand bounces to a program or keep them in a mailbox, instead of posting them."""

    help = "Read bounce messages (RFC 3464, RFC 5965) from FILE or, with -, from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="one message, or a mailbox (mbox); - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep each, then process them; reading a file twice changes nothing."""
        try:
            raw = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
        except OSError as problem:
            raise CommandError(f"{options['file']} cannot be read: {problem.strerror}.") from problem
        messages = split(raw)
        new = sum(store_bounce(each, timezone.now()) for each in messages)
        process_callbacks(len(messages), timezone.now())
        self.stdout.write(f"{len(messages)} read, {new} new about messages of ours.")


def split(raw: bytes) -> list[bytes]:
    """The messages of a mailbox; anything else is one message."""
    if not raw.startswith(b"From "):
        return [raw]
    return [part.partition(b"\n")[2] for part in (b"\n" + raw).split(b"\nFrom ") if part.strip()]
