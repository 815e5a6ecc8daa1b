"""SMS pumping, small (reliability D12): 396 numbers alike, 4 of closed countries, four workers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from surveys.actions.alerts import send_alerts
from surveys.actions.customers import CustomerIn, upsert_customers
from surveys.actions.deliver import deliver_due
from surveys.actions.dispatch import release
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.enums import SurveyKind, Trigger
from surveys.models import Alert, BudgetAlert, Delivery, DispatchSwitch, SmsPass
from surveys.standins.sms import SmsProvider
from tests.factories import RuleFactory, SurveyFactory, published_journey, published_survey
from tests.sinks import MailSink

N, WORKERS, BUDGET = 400, 4, 40
PREFIX, CLOSED = "+4915112", "+355672"


def contacts() -> None:
    """As an integrator would tell them, customers first."""
    version = published_journey(("documents",))
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code="documents")
    published_survey(survey)
    RuleFactory(survey=survey, trigger=Trigger.INTERACTION, conditions={"stage": "documents"}, channels=["sms"])
    numbers = [f"{CLOSED if n % 100 == 99 else PREFIX}{n:06}" for n in range(N)]
    upsert_customers([CustomerIn(f"K{n}", phone=number, consent_sms=True) for n, number in enumerate(numbers)])
    now = datetime.now(UTC)
    told = [
        InteractionIn(f"K{n}", now - timedelta(minutes=5), ended_at=now, journey=version.journey.code, run=f"R{n}",
                      stage="documents", reference=f"c{n}")
        for n in range(N)
    ]  # fmt: skip
    record_interactions(told, ask=True)


def work() -> None:
    """Four workers until none of them finds anything."""
    together = Barrier(WORKERS)

    def one(_number: int) -> None:
        together.wait()
        while deliver_due():
            pass
        connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, range(WORKERS)))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pumping_is_held_told_and_bounded_by_the_budget(
    sms_provider: SmsProvider, mail_sink: MailSink, settings: Any
) -> None:
    settings.OWNER_EMAIL, settings.SMS_COUNTRIES, settings.DELIVERY_BATCH = "owner@example.org", ["DE"], 20
    settings.SMS_SEGMENTS_PER_DAY, settings.SMS_SEGMENTS_PER_DAY_AND_JOURNEY = BUDGET, 0
    contacts()
    work()
    assert len(sms_provider.messages) == settings.SMS_BURST_NUMBERS == 20
    assert [each.to for each in sms_provider.messages if each.to.startswith(CLOSED)] == []
    assert Delivery.objects.filter(state="suppressed", error="country_closed").count() == N // 100
    assert DispatchSwitch.objects.get(paused=True).scope == f"sms:{PREFIX}"
    send_alerts(timezone.now())
    assert mail_sink.recipients == ["owner@example.org"]
    release(f"sms:{PREFIX}", "ann", timezone.now())
    Delivery.objects.filter(state="queued").update(next_at=timezone.now())
    work()
    assert sum(SmsPass.objects.values_list("segments", flat=True)) == BUDGET
    numbers = [each.to for each in sms_provider.messages]
    assert (len(numbers), len(set(numbers))) == (BUDGET, BUDGET)
    send_alerts(timezone.now())
    assert sorted(BudgetAlert.objects.values_list("percent", flat=True)) == [50, 80, 100]
    assert Alert.objects.exclude(state="sent").count() == 0
