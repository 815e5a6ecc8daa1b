"""Bounces from a file, a mailbox, standard input; twice is once."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Delivery
from tests.asking import queued
from tests.surveys.channels.email.test_dsn import dsn

pytestmark = pytest.mark.django_db


def read(path: Path) -> str:
    out = StringIO()
    call_command("read_bounces", str(path), stdout=out)
    return out.getvalue()


def test_read_bounces_mailbox_twice(tmp_path: Path) -> None:
    made = queued(2)
    Delivery.objects.update(state="sent")
    reports = [dsn("failed", "5.1.1", to=f"b+{each.public_id.hex}@example.org").replace(b"\r", b"") for each in made]
    box = tmp_path / "mbox"
    box.write_bytes(b"".join(b"From MAILER-DAEMON Mon Mar  2 09:00:00 2026\n" + each + b"\n" for each in reports))
    assert read(box) == "2 read, 2 new about messages of ours.\n"
    assert read(box) == "2 read, 0 new about messages of ours.\n"
    assert list(Delivery.objects.values_list("state", flat=True)) == ["bounced", "bounced"]


def test_read_bounces_one_message_of_nobody(tmp_path: Path) -> None:
    one = tmp_path / "one.eml"
    one.write_bytes(b"Subject: hello\n\nworld")
    assert read(one) == "1 read, 0 new about messages of ours.\n"


def test_read_bounces_without_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none cannot be read: No such file"):
        read(tmp_path / "none")
