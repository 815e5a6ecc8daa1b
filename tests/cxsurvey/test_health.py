"""/healthz, /readyz and /metrics."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxsurvey.health import CANARIES, HEARD_WITHIN
from surveys.models import JobRun
from surveys.tasks import canary_deliver_task, canary_task
from tests.asking import queued

pytestmark = pytest.mark.django_db


def heard(*jobs: str, ago: timedelta = timedelta()) -> None:
    for job in jobs:
        JobRun.objects.create(job=job, slot=timezone.now())
    JobRun.objects.filter(job__in=jobs).update(started_at=timezone.now() - ago)


def test_healthz_answers(client: Client) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").content) == (200, b"ok\n")


def test_readyz_canaries_of_every_queue_heard_ready(client: Client) -> None:
    heard(*CANARIES)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok", "worker": "ok"})


@pytest.mark.parametrize("jobs", [(), CANARIES[:1], CANARIES[1:], ("reconcile-deliveries",)])
def test_readyz_a_queue_without_canary_not_ready(client: Client, jobs: tuple[str, ...]) -> None:
    heard(*jobs)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "failed: LookupError")


def test_readyz_canaries_too_long_ago_not_ready(client: Client) -> None:
    heard(*CANARIES, ago=HEARD_WITHIN + timedelta(seconds=1))
    assert client.get("/readyz").status_code == 503


def test_canary_called_by_hand_leaves_no_row() -> None:
    assert [canary_task(every=30), canary_deliver_task(every=30), JobRun.objects.count()] == [{}, {}, 0]


def test_metrics_with_token_tells_the_queue(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "t" * 40
    queued(2)
    lines = client.get("/metrics", headers={"authorization": "Bearer " + "t" * 40}).content.decode().splitlines()
    assert "cxsurvey_deliveries_due 2" in lines
    assert client.get("/metrics", headers={"authorization": "Bearer x"}).status_code == 404
