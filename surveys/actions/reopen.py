"""Takes back asks that a new contact makes pointless: the issue was not resolved after all, or the wait is over."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Q

from surveys.actions.withdraw import cancel_open
from surveys.enums import INVITATION_OPEN, DeliveryState, InvitationState, Trigger
from surveys.models import AskDecision, Interaction
from surveys.policy.modes import DELAYED
from surveys.policy.reasons import Reason

OVER: Final = "the wait is over"
SENDING: Final = DeliveryState.SENDING  # cannot be taken back any more, and will be known to have left


@transaction.atomic
def withdraw_reopened(contacts: Sequence[Interaction]) -> int:
    """Take back what these new contacts show to be premature; how many asks.

    One that has not left waits for the issue's next resolution, its row in the ledger included. One that was sent is
    withdrawn: its link no longer works, and the occasion is not asked about again.
    """
    asks = _asked_as_resolved(contacts)
    premature = [ask for ask in asks if any(_reopens(contact, ask) for contact in contacts)]
    waiting = [ask.pk for ask in premature if ask.outcome == DELAYED]
    AskDecision.objects.filter(pk__in=waiting, outcome=DELAYED).update(outcome=Reason.REOPENED, retry_at=None)
    invited = [ask.invitation_id for ask in premature if ask.invitation_id]
    return len(waiting) + (cancel_open(invited, Reason.REOPENED) if invited else 0)


@transaction.atomic
def withdraw_waits(contacts: Sequence[Interaction]) -> int:
    """Take back what has not left yet about a wait of these runs: with this contact it is over; how many asks."""
    runs = {each.run_id for each in contacts if each.run_id}
    rows = AskDecision.objects.filter(run__in=runs, rule__trigger=Trigger.WAIT)
    late = rows.filter(outcome=DELAYED).update(outcome=Reason.WITHDRAWN, retry_at=None, detail=OVER)
    waiting = rows.filter(outcome="planned", invitation__state=InvitationState.PLANNED)
    ids = list(waiting.exclude(invitation__deliveries__state=SENDING).values_list("invitation_id", flat=True))
    return late + (cancel_open([each for each in ids if each], Reason.WITHDRAWN) if ids else 0)


def _asked_as_resolved(contacts: Sequence[Interaction]) -> list[AskDecision]:
    """Asks of these customers that still can be taken back, made because a contact was logged as resolved."""
    takes_back = Q(outcome=DELAYED) | Q(invitation__state__in=INVITATION_OPEN)
    rows = AskDecision.objects.filter(
        takes_back,
        customer__in={each.customer_id for each in contacts},
        interaction__isnull=False,
        rule__trigger=Trigger.INTERACTION,
        rule__conditions__resolved=True,
    ).exclude(invitation__deliveries__state=SENDING)
    return list(rows.select_related("interaction"))


def _reopens(contact: Interaction, ask: AskDecision) -> bool:
    """A later contact of the same customer at the same stage of the same run, or without run for the same reason.

    Where both name a reason, it must be the same one.
    """
    asked = ask.interaction
    if asked is None or contact.pk == asked.pk or contact.customer_id != ask.customer_id:
        return False
    same_place = (contact.run_id, contact.stage_id) == (asked.run_id, asked.stage_id)
    same_reason = contact.reason == asked.reason if contact.reason and asked.reason else asked.run_id is not None
    return same_place and same_reason and contact.started_at >= (asked.ended_at or asked.started_at)
