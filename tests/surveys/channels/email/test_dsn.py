"""Bounce messages: read from real shapes of reports, matched by address or by the mail that they return."""

from uuid import UUID

import pytest

from surveys.channels.email.dsn import Report, read_report

OURS = UUID("3f2b8c1e-9d4a-4e6f-8a7b-1c2d3e4f5a6b")
RETURNED = f"""--b
Content-Type: text/rfc822-headers

From: us@example.org
Message-ID: <{OURS}@example.org>
Subject: Your call
"""


def dsn(action: str, status: str, to: str = "bounces@example.org", returned: str = RETURNED) -> bytes:
    text = f"""From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <other@mx.example.net>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I am sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ann@example.net
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <ann@example.net> User unknown

{returned}
--b--
"""
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("action", "status", "kind", "hard"),
    [
        ("failed", "5.1.1", "failed", True),
        ("Failed", "5.2.1", "failed", True),
        ("failed", "5.2.2", "failed", False),
        ("failed", "5.7.1", "failed", False),
        ("delayed", "4.4.1", "delayed", False),
        ("delivered", "2.0.0", "delivered", False),
    ],
)
def test_read_report_by_the_returned_message_id(action: str, status: str, kind: str, hard: bool) -> None:
    report = read_report(dsn(action, status))
    assert report is not None
    assert (report.delivery, report.kind, report.status, report.hard) == (OURS, kind, status, hard)
    assert report.words == f"smtp; 550 {status} (address) User unknown"


def test_read_report_by_the_address_it_came_to() -> None:
    report = read_report(dsn("failed", "5.1.1", to=f"bounces+{OURS.hex}@example.org", returned=""))
    assert isinstance(report, Report)
    assert report.delivery == OURS


def test_read_report_complaint() -> None:
    raw = f"""To: fbl@example.org
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1

--b
Content-Type: message/rfc822

Message-ID: <{OURS}@example.org>
Subject: Your call

Hello
--b--
""".encode()
    report = read_report(raw)
    assert report is not None
    assert (report.delivery, report.kind) == (OURS, "complaint")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        f"To: us@example.org\nSubject: Out of office\n\nYou wrote <{OURS}@example.org>".encode(),
        dsn("failed", "5.1.1", returned=""),
        dsn("exploded", "9.9.9"),
    ],
)
def test_read_report_anything_else_is_none(raw: bytes) -> None:
    assert read_report(raw) is None
