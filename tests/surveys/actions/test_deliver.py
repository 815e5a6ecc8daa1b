"""Sending what is due, against a mail server on loopback: the way of one message through its states."""

from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.actions import deliver_moves, deliver_rounds, deliver_step
from surveys.actions.deliver import deliver_due
from surveys.actions.deliver_compose import compose
from surveys.actions.deliver_outcome import BACK_OFF, MAX_ATTEMPTS
from surveys.actions.links import answer_url, preferences_url
from surveys.actions.reconcile import release_lost
from surveys.actions.suppress import opt_out
from surveys.channels.base import Message, Receipt
from surveys.channels.email.smtp import SmtpChannel
from surveys.enums import Channel, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, DeliveryEvent, Invitation, Suppression, SurveyVersion
from tests.asking import queued
from tests.factories import RuleFactory
from tests.sinks import CUT, MailSink, free_port

pytestmark = pytest.mark.django_db


def path_of(delivery: Delivery) -> list[str]:
    """Where the events say the message has been, in order."""
    events = delivery.events.order_by("pk")
    return [events[0].from_state, *(event.to_state for event in events)]


def decision_for(delivery: Delivery) -> AskDecision:
    invitation = delivery.invitation
    return AskDecision.objects.create(
        survey=invitation.survey,
        customer=invitation.customer,
        invitation=invitation,
        occasion=invitation.occasion,
        channel=invitation.channel,
        outcome="planned",
        due_at=invitation.due_at,
        decided_at=invitation.due_at,
    )


def test_deliver_due_message_is_sent_and_recorded(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    decision = decision_for(delivery)
    assert deliver_due() == {"claimed": 1, "sent": 1}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.claim_no, delivery.deaths) == ("sent", 1, 1, 0)
    assert (delivery.provider, delivery.lease_until, delivery.error) == ("smtp", None, "")
    assert path_of(delivery) == ["queued", "claimed", "sending", "sent"]
    delivery.invitation.refresh_from_db()
    decision.refresh_from_db()
    assert (delivery.invitation.state, decision.outcome) == (InvitationState.LIVE, "sent")
    assert mail_sink.message_ids == [str(delivery.public_id)]


def test_deliver_due_mail_carries_links_and_one_click_headers(mail_sink: MailSink, settings: Any) -> None:
    settings.SENDER_NAME = "Example Bank"
    (delivery,) = queued()
    deliver_due()
    mail = mail_sink.mail()
    invitation = delivery.invitation
    assert mail["List-Unsubscribe"] == f"<{preferences_url(invitation)}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parseaddr(mail["From"]) == ("Example Bank", "feedback@localhost")
    assert mail["To"] == invitation.customer.email
    bodies = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}
    assert sorted(bodies) == ["text/html", "text/plain"]
    for body in bodies.values():
        assert body.count(f"{answer_url(invitation)}?a=overall:") == 5
        assert body.count(preferences_url(invitation)) == 1


