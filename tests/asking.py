"""Rows of asking for tests: a survey with a rule, customers with address hashes, planned asks by the real verbs."""

from datetime import UTC, datetime
from typing import Any

from surveys.actions.customers import set_addresses
from surveys.actions.deliver_moves import Claim
from surveys.actions.deliver_step import Frozen, Mark, Outcome, Record, step
from surveys.actions.links import set_token_hashes
from surveys.models import Customer, Delivery, Invitation
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory, published_survey

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # a Tuesday


def customer(number: int = 0, **fields: Any) -> Customer:
    """A saved customer whose address hashes are those of his addresses."""
    made = _person(number, **fields)
    made.save()
    return made


def queued(count: int = 1, **fields: Any) -> list[Delivery]:
    """Due first messages by e-mail, each of its own customer, one survey for all; a handful of statements."""
    version = fields.pop("version", None) or published_survey(about={"en": "your call"})
    people = Customer.objects.bulk_create(_person(number) for number in range(count))
    invitations = [
        InvitationFactory.build(version=version, survey=version.survey, customer=person, **fields) for person in people
    ]
    for invitation in invitations:
        set_token_hashes(invitation)
    Invitation.objects.bulk_create(invitations)
    messages = [DeliveryFactory.build(invitation=each, channel=each.channel) for each in invitations]
    return Delivery.objects.bulk_create(messages)


def _person(number: int, **fields: Any) -> Customer:
    made: Customer = CustomerFactory.build(**fields)
    set_addresses(made, fields.get("email", made.email), fields.get("phone", f"+491511234{number:04d}"))
    return made


def take(held: Claim) -> bool:
    """Take one claimed message in hand."""
    return step(takes=[held]).taken == {held.id}


def mark(held: Claim, frozen: Frozen | None = None, limit: float = 600.0) -> bool:
    """Mark one message `sending`; False where it must not leave."""
    return step(marks=[Mark(held, frozen or Frozen({"words": "x"}, "sink"))], limit=limit).marked == {held.id}


def record(held: Claim, outcome: Outcome) -> bool:
    """Write down what became of one message."""
    return step([Record(held, outcome)]).recorded == {held.id}
