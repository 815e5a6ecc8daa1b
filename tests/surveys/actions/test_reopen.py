"""An ask about an issue that was called resolved is taken back when the customer comes again before he answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.enums import InvitationState
from surveys.models import AskDecision, Delivery, Invitation, JourneyVersion
from tests.asking import NOON, customer
from tests.factories import published_journey
from tests.surveys.actions.test_decide import touchpoint

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def journey() -> JourneyVersion:
    made = published_journey(("apply", "documents"))
    touchpoint(made, delay=DAY, conditions={"stage": "documents", "resolved": True})
    customer(external_id="C1")
    return made


def meet(journey: JourneyVersion, at: datetime, **fields: Any) -> None:
    told: dict[str, Any] = {
        "customer": "C1",
        "journey": journey.journey.code,
        "run": "R1",
        "stage": "documents",
        "resolved": True,
    }
    record_interactions(
        [InteractionIn(started_at=at, ended_at=at + timedelta(minutes=5), **(told | fields))], ask=True, now=at
    )


def state() -> tuple[str, list[str], list[str]]:
    """The ledger's word, invitations and messages in their order."""
    return (
        AskDecision.objects.get().outcome,
        list(Invitation.objects.order_by("pk").values_list("state", flat=True)),
        list(Delivery.objects.order_by("pk").values_list("state", flat=True)),
    )


def test_reopened_before_it_left_waits_for_the_next_resolution(journey: JourneyVersion) -> None:
    meet(journey, NOON)
    assert state() == ("planned", ["planned"], ["queued"])
    meet(journey, NOON + timedelta(hours=3), resolved=False)
    assert state() == ("reopened", ["cancelled"], ["cancelled"])
    meet(journey, NOON + timedelta(hours=9))
    assert state() == ("planned", ["cancelled", "planned"], ["cancelled", "queued"])
    again = AskDecision.objects.get()
    assert again.invitation == Invitation.objects.latest("pk")
    assert again.due_at == NOON + timedelta(hours=9, minutes=5) + DAY


def test_resolved_again_by_the_very_contact_moves_the_ask(journey: JourneyVersion) -> None:
    meet(journey, NOON)
    meet(journey, NOON + timedelta(hours=3))
    assert state() == ("planned", ["cancelled", "planned"], ["cancelled", "queued"])


def test_reopened_after_it_was_sent_is_withdrawn_and_stays_in_the_clocks(journey: JourneyVersion) -> None:
    meet(journey, NOON)
    Invitation.objects.update(state=InvitationState.LIVE)
    AskDecision.objects.update(outcome="sent")
    Delivery.objects.update(state="sent")
    meet(journey, NOON + 2 * DAY, resolved=False)
    assert state() == ("sent", ["withdrawn"], ["sent"])
    meet(journey, NOON + 3 * DAY)
    assert state() == ("sent", ["withdrawn"], ["sent"])


@pytest.mark.parametrize(
    "other",
    [
        {"stage": "apply"},
        {"run": "R2"},
        {"reason": "another matter"},
        {"customer": "C2", "run": "R9"},
    ],
)
def test_other_contact_reopens_nothing(journey: JourneyVersion, other: dict[str, Any]) -> None:
    meet(journey, NOON, reason="fees")
    meet(journey, NOON + timedelta(hours=3), **{"resolved": False, "reason": "fees", **other})
    assert state() == ("planned", ["planned"], ["queued"])


def test_answered_ask_is_left_alone(journey: JourneyVersion) -> None:
    meet(journey, NOON)
    Invitation.objects.update(state=InvitationState.ANSWERED, answered_at=NOON + DAY)
    AskDecision.objects.update(outcome="sent")
    meet(journey, NOON + 2 * DAY, resolved=False)
    assert state()[:2] == ("sent", ["answered"])
