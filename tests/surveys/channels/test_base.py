"""A message cannot carry more headers or recipients than it names."""

from dataclasses import replace

import pytest

from surveys.channels.base import Channel, Message, UnsafeMessage
from surveys.channels.email.smtp import SmtpChannel, SmtpServer
from surveys.channels.sms.http import SmsAccount
from surveys.channels.sms.twilio import TwilioChannel

MESSAGE = Message("ann@example.com", "text", "<1@survey.example>")


@pytest.mark.parametrize("field", ["recipient", "message_id", "subject", "language", "sender", "unsubscribe_url"])
@pytest.mark.parametrize("bad", ["a\r\nBcc: b@c.de", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b"])
def test_message_break_in_a_line_is_refused(field: str, bad: str) -> None:
    with pytest.raises(UnsafeMessage) as caught:
        replace(MESSAGE, **{field: bad})  # type: ignore[arg-type]
    assert str(caught.value) == f"The '{field}' of the message has a line break or NUL in it: {bad!a}."


@pytest.mark.parametrize("headers", [{"X-A": "a\nBcc: b@c.de"}, {"X-A\nBcc": "b@c.de"}])
def test_message_break_in_a_header_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(UnsafeMessage):
        replace(MESSAGE, headers=headers)


def test_message_breaks_in_the_bodies_are_welcome() -> None:
    assert replace(MESSAGE, text="a\nb", html="<p>\n</p>").text == "a\nb"


def test_channels_declare_what_an_unknown_outcome_means() -> None:
    channels: list[Channel] = [
        SmtpChannel(SmtpServer("127.0.0.1"), "a@survey.example"),
        TwilioChannel(SmsAccount("http://127.0.0.1", "AC", "secret", "+4915005550")),
    ]
    assert [(channel.name, channel.delivery_class) for channel in channels] == [("smtp", "N"), ("twilio", "L")]
