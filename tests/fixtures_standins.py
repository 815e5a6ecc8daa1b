"""The stand-ins as fixtures: a mail server and an SMS provider on free ports, and settings that lead to them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from surveys.standins.inbox import Inbox
from surveys.standins.sms import SmsProvider, VonageProvider
from surveys.standins.smtp import SmtpInbox

SMS_ACCOUNT, SMS_SECRET = "ACtest", "provider-secret-of-the-tests"


@pytest.fixture
def inbox(tmp_path: Path, settings) -> Inbox:
    """An empty inbox in a folder of its own."""
    settings.STANDIN_FOLDER = tmp_path / "inbox"
    return Inbox(settings.STANDIN_FOLDER)


@pytest.fixture
def smtp_inbox(inbox: Inbox, settings) -> Iterator[SmtpInbox]:
    """A mail server that delivers to the inbox; EMAIL_URL leads to it."""
    with SmtpInbox(inbox) as server:
        settings.EMAIL_URL = server.url
        yield server


@pytest.fixture
def sms_provider(inbox: Inbox, settings) -> Iterator[SmsProvider]:
    """An SMS provider that keeps its receipts in `outgoing`; post them with `deliver_receipts`."""
    settings.SMS_PROVIDER = "twilio"
    settings.SMS_ACCOUNT, settings.SMS_SECRET, settings.SMS_FROM = SMS_ACCOUNT, SMS_SECRET, "+15005550006"
    settings.SMS_SIGNATURE_SECRET = SMS_SECRET
    with SmsProvider(SMS_ACCOUNT, SMS_SECRET, inbox, f"{settings.PUBLIC_BASE_URL}/hooks/twilio/") as provider:
        settings.SMS_API_URL = provider.url
        yield provider


@pytest.fixture
def vonage_provider(inbox: Inbox, settings) -> Iterator[VonageProvider]:
    """The same behind the other protocol."""
    settings.SMS_PROVIDER = "vonage"
    settings.SMS_ACCOUNT, settings.SMS_SECRET, settings.SMS_FROM = SMS_ACCOUNT, SMS_SECRET, "+15005550006"
    settings.SMS_SIGNATURE_SECRET = SMS_SECRET
    with VonageProvider(SMS_ACCOUNT, SMS_SECRET, inbox, f"{settings.PUBLIC_BASE_URL}/hooks/vonage/") as provider:
        settings.SMS_API_URL = provider.url
        yield provider


def deliver_receipts(provider: SmsProvider) -> list[int]:
    """Post the receipts that the provider has ready to our hook; returns the statuses of our answers."""
    provider.flush()
    ready, provider.outgoing = provider.outgoing, []
    return [_post(*each)[0] for each in ready]


def post_to_us(url: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
    """A provider's call, by the test client (same thread, same transaction)."""
    return _post(url, form, headers)


def _post(url: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    kind = "application/x-www-form-urlencoded"
    response = Client().post(path, urlencode(form), content_type=kind, headers=headers)
    return response.status_code, response.content.decode()
