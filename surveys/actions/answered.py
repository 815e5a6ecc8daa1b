"""What an answer means for the messages of its invitation: those in doubt did arrive, those waiting are not needed."""

from surveys.actions.deliver_moves import ARROWS, move
from surveys.actions.evidence import move_by_evidence
from surveys.enums import DeliveryState
from surveys.models import Delivery

IN_DOUBT = (DeliveryState.UNKNOWN, DeliveryState.ASSUMED_SENT)
WAITING = ARROWS[DeliveryState.CANCELLED]


def settle_messages(invitation_id: int) -> None:
    """A person's POST proves the message in doubt was sent (R4, class N) and makes a waiting reminder needless.

    Call it inside the transaction that stores the answer. Rows in somebody's hand are skipped, never waited for: the
    sender looks at the invitation again before it sends, and two locks in two orders would be a deadlock.
    """
    rows = Delivery.objects.filter(invitation_id=invitation_id, state__in=(*IN_DOUBT, *WAITING))
    found = list(rows.select_for_update(skip_locked=True).order_by("pk").values_list("pk", "state"))
    for pk, state in found:
        if state in IN_DOUBT:  # one at the most in nearly every life, hence no batch
            move_by_evidence(pk, DeliveryState.SENT, "the customer has answered")
    waiting = [pk for pk, state in found if state in WAITING]
    if waiting:
        move(waiting, DeliveryState.CANCELLED, "the customer has answered")
