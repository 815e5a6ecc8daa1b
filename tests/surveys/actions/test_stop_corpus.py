"""The STOP corpus through the whole door: what is stored, who is opted out, what is answered (reliability G6, B7)."""

import time
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from surveys.actions.callbacks import process_callback, store_sms_callback
from surveys.actions.deliver import deliver_due
from surveys.actions.inbound import FOR_A_PERSON
from surveys.actions.suppress import opt_out_address
from surveys.channels.base import Message, Receipt
from surveys.channels.email.smtp import SmtpChannel
from surveys.channels.sms.keywords import Keyword, keyword
from surveys.enums import Channel
from surveys.models import Customer, Delivery, Invitation, ProviderCallback, Suppression
from surveys.standins.sms import SmsProvider
from tests.asking import queued
from tests.sinks import MailSink
from tests.surveys.channels.sms.stop_corpus import AMBIGUOUS, HELP, NOT_STOP, START, STOP

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def write(text: str, number: str, sid: str) -> str:
    """Somebody writes this; our answer."""
    form = {"MessageSid": sid, "From": number, "To": "+15005550006", "Body": text}
    handled = process_callback(store_sms_callback("twilio", form, "", NOW)[0], NOW)
    assert handled is not None
    return handled.reply


def test_corpus_is_large_and_without_repetition() -> None:
    every = (*STOP, *AMBIGUOUS, *NOT_STOP, *HELP, *START)
    assert (len(every) >= 180, len(STOP) >= 100, len(set(every)) == len(every)) == (True, True, True)


@pytest.mark.parametrize(
    ("texts", "meaning"),
    [(STOP, Keyword.STOP), (AMBIGUOUS, Keyword.AMBIGUOUS), (NOT_STOP, Keyword.NONE), (HELP, Keyword.HELP),
     (START, Keyword.START)],
)  # fmt: skip
def test_keyword_of_every_text(texts: tuple[str, ...], meaning: Keyword) -> None:
    assert {text: keyword(text) for text in texts} == dict.fromkeys(texts, meaning)


def test_stop_every_text_opts_out_at_once_with_one_confirmation_and_nothing_leaves_after_it(
    sms_provider: SmsProvider,
) -> None:
    longest = 0.0
    for (number, text), waiting in zip(enumerate(STOP), queued(len(STOP), channel="sms"), strict=True):
        person, began = waiting.invitation.customer, time.monotonic()
        replies = [write(text, person.phone, f"SM{number}-{again}") for again in range(2)]
        longest = max(longest, time.monotonic() - began)
        assert (bool(replies[0]), replies[1]) == (True, "")
        assert ("http" in replies[0], replies[0].endswith("START to get them again.")) == (False, True)
        person.refresh_from_db()
        assert (text, person.consent_sms, person.consent_email) == (text, False, True)
    assert Suppression.objects.filter(reason="opt_out", channel="sms").count() == len(STOP)
    assert longest < 5
    deliver_due()
    assert (sms_provider.messages, set(Delivery.objects.values_list("state", flat=True))) == ([], {"suppressed"})


def test_ambiguous_go_to_a_person_and_nobody_is_opted_out() -> None:
    for number, text in enumerate((*AMBIGUOUS, *NOT_STOP)):
        assert write(text, f"+491511555{number:04d}", f"SM{number}") == ""
    waiting = ProviderCallback.objects.filter(note=f"{FOR_A_PERSON}may mean stop")
    assert (waiting.count(), Suppression.objects.count()) == (len(AMBIGUOUS), 0)


def test_help_is_answered_to_strangers_too() -> None:
    for number, text in enumerate(HELP):
        assert write(text, f"+491511999{number:04d}", f"SM{number}").endswith("STOP to end.")
    assert (Customer.objects.count(), Suppression.objects.count()) == (0, 0)


@pytest.mark.slow
def test_stop_while_five_thousand_are_queued_sends_nothing_more(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One address behind 5,000 waiting messages says stop while a worker is at the third of them."""
    made = queued(5000)
    person = made[0].invitation.customer
    Invitation.objects.update(customer=person)
    send, left = SmtpChannel.send, [0]

    def stopped_at_the_third(self: SmtpChannel, message: Message) -> Receipt:
        left[0] += 1
        if left[0] == 3:
            opt_out_address(bytes(person.email_hash or b""), Channel.EMAIL, "unsubscribe", timezone.now())
        return send(self, message)

    monkeypatch.setattr(SmtpChannel, "send", stopped_at_the_third)
    while deliver_due():
        pass
    assert (left[0], len(mail_sink.contents)) == (3, 3)
    states = dict.fromkeys(("sent", "suppressed"), 0)
    for state in Delivery.objects.values_list("state", flat=True):
        states[state] += 1
    assert states == {"sent": 3, "suppressed": 4997}
