"""What mail providers and bounce messages tell: moves of the message, and the end of addresses that are no good."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from surveys.actions.evidence import move_by_evidence
from surveys.actions.handled import Handled
from surveys.actions.suppress import complaint, hard_bounce, opt_out_address
from surveys.enums import DELIVERY_IN_HAND, Channel, DeliveryState
from surveys.models import Delivery, ProviderCallback

# Anymail's words for events, and what each proves at least.
STATES: Final[dict[str, DeliveryState]] = {
    "queued": DeliveryState.SENT,
    "sent": DeliveryState.SENT,
    "deferred": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "opened": DeliveryState.DELIVERED,
    "clicked": DeliveryState.DELIVERED,
    "autoresponded": DeliveryState.DELIVERED,
    "rejected": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "bounced": DeliveryState.BOUNCED,
    "complained": DeliveryState.COMPLAINED,
    "unsubscribed": DeliveryState.DELIVERED,
}
_DEAD: Final = ("bounced", "invalid")  # reasons of a refusal that say: this address is no good
_OF_REPORTS: Final = {"failed": "bounced", "delayed": "deferred", "delivered": "delivered", "complaint": "complained"}


def handle_mail(row: ProviderCallback, now: datetime, *, patient: bool) -> Handled:
    """An event of a mail provider, as `store_mail_event` kept it."""
    told = row.payload
    return _handle(row, told["type"], hard=told.get("reason", "") in _DEAD, now=now, patient=patient)


def handle_bounce(row: ProviderCallback, now: datetime, *, patient: bool) -> Handled:
    """A bounce message, as `store_bounce` kept it."""
    return _handle(row, _OF_REPORTS[row.payload["type"]], hard=row.payload["hard"], now=now, patient=patient)


def _handle(row: ProviderCallback, told: str, *, hard: bool, now: datetime, patient: bool) -> Handled:
    if told not in STATES:
        return Handled(f"of no account: {told}")
    delivery = _delivery(row)
    if delivery is None:
        return Handled("waits for its message" if patient else "of no message of ours", done=not patient)
    if delivery.state in DELIVERY_IN_HAND:
        return Handled("waits until the message is recorded as sent", done=False)
    moved = _obey(delivery, told, _cause(row, told), hard=hard, now=now)
    return Handled(f"{told}: moved" if moved else f"{told}: known already, or better")


def _obey(delivery: Delivery, told: str, cause: str, *, hard: bool, now: datetime) -> bool:
    if told == "complained":
        return complaint(delivery, cause, now)
    if hard and told in ("bounced", "rejected", "failed"):
        return hard_bounce(delivery, cause, now)
    if told == "unsubscribed":
        address_hash = delivery.invitation.customer.email_hash
        move_by_evidence(delivery.pk, STATES[told], cause)
        return bool(address_hash) and opt_out_address(bytes(address_hash or b""), Channel.EMAIL, cause, now)
    return move_by_evidence(delivery.pk, STATES[told], cause)


def _delivery(row: ProviderCallback) -> Delivery | None:
    """By our own reference, which nobody else knows, else by the provider's id."""
    wanted = Q(public_id=UUID(row.payload["ref"])) if row.payload.get("ref") else Q()
    if row.payload.get("message_id"):
        wanted |= Q(provider=row.provider, provider_id=row.payload["message_id"])
    mails = Delivery.objects.filter(channel=Channel.EMAIL).select_related("invitation__customer")
    return mails.filter(wanted).first() if wanted else None


def _cause(row: ProviderCallback, told: str) -> str:
    return f"{row.provider}: {told} {row.payload.get('reason', '')} {row.payload.get('words', '')}".strip()
