"""One mould for many mails: each comes out as if it had been made alone."""

import email
import email.policy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from surveys.channels.base import Message
from surveys.channels.email import mime

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=32, max_size=32)


def message(text: str = "Answer: [[answer]]", number: int = 0, **fields: Any) -> Message:
    token = f"{number:032}"
    values = {
        "recipient": f"c{number}@example.org",
        "text": text,
        "html": f'<p><a href="[[answer]]?q=1">1</a> {text}</p>',
        "message_id": f"<{token}@example.org>",
        "subject": "Your call",
        "unsubscribe_url": f"https://example.org/p/{token}/",
        "marks": {"[[answer]]": f"https://example.org/s/{token}/", "[[preferences]]": "https://example.org/p/x/"},
    }
    return Message(**(values | fields))


def seen(wire: bytes) -> dict[str, Any]:
    """All that a mail program sees of it, but for the boundary and the date."""
    mail = email.message_from_bytes(wire, policy=email.policy.default)
    headers = {name: str(value) for name, value in mail.items() if name not in ("Date", "Content-Type")}
    bodies = [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]
    return {"headers": headers, "bodies": bodies, "dated": bool(mail["Date"])}


@given(text=WORDS, subject=WORDS, before=TOKENS, after=TOKENS)
def test_build_poured_is_what_django_makes_alone(text: str, subject: str, before: str, after: str) -> None:
    marks = {"[[answer]]": f"https://example.org/s/{before}/", "[[preferences]]": f"https://example.org/p/{after}/"}
    made = message(f"{text} [[answer]] {text} [[preferences]]", subject=subject, marks=marks)
    assert seen(mime.build(made, "Us <us@example.org>")) == seen(mime._wire(mime.email_of(made, "Us <us@example.org>")))


def test_build_a_thousand_mails_are_poured_into_one_mould() -> None:
    mime._mould.cache_clear()
    wires = [mime.build(message(number=number), "us@example.org") for number in range(50)]
    assert mime._mould.cache_info().misses == 1
    for number in (0, 49):
        got = seen(wires[number])
        assert got["headers"]["To"] == f"c{number}@example.org"
        assert got["headers"]["List-Unsubscribe"] == f"<https://example.org/p/{number:032}/>"
        assert got["bodies"][0] == ("text/plain", f"Answer: https://example.org/s/{number:032}/")


def test_build_long_lines_are_quoted_and_still_whole() -> None:
    made = message("é" * 1200 + " [[answer]]")
    assert seen(mime.build(made, "us@example.org")) == seen(mime._wire(mime.email_of(made, "us@example.org")))


def test_build_reply_to_is_a_header() -> None:
    assert seen(mime.build(message(reply_to="help@example.org"), "us@example.org"))["headers"]["Reply-To"] == (
        "help@example.org"
    )
