"""Suppression by address, opting out and resuming, bounces and complaints."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q

from surveys.actions.stop_messages import stop_messages
from surveys.actions.suppress import (
    complaint,
    hard_bounce,
    lift,
    opt_out,
    opt_out_address,
    resume,
    resume_address,
    suppress,
)
from surveys.enums import Channel
from surveys.models import AskDecision, Customer, Delivery, DeliveryEvent, Invitation, Suppression
from surveys.policy.basis import Basis
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HASH, OTHER = b"e" * 32, b"p" * 32


def rows() -> list[tuple[str, str, object]]:
    return list(Suppression.objects.order_by("id").values_list("channel", "reason", "until"))


def reachable(**fields) -> Customer:
    return CustomerFactory(email_hash=HASH, phone_hash=OTHER, **fields)


def decide(invitation: Invitation, outcome: str = "planned") -> AskDecision:
    return AskDecision.objects.create(
        survey=invitation.survey,
        customer=invitation.customer,
        invitation=invitation,
        occasion=invitation.occasion,
        outcome=outcome,
        due_at=NOW,
        decided_at=NOW,
    )


def test_suppress_twice_keeps_one_row_and_says_so():
    assert suppress(HASH, "email", "opt_out", "page", NOW) is True
    assert suppress(HASH, "email", "opt_out", "page", NOW + timedelta(days=1)) is False
    assert Suppression.objects.get().since == NOW


def test_suppress_after_lift_counts_again():
    suppress(HASH, "email", "opt_out", "page", NOW)
    assert lift(HASH, "email", "opt_out", NOW + timedelta(days=1)) is True
    assert lift(HASH, "email", "opt_out", NOW + timedelta(days=2)) is False
    assert suppress(HASH, "email", "opt_out", "SMS", NOW + timedelta(days=3)) is True
    row = Suppression.objects.get()
    assert (row.since, row.until, row.source) == (NOW + timedelta(days=3), None, "SMS")


def test_opt_out_stops_planned_and_live_of_that_channel_only():
    customer = reachable()
    planned = InvitationFactory(customer=customer)
    live = InvitationFactory(customer=customer, state="live")
    by_sms = InvitationFactory(customer=customer, channel="sms")
    first, again = decide(planned), decide(live, "sent")
    waiting = DeliveryFactory(invitation=planned)
    claimed = DeliveryFactory(invitation=live, purpose="reminder", state="claimed", claim_no=2, worker="w1")
    gone = DeliveryFactory(invitation=live, state="sent")
    other = DeliveryFactory(invitation=by_sms, channel="sms")

    opt_out(customer, [Channel.EMAIL], "page", NOW)

    states = {i.pk: i.state for i in Invitation.objects.all()}
    assert states == {planned.pk: "cancelled", live.pk: "withdrawn", by_sms.pk: "planned"}
    messages = {d.pk: d.state for d in Delivery.objects.all()}
    assert messages == {waiting.pk: "suppressed", claimed.pk: "suppressed", gone.pk: "sent", other.pk: "queued"}
    events = DeliveryEvent.objects.order_by("delivery_id").values_list("from_state", "to_state", "claim_no", "cause")
    assert list(events) == [("queued", "suppressed", 0, "opted_out"), ("claimed", "suppressed", 2, "opted_out")]
    first.refresh_from_db()
    again.refresh_from_db()
    assert (first.outcome, again.outcome) == ("opted_out", "sent")
    customer.refresh_from_db()
    assert (customer.consent_email, customer.consent_sms) == (False, True)
    assert rows() == [("email", "opt_out", None)]


def test_opt_out_of_shared_address_holds_for_everybody_who_has_it():
    one, two = reachable(), reachable()
    invitation = InvitationFactory(customer=two)
    opt_out(one, [Channel.EMAIL], "page", NOW)
    two.refresh_from_db()
    invitation.refresh_from_db()
    assert (two.consent_email, invitation.state) == (False, "cancelled")


def test_opt_out_without_address_still_stops_and_withdraws_consent():
    customer = CustomerFactory(phone_hash=None)
    invitation = InvitationFactory(customer=customer, channel="sms")
    opt_out(customer, [Channel.SMS], "page", NOW)
    customer.refresh_from_db()
    invitation.refresh_from_db()
    assert (customer.consent_sms, invitation.state, rows()) == (False, "cancelled", [])


def test_resume_lifts_opt_out_but_not_a_bounce():
    customer = reachable(consent_email=False)
    suppress(HASH, "email", "bounce", "mail server", NOW)
    suppress(HASH, "", "opt_out", "import", NOW)
    resume(customer, [Channel.EMAIL], Basis.of("page", NOW), NOW)
    customer.refresh_from_db()
    assert customer.consent_email is True
    assert rows() == [("email", "bounce", None), ("", "opt_out", NOW)]


def test_resume_address_of_somebody_who_never_stopped_is_no_consent():
    customer = reachable(consent_sms=False)
    assert resume_address(OTHER, Channel.SMS, Basis.of("START", NOW), NOW) is False
    customer.refresh_from_db()
    assert customer.consent_sms is False
    opt_out_address(OTHER, Channel.SMS, "SMS", NOW)
    assert resume_address(OTHER, Channel.SMS, Basis.of("START", NOW), NOW) is True
    customer.refresh_from_db()
    assert customer.consent_sms is True


@pytest.mark.parametrize(("state", "after"), [("sent", "bounced"), ("unknown", "bounced"), ("failed", "failed")])
def test_hard_bounce_suppresses_and_marks_what_had_left(state, after):
    delivery = DeliveryFactory(invitation__customer=reachable(), state=state)
    assert hard_bounce(delivery, "550 5.1.1 no such user", NOW) is True
    delivery.refresh_from_db()
    assert (delivery.state, rows()) == (after, [("email", "bounce", None)])


def test_complaint_after_delivery_outranks_it():
    delivery = DeliveryFactory(invitation__customer=reachable(), state="delivered")
    assert complaint(delivery, "feedback loop", NOW) is True
    delivery.refresh_from_db()
    assert (delivery.state, rows()) == ("complained", [("email", "complaint", None)])


def test_suppress_all_channels_means_the_person():
    customer = reachable()
    mail, sms = InvitationFactory(customer=customer), InvitationFactory(customer=customer, channel="sms")
    suppress(HASH, "", "deceased", "import", NOW)
    mail.refresh_from_db()
    sms.refresh_from_db()
    assert (mail.state, sms.state) == ("cancelled", "cancelled")


def test_stop_messages_takes_the_same_number_of_queries_for_one_and_three(django_assert_num_queries):
    def stop(count: int) -> None:
        customer = CustomerFactory()
        for _ in range(count):
            DeliveryFactory(invitation=InvitationFactory(customer=customer))
        with django_assert_num_queries(14):
            assert stop_messages(Q(customer=customer), Channel.EMAIL, "opted_out") == count

    stop(1)
    stop(3)
