"""Several messages leaving at once: how many, in what order, and what is known of them when something breaks."""

import signal
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from surveys.actions import deliver_rounds, deliver_step, deliver_write
from surveys.actions.deliver import deliver_due
from surveys.actions.deliver_lanes import Lanes
from surveys.actions.deliver_step import Done, Mark, Record
from surveys.actions.reconcile import reconcile_deliveries
from surveys.channels.base import Message, Receipt, TemporaryFailure
from surveys.channels.email.smtp import SmtpChannel
from surveys.models import Delivery, Invitation
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
LANES = 4


@pytest.fixture(autouse=True)
def _lanes(settings: Any) -> None:
    settings.DELIVERY_LANES = LANES


class Steps:
    """Every step that was taken: how many were recorded, marked and taken by it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, also: Callable[[int], None] = lambda _number: None) -> None:
        self.sizes: list[tuple[int, int, int]] = []
        self.most_sending = 0
        step = deliver_step.step

        def noted(records: Sequence[Record], marks: Sequence[Mark], takes: Any, **more: Any) -> Done:
            also(len(self.sizes))
            self.sizes.append((len(records), len(marks), len(takes)))
            done = step(records, marks, takes, **more)
            self.most_sending = max(self.most_sending, Delivery.objects.filter(state="sending").count())
            return done

        monkeypatch.setattr(deliver_step, "step", noted)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Delivery.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_lanes_share_connections_and_commits(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    made = queued(24)
    steps = Steps(monkeypatch)
    assert deliver_due() == {"claimed": 24, "sent": 24}
    assert sorted(mail_sink.message_ids) == sorted(str(each.public_id) for each in made)
    assert 1 < len(mail_sink.connections) <= LANES
    assert steps.sizes[0][:2] == (0, 0)
    assert steps.sizes[1][:2] == (0, 1)  # the carrier proves itself by one message
    assert max(marked for _recorded, marked, _taken in steps.sizes) > 1
    assert steps.most_sending <= LANES
    assert len(steps.sizes) < 24
    assert set(Delivery.objects.values_list("attempts", "deaths", "claim_no")) == {(1, 0, 1)}


def test_lanes_few_messages_take_one_connection(mail_sink: MailSink) -> None:
    queued(4)
    assert deliver_due() == {"claimed": 4, "sent": 4}
    assert len(mail_sink.connections) == 1


def test_lanes_one_person_gets_one_message_after_the_other(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = queued(12)
    Invitation.objects.update(customer=made[0].invitation.customer)
    steps = Steps(monkeypatch)
    assert deliver_due() == {"claimed": 12, "sent": 12}
    assert (steps.most_sending, max(marked for _recorded, marked, _taken in steps.sizes)) == (1, 1)
    assert mail_sink.message_ids == [str(each.public_id) for each in made]


def test_carrier_that_takes_nothing_gets_three_messages_and_then_rest(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(24)
    tried: list[str] = []

    def away(self: SmtpChannel, message: Message) -> Receipt:
        tried.append(message.recipient)
        raise TemporaryFailure("closing", "421", channel_fault=True)

    monkeypatch.setattr(SmtpChannel, "send", away)
    assert deliver_due() == {"claimed": 24, "queued": 24}
    assert len(tried) == 3
    assert Delivery.objects.filter(attempts=0, next_at__gt=timezone.now()).count() == 21


def test_lane_that_cannot_connect_is_done_without(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(24)
    opened: list[int] = []
    connect = SmtpChannel.open

    def only_one(self: SmtpChannel) -> None:
        opened.append(1)
        if len(opened) > 1:
            raise TemporaryFailure("too many connections", "421", channel_fault=True)
        connect(self)

    monkeypatch.setattr(SmtpChannel, "open", only_one)
    assert deliver_due() == {"claimed": 24, "sent": 24}
    assert (len(mail_sink.connections), len(opened)) == (1, LANES)


def test_message_in_hand_at_a_death_is_taken_alone(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    made = queued(24)
    Delivery.objects.filter(pk__in=[made[6].pk, made[7].pk]).update(deaths=2)
    takes: list[list[int]] = []
    step = deliver_step.step

    def noted(records: Any, marks: Any, claims: Any, **more: Any) -> Done:
        takes.append([each.id for each in claims])
        others = Delivery.objects.filter(state="sending").exclude(pk__in=[each.held.id for each in records])
        in_hand = Delivery.objects.filter(state="claimed", deaths__in=(1, 3))
        if {made[6].pk, made[7].pk} & set(takes[-1]):
            assert (len(takes[-1]), len(marks), others.count(), in_hand.count()) == (1, 0, 0, 0)
        return step(records, marks, claims, **more)

    monkeypatch.setattr(deliver_step, "step", noted)
    assert deliver_due() == {"claimed": 24, "sent": 24}
    assert [[made[6].pk] in takes, [made[7].pk] in takes] == [True, True]


def test_told_to_end_finishes_what_is_leaving_and_gives_the_rest_back(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(24)
    told: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: told.append(len(mail_sink.contents)))
    us = threading.get_ident()  # the threads of the test itself take signals
    Steps(monkeypatch, also=lambda number: signal.pthread_kill(us, signal.SIGUSR1) if number == 3 else None)
    try:
        counts = deliver_due()
    finally:
        signal.signal(signal.SIGUSR1, before)
    left = len(mail_sink.contents)
    assert told == [left]  # the signal came through when everything was recorded
    assert 0 < left < 24
    assert (counts["sent"], states()) == (left, {"sent": left, "queued": 24 - left})
    assert Delivery.objects.filter(state="queued", attempts=0, deaths=0).count() == 24 - left


@pytest.mark.django_db(transaction=True)
def test_database_lost_after_the_commit_of_a_mark_nothing_of_it_leaves(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = queued(24)
    step = deliver_step.step
    broken: list[int] = []

    def reply_lost(records: Any, marks: Any, takes: Any, **more: Any) -> Done:
        done = step(records, marks, takes, **more)
        if len(marks) > 1 and not broken:
            broken.extend(each.held.id for each in marks)
            raise OperationalError("server closed the connection unexpectedly")
        return done

    monkeypatch.setattr(deliver_step, "step", reply_lost)
    counts = deliver_due()
    ids = {str(each.public_id) for each in made if each.pk in broken}
    assert len(broken) > 1
    assert ids & set(mail_sink.message_ids) == set()
    assert states() == {"sent": 24 - len(broken), "queued": len(broken)}
    assert counts["queued"] == len(broken)
    assert deliver_due() == {"claimed": len(broken), "sent": len(broken)}
    assert sorted(mail_sink.message_ids) == sorted(str(each.public_id) for each in made)


def test_error_in_the_middle_what_is_leaving_is_recorded(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(24)
    give, given = Lanes.give, []

    def give_and_break(self: Lanes, job: Any) -> None:
        give(self, job)
        given.append(job)
        if len(given) == 5:
            raise RuntimeError("broken")

    monkeypatch.setattr(Lanes, "give", give_and_break)
    with pytest.raises(RuntimeError, match="broken"):
        deliver_due()
    sent = Delivery.objects.filter(state="sent").values_list("public_id", flat=True)
    assert sorted(map(str, sent)) == sorted(mail_sink.message_ids)
    assert Delivery.objects.filter(state="unknown").count() == 0


@pytest.mark.django_db(transaction=True)
def test_database_that_takes_no_record_what_left_is_named_in_the_log_and_unknown(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk: marks came through, records do not, however often they are tried."""
    made = queued(3)

    def refuse(_number: int) -> None:
        if Delivery.objects.filter(state="sending").exists():
            raise OperationalError("could not extend file: No space left on device")

    Steps(monkeypatch, refuse)
    monkeypatch.setattr(deliver_write, "PAUSES", (0.0, 0.0))
    with pytest.raises(OperationalError, match="No space"):
        deliver_due()
    sent = [str(each.public_id) for each in made if str(each.public_id) in mail_sink.message_ids]
    told = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert (len(sent), told) == (
        1, [f"Delivery {sent[0]}: sent (no id), which the database did not take; it will be unknown."],
    )  # fmt: skip
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert reconcile_deliveries(timezone.now()) == {"queued": 2, "unknown": 1}
    monkeypatch.undo()
    deliver_due()
    assert sorted(mail_sink.message_ids) == sorted(str(each.public_id) for each in made)
    assert states() == {"unknown": 1, "sent": 2}


def test_window_tells_how_far_each_message_has_come(mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(24)
    seen: dict[str, set[str]] = {}

    def noted(name: str, window: Callable[[], Any] = tuple) -> None:
        seen.setdefault(name, set()).update(each.partition("=")[2] for each in window())

    monkeypatch.setattr(deliver_rounds, "failpoint", noted)
    deliver_due()
    points = {"after_claim", "after_sending_mark", "after_250", "before_record_commit", "after_record_commit"}
    assert seen.keys() == points
    assert "marked" in seen["after_sending_mark"]
    assert "accepted" in seen["after_250"] & seen["before_record_commit"]
    assert "accepted" not in seen["after_record_commit"] | seen["after_sending_mark"]