def test_deliver_due_payload_is_frozen_without_tokens(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    deliver_due()
    delivery.refresh_from_db()
    assert delivery.payload is not None
    token = answer_url(delivery.invitation).split("/")[-2]
    assert [token in text for text in delivery.payload.values()] == [False, False, False]
    assert delivery.payload["text"].count("[[answer]]") == 6


def test_deliver_due_not_yet_due_is_left(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    Delivery.objects.update(next_at=timezone.now() + timedelta(minutes=1))
    assert deliver_due() == {}
    delivery.refresh_from_db()
    assert delivery.state == "queued"


def test_deliver_due_batch_uses_one_connection(mail_sink: MailSink) -> None:
    queued(3)
    assert deliver_due() == {"claimed": 3, "sent": 3}
    assert len(mail_sink.connections) == 1


@pytest.mark.parametrize("reply", ["451 try later", "421 closing"])
def test_deliver_due_temporary_refusal_waits_and_tries_the_same_words(mail_sink: MailSink, reply: str) -> None:
    (delivery,) = queued()
    mail_sink.script = [reply]
    assert deliver_due() == {"claimed": 1, "queued": 1}
    delivery.refresh_from_db()
    words = delivery.payload
    wait = (delivery.next_at - timezone.now()).total_seconds()
    assert BACK_OFF[0] * 0.8 - 5 < wait <= BACK_OFF[0] * 1.2
    assert (delivery.state, delivery.attempts, delivery.error) == ("queued", 1, reply)
    Delivery.objects.update(next_at=timezone.now())
    assert deliver_due() == {"claimed": 1, "sent": 1}
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.claim_no, delivery.payload) == (2, 2, words)


def test_deliver_due_temporary_refusals_end_after_six(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    decision = decision_for(delivery)
    mail_sink.script = ["451 later"] * (MAX_ATTEMPTS + 1)
    for _ in range(MAX_ATTEMPTS):
        Delivery.objects.update(next_at=timezone.now())
        deliver_due()
    delivery.refresh_from_db()
    decision.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", 6)
    assert delivery.error == "given up after 6 tries: 451 later"
    assert len(mail_sink.script) == 1
    assert decision.outcome == "failed"


def test_deliver_due_unknown_recipient_fails_and_is_suppressed(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    decision = decision_for(delivery)
    mail_sink.rcpt = ["550 5.1.1 no such user"]
    assert deliver_due() == {"claimed": 1, "failed": 1}
    delivery.refresh_from_db()
    delivery.invitation.refresh_from_db()
    decision.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", 1)
    assert [bytes(row.address_hash) for row in Suppression.objects.filter(channel="email", reason="bounce")] == [
        bytes(delivery.invitation.customer.email_hash or b"")
    ]
    assert (delivery.invitation.state, decision.outcome) == (InvitationState.CANCELLED, "bounced")


def test_deliver_due_refused_content_fails_without_suppression(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    mail_sink.script = ["554 5.7.1 looks like spam"]
    assert deliver_due() == {"claimed": 1, "failed": 1}
    delivery.invitation.refresh_from_db()
    assert (delivery.invitation.state, Suppression.objects.count()) == (InvitationState.CANCELLED, 0)


def test_deliver_due_cut_after_data_is_unknown_and_never_sent_again(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    mail_sink.script = [CUT]
    assert deliver_due() == {"claimed": 1, "unknown": 1}
    Delivery.objects.update(next_at=timezone.now() - timedelta(days=1))
    assert deliver_due() == {}
    delivery.refresh_from_db()
    delivery.invitation.refresh_from_db()
    assert (delivery.state, delivery.error.startswith("No reply after DATA")) == ("unknown", True)
    assert delivery.invitation.state == InvitationState.LIVE
    assert len(mail_sink.contents) == 1


def test_deliver_due_no_mail_server_counts_no_attempt(settings: Any) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    queued(3)
    assert deliver_due() == {"claimed": 3, "queued": 3}
    rows = Delivery.objects.values_list("state", "attempts", "deaths")
    assert list(rows) == [("queued", 0, 0)] * 3
    assert Delivery.objects.filter(next_at__gt=timezone.now() + timedelta(seconds=30)).count() == 3


def test_deliver_due_stop_while_queued_sends_nothing_more(mail_sink: MailSink) -> None:
    first, second = queued(2)
    opt_out(first.invitation.customer, [Channel.EMAIL], "test", timezone.now())
    assert deliver_due() == {"claimed": 1, "sent": 1}
    assert mail_sink.message_ids == [str(second.public_id)]


def test_deliver_due_stop_between_claim_and_sending_holds(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    (delivery,) = queued()
    person = delivery.invitation.customer
    step = deliver_step.step

    def stop_then_mark(records: Any, marks: Any, takes: Any, **more: Any) -> deliver_step.Done:
        hashed = bytes(person.email_hash or b"")
        if marks:
            Suppression.objects.create(address_hash=hashed, channel="", reason="opt_out", since=timezone.now())
        return step(records, marks, takes, **more)

    monkeypatch.setattr(deliver_step, "step", stop_then_mark)
    assert deliver_due() == {"claimed": 1, "suppressed": 1}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.deaths) == ("suppressed", 0, 0)
    assert mail_sink.contents == []


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({"consent_email": False}, "suppressed", "no_consent"),
        ({"email": ""}, "suppressed", "no_address"),
    ],
)
def test_deliver_due_customer_changed_his_mind(
    mail_sink: MailSink, change: dict[str, Any], state: str, reason: str
) -> None:
    (delivery,) = queued()
    decision = decision_for(delivery)
    person = delivery.invitation.customer
    for name, value in change.items():
        setattr(person, name, value)
    person.save(update_fields=list(change))
    assert deliver_due() == {"claimed": 1, state: 1}
    delivery.refresh_from_db()
    decision.refresh_from_db()
    delivery.invitation.refresh_from_db()
    assert (delivery.state, delivery.error, decision.outcome) == (state, reason, reason)
    assert delivery.invitation.state == InvitationState.CANCELLED
    assert mail_sink.contents == []


@pytest.mark.parametrize(
    ("state", "ends_as"), [("withdrawn", "cancelled"), ("expired", "cancelled"), ("answered", "cancelled")]
)
def test_deliver_due_closed_invitation_is_not_sent(mail_sink: MailSink, state: str, ends_as: str) -> None:
    (delivery,) = queued()
    Invitation.objects.update(state=state, answered_at=timezone.now())
    assert deliver_due() == {"claimed": 1, ends_as: 1}
    delivery.refresh_from_db()
    assert delivery.state == ends_as


def test_deliver_due_link_run_out_expires(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    past = timezone.now() - timedelta(days=2)
    Invitation.objects.update(due_at=past, expires_at=past + timedelta(days=1))
    assert deliver_due() == {"claimed": 1, "expired": 1}
    delivery.invitation.refresh_from_db()
    assert delivery.invitation.state == InvitationState.EXPIRED


def test_deliver_due_outside_the_window_waits_for_it(mail_sink: MailSink) -> None:
    closed_now = (timezone.now() + timedelta(hours=2)).strftime("%H:%M")
    closes = (timezone.now() + timedelta(hours=3)).strftime("%H:%M")
    rule = RuleFactory(window=f"{closed_now}-{closes}")
    (delivery,) = queued(rule=rule)
    person = delivery.invitation.customer
    person.time_zone = "UTC"
    person.save(update_fields=["time_zone"])
    assert deliver_due() == {"claimed": 1, "queued": 1}
    delivery.refresh_from_db()
    wait = delivery.next_at - timezone.now()
    assert timedelta(hours=1, minutes=58) < wait <= timedelta(hours=2)
    assert delivery.attempts == 0


def test_deliver_due_text_that_breaks_fails_alone(mail_sink: MailSink) -> None:
    good, bad = queued(2)
    questions = [{"code": "x", "kind": "nonsense", "text": "?"}]
    bad.invitation.version = SurveyVersion.objects.create(
        survey=bad.invitation.survey, number=9, document={"languages": ["en"], "questions": questions}
    )
    bad.invitation.save(update_fields=["version"])
    assert deliver_due() == {"claimed": 2, "sent": 1, "failed": 1}
    bad.refresh_from_db()
    assert bad.error.startswith("cannot be made into a message: ValueError: Unknown kind of question") is True
    assert mail_sink.message_ids == [str(good.public_id)]


def test_record_of_an_older_claim_is_refused(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    (delivery,) = queued()
    step = deliver_step.step

    def stolen_meanwhile(records: Any, *rest: Any, **more: Any) -> deliver_step.Done:
        if records:
            Delivery.objects.update(claim_no=7)
        return step(records, *rest, **more)

    monkeypatch.setattr(deliver_step, "step", stolen_meanwhile)
    assert deliver_due() == {"claimed": 1, "late": 1}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.claim_no) == ("sending", 7)


def test_deliver_due_claimed_row_that_somebody_took_is_not_sent(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued()
    step = deliver_step.step

    def stolen(*args: Any, **more: Any) -> deliver_step.Done:
        Delivery.objects.update(claim_no=2)
        return step(*args, **more)

    monkeypatch.setattr(deliver_step, "step", stolen)
    assert deliver_due() == {"claimed": 1, "late": 1}
    assert mail_sink.contents == []


def _statements(count: int) -> int:
    queued(count)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        deliver_due()
    return len(queries)


def test_deliver_due_one_statement_a_message_by_one_lane(mail_sink: MailSink) -> None:
    _statements(1)  # what is done once per connection and installation
    two, seven = _statements(2), _statements(7)
    assert seven - two == 5


def test_claim_twice_at_once_gives_each_row_once(mail_sink: MailSink) -> None:
    queued(3)
    first, _ = deliver_moves.claim(2, "a", 30)
    second, _ = deliver_moves.claim(2, "b", 30)
    assert (len(first), len(second)) == (2, 1)
    assert len({each.id for each in (*first, *second)}) == 3


def test_move_illegal_arrow_changes_nothing() -> None:
    (delivery,) = queued()
    assert deliver_moves.move([delivery.pk], DeliveryState.DELIVERED, "no") == []
    assert DeliveryEvent.objects.count() == 0


def test_zombie_that_wakes_after_sending_cannot_record(
    mail_sink: MailSink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (delivery,) = queued()
    settings.DELIVERY_SENDING_LIMIT_SECONDS = -1.0
    send = SmtpChannel.send

    def frozen_after(self: SmtpChannel, message: Message) -> Receipt:
        receipt = send(self, message)
        release_lost()  # another worker, while this one is stopped
        return receipt

    monkeypatch.setattr(SmtpChannel, "send", frozen_after)
    assert deliver_due() == {"claimed": 1, "late": 1}
    delivery.refresh_from_db()
    assert delivery.state == "unknown"
    assert path_of(delivery) == ["queued", "claimed", "sending", "unknown"]
    assert mail_sink.message_ids == [str(delivery.public_id)]


def test_zombie_that_wakes_before_sending_sends_nothing(
    mail_sink: MailSink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (delivery,) = queued()
    settings.DELIVERY_LEASE_SECONDS = -1.0
    others: list[dict[str, int]] = []

    def frozen_meanwhile(message: Delivery, provider: str) -> tuple[Message, deliver_step.Frozen]:
        if not others:
            others.append({})
            others.append(deliver_due(worker="another"))
        return compose(message, provider)

    monkeypatch.setattr(deliver_rounds, "compose", frozen_meanwhile)
    assert deliver_due() == {"claimed": 1, "late": 1}
    delivery.refresh_from_db()
    assert others[1] == {"claimed": 1, "sent": 1}
    assert (delivery.state, delivery.claim_no, delivery.worker) == ("sent", 2, "another")
    assert mail_sink.message_ids == [str(delivery.public_id)]
