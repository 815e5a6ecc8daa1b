"""From a recorded contact to the mail in the inbox: by a real worker over the real broker, and without any broker."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from cxsurvey.lib.nudge import Breaker, publish
from surveys.actions.decide_events import decide_for_interactions
from surveys.enums import SurveyKind, Trigger
from surveys.models import Delivery, Interaction
from tests.asking import customer
from tests.factories import (
    InteractionFactory,
    JourneyRunFactory,
    RuleFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)
from tests.processes import running, wait_until
from tests.sinks import free_port, running_sink

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORKER = ("-m", "celery", "-A", "cxsurvey.celery", "worker", "-P", "solo", "-l", "WARNING", "--without-gossip")


def contact() -> Interaction:
    """A contact that ended just now, at a stage whose survey asks at once."""
    journey = published_journey(("documents",))
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=journey.journey, stage_code="documents")
    published_survey(survey)
    RuleFactory(survey=survey, trigger=Trigger.INTERACTION, conditions={"stage": "documents"})
    now = timezone.now()
    run = JourneyRunFactory(version=journey, customer=customer())
    return InteractionFactory(run=run, started_at=now - timedelta(minutes=9), ended_at=now)


def decide_on(met: Interaction) -> Delivery:
    with transaction.atomic():
        decide_for_interactions([met.pk], timezone.now())
    return Delivery.objects.get()


def test_worker_is_woken_by_the_commit_and_sends(tmp_path: Path) -> None:
    Breaker.closed_until = 0.0
    met = contact()
    with running_sink() as sink, running(*WORKER, EMAIL_URL=sink.url):
        message = decide_on(met)
        assert wait_until(lambda: bool(sink.contents)) is True
        assert wait_until(lambda: Delivery.objects.get().state == "sent") is True
    assert sink.message_ids == [str(message.public_id)]


def test_sweeper_alone_sends_while_the_broker_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    met = contact()
    away = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr("cxsurvey.lib.nudge.current_app.conf.broker_write_url", away)
    monkeypatch.setattr(Breaker, "closed_until", 0.0)
    began = time.monotonic()
    message = decide_on(met)
    recorded_in = time.monotonic() - began
    assert publish("surveys.deliver_due") is False
    with running_sink() as sink, running("manage.py", "sweep", EMAIL_URL=sink.url, CELERY_BROKER_URL=away):
        assert wait_until(lambda: bool(sink.contents)) is True
        assert wait_until(lambda: Delivery.objects.get().state == "sent") is True
    assert sink.message_ids == [str(message.public_id)]
    assert recorded_in < 1.5


def test_message_whose_nudge_was_lost_is_sent_by_the_sweeper_over_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies between COMMIT and the nudge leaves rows only (A2): the sweeper's nudge is enough."""
    met = contact()
    monkeypatch.setattr("cxsurvey.lib.nudge.publish", lambda *args: None)
    message = decide_on(met)
    with (
        running_sink() as sink,
        running(*WORKER, EMAIL_URL=sink.url),
        running("manage.py", "sweep", EMAIL_URL="smtp://127.0.0.1:1"),  # it could not send by itself
    ):
        assert wait_until(lambda: Delivery.objects.get().state == "sent") is True
    assert sink.message_ids == [str(message.public_id)]
