"""Links that have run out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.actions.expire import expire_invitations
from surveys.models import AskDecision, Delivery, Invitation
from tests.asking import queued

pytestmark = pytest.mark.django_db


def test_expire_invitations_ends_open_ones_and_their_waiting_messages() -> None:
    over, alive = queued(2)
    invitation = over.invitation
    AskDecision.objects.create(
        survey=invitation.survey,
        customer=invitation.customer,
        invitation=invitation,
        occasion=invitation.occasion,
        outcome="planned",
        due_at=invitation.due_at,
        decided_at=invitation.due_at,
    )
    now = timezone.now()
    Invitation.objects.filter(pk=invitation.pk).update(due_at=now - timedelta(days=2), expires_at=now)
    assert expire_invitations(now) == {"invitations": 1, "messages": 1}
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {over.pk: "expired", alive.pk: "queued"}
    assert dict(Invitation.objects.values_list("pk", "state")) == {
        invitation.pk: "expired",
        alive.invitation_id: "planned",
    }
    assert AskDecision.objects.get().outcome == "expired"


@pytest.mark.parametrize("state", ["answered", "withdrawn", "cancelled"])
def test_expire_invitations_closed_ones_stay(state: str) -> None:
    queued()
    now = timezone.now()
    Invitation.objects.update(state=state, answered_at=now, due_at=now - timedelta(days=2), expires_at=now)
    assert expire_invitations(now) == {"invitations": 0, "messages": 0}
    assert Invitation.objects.get().state == state
