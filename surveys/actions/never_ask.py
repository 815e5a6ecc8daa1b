"""Verbs of never asking a person: flag with a reason and an end, lift; what waits is stopped in the same moment."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from surveys.actions.stop_messages import stop_messages
from surveys.enums import Channel
from surveys.models import Customer, NeverAsk
from surveys.policy.reasons import Reason


@transaction.atomic
def flag_never_ask(
    customer: Customer, reason: str, by: str, now: datetime, *, until: datetime | None = None, note: str = ""
) -> NeverAsk:
    """The customer is not asked any more, until then or for ever; a flag for the same reason is renewed."""
    told = {"since": now, "until": until, "note": note[:200], "by": by[:150]}
    flag, _created = NeverAsk.objects.update_or_create(customer=customer, reason=reason, defaults=told)
    if until is None or until > now:
        for channel in Channel:
            stop_messages(Q(customer=customer), channel, Reason.NEVER_ASK)
    return flag


def lift_never_ask(flag: NeverAsk, now: datetime) -> bool:
    """End the flag; the row stays as its history. False where it had ended already."""
    open_still = Q(until__isnull=True) | Q(until__gt=now)
    return bool(NeverAsk.objects.filter(open_still, pk=flag.pk).update(until=now))
