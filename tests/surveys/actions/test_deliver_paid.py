"""Guards of paid messages: landlines, closed countries, numbers alike, budgets; and two workers at once (R17, D12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.actions.customers import set_addresses
from surveys.actions.deliver import deliver_due
from surveys.actions.deliver_paid import take_passes
from surveys.actions.dispatch import release
from surveys.models import BudgetAlert, Delivery, DispatchSwitch, SmsPass
from surveys.queries.due import claimed_messages
from surveys.standins.sms import SmsProvider
from tests.asking import queued

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def to_numbers(*numbers: str) -> list[Delivery]:
    """Due text messages, one to each of these numbers."""
    made = queued(len(numbers), channel="sms")
    for delivery, number in zip(made, numbers, strict=True):
        customer = delivery.invitation.customer
        set_addresses(customer, None, number)
        customer.save()
    return made


def reasons(made: list[Delivery]) -> list[str]:
    rows = dict(Delivery.objects.values_list("pk", "error"))
    return [rows[each.pk] for each in made]


def test_landline_and_closed_country_get_no_text(sms_provider: SmsProvider, settings: Any) -> None:
    settings.SMS_COUNTRIES = ["DE"]
    made = to_numbers("+493012345678", "+12025550123", "+491713920001")
    assert deliver_due() == {"claimed": 3, "suppressed": 2, "sent": 1}
    assert reasons(made) == ["not_mobile", "country_closed", ""]
    assert [message.to for message in sms_provider.messages] == ["+491713920001"]


def test_without_any_country_no_text_leaves(sms_provider: SmsProvider, settings: Any) -> None:
    settings.SMS_COUNTRIES = []
    to_numbers("+491713920001")
    assert deliver_due() == {"claimed": 1, "suppressed": 1}


def test_pumping_one_prefix_is_held_after_twenty(sms_provider: SmsProvider) -> None:
    closed = [f"+3556721234{n:02}" for n in range(10)]
    to_numbers(*[f"+49151123{n:05}" for n in range(80)], *closed)
    deliver_due()
    assert len(sms_provider.messages) == 20
    assert {message.to[:3] for message in sms_provider.messages} == {"+49"}
    switch = DispatchSwitch.objects.get()
    assert (switch.scope, switch.paused, switch.cause) == ("sms:+4915112", True, "burst")
    assert Delivery.objects.filter(state="queued").count() == 60
    assert deliver_due() == {}
    release("sms:+4915112", "ann", timezone.now())
    Delivery.objects.filter(state="queued").update(next_at=timezone.now())
    deliver_due()
    assert len(sms_provider.messages) == 80


def test_budget_used_up_waits_for_tomorrow_and_is_told_at_each_share(sms_provider: SmsProvider, settings: Any) -> None:
    settings.SMS_SEGMENTS_PER_DAY, settings.SMS_SEGMENTS_PER_DAY_AND_JOURNEY = 10, 0
    settings.SMS_BURST_NUMBERS = 0
    for expected, shares in ((5, [50]), (8, [50, 80]), (10, [50, 80, 100])):
        to_numbers(*[f"+4915112{len(sms_provider.messages):03}{n:03}" for n in range(expected - _sent(sms_provider))])
        deliver_due()
        assert _sent(sms_provider) == expected
        assert sorted(BudgetAlert.objects.filter(journey=None).values_list("percent", flat=True)) == shares
    (over,) = to_numbers("+4915112999999")
    assert deliver_due() == {"claimed": 1, "queued": 1}
    over.refresh_from_db()
    midnight = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    assert over.next_at == midnight


def _sent(provider: SmsProvider) -> int:
    return len(provider.messages)


def test_budget_of_one_journey_leaves_the_other_alone(sms_provider: SmsProvider, settings: Any) -> None:
    settings.SMS_SEGMENTS_PER_DAY_AND_JOURNEY = 1
    to_numbers("+491713920001", "+491713920002")
    to_numbers("+491713920003")
    assert deliver_due() == {"claimed": 3, "queued": 1, "sent": 2}


def test_pass_is_kept_for_a_later_try_and_given_back_by_a_refusal(sms_provider: SmsProvider) -> None:
    to_numbers("+491713920001")
    sms_provider.fail([{"status": 503}])
    assert deliver_due() == {"claimed": 1, "queued": 1}
    assert SmsPass.objects.count() == 1
    Delivery.objects.update(next_at=timezone.now())
    sms_provider.fail([{"status": 400, "code": 21211}])
    assert deliver_due() == {"claimed": 1, "failed": 1}
    assert SmsPass.objects.count() == 0


def test_take_passes_takes_as_many_queries_for_three_as_for_one() -> None:
    from django.db import connection

    counts = []
    for numbers in (["+491713920001"], ["+491713920002", "+491713920003", "+491713920004"]):
        made = claimed_messages([each.pk for each in to_numbers(*numbers)])
        with CaptureQueriesContext(connection) as seen:
            take_passes(made, NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_not_both_take_the_last_place(settings: Any) -> None:
    settings.SMS_SEGMENTS_PER_DAY, settings.SMS_BURST_NUMBERS = 5, 0
    halves = [to_numbers(*[f"+491511277{half}{n:03}" for n in range(10)]) for half in range(2)]

    def work(half: list[Delivery]) -> int:
        decisions = take_passes(claimed_messages([each.pk for each in half]), timezone.now())
        connections.close_all()
        return sum(each.ok for each in decisions.values())

    with time_machine.travel(NOW, tick=True), ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, halves)) == 5
    assert SmsPass.objects.count() == 5
