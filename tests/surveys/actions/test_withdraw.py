"""Ending asks that are open."""

import pytest

from surveys.actions.withdraw import cancel_open
from surveys.models import Delivery, Invitation
from tests.asking import queued

pytestmark = pytest.mark.django_db


def test_cancel_open_unsent_is_cancelled_sent_is_withdrawn_closed_is_left() -> None:
    unsent, sent, closed, other = queued(4)
    Invitation.objects.filter(pk=sent.invitation_id).update(state="live")
    Delivery.objects.filter(pk=sent.pk).update(state="sent")
    Invitation.objects.filter(pk=closed.invitation_id).update(state="expired")
    Delivery.objects.filter(pk=closed.pk).update(state="expired")
    mine = [unsent.invitation_id, sent.invitation_id, closed.invitation_id]
    assert cancel_open(mine, "opted_out") == 2
    invitations = Invitation.objects.order_by("pk").values_list("state", flat=True)
    assert list(invitations) == ["cancelled", "withdrawn", "expired", "planned"]
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == [
        "cancelled",
        "sent",
        "expired",
        "queued",
    ]
    assert other.invitation_id not in mine
