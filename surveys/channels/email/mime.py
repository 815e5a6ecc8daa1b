"""A message as MIME: text and HTML, fixed Message-ID, one-click unsubscribe (RFC 2369, RFC 8058)."""

import re
from email.generator import BytesGenerator
from email.utils import parseaddr
from io import BytesIO

from django.core.mail import EmailMultiAlternatives

from surveys.channels.base import Message, UnsafeMessage


def build(message: Message, sender: str) -> bytes:
    """The whole message with CRLF line ends, as it goes over the wire before dot-stuffing."""
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
        **message.headers,
    }
    if message.language:
        headers["Content-Language"] = message.language
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=sender,
        to=[only_address(message.recipient)],
        headers=headers,
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    wire = BytesIO()
    BytesGenerator(wire, mangle_from_=False).flatten(mail.message(), linesep="\r\n")
    return wire.getvalue()


def only_address(text: str) -> str:
    """The text itself if it is one bare address: never a display name, never a list."""
    if parseaddr(text)[1] != text or text.count("@") != 1 or re.search(r"[\s,;<>\"]", text):
        raise UnsafeMessage(f"The recipient {text[:60]!a} is not one bare address.")
    return text


def dot_stuff(data: bytes) -> bytes:
    """The data as SMTP wants it (RFC 5321, 4.5.2): leading dots doubled, final line end, terminating dot."""
    stuffed = re.sub(rb"(?m)^\.", b"..", data)
    return stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"
