"""Which carrier takes which channel, as the settings say."""

from dataclasses import replace
from email.utils import formataddr

from django.conf import settings

from surveys.channels.base import Channel as Carrier
from surveys.channels.email.anymail import AnymailChannel
from surveys.channels.email.providers import PROVIDERS as MAIL_PROVIDERS
from surveys.channels.email.smtp import SmtpChannel, SmtpServer
from surveys.channels.sms.http import SmsAccount
from surveys.channels.sms.providers import PROVIDERS as SMS_PROVIDERS
from surveys.enums import Channel

SMTP = "smtp"


def usable_channels() -> frozenset[str]:
    """Channels that this installation has a carrier for."""
    return frozenset({Channel.EMAIL, *([Channel.SMS] if settings.SMS_PROVIDER else [])})


def carrier_for(channel: str) -> Carrier:
    """A new, closed carrier; ValueError where none is set up."""
    if channel == Channel.EMAIL and settings.EMAIL_PROVIDER == SMTP:
        return _smtp()
    if channel == Channel.EMAIL and settings.EMAIL_PROVIDER in MAIL_PROVIDERS:
        return AnymailChannel(settings.EMAIL_PROVIDER, default_sender())
    if channel == Channel.SMS and settings.SMS_PROVIDER in SMS_PROVIDERS:
        return _sms()
    raise ValueError(f'No carrier is set up for the channel "{channel}".')


def default_sender() -> str:
    """Who writes where a journey has no sender of its own."""
    return formataddr((settings.SENDER_NAME, settings.DEFAULT_FROM_EMAIL))


def _smtp() -> SmtpChannel:
    times = {"connect_timeout": settings.SMTP_CONNECT_TIMEOUT, "reply_timeout": settings.SMTP_REPLY_TIMEOUT}
    return SmtpChannel(replace(SmtpServer.from_url(settings.EMAIL_URL), **times), default_sender())


def _sms() -> Carrier:
    provider = SMS_PROVIDERS[settings.SMS_PROVIDER]
    account = SmsAccount(
        base_url=settings.SMS_API_URL or provider.address,
        account=settings.SMS_ACCOUNT,
        secret=settings.SMS_SECRET,
        sender=settings.SMS_FROM,
        status_callback=f"{settings.PUBLIC_BASE_URL}/hooks/{settings.SMS_PROVIDER}/",
    )
    return provider.channel(account)
