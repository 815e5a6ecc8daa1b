"""Which carrier takes which channel, as the settings say; one open connection per carrier and batch."""

from dataclasses import replace
from email.utils import formataddr
from types import TracebackType
from typing import Self

from django.conf import settings

from surveys.channels.base import Channel as Carrier
from surveys.channels.email.smtp import SmtpChannel, SmtpServer
from surveys.channels.sms.httpapi import HttpApiAccount, HttpApiChannel
from surveys.enums import Channel


def usable_channels() -> frozenset[str]:
    """Channels that this installation has a carrier for."""
    return frozenset({Channel.EMAIL, *([Channel.SMS] if settings.SMS_PROVIDER else [])})


def carrier_for(channel: str) -> Carrier:
    """A new, closed carrier; ValueError where none is set up."""
    if channel == Channel.EMAIL:
        return _smtp()
    if channel == Channel.SMS and settings.SMS_PROVIDER == "httpapi":
        return _httpapi()
    raise ValueError(f'No carrier is set up for the channel "{channel}".')


class Carriers:
    """The carriers of one batch: opened when first needed, closed at the end."""

    def __init__(self) -> None:
        self._open: dict[str, Carrier] = {}

    def get(self, channel: str) -> Carrier:
        """The open carrier; TemporaryFailure where it cannot be reached, ValueError where there is none."""
        if channel not in self._open:
            carrier = carrier_for(channel)
            carrier.open()
            self._open[channel] = carrier
        return self._open[channel]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for carrier in self._open.values():
            carrier.close()
        self._open.clear()


def _smtp() -> SmtpChannel:
    times = {"connect_timeout": settings.SMTP_CONNECT_TIMEOUT, "reply_timeout": settings.SMTP_REPLY_TIMEOUT}
    server = replace(SmtpServer.from_url(settings.EMAIL_URL), **times)
    return SmtpChannel(server, formataddr((settings.SENDER_NAME, settings.DEFAULT_FROM_EMAIL)))


def _httpapi() -> HttpApiChannel:
    account = HttpApiAccount(
        base_url=settings.SMS_API_URL,
        account=settings.SMS_ACCOUNT,
        secret=settings.SMS_SECRET,
        sender=settings.SMS_FROM,
        status_callback=f"{settings.PUBLIC_BASE_URL}/hooks/httpapi/",
    )
    return HttpApiChannel(account)
