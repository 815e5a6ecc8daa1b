"""What is known of the clicks on a message: hits of its links, and when a mail server took it."""

from datetime import datetime

from django.db.models import Min

from feedback.enums import ClickKind
from feedback.guard.doubts import Hit
from feedback.models import Click
from surveys.models import Delivery


def hits_of(invitation_id: int) -> list[Hit]:
    """Every fetch of a link of this invitation's messages that was kept."""
    rows = Click.objects.filter(invitation_id=invitation_id).values_list("at", "given", "address_hash", "kind")
    return [Hit(at, given, bytes(address), kind == ClickKind.TRAP) for at, given, address, kind in rows]


def accepted_at(invitation_id: int) -> datetime | None:
    """When the first message of the invitation had left."""
    rows = Delivery.objects.filter(invitation_id=invitation_id, sent_at__isnull=False)
    first: datetime | None = rows.aggregate(first=Min("sent_at"))["first"]
    return first
