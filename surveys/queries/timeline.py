"""Everything about the asking of one customer: what was due, sent, answered, refused and chosen; six queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surveys.models import AskDecision, Customer, Delivery, Invitation, NeverAsk, PreferenceChange, Suppression

MANY = 200  # rows of a kind, the newest


@dataclass(frozen=True)
class History:
    """The rows, the newest first."""

    decisions: Sequence[AskDecision]
    messages: Sequence[Delivery]
    answered: Sequence[Invitation]
    flags: Sequence[NeverAsk]
    suppressions: Sequence[Suppression]
    choices: Sequence[PreferenceChange]


def history_of(customer: Customer) -> History:
    """The newest rows of each kind."""
    hashes = [bytes(each) for each in (customer.email_hash, customer.phone_hash) if each]
    decisions = AskDecision.objects.filter(customer=customer).select_related("survey", "run", "rule")
    messages = Delivery.objects.filter(invitation__customer=customer, sent_at__isnull=False)
    answered = Invitation.objects.filter(customer=customer, answered_at__isnull=False).select_related("survey")
    return History(
        decisions=list(decisions.order_by("-decided_at", "-pk")[:MANY]),
        messages=list(messages.select_related("invitation__survey").order_by("-sent_at", "-pk")[:MANY]),
        answered=list(answered.order_by("-answered_at")[:MANY]),
        flags=list(NeverAsk.objects.filter(customer=customer)[:MANY]),
        suppressions=list(Suppression.objects.filter(address_hash__in=hashes)[:MANY]),
        choices=list(PreferenceChange.objects.filter(customer=customer)[:MANY]),
    )


def would_be(rule_id: int, since: datetime) -> dict[str, int]:
    """What a rule in shadow mode would have done since then, by outcome."""
    rows = AskDecision.objects.filter(rule=rule_id, outcome="shadow", decided_at__gte=since)
    counts: dict[str, int] = {}
    for detail in rows.values_list("detail", flat=True):
        counts[detail] = counts.get(detail, 0) + 1
    return counts
