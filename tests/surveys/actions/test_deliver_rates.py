"""Rates: at most so many a second to a provider or a domain, counted over all workers; the rest waits its turn."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cxsurvey.lib.rates import read_rates
from surveys.actions.deliver import deliver_due
from surveys.actions.deliver_rates import take_tokens
from surveys.models import Delivery
from surveys.queries.due import claimed_messages
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def due(count: int) -> list[Delivery]:
    return claimed_messages([each.pk for each in queued(count)])


def now_and_later(made: list[Delivery], at: datetime) -> list[float]:
    """Seconds that each has to wait, in order."""
    decisions = take_tokens(made, at)
    return [0.0 if decisions[each.pk].ok else (decisions[each.pk].until - at).total_seconds() for each in made]


def test_without_rates_nothing_is_asked(django_assert_num_queries: Any) -> None:
    made = due(3)
    with django_assert_num_queries(0):
        assert take_tokens(made, NOW) == {}


@pytest.mark.parametrize("rates", [{"smtp": 1.0}, {"example.org": 1.0}, {"*": 1.0}])
def test_burst_then_one_a_second(settings: Any, rates: dict[str, float]) -> None:
    settings.SEND_RATES = rates
    assert now_and_later(due(7), NOW) == [0, 0, 0, 0, 0, 1, 2]
    assert now_and_later(due(2), NOW) == [1, 2]
    assert now_and_later(due(3), NOW + timedelta(seconds=2)) == [0, 0, 1]


def test_the_slower_of_two_rates_counts(settings: Any) -> None:
    settings.SEND_RATES = {"smtp": 100.0, "example.org": 0.5, "other.example": 0.001}
    assert now_and_later(due(4), NOW) == [0, 0, 2, 4]


def test_what_waits_for_its_turn_has_not_been_tried(mail_sink: MailSink, settings: Any) -> None:
    settings.SEND_RATES = {"example.org": 1.0}
    queued(8)
    assert deliver_due() == {"claimed": 8, "sent": 5, "queued": 3}
    waiting = Delivery.objects.filter(state="queued")
    assert set(waiting.values_list("attempts", "deaths")) == {(0, 0)}
    assert all(each.next_at > timezone.now() for each in waiting)


def test_read_rates_names_and_numbers() -> None:
    assert read_rates(["smtp=50", " gmail.com = 0.5 ", "*=10"]) == {"smtp": 50.0, "gmail.com": 0.5, "*": 10.0}
    for bad in (["smtp"], ["smtp=fast"], ["smtp=0"], ["=1"], ["smtp=nan"]):
        with pytest.raises(ValueError, match=r"SEND_RATES"):
            read_rates(bad)
