"""Receipts of an SMS provider: what they prove of a message, and of its address."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from surveys.actions.evidence import move_by_evidence
from surveys.actions.handled import Handled
from surveys.actions.suppress import opt_out_address, suppress
from surveys.actions.watch import watch
from surveys.channels.sms.base import StatusReport
from surveys.channels.sms.providers import PROVIDERS, SmsProvider
from surveys.enums import DELIVERY_IN_HAND, Channel, DeliveryState, SuppressionReason
from surveys.models import Delivery, ProviderCallback
from surveys.queries.dispatch import OURS

# Whatever a provider does with a message proves that it took it over.
STATES: Final[dict[str, DeliveryState]] = {
    "queued": DeliveryState.SENT,
    "sending": DeliveryState.SENT,
    "sent": DeliveryState.SENT,
    "undelivered": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "delivered": DeliveryState.DELIVERED,
}


def handle_status(row: ProviderCallback, now: datetime, *, patient: bool) -> Handled:
    """Move the delivery forward as far as the receipt proves; the order of receipts does not matter."""
    report = PROVIDERS[row.provider].read(row.payload["form"], row.payload.get("ref", ""))
    if not isinstance(report, StatusReport):
        raise TypeError(f"Callback {row.pk} is kept as a receipt, but is none.")
    delivery = find_delivery(row.provider, report)
    if delivery is None:
        return Handled("waits for its message" if patient else "of no message of ours", done=not patient)
    if delivery.state in DELIVERY_IN_HAND:
        return Handled("waits until the message is recorded as sent", done=False)
    if report.state not in STATES:
        return Handled(f"status not known: {report.status}")
    to = STATES[report.state]
    if to == DeliveryState.UNDELIVERED:
        _end_address(delivery, PROVIDERS[row.provider], report.error_code, now)
    _keep_provider_id(delivery, row.provider, report.provider_id)
    moved = move_by_evidence(delivery.pk, to, _cause(row.provider, report))
    return Handled(f"moved to {to}" if moved else f"{report.status}: known already, or better")


def find_delivery(provider: str, report: StatusReport) -> Delivery | None:
    """The delivery by the provider's id, or by our own reference, which the receipt's address carries."""
    rows = Delivery.objects.select_related("invitation__customer")
    found = rows.filter(provider=provider, provider_id=report.provider_id).first()
    reference = _uuid(report.reference)
    if found is None and reference is not None:
        found = rows.filter(public_id=reference, channel=Channel.SMS, provider_id="").first()
    return found


def _keep_provider_id(delivery: Delivery, provider: str, provider_id: str) -> None:
    """An outcome that was unknown came without the provider's id; later receipts find the message by it."""
    if not delivery.provider_id:
        Delivery.objects.filter(pk=delivery.pk, provider_id="").update(provider=provider, provider_id=provider_id)


def _end_address(delivery: Delivery, provider: SmsProvider, error_code: str, now: datetime) -> None:
    address_hash = delivery.invitation.customer.phone_hash
    source = f"{OURS}{delivery.public_id}"
    if address_hash and error_code in provider.dead_number:
        suppress(bytes(address_hash), Channel.SMS, SuppressionReason.BOUNCE, source, now)
        watch(Channel.SMS, now)
    elif address_hash and error_code and error_code == provider.opted_out:
        opt_out_address(bytes(address_hash), Channel.SMS, source, now)


def _cause(provider: str, report: StatusReport) -> str:
    return f"{provider}: {report.status} {report.error_code}".strip()


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
