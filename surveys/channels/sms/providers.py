"""The SMS providers that there are, by the name that SMS_PROVIDER and /hooks/<provider>/ use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from surveys.channels.sms import twilio, vonage
from surveys.channels.sms.base import Call, Inbound, StatusReport
from surveys.channels.sms.http import HttpSmsChannel


@dataclass(frozen=True)
class SmsProvider:
    """One provider's protocol. `answer` gives the body and type of our reply to a call that carries words back to
    whoever wrote, or None where an answer must be sent as a message."""

    channel: type[HttpSmsChannel]
    address: str
    is_genuine: Callable[[Call, str, datetime], bool]
    read: Callable[[Mapping[str, str], str], StatusReport | Inbound]
    answer: Callable[[str], tuple[str, str] | None]
    dead_number: frozenset[str]
    opted_out: str


PROVIDERS: Final[dict[str, SmsProvider]] = {
    "twilio": SmsProvider(
        twilio.TwilioChannel,
        "https://api.twilio.com",
        twilio.is_genuine,
        twilio.read,
        twilio.answer,
        twilio.DEAD_NUMBER,
        twilio.OPTED_OUT,
    ),
    "vonage": SmsProvider(
        vonage.VonageChannel,
        "https://rest.nexmo.com",
        vonage.is_genuine,
        vonage.read,
        vonage.answer,
        vonage.DEAD_NUMBER,
        vonage.OPTED_OUT,
    ),
}
