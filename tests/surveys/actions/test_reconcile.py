"""What dead workers leave behind, and what becomes of messages whose fate is unknown."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.actions import deliver_moves as moves
from surveys.actions.deliver import deliver_due
from surveys.actions.reconcile import MAX_DEATHS, reconcile_deliveries, release_lost
from surveys.models import AskDecision, Delivery, Invitation
from tests.asking import mark, queued, take
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def die(delivery: Delivery, *, sending: bool = False) -> None:
    """A worker takes the message in hand, perhaps marks it, and is never heard of again."""
    (held,), _ = moves.claim(1, "worker", -1.0)
    assert take(held) is True
    if sending:
        assert mark(held, limit=-1.0) is True


def test_release_lost_claimed_goes_back_and_is_sent(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    die(delivery)
    assert deliver_due() == {"claimed": 1, "sent": 1}
    delivery.refresh_from_db()
    assert (delivery.deaths, delivery.claim_no, delivery.attempts) == (1, 2, 1)


def test_release_lost_sending_is_unknown_and_its_link_lives(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    die(delivery, sending=True)
    assert deliver_due() == {}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.deaths) == ("unknown", 0)
    assert Invitation.objects.get().state == "live"
    assert mail_sink.contents == []


def test_release_lost_lease_not_over_is_left_alone() -> None:
    queued()
    moves.claim(1, "worker", 60.0)
    assert release_lost() == {"queued": 0, "unknown": 0, "failed": 0}


def test_release_lost_poison_is_given_up_after_three_deaths(mail_sink: MailSink) -> None:
    poison, innocent = queued(2)
    for _ in range(MAX_DEATHS):
        Delivery.objects.filter(pk=innocent.pk).update(next_at=timezone.now() + timedelta(hours=1))
        die(poison)
        release_lost()
    Delivery.objects.filter(pk=innocent.pk).update(next_at=timezone.now())
    poison.refresh_from_db()
    assert (poison.state, poison.error) == ("failed", "poison: 3 workers died")
    assert deliver_due() == {"claimed": 1, "sent": 1}
    assert mail_sink.message_ids == [str(innocent.public_id)]


def test_release_lost_waiting_rows_of_the_batch_count_no_death() -> None:
    deliveries = queued(2)
    held, _ = moves.claim(2, "worker", -1.0)
    take(held[0])
    release_lost()
    deaths = Delivery.objects.order_by("pk").values_list("state", "deaths")
    assert (list(deaths), len(deliveries)) == ([("queued", 1), ("queued", 0)], 2)


@pytest.mark.parametrize(("hours", "state", "outcome"), [(23, "unknown", "planned"), (25, "assumed_sent", "sent")])
def test_reconcile_unknown_is_assumed_sent_after_a_day(hours: int, state: str, outcome: str) -> None:
    (delivery,) = queued()
    invitation = delivery.invitation
    decision = AskDecision.objects.create(
        survey=invitation.survey,
        customer=invitation.customer,
        invitation=invitation,
        occasion=invitation.occasion,
        outcome="planned",
        due_at=invitation.due_at,
        decided_at=invitation.due_at,
    )
    die(delivery, sending=True)
    reconcile_deliveries(timezone.now())
    reconcile_deliveries(timezone.now() + timedelta(hours=hours))
    delivery.refresh_from_db()
    decision.refresh_from_db()
    assert (delivery.state, decision.outcome) == (state, outcome)


def test_reconcile_answer_proves_that_it_was_sent() -> None:
    (delivery,) = queued()
    die(delivery, sending=True)
    release_lost()
    Invitation.objects.update(state="answered", answered_at=timezone.now())
    assert reconcile_deliveries(timezone.now()) == {"sent": 1}
    delivery.refresh_from_db()
    assert delivery.state == "sent"
