"""The verb of the preferences page: what the customer chose, channel by channel."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from surveys.actions.suppress import opt_out, resume
from surveys.enums import Channel
from surveys.models import Customer
from surveys.queries.preferences import ways_to_ask

SOURCE = "preferences page"


def save_preferences(customer: Customer, wanted: Mapping[Channel, bool], now: datetime) -> None:
    """Allow or stop the channels named; what is not named or not changed is left as it is.

    So a robot that posts the form as it was shown changes nothing.
    """
    allowed = {way.channel for way in ways_to_ask(customer, now) if way.allowed}
    with transaction.atomic():
        opt_out(customer, [each for each, yes in wanted.items() if not yes and each in allowed], SOURCE, now)
        resume(customer, [each for each, yes in wanted.items() if yes and each not in allowed], now)


def stop_everything(customer: Customer, now: datetime) -> None:
    """No more asks by any channel; written even where it seems stopped already, so that it can be relied on."""
    opt_out(customer, list(Channel), SOURCE, now)
