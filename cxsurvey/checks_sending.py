"""Says before the first message what would keep messages or callbacks from coming through: `manage.py check`."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register  # noqa: A004 - Django's name

from surveys.channels.email.providers import PROVIDERS as MAIL
from surveys.channels.sms.providers import PROVIDERS as SMS

SMTP = "smtp"


@register(Tags.compatibility)
def check_carriers(*_: Any, **__: Any) -> list[CheckMessage]:
    """Names of providers that do not exist."""
    problems: list[CheckMessage] = []
    if settings.EMAIL_PROVIDER not in (SMTP, *MAIL):
        problems.append(_unknown("EMAIL_PROVIDER", settings.EMAIL_PROVIDER, [SMTP, *MAIL], "cxsurvey.E010"))
    if settings.SMS_PROVIDER and settings.SMS_PROVIDER not in SMS:
        problems.append(_unknown("SMS_PROVIDER", settings.SMS_PROVIDER, list(SMS), "cxsurvey.E011"))
    return problems


@register(Tags.security, deploy=True)
def check_callbacks(*_: Any, **__: Any) -> list[CheckMessage]:
    """What is missing for receipts, bounces, replies, and for mails that receivers trust."""
    return [*_sms(), *_mail()]


def _sms() -> Iterator[CheckMessage]:
    if not settings.SMS_PROVIDER:
        return
    if not settings.SMS_COUNTRIES:
        yield Warning("No text message will leave: SMS_COUNTRIES names no country.", id="cxsurvey.W010")
    if not settings.SMS_SIGNATURE_SECRET:
        hint = "Set SMS_SIGNATURE_SECRET; without it neither receipts nor STOP are heard."
        yield Warning(f"/hooks/{settings.SMS_PROVIDER}/ is closed.", hint=hint, id="cxsurvey.W011")


def _mail() -> Iterator[CheckMessage]:
    provider = MAIL.get(settings.EMAIL_PROVIDER)
    if provider and not provider.is_guarded(settings.ANYMAIL):
        names = " or ".join(f"ANYMAIL_{name}" for name in (*provider.secrets, "WEBHOOK_SECRET"))
        hint = f"Set {names}; without it bounces and complaints are not heard."
        yield Warning(f"/hooks/{settings.EMAIL_PROVIDER}/ is closed.", hint=hint, id="cxsurvey.W012")
    if settings.EMAIL_PROVIDER == SMTP and not settings.BOUNCE_SECRET:
        hint = "Set BOUNCE_SECRET and BOUNCE_ADDRESS, or read a mailbox with manage.py read_bounces."
        yield Info("/hooks/bounces/ is closed: bounces that come as mail are not heard.", hint=hint, id="cxsurvey.I010")
    domains = ", ".join(settings.SENDER_DOMAINS)
    hint = "Let your relay or provider sign with DKIM, List-Unsubscribe headers included; see docs/delivery.md."
    yield Info(f"Mails come from {domains}; this service does not sign them.", hint=hint, id="cxsurvey.I011")


def _unknown(name: str, value: str, known: list[str], number: str) -> Error:
    return Error(f'{name} is "{value}": use one of {", ".join(known)}.', id=number)
