"""What a customer or a flag says after a message was planned is heard when it leaves."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.models import AskDecision, Customer, Invitation, NeverAsk
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"paused_until": timezone.now() + 9999 * DAY}, "paused"),
        ({"refuses": ["email:end_to_end"]}, "not_wanted"),
        ({"consent_email": False}, "no_consent"),
    ],
)
def test_deliver_due_heeds_what_the_customer_wants_now(
    mail_sink: MailSink, change: dict[str, Any], reason: str
) -> None:
    (message,) = queued()
    ledger(message.invitation)
    Customer.objects.update(**change)
    assert deliver_due() == {"claimed": 1, "suppressed": 1}
    assert outcome() == ("cancelled", reason)


@pytest.mark.parametrize(("until", "sent"), [(None, False), (DAY, False), (-DAY, True)])
def test_deliver_due_never_ask_flag_holds_until_it_ends(
    mail_sink: MailSink, until: timedelta | None, sent: bool
) -> None:
    (message,) = queued()
    ledger(message.invitation)
    now = timezone.now()
    ends = now + until if until is not None else None
    NeverAsk.objects.create(customer=message.invitation.customer, reason="fraud", since=now - 2 * DAY, until=ends)
    deliver_due()
    assert outcome() == (("live", "sent") if sent else ("cancelled", "never_ask"))


def test_deliver_due_other_kind_refused_is_sent(mail_sink: MailSink) -> None:
    (message,) = queued()
    ledger(message.invitation)
    Customer.objects.update(refuses=["email:touchpoint", "sms:end_to_end"])
    assert deliver_due() == {"claimed": 1, "sent": 1}


def ledger(invitation: Invitation) -> None:
    """The decision that the invitation was made of."""
    AskDecision.objects.create(
        survey=invitation.survey, customer=invitation.customer, invitation=invitation, occasion=invitation.occasion,
        outcome="planned", due_at=invitation.due_at, decided_at=invitation.due_at,
    )  # fmt: skip


def outcome() -> tuple[str, str]:
    return Invitation.objects.get().state, AskDecision.objects.get().outcome
